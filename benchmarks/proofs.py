"""What proofs cost: appending with and without, the log that follows, the audit of the whole, the verifier offline."""

import hashlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.rows import tuple_row

from benchmarks import append, harness
from benchmarks.catch_up import fill, settings_of
from benchmarks.rivals import ours
from benchmarks.rivals.writing import Task
from ledger.desk import open_ledger
from ledger.proofs.audit import Audit
from ledger.proofs.notary import PACE_SECONDS, Notary, known_verifiers
from ledger.proofs.proof import write_proof
from verifier.one_file import stand_alone

SEED: Final = bytes(range(32))
LOOK_SECONDS: Final = 0.05
WATCH_SECONDS: Final = 0.5
LAG: Final = (
    "SELECT count(*) FROM (SELECT FROM ledger.events WHERE notification_id > (SELECT position FROM ledger.tree)"
    " LIMIT 1000000) AS unleaved"
)
ROWS: Final = (
    "SELECT originator_id, originator_version, topic, state, hash, notification_id FROM ledger.events"
    " WHERE notification_id > %s ORDER BY notification_id LIMIT 8000"
)
PROVEN_FACTS: Final = 100_000


# Appending, and what follows


class Followed(NamedTuple):
    """How late the log was while writers wrote, and when they stopped."""

    lag_max: int
    lag_at_the_end: int
    caught_up_seconds: float


def keep(url: str, stop: Any) -> None:
    """Keep the log as the worker does, in a process of its own."""
    ledger = ours.connect(Task(url, 2, 1, True, "")).ledger
    notary = Notary(ledger, [SEED])
    while not stop.is_set():
        if not notary.run_once():
            stop.wait(PACE_SECONDS)
    ledger.close()


@contextmanager
def kept(url: str, told: list[Followed]) -> Iterator[None]:
    """Keep the log meanwhile, and note how late it was and how soon it had caught up after the last append."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    keeper = context.Process(target=keep, args=(url, stop))
    keeper.start()
    with psycopg.connect(url, autocommit=True, row_factory=tuple_row) as connection:
        while _lag(connection):
            time.sleep(LOOK_SECONDS)
        seen: list[int] = [0]
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(WATCH_SECONDS):
                seen.append(_lag(connection))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            began = time.monotonic()
            ended.set()
            watcher.join()
            lag = _lag(connection)
            while _lag(connection):
                time.sleep(LOOK_SECONDS)
            told.append(Followed(max(seen), lag, time.monotonic() - began))
            stop.set()
            keeper.join(20)


def _lag(connection: psycopg.Connection[Any]) -> int:
    found = connection.execute(LAG).fetchone()
    return int(found[0]) if found else 0


def appending(server: harness.Server, args: Any) -> dict[str, Any]:
    """Appends with chain, log and checkpoints, and with nothing of them, round by round."""
    urls = {name: server.database(f"proofs_{name}").app_url for name in ("ours", "ours_unproven")}
    figures: dict[str, Any] = {}
    for writers, batch in ((1, 1), (16, 1), (16, 50)):
        cell = append.Cell(writers, batch, False)
        followed: list[Followed] = []
        runs: dict[str, list[append.Run]] = {name: [] for name in urls}

        def with_proofs(cell: append.Cell = cell, followed: list[Followed] = followed, runs: Any = runs) -> float:
            with kept(urls["ours"], followed):
                runs["ours"].append(append.run(server, "ours", cell, urls["ours"], "", args.seconds))
            return float(runs["ours"][-1].events_per_second)

        def without(cell: append.Cell = cell, runs: Any = runs) -> float:
            url = urls["ours_unproven"]
            runs["ours_unproven"].append(append.run(server, "ours_unproven", cell, url, "", args.seconds))
            return float(runs["ours_unproven"][-1].events_per_second)

        rates = harness.interleaved({"with": with_proofs, "without": without}, args.rounds)
        figures[f"{writers} writers, {batch} at once"] = {
            "with_per_second": median(rates["with"]),
            "without_per_second": median(rates["without"]),
            "with_over_without": harness.ratio(rates, "with", "without"),
            "lag_max_facts": max(each.lag_max for each in followed),
            "lag_at_the_end_facts": max(each.lag_at_the_end for each in followed),
            "caught_up_after_seconds": max(each.caught_up_seconds for each in followed),
        }
    return figures


# The whole ledger


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_a_process(work: Callable[..., tuple[int, float]], *given: Any) -> tuple[int, float, float]:
    """Rows, seconds and the peak of memory of a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work, given))


def _measured(work: Callable[..., tuple[int, float]], given: Any) -> tuple[int, float, float]:
    rows, seconds = work(*given)
    return rows, seconds, _peak_megabytes()


def _grown(settings: Any) -> tuple[int, float]:
    ledger = open_ledger(settings)
    notary = Notary(ledger, settings.checkpoint_keys)
    began = time.monotonic()
    while notary.run_once():
        pass
    seconds = time.monotonic() - began
    with ledger.recorder.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute("SELECT size FROM ledger.tree").fetchone()
    ledger.close()
    return (found[0] if found else 0), seconds


def _audited(settings: Any) -> tuple[int, float]:
    ledger = open_ledger(settings)
    began = time.monotonic()
    audit = Audit(ledger)
    while audit.step():
        pass
    audit.finish()
    seconds = time.monotonic() - began
    ledger.close()
    if audit.progress.faults:
        raise RuntimeError(f"the audit found {audit.progress.faults[:3]}")
    return audit.progress.rows, seconds


def _read_and_hashed(url: str) -> tuple[int, float]:
    """What any audit must do at least: read each row, hash its state."""
    began, rows, after = time.monotonic(), 0, 0
    with psycopg.connect(url, autocommit=True, row_factory=tuple_row) as connection, connection.cursor() as cursor:
        while page := cursor.execute(ROWS, (after,), prepare=True, binary=True).fetchall():
            for row in page:
                hashlib.sha256(row[3]).digest()
            rows += len(page)
            after = page[-1][5]
    return rows, time.monotonic() - began


def auditing(server: harness.Server, folder: Path, args: Any) -> dict[str, Any]:
    """The log made of a full ledger, then audits and bare readings in turn."""
    database = server.database("proofs_whole")
    fill(database, folder, args.facts)
    settings = settings_of(database, folder)
    size, seconds, _ = _in_a_process(_grown, settings)
    memory: dict[str, float] = {}

    def audit() -> float:
        rows, taken, memory["audit"] = _in_a_process(_audited, settings)
        return rows / taken

    def bare() -> float:
        rows, taken, memory["bare"] = _in_a_process(_read_and_hashed, database.app_url)
        return rows / taken

    rates = harness.interleaved({"audit": audit, "bare": bare}, args.rounds)
    return {
        "facts": size,
        "log_grown_per_second": size / seconds,
        "audit_per_second": median(rates["audit"]),
        "read_and_hashed_per_second": median(rates["bare"]),
        "audit_takes_times_bare": harness.ratio(rates, "bare", "audit"),
        "audit_megabytes": memory["audit"],
        "bare_megabytes": memory["bare"],
        "offline": verifying(database, settings, folder, args),
    }


# Offline


def verifying(database: harness.Database, settings: Any, folder: Path, args: Any) -> dict[str, Any]:
    """The verifier alone, in an empty folder, over one case and over a hundred thousand facts."""
    ledger = open_ledger(settings)
    notary = Notary(ledger, settings.checkpoint_keys)
    with psycopg.connect(database.app_url, row_factory=tuple_row) as connection:
        streams = connection.execute(
            "SELECT originator_id, count(*) FROM ledger.events WHERE originator_id IN"
            " (SELECT originator_id FROM ledger.events WHERE topic = 'RequestFiled' LIMIT %s)"
            " GROUP BY originator_id ORDER BY 1",
            (PROVEN_FACTS // 20,),
        ).fetchall()
        key = str(known_verifiers(connection)[-1])
    with tempfile.TemporaryDirectory() as empty:
        (Path(empty) / "verify_smoe.py").write_text(stand_alone())
        figures: dict[str, Any] = {"verifier_bytes": len(stand_alone().encode())}
        for name, chosen in (("one case", streams[:1]), ("many cases", streams)):
            path = folder / "proof.zip"
            with path.open("wb") as target:
                write_proof(target, ledger, notary, [stream for stream, _ in chosen])
            facts = sum(count for _, count in chosen)
            taken = [_verified(empty, path, key, facts) for _ in range(args.rounds)]
            figures[name] = {
                "facts": facts,
                "archive_bytes": path.stat().st_size,
                "seconds": median(taken),
                "facts_per_second": facts / median(taken),
            }
    ledger.close()
    return figures


def _verified(folder: str, archive: Path, key: str, facts: int) -> float:
    """Seconds of the whole process, its start included."""
    command = [sys.executable, "-I", "verify_smoe.py", str(archive), "--cle", key, "--json"]
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    seconds = time.monotonic() - began
    told = json.loads(done.stdout)
    if done.returncode or told["facts"] != facts:
        raise RuntimeError(f"the verifier says {told['sentence']}")
    return seconds


def main() -> None:
    """Measure all, or what is asked for."""
    parser = harness.arguments(__doc__, rounds=5)
    parser.add_argument("--facts", type=int, default=1_000_000, help="facts of the whole ledger")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of a run of appends")
    parser.add_argument("--quick", action="store_true", help="fifty thousand facts, two rounds")
    parser.add_argument("--only", choices=("append", "audit"), help="one part")
    args, _ = parser.parse_known_args()
    if args.quick:
        args.facts, args.rounds = 50_000, 2
    figures: dict[str, Any] = {}
    with harness.server() as server, tempfile.TemporaryDirectory() as folder:
        if args.only != "audit":
            figures["append"] = appending(server, args)
        if args.only != "append":
            figures["audit"] = auditing(server, Path(folder), args)
    harness.report("proofs", figures, args.json)


if __name__ == "__main__":
    main()
