"""Young persons au pair: age, family, hours, language and length of the stay."""

from datetime import date

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import in_french, list_in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text
from domain.procedures import Procedure
from domain.reading import answer, birth_unknown, not_applicable
from domain.request import AuPair


def age_on(birth: date, day: date) -> int:
    """Completed years; somebody born on 29 February gets a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_covered(start: date, end: date) -> int:
    """Months of a stay from day to day, a month begun counting whole."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + (end.day > start.day)


def _no_au_pair() -> Finding:
    return not_applicable("La demande ne concerne pas un jeune au pair.")


@rule(Criterion.AU_PAIR_CONDITIONS, "CESEDA L426-22", since=date(2021, 5, 1), procedures=(Procedure.AU_PAIR,))
def the_au_pair_conditions_are_met(case: Case, law: Law) -> Finding:
    """The person is 18 to 30, is received by a family of another nationality and no kin, helps at most 25 hours a week,
    and knows some French or has secondary education or professional qualifications."""
    stay, birth = case.request.particulars, case.request.worker.birth_date
    if not isinstance(stay, AuPair):
        return _no_au_pair()
    if birth is None:
        return birth_unknown()
    youngest, oldest = count_set_by_text(law, "AU_PAIR_AGE_MIN"), count_set_by_text(law, "AU_PAIR_AGE_MAX")
    most = count_set_by_text(law, "AU_PAIR_HOURS_WEEKLY_MAX")
    age = age_on(birth, stay.agreement_start)
    obstacles = [
        *([] if youngest <= age <= oldest else [f"{age} ans au début du séjour, hors de {youngest} à {oldest} ans"]),
        *(["famille d'accueil de la même nationalité"] if stay.family_of_same_nationality else []),
        *(["lien de parenté avec la famille d'accueil"] if stay.kinship else []),
        *([] if stay.hours_weekly <= most else [f"{stay.hours_weekly} heures par semaine, plus de {most}"]),
        *(
            []
            if stay.knows_french_or_secondary_education
            else ["ni connaissance du français, ni études secondaires, ni qualification professionnelle"]
        ),
    ]
    facts = {
        "âge au début": str(age),
        "famille de la même nationalité": "oui" if stay.family_of_same_nationality else "non",
        "parenté": "oui" if stay.kinship else "non",
        "heures par semaine": str(stay.hours_weekly),
        "français, études ou qualification": "oui" if stay.knows_french_or_secondary_education else "non",
    }
    if obstacles:
        return answer(Met.NOT_MET, f"Conditions non remplies : {list_in_french(obstacles)}.", facts=facts)
    return answer(
        Met.MET,
        f"{age} ans au {in_french(stay.agreement_start)}, {stay.hours_weekly} heures par semaine, dans une famille "
        "d'une autre nationalité et sans parenté.",
        facts=facts,
    )


@rule(Criterion.AU_PAIR_STAY, "CESEDA R426-15", since=date(2021, 5, 1), procedures=(Procedure.AU_PAIR,))
def the_au_pair_stays_two_years_at_most(case: Case, law: Law) -> Finding:
    """The title is given for the length of the agreement, and stays on this ground last two years at most in all."""
    stay = case.request.particulars
    if not isinstance(stay, AuPair):
        return _no_au_pair()
    most = count_set_by_text(law, "AU_PAIR_STAY_MONTHS_MAX")
    months = stay.earlier_stay_months + months_covered(stay.agreement_start, stay.agreement_end)
    return answer(
        Met.MET if months <= most else Met.NOT_MET,
        f"{months} mois de séjour au pair en tout, pour {most} au plus.",
        facts={"séjours antérieurs": f"{stay.earlier_stay_months} mois", "mois en tout": str(months)},
    )
