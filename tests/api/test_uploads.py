"""Uploads over HTTP that are interrupted, go on elsewhere, are sent twice at once, lied about, given up, forgotten."""

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from api import deposits
from documents import uploads as under_way
from documents.storage import Files
from documents.uploads import PART_BYTES, Uploads
from features.bodies import filing
from ledger.facts import utc_now
from ledger.settings import Settings
from tests.api.files import CHUNK, OFFSET, TUS, a_pdf, begin, coded, fetch, go_on, send, sha256, state, uploaded
from tests.api.service import Dossier, Service, seed, service_on, settings_on
from tests.api.test_problems import refusal
from tests.servers import Database, free_port

WHO = "employer-acme"
ROOT = Path(__file__).parents[2]


def parts_of(settings: Settings, place: str) -> list[Path]:
    folder = settings.data_dir / "documents" / "uploads" / place.rpartition("/")[2]
    return sorted(folder.iterdir()) if folder.exists() else []


def attach(dossier: Dossier, place: str, who: str = WHO, *, key: str | None = None, **fields: Any) -> httpx.Response:
    body = {"upload": place.rpartition("/")[2], **fields}
    return dossier.service.post(who, f"{dossier.path}/documents", body, key=key)


def uploads_on(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Uploads:
    """As `Uploads.of`, at another moment."""
    return Uploads(
        settings.files_url,
        settings.database_url,
        settings.upload_key,
        seconds=settings.upload_seconds_max,
        clock=clock,
    )


def test_a_file_comes_in_several_parts_and_is_attached(service: Service) -> None:
    content = os.urandom(PART_BYTES).hex().encode() + b"fin"
    begun = begin(service, WHO, len(content), filename="journal.txt", filetype="text/plain", sha256=sha256(content))
    assert begun.status_code == 201, begun.text
    place = begun.headers["Location"]
    assert begun.headers["Tus-Resumable"] == "1.0.0"
    assert "GMT" in begun.headers["Upload-Expires"]
    sent = 0
    for size in (1, 100, PART_BYTES + 7, len(content)):
        told = state(service, WHO, place)
        assert (told.status_code, told.headers[OFFSET], told.headers["Upload-Length"]) == (
            200,
            str(sent),
            str(len(content)),
        )
        answer = go_on(service, WHO, place, sent, content[sent : sent + size])
        assert answer.status_code == 204, answer.text
        sent = min(len(content), sent + size)
        assert answer.headers[OFFSET] == str(sent)
    dossier = service.file()
    answer = attach(dossier, place, item="other", title="Journal")
    assert answer.status_code == 201, answer.text
    assert answer.json()["sha256"] == sha256(content)
    assert fetch(dossier, "agent-63", answer.json()["document"]).content == content
    refusal(service.get(WHO, place), 405, "method_not_allowed")
    assert state(service, WHO, place).status_code == 404, "it is attached"
    assert parts_of(service.settings, place) == []


def test_what_is_kept_of_it_is_sealed(service: Service) -> None:
    content = b"Zephyrine Lachaussette " * 1_000
    place = uploaded(service, WHO, content, filename="Zephyrine.txt")
    (part,) = parts_of(service.settings, place)
    assert b"Zephyrine" not in part.read_bytes()
    assert len(part.read_bytes()) == len(content) + 28
    with psycopg.connect(service.settings.owner_database_url) as connection:
        rows = connection.execute("SELECT row_to_json(u)::text FROM documents.uploads AS u").fetchall()
    assert rows
    assert "Zephyrine" not in str(rows)
    assert b"Zephyrine".hex() not in str(rows)


@pytest.mark.parametrize(
    ("offset", "content", "status", "code"),
    [
        (3, b"defgh", 409, "upload_elsewhere"),
        (5, b"12345678901", 413, "too_large"),
        (0, b"abc", 409, "upload_elsewhere"),
    ],
)
def test_what_does_not_follow_is_not_kept(
    service: Service, offset: int, content: bytes, status: int, code: str
) -> None:
    place = begin(service, WHO, 10).headers["Location"]
    assert go_on(service, WHO, place, 0, b"abcde").status_code == 204
    answer = go_on(service, WHO, place, offset, content)
    refusal(answer, status, code)
    if status == 409:
        assert answer.headers[OFFSET] == "5"
    assert state(service, WHO, place).headers[OFFSET] == "5"
    assert len(parts_of(service.settings, place)) == 1


def test_more_than_was_announced_by_a_sender_who_does_not_say_how_much(service: Service) -> None:
    place = begin(service, WHO, 10).headers["Location"]

    def endless() -> Iterator[bytes]:
        for _ in range(5):
            yield b"abc"

    refusal(go_on(service, WHO, place, 0, endless()), 413, "too_large")
    assert state(service, WHO, place).headers[OFFSET] == "0"
    assert parts_of(service.settings, place) == []


def test_a_part_with_its_checksum_is_kept_whole_or_not_at_all(service: Service) -> None:
    content = os.urandom(PART_BYTES + 1_000)
    place = begin(service, WHO, len(content)).headers["Location"]
    right = hashlib.sha256(content).digest()
    answer = go_on(service, WHO, place, 0, content, checksum=bytes(32))
    refusal(answer, 460, "checksum_mismatch")
    assert state(service, WHO, place).headers[OFFSET] == "0"
    for wrong in ("md5 " + coded(bytes(16)), "sha256 ?", "sha256", "sha256 " + coded(bytes(16))):
        refusal(go_on(service, WHO, place, 0, content, **{"Upload-Checksum": wrong}), 400, "malformed")
    assert go_on(service, WHO, place, 0, content, checksum=right).status_code == 204
    assert state(service, WHO, place).headers[OFFSET] == str(len(content))


def test_a_whole_that_is_not_what_was_announced(service: Service) -> None:
    place = uploaded(service, WHO, a_pdf(), sha256=sha256(b"another"))
    dossier = service.file()
    refusal(attach(dossier, place, title="Pièce"), 460, "checksum_mismatch")
    assert dossier.case.version == dossier.version


def test_one_that_is_not_whole_is_not_attached(service: Service) -> None:
    content = a_pdf()
    place = begin(service, WHO, len(content) + 1).headers["Location"]
    go_on(service, WHO, place, 0, content)
    dossier = service.file()
    told = refusal(attach(dossier, place, title="Pièce"), 409, "upload_not_whole")
    assert f"{len(content)} octets sur {len(content) + 1}" in told["detail"]
    assert state(service, WHO, place).status_code == 200, "it may go on"


def test_an_upload_is_its_senders_alone(service: Service) -> None:
    content = a_pdf()
    place = uploaded(service, WHO, content)
    other = "mandatary-durand"
    assert state(service, other, place).status_code == 404
    refusal(go_on(service, other, place, len(content), b"x"), 404, "not_found")
    refusal(service.client.delete(place, headers=service.headers(other, **TUS)), 404, "not_found")
    dossier = service.file()
    refusal(attach(dossier, place, "agent-63", title="Pièce"), 404, "not_found")
    assert state(service, WHO, place).status_code == 200
    assert attach(dossier, place, title="Pièce").status_code == 201


def test_a_repeated_key_is_answered_alike_after_the_upload_is_gone(service: Service) -> None:
    place = uploaded(service, WHO, a_pdf())
    dossier = service.file()
    first = attach(dossier, place, key="attach-1", title="Pièce")
    assert first.status_code == 201
    again = attach(dossier, place, key="attach-1", title="Pièce")
    assert (again.status_code, again.content) == (201, first.content)
    assert dossier.case.version == dossier.version + 2


def test_an_upload_makes_one_document_however_often_it_is_attached(service: Service) -> None:
    """Twice at once, and again after an answer that was lost, without any key of the sender's own."""
    place = uploaded(service, WHO, a_pdf())
    dossier = service.file()
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: attach(dossier, place, title="Pièce"), range(4)))
    answers.append(attach(dossier, place, title="Pièce"))
    assert {answer.status_code for answer in answers} <= {201, 404}, "404 to who reads parts that are just gone"
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert answers[-1].content in made
    assert dossier.case.version == dossier.version + 2
    refusal(attach(dossier, place, title="Autre titre"), 422, "key_reused")


def test_an_upload_makes_one_document_under_several_keys_of_its_sender(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two requests at once, or one after a process died between the fact and the end of the upload."""
    monkeypatch.setattr(deposits, "_is_attached", lambda *told: None)
    place = uploaded(service, WHO, a_pdf("sous deux clés"))
    dossier = service.file()
    answers = [attach(dossier, place, key=key, title="Pièce") for key in ("une", "autre")]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert dossier.case.version == dossier.version + 2


def test_an_announced_document_is_delivered_from_an_upload(service: Service) -> None:
    content = a_pdf("livré en plusieurs fois")
    body = filing("introduction_permanent")
    body["documents"][0]["sha256"] = sha256(content)
    dossier = service.file_body(body)
    place = uploaded(service, WHO, content, filename="a.pdf", filetype="application/pdf")
    path = f"{dossier.path}/documents/P1/versions/1/content"
    upload = {"upload": place.rpartition("/")[2]}
    refusal(service.client.put(path, json=upload | {"title": "x"}, headers=service.headers(WHO)), 400, "malformed")
    answer = service.client.put(path, json=upload, headers=service.headers(WHO))
    assert answer.status_code == 200, answer.text
    assert fetch(dossier, "agent-63").content == content


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\moi\\contrat signé.pdf", "contrat signé.pdf"),
        ("bail\r\nSet-Cookie: a=b\u202efdp.\u200f\u0000", "bail Set-Cookie: a=bfdp"),
        ("x" * 3_000 + ".pdf", "x" * 196 + ".pdf"),
        ("..", "Pièce sans titre"),
        ("", "Pièce sans titre"),
    ],
)
def test_a_hostile_name_is_only_what_is_shown(service: Service, name: str, title: str) -> None:
    dossier = service.file()
    answer = attach(dossier, uploaded(service, WHO, a_pdf(), filename=name))
    assert answer.status_code == 201, answer.text
    document = answer.json()["document"]
    assert dossier.case.documents[document].current.title == title
    shown = fetch(dossier, "agent-63", document).headers["Content-Disposition"]
    assert shown.isascii()
    assert shown.isprintable()


def test_it_is_given_up(service: Service) -> None:
    place = uploaded(service, WHO, b"abc")
    assert parts_of(service.settings, place)
    assert service.client.delete(place, headers=service.headers(WHO, **TUS)).status_code == 204
    assert parts_of(service.settings, place) == []
    assert state(service, WHO, place).status_code == 404


def test_nobody_has_many_under_way(service: Service) -> None:
    who = "counsel-roux"
    places = [begin(service, who, 5).headers["Location"] for _ in range(under_way.OPEN_MAX)]
    refusal(begin(service, who, 5), 409, "too_many_uploads")
    assert begin(service, WHO, 5).status_code == 201, "others may"
    service.client.delete(places[0], headers=service.headers(who, **TUS))
    assert begin(service, who, 5).status_code == 201


@pytest.mark.parametrize(
    "metadata",
    [
        "filename",
        "filename ?",
        "filename " + coded(b"\xff"),
        "sha256 " + coded("no"),
        "case " + coded("no"),
        "a YQ==,a YQ==",
    ],
)
def test_what_is_said_of_it_is_well_formed(service: Service, metadata: str) -> None:
    headers = service.headers(WHO, **TUS, **{"Upload-Length": "5", "Upload-Metadata": metadata})
    expected = 201 if metadata == "filename" else 400
    assert service.client.post("/api/uploads", headers=headers).status_code == expected


def test_what_is_spoken(service: Service) -> None:
    told = service.client.options("/api/uploads")
    assert told.status_code == 204
    assert told.headers["Tus-Version"] == "1.0.0"
    assert told.headers["Tus-Extension"] == "creation,expiration,termination,checksum"
    assert int(told.headers["Tus-Max-Size"]) == service.settings.file_bytes_max
    own = service.headers(WHO, **{"Upload-Length": "5"})
    for spoken in ({}, {"Tus-Resumable": "0.2.2"}):
        answer = service.client.post("/api/uploads", headers=own | spoken)
        refusal(answer, 412, "tus_version")
        assert answer.headers["Tus-Version"] == "1.0.0"
    for length in ("-1", "x", ""):
        answer = service.client.post("/api/uploads", headers=service.headers(WHO, **TUS, **{"Upload-Length": length}))
        refusal(answer, 400, "malformed")
    place = begin(service, WHO, 5).headers["Location"]
    for kind in ("application/json", "application/octet-stream", "text/plain"):
        refusal(go_on(service, WHO, place, 0, b"abcde", **{"Content-Type": kind}), 415, "media_type")


# Two at once, and whoever dies


def test_of_two_senders_at_once_none_writes_into_the_other(service: Service) -> None:
    """Each sends a whole of its own from the same place: what is there in the end is one of them, and not a mixture."""
    size = 3 * PART_BYTES
    place = begin(service, WHO, size).headers["Location"]
    settings = service.settings
    several = [uploads_on(settings) for _ in range(4)]
    identity = service.desk.history(service.file().id).case.filed_by
    upload = several[0].find(_id(place), identity)
    kept: list[tuple[int, bytes]] = []
    barrier = threading.Barrier(len(several))

    def send(each: Uploads, letter: bytes) -> None:
        offset = 0
        while offset < size:
            barrier_wait()
            try:
                then = each.append(upload, identity, offset, letter * PART_BYTES)
                kept.append((offset, letter))
                offset = then
            except under_way.OffsetMismatch as mismatch:
                offset = mismatch.offset

    def barrier_wait() -> None:
        try:
            barrier.wait(0.5)
        except threading.BrokenBarrierError:
            return

    threads = [
        threading.Thread(target=send, args=(each, letter))
        for each, letter in zip(several, (b"a", b"b", b"c", b"d"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [offset for offset, _ in sorted(kept)] == [0, PART_BYTES, 2 * PART_BYTES], "each place was written once"
    content = b"".join(several[0].chunks(upload.id))
    assert content == b"".join(letter * PART_BYTES for _, letter in sorted(kept))
    assert len(parts_of(settings, place)) == 3, "those who were late left nothing"
    for each in several:
        each.close()


def _id(place: str) -> Any:
    return UUID(place.rpartition("/")[2])


def test_a_part_of_which_no_row_tells_is_swept_and_nothing_else(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that died between writing a part and saying so."""
    place = uploaded(service, WHO, b"abc")
    (part,) = parts_of(service.settings, place)
    orphan = part.with_name("0000000000000003-orphan")
    orphan.write_bytes(b"x")
    mine = uploads_on(service.settings)
    mine.sweep()
    assert orphan.exists(), "it may be about to be told of"
    monkeypatch.setattr(under_way, "ORPHAN_SECONDS", -1)
    mine.sweep()
    assert not orphan.exists()
    assert part.exists()
    assert state(service, WHO, place).headers[OFFSET] == "3"
    mine.close()


def test_what_is_too_old_goes(service: Service) -> None:
    place = uploaded(service, WHO, b"abc")
    soon = uploads_on(service.settings, lambda: utc_now() + timedelta(hours=23))
    late = uploads_on(service.settings, lambda: utc_now() + timedelta(hours=25))
    soon.sweep()
    assert parts_of(service.settings, place)
    assert late.sweep() >= 1
    assert parts_of(service.settings, place) == []
    assert state(service, WHO, place).status_code == 404
    soon.close()
    late.close()


class Server:
    """A process of the API as in service, that is killed and begun anew."""

    def __init__(self, settings: Settings, port: int, log: Path) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = log
        self.environment = {
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SMOE_DATA_DIR": str(settings.data_dir),
            "SMOE_SECRET_KEY": settings.secret_key,
            "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
            "SMOE_RATE_LIMITS": "off",
            "PORT": str(port),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        command = [sys.executable, "-m", "cli", "api"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{self.address}/health/live", trust_env=False, timeout=2)
                return
            except httpx.TransportError:
                assert time.monotonic() < until, self.log.read_text()
                time.sleep(0.05)

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def server(database: Database, valkey_url: str, tmp_path: Path) -> Iterator[Server]:
    settings = settings_on(database, valkey_url, tmp_path)
    seed(settings)
    served = Server(settings, free_port(), tmp_path / "server.log")
    served.begin()
    yield served
    served.kill()


def test_an_upload_outlives_the_process_that_took_it(server: Server) -> None:
    """Killed amid a part: what was kept before is told by the next process, which takes the rest."""
    content = os.urandom(3 * PART_BYTES)
    with httpx.Client(base_url=server.address, trust_env=False, timeout=20) as client:
        token = client.post("/api/local-sign-in", json={"identity": WHO}).json()["token"]
        own = {"Authorization": f"Bearer {token}", **TUS}
        place = client.post("/api/uploads", headers={**own, "Upload-Length": str(len(content))}).headers["Location"]

        def dying() -> Iterator[bytes]:
            yield content[: PART_BYTES + 1_000]
            until = time.monotonic() + 10
            while not _offset(client, place, own) and time.monotonic() < until:
                time.sleep(0.02)
            server.kill()
            yield content[PART_BYTES + 1_000 :]

        headers = {**own, "Content-Type": CHUNK, OFFSET: "0"}
        with pytest.raises(httpx.TransportError):
            httpx.patch(f"{server.address}{place}", content=dying(), headers=headers, trust_env=False, timeout=20)
        server.begin()
        assert _offset(client, place, own) == PART_BYTES
        rest = {**headers, OFFSET: str(PART_BYTES)}
        answer = client.patch(place, content=content[PART_BYTES:], headers=rest)
        assert (answer.status_code, answer.headers[OFFSET]) == (204, str(len(content)))


def _offset(client: httpx.Client, place: str, own: dict[str, str]) -> int:
    return int(client.head(place, headers=own).headers[OFFSET])


def test_a_connection_that_is_lost_leaves_what_came_before(server: Server) -> None:
    """Over a socket, as the client of tests has none."""
    with httpx.Client(base_url=server.address, trust_env=False, timeout=20) as client:
        token = client.post("/api/local-sign-in", json={"identity": WHO}).json()["token"]
        own = {"Authorization": f"Bearer {token}", **TUS}
        place = client.post("/api/uploads", headers={**own, "Upload-Length": "1000000"}).headers["Location"]
        head = f"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in {**own, "Content-Type": CHUNK, OFFSET: "0"}.items())
        host, port = server.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head.encode() + b"\r\n" + b"a" * 1_234)
            time.sleep(0.3)
        until = time.monotonic() + 10
        while not _offset(client, place, own) and time.monotonic() < until:
            time.sleep(0.02)
        assert _offset(client, place, own) == 1_234


def test_a_file_of_no_fact_is_all_that_a_death_between_keeping_and_recording_leaves(
    database: Database, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes are safe before the fact that names them; without it the request is repeated, and has one effect."""
    with service_on(settings_on(database, valkey_url, tmp_path)) as service:
        dossier = service.file()

        def die(*_: Any, **__: Any) -> Any:
            raise SystemError("the process ends here")

        with monkeypatch.context() as patched:
            patched.setattr(service.desk.ledger, "append", die)
            assert send(dossier, WHO, a_pdf(), title="Pièce", key="once").status_code == 500
        assert dossier.case.version == dossier.version
        files = Files(service.settings.files_url, service.desk.ledger.keys)
        assert [each.sha256 for each in files.listed()] == [sha256(a_pdf())]
        answer = send(dossier, WHO, a_pdf(), title="Pièce", key="once")
        assert answer.status_code == 201
        assert [each.sha256 for each in files.listed()] == [sha256(a_pdf())]


def test_a_page_of_another_site_sends_no_file_in_a_visitors_name(
    database: Database, valkey_url: str, tmp_path: Path
) -> None:
    """A form is what a page of anywhere may send without asking first: the token of the session is asked for."""
    with service_on(settings_on(database, valkey_url, tmp_path)) as service:
        dossier = service.file()
        service.client.post("/api/local-sign-in", json={"identity": WHO, "session": True})
        csrf = {"X-CSRF-Token": service.client.get("/api/me").json()["csrf_token"]}
        part = {"file": ("a.pdf", a_pdf(), "application/pdf")}
        path = f"{dossier.path}/documents"
        begun = TUS | {"Upload-Length": "5"}
        ours = service.client.post("/api/uploads", headers=begun | csrf)
        assert ours.status_code == 201
        chunk = TUS | {"Content-Type": CHUNK, OFFSET: "0"}
        forged = (
            service.client.post(path, files=part),
            service.client.put(f"{path}/P1/versions/1/content", files=part),
            service.client.post("/api/uploads", headers=begun),
            service.client.patch(ours.headers["Location"], content=b"abcde", headers=chunk),
            service.client.delete(ours.headers["Location"], headers=TUS),
            service.client.post(path, files=part, headers=csrf | {"Origin": "https://evil.example"}),
            service.client.post(path, files=part, headers=csrf | {"Sec-Fetch-Site": "cross-site"}),
        )
        for answer in forged:
            refusal(answer, 403, "csrf")
        assert dossier.case.version == dossier.version
        assert service.client.patch(ours.headers["Location"], content=b"abcde", headers=chunk | csrf).status_code == 204
        assert service.client.post(path, files=part, headers=csrf).status_code == 201
