"""Waiting for a position: one look serves everybody, nobody is answered by what was seen before they asked."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg_pool import ConnectionPool

from projections.read_model import read_models
from projections.waiting import LOOK_SECONDS, PositionWatch
from tests.conftest import Database

TABLES = [model.table for model in read_models()]


class Counted:
    """Lends connections of a pool and counts how often; `gate` holds the lending up while it is not set."""

    def __init__(self, pool: ConnectionPool[Connection[Any]]) -> None:
        self.pool = pool
        self.lent = 0
        self.begun = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        self.lent += 1
        with self.pool.connection() as connection:
            self.begun.set()
            yield connection
            # After the question: what was seen is already old by the time it is told.
            assert self.gate.wait(10)


@pytest.fixture
def counted(database: Database) -> Iterator[Counted]:
    # One connection: whoever held it while waiting would stop all others.
    with ConnectionPool(database.app_url, min_size=1, max_size=1, timeout=2, open=True) as pool:
        pool.wait()
        yield Counted(pool)


def reach(database: Database, position: int, *models: str) -> None:
    """Write how far these models have come, as the runner does."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(
            "INSERT INTO read.positions (model, position) SELECT unnest(%s::text[]), %s"
            " ON CONFLICT (model) DO UPDATE SET position = EXCLUDED.position, moved_at = now()",
            (list(models or TABLES), position),
        )


def waited(watch: PositionWatch, position: int, **options: Any) -> bool:
    """Wait on an event loop of one's own, in whatever thread."""
    return asyncio.run(watch.wait_for(position, **options))


def test_a_position_that_is_reached_is_not_waited_for(database: Database, counted: Counted) -> None:
    reach(database, 1 << 40)
    watch = PositionWatch(counted.connection)
    assert waited(watch, 1 << 40)
    assert waited(watch, 0)
    assert counted.lent <= 2


def test_two_hundred_waiters_ask_no_more_than_one(database: Database, counted: Counted) -> None:
    reach(database, 1 << 30)
    watch = PositionWatch(counted.connection)
    began = time.monotonic()
    with ThreadPoolExecutor(200) as threads:
        waits = [threads.submit(waited, watch, 2 << 30, timeout_seconds=20) for _ in range(200)]
        while len(watch._waiters) < 200:
            time.sleep(0.001)
        time.sleep(0.2)
        assert not any(wait.done() for wait in waits)
        reach(database, 2 << 30)
        assert all(wait.result() for wait in waits)
    looks = (time.monotonic() - began) / LOOK_SECONDS
    assert 2 <= counted.lent <= looks + 1, "looks are shared, and kept apart"
    asked = counted.lent
    time.sleep(10 * LOOK_SECONDS)
    assert counted.lent == asked, "nobody looks when nobody waits"
    assert "position-watch" not in {thread.name for thread in threading.enumerate()}


def test_who_comes_late_is_not_answered_by_a_look_begun_before(database: Database, counted: Counted) -> None:
    reach(database, 5)
    watch = PositionWatch(counted.connection)
    counted.gate.clear()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(waited, watch, 5, timeout_seconds=5)
        assert counted.begun.wait(5)
        # The look under way saw 5; a rebuild begins anew from nothing before the second one asks.
        reach(database, 0)
        late = threads.submit(waited, watch, 5, timeout_seconds=0.05)
        while len(watch._waiters) < 2:
            time.sleep(0.001)
        time.sleep(2 * LOOK_SECONDS)
        counted.gate.set()
        assert first.result() is True
        assert late.result() is False


def test_a_wait_in_vain_ends_in_its_own_time(database: Database, counted: Counted) -> None:
    reach(database, 5)
    watch = PositionWatch(counted.connection)
    with ThreadPoolExecutor(2) as threads:
        patient = threads.submit(waited, watch, 6, timeout_seconds=10)
        began = time.monotonic()
        assert waited(watch, 6, timeout_seconds=0.1) is False
        assert 0.1 <= time.monotonic() - began < 5
        assert not patient.done()
        reach(database, 6)
        assert patient.result() is True


def test_a_wait_without_patience_looks_once(database: Database, counted: Counted) -> None:
    watch = PositionWatch(counted.connection)
    assert waited(watch, 1, timeout_seconds=0) is False
    reach(database, 1)
    time.sleep(2 * LOOK_SECONDS)
    assert waited(watch, 1, timeout_seconds=0) is True


def test_every_model_named_must_have_come_so_far(database: Database, counted: Counted) -> None:
    watch = PositionWatch(counted.connection)
    reach(database, 9, "cases", "history")
    assert waited(watch, 9, models=["cases", "history"], timeout_seconds=1) is True
    assert waited(watch, 9, models=["cases", "clocks"], timeout_seconds=0.05) is False
    assert waited(watch, 9, timeout_seconds=0.05) is False
    assert waited(watch, 9, models=[], timeout_seconds=0.05) is True


def test_a_model_that_is_being_swapped_is_waited_for(database: Database, counted: Counted) -> None:
    reach(database, 7)
    watch = PositionWatch(counted.connection)
    with ThreadPoolExecutor(1) as threads, psycopg.connect(database.owner_url) as swapping:
        # Another build takes the place of the live one in one transaction, which locks the table that is read.
        swapping.execute("ALTER TABLE read.cases RENAME TO cases_before")
        swapping.execute("CREATE TABLE read.cases (LIKE read.cases_before INCLUDING ALL)")
        swapping.execute("UPDATE read.positions SET position = 8 WHERE model = 'cases'")
        assert waited(watch, 7, models=["cases"], timeout_seconds=0.5) is True, "until then the live one is read"
        wait = threads.submit(waited, watch, 8, models=["cases"], timeout_seconds=10)
        time.sleep(4 * LOOK_SECONDS)
        assert not wait.done()
        swapping.commit()
        assert wait.result() is True


def test_an_outage_is_raised_in_everybody_who_waits_and_forgotten(database: Database, counted: Counted) -> None:
    reach(database, 5)
    watch = PositionWatch(counted.connection)
    counted.gate.clear()
    with ThreadPoolExecutor(20) as threads:
        waits = [threads.submit(waited, watch, 6, timeout_seconds=10) for _ in range(20)]
        assert counted.begun.wait(5)
        while len(watch._waiters) < 20:
            time.sleep(0.001)
        counted.gate.set()
        with psycopg.connect(database.app_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        for wait in waits:
            with pytest.raises(psycopg.OperationalError):
                wait.result()
    reach(database, 6)
    assert waited(watch, 6, timeout_seconds=5) is True


def test_any_number_may_wait_without_a_thread(database: Database, counted: Counted) -> None:
    reach(database, 5)
    watch = PositionWatch(counted.connection)

    async def meanwhile() -> None:
        waits = [asyncio.create_task(watch.wait_for(6, timeout_seconds=20)) for _ in range(500)]
        in_vain = asyncio.create_task(watch.wait_for(7, timeout_seconds=0.1))
        left = asyncio.create_task(watch.wait_for(6, timeout_seconds=20))
        assert await in_vain is False
        assert len(watch._waiters) == 501
        assert len([thread for thread in threading.enumerate() if thread.name == "position-watch"]) == 1
        left.cancel()
        await asyncio.wait([left])
        assert len(watch._waiters) == 500
        await asyncio.to_thread(reach, database, 6)
        assert all(await asyncio.gather(*waits))
        assert await watch.wait_for(6, timeout_seconds=0) is True

    asyncio.run(meanwhile())


def test_whoever_waits_without_a_thread_is_told_of_an_outage(database: Database) -> None:
    @contextmanager
    def away() -> Iterator[Connection[Any]]:
        raise psycopg.OperationalError("gone")
        yield

    with pytest.raises(psycopg.OperationalError, match="gone"):
        asyncio.run(PositionWatch(away).wait_for(1, timeout_seconds=5))
