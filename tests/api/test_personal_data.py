"""What may be erased is proposed once, ordered by a person, refused line by line, and said to be under way."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from features.bodies import filing
from reactions.retention import RetentionNight
from tests.api import stages
from tests.api.accesses import entries
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.servers import Database

RETENTION = "/api/personal-data/retention"
ERASURES = "/api/personal-data/erasures"
ORDER = {"reason": "Durée de conservation expirée.", "archival_visa": "AD63 2031-118"}
DUE = date(2031, 11, 3)


@pytest.fixture
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("personal"))) as service:
        yield service


def abandoned(place: Service) -> Dossier:
    return place.file().must("employer-acme", "abandon", {"reason": "Poste pourvu."})


def night(place: Service, day: date, reaction: RetentionNight | None = None) -> int:
    place.clock.go_to(day)
    place.runner.run_until_current()
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        return (reaction or RetentionNight(place.desk)).run_once(connection)


def proposed(place: Service, who: str = "admin", **query: Any) -> list[dict[str, Any]]:
    answer = place.get_current(who, RETENTION, **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_case_is_proposed_once_from_its_day_on(place: Service) -> None:
    dossier, at_work = abandoned(place), place.file()
    held = abandoned(place).must("legal-69", "place-legal-hold", {"reason": "Réquisition."})
    reaction = RetentionNight(place.desk)
    assert night(place, DUE - timedelta(days=1), reaction) == 0
    assert night(place, DUE, reaction) == 1
    assert night(place, DUE, reaction) == 0
    # Another process, another night, and read models made anew.
    assert night(place, DUE) == 0
    with psycopg.connect(place.settings.owner_database_url, autocommit=True) as connection:
        connection.execute("TRUNCATE read.cases")
        connection.execute("DELETE FROM read.positions WHERE model = 'cases'")
    assert night(place, DUE + timedelta(days=1)) == 0
    (line,) = proposed(place)
    assert (line["case"], line["proposed_on"], line["erasable_on"]) == (str(dossier.id), str(DUE), str(DUE))
    assert (line["is_confirmed"], line["kept_because"]) == (False, [])
    assert str(at_work.id) not in str(line)
    # What has come since is told.
    dossier.must("legal-69", "place-legal-hold", {"reason": "Réquisition."})
    (line,) = proposed(place)
    assert line["kept_because"] == ["la mesure de conservation G1 vise le dossier"]
    held.must("legal-69", "lift-legal-hold", {"hold": "G1", "reason": "Fin."})
    assert night(place, DUE + timedelta(days=2)) == 1


def test_a_night_is_cut_in_turns(place: Service) -> None:
    dossiers = {abandoned(place).id for _ in range(3)}
    hurried = RetentionNight(place.desk, seconds_max=0.0)
    assert night(place, DUE, hurried) == 0, "no time at all"
    hurried.seconds_max = 60
    assert night(place, DUE, hurried) == 3
    assert {line["case"] for line in proposed(place)} == set(map(str, dossiers))


def test_proposals_are_of_the_territory_and_come_in_pages(place: Service) -> None:
    dossiers = {str(abandoned(place).id) for _ in range(3)}
    assert night(place, DUE) == 3
    assert {line["case"] for line in proposed(place, "prefecture-69")} == dossiers
    assert proposed(place, "prefecture-84") == []
    assert place.get("agent-63", RETENTION).status_code == 403
    assert place.get("employer-acme", RETENTION).status_code == 403
    first = place.get("admin", RETENTION, limit=2).json()
    second = place.get("admin", RETENTION, limit=2, cursor=first["next"]).json()
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]
    assert {line["case"] for page in (first, second) for line in page["items"]} == dossiers


def test_orders_are_judged_line_by_line(place: Service) -> None:
    done, at_work = abandoned(place), place.file()
    person, nobody = str(done.case.request.worker.person), str(uuid4())
    orders = [
        {"case": str(done.id)},
        {"case": str(at_work.id)},
        {"case": nobody},
        {"case": str(done.id), "person": person},
        {"case": str(done.id), "person": nobody},
        {"case": str(done.id)},
    ]
    assert place.post("agent-63", ERASURES, {"orders": orders, **ORDER}).status_code == 403
    assert place.post("admin", ERASURES, {"orders": orders, "reason": "x"}).status_code == 400
    assert place.post("admin", ERASURES, {"orders": [orders[0]] * 501, **ORDER}).status_code == 400
    answer = place.post("admin", ERASURES, {"orders": orders, **ORDER})
    assert answer.status_code == 200, answer.text
    assert [(line["case"], line["erased"], line["code"]) for line in answer.json()["items"]] == [
        (str(done.id), True, None),
        (str(at_work.id), False, "erasure_too_early"),
        (nobody, False, "not_found"),
        (str(done.id), False, "person_already_erased"),
        (str(done.id), False, "person_unknown"),
        (str(done.id), False, "person_already_erased"),
    ]
    history = place.get_current("admin", f"/api/cases/{done.id}/history").json()["lines"]
    assert "visa des archives AD63 2031-118" in history[-1]["sentence"]
    (line,) = place.get("admin", ERASURES).json()["items"]
    assert (line["person"], line["case"], line["state"]) == (person, str(done.id), "effacement en cours")
    assert place.get("legal-69", ERASURES).status_code == 403
    assert night(place, DUE) == 0


def test_an_altered_case_keeps_nobody_from_the_others(place: Service) -> None:
    altered, whole = abandoned(place), abandoned(place)
    assert night(place, DUE) == 2
    with psycopg.connect(place.settings.owner_database_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        connection.execute("UPDATE ledger.events SET topic = 'NoteAdded' WHERE originator_id = %s", (altered.id,))
    place.desk.ledger.keys.forget_all()
    assert [line["case"] for line in proposed(place)] == [str(whole.id)]
    orders = [{"case": str(dossier.id)} for dossier in (altered, whole)]
    answer = place.post("admin", ERASURES, {"orders": orders, **ORDER})
    assert answer.status_code == 200, answer.text
    assert [line["code"] for line in answer.json()["items"]] == ["ledger_altered", None]


def exported(place: Service, dossier: Dossier, who: str = "legal-69", *, behind: bool = False) -> dict[str, Any]:
    if not behind:
        place.runner.run_until_current()
    person = dossier.case.request.worker.person
    answer = place.client.get(
        f"/api/cases/{dossier.id}/persons/{person}/export",
        headers={**place.headers(who), "Access-Purpose": "droits"},
    )
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["donnees.json"]
        found: dict[str, Any] = json.loads(archive.read("donnees.json"))
        return found


def test_a_person_is_corrected_and_lists_follow(place: Service) -> None:
    dossier = place.file()
    person = str(dossier.case.request.worker.person)
    body = {"person": person, "family_name": "Rectifié-Nouveau", "reason": "Acte de naissance."}
    assert dossier.give("employer-acme", "rectify-person", body).status_code == 403
    dossier.must("legal-69", "rectify-person", body)
    (found,) = place.get_current("agent-63", "/api/cases", q="rectifie nouveau").json()["items"]
    assert found["case"] == str(dossier.id)
    line = dossier.read("agent-63", "/history").json()["lines"][-1]
    assert line["sentence"].startswith("Données d'une personne rectifiées à sa demande")
    assert "Rectifié" not in json.dumps(line, ensure_ascii=False)
    # What it said before stands in the history, sealed.
    names = {said["family_name"] for case in exported(place, dossier)["cases"] for fact in case["history"]
             for said in fact["of_the_person"].values() if said.get("family_name")}  # fmt: skip
    assert names == {"Benali", "Rectifié-Nouveau"}
    with psycopg.connect(place.settings.owner_database_url) as connection:
        stored = connection.execute("SELECT state FROM ledger.events").fetchall()
    assert not [row for (row,) in stored if "Rectifié-Nouveau".encode() in row or b"Acte de naissance" in row]


def test_everything_about_a_person_is_handed_over_and_that_is_recorded(place: Service) -> None:
    first, second = place.file(), place.file()
    third = place.file()
    other = {"given_names": "Rachid", "passport_number": "MA7654321", "reason": "Un frère, déposé par erreur."}
    third.must("legal-69", "rectify-person", {"person": str(third.case.request.worker.person), **other})
    first.must("agent-63", "claim").must("agent-63", "add-note", {"text": "Reçu au guichet."})
    assert place.get("agent-63", f"/api/cases/{first.id}").status_code == 200
    told = exported(place, first)
    assert {case["case"] for case in told["cases"]} == {str(first.id), str(second.id)}
    assert str(third.id) not in str(told)
    (own,) = (case for case in told["cases"] if case["case"] == str(first.id))
    assert own["identity"]["passport_number"] == first.case.request.worker.passport_number
    said = [part for fact in own["history"] for part in fact["of_the_person"].values()]
    assert {"text": "Reçu au guichet."} in said
    assert {access["operation"] for access in own["accesses"]} >= {"Case"}
    assert "Inès Morel" not in json.dumps(own["accesses"], ensure_ascii=False)
    (entry,) = [access for access in entries(place) if access.operation == "PersonExport"]
    assert (set(entry.cases), entry.purpose) == ({first.id, second.id}, "droits")

    person = first.case.request.worker.person
    for who, status in (("agent-63", 403), ("employer-acme", 403), ("prefecture-69", 200), (None, 401)):
        assert place.get(who, f"/api/cases/{first.id}/persons/{person}/export").status_code == status
    assert place.get("legal-69", f"/api/cases/{first.id}/persons/{uuid4()}/export").status_code == 404


A_WORKER = {"family_name": "Diallo", "given_names": "Awa", "birth_date": "1990-01-01", "passport_number": "P1"}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({}, {"given_names": "AWA"}, True),
        ({}, {"given_names": "Ava", "passport_number": "p 1"}, True),
        ({}, {"given_names": "Ava", "passport_number": "P2"}, False),
        ({"foreigner_number": "9901234567"}, {"foreigner_number": "9907654321"}, False),
        ({"foreigner_number": "9901234567"}, {"foreigner_number": "99 01234567", "given_names": "Ava"}, True),
        ({"foreigner_number": "9901234567"}, {"foreigner_number": "9901234567", "birth_date": "1990-10-01"}, True),
        ({"passport_number": "EN COURS"}, {"passport_number": "EN COURS", "birth_date": "1985-03-05"}, False),
    ],
)
def test_only_what_agrees_makes_two_cases_those_of_one_human_being(
    place: Service, one: dict[str, str], other: dict[str, str], is_same: bool
) -> None:
    bodies = [filing("introduction_permanent") for _ in range(2)]
    for body, own in zip(bodies, (one, other), strict=True):
        body["request"]["worker"] |= A_WORKER | own
    dossiers = [place.file_body(body) for body in bodies]
    assert {case["case"] for case in exported(place, dossiers[0])["cases"]} == {
        str(dossier.id) for dossier in dossiers[: 1 + is_same]
    }


def test_a_case_that_was_sent_elsewhere_is_not_handed_over_from_where_it_was(place: Service) -> None:
    first, second = place.file(), place.file()
    assert len(exported(place, first)["cases"]) == 2
    stages.sent_to_avignon(second)
    assert second.read("legal-69").status_code == 404
    told = exported(place, first, behind=True)
    assert [case["case"] for case in told["cases"]] == [str(first.id)]


def test_after_an_erasure_the_export_says_what_remains(place: Service) -> None:
    dossier = abandoned(place)
    name = dossier.case.request.worker.family_name
    orders = {"orders": [{"case": str(dossier.id)}], **ORDER}
    assert place.post("admin", ERASURES, orders).json()["items"][0]["erased"]
    told = exported(place, dossier)
    assert name not in json.dumps(told, ensure_ascii=False)
    assert told["cases"][0]["erased"]
    assert "leur clé est détruite" in told["notice"]
