"""Where cases are, counted and named from their lines: what the dry run of a routing table asks."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.sql import SQL, Literal

from domain.case import Status
from domain.routing_moves import Crowd, Place, Placed, TableLine


class Unrouted(msgspec.Struct, frozen=True, kw_only=True):
    """A case at work that no platform holds."""

    case: UUID
    number: str


_PLACE: Final = SQL("competent_department, (procedure = 'seasonal'), platform, deciding_department")


def crowds(connection: Connection[Any], since: date) -> tuple[Crowd, ...]:
    """Every place where cases filed since that day are, with their numbers."""
    found = connection.execute(
        SQL(
            "SELECT {place}, count(*) FILTER (WHERE is_open), count(*) FILTER (WHERE status = {decided})"
            " FROM read.cases WHERE platform IS NOT NULL AND filed_on >= {since}"
            " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
        ).format(place=_PLACE, decided=Literal(Status.DECIDED.value), since=Literal(since))
    ).fetchall()
    return tuple(Crowd(place=_place(row), still_open=row[4], decided=row[5]) for row in found)


def open_cases_of(connection: Connection[Any], places: Iterable[Place], since: date, limit: int) -> tuple[Placed, ...]:
    """The cases at work in these places, oldest filing first, `limit` at most."""
    wanted = [
        SQL("({})").format(
            SQL(", ").join(
                Literal(part)
                for part in (each.department, each.seasonal, each.line.platform, each.line.deciding_department)
            )
        )
        for each in places
        if each.line is not None
    ]
    if not wanted:
        return ()
    found = connection.execute(
        SQL(
            "SELECT {place}, case_id, number FROM read.cases WHERE is_open AND filed_on >= {since}"
            " AND ({place}) IN ({wanted}) ORDER BY filed_on, case_id LIMIT {limit}"
        ).format(place=_PLACE, since=Literal(since), wanted=SQL(", ").join(wanted), limit=Literal(limit))
    ).fetchall()
    return tuple(Placed(case=row[4], number=row[5], place=_place(row)) for row in found)


def unrouted_cases(connection: Connection[Any], since: date, limit: int) -> tuple[tuple[Unrouted, ...], int]:
    """The cases left to hand, oldest filing first, `limit` at most, and how many there are."""
    condition = SQL("is_open AND platform IS NULL AND filed_on >= {}").format(Literal(since))
    found = connection.execute(
        SQL("SELECT case_id, number FROM read.cases WHERE {} ORDER BY filed_on, case_id LIMIT {}").format(
            condition, Literal(limit)
        )
    ).fetchall()
    total = connection.execute(SQL("SELECT count(*) FROM read.cases WHERE {}").format(condition)).fetchone()
    return tuple(Unrouted(case=row[0], number=row[1]) for row in found), total[0] if total else 0


def _place(row: tuple[Any, ...]) -> Place:
    line = TableLine(platform=row[2], deciding_department=row[3])
    return Place(department=row[0], seasonal=row[1], line=line)
