"""What is made of read models says how many cases these have set aside, and shows none where it is no more."""

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest

from api import reading
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
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


def transferred(place: Service) -> Dossier:
    """A case that every read model sets aside at Clermont-Ferrand, and that then goes to Avignon."""
    dossier = place.file()
    place.runner.run_until_current()
    with psycopg.connect(place.settings.owner_database_url) as connection:
        for model in ANSWERS.values():
            connection.execute(
                "INSERT INTO read.parked (model, case_id, position, error, code_version) VALUES (%s, %s, 1, 'x', 'x')"
                " ON CONFLICT DO NOTHING",
                (model, dossier.id),
            )
    stages.sent_to_avignon(dossier)
    place.runner.run_until_current()
    return dossier


def listed(place: Service, who: str, case: UUID) -> bool:
    return str(case) in place.get(who, "/api/cases", limit=200, order="newest").text


def test_a_case_set_aside_is_listed_where_the_ledger_says_that_it_is(place: Service) -> None:
    """Its row still says where it was: whoever was there may know of it no longer."""
    case = transferred(place).id
    assert {who: listed(place, who, case) for who in ("agent-63", "agent-84", "auditor")} == {
        "agent-63": False,
        "agent-84": True,
        "auditor": True,
    }
    assert place.get("agent-63", "/api/cases").json()["parked_cases"] == 0
    assert place.get("agent-84", "/api/cases").json()["parked_cases"] >= 1


def test_of_more_cases_than_are_judged_none_is_listed(place: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    case = transferred(place).id
    monkeypatch.setattr(reading, "JUDGED_MAX", 0)
    assert not listed(place, "agent-84", case)
    assert listed(place, "auditor", case)


def test_a_case_sent_elsewhere_is_listed_there_before_the_read_models_know(place: Service) -> None:
    dossier = stages.granted(place)
    place.runner.run_until_current()
    before = {who: place.get(who, "/api/cases").json()["total"] for who in ("agent-63", "agent-84")}
    decided = place.get("manager-63", "/api/registers/decisions").text
    assert (listed(place, "agent-63", dossier.id), str(dossier.id) in decided) == (True, True)
    stages.sent_to_avignon(dossier)
    after = {who: place.get(who, "/api/cases").json()["total"] for who in before}
    assert after == {"agent-63": before["agent-63"] - 1, "agent-84": before["agent-84"] + 1}
    assert (listed(place, "agent-63", dossier.id), listed(place, "agent-84", dossier.id)) == (False, True)
    assert str(dossier.id) not in place.get("manager-63", "/api/registers/decisions").text
    figures = place.get("agent-63", "/api/dashboards/activity").json()["dashboard"]["total"]["filed"]
    assert figures == after["agent-63"]
    place.runner.run_until_current()
    assert (listed(place, "agent-63", dossier.id), listed(place, "agent-84", dossier.id)) == (False, True)
