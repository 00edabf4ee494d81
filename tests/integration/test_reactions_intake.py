"""What follows the arrival of a file is done once, whatever was down or died meanwhile, and an outage loses nothing."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from documents.intake import examining
from documents.intake.scanner import Scanner
from documents.intake.texts import text_of, thumbnail_of
from documents.storage import FileErased, Files, FileUnknown
from domain.events import DocumentExamined, DocumentReceived, DocumentScanned
from domain.papers import FileFault, ScanVerdict
from domain.reference.load import load_reference
from domain.request import DocumentRef
from ledger.desk import Desk
from ledger.facts import Recorded
from ledger.histories import AnyEvent
from projections.runner import Runner
from reactions.intake import FAILURES_MAX, SCANNER_RETRY_LAST, Intake
from tests import files_made as made
from tests.conftest import Database
from tests.histories import CHECK_KEY, EMPLOYER, a_filing, a_routing, erase, open_ledger, persons_of, write
from tests.scanning import MARK, SIGNATURE, Clamd, scanner
from tests.servers import free_port

FILED = date(2026, 3, 2)
STREAM = UUID(int=98)
PDF = made.a_pdf(2)
INFECTED = made.a_docx({"word/media/x.bin": b"x"}) + MARK


class Clock:
    """An hour that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """A ledger, a store of files, read models and the reaction."""

    def __init__(self, database: Database, folder: Path, clamd: Clamd | None = None) -> None:
        self.clock = Clock()
        self.database = database
        self.ledger = open_ledger(database.app_url, clock=self.clock)
        self.desk = Desk(self.ledger, load_reference())
        self.files = Files((folder / "files").as_uri(), self.ledger.keys)
        self.runner = Runner(self.ledger, database.owner_url, reference=self.desk.tables.shipped, check_key=CHECK_KEY)
        self.clamd = clamd
        self.intake = self.new()
        write(self.ledger, STREAM, [a_filing(STREAM, "AT-1", FILED), a_routing(FILED)])
        self.person = self.desk.history(STREAM).case.request.worker.person

    def new(self, url: str = "") -> Intake:
        """The reaction of another process."""
        address = url or (self.clamd.url if self.clamd else "")
        return Intake(self.desk, self.files, Scanner(address, seconds_max=2) if address else None)

    def announce(self, content: bytes, media_type: str = "application/pdf") -> DocumentRef:
        """A fact that tells of a file."""
        ref = DocumentRef(
            id=f"P{len(self.desk.history(STREAM).case.documents) + 1}",
            version=1,
            item="other",
            title="Pièce",
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
            media_type=media_type,
        )
        write(self.ledger, STREAM, [(EMPLOYER, DocumentReceived(document=ref, received_on=FILED), FILED)])
        return ref

    def deliver(self, content: bytes, media_type: str = "application/pdf") -> DocumentRef:
        """A fact that tells of a file, and the file."""
        ref = self.announce(content, media_type)
        self.keep(content)
        return ref

    def keep(self, content: bytes) -> None:
        self.files.put(STREAM, self.person, io.BytesIO(content))

    def react(self, intake: Intake | None = None, *, later: timedelta = timedelta(0)) -> int:
        """Let the read models follow, then the reaction work; what was recorded is followed again."""
        self.clock.now += later
        self.runner.run_until_current()
        with psycopg.connect(self.database.app_url, autocommit=True) as connection:
            done = (intake or self.intake).run_once(connection)
        self.runner.run_until_current()
        return done

    def facts(self, kind: type[Any]) -> list[Any]:
        return [fact.event for fact in self.ledger.load(STREAM) if isinstance(fact.event, kind)]

    def last(self) -> Recorded[AnyEvent]:
        return self.ledger.load(STREAM)[-1]

    def close(self) -> None:
        self.runner.close()
        self.ledger.close()


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with scanner() as server:
        yield server


@pytest.fixture
def bench(database: Database, tmp_path: Path, clamd: Clamd) -> Iterator[Bench]:
    made_for_test = Bench(database, tmp_path, clamd)
    yield made_for_test
    made_for_test.close()


@pytest.fixture
def unscanned(database: Database, tmp_path: Path) -> Iterator[Bench]:
    """Where there is no scanner."""
    made_for_test = Bench(database, tmp_path)
    yield made_for_test
    made_for_test.close()


def test_a_file_is_examined_then_scanned_then_read_each_once(bench: Bench) -> None:
    ref = bench.deliver(PDF)
    assert bench.react() == 1
    (examined,) = bench.facts(DocumentExamined)
    assert (examined.media_type, examined.pages, examined.faults) == ("application/pdf", 2, ())
    assert (examined.document, examined.version, examined.sha256) == (ref.id, 1, ref.sha256)
    assert examined.bytes == len(PDF)
    assert bench.react() == 1
    (scanned,) = bench.facts(DocumentScanned)
    assert (scanned.verdict, scanned.signature) == (ScanVerdict.CLEAN, "")
    assert scanned.engine.startswith("ClamAV 1.4.3/27700")
    assert bench.last().actor.role.value == "system"
    assert bench.react() == 1
    assert text_of(bench.files, STREAM, ref.sha256).startswith("Contrat de travail 1")
    assert thumbnail_of(bench.files, STREAM, ref.sha256).startswith(b"\xff\xd8")
    assert bench.react() == 0
    assert bench.react(bench.new(), later=timedelta(days=400)) == 0, "nothing is done twice, by another process either"


def test_before_the_read_model_has_followed_nothing_is_recorded_twice(bench: Bench) -> None:
    bench.deliver(PDF)
    bench.runner.run_until_current()
    with psycopg.connect(bench.database.app_url, autocommit=True) as connection:
        assert bench.intake.run_once(connection) == 1
        assert bench.intake.run_once(connection) == 0
        assert bench.new().run_once(connection) == 0
    assert len(bench.facts(DocumentExamined)) == 1


def test_a_file_that_is_not_here_is_waited_for_ever_more_rarely(bench: Bench) -> None:
    bench.announce(PDF)
    assert bench.react() == 0
    bench.keep(PDF)
    assert bench.react() == 0, "not looked for again at once"
    assert bench.react(later=timedelta(minutes=3)) == 1
    assert len(bench.facts(DocumentExamined)) == 1


def test_an_infected_file_is_told_and_never_opened(bench: Bench) -> None:
    ref = bench.deliver(INFECTED, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    bench.react()
    assert bench.react() == 1
    bench.react()
    with pytest.raises(FileUnknown):
        text_of(bench.files, STREAM, ref.sha256)
    (scanned,) = bench.facts(DocumentScanned)
    assert (scanned.verdict, scanned.signature) == (ScanVerdict.INFECTED, SIGNATURE)
    case = bench.desk.history(STREAM).case
    assert case.documents[ref.id].verdicts == {1: ScanVerdict.INFECTED}
    assert case.settled == case.version, "whoever decides must have seen it"


def test_a_clean_verdict_makes_no_decision_stale(bench: Bench) -> None:
    bench.deliver(PDF)
    before = bench.desk.history(STREAM).case.version
    bench.react()
    bench.react()
    case = bench.desk.history(STREAM).case
    assert case.version == before + 2
    assert case.settled == before


def test_a_scanner_that_is_down_is_left_alone_then_asked_again(bench: Bench) -> None:
    bench.deliver(PDF)
    down = bench.new(f"tcp://127.0.0.1:{free_port()}")
    bench.react(down)
    bench.react(down)
    assert bench.facts(DocumentScanned) == []
    assert bench.clamd is not None
    down.scanner = Scanner(bench.clamd.url)
    bench.react(down)
    assert bench.clamd.seen == [], "it is not asked again at once"
    bench.react(down, later=SCANNER_RETRY_LAST)
    assert len(bench.facts(DocumentScanned)) == 1


def test_a_file_too_long_for_the_scanner_is_told_not_to_be_judged(bench: Bench) -> None:
    assert bench.clamd is not None
    bench.clamd.length_max = 10
    bench.deliver(PDF)
    bench.react()
    bench.react()
    (scanned,) = bench.facts(DocumentScanned)
    assert scanned.verdict is ScanVerdict.FAILED


def test_without_a_scanner_files_are_read_and_no_verdict_is_invented(unscanned: Bench) -> None:
    ref = unscanned.deliver(PDF)
    unscanned.react()
    assert unscanned.react() == 1
    assert unscanned.facts(DocumentScanned) == []
    assert text_of(unscanned.files, STREAM, ref.sha256)


def test_a_file_that_breaks_the_examination_is_told_so_and_not_opened(
    unscanned: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "PROGRAM", "tests.misbehaving")
    ref = unscanned.deliver(b"crash", "text/plain")
    unscanned.react()
    (examined,) = unscanned.facts(DocumentExamined)
    assert examined.faults == (FileFault.EXAMINATION_FAILED,)
    assert unscanned.react() == 0
    with pytest.raises(FileUnknown):
        text_of(unscanned.files, STREAM, ref.sha256)


def test_an_examination_that_failed_is_tried_again_and_given_up_in_the_end(
    unscanned: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(examining, "PROGRAM", "tests.misbehaving")
        unscanned.deliver(b"crash", "text/plain")
        unscanned.react()
        assert unscanned.react() == 0
    assert unscanned.react() == 0, "not at once"
    assert unscanned.react(later=timedelta(days=2)) >= 1
    assert [event.faults for event in unscanned.facts(DocumentExamined)] == [(FileFault.EXAMINATION_FAILED,), ()]
    monkeypatch.setattr(examining, "PROGRAM", "tests.misbehaving")
    unscanned.deliver(b"crash again", "text/plain")
    for _ in range(FAILURES_MAX + 2):
        unscanned.react(later=timedelta(days=2))
    monkeypatch.undo()
    unscanned.react(later=timedelta(days=2))
    assert len(unscanned.facts(DocumentExamined)) == 3


def test_text_that_cannot_be_taken_is_given_up_after_some_tries(
    unscanned: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    unscanned.deliver(PDF)
    unscanned.react()
    monkeypatch.setattr(examining, "PROGRAM", "tests.misbehaving")
    for _ in range(FAILURES_MAX):
        assert unscanned.react(later=timedelta(days=2)) == 0
    monkeypatch.undo()
    assert unscanned.react(later=timedelta(days=2)) == 0


def test_of_a_person_who_is_erased_nothing_more_is_made(unscanned: Bench) -> None:
    ref = unscanned.deliver(PDF)
    unscanned.react()
    person = persons_of(STREAM)[0]
    assert person == unscanned.person
    erase(unscanned.ledger, STREAM, person, FILED)
    version = unscanned.last().version
    assert unscanned.react() == 0
    with psycopg.connect(unscanned.database.app_url) as connection:
        assert connection.execute("SELECT count(*) FROM read.documents").fetchone() == (0,)
    assert unscanned.last().version == version
    with pytest.raises(FileUnknown):
        text_of(unscanned.files, STREAM, ref.sha256)


def test_what_was_made_of_a_file_goes_with_it(unscanned: Bench) -> None:
    ref = unscanned.deliver(PDF)
    unscanned.react()
    unscanned.react()
    unscanned.files.forget(STREAM)
    with pytest.raises(FileUnknown):
        text_of(unscanned.files, STREAM, ref.sha256)
    with pytest.raises(FileUnknown):
        thumbnail_of(unscanned.files, STREAM, ref.sha256)


def test_what_was_made_of_a_file_is_sealed_and_lost_with_the_key(unscanned: Bench, tmp_path: Path) -> None:
    ref = unscanned.deliver(PDF)
    unscanned.react()
    unscanned.react()
    kept = [path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(kept) == 3
    assert not any(b"Contrat" in each for each in kept)
    erase(unscanned.ledger, STREAM, unscanned.person, FILED)
    with pytest.raises(FileErased):
        text_of(unscanned.files, STREAM, ref.sha256)
