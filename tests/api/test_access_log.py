"""The access log through the API: what is recorded of whom, before what, what is not, and who may read it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from litestar import get
from litestar.params import FromPath

from api import recording
from api.access import LINE
from api.access_log import CASE_MISSING
from api.recording import PURPOSE_HEADER
from domain.demonstration import IDENTITIES
from domain.envelope import Role
from domain.purposes import PURPOSES, USUAL, Purpose
from domain.registers import ACCESSES_STREAM
from features.bodies import changed, filing
from ledger.access_log import AccessLog
from ledger.accesses import Access, decode, verify_accesses
from ledger.datastore import LedgerDatastore
from reactions.access_retention import AccessRetention
from reactions.accesses import Accesses
from tests.api import stages
from tests.api.accesses import entries, last
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.api.test_events import served
from tests.api.test_routing import a_table
from tests.integration.test_access_seals import an_access
from tests.servers import Database

NAME = "Zébulon-Aristide"


@pytest.fixture(scope="module")
def house(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("accesses"))) as service:
        yield service


@pytest.fixture
def place(house: Service) -> Service:
    house.clock.restart()
    return house


def log_of(place: Service, who: str = "auditor", **query: Any) -> Any:
    answer = place.get(who, "/api/audit/access", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def by(place: Service, who: str, path: str, *, purpose: str | None = None, **headers: str) -> httpx.Response:
    told = {} if purpose is None else {PURPOSE_HEADER: purpose}
    return place.client.get(path, headers=place.headers(who, **told, **headers))


# What is recorded


def test_reading_a_case_says_who_when_what_and_what_for(place: Service) -> None:
    dossier = place.file()
    before = datetime.now(UTC)
    assert dossier.read("agent-63", legal_as_of="2026-11-02").status_code == 200
    access = last(place, "Case")
    agent = IDENTITIES["agent-63"].actor
    assert before <= access.at <= datetime.now(UTC)
    assert access.actor is not None
    assert (access.actor.identity, access.actor.person) == (agent.identity, agent.person)
    assert (access.actor.quality, access.actor.service, access.role) == (agent.quality, agent.service, Role.AGENT)
    assert (access.cases, access.status, access.count) == ((dossier.id,), 200, 1)
    assert access.parameters == {"legal_as_of": ("2026-11-02",)}
    assert access.purpose is Purpose.INSTRUCTION


@pytest.mark.parametrize(
    "part", ["", "/clocks", "/documents", "/conditions", "/history", "/notes", "/validity", "/routing"]
)
def test_every_part_of_a_case_is_recorded_once(place: Service, part: str) -> None:
    dossier = stages.grant_proposed(place)
    place.runner.run_until_current()
    before = len(entries(place))
    assert dossier.read("agent-63", part).status_code == 200
    (access,) = entries(place)[before:]
    assert access.cases == (dossier.id,)


def test_a_list_names_the_cases_of_its_page_and_no_other(place: Service) -> None:
    for _ in range(3):
        place.file()
    page = place.get_current("agent-63", "/api/cases", limit=2, queue="to_claim", platform="Clermont-Ferrand").json()
    access = last(place, "Cases")
    assert [str(case) for case in access.cases] == [item["case"] for item in page["items"]]
    assert len(access.cases) == 2
    assert access.parameters == {"limit": ("2",), "queue": ("to_claim",), "platform": ("Clermont-Ferrand",)}
    place.get("agent-63", "/api/cases", limit=2, cursor=page["next"])
    assert set(last(place, "Cases").cases).isdisjoint(access.cases)


def test_a_filer_s_list_names_their_cases_too(place: Service) -> None:
    dossier = place.file()
    listed = place.get_current("employer-acme", "/api/cases", limit=1).json()
    assert [str(case) for case in last(place, "Cases").cases] == [listed["items"][0]["case"]] == [str(dossier.id)]
    assert last(place, "Cases").purpose is Purpose.SUIVI


@pytest.mark.parametrize(
    ("path", "operation", "stage"),
    [
        ("/api/registers/decisions", "DecisionRegister", stages.granted),
        ("/api/registers/messages", "MessageRegister", stages.notified_to_ofii),
    ],
)
def test_registers_name_their_cases(
    place: Service, path: str, operation: str, stage: Callable[[Service], Dossier]
) -> None:
    dossier = stage(place)
    assert place.get_current("auditor", path).status_code == 200
    assert dossier.id in last(place, operation).cases


def test_a_dry_run_names_the_cases_it_shows(place: Service) -> None:
    place.file()
    place.runner.run_until_current()
    moves = place.post("admin", "/api/admin/routing/dry-run", a_table("69")).json()["moves"]
    assert [str(case) for case in last(place, "RoutingDryRun").cases] == [move["case"] for move in moves] != []


def test_a_search_keeps_a_digest_of_the_text_only(place: Service) -> None:
    assert place.get("agent-63", "/api/cases", q=NAME, assignee="Jean Dupont", unknown=NAME).status_code == 200
    access = last(place, "Cases")
    assert set(access.searched) == {"q", "assignee"}
    assert access.parameters == {}
    (line, *_) = log_of(place, searched="zebulon aristide", operation="Cases")["items"]
    assert line["searched"] == ["q", "assignee"]
    assert log_of(place, searched="Zébulon", operation="Cases")["items"] == []


def test_nothing_is_searched_for_behind_more_parameters_than_are_kept(place: Service) -> None:
    headers = place.headers("auditor")
    before = [f"a{number}=1&" for number in range(50)]
    kept = place.client.get("/api/cases?" + "".join(before[:49]) + "q=Dupont", headers=headers)
    assert kept.status_code == 200
    sought = last(place, "Cases").searched["q"][-1]
    place.client.get("/api/cases?q=Dupont", headers=headers)
    assert last(place, "Cases").searched["q"] == (sought,)
    refused = place.client.get("/api/cases?" + "".join(before) + "q=Dupont", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert last(place, "Cases").status == 400


def test_no_clear_text_remains_of_an_erased_person(place: Service) -> None:
    body = filing("introduction_permanent")
    changed(body, "/request/worker/family_name", NAME)
    dossier = place.file_body(body)
    worker = dossier.case.request.worker
    assert worker.birth_date is not None
    assert worker.family_name == NAME
    for query in (
        {"q": NAME},
        {"q": NAME.lower()},
        {"platform": NAME},
        {"status": NAME},
        {"order": NAME},
        {"cursor": NAME},
        {"limit": NAME},
        {NAME: "1"},
    ):
        place.get_current("agent-63", "/api/cases", **query)
    place.get("auditor", "/api/audit/access", searched=NAME, actor=NAME, operation=NAME)
    place.get("auditor", f"/api/dashboards/{NAME}")
    place.get(None, "/api/permits/check", number=NAME, birth_date=worker.birth_date.isoformat())
    place.client.get("/api/cases", headers=place.headers("agent-63", traceparent=NAME.encode().hex()))
    dossier.read("agent-63")
    dossier.must("employer-acme", "abandon", {"reason": "Poste pourvu."})
    place.clock.go_to(date(2031, 12, 2))
    dossier.must(
        "admin",
        "erase-person",
        {"person": str(worker.person), "reason": "Conservation expirée, dossier clos.", "archival_visa": "AD63 1"},
    )
    with psycopg.connect(place.settings.owner_database_url) as owner:
        rows = [str(row) for row in owner.execute("SELECT *, convert_from(entry, 'UTF8') FROM ledger.accesses")]
    told = "\n".join(rows).lower()
    assert str(dossier.id) in told
    for text in (NAME, "bulon", "aristide", worker.birth_date.isoformat()):
        assert text.lower() not in told


@pytest.mark.parametrize(
    ("who", "status"), [("agent-84", 404), ("mandatary-durand", 404), ("employer-acme", 200), ("auditor", 200)]
)
def test_an_attempt_is_recorded_with_what_it_was_told(place: Service, who: str, status: int) -> None:
    dossier = place.file()
    assert dossier.read(who).status_code == status
    access = last(place, "Case")
    assert access.actor is not None
    assert (access.actor.identity, access.cases, access.status) == (f"local:{who}", (dossier.id,), status)


def test_what_is_forbidden_is_recorded(place: Service) -> None:
    dossier = place.file()
    assert dossier.read("employer-acme", "/notes").status_code == 403
    assert (last(place, "CaseNotes").cases, last(place, "CaseNotes").status) == ((dossier.id,), 403)


def test_whoever_is_not_signed_in_is_only_counted(place: Service) -> None:
    """Nothing was told, nobody is known, and anybody could fill the log."""
    dossier = place.file()
    before = len(entries(place))
    for _ in range(3):
        assert dossier.read(None).status_code == 401
    assert len(entries(place)) == before
    place.client.app.state.accesses.flush()
    access = last(place, "Case")
    assert (access.count, access.status, access.cases, access.actor) == (3, 401, (), None)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/api/cases", "assignee", "nom:DUPONT-Jean"),
        ("/api/audit/access", "actor", "x:Dupont.Jean.1990-01-01"),
        ("/api/cases", "platform", "Dupont"),
        ("/api/permits/check", "number", "N-JEAN-DUPONT-1990"),
    ],
)
def test_what_only_looks_like_a_code_is_kept_as_a_digest(place: Service, path: str, name: str, value: str) -> None:
    place.get("auditor", path, **{name: value, "birth_date": "1990-01-01"})
    access = entries(place)[-1]
    assert name in access.searched
    assert not any(name in kept for kept in access.parameters)


def test_a_permit_check_is_recorded_without_the_date_of_birth(place: Service) -> None:
    answer = place.get(None, "/api/permits/check", number="AT-2026-01AB-CDEF-0123", birth_date="1990-01-01")
    assert answer.status_code == 404
    access = last(place, "CheckPermit")
    assert access.parameters == {"number": ("AT-2026-01AB-CDEF-0123",)}
    assert set(access.searched) == {"birth_date"}
    assert (access.actor, access.role, access.purpose, access.status) == (None, None, Purpose.VERIFICATION, 404)


def test_commands_are_told_by_their_facts_and_what_else_they_answer_by_the_log(place: Service) -> None:
    dossier = place.file()
    before = len(entries(place))
    assert dossier.give("agent-63", "claim", key="claimed").status_code == 200
    assert dossier.give("agent-63", "add-note", {"text": "Vu."}, key="noted").status_code == 200
    assert entries(place)[before:] == []
    # Again, by the key: nothing is recorded in the case, and something of it is told.
    again = place.post("agent-63", f"{dossier.path}/add-note", {"text": "Vu."}, at=dossier.version - 1, key="noted")
    assert again.status_code == 200
    assert dossier.give("agent-63", "propose", {"kind": "grant"}, at=1).status_code == 412
    assert dossier.give("employer-acme", "claim").status_code == 403
    assert dossier.give("agent-84", "claim").status_code == 404
    assert dossier.give("agent-63", "claim").status_code == 409
    told = [(access.operation, access.status, access.cases) for access in entries(place)[before:]]
    assert told == [
        ("AddNote", 200, (dossier.id,)),
        ("Propose", 412, (dossier.id,)),
        ("Claim", 403, (dossier.id,)),
        ("Claim", 404, (dossier.id,)),
        ("Claim", 409, (dossier.id,)),
    ]


def test_a_repeated_filing_names_the_case_it_told_of(place: Service) -> None:
    body = filing("introduction_permanent")
    first = place.post("employer-acme", "/api/cases", body, key="twice")
    before = len(entries(place))
    again = place.post("employer-acme", "/api/cases", body, key="twice")
    assert again.content == first.content
    (access,) = entries(place)[before:]
    assert (access.operation, access.status, access.cases) == ("FileRequest", 201, (UUID(first.json()["case"]),))


def test_what_shows_nothing_of_anybody_is_counted(place: Service) -> None:
    place.client.app.state.accesses.flush()
    before = len(entries(place))
    paths = ("/", "/health/live", "/health/ready", "/metrics", "/problems", "/api/law", "/schema/openapi.json")
    for _ in range(2):
        for path in paths:
            assert place.client.get(path).status_code == 200
        place.client.post("/api/local-sign-in", json={"identity": "agent-63"})
    assert len(entries(place)) == before
    place.client.app.state.accesses.flush()
    counted = entries(place)[before:]
    assert {access.operation for access in counted} == {
        *("Start", "Live", "Ready", "GET /metrics", "ProblemCodes", "Law", "GET /schema/openapi.json", "LocalSignIn")
    }
    assert sum(access.count for access in counted) == 2 * (len(paths) + 1)


def test_counts_are_written_when_the_service_ends(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path
) -> None:
    settings = settings_on(new_database(), valkey_url, tmp_path)
    with service_on(settings) as service:
        service.client.get("/health/live")
    with psycopg.connect(settings.database_url) as connection:
        found = [decode(entry) for (entry,) in connection.execute("SELECT entry FROM ledger.accesses")]
    assert [access.operation for access in found] == ["Live"]


def test_a_new_route_is_recorded_without_anybody_thinking_of_it(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path
) -> None:
    settings = settings_on(new_database(), valkey_url, tmp_path)
    case = uuid4()

    @get("/api/cases/{case_id:uuid}/something-new", sync_to_thread=False, opt={LINE: "Case"})
    def something_new(case_id: FromPath[UUID]) -> str:
        return "new"

    with service_on(settings) as service:
        service.client.app.register(something_new)
        assert service.get("auditor", f"/api/cases/{case}/something-new").status_code == 200
        (access,) = entries(service)
    assert access.operation == "GET /api/cases/{case_id}/something-new"
    assert access.cases == (case,)


# Purposes


def test_a_purpose_may_be_given(place: Service) -> None:
    dossier = place.file()
    assert by(place, "agent-63", dossier.path, purpose="contentieux").status_code == 200
    assert last(place, "Case").purpose is Purpose.CONTENTIEUX


@pytest.mark.parametrize("purpose", ["curiosity", "", "Audit", "audit, support"])
def test_an_unknown_purpose_is_refused_and_recorded(place: Service, purpose: str) -> None:
    dossier = place.file()
    refused = by(place, "agent-63", dossier.path, purpose=purpose)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert "contentieux" in refused.json()["detail"]
    assert refused.headers["Content-Type"] == "application/problem+json"
    access = last(place, "Case")
    assert (access.status, access.purpose, access.cases) == (400, Purpose.INSTRUCTION, (dossier.id,))


def test_each_purpose_has_its_sentence_and_each_role_its_purpose() -> None:
    assert set(PURPOSES) == set(Purpose)
    assert set(USUAL) == set(Role)


def test_the_document_tells_of_the_purpose_wherever_it_may_be_given(place: Service) -> None:
    document = place.client.get("/schema/openapi.json").json()

    def takes(path: str, method: str = "get") -> bool:
        parameters = document["paths"][path][method].get("parameters", [])
        return any((each["name"], each["in"]) == ("Access-Purpose", "header") for each in parameters)

    assert all(map(takes, ("/api/cases", "/api/cases/{case_id}", "/api/events", "/api/queues", "/api/audit/access")))
    assert takes("/api/admin/routing/dry-run", "post")
    assert not any(map(takes, ("/api/law", "/health/live", "/", "/problems")))
    (header,) = [
        each for each in document["paths"]["/api/cases"]["get"]["parameters"] if each["name"] == "Access-Purpose"
    ]
    assert header["schema"]["enum"] == list(Purpose)
    assert all(sentence in header["description"] for sentence in PURPOSES.values())


# Reading it


def test_the_newest_come_first_and_pages_do_not_shift(place: Service) -> None:
    dossier = place.file()
    for _ in range(5):
        dossier.read("agent-63")
    first = log_of(place, case=dossier.id, limit=2)
    dossier.read("signatory-63")
    second = log_of(place, case=dossier.id, limit=2, cursor=first["next"])
    third = log_of(place, case=dossier.id, limit=2, cursor=second["next"])
    numbers = [line["number"] for page in (first, second, third) for line in page["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 5
    assert third["next"] is None
    assert [line["actor"]["identity"] for line in first["items"]] == ["local:agent-63"] * 2


def test_a_line_says_in_french_what_was_done(place: Service) -> None:
    dossier = place.file()
    dossier.read("agent-63")
    dossier.read("agent-84")
    refused, read = log_of(place, case=dossier.id)["items"]
    quality, service = IDENTITIES["agent-63"].actor.quality, IDENTITIES["agent-63"].actor.service
    assert read["sentence"] == f"{quality}, {service} (local:agent-63) : « Lire un dossier », 1 dossier."
    assert refused["sentence"].endswith("« Lire un dossier », 1 dossier, refusé (404).")
    assert read["purpose_title"] == "Instruction d'une demande."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"actor": "local:signatory-63"}, 1),
        ({"operation": "CaseClocks"}, 1),
        ({"purpose": "contentieux"}, 1),
        ({"purpose": "audit"}, 0),
        ({"from": "yesterday"}, 3),
        ({"from": "tomorrow"}, 0),
        ({"until": "yesterday"}, 0),
        ({"until": "tomorrow"}, 3),
    ],
)
def test_the_log_is_filtered(place: Service, query: dict[str, str], expected: int) -> None:
    dossier = place.file()
    dossier.read("agent-63")
    dossier.read("signatory-63")
    by(place, "agent-63", f"{dossier.path}/clocks", purpose="contentieux")
    today = datetime.now(UTC).date()
    days = {"yesterday": today - timedelta(days=2), "tomorrow": today + timedelta(days=2)}
    asked = {name: str(days.get(value, value)) for name, value in query.items()}
    assert len(log_of(place, case=dossier.id, **asked)["items"]) == expected


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"cursor": "x"}, 400),
        ({"cursor": "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwxXQ=="}, 400),
        ({"limit": 0}, 400),
        ({"limit": 201}, 400),
        ({"case": "x"}, 400),
        ({"purpose": "x"}, 400),
        ({"from": "x"}, 400),
        ({"from": "1066-10-14"}, 400),
        ({"until": "9999-12-31"}, 400),
        ({"actor": "\u202e"}, 400),
        ({"case": str(ACCESSES_STREAM)}, 404),
        ({"case": str(UUID(int=1))}, 404),
    ],
)
def test_what_cannot_be_asked_is_refused(place: Service, query: dict[str, Any], status: int) -> None:
    assert place.get("auditor", "/api/audit/access", **query).status_code == status


@pytest.mark.parametrize(
    ("who", "alone", "with_case"),
    [
        ("auditor", 200, 200),
        ("admin", 200, 200),
        ("manager-63", 403, 200),
        ("legal-69", 403, 200),
        ("agent-63", 403, 403),
        ("signatory-63", 403, 403),
        ("employer-acme", 403, 403),
        ("mandatary-durand", 403, 403),
        ("agent-84", 403, 403),
        (None, 401, 401),
    ],
)
def test_who_may_read_it(place: Service, who: str | None, alone: int, with_case: int) -> None:
    dossier = place.file()
    answer = place.get(who, "/api/audit/access")
    assert answer.status_code == alone
    if who == "manager-63":
        assert answer.json()["detail"] == CASE_MISSING
    assert place.get(who, "/api/audit/access", case=dossier.id).status_code == with_case


def test_of_a_case_that_one_may_not_know_the_log_says_nothing(place: Service) -> None:
    elsewhere = stages.left_to_hand(place)
    assert place.get("legal-69", "/api/audit/access", case=elsewhere.id).status_code == 404


def test_nothing_of_other_cases_is_told_to_whoever_asks_of_one(place: Service) -> None:
    dossier, other = place.file(), place.file()
    place.get_current("auditor", "/api/cases", limit=100, order="newest")
    assert {dossier.id, other.id} <= set(last(place, "Cases").cases)
    (line,) = log_of(place, "manager-63", case=dossier.id, operation="Cases", actor="local:auditor")["items"]
    assert line["cases"] == [str(dossier.id)]
    assert line["sentence"].endswith("« Lister et chercher des dossiers », 1 dossier.")
    (whole, *_) = log_of(place, case=dossier.id, operation="Cases", actor="local:auditor")["items"]
    assert {str(dossier.id), str(other.id)} <= set(whole["cases"])


def test_reading_the_log_is_recorded_in_it(place: Service) -> None:
    dossier = place.file()
    log_of(place, case=dossier.id, actor="local:agent-63", purpose="audit")
    access = last(place, "AccessLog")
    assert access.cases == (dossier.id,)
    assert access.parameters == {"actor": ("local:agent-63",), "purpose": ("audit",)}
    (line,) = log_of(place, case=dossier.id, operation="AccessLog")["items"]
    assert line["title"] == "Le journal des accès"


def test_a_line_says_by_which_fact_it_is_sealed(place: Service) -> None:
    dossier = place.file()
    dossier.read("agent-63")
    (line,) = log_of(place, case=dossier.id)["items"]
    assert (line["is_sealed"], line["seal"]) == (False, None)
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        Accesses(place.desk.ledger).seal(connection)
    line = log_of(place, case=dossier.id, operation="Case")["items"][0]
    version, _ = place.desk.ledger.head(ACCESSES_STREAM)
    assert (line["is_sealed"], line["seal"]) == (True, f"{ACCESSES_STREAM}/{version}")
    assert list(verify_accesses(place.desk.ledger)) == []
    assert place.get("auditor", f"/api/cases/{ACCESSES_STREAM}").status_code == 404


def test_the_page_says_from_which_day_on_entries_are_kept(
    database: Database, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service_on(settings_on(database, valkey_url, tmp_path)) as place:
        log = AccessLog(database.app_url, lambda: datetime.now(UTC))
        log.record(an_access(at=datetime(2021, 3, 1, 9, tzinfo=UTC)))
        log.close()
        page = log_of(place, until="2021-03-01")
        assert (len(page["items"]), page["kept_from"]) == (1, None)
        assert page["kept"] == "Aucune entrée du journal n'a été supprimée."
        with psycopg.connect(database.app_url, autocommit=True) as connection:
            monkeypatch.setattr(place.desk.ledger, "clock", lambda: datetime(2021, 3, 1, 10, tzinfo=UTC))
            # Two entries of today are sealed with it: a range goes as a whole, or not at all.
            Accesses(place.desk.ledger).seal(connection)
            monkeypatch.undo()
            assert AccessRetention(place.desk, database.owner_url).run_once(connection) == 0
        assert log_of(place)["kept_from"] is None


def test_after_a_removal_the_page_tells_of_it(
    database: Database, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service_on(settings_on(database, valkey_url, tmp_path)) as place:
        log = AccessLog(database.app_url, lambda: datetime.now(UTC))
        log.record(an_access(at=datetime(2021, 3, 1, 9, tzinfo=UTC)))
        log.close()
        with psycopg.connect(database.app_url, autocommit=True) as connection:
            monkeypatch.setattr(place.desk.ledger, "clock", lambda: datetime(2021, 3, 1, 10, tzinfo=UTC))
            Accesses(place.desk.ledger).seal(connection)
            monkeypatch.setattr(place.desk.ledger, "clock", lambda: datetime(2024, 3, 5, 10, tzinfo=UTC))
            assert AccessRetention(place.desk, database.owner_url).run_once(connection) == 1
            monkeypatch.undo()
        page = log_of(place, until="2021-03-01")
        assert (page["items"], page["kept_from"]) == ([], "2021-03-05")
        assert page["kept"] == (
            "Le journal est entier à partir du 5 mars 2021 : au-delà de 36 mois, les entrées sont supprimées,"
            " et leur absence ne dit pas que personne n'a consulté."
        )
        assert log_of(place)["items"] != []


# Feeds, deaths, outages


def test_a_feed_is_recorded_when_it_opens_and_when_it_ends(database: Database, valkey_url: str, tmp_path: Path) -> None:
    def found() -> list[Access]:
        with psycopg.connect(database.app_url) as connection:
            rows = connection.execute("SELECT entry FROM ledger.accesses WHERE operation = 'Events' ORDER BY number")
            return [decode(entry) for (entry,) in rows]

    with served(database, valkey_url, tmp_path) as server:
        case = server.open_case()
        with server.feed("agent-63", after=0) as heard:
            (opened,) = found()
            assert opened.parameters == {"after": ("0",), "may_show": ("platform:Clermont-Ferrand",)}
            assert opened.facts is None
            heard.take(2)
            server.note(case, 3)
            heard.take(3)
        until = time.monotonic() + 20
        while len(found()) < 2:
            assert time.monotonic() < until, "the end of the feed is recorded"
            time.sleep(0.05)
    ended = found()[1]
    assert (ended.facts, ended.cases, ended.status) == (5, (case,), 200)


@pytest.mark.parametrize(("count", "entries"), [(0, [0]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])])
def test_the_end_of_a_feed_leaves_no_case_out(count: int, entries: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "CASES_MAX", 3)
    written: list[Access] = []
    log: Any = SimpleNamespace(clock=lambda: datetime(2026, 11, 29, tzinfo=UTC), write_later=written.append)
    scope: Any = {"user": IDENTITIES["agent-63"].actor, "path_params": {}, "query_string": b"", "headers": []}
    sent = recording.Sent()
    sent.cases.update(UUID(int=number) for number in range(count))
    sent.facts = 12
    operation = recording.Operation(name="Events", is_only_counted=False, parameters={})
    recording.AccessRecorded(app=scope, accesses=log, digest=lambda text: UUID(int=0))._record_end(
        scope, operation, sent
    )
    assert [len(access.cases) for access in written] == entries
    assert {case for access in written for case in access.cases} == sent.cases
    assert {access.facts for access in written} == {12}


def test_what_was_answered_is_in_the_log_though_the_process_is_killed_at_once(
    database: Database, valkey_url: str, tmp_path: Path
) -> None:
    with served(database, valkey_url, tmp_path) as server:
        case = server.open_case()
        headers = server.headers("agent-63")
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        for _ in range(20):
            httpx.get(f"{server.address}/api/cases/{case}", headers=headers, trust_env=False).raise_for_status()
        workers = [int(child) for child in children.read_text().split()]
        assert workers
        answer = httpx.get(f"{server.address}/api/cases/{case}/clocks", headers=headers, trust_env=False)
        for process in (*workers, server.process.pid):
            os.kill(process, signal.SIGKILL)
        assert answer.status_code == 200
        server.process.wait()
        with psycopg.connect(database.app_url) as connection:
            found = dict(
                connection.execute("SELECT operation, count(*) FROM ledger.accesses GROUP BY operation").fetchall()
            )
        assert found == {"Case": 20, "CaseClocks": 1}


def test_without_an_entry_there_is_no_answer(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path
) -> None:
    """The log's own table is away, everything else answers: the read is refused, and nothing of it has left."""
    settings = settings_on(new_database(), valkey_url, tmp_path)
    with service_on(settings) as service:
        dossier = service.file()
        assert dossier.read("agent-63").status_code == 200
        accesses = service.client.app.state.accesses
        accesses.datastore.close()
        accesses.datastore = LedgerDatastore("postgresql://smoe_app@127.0.0.1:1/nowhere", 1)
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'smoe_app'"
                " AND datname = current_database() AND application_name = 'smoe-ledger'"
            )
        for answer in (
            dossier.read("agent-63"),
            dossier.read("agent-84"),
            service.client.get(dossier.path, headers=service.headers("agent-63", **{"Accept-Encoding": "gzip"})),
            service.get("agent-63", "/api/events", after=0),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
            assert int(answer.headers["Retry-After"]) > 0
            assert str(dossier.case.number) not in answer.text
        assert service.get(None, "/health/live").status_code == 200
