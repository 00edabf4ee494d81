"""The law that smoe applies, as anyone may ask for it (CRPA R311-3-1-2): provisions in force on a day, and tables."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.answers import PUBLIC_RESPONSES
from api.reading import OnDay
from api.recording import COUNTED
from api.reference import TableOfDay, tables_of
from domain.law_in_french import LAW_IN_FRENCH
from domain.provisions import CHAPTER_TITLES, Chapter, Nature, Provision, provisions_in_force
from ledger.desk import Desk, day_in_paris


class LawLine(msgspec.Struct, frozen=True, kw_only=True):
    """A provision in force: its article and version, what it says, where it was read."""

    name: str
    chapter: Chapter
    chapter_title: str
    articles: tuple[str, ...]
    since: date
    until: date | None
    nature: Nature | None
    """What an unmet condition does; none for what is no condition."""
    criterion: str | None
    procedures: tuple[str, ...]
    text: str
    source: str
    mark: str
    note: str


class LawOfDay(msgspec.Struct, frozen=True, kw_only=True):
    """The law of one day."""

    on: date
    provisions: tuple[LawLine, ...]
    tables: tuple[TableOfDay, ...]
    """Every reference table, in the version of the day."""


def _line(provision: Provision) -> LawLine:
    return LawLine(
        name=provision.name,
        chapter=provision.chapter,
        chapter_title=CHAPTER_TITLES[provision.chapter],
        articles=provision.articles,
        since=provision.since,
        until=provision.until,
        nature=provision.nature,
        criterion=provision.criterion,
        procedures=provision.procedures,
        text=LAW_IN_FRENCH[provision.name],
        source=provision.source,
        mark=provision.mark,
        note=provision.note,
    )


@get(
    "/",
    sync_to_thread=True,
    operation_id="Law",
    opt=COUNTED,
    summary="Les règles en vigueur un jour donné",
    security=[{}],
    responses=PUBLIC_RESPONSES,
)
def law(
    desk: NamedDependency[Desk],
    on: OnDay = None,
    chapter: Annotated[Chapter | None, QueryParameter(description="Un seul chapitre.")] = None,
) -> LawOfDay:
    """Each provision applied that day, with its article, its dates, its source and whether it was confirmed."""
    day = on or day_in_paris(desk.ledger.clock())
    found = (each for each in provisions_in_force(day) if chapter in (None, each.chapter))
    return LawOfDay(on=day, provisions=tuple(map(_line, found)), tables=tables_of(desk.known_tables().in_force(day)))


def router() -> Router:
    """Routes under /api/law."""
    return Router("/api/law", route_handlers=[law], tags=["Droit applicable"])
