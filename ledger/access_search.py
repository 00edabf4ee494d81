"""Asking the access log: who read this case, what did this person read, was this text ever searched for."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Composed, Literal

from ledger.accesses import Access, decode

# Of a case and of a text PostgreSQL takes it that one entry in 200 names it, and would look for some from the newest
# entry on, through all there are: where these are asked for they are found first, by the indexes that are made for it.
_LINES = SQL(
    "WITH asked AS {} (SELECT number, entry, at FROM ledger.accesses WHERE {})"
    " SELECT access.number, access.entry, seal.version FROM (SELECT number, entry, at FROM asked"
    " ORDER BY at DESC, number DESC LIMIT {}) AS access LEFT JOIN LATERAL (SELECT version, first FROM"
    " ledger.access_seals WHERE last >= access.number ORDER BY last LIMIT 1) AS seal ON seal.first <= access.number"
    " ORDER BY access.at DESC, access.number DESC"
)


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ends."""

    at: datetime
    number: int


class AccessQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the log; all of it must hold."""

    case: UUID | None = None
    actor: str | None = None
    operation: str | None = None
    purpose: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    """The first instant that is too late."""
    searched: UUID | None = None
    after: Place | None = None
    limit: int


class AccessFound(NamedTuple):
    """An entry, with the version of the seal that proves it; None as long as no seal does."""

    number: int
    access: Access
    seal: int | None


def search(connection: Connection[Any], query: AccessQuery) -> list[AccessFound]:
    """Entries, newest first; whether their case may be known is for the caller to have asked."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(statement(query))
        return [AccessFound(number, decode(entry), seal) for number, entry, seal in cursor]


def statement(query: AccessQuery) -> Composed:
    """What PostgreSQL is asked."""
    conditions: list[Composable] = [SQL("true")]
    for column, value in (("actor", query.actor), ("operation", query.operation), ("purpose", query.purpose)):
        if value is not None:
            conditions.append(SQL(f"{column} = {{}}").format(Literal(value)))
    if query.case is not None:
        conditions.append(SQL("cases @> ARRAY[{}]").format(Literal(query.case)))
    if query.searched is not None:
        conditions.append(SQL("searched @> ARRAY[{}]").format(Literal(query.searched)))
    if query.begin is not None:
        conditions.append(SQL("at >= {}").format(Literal(query.begin)))
    if query.end is not None:
        conditions.append(SQL("at < {}").format(Literal(query.end)))
    if query.after is not None:
        conditions.append(SQL("(at, number) < ({}, {})").format(Literal(query.after.at), Literal(query.after.number)))
    is_of_few = query.case is not None or query.searched is not None
    first = SQL("MATERIALIZED" if is_of_few else "NOT MATERIALIZED")
    return _LINES.format(first, SQL(" AND ").join(conditions), Literal(query.limit))
