"""Regulated activities, and the proportion between a recruitment and the employer's activity."""

from decimal import Decimal

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import euros_in_french
from domain.law import Law
from domain.provisions import Nature
from domain.reading import (
    WORK_PERMITS,
    answer,
    bearing_on,
    by_adverse_opinion,
    by_opinion,
    exhibits,
    job_unknown,
    not_applicable,
    not_established,
    undertakings,
)
from domain.request import Capacity, Company, PostingMission
from domain.rules.exemptions import set_aside
from domain.versions import condition_of_2021, condition_since_2024, element_until_2021


@condition_since_2024(Criterion.REGULATED_ACTIVITY, "CT R5221-20 3°")
def regulated_conditions_are_met(case: Case, law: Law) -> Finding:
    """Where the activity is regulated, the employer, the principal, user or host undertaking and the worker fulfil the
    conditions to exercise it."""
    return set_aside(case, law) or regulated_conditions(case)


@condition_of_2021(Criterion.REGULATED_ACTIVITY, "CT R5221-20 3°")
def regulated_conditions_were_met(case: Case, law: Law) -> Finding:
    """Where the activity was regulated, the employer, the user, the host undertaking and the worker fulfilled the
    conditions to exercise it; the principal was not concerned."""
    return set_aside(case, law) or _regulated(case, Capacity.USER, Capacity.HOST)


@element_until_2021(
    Criterion.REGULATED_ACTIVITY,
    "CT R5221-20 4°",
    note="l'employeur, l'utilisateur et l'entreprise d'accueil ne sont lus que dans la version de 2016",
)
def regulated_conditions_were_weighed(case: Case, law: Law) -> Finding:
    """Account is taken, where the activity is regulated, of the respect of the conditions to exercise it by the
    employer, the user, the host undertaking or the worker."""
    return set_aside(case, law) or _regulated(case, Capacity.USER, Capacity.HOST)


def regulated_conditions(case: Case) -> Finding:
    """CT R5221-20 3° since 2024: on the employer, every undertaking beside it, and the worker."""
    return _regulated(case, Capacity.PRINCIPAL, Capacity.USER, Capacity.HOST)


def _regulated(case: Case, *beside: Capacity) -> Finding:
    finding = _by_body_or_proof(case)
    if finding.met is Met.NOT_APPLICABLE:
        return finding
    return bearing_on(f"{undertakings(case, *beside)}, travailleur", finding)


def _by_body_or_proof(case: Case) -> Finding:
    """What the body in charge says, else the proof that was produced."""
    said = by_opinion(case, Criterion.REGULATED_ACTIVITY)
    if said is not None:
        return said
    job = case.request.job
    if job is None:
        return job_unknown()
    if not job.regulated_profession:
        return not_applicable(f"La demande déclare que l'activité « {job.title} » n'est pas réglementée.")
    proof = exhibits(case, "regulated_profession_proof")
    facts = {"emploi": job.title, "activité réglementée": "oui"}
    if not proof:
        return not_established(
            f"L'activité « {job.title} » est déclarée réglementée et rien au dossier ne montre le droit de l'exercer.",
            "justificatif du respect des conditions d'exercice de la profession réglementée",
            facts=facts,
        )
    return answer(
        Met.MET,
        f"Le justificatif du droit d'exercer l'activité réglementée « {job.title} » est au dossier.",
        facts=facts,
        shown_by=proof,
    )


@condition_since_2024(
    Criterion.PROPORTIONATE_PROJECT, "CT R5221-20-1", nature=Nature.DISCRETION, procedures=WORK_PERMITS
)
def the_project_is_proportionate(case: Case, law: Law) -> Finding:
    """The recruitment is not manifestly out of proportion with the undertaking's economic activity; the text sets no
    ratio, so figures alone never make it so: the authority may refuse, on facts that it states."""
    return set_aside(case, law) or by_adverse_opinion(case, Criterion.PROPORTIONATE_PROJECT) or _by_figures(case)


def _by_figures(case: Case) -> Finding:
    job, employer = case.request.job, case.request.employer
    if job is None:
        return job_unknown()
    if not isinstance(employer, Company):
        return not_applicable("L'employeur est un particulier : il n'a pas d'activité économique à laquelle comparer.")
    if employer.turnover_yearly is None or employer.headcount is None:
        return not_established(
            "La proportion du recrutement ne peut être appréciée sans l'effectif et le chiffre d'affaires.",
            *(["effectif de l'entreprise"] if employer.headcount is None else []),
            *(["chiffre d'affaires annuel"] if employer.turnover_yearly is None else []),
        )
    posting = case.request.particulars
    workers = posting.workers_in_same_request if isinstance(posting, PostingMission) else 1
    turnover, wages = Decimal(employer.turnover_yearly), Decimal(job.pay_monthly_gross) * 12 * workers
    facts = {
        "effectif": str(employer.headcount),
        "chiffre d'affaires annuel": str(turnover),
        "rémunération annuelle": str(wages),
        "salariés demandés": str(workers),
    }
    told = (
        f"Rémunération annuelle de {euros_in_french(wages)} pour un chiffre d'affaires de "
        f"{euros_in_french(turnover)} et un effectif de {employer.headcount}"
    )
    if wages <= turnover and workers <= max(employer.headcount, 1):
        return answer(Met.MET, f"{told} : rien de manifestement disproportionné.", facts=facts)
    return not_established(
        f"{told} : le texte ne fixe aucun rapport, ces chiffres appellent l'appréciation de l'agent.",
        "explications de l'employeur sur son activité et ses moyens",
        facts=facts,
    )
