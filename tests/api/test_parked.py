"""What is made of read models says how many cases these have set aside."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.api.service import Service, service_on, settings_on
from tests.servers import Database

ANSWERS = {
    "/api/cases": "cases",
    "/api/queues": "cases",
    "/api/dashboards/activity": "dashboard",
    "/api/registers/decisions": "decisions",
    "/api/registers/messages": "ofii_register",
}


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("parked"))) as service:
        yield service


@pytest.mark.parametrize("path", ANSWERS)
def test_an_answer_says_how_many_cases_its_model_has_parked(place: Service, path: str) -> None:
    case = place.file()
    place.runner.run_until_current()
    assert place.get("auditor", path).json()["parked_cases"] == 0
    with psycopg.connect(place.settings.owner_database_url) as connection:
        # Of this model, and of another whose answers it does not concern.
        for model in (ANSWERS[path], "permits"):
            connection.execute(
                "INSERT INTO read.parked (model, case_id, position, error, code_version) VALUES (%s, %s, 1, 'x', 'x')",
                (model, case.id),
            )
    assert place.get("auditor", path).json()["parked_cases"] == 1
    for model in (ANSWERS[path], "permits"):
        assert place.runner.rebuild_case(case.id, place.runner.models[model])
    assert place.get("auditor", path).json()["parked_cases"] == 0
