"""What time makes is recorded once, on its legal date, by the system, and never before its day is over."""

import base64
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from cli.worker import work
from domain.acts import Addressee, AppealKind, RequestedItem
from domain.demonstration import IDENTITIES
from domain.events import AppealLodged, DecisionMadeAvailable, MissingItemsRequested, MissingItemsSupplied
from domain.reference.load import load_reference
from ledger.desk import Desk
from ledger.facts import Recorded
from ledger.histories import AnyEvent
from ledger.settings import Settings
from projections.runner import Runner
from reactions.silence import Silence
from tests.conftest import Database
from tests.histories import (
    CHECK_KEY,
    EMPLOYER,
    MASTER_KEY,
    SYSTEM,
    Step,
    a_filing,
    a_refusal,
    a_routing,
    open_ledger,
    write,
)

FILED = date(2026, 3, 2)
SILENCE = date(2026, 5, 2)
STREAM = UUID(int=99)


class Clock:
    """An hour that tests set."""

    def __init__(self) -> None:
        self.today = FILED

    def __call__(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)


class Bench:
    """A ledger, its read models and the reaction, on a day that the test sets."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.database = database
        self.ledger = open_ledger(database.app_url, clock=self.clock)
        self.desk = Desk(self.ledger, load_reference())
        self.runner = Runner(self.ledger, database.owner_url, reference=self.desk.tables.shipped, check_key=CHECK_KEY)
        self.silence = Silence(self.desk)

    def write(self, *steps: Step) -> None:
        write(self.ledger, STREAM, steps)
        self.runner.run_until_current()

    def on(self, day: date, silence: Silence | None = None) -> int:
        self.clock.today = day
        with psycopg.connect(self.database.app_url, autocommit=True) as connection:
            return (silence or self.silence).run_once(connection)

    def last(self) -> Recorded[AnyEvent]:
        return self.ledger.load(STREAM)[-1]

    def close(self) -> None:
        self.runner.close()
        self.ledger.close()


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    made = Bench(database)
    yield made
    made.close()


def test_silence_is_recorded_once_its_last_day_is_over(bench: Bench) -> None:
    bench.write(a_filing(STREAM, "AT-1", FILED), a_routing(FILED))
    assert bench.on(SILENCE) == 0
    assert bench.on(SILENCE + timedelta(days=3)) == 1
    fact = bench.last()
    assert fact.type == "ImplicitDecisionArisen"
    assert fact.legal_date == SILENCE
    assert (fact.actor.identity, fact.actor.role) == (SYSTEM.identity, SYSTEM.role)
    # Before and after the read model is told, by this process and by a new one.
    assert bench.on(SILENCE + timedelta(days=3)) == 0
    assert bench.on(SILENCE + timedelta(days=4), Silence(bench.desk)) == 0
    bench.runner.run_until_current()
    assert bench.on(SILENCE + timedelta(days=5), Silence(bench.desk)) == 0
    assert bench.last().version == fact.version


def test_a_stale_read_model_decides_nothing(bench: Bench) -> None:
    bench.write(a_filing(STREAM, "AT-1", FILED), a_routing(FILED))
    write(bench.ledger, STREAM, [a_refusal(SILENCE - timedelta(days=1))])
    assert bench.on(SILENCE + timedelta(days=3)) == 0
    assert bench.last().type == "RequestRefused"


def test_a_limit_that_moved_is_looked_at_again_the_same_day(bench: Bench) -> None:
    """What was refused of a limit says nothing of the day to which later facts have moved it."""
    agent, today = IDENTITIES["agent-63"].actor, SILENCE + timedelta(days=20)
    asked_on, supplied_on = FILED + timedelta(days=10), FILED + timedelta(days=15)
    item = RequestedItem(item="contract", label="le contrat", required_by="arrêté du 1er avril 2021")
    asked = MissingItemsRequested(
        request="M1", items=(item,), requested_on=asked_on, due_on=today + timedelta(days=9), suspends=True
    )
    bench.write(a_filing(STREAM, "AT-1", FILED), a_routing(FILED))
    # The read model has not heard yet that the delay is suspended: the case refuses.
    write(bench.ledger, STREAM, [(agent, asked, asked_on)])
    assert bench.on(today) == 0
    supplied = MissingItemsSupplied(request="M1", documents=(), complete=True, supplied_on=supplied_on)
    bench.write((agent, supplied, today))
    assert bench.on(today) == 1
    assert bench.last().legal_date == SILENCE + timedelta(days=5)


def test_two_workers_at_once_record_one_decision(bench: Bench) -> None:
    bench.write(a_filing(STREAM, "AT-1", FILED), a_routing(FILED))
    day, recorded = SILENCE + timedelta(days=1), []
    start = threading.Barrier(4)

    def react() -> None:
        start.wait()
        recorded.append(bench.on(day, Silence(bench.desk)))

    threads = [threading.Thread(target=react) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(recorded) == 1
    assert [fact.type for fact in bench.ledger.load(STREAM)].count("ImplicitDecisionArisen") == 1


def made_available(on: date) -> Step:
    event = DecisionMadeAvailable(decision="D1", addressee=Addressee.WORKER, available_on=on, channel="teleservice")
    return IDENTITIES["agent-63"].actor, event, on


@pytest.mark.parametrize(("days", "recorded"), [(15, 0), (16, 1)])
def test_fifteen_days_unread_make_a_decision_notified(bench: Bench, days: int, recorded: int) -> None:
    bench.write(a_filing(STREAM, "AT-1", FILED), a_routing(FILED), a_refusal(FILED), made_available(FILED))
    assert bench.on(FILED + timedelta(days=days)) == recorded
    assert bench.last().type == ("DecisionDeemedNotified" if recorded else "DecisionMadeAvailable")


@pytest.mark.parametrize(("days", "recorded"), [(0, 0), (1, 1)])
def test_silence_on_an_appeal_rejects_it(bench: Bench, days: int, recorded: int) -> None:
    rejected = date(2026, 6, 1)
    appeal = AppealLodged(
        appeal="A1",
        kind=AppealKind.GRACIOUS,
        against="D1",
        lodged_by=Addressee.EMPLOYER,
        received_on=date(2026, 4, 1),
        in_time=True,
        person=EMPLOYER.person,
        arguments="Le salaire est conforme.",
        implicit_rejection_on=rejected,
    )
    bench.write(
        a_filing(STREAM, "AT-1", FILED), a_routing(FILED), a_refusal(FILED), (EMPLOYER, appeal, date(2026, 4, 1))
    )
    assert bench.on(rejected + timedelta(days=days)) == recorded
    assert bench.last().type == ("AppealImplicitlyRejected" if recorded else "AppealLodged")


def test_the_worker_follows_reacts_and_stops_when_told(
    database: Database, valkey_url: str, tmp_path: Path, bench: Bench, eventually: Callable[..., None]
) -> None:
    write(bench.ledger, STREAM, [a_filing(STREAM, "AT-1", FILED), a_routing(FILED)])
    bench.runner.close()
    settings = Settings.from_environment(
        {
            "DATABASE_URL": database.app_url,
            "SMOE_OWNER_DATABASE_URL": database.owner_url,
            "REDIS_URL": valkey_url,
            "SMOE_DATA_DIR": str(tmp_path),
            "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        }
    )
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(settings, stop))
    worker.start()
    try:
        # Long past by the real clock: silence has made its decision.
        eventually(lambda: bench.last().type == "ImplicitDecisionArisen")
        eventually(lambda: bench.runner.lag().is_current)
    finally:
        stop.set()
        worker.join(10)
    assert not worker.is_alive()


@pytest.fixture
def eventually() -> Callable[..., None]:
    def wait(holds: Callable[[], bool], seconds: float = 15) -> None:
        for _ in range(int(seconds / 0.05)):
            if holds():
                return
            threading.Event().wait(0.05)
        raise AssertionError("it never came to hold")

    return wait


def test_what_a_stop_leaves_is_recorded_by_the_next_start(bench):
    bench.write(a_filing(STREAM, "AT-1", FILED), a_routing(FILED))
    stop = threading.Event()
    stop.set()
    day = SILENCE + timedelta(days=1)
    assert bench.on(day, Silence(bench.desk, stop)) == 0
    assert bench.on(day) == 1
