"""Calendar arithmetic that every time limit shares; days are days in Paris."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later, or the last of that month when it has no such day.

    A limit counted in months expires at the end of that day: what arises from it arises that day at midnight.
    """
    ordinal = day.year * 12 + day.month - 1 + months
    year, month = divmod(ordinal, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_delay(day: date, *, months: int | None = None, days: int | None = None) -> date:
    """The last day of a delay that a text counts in months or in days from the day after `day`."""
    return add_months(day, months or 0) + timedelta(days=days or 0)
