"""How fast read models catch up with a year of facts, beside the library's runner and beside reading the rows alone."""

import argparse
import contextlib
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import groupby
from math import ceil
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from eventsourcing.persistence import Notification
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from benchmarks.harness import Database, Server, arguments, interleaved, ratio, report, server
from benchmarks.stock_projection import SCHEMA as STOCK
from benchmarks.stock_projection import stock_rate
from cli.simulate import simulate
from domain.administration import ADMINISTRATION_STREAM
from domain.fold import replay
from domain.reference.load import load_reference
from ledger.desk import AnyEvent, Desk, open_ledger
from ledger.facts import LedgerAltered, fact_hash
from ledger.settings import Settings
from ledger.store import Ledger
from projections.copying import copy_text
from projections.read_model import Aids, ReadModel, Told, read_models
from projections.runner import Runner

UNTIL: Final = date(2026, 11, 22)
CASES_MAX: Final = 40_000
"""Of one simulation, which is one transaction."""
EVENTS_A_CASE: Final = 22
TOLERANCE: Final = 0.02
"""How much fewer facts will do, as cases are of all lengths."""
SAMPLE_CASES: Final = 300
PART_CASES: Final = 250
NEXT: Final = "catch_up"
"""The schema that a measured build fills."""
COLUMNS: Final = "originator_id, originator_version, topic, state, hash, notification_id"


# The facts


def settings_of(database: Database, folder: Path) -> Settings:
    """The settings of a process on this database, with keys that stay in the folder."""
    return Settings.from_environment(
        {
            "SMOE_DATA_DIR": str(folder / "keys"),
            "DATABASE_URL": database.app_url,
            "SMOE_OWNER_DATABASE_URL": database.owner_url,
        }
    )


def stored_events(database: Database) -> int:
    """How many facts the database holds."""
    with psycopg.connect(database.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM ledger.events").fetchone()
    return found[0] if found else 0


def fill(database: Database, folder: Path, events: int) -> int:
    """Simulate until the database holds about so many facts; a database that holds them is left as it is.

    One simulation after the other: their staff are the same persons, whose keys only one of them may make.
    """
    held = stored_events(database)
    while held < events * (1 - TOLERANCE):
        cases = min(CASES_MAX, ceil((events - held) / EVENTS_A_CASE))
        # No seed twice, however the facts held came here.
        simulate(settings_of(database, folder), cases=cases, seed=1 + held, until=UNTIL)
        held = stored_events(database)
        with psycopg.connect(database.owner_url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE) ledger.events")
    return held


# Our catch-up


class Effort(NamedTuple):
    """What a catch-up cost."""

    seconds: float
    cpu_seconds: float
    """Of our processes, PostgreSQL's not counted."""
    peak_megabytes: float
    """Of the largest of our processes."""


def catch_up(database: Database, folder: Path, models: Sequence[ReadModel[Any]], processes: int) -> Effort:
    """Build these models from all facts, in as many processes, into tables of their own, indexes included."""
    began = time.perf_counter()
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        _make_tables(owner, models)
        ranges = _ranges(owner)
        with ProcessPoolExecutor(
            processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(settings_of(database, folder), tuple(model.table for model in models)),
        ) as pool:
            efforts = list(pool.map(_part, ranges))
        for model in models:
            _add_indexes(owner, model.table)
    return Effort(
        seconds=time.perf_counter() - began,
        cpu_seconds=sum(cpu for cpu, _ in efforts),
        peak_megabytes=max((peak for _, peak in efforts), default=0.0),
    )


def _make_tables(owner: Connection[Any], models: Sequence[ReadModel[Any]]) -> None:
    owner.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(NEXT)))
    owner.execute(SQL("CREATE SCHEMA {}").format(Identifier(NEXT)))
    for model in models:
        owner.execute(
            SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING INDEXES)").format(
                Identifier(NEXT, model.table), Identifier("read", model.table)
            )
        )


def _ranges(owner: Connection[Any]) -> list[tuple[UUID, UUID]]:
    return owner.execute(
        "SELECT streams[1], streams[cardinality(streams)] FROM (SELECT array_agg(stream ORDER BY stream) AS streams"
        " FROM (SELECT originator_id AS stream, row_number() OVER (ORDER BY originator_id) AS place"
        " FROM ledger.events WHERE originator_version = 1 AND originator_id <> %s) AS numbered"
        " GROUP BY (place - 1) / %s) AS ranges ORDER BY 1",
        (ADMINISTRATION_STREAM, PART_CASES),
    ).fetchall()


def _add_indexes(owner: Connection[Any], table: str) -> None:
    found = owner.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'read' AND tablename = %s", (table,))
    for (definition,) in found.fetchall():
        owner.execute(definition.replace(f" ON read.{table} ", f" ON {NEXT}.{table} ").encode())


class _Workplace(NamedTuple):
    ledger: Ledger[AnyEvent]
    owner: Connection[Any]
    desk: Desk
    check_key: bytes
    models: tuple[ReadModel[Any], ...]


_here: list[_Workplace] = []


def _begin(settings: Settings, tables: Sequence[str]) -> None:
    ledger = open_ledger(settings, pool_size=2)
    desk = Desk(ledger, load_reference())
    desk.administration()
    _here.append(
        _Workplace(
            ledger=ledger,
            owner=psycopg.connect(settings.owner_database_url),
            desk=desk,
            check_key=settings.check_key,
            models=tuple(model for model in read_models() if model.table in tables),
        )
    )


def _part(streams: tuple[UUID, UUID]) -> tuple[float, float]:
    """Tell the cases of a range; CPU seconds and peak megabytes of this process."""
    began = time.process_time()
    here = _here[0]
    cases = list(_cases(here, *streams))
    for model in here.models:
        text = copy_text(model, (row for told, aids in cases for row in model.rows(told, aids)))
        columns = SQL(", ").join(map(Identifier, model.row.__struct_fields__))
        statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(NEXT, model.table), columns)
        with here.owner.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(text)
    here.owner.commit()
    return time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cases(here: _Workplace, first: UUID, last: UUID) -> Iterator[tuple[Told, Aids]]:
    stored = here.owner.execute(
        f"SELECT {COLUMNS} FROM ledger.events WHERE originator_id BETWEEN %s AND %s"
        " ORDER BY originator_id, originator_version",
        (first, last),
        binary=True,
    ).fetchall()
    _verify(stored)
    facts = here.ledger.codec.decode(
        Notification(stream, version, topic, state, position) for stream, version, topic, state, _, position in stored
    )
    for stream, of_case in groupby(facts, attrgetter("stream")):
        held: tuple[Any, ...] = tuple(of_case)
        case = replay((fact.event for fact in held), stream)
        assert case is not None
        told = Told(case=case, facts=held, new=held)
        reference = here.desk.tables.on(told.last_day, position=held[-1].position)
        yield told, Aids(reference=reference, check_key=here.check_key)


def _verify(stored: Sequence[tuple[Any, ...]]) -> None:
    for stream, version, topic, state, digest, _ in stored:
        if fact_hash(stream, version, topic, state) != digest:
            raise LedgerAltered(stream, version, "its bytes are not those that its hash was made of")


# What it is compared with


def read_rate(database: Database, facts: int) -> float:
    """Facts a second that one server-side cursor hands over, nothing decoded."""
    began = time.perf_counter()
    with psycopg.connect(database.owner_url) as connection, connection.cursor("bare", binary=True) as cursor:
        cursor.itersize = 5_000
        cursor.execute(f"SELECT {COLUMNS} FROM ledger.events ORDER BY originator_id, originator_version".encode())
        count = sum(1 for _ in cursor)
    assert count == facts
    return count / (time.perf_counter() - began)


@contextlib.contextmanager
def stock_tables(database: Database, model: ReadModel[Any]) -> Iterator[None]:
    """A schema where the library's runner has its own copy of the table, indexes included."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(STOCK)))
        owner.execute(SQL("CREATE SCHEMA {}").format(Identifier(STOCK)))
        owner.execute(
            SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(
                Identifier(STOCK, model.table), Identifier("read", model.table)
            )
        )
        yield


def equal_to_the_runners_rows(host: Server, folder: Path, processes: int) -> dict[str, bool]:
    """Whether, for a sample, every table holds what the incremental runner writes batch by batch."""
    database = host.database("catch_up_sample")
    if stored_events(database) == 0:
        simulate(settings_of(database, folder), cases=SAMPLE_CASES, seed=7, until=UNTIL)
    settings = settings_of(database, folder)
    ledger = open_ledger(settings)
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=settings.check_key)
    try:
        while runner.run_once():
            pass
    finally:
        runner.close()
        ledger.close()
    catch_up(database, folder, read_models(), processes)
    with psycopg.connect(database.owner_url) as connection:
        return {
            model.table: _checksum(connection, "read", model.table) == _checksum(connection, NEXT, model.table)
            for model in read_models()
        }


def _checksum(connection: Connection[Any], schema: str, table: str) -> Any:
    return connection.execute(
        SQL("SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} AS t").format(
            Identifier(schema, table)
        )
    ).fetchone()


# The figures


def rates(database: Database, folder: Path, events: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Events a second of each contender, in interleaved rounds, with ratios."""
    models = {model.table: model for model in read_models()}
    efforts: dict[str, Effort] = {}

    def ours(table: str) -> Callable[[], float]:
        def measured() -> float:
            efforts[table] = catch_up(database, folder, [models[table]], asked.processes)
            return events / efforts[table].seconds

        return measured

    def stock(table: str, loads: bool) -> Callable[[], float]:
        def measured() -> float:
            ledger = open_ledger(settings_of(database, folder))
            try:
                with stock_tables(database, models[table]):
                    return stock_rate(database.owner_url, ledger, models[table], asked.stock_events, loads=loads)
            finally:
                ledger.close()

        return measured

    figures = interleaved(
        {
            "cases": ours("cases"),
            "history": ours("history"),
            "read": lambda: read_rate(database, events),
            "cases_stock": stock("cases", loads=True),
            "history_stock": stock("history", loads=True),
            "cases_stock_remembering": stock("cases", loads=False),
            "history_stock_remembering": stock("history", loads=False),
        },
        asked.rounds,
    )
    return {
        "events_per_second": figures,
        "cpu_microseconds_per_event": {name: each.cpu_seconds / events * 1e6 for name, each in efforts.items()},
        "peak_megabytes": {name: each.peak_megabytes for name, each in efforts.items()},
        "ratios": {
            "cases_vs_stock": ratio(figures, "cases", "cases_stock"),
            "history_vs_stock": ratio(figures, "history", "history_stock"),
            "cases_vs_stock_remembering": ratio(figures, "cases", "cases_stock_remembering"),
            "history_vs_stock_remembering": ratio(figures, "history", "history_stock_remembering"),
            "cases_vs_read": ratio(figures, "cases", "read"),
            "history_vs_read": ratio(figures, "history", "read"),
        },
    }


def everything(database: Database, folder: Path, events: int, processes: int) -> dict[str, Any]:
    """Seconds and cost of the whole set of read models."""
    effort = catch_up(database, folder, read_models(), processes)
    return {
        "all_models_seconds": effort.seconds,
        "all_models_events_per_second": events / effort.seconds,
        "all_models_cpu_microseconds_per_event": effort.cpu_seconds / events * 1e6,
        "all_models_peak_megabytes": effort.peak_megabytes,
    }


def main() -> None:
    """Simulate, or take up the folder's facts, and measure."""
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--all-models", action="store_true", help="measure the whole set of read models alone")
    parser.add_argument("--folder", type=Path, help="where the simulated database stays between runs")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--stock-events", type=int, default=3_000, help="facts told to the library's runner")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        host = stack.enter_context(server(folder=asked.folder))
        database = host.database("catch_up")
        events = fill(database, host.folder, asked.events)
        figures: dict[str, Any] = {"events": events, "processes": asked.processes}
        figures |= {"equal_to_runner": equal_to_the_runners_rows(host, host.folder, asked.processes)}
        if asked.all_models:
            figures |= everything(database, host.folder, events, asked.processes)
        else:
            figures |= rates(database, host.folder, events, asked)
    report("Catch-up", figures, asked.json)


if __name__ == "__main__":
    main()
