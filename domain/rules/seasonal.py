"""Seasonal work: its length in a year."""

from datetime import date

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.reading import answer, exhibits, not_established
from domain.request import Seasonal


@rule(Criterion.SEASONAL_LENGTH, "CT R5221-23", since=date(2016, 11, 1), procedures=(Procedure.SEASONAL,))
def seasonal_work_stays_within_six_months(case: Case, law: Law) -> Finding:
    """Seasonal work lasts six months at most in any twelve, all contracts added (also CESEDA L421-34)."""
    season, job = case.request.particulars, case.request.job
    limit = law.reference.threshold("SEASONAL_MONTHS_PER_YEAR_MAX", law.today)
    if not isinstance(season, Seasonal) or job is None or job.end is None or limit is None:
        return not_established("La durée du contrat saisonnier n'est pas connue.", "dates du contrat saisonnier")
    left = int(limit.value) - season.months_already_worked
    # Counted from day to day: a contract of six months that starts on the 1st may still name the 1st as its last day.
    latest = add_months(job.start, left) if left > 0 else None
    facts = {
        "du": job.start.isoformat(),
        "au": job.end.isoformat(),
        "mois déjà travaillés": str(season.months_already_worked),
        "maximum": f"{limit.value} mois",
    }
    within = latest is not None and job.end <= latest
    until = f"le contrat peut courir jusqu'au {in_french(latest)}" if latest else "aucun mois ne reste"
    return answer(
        Met.MET if within else Met.NOT_MET,
        f"Contrat du {in_french(job.start)} au {in_french(job.end)}, après {season.months_already_worked} mois "
        f"saisonniers dans les douze mois : sur {limit.value} mois par an, {until}.",
        facts=facts,
        shown_by=exhibits(case, "signed_contract"),
    )
