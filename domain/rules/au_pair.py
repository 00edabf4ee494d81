"""Young persons au pair: age, hours, kinship, language and length of the stay."""

from datetime import date

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import in_french, list_in_french
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.reading import answer, not_applicable, not_established
from domain.request import AuPair

AGE_MIN = 18
AGE_MAX = 30
HOURS_MAX = 25
STAY_MONTHS_MAX = 24


def age_on(birth: date, day: date) -> int:
    """Completed years; somebody born on 29 February gets a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_covered(start: date, end: date) -> int:
    """Months of a stay from day to day, a month begun counting whole."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + (end.day > start.day)


@rule(
    Criterion.AU_PAIR_CONDITIONS,
    "CESEDA L426-22, R426-14",
    since=date(2021, 5, 1),
    procedures=(Procedure.AU_PAIR,),
)
def the_au_pair_conditions_are_met(case: Case, law: Law) -> Finding:
    """The person is 18 to 30, no kin of the host family, helps at most 25 hours a week, knows French or has secondary
    education, and stays two years at most in all."""
    stay, birth = case.request.particulars, case.request.worker.birth_date
    if not isinstance(stay, AuPair):
        return not_applicable("La demande ne concerne pas un jeune au pair.")
    if birth is None:
        return not_established("La date de naissance n'est pas connue.", "date de naissance")
    age = age_on(birth, stay.agreement_start)
    months = stay.earlier_stay_months + months_covered(stay.agreement_start, stay.agreement_end)
    obstacles = [
        *([] if AGE_MIN <= age <= AGE_MAX else [f"{age} ans au début du séjour, hors de {AGE_MIN} à {AGE_MAX} ans"]),
        *(["lien de parenté avec la famille d'accueil"] if stay.kinship else []),
        *([] if stay.hours_weekly <= HOURS_MAX else [f"{stay.hours_weekly} heures par semaine, plus de {HOURS_MAX}"]),
        *([] if stay.knows_french_or_secondary_education else ["ni connaissance du français ni études secondaires"]),
        *([] if months <= STAY_MONTHS_MAX else [f"{months} mois de séjour en tout, plus de {STAY_MONTHS_MAX}"]),
    ]
    facts = {
        "âge au début": str(age),
        "heures par semaine": str(stay.hours_weekly),
        "parenté": "oui" if stay.kinship else "non",
        "français ou études secondaires": "oui" if stay.knows_french_or_secondary_education else "non",
        "mois en tout": str(months),
    }
    if obstacles:
        return answer(Met.NOT_MET, f"Conditions non remplies : {list_in_french(obstacles)}.", facts=facts)
    return answer(
        Met.MET,
        f"{age} ans au {in_french(stay.agreement_start)}, {stay.hours_weekly} heures par semaine, sans parenté, "
        f"{months} mois de séjour en tout.",
        facts=facts,
    )
