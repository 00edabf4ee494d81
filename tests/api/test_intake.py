"""What was made of files and what a case needs, over HTTP: to whom it is shown, and what is never shown."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from documents.intake.scanner import Scanner
from documents.storage import Files
from domain.events import DocumentScanned
from domain.papers import ScanVerdict
from features.bodies import attached
from reactions.intake import Intake
from tests import files_made as made
from tests.api.files import deliver, fetch, listed, send, sha256
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.api.test_problems import refusal
from tests.histories import erase
from tests.scanning import MARK, SIGNATURE, Clamd, scanner

PDF = made.a_pdf(2)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with scanner() as server:
        yield server


@pytest.fixture
def dossier(service: Service) -> Dossier:
    return service.file()


def work(service: Service, clamd: Clamd | None = None, rounds: int = 2) -> None:
    """Let the worker do what the arrival of files asks for."""
    files = Files(service.settings.files_url, service.desk.ledger.keys)
    intake = Intake(service.desk, files, Scanner(clamd.url) if clamd else None)
    for _ in range(rounds):
        service.runner.run_until_current()
        with psycopg.connect(service.settings.database_url, autocommit=True) as connection:
            while intake.run_once(connection):
                service.runner.run_until_current()


def sent(dossier: Dossier, content: bytes, **more: str) -> str:
    answer = send(dossier, "employer-acme", content, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["document"])


def part(dossier: Dossier, who: str | None, document: str, what: str) -> httpx.Response:
    return dossier.read(who, f"/documents/{document}/versions/1/{what}")


def test_the_text_and_the_first_page_of_a_file_are_read_once_they_are_taken(dossier: Dossier) -> None:
    document = sent(dossier, PDF)
    assert listed(dossier, "employer-acme", document)["files"][0]["scan"] == "non analysé"
    for what in ("text", "thumbnail"):
        refusal(part(dossier, "agent-63", document, what), 404, "file_not_read")
    work(dossier.service)
    for who in ("agent-63", "employer-acme", "signatory-63", "manager-63", "legal-69", "auditor"):
        text = part(dossier, who, document, "text")
        assert text.status_code == 200, f"{who}: {text.text}"
        assert text.text == "Contrat de travail 1\fContrat de travail 2"
        assert text.headers["content-type"] == "text/plain; charset=utf-8"
    picture = part(dossier, "agent-63", document, "thumbnail")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8")
    assert "default-src 'none'" in picture.headers["content-security-policy"]


def test_they_are_of_nobody_else(dossier: Dossier) -> None:
    document = sent(dossier, PDF)
    work(dossier.service)
    for what in ("text", "thumbnail"):
        assert part(dossier, "agent-84", document, what).status_code == 404
        assert part(dossier, "mandatary-durand", document, what).status_code in {403, 404}
        assert part(dossier, "admin", document, what).status_code == 403
        assert part(dossier, None, document, what).status_code == 401
        refusal(part(dossier, "agent-63", "P99", what), 422, "document_unknown")
        refusal(dossier.read("agent-63", f"/documents/{document}/versions/9/{what}"), 422, "document_unknown")


def test_of_an_infected_file_nothing_is_given_and_everybody_is_told(dossier: Dossier, clamd: Clamd) -> None:
    document = sent(dossier, made.a_docx() + MARK, name="contrat.docx", kind=DOCX)
    work(dossier.service, clamd)
    refusal(fetch(dossier, "agent-63", document), 409, "file_infected")
    for what in ("text", "thumbnail"):
        refusal(part(dossier, "agent-63", document, what), 409, "file_infected")
    (file,) = listed(dossier, "employer-acme", document)["files"]
    assert (file["verdict"], file["scan"]) == ("infected", "infecté : le fichier n'est plus délivré")
    lines = dossier.service.get_current("agent-63", f"{dossier.path}/history").json()["lines"]
    assert any(SIGNATURE in line["sentence"] for line in lines)


def test_a_file_found_infected_later_is_given_no_more(dossier: Dossier) -> None:
    document = sent(dossier, PDF)
    work(dossier.service)
    assert part(dossier, "agent-63", document, "text").status_code == 200
    found = DocumentScanned(
        document=document,
        version=1,
        sha256=sha256(PDF),
        verdict=ScanVerdict.INFECTED,
        signature=SIGNATURE,
        engine="ClamAV",
        scanned_on=date(2026, 11, 2),
    )
    from tests.histories import SYSTEM, write

    write(dossier.service.desk.ledger, dossier.id, [(SYSTEM, found, date(2026, 11, 2))])
    refusal(part(dossier, "agent-63", document, "text"), 409, "file_infected")


def test_a_picture_of_what_has_no_pages_is_not_there(dossier: Dossier) -> None:
    document = sent(dossier, made.a_docx(), name="contrat.docx", kind=DOCX)
    work(dossier.service)
    assert part(dossier, "agent-63", document, "text").text.startswith("Promesse d'embauche")
    refusal(part(dossier, "agent-63", document, "thumbnail"), 404, "file_not_read")


def test_what_is_faulty_is_turned_away_with_what_to_do(dossier: Dossier) -> None:
    for content, name, said in (
        (made.an_encrypted_pdf(), "a.pdf", "mot de passe"),
        (made.a_pdf(40)[:3000], "a.pdf", "s'arrête avant sa fin"),
        (made.a_pdf(0), "a.pdf", "aucune page"),
        (made.a_docx({"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (made.a_png_bomb(), "a.png", "démesuré"),
        (made.zipped({"a": b"b"}), "a.zip", "archive ZIP"),
    ):
        answer = send(dossier, "employer-acme", content, name=name, kind="application/octet-stream")
        assert answer.status_code == 422
        assert said in answer.text, answer.text


def test_after_an_erasure_nothing_is_left(new_database: Any, valkey_url: str, tmp_path: Path) -> None:
    with service_on(settings_on(new_database(), valkey_url, tmp_path)) as service:
        dossier = service.file()
        document = sent(dossier, PDF)
        work(service)
        assert part(dossier, "agent-63", document, "text").status_code == 200
        erase(service.desk.ledger, dossier.id, dossier.case.request.worker.person, date(2026, 11, 2))
        refusal(part(dossier, "agent-63", document, "text"), 410, "files_erased")


# What a case needs


def slots(dossier: Dossier, who: str = "employer-acme", **query: Any) -> dict[str, Any]:
    answer = dossier.read(who, "/checklist", **query)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["case"] == str(dossier.id)
    return {slot["item"]: slot for slot in told["checklist"]["slots"]}


def test_a_filer_reads_what_is_required_produced_and_had_elsewhere(service: Service) -> None:
    dossier = service.file()
    told = slots(dossier)
    assert told["passport"]["requirement"] == "required"
    assert told["passport"]["state"] == "produced"
    assert told["passport"]["documents"][0]["document"] == "P1"
    assert told["passport"]["text"].startswith("CT R5221-12 ; arrêté du 1er avril 2021")
    assert told["contributions_certificate"]["held_by"]["holder"].startswith("Urssaf")
    assert told["translation"]["requirement"] == "unknown"
    assert slots(dossier, "agent-63") == told


def test_a_checklist_is_as_it_was_known(service: Service) -> None:
    dossier = service.file()
    before = service.clock.now.isoformat()
    service.clock.go_to(date(2026, 11, 10))
    dossier.must("agent-63", "claim").must(
        "agent-63", "refuse-document", {"document": "P1", "version": 1, "reason": "La copie est illisible."}
    )
    assert slots(dossier)["passport"]["state"] == "refused"
    assert slots(dossier, as_of=before)["passport"]["state"] == "produced"
    dossier.must("employer-acme", "add-document", {"document": attached("passport", "Passeport lisible")})
    assert slots(dossier)["passport"]["state"] == "produced"


def test_a_delivered_file_shows_what_is_wrong_with_it(service: Service) -> None:
    from features.bodies import filing

    body = filing("introduction_permanent")
    content = made.a_scanned_pdf(1)
    body["documents"][0]["sha256"] = sha256(content)
    dossier = service.file_body(body)
    assert deliver(dossier, "employer-acme", content).status_code == 200
    (version,) = slots(dossier)["passport"]["documents"]
    assert (version["faults"], version["is_unusable"]) == (["image_only"], False)
