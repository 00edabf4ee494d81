"""Who escapes the conditions of R5221-20: permits given as of right, and workers to whom the market is not opposed."""

from datetime import date
from decimal import Decimal

from domain.case import Case
from domain.days import add_months
from domain.findings import Finding, Met
from domain.french import euros_in_french, in_french
from domain.law import Law
from domain.provisions import Chapter, applies, provision
from domain.reading import answer, department_of_work, exhibits, renewed_alike, smic_doubt
from domain.reference import Mark, Shortage
from domain.request import (
    CONTRACT_TITLES,
    TITLE_TITLES,
    ChangeOfStatus,
    Contract,
    Diploma,
    Job,
    LegalRegime,
    ResidenceTitle,
    TitleKind,
)

CESEDA_RECODIFIED = date(2021, 5, 1)
"""Day on which CT R5221-21 and R5221-22 in their present version took effect, with the recodified CESEDA."""

L5221_5_REWRITTEN = date(2024, 1, 28)

TRAINING_CONTRACTS = frozenset({Contract.APPRENTICESHIP, Contract.PROFESSIONALISATION})
MASTER_LEVEL = 7

OF_RIGHT_IS_WIDE = "que « de droit » écarte toutes les conditions de CT R5221-20 est une déduction"

OF_RIGHT_READ_SO = (
    "« de droit » est lu comme écartant toutes les conditions de R5221-20 et de R5221-20-1, sans toucher aux motifs "
    "propres au renouvellement ni aux titres qui ouvrent ces contrats : portée déduite, que le texte n'écrit pas ; "
    "l'attestation de demande d'asile n'est pas lue comme une autorisation de séjourner"
)


def set_aside(case: Case, law: Law) -> Finding | None:
    """What keeps the whole of R5221-20 away: a renewal for the same job and zone, or a permit given as of right."""
    of_right = (youth_in_care_is_permitted, training_contract_is_permitted)
    spared = (read(case, law) for read in of_right if applies(read, law.today))
    return renewed_alike(case) or next(filter(None, spared), None)


@provision(Chapter.EXEMPTIONS, "CT L5221-5", since=L5221_5_REWRITTEN, note=OF_RIGHT_READ_SO)
@provision(
    Chapter.EXEMPTIONS,
    "CT L5221-5",
    since=date(2008, 5, 1),
    until=date(2024, 1, 27),
    mark="unconfirmed",
    note=f"version antérieure au 28 janvier 2024 non lue, supposée identique ; {OF_RIGHT_READ_SO}",
)
def training_contract_is_permitted(case: Case, law: Law) -> Finding | None:
    """The permit is given as of right to a foreigner allowed to stay, for a fixed-term contract of apprenticeship or
    professionalisation, and to an unaccompanied minor in care who presents such a contract."""
    job, title = case.request.job, case.request.worker.residence_title
    if job is None or job.contract not in TRAINING_CONTRACTS or not _allowed_to_stay(title, law):
        return None
    assert title is not None, "nobody is allowed to stay without a title"
    if job.end is None and title.kind is not TitleKind.CHILD_WELFARE:
        return None
    earlier = ("CT L5221-5 : version antérieure au 28 janvier 2024 non lue",)
    doubt = (OF_RIGHT_IS_WIDE, *(() if law.today >= L5221_5_REWRITTEN else earlier))
    return _of_right(job, title, "CT L5221-5", "d'un étranger admis au séjour", doubt)


@provision(Chapter.EXEMPTIONS, "CT R5221-22", since=CESEDA_RECODIFIED, note=OF_RIGHT_READ_SO)
def youth_in_care_is_permitted(case: Case, law: Law) -> Finding | None:
    """The permit is given as of right to a minor in the care of child welfare, for a contract of apprenticeship or
    professionalisation in line with the course followed."""
    job, title = case.request.job, case.request.worker.residence_title
    if job is None or job.contract not in TRAINING_CONTRACTS or not _allowed_to_stay(title, law):
        return None
    if title is None or title.kind is not TitleKind.CHILD_WELFARE:
        return None
    doubt = (OF_RIGHT_IS_WIDE, "conformité du contrat au cursus suivi à vérifier")
    return _of_right(job, title, "CT R5221-22", "d'un jeune confié à l'aide sociale à l'enfance", doubt)


def _allowed_to_stay(title: ResidenceTitle | None, law: Law) -> bool:
    """An asylum seeker is let to remain, which is less; a title that has run out allows nothing."""
    if title is None or title.kind is TitleKind.ASYLUM_ATTESTATION:
        return False
    return title.valid_until is None or law.today <= title.valid_until


def _of_right(job: Job, title: ResidenceTitle, article: str, who: str, doubt: tuple[str, ...]) -> Finding:
    contract = CONTRACT_TITLES[job.contract].capitalize()
    return answer(
        Met.NOT_OPPOSABLE,
        f"{contract} {who} : l'autorisation est de droit et cette condition ne peut lui être opposée ({article}).",
        facts={"contrat": CONTRACT_TITLES[job.contract], "titre": TITLE_TITLES[title.kind]},
        unconfirmed=doubt,
    )


@provision(Chapter.EXEMPTIONS, "CESEDA L414-13")
def market_not_opposable(case: Case, job: Job, law: Law) -> Finding | None:
    """The situation of the labour market is opposed to every request unless the code says otherwise."""
    if not applies(market_not_opposable, law.today):
        return None
    return (
        youth_in_care_may_escape_the_market(case, job)
        or job_search_card_escapes_the_market(case, job, law)
        or recent_graduate_escapes_the_market(case, job, law)
    )


@provision(
    Chapter.EXEMPTIONS,
    "CT R5221-21 4°",
    "CESEDA L435-3",
    since=CESEDA_RECODIFIED,
    note="placement entre seize et dix-huit ans et conditions de CESEDA L435-3 : vérifiés par l'agent, faute de "
    "donnée dans la demande",
)
def youth_in_care_may_escape_the_market(case: Case, job: Job) -> Finding | None:
    """The labour market is not opposed to a person placed in the care of child welfare between sixteen and eighteen
    who meets the conditions of L435-3, whatever the contract."""
    title = case.request.worker.residence_title
    if title is None or title.kind is not TitleKind.CHILD_WELFARE:
        return None
    return answer(
        Met.NOT_ESTABLISHED,
        "La situation de l'emploi n'est pas opposable au jeune confié à l'aide sociale à l'enfance entre seize et "
        "dix-huit ans qui remplit les conditions de CESEDA L435-3 (CT R5221-21 4°, R5221-22).",
        facts={"contrat": CONTRACT_TITLES[job.contract], "titre": TITLE_TITLES[title.kind]},
        missing=("âge au placement à l'aide sociale à l'enfance", "conditions de CESEDA L435-3"),
    )


@provision(Chapter.EXEMPTIONS, "CT R5221-21 2°", "CESEDA L422-11", since=CESEDA_RECODIFIED)
def job_search_card_escapes_the_market(case: Case, job: Job, law: Law) -> Finding | None:
    """The labour market is not opposed to the holder of a card for job search or business creation whose contract is
    related to the training or research followed and whose pay is above the threshold."""
    title = case.request.worker.residence_title
    if title is None or title.kind is not TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION:
        return None
    who = f"titulaire d'une {TITLE_TITLES[title.kind]}"
    return _related_and_paid(case, job, law, "CT R5221-21 2°, CESEDA L422-11", who)


@provision(
    Chapter.EXEMPTIONS,
    "CT R5221-21 3°",
    "CESEDA L421-4",
    since=CESEDA_RECODIFIED,
    note="l'année est comptée à rebours du dépôt de la demande : lecture déduite",
)
def recent_graduate_escapes_the_market(case: Case, job: Job, law: Law) -> Finding | None:
    """The labour market is not opposed to a student who obtained within the year a diploma of Master level or a listed
    one, for a job related to it and paid above the threshold."""
    title, status = case.request.worker.residence_title, case.request.particulars
    if title is None or title.kind is not TitleKind.STUDENT or not isinstance(status, ChangeOfStatus):
        return None
    graduated = next((each for each in status.diplomas if diploma_opens_the_exception(each, case.filed_on)), None)
    if graduated is None:
        return None
    who = f"étudiant diplômé le {in_french(graduated.obtained_on)} (niveau {graduated.level})"
    return _related_and_paid(case, job, law, "CT R5221-21 3°, CESEDA L421-4", who)


@provision(Chapter.EXEMPTIONS, "CESEDA D421-6", note="labels de niveau I de la Conférence des grandes écoles non lus")
def diploma_opens_the_exception(diploma: Diploma, filed_on: date) -> bool:
    """The diploma is of Master level, or a licence professionnelle, and was obtained in France within the year."""
    level = diploma.level >= MASTER_LEVEL or "licence professionnelle" in diploma.title.lower()
    return level and diploma.in_france and add_months(filed_on, -12) <= diploma.obtained_on <= filed_on


def _related_and_paid(case: Case, job: Job, law: Law, article: str, who: str) -> Finding | None:
    """Not opposable when both hold; not established while the link with the studies is not told; None otherwise."""
    status = case.request.particulars
    if not isinstance(status, ChangeOfStatus) or status.job_related_to_studies is False:
        return None
    department = department_of_work(job, law.reference)
    floor = pay_threshold(law, department)
    smic = law.reference.smic_monthly(law.today, department) if department else None
    pay = Decimal(job.pay_monthly_gross)
    if floor is None or smic is None or pay <= floor:
        return None
    facts = {"rémunération": str(pay), "seuil": str(floor)}
    paid = f"rémunération de {euros_in_french(pay)} supérieure au seuil de {euros_in_french(floor)} (CT D5221-21-1)"
    if status.job_related_to_studies is None:
        return answer(
            Met.NOT_ESTABLISHED,
            f"Situation de l'emploi non opposable ({article}) si l'emploi est en rapport avec la formation : {who}, "
            f"{paid}.",
            facts=facts,
            missing=("rapport de l'emploi avec la formation suivie",),
        )
    return answer(
        Met.NOT_OPPOSABLE,
        f"Situation de l'emploi non opposable ({article}) : {who}, emploi en rapport avec la formation, {paid}.",
        facts=facts,
        shown_by=exhibits(case, "diploma_and_experience", "residence_permit_copy"),
        unconfirmed=smic_doubt(smic),
    )


@provision(Chapter.EXEMPTIONS, "CT D5221-21-1", since=CESEDA_RECODIFIED)
def pay_threshold(law: Law, department: str | None) -> Decimal | None:
    """The pay must be above one and a half times the minimum monthly pay."""
    return law.reference.pay_threshold(law.today, department) if department else None


@provision(
    Chapter.EXEMPTIONS,
    "CT R5221-21 1°",
    "CESEDA L421-4",
    since=CESEDA_RECODIFIED,
    note="l'emploi listé remplit R5221-20 1° a) et l'article R5221-21 1° le dispense de la condition : la réponse est "
    "la même ; les ressortissants que vise CESEDA L233-4 al. 2 ne sont pas distingués",
)
def job_in_shortage(case: Case, job: Job, law: Law) -> Finding | None:
    """An occupation on the shortage list of the region of the workplace passes the labour market without an offer."""
    if bilateral_regime_ignores_the_lists(case):
        return None
    department = department_of_work(job, law.reference)
    region = law.reference.region_of(department) if department else None
    if region is None:
        return None
    listed = law.reference.shortage(job.fap, job.rome, region, law.today)
    if listed.status is not Shortage.LISTED:
        return None
    doubt = f"liste {listed.list_id} : inscription de la famille {listed.fap} à relire au Journal officiel"
    return answer(
        Met.MET,
        f"L'emploi figure parmi les métiers en tension : {listed.because}.",
        facts={"famille": str(listed.fap), "région": region, "liste": str(listed.list_id), "lieu": str(department)},
        unconfirmed=(doubt,) if listed.mark is Mark.UNCONFIRMED else (),
    )


@provision(
    Chapter.EXEMPTIONS,
    "CE, 23 octobre 2009, n° 314397",
    since=date(2009, 10, 23),
    source="http://www.conseil-etat.fr/fr/arianeweb/CE/analyse/2009-10-23/314397",
)
def bilateral_regime_ignores_the_lists(case: Case) -> bool:
    """The agreements with Algeria and Tunisia keep their nationals out of the lists of shortage occupations."""
    return case.request.legal_regime in {LegalRegime.ALGERIAN, LegalRegime.TUNISIAN}
