"""The employer and the undertakings beside it: social obligations, record, other offences."""

from datetime import date

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.law import Law, rule
from domain.provisions import Nature
from domain.reading import WORK_PERMITS_AND_RENEWAL, answer, by_opinion, exhibits, not_established, renewed_alike
from domain.request import CAPACITY_TITLES


@rule(Criterion.EMPLOYER_OBLIGATIONS, "CT R5221-20 2° a)", since=date(2024, 9, 1), procedures=WORK_PERMITS_AND_RENEWAL)
def social_obligations_are_met(case: Case, law: Law) -> Finding:
    """The employer and, where there is one, the principal, user or host undertaking meet their social obligations."""
    return renewed_alike(case) or social_obligations(case, law)


@rule(Criterion.EMPLOYER_RECORD, "CT R5221-20 2° b)", since=date(2024, 9, 1), procedures=WORK_PERMITS_AND_RENEWAL)
def the_employer_has_a_clean_record(case: Case, law: Law) -> Finding:
    """None of them was convicted or sanctioned for illegal work, health and safety, aid to irregular stay or posting
    rules, nor found by the administration in serious breach in these fields."""
    return renewed_alike(case) or clean_record(case)


@rule(
    Criterion.EMPLOYER_OFFENCES,
    "CT R5221-20 2°, dernier alinéa",
    since=date(2024, 9, 1),
    procedures=WORK_PERMITS_AND_RENEWAL,
    nature=Nature.DISCRETION,
)
def no_other_offence_weighs_against_the_employer(case: Case, law: Law) -> Finding:
    """None of them was convicted, sanctioned or found in serious breach for offences against the person or forgery;
    otherwise the authority may refuse, and says why it does."""
    return (
        renewed_alike(case)
        or by_opinion(case, Criterion.EMPLOYER_OFFENCES)
        or not_established(
            "Aucun organisme n'a été interrogé sur des atteintes à la personne ou des faux ; cette vérification relève "
            "de l'agent.",
            "résultat de la vérification des condamnations et sanctions (code pénal, livre II titre II, et 441-1)",
        )
    )


def social_obligations(case: Case, law: Law) -> Finding:
    """CT R5221-20 2° a: what the collecting body says, else the certificate of payment that the employer produced."""
    said = by_opinion(case, Criterion.EMPLOYER_OBLIGATIONS)
    if said is not None:
        return said
    certificate = exhibits(case, "contributions_certificate")
    others = ", ".join(f"{each.name} ({CAPACITY_TITLES[each.capacity]})" for each in case.request.undertakings)
    facts = {"autres entreprises": others} if others else {}
    if not certificate:
        return not_established(
            "L'attestation de paiement des cotisations sociales n'est pas au dossier.",
            "attestation de paiement des cotisations sociales de moins de six mois",
            facts=facts,
        )
    if others:
        return answer(
            Met.NOT_ESTABLISHED,
            f"Une attestation de paiement des cotisations est au dossier ; la condition porte aussi sur {others}.",
            facts=facts,
            shown_by=certificate,
            missing=(f"obligations sociales de {others}",),
        )
    return answer(
        Met.MET,
        "L'attestation de paiement des cotisations sociales est au dossier et aucun organisme n'a signalé de "
        "manquement.",
        facts=facts,
        shown_by=certificate,
        unconfirmed=_age_of_certificate(law),
    )


def _age_of_certificate(law: Law) -> tuple[str, ...]:
    """The day a certificate was issued is on its page, not in the file: the agent reads it."""
    limit = law.reference.threshold("CONTRIBUTIONS_CERTIFICATE_AGE_MONTHS_MAX", law.today)
    return (f"date de l'attestation à lire sur la pièce : moins de {limit.value} mois",) if limit else ()


def clean_record(case: Case) -> Finding:
    """CT R5221-20 2° b: only the bodies that hold the facts can say; nobody's silence is an answer."""
    return by_opinion(case, Criterion.EMPLOYER_RECORD) or not_established(
        "Aucun organisme n'a été interrogé sur les condamnations, sanctions ou manquements graves de l'employeur ; "
        "cette vérification relève de l'agent.",
        "résultat de la vérification auprès de l'inspection du travail",
    )
