"""The tables of builds: made like those in service, without indexes until they are full, then put in their place."""

import re
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

from projections.telling import Parking
from projections.writing import LIVE, NEXT, park

INDEX_MEMORY: Final = "256MB"

_INDEXES: Final = (
    "SELECT c.relname, pg_get_indexdef(i.indexrelid), con.conname, pg_get_constraintdef(con.oid)"
    " FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
    " LEFT JOIN pg_constraint AS con ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')"
    " WHERE i.indrelid = %s::regclass ORDER BY i.indisprimary DESC, c.relname"
)


def exists(connection: Connection[Any], schema: str, table: str) -> bool:
    """Whether there is such a table."""
    return connection.execute("SELECT to_regclass(%s)", (f"{schema}.{table}",)).fetchone() != (None,)


def make_empty(connection: Connection[Any], table: str) -> bool:
    """Have an empty table for a build; True where it was made here, False where a migration had made it."""
    beside = Identifier(NEXT, table)
    if exists(connection, NEXT, table):
        connection.execute(SQL("TRUNCATE {}").format(beside))
        return False
    connection.execute(
        SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING INDEXES)").format(beside, Identifier(LIVE, table))
    )
    return True


def discard(connection: Connection[Any], table: str, *, made_here: bool) -> None:
    """Throw away what a build has made of a table."""
    verb = SQL("DROP TABLE IF EXISTS {}") if made_here else SQL("TRUNCATE {}")
    connection.execute(verb.format(Identifier(NEXT, table)))


def add_indexes(connection: Connection[Any], table: str, until: int, code_version: str) -> None:
    """Give a full table the indexes of the one in service, unless a migration gave it its own.

    A case whose rows stand twice under a unique index is parked, and its rows go. `until` is the position that the
    rows were made at.
    """
    connection.execute(SQL("SET LOCAL maintenance_work_mem = {}").format(Literal(INDEX_MEMORY)))
    if not connection.execute(_INDEXES, (f"{NEXT}.{table}",)).fetchall():
        for name, index, constraint, definition in connection.execute(_INDEXES, (f"{LIVE}.{table}",)).fetchall():
            statement = _moved(table, index, constraint, definition)
            try:
                with connection.transaction():
                    connection.execute(statement)
            except psycopg.errors.UniqueViolation as error:
                said = f"UniqueViolation: {error.diag.message_primary}\n"
                doubled = _take_out_doubles(connection, table, name)
                parkings = [Parking(model=table, case_id=case, position=until, error=said) for case in doubled]
                park(connection, NEXT, parkings, code_version)
                connection.execute(statement)
    connection.execute(SQL("ANALYZE {}").format(Identifier(NEXT, table)))


def _moved(table: str, index: str, constraint: str | None, definition: str | None) -> Composed:
    """What makes the same index on the table beside."""
    if constraint is None or definition is None:
        return SQL(re.sub(r" ON \S+ USING ", f" ON {NEXT}.{table} USING ", index, count=1)).format()
    beside = Identifier(NEXT, table)
    return SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(beside, Identifier(constraint), SQL(definition))


def put_in_service(connection: Connection[Any], table: str) -> None:
    """Replace the table in service by the one beside it, within the transaction; indexes keep their names."""
    connection.execute(SQL("DROP TABLE {}").format(Identifier(LIVE, table)))
    connection.execute(SQL("ALTER TABLE {} SET SCHEMA {}").format(Identifier(NEXT, table), Identifier(LIVE)))


def _take_out_doubles(connection: Connection[Any], table: str, index: str) -> list[UUID]:
    """Take the cases out of which rows stand twice under the columns of an index."""
    columns = connection.execute(
        "SELECT a.attname FROM pg_index AS i, unnest(i.indkey) AS k (number), pg_attribute AS a"
        " WHERE i.indexrelid = %s::regclass AND a.attrelid = i.indrelid AND a.attnum = k.number",
        (f"{LIVE}.{index}",),
    ).fetchall()
    found = connection.execute(
        SQL(
            "DELETE FROM {table} WHERE case_id IN (SELECT case_id FROM {table} WHERE ({columns}) IN"
            " (SELECT {columns} FROM {table} GROUP BY {columns} HAVING count(*) > 1)) RETURNING case_id"
        ).format(
            table=Identifier(NEXT, table),
            columns=SQL(", ").join(Identifier(name) for (name,) in columns),
        )
    ).fetchall()
    return sorted({case_id for (case_id,) in found})
