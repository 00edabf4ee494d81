"""What every benchmark shares: its own PostgreSQL, interleaved rounds, medians, ratios, a table and a JSON file."""

import argparse
import contextlib
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from cli import embedded
from ledger.migrate import APPLICATION_ROLE, migrate

DURABLE: Final = {
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "512MB",
    "max_connections": "200",
    "autovacuum_naptime": "10min",
}
"""As a careful operator runs it: every acknowledged commit is on disk."""
SLOW_FLUSH: Final = {"commit_delay": "1500", "commit_siblings": "0"}
"""Each flush takes 1.5 ms more, as on a disk of a cloud."""


class Database(NamedTuple):
    """A migrated database, as its owner and as the application reach it."""

    owner_url: str
    app_url: str


class Server(NamedTuple):
    """A PostgreSQL that lives as long as the benchmark, unless it is given a folder that stays."""

    folder: Path
    sockets: Path

    def url(self, role: str, database: str) -> str:
        """The address of a database for a role."""
        return embedded.postgres_url(self.sockets, role, database)

    def administer(self, statement: str, **names: str) -> None:
        """Carry out a statement as the server's administrator, names quoted."""
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**quoted))  # type: ignore[arg-type]

    def database(self, name: str, *, migrated: bool = True) -> Database:
        """A database of that name, made where it is missing, with our tables unless told otherwise."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None:
            self.administer("CREATE DATABASE {name} OWNER {owner}", name=name, owner=embedded.OWNER_ROLE)
        made = Database(self.url(embedded.OWNER_ROLE, name), self.url(APPLICATION_ROLE, name))
        if migrated:
            migrate(made.owner_url)
        return made

    def drop(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        self.administer("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)


@contextlib.contextmanager
def server(options: Mapping[str, str] | None = None, folder: Path | None = None) -> Iterator[Server]:
    """Run PostgreSQL 18 with durable settings; in a folder that stays where one is given."""
    with contextlib.ExitStack() as stack:
        kept = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoe-bench-")))
        kept.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            kept.chmod(0o711)
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoe-")))
        stack.enter_context(embedded.postgres(kept, sockets, DURABLE | dict(options or {})))
        yield Server(kept, sockets)


def microseconds(work: Callable[[], object], times: int) -> float:
    """The median of so many times."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6


def interleaved(contenders: Mapping[str, Callable[[], float]], rounds: int, *, seed: int = 1) -> dict[str, list[float]]:
    """Run every contender once a round, in an order drawn anew each round; a figure per contender and round."""
    figures: dict[str, list[float]] = {name: [] for name in contenders}
    order, draw = list(contenders), random.Random(seed)
    for _ in range(rounds):
        draw.shuffle(order)
        for name in order:
            figures[name].append(contenders[name]())
    return figures


def ratio(figures: Mapping[str, Sequence[float]], one: str, other: str) -> float:
    """The median of `one` over `other`, round by round."""
    return statistics.median(a / b for a, b in zip(figures[one], figures[other], strict=True))


def arguments(doc: str | None, *, rounds: int = 5) -> argparse.ArgumentParser:
    """A parser with what every benchmark takes: --json FILE and --rounds N."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser


def report(title: str, figures: Mapping[str, Any], path: Path | None) -> None:
    """Print the figures as a table, nested ones by dotted name, and write them as JSON where asked."""
    print(f"\n{title} ({platform.machine()}, {os.cpu_count()} CPU)")
    for name, value in _flat(figures):
        print(f"  {name:<58} {value:.3f}" if isinstance(value, float) else f"  {name:<58} {value}")
    if path is not None:
        path.write_text(json.dumps(figures, indent=2, default=str) + "\n")


def _flat(figures: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
