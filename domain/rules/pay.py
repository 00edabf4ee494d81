"""The pay offered, compared with the SMIC of the hours stated and the agreement's minimum."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import euros_in_french
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
from domain.reference import SmicRow
from domain.request import Company, Job

LEGAL_HOURS = Decimal(35)
CENT = Decimal("0.01")


@rule(Criterion.PAY, "CT R5221-20 4°", since=date(2024, 9, 1), procedures=WORK_PERMITS_AND_RENEWAL)
def pay_reaches_the_legal_minimum(case: Case, law: Law) -> Finding:
    """The pay offered reaches the SMIC for the hours of work and the minimum of the collective agreement that applies
    to the employer or the host undertaking."""
    return renewed_alike(case) or pay_compared(case, law)


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
    department = department_of_work(job, law.reference)
    smic = law.reference.smic_monthly(law.today, department) if department else None
    if smic is None:
        return not_established(
            f"Le SMIC en vigueur à {job.workplace.town} ({job.workplace.postcode}) n'est pas connu à cette date.",
            "montant du SMIC applicable au lieu de travail",
            facts={"rémunération": job.pay_monthly_gross},
        )
    legal = smic_for_hours(smic, job.hours_weekly)
    agreed = Decimal(job.agreement_minimum_monthly) if job.agreement_minimum_monthly is not None else None
    floor = max(legal, agreed) if agreed is not None else legal
    pay = Decimal(job.pay_monthly_gross)
    source = "minimum conventionnel" if agreed is not None and agreed > legal else "SMIC"
    relation = "égale ou supérieure" if pay >= floor else "inférieure"
    return answer(
        Met.MET if pay >= floor else Met.NOT_MET,
        f"Rémunération de {euros_in_french(pay)} brut par mois pour {_hours(job)} par semaine, {relation} au minimum "
        f"de {euros_in_french(floor)} ({source}).",
        facts={
            "rémunération": str(pay),
            "heures par semaine": str(job.hours_weekly),
            "SMIC pour ces heures": str(legal),
            "minimum conventionnel": str(agreed) if agreed is not None else "non indiqué",
            "minimum retenu": str(floor),
        },
        shown_by=exhibits(case, "signed_contract"),
        unconfirmed=_doubts(case, job, smic, agreed),
    )


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
