"""Calendar arithmetic that every time limit shares; days are days in Paris."""

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later, or the last of that month when it has no such day.

    A limit counted in months expires at the end of that day: what arises from it arises that day at midnight.
    """
    ordinal = day.year * 12 + day.month - 1 + months
    year, month = divmod(ordinal, 12)
    last = 28 if day.day <= 28 else monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def last_day_of(start: date, months: int) -> date:
    """The last day of what lasts some months from `start`, that day counted: six from 1 January end on 30 June."""
    end = add_months(start, months)
    # A month without that day ends the last of them: six months from 31 August end on 28 February.
    return end if end.day < start.day else end - DAY


def add_delay(day: date, *, months: int | None = None, days: int | None = None) -> date:
    """The last day of a delay that a text counts in months or in days from the day after `day`."""
    return add_months(day, months or 0) + timedelta(days=days or 0)
