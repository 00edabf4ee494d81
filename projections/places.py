"""Where each case is, and where the text puts those that no platform holds: what the trial of a table asks."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from psycopg import Connection
from psycopg.sql import SQL, Literal

from domain.case import OPEN, Status
from domain.events import RoutingLeftToHand
from domain.routing import goes_to_the_seasonal_platform
from domain.routing_moves import Crowd, Place, Placed, TableLine
from projections.read_model import Aids, ReadModel, Row, Told


class PlaceRow(Row, frozen=True, kw_only=True):
    """The place of a case."""

    number: str
    department: str | None
    """Of the competent prefect, as routed, or as the text designates it for a case left to hand."""
    seasonal: bool
    platform: str | None
    """None for a case left to hand."""
    deciding_department: str | None
    filed_on: date
    is_open: bool
    is_decided: bool


def rows(told: Told, aids: Aids) -> tuple[PlaceRow, ...]:
    """The place of the case."""
    case, routing = told.case, told.case.routing
    row = PlaceRow(
        case_id=case.id,
        number=case.number,
        department=routing.competent_department if routing else _designated(told),
        seasonal=goes_to_the_seasonal_platform(case.procedure),
        platform=routing.platform if routing else None,
        deciding_department=routing.deciding_department if routing else None,
        filed_on=case.filed_on,
        is_open=case.status in OPEN,
        is_decided=case.status is Status.DECIDED,
    )
    return (row,)


def _designated(told: Told) -> str | None:
    left = [fact.event for fact in told.facts if isinstance(fact.event, RoutingLeftToHand)]
    return left[-1].competent_department if left else None


MODEL = ReadModel(table="places", row=PlaceRow, rows=rows)

_PLACE: Final = SQL("department, seasonal, platform, deciding_department")


def crowds(connection: Connection[Any], since: date) -> tuple[Crowd, ...]:
    """Every place where cases filed since that day are, with their numbers; without department, a case is nowhere."""
    found = connection.execute(
        SQL(
            "SELECT {place}, count(*) FILTER (WHERE is_open), count(*) FILTER (WHERE is_decided) FROM read.places"
            " WHERE department IS NOT NULL AND (is_open OR is_decided) AND filed_on >= {since}"
            " GROUP BY 1, 2, 3, 4 ORDER BY platform IS NULL, 1, 2, 3, 4"
        ).format(place=_PLACE, since=Literal(since))
    ).fetchall()
    return tuple(Crowd(place=_place(row), still_open=row[4], decided=row[5]) for row in found)


def open_cases_of(connection: Connection[Any], places: Iterable[Place], since: date, limit: int) -> tuple[Placed, ...]:
    """The cases at work in these places, those left to hand first, each by date of filing; `limit` at most."""
    wanted = [
        SQL("({})").format(SQL(", ").join(map(Literal, (each.department, each.seasonal, *_names(each.line)))))
        for each in places
    ]
    if not wanted:
        return ()
    found = connection.execute(
        SQL(
            "SELECT {place}, case_id, number FROM read.places WHERE is_open AND filed_on >= {since}"
            " AND (department, seasonal, coalesce(platform, ''), coalesce(deciding_department, '')) IN ({wanted})"
            " ORDER BY platform IS NOT NULL, filed_on, case_id LIMIT {limit}"
        ).format(place=_PLACE, since=Literal(since), wanted=SQL(", ").join(wanted), limit=Literal(limit))
    ).fetchall()
    return tuple(Placed(case=row[4], number=row[5], place=_place(row)) for row in found)


def left_to_hand(connection: Connection[Any], since: date) -> int:
    """How many cases at work, filed since that day, no platform holds."""
    found = connection.execute(
        "SELECT count(*) FROM read.places WHERE is_open AND platform IS NULL AND filed_on >= %s", (since,)
    ).fetchone()
    return found[0] if found else 0


def _names(line: TableLine | None) -> tuple[str, str]:
    return (line.platform, line.deciding_department) if line else ("", "")


def _place(row: tuple[Any, ...]) -> Place:
    line = TableLine(platform=row[2], deciding_department=row[3]) if row[2] is not None else None
    return Place(department=row[0], seasonal=row[1], line=line)
