"""The runner: rows and position move together, one runner is active, one bad case is parked alone."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from psycopg_pool import ConnectionPool

from domain.administration import ADMINISTRATION_STREAM
from domain.events import DelegationEnded, NoteAdded, PersonErased, ReferencePublished
from domain.reference.load import load_reference
from ledger.facts import FIRST_HASH, LedgerUnavailable
from ledger.histories import AnyEvent
from ledger.store import Ledger
from projections import cases, clocks, history, writing
from projections.progress import Parked, ask_repair, lag, parked
from projections.read_model import Aids, ReadModel, Told, read_models
from projections.runner import AlreadyRunning, Runner
from projections.waiting import PositionWatch
from projections.writing import park
from tests.conftest import Database
from tests.histories import AGENT, CHECK_KEY, a_filing, a_routing, drafts, many_cases, open_ledger, persons_of, write

DAY = date(2026, 3, 2)
TABLES = [model.table for model in read_models()]
MakeRunner = Callable[..., Runner]


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def make_runner(database: Database, ledger: Ledger[AnyEvent]) -> Iterator[MakeRunner]:
    made: list[Runner] = []

    def make(**options: Any) -> Runner:
        runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY, **options)
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with psycopg.connect(database.owner_url) as connection:
        return {
            table: sorted(
                str(row)
                for row in connection.execute(f"SELECT * FROM read.{table}".encode())  # type: ignore[misc]
            )
            for table in TABLES
        }


def query(database: Database, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.owner_url) as connection:
        return connection.execute(text.encode()).fetchall()


def a_case_of(ledger: Ledger[AnyEvent], number: str = "AT-1") -> UUID:
    stream = uuid4()
    write(ledger, stream, [a_filing(stream, number, DAY), a_routing(DAY)])
    return stream


def forget(database: Database, table: str) -> None:
    """As if the model had never been fed."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(f"TRUNCATE read.{table}".encode())
        connection.execute("DELETE FROM read.positions WHERE model = %s", (table,))


def failing(on: set[UUID], model: ReadModel[Any]) -> ReadModel[Any]:
    def rows(told: Told, aids: Aids) -> Any:
        if told.case.id in on:
            raise ValueError("this case cannot be told")
        return model.rows(told, aids)

    return msgspec.structs.replace(model, rows=rows)


def test_every_table_is_its_row(database: Database) -> None:
    for model in read_models():
        with psycopg.connect(database.app_url) as connection:
            columns = connection.execute(f"SELECT * FROM read.{model.table}".encode()).description or []
        # Columns are written by name; what was added later stands last.
        assert sorted(column.name for column in columns) == sorted(model.row.__struct_fields__)


def test_facts_become_rows_and_the_position_moves_with_them(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    runner = make_runner()
    assert runner.run_once() == 0
    stream = a_case_of(ledger)
    assert runner.lag().last_position > runner.lag().position
    assert runner.run_once() == 2
    assert runner.run_once() == 0
    assert query(database, "SELECT case_id, version, status FROM read.cases") == [(stream, 2, "to_claim")]
    assert query(database, "SELECT version, type FROM read.history ORDER BY 1") == [
        (1, "RequestFiled"),
        (2, "RequestRouted"),
    ]
    assert runner.lag().is_current
    assert {row[0] for row in query(database, "SELECT model FROM read.positions")} == set(TABLES)


def test_facts_of_the_administration_pass_by(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    ended = DelegationEnded(delegation=uuid4(), number="1", ends_on=DAY, reason="départ")
    ledger.append(uuid4(), [ended], expected_version=0, previous_hash=FIRST_HASH, actor=AGENT, command=uuid4())
    runner = make_runner()
    assert runner.run_once() == 1
    assert runner.lag().is_current
    assert all(not rows for rows in contents(database).values())


def test_any_batch_size_and_any_restart_give_the_same_rows(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    written = [draft for stream, steps in many_cases(60, 3).items() for draft in drafts(stream, steps)]
    # Cases go on between each other, as they do in service.
    written.sort(key=lambda draft: draft.recorded_at)
    ledger.append_bulk(written)
    first = make_runner()
    first.run_until_current()
    first.close()
    whole = contents(database)
    assert len(whole["cases"]) == 60
    assert len(whole["history"]) == len(written)
    for table in TABLES:
        forget(database, table)
    told = 1
    while told:
        # A new runner for each batch of seven: nothing may depend on what one keeps in memory.
        runner = make_runner(batch=7, catch_up_batch=7)
        told = runner.run_once()
        runner.close()
    assert contents(database) == whole


def test_rows_are_made_with_the_tables_published_before_the_newest_fact_of_their_case(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    """Silence after three months instead of two, published between the filing and the routing of one case."""
    shipped = load_reference()
    published = ReferencePublished(
        table="silence",
        version="2026-03",
        sha256="",
        rows=9,
        confirmed_rows=8,
        effective_from=DAY,
        source="Décret",
        content=shipped.texts["silence.toml"].replace("months = 2", "months = 3", 1),
    )
    before, between = uuid4(), uuid4()
    write(ledger, before, [a_filing(before, "AT-1", DAY), a_routing(DAY)])
    write(ledger, between, [a_filing(between, "AT-2", DAY)])
    runner = make_runner()
    runner.run_until_current()
    write(ledger, ADMINISTRATION_STREAM, [(AGENT, published, DAY)])
    runner.run_until_current()
    expected = [("AT-1", date(2026, 5, 2)), ("AT-2", date(2026, 5, 2))]
    asked = "SELECT number, expires_on FROM read.clocks WHERE clock = 'T1' ORDER BY number"
    assert query(database, asked) == expected
    write(ledger, between, [a_routing(DAY)])
    runner.run_until_current()
    expected = [("AT-1", date(2026, 5, 2)), ("AT-2", date(2026, 6, 2))]
    assert query(database, asked) == expected
    whole = contents(database)
    assert runner.rebuild_case(before, clocks.MODEL)
    assert runner.rebuild_case(between, clocks.MODEL)
    assert contents(database) == whole
    runner.close()
    forget(database, "clocks")
    make_runner(batch=1).run_until_current()
    assert contents(database) == whole


def test_a_batch_that_dies_leaves_rows_and_position_as_they_were(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case_of(ledger)
    runner = make_runner()

    def die(*arguments: Any) -> None:
        park(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "park", die)
    with pytest.raises(KeyboardInterrupt):
        runner.run_once()
    monkeypatch.undo()
    runner.close()
    assert all(not rows for rows in contents(database).values())
    assert query(database, "SELECT * FROM read.positions") == []
    assert make_runner().run_once() == 2
    assert len(contents(database)["history"]) == 2


def test_a_second_runner_stands_by_until_the_first_stops(ledger: Ledger[AnyEvent], make_runner: MakeRunner) -> None:
    first, second = make_runner(), make_runner()
    a_case_of(ledger)
    assert first.run_once() == 2
    with pytest.raises(AlreadyRunning):
        second.run_once()
    first.close()
    a_case_of(ledger, "AT-2")
    assert second.run_once() == 2


def test_a_case_that_a_model_cannot_tell_is_parked_alone_and_taken_up_again(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    bad, good = a_case_of(ledger, "AT-1"), a_case_of(ledger, "AT-2")
    broken = make_runner(models=[failing({bad}, cases.MODEL), history.MODEL])
    broken.run_until_current()
    assert query(database, "SELECT case_id FROM read.cases") == [(good,)]
    assert {row[0] for row in query(database, "SELECT case_id FROM read.history")} == {bad, good}
    with psycopg.connect(database.app_url) as connection:
        (found,) = parked(connection)
        assert lag(connection, 0, ["cases"]).parked == 1
    assert (found.model, found.case_id) == ("cases", bad)
    assert "this case cannot be told" in found.error
    # It stays parked when more happens to it, and a repair that fails again changes nothing.
    write(ledger, bad, [(AGENT, NoteAdded(person=AGENT.person, text="à revoir"), DAY)])
    broken.run_until_current()
    assert not broken.rebuild_case(bad, broken.models["cases"])
    assert query(database, "SELECT count(*) FROM read.history") == [(5,)]
    broken.close()
    mended = make_runner(models=[cases.MODEL, history.MODEL])
    mended.run_once()
    assert query(database, "SELECT version FROM read.cases ORDER BY 1") == [(2,), (3,)]
    assert query(database, "SELECT * FROM read.parked") == []
    assert query(database, "SELECT * FROM read.repairs") == []


def test_a_row_that_the_database_refuses_parks_its_case_alone(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    bad, good = a_case_of(ledger, "AT-1"), a_case_of(ledger, "AT-2")

    def rows(told: Told, aids: Aids) -> Any:
        lines = history.rows(told, aids)
        return [lines[0], *lines] if told.case.id == bad else lines

    twice = msgspec.structs.replace(history.MODEL, rows=rows)
    make_runner(models=[cases.MODEL, twice]).run_until_current()
    assert {row[0] for row in query(database, "SELECT case_id FROM read.history")} == {good}
    assert len(query(database, "SELECT * FROM read.cases")) == 2
    assert query(database, "SELECT model, case_id FROM read.parked") == [("history", bad)]


def test_a_stored_fact_that_cannot_be_read_parks_its_case_alone(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    bad, good = a_case_of(ledger, "AT-1"), a_case_of(ledger, "AT-2")
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        connection.execute(
            "UPDATE ledger.events SET state = '{}' WHERE originator_id = %s AND originator_version = 2", (bad,)
        )
    runner = make_runner()
    runner.run_until_current()
    assert runner.lag().is_current
    assert query(database, "SELECT case_id FROM read.cases") == [(good,)]
    assert {row[0] for row in query(database, "SELECT case_id FROM read.parked")} == {bad}


@pytest.mark.parametrize("read_before", [0, 1])
def test_a_case_that_lacks_a_fact_is_parked_and_not_told_without_it(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner, read_before: int
) -> None:
    stream, whole = uuid4(), a_case_of(ledger)
    write(ledger, stream, [a_filing(stream, "AT-2", DAY)])
    runner = make_runner()
    if read_before:
        runner.run_until_current()
    note = (AGENT, NoteAdded(person=AGENT.person, text="à revoir"), DAY)
    write(ledger, stream, [a_routing(DAY), note, note])
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        connection.execute("DELETE FROM ledger.events WHERE originator_id = %s AND originator_version = 2", (stream,))
    runner.run_until_current()
    aside = {(each.case_id, each.model) for each in told_parked(database)}
    assert aside == {(stream, table) for table in TABLES}
    assert query(database, "SELECT case_id FROM read.cases WHERE version > 1") == [(whole,)]


def told_parked(database: Database) -> list[Parked]:
    with psycopg.connect(database.owner_url) as connection:
        return parked(connection)


def test_an_added_model_catches_up_from_the_first_fact(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    a_case_of(ledger, "AT-1")
    one = make_runner(models=[cases.MODEL])
    one.run_until_current()
    one.close()
    a_case_of(ledger, "AT-2")
    make_runner(models=[cases.MODEL, history.MODEL]).run_until_current()
    assert query(database, "SELECT count(*) FROM read.history") == [(4,)]
    assert query(database, "SELECT count(*) FROM read.cases") == [(2,)]


def test_rows_of_one_case_can_be_asked_for_anew(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    stream = a_case_of(ledger)
    runner = make_runner()
    runner.run_until_current()
    before = contents(database)
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("UPDATE read.cases SET status = 'wrong'")
        connection.execute("DELETE FROM read.history")
        ask_repair(connection, stream)
    runner.repair()
    assert contents(database) == before


def test_facts_are_told_between_many_repairs(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = [a_case_of(ledger, f"AT-{number}") for number in range(6)]
    runner = make_runner()
    runner.run_until_current()
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM read.history")
        for stream in (first, *others):
            ask_repair(connection, stream)
    monkeypatch.setattr("projections.runner.REPAIRING_SECONDS", 0.0)
    monkeypatch.setattr("projections.runner.REPAIRS_SECONDS", 0.0)
    write(ledger, first, [(AGENT, NoteAdded(person=AGENT.person, text="à revoir"), DAY)])
    assert runner.run_once() == 1
    assert query(database, "SELECT count(*) FROM read.repairs") == [(5,)]
    runner.run_until_current()
    assert query(database, "SELECT count(*) FROM read.repairs") == [(0,)]
    assert {row[0] for row in query(database, "SELECT case_id FROM read.history")} == {first, *others}


def test_erasure_takes_the_names_out_of_the_rows(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    stream = a_case_of(ledger)
    runner = make_runner()
    runner.run_until_current()
    assert query(database, "SELECT worker_name FROM read.cases") == [("Benali Youssef",)]
    # The fact is projected before its key is destroyed: the rows must not wait for that.
    erased = PersonErased(person=persons_of(stream)[0], reason="Demande de la personne", erased_on=DAY)
    write(ledger, stream, [(AGENT, erased, DAY)])
    runner.run_until_current()
    assert query(database, "SELECT worker_name, search LIKE '%benali%' FROM read.cases") == [
        ("(donnée effacée)", False)
    ]
    assert query(database, "SELECT count(*) FROM read.history") == [(3,)]


def test_waiting_for_a_position(database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner) -> None:
    runner, stop = make_runner(), threading.Event()
    following = threading.Thread(target=runner.run_forever, args=(stop,))
    with ConnectionPool(database.app_url, min_size=1, open=True) as pool:
        watch = PositionWatch(pool.connection)
        following.start()
        try:
            a_case_of(ledger)
            assert asyncio.run(watch.wait_for(ledger.last_position(), timeout_seconds=5))
            started = time.monotonic()
            assert not asyncio.run(watch.wait_for(ledger.last_position() + 1, timeout_seconds=0.2))
            assert 0.2 <= time.monotonic() - started < 1
        finally:
            stop.set()
            following.join(5)
    assert not following.is_alive()


def test_the_runner_outlives_a_lost_connection(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner
) -> None:
    runner, stop = make_runner(), threading.Event()
    following = threading.Thread(target=runner.run_forever, args=(stop,))
    with ConnectionPool(database.app_url, min_size=1, open=True) as pool:
        watch = PositionWatch(pool.connection)
        following.start()
        try:
            a_case_of(ledger, "AT-1")
            assert asyncio.run(watch.wait_for(ledger.last_position(), timeout_seconds=5))
            with psycopg.connect(database.owner_url) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'smoe-read-models'"
                )
            a_case_of(ledger, "AT-2")
            assert asyncio.run(watch.wait_for(ledger.last_position(), timeout_seconds=10))
        finally:
            stop.set()
            following.join(5)
    assert query(database, "SELECT count(*) FROM read.cases") == [(2,)]


def test_an_outage_of_the_ledger_parks_nothing_and_is_waited_out(
    database: Database, ledger: Ledger[AnyEvent], make_runner: MakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = a_case_of(ledger)
    runner = make_runner()
    assert runner.run_once() == 2
    # Another process writes, and the case must be read again: the ledger's pool fails while our connection lives.
    runner.teller.forget(stream)
    version, head = ledger.head(stream)
    note = NoteAdded(person=uuid4(), text="Suite.")
    ledger.append(stream, [note], expected_version=version, previous_hash=head, actor=AGENT, command=uuid4())
    load = ledger.load
    failures = [LedgerUnavailable("no connection in time") for _ in range(2)]

    def unsteady(*arguments: Any, **options: Any) -> Any:
        if failures:
            raise failures.pop()
        return load(*arguments, **options)

    monkeypatch.setattr(ledger, "load", unsteady)
    with pytest.raises(LedgerUnavailable):
        runner.run_once()
    assert query(database, "SELECT * FROM read.parked") == []
    stop = threading.Event()
    following = threading.Thread(target=runner.run_forever, args=(stop,))
    following.start()
    until = time.monotonic() + 10
    while not runner.lag().is_current and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    following.join()
    assert failures == []
    assert query(database, "SELECT version FROM read.cases") == [(3,)]
    assert query(database, "SELECT * FROM read.parked") == []


def test_the_application_can_only_read(database: Database) -> None:
    for table in (*TABLES, "positions", "parked", "repairs"):
        with psycopg.connect(database.app_url) as connection:
            connection.execute(f"SELECT * FROM read.{table}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DELETE FROM read.{table}".encode())
