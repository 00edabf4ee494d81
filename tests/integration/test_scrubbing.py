"""What a scrub could not do is told and keeps the erasure under way; what it does, it does while others work."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection

from cli.embedded import let_renew_journal
from domain.envelope import ERASED as READS_ERASED
from domain.events import PersonErased
from domain.reference.load import load_reference
from ledger.histories import AnyEvent
from ledger.store import Ledger
from projections.erasures import ErasureRow, Remaining, erasures
from projections.runner import Runner
from reactions.erasure import Erasure
from reactions.scrubbing import Busy, Scrubbing
from tests.conftest import Database, PostgresServer
from tests.histories import AGENT, CHECK_KEY, EMPLOYER, a_filing, open_ledger, persons_of, write
from tests.integration.test_reactions_silence import FILED, STREAM
from tests.unit.given import a_host_family

ERASED = PersonErased(person=persons_of(STREAM)[0], reason="Fin.", erased_on=FILED, archival_visa="AD63 1")


class Bench:
    """A case whose worker was erased, told to the read models."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger: Ledger[AnyEvent] = open_ledger(database.app_url)
        self.runner = Runner(self.ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
        write(self.ledger, STREAM, [a_filing(STREAM, "AT-1", FILED)])
        self.runner.run_until_current()

    def erase(self) -> None:
        write(self.ledger, STREAM, [(AGENT, ERASED, FILED)])
        self.runner.run_until_current()
        with psycopg.connect(self.database.app_url, autocommit=True) as connection:
            Erasure(self.ledger.keys).run_once(connection)

    def scrub(self) -> tuple[Remaining, ...]:
        with self.owner() as connection:
            return Scrubbing(connection, tries_max=2, wait_seconds=0.2).run().remaining

    def owner(self) -> Connection[Any]:
        return psycopg.connect(self.database.owner_url, autocommit=True)

    def erasure(self) -> ErasureRow:
        with psycopg.connect(self.database.app_url) as connection:
            (row,) = erasures(connection)
        return row


@pytest.fixture
def bench(database: Database, postgres_server: PostgresServer) -> Iterator[Bench]:
    let_renew_journal(postgres_server.sockets, database.name)
    made = Bench(database)
    yield made
    made.runner.close()
    made.ledger.close()


def test_an_erasure_is_over_when_a_later_scrub_left_nothing(bench: Bench) -> None:
    assert bench.scrub() == (Remaining.BACKUPS,)
    bench.erase()
    assert bench.erasure().scrubbed_at is None, "the earlier scrub did nothing for it"
    assert bench.scrub() == (Remaining.BACKUPS,)
    assert bench.erasure().scrubbed_at is not None


def test_a_reader_of_before_keeps_an_erasure_under_way(bench: Bench) -> None:
    with psycopg.connect(bench.database.app_url) as old:
        old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT pg_current_snapshot()")
        bench.erase()
        assert bench.scrub() == (Remaining.STILL_READ, Remaining.BACKUPS)
        assert bench.erasure().scrubbed_at is None
    assert bench.scrub() == (Remaining.BACKUPS,)
    assert bench.erasure().scrubbed_at is not None


def test_a_table_that_stays_busy_is_told(bench: Bench) -> None:
    bench.erase()
    with bench.owner() as held, held.transaction():
        held.execute("LOCK TABLE read.cases IN ACCESS SHARE MODE")
        assert Remaining.TABLE_BUSY in bench.scrub()
    assert bench.erasure().scrubbed_at is None


def test_what_the_owner_may_not_do_is_told(bench: Bench, postgres_server: PostgresServer) -> None:
    superuser = postgres_server.url("postgres", bench.database.name)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM smoe_owner")
    assert bench.scrub() == (Remaining.NO_SWITCH, Remaining.BACKUPS)


def test_a_build_under_way_keeps_an_erasure_under_way(bench: Bench) -> None:
    bench.erase()
    with bench.owner() as connection:
        connection.execute(
            "INSERT INTO read.builds (model, build, version, code_version, until, state, made_here)"
            " VALUES ('cases', gen_random_uuid(), 1, 'x', 1, 'filling', true)"
        )
        assert bench.scrub() == (Remaining.BUILDING, Remaining.BACKUPS)
        assert bench.erasure().scrubbed_at is None
        connection.execute("DELETE FROM read.builds")
    assert bench.scrub() == (Remaining.BACKUPS,)


def test_one_at_a_time(bench: Bench) -> None:
    with bench.owner() as other:
        with Scrubbing(other)._alone(), pytest.raises(Busy):
            bench.scrub()
        assert bench.scrub() == (Remaining.BACKUPS,)


def test_a_parked_case_of_an_erased_person_shows_nothing_more(bench: Bench) -> None:
    with bench.owner() as connection:
        for model in ("cases", "history"):
            connection.execute(
                "INSERT INTO read.parked (model, case_id, position, error, code_version) VALUES (%s, %s, 1, 'x', 'x')",
                (model, STREAM),
            )
        write(bench.ledger, STREAM, [(AGENT, ERASED, FILED)])
        bench.runner.run_until_current()
        assert connection.execute("SELECT count(*) FROM read.cases").fetchone() == (1,)
        bench.scrub()
        assert connection.execute("SELECT count(*) FROM read.cases").fetchone() == (0,)


def test_an_emptied_table_keeps_no_statistics(bench: Bench) -> None:
    with bench.owner() as connection:
        connection.execute("CREATE TABLE read.sessions_of_tomorrow (name text)")
        connection.execute("INSERT INTO read.sessions_of_tomorrow SELECT 'Zéphyrine' FROM generate_series(1, 100)")
        connection.execute("ANALYZE read.sessions_of_tomorrow")
        connection.execute("DELETE FROM read.sessions_of_tomorrow")
        common = "SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'sessions_of_tomorrow'"
        assert connection.execute(common).fetchone() == ("{Zéphyrine}",)
        bench.scrub()
        assert connection.execute(common).fetchone() in (None, (None,))


def test_a_private_employer_who_filed_is_named_in_no_line(bench: Bench) -> None:
    """They act under a person of their own, which other cases of theirs may need: lines of this case name them not."""
    stream, (_, person) = UUID(int=77), persons_of(UUID(int=77))
    family = a_host_family(person=person)
    write(bench.ledger, stream, [a_filing(stream, "AT-2", FILED, employer=family)])
    bench.runner.run_until_current()
    names = "SELECT DISTINCT actor_name FROM read.history WHERE case_id = %s AND actor = %s"
    with bench.owner() as connection:
        assert connection.execute(names, (stream, EMPLOYER.identity)).fetchall() == [(EMPLOYER.name,)]
        gone = PersonErased(person=person, reason="Fin.", erased_on=FILED, archival_visa="AD63 1")
        write(bench.ledger, stream, [(AGENT, gone, FILED)])
        bench.runner.run_until_current()
        assert connection.execute(names, (stream, EMPLOYER.identity)).fetchall() == [(READS_ERASED,)]
        agents = connection.execute(names, (stream, AGENT.identity)).fetchall()
        assert agents == [(AGENT.name,)]
