"""Requests as Prometheus is told of them: by route, with the status that was answered."""

from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from tests.api.service import Service

ROUTE = "/api/cases/{case_id}/add-note"


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"app_name": "smoe", **labels}) or 0.0


def total(method: str, path: str, status: int, name: str = "smoe_requests_total") -> float:
    return counted(name, method=method, path=path, status_code=str(status))


def test_a_request_counts_under_its_route_and_status(service: Service) -> None:
    before = total("POST", ROUTE, 401), total("POST", ROUTE, 401, "smoe_request_duration_seconds_count")
    for _ in range(2):
        assert service.client.post(f"/api/cases/{uuid4()}/add-note", json={"text": "x"}).status_code == 401
    assert total("POST", ROUTE, 401) == before[0] + 2
    assert total("POST", ROUTE, 401, "smoe_request_duration_seconds_count") == before[1] + 2
    assert total("POST", ROUTE, 401, "smoe_requests_error_total") == 0
    assert counted("smoe_requests_in_progress", method="POST", path=ROUTE) == 0


def test_a_bug_counts_as_an_error(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("api.commands.caller_of", broken)
    before = total("POST", ROUTE, 500), total("POST", ROUTE, 500, "smoe_requests_error_total")
    assert service.post("agent-63", f"/api/cases/{uuid4()}/add-note", {"text": "x"}).status_code == 500
    assert total("POST", ROUTE, 500) == before[0] + 1
    assert total("POST", ROUTE, 500, "smoe_requests_error_total") == before[1] + 1


def test_an_address_of_no_route_makes_no_series(service: Service) -> None:
    series = len(list(REGISTRY.collect()))
    assert service.client.get(f"/api/nothing/{uuid4()}").status_code == 404
    assert len(list(REGISTRY.collect())) == series
