"""The table of holidays gives, in every department and year, the days that an independent library gives."""

from datetime import date

import holidays
import pytest

from domain.reference import Mark
from tests.unit.given import REFERENCE

YEARS = range(2016, 2036)
OVERSEAS = {"971", "972", "973", "974", "976"}


def independent(year: int, department: str) -> set[date]:
    """What the library `holidays` counts, local feasts without a legal basis left out."""
    national = set(holidays.country_holidays("FR", years=year, language="fr"))
    subdivision = {"67": "6AE", "68": "6AE", "57": "57"}.get(department)
    if subdivision is not None:
        return set(holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr"))
    if department not in OVERSEAS:
        return national
    territory = holidays.country_holidays("FR", subdiv=department, years=year, language="fr")
    return national | {day for day, name in territory.items() if "Abolition" in name}


@pytest.mark.parametrize("department", sorted(REFERENCE.departments))
def test_the_table_and_the_library_agree(department: str) -> None:
    for year in YEARS:
        assert REFERENCE.calendar.public_holidays(year, department) == independent(year, department)


@pytest.mark.parametrize(
    ("day", "department", "article", "mark"),
    [
        ("2027-04-27", "976", "CT L3422-2", Mark.CONFIRMED),
        ("2027-05-22", "972", "CT L3422-2", Mark.CONFIRMED),
        ("2027-05-27", "971", "CT L3422-2", Mark.CONFIRMED),
        ("2027-06-10", "973", "CT L3422-2", Mark.CONFIRMED),
        ("2027-12-20", "974", "CT L3422-2", Mark.CONFIRMED),
        ("2027-12-26", "57", "CT L3134-13", Mark.CONFIRMED),
        ("2027-03-26", "67", "CT L3134-13", Mark.UNCONFIRMED),
        ("2027-07-14", "63", "CT L3133-1", Mark.CONFIRMED),
    ],
)
def test_a_holiday_says_its_article_and_how_sure_it_is(day: str, department: str, article: str, mark: Mark) -> None:
    on = date.fromisoformat(day)
    (row,) = REFERENCE.calendar.holidays_used(on, on, department)
    assert (row.article, row.mark) == (article, mark)
    assert mark is Mark.CONFIRMED or row.note


def test_a_holiday_of_one_territory_is_none_of_another() -> None:
    on = date(2027, 4, 27)
    assert REFERENCE.calendar.holidays_used(on, on, "974") == ()
    assert REFERENCE.calendar.is_working_day(on, "974")


@pytest.mark.parametrize(
    ("due_on", "carried_to", "department", "doubts"),
    [
        ("2027-03-26", "2027-03-30", "67", 1),  # due on Good Friday, carried over Easter Monday too
        ("2027-03-27", "2027-03-30", "67", 0),  # due on the Saturday after
        ("2027-03-26", "2027-03-26", "63", 0),  # no holiday there
        ("2027-12-26", "2027-12-27", "67", 0),  # the second day of Christmas is confirmed
    ],
)
def test_a_limit_carried_over_a_doubtful_holiday_says_so(
    due_on: str, carried_to: str, department: str, doubts: int
) -> None:
    due, carried = date.fromisoformat(due_on), date.fromisoformat(carried_to)
    assert REFERENCE.calendar.next_working_day(due, department) == carried
    found = REFERENCE.calendar.doubts_of_carrying(due, carried, department)
    assert len(found) == doubts
    assert all("Vendredi saint (CT L3134-13)" in doubt and "temple protestant" in doubt for doubt in found)
