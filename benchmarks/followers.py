"""The ways to read the ledger while it grows, each noting what it was given and when."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
import msgspec
import psycopg
from eventsourcing.projection import ApplicationSubscription

from benchmarks.contention import Stop
from ledger.facts import LedgerUnavailable
from ledger.store import Ledger
from ledger.wakeups import HEARTBEAT_SECONDS, Listener

PAGE: Final = 500
HISTORY: Final = "SELECT case_id, version, position FROM read.history WHERE position > %s ORDER BY position"
NAIVE: Final = (
    "SELECT originator_id, originator_version, notification_id FROM {table}"
    " WHERE notification_id > %s ORDER BY notification_id LIMIT 500"
)


class Seen(NamedTuple):
    """A fact as a reading path gave it."""

    stream: UUID
    version: int
    position: int
    at: float


Follow = Callable[[Stop, list[Seen]], None]


def by_subscription(ledger: Ledger[Any]) -> Follow:
    """The library's subscription to our application, decoding every fact.

    Where a fact cannot be decoded because the keys cannot be read, it subscribes anew after the last one it has, as
    the library's own runner of projections does after a failure.
    """

    def follow(stop: Stop, seen: list[Seen]) -> None:
        while not stop.is_set():
            with ApplicationSubscription(ledger.application, gt=seen[-1].position if seen else 0) as subscription:
                ending = threading.Thread(target=lambda one=subscription: (stop.wait(), one.stop()), daemon=True)
                ending.start()
                try:
                    for fact, tracking in subscription:
                        place = fact.originator_id, fact.originator_version, tracking.notification_id
                        seen.append(Seen(*place, time.time()))
                except LedgerUnavailable:
                    stop.wait(HEARTBEAT_SECONDS)

    return follow


def by_cursor(ledger: Ledger[Any], database_url: str) -> Follow:
    """The interface of whoever makes leaves of a Merkle tree: raw rows after a position."""

    def follow(stop: Stop, seen: list[Seen]) -> None:
        after, listener = 0, Listener(database_url)
        while not stop.is_set():
            try:
                page = ledger.read_raw(after, PAGE)
            except LedgerUnavailable:
                page = []
            now = time.time()
            seen += [Seen(fact.stream, fact.version, fact.position, now) for fact in page]
            if page:
                after = page[-1].position
            else:
                listener.wait(HEARTBEAT_SECONDS)
        listener.close()

    return follow


def by_naive_cursor(database_url: str, table: str) -> Follow:
    """What nobody should do: the newest positions, whether or not smaller ones are still to come."""

    def follow(stop: Stop, seen: list[Seen]) -> None:
        after = 0
        with psycopg.connect(database_url, autocommit=True, application_name="naive") as connection:
            while not stop.wait(0.002):
                page = connection.execute(NAIVE.format(table=table), (after,)).fetchall()  # type: ignore[arg-type]
                now = time.time()
                seen += [Seen(*row, now) for row in page]
                after = page[-1][2] if page else after

    return follow


def by_feed(address: str, token: Callable[[], str], *, reconnect_after: int = 2_000) -> Follow:
    """The feed over HTTP, left and resumed every so many events."""

    def follow(stop: Stop, seen: list[Seen]) -> None:
        last = "0"
        while not stop.is_set():
            headers = {"Authorization": f"Bearer {token()}", "Last-Event-ID": last}
            try:
                with httpx.stream(
                    "GET", f"{address}/api/events", headers=headers, timeout=5.0, trust_env=False
                ) as answer:
                    for told in _told(answer.iter_lines(), stop, reconnect_after):
                        seen.append(Seen(UUID(told["case"]), told["version"], told["position"], time.time()))
                        last = str(told["position"])
            except httpx.HTTPError:
                # Nobody spoke for a while, or the server closed: resumed where it was left.
                stop.wait(0.05)

    return follow


def _told(lines: Iterable[str], stop: Stop, count_max: int) -> Iterable[dict[str, Any]]:
    count = 0
    for line in lines:
        if line.startswith("data:"):
            yield msgspec.json.decode(line.removeprefix("data:"))
            count += 1
        if stop.is_set() or (count >= count_max and line == ""):
            return


def by_history(owner_url: str) -> Follow:
    """The rows of `read.history` as the runner writes them; read as they come, and whole at the end."""

    def follow(stop: Stop, seen: list[Seen]) -> None:
        moments: dict[tuple[UUID, int], float] = {}
        with psycopg.connect(owner_url, autocommit=True, application_name="watch") as connection:
            after = 0
            while not stop.wait(0.05):
                for stream, version, position in connection.execute(HISTORY, (after,)).fetchall():
                    moments[stream, version] = time.time()
                    after = position
            for stream, version, position in connection.execute(HISTORY, (0,)).fetchall():
                seen.append(Seen(stream, version, position, moments.get((stream, version), time.time())))

    return follow


def compared(seen: Sequence[Seen], truth: Sequence[tuple[UUID, int, int]], told: dict[tuple[UUID, int], float]) -> Any:
    """What a path skipped, doubled or turned round of all that is in the table, and how late it was.

    `told` has the moment at which the writer knew of each fact.
    """
    given = {(one.stream, one.version, one.position) for one in seen}
    versions: dict[UUID, int] = {}
    turned = out_of_order = 0
    position = 0
    for one in seen:
        turned += one.version != versions.get(one.stream, 0) + 1
        versions[one.stream] = one.version
        out_of_order += one.position <= position
        position = one.position
    moments = sorted({one.at for one in seen})
    lags = [one.at - told[one.stream, one.version] for one in seen if (one.stream, one.version) in told]
    return {
        "events": len(seen),
        "skipped": len(set(truth) - given),
        "doubled": len(seen) - len(given),
        "invented": len(given - set(truth)),
        "stream_order_violations": turned,
        "position_order_violations": out_of_order,
        "gap_seconds_max": max((b - a for a, b in itertools.pairwise(moments)), default=0.0),
        "lag_seconds_max": max(lags, default=0.0),
        "lag_seconds_median": sorted(lags)[len(lags) // 2] if lags else 0.0,
    }
