"""The texts that a decision on a student, an asylum seeker or a minor in care must cite, as dated data."""

from datetime import date

import msgspec

from domain.procedures import Procedure
from domain.provisions import SOURCES
from domain.reference import Mark
from domain.request import Request, TitleKind


class BasisRow(msgspec.Struct, frozen=True, kw_only=True):
    """One situation, the texts on it, since when they apply and where that was read."""

    procedure: Procedure | None = None
    title: TitleKind | None = None
    articles: tuple[str, ...]
    effective_from: date
    effective_to: date | None = None
    source: str
    mark: Mark


CODE_OF_WORK, CODE_OF_ENTRY = (f"{SOURCES[code].title}, {SOURCES[code].address}" for code in ("CT", "CESEDA"))

BASES = (
    BasisRow(
        procedure=Procedure.STUDENT_ABOVE_QUOTA,
        articles=("CT R5221-3 II",),
        effective_from=date(2021, 5, 1),
        source=CODE_OF_WORK,
        mark=Mark.CONFIRMED,
    ),
    BasisRow(
        procedure=Procedure.ASYLUM_SEEKER,
        articles=("CT R5221-3 II", "CESEDA L554-1"),
        effective_from=date(2021, 5, 1),
        source=f"{CODE_OF_WORK} ; {CODE_OF_ENTRY}",
        mark=Mark.CONFIRMED,
    ),
    BasisRow(
        title=TitleKind.CHILD_WELFARE,
        articles=("CT R5221-22",),
        effective_from=date(2021, 5, 1),
        source=CODE_OF_WORK,
        mark=Mark.CONFIRMED,
    ),
)
"""Texts of before 1 May 2021 were not read: no row, so nothing is demanded of a decision of that time."""


def bases_of(request: Request, on: date) -> tuple[str, ...]:
    """The texts on the situation of the foreigner in force on a day; none for whom no text is special."""
    held = request.worker.residence_title
    fitting = (
        row
        for row in BASES
        if row.effective_from <= on
        and (row.effective_to is None or on <= row.effective_to)
        and row.procedure in (None, request.procedure)
        and row.title in (None, held.kind if held else None)
    )
    return tuple(dict.fromkeys(article for row in fitting for article in row.articles))
