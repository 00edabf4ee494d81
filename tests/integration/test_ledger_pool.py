"""The pool of the ledger's connections: what is given back is lent again, and never more than there may be."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg_pool import PoolClosed, PoolTimeout

from ledger import pool as pools
from ledger.pool import Pool
from tests.conftest import Database

SIZE = 3


@pytest.fixture
def pool(database: Database) -> Iterator[Pool]:
    made = Pool(
        connection_class=Connection,
        conninfo=database.app_url,
        kwargs={"autocommit": True},
        min_size=1,
        max_size=SIZE,
        open=True,
        timeout=20,
    )
    made.wait()
    yield made
    made.close()


def backend(connection: Connection[Any]) -> int:
    return connection.info.backend_pid


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_given_back_is_lent_again_the_last_first(pool):
    first, second = pool.getconn(), pool.getconn()
    pool.putconn(first)
    pool.putconn(second)
    assert pool.getconn() is second
    assert pool.getconn() is first
    pool.putconn(first)
    pool.putconn(second)


def test_there_are_never_more_than_the_greatest_size(pool):
    lent = [pool.getconn() for _ in range(SIZE)]
    with pytest.raises(PoolTimeout):
        pool.getconn(timeout=0.05)
    for connection in lent:
        pool.putconn(connection)
    assert len({backend(connection) for connection in [pool.getconn() for _ in range(SIZE)]}) == SIZE
    for connection in lent:
        pool.putconn(connection)


def test_whoever_waits_gets_what_is_given_back(pool):
    lent = [pool.getconn() for _ in range(SIZE)]
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(pool.getconn) for _ in range(2)]
        wait_until(lambda: pool.get_stats()["requests_waiting"] == 2)
        pool.putconn(lent[0])
        pool.putconn(lent[1])
        got = [each.result(timeout=20) for each in waiting]
    assert {id(connection) for connection in got} == {id(connection) for connection in lent[:2]}
    for connection in [*got, lent[2]]:
        pool.putconn(connection)


def test_many_threads_share_few_connections(pool):
    """Whoever had to wait is not forgotten, however the giving back and the asking fall together."""
    using, most, counting = 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal using, most
        for _ in range(100):
            connection = pool.getconn()
            with counting:
                using += 1
                most = max(most, using)
            assert connection.execute("SELECT %s::int", (number,)).fetchone() == (number,)
            with counting:
                using -= 1
            pool.putconn(connection)
        return number

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(work, range(12))) == list(range(12))
    assert most <= SIZE
    stats = pool.get_stats()
    assert stats["pool_size"] <= SIZE
    assert stats["pool_available"] == stats["pool_size"]


def test_a_broken_one_is_not_lent_again(pool, database):
    connection = pool.getconn()
    with psycopg.connect(database.app_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (backend(connection),))
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    pool.putconn(connection)
    following = pool.getconn()
    assert following is not connection
    assert following.execute("SELECT 1").fetchone() == (1,)
    pool.putconn(following)


def test_one_left_in_a_transaction_is_lent_again_outside_of_it(pool):
    connection = pool.getconn()
    connection.execute("BEGIN")
    pool.putconn(connection)
    wait_until(lambda: pool.get_stats()["pool_available"] == 1)
    following = pool.getconn()
    assert following.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    pool.putconn(following)


def test_a_check_replaces_those_that_broke_while_nobody_used_them(pool, database):
    connection = pool.getconn()
    broken = backend(connection)
    pool.putconn(connection)
    with psycopg.connect(database.app_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (broken,))
        wait_until(lambda: other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (broken,)).fetchone() is None)
    pool.check()
    following = pool.getconn()
    assert backend(following) != broken
    assert following.execute("SELECT 1").fetchone() == (1,)
    pool.putconn(following)


def test_those_at_hand_go_through_the_pool_now_and_then(pool, monkeypatch):
    """It knows how old a connection may become: one that is in use all the time grows old as well."""
    monkeypatch.setattr(pools, "AT_HAND_SECONDS", 0.0)
    pool.max_lifetime = 0.0
    lent = pool.getconn()
    born = backend(lent)
    # Given an age when it was made, a moment ago.
    lent._expire_at = time.monotonic()
    pool.putconn(lent)
    following = pool.getconn()
    assert backend(following) != born
    pool.putconn(following)


def test_closing_closes_those_at_hand_and_those_lent_once_they_are_back(pool):
    lent, at_hand = pool.getconn(), pool.getconn()
    pool.putconn(at_hand)
    pool.close()
    assert at_hand.closed
    assert not lent.closed
    pool.putconn(lent)
    assert lent.closed
    with pytest.raises(PoolClosed):
        pool.getconn()


def test_what_is_at_hand_counts_as_available(pool):
    connection = pool.getconn()
    assert pool.get_stats()["pool_available"] == 0
    pool.putconn(connection)
    stats = pool.get_stats()
    assert (stats["pool_size"], stats["pool_available"]) == (1, 1)
