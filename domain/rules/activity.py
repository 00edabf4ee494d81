"""Regulated activities, and the proportion between a recruitment and the employer's activity."""

from datetime import date
from decimal import Decimal

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import euros_in_french
from domain.law import Law, rule
from domain.provisions import Nature
from domain.reading import (
    WORK_PERMITS,
    WORK_PERMITS_AND_RENEWAL,
    answer,
    by_adverse_opinion,
    by_opinion,
    exhibits,
    job_unknown,
    not_applicable,
    not_established,
    renewed_alike,
)
from domain.request import Company, PostingMission


@rule(Criterion.REGULATED_ACTIVITY, "CT R5221-20 3°", since=date(2024, 9, 1), procedures=WORK_PERMITS_AND_RENEWAL)
def regulated_conditions_are_met(case: Case, law: Law) -> Finding:
    """Where the activity is regulated, the undertakings and the worker fulfil the conditions to exercise it."""
    return renewed_alike(case) or regulated_conditions(case)


def regulated_conditions(case: Case) -> Finding:
    """CT R5221-20 3°: what the body in charge says, else the proof that was produced."""
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


@rule(
    Criterion.PROPORTIONATE_PROJECT,
    "CT R5221-20-1",
    since=date(2024, 9, 1),
    procedures=WORK_PERMITS,
    nature=Nature.DISCRETION,
)
def the_project_is_proportionate(case: Case, law: Law) -> Finding:
    """The recruitment is not manifestly out of proportion with the undertaking's economic activity; the text sets no
    ratio, so figures alone never make it so: the authority may refuse, on facts that it states."""
    said = by_adverse_opinion(case, Criterion.PROPORTIONATE_PROJECT)
    if said is not None:
        return said
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
