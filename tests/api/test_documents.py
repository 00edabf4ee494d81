"""Files of documents over HTTP: sent with a document, delivered later, fetched, refused, replaced, erased."""

import io
import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from documents.storage import Files
from domain.events import DocumentExamined, DocumentReceived, DocumentScanned, PersonErased
from domain.papers import ScanVerdict
from features.bodies import filing
from ledger.facts import Recorded
from tests.api import stages
from tests.api.accesses import entries
from tests.api.files import a_pdf, deliver, fetch, listed, send, sha256
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.api.test_problems import refusal
from tests.histories import AGENT, write
from tests.servers import Database

PDF = "application/pdf"


def files_of(service: Service) -> Files:
    return Files(service.settings.files_url, service.desk.ledger.keys)


def facts_since(dossier: Dossier, version: int) -> list[Recorded[Any]]:
    return [fact for fact in dossier.service.desk.history(dossier.id).facts if fact.version > version]


@pytest.fixture(autouse=True)
def no_file_in_clear_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What comes in is removed, whatever becomes of it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert list(tmp_path.glob("smoe-arrival-*")) == []


@pytest.fixture
def dossier(service: Service) -> Dossier:
    return service.file()


# Sent with a document


def test_a_file_is_kept_and_named_by_the_fact_with_its_true_hash_size_and_type(dossier: Dossier) -> None:
    content = a_pdf()
    answer = send(dossier, "employer-acme", content, item="contributions_certificate", title="Attestation de novembre")
    assert answer.status_code == 201, answer.text
    received, examined = facts_since(dossier, dossier.version)
    assert isinstance(received.event, DocumentReceived)
    assert isinstance(examined.event, DocumentExamined)
    ref = received.event.document
    assert (ref.sha256, ref.bytes, ref.media_type) == (sha256(content), len(content), PDF)
    assert (ref.item, ref.title) == ("contributions_certificate", "Attestation de novembre")
    seen = examined.event
    assert (seen.document, seen.version, seen.sha256, seen.bytes) == (ref.id, 1, ref.sha256, ref.bytes)
    assert seen.pages == 1
    told = answer.json()
    assert (told["document"], told["document_version"], told["file"]["held"]) == (ref.id, 1, True)
    assert [fact["type"] for fact in told["events"]] == ["DocumentReceived", "DocumentExamined"]
    assert answer.headers["ETag"] == f'"{dossier.version + 2}"'
    fetched = dossier.service.client.get(answer.headers["Location"], headers=dossier.service.headers("agent-63"))
    assert fetched.content == content


def test_its_name_is_its_title_where_none_is_said(dossier: Dossier) -> None:
    answer = send(dossier, "employer-acme", a_pdf(), name="C:\\Mes documents\\..\\passeport\u202e\u200f.pdf")
    assert answer.status_code == 201, answer.text
    assert listed(dossier, "agent-63", answer.json()["document"])["versions"][0]["title"] == "passeport.pdf"


def test_it_makes_nobody_stale(service: Service) -> None:
    """A fact upon which nobody decides does not make an agent's version old; the document that came does."""
    content = a_pdf("passeport")
    body = filing("introduction_permanent")
    body["documents"][0]["sha256"] = sha256(content)
    other = service.file_body(body).must("agent-63", "claim")
    read = other.version
    assert deliver(other, "employer-acme", content).status_code == 200
    assert other.case.version == read + 1
    refused = {"document": "P1", "version": 1, "reason": "Illisible : la page est noire."}
    assert other.give("agent-63", "refuse-document", refused, at=read).status_code == 200


def test_a_new_version_replaces_and_the_old_one_stays(dossier: Dossier) -> None:
    first, second = a_pdf("première"), a_pdf("seconde")
    added = send(dossier, "employer-acme", first, item="other", title="Contrat").json()
    at, name = added["version"], added["document"]
    fields = {"document": name, "title": "Contrat signé", "reason": "Une page manquait."}
    refusal(send(dossier, "employer-acme", second, **fields), 428, "if_match_missing")
    refusal(send(dossier, "employer-acme", second, at=at - 2, **fields), 412, "stale")
    assert send(dossier, "employer-acme", second, at=at, **fields).status_code == 201
    assert fetch(dossier, "agent-63", name, 1).content == first
    assert fetch(dossier, "agent-63", name, 2).content == second
    again = send(dossier, "employer-acme", second, at=dossier.case.version, **fields)
    refusal(again, 409, "document_identical")


def test_what_was_asked_for_is_supplied_with_its_file(service: Service) -> None:
    dossier = stages.items_asked(service)
    content = a_pdf()
    answer = send(
        dossier,
        "employer-acme",
        content,
        at=dossier.case.version,
        request="M1",
        item="contributions_certificate",
        title="Attestation",
    )
    assert answer.status_code == 201, answer.text
    assert [fact.type for fact in facts_since(dossier, dossier.version)] == ["MissingItemsSupplied", "DocumentExamined"]
    assert dossier.case.items_request("M1").complete


def test_the_same_key_has_one_effect_and_one_answer_whatever_the_boundary(dossier: Dossier) -> None:
    content = a_pdf()
    first = send(dossier, "employer-acme", content, key="k1", title="Attestation")
    again = send(dossier, "employer-acme", content, key="k1", title="Attestation")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert len(facts_since(dossier, dossier.version)) == 2
    refusal(send(dossier, "employer-acme", a_pdf("autre"), key="k1", title="Attestation"), 422, "key_reused")
    assert len(facts_since(dossier, dossier.version)) == 2


def test_two_documents_of_the_same_bytes_are_one_file(dossier: Dossier) -> None:
    content = a_pdf("même contenu deux fois")
    one, two = (send(dossier, "employer-acme", content, title=title).json()["document"] for title in ("Une", "Deux"))
    assert one != two
    assert fetch(dossier, "agent-63", one).content == fetch(dossier, "agent-63", two).content == content
    kept = [each for each in files_of(dossier.service).listed() if each.case_id == dossier.id]
    assert [each.sha256 for each in kept] == [sha256(content)]


# Turned away


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        (b"", "vide.pdf", "empty"),
        (a_pdf()[:-30], "coupe.pdf", "truncated"),
        (b"MZ\x90\x00" + bytes(200), "piece.exe", "type_not_accepted"),
    ],
)
def test_a_file_that_cannot_be_used_is_neither_recorded_nor_kept(
    dossier: Dossier, content: bytes, name: str, fault: str
) -> None:
    told = refusal(send(dossier, "employer-acme", content, name=name, title="Pièce"), 422, "file_unusable")
    assert fault in [each["code"] for each in told["faults"]]
    assert all(each["message"].endswith(".") for each in told["faults"])
    assert facts_since(dossier, dossier.version) == []
    assert not [each for each in files_of(dossier.service).listed() if each.case_id == dossier.id]


def test_a_fault_that_only_hinders_is_recorded_and_told(dossier: Dossier) -> None:
    answer = send(dossier, "employer-acme", a_pdf(), name="photo.png", kind="image/png", title="Photo")
    assert answer.status_code == 201, answer.text
    (fault,) = [each for each in answer.json()["file"]["faults"] if each["code"] == "mislabelled"]
    assert "type annoncé" in fault["message"]
    (file,) = listed(dossier, "agent-63", answer.json()["document"])["files"]
    assert file["media_type"] == PDF
    assert fault in file["faults"]


@pytest.mark.parametrize(
    "fields",
    [
        {"document": "P1", "item": "other", "reason": "Illisible."},
        {"request": "M1", "reason": "Illisible."},
        {"item": "other", "message": "Voici."},
    ],
)
def test_fields_that_do_not_go_together(dossier: Dossier, fields: dict[str, str]) -> None:
    refusal(send(dossier, "employer-acme", a_pdf(), at=dossier.version, **fields), 400, "malformed")
    assert facts_since(dossier, dossier.version) == []


def test_a_text_that_does_not_read_as_it_is_written(dossier: Dossier) -> None:
    (fault,) = refusal(send(dossier, "employer-acme", a_pdf(), title="Pièce\u202efdp"), 400, "malformed")["faults"]
    assert fault["pointer"] == "/title"
    refusal(send(dossier, "employer-acme", a_pdf(), title="x" * 201), 400, "malformed")
    refusal(send(dossier, "employer-acme", a_pdf(), title="x" * 40_000), 413, "too_large")
    refusal(send(dossier, "employer-acme", a_pdf(), titre="Pièce"), 400, "malformed")


# Forms that are none


def raw(dossier: Dossier, body: bytes, boundary: str = "x", **more: str) -> httpx.Response:
    headers = dossier.service.headers("employer-acme", **{"Content-Type": f"multipart/form-data; boundary={boundary}"})
    return dossier.service.client.post(f"{dossier.path}/documents", content=body, headers=headers | more)


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


FILE = part("file", b"%PDF-1.4 ...", "a.pdf")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"nothing of a form", 400, "malformed"),
        (FILE, 400, "malformed"),
        (FILE + b"--x", 400, "malformed"),
        (FILE + FILE + b"--x--\r\n", 400, "malformed"),
        (FILE + part("other", b"%PDF", "b.pdf") + b"--x--\r\n", 400, "malformed"),
        (FILE + part("title", b"a") + part("title", b"b") + b"--x--\r\n", 400, "malformed"),
        (part("title", b"a") + b"--x--\r\n", 400, "malformed"),
        (part("title", b"\xff\xfe") + FILE + b"--x--\r\n", 400, "malformed"),
        (part("file", b"%PDF", "a" * 10_000) + b"--x--\r\n", 413, "too_large"),
        (b"".join(part(f"f{n}", b"1") for n in range(1_000)) + b"--x--\r\n", 413, "too_large"),
        (b"--x\r\nContent-Disposition: attachment\r\n\r\nx\r\n--x--\r\n", 400, "malformed"),
    ],
)
def test_a_form_that_is_none(dossier: Dossier, body: bytes, status: int, code: str) -> None:
    refusal(raw(dossier, body), status, code)
    assert facts_since(dossier, dossier.version) == []


def test_the_types_that_a_file_comes_in(dossier: Dossier) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", PDF, "multipart/mixed; boundary=x"):
        refusal(raw(dossier, FILE, **{"Content-Type": kind}), 415, "media_type")
    refusal(raw(dossier, FILE + b"--x--\r\n", **{"Content-Encoding": "gzip"}), 415, "media_type")
    refusal(raw(dossier, FILE + b"--x--\r\n", boundary=""), 400, "malformed")
    path = f"{dossier.path}/documents"
    nothing = dossier.service.client.post(path, content=FILE, headers=dossier.service.headers("employer-acme"))
    refusal(nothing, 415, "media_type")


def test_a_file_larger_than_the_limit(database: Database, valkey_url: str, tmp_path: Path) -> None:
    settings = settings_on(database, valkey_url, tmp_path, SMOE_FILE_BYTES_MAX="2500000")
    with service_on(settings) as service:
        dossier = service.file()
        text = b"a" * 2_500_000
        large = send(dossier, "employer-acme", text + bytes(2_000_000), name="a.txt", kind="text/plain", title="Grand")
        refusal(large, 413, "too_large")
        assert facts_since(dossier, dossier.version) == []
        answer = send(dossier, "employer-acme", text, name="a.txt", kind="text/plain", title="Moins grand")
        assert answer.status_code == 201, "larger than any other body may be"
        announced = service.client.post(
            "/api/uploads",
            headers=service.headers("employer-acme", **{"Tus-Resumable": "1.0.0", "Upload-Length": "2500001"}),
        )
        refusal(announced, 413, "too_large")
        assert announced.headers["Tus-Max-Size"] == "2500000"


# Delivered later


@pytest.fixture
def announced(service: Service) -> tuple[Dossier, bytes]:
    content = a_pdf("passeport")
    body = filing("introduction_permanent")
    body["documents"][0]["sha256"] = sha256(content)
    return service.file_body(body), content


def test_an_announced_file_is_taken_if_it_is_that_one(announced: tuple[Dossier, bytes]) -> None:
    dossier, content = announced
    (file,) = listed(dossier, "employer-acme", "P1")["files"]
    assert (file["held"], file["content"], file["pages"]) == (False, None, None)
    refusal(fetch(dossier, "agent-63"), 404, "file_not_delivered")
    told = refusal(deliver(dossier, "employer-acme", a_pdf("un autre")), 422, "file_not_announced")
    assert sha256(content) in told["detail"]
    refusal(deliver(dossier, "employer-acme", content, "P1", 2), 422, "document_unknown")
    refusal(deliver(dossier, "employer-acme", content, "P99"), 422, "document_unknown")
    assert facts_since(dossier, dossier.version) == []
    answer = deliver(dossier, "employer-acme", content)
    assert answer.status_code == 200, answer.text
    assert [fact.type for fact in facts_since(dossier, dossier.version)] == ["DocumentExamined"]
    (file,) = listed(dossier, "employer-acme", "P1")["files"]
    assert (file["held"], file["pages"], file["bytes"]) == (True, 1, len(content))
    assert fetch(dossier, "agent-63").content == content
    again = deliver(dossier, "employer-acme", content)
    assert (again.status_code, again.json()["events"]) == (200, [])
    assert len(facts_since(dossier, dossier.version)) == 1


def test_an_announced_file_is_kept_whatever_is_wrong_with_it(service: Service) -> None:
    """It is what was filed: the history names it, and what is wrong with it is told beside it."""
    content = a_pdf("coupé")[:-30]
    body = filing("introduction_permanent")
    body["documents"][0]["sha256"] = sha256(content)
    dossier = service.file_body(body)
    answer = deliver(dossier, "employer-acme", content)
    assert answer.status_code == 200, answer.text
    assert "truncated" in [each["code"] for each in answer.json()["file"]["faults"]]
    assert fetch(dossier, "agent-63").content == content


def test_a_file_that_was_lost_is_brought_again(announced: tuple[Dossier, bytes]) -> None:
    dossier, content = announced
    deliver(dossier, "employer-acme", content)
    files_of(dossier.service).remove(dossier.id, sha256(content))
    assert refusal(fetch(dossier, "agent-63"), 500, "file_lost")
    assert deliver(dossier, "employer-acme", content).status_code == 200
    assert fetch(dossier, "agent-63").content == content


# Fetched


def test_what_a_file_is_sent_with(dossier: Dossier) -> None:
    title = 'Contrat « n° 1 »/../"x" Бенали'
    name = send(dossier, "employer-acme", a_pdf(), title=title).json()["document"]
    answer = fetch(dossier, "agent-63", name)
    assert answer.headers["Content-Type"] == PDF
    shown, plain, coded = answer.headers["Content-Disposition"].split("; ")
    assert shown == "inline"
    assert plain == f'filename="{name}-v1_Contrat_ndeg_1_-..-_x_Benali.pdf"'
    assert coded.startswith(f"filename*=UTF-8''{name}-v1%20Contrat%20%C2%AB")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"] == f'"{sha256(a_pdf())}"'
    same = fetch(dossier, "agent-63", name, **{"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=10-", slice(10, None)),
        ("bytes=5-999999999", slice(5, None)),
        ("bytes=1500000-1500003", slice(1_500_000, 1_500_004)),
    ],
)
def test_a_part_of_a_file(dossier: Dossier, wanted: str, expected: slice) -> None:
    content = os.urandom(900_000).hex().encode()
    name = send(dossier, "employer-acme", content, name="a.txt", kind="text/plain", title="Texte").json()["document"]
    answer = fetch(dossier, "agent-63", name, Range=wanted)
    assert (answer.status_code, answer.content) == (206, content[expected])
    begin = expected.start
    assert answer.headers["Content-Range"] == f"bytes {begin}-{begin + len(answer.content) - 1}/{len(content)}"
    assert answer.headers["Content-Disposition"].startswith("attachment"), "no text is shown by a browser"
    assert fetch(dossier, "agent-63", name, **{"Range": wanted, "If-Range": '"other"'}).content == content
    refusal(fetch(dossier, "agent-63", name, Range=f"bytes={len(content)}-"), 416, "range_impossible")
    for ignored in ("bytes=-5", "bytes=1-2,4-5", "lines=1-2", "bytes=9-3"):
        assert fetch(dossier, "agent-63", name, Range=ignored).status_code == 200


def test_an_altered_file_is_not_given_out(dossier: Dossier) -> None:
    name = send(dossier, "employer-acme", a_pdf(), title="Pièce").json()["document"]
    (path,) = (Path(dossier.service.settings.data_dir) / "documents" / "cases" / str(dossier.id)).iterdir()
    raw_bytes = bytearray(path.read_bytes())
    raw_bytes[-20] ^= 1
    path.write_bytes(raw_bytes)
    refusal(fetch(dossier, "agent-63", name), 500, "file_lost")


def scanned(dossier: Dossier, name: str, verdict: ScanVerdict) -> None:
    event = DocumentScanned(
        document=name,
        version=1,
        sha256=sha256(a_pdf()),
        verdict=verdict,
        engine="ClamAV",
        scanned_on=date(2026, 11, 2),
    )
    write(dossier.service.desk.ledger, dossier.id, [(AGENT, event, date(2026, 11, 2))])


def test_an_infected_file_is_not_given_out(dossier: Dossier) -> None:
    name = send(dossier, "employer-acme", a_pdf(), title="Pièce").json()["document"]
    scanned(dossier, name, ScanVerdict.FAILED)
    assert fetch(dossier, "agent-63", name).status_code == 200
    scanned(dossier, name, ScanVerdict.INFECTED)
    refusal(fetch(dossier, "agent-63", name), 409, "file_infected")
    assert listed(dossier, "agent-63", name)["files"][0]["verdict"] == "infected"
    scanned(dossier, name, ScanVerdict.CLEAN)
    assert fetch(dossier, "agent-63", name).status_code == 200, "what was taken for infected is so no more"


def test_what_was_not_scanned_is_held_back_where_the_rule_says_so(
    database: Database, valkey_url: str, tmp_path: Path
) -> None:
    with service_on(settings_on(database, valkey_url, tmp_path, SMOE_SERVE_UNSCANNED="off")) as service:
        dossier = service.file()
        name = send(dossier, "employer-acme", a_pdf(), title="Pièce").json()["document"]
        refusal(fetch(dossier, "agent-63", name), 409, "file_not_scanned")
        scanned(dossier, name, ScanVerdict.FAILED)
        refusal(fetch(dossier, "agent-63", name), 409, "file_not_scanned")
        scanned(dossier, name, ScanVerdict.CLEAN)
        assert fetch(dossier, "agent-63", name).content == a_pdf()


# Who may


def test_who_may_send_and_fetch(service: Service) -> None:
    dossier = service.file()
    name = send(dossier, "employer-acme", a_pdf(), title="Pièce").json()["document"]
    for who in ("employer-acme", "agent-63", "signatory-63", "legal-69", "auditor"):
        assert fetch(dossier, who, name).status_code == 200, who
    for who, status in (
        ("admin", 403),
        ("partner-ofii", 403),
        ("mandatary-durand", 404),
        ("agent-84", 404),
        (None, 401),
    ):
        assert fetch(dossier, who, name).status_code == status, who
    before = dossier.case.version
    for who, status in (("auditor", 403), ("admin", 403), ("mandatary-durand", 404), ("agent-84", 404)):
        assert send(dossier, who, a_pdf("autre"), title="Pièce").status_code == status, who
        assert deliver(dossier, who, a_pdf("autre"), name).status_code == status, who
    assert dossier.case.version == before


def test_a_deposit_reaches_no_further_than_the_act_that_it_stands_for(service: Service) -> None:
    """A legal officer adds documents to a case of their department; they neither replace nor supply for the filer."""
    dossier = stages.items_asked(service)
    assert send(dossier, "legal-69", a_pdf("versée"), title="Mémoire").status_code == 201
    at = dossier.case.version
    replaced = send(dossier, "legal-69", a_pdf(), at=at, document="P1", title="Pièce", reason="Illisible.")
    supplied = send(dossier, "legal-69", a_pdf(), at=at, request="M1", title="Pièce")
    for answer in (replaced, supplied):
        refusal(answer, 403, "forbidden")
    assert dossier.case.version == at
    assert {each.sha256 for each in files_of(service).listed() if each.case_id == dossier.id} == {
        sha256(a_pdf("versée"))
    }, "nothing is kept for an act that may not be"


def test_every_fetch_is_in_the_access_log_with_its_purpose(service: Service) -> None:
    dossier = service.file()
    name = send(dossier, "employer-acme", a_pdf(), title="Pièce").json()["document"]
    fetch(dossier, "legal-69", name, **{"Access-Purpose": "contentieux"})
    last = [each for each in entries(service) if each.operation == "DocumentContent"][-1]
    assert last.cases == (dossier.id,)
    assert last.purpose == "contentieux"
    assert (last.parameters["document"], last.parameters["version"]) == ((name,), ("1",))


# Erased


def erase(dossier: Dossier) -> None:
    worker = dossier.case.request.worker.person
    event = PersonErased(person=worker, reason="Fin.", erased_on=date(2026, 11, 2), archival_visa="AD63 1")
    write(dossier.service.desk.ledger, dossier.id, [(AGENT, event, date(2026, 11, 2))])


def test_files_of_somebody_erased_are_gone_at_once(dossier: Dossier) -> None:
    name = send(dossier, "employer-acme", a_pdf(), title="Pièce").json()["document"]
    erase(dossier)
    refusal(fetch(dossier, "agent-63", name), 410, "files_erased")
    (file,) = listed(dossier, "agent-63", name)["files"]
    assert (file["held"], file["content"]) == (False, None)
    refusal(send(dossier, "employer-acme", a_pdf("autre"), title="Pièce"), 410, "files_erased")
    refusal(deliver(dossier, "employer-acme", a_pdf(), name), 410, "files_erased")


def test_a_form_as_a_browser_makes_it(dossier: Dossier) -> None:
    body = io.BytesIO()
    body.write(part("item", b"passport") + part("title", b"Passeport") + part("received_on", b"2026-11-02"))
    body.write(part("file", a_pdf(), "passeport scanné.pdf") + b"--x--\r\n")
    answer = raw(dossier, body.getvalue())
    assert answer.status_code == 201, answer.text
    assert listed(dossier, "agent-63", answer.json()["document"])["received_on"] == "2026-11-02"
