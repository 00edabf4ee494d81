"""The dashboard of a thousand simulated cases equals sums made from their histories alone."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import psycopg
import pytest

from cli.simulate import simulate
from domain.case import Case, Status
from domain.reference.load import load_reference
from projections.access import EVERYTHING, AccessFilter
from projections.dashboard import Dashboard, DashboardQuery, Figures, Group, dashboard
from projections.runner import Runner
from tests.conftest import Database
from tests.integration.test_simulation import cases_in, open_ledger, settings_for

TODAY = date(2026, 11, 22)
CASES = 1_000
OVER = {Status.DECIDED, Status.CLOSED, Status.ABANDONED}
AGES = ((0, 30), (31, 60), (61, 90), (91, 180), (181, 10**6))


@pytest.fixture(scope="module")
def cases(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """A thousand histories, told to the read models and folded here from the ledger."""
    simulate(settings_for(module_database, tmp_path_factory.mktemp("sums")), cases=CASES, seed=7, until=TODAY)
    ledger = open_ledger(module_database)
    runner = Runner(ledger, module_database.owner_url, reference=load_reference(), check_key=b"k" * 32)
    runner.run_until_current()
    folded = [case for case in cases_in(ledger).values() if case is not None]
    runner.close()
    ledger.close()
    assert len(folded) == CASES
    return folded


@pytest.fixture
def shown(module_database: Database, cases: list[Case]) -> Iterator[Callable[..., Dashboard]]:
    """What the dashboard answers."""
    with psycopg.connect(module_database.app_url, autocommit=True) as connection:
        yield lambda access=EVERYTHING, **asked: dashboard(connection, access, DashboardQuery(**asked), today=TODAY)


def quantile(ordered: list[int], share: float) -> float | None:
    """Between neighbours, as statisticians interpolate; to a tenth of a day."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 1)


def how_it_stands(case: Case) -> str:
    if case.status is Status.ABANDONED:
        return "abandoned"
    standing = [decision.kind.value for decision in case.decisions if decision.live and decision.rejects_appeal is None]
    return standing[-1] if standing else "pending"


def must_equal(figures: Figures, cases: list[Case]) -> None:
    """Each figure, counted again from folded histories."""
    delays = sorted((case.decisions[0].on - case.filed_on).days for case in cases if case.decisions)
    ages = [(TODAY - case.filed_on).days for case in cases if case.status not in OVER]
    assert figures.filed == len(cases)
    assert figures.decided == len(delays)
    assert figures.implicit == sum(case.decisions[0].signed is None for case in cases if case.decisions)
    assert figures.open == len(ages)
    assert figures.with_appeal == sum(len(case.appeals) > 0 for case in cases)
    assert figures.with_litigation == sum(len(case.litigation) > 0 for case in cases)
    assert figures.delay_days_median == quantile(delays, 0.5)
    assert figures.delay_days_p90 == quantile(delays, 0.9)
    assert figures.outcomes == Counter(how_it_stands(case) for case in cases)
    assert [each.cases for each in figures.stock] == [sum(low <= age <= high for age in ages) for low, high in AGES]


def test_the_whole(shown: Callable[..., Dashboard], cases: list[Case]) -> None:
    must_equal(shown().total, cases)


KEYS: dict[Group, Callable[[Case], str | None]] = {
    Group.PLATFORM: lambda case: case.routing.platform if case.routing else None,
    Group.DEPARTMENT: lambda case: case.routing.competent_department if case.routing else None,
    Group.PROCEDURE: lambda case: case.procedure.value,
    Group.MONTH: lambda case: case.filed_on.replace(day=1).isoformat(),
}


@pytest.mark.parametrize("by", list(Group))
def test_each_part_and_nothing_else(shown: Callable[..., Dashboard], cases: list[Case], by: Group) -> None:
    answer = shown(by=by)
    must_equal(answer.total, cases)
    key = KEYS[by]
    assert {line.key for line in answer.lines} == {key(case) for case in cases}
    for line in answer.lines:
        must_equal(line.figures, [case for case in cases if key(case) == line.key])


def test_what_one_platform_sees(shown: Callable[..., Dashboard], cases: list[Case]) -> None:
    seen = shown(access=AccessFilter(platforms=frozenset({"Clermont-Ferrand"}))).total
    must_equal(seen, [case for case in cases if KEYS[Group.PLATFORM](case) == "Clermont-Ferrand"])
