"""The ledger counts what it does: appends with their facts, and conflicts by what they met."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from ledger.facts import KeyReusedForAnotherCommand, KeyUsed, VersionConflict
from ledger.store import Ledger
from tests.conftest import Database
from tests.ledger_samples import NEW, Filed, Firm, Noted, Worker, a_key, add, open_ledger, told


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[Any]]:
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


class Counts:
    """How much each figure has grown since the beginning of the test."""

    NAMES = ("smoe_append_seconds_count", "smoe_append_seconds_sum", "smoe_facts_appended_total")
    KINDS = ("version", "key_reuse", "key_race")

    def __init__(self) -> None:
        self.before = self._all()

    def _all(self) -> dict[str, float]:
        found = {name: REGISTRY.get_sample_value(name) for name in self.NAMES}
        found |= {kind: REGISTRY.get_sample_value("smoe_append_conflicts_total", {"kind": kind}) for kind in self.KINDS}
        return {name: value or 0.0 for name, value in found.items()}

    def grown(self) -> dict[str, float]:
        return {name: value - self.before[name] for name, value in self._all().items() if value != self.before[name]}


@pytest.fixture
def counts() -> Counts:
    return Counts()


def test_an_append_is_counted_with_its_facts_and_its_time(ledger: Ledger[Any], counts: Counts) -> None:
    add(ledger, uuid4(), Noted(text="1"), Noted(text="2"), Noted(text="3"))
    grown = counts.grown()
    assert 0 < grown.pop("smoe_append_seconds_sum") < 5
    assert grown == {"smoe_append_seconds_count": 1, "smoe_facts_appended_total": 3}


def test_conflicts_are_counted_by_what_they_met(ledger: Ledger[Any], counts: Counts) -> None:
    stream, key = uuid4(), a_key("k")
    add(ledger, stream, Noted(text="1"), key=key, answer=told)
    before = counts.grown()
    with pytest.raises(VersionConflict):
        add(ledger, stream, Noted(text="late"), **NEW)
    assert counts.grown() == before | {"version": 1}
    with pytest.raises(KeyReusedForAnotherCommand):
        add(ledger, uuid4(), Noted(text="other"), key=a_key("k", b"other"), answer=told)
    assert counts.grown() == before | {"version": 1, "key_reuse": 1}
    # The same command again is no conflict: it gets its first answer.
    with pytest.raises(KeyUsed):
        add(ledger, stream, Noted(text="1"), key=key, answer=told)
    assert counts.grown() == before | {"version": 1, "key_reuse": 1}


def test_a_key_made_elsewhere_is_counted(
    ledger: Ledger[Any], database: Database, counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, other = uuid4(), open_ledger(database.app_url)
    filed = Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1"))
    of_persons, rivals = ledger.keys.of_persons, [other]

    def overtaken(persons: Any) -> Any:
        drawn = of_persons(persons)
        # Another process makes the key of the same person before ours is stored.
        while rivals:
            add(rivals.pop(), uuid4(), filed)
        return drawn

    monkeypatch.setattr(ledger.keys, "of_persons", overtaken)
    try:
        add(ledger, uuid4(), filed)
    finally:
        other.close()
    grown = counts.grown()
    assert (grown["key_race"], grown["smoe_append_seconds_count"]) == (1, 2)
