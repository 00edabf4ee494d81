"""Appending: one order, one winner for each version, one answer for each command."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import DataError

from ledger.facts import (
    FIRST_HASH,
    Answer,
    Draft,
    KeyReusedForAnotherCommand,
    KeyUsed,
    LedgerAltered,
    LedgerUnavailable,
    VersionConflict,
)
from tests.ledger_samples import NEW, Filed, Firm, Measured, Noted, Worker, a_key, add, an_actor, open_ledger, told


@pytest.fixture
def ledger(database):
    opened = open_ledger(database.app_url, pool_size=20)
    yield opened
    opened.close()


def rows(database, query):
    with psycopg.connect(database.owner_url) as connection:
        return connection.execute(query).fetchall()


def test_what_was_appended_is_what_is_loaded(ledger):
    stream, cause = uuid4(), uuid4()
    actor, command = an_actor(), uuid4()
    recorded_at = datetime(2025, 3, 1, 23, 30, 0, 123456, tzinfo=UTC)
    facts = ledger.append(
        stream,
        [Noted(text="é"), Measured(count=1, amount="2.50", on=date(2025, 3, 1))],
        **NEW,
        actor=actor,
        command=command,
        correlation=cause,
        causation=f"{cause}/4",
        recorded_at=recorded_at,
    )
    assert [fact.version for fact in facts] == [1, 2]
    assert facts[1].position > facts[0].position
    assert facts[0].previous_hash == FIRST_HASH
    assert facts[1].previous_hash == facts[0].hash
    assert (facts[0].correlation, facts[0].causation, facts[0].command) == (cause, f"{cause}/4", command)
    assert (facts[0].recorded_at, facts[0].actor, facts[0].code_version) == (recorded_at, actor, "test")
    assert len({fact.salt for fact in facts}) == 2
    loaded = ledger.load(stream)
    assert loaded[0] == facts[0]
    assert ledger.load(stream, after_version=1, known_hash=facts[0].hash) == loaded[1:]
    assert ledger.read(facts[0].position - 1, 10) == list(loaded)
    assert ledger.last_position() == facts[1].position


def test_the_legal_date_stands_only_where_it_differs_from_the_day_in_paris(ledger):
    late_evening_utc = datetime(2025, 3, 1, 23, 30, tzinfo=UTC)  # the 2nd of March in Paris
    events = [Measured(count=1, amount=1, on=date(2025, 3, day)) for day in (1, 2)]
    first, second = add(ledger, uuid4(), *events, recorded_at=late_evening_utc)
    assert first.legal_date == date(2025, 3, 1)
    assert second.legal_date is None


def test_a_stale_version_is_refused_and_writes_nothing(ledger):
    stream = uuid4()
    (first,) = add(ledger, stream, Noted(text="1"))
    add(ledger, stream, Noted(text="2"))
    with pytest.raises(VersionConflict) as refused:
        add(ledger, stream, Noted(text="other 2"), expected_version=1, previous_hash=first.hash)
    assert (refused.value.stream, refused.value.expected, refused.value.actual) == (stream, 1, 2)
    assert [fact.event.text for fact in ledger.load(stream)] == ["1", "2"]


def test_a_version_from_the_future_leaves_no_gap(ledger):
    stream = uuid4()
    (first,) = add(ledger, stream, Noted(text="1"))
    with pytest.raises(VersionConflict):
        add(ledger, stream, Noted(text="8"), expected_version=7, previous_hash=first.hash)
    assert len(ledger.load(stream)) == 1


def test_the_chain_cannot_be_continued_from_another_fact(ledger):
    stream = uuid4()
    add(ledger, stream, Noted(text="1"))
    with pytest.raises(LedgerAltered):
        add(ledger, stream, Noted(text="2"), expected_version=1, previous_hash=bytes(range(32)))
    assert len(ledger.load(stream)) == 1


def test_a_new_stream_continues_nothing(ledger):
    stream = uuid4()
    with pytest.raises(ValueError, match="FIRST_HASH"):
        add(ledger, stream, Noted(text="1"), expected_version=0, previous_hash=b"\1" * 32)
    assert ledger.load(stream) == ()


@contextmanager
def database_set(database, setting: str, value: str):
    """A server, or an operator, that gives sessions other defaults than PostgreSQL's."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {database.name} SET {setting} = '{value}'".encode())
        try:
            yield
        finally:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER DATABASE {database.name} RESET {setting}".encode())


def test_a_server_that_takes_no_writes_is_one_that_is_away_and_is_left_for_the_next(database):
    stream = uuid4()
    with database_set(database, "default_transaction_read_only", "on"):
        ledger = open_ledger(database.app_url)
        with pytest.raises(LedgerUnavailable, match="read-only"):
            add(ledger, stream, Noted(text="1"))
    try:
        (fact,) = add(ledger, stream, Noted(text="1"))
    finally:
        ledger.close()
    assert fact.version == 1


def test_whatever_sessions_are_set_to_each_statement_sees_what_was_committed_before(database):
    with database_set(database, "default_transaction_isolation", "serializable"):
        ledger = open_ledger(database.app_url)
        try:
            add(ledger, uuid4(), Noted(text="1"))
            with ledger.recorder.datastore.get_connection() as connection:
                (level,) = connection.execute("SHOW transaction_isolation").fetchall()
        finally:
            ledger.close()
    assert level == {"transaction_isolation": "read committed"}


def test_keys_and_names_are_stored_in_utf_8_whatever_an_address_says(database):
    key, actor = a_key("clé n° 1", actor="local:zoé"), an_actor("Zoé", identity="local:zoé")
    ledger = open_ledger(f"{database.app_url}&client_encoding=latin1")
    try:
        add(ledger, uuid4(), Noted(text="1"), key=key, answer=told, actor=actor)
        with pytest.raises(KeyUsed):
            add(ledger, uuid4(), Noted(text="1"), key=key, answer=told, actor=actor)
    finally:
        ledger.close()
    assert rows(database, "SELECT actor, key FROM ledger.commands") == [("local:zoé", "clé n° 1")]


def test_what_the_server_has_no_room_for_is_not_an_outage(ledger):
    drawn = "".join(str(uuid4()) for _ in range(300))
    with pytest.raises(DataError, match="index"):
        add(ledger, uuid4(), Noted(text="1"), key=a_key(drawn), answer=told)


def test_of_sixteen_writers_exactly_one_wins_each_version(ledger):
    stream, rounds, writers = uuid4(), 12, 16
    wins: list[tuple[int, int]] = []
    turn = threading.Barrier(writers)

    def write(writer: int) -> int:
        refused = 0
        for _ in range(rounds):
            version, digest = ledger.head(stream)
            turn.wait(20)
            try:
                add(ledger, stream, Noted(text=str(writer)), expected_version=version, previous_hash=digest)
                wins.append((version + 1, writer))
            except VersionConflict:
                refused += 1
            turn.wait(20)
        return refused

    with ThreadPoolExecutor(writers) as pool:
        refused = sum(pool.map(write, range(writers)))
    assert sorted(version for version, _ in wins) == list(range(1, rounds + 1))
    assert refused == rounds * (writers - 1)
    assert [(fact.version, int(fact.event.text)) for fact in ledger.load(stream)] == sorted(wins)


def test_a_follower_misses_nothing_while_many_append(ledger):
    """The trigger makes positions visible in their order, whoever inserts."""
    done = threading.Event()
    followed: list[tuple[int, str]] = []

    def follow() -> None:
        last = False
        while True:
            last = done.is_set()
            batch = ledger.read(followed[-1][0] if followed else 0, 7)
            followed.extend((fact.position, fact.event.text) for fact in batch)
            if last and not batch:
                return

    def write(writer: int) -> None:
        for number in range(15):
            stream = uuid4()
            add(ledger, stream, *(Noted(text=f"{writer}/{number}/{part}") for part in range(3)))

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    done.set()
    follower.join(30)
    assert [position for position, _ in followed] == sorted({position for position, _ in followed})
    assert sorted(text for _, text in followed) == sorted(
        f"{writer}/{number}/{part}" for writer in range(8) for number in range(15) for part in range(3)
    )


def test_a_key_replays_its_answer_byte_for_byte_from_another_ledger(ledger, database):
    key, stream = a_key("k-1"), uuid4()
    facts = add(ledger, stream, Noted(text="1"), key=key, answer=told)
    other = open_ledger(database.app_url)
    try:
        assert other.find_answer(key.actor, key.key, key.fingerprint) == told(facts)
        with pytest.raises(KeyUsed) as used:
            add(other, stream, Noted(text="again"), key=key, answer=told)
        assert used.value.answer == told(facts)
        with pytest.raises(KeyUsed):
            add(other, uuid4(), Noted(text="again, elsewhere"), key=key, answer=told)
    finally:
        other.close()
    assert ledger.last_position() == facts[0].position
    assert ledger.load(stream) == facts
    assert facts[0].command_key == "k-1"


def test_a_key_that_comes_with_another_request_is_refused(ledger):
    key, other = a_key("k-2"), a_key("k-2", b'{"other": 1}')
    add(ledger, uuid4(), Noted(text="1"), key=key, answer=told)
    with pytest.raises(KeyReusedForAnotherCommand):
        ledger.find_answer(other.actor, other.key, other.fingerprint)
    before = ledger.last_position()
    with pytest.raises(KeyReusedForAnotherCommand):
        add(ledger, uuid4(), Noted(text="2"), key=other, answer=told)
    assert ledger.last_position() == before


def test_two_actors_may_choose_the_same_key(ledger):
    mine, theirs = a_key("k-3"), a_key("k-3", actor="local:agent-84")
    first = add(ledger, uuid4(), Noted(text="1"), key=mine, answer=told)
    assert ledger.find_answer(theirs.actor, theirs.key, theirs.fingerprint) is None
    add(ledger, uuid4(), Noted(text="2"), key=theirs, answer=told)
    assert ledger.find_answer(mine.actor, mine.key, mine.fingerprint) == told(first)


def test_the_same_command_sent_at_once_is_carried_out_once(ledger):
    key, streams = a_key("k-4"), [uuid4() for _ in range(8)]
    start = threading.Barrier(8)

    def send(stream) -> Answer:
        start.wait(10)
        try:
            return told(add(ledger, stream, Noted(text="once"), key=key, answer=told))
        except KeyUsed as used:
            return used.answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, streams))
    assert len(set(answers)) == 1
    assert sum(len(ledger.load(stream)) for stream in streams) == 1


def test_an_answer_that_cannot_be_made_leaves_no_fact(ledger):
    stream, key = uuid4(), a_key("k-5")

    def fails(facts) -> Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add(ledger, stream, Noted(text="1"), key=key, answer=fails)
    assert ledger.load(stream) == ()
    assert ledger.find_answer(key.actor, key.key, key.fingerprint) is None


CRASH = """
import os, signal, sys
from uuid import UUID
from tests.ledger_samples import Noted, a_key, add, open_ledger, told

ledger = open_ledger(sys.argv[1], notify=lambda position: os.kill(os.getpid(), signal.SIGKILL))
add(ledger, UUID(sys.argv[2]), Noted(text="once"), key=a_key(sys.argv[2]), answer=told)
"""


@pytest.mark.parametrize("attempt", range(3))
def test_killed_between_commit_and_answer_the_command_is_replayed(ledger, database, attempt):
    stream = uuid4()
    killed = subprocess.run([sys.executable, "-c", CRASH, database.app_url, str(stream)], env=os.environ, check=False)
    assert killed.returncode == -signal.SIGKILL
    facts = ledger.load(stream)
    assert len(facts) == 1
    for _ in range(2):
        with pytest.raises(KeyUsed) as used:
            add(ledger, stream, Noted(text="once"), key=a_key(str(stream)), answer=told)
        assert used.value.answer == told(facts)
    assert ledger.load(stream) == facts


@pytest.mark.parametrize("count", [1, 2])
def test_a_connection_lost_after_the_commit_is_neither_conflict_nor_double(ledger, monkeypatch, count):
    actor = an_actor()
    add(ledger, uuid4(), Noted(text="so that the actor's key is at hand"), actor=actor)
    real, losses = ledger.recorder.datastore.get_connection, iter([True])

    @contextmanager
    def loses_the_first_acknowledgement() -> Iterator[psycopg.Connection]:
        with real() as connection:
            yield connection
        if next(losses, False):
            raise LedgerUnavailable("server closed the connection unexpectedly", lost=True)

    monkeypatch.setattr(ledger.recorder.datastore, "get_connection", loses_the_first_acknowledgement)
    stream, key = uuid4(), a_key("k-6")
    notes = [Noted(text=str(number)) for number in range(count)]
    facts = ledger.append(stream, notes, **NEW, actor=actor, command=uuid4(), key=key, answer=told)
    assert next(losses, None) is None
    assert ledger.load(stream) == facts
    assert ledger.find_answer(key.actor, key.key, key.fingerprint) == told(facts)


def test_a_connection_lost_before_the_commit_is_tried_again(ledger, database):
    stream, key, kills = uuid4(), a_key("k-7"), []

    def cut_once(facts) -> Answer:
        if not kills:
            with psycopg.connect(database.app_url) as connection:
                kills.extend(
                    connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
                    ).fetchall()
                )
        return told(facts)

    facts = add(ledger, stream, Noted(text="1"), key=key, answer=cut_once)
    assert kills
    assert ledger.load(stream) == facts
    assert ledger.find_answer(key.actor, key.key, key.fingerprint) == told(facts)


def test_a_statement_that_the_driver_has_deallocated_is_prepared_again(database):
    """It does so after a rollback, among others, on a connection that appends will use again."""
    ledger = open_ledger(database.app_url, pool_size=1)
    add(ledger, uuid4(), Noted(text="1"))
    with ledger.recorder.datastore.get_connection() as connection:
        connection.execute("DEALLOCATE ALL")
    add(ledger, uuid4(), Noted(text="2"))
    stream = uuid4()
    facts = add(ledger, stream, Noted(text="3"))
    assert ledger.load(stream) == facts
    ledger.close()


def test_after_the_commit_followers_are_woken_with_the_position_only(database):
    woken: list[int] = []
    ledger = open_ledger(database.app_url, notify=woken.append)
    try:
        facts = add(ledger, uuid4(), Noted(text="1"), Noted(text="2"))
    finally:
        ledger.close()
    assert woken == [facts[-1].position]


def test_the_library_reads_our_store(ledger):
    stream = uuid4()
    facts = add(ledger, stream, Noted(text="1"), Noted(text="2"))
    assert tuple(event.event for event in ledger.application.events.get(stream)) == (Noted(text="1"), Noted(text="2"))
    notifications = ledger.application.notification_log.select(facts[0].position, 10)
    assert [notification.topic for notification in notifications] == ["Noted", "Noted"]
    with ledger.recorder.subscribe(gt=facts[0].position - 1) as subscription:
        assert ledger.application.mapper.to_domain_event(next(subscription)) == facts[0]


def some_drafts(streams, actor, count=7):
    for number in range(count):
        for stream in streams:
            event = (
                Noted(text=f"{number}")
                if number
                else Filed(worker=Worker(person=stream, name=f"Personne {stream}"), employer=Firm(siret="1"))
            )
            yield Draft(
                stream=stream,
                event=event,
                actor=actor,
                recorded_at=datetime(2025, 1, 1 + number, tzinfo=UTC),
                command=stream,
                correlation=stream,
                salt=bytes([number]) * 16,
            )


def test_bulk_writes_what_single_appends_write(ledger):
    actor, streams = an_actor(), [uuid4() for _ in range(9)]
    drafts = list(some_drafts(streams, actor))
    count, last = ledger.append_bulk(iter(drafts), batch=10)
    assert (count, last) == (63, ledger.last_position())
    in_order = ledger.read(last - 63, 100)
    assert [fact.event for fact in in_order] == [draft.event for draft in drafts]
    assert list(ledger.verify_all()) == []
    for stream in streams:
        facts = ledger.load(stream)
        twin = uuid4()
        for fact in facts:
            add(
                ledger,
                twin,
                fact.event,
                actor=actor,
                recorded_at=fact.recorded_at,
                command=fact.command,
                correlation=fact.correlation,
            )
        for bulk, single in zip(facts, ledger.load(twin), strict=True):
            for field in ("version", "event", "actor", "recorded_at", "legal_date", "command", "code_version"):
                assert getattr(bulk, field) == getattr(single, field)
    assert ledger.load(streams[0])[3].salt == bytes([3]) * 16
    add(ledger, streams[0], Noted(text="and on"))
    assert len(ledger.load(streams[0])) == 8


def test_bulk_refuses_a_stream_that_is_not_new(ledger):
    actor, stream = an_actor(), uuid4()
    add(ledger, stream, Noted(text="1"))
    before = ledger.last_position()
    with pytest.raises(VersionConflict) as refused:
        ledger.append_bulk(some_drafts([uuid4(), stream], actor))
    assert refused.value.stream == stream
    assert ledger.last_position() == before


def test_bulk_that_is_stopped_on_its_way_leaves_nothing(ledger):
    actor, streams = an_actor(), [uuid4() for _ in range(9)]
    before = ledger.last_position()

    def stopped():
        for number, draft in enumerate(some_drafts(streams, actor)):
            if number == 35:
                raise KeyboardInterrupt
            yield draft

    with pytest.raises(KeyboardInterrupt):
        ledger.append_bulk(stopped(), batch=10)
    assert ledger.read(before, 10) == []
    assert [ledger.head(stream)[0] for stream in streams] == [0] * 9
    count, _ = ledger.append_bulk(some_drafts(streams, actor), batch=10)
    assert count == 63
    assert list(ledger.verify_all()) == []


def test_two_appends_that_meet_the_same_person_first_share_one_key(ledger, database):
    others = [open_ledger(database.app_url) for _ in range(6)]
    person, start = uuid4(), threading.Barrier(6)

    def write(writer) -> None:
        start.wait(10)
        worker = Worker(person=person, name="Zoé")
        add(writer, uuid4(), Filed(worker=worker, employer=Firm(siret="1")))

    try:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(write, others))
    finally:
        for other in others:
            other.close()
    assert {fact.event.worker.name for fact in ledger.read(0, 10)} == {"Zoé"}
    assert rows(database, f"SELECT count(*) FROM ledger.person_keys WHERE person = '{person}'") == [(1,)]


def test_an_append_after_a_transaction_was_rolled_back(database):
    """The driver then deallocates what is prepared on the connection, whoever prepared it."""
    ledger = open_ledger(database.app_url, pool_size=2)
    stream = uuid4()
    for number in range(4):
        add(ledger, stream, Noted(text=str(number)))
    draft = Draft(
        stream=stream,
        event=Noted(text="not new"),
        actor=an_actor(),
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        command=uuid4(),
        correlation=uuid4(),
    )
    with pytest.raises(VersionConflict):
        ledger.append_bulk([draft])
    # On either connection.
    for number in range(4, 8):
        assert [fact.version for fact in add(ledger, stream, Noted(text=str(number)))] == [number + 1]
    ledger.close()
