"""What a routing table would move: the lines that it changes, and the cases that would go elsewhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from domain.routing import Line, LineChange


class TableLine(msgspec.Struct, frozen=True, kw_only=True):
    """Who examines and who decides."""

    platform: str
    deciding_department: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where cases of one competent department are, seasonal or not."""

    department: str
    seasonal: bool
    line: TableLine | None
    """None for cases left to hand."""


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases are in one place, at work and decided."""

    place: Place
    still_open: int
    decided: int


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A case at work and its place."""

    case: UUID
    number: str
    place: Place


class CaseMove(msgspec.Struct, frozen=True, kw_only=True):
    """A case that the table would send elsewhere, were it routed once the table applies."""

    case: UUID
    number: str
    department: str
    """Department of the competent prefect."""
    seasonal: bool
    origin: TableLine | None
    """Where it is; None for a case left to hand."""
    destination: TableLine | None
    """None where the table names no platform."""


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases would go from one place to another."""

    origin: TableLine | None
    destination: TableLine | None
    still_open: int
    decided: int
    """Cases already decided, which nothing moves: they measure what the table changes."""


class DepartmentLine(msgspec.Struct, frozen=True, kw_only=True):
    """The line of a department before and after the table."""

    department: str
    seasonal: bool
    before: TableLine | None
    after: TableLine | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The line of each department, for ordinary and for seasonal requests, before and after a table."""

    lines: Mapping[tuple[str, bool], DepartmentLine]

    @property
    def changed(self) -> tuple[DepartmentLine, ...]:
        """The lines that the table changes; that a source confirms one of them changes no place."""
        return tuple(line for line in self.lines.values() if line.before != line.after)

    def without_platform(self, *, seasonal: bool) -> tuple[str, ...]:
        """The departments for which the table names no platform."""
        return tuple(
            line.department for line in self.lines.values() if line.seasonal is seasonal and line.after is None
        )

    def destination(self, place: Place) -> TableLine | None:
        """Where the table sends what is in a place."""
        line = self.lines.get((place.department, place.seasonal))
        return line.after if line else None

    def moves(self, place: Place) -> bool:
        """Whether the table sends elsewhere what is in a place.

        What was left to hand moves as soon as a platform is named; a choice by hand stays, unless its line changes.
        """
        line = self.lines.get((place.department, place.seasonal))
        if line is None or (place.line is not None and line.before == line.after):
            return False
        return line.after != place.line

    def move(self, placed: Placed) -> CaseMove:
        """The move of a case that the table sends elsewhere."""
        place = placed.place
        return CaseMove(
            case=placed.case,
            number=placed.number,
            department=place.department,
            seasonal=place.seasonal,
            origin=place.line,
            destination=self.destination(place),
        )

    def movements(self, crowds: Iterable[Crowd]) -> tuple[Movement, ...]:
        """How many cases go from where to where, whatever their departments."""
        still_open: Counter[tuple[TableLine | None, TableLine | None]] = Counter()
        decided: Counter[tuple[TableLine | None, TableLine | None]] = Counter()
        for crowd in crowds:
            between = (crowd.place.line, self.destination(crowd.place))
            still_open[between] += crowd.still_open
            decided[between] += crowd.decided
        return tuple(
            Movement(origin=origin, destination=destination, still_open=count, decided=decided[origin, destination])
            for (origin, destination), count in still_open.items()
        )


def comparison(lines: Iterable[LineChange]) -> Comparison:
    """What a table changes, line by line."""
    return Comparison(
        lines={
            (line.department, line.seasonal): DepartmentLine(
                department=line.department,
                seasonal=line.seasonal,
                before=_table_line(line.before),
                after=_table_line(line.after),
            )
            for line in lines
        }
    )


def _table_line(line: Line | None) -> TableLine | None:
    return TableLine(platform=line.platform, deciding_department=line.deciding_department) if line else None
