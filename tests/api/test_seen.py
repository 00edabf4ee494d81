"""Those who file learn of a decision when it is made available to them, and from no answer before."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from api.seen import INTERNAL_EVENTS
from features.bodies import COOK, filing
from ledger.histories import CaseHistory
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.servers import Database

EMPLOYER = "employer-acme"
PARTS = ("", "/clocks", "/documents", "/history")
ALWAYS_NEW = ("version", "position")
"""What says that something happened, and nothing of what."""
DEFENCE_GROUND = {
    "litigation": "L1",
    "replaces": "pay",
    "reason": {"criterion": "employer_record", "fact": "Trois sanctions administratives en matière de santé."},
}


@pytest.fixture(scope="module")
def house(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("seen"))) as service:
        yield service


@pytest.fixture
def place(house: Service) -> Service:
    house.clock.restart()
    return house


def told_to(dossier: Dossier, who: str = EMPLOYER) -> dict[str, Any]:
    """Everything that somebody is told of a case, save that its version moves."""
    service = dossier.service
    service.runner.run_until_current()
    listed = service.get(who, "/api/cases", q=dossier.case.number).json()["items"]
    answers = {"list": listed[0], **{part or "case": dossier.read(who, part).json() for part in PARTS}}
    return {name: {k: v for k, v in answer.items() if k not in ALWAYS_NEW} for name, answer in answers.items()}


def refusal_ready(place: Service) -> Dossier:
    return stages.underpaid(place)


def sign_refusal(dossier: Dossier) -> None:
    stages.assess_all(dossier).must("agent-63", "propose", {"kind": "refusal", "reasons": [stages.UNDERPAID]}).must(
        "signatory-63", "sign", {"kind": "refusal"}
    )


def sign_grant(dossier: Dossier) -> None:
    stages.assess_all(dossier).must("agent-63", "propose", {"kind": "grant"}).must(
        "signatory-63", "sign", {"kind": "grant"}
    )


def raised(place: Service) -> Dossier:
    """An appeal after which the pay was raised."""
    request = filing("introduction_permanent")["request"]
    request["job"] = {**COOK, "pay_monthly_gross": "2400.00", "agreement_minimum_monthly": None}
    body = {"request": request, "reason": "La rémunération est relevée à 2 400 euros."}
    return stages.appealed(place).must(EMPLOYER, "amend", body)


def items_overdue(place: Service) -> Dossier:
    asked = stages.items_asked(place)
    place.clock.go_to(date(2026, 12, 14))
    return asked


def sign_closure(dossier: Dossier) -> None:
    body = {"kind": "closure", "explanation": "Le certificat demandé n'a pas été produit dans le délai imparti."}
    dossier.must("agent-63", "propose", body).must("signatory-63", "sign", {"kind": "closure"})


def hearing_told(place: Service) -> Dossier:
    opened = stages.hearing_opened(place)
    opened.must("agent-63", "make-available", {"decision": "D1"})
    place.clock.go_to(date(2026, 12, 18))
    return opened


def sign_withdrawal(dossier: Dossier) -> None:
    body = {"decision": "D1", "explanation": "Le contrat produit est un faux : l'employeur ne l'a jamais signé."}
    dossier.must("signatory-63", "withdraw-permit", body)


UNSEEN: dict[str, tuple[Callable[[Service], Dossier], Callable[[Dossier], None], str]] = {
    "refusal": (refusal_ready, sign_refusal, "D1"),
    "grant": (stages.claimed, sign_grant, "D1"),
    "closure": (items_overdue, sign_closure, "D1"),
    "rejected appeal": (stages.appealed, sign_refusal, "D2"),
    "upheld appeal": (raised, sign_grant, "D2"),
    "withdrawal": (hearing_told, sign_withdrawal, "D2"),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_no_answer_changes_until_the_decision_is_made_available(place: Service, what: str) -> None:
    ready, sign, decision = UNSEEN[what]
    dossier = ready(place)
    before = told_to(dossier)
    sign(dossier)
    assert told_to(dossier) == before, "signed, not made available"
    dossier.must("agent-63", "make-available", {"decision": decision, "addressees": ["worker"]})
    assert told_to(dossier) == before, "made available to the worker alone"
    dossier.must("agent-63", "make-available", {"decision": decision, "addressees": ["employer"]})
    after = told_to(dossier)
    assert decision in [each["id"] for each in after["case"]["decisions"]]
    assert after["case"]["status"] == dossier.case.status.value == after["list"]["status"]
    assert [each["outcome"] for each in after["case"]["appeals"]] == [each.outcome for each in dossier.case.appeals]
    newest = dossier.case.current_decision
    assert newest is not None
    assert (after["list"]["decision"], after["list"]["decision_kind"]) == (newest.id, newest.kind.value)
    assert any(clock["ref"] == decision for clock in after["/clocks"]["clocks"])
    told = {line["type"] for line in after["/history"]["lines"]}
    assert told == set(dossier.facts()) - INTERNAL_EVENTS


def test_the_services_see_it_at_once(place: Service) -> None:
    dossier = stages.granted(place)
    assert dossier.read("agent-63").json()["status"] == "decided"
    assert told_to(dossier, "auditor")["list"]["decision"] == "D1"
    assert told_to(dossier)["case"]["status"] == "under_examination"


def test_the_answer_to_a_filer_tells_no_decision(place: Service) -> None:
    dossier = stages.refusal_proposed(place)
    document = {"document": filing("introduction_permanent")["documents"][0] | {"title": "Passeport, suite"}}
    for step in (lambda: None, lambda: dossier.must("signatory-63", "sign", {"kind": "refusal"})):
        step()
        answer = dossier.give(EMPLOYER, "add-document", document)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["status"], answer.json()["status_title"]) == (
            "under_examination",
            "En cours d'instruction",
        )


@pytest.mark.parametrize("ready", [stages.refusal_proposed, stages.grant_proposed, stages.granted])
def test_a_filer_is_not_refused_for_what_they_may_not_know(place: Service, ready: Callable[[Service], Dossier]) -> None:
    dossier = ready(place)
    request = {**filing("introduction_permanent")["request"], "job": {**COOK, "pay_monthly_gross": "2550.00"}}
    amended = dossier.give(EMPLOYER, "amend", {"request": request, "reason": "La rémunération est relevée."}).json()
    assert (amended["code"], amended["detail"]) == (
        "status_forbids",
        "L'avancement du dossier ne permet pas cet acte.",
    )
    unread = dossier.give(EMPLOYER, "acknowledge-reading", {"decision": "D1"}).json()
    assert unread["code"] == "decision_unknown"


def test_a_ground_substituted_before_the_judge_is_not_told(place: Service) -> None:
    dossier = stages.served(place).must("legal-69", "substitute-ground", DEFENCE_GROUND)
    (proceedings,) = dossier.read(EMPLOYER).json()["litigation"]
    assert (proceedings["id"], proceedings["substituted"]) == ("L1", [])
    (whole,) = dossier.read("legal-69").json()["litigation"]
    assert whole["substituted"]


def test_what_is_said_to_ofii_is_told_neither_way(place: Service) -> None:
    dossier = stages.notified_to_ofii(place).must("agent-63", "make-available", {"decision": "D1"})
    told = told_to(dossier)
    assert told["case"]["messages"] == []
    types = [line["type"] for line in told["/history"]["lines"]]
    assert "RequestGranted" in types
    assert "OfiiNotified" not in types


def test_a_history_read_while_somebody_signs_stops_where_the_case_was_read(
    place: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = stages.refusal_proposed(place)
    place.runner.run_until_current()
    read = place.desk.history

    def read_then_signed(case_id: UUID) -> CaseHistory:
        found: CaseHistory = read(case_id)
        monkeypatch.setattr(place.desk, "history", read)
        dossier.must("signatory-63", "sign", {"kind": "refusal"})
        place.runner.run_until_current()
        return found

    before = dossier.version
    monkeypatch.setattr(place.desk, "history", read_then_signed)
    answer = dossier.read(EMPLOYER, "/history").json()
    assert "RequestRefused" in dossier.facts()
    assert answer["version"] == before
    assert {line["type"] for line in answer["lines"]}.isdisjoint({"RequestRefused", *INTERNAL_EVENTS})


def test_a_stale_command_tells_a_filer_only_what_they_see(place: Service) -> None:
    dossier = stages.items_asked(place)
    read = dossier.version
    dossier.must("agent-63", "add-note", {"text": "Dossier douteux."})
    document = {"document": {**filing("introduction_permanent")["documents"][0], "title": "Passeport, suite"}}
    dossier.must(EMPLOYER, "add-document", document)
    for who, command, types in (
        (EMPLOYER, "abandon", ["DocumentReceived"]),
        ("agent-63", "request-opinion", ["NoteAdded", "DocumentReceived"]),
    ):
        body = (
            {"reason": "Poste pourvu."}
            if command == "abandon"
            else {"body": "inspection du travail", "question": "Est-ce viable ?"}
        )
        answer = dossier.give(who, command, body, at=read)
        assert answer.status_code == 412, answer.text
        assert [fact["type"] for fact in answer.json()["intervened"]] == types


@pytest.mark.parametrize(
    "query",
    [
        {"queue": "to_sign"},
        {"queue": "mine"},
        {"assignee": "local:agent-63"},
        {"status": "decided"},
        {"due_before": "2026-12-31"},
        {"order": "deadline"},
    ],
)
def test_a_filer_does_not_sort_cases_by_what_they_may_not_see(place: Service, query: dict[str, str]) -> None:
    answer = place.get(EMPLOYER, "/api/cases", **query)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert place.get("agent-63", "/api/cases", **query).status_code == 200
    assert place.get(EMPLOYER, "/api/queues").status_code == 403


def test_the_cursor_of_a_filer_holds_no_deadline(place: Service) -> None:
    for _ in range(2):
        place.file()
    cursor = place.get_current(EMPLOYER, "/api/cases", limit=1).json()["next"]
    order, deadline, *_ = json.loads(base64.urlsafe_b64decode(cursor))
    assert (order, deadline) == ("newest", None)


def test_a_right_revoked_files_nothing(place: Service) -> None:
    revoked = {"identity": "local:prefecture-69", "role": "prefecture", "reason": "Mutation.", "ends_on": "2027-06-01"}
    assert place.post("admin", "/api/admin/rights/revoke", revoked).status_code == 201
    assert place.post("prefecture-69", "/api/cases", filing("exceptional_admission")).status_code == 201
    place.clock.go_to(date(2027, 6, 1))
    answer = place.post("prefecture-69", "/api/cases", filing("exceptional_admission"))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_second_platform_adds_to_the_first(place: Service) -> None:
    here, there = place.file(), place.file("seasonal")
    second = {
        "identity": "local:agent-63-bis",
        "role": "agent",
        "platforms": ["Avignon"],
        "starts_on": "2026-12-01",
    }
    assert place.post("admin", "/api/admin/rights", second).status_code == 201
    assert [each.read("agent-63-bis").status_code for each in (here, there)] == [200, 404]
    place.clock.go_to(date(2026, 12, 1))
    assert [each.read("agent-63-bis").status_code for each in (here, there)] == [200, 200]


def test_what_silence_decided_is_known_to_who_filed(place: Service) -> None:
    dossier = stages.refused_by_silence(place)
    told = told_to(dossier)
    assert [each["kind"] for each in told["case"]["decisions"]] == ["implicit_refusal"]
    assert told["list"]["decision"] == told["case"]["decisions"][0]["id"]


def test_a_hearing_opened_tells_of_the_decision_it_is_about(place: Service) -> None:
    dossier = stages.granted(place)
    assert dossier.read(EMPLOYER).json()["decisions"] == []
    body = {
        "decision": "D1",
        "intended": "withdrawal",
        "legal_basis": "fraud",
        "grounds": "Le contrat produit est un faux.",
    }
    dossier.must("agent-63", "open-prior-hearing", body)
    told = dossier.read(EMPLOYER).json()
    assert ([each["id"] for each in told["decisions"]], len(told["hearings"])) == (["D1"], 1)
