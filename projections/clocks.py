"""Time limits by their last day, to find those that are near or over; whoever explains one reads the case itself."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Literal

from domain.accesses import recipients
from domain.clocks import OPEN_STATES, ClockState
from projections.access import AccessFilter, all_of, related
from projections.read_model import Aids, ReadModel, ScopedRow, Told

PAGE_MAX: Final = 1_000
_ORDER: Final = SQL("expires_on, case_id, clock, ref, coalesce(addressee, '')")


class ClockRow(ScopedRow, frozen=True, kw_only=True):
    """A time limit that has a last day, as the facts leave it; whether that day is over is for the reader to see."""

    number: str
    """Of the case."""
    clock: str
    """Which limit, the same in every case."""
    ref: str
    """What it is about within the case: D1, A1…"""
    addressee: str | None
    name: str
    starts_on: date | None
    expires_on: date
    is_open: bool
    """Whether nothing has ended it."""
    is_suspended: bool
    for_administration: bool
    sentence: str
    articles: tuple[str, ...]


def rows(told: Told, aids: Aids) -> list[ClockRow]:
    """The dated limits of the case, on the day of its newest fact."""
    case, routing = told.case, told.case.routing
    return [
        ClockRow(
            case_id=case.id,
            platform=routing.platform if routing else None,
            competent_department=routing.competent_department if routing else None,
            deciding_department=routing.deciding_department if routing else None,
            filed_by=case.filed_by,
            related=related(case),
            recipients=recipients(case),
            number=case.number,
            clock=clock.id,
            ref=clock.ref,
            addressee=clock.addressee.value if clock.addressee else None,
            name=clock.name,
            starts_on=clock.starts_on,
            expires_on=clock.expires_on,
            is_open=clock.state in OPEN_STATES,
            is_suspended=clock.state is ClockState.SUSPENDED,
            for_administration=clock.for_administration,
            sentence=clock.sentence,
            articles=clock.articles,
        )
        for clock in told.clocks(aids.reference)
        if clock.expires_on is not None
    ]


MODEL = ReadModel(table="clocks", row=ClockRow, rows=rows, version=2)


def due(
    connection: Connection[Any],
    access: AccessFilter,
    on_or_before: date,
    *,
    kinds: Iterable[str] | None = None,
    for_administration: bool | None = None,
    after: ClockRow | None = None,
    limit: int = 100,
) -> list[ClockRow]:
    """Open limits whose last day is that day or an earlier one, the oldest first; `after` is the last one seen."""
    conditions: list[Composed] = [
        access.condition(),
        SQL("is_open AND expires_on <= {}").format(Literal(on_or_before)),
    ]
    if kinds is not None:
        conditions.append(SQL("clock = ANY({})").format(Literal(sorted(kinds))))
    if for_administration is not None:
        conditions.append(SQL("for_administration = {}").format(Literal(for_administration)))
    if after is not None:
        place = (after.expires_on, after.case_id, after.clock, after.ref, after.addressee or "")
        conditions.append(SQL("({}) > ({})").format(_ORDER, SQL(", ").join(map(Literal, place))))
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            SQL("SELECT * FROM read.clocks WHERE {} ORDER BY {} LIMIT {}").format(
                all_of(conditions), _ORDER, Literal(max(1, min(limit, PAGE_MAX)))
            )
        )
        return [msgspec.convert(row, ClockRow) for row in cursor]
