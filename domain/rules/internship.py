"""Internship agreements and their amendments: the three grounds on which a stamp is refused, and the length."""

from datetime import date

from domain.case import Case
from domain.days import DAY, last_day_of
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text
from domain.procedures import Procedure
from domain.reading import answer, by_opinion, exhibits, not_applicable, not_established
from domain.request import InternshipAgreement, InternshipAmendment, InternshipCase

INTERNSHIPS = (Procedure.INTERNSHIP_AGREEMENT, Procedure.INTERNSHIP_AMENDMENT)

TITLES = {
    InternshipCase.VOCATIONAL: "stage de formation professionnelle (1°)",
    InternshipCase.CURRICULUM: "stage d'un cursus ou d'un programme de coopération (1°)",
    InternshipCase.COMPANY: "stage du salarié d'une entreprise étrangère (2°)",
    InternshipCase.HOSPITAL: "stage dans un établissement de santé (3°)",
}
"""How French names each case of CESEDA R426-16."""

WITH_ALLOWANCE = frozenset({InternshipCase.VOCATIONAL, InternshipCase.CURRICULUM})
"""Case 1°, in which CESEDA R426-19 gives the trainee an allowance."""


NO_GROUND_OF_ITS_OWN = (
    "CESEDA R426-20 n'énumère que trois motifs de refus : que la durée excessive en fonde un autre est une déduction"
)


def _no_internship() -> Finding:
    return not_applicable("La demande ne porte pas sur un stage.")


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
            return _no_internship()


@rule(Criterion.INTERNSHIP_AGREEMENT_CONFORMS, "CESEDA R426-19", since=date(2021, 5, 1), procedures=INTERNSHIPS)
def the_agreement_conforms(case: Case, law: Law) -> Finding:
    """The agreement is concluded between the persons and holds the clauses that the text names, among them the
    allowance of a trainee in a training of the country of residence, and makes no employee of the trainee."""
    said = by_opinion(case, Criterion.INTERNSHIP_AGREEMENT_CONFORMS)
    if said is not None:
        return said
    shown = exhibits(case, "internship_agreement")
    match case.request.particulars:
        case InternshipAgreement() as agreement:
            return _clauses(agreement)
        case InternshipAmendment() as amendment:
            return answer(
                Met.MET,
                f"L'avenant prolonge la convention {amendment.agreement_number}, déjà visée ; il n'en change pas les "
                "autres clauses.",
                facts={"convention": amendment.agreement_number},
                shown_by=shown,
            )
        case _:
            return _no_internship()


def _clauses(agreement: InternshipAgreement) -> Finding:
    """The clauses stand in the agreement, which an agent reads; the request only tells the allowance."""
    due = agreement.internship in WITH_ALLOWANCE
    paid = f"{agreement.allowance_monthly} € par mois" if agreement.allowance_monthly else "non indiquée"
    facts = {"cas": TITLES[agreement.internship], "gratification": paid}
    missing = ["clauses de la convention de stage, à lire sur la pièce"]
    if due and not agreement.allowance_monthly:
        missing.append("gratification du stagiaire")
    return not_established(
        "La conformité de la convention se lit sur la pièce : parties, clauses obligatoires, absence de contrat de "
        "travail.",
        *missing,
        facts=facts,
    )


@rule(
    Criterion.INTERNSHIP_LENGTH,
    "CESEDA R426-18",
    since=date(2021, 5, 1),
    procedures=INTERNSHIPS,
    mark="unconfirmed",
    note=f"texte lu ; {NO_GROUND_OF_ITS_OWN}",
)
def the_internship_keeps_to_its_length(case: Case, law: Law) -> Finding:
    """An internship of vocational training lasts six months at most, that of an employee from abroad twelve, then
    eighteen with its only extension, one in a hospital six, then six more, up to twenty-four in all agreements."""
    match case.request.particulars:
        case InternshipAgreement() as agreement:
            return _first_length(case, agreement, law)
        case InternshipAmendment() as amendment:
            return _extended_length(case, amendment, law)
        case _:
            return _no_internship()


FIRST = {
    InternshipCase.VOCATIONAL: "INTERNSHIP_VOCATIONAL_MONTHS_MAX",
    InternshipCase.COMPANY: "INTERNSHIP_COMPANY_MONTHS_FIRST_MAX",
    InternshipCase.HOSPITAL: "INTERNSHIP_HOSPITAL_MONTHS_FIRST_MAX",
}
"""The threshold of a first agreement, by case."""


def _first_length(case: Case, agreement: InternshipAgreement, law: Law) -> Finding:
    facts = {
        "cas": TITLES[agreement.internship],
        "du": agreement.start.isoformat(),
        "au": agreement.end.isoformat(),
    }
    threshold = FIRST.get(agreement.internship)
    if threshold is None:
        return not_applicable(f"{_named(agreement.internship)} : le texte ne fixe aucune durée maximale.")
    months = count_set_by_text(law, threshold)
    if agreement.internship is InternshipCase.HOSPITAL:
        months = min(months, max(_hospital_total(law) - agreement.earlier_hospital_months, 0))
    latest = last_day_of(agreement.start, months)
    within = agreement.end <= latest and months > 0
    return answer(
        Met.MET if within else Met.NOT_MET,
        f"{_named(agreement.internship)} du {in_french(agreement.start)} au {in_french(agreement.end)}, pour une durée "
        f"d'au plus {months} mois (jusqu'au {in_french(latest)}).",
        facts={**facts, "au plus tard": latest.isoformat()},
        shown_by=exhibits(case, "internship_agreement"),
        unconfirmed=() if within else (NO_GROUND_OF_ITS_OWN,),
    )


def _extended_length(case: Case, amendment: InternshipAmendment, law: Law) -> Finding:
    facts = {
        "cas": TITLES[amendment.internship],
        "convention": amendment.agreement_number,
        "du": amendment.agreement_start.isoformat(),
        "fin actuelle": amendment.agreement_end.isoformat(),
        "nouvelle fin": amendment.new_end.isoformat(),
    }
    if amendment.internship is InternshipCase.COMPANY:
        allowed = count_set_by_text(law, "INTERNSHIP_COMPANY_EXTENSIONS_MAX")
        if amendment.earlier_extensions >= allowed:
            return answer(
                Met.NOT_MET,
                f"{_named(amendment.internship)} : ce stage a déjà été prolongé une fois.",
                facts=facts,
                unconfirmed=(NO_GROUND_OF_ITS_OWN,),
            )
        months = count_set_by_text(law, "INTERNSHIP_COMPANY_MONTHS_TOTAL_MAX")
        latest = last_day_of(amendment.agreement_start, months)
    elif amendment.internship is InternshipCase.HOSPITAL:
        latest, months = _hospital_latest(amendment, law)
    else:
        return answer(
            Met.NOT_MET,
            f"{_named(amendment.internship)} : ce cas ne peut être prolongé (CESEDA R426-21).",
            facts=facts,
            unconfirmed=(NO_GROUND_OF_ITS_OWN,),
        )
    within = amendment.new_end <= latest
    return answer(
        Met.MET if within else Met.NOT_MET,
        f"{_named(amendment.internship)} commencé le {in_french(amendment.agreement_start)}, prolongé jusqu'au "
        f"{in_french(amendment.new_end)} ; la prolongation peut aller jusqu'au {in_french(latest)} ({months} mois en "
        "tout au plus).",
        facts={**facts, "au plus tard": latest.isoformat()},
        shown_by=exhibits(case, "internship_agreement"),
        unconfirmed=() if within else (NO_GROUND_OF_ITS_OWN,),
    )


def _hospital_latest(amendment: InternshipAmendment, law: Law) -> tuple[date, int]:
    """The last day of a hospital extension: six months more, twelve in one agreement, twenty-four in all of them."""
    extension = count_set_by_text(law, "INTERNSHIP_HOSPITAL_MONTHS_EXTENSION_MAX")
    one = count_set_by_text(law, "INTERNSHIP_HOSPITAL_MONTHS_FIRST_MAX") + extension
    months = max(min(one, _hospital_total(law) - amendment.earlier_hospital_months), 0)
    latest = min(last_day_of(amendment.agreement_start, months), last_day_of(amendment.agreement_end + DAY, extension))
    return latest, months


def _hospital_total(law: Law) -> int:
    return count_set_by_text(law, "INTERNSHIP_HOSPITAL_MONTHS_TOTAL_MAX")


def _named(internship: InternshipCase) -> str:
    return TITLES[internship][0].upper() + TITLES[internship][1:]


@rule(Criterion.INTERNSHIP_HOST, "CESEDA R426-20", since=date(2021, 5, 1), procedures=INTERNSHIPS)
def the_host_respects_labour_law(case: Case, law: Law) -> Finding:
    """The host undertaking respects labour law and social-protection law."""
    if not isinstance(case.request.particulars, InternshipAgreement | InternshipAmendment):
        return _no_internship()
    return by_opinion(case, Criterion.INTERNSHIP_HOST) or not_established(
        "Aucun organisme n'a été interrogé sur le respect du droit du travail et de la protection sociale par "
        "l'organisme d'accueil.",
        "résultat de la vérification auprès de l'inspection du travail et de l'organisme de recouvrement",
    )
