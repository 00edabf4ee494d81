"""Seasonal work: its length in a year and the worker's housing."""

from datetime import date

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text
from domain.procedures import Procedure
from domain.reading import (
    WORK_PERMITS_AND_RENEWAL,
    answer,
    by_adverse_opinion,
    exhibits,
    not_applicable,
    not_established,
    renewed_alike,
)
from domain.request import Seasonal


@rule(Criterion.HOUSING, "CT R5221-20 6°", since=date(2024, 9, 1), procedures=WORK_PERMITS_AND_RENEWAL)
def the_seasonal_worker_is_housed_decently(case: Case, law: Law) -> Finding:
    """The petitioner proves that the seasonal worker has decent housing for the whole stay."""
    return renewed_alike(case) or decent_housing(case)


def decent_housing(case: Case) -> Finding:
    """CT R5221-20 6°: a sworn statement and an exact address; the proof is the petitioner's, its absence no breach."""
    season = case.request.particulars
    if not isinstance(season, Seasonal):
        return not_applicable("La condition de logement ne vise que l'emploi saisonnier.")
    said = by_adverse_opinion(case, Criterion.HOUSING)
    if said is not None:
        return said
    shown = exhibits(case, "housing_statement")
    address = case.request.job.housing_address if case.request.job else None
    facts = {
        "déclaration sur l'honneur": "oui" if season.housing_statement or shown else "non",
        "logement": f"{address.postcode} {address.town}" if address else "non indiqué",
    }
    if address is not None and (season.housing_statement or shown):
        return answer(
            Met.MET,
            f"Logement déclaré décent sur l'honneur, à {address.town} ({address.postcode}), pour la durée du séjour.",
            facts=facts,
            shown_by=shown,
        )
    return not_established(
        "Le logement décent pour toute la durée du séjour n'est pas justifié.",
        *([] if season.housing_statement or shown else ["déclaration sur l'honneur relative au logement"]),
        *([] if address else ["adresse exacte du logement"]),
        facts=facts,
    )


@rule(Criterion.SEASONAL_LENGTH, "CT R5221-23", since=date(2016, 11, 1), procedures=(Procedure.SEASONAL,))
def seasonal_work_stays_within_six_months(case: Case, law: Law) -> Finding:
    """Seasonal work lasts six months at most in any twelve, all contracts added."""
    season, job = case.request.particulars, case.request.job
    if not isinstance(season, Seasonal) or job is None or job.end is None:
        return not_established("La durée du contrat saisonnier n'est pas connue.", "dates du contrat saisonnier")
    most = count_set_by_text(law, "SEASONAL_MONTHS_PER_YEAR_MAX")
    left = most - season.months_already_worked
    # Counted from day to day: a contract of six months that starts on the 1st may still name the 1st as its last day.
    latest = add_months(job.start, left) if left > 0 else None
    facts = {
        "du": job.start.isoformat(),
        "au": job.end.isoformat(),
        "mois déjà travaillés": str(season.months_already_worked),
        "maximum": f"{most} mois",
    }
    within = latest is not None and job.end <= latest
    until = f"le contrat peut courir jusqu'au {in_french(latest)}" if latest else "aucun mois ne reste"
    return answer(
        Met.MET if within else Met.NOT_MET,
        f"Contrat du {in_french(job.start)} au {in_french(job.end)}, après {season.months_already_worked} mois "
        f"saisonniers dans les douze mois : sur {most} mois par an, {until}.",
        facts=facts,
        shown_by=exhibits(case, "signed_contract"),
    )
