"""Sheets over HTTP: each that is listed can be read, by those who read the decision sheet, of what they may read."""

import io
import re
from typing import Any

import httpx
import pypdfium2
import pytest

from api.seen import WITHHELD
from tests.api import stages
from tests.api.service import Clock, Dossier, Service

NOTE = "Contrat relu avec l'employeur."
RECORD = "Atteintes aux personnes et faux commis par l'employeur"


@pytest.fixture(scope="module")
def dossier(service_of_session: Service, api_clock: Clock) -> Dossier:
    """A refusal that the employer attacked, on which a note was taken; the tests only read it."""
    api_clock.restart()
    return stages.in_court(service_of_session).must("agent-63", "add-note", {"text": NOTE})


def noted_before(service: Service) -> Dossier:
    dossier = stages.underpaid(service).must("agent-63", "add-note", {"text": NOTE})
    stages.assess_all(dossier).must("agent-63", "propose", {"kind": "refusal", "reasons": [stages.UNDERPAID]})
    return dossier.must("signatory-63", "sign", {"kind": "refusal"})


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    told = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())
    pages.close()
    return told


def squeezed(text: str) -> str:
    """A text without the places where lines may break."""
    return re.sub(r"[\s\x02-]", "", text)


def test_each_sheet_that_is_listed_can_be_read(dossier: Dossier) -> None:
    listed = dossier.read("legal-69", "/sheets").json()
    assert listed["case"] == str(dossier.id)
    assert listed["version"] == dossier.version
    names = [each["name"] for each in listed["items"]]
    assert {"request", "decision/D1", "notification/D1/employer", "litigation/L1", "history"} <= set(names)
    for each in listed["items"]:
        told = text_of(dossier.read("legal-69", f"/sheets/{each['name']}"))
        assert dossier.case.number in told
        assert squeezed(each["label"]) in squeezed(told)


def test_the_pdf_tells_what_the_json_does(service: Service) -> None:
    dossier = noted_before(service)
    sheet = dossier.read("auditor", "/decision-sheets/D1").json()
    told = text_of(dossier.read("auditor", "/decision-sheets/D1/pdf", internal=True))
    whole = squeezed(told)
    assert sheet["taken"]["hash"] in whole
    for line in sheet["held"]["history"]:
        assert squeezed(line["sentence"]) in whole, line["sentence"]
    for condition in sheet["held"]["conditions"]:
        assert squeezed(condition["computed"]["because"]) in whole
    for clock in sheet["held"]["clocks"]:
        assert squeezed(clock["sentence"]) in whole
    for held in sheet["held"]["case"]["documents"]:
        assert held["versions"][0]["sha256"] in whole
    for version in sheet["held"]["reference_versions"].values():
        assert squeezed(version) in whole
    for delegation in sheet["held"]["delegations"]:
        assert squeezed(delegation["number"]) in whole


def test_notes_are_for_the_internal_version(service: Service) -> None:
    dossier = noted_before(service)
    plain = dossier.read("legal-69", "/decision-sheets/D1/pdf")
    assert NOTE not in text_of(plain)
    assert plain.content == dossier.read("legal-69", "/sheets/decision/D1").content
    assert NOTE in text_of(dossier.read("legal-69", "/decision-sheets/D1/pdf", internal=True))


def test_nothing_later_changes_the_decision_sheet(service: Service) -> None:
    dossier = noted_before(service)

    def without_version(answer: httpx.Response) -> str:
        return text_of(answer).replace(f"version {dossier.version}", "")

    first = without_version(dossier.read("legal-69", "/decision-sheets/D1/pdf"))
    dossier.must("agent-63", "make-available", {"decision": "D1"})
    dossier.must("agent-63", "add-note", {"text": "Appel reçu."})
    assert without_version(dossier.read("legal-69", "/decision-sheets/D1/pdf")) == first


@pytest.mark.parametrize("name", ["assessment/D1", "decision/D1", "history"])
def test_the_employers_record_is_only_for_who_may_read_it(dossier: Dossier, name: str) -> None:
    shown, hidden = (text_of(dossier.read(who, f"/sheets/{name}")) for who in ("legal-69", "prefecture-69"))
    told = RECORD.lower() if name == "history" else RECORD
    assert told in shown
    assert told not in hidden.replace("CRPA L311-3-1", "")


def test_an_administrator_reads_no_name(dossier: Dossier) -> None:
    worker = dossier.case.request.worker
    told = text_of(dossier.read("admin", "/sheets/request"))
    assert worker.family_name not in told
    assert WITHHELD in told


@pytest.mark.parametrize("part", ["/sheets", "/sheets/request", "/decision-sheets/D1/pdf"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("auditor", 200),
        ("agent-63", 200),
        ("legal-69", 200),
        ("prefecture-69", 200),
        ("agent-84", 404),
        ("employer-acme", 404),
        ("mandatary-durand", 404),
        (None, 401),
    ],
)
def test_sheets_are_for_the_services_that_know_the_case(dossier: Dossier, part: str, who: Any, status: int) -> None:
    assert dossier.read(who, part).status_code == status


@pytest.mark.parametrize("name", ["decision/D2", "nothing", "request/x", "notification/D1", "..%2Frequest", "%00"])
def test_a_sheet_that_there_is_not_is_unknown(dossier: Dossier, name: str) -> None:
    assert dossier.read("legal-69", f"/sheets/{name}").status_code in {400, 404}
