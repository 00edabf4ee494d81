"""A case that one may not know of appears nowhere, whatever is asked; and each path without the filter is noticed."""

import os
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL

from domain.envelope import Role
from domain.events import PersonErased
from ledger.desk import open_ledger
from projections.access import AccessFilter
from tests.api.read_paths import MODELS, PATHS, ReadPath, Town, operations_that_read
from tests.api.service import service_on, settings_on
from tests.api.written import write_letters
from tests.histories import persons_of, record_administration, write
from tests.properties.populations import CALLERS, EVERYWHERE, ROLES, population
from tests.servers import Database

SEEDS = tuple(map(int, os.environ.get("SMOE_LEAK_SEEDS", "13 14").split()))
"""Each reader meets one of the populations; others may be drawn by naming their seeds."""
FAULTS_MAX = 12


@pytest.fixture(scope="module")
def towns(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[int], Town]]:
    """A town for each seed, settled when it is first asked for."""
    made: dict[int, Town] = {}
    open_services: list[Any] = []

    def town(seed: int) -> Town:
        if seed not in made:
            settings = settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("town"))
            ledger = open_ledger(settings)
            record_administration(ledger)
            ledger.close()
            service = service_on(settings, seeded=True)
            open_services.append(service)
            made[seed] = settled(Town(service.__enter__(), population(seed)))
        return made[seed]

    yield town
    for service in open_services:
        service.__exit__(None, None, None)


def settled(town: Town) -> Town:
    """What was drawn has happened, and the read models have seen as much of it as they can."""
    service, ledger = town.service, town.service.desk.ledger
    for case in town.people.cases:
        write(ledger, case.stream, case.steps)
        if case.is_erased:
            (version,) = (at for at, (_, event, _) in enumerate(case.steps, 1) if type(event) is PersonErased)
            ledger.keys.destroy(persons_of(case.stream)[0], case.stream, version)
    service.runner.run_until_current()
    with psycopg.connect(service.settings.owner_database_url) as connection:
        for case in town.people.cases:
            for model in MODELS if case.is_parked else ():
                connection.execute(
                    "INSERT INTO read.parked (model, case_id, position, error, code_version)"
                    " VALUES (%s, %s, 1, 'x', 'x')",
                    (model, case.stream),
                )
    for case in town.people.cases:
        write(ledger, case.stream, case.later)
    write_letters(service)
    for path, body in town.people.decided:
        answer = service.post("admin", f"/api/admin/{path}", body)
        assert answer.status_code == 201, answer.text
    return town


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_what_one_may_not_know_appears_nowhere(towns: Callable[[int], Town], seed: int, path: ReadPath) -> None:
    town = towns(seed)
    begin = time.monotonic()
    readers = CALLERS[SEEDS.index(seed) % 2 :: 2]
    faults = [fault for who in readers for fault in islice(path.check(town, who), FAULTS_MAX)]
    print(f"{path.name}: {time.monotonic() - begin:.1f} s")
    assert faults == []


@pytest.mark.parametrize("seed", SEEDS)
def test_populations_are_not_empty(towns: Callable[[int], Town], seed: int) -> None:
    """Every role that is bounded knows some cases and not others; every kind of case is hidden from somebody."""
    town = towns(seed)
    bounded = set(ROLES.values()) - EVERYWHERE
    assert {ROLES[who] for who in CALLERS if town.known(who) and town.unknown(who)} == bounded
    hidden = {case.stream for who in CALLERS for case in town.unknown(who)}
    assert hidden == {case.stream for case in town.people.cases}
    cases = town.people.cases
    assert sum(case.is_parked for case in cases) == 4
    assert sum(bool(case.later) for case in cases) >= 1
    assert any(case.place is None for case in cases)
    assert any(case.is_erased for case in cases)
    states = [town.state(case) for case in cases]
    assert all(any(getattr(state, part) for state in states) for part in ("decisions", "appeals", "litigation"))


def test_every_operation_that_reads_is_one_of_these_paths(towns: Callable[[int], Town]) -> None:
    """A new route that reads needs a path here, or a line among those that show no case."""
    assert operations_that_read(towns(SEEDS[0])) - {name for path in PATHS for name in path.operations} == set()


REMOVALS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "condition": lambda patch: patch.setattr(AccessFilter, "condition", lambda self: SQL("true").format()),
    "predicate": lambda patch: patch.setattr(AccessFilter, "allows", lambda self, case: True),
}
"""How the filter is taken out: of what SQL is asked, or of what is asked of a case."""


@pytest.mark.parametrize(
    ("path", "removed"),
    [pytest.param(path, removed, id=f"{path.name} without {removed}") for path in PATHS for removed in path.held_by],
)
def test_a_path_without_the_filter_is_noticed(
    towns: Callable[[int], Town], path: ReadPath, removed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only this path is asked while the filter is out: the test above would fail of it, and of nothing else."""
    town = towns(SEEDS[0])
    bounded = [who for who in CALLERS if town.known(who) and town.unknown(who)]
    readers = {ROLES[who]: who for who in bounded if ROLES[who] in {Role.AGENT, Role.MANAGER, Role.LEGAL}}
    assert len(readers) == 3
    REMOVALS[removed](monkeypatch)
    faults = next((fault for who in readers.values() for fault in path.check(town, who)), None)
    assert faults, f"nobody notices that {path.name} has lost its {removed}"
