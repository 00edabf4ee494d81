"""The labour market: shortage occupations, publication of the offer, and what was weighed before 2021."""

from datetime import date

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law
from domain.provisions import Chapter, provision
from domain.reading import answer, by_opinion, department_of_work, exhibits, job_unknown, not_established
from domain.request import Job, Posting
from domain.rules.exemptions import bilateral_regime_ignores_the_lists, job_in_shortage, market_not_opposable, set_aside
from domain.versions import condition_of_2021, condition_since_2024, element_until_2021

PUBLIC_EMPLOYMENT_BODIES = ("france travail", "pôle emploi", "pole emploi", "apec", "cap emploi", "mission locale")
PROOFS_OF_THE_OFFER = ("job_offer_publication_proof", "job_offer_copy", "job_offer_outcome_statement")


@condition_since_2024(Criterion.LABOUR_MARKET, "CT R5221-20 1°")
def the_labour_market_is_no_obstacle(case: Case, law: Law) -> Finding:
    """The job is on the shortage list of its region, or its offer stayed published three weeks with the public
    employment service and no candidate fitted; some persons escape this condition (CT R5221-21)."""
    return set_aside(case, law) or market_tested(case, law)


@condition_of_2021(Criterion.LABOUR_MARKET, "CT R5221-20 1°")
def the_labour_market_was_no_obstacle(case: Case, law: Law) -> Finding:
    """The job was on the shortage list of its region, or its offer had been published three weeks with the public
    employment service without meeting a fitting candidate."""
    return set_aside(case, law) or market_tested(case, law)


@element_until_2021(
    Criterion.LABOUR_MARKET,
    "CT R5221-20 1°",
    note="listes de métiers de 2008 et 2011 et dispense des diplômés de niveau master non reprises",
)
def the_employment_situation_favoured_the_hire(case: Case, law: Law) -> Finding:
    """Account is taken of the situation of employment in the occupation and the zone, given what the post requires,
    and of the employer's search for a candidate already on the labour market."""
    return set_aside(case, law) or by_opinion(case, Criterion.LABOUR_MARKET) or _employment_situation(case)


def market_tested(case: Case, law: Law) -> Finding:
    """An exemption that holds, the list, then the offer; an exemption that may hold keeps a bad offer from deciding."""
    job = case.request.job
    if job is None:
        return job_unknown()
    spared = market_not_opposable(case, job, law)
    if spared is not None and spared.met is Met.NOT_OPPOSABLE:
        return spared
    tested = job_in_shortage(case, job, law) or offer_found_nobody(case, job, law)
    return spared if spared is not None and tested.met is not Met.MET else tested


def offer_found_nobody(case: Case, job: Job, law: Law) -> Finding:
    """CT R5221-20 1° b: the offer stayed published three weeks and no candidate fitted."""
    posting = job.posting
    if posting is None:
        return _no_offer(case, job, law)
    shown = exhibits(case, *PROOFS_OF_THE_OFFER)
    days = max(0, (min(posting.published_until, law.today) - posting.published_from).days + 1)
    facts = {**_facts_of(posting), "jours de publication": str(days)}
    told = f"{_told(posting)}, soit {days} jour{'s' if days > 1 else ''}"
    if posting.fitting_candidates > 0:
        return answer(Met.NOT_MET, f"{told} : {_fitting(posting)} au poste.", facts=facts, shown_by=shown)
    wanted = _days_wanted(law)
    if wanted is None:
        return not_established(f"{told}.", "durée légale de publication à cette date", facts=facts)
    if days < wanted:
        return answer(Met.NOT_MET, f"{told}, moins que les {wanted} jours exigés.", facts=facts, shown_by=shown)
    doubt = proof_is_recent_enough(posting, case, law, wanted) or _body_unknown(posting)
    if doubt is not None:
        return answer(Met.NOT_ESTABLISHED, f"{told} ; {doubt[0]}.", facts=facts, shown_by=shown, missing=(doubt[1],))
    return answer(Met.MET, f"{told} : {_received(posting)}, aucun candidat ne convenait.", facts=facts, shown_by=shown)


def _facts_of(posting: Posting) -> dict[str, str]:
    return {
        "organisme": posting.body,
        "publiée du": posting.published_from.isoformat(),
        "au": posting.published_until.isoformat(),
        "candidatures reçues": str(posting.applications),
        "candidats convenant au poste": str(posting.fitting_candidates),
    }


def _told(posting: Posting) -> str:
    period = f"du {in_french(posting.published_from)} au {in_french(posting.published_until)}"
    return f"Offre publiée auprès de {posting.body} {period}"


def _fitting(posting: Posting) -> str:
    number = posting.fitting_candidates
    return "1 candidat convenait" if number == 1 else f"{number} candidats convenaient"


def _received(posting: Posting) -> str:
    number = posting.applications
    return f"{number} candidatures reçues" if number > 1 else f"{number or 'aucune'} candidature reçue"


def _days_wanted(law: Law) -> int | None:
    weeks = law.reference.threshold("OFFER_PUBLICATION_WEEKS", law.today)
    return int(weeks.value) * 7 if weeks else None


@provision(
    Chapter.FILING,
    "CT R5221-12",
    since=date(2025, 1, 12),
    source="https://ma-veille-juridique.com/arrete-du-3-janvier-2025-modifiant-larrete-du-1er-avril-2021-fixant-la-liste-"
    "des-pieces-a-fournir-a-lappui-dune-demande-dautorisation-de-travail/ ; CAA Paris, 4 juillet 2025, n° 24PA02335",
    note="une liste de pièces n'ajoute pas de condition : l'ancienneté de l'offre ne fonde aucun refus",
)
def proof_is_recent_enough(posting: Posting, case: Case, law: Law, wanted: int) -> tuple[str, str] | None:
    """The three weeks of publication proved by the documents fall within the six months before the filing."""
    age = law.reference.threshold("OFFER_PUBLICATION_AGE_MONTHS_MAX", case.filed_on)
    if age is None:
        return None
    earliest = add_months(case.filed_on, -int(age.value))
    within = (min(posting.published_until, law.today) - max(posting.published_from, earliest)).days + 1
    if within >= wanted:
        return None
    why = f"les trois semaines ne tombent pas toutes après le {in_french(earliest)}"
    return why, "publication pendant trois semaines dans les six mois précédant le dépôt"


def _body_unknown(posting: Posting) -> tuple[str, str] | None:
    if any(body in posting.body.lower() for body in PUBLIC_EMPLOYMENT_BODIES):
        return None
    return f"{posting.body} n'est pas un organisme connu", "concours de l'organisme au service public de l'emploi"


def _no_offer(case: Case, job: Job, law: Law) -> Finding:
    department = department_of_work(job, law.reference)
    region = law.reference.region_of(department) if department else None
    if bilateral_regime_ignores_the_lists(case):
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


def _employment_situation(case: Case) -> Finding:
    """Before April 2021: figures of the occupation and the zone, which no table holds, and the search that was made."""
    job = case.request.job
    if job is None:
        return job_unknown()
    posting = job.posting
    figures = "offres et demandes d'emploi dans la profession et dans la zone géographique"
    where = {"ROME": job.rome, "lieu": f"{job.workplace.postcode} {job.workplace.town}"}
    if posting is None:
        return not_established(
            "Aucune recherche de candidat n'est déclarée, et la situation de l'emploi dans la profession et la zone "
            "n'est pas au dossier.",
            "recherches accomplies auprès du service public de l'emploi",
            figures,
            facts=where,
        )
    facts = {**where, **_facts_of(posting)}
    shown = exhibits(case, *PROOFS_OF_THE_OFFER)
    if posting.fitting_candidates > 0:
        return answer(Met.NOT_MET, f"{_told(posting)} : {_fitting(posting)} au poste.", facts=facts, shown_by=shown)
    return answer(
        Met.NOT_ESTABLISHED,
        f"{_told(posting)} sans candidat convenant ; la situation de l'emploi dans la profession et la zone n'est pas "
        "au dossier.",
        facts=facts,
        shown_by=shown,
        missing=(figures,),
    )
