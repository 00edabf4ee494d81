"""Every refusal is a problem of RFC 9457 with a public code, in French, and says where the fault is."""

import re
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from api.answers import JSON
from api.problems import PROBLEM_JSON, all_codes
from domain.command import administration_commands, case_commands
from features.bodies import changed, filing
from ledger.desk import Desk
from tests.api.service import Service


def refusal(answer: httpx.Response, status: int, code: str) -> Any:
    """The problem, once everything that every problem has was checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == PROBLEM_JSON
    problem = answer.json()
    assert (problem["code"], problem["status"], problem["type"]) == (code, status, f"/problems/{code}")
    assert problem["title"] == all_codes()[code][1]
    assert problem["instance"] == answer.request.url.path
    return problem


def test_every_code_has_a_status_and_a_sentence() -> None:
    codes = all_codes()
    assert len(codes) > 100
    for code, (status, title) in codes.items():
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", code), code
        assert 400 <= status < 600
        assert re.fullmatch(r"[A-ZÀÉÊ].*[.?!]", title), title


def test_an_unknown_path(service: Service) -> None:
    refusal(service.get("agent-63", "/api/nothing"), 404, "not_found")
    refusal(service.get(None, "/nothing"), 404, "not_found")
    refusal(service.get("agent-63", "/api/cases/not-an-identifier"), 404, "not_found")


def test_a_wrong_method(service: Service) -> None:
    answer = service.client.delete("/api/cases", headers=service.headers("agent-63"))
    refusal(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


def test_nobody_signed_in(service: Service) -> None:
    for answer in (service.get(None, "/api/cases"), service.post(None, "/api/cases", filing("introduction_permanent"))):
        refusal(answer, 401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def post_bytes(service: Service, content: bytes, media_type: str = JSON, path: str = "/api/cases") -> httpx.Response:
    headers = service.headers("employer-acme", **{"Content-Type": media_type})
    return service.client.post(path, content=content, headers=headers)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"request": NaN}', b"null", b"[" * 5_000])
def test_a_body_that_is_no_json_object(service: Service, content: bytes) -> None:
    refusal(post_bytes(service, content), 400, "malformed")


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/request/job/start", "1er mars"),
        ("/request/job/hours_weekly", "trente-cinq"),
        ("/request/worker/nationality", "maroc"),
        ("/request/employer/siret", "12"),
        ("/request/employer/headcount", 10**30),
        ("/request/particulars/procedure", "holiday"),
        ("/documents/1/sha256", "00"),
        ("/request/job/title", "Cuisinier\x00"),
    ],
)
def test_a_value_of_the_wrong_form_is_told_by_its_pointer(service: Service, pointer: str, value: Any) -> None:
    body = filing("introduction_permanent")
    changed(body, pointer, value)
    (fault,) = refusal(service.post("employer-acme", "/api/cases", body), 400, "malformed")["faults"]
    assert (fault["pointer"], fault["code"]) == (pointer, "malformed")
    assert fault["message"]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_day_out_of_all_reason(service: Service, day: str) -> None:
    body = filing("introduction_permanent")
    changed(body, "/request/job/start", day)
    changed(body, "/request/worker/birth_date", day)
    answer = service.post("employer-acme", "/api/cases", body)
    faults = refusal(answer, 422, "content_impossible")["faults"]
    assert {"/request/job/start", "/request/worker/birth_date"} <= {fault["pointer"] for fault in faults}


def test_an_unknown_member(service: Service) -> None:
    body = {**filing("introduction_permanent"), "urgent": True}
    (fault,) = refusal(service.post("employer-acme", "/api/cases", body), 400, "malformed")["faults"]
    assert "urgent" in fault["message"]


def test_every_impossible_content_is_told_at_once(service: Service) -> None:
    body = filing("introduction_permanent")
    changed(body, "/request/employer/siret", "90200029800016")
    changed(body, "/request/worker/nationality", "FR")
    changed(body, "/request/job/workplace/postcode", "00000")
    faults = refusal(service.post("employer-acme", "/api/cases", body), 422, "content_impossible")["faults"]
    assert {fault["pointer"]: fault["code"] for fault in faults} == {
        "/request/employer/siret": "siret_invalid",
        "/request/worker/nationality": "nationality_exempt",
        "/request/job/workplace/postcode": "department_unknown",
    }


def test_a_body_that_is_too_large(service: Service) -> None:
    body = filing("introduction_permanent")
    changed(body, "/request/job/title", "x" * 2_100_000)
    refusal(service.post("employer-acme", "/api/cases", body), 413, "too_large")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "?"])
def test_a_body_that_is_not_json(service: Service, media_type: str) -> None:
    refusal(post_bytes(service, b'{"request": {}}', media_type), 415, "media_type")


def test_a_command_that_must_name_the_version_read(service: Service) -> None:
    dossier = service.file()
    path = f"{dossier.path}/abandon"
    refusal(service.post("employer-acme", path, {"reason": "Poste pourvu."}), 428, "if_match_missing")
    assert "RequestAbandoned" not in dossier.facts()


@pytest.mark.parametrize("if_match", ["*", "abc", '"-1"', '"1","2"', "", '"' + "9" * 40 + '"', '"é"'])
def test_a_version_that_is_none(service: Service, if_match: str) -> None:
    path = f"{service.file().path}/abandon"
    headers = service.headers("employer-acme") | {"If-Match": if_match.encode()}  # type: ignore[dict-item]
    answer = service.client.post(path, json={"reason": "Poste pourvu."}, headers=headers)
    refusal(answer, 400, "malformed")


def test_a_stale_command_is_told_what_intervened(service: Service) -> None:
    dossier = service.file()
    read = dossier.version
    dossier.must("agent-63", "claim").must("agent-63", "add-note", {"text": "Appelé l'employeur."})
    answer = dossier.give(
        "agent-63",
        "request-opinion",
        {"body": "inspection du travail", "question": "Le projet est-il viable ?"},
        at=read,
    )
    problem = refusal(answer, 412, "stale")
    assert answer.headers["ETag"] == f'"{read + 2}"'
    assert problem["version"] == read + 2
    told = [(fact["version"], fact["type"], fact["actor"]) for fact in problem["intervened"]]
    assert told == [
        (read + 1, "CaseClaimed", "Inès Morel, Instructrice"),
        (read + 2, "NoteAdded", "Inès Morel, Instructrice"),
    ]
    unseen = dossier.give("employer-acme", "abandon", {"reason": "Poste pourvu."}, at=read)
    problem = refusal(unseen, 412, "stale")
    assert (problem["version"], "intervened" in problem) == (read + 2, False), "what the services do is not told"
    again = dossier.give("employer-acme", "abandon", {"reason": "Poste pourvu."})
    assert again.status_code == 200, "decided again on what is now known"


def test_a_version_that_does_not_exist_yet_is_stale_too(service: Service) -> None:
    dossier = service.file()
    answer = dossier.give("employer-acme", "abandon", {"reason": "Poste pourvu."}, at=dossier.version + 1)
    assert refusal(answer, 412, "stale")["version"] == dossier.version


def test_an_act_that_is_not_open_to_a_quality(service: Service) -> None:
    dossier = service.file()
    refusal(dossier.give("agent-63", "abandon", {"reason": "Poste pourvu."}), 403, "forbidden")
    refusal(service.get("employer-acme", "/api/admin"), 403, "forbidden")


def test_a_bug_is_logged_once_and_tells_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = service.file()

    def broken(*_: Any) -> Any:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(Desk, "history", broken)
    structlog.reset_defaults()
    with capture_logs() as logs:
        answer = dossier.read("employer-acme")
    problem = refusal(answer, 500, "internal")
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert set(problem) == {"type", "title", "status", "code", "instance"}
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert (line["event"], line["path"]) == ("unhandled", dossier.path)
    assert isinstance(line["exc_info"], RuntimeError)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/cases", {"q": "a\x00b"}),
        ("/api/cases", {"platform": "\x00"}),
        ("/api/cases", {"limit": "0"}),
        ("/api/cases", {"limit": "1e3"}),
        ("/api/cases", {"cursor": "\x00"}),
        ("/api/cases", {"cursor": "bm90IG91cnM="}),
        ("/api/cases", {"queue": "unknown"}),
        ("/api/cases", {"at_least": "-1"}),
        ("/api/cases", {"due_before": "2026-02-30"}),
        ("/api/permits/check", {"number": "\x00", "birth_date": "2000-01-01"}),
        ("/api/registers/decisions", {"platform": "\x00"}),
        ("/api/registers/decisions", {"cursor": "é"}),
        ("/api/dashboards/activity", {"department": "\x00"}),
    ],
)
def test_a_question_of_the_wrong_form(service: Service, path: str, query: dict[str, str]) -> None:
    refusal(service.get("auditor", path, **query), 400, "malformed")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("", {"as_of": "2026-11-02T10:00:00"}),
        ("", {"as_of": "0001-01-01T00:00:00+14:00"}),
        ("", {"as_of": "9999-12-31T23:59:59-14:00"}),
        ("", {"legal_as_of": "0001-01-01"}),
        ("/clocks", {"legal_as_of": "9999-12-31"}),
        ("/clocks", {"as_of": "9999-12-31T23:59:59Z"}),
        ("/history", {"as_of": "0001-01-01T00:00:00+14:00"}),
        ("/history", {"legal_as_of": "9999-12-31"}),
        ("/documents", {"as_of": "9999-12-31T23:59:59-14:00"}),
    ],
)
def test_a_moment_out_of_all_reason(service: Service, path: str, query: dict[str, str]) -> None:
    refusal(service.file().read("employer-acme", path, **query), 400, "malformed")


def test_every_answer_of_every_route_is_a_documented_problem(service: Service) -> None:
    document = service.client.get("/schema/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and path != "/health/ready":
                    assert list(answer["content"]) == [PROBLEM_JSON], (path, status)
    assert len(document["paths"]) > len(case_commands()) + len(administration_commands())
