"""Nothing is skipped while writers, delays, aborts and killed sessions interleave; and what would skip, does."""

import threading
import time
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from benchmarks.contention import DELAY, DELAY_EVENTS, Disturbance, Writer, file_shared
from benchmarks.followers import Seen, by_cursor, by_history, by_naive_cursor, by_subscription, compared
from benchmarks.no_skip import faults, truth_of
from domain.reference.load import load_reference
from ledger.wakeups import Wakeups
from projections import history
from projections.runner import Runner
from tests.histories import CHECK_KEY, a_filing, open_ledger, write
from tests.servers import Database

DAY = date(2026, 1, 5)
WRITERS = 8
WRITING_SECONDS = 5.0
DRAIN_SECONDS_MAX = 60.0
WRONG = {"skipped", "doubled", "invented", "stream_order_violations", "position_order_violations"}
INSERT = (
    "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash)"
    " VALUES (%s, 1, 'NoteAdded', '{}', sha256('{}'))"
)


def test_no_path_skips_or_doubles_under_contention(database: Database) -> None:
    wakeups = Wakeups(database.app_url)
    ledger = open_ledger(database.app_url, pool_size=2 * WRITERS, notify=wakeups.send)
    shared = file_shared(ledger, 3, seed=1)
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(DELAY)
        connection.execute(DELAY_EVENTS)
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY, models=[history.MODEL])
    writers = [Writer(ledger, shared, seed) for seed in range(1, WRITERS + 1)]
    disturbance = Disturbance(database.app_url, database.owner_url.replace("smoe_owner", "postgres"))
    seen: dict[str, list[Seen]] = {"subscription": [], "cursor": [], "runner": []}
    ways = {
        "subscription": by_subscription(ledger),
        "cursor": by_cursor(ledger, database.app_url),
        "runner": by_history(database.owner_url),
    }
    stop_writing, stop_reading = threading.Event(), threading.Event()
    writing = [threading.Thread(target=task, args=(stop_writing,)) for task in disturbance.kinds()]
    writing += [threading.Thread(target=writer.run, args=(stop_writing,)) for writer in writers]
    reading = [threading.Thread(target=way, args=(stop_reading, seen[name])) for name, way in ways.items()]
    reading.append(threading.Thread(target=runner.run_forever, args=(stop_reading,)))
    for thread in [*reading, *writing]:
        thread.start()
    stop_writing.wait(WRITING_SECONDS)
    stop_writing.set()
    for thread in writing:
        thread.join()
    truth = truth_of(database.owner_url, "ledger.events")
    until = time.monotonic() + DRAIN_SECONDS_MAX
    while time.monotonic() < until and not has_come_to(truth[-1][2], database, seen):
        time.sleep(0.05)
    stop_reading.set()
    for thread in reading:
        thread.join()
    wakeups.close()
    ledger.close()

    acknowledged = [one for writer in writers for one in writer.acknowledged]
    assert len(acknowledged) > 100
    assert {(one.stream, one.version, one.position) for one in acknowledged} <= set(truth)
    assert disturbance.counts["aborts"]
    assert disturbance.counts["late_appends_refused"]
    assert not disturbance.counts["late_appends_accepted"]
    for name, facts in seen.items():
        wrong = {key: count for key, count in compared(facts, truth, {}).items() if count and key in WRONG}
        assert not wrong, name
        assert len(facts) == len(truth), name


def has_come_to(last: int, database: Database, seen: dict[str, list[Seen]]) -> bool:
    with psycopg.connect(database.owner_url) as connection:
        row = connection.execute("SELECT position FROM read.positions WHERE model = 'history'").fetchone()
    at = [seen[name][-1].position if seen[name] else 0 for name in ("subscription", "cursor")]
    return min(*at, row[0] if row else 0) >= last


def test_a_cursor_without_horizon_skips_what_commits_late(database: Database) -> None:
    """The interleaving that the horizon is for, step by step."""
    ledger = open_ledger(database.app_url)
    early, late = uuid4(), uuid4()
    stop = threading.Event()
    naive: list[Seen] = []
    following = threading.Thread(target=by_naive_cursor(database.owner_url, "ledger.events"), args=(stop, naive))
    with psycopg.connect(database.app_url) as first, psycopg.connect(database.app_url) as second:
        first.execute(INSERT, (late,))
        second.execute(INSERT, (early,))
        second.commit()
        following.start()
        wait_for(lambda: bool(naive))
        # The smaller position is undecided: ours gives neither.
        assert ledger.read_raw(0, 10) == []
        first.commit()
    ours = ledger.read_raw(0, 10)
    # One more, so that the naive cursor has certainly looked again.
    stream = uuid4()
    write(ledger, stream, [a_filing(stream, "AT-1", DAY)])
    wait_for(lambda: len(naive) == 2)
    stop.set()
    following.join()
    truth = truth_of(database.owner_url, "ledger.events")
    ledger.close()
    assert [fact.stream for fact in ours] == [late, early]
    assert compared(naive, truth, {})["skipped"] == 1
    assert late not in {one.stream for one in naive}


def test_a_foreign_transaction_does_not_hold_readers_back(database: Database) -> None:
    ledger = open_ledger(database.app_url)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(DELAY)
        owner.execute("GRANT USAGE ON SCHEMA trial TO smoe_app; GRANT INSERT ON trial.elsewhere TO smoe_app")
    with psycopg.connect(database.app_url) as foreign:
        foreign.execute("INSERT INTO trial.elsewhere DEFAULT VALUES")
        stream = uuid4()
        position = write(ledger, stream, [a_filing(stream, "AT-1", DAY)])
        assert [fact.position for fact in ledger.read_raw(0, 10)] == [position]
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            foreign.execute(INSERT, (uuid4(),))
    ledger.close()


def figures(**changes: Any) -> dict[str, Any]:
    path = dict.fromkeys(WRONG, 0) | {"events": 5}
    return {
        "paths": {"sse": path | changes.pop("path", {})},
        "acknowledged_lost": 0,
        "acknowledged_twice": 0,
        "parked": 0,
        "counts": {},
        "naive_cursor": {"skipped": 1},
        "database_functions": {"skipped": 1},
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        *({"path": {name: 1}} for name in sorted(WRONG)),
        {"path": {"events": 0}},
        {"acknowledged_lost": 1},
        {"acknowledged_twice": 1},
        {"parked": 1},
        {"counts": {"late_appends_accepted": 1}},
        {"naive_cursor": {"skipped": 0}},
        {"database_functions": {"skipped": 0}},
    ],
    ids=str,
)
def test_the_benchmark_fails_of_every_fault(changes: dict[str, Any]) -> None:
    assert faults(figures()) == []
    assert faults(figures(**changes)) != []


def test_what_is_compared_is_what_went_wrong() -> None:
    stream, other = uuid4(), uuid4()
    truth = [(stream, 1, 10), (other, 1, 20), (stream, 2, 30)]
    whole = [Seen(*row, float(number)) for number, row in enumerate(truth)]

    def wrong(seen: list[Seen]) -> dict[str, int]:
        return {key: count for key, count in compared(seen, truth, {}).items() if count and key in WRONG}

    assert wrong(whole) == {}
    assert wrong(whole[1:]) == {"skipped": 1, "stream_order_violations": 1}
    assert wrong([*whole, whole[-1]]) == {"doubled": 1, "stream_order_violations": 1, "position_order_violations": 1}
    assert wrong([whole[0], whole[2], whole[1]]) == {"position_order_violations": 1}
    assert wrong([*whole, Seen(uuid4(), 1, 40, 3.0)]) == {"invented": 1}
    assert compared(whole, truth, {(stream, 2): 1.5})["lag_seconds_max"] == 0.5


def wait_for(condition: Any) -> None:
    until = time.monotonic() + DRAIN_SECONDS_MAX
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
