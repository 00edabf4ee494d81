"""Lists: cursors that insertions do not shift, counts equal to lists, and reads that wait or say that they are late."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from features.bodies import filing
from tests.api import stages
from tests.api.service import Service, service_on, settings_on
from tests.servers import Database

MANY = 12


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """An application whose lists hold only what these tests file."""
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("lists"))) as service:
        for _ in range(MANY):
            service.file()
        service.file("seasonal")
        stages.grant_proposed(service)
        service.runner.run_until_current()
        yield service


def pages(place: Service, meanwhile: Callable[[], None], path: str = "/api/cases", **query: Any) -> list[str]:
    """Everything listed, in order, page by page; something happens between pages."""
    found: list[str] = []
    cursor = None
    while True:
        page = place.get("auditor", path, **query, **({"cursor": cursor} if cursor else {})).json()
        found += [item["case"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return found
        assert len(found) < 1_000, "pages without end"
        meanwhile()


@pytest.mark.parametrize("order", ["deadline", "newest"])
@pytest.mark.parametrize("limit", [1, 3, 5])
def test_pages_hold_each_case_once_whatever_is_filed_meanwhile(place: Service, order: str, limit: int) -> None:
    before = pages(place, lambda: None, order=order, limit=200)

    def file_one() -> None:
        if len(filed) < 3:
            filed.append(str(place.file().id))
            place.runner.run_until_current()

    filed: list[str] = []
    found = pages(place, file_one, order=order, limit=limit)
    assert filed, "something was filed between two pages"
    assert len(found) == len(set(found)), "no case twice"
    assert [case for case in found if case in set(before)] == before, "none lost, none moved"


def test_counts_equal_lists(place: Service) -> None:
    place.runner.run_until_current()
    queues = place.get("manager-63", "/api/queues").json()["queues"]
    assert {queue["name"]: queue["count"] for queue in queues}["to_sign"] == 1
    for queue in queues:
        page = place.get("manager-63", "/api/cases", queue=queue["name"], limit=200).json()
        assert queue["count"] == page["total"] == len(page["items"]), queue["name"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"procedure": "seasonal"}, 1),
        ({"platform": "Avignon"}, 1),
        ({"department": "84"}, 1),
        ({"status": "to_sign"}, 1),
        ({"assignee": "local:agent-63"}, 1),
        ({"q": "vergers"}, 1),
        ({"q": "introuvable"}, 0),
        ({"due_before": "2026-11-03"}, 0),
    ],
)
def test_a_filter_keeps_what_it_names(place: Service, query: dict[str, str], count: int) -> None:
    page = place.get("auditor", "/api/cases", **query).json()
    assert (page["total"], len(page["items"])) == (count, count)


def test_a_cursor_serves_its_own_order_only(place: Service) -> None:
    cursor = place.get("auditor", "/api/cases", order="newest", limit=1).json()["next"]
    answer = place.get("auditor", "/api/cases", order="deadline", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_read_waits_for_the_position_it_names(place: Service) -> None:
    filed = place.post("employer-acme", "/api/cases", filing("introduction_permanent"))
    position, case = filed.json()["position"], filed.json()["case"]
    following = threading.Timer(0.5, place.runner.run_until_current)
    following.start()
    began = time.monotonic()
    page = place.get("auditor", "/api/cases", at_least=position, order="newest", limit=200).json()
    following.join()
    assert 0.3 < time.monotonic() - began < 2.5
    assert page["stale"] is False
    assert case in {item["case"] for item in page["items"]}


@pytest.mark.parametrize("path", ["/api/cases", "/api/queues", "/api/dashboards/activity", "/api/registers/decisions"])
def test_a_read_that_waited_in_vain_says_that_it_is_stale(place: Service, path: str) -> None:
    place.runner.run_until_current()
    assert place.get("auditor", path).json()["stale"] is False
    position = place.desk.ledger.last_position() + 1
    began = time.monotonic()
    answer = place.get("auditor", path, at_least=position)
    assert answer.status_code == 200
    assert answer.json()["stale"] is True
    assert 1.8 < time.monotonic() - began < 3.5


def test_a_history_behind_the_ledger_says_so(place: Service) -> None:
    dossier = place.file()
    late = dossier.read("auditor", "/history").json()
    assert (late["stale"], late["lines"]) == (True, [])
    place.runner.run_until_current()
    current = dossier.read("auditor", "/history").json()
    assert (current["stale"], current["version"]) == (False, dossier.version)
    assert [line["type"] for line in current["lines"]] == dossier.facts()
