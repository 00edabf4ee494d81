"""Rows to tables: rows, parked cases and positions of some models in one transaction, or nothing."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from projections.read_model import ReadModel
from projections.telling import CaseKey, Parking, Portion, Telling

LIVE: Final = "read"
"""The schema that requests read."""
NEXT: Final = "read_next"
"""The schema of builds that are not in service yet, with tables of the same names."""
REFUSALS: Final = (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError)
"""What the database answers to a row that it cannot hold."""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How far a model has come, and which table of it: `build` is None for one that no build has made."""

    position: int
    version: int
    build: UUID | None


class Moved(Exception):
    """Somebody else has moved a position, or swapped a table, since it was read: nothing was written."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """The models that go from one position to another, each from the table that was read."""

    models: Sequence[ReadModel[Any]]
    reached: dict[str, Reached]
    """By model; one without an entry starts its table."""
    to: int


def positions(connection: Connection[Any], schema: str = LIVE) -> dict[str, Reached]:
    """How far each model has come."""
    query = SQL("SELECT model, position, version, build FROM {}").format(Identifier(schema, "positions"))
    return {
        model: Reached(position=position, version=version, build=build)
        for model, position, version, build in connection.execute(query)
    }


def parked_cases(connection: Connection[Any], schema: str = LIVE) -> set[CaseKey]:
    """Every model and case that are set aside."""
    query = SQL("SELECT model, case_id FROM {}").format(Identifier(schema, "parked"))
    return set(connection.execute(query).fetchall())


def write(
    connection: Connection[Any],
    schema: str,
    move: Move,
    portions: Iterable[Portion],
    parkings: Iterable[Parking],
    code_version: str,
) -> None:
    """Write one batch whole. Raises Moved, and whatever the database refuses."""
    models = {model.table: model for model in move.models}
    with connection.transaction():
        # First, so that whoever has locked the positions for a swap is waited for before any table is touched.
        advance(connection, schema, move)
        for portion in portions:
            put(connection, schema, models[portion.model], portion)
        park(connection, schema, parkings, code_version)


def write_apart(connection: Connection[Any], schema: str, move: Move, telling: Telling, code_version: str) -> None:
    """Write one batch case by case, and park those whose rows the database refuses. Raises Moved."""
    with connection.transaction():
        advance(connection, schema, move)
        put_apart(connection, schema, move.models, telling)
        park(connection, schema, telling.parkings, code_version)


def put(
    connection: Connection[Any], schema: str, model: ReadModel[Any], portion: Portion, *, replacing: bool = True
) -> None:
    """Write the rows of some cases into one table, in the place of their earlier ones unless there can be none."""
    table = Identifier(schema, model.table)
    if replacing and portion.stale:
        connection.execute(SQL("DELETE FROM {} WHERE case_id = ANY(%s)").format(table), (portion.stale,))
    if portion.text:
        columns = SQL(", ").join(map(Identifier, model.row.__struct_fields__))
        with connection.cursor() as cursor, cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(table, columns)) as copy:
            copy.write(portion.text)


def put_apart(
    connection: Connection[Any],
    schema: str,
    models: Iterable[ReadModel[Any]],
    telling: Telling,
    *,
    replacing: bool = True,
) -> None:
    """Write rows case by case; a case whose rows are refused is parked in the telling."""
    for model in models:
        for case_id, portion in telling.apart(model):
            try:
                with connection.transaction():
                    put(connection, schema, model, portion, replacing=replacing)
            except REFUSALS as error:
                telling.park(model, case_id, error)


def park(connection: Connection[Any], schema: str, parkings: Iterable[Parking], code_version: str) -> None:
    """Set cases aside, each with the reason."""
    with connection.cursor() as cursor:
        cursor.executemany(
            SQL(
                "INSERT INTO {} (model, case_id, position, error, code_version, event_type, stream_version)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (model, case_id) DO UPDATE SET position = EXCLUDED.position, error = EXCLUDED.error,"
                " code_version = EXCLUDED.code_version, event_type = EXCLUDED.event_type,"
                " stream_version = EXCLUDED.stream_version, parked_at = now()"
            ).format(Identifier(schema, "parked")),
            [
                (
                    each.model,
                    each.case_id,
                    each.position,
                    each.error,
                    code_version,
                    each.event_type,
                    each.stream_version,
                )
                for each in parkings
            ],
        )


def advance(connection: Connection[Any], schema: str, move: Move) -> None:
    """Move the positions, each only from where it was read and for the table it was read of. Raises Moved."""
    table = Identifier(schema, "positions")
    new = [model for model in move.models if model.table not in move.reached]
    for model in new:
        connection.execute(
            SQL("INSERT INTO {} (model, position, version) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING").format(table),
            (model.table, model.version),
        )
    start = Reached(position=0, version=0, build=None)
    read = [move.reached.get(model.table, start) for model in move.models]
    moved = connection.execute(
        SQL(
            "UPDATE {} AS kept SET position = %s, moved_at = now()"
            " FROM unnest(%s::text[], %s::bigint[], %s::integer[], %s::uuid[])"
            " AS seen (model, position, version, build)"
            " WHERE kept.model = seen.model AND kept.position = seen.position AND kept.version = seen.version"
            " AND kept.build IS NOT DISTINCT FROM seen.build"
        ).format(table),
        (
            move.to,
            [model.table for model in move.models],
            [each.position for each in read],
            [model.version for model in move.models],
            [each.build for each in read],
        ),
    ).rowcount
    if moved != len(move.models):
        raise Moved


def stay(connection: Connection[Any], model: ReadModel[Any], reached: Reached) -> None:
    """Keep a live model where it was read until the end of the transaction. Raises Moved."""
    found = connection.execute(
        "SELECT position, version, build FROM read.positions WHERE model = %s FOR UPDATE", (model.table,)
    ).fetchone()
    if found != (reached.position, reached.version, reached.build):
        raise Moved
