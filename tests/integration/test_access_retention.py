"""Retention of the access log: what is old goes, recorded beforehand, once, whoever dies; nothing else goes unseen."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest

from domain.envelope import SYSTEM
from domain.events import AccessesPurged
from domain.reference.load import load_reference
from domain.registers import ACCESSES_STREAM
from domain.retention import ACCESS_LOG_RULE, kept_for
from ledger import accesses as module
from ledger.access_log import AccessLog
from ledger.accesses import AccessCounts, Wrong, count_accesses, newest_purge, verify_accesses
from ledger.desk import Desk
from ledger.histories import AnyEvent
from ledger.store import Ledger
from reactions import access_retention
from reactions.access_retention import AccessRetention
from reactions.accesses import Accesses
from tests.conftest import Database
from tests.histories import open_ledger
from tests.integration.test_access_seals import A_COPY, an_access, seals, tamper

FIRST_DAY = date(2021, 3, 1)
TODAY = date(2024, 3, 3)
"""Of three days of entries the first two are older than three years."""
KEPT_FROM = datetime(2021, 3, 2, 23, tzinfo=UTC)
"""Midnight in Paris."""


def at(day: date, second: int = 0) -> datetime:
    return datetime.combine(day, time(9), UTC) + timedelta(seconds=second)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def accesses(database: Database) -> Iterator[AccessLog]:
    log = AccessLog(database.app_url, lambda: at(TODAY))
    yield log
    log.close()


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def aged(ledger: Ledger[AnyEvent], accesses: AccessLog, connection: psycopg.Connection[Any]) -> Ledger[AnyEvent]:
    """Entries 1 to 3 sealed on the first day, 4 to 6 on the second, 7 and 8 on the third, 9 never."""
    for number, count in enumerate((3, 3, 2)):
        day = FIRST_DAY + timedelta(days=number)
        for second in range(count):
            accesses.record(an_access(at=at(day, second)))
        ledger.clock = lambda day=day: at(day, 60)
        Accesses(ledger).seal(connection)
    accesses.record(an_access(at=at(FIRST_DAY)))
    ledger.clock = lambda: at(TODAY)
    assert list(verify_accesses(ledger)) == []
    return ledger


Worker = Callable[[], AccessRetention]


@pytest.fixture
def worker(database: Database, ledger: Ledger[AnyEvent]) -> Worker:
    return lambda: AccessRetention(Desk(ledger, load_reference()), database.owner_url)


def numbers(database: Database) -> list[int]:
    with psycopg.connect(database.owner_url) as owner:
        return [number for (number,) in owner.execute("SELECT number FROM ledger.accesses ORDER BY number")]


def purges(ledger: Ledger[AnyEvent]) -> list[AccessesPurged]:
    return [fact.event for fact in ledger.load(ACCESSES_STREAM) if isinstance(fact.event, AccessesPurged)]


def record(ledger: Ledger[AnyEvent], **changes: Any) -> None:
    """As whoever can only append might."""
    told = {
        "first": 1,
        "last": 6,
        "count": 6,
        "until": KEPT_FROM,
        "rule": ACCESS_LOG_RULE,
        "months": 36,
        "purged_on": TODAY,
    }
    version, head = ledger.head(ACCESSES_STREAM)
    ledger.append(
        ACCESSES_STREAM,
        [AccessesPurged(**(told | changes))],
        expected_version=version,
        previous_hash=head,
        actor=SYSTEM,
        command=uuid4(),
    )


def test_what_is_older_than_three_years_goes_once(
    database: Database, aged: Ledger[AnyEvent], worker: Worker, connection: psycopg.Connection[Any]
) -> None:
    work = worker()
    assert work.run_once(connection) == 6
    assert numbers(database) == [7, 8, 9]
    assert purges(aged) == [
        AccessesPurged(
            first=1,
            last=6,
            count=6,
            until=KEPT_FROM,
            rule="RETENTION_ACCESS_LOG_MONTHS",
            months=36,
            purged_on=TODAY,
        )
    ]
    assert list(verify_accesses(aged)) == []
    assert count_accesses(aged) == AccessCounts(seals=1, sealed=2, unsealed=1, purged=6, going=0)
    assert work.run_once(connection) == worker().run_once(connection) == 0
    assert len(purges(aged)) == 1


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2024, 3, 1), [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (date(2024, 3, 2), [4, 5, 6, 7, 8, 9]),
        (date(2024, 3, 3), [7, 8, 9]),
        (date(2024, 3, 4), [9]),
    ],
)
def test_the_day_counts(
    database: Database,
    aged: Ledger[AnyEvent],
    worker: Worker,
    connection: psycopg.Connection[Any],
    today: date,
    left: list[int],
) -> None:
    aged.clock = lambda: at(today)
    worker().run_once(connection)
    assert numbers(database) == left


def test_what_no_seal_proves_stays_and_is_sealed_all_the_same(
    database: Database,
    aged: Ledger[AnyEvent],
    accesses: AccessLog,
    worker: Worker,
    connection: psycopg.Connection[Any],
) -> None:
    work = worker()
    for day in (date(2024, 3, 2), date(2024, 3, 3), date(2024, 3, 4), date(2026, 3, 4)):
        aged.clock = lambda day=day: at(day)
        work.run_once(connection)
    assert numbers(database) == [9]
    assert [(each.first, each.last) for each in purges(aged)] == [(1, 3), (4, 6), (7, 8)]
    accesses.record(an_access(at=at(TODAY)))
    assert Accesses(aged).seal(connection) == 2
    assert Accesses(aged).seal(connection) == 0
    assert [(each.first, each.last) for each in seals(aged)] == [(1, 3), (4, 6), (7, 8), (9, 10)]
    assert connection.execute("SELECT version, last FROM ledger.access_seals ORDER BY 1").fetchall() == [
        (1, 3),
        (2, 6),
        (3, 8),
        (7, 10),
    ]
    assert list(verify_accesses(aged)) == []
    assert count_accesses(aged) == AccessCounts(seals=1, sealed=2, unsealed=0, purged=8)


def test_ranges_go_whole_and_in_order(
    database: Database,
    ledger: Ledger[AnyEvent],
    accesses: AccessLog,
    worker: Worker,
    connection: psycopg.Connection[Any],
) -> None:
    """A clock that was ahead dates one entry of the second range late: neither that range nor one after it goes."""
    for number, second in enumerate((1, 10**8, 3)):
        accesses.record(an_access(at=at(FIRST_DAY, second)))
        ledger.clock = lambda number=number: at(FIRST_DAY, number)
        Accesses(ledger).seal(connection)
    ledger.clock = lambda: at(TODAY)
    worker().run_once(connection)
    assert numbers(database) == [2, 3]
    assert list(verify_accesses(ledger)) == []


def test_what_was_sealed_late_stays_for_as_long_as_its_seal_is_young(
    database: Database,
    ledger: Ledger[AnyEvent],
    accesses: AccessLog,
    worker: Worker,
    connection: psycopg.Connection[Any],
) -> None:
    """Or nobody could tell from the facts, later, that what went was old."""
    accesses.record(an_access(at=at(FIRST_DAY)))
    ledger.clock = lambda: at(date(2021, 3, 3))
    Accesses(ledger).seal(connection)
    ledger.clock = lambda: at(TODAY)
    assert (worker().run_once(connection), numbers(database)) == (0, [1])
    ledger.clock = lambda: at(TODAY + timedelta(days=1))
    assert (worker().run_once(connection), numbers(database)) == (1, [])
    assert list(verify_accesses(ledger)) == []


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_a_worker_killed_between_the_fact_and_the_last_row_is_taken_over(
    database: Database,
    aged: Ledger[AnyEvent],
    worker: Worker,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    batches: int,
) -> None:
    monkeypatch.setattr(access_retention, "ROWS_AT_ONCE", 2)
    over = AccessRetention._is_over
    done = 0

    def dying(self: AccessRetention) -> bool:
        nonlocal done
        if newest_purge(aged) is not None:
            done += 1
        if done > batches:
            raise SystemExit
        return over(self)

    monkeypatch.setattr(AccessRetention, "_is_over", dying)
    with pytest.raises(SystemExit):
        worker().run_once(connection)
    monkeypatch.undo()
    left = numbers(database)
    assert len(left) == 9 - 2 * batches
    assert list(verify_accesses(aged)) == []
    assert count_accesses(aged).going == len(left) - 3
    worker().run_once(connection)
    assert numbers(database) == [7, 8, 9]
    assert (len(purges(aged)), list(verify_accesses(aged)), count_accesses(aged).going) == (1, [], 0)


def test_a_turn_that_is_over_goes_on_later(
    database: Database, aged: Ledger[AnyEvent], connection: psycopg.Connection[Any]
) -> None:
    work = AccessRetention(Desk(aged, load_reference()), database.owner_url, seconds_max=-1)
    assert (work.run_once(connection), numbers(database)[0]) == (0, 1)
    work.seconds_max = 5
    assert (work.run_once(connection), numbers(database)) == (6, [7, 8, 9])


def test_of_several_workers_one_removes(
    database: Database, aged: Ledger[AnyEvent], worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_retention, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(access_retention, "SEALS_AT_ONCE", 1)
    removed: list[int] = []
    barrier = threading.Barrier(4)

    def working() -> None:
        with psycopg.connect(database.app_url, autocommit=True) as connection:
            barrier.wait()
            removed.append(worker().run_once(connection))

    threads = [threading.Thread(target=working) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(removed), sum(removed)) == (4, 6)
    assert [(each.first, each.last) for each in purges(aged)] == [(1, 3), (4, 6)]
    assert (numbers(database), list(verify_accesses(aged))) == ([7, 8, 9], [])


def test_entries_are_written_and_sealed_while_old_ones_go(
    database: Database,
    aged: Ledger[AnyEvent],
    accesses: AccessLog,
    worker: Worker,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A seal that comes between reading the head of the stream and recording the removal is no obstacle."""
    head = aged.head

    def sealed_meanwhile(stream: Any) -> tuple[int, bytes]:
        known = head(stream)
        if aged.recorder.select_head(stream)[0] == 3:
            monkeypatch.undo()
            accesses.record(an_access(at=at(TODAY)))
            Accesses(aged).seal(connection)
        return known

    monkeypatch.setattr(aged, "head", sealed_meanwhile)
    assert worker().run_once(connection) == 6
    assert numbers(database) == [7, 8, 9, 10]
    assert [(each.first, each.last) for each in seals(aged)][3:] == [(9, 10)]
    assert list(verify_accesses(aged)) == []


def test_a_period_too_short_to_be_believed_removes_nothing(
    database: Database,
    aged: Ledger[AnyEvent],
    worker: Worker,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = kept_for(TODAY, load_reference(), ACCESS_LOG_RULE)
    assert line is not None
    for told in (None, msgspec.structs.replace(line, value=Decimal(11))):
        monkeypatch.setattr(access_retention, "kept_for", lambda *_, told=told: told)
        assert worker().run_once(connection) == 0
    assert (purges(aged), numbers(database)[0]) == ([], 1)


# The guards


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger.accesses",
        "DELETE FROM ledger.accesses WHERE number <= 7",
        "DELETE FROM ledger.accesses WHERE number = 9",
        "DELETE FROM ledger.accesses WHERE number = 2",
        "DELETE FROM ledger.accesses WHERE number > 3 AND number < 7",
        "UPDATE ledger.accesses SET entry = '{}' WHERE number = 1",
        "TRUNCATE ledger.accesses",
        "DELETE FROM ledger.access_seals",
    ],
)
def test_a_fact_lets_only_the_oldest_up_to_its_number_go(
    database: Database, aged: Ledger[AnyEvent], connection: psycopg.Connection[Any], statement: str
) -> None:
    record(aged)
    with psycopg.connect(database.owner_url) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute(statement.encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM ledger.accesses WHERE number = 1")
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("DELETE FROM ledger.accesses WHERE number <= 2").rowcount == 2


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"until": KEPT_FROM + timedelta(days=9)}, 7),
        ({"last": 8, "count": 8}, 7),
        ({"last": 5, "count": 5}, 1),
    ],
)
def test_number_moment_and_seal_must_all_allow_it(
    database: Database, aged: Ledger[AnyEvent], changes: dict[str, Any], number: int
) -> None:
    record(aged, **changes)
    with psycopg.connect(database.owner_url) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute("DELETE FROM ledger.accesses WHERE number <= %s", (number,))


def test_without_a_fact_nothing_goes(database: Database, aged: Ledger[AnyEvent]) -> None:
    with psycopg.connect(database.owner_url) as owner, pytest.raises(psycopg.Error, match="append-only"):
        owner.execute("DELETE FROM ledger.accesses WHERE number = 1")


def test_a_fact_cannot_take_the_last_year(
    database: Database,
    ledger: Ledger[AnyEvent],
    accesses: AccessLog,
    worker: Worker,
    connection: psycopg.Connection[Any],
) -> None:
    """Whoever can append can say what they like; the worker and the table do not believe it, and it is found."""
    accesses.record(an_access(at=datetime.now(UTC) - timedelta(days=360)))
    Accesses(ledger).seal(connection)
    now = datetime.now(UTC)
    record(ledger, last=1, count=1, until=now, months=0, purged_on=now.date())
    assert worker().run_once(connection) == 0
    assert numbers(database) == [1]
    assert [fault.wrong for fault in verify_accesses(ledger)] == [Wrong.PURGE]


def test_the_worker_believes_no_fact_that_the_table_contradicts(
    database: Database, aged: Ledger[AnyEvent], worker: Worker, connection: psycopg.Connection[Any]
) -> None:
    record(aged, last=8, count=8, until=KEPT_FROM + timedelta(days=7), months=12)
    assert (worker().run_once(connection), numbers(database)[0]) == (0, 1)
    assert [fault.wrong for fault in verify_accesses(aged)] == []
    aged.clock = lambda: at(TODAY + timedelta(days=7))
    assert (worker().run_once(connection), numbers(database)) == (8, [9])


# Verification


@pytest.fixture
def purged(aged: Ledger[AnyEvent], worker: Worker, connection: psycopg.Connection[Any]) -> Ledger[AnyEvent]:
    worker().run_once(connection)
    return aged


@pytest.mark.parametrize(
    ("statement", "values", "wrong", "number"),
    [
        ("DELETE FROM ledger.accesses WHERE number = 7", (), Wrong.DELETED, 7),
        ("DELETE FROM ledger.accesses WHERE number IN (7, 8)", (), Wrong.DELETED, 7),
        ("UPDATE ledger.accesses SET entry = entry || ' ' WHERE number = 8", (), Wrong.ALTERED, 8),
        (A_COPY.replace("number = 1", "number = 7"), (2,), Wrong.ALTERED, 2),
    ],
)
def test_what_is_left_is_checked_as_before(
    database: Database,
    purged: Ledger[AnyEvent],
    statement: str,
    values: tuple[Any, ...],
    wrong: Wrong,
    number: int,
) -> None:
    tamper(database, statement, *values)
    (fault,) = verify_accesses(purged)
    assert (fault.wrong, fault.number) == (wrong, number)


def test_what_goes_without_its_fact_is_missing(database: Database, aged: Ledger[AnyEvent]) -> None:
    tamper(database, "DELETE FROM ledger.accesses WHERE number <= 6")
    assert [(fault.wrong, fault.number) for fault in verify_accesses(aged)] == [
        (Wrong.DELETED, 1),
        (Wrong.DELETED, 4),
    ]


def test_an_entry_altered_while_it_is_to_go_is_found(database: Database, aged: Ledger[AnyEvent]) -> None:
    record(aged)
    tamper(database, "UPDATE ledger.accesses SET entry = entry || ' ' WHERE number = 5")
    assert [(fault.wrong, fault.number) for fault in verify_accesses(aged)] == [(Wrong.ALTERED, 5)]


@pytest.mark.parametrize(
    "changes",
    [
        {"last": 5, "count": 5},
        {"first": 2, "count": 5},
        {"count": 7},
        {"last": 8, "count": 8},
        {"last": 9, "count": 9},
        {"months": 11},
        {"until": KEPT_FROM + timedelta(days=1)},
        {"until": KEPT_FROM - timedelta(days=1)},
        {"purged_on": TODAY + timedelta(days=1)},
    ],
)
def test_a_removal_that_contradicts_the_seals_or_the_period_is_found(
    aged: Ledger[AnyEvent], changes: dict[str, Any]
) -> None:
    record(aged, **changes)
    fault, *_ = verify_accesses(aged)
    version, _ = aged.head(ACCESSES_STREAM)
    assert (fault.wrong, fault.seal) == (Wrong.PURGE, f"{ACCESSES_STREAM}/{version}")


def test_a_removal_that_repeats_another_is_found(purged: Ledger[AnyEvent]) -> None:
    record(purged)
    assert [fault.wrong for fault in verify_accesses(purged)] == [Wrong.PURGE]


def test_tampering_outlives_the_entries(
    database: Database, aged: Ledger[AnyEvent], worker: Worker, connection: psycopg.Connection[Any]
) -> None:
    tamper(database, "DELETE FROM ledger.accesses WHERE number = 5")
    assert worker().run_once(connection) == 5
    (fact,) = purges(aged)
    assert (fact.count, fact.faulty) == (6, (2,))
    (fault,) = verify_accesses(aged)
    assert (fault.wrong, fault.seal, fault.first, fault.last) == (
        Wrong.PURGED_FAULTY,
        f"{ACCESSES_STREAM}/2",
        4,
        6,
    )


def test_entries_that_go_while_they_are_verified_are_not_missed(
    database: Database,
    aged: Ledger[AnyEvent],
    worker: Worker,
    connection: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    oldest = module._oldest

    def purged_meanwhile(reading: psycopg.Connection[Any]) -> int:
        found = oldest(reading)
        assert worker().run_once(connection) == 6
        return found

    monkeypatch.setattr(module, "_oldest", purged_meanwhile)
    assert list(verify_accesses(aged)) == []


def test_an_altered_fact_stops_the_removal_and_not_the_worker(
    database: Database, aged: Ledger[AnyEvent], worker: Worker, connection: psycopg.Connection[Any]
) -> None:
    record(aged)
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        owner.execute("UPDATE ledger.events SET state = state || ' ' WHERE topic = 'AccessesPurged'")
    assert worker().run_once(connection) == 0
    assert numbers(database)[0] == 1


def test_the_newest_removal_is_found_by_an_index(database: Database, purged: Ledger[AnyEvent]) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("SET enable_seqscan = off")
        plan = "\n".join(
            line for (line,) in owner.execute(f"EXPLAIN {module._PURGED}".encode(), (ACCESSES_STREAM,)).fetchall()
        )
    assert "events_access_purges" in plan, plan
