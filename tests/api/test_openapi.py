"""What the OpenAPI document says of all operations alike: how one is known, and that too much may be asked."""

from typing import Any

import pytest

from api.rate_limits import FREE
from tests.api.service import Service


@pytest.fixture
def document(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.client.get("/schema/openapi.json").json()
    return found


def test_a_token_and_a_session_are_two_ways_to_be_known(service: Service, document: dict[str, Any]) -> None:
    assert document["security"] == [{"bearer": []}, {"session": []}]
    told = document["components"]["securitySchemes"]["session"]
    assert (told["type"], told["in"]) == ("apiKey", "cookie")
    service.client.post("/api/local-sign-in", json={"identity": "agent-63", "session": True})
    try:
        assert told["name"] in service.client.cookies
    finally:
        service.client.cookies.clear()


def test_whatever_is_counted_may_be_refused_for_being_too_much(document: dict[str, Any]) -> None:
    silent = {
        path
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if "429" not in operation["responses"]
    }
    assert silent == {path for path in document["paths"] if path.startswith(FREE)}
