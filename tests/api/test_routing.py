"""A dry run names a bounded number of cases and counts them all; it says when the read models lag behind."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.routing_dry_run import MOVES_MAX
from features.bodies import changed, filing
from tests.api.service import Service, service_on, settings_on
from tests.servers import Database

PATH = "/api/admin/routing/dry-run"


@pytest.fixture
def alone(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """An application without any case."""
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("routing"))) as service:
        yield service


def a_table(*departments: str) -> dict[str, Any]:
    line = {"seasonal": False, "platform": "Béthune", "deciding_department": "62", "confirmed": True, "source": "essai"}
    lines = [{"department": department, **line} for department in departments]
    return {"version": "essai", "effective_from": "2026-11-02", "lines": lines, "source": "essai"}


def test_a_dry_run_names_some_and_counts_all(alone: Service) -> None:
    for _ in range(MOVES_MAX + 1):
        alone.file()
    alone.runner.run_until_current()
    told = alone.post("admin", PATH, a_table("69")).json()
    assert (len(told["moves"]), told["total"], told["more"]) == (MOVES_MAX, MOVES_MAX + 1, True)
    assert [movement["still_open"] for movement in told["movements"]] == [MOVES_MAX + 1]
    assert told["stale"] is False


def test_a_dry_run_names_all_that_it_may(alone: Service) -> None:
    left_to_hand = filing("introduction_permanent")
    changed(left_to_hand, "/request/employer/seat/postcode", "31000")
    for _ in range(2):
        alone.file_body(left_to_hand)
    for _ in range(MOVES_MAX - 2):
        alone.file()
    alone.runner.run_until_current()
    told = alone.post("admin", PATH, a_table("69", "31")).json()
    assert (len(told["moves"]), told["total"], told["more"]) == (MOVES_MAX, MOVES_MAX, False)
    assert told["left_to_hand"] == 2
    assert [move["origin"] for move in told["moves"][:3]] == [
        None,
        None,
        {"platform": "Clermont-Ferrand", "deciding_department": "63"},
    ]


def test_a_dry_run_says_that_newer_cases_may_be_missing(alone: Service) -> None:
    alone.runner.run_until_current()
    alone.file()
    told = alone.post("admin", PATH, a_table("69")).json()
    assert (told["stale"], told["total"]) == (True, 0)
    alone.runner.run_until_current()
    told = alone.post("admin", PATH, a_table("69")).json()
    assert (told["stale"], told["total"]) == (False, 1)
    assert told["position"] == alone.desk.ledger.last_position()
