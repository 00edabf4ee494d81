"""The simulation written into a real ledger: every history there, chained, and not written twice."""

from collections import Counter
from datetime import date
from typing import get_args
from uuid import uuid4

import pytest

from cli.embedded import ServerError
from cli.seed import seed_demonstration
from cli.simulate import simulate
from cli.simulation.staff import BETHUNE
from domain.acts import DelegatedAct
from domain.administration import ADMINISTRATION_STREAM
from domain.administration import replay as replay_administration
from domain.case import Status
from domain.demonstration import IDENTITIES, administration_facts
from domain.events import EVENT_TYPES, CaseEvent
from domain.fold import replay
from domain.reference.load import load_reference
from ledger.facts import FIRST_HASH
from ledger.settings import Settings
from ledger.store import Ledger

UNTIL = date(2026, 11, 22)
MASTER_KEY = bytes(range(32))


def settings_for(database, tmp_path):
    return Settings(
        mode="development",
        database_url=database.app_url,
        owner_database_url=database.owner_url,
        redis_url="",
        host="127.0.0.1",
        port=0,
        workers=1,
        data_dir=tmp_path,
        secret_key="x" * 40,
        master_key=MASTER_KEY,
        local_sign_in=True,
        demonstration=True,
        code_version="test",
    )


def open_ledger(database):
    return Ledger(database.app_url, event_types=EVENT_TYPES, master_key=MASTER_KEY, code_version="test", pool_size=2)


@pytest.fixture
def settings(database, tmp_path):
    return settings_for(database, tmp_path)


@pytest.fixture
def ledger(database):
    opened = open_ledger(database)
    yield opened
    opened.close()


def all_facts(ledger):
    position, facts = 0, []
    while batch := ledger.read(position, 2_000):
        facts += batch
        position = batch[-1].position
    return facts


def cases_in(ledger):
    histories = {}
    for fact in all_facts(ledger):
        if isinstance(fact.event, get_args(CaseEvent)):
            histories.setdefault(fact.stream, []).append(fact.event)
    return {stream: replay(events, stream) for stream, events in histories.items()}


def record_administration(ledger):
    ledger.append(
        ADMINISTRATION_STREAM,
        administration_facts(load_reference()),
        expected_version=0,
        previous_hash=FIRST_HASH,
        actor=IDENTITIES["admin"].actor,
        command=uuid4(),
    )


def test_two_hundred_histories_are_written_whole_and_chained(settings, ledger, capsys):
    told = simulate(settings, cases=200, seed=3, until=UNTIL)
    assert list(ledger.verify_all()) == []
    cases = cases_in(ledger)
    assert len(cases) == told.cases == 200
    assert len(all_facts(ledger)) == told.events
    statuses = Counter(case.status for case in cases.values())
    assert statuses[Status.DECIDED] > 150
    output = capsys.readouterr().out
    assert "graine 3, jusqu'au 22/11/2026 exclu (--until 2026-11-22)" in output
    assert f"200 dossiers, {told.events} événements en" in output
    assert "événements par seconde" in output


def test_positions_follow_the_days_that_were_lived(settings, ledger):
    simulate(settings, cases=30, seed=1, until=UNTIL)
    moments = [fact.recorded_at for fact in all_facts(ledger)]
    assert moments == sorted(moments)


def test_two_databases_hold_the_same_facts_for_the_same_seed(new_database, tmp_path):
    told = []
    for database in (new_database(), new_database()):
        simulate(settings_for(database, tmp_path), cases=20, seed=5, until=UNTIL)
        ledger = open_ledger(database)
        told.append(
            [
                (f.stream, f.version, f.event, f.actor, f.recorded_at, f.command, f.causation, f.salt)
                for f in all_facts(ledger)
            ]
        )
        ledger.close()
    assert told[0] == told[1]


def test_the_same_cases_are_not_written_twice(settings, ledger):
    simulate(settings, cases=5, seed=2, until=UNTIL)
    before = ledger.last_position()
    with pytest.raises(ServerError, match="déjà dans la base"):
        simulate(settings, cases=5, seed=2, until=UNTIL)
    assert ledger.last_position() == before


def test_another_seed_adds_its_cases_to_the_same_administration(settings, ledger):
    simulate(settings, cases=5, seed=1, until=UNTIL)
    version, _ = ledger.head(ADMINISTRATION_STREAM)
    simulate(settings, cases=5, seed=2, until=UNTIL)
    assert ledger.head(ADMINISTRATION_STREAM)[0] == version
    assert len(cases_in(ledger)) == 10


def test_an_administration_that_exists_is_completed(settings, ledger):
    record_administration(ledger)
    simulate(settings, cases=5, seed=1, until=UNTIL)
    state = replay_administration(fact.event for fact in ledger.load(ADMINISTRATION_STREAM))
    (delegation,) = [each for each in state.delegations if each.identity == "sim:signatory-62"]
    assert delegation.platform == BETHUNE
    assert delegation.published_on is not None
    assert delegation.published_on <= UNTIL
    assert DelegatedAct.REFUSAL in delegation.acts
    assert {"*", "59"} & set(delegation.departments)
    assert list(ledger.verify_all()) == []


def test_the_demonstration_is_seeded_once(settings, ledger, capsys):
    seed_demonstration(settings)
    assert len(cases_in(ledger)) == 300
    before = ledger.last_position()
    seed_demonstration(settings)
    assert ledger.last_position() == before
    assert "contient déjà des dossiers" in capsys.readouterr().out


def test_the_demonstration_is_seeded_where_only_the_administration_exists(settings, ledger):
    record_administration(ledger)
    seed_demonstration(settings)
    assert len(cases_in(ledger)) == 300
