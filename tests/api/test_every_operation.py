"""Every operation maps to the facts it records or to an entry of the access log, without exception."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar

from tests.api.accesses import entries
from tests.api.operations import Asked, address, facts_by_path, lacking, operations
from tests.api.service import Service, service_on, settings_on
from tests.servers import Database

NO_FEED = {"Last-Event-ID": "x"}
"""What is no position: the feed refuses it instead of going on for ever."""


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("operations"))) as service:
        yield service


def ask(place: Service, asked: Asked, case: object) -> None:
    headers = place.headers("auditor", **NO_FEED)
    body = {} if asked.method in {"POST", "PUT", "PATCH"} else None
    answer = place.client.request(asked.method, address(asked.path, case), headers=headers, json=body)  # type: ignore[arg-type]
    assert answer.status_code < 500, f"{asked.name} {answer.text}"


def test_every_operation_records_facts_or_stands_in_the_log(place: Service) -> None:
    dossier = place.file()
    place.runner.run_until_current()
    commands = facts_by_path()
    found = operations(place.client.app)
    assert {(each.method, each.path) for each in found} >= set(commands), "every command has its route"
    assert {"GET /metrics", "Live", "Ready", "GET /schema/openapi.json", "LocalSignIn", "Events"} <= {
        each.name for each in found
    }
    others = [each for each in found if (each.method, each.path) not in commands]
    for asked in others:
        ask(place, asked, dossier.id)
    place.client.app.state.accesses.flush()
    logged = {access.operation for access in entries(place)}
    assert lacking(found, commands, logged) == []

    for asked in others:
        assert lacking(found, commands, logged - {asked.name}) == [asked.name], "the list above can fail"
    for command in [each for each in found if each not in others]:
        assert commands[command.method, command.path], f"{command.name} says which facts it records"


def test_a_command_that_is_refused_stands_in_the_log_too(place: Service) -> None:
    dossier = place.file()
    before = len(entries(place))
    for asked in operations(place.client.app):
        if (asked.method, asked.path) in facts_by_path():
            ask(place, asked, dossier.id)
    refused = entries(place)[before:]
    assert {access.operation for access in refused} == {
        asked.name for asked in operations(place.client.app) if (asked.method, asked.path) in facts_by_path()
    }
    assert {access.status for access in refused} <= {400, 403, 409, 422, 428}


def test_each_operation_has_a_name_of_its_own(place: Service) -> None:
    app: Litestar = place.client.app
    names = [each.name for each in operations(app)]
    assert len(names) == len(set(names))
