"""Decision sheets: all that was held when a decision was taken, and not one byte of what came later."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import msgspec
import pytest

from domain.command import administration_commands
from domain.envelope import UNASSIGNED
from domain.events import CaseClaimed, CaseEvent, NoteAdded, RequestFiled
from domain.reference.load import load_reference
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.histories import write
from tests.servers import Database
from tests.unit.given import TODAY
from tests.unit.given_facts import AGENT, Step, a_refusal, before_proposal, each_fact

replace = msgspec.structs.replace
STREAM = uuid5(UNASSIGNED, "a case with a sheet")
SMIC = load_reference().texts[load_reference().tables["smic"].file]


@pytest.fixture
def own(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """An application whose administration the test changes."""
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("sheets"))) as service:
        yield service


def sheet(dossier: Dossier, decision: str = "D1", who: str = "auditor") -> bytes:
    answer = dossier.read(who, f"/decision-sheets/{decision}")
    assert answer.status_code == 200, answer.text
    return answer.content


def administer(service: Service, command: str, **changes: Any) -> None:
    example = administration_commands()[command].example
    answer = service.post("admin", f"/api/admin/{command}", {**example, **changes})
    assert answer.status_code == 201, answer.text


def refused(service: Service) -> Dossier:
    """A refusal just signed, on which a note and an opinion were had before."""
    dossier = stages.underpaid(service).must("agent-63", "add-note", {"text": "Contrat relu avec l'employeur."})
    stages.assess_all(dossier)
    dossier.must("agent-63", "propose", {"kind": "refusal", "reasons": [stages.UNDERPAID]})
    return dossier.must("signatory-63", "sign", {"kind": "refusal"})


def test_nothing_later_changes_one_byte(own: Service) -> None:
    dossier = refused(own)
    first = sheet(dossier)
    dossier.must("agent-63", "make-available", {"decision": "D1"})
    dossier.must("employer-acme", "acknowledge-reading", {"decision": "D1"})
    dossier.must("agent-63", "add-note", {"text": "Appel reçu."})
    assert sheet(dossier) == first
    own.clock.go_to(date(2026, 11, 20))
    appeal = {"kind": "gracious", "against": "D1", "arguments": "La paie a été relevée.", "lodged_by": "employer"}
    dossier.must("employer-acme", "lodge-appeal", appeal)
    document = {"item": "other", "title": "Avenant", "sha256": "cd" * 32, "bytes": 9}
    dossier.must("agent-63", "add-document", {"document": document})
    dossier.must("agent-63", "refuse-document", {"document": "P1", "version": 1, "reason": "Illisible."})
    assert sheet(dossier) == first
    administer(own, "delegations", starts_on="2026-10-01")
    held = own.get("admin", "/api/admin").json()["delegations"][0]
    end = {"delegation": held["id"], "ends_on": "2026-11-21", "reason": "Départ."}
    administer(own, "delegations/end", **end)
    administer(own, "rights", identity="local:signatory-63", role="signatory")
    administer(own, "rights/revoke", identity="local:agent-63", ends_on="2026-11-21")
    assert sheet(dossier) == first
    raised = SMIC.replace("12.31", "13.00").replace("1867.02", "1971.67")
    assert raised != SMIC
    administer(
        own, "reference", table="smic", version="2026-11-20", effective_from="2026-11-01", content=raised,
        source="Décret de la fiction", checked_until="2026-11-01",
    )  # fmt: skip
    own.clock.go_to(date(2027, 3, 1))
    assert sheet(dossier) == first


def test_a_sheet_holds_what_was_before_the_decider_and_the_decision_apart(service: Service) -> None:
    dossier = refused(service)
    told = json.loads(sheet(dossier))
    held, taken = told["held"], told["taken"]
    facts = service.desk.history(dossier.id).facts
    decision = facts[-1]
    assert (taken["type"], taken["version"], taken["hash"]) == ("RequestRefused", len(facts), decision.hash.hex())
    assert taken["decision"]["signed"]["signatory"]["identity"] == "local:signatory-63"
    assert taken["decision"]["notified"] == {}
    assert held["version"] == held["case"]["version"] == len(facts) - 1
    assert [line["type"] for line in held["history"]] == [fact.type for fact in facts[:-1]]
    assert held["case"]["status"] == "to_sign"
    assert held["case"]["decisions"] == []
    assert held["case"]["proposal"]["kind"] == "refusal"
    assert [len(each["versions"][0]["sha256"]) for each in held["case"]["documents"]] == [64, 64]
    assert [note["text"] for note in held["notes"]] == ["Contrat relu avec l'employeur."]
    pay = next(each for each in held["conditions"] if each["rule"]["criterion"] == "pay")
    assert (pay["computed"]["met"], pay["assessment"]["met"]) == ("not_met", "not_met")
    assert {clock["id"] for clock in held["clocks"]} >= {"T1"}
    assert held["today"] == service.clock.today.isoformat()
    assert held["reference_versions"] == dict(load_reference().versions)
    numbers = {each["number"] for each in held["delegations"]}
    assert numbers == {"2021-063-001", "2021-063-002"}
    assert {"local:signatory-63", "local:agent-63"} <= {each["identity"] for each in held["rights"]}
    assert "local:agent-84" not in {each["identity"] for each in held["rights"]}


def test_the_first_decision_keeps_its_sheet_beside_that_of_the_second(service: Service) -> None:
    dossier = stages.appealed(service)
    first = sheet(dossier)
    if dossier.case.assignee is None:
        dossier.must("agent-63", "claim")
    stages.assess_all(dossier)
    dossier.must("agent-63", "propose", {"kind": "refusal", "reasons": [stages.UNDERPAID]})
    dossier.must("signatory-63", "sign", {"kind": "refusal"})
    assert sheet(dossier) == first
    second = json.loads(sheet(dossier, "D2"))
    assert [each["id"] for each in second["held"]["case"]["decisions"]] == ["D1"]
    assert second["taken"]["type"] == "AppealDecided"


def test_of_silence_it_holds_what_was_there_at_midnight(service: Service) -> None:
    dossier = stages.claimed(service)
    service.clock.go_to(date(2027, 1, 2))
    dossier.must("agent-63", "add-note", {"text": "Le dernier jour."})
    service.clock.go_to(date(2027, 1, 5))
    dossier.must("agent-63", "add-note", {"text": "Trois jours trop tard."})
    dossier.must("manager-63", "record-silence")
    told = json.loads(sheet(dossier))
    assert told["held"]["today"] == told["taken"]["decision"]["on"] == "2027-01-02"
    assert told["held"]["instant"] == "2027-01-02T23:59:59.999999+01:00"
    assert [note["text"] for note in told["held"]["notes"]] == ["Le dernier jour."]
    assert told["taken"]["version"] == told["held"]["version"] + 2
    (clock,) = [each for each in told["held"]["clocks"] if each["id"] == "T1"]
    assert (clock["state"], clock["expires_on"]) == ("running", "2027-01-02")


# --- what came earlier counts ----------------------------------------------------------------------------------------


def held_after(place: Service, steps: list[Step]) -> dict[str, Any]:
    """What the sheet of a case made of these facts holds, without its place in the log, that no two ledgers share."""
    write(place.desk.ledger, STREAM, steps)
    told: dict[str, Any] = json.loads(sheet(Dossier(place, STREAM, len(steps))))["held"]
    del told["case"]["position"]
    return told


def retitled(event: RequestFiled) -> RequestFiled:
    return replace(event, documents=(replace(event.documents[0], sha256="ef" * 32), *event.documents[1:]))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda steps: steps, True),
        (lambda steps: [*steps, (AGENT, a_note("Après coup."), TODAY)], True),
        (each_fact(RequestFiled, retitled), False),
        (each_fact(CaseClaimed, lambda event: replace(event, agent_name="Autre")), False),
        (lambda steps: before_proposal(a_note("Avant."))(steps), False),
    ],
    ids=["nothing", "a later note", "the hash of a document", "who held the case", "an earlier note"],
)
def test_only_an_earlier_fact_changes_a_sheet(
    own: Service,
    new_database: Callable[[], Database],
    valkey_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    change: Callable[[list[Step]], list[Step]],
    same: bool,
) -> None:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("other"))) as other:
        plain = held_after(own, a_refusal(STREAM, TODAY))
        assert (held_after(other, change(a_refusal(STREAM, TODAY))) == plain) is same


def a_note(text: str) -> CaseEvent:
    return NoteAdded(person=UUID(int=7), text=text)


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("auditor", 200),
        ("agent-63", 200),
        ("signatory-63", 200),
        ("legal-69", 200),
        ("prefecture-69", 200),
        ("agent-84", 404),
        ("employer-acme", 404),
        ("mandatary-durand", 404),
        (None, 401),
    ],
)
def test_sheets_are_for_the_services_that_know_the_case(service: Service, who: str | None, status: int) -> None:
    dossier = stages.refused(service)
    assert dossier.read(who, "/decision-sheets/D1").status_code == status


@pytest.mark.parametrize("decision", ["D2", "d1", "x"])
def test_a_decision_that_the_case_does_not_hold_has_no_sheet(service: Service, decision: str) -> None:
    assert stages.refused(service).read("auditor", f"/decision-sheets/{decision}").status_code == 404
