"""Read models held against what the facts give: rows of whole cases made anew, compared with those in service."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from ledger.streams import cases_between, ranges_of_streams
from projections.read_model import ReadModel, read_models
from projections.workers import CASES_AT_ONCE, Source, Workplace
from projections.writing import LIVE, parked_cases, positions, put

BESIDE: Final = "pg_temp"
"""The schema of the session's own tables, which end with the transaction."""
RANGE_CASES: Final = 250

_DIFFERENCES: Final = """
SELECT case_id, count(*) FILTER (WHERE side = 'kept'), count(*) FILTER (WHERE side = 'made') FROM (
    (SELECT 'kept' AS side, case_id, line FROM {kept} EXCEPT ALL SELECT 'kept', case_id, line FROM {made})
    UNION ALL
    (SELECT 'made', case_id, line FROM {made} EXCEPT ALL SELECT 'made', case_id, line FROM {kept})
) AS differing GROUP BY case_id ORDER BY case_id
"""
_OF_TABLE: Final = (
    "(SELECT case_id, told::text AS line FROM {table} AS told WHERE case_id BETWEEN {first} AND {last}) AS {name}"
)
_OF_NOBODY: Final = (
    "SELECT case_id, count(*) FROM {table} AS kept"
    " WHERE NOT EXISTS (SELECT FROM ledger.events WHERE originator_id = kept.case_id) GROUP BY case_id ORDER BY case_id"
)


class Difference(NamedTuple):
    """A case whose rows in a read model are not those that its facts give."""

    model: str
    case_id: UUID
    surplus: int
    """Rows that the facts do not give."""
    lacking: int
    """Rows that the facts give and that are not there."""


class Compared(NamedTuple):
    """What one range of cases has shown, or at the end all of them."""

    cases: int
    differences: list[Difference]
    not_compared: tuple[str, ...] = ()
    """Models that no table of this version of the code is in service for."""
    parked: int = 0
    """Cases set aside from some model, and not compared with it."""


def compare(source: Source) -> Iterator[Compared]:
    """Compare all read models in service, some cases at a time, each time in one snapshot.

    Parked cases are left out: their rows are known not to be up to date.
    """
    place = Workplace(source)
    try:
        with source.connect("smoe-comparison") as connection:
            place.teller.desk.administration()
            for first, last in ranges_of_streams(place.ledger, RANGE_CASES):
                yield _compared(connection, place, first, last)
            served, aside = {model.table for model in _served(connection)}, parked_cases(connection, LIVE)
            lacking = tuple(model.table for model in read_models() if model.table not in served)
            yield Compared(0, _of_nobody(connection), lacking, len({case_id for _, case_id in aside}))
    finally:
        place.close()


def _compared(connection: Connection[Any], place: Workplace, first: UUID, last: UUID) -> Compared:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reached = positions(connection, LIVE)
        served = _served(connection)
        aside = parked_cases(connection, LIVE)
        differences: list[Difference] = []
        cases: set[UUID] = set()
        for until in sorted({reached[model.table].position for model in served}):
            models = [model for model in served if reached[model.table].position == until]
            for model in models:
                names = Identifier(model.table), Identifier(LIVE, model.table)
                connection.execute(SQL("CREATE TEMP TABLE {} (LIKE {}) ON COMMIT DROP").format(*names))
            for reading in cases_between(place.ledger, first, last, until, CASES_AT_ONCE):
                cases.update(fact.stream for fact in reading.facts)
                telling = place.teller.tell(models, reading.facts, reading.faults, aside, whole=True)
                for model, portion in zip(models, telling.portions(models), strict=True):
                    put(connection, BESIDE, model, portion, replacing=False)
            for model in models:
                found = _differences(connection, model, first, last)
                # Rows of no case at all are told of once, at the end.
                differences += [d for d in found if (d.model, d.case_id) not in aside and d.case_id in cases]
        return Compared(len(cases), differences)


def _served(connection: Connection[Any]) -> list[ReadModel[Any]]:
    reached = positions(connection, LIVE)
    return [
        model for model in read_models() if model.table in reached and reached[model.table].version == model.version
    ]


def _differences(connection: Connection[Any], model: ReadModel[Any], first: UUID, last: UUID) -> Sequence[Difference]:
    def rows(schema: str, name: str) -> Any:
        return SQL(_OF_TABLE).format(
            table=Identifier(schema, model.table), first=Literal(first), last=Literal(last), name=Identifier(name)
        )

    query = SQL(_DIFFERENCES).format(kept=rows(LIVE, "kept"), made=rows(BESIDE, "made"))
    return [Difference(model.table, *row) for row in connection.execute(query).fetchall()]


def _of_nobody(connection: Connection[Any]) -> list[Difference]:
    """Rows of cases of which the ledger holds no fact."""
    reached = positions(connection, LIVE)
    return [
        Difference(model.table, case_id, count, 0)
        for model in read_models()
        if model.table in reached
        for case_id, count in connection.execute(SQL(_OF_NOBODY).format(table=Identifier(LIVE, model.table))).fetchall()
    ]
