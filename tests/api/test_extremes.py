"""Extreme values anywhere in any body: each is accepted or refused with its place, never a fault of ours."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis

from domain.command import administration_commands, case_commands
from tests.api.service import Service, service_on, settings_on
from tests.api.test_openapi_examples import WAYS, example_of
from tests.servers import Database

STRINGS = ("\x00", "avant\x00après", "\ud800", "0001-01-01", "9999-12-31", "x" * 30_000, "")
NUMBERS = (-1, 10**30, 1e308)
RENEWED_MAX = 3
"""How often a case that a command has changed is brought anew to where the command is possible."""
ODD = (None, [], {})


def variants(value: Any) -> tuple[Any, ...]:
    """What to put in the place of a value."""
    if isinstance(value, str):
        return (*STRINGS, *ODD)
    if isinstance(value, bool):
        return (*ODD, "oui")
    if isinstance(value, int | float):
        return (*NUMBERS, *ODD)
    return ODD


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every place in a body with what stands there, the body itself left out."""
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from places(inner, (*path, name))


def mutants(body: Any) -> Iterator[tuple[str, Any]]:
    """Bodies that differ from one that works in a single place, each with the pointer to that place."""
    for path, value in places(body):
        for variant in variants(value):
            mutant = copy.deepcopy(body)
            holder = mutant
            for part in path[:-1]:
                holder = holder[part]
            holder[path[-1]] = variant
            yield "/" + "/".join(map(str, path)), mutant
    yield "/inconnu", {**body, "inconnu": 1}


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("extremes"))) as service:
        yield service


@pytest.fixture(scope="module")
def schema(place: Service) -> Any:
    return schemathesis.openapi.from_dict(place.client.get("/schema/openapi.json").json())


def posted(service: Service, who: str, path: str, body: Any, **headers: str) -> httpx.Response:
    headers = {**service.headers(who), "Content-Type": "application/json", **headers}
    return service.client.post(path, content=json.dumps(body).encode(), headers=headers)


def check(schema: Any, path: str, answer: httpx.Response, pointer: str) -> None:
    """The answer is documented, no fault of ours, and a malformed body is told where."""
    operation = schema[path]["POST"]
    operation.validate_response(answer)
    assert answer.status_code < 500, (pointer, answer.text)


@pytest.mark.parametrize("name", sorted(WAYS))
def test_no_value_in_a_command_on_a_case_breaks_it(place: Service, schema: Any, name: str) -> None:
    who, stage = WAYS[name]
    path = f"/api/cases/{{case_id}}/{name}"
    place.clock.restart()
    dossier = stage(place)
    accepted = 0
    for pointer, mutant in mutants(case_commands()[name].example):
        version = dossier.case.version
        answer = posted(place, who, f"{dossier.path}/{name}", mutant, **{"If-Match": f'"{version}"'})
        check(schema, path, answer, f"{pointer} = {mutant!r}"[:300])
        if answer.status_code == 200 and (accepted := accepted + 1) <= RENEWED_MAX:
            place.clock.restart()
            dossier = stage(place)
    place.runner.run_until_current()
    assert place.runner.lag().parked == 0, "what is accepted can be shown"


@pytest.mark.parametrize("name", sorted(administration_commands()))
def test_no_value_in_an_act_of_administration_breaks_it(place: Service, schema: Any, name: str) -> None:
    path = f"/api/admin/{name}"
    for pointer, mutant in mutants(example_of(schema.raw_schema, path)):
        check(schema, path, posted(place, "admin", path, mutant), f"{pointer} = {mutant!r}"[:300])
        assert place.get("admin", "/api/admin").status_code == 200


def test_no_value_in_a_filing_breaks_it(place: Service, schema: Any) -> None:
    for pointer, mutant in mutants(example_of(schema.raw_schema, "/api/cases")):
        answer = posted(place, "employer-acme", "/api/cases", mutant)
        check(schema, "/api/cases", answer, f"{pointer} = {mutant!r}"[:300])
        if answer.status_code == 201:
            for part in ("", "/clocks"):
                assert place.get("employer-acme", answer.headers["Location"] + part).status_code == 200, pointer
    place.runner.run_until_current()
    assert place.runner.lag().parked == 0, "what is accepted can be shown"
