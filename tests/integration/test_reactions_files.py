"""Files of erased persons go whoever died under way; what no fact names is swept; the check tells what is amiss."""

import io
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cli import documents as command
from cli import erasure
from cli.embedded import ServerError
from documents import uploads as under_way
from documents.storage import FileErased, Files, FileUnknown
from documents.uploads import Described, Uploads
from domain.events import DocumentExamined, PersonErased
from ledger.facts import utc_now
from reactions import uploads as reaction
from reactions.erasure import Erasure, FilesOfErased
from reactions.uploads import Sweep
from tests.api.files import a_pdf, send, sha256
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.histories import AGENT, a_filing, persons_of, write
from tests.servers import Database
from tests.unit.given import a_host_family

DAY = date(2026, 11, 2)
NAME = b"Zephyrine Lachaussette"


class Bench:
    """An application with two cases, each with a file, and what reacts to their facts."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.files = Files(service.settings.files_url, service.desk.ledger.keys)
        self.uploads = Uploads.of(service.settings)
        self.one, self.other = service.file(), service.file()
        for dossier in (self.one, self.other):
            assert send(dossier, "employer-acme", a_pdf(), title="Pièce").status_code == 201

    @property
    def folder(self) -> Path:
        return self.service.settings.data_dir / "documents"

    def kept(self, dossier: Dossier) -> set[str]:
        return {each.sha256 for each in self.files.listed() if each.case_id == dossier.id}

    def path_of(self, dossier: Dossier, content: bytes) -> Path:
        return self.folder / "cases" / str(dossier.id) / sha256(content)

    def erase(self, dossier: Dossier) -> None:
        event = PersonErased(
            person=dossier.case.request.worker.person, reason="Fin.", erased_on=DAY, archival_visa="AD63 1"
        )
        write(self.service.desk.ledger, dossier.id, [(AGENT, event, DAY)])

    def react(self, each: Any) -> int:
        with psycopg.connect(self.service.settings.database_url, autocommit=True) as connection:
            done: int = each.run_once(connection)
            return done

    def put(self, dossier: Dossier, content: bytes) -> None:
        self.files.put(dossier.id, dossier.case.request.worker.person, io.BytesIO(content))


@pytest.fixture
def bench(database: Database, valkey_url: str, tmp_path: Path) -> Iterator[Bench]:
    with service_on(settings_on(database, valkey_url, tmp_path)) as service:
        made = Bench(service)
        yield made
        made.uploads.close()


# Erased


def test_files_of_an_erased_person_go_with_texts_and_what_is_on_its_way(bench: Bench) -> None:
    worker = bench.one.case.request.worker.person
    bench.files.keep_derived(bench.one.id, worker, sha256(a_pdf()), "text", NAME)
    upload = bench.uploads.begin("somebody", 100, Described(name="Zephyrine.pdf"), bench.one.id)
    bench.uploads.append(upload, "somebody", 0, NAME)
    copy = bench.path_of(bench.one, a_pdf()).read_bytes()
    removal = FilesOfErased(bench.files, bench.uploads)
    assert bench.react(removal) == 0
    bench.erase(bench.one)
    assert bench.react(Erasure(bench.files.keys)) == 0, "the views have not been told yet; files go by the facts alone"
    assert bench.react(removal) == 1
    assert bench.react(removal) == 0
    assert bench.kept(bench.one) == set()
    assert bench.kept(bench.other) == {sha256(a_pdf())}
    left = [path for path in bench.folder.rglob("*") if path.is_file() and str(bench.one.id) in str(path)]
    assert left == []
    assert list((bench.folder / "uploads").rglob("*-*")) in ([], [bench.folder / "uploads" / str(upload.id)])
    with pytest.raises(under_way.UploadUnknown):
        bench.uploads.find(upload.id, "somebody")

    # A copy of the store that somebody kept opens no more either, once the key is gone.
    bench.service.runner.run_until_current()
    assert bench.react(Erasure(bench.files.keys)) == 1
    bench.path_of(bench.one, a_pdf()).parent.mkdir(exist_ok=True)
    bench.path_of(bench.one, a_pdf()).write_bytes(copy)
    with pytest.raises(FileErased):
        bench.files.read(bench.one.id, sha256(a_pdf()))
    with pytest.raises(FileErased):
        bench.put(bench.one, b"more")


def test_a_removal_that_failed_or_died_under_way_is_found_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    removal = FilesOfErased(bench.files, bench.uploads)
    bench.erase(bench.one)

    def fail(_: UUID) -> int:
        raise OSError("the store does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(bench.files, "forget", fail)
        assert bench.react(removal) == 0
    assert bench.kept(bench.one)
    with monkeypatch.context() as patched:
        patched.setattr(bench.uploads, "forget", fail)
        assert bench.react(removal) == 0, "died when half was done"
    assert bench.react(removal) == 1
    assert bench.kept(bench.one) == set()


def test_files_go_when_the_other_person_of_the_case_is_erased(bench: Bench) -> None:
    """The key that seals them is not theirs: they are removed, not only unreadable."""
    stream, (_, employer) = UUID(int=77), persons_of(UUID(int=77))
    write(bench.service.desk.ledger, stream, [a_filing(stream, "AT-2", DAY, employer=a_host_family(person=employer))])
    dossier = Dossier(bench.service, stream, 1)
    bench.put(dossier, NAME)
    gone = PersonErased(person=employer, reason="Fin.", erased_on=DAY, archival_visa="AD63 1")
    write(bench.service.desk.ledger, stream, [(AGENT, gone, DAY)])
    assert bench.react(FilesOfErased(bench.files, bench.uploads)) == 1
    with pytest.raises(FileUnknown):
        bench.files.read(stream, sha256(NAME))


def test_a_scrub_removes_files_first_and_stops_where_it_cannot(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.erase(bench.one)

    def fail(*_: Any) -> int:
        raise OSError("the store does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(Files, "forget", fail)
        with pytest.raises(ServerError, match="1 dossiers"):
            erasure.scrub(bench.service.settings)
    assert bench.kept(bench.one)
    erasure.scrub(bench.service.settings)
    assert bench.kept(bench.one) == set()
    assert bench.kept(bench.other)
    capsys.readouterr()


# Swept


def test_what_no_fact_names_is_swept_after_a_while(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.put(bench.one, b"of an act that never came about")
    stranger = Dossier(bench.service, UUID(int=7), 0)
    place = bench.folder / "cases" / str(stranger.id) / ("0" * 64)
    place.parent.mkdir()
    place.write_bytes(b"of another installation")
    clock = bench.service.clock
    clock.go_to(utc_now().date())
    sweep = Sweep(bench.service.desk, bench.files, bench.uploads)
    assert bench.react(sweep) == 0, "it may be about to be named"
    assert len(bench.kept(bench.one)) == 2
    old = time.time() - timedelta(days=3).total_seconds()
    for path in bench.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))
    assert bench.react(sweep) == 0, "once a day, and no more often than every minute"
    monkeypatch.setattr(reaction, "SWEEP_SECONDS", 0.0)
    assert bench.react(Sweep(bench.service.desk, bench.files, bench.uploads)) == 1
    assert bench.kept(bench.one) == bench.kept(bench.other) == {sha256(a_pdf())}
    assert place.exists()


def test_what_a_death_left_in_clear_is_swept(bench: Bench) -> None:
    left = Path(tempfile.mkdtemp(prefix=under_way.ARRIVALS))
    fresh = Path(tempfile.mkdtemp(prefix=under_way.ARRIVALS))
    (left / "content").write_bytes(NAME)
    old = time.time() - 2 * under_way.CLEAR_SECONDS
    os.utime(left, (old, old))
    try:
        bench.uploads.sweep()
        assert not left.exists()
        assert fresh.exists()
    finally:
        shutil.rmtree(left, ignore_errors=True)
        shutil.rmtree(fresh, ignore_errors=True)


def test_a_store_that_does_not_answer_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise OSError("the store does not answer")

    monkeypatch.setattr(bench.uploads, "sweep", fail)
    assert bench.react(Sweep(bench.service.desk, bench.files, bench.uploads)) == 0


# Checked


def test_the_check_tells_what_is_amiss_and_nothing_else(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    settings = bench.service.settings
    assert command.check(settings) == 0
    assert capsys.readouterr().out == "2 fichiers lus en entier et conformes, 0 défauts.\n"

    bench.put(bench.one, b"in excess")
    assert command.check(settings) == 0, "what is in excess harms nobody"
    assert f"{sha256(b'in excess')}  aucun fait ne le nomme" in capsys.readouterr().out

    path = bench.path_of(bench.one, a_pdf())
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    bench.path_of(bench.other, a_pdf()).unlink()
    assert command.check(settings) == 1
    told = capsys.readouterr().out
    name = next(iter(set(bench.one.case.documents) - {"P1", "P2"}))
    assert f"{bench.one.id}  {sha256(a_pdf())}  altéré : pièce {name} version 1" in told
    assert f"{bench.other.id}  {sha256(a_pdf())}  manque : pièce {name} version 1" in told
    assert "0 fichiers lus en entier et conformes, 2 défauts." in told

    path.write_bytes(raw)
    bench.erase(bench.one)
    bench.put(bench.other, a_pdf())
    assert command.check(settings) == 1
    assert "reste d'un effacement" in capsys.readouterr().out
    bench.react(FilesOfErased(bench.files, bench.uploads))
    assert command.check(settings) == 0


def test_an_announced_document_is_not_missing(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody said that its file is here; once somebody did, it must be."""
    ref = bench.one.case.documents["P1"].current
    event = DocumentExamined(
        document="P1",
        version=1,
        sha256=ref.sha256,
        bytes=1,
        media_type="application/pdf",
        examiner="x",
        examined_on=DAY,
    )
    write(bench.service.desk.ledger, bench.one.id, [(AGENT, event, DAY)])
    assert command.check(bench.service.settings) == 1
    assert f"{ref.sha256}  manque : pièce P1 version 1" in capsys.readouterr().out
