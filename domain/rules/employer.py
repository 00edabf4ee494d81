"""The employer and the undertakings beside it: social obligations, record, sanctions, other offences."""

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.law import Law
from domain.provisions import Nature
from domain.reading import answer, bearing_on, by_opinion, exhibits, not_established, undertakings
from domain.request import CAPACITY_TITLES, Capacity
from domain.rules.exemptions import set_aside
from domain.versions import condition_of_2021, condition_since_2024, element_until_2021

ALL_BESIDE = (Capacity.PRINCIPAL, Capacity.USER, Capacity.HOST)
"""Since 1 September 2024 the conditions of 2° bear on these too."""


@condition_since_2024(Criterion.EMPLOYER_OBLIGATIONS, "CT R5221-20 2° a)")
def social_obligations_are_met(case: Case, law: Law) -> Finding:
    """The employer and, where there is one, the principal, user or host undertaking meet their social obligations."""
    return set_aside(case, law) or social_obligations(case, law)


@condition_since_2024(Criterion.EMPLOYER_RECORD, "CT R5221-20 2° b)")
def the_employer_has_a_clean_record(case: Case, law: Law) -> Finding:
    """None of them was convicted or sanctioned for illegal work, health and safety, aid to irregular stay or posting
    rules, nor found by the administration in serious breach in these fields."""
    return set_aside(case, law) or clean_record(case)


@condition_since_2024(Criterion.EMPLOYER_OFFENCES, "CT R5221-20 2°, dernier alinéa", nature=Nature.DISCRETION)
def no_other_offence_weighs_against_the_employer(case: Case, law: Law) -> Finding:
    """None of them was convicted, sanctioned or found in serious breach for offences against the person or forgery;
    otherwise the authority may refuse, and says why it does."""
    return set_aside(case, law) or _asked(
        case,
        Criterion.EMPLOYER_OFFENCES,
        "des atteintes à la personne ou des faux",
        "résultat de la vérification des condamnations et sanctions (code pénal, livre II titre II, et 441-1)",
        *ALL_BESIDE,
    )


@condition_of_2021(Criterion.EMPLOYER_OBLIGATIONS, "CT R5221-20 2° a)")
def declaratory_obligations_were_met(case: Case, law: Law) -> Finding:
    """The employer, and nobody else, met its declaratory social obligations."""
    return set_aside(case, law) or _obligations(case, law, "obligations déclaratives sociales")


@condition_of_2021(Criterion.EMPLOYER_RECORD, "CT R5221-20 2° b)")
def the_employer_had_a_clean_record(case: Case, law: Law) -> Finding:
    """The employer was not convicted for illegal work or for a breach of the general rules of health and safety, nor
    found by the administration in serious breach in these fields."""
    return set_aside(case, law) or _asked(
        case,
        Criterion.EMPLOYER_RECORD,
        "les condamnations pénales et manquements graves en matière de travail illégal, de santé et de sécurité",
        CHECKED_WITH_INSPECTION,
    )


@condition_of_2021(Criterion.EMPLOYER_SANCTIONS, "CT R5221-20 2° c)")
def the_employer_was_not_sanctioned(case: Case, law: Law) -> Finding:
    """The employer was under no administrative sanction of articles L1264-3 and L8272-2 to L8272-4."""
    return set_aside(case, law) or _asked(
        case,
        Criterion.EMPLOYER_SANCTIONS,
        "les sanctions administratives des articles L1264-3 et L8272-2 à L8272-4 du code du travail",
        "résultat de la vérification des sanctions administratives",
    )


@element_until_2021(
    Criterion.EMPLOYER_LABOUR_LAW,
    "CT R5221-20 3°",
    note="l'utilisateur n'est lu que dans la version de 2016",
)
def labour_law_was_respected(case: Case, law: Law) -> Finding:
    """Account is taken of the respect of labour and social-protection law by the employer, the user or the host
    undertaking."""
    return set_aside(case, law) or _asked(
        case,
        Criterion.EMPLOYER_LABOUR_LAW,
        "le respect de la législation relative au travail et à la protection sociale",
        "constats de l'inspection du travail et des organismes de protection sociale",
        Capacity.USER,
        Capacity.HOST,
    )


def social_obligations(case: Case, law: Law) -> Finding:
    """CT R5221-20 2° a since 2024: on the employer and on every undertaking beside it."""
    return _obligations(case, law, "obligations sociales", *ALL_BESIDE)


def clean_record(case: Case) -> Finding:
    """CT R5221-20 2° b since 2024: only the bodies that hold the facts can say; nobody's silence is an answer."""
    return _asked(
        case,
        Criterion.EMPLOYER_RECORD,
        "les condamnations, sanctions ou manquements graves",
        CHECKED_WITH_INSPECTION,
        *ALL_BESIDE,
    )


CHECKED_WITH_INSPECTION = "résultat de la vérification auprès de l'inspection du travail"


def _asked(case: Case, criterion: Criterion, about: str, missing: str, *beside: Capacity) -> Finding:
    """What the body that was asked says; until one does, what it would have to be asked, and about whom."""
    who = undertakings(case, *beside)
    finding = by_opinion(case, criterion) or not_established(
        f"Aucun organisme n'a été interrogé sur {about} ; cette vérification relève de l'agent et porte sur : {who}.",
        missing,
    )
    return bearing_on(who, finding)


def _obligations(case: Case, law: Law, which: str, *beside: Capacity) -> Finding:
    """What the collecting body says, else the certificate of payment that the employer produced for itself."""
    who = undertakings(case, *beside)
    said = by_opinion(case, Criterion.EMPLOYER_OBLIGATIONS)
    return bearing_on(who, said or _by_certificate(case, law, which, *beside))


def _by_certificate(case: Case, law: Law, which: str, *beside: Capacity) -> Finding:
    certificate = exhibits(case, "contributions_certificate")
    concerned = [each for each in case.request.undertakings if each.capacity in beside]
    others = ", ".join(f"{each.name} ({CAPACITY_TITLES[each.capacity]})" for each in concerned)
    if not certificate:
        return not_established(
            "L'attestation de paiement des cotisations sociales n'est pas au dossier.",
            f"attestation de paiement des cotisations sociales{_recent(law)}",
        )
    if others:
        return answer(
            Met.NOT_ESTABLISHED,
            f"Une attestation de paiement des cotisations est au dossier ; la condition porte aussi sur {others}.",
            shown_by=certificate,
            missing=(f"{which} de {others}",),
        )
    return answer(
        Met.MET,
        "L'attestation de paiement des cotisations sociales est au dossier et aucun organisme n'a signalé de "
        f"manquement aux {which}.",
        shown_by=certificate,
        unconfirmed=_age_of_certificate(law),
    )


def _age_of_certificate(law: Law) -> tuple[str, ...]:
    """The day a certificate was issued is on its page, not in the file: the agent reads it."""
    recent = _recent(law)
    return (f"date à lire sur la pièce : attestation{recent}",) if recent else ()


def _recent(law: Law) -> str:
    """How old a certificate may be; the list of documents has told since January 2025 only."""
    limit = law.reference.threshold("CONTRIBUTIONS_CERTIFICATE_AGE_MONTHS_MAX", law.today)
    return f" de moins de {limit.value} mois" if limit else ""
