"""Internship agreements and their amendments: the three only grounds on which a stamp may be refused."""

from datetime import date

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.reading import answer, by_adverse_opinion, by_opinion, exhibits, not_applicable, not_established
from domain.request import InternshipAgreement, InternshipAmendment, InternshipCase

INTERNSHIPS = (Procedure.INTERNSHIP_AGREEMENT, Procedure.INTERNSHIP_AMENDMENT)

TITLES = {
    InternshipCase.VOCATIONAL: "formation professionnelle",
    InternshipCase.COMPANY: "stage en entreprise",
    InternshipCase.HOSPITAL: "stage hospitalier",
}

MONTHS_AT_FIRST = {InternshipCase.VOCATIONAL: 6, InternshipCase.COMPANY: 12, InternshipCase.HOSPITAL: 6}
"""CESEDA R426-16 to R426-22: length of a first agreement, in months."""

MONTHS_IN_ALL = {InternshipCase.COMPANY: 18, InternshipCase.HOSPITAL: 24}
"""Length with every extension; a vocational internship cannot be extended."""

MONTHS_PER_EXTENSION = {InternshipCase.HOSPITAL: 6}


@rule(Criterion.INTERNSHIP_PROJECT, "CESEDA R426-20", since=date(2021, 5, 1), procedures=INTERNSHIPS)
def the_internship_project_is_real(case: Case, law: Law) -> Finding:
    """The internship is a real training project, followed by a named tutor."""
    said = by_opinion(case, Criterion.INTERNSHIP_PROJECT)
    if said is not None:
        return said
    match case.request.particulars:
        case InternshipAgreement(tutor="") as agreement:
            return not_established(
                f"Le projet est décrit, mais aucun tuteur n'est désigné (envoi par {agreement.sending_institution}).",
                "nom et fonction du tuteur",
            )
        case InternshipAgreement() as agreement:
            return answer(
                Met.MET,
                f"La convention décrit le projet, désigne un tuteur et l'établissement d'envoi "
                f"({agreement.sending_institution}).",
                facts={"établissement d'envoi": agreement.sending_institution, "tuteur désigné": "oui"},
                shown_by=exhibits(case, "internship_agreement"),
            )
        case InternshipAmendment() as amendment:
            return answer(
                Met.MET,
                f"L'avenant à la convention {amendment.agreement_number} motive la prolongation.",
                facts={"convention": amendment.agreement_number},
                shown_by=exhibits(case, "internship_agreement"),
            )
        case _:
            return not_applicable("La demande ne porte pas sur un stage.")


@rule(
    Criterion.INTERNSHIP_AGREEMENT_CONFORMS,
    "CESEDA R426-19, R426-20",
    since=date(2021, 5, 1),
    procedures=INTERNSHIPS,
)
def the_agreement_conforms(case: Case, law: Law) -> Finding:
    """The agreement follows the model and its length: six months for vocational training, twelve then eighteen with
    an extension in a company, six and six more up to twenty-four in all in a hospital."""
    said = by_adverse_opinion(case, Criterion.INTERNSHIP_AGREEMENT_CONFORMS)
    if said is not None:
        return said
    match case.request.particulars:
        case InternshipAgreement() as agreement:
            return _first_length(case, agreement)
        case InternshipAmendment() as amendment:
            return _extended_length(case, amendment)
        case _:
            return not_applicable("La demande ne porte pas sur un stage.")


def _first_length(case: Case, agreement: InternshipAgreement) -> Finding:
    """Counted from day to day, which leaves the applicant the day that a stricter count would take."""
    months = MONTHS_AT_FIRST[agreement.internship]
    latest = add_months(agreement.start, months)
    return answer(
        Met.MET if agreement.end <= latest else Met.NOT_MET,
        f"{_named(agreement.internship)} du {in_french(agreement.start)} au {in_french(agreement.end)}, pour une durée "
        f"d'au plus {months} mois (jusqu'au {in_french(latest)}).",
        facts={
            "cas": TITLES[agreement.internship],
            "du": agreement.start.isoformat(),
            "au": agreement.end.isoformat(),
            "au plus tard": latest.isoformat(),
        },
        shown_by=exhibits(case, "internship_agreement"),
    )


def _extended_length(case: Case, amendment: InternshipAmendment) -> Finding:
    total = MONTHS_IN_ALL.get(amendment.internship)
    facts = {
        "cas": TITLES[amendment.internship],
        "convention": amendment.agreement_number,
        "du": amendment.agreement_start.isoformat(),
        "fin actuelle": amendment.agreement_end.isoformat(),
        "nouvelle fin": amendment.new_end.isoformat(),
    }
    if total is None:
        return answer(
            Met.NOT_MET, f"{_named(amendment.internship)} : ce cas ne peut être prolongé (R426-21).", facts=facts
        )
    latest = add_months(amendment.agreement_start, total)
    extension = MONTHS_PER_EXTENSION.get(amendment.internship)
    if extension is not None:
        latest = min(latest, add_months(amendment.agreement_end, extension))
    return answer(
        Met.MET if amendment.new_end <= latest else Met.NOT_MET,
        f"{_named(amendment.internship)} commencé le {in_french(amendment.agreement_start)}, prolongé jusqu'au "
        f"{in_french(amendment.new_end)} ; la prolongation peut aller jusqu'au {in_french(latest)} ({total} mois en "
        "tout au plus).",
        facts={**facts, "au plus tard": latest.isoformat()},
        shown_by=exhibits(case, "internship_agreement"),
        unconfirmed=("prolongation par six mois du stage hospitalier, à relire (R426-21)",) if extension else (),
    )


def _named(internship: InternshipCase) -> str:
    return TITLES[internship][0].upper() + TITLES[internship][1:]


@rule(Criterion.INTERNSHIP_HOST, "CESEDA R426-20", since=date(2021, 5, 1), procedures=INTERNSHIPS)
def the_host_respects_labour_law(case: Case, law: Law) -> Finding:
    """The host undertaking respects labour law and social-protection law."""
    return by_opinion(case, Criterion.INTERNSHIP_HOST) or not_established(
        "Aucun organisme n'a été interrogé sur le respect du droit du travail et de la protection sociale par "
        "l'organisme d'accueil.",
        "résultat de la vérification auprès de l'inspection du travail et de l'organisme de recouvrement",
    )
