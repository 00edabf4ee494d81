"""How fast one fact, or a few, are appended: the ledger beside every rival, on the same PostgreSQL."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import msgspec
import psycopg

from benchmarks import harness
from benchmarks.rivals import insert, ours, payload, writing

EMMETT: Final = Path(__file__).parent / "rivals" / "emmett"
SHAPES: Final = {1: (1, 1), 4: (2, 2), 16: (4, 4)}
"""Processes and threads of each number of writers."""
BATCHES: Final = (1, 5, 50)
CONTENDERS: Final = ("ours", "ours_coalesced", "stock", "functions", "emmett", "insert")
QUICK: Final = ("ours", "ours_coalesced", "stock", "emmett", "insert")
CLOCK_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Cell(NamedTuple):
    """What is measured."""

    writers: int
    batch: int
    new: bool

    @property
    def name(self) -> str:
        return f"{self.writers} writers, {'new' if self.new else 'existing'}, batch {self.batch}"


class Run(NamedTuple):
    """One contender in one cell in one round; seconds, and microseconds of CPU an event."""

    events_per_second: float
    p50: float
    p99: float
    client_cpu: float
    server_cpu: float


def server_cpu(server: harness.Server) -> float:
    """The seconds of CPU that PostgreSQL and its children have used so far."""
    postmaster = (server.folder / "postgres" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words[1] == postmaster or stat.parent.name == postmaster:
            ticks += int(words[11]) + int(words[12])
    return ticks / CLOCK_TICKS


def command_of(name: str, task: writing.Task) -> list[str]:
    """How a writer's process is started."""
    text = task._asdict()
    if name == "emmett":
        return ["node", str(EMMETT / "writer.js"), json.dumps(text | {"fields": payload.FIELDS})]
    return [sys.executable, "-m", "benchmarks.rivals.writing", name, json.dumps(text)]


def run(server: harness.Server, name: str, cell: Cell, url: str, state: str, seconds: float) -> Run:
    """Start and warm all writers, then let them write together."""
    processes, threads = SHAPES[cell.writers]
    command = command_of(name, writing.Task(url, threads, cell.batch, cell.new, state))
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    writers: list[subprocess.Popen[str]] = []
    try:
        for _ in range(processes):
            writers.append(subprocess.Popen(command, **pipes))  # type: ignore[call-overload]
        for _ in map(_line, writers):
            pass
        before = server_cpu(server)
        for writer in writers:
            _stdin(writer).write(f"{seconds}\n")
            _stdin(writer).flush()
        told = [json.loads(_line(writer)) for writer in writers]
        used = server_cpu(server) - before
    finally:
        for writer in writers:
            _stdin(writer).close()
        for writer in writers:
            writer.wait(20)
    taken = sorted(second for one in told for second in one["taken"])
    events = len(taken) * cell.batch
    return Run(
        sum(len(one["taken"]) * cell.batch / one["seconds"] for one in told),
        taken[len(taken) // 2],
        taken[int(len(taken) * 0.99)],
        sum(one["cpu"] for one in told) / events * 1e6,
        used / events * 1e6,
    )


def _stdin(writer: subprocess.Popen[str]) -> Any:
    return writer.stdin


def _line(writer: subprocess.Popen[str]) -> str:
    line: str = writer.stdout.readline() if writer.stdout else ""
    if not line:
        raise RuntimeError(f"a writer has ended: {writer.args!r}"[:300])
    return line


def prepare(server: harness.Server) -> tuple[dict[str, str], str]:
    """A database for each contender, and a state as the ledger stores it, in hexadecimal."""
    if not (EMMETT / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=EMMETT, check=True, stdout=subprocess.DEVNULL)
    urls = {}
    for name in CONTENDERS:
        made = server.database(f"bench_{name}", migrated=name.startswith("ours"))
        urls[name] = made.app_url if name.startswith("ours") else made.owner_url
    # Node refuses an address without a host, and takes that of the query all the same.
    urls["emmett"] = urls["emmett"].replace("@:", "@localhost:")
    with psycopg.connect(urls["insert"], autocommit=True) as connection:
        connection.execute(insert.TABLE)
    subprocess.run(["node", str(EMMETT / "prepare.js"), urls["emmett"]], check=True, stdout=subprocess.DEVNULL)
    for name in ("stock", "functions"):
        # The writers of one run would otherwise race to make the tables.
        task = writing.Task(urls[name], 1, 1, True, "")
        module = __import__(f"benchmarks.rivals.{name}", fromlist=["connect"])
        application = module.connect(task).application
        application.close()
    contender = ours.connect(writing.Task(urls["ours"], 1, 1, True, ""))
    contender.append(ours.Stream(), 1)
    (fact,) = contender.ledger.read_raw(0, 1)
    contender.ledger.close()
    return urls, fact.state.hex()


def measure(
    server: harness.Server, urls: Mapping[str, str], state: str, cells: Sequence[Cell], names: Sequence[str], args: Any
) -> dict[Cell, dict[str, list[Run]]]:
    """All runs of all cells: in each round every contender once, in an order drawn anew."""
    found: dict[Cell, dict[str, list[Run]]] = {}
    for cell in cells:
        runs: dict[str, list[Run]] = {name: [] for name in names}

        def runner(name: str, cell: Cell = cell, runs: dict[str, list[Run]] = runs) -> Callable[[], float]:
            def once() -> float:
                runs[name].append(run(server, name, cell, urls[name], state, args.seconds))
                return runs[name][-1].events_per_second

            return once

        harness.interleaved({name: runner(name) for name in names}, args.rounds)
        found[cell] = runs
        print(f"  {cell.name}: " + ", ".join(f"{n} {median(r[0] for r in runs[n]):.0f}/s" for n in names), flush=True)
    return found


def ratios(found: Mapping[Cell, Mapping[str, Sequence[Run]]]) -> dict[str, float]:
    """The named ratios: events a second of ours over theirs, for one event to existing streams, round by round."""
    told: dict[str, float] = {}
    for cell, runs in found.items():
        if cell.batch != 1 or cell.new:
            continue
        rates = {name: [one.events_per_second for one in several] for name, several in runs.items()}
        tails = {name: [one.p99 for one in several] for name, several in runs.items()}
        for rival in [name for name in runs if not name.startswith("ours")]:
            told[f"append_{cell.writers}_vs_{rival}"] = harness.ratio(rates, "ours", rival)
            told[f"append_{cell.writers}_p99_vs_{rival}"] = harness.ratio(tails, "ours", rival)
            told[f"append_coalesced_{cell.writers}_vs_{rival}"] = harness.ratio(rates, "ours_coalesced", rival)
    return told


def table(found: Mapping[Cell, Mapping[str, Sequence[Run]]]) -> dict[str, Any]:
    """The medians of every cell; times in milliseconds, CPU in microseconds an event."""
    return {
        cell.name: {
            name: {
                "events_per_second": median(one.events_per_second for one in several),
                "p50_ms": median(one.p50 for one in several) * 1e3,
                "p99_ms": median(one.p99 for one in several) * 1e3,
                "client_cpu_us": median(one.client_cpu for one in several),
                "server_cpu_us": median(one.server_cpu for one in several),
            }
            for name, several in runs.items()
        }
        for cell, runs in found.items()
    }


def main() -> None:
    """Measure with flushes as they are, then the named ratios with each flush 1.5 ms slower."""
    parser = harness.arguments(__doc__, rounds=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a run")
    parser.add_argument("--quick", action="store_true", help="only the cells of the named ratios")
    args, _ = parser.parse_known_args()
    named = [Cell(1, 1, False), Cell(16, 1, False)]
    whole = [Cell(writers, batch, new) for writers in SHAPES for batch in BATCHES for new in (False, True)]
    names = QUICK if args.quick else CONTENDERS
    with harness.server() as server:
        urls, state = prepare(server)
        found = measure(server, urls, state, named if args.quick else whole, names, args)
    with harness.server(harness.SLOW_FLUSH) as server:
        urls, state = prepare(server)
        slow = measure(server, urls, state, named, names, args)
    sizes = {"payload": len(msgspec.json.encode(payload.FIELDS)), "ours": len(state) // 2}
    figures = {"ratios": ratios(found), "slow_flush": ratios(slow), "bytes": sizes, "cells": table(found)}
    figures["slow_cells"] = table(slow)
    harness.report("append", figures, args.json)


if __name__ == "__main__":
    main()
