"""Who appends and for how long: seen, said once for each, and never guessed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from structlog.testing import capture_logs

from ledger.vitals import AppenderWatch, oldest_transaction
from tests.conftest import Database

STUCK = "an appender is stuck and holds all readers back"


@contextmanager
def appending(url: str, name: str) -> Iterator[Connection[Any]]:
    """A session that has begun to append and does not end."""
    with psycopg.connect(url, application_name=name) as connection:
        # It appends nothing: what readers must wait for is the lock and the number of its transaction.
        connection.execute("LOCK TABLE ledger.events IN ROW EXCLUSIVE MODE")
        connection.execute("SELECT pg_current_xact_id()")
        yield connection
        connection.rollback()


def test_nobody_appends(database: Database) -> None:
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        assert AppenderWatch(30).look(connection) == ()
        assert oldest_transaction(connection) is None


def test_who_appends_is_told_with_pid_name_and_age(database: Database) -> None:
    with (
        psycopg.connect(database.app_url, autocommit=True) as connection,
        appending(database.app_url, "first-writer") as first,
        appending(database.app_url, "second-writer") as second,
    ):
        found = AppenderWatch(30).look(connection)
        assert [(each.pid, each.application_name) for each in found] == [
            (first.info.backend_pid, "first-writer"),
            (second.info.backend_pid, "second-writer"),
        ]
        assert 0 < found[1].seconds < found[0].seconds < 30
        oldest = oldest_transaction(connection)
        assert oldest is not None
        assert oldest.pid == first.info.backend_pid


def test_who_reads_the_ledger_or_writes_elsewhere_is_no_appender(database: Database) -> None:
    with (
        psycopg.connect(database.app_url, autocommit=True) as connection,
        psycopg.connect(database.owner_url) as reader,
        psycopg.connect(database.owner_url) as writer,
    ):
        reader.execute("SELECT count(*) FROM ledger.events")
        writer.execute("UPDATE read.positions SET position = 0")
        writer.execute("SELECT pg_current_xact_id()")
        assert AppenderWatch(30).look(connection) == ()


def test_a_stuck_appender_is_said_once(database: Database) -> None:
    watch = AppenderWatch(0)
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        with appending(database.app_url, "stuck-writer") as stuck, capture_logs() as logs:
            assert watch.run_once(connection) == 1
            assert watch.run_once(connection) == 1
            assert [line["event"] for line in logs] == [STUCK]
            assert (logs[0]["pid"], logs[0]["application_name"]) == (stuck.info.backend_pid, "stuck-writer")
            assert logs[0]["seconds"] > 0
        assert watch.run_once(connection) == 0
        with appending(database.app_url, "next-writer"), capture_logs() as logs:
            watch.run_once(connection)
            assert [line["application_name"] for line in logs] == ["next-writer"]


def test_within_the_bound_nothing_is_said(database: Database) -> None:
    with (
        psycopg.connect(database.app_url, autocommit=True) as connection,
        appending(database.app_url, "writer"),
        capture_logs() as logs,
    ):
        assert AppenderWatch(30).run_once(connection) == 0
        assert logs == []


def test_the_age_of_another_role_counts_from_when_it_was_first_seen(database: Database) -> None:
    watch = AppenderWatch(30)
    with (
        psycopg.connect(database.app_url, autocommit=True) as connection,
        appending(database.owner_url, "owner-writer") as owner,
    ):
        (first,) = watch.look(connection)
        assert (first.pid, first.seconds) == (owner.info.backend_pid, 0)
        (again,) = watch.look(connection)
        assert again.seconds > 0
        # To whom it may see, it is as old as it is.
        with psycopg.connect(database.owner_url, autocommit=True) as of_owner:
            (told,) = watch.look(of_owner)
            assert told.seconds > again.seconds
