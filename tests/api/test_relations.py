"""Who is related to a case without having filed it: by an access that a service gave, or by a message to a partner."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from api.access import caller_of
from api.events import Page
from domain.demonstration import IDENTITIES
from domain.envelope import Role
from domain.rights import TABLE
from tests.api import stages
from tests.api.service import Service, service_on, settings_on
from tests.servers import Database

WORKER, COUNSEL = "worker-diallo", "counsel-roux"


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("relations"))) as service:
        yield service


def access(who: str, quality: str) -> dict[str, Any]:
    return {"identity": f"local:{who}", "quality": quality, "basis": "Titre de séjour présenté au guichet."}


def listed(place: Service, who: str) -> set[str]:
    place.runner.run_until_current()
    return {item["case"] for item in place.get(who, "/api/cases").json()["items"]}


def test_an_access_opens_the_case_as_those_who_file_see_it_and_its_end_closes_it(place: Service) -> None:
    dossier = stages.granted(place)
    assert dossier.read(WORKER).status_code == 404
    dossier.must("agent-63", "give-access", access(WORKER, "worker"))
    assert dossier.read(WORKER).json()["decisions"] == [], "not made available to the worker yet"
    assert str(dossier.id) in listed(place, WORKER)
    types = {line["type"] for line in dossier.read(WORKER, "/history").json()["lines"]}
    assert types >= {"RequestFiled", "CaseAccessGiven"}
    assert not types & {"CriterionAssessed", "CaseClaimed"}
    assert "CaseAccessGiven" in dossier.read("agent-63", "/history").text
    assert "CaseAccessGiven" not in dossier.read("employer-acme", "/history").text, "theirs alone"

    dossier.must("agent-63", "make-available", {"decision": "D1", "addressees": ["employer"]})
    assert dossier.read(WORKER).json()["decisions"] == [], "what the employer is told is not told to the worker"
    dossier.must("agent-63", "make-available", {"decision": "D1", "addressees": ["worker"]})
    assert [each["id"] for each in dossier.read(WORKER).json()["decisions"]] == ["D1"]

    dossier.must("manager-63", "end-access", {"identity": f"local:{WORKER}", "reason": "Erreur sur la personne."})
    assert dossier.read(WORKER).status_code == 404
    assert str(dossier.id) not in listed(place, WORKER)
    assert dossier.give(WORKER, "lodge-appeal", {"kind": "gracious", "arguments": "Encore."}).status_code == 404


def test_a_worker_and_their_counsel_act_as_the_addressee_and_as_no_filer(place: Service) -> None:
    for who, quality in ((WORKER, "worker"), (COUNSEL, "worker_counsel")):
        dossier = stages.refused(place).must("agent-63", "give-access", access(who, quality))
        dossier.must(who, "record-consent", {})
        dossier.must(who, "acknowledge-reading", {"decision": "D1"})
        dossier.must(who, "lodge-appeal", {"kind": "gracious", "arguments": "La rémunération a été relevée."})
        (appeal,) = dossier.case.appeals
        assert appeal.lodged_by == "worker", who
        assert dossier.case.decision("D1").notified["worker"].read_on is not None  # type: ignore[index]
        for command, body in (("abandon", {"reason": "Non."}), ("amend", {})):
            assert dossier.give(who, command, body).status_code in {400, 403}
        answer = dossier.give(who, "abandon", {"reason": "Je renonce à tout cela."})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        as_employer = {"kind": "hierarchical", "against": "D1", "arguments": "Encore.", "lodged_by": "employer"}
        assert dossier.give(who, "lodge-appeal", as_employer).json()["code"] == "not_an_addressee"


def test_counsel_of_the_employer_acts_for_the_employer(place: Service) -> None:
    dossier = stages.refused(place).must("agent-63", "give-access", access(COUNSEL, "employer_counsel"))
    dossier.must(COUNSEL, "lodge-appeal", {"kind": "gracious", "arguments": "La rémunération a été relevée."})
    assert dossier.case.appeals[0].lodged_by == "employer"


def test_nobody_gives_access_to_themselves_to_a_colleague_or_twice(place: Service) -> None:
    dossier = place.file().must("agent-63", "claim")
    refusals = {
        "agent-63": "own_access_not_given",
        "agent-63-bis": "access_of_the_services",
        "employer-acme": "access_already_given",
    }
    for who, code in refusals.items():
        assert dossier.give("agent-63", "give-access", access(who, "worker")).json()["code"] == code
    dossier.must("agent-63", "give-access", access(WORKER, "worker"))
    again = dossier.give("manager-63", "give-access", access(WORKER, "worker_counsel"))
    assert again.json()["code"] == "access_already_given"
    unknown = dossier.give("agent-63", "end-access", {"identity": "local:nobody", "reason": "Fin."})
    assert unknown.json()["code"] == "access_unknown"
    assert dossier.give("agent-84", "give-access", access(COUNSEL, "worker")).status_code == 404
    assert dossier.give("employer-acme", "give-access", access(COUNSEL, "worker")).status_code == 403


def test_the_feed_tells_an_addressee_what_they_may_see(place: Service) -> None:
    dossier = place.file().must("agent-63", "claim").must("agent-63", "give-access", access(WORKER, "worker"))
    feed = place.client.app.state.feed
    page = Page([fact for fact in place.desk.ledger.read_raw(0, 5_000) if fact.stream == dossier.id])
    told = {}
    for who in (WORKER, COUNSEL, "admin"):
        caller = caller_of(IDENTITIES[who].actor, place.desk, TABLE["Events"])
        told[who] = {fact.topic for fact in feed._seen(caller, page)}
    assert told[WORKER] >= {"RequestFiled", "CaseAccessGiven"}
    assert "CaseClaimed" not in told[WORKER]
    assert told[COUNSEL] == set()
    assert "CaseClaimed" in told["admin"]


# Partners


def messages(place: Service, who: str) -> list[dict[str, Any]]:
    place.runner.run_until_current()
    found: list[dict[str, Any]] = place.get(who, "/api/registers/messages", limit=200).json()["items"]
    return found


def test_a_partner_reads_and_acknowledges_the_messages_addressed_to_it_alone(place: Service) -> None:
    dossier = stages.notified_to_ofii(place)
    tax = dossier.give("agent-63", "notify-tax-authority", {"decision": "D1"})
    assert tax.status_code == 200, tax.text
    of_case = {
        who: [m for m in messages(place, who) if m["case_id"] == str(dossier.id)]
        for who in ("partner-ofii", "partner-dgfip", "agent-63")
    }
    assert [m["recipient"] for m in of_case["partner-ofii"]] == ["OFII"]
    assert [m["recipient"] for m in of_case["partner-dgfip"]] == ["DGFiP"]
    assert {m["recipient"] for m in of_case["agent-63"]} == {"OFII", "DGFiP"}
    assert "filed_by" not in of_case["partner-ofii"][0]
    assert "Benali" not in place.get("partner-ofii", "/api/registers/messages").text
    ofii, dgfip = of_case["partner-ofii"][0]["message"], of_case["partner-dgfip"][0]["message"]

    other = dossier.give("partner-ofii", "acknowledge-message", {"message": dgfip, "reference": "X"})
    none = dossier.give("partner-ofii", "acknowledge-message", {"message": "N9", "reference": "X"})
    assert other.json()["code"] == "message_unknown"
    assert other.json()["detail"] == none.json()["detail"].replace("N9", dgfip)
    failed = dossier.give("partner-dgfip", "record-failed-message", {"message": ofii, "cause": "Essai."})
    assert failed.json()["code"] == "message_unknown"
    done = dossier.give("partner-ofii", "acknowledge-message", {"message": ofii, "reference": "OFII-1"})
    assert (done.status_code, done.json()["status"], done.json()["status_title"]) == (200, None, None)
    assert [m["reference"] for m in messages(place, "partner-ofii") if m["case_id"] == str(dossier.id)] == ["OFII-1"]
    dossier.must("partner-dgfip", "record-failed-message", {"message": dgfip, "cause": "Essai."})
    assert dossier.give("partner-ofii", "notify-ofii", {}).status_code == 403


def test_a_case_without_a_message_does_not_exist_for_a_partner(place: Service) -> None:
    dossier = place.file()
    answer = dossier.give("partner-ofii", "acknowledge-message", {"message": "N1", "reference": "X"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_nobody_examines_or_signs_a_request_to_which_they_are_a_party(
    place: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("agent-63", "signatory-63"):
        known = IDENTITIES[who]
        at_home = replace(known, name=f"{who}-at-home", actor=replace(known.actor, role=Role.EMPLOYER))
        monkeypatch.setitem(IDENTITIES, at_home.name, at_home)
    own = place.file(who="agent-63-at-home")
    refused = own.give("agent-63", "claim")
    assert (refused.status_code, refused.json()["code"]) == (409, "own_request_not_examined")
    dossier = stages.assess_all(place.file(who="signatory-63-at-home").must("agent-63", "claim"))
    dossier.must("agent-63", "propose", {"kind": "grant"})
    refused = dossier.give("signatory-63", "sign", {"kind": "grant"})
    assert (refused.status_code, refused.json()["code"]) == (409, "own_request_not_examined")
    dossier.must("signatory-63-at-home", "abandon", {"reason": "Le recrutement est annulé."})
