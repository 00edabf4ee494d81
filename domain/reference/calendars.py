"""Working days by territory, computed from the table of public holidays and the date of Easter."""

from datetime import date, timedelta
from functools import lru_cache

import msgspec
from dateutil.easter import easter  # type: ignore[import-untyped]

from domain.reference.rows import Holiday, Mark

EVERYWHERE = "*"
SATURDAY = 5
SUNDAY = 6
KEPT_MAX = 4096
"""Years of departments whose holidays are kept in memory."""


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """The working days that a table of holidays makes."""

    holidays: tuple[Holiday, ...]
    _worked_out: dict[tuple[int, str], frozenset[date]] = msgspec.field(default_factory=dict)

    def public_holidays(self, year: int, department: str) -> frozenset[date]:
        """The legal holidays of a year in a department, national ones for an unknown code."""
        known = self._worked_out.get((year, department))
        if known is None:
            if len(self._worked_out) >= KEPT_MAX:
                self._worked_out.clear()
            known = self._worked_out[year, department] = _holidays_of(self.holidays, year, department)
        return known

    def holidays_used(self, first: date, last: date, department: str) -> tuple[Holiday, ...]:
        """The rows that make a holiday of some day between two days, both included."""
        return tuple(
            row
            for row in self.holidays
            if _concerns(row, department)
            and any(_falls_between(row, year, first, last) for year in range(first.year, last.year + 1))
        )

    def doubts_of_carrying(self, due_on: date, carried_to: date, department: str) -> tuple[str, ...]:
        """Why a limit due on a day might not be carried so far: the unconfirmed holidays that it is carried over."""
        passed = self.holidays_used(due_on, carried_to - timedelta(days=1), department) if due_on < carried_to else ()
        return tuple(
            f"report au-delà d'un jour férié à vérifier : {row.name} ({row.article}). {row.note or ''}".rstrip()
            for row in passed
            if row.mark is Mark.UNCONFIRMED
        )

    def is_working_day(self, day: date, department: str, *, saturdays: bool = False) -> bool:
        """Whether a day is « ouvré » (Monday to Friday), or « ouvrable » when Saturdays count, and not a holiday."""
        rest = day.weekday() == SUNDAY or (day.weekday() == SATURDAY and not saturdays)
        return not rest and day not in self.public_holidays(day.year, department)

    def next_working_day(self, day: date, department: str, *, saturdays: bool = False) -> date:
        """The day itself when it is a working day, else the first one after it: where a limit is carried over."""
        while not self.is_working_day(day, department, saturdays=saturdays):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, count: int, department: str, *, saturdays: bool = False) -> date:
        """The day on which `count` working days after `day` have been completed, `day` itself not counted."""
        for _ in range(count):
            day = self.next_working_day(day + timedelta(days=1), department, saturdays=saturdays)
        return day


@lru_cache(maxsize=64)
def calendar_of(holidays: tuple[Holiday, ...]) -> Calendar:
    """The calendar of a table of holidays, one for all who ask, so that a year is worked out once."""
    return Calendar(holidays=holidays)


def _holidays_of(holidays: tuple[Holiday, ...], year: int, department: str) -> frozenset[date]:
    sunday = _easter_sunday(year)
    days = (row.falls_on(year, sunday) for row in holidays if _concerns(row, department))
    return frozenset(day for day in days if day is not None)


@lru_cache(maxsize=4096)
def _easter_sunday(year: int) -> date:
    sunday: date = easter(year)
    return sunday


def _concerns(row: Holiday, department: str) -> bool:
    return EVERYWHERE in row.territories or department in row.territories


def _falls_between(row: Holiday, year: int, first: date, last: date) -> bool:
    day = row.falls_on(year, _easter_sunday(year))
    return day is not None and first <= day <= last
