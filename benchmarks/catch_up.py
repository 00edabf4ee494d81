"""How fast read models catch up with a year of facts, beside the library's runner and beside reading the rows alone."""

import argparse
import contextlib
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from math import ceil
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.harness import Database, Server, arguments, interleaved, ratio, report, server
from benchmarks.stock_projection import SCHEMA as STOCK
from benchmarks.stock_projection import stock_rate
from cli.simulate import simulate
from domain.reference.load import load_reference
from ledger.desk import open_ledger
from ledger.settings import Settings
from projections.building import Builder
from projections.read_model import ReadModel, read_models
from projections.runner import Runner
from projections.workers import Source

UNTIL: Final = date(2026, 11, 22)
CASES_MAX: Final = 40_000
"""Of one simulation, which is one transaction."""
EVENTS_A_CASE: Final = 22
TOLERANCE: Final = 0.02
"""How much fewer facts will do, as cases are of all lengths."""
SAMPLE_CASES: Final = 300
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
    """Of the largest process that told cases."""


def catch_up(database: Database, folder: Path, models: Sequence[ReadModel[Any]], processes: int) -> Effort:
    """Build these models from all facts, in as many processes, and put them in service, as an operator would."""
    source = Source.of(settings_of(database, folder), logs=False)
    cpu_before, began = _cpu_seconds(), time.perf_counter()
    Builder(source, workers=processes).build(model.table for model in models)
    return Effort(
        seconds=time.perf_counter() - began,
        cpu_seconds=_cpu_seconds() - cpu_before,
        peak_megabytes=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    )


def _cpu_seconds() -> float:
    spent = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


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
    fed = _checksums(database)
    catch_up(database, folder, read_models(), processes)
    built = _checksums(database)
    return {table: built[table] == fed[table] for table in fed}


def _checksums(database: Database) -> dict[str, Any]:
    """Number and hash of the rows of each table in service."""
    statement = SQL("SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} AS t")
    with psycopg.connect(database.owner_url) as connection:
        return {
            model.table: connection.execute(statement.format(Identifier("read", model.table))).fetchone()
            for model in read_models()
        }


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
