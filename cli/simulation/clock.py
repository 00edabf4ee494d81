"""The virtual clock: when offices work, when filers write, when machines do their round."""

from datetime import date, datetime, time, timedelta
from random import Random

from domain.case import PARIS
from domain.reference import Calendar

OFFICE_OPENS: time = time(8, 45)
OFFICE_CLOSES: time = time(17, 45)
ROUND_BEGINS: time = time(0, 20)
"""When the nightly round of automatic acts begins, once the day before is over to its last minute."""
DAY = timedelta(days=1)
ANYWHERE = ""
"""No department: the invented offices keep the national holidays alone."""


def instant(day: date, at: time, random: Random, minutes_max: int) -> datetime:
    """An instant of a day in Paris, up to so many minutes after an hour."""
    start = datetime.combine(day, at, PARIS)
    return start + timedelta(microseconds=random.randrange(minutes_max * 60_000_000))


def in_office(day: date, random: Random, calendar: Calendar) -> datetime:
    """An office hour of the first working day from `day` on."""
    working = calendar.next_working_day(day, ANYWHERE)
    opened = OFFICE_CLOSES.hour * 60 + OFFICE_CLOSES.minute - OFFICE_OPENS.hour * 60 - OFFICE_OPENS.minute
    return instant(working, OFFICE_OPENS, random, opened)


def by_day(day: date, random: Random) -> datetime:
    """Any hour at which people write from home, working day or not."""
    return instant(day, time(7, 30), random, 14 * 60)


def by_night(day: date, random: Random) -> datetime:
    """The round of automatic acts of a day."""
    return instant(day, ROUND_BEGINS, random, 90)


def working_days_later(day: date, count: int, calendar: Calendar) -> date:
    """The working day reached after so many others; at least a working day when `count` is 0."""
    reached = calendar.next_working_day(day, ANYWHERE)
    for _ in range(count):
        reached = calendar.next_working_day(reached + DAY, ANYWHERE)
    return reached


def is_open(moment: datetime, calendar: Calendar) -> bool:
    """Whether an office works at that instant."""
    local = moment.astimezone(PARIS)
    return calendar.is_working_day(local.date(), ANYWHERE) and OFFICE_OPENS <= local.time() < OFFICE_CLOSES
