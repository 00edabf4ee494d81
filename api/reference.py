"""The reference tables that rules read: which version holds on a day, and its rows with source and mark."""

from datetime import date
from typing import Any

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.access import Caller
from api.answers import PUBLIC_RESPONSES, READ_RESPONSES, problem
from api.problems import Problematic
from api.reading import OnDay
from api.recording import COUNTED
from domain.reference.published import counted
from ledger.desk import Desk, day_in_paris
from ledger.tables import TablesInForce


class TableOfDay(msgspec.Struct, frozen=True, kw_only=True):
    """A table in the version that holds on a day."""

    name: str
    title: str
    version: str
    """As decisions store it: the version and the hash of its data."""
    checked_until: date
    """The newest day to which its sources were read."""
    rows: int
    confirmed: int
    unconfirmed: int
    effective_from: date | None
    """First day of a published version; none for the one shipped, whose rows have their own dates."""
    published: bool
    """Whether an administrator published it; otherwise it came with smoe."""
    source: str | None
    """What the publication rests on; none for the table shipped, whose rows say it."""


class TableToServices(TableOfDay, frozen=True, kw_only=True):
    """The same, with who published it."""

    published_by: str | None
    published_on: date | None


class TablesOfDay(msgspec.Struct, frozen=True, kw_only=True):
    """Every table of a day."""

    on: date
    tables: tuple[TableToServices, ...]


class TableRows(msgspec.Struct, frozen=True, kw_only=True):
    """A table of a day, row by row, each with its source and its mark."""

    on: date
    table: TableOfDay
    rows: tuple[dict[str, Any], ...]


def tables_of(held: TablesInForce) -> tuple[TableOfDay, ...]:
    """Every table in force on a day, in the order they are shipped."""
    return tuple(_table(name, held) for name in held.reference.tables)


def _table(name: str, held: TablesInForce) -> TableOfDay:
    reference, publication = held.reference, held.publications.get(name)
    info = reference.tables[name]
    rows, confirmed = counted(reference.rows[name])
    return TableOfDay(
        name=name,
        title=info.title,
        version=reference.versions[name],
        checked_until=info.checked_until,
        rows=rows,
        confirmed=confirmed,
        unconfirmed=rows - confirmed,
        effective_from=info.effective_from,
        published=publication is not None,
        source=publication.event.source if publication else None,
    )


@get(
    "/",
    sync_to_thread=True,
    operation_id="ReferenceTables",
    summary="Les tables de référence en vigueur un jour donné, et qui les a publiées",
    responses=READ_RESPONSES,
)
def tables(desk: NamedDependency[Desk], caller: NamedDependency[Caller], on: OnDay = None) -> TablesOfDay:
    """For the services: each table, its version, how much of it is confirmed, and who published it."""
    day = on or day_in_paris(desk.ledger.clock())
    held = desk.known_tables().in_force(day)
    return TablesOfDay(on=day, tables=tuple(_to_services(each, held) for each in tables_of(held)))


def _to_services(table: TableOfDay, held: TablesInForce) -> TableToServices:
    fact = held.publications.get(table.name)
    return TableToServices(
        **msgspec.structs.asdict(table),
        published_by=fact.actor.name if fact else None,
        published_on=day_in_paris(fact.recorded_at) if fact else None,
    )


@get(
    "/{table:str}",
    sync_to_thread=True,
    operation_id="ReferenceTable",
    opt=COUNTED,
    summary="Une table de référence, ligne à ligne",
    security=[{}],
    responses={**PUBLIC_RESPONSES, 404: problem("Cette table n'existe pas.")},
)
def rows(table: FromPath[str], desk: NamedDependency[Desk], on: OnDay = None) -> TableRows:
    """What rules read that day; a row that nobody confirmed is marked so."""
    day = on or day_in_paris(desk.ledger.clock())
    held = desk.known_tables().in_force(day)
    if table not in held.reference.tables:
        raise Problematic("not_found", f"La table de référence « {table} » n'existe pas.")
    lines = tuple(msgspec.to_builtins(row) for row in held.reference.rows[table])
    return TableRows(on=day, table=_table(table, held), rows=lines)


def router() -> Router:
    """Routes under /api/reference."""
    return Router("/api/reference", route_handlers=[tables, rows], tags=["Tables de référence"])
