"""Checkpoints as they are made: after notified decisions, each day, when asked; by many hands, with new keys."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import psycopg
import pytest

from domain.acts import Addressee
from domain.envelope import Event
from domain.events import DecisionMadeAvailable
from ledger.proofs.checkpoints import opened_checkpoint
from ledger.proofs.merkle import is_consistent
from ledger.proofs.notary import SPACING_SECONDS, Notary, NothingToProve, checkpoints, known_verifiers, origin_of
from ledger.proofs.tree import Tree, TreeGrower
from ledger.store import Ledger
from tests.ledger_samples import Noted, add, an_actor
from tests.ledger_samples import open_ledger as open_samples

SEED, OTHER = bytes(range(32)), bytes(range(1, 33))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(database, clock):
    opened = open_samples(database.app_url, event_types=(Noted, DecisionMadeAvailable), upcast=None, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def stored(database):
    """A function that gives all checkpoints, each opened with the keys that are known."""

    def read():
        with psycopg.connect(database.app_url) as connection:
            verifiers, origin = known_verifiers(connection), origin_of(connection)
            tree = Tree(connection)
            points = checkpoints(connection)
            for point in points:
                checkpoint, _ = opened_checkpoint(point.note, origin, verifiers)
                assert (checkpoint.size, checkpoint.root) == (point.size, tree.root(point.size))
                assert checkpoint.extensions[0] == f"position {point.position}"
            return points

    return read


def note(ledger: Ledger[Event], count: int = 1) -> None:
    for _ in range(count):
        add(ledger, uuid4(), Noted(text="x"))


def notify(ledger: Ledger[Event]) -> int:
    available = DecisionMadeAvailable(
        decision="D1", addressee=Addressee.EMPLOYER, available_on=datetime(2026, 11, 29).date(), channel="teleservice"
    )
    (fact,) = add(ledger, uuid4(), available)
    assert fact.position is not None
    return fact.position


def test_an_empty_log_is_not_signed(ledger, stored):
    notary = Notary(ledger, [SEED])
    assert notary.run_once() is False
    with pytest.raises(NothingToProve):
        notary.checkpoint("asked")
    with pytest.raises(NothingToProve):
        notary.covering(0)
    assert stored() == []


def test_a_notified_decision_is_covered_soon_and_others_wait(ledger, stored, monkeypatch):
    notary = Notary(ledger, [SEED])
    note(ledger, 3)
    notary.run_once()
    assert [point.reason for point in stored()] == ["daily"]
    note(ledger, 3)
    notary.run_once()
    assert len(stored()) == 1, "a note is no notified decision"
    position = notify(ledger)
    notary.run_once()
    assert len(stored()) == 1, "not so soon after another"
    monkeypatch.setattr(notary, "_spaced_at", notary._spaced_at - SPACING_SECONDS)
    notary.run_once()
    last = stored()[-1]
    assert (last.reason, last.size, last.position) == ("notification", 7, position)
    notary.run_once()
    assert len(stored()) == 2


def test_whoever_starts_anew_makes_the_checkpoint_that_was_owed(ledger, stored):
    Notary(ledger, [SEED]).run_once()
    note(ledger)
    position = notify(ledger)
    # Stopped between the leaf and the signature.
    TreeGrower(ledger).step()
    assert stored() == []
    Notary(ledger, [SEED]).run_once()
    assert [(point.reason, point.position) for point in stored()] == [("notification", position)]


@pytest.mark.parametrize("by", ["an export", "a worker that is killed"])
def test_what_another_made_leaves_of_is_covered_too(ledger, stored, monkeypatch, by):
    worker, other = Notary(ledger, [SEED]), Notary(ledger, [SEED])
    note(ledger)
    for each in (worker, other):
        each.run_once()
    (before,) = stored()
    position = notify(ledger)
    if by == "an export":
        other.covering(before.position)
    else:
        other._grower.step()
    monkeypatch.setattr(worker, "_spaced_at", float("-inf"))
    worker.run_once()
    assert [point.position for point in stored()] == [before.position, position]
    note(ledger)
    other.covering(before.position)
    monkeypatch.setattr(worker, "_spaced_at", float("-inf"))
    worker.run_once()
    assert len(stored()) == 2, "a note is no notified decision"


def test_a_day_without_facts_is_signed_too(ledger, stored, clock):
    notary = Notary(ledger, [SEED])
    note(ledger)
    notary.run_once()
    clock.now += timedelta(hours=23, minutes=59)
    notary.run_once()
    assert len(stored()) == 1
    clock.now += timedelta(minutes=1)
    notary.run_once()
    first, second = stored()
    assert (first.size, first.reason, second.size, second.reason) == (1, "daily", 1, "daily")
    assert second.made_at - first.made_at == timedelta(days=1)
    # Another process, whose turn came a moment later, makes no third.
    Notary(ledger, [SEED]).run_once()
    notary.checkpoint("daily")
    assert len(stored()) == 2


def test_many_hands_make_one_checkpoint_of_a_size(ledger, stored):
    note(ledger, 5)
    position = notify(ledger)
    notaries = [Notary(ledger, [SEED]) for _ in range(6)]
    barrier = threading.Barrier(6)

    def ask(notary: Notary) -> int:
        barrier.wait()
        return notary.covering(position).number

    with ThreadPoolExecutor(6) as threads:
        numbers = set(threads.map(ask, notaries))
    assert len(numbers) == len(stored()) == 1


def test_a_new_key_signs_beside_the_old_one_and_old_checkpoints_stay_verifiable(ledger, stored, database):
    note(ledger)
    Notary(ledger, [SEED]).checkpoint_of_now()
    note(ledger)
    Notary(ledger, [OTHER, SEED]).checkpoint_of_now()
    note(ledger)
    Notary(ledger, [OTHER]).checkpoint_of_now()
    points = stored()
    with psycopg.connect(database.app_url) as connection:
        first, second = known_verifiers(connection)
        origin = origin_of(connection)
    signers = [opened_checkpoint(point.note, origin, [first, second])[1] for point in points]
    assert signers == [(first,), (second, first), (second,)]
    assert opened_checkpoint(points[1].note, origin, [first])[1] == (first,)


def test_a_new_key_signs_as_soon_as_it_can_and_covers_what_another_covered(ledger, stored):
    note(ledger)
    position = notify(ledger)
    assert Notary(ledger, [SEED]).covering(position).number == 1
    Notary(ledger, [OTHER, SEED]).run_once()
    assert [(point.size, point.reason) for point in stored()] == [(2, "asked"), (2, "daily")]
    assert Notary(ledger, [OTHER]).covering(position).number == 2
    assert Notary(ledger, [SEED]).covering(position).number == 2
    assert Notary(ledger, [bytes(range(2, 34))]).covering(position).number == 3


def test_a_clock_that_was_wrong_stops_no_daily_checkpoint(ledger, stored, clock):
    notary = Notary(ledger, [SEED])
    note(ledger)
    right = clock.now
    clock.now += timedelta(days=3650)
    notary.run_once()
    clock.now = right
    notary.run_once()
    Notary(ledger, [SEED]).run_once()
    clock.now += timedelta(days=1)
    notary.run_once()
    assert [point.made_at - right for point in stored()] == [timedelta(days=3650), timedelta(0), timedelta(days=1)]


def test_what_is_no_key_among_the_keys_stops_nobody(ledger, stored, database):
    with psycopg.connect(database.app_url) as connection:
        connection.execute("INSERT INTO ledger.checkpoint_keys (verifier) VALUES ('x'), ('a+00000000+AAAA')")
    note(ledger)
    Notary(ledger, [SEED]).run_once()
    assert len(stored()) == 1


def test_each_checkpoint_goes_on_from_those_before(ledger, stored, database):
    notary = Notary(ledger, [SEED])
    for count in (1, 4, 7, 2):
        note(ledger, count)
        notary.checkpoint_of_now()
    points = stored()
    assert [point.size for point in points] == [1, 5, 12, 14]
    with psycopg.connect(database.app_url) as connection:
        tree = Tree(connection)
        for old, new in pairwise(points):
            proof = tree.consistency(old.size, new.size)
            assert is_consistent(old.size, new.size, proof, tree.root(old.size), tree.root(new.size))


def test_a_fact_behind_an_appender_that_lasts_is_not_proven_yet(ledger, database, monkeypatch):
    monkeypatch.setattr("ledger.proofs.notary.SETTLED_SECONDS_MAX", 0.2)
    note(ledger)
    with psycopg.connect(database.app_url) as holder:
        holder.execute("SELECT ledger.arm()")
        position = notify(ledger)
        with pytest.raises(NothingToProve):
            Notary(ledger, [SEED]).covering(position)
    assert Notary(ledger, [SEED]).covering(position).position == position


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.checkpoints SET note = 'x'",
        "DELETE FROM ledger.checkpoints",
        "UPDATE ledger.log SET origin = 'x'",
        "DELETE FROM ledger.log",
        "DELETE FROM ledger.checkpoint_keys",
        "UPDATE ledger.checkpoint_keys SET verifier = 'x'",
        "TRUNCATE ledger.timestamps, ledger.cosignatures, ledger.checkpoints",
    ],
)
def test_what_was_signed_stays_even_for_the_owner(ledger, database, statement):
    note(ledger)
    Notary(ledger, [SEED]).checkpoint_of_now()
    with psycopg.connect(database.owner_url) as connection, pytest.raises(psycopg.Error, match="append-only"):
        connection.execute(statement)


def test_an_actor_is_not_needed_to_follow(ledger, stored):
    """The log is made of stored bytes: a fact that no program can read becomes a leaf all the same."""
    add(ledger, uuid4(), Noted(text="x"), actor=an_actor())
    ledger.codec.types.clear()
    Notary(ledger, [SEED]).run_once()
    assert [point.size for point in stored()] == [1]
