"""Appends that share a statement: each has the outcome it would have alone; none waits for another's trouble."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import DataError, IntegrityError, StoredEvent

from ledger import coalescing
from ledger.appending import Append
from ledger.datastore import LedgerDatastore
from ledger.facts import LedgerUnavailable
from ledger.recorder import LedgerRecorder, append_of
from tests.conftest import Database

HOLD = (
    "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash)"
    " VALUES (%s, 1, 'Noted', '{}', sha256('x'))"
)
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def an_append(stream: UUID | None = None, *, version: int = 1, topic: str = "Noted", facts: int = 1) -> Append:
    stream = stream or uuid4()
    return append_of([StoredEvent(stream, version + number, topic, b"{}") for number in range(facts)])


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def recorder(database: Database) -> Iterator[LedgerRecorder]:
    datastore = LedgerDatastore(database.app_url, pool_size=20)
    yield LedgerRecorder(datastore, coalesce=True)
    datastore.close()


@pytest.fixture
def patient(monkeypatch) -> None:
    """Let nobody go by itself before its turn."""
    monkeypatch.setattr(coalescing, "PATIENCE_SECONDS", 60)


@contextmanager
def held_up(database: Database, recorder: LedgerRecorder) -> Iterator[ThreadPoolExecutor]:
    """An append waits for somebody else's transaction, so that those that follow are gathered until the end."""
    stream = uuid4()
    with ThreadPoolExecutor(20) as threads, psycopg.connect(database.app_url) as slow:
        slow.execute(HOLD, (stream,))
        leading = threads.submit(recorder.append, an_append(stream))
        with psycopg.connect(database.owner_url, autocommit=True) as watcher:
            wait_until(lambda: watcher.execute(WAITING).fetchone() == (1,))
        yield threads
        slow.rollback()
        assert len(leading.result(20)) == 1


def gathered(recorder: LedgerRecorder, threads: ThreadPoolExecutor, appends: list[Append]) -> list[Future]:
    """Start these, in this order, and wait until all are queued."""
    futures = []
    for append in appends:
        futures.append(threads.submit(recorder.append, append))
        wait_until(lambda: len(recorder._coalescer._waiting) == len(futures))
    return futures


def transactions(futures: list[Future]) -> list[int]:
    return [future.result(20)[0] >> 20 for future in futures]


def test_what_waits_is_written_together(database, recorder, patient):
    with held_up(database, recorder) as threads:
        futures = gathered(recorder, threads, [an_append(facts=1 + number) for number in range(4)])
    assert len(set(transactions(futures))) == 1
    assert [len(future.result()) for future in futures] == [1, 2, 3, 4]


def test_one_that_cannot_be_stored_spoils_nobody_elses(database, recorder, patient):
    taken = uuid4()
    recorder.append(an_append(taken))
    appends = [an_append(), an_append(topic="No\0ted"), an_append(taken), an_append()]
    with held_up(database, recorder) as threads:
        first, unstorable, conflicting, last = gathered(recorder, threads, appends)
    with pytest.raises(DataError):
        unstorable.result(20)
    with pytest.raises(IntegrityError):
        conflicting.result(20)
    assert len({*first.result(20), *last.result(20)}) == 2
    assert {fact.stream for fact in recorder.select_log(0, 100)} >= {appends[0].stream, appends[3].stream}


def test_nobody_waits_long_for_somebody_elses_version(database, recorder):
    with held_up(database, recorder) as threads:
        others = [threads.submit(recorder.append, an_append()) for _ in range(5)]
        # The one that is held up still waits.
        assert all(len(future.result(4)) == 1 for future in others)


def test_who_waits_in_vain_is_told_that_the_ledger_cannot_serve(database, recorder):
    stream = uuid4()
    with psycopg.connect(database.app_url) as slow, ThreadPoolExecutor(2) as threads:
        slow.execute(HOLD, (stream,))
        futures = [threads.submit(recorder.append, append) for append in (an_append(stream), an_append())]
        assert len(futures[1].result(20)) == 1
        with pytest.raises(LedgerUnavailable, match="lock timeout") as refused:
            futures[0].result(20)
        assert not refused.value.lost


def test_an_interrupted_leader_takes_nobody_along(database, recorder, patient, monkeypatch):
    """Not even where its statement was written: the others find their own facts there."""
    write = recorder.appender.write

    def interrupted(appends):
        write(appends)
        raise KeyboardInterrupt

    appends = [an_append() for _ in range(3)]
    with held_up(database, recorder) as threads:
        monkeypatch.setattr(recorder.appender, "write", interrupted)
        leader, *others = gathered(recorder, threads, appends)
    with pytest.raises(KeyboardInterrupt):
        leader.result(20)
    assert len(set(transactions(others))) == 1
    monkeypatch.undo()
    assert len(recorder.append(an_append())) == 1
    assert len(recorder.select_log(0, 100)) == len(appends) + 2


def test_one_interrupted_while_it_waits_leaves_the_queue_to_others(database, recorder, patient, monkeypatch):
    class Interrupted:
        def acquire(self, *_, **__):
            raise KeyboardInterrupt

    with held_up(database, recorder) as threads:
        (first,) = gathered(recorder, threads, [an_append()])
        ticket = coalescing._Ticket(an_append())
        ticket.woken = Interrupted()
        recorder._coalescer._waiting.appendleft(ticket)
        with pytest.raises(KeyboardInterrupt):
            recorder._coalescer._is_woken(ticket)
    assert len(first.result(20)) == 1
    assert len(recorder.append(an_append())) == 1


@pytest.mark.parametrize(("bound", "most"), [("BATCH_FACTS_MAX", 4), ("BATCH_BYTES_MAX", 8), ("BATCH_MAX", 2)])
def test_a_statement_has_bounds(database, recorder, patient, monkeypatch, bound, most):
    monkeypatch.setattr(coalescing, bound, most)
    with held_up(database, recorder) as threads:
        futures = gathered(recorder, threads, [an_append(facts=2) for _ in range(4)])
    first, second, third, fourth = transactions(futures)
    assert first == second != third == fourth


def test_appends_of_one_stream_follow_each_other(database, recorder, patient):
    stream = uuid4()
    with held_up(database, recorder) as threads:
        futures = gathered(recorder, threads, [an_append(stream, version=1), an_append(stream, version=2)])
    first, second = transactions(futures)
    assert first < second


def test_facts_of_several_streams_take_their_locks_in_one_order(database, recorder):
    """Whatever order they are given in; or two of them would wait for each other. Positions keep the order given."""
    low, high = sorted(uuid4() for _ in range(2))
    append = append_of([StoredEvent(stream, 1, "Noted", b"{}") for stream in (high, low)])
    with psycopg.connect(database.app_url) as slow, ThreadPoolExecutor(1) as threads:
        slow.execute(HOLD, (low,))
        waiting = threads.submit(recorder.append, append)
        with psycopg.connect(database.app_url, autocommit=True) as watcher:
            wait_until(lambda: watcher.execute(WAITING).fetchone() == (1,))
            watcher.execute("SET lock_timeout = '3s'")
            with watcher.transaction(force_rollback=True):
                watcher.execute(HOLD, (high,))
        slow.rollback()
        positions = list(waiting.result(20))
    assert [(fact.stream, fact.position) for fact in recorder.select_log(0, 10)] == [
        (high, positions[0]),
        (low, positions[1]),
    ]
