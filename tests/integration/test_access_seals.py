"""Seals of the access log: each entry in exactly one, whoever seals, dies or writes meanwhile; tampering is named."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL

from api.recording import CASES_MAX
from domain.demonstration import IDENTITIES
from domain.envelope import SYSTEM, Role
from domain.events import AccessesSealed
from domain.purposes import Purpose
from domain.reference.load import load_reference
from domain.registers import ACCESSES_STREAM
from ledger.access_log import AccessLog
from ledger.access_search import AccessQuery, statement
from ledger.accesses import (
    Access,
    AccessCounts,
    Reader,
    Wrong,
    count_accesses,
    decode,
    sealed,
    verify_accesses,
)
from ledger.desk import Desk
from ledger.facts import LedgerUnavailable
from ledger.histories import AnyEvent, CaseUnknown
from ledger.store import Ledger
from projections.building import Builder
from projections.progress import parked
from projections.runner import Runner
from projections.workers import Source
from reactions.accesses import Accesses, settled_number
from tests.conftest import Database
from tests.histories import CHECK_KEY, MASTER_KEY, open_ledger, record_administration
from tests.integration.test_projections_faults import live_cases

AGENT = IDENTITIES["agent-63"].actor
MOMENT = datetime(2026, 11, 2, 9, 30, 0, 123_456, UTC)
CASE = UUID(int=7 << 64)


def an_access(number: int = 0, **changes: Any) -> Access:
    told = {
        "at": MOMENT + timedelta(seconds=number),
        "operation": "Case",
        "actor": Reader.of(AGENT),
        "role": AGENT.role,
        "cases": (CASE,),
        "status": 200,
        "purpose": Purpose.INSTRUCTION,
    }
    return Access(**(told | changes))


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    ledger = open_ledger(database.app_url)
    yield ledger
    ledger.close()


@pytest.fixture
def accesses(database: Database) -> Iterator[AccessLog]:
    log = AccessLog(database.app_url, lambda: MOMENT)
    yield log
    log.close()


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        yield connection


def write(accesses: AccessLog, count: int) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(accesses.write(an_access(number)) for number in range(count)))

    asyncio.run(all_at_once())


def seals(ledger: Ledger[AnyEvent]) -> list[AccessesSealed]:
    return [fact.event for fact in ledger.load(ACCESSES_STREAM) if isinstance(fact.event, AccessesSealed)]


def tamper(database: Database, statement: str, *values: Any) -> None:
    """As the owner, who alone can, and who leaves no trace of it but this."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE ledger.accesses DISABLE TRIGGER refuse_change")
        owner.execute("ALTER TABLE ledger.accesses DISABLE TRIGGER refuse_unrecorded_removal")
        owner.execute("ALTER TABLE ledger.access_seals DISABLE TRIGGER refuse_change")
        owner.execute(statement.encode(), values)
        owner.execute("ALTER TABLE ledger.accesses ENABLE ALWAYS TRIGGER refuse_change")
        owner.execute("ALTER TABLE ledger.accesses ENABLE ALWAYS TRIGGER refuse_unrecorded_removal")
        owner.execute("ALTER TABLE ledger.access_seals ENABLE ALWAYS TRIGGER refuse_change")


# The table


CHANGES = (
    "UPDATE ledger.accesses SET entry = '{}'",
    "DELETE FROM ledger.accesses",
    "TRUNCATE ledger.accesses",
    "UPDATE ledger.access_seals SET last = 9",
    "DELETE FROM ledger.access_seals",
)
CHOICES_OF_NUMBERS = (
    "INSERT INTO ledger.accesses (number, entry, at, operation) OVERRIDING SYSTEM VALUE VALUES (9, 'x', now(), 'x')",
    "SELECT setval('ledger.accesses_number_seq', 1)",
    "SELECT nextval('ledger.accesses_number_seq')",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_not_even_the_owner_changes_entries(database: Database, statement: str) -> None:
    with psycopg.connect(database.owner_url) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute(statement.encode())


@pytest.mark.parametrize("statement", CHANGES + CHOICES_OF_NUMBERS)
def test_the_application_may_only_add_and_read(
    connection: psycopg.Connection[Any], accesses: AccessLog, statement: str
) -> None:
    write(accesses, 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_an_entry_is_stored_with_what_it_is_searched_by(
    accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    digest = uuid4()
    access = an_access(
        cases=(CASE, UUID(int=8)), parameters={"limit": ("5",)}, searched={"q": (digest,)}, trace="ab" * 16
    )
    asyncio.run(accesses.write(access))
    ((entry, *columns),) = connection.execute(
        "SELECT entry, at, operation, actor, purpose, cases, searched FROM ledger.accesses"
    )
    assert decode(entry) == access
    assert columns == [
        access.at,
        "Case",
        "local:agent-63",
        "instruction",
        [CASE, UUID(int=8)],
        [digest],
    ]
    assert AGENT.name.encode() not in entry


def test_what_is_counted_is_one_entry_a_minute_and_role(accesses: AccessLog, ledger: Ledger[AnyEvent]) -> None:
    for role in (None, None, Role.AGENT):
        accesses.count("Law", role, 200)
    accesses.count("Law", None, 404)
    accesses.flush()
    accesses.flush()
    with psycopg.connect(ledger.recorder.datastore.database_url) as connection:
        found = [decode(entry) for (entry,) in connection.execute("SELECT entry FROM ledger.accesses")]
    assert sorted((each.role or "", each.status, each.count) for each in found) == [
        ("", 200, 2),
        ("", 404, 1),
        ("agent", 200, 1),
    ]
    assert {(each.at, each.actor, each.purpose, each.cases) for each in found} == {
        (MOMENT.replace(second=0, microsecond=0), None, None, ())
    }


def test_what_was_counted_waits_for_the_database(database: Database) -> None:
    log = AccessLog(database.app_url.replace(database.name, "nowhere"), lambda: MOMENT)
    log.count("Law", None, 200)
    log.flush()
    log.count("Law", None, 200)
    with pytest.raises(LedgerUnavailable):
        asyncio.run(log.write(an_access()))
    log.datastore.close()
    home = AccessLog(database.app_url, lambda: MOMENT)
    log.datastore = home.datastore
    log.close()
    with psycopg.connect(database.app_url) as connection:
        ((entry,),) = connection.execute("SELECT entry FROM ledger.accesses")
    assert decode(entry).count == 2


# Sealing


def test_new_entries_are_sealed_once(
    ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    work = Accesses(ledger, seconds=0)
    assert work.run_once(connection) == 0
    write(accesses, 5)
    assert work.run_once(connection) == 5
    assert work.run_once(connection) == 0
    write(accesses, 3)
    assert Accesses(ledger).run_once(connection) == 3
    first, second = seals(ledger)
    assert (first.first, first.last, first.count, first.absent) == (1, 5, 5, ())
    assert (second.first, second.last, second.count) == (6, 8, 3)
    (fact, _) = ledger.load(ACCESSES_STREAM)
    assert fact.actor == SYSTEM
    assert connection.execute("SELECT version, first, last FROM ledger.access_seals ORDER BY 1").fetchall() == [
        (1, 1, 5),
        (2, 6, 8),
    ]
    assert list(verify_accesses(ledger)) == []
    assert count_accesses(ledger) == AccessCounts(seals=2, sealed=8, unsealed=0)


def test_it_is_done_once_a_minute(
    ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    work = Accesses(ledger)
    work.run_once(connection)
    write(accesses, 1)
    assert work.run_once(connection) == 0
    assert count_accesses(ledger) == AccessCounts(0, 0, 1)


def test_a_number_that_was_never_used_is_said_to_be_absent(
    ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    write(accesses, 1)
    for _ in range(2):
        with psycopg.connect(ledger.recorder.datastore.database_url) as other:
            other.execute("INSERT INTO ledger.accesses (entry, at, operation) VALUES ('x', now(), 'x')")
            other.rollback()
    write(accesses, 2)
    Accesses(ledger).run_once(connection)
    (seal,) = seals(ledger)
    assert (seal.first, seal.last, seal.count, seal.absent) == (1, 5, 3, ((2, 3),))
    assert list(verify_accesses(ledger)) == []


def test_an_entry_still_being_inserted_is_waited_for(
    ledger: Ledger[AnyEvent],
    accesses: AccessLog,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Number 1 is drawn, 2 to 4 are committed: to seal these would leave 1 out for ever, or let it slip in."""
    with psycopg.connect(ledger.recorder.datastore.database_url) as slow:
        slow.execute("INSERT INTO ledger.accesses (entry, at, operation) VALUES (%s, %s, 'Case')", (b"{}", MOMENT))
        write(accesses, 3)
        monkeypatch.setattr("reactions.accesses.SETTLE_SECONDS_MAX", 0.1)
        assert settled_number(connection) == 0
        assert Accesses(ledger).seal(connection) == 0
        monkeypatch.setattr("reactions.accesses.SETTLE_SECONDS_MAX", 30.0)
        counted: list[int] = []
        sealing = threading.Thread(target=lambda: counted.append(Accesses(ledger).seal(connection)))
        sealing.start()
        sealing.join(0.2)
        assert sealing.is_alive()
        # Nobody else waits for it.
        write(accesses, 1)
        slow.commit()
        sealing.join(10)
    assert counted[0] >= 4
    assert seals(ledger)[0].absent == ()


def test_eight_writers_and_two_sealers(database: Database, ledger: Ledger[AnyEvent]) -> None:
    each, writers = 150, 8
    logs = [AccessLog(database.app_url, lambda: MOMENT) for _ in range(writers)]
    done = threading.Event()
    failures: list[BaseException] = []

    def writing(log: AccessLog) -> None:
        async def one_after_the_other() -> None:
            for number in range(each):
                await log.write(an_access(number))

        asyncio.run(one_after_the_other())

    def sealing() -> None:
        try:
            with psycopg.connect(database.app_url, autocommit=True) as connection:
                work = Accesses(ledger)
                while not done.is_set():
                    work.seal(connection)
        except BaseException as failure:
            failures.append(failure)

    sealers = [threading.Thread(target=sealing) for _ in range(2)]
    threads = [threading.Thread(target=writing, args=(log,)) for log in logs]
    for thread in sealers + threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    assert failures == []
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        Accesses(ledger).seal(connection)
    for log in logs:
        log.close()
    found = seals(ledger)
    assert len(found) > 3, "they did work at the same time"
    assert sum(seal.count for seal in found) == each * writers
    assert [seal.first for seal in found] == [1] + [seal.last + 1 for seal, _ in pairwise(found)]
    assert list(verify_accesses(ledger)) == []
    assert count_accesses(ledger).unsealed == 0


@pytest.mark.parametrize("at", ["before the append", "after the append"])
def test_a_crash_while_sealing_leaves_nothing_wrong(
    ledger: Ledger[AnyEvent],
    accesses: AccessLog,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    at: str,
) -> None:
    write(accesses, 3)
    append = ledger.append

    def dying(*arguments: Any, **more: Any) -> Any:
        if at == "after the append":
            append(*arguments, **more)
        raise SystemExit

    monkeypatch.setattr(ledger, "append", dying)
    with pytest.raises(SystemExit):
        Accesses(ledger).seal(connection)
    monkeypatch.undo()
    write(accesses, 1)
    Accesses(ledger).seal(connection)
    assert sum(seal.count for seal in seals(ledger)) == 4
    assert list(verify_accesses(ledger)) == []
    noted = connection.execute("SELECT version FROM ledger.access_seals").fetchall()
    assert len(noted) == len(seals(ledger)) == (2 if at == "after the append" else 1)


# Verification


@pytest.fixture
def proved(
    database: Database, ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> Ledger[AnyEvent]:
    """Two seals of five, with number 9 unused, and two entries since."""
    work = Accesses(ledger)
    write(accesses, 5)
    work.seal(connection)
    write(accesses, 3)
    with psycopg.connect(database.app_url) as other:
        other.execute("INSERT INTO ledger.accesses (entry, at, operation) VALUES ('x', now(), 'x')")
        other.rollback()
    write(accesses, 2)
    work.seal(connection)
    write(accesses, 2)
    assert list(verify_accesses(ledger)) == []
    assert count_accesses(ledger) == AccessCounts(seals=2, sealed=10, unsealed=2)
    return ledger


ENTRY = "(entry, at, operation, actor, purpose, cases, searched)"
A_COPY = (
    f"INSERT INTO ledger.accesses (number, {ENTRY[1:-1]}) OVERRIDING SYSTEM VALUE"
    f" SELECT %s, {ENTRY[1:-1]} FROM ledger.accesses WHERE number = 1"
)


@pytest.mark.parametrize(
    ("statement", "values", "wrong", "seal", "number"),
    [
        ("UPDATE ledger.accesses SET entry = entry || ' ' WHERE number IN (3, 4)", (), Wrong.ALTERED, 1, 3),
        ("DELETE FROM ledger.accesses WHERE number = 1", (), Wrong.DELETED, 1, 1),
        ("DELETE FROM ledger.accesses WHERE number IN (7, 8)", (), Wrong.DELETED, 2, 7),
        ("DELETE FROM ledger.accesses WHERE number = 11", (), Wrong.DELETED, 2, 11),
        ("DELETE FROM ledger.accesses WHERE number BETWEEN 6 AND 11", (), Wrong.DELETED, 2, 6),
        (A_COPY, (9,), Wrong.ADDED, 2, 9),
        ("UPDATE ledger.accesses SET actor = 'local:other' WHERE number = 2", (), Wrong.COLUMNS, 1, 2),
        ("UPDATE ledger.accesses SET cases = NULL WHERE number = 10", (), Wrong.COLUMNS, 2, 10),
        ("UPDATE ledger.accesses SET at = at + interval '1 microsecond' WHERE number = 6", (), Wrong.COLUMNS, 2, 6),
        ("UPDATE ledger.accesses SET purpose = 'audit' WHERE number = 12", (), Wrong.COLUMNS, None, 12),
        ("UPDATE ledger.accesses SET entry = '{}' WHERE number = 13", (), Wrong.UNREADABLE, None, 13),
        ("UPDATE ledger.access_seals SET last = last - 1 WHERE version = 1", (), Wrong.INDEX, 1, None),
        ("INSERT INTO ledger.access_seals VALUES (3, 12, 13)", (), Wrong.INDEX, 3, None),
    ],
)
def test_whatever_is_tampered_with_is_found_and_named(
    database: Database,
    proved: Ledger[AnyEvent],
    statement: str,
    values: tuple[Any, ...],
    wrong: Wrong,
    seal: int | None,
    number: int | None,
) -> None:
    tamper(database, statement, *values)
    (fault,) = verify_accesses(proved)
    named = f"{ACCESSES_STREAM}/{seal}" if seal else None
    assert (fault.wrong, fault.seal, fault.number) == (wrong, named, number)
    if seal in {1, 2} and wrong is not Wrong.INDEX:
        assert (fault.first, fault.last) == ((1, 5) if seal == 1 else (6, 11))


def test_two_entries_that_change_places_are_found(database: Database, proved: Ledger[AnyEvent]) -> None:
    tamper(
        database,
        "UPDATE ledger.accesses AS one SET entry = other.entry, at = other.at FROM ledger.accesses AS other"
        " WHERE (one.number, other.number) IN ((2, 3), (3, 2))",
    )
    (fault,) = verify_accesses(proved)
    assert (fault.wrong, fault.number) == (Wrong.ALTERED, 2)


def test_an_entry_whose_mark_was_forged_is_found_by_the_root(
    database: Database, proved: Ledger[AnyEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(database, "UPDATE ledger.accesses SET entry = entry || ' ' WHERE number = 3")
    first, _ = seals(proved)
    marks = iter(first.marks[at : at + 8] for at in range(0, 40, 8))
    monkeypatch.setattr("ledger.accesses.mark", lambda of_leaf: next(marks, ""))
    fault, *_ = verify_accesses(proved)
    assert (fault.wrong, fault.first, fault.last, fault.number) == (Wrong.ALTERED, 1, 5, None)


def test_a_seal_that_leaves_numbers_out_is_found(
    ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    write(accesses, 2)
    version, head = 0, bytes(32)
    fact = sealed(2, 2, [], MOMENT.date())
    ledger.append(ACCESSES_STREAM, [fact], expected_version=version, previous_hash=head, actor=SYSTEM, command=uuid4())
    assert [fault.wrong for fault in verify_accesses(ledger)] == [Wrong.SEAL, Wrong.ADDED]


# The rest of the ledger


def test_seals_disturb_neither_read_models_nor_builds(
    database: Database, ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    record_administration(ledger)
    live_cases(ledger, 20)
    write(accesses, 3)
    Accesses(ledger).seal(connection)
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    runner.run_until_current()
    last = ledger.last_position()
    live_cases_before = connection.execute("SELECT count(*) FROM read.cases").fetchone()
    write(accesses, 3)
    Accesses(ledger).seal(connection)
    assert ledger.last_position() > last
    assert runner.run_until_current() == 1, "the seal is passed over, and counted as seen"
    with psycopg.connect(database.owner_url) as owner:
        assert parked(owner) == []
    source = Source(
        database_url=database.app_url,
        owner_database_url=database.owner_url,
        master_key=MASTER_KEY,
        check_key=CHECK_KEY,
        code_version="test",
    )
    Builder(source, workers=1).build(list(runner.models))
    runner.run_until_current()
    with psycopg.connect(database.owner_url) as owner:
        assert parked(owner) == []
    assert connection.execute("SELECT count(*) FROM read.cases").fetchone() == live_cases_before == (20,)
    assert connection.execute(
        "SELECT count(*) FROM read.history WHERE case_id = %s", (ACCESSES_STREAM,)
    ).fetchone() == (0,)
    runner.close()


def test_an_altered_seal_parks_no_case(
    database: Database, ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    record_administration(ledger)
    write(accesses, 3)
    Accesses(ledger).seal(connection)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        owner.execute("UPDATE ledger.events SET state = '{}' WHERE topic = 'AccessesSealed'")
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    runner.run_until_current()
    runner.close()
    with psycopg.connect(database.owner_url) as owner:
        assert parked(owner) == []


def test_the_stream_of_seals_is_no_case(
    ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    record_administration(ledger)
    write(accesses, 1)
    Accesses(ledger).seal(connection)
    desk = Desk(ledger, load_reference())
    with pytest.raises(CaseUnknown):
        desk.history(ACCESSES_STREAM)
    assert desk.look(ACCESSES_STREAM) is None
    assert desk.administration_known.version > 0


def test_an_entry_larger_than_a_socket_takes_at_once_is_written(
    accesses: AccessLog, connection: psycopg.Connection[Any]
) -> None:
    large = an_access(cases=tuple(uuid4() for _ in range(CASES_MAX)))

    async def small_then_large() -> None:
        # The first is written by a thread, which hands the event loop its connection.
        await accesses.write(an_access())
        async with asyncio.timeout(10):
            await asyncio.gather(*(accesses.write(large) for _ in range(20)))
        await accesses.end()

    asyncio.run(small_then_large())
    found = connection.execute("SELECT count(*) FROM ledger.accesses WHERE cardinality(cases) = %s", (CASES_MAX,))
    assert found.fetchone() == (20,)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"case": UUID(int=5)}, "accesses_by_case"),
        ({"searched": UUID(int=5)}, "accesses_by_search"),
        ({"case": UUID(int=5), "begin": datetime(2026, 1, 1, tzinfo=UTC)}, "accesses_by_case"),
        ({"actor": AGENT.identity}, "accesses_by_actor"),
        ({}, "accesses_by_time"),
    ],
)
def test_what_is_asked_of_a_large_log_is_found_by_an_index(
    database: Database, asked: dict[str, Any], index: str
) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO ledger.accesses (entry, at, operation, actor, cases, searched) SELECT 'x',"
            " '2026-01-01'::timestamptz + i * interval '1 minute', 'Case', 'local:agent-' || i % 50,"
            " ARRAY[md5(i::text)::uuid], ARRAY[md5(i::text)::uuid]"
            " FROM generate_series(1, 50000) AS i"
        )
        owner.execute("ANALYZE ledger.accesses")
        query = statement(AccessQuery(**asked, limit=11))
        plan = "\n".join(line for (line,) in owner.execute(SQL("EXPLAIN ") + query))
    assert index in plan, plan
    assert "Seq Scan on accesses" not in plan, plan
