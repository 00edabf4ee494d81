"""Working days by territory, computed from the calendar of public holidays."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

ALSACE = frozenset({"67", "68"})
WITH_OWN_CALENDAR = frozenset({"57", "971", "972", "973", "974", "976"})
OVERSEAS = frozenset({"971", "972", "973", "974", "976"})
SATURDAY = 5
SUNDAY = 6


@lru_cache(maxsize=1024)
def _holidays_of(year: int, subdivision: str | None) -> frozenset[date]:
    national = frozenset(holidays.country_holidays("FR", years=year, language="fr"))
    if subdivision is None:
        return national
    territory = holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr")
    if subdivision not in OVERSEAS:
        return frozenset(territory)
    # Overseas the code adds the day of the abolition of slavery only (CT L3422-2); other local feasts are customs.
    return national | {day for day, name in territory.items() if "Abolition" in name}


def public_holidays(year: int, department: str) -> frozenset[date]:
    """The legal holidays of a year in a department (CT L3133-1, L3134-13, L3422-2), national ones for an unknown code.

    Good Friday counts in the whole of Alsace-Moselle, although the text limits it to some communes.
    """
    if department in ALSACE:
        return _holidays_of(year, "6AE")
    return _holidays_of(year, department if department in WITH_OWN_CALENDAR else None)


def is_working_day(day: date, department: str, *, saturdays: bool = False) -> bool:
    """Whether a day is « ouvré » (Monday to Friday), or « ouvrable » when Saturdays count, and not a holiday."""
    rest = day.weekday() == SUNDAY or (day.weekday() == SATURDAY and not saturdays)
    return not rest and day not in public_holidays(day.year, department)


def next_working_day(day: date, department: str, *, saturdays: bool = False) -> date:
    """The day itself when it is a working day, else the first one after it: where a time limit is carried over."""
    while not is_working_day(day, department, saturdays=saturdays):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, department: str, *, saturdays: bool = False) -> date:
    """The day on which `count` working days after `day` have been completed, `day` itself not counted."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), department, saturdays=saturdays)
    return day
