"""What goes wrong while read models are made: damaged facts, faulty code, processes that end."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import active_children
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from domain.administration import ADMINISTRATION_STREAM
from domain.reference.load import load_reference
from ledger.facts import LedgerAltered
from ledger.histories import AnyEvent
from ledger.store import Ledger
from projections import cases, history
from projections.building import Builder, Step
from projections.progress import parked
from projections.read_model import Aids, Told, read_models
from projections.runner import Runner
from projections.workers import Crew, Source
from tests.conftest import Database
from tests.histories import CHECK_KEY, MASTER_KEY, a_filing, a_routing, open_ledger, record_administration, write
from tests.integration.test_projections_building import DAY, TABLES, a_note, checksums, live_cases, never_fed, query


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def source(database: Database) -> Source:
    return Source(
        database_url=database.app_url,
        owner_database_url=database.owner_url,
        master_key=MASTER_KEY,
        check_key=CHECK_KEY,
        code_version="test",
    )


@pytest.fixture
def runner(database: Database, ledger: Ledger[AnyEvent]) -> Iterator[Runner]:
    made = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    yield made
    made.close()


def test_a_process_that_ended_is_replaced_and_its_batch_told_without_it(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_cases(ledger, 100)
    runner.run_until_current()
    runner.close()
    followed = checksums(database)
    monkeypatch.setattr("projections.following.CREW_FACTS_MIN", 50)
    monkeypatch.setattr("projections.following.CREW_BATCH", 200)
    crew = Crew(source, 2)
    shared_out: list[list[int]] = []
    tell = crew.tell

    def telling(*arguments: Any) -> Any:
        told = tell(*arguments)
        shared_out.append([child.pid or 0 for child in active_children()])
        if len(shared_out) == 2:
            os.kill(shared_out[-1][0], signal.SIGKILL)
        return told

    monkeypatch.setattr(crew, "tell", telling)
    never_fed(database)
    shared = Runner(
        ledger,
        database.owner_url,
        reference=load_reference(),
        check_key=CHECK_KEY,
        batch=100,
        catch_up_batch=100,
        crew=crew,
    )
    try:
        shared.run_until_current()
    finally:
        shared.close()
        crew.close()
    assert checksums(database) == followed
    killed = shared_out[1][0]
    after = shared_out[2:]
    assert after, "the crew told nothing any more"
    assert all(killed not in present and len(present) == 2 for present in after)


def test_a_case_that_has_lost_its_beginning_stays_parked(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    """Also the first and the last of all, which no other stands beside."""
    cases = sorted(live_cases(ledger, 30))
    damaged = {cases[0], cases[15], cases[-1]}
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        connection.execute(
            "DELETE FROM ledger.events WHERE originator_id = ANY(%s) AND originator_version = 1", (list(damaged),)
        )
    runner.run_until_current()
    for workers in (0, 1):
        if workers:
            Builder(source, workers=workers, part_cases=7).build(["cases"])
        with psycopg.connect(database.owner_url) as connection:
            assert {each.case_id for each in parked(connection) if each.model == "cases"} == damaged
        assert query(database, "SELECT count(*) FROM read.cases") == [(27,)]


def test_a_case_that_was_mended_while_a_build_had_it_parked_is_made_anew(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    bad = sorted(live_cases(ledger, 10))[3]
    where = "WHERE originator_id = %s AND originator_version = 2"
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        (good,) = connection.execute(f"SELECT state FROM ledger.events {where}", (bad,)).fetchone() or (b"",)
        connection.execute(f"UPDATE ledger.events SET state = '{{}}' {where}", (bad,))
    runner.run_until_current()
    mended: list[bool] = []

    def meanwhile(step: Step) -> None:
        if step.state == "following" and not mended:
            with psycopg.connect(database.owner_url) as connection:
                connection.execute(f"UPDATE ledger.events SET state = %s {where}", (good, bad))
            mended.extend(runner.rebuild_case(bad, model) for model in read_models())

    Builder(source, workers=1, tell=meanwhile).build(["cases"])
    assert all(mended)
    runner.repair()
    with psycopg.connect(database.owner_url) as connection:
        assert parked(connection) == []
    followed = checksums(database)
    Builder(source, workers=1).build(TABLES)
    assert checksums(database) == followed


def test_a_fault_met_in_another_process_is_told_as_it_was(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_cases(ledger, 20)
    (fact, *_) = record_administration(ledger)
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        connection.execute("UPDATE ledger.events SET state = '{}' WHERE notification_id = %s", (fact.position,))
    monkeypatch.setattr("projections.building.PARTS_ALONE_MAX", 0)
    with pytest.raises(LedgerAltered, match="its bytes are not those") as altered:
        Builder(source, workers=2, part_cases=10).build(["cases"])
    assert (altered.value.stream, altered.value.version) == (ADMINISTRATION_STREAM, 1)


BAD = UUID(int=0xBAD << 64)


def failing_rows(told: Told, aids: Aids) -> Any:
    if told.case.id == BAD:
        raise ValueError("this case cannot be told")
    return cases.MODEL.rows(told, aids)


def doubled_rows(told: Told, aids: Aids) -> Any:
    lines = list(history.rows(told, aids))
    return [lines[0], *lines] if told.case.id == BAD else lines


def test_a_case_that_cannot_be_told_is_parked_by_the_build_and_mended_by_the_next(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    """One by its function, in another process; one by an index, when all rows are there."""
    live_cases(ledger, 30)
    write(ledger, BAD, [a_filing(BAD, "AT-BAD", DAY), a_routing(DAY)])
    runner.run_until_current()
    whole = checksums(database)
    broken = [
        msgspec.structs.replace(cases.MODEL, rows=failing_rows),
        msgspec.structs.replace(history.MODEL, rows=doubled_rows),
    ]
    Builder(source, workers=2, part_cases=5, models=broken).build(["cases", "history"])
    with psycopg.connect(database.app_url) as connection:
        aside = {each.model: each for each in parked(connection)}
    assert {(each.model, each.case_id) for each in aside.values()} == {("cases", BAD), ("history", BAD)}
    assert aside["cases"].cause == "ValueError: this case cannot be told"
    assert (aside["cases"].event_type, aside["cases"].stream_version) == ("RequestFiled", 1)
    assert aside["history"].cause.startswith("UniqueViolation")
    assert query(database, "SELECT count(*) FROM read.cases") == [(30,)]
    assert query(database, f"SELECT count(*) FROM read.history WHERE case_id = '{BAD}'") == [(0,)]
    # More happens to it: as long as the code is no better it stays parked, and nothing of it is written.
    a_note(ledger, BAD)
    runner.close()
    others = [model for model in read_models() if model.table not in {"cases", "history"}]
    no_better = Runner(
        ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY, models=[*broken, *others]
    )
    no_better.run_until_current()
    no_better.close()
    assert query(database, "SELECT count(*) FROM read.cases") == [(30,)]
    assert query(database, f"SELECT count(*) FROM read.history WHERE case_id = '{BAD}'") == [(0,)]
    assert runner.rebuild_case(BAD, cases.MODEL)
    assert runner.rebuild_case(BAD, history.MODEL)
    assert query(database, "SELECT * FROM read.parked") == []
    mended = checksums(database)
    assert mended != whole
    Builder(source, workers=1).build(["cases", "history"])
    assert checksums(database) == mended
