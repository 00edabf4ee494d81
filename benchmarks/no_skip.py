"""Whether anything that is written is skipped or told twice on any way to read the ledger, whatever goes wrong."""

import base64
import contextlib
import multiprocessing
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent

from benchmarks import followers, harness
from benchmarks.contention import DELAY, DELAY_EVENTS, Acknowledged, Disturbance, Stop, Writer, file_shared
from benchmarks.followers import Seen, compared
from cli import embedded
from domain.administration import ADMINISTRATION_STREAM
from domain.demonstration import SYSTEM, administration_facts
from domain.reference.load import load_reference
from ledger.facts import FIRST_HASH
from ledger.settings import ROOT
from ledger.wakeups import Wakeups
from projections import history
from projections.runner import Runner
from tests.histories import CHECK_KEY, MASTER_KEY, open_ledger

PROCESSES: Final = 4
SHARED_STREAMS: Final = 480
DRAIN_SECONDS_MAX: Final = 600.0
"""How long paths that are behind are waited for when writers have ended; what is not read then counts as skipped."""
TRUTH: Final = "SELECT originator_id, originator_version, notification_id FROM {table} ORDER BY notification_id"

SPAWN = multiprocessing.get_context("spawn")


def write(app_url: str, shared: Sequence[UUID], seeds: Sequence[int], coalesce: bool, stop: Stop, out: Path) -> None:
    """A process of writers on one ledger; leaves what was acknowledged, and its counts, in a file."""
    wakeups = Wakeups(app_url)
    ledger = open_ledger(app_url, pool_size=len(seeds), notify=wakeups.send, coalesce=coalesce)
    writers = [Writer(ledger, shared, seed) for seed in seeds]
    with_threads([writer.run for writer in writers], stop)
    wakeups.close()
    ledger.close()
    counts = sum((writer.counts for writer in writers), Counter())
    out.write_bytes(pickle.dumps(([one for writer in writers for one in writer.acknowledged], counts)))


def follow(app_url: str, name: str, stop: Stop, reached: "Synchronized[int]", out: Path) -> None:
    """A process that follows by subscription or by cursor, and says how far it is."""
    ledger = open_ledger(app_url)
    way = followers.by_subscription(ledger) if name == "subscription" else followers.by_cursor(ledger, app_url)
    seen: list[Seen] = []

    def tell(stop: Stop) -> None:
        while not stop.wait(0.1):
            reached.value = seen[-1].position if seen else 0

    with_threads([lambda stop: way(stop, seen), tell], stop)
    ledger.close()
    out.write_bytes(pickle.dumps(seen))


def feed_history(app_url: str, owner_url: str, stop: Stop) -> None:
    """A process that runs the runner for one read model."""
    ledger = open_ledger(app_url)
    runner = Runner(ledger, owner_url, reference=load_reference(), check_key=CHECK_KEY, models=[history.MODEL])
    ending = threading.Event()
    threading.Thread(target=lambda: (stop.wait(), ending.set()), daemon=True).start()
    runner.run_forever(ending)
    ledger.close()


def with_threads(tasks: Sequence[Callable[[Stop], None]], stop: Stop) -> None:
    """Carry out tasks at the same time until all have stopped."""
    threads = [threading.Thread(target=task, args=(stop,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextlib.contextmanager
def api(server: harness.Server, database: harness.Database, folder: Path) -> Iterator[str]:
    """The real API in a process of its own; its address, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": database.app_url,
        "SMOE_OWNER_DATABASE_URL": database.owner_url,
        "REDIS_URL": embedded.valkey_url(server.sockets),
        "SMOE_DATA_DIR": str(folder),
        "SMOE_SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
        "SMOE_RATE_LIMITS": "off",
        "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "PORT": str(port),
    }
    address = f"http://127.0.0.1:{port}"
    with embedded.valkey(folder, server.sockets), (folder / "api.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "api"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            token(address)
            yield address
        finally:
            process.terminate()
            process.wait()


def token(address: str) -> str:
    """A token of somebody who may know of every case; waits for the server to be there."""
    give_up_at = time.monotonic() + 60
    while True:
        try:
            answer = httpx.post(
                f"{address}/api/local-sign-in", json={"identity": "auditor"}, timeout=10, trust_env=False
            )
            answer.raise_for_status()
            return str(answer.json()["token"])
        except httpx.HTTPError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)


def truth_of(url: str, table: str) -> list[tuple[UUID, int, int]]:
    """Every fact in a table, in the order of positions."""
    with psycopg.connect(url) as connection:
        return connection.execute(TRUTH.format(table=table)).fetchall()  # type: ignore[arg-type]


def prepared(database: harness.Database, admin_url: str) -> list[UUID]:
    """Seed the administration and the cases that all contend for, and slow random rows down from now on."""
    ledger = open_ledger(database.app_url)
    ledger.append(
        ADMINISTRATION_STREAM,
        administration_facts(load_reference()),
        expected_version=0,
        previous_hash=FIRST_HASH,
        actor=SYSTEM,
        command=uuid4(),
    )
    shared = file_shared(ledger, SHARED_STREAMS, seed=1)
    ledger.close()
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(DELAY)
        connection.execute(DELAY_EVENTS)
    return shared


def ours(server: harness.Server, writers: int, seconds: float, folder: Path) -> dict[str, Any]:
    """Our ledger under load, followed on every path."""
    database = server.database("no_skip")
    admin_url = server.url("postgres", "no_skip")
    shared = prepared(database, admin_url)
    stop_writing, stop_reading = SPAWN.Event(), SPAWN.Event()
    seeds = [list(range(1, writers + 1))[first::PROCESSES] for first in range(PROCESSES)]
    outs = [folder / f"writers-{number}" for number in range(PROCESSES)]
    writing = [
        SPAWN.Process(target=write, args=(database.app_url, shared, part, number % 2 == 0, stop_writing, out))
        for number, (part, out) in enumerate(zip(seeds, outs, strict=True))
        if part
    ]
    followed = {name: folder / name for name in ("subscription", "merkle")}
    reached = {name: SPAWN.Value("q", 0) for name in followed}
    reading = [
        *(
            SPAWN.Process(target=follow, args=(database.app_url, name, stop_reading, reached[name], out))
            for name, out in followed.items()
        ),
        SPAWN.Process(target=feed_history, args=(database.app_url, database.owner_url, stop_reading)),
    ]
    seen: dict[str, list[Seen]] = {"runner": [], "sse": [], "naive_cursor": []}
    disturbance = Disturbance(database.app_url, admin_url)
    with api(server, database, folder) as address:
        ways = {
            "runner": followers.by_history(database.owner_url),
            "sse": followers.by_feed(address, lambda: token(address)),
            "naive_cursor": followers.by_naive_cursor(database.owner_url, "ledger.events"),
        }
        beside = [threading.Thread(target=way, args=(stop_reading, seen[name])) for name, way in ways.items()]
        disturbing = [threading.Thread(target=kind, args=(stop_writing,)) for kind in disturbance.kinds()]
        for task in [*reading, *beside, *writing, *disturbing]:
            task.start()
        time.sleep(seconds)
        stop_writing.set()
        for task in [*writing, *disturbing]:
            task.join()
        drain(database.owner_url, seen["sse"], list(reached.values()))
        stop_reading.set()
        for task in [*reading, *beside]:
            task.join()
    seen |= {name: pickle.loads(out.read_bytes()) for name, out in followed.items()}
    return judged(database, seen, outs, disturbance.counts, seconds)


def drain(owner_url: str, fed: Sequence[Seen], reached: "Sequence[Synchronized[int]]") -> None:
    """Wait until all paths have come to the end, or seem never to."""
    give_up_at = time.monotonic() + DRAIN_SECONDS_MAX
    with psycopg.connect(owner_url, autocommit=True) as connection:
        last = (connection.execute("SELECT max(notification_id) FROM ledger.events").fetchone() or (0,))[0]
        while time.monotonic() < give_up_at:
            told = connection.execute("SELECT min(position) FROM read.positions WHERE model = 'history'").fetchone()
            positions = [told[0] or 0 if told else 0, fed[-1].position if fed else 0, *(each.value for each in reached)]
            if min(positions) >= last:
                break
            time.sleep(0.1)
    time.sleep(1)


def judged(
    database: harness.Database,
    seen: Mapping[str, list[Seen]],
    outs: Sequence[Path],
    disturbances: Counter[str],
    seconds: float,
) -> dict[str, Any]:
    """Compare every path with all rows, and all rows with what writers were told."""
    acknowledged: list[Acknowledged] = []
    counts = Counter(disturbances)
    for out in outs:
        if out.exists():
            part, counted = pickle.loads(out.read_bytes())
            acknowledged += part
            counts += counted
    truth = truth_of(database.owner_url, "ledger.events")
    told = {(one.stream, one.version): one.at for one in acknowledged}
    # What concerns no case is in no read model and in no feed.
    of_cases = [row for row in truth if row[0] != ADMINISTRATION_STREAM]
    paths = {
        name: compared(facts, of_cases if name in {"runner", "sse"} else truth, told) for name, facts in seen.items()
    }
    stored = set(truth)
    claimed = {(one.stream, one.version, one.position) for one in acknowledged}
    with psycopg.connect(database.owner_url) as connection:
        parked = connection.execute("SELECT count(*) FROM read.parked").fetchone()
    return {
        "seconds": seconds,
        "events": len(truth),
        "acknowledged": len(acknowledged),
        "acknowledged_lost": len(claimed - stored),
        "acknowledged_twice": len(acknowledged) - len(told),
        "parked": parked[0] if parked else 0,
        "counts": dict(sorted(counts.items())),
        "naive_cursor": paths.pop("naive_cursor"),
        "paths": paths,
    }


def stock_url(address: str) -> dict[str, str]:
    """The library's settings with its database functions, which are faster."""
    parts = psycopg.conninfo.conninfo_to_dict(address)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts.get("port") or "5432"),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": "",
        "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
        "POSTGRES_SCHEMA": "public",
        "POSTGRES_MAX_OVERFLOW": "20",
    }


def write_stock(settings: Mapping[str, str], threads: int, stop: Stop, out: Path) -> None:
    """A process of writers on the library's own recorder."""
    application: Application[UUID] = Application({**settings, "CREATE_TABLE": "n"})
    written: list[int] = []

    def run(stop: Stop) -> None:
        while not stop.is_set():
            event = StoredEvent(originator_id=uuid4(), originator_version=1, topic="t", state=b"{}")
            written.append(len(application.recorder.insert_events([event]) or ()))

    with_threads([run] * threads, stop)
    application.close()
    out.write_bytes(pickle.dumps(sum(written)))


def database_functions(server: harness.Server, writers: int, seconds: float, folder: Path) -> dict[str, Any]:
    """The stock library with its database functions under the same delays, followed by its own subscription."""
    url = server.database("stock", migrated=False).owner_url
    settings = stock_url(url)
    application: Application[UUID] = Application(settings)
    table = f"{application.recorder.events_table_name}"  # type: ignore[attr-defined]
    with psycopg.connect(url) as connection:
        connection.execute(DELAY)
        connection.execute(
            f"CREATE TRIGGER zz_delay BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION trial.delay()"
        )
    stop, seen = SPAWN.Event(), list[Seen]()
    outs = [folder / f"stock-{number}" for number in range(PROCESSES)]
    tasks = [
        SPAWN.Process(target=write_stock, args=(settings, max(1, writers // PROCESSES), stop, out)) for out in outs
    ]

    subscription = application.recorder.subscribe(gt=0)

    def follow_stock() -> None:
        with subscription:
            for one in subscription:
                seen.append(Seen(one.originator_id, one.originator_version, one.id, time.time()))  # type: ignore[arg-type]

    following = threading.Thread(target=follow_stock)
    for task in [*tasks, following]:
        task.start()
    time.sleep(seconds)
    stop.set()
    for task in tasks:
        task.join()
    time.sleep(2)
    subscription.stop()
    following.join()
    application.close()
    return dict(compared(seen, truth_of(url, table), {}))


def main() -> int:
    """Run both and say what was skipped; 1 when one of our paths skipped or doubled anything, or order was lost."""
    parser = harness.arguments(__doc__)
    parser.add_argument("--writers", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--stock-seconds", type=float, default=10.0)
    options = parser.parse_args()
    with harness.server() as server, tempfile.TemporaryDirectory(prefix="smoe-") as folder:
        figures = ours(server, options.writers, options.seconds, Path(folder))
        figures["database_functions"] = database_functions(server, options.writers, options.stock_seconds, Path(folder))
    harness.report("Nothing skipped, nothing told twice", figures, options.json)
    return 1 if faults(figures) else 0


def faults(figures: Mapping[str, Any]) -> list[str]:
    """What is wrong, in words that name the figure."""
    wrong = ("skipped", "doubled", "invented", "stream_order_violations", "position_order_violations")
    found = [
        f"{path}.{name}={figures['paths'][path][name]}"
        for path in figures["paths"]
        for name in wrong
        if figures["paths"][path][name] or not figures["paths"][path]["events"]
    ]
    found += [name for name in ("acknowledged_lost", "acknowledged_twice", "parked") if figures[name]]
    if figures["counts"].get("late_appends_accepted"):
        found.append("late_appends_accepted")
    # A harness in which nothing can be skipped shows nothing.
    found += [name for name in ("naive_cursor", "database_functions") if not figures[name]["skipped"]]
    if found:
        print("FAULTS:", ", ".join(found))
    return found


if __name__ == "__main__":
    sys.exit(main())
