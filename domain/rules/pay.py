"""The pay offered, compared with the SMIC of the hours stated and the agreement's minimum."""

from decimal import ROUND_HALF_UP, Decimal

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import euros_in_french
from domain.law import Law
from domain.reading import (
    answer,
    by_opinion,
    department_of_work,
    exhibits,
    job_unknown,
    not_established,
    smic_doubt,
)
from domain.reference import SmicRow
from domain.request import Company, Job
from domain.rules.exemptions import TRAINING_CONTRACTS, set_aside
from domain.versions import condition_of_2021, condition_since_2024, element_until_2021

LEGAL_HOURS = Decimal(35)
CENT = Decimal("0.01")


@condition_since_2024(Criterion.PAY, "CT R5221-20 4°")
def pay_reaches_the_legal_minimum(case: Case, law: Law) -> Finding:
    """The pay offered reaches the SMIC for the hours of work and the minimum of the collective agreement that applies
    to the employer or the host undertaking."""
    return set_aside(case, law) or pay_compared(case, law)


@condition_of_2021(Criterion.PAY, "CT R5221-20 4°")
def pay_reached_the_legal_minimum(case: Case, law: Law) -> Finding:
    """The pay offered reached the SMIC for the hours of work or the minimum of the collective agreement that
    applied."""
    return set_aside(case, law) or pay_compared(case, law)


@element_until_2021(Criterion.PAY, "CT R5221-20 6°")
def pay_reached_the_monthly_minimum(case: Case, law: Law) -> Finding:
    """Account is taken of the pay, which even part-time is at least the minimum monthly pay of full time
    (CT L3232-1)."""
    return set_aside(case, law) or _monthly_minimum(case, law)


@element_until_2021(
    Criterion.COMPARABLE_TERMS,
    "CT R5221-20 5°",
    note="un salaire inférieur au minimum conventionnel est lu comme non comparable à ceux de la branche",
)
def terms_were_comparable(case: Case, law: Law) -> Finding:
    """Account is taken of the terms of employment and pay, which are comparable to those of employees in a job of the
    same kind in the undertaking or, failing that, in the branch."""
    return set_aside(case, law) or by_opinion(case, Criterion.COMPARABLE_TERMS) or _comparable(case)


def smic_for_hours(smic: SmicRow, hours_weekly: float) -> Decimal:
    """The gross monthly SMIC for these weekly hours, in euros.

    At 35 hours it is the published figure; otherwise hourly × hours × 52 / 12, rounded to the nearest cent, half up.
    Premiums for overtime are left out, so above 35 hours it is the least that can be due.
    """
    hours = Decimal(str(hours_weekly))
    if hours == LEGAL_HOURS:
        return smic.amount
    return (smic.hourly * hours * 52 / 12).quantize(CENT, ROUND_HALF_UP)


def pay_compared(case: Case, law: Law) -> Finding:
    """CT R5221-20 4°: the pay against the higher of both minimums that are known."""
    job = case.request.job
    if job is None:
        return job_unknown()
    smic = _smic_at(job, law)
    if smic is None:
        return _smic_unknown(job)
    legal = smic_for_hours(smic, job.hours_weekly)
    agreed = Decimal(job.agreement_minimum_monthly) if job.agreement_minimum_monthly is not None else None
    floor = max(legal, agreed) if agreed is not None else legal
    pay = Decimal(job.pay_monthly_gross)
    source = "minimum conventionnel" if agreed is not None and agreed > legal else "SMIC"
    told = f"{_paid(job)}, {_relation(pay, floor)} au minimum de {euros_in_french(floor)} ({source})"
    facts = {
        "rémunération": str(pay),
        "heures par semaine": str(job.hours_weekly),
        "SMIC pour ces heures": str(legal),
        "minimum conventionnel": str(agreed) if agreed is not None else "non indiqué",
        "minimum retenu": str(floor),
    }
    if pay < floor and job.contract in TRAINING_CONTRACTS:
        return not_established(
            f"{told} ; le minimum d'un contrat en alternance est une part du SMIC ou du minimum conventionnel.",
            "minimum applicable au contrat en alternance, selon l'âge et l'année de formation",
            facts=facts,
        )
    return answer(
        Met.MET if pay >= floor else Met.NOT_MET,
        f"{told}.",
        facts=facts,
        shown_by=exhibits(case, "signed_contract"),
        unconfirmed=_doubts(case, job, smic, agreed),
    )


def _monthly_minimum(case: Case, law: Law) -> Finding:
    """CT R5221-20 6° before April 2021: the whole monthly SMIC, whatever the hours."""
    job = case.request.job
    if job is None:
        return job_unknown()
    smic = _smic_at(job, law)
    if smic is None:
        return _smic_unknown(job)
    pay = Decimal(job.pay_monthly_gross)
    return answer(
        Met.MET if pay >= smic.amount else Met.NOT_MET,
        f"{_paid(job)}, {_relation(pay, smic.amount)} à la rémunération mensuelle minimale de "
        f"{euros_in_french(smic.amount)}, due même à temps partiel.",
        facts={
            "rémunération": str(pay),
            "heures par semaine": str(job.hours_weekly),
            "rémunération mensuelle minimale": str(smic.amount),
        },
        shown_by=exhibits(case, "signed_contract"),
        unconfirmed=smic_doubt(smic),
    )


def _comparable(case: Case) -> Finding:
    """Nothing in the file tells what others earn; below the minimum of the agreement, the terms cannot be theirs."""
    job = case.request.job
    if job is None:
        return job_unknown()
    pay, agreed = Decimal(job.pay_monthly_gross), job.agreement_minimum_monthly
    facts = {"rémunération": str(pay), "minimum conventionnel": agreed or "non indiqué"}
    if agreed is not None and pay < Decimal(agreed):
        return answer(
            Met.NOT_MET,
            f"{_paid(job)}, inférieure au minimum conventionnel de {euros_in_french(Decimal(agreed))} : les conditions "
            "offertes ne sont pas comparables à celles de la branche.",
            facts=facts,
            shown_by=exhibits(case, "signed_contract"),
        )
    return not_established(
        f"{_paid(job)} ; la rémunération des salariés occupant un emploi de même nature n'est pas au dossier.",
        "rémunération des salariés occupant un emploi de même nature dans l'entreprise ou dans la branche",
        facts=facts,
    )


def _smic_at(job: Job, law: Law) -> SmicRow | None:
    department = department_of_work(job, law.reference)
    return law.reference.smic_monthly(law.today, department) if department else None


def _smic_unknown(job: Job) -> Finding:
    return not_established(
        f"Le SMIC en vigueur à {job.workplace.town} ({job.workplace.postcode}) n'est pas connu à cette date.",
        "montant du SMIC applicable au lieu de travail",
        facts={"rémunération": job.pay_monthly_gross},
    )


def _paid(job: Job) -> str:
    pay = euros_in_french(Decimal(job.pay_monthly_gross))
    return f"Rémunération de {pay} brut par mois pour {_hours(job)} par semaine"


def _relation(pay: Decimal, floor: Decimal) -> str:
    return "égale ou supérieure" if pay >= floor else "inférieure"


def _hours(job: Job) -> str:
    return f"{job.hours_weekly:g} heures".replace(".", ",")


def _doubts(case: Case, job: Job, smic: SmicRow, agreed: Decimal | None) -> tuple[str, ...]:
    employer = case.request.employer
    doubts = list(smic_doubt(smic))
    if agreed is not None:
        doubts.append("minimum conventionnel déclaré par l'employeur, grille non vérifiée")
    elif isinstance(employer, Company) and employer.idcc:
        doubts.append(f"minimum de la convention IDCC {employer.idcc} non indiqué : seul le SMIC a été comparé")
    if Decimal(str(job.hours_weekly)) > LEGAL_HOURS:
        doubts.append("majorations pour heures supplémentaires non comptées dans le minimum")
    return tuple(doubts)
