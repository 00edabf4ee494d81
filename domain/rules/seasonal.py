"""Seasonal work: its length in a year."""

from datetime import date

from domain.case import Case
from domain.days import last_day_of
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text
from domain.procedures import Procedure
from domain.reading import answer, exhibits, not_established
from domain.request import Job, Seasonal


def last_day_of_season(season: Seasonal, job: Job, months: int) -> date:
    """The last day that the months of a year leave to a contract; before its first when none is left."""
    return last_day_of(job.start, max(months - season.months_already_worked, 0))


@rule(Criterion.SEASONAL_LENGTH, "CT R5221-23", since=date(2016, 11, 1), procedures=(Procedure.SEASONAL,))
def seasonal_work_stays_within_six_months(case: Case, law: Law) -> Finding:
    """Seasonal work lasts six months at most in any twelve, all contracts added."""
    season, job = case.request.particulars, case.request.job
    if not isinstance(season, Seasonal) or job is None or job.end is None:
        return not_established("La durée du contrat saisonnier n'est pas connue.", "dates du contrat saisonnier")
    most = count_set_by_text(law, "SEASONAL_MONTHS_PER_YEAR_MAX")
    latest = last_day_of_season(season, job, most)
    facts = {
        "du": job.start.isoformat(),
        "au": job.end.isoformat(),
        "mois déjà travaillés": str(season.months_already_worked),
        "maximum": f"{most} mois",
    }
    left = latest >= job.start
    until = f"le contrat peut courir jusqu'au {in_french(latest)}" if left else "aucun mois ne reste"
    return answer(
        Met.MET if left and job.end <= latest else Met.NOT_MET,
        f"Contrat du {in_french(job.start)} au {in_french(job.end)}, après {season.months_already_worked} mois "
        f"saisonniers dans les douze mois : sur {most} mois par an, {until}.",
        facts=facts,
        shown_by=exhibits(case, "signed_contract"),
    )
