"""How late the read models are: facts are counted, not positions, and the oldest of them gives the age."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from domain.reference.load import load_reference
from ledger.histories import AnyEvent
from ledger.store import Ledger
from projections.lateness import Lateness, lateness
from projections.read_model import read_models
from projections.runner import Runner
from tests.conftest import Database
from tests.histories import CHECK_KEY, a_filing, a_routing, open_ledger, write

FILED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


def late(database: Database, ledger: Ledger[AnyEvent], now: datetime, events_max: int = 1_000) -> dict[str, Lateness]:
    with psycopg.connect(database.app_url) as connection:
        found = lateness(connection, ledger.last_position(), now, events_max=events_max)
    return {each.model: each for each in found}


def a_case(ledger: Ledger[AnyEvent]) -> datetime:
    """Two facts of a new case; the instant of the first."""
    stream = uuid4()
    write(ledger, stream, [a_filing(stream, "AT-1", FILED_AT.date()), a_routing(FILED_AT.date())])
    return ledger.load(stream)[0].recorded_at


def follow(database: Database, ledger: Ledger[AnyEvent]) -> None:
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    runner.run_until_current()
    runner.close()


def test_an_empty_ledger_asks_nothing_of_anybody(database: Database, ledger: Ledger[AnyEvent]) -> None:
    found = late(database, ledger, FILED_AT)
    assert set(found) == {model.table for model in read_models()}
    assert all((each.events, each.seconds, each.parked) == (0, 0, 0) for each in found.values())
    assert not any(each.is_missing for each in found.values())


def test_a_model_that_was_told_nothing_is_missing(database: Database, ledger: Ledger[AnyEvent]) -> None:
    recorded_at = a_case(ledger)
    found = late(database, ledger, recorded_at + timedelta(seconds=90))
    assert all(each.is_missing for each in found.values())
    assert {(each.position, each.events, each.seconds) for each in found.values()} == {(0, 2, 90.0)}
    follow(database, ledger)
    found = late(database, ledger, recorded_at + timedelta(seconds=90))
    assert not any(each.is_missing for each in found.values())
    assert {(each.position, each.events, each.seconds) for each in found.values()} == {(ledger.last_position(), 0, 0.0)}


def test_each_model_is_late_by_the_facts_it_was_not_told(database: Database, ledger: Ledger[AnyEvent]) -> None:
    first = a_case(ledger)
    follow(database, ledger)
    reached = ledger.last_position()
    second = a_case(ledger)
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("UPDATE read.positions SET position = %s WHERE model = 'cases'", (ledger.last_position(),))
        connection.execute("UPDATE read.positions SET position = 0 WHERE model = 'history'")
        connection.execute(
            "INSERT INTO read.parked (model, case_id, position, error, code_version) VALUES ('clocks', %s, 1, '', '')",
            (uuid4(),),
        )
    now = max(first, second) + timedelta(seconds=30)
    found = late(database, ledger, now)
    assert (found["cases"].events, found["cases"].seconds, found["cases"].parked) == (0, 0.0, 0)
    assert (found["history"].events, found["history"].seconds) == (4, (now - first).total_seconds())
    assert (found["clocks"].events, found["clocks"].seconds) == (2, (now - second).total_seconds())
    assert (found["clocks"].position, found["clocks"].parked) == (reached, 1)


def test_facts_are_counted_up_to_the_bound_only(database: Database, ledger: Ledger[AnyEvent]) -> None:
    recorded_at = a_case(ledger)
    assert {each.events for each in late(database, ledger, recorded_at, events_max=1).values()} == {1}


def test_facts_above_the_horizon_are_nobodys_lateness(database: Database, ledger: Ledger[AnyEvent]) -> None:
    recorded_at = a_case(ledger)
    follow(database, ledger)
    settled = ledger.last_position()
    a_case(ledger)
    with psycopg.connect(database.app_url) as connection:
        assert {each.events for each in lateness(connection, settled, recorded_at)} == {0}


def test_a_clock_behind_gives_no_negative_age(database: Database, ledger: Ledger[AnyEvent]) -> None:
    recorded_at = a_case(ledger)
    assert {each.seconds for each in late(database, ledger, recorded_at - timedelta(days=1)).values()} == {0.0}
