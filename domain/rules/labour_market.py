"""The labour market: shortage occupations, publication of the offer, and who escapes the test."""

from datetime import date
from decimal import Decimal

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import euros_in_french, in_french
from domain.law import Law, rule
from domain.reading import (
    WORK_PERMITS_AND_RENEWAL,
    answer,
    department_of_work,
    exhibits,
    job_unknown,
    not_established,
    renewed_alike,
    smic_doubt,
)
from domain.reference import Mark, Shortage
from domain.request import (
    CONTRACT_TITLES,
    TITLE_TITLES,
    ChangeOfStatus,
    Contract,
    Diploma,
    Job,
    LegalRegime,
    Posting,
    TitleKind,
)

PUBLIC_EMPLOYMENT_BODIES = ("france travail", "pôle emploi", "pole emploi", "apec", "cap emploi", "mission locale")
TRAINING_CONTRACTS = frozenset({Contract.APPRENTICESHIP, Contract.PROFESSIONALISATION})
MASTER_LEVEL = 7


@rule(Criterion.LABOUR_MARKET, "CT R5221-20 1°", since=date(2024, 9, 1), procedures=WORK_PERMITS_AND_RENEWAL)
def the_labour_market_is_no_obstacle(case: Case, law: Law) -> Finding:
    """The job is on the shortage list of its region, or its offer stayed published three weeks with the public
    employment service and no candidate fitted; some persons escape this condition (CT R5221-21)."""
    job = case.request.job
    if job is None:
        return renewed_alike(case) or job_unknown()
    return (
        renewed_alike(case)
        or market_not_opposable(case, job, law)
        or job_in_shortage(case, job, law)
        or offer_found_nobody(case, job, law)
    )


def market_not_opposable(case: Case, job: Job, law: Law) -> Finding | None:
    """CT L5221-5, R5221-21 2° to 4°: training contracts, holders of a job-search card, recent graduates."""
    title = case.request.worker.residence_title
    if title is None:
        return None
    if job.contract in TRAINING_CONTRACTS and (job.end is not None or title.kind is TitleKind.CHILD_WELFARE):
        article = "CT R5221-21 4°, R5221-22" if title.kind is TitleKind.CHILD_WELFARE else "CT L5221-5"
        return answer(
            Met.NOT_OPPOSABLE,
            f"Contrat d'apprentissage ou de professionnalisation d'un étranger admis au séjour : la situation de "
            f"l'emploi ne lui est pas opposable ({article}).",
            facts={"contrat": CONTRACT_TITLES[job.contract], "titre": TITLE_TITLES[title.kind]},
        )
    status = case.request.particulars
    if not isinstance(status, ChangeOfStatus) or status.job_related_to_studies is not True:
        return None
    if title.kind is TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION:
        return _paid_above_threshold(case, job, law, "CT R5221-21 2°", "titulaire d'une carte « recherche d'emploi »")
    graduated = next((d for d in status.diplomas if _opens_the_exception(d, case.filed_on)), None)
    if title.kind is TitleKind.STUDENT and graduated is not None:
        who = f"étudiant diplômé le {in_french(graduated.obtained_on)} (niveau {graduated.level})"
        return _paid_above_threshold(case, job, law, "CT R5221-21 3°", who)
    return None


def _opens_the_exception(diploma: Diploma, filed_on: date) -> bool:
    """CESEDA L421-4 al. 2, D421-6: a Master-level diploma, or a licence professionnelle, obtained within the year."""
    level = diploma.level >= MASTER_LEVEL or "licence professionnelle" in diploma.title.lower()
    return level and diploma.in_france and add_months(filed_on, -12) <= diploma.obtained_on <= filed_on


def _paid_above_threshold(case: Case, job: Job, law: Law, article: str, who: str) -> Finding | None:
    department = department_of_work(job, law.reference)
    floor = pay_threshold(law, department)
    smic = law.reference.smic_monthly(law.today, department) if department else None
    pay = Decimal(job.pay_monthly_gross)
    if floor is None or smic is None or pay <= floor:
        return None
    return answer(
        Met.NOT_OPPOSABLE,
        f"Situation de l'emploi non opposable ({article}) : {who}, emploi en rapport avec la formation, rémunération "
        f"de {euros_in_french(pay)} supérieure au seuil de {euros_in_french(floor)} (CT D5221-21-1).",
        facts={"rémunération": str(pay), "seuil": str(floor)},
        shown_by=exhibits(case, "diploma_and_experience", "residence_permit_copy"),
        unconfirmed=smic_doubt(smic),
    )


def pay_threshold(law: Law, department: str | None) -> Decimal | None:
    """CT D5221-21-1: one and a half times the monthly SMIC of a full-time worker; the pay must be above it."""
    return law.reference.pay_threshold(law.today, department) if department else None


def job_in_shortage(case: Case, job: Job, law: Law) -> Finding | None:
    """CT R5221-20 1° a: met when the list of CESEDA L421-4 names the occupation for the region of the workplace.

    Algerian and Tunisian agreements keep their nationals out of the lists (CE 23 October 2009 n° 314397).
    """
    if case.request.legal_regime in {LegalRegime.ALGERIAN, LegalRegime.TUNISIAN}:
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


def offer_found_nobody(case: Case, job: Job, law: Law) -> Finding:
    """CT R5221-20 1° b: the offer stayed published three weeks and no candidate fitted."""
    posting = job.posting
    if posting is None:
        return _no_offer(case, job, law)
    shown = exhibits(case, "job_offer_publication_proof", "job_offer_copy", "job_offer_outcome_statement")
    last = min(posting.published_until, law.today)
    days = (last - posting.published_from).days + 1
    facts = {
        "organisme": posting.body,
        "publiée du": posting.published_from.isoformat(),
        "au": posting.published_until.isoformat(),
        "jours de publication": str(days),
        "candidatures reçues": str(posting.applications),
        "candidats convenant au poste": str(posting.fitting_candidates),
    }
    told = (
        f"Offre publiée auprès de {posting.body} du {in_french(posting.published_from)} au "
        f"{in_french(posting.published_until)}, soit {days} jours"
    )
    if posting.fitting_candidates > 0:
        number = posting.fitting_candidates
        found = "1 candidat convenait" if number == 1 else f"{number} candidats convenaient"
        return answer(Met.NOT_MET, f"{told} : {found} au poste.", facts=facts, shown_by=shown)
    wanted = _days_wanted(law)
    if wanted is None:
        return not_established(f"{told}.", "durée légale de publication à cette date", facts=facts)
    if days < wanted:
        return answer(Met.NOT_MET, f"{told}, moins que les {wanted} jours exigés.", facts=facts, shown_by=shown)
    doubt = _doubt_on(posting, case, law, wanted)
    if doubt is not None:
        return answer(Met.NOT_ESTABLISHED, f"{told} ; {doubt[0]}.", facts=facts, shown_by=shown, missing=(doubt[1],))
    received = f"{posting.applications} candidatures reçues" if posting.applications else "aucune candidature reçue"
    return answer(Met.MET, f"{told} : {received}, aucun candidat ne convenait.", facts=facts, shown_by=shown)


def _days_wanted(law: Law) -> int | None:
    weeks = law.reference.threshold("OFFER_PUBLICATION_WEEKS", law.today)
    return int(weeks.value) * 7 if weeks else None


def _doubt_on(posting: Posting, case: Case, law: Law, wanted: int) -> tuple[str, str] | None:
    """Age and body bear on the proof, not on the condition: a list of documents cannot add a ground of refusal."""
    age = law.reference.threshold("OFFER_PUBLICATION_AGE_MONTHS_MAX", case.filed_on)
    if age is not None:
        earliest = add_months(case.filed_on, -int(age.value))
        within = (min(posting.published_until, law.today) - max(posting.published_from, earliest)).days + 1
        if within < wanted:
            why = f"les trois semaines ne tombent pas toutes après le {in_french(earliest)}"
            return why, "publication pendant trois semaines dans les six mois précédant le dépôt"
    if not any(body in posting.body.lower() for body in PUBLIC_EMPLOYMENT_BODIES):
        return f"{posting.body} n'est pas un organisme connu", "concours de l'organisme au service public de l'emploi"
    return None


def _no_offer(case: Case, job: Job, law: Law) -> Finding:
    department = department_of_work(job, law.reference)
    region = law.reference.region_of(department) if department else None
    if case.request.legal_regime in {LegalRegime.ALGERIAN, LegalRegime.TUNISIAN}:
        why = "le régime bilatéral écarte la liste des métiers en tension (CE, 23 octobre 2009, n° 314397)"
    elif region is None:
        why = f"la région du lieu de travail ({job.workplace.postcode} {job.workplace.town}) n'est pas connue"
    else:
        why = law.reference.shortage(job.fap, job.rome, region, law.today).because
    return not_established(
        f"Aucune publication de l'offre n'est déclarée, et {why}.",
        "publication de l'offre pendant trois semaines auprès du service public de l'emploi",
        "inscription du métier sur la liste de la région",
        facts={"ROME": job.rome, "lieu": str(department)},
    )
