"""What follows the arrival of a file: it is scanned for viruses, examined if it was not, and its text is taken."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid5

import structlog
from obstore.exceptions import BaseError as StoreFailed
from prometheus_client import Counter, Gauge
from psycopg import Connection

from documents.erased import forget_if_erased
from documents.intake import derived, examined
from documents.intake.examining import EXAMINER, Failed
from documents.intake.scanner import Scanner, ScannerDown
from documents.intake.texts import keep
from documents.storage import FileAltered, FileErased, Files, FileUnknown
from domain.command import Command, case_commands
from domain.commands.examine_document import ExamineDocument
from domain.commands.scan_document import ScanDocument
from domain.envelope import SYSTEM
from domain.intake import READABLE_IN_SPITE_OF
from domain.papers import FileFault, ScanVerdict
from domain.refusals import Refused
from ledger.desk import Desk, Done, Stale
from ledger.facts import Answer, AnswerErased, CommandKey, KeyUsed, LedgerAltered, StoredEventInvalid, fingerprint_of
from ledger.histories import CaseUnknown
from projections.documents import DocumentRow, Work, finish, put_off, taken_up, waiting

TURN_SECONDS_MAX: Final = 20.0
"""After which whoever stops the worker is heard, and other reactions have their turn."""
SCANNER_RETRY_FIRST: Final = timedelta(seconds=15)
SCANNER_RETRY_LAST: Final = timedelta(minutes=5)
FAILURES_MAX: Final = 3
"""Of the process that looks at a file: more only burns time, since the file stays as it is."""
DONE: Final = Answer(status=200)

log = structlog.get_logger()
_worked = Counter("smoe_files_worked_total", "Files scanned, examined, read for their text", ("work",))
_put_off = Counter("smoe_files_put_off_total", "Times that work on a file was put off", ("work",))
_scanner_up = Gauge("smoe_virus_scanner_up", "1 while the virus scanner answers")


class Intake:
    """Works on files that have arrived, as smoe itself, until `stop` is set."""

    def __init__(
        self,
        desk: Desk,
        files: Files,
        scanner: Scanner | None,
        stop: threading.Event | None = None,
        *,
        seconds_max: float = TURN_SECONDS_MAX,
    ) -> None:
        self.desk = desk
        self.files = files
        self.scanner = scanner
        self.stop = stop or threading.Event()
        self.seconds_max = seconds_max
        self._scanner_from: datetime | None = None
        """Until when a scanner that did not answer is left alone."""
        self._scanner_wait = SCANNER_RETRY_FIRST

    def run_once(self, connection: Connection[Any]) -> int:
        """Work for seconds at most on what waits, viruses first; how much was done.

        The read model only says where to look: each command judges the case itself.
        """
        until = time.monotonic() + self.seconds_max
        works: dict[Work, Callable[[Connection[Any], DocumentRow], bool]] = {
            "examine": self._examine,
            "scan": self._scan,
            "derive": self._derive,
        }
        total = 0
        for kind, work in works.items():
            for row in self._rows(connection, kind):
                if self.stop.is_set() or time.monotonic() > until or (kind == "scan" and self._scanner_rests()):
                    break
                total += self._worked(connection, kind, row, work)
        return total

    def _rows(self, connection: Connection[Any], kind: Work) -> list[DocumentRow]:
        if kind == "scan" and self._scanner_rests():
            return []
        return waiting(connection, kind, self._now(), is_scanned=self.scanner is not None)

    def _worked(
        self,
        connection: Connection[Any],
        kind: Work,
        row: DocumentRow,
        work: Callable[[Connection[Any], DocumentRow], bool],
    ) -> bool:
        try:
            done = work(connection, row)
        except ScannerDown as down:
            self._let_rest(str(down))
            return False
        except (StoreFailed, OSError) as outage:
            log.warning("a file cannot be reached", case=str(row.case_id), document=row.document, error=repr(outage))
            put_off(connection, kind, row, self._now(), "store")
            return False
        except (FileUnknown, FileErased, FileAltered, Failed) as reason:
            if isinstance(reason, FileAltered):
                log.error("a file is not what was stored", case=str(row.case_id), document=row.document)
            _put_off.labels(kind).inc()
            tries = put_off(connection, kind, row, self._now(), type(reason).__name__)
            if isinstance(reason, Failed) and tries >= FAILURES_MAX:
                finish(connection, kind, row.case_id, row.sha256)
            return False
        if done:
            _worked.labels(kind).inc()
        return done

    def _examine(self, connection: Connection[Any], row: DocumentRow) -> bool:
        """A file that arrived without being examined, because its process died, or whose examination failed."""
        if not self.files.has(row.case_id, row.sha256):
            raise FileUnknown(row.sha256)
        case = self.desk.history(row.case_id).case
        held = case.documents.get(row.document)
        announced = next((each for each in held.versions if each.version == row.version), None) if held else None
        with self.files.fetched(row.case_id, row.sha256) as path:
            report = examined(path, announced.media_type if announced else "", "")
            size = path.stat().st_size
        if row.is_examined and FileFault.EXAMINATION_FAILED in report.faults:
            raise Failed("again")
        return self._recorded(
            connection,
            "examine",
            row,
            ExamineDocument(
                document=row.document,
                version=row.version,
                sha256=row.sha256,
                bytes=size,
                media_type=report.media_type,
                pages=report.pages,
                faults=report.faults,
                examiner=report.examiner,
            ),
            f"examine/{row.case_id}/{row.document}/{row.version}/{EXAMINER}/{' '.join(report.faults)}",
        )

    def _scan(self, connection: Connection[Any], row: DocumentRow) -> bool:
        assert self.scanner is not None
        judged = self.scanner.judged(self.files.chunks(row.case_id, row.sha256))
        self._scanner_answers()
        if judged.verdict is not ScanVerdict.CLEAN:
            log.warning(
                "a file is not clean", case=str(row.case_id), document=row.document, verdict=judged.verdict.value
            )
        return self._recorded(
            connection,
            "scan",
            row,
            ScanDocument(
                document=row.document,
                version=row.version,
                sha256=row.sha256,
                verdict=judged.verdict,
                signature=judged.signature,
                engine=judged.engine,
            ),
            f"scan/{row.case_id}/{row.document}/{row.version}/{judged.engine}/{judged.verdict.value}",
        )

    def _derive(self, connection: Connection[Any], row: DocumentRow) -> bool:
        """Text and thumbnail; of an infected file, or of one that cannot be opened, nothing is made."""
        is_open = READABLE_IN_SPITE_OF.issuperset(FileFault(fault) for fault in row.faults)
        made = False
        if is_open and not row.is_infected:
            case = self.desk.history(row.case_id).case
            with self.files.fetched(row.case_id, row.sha256) as path:
                keep(self.files, row.case_id, case.request.worker.person, row.sha256, derived(path, row.media_type))
            made = not forget_if_erased(self.desk, self.files, row.case_id)
        finish(connection, "derive", row.case_id, row.sha256)
        return made

    def _recorded(self, connection: Connection[Any], kind: Work, row: DocumentRow, body: Command, key: str) -> bool:
        name = "examine-document" if kind == "examine" else "scan-document"
        try:
            self.desk.execute(
                row.case_id,
                case_commands()[name],
                body,
                self.desk.context(SYSTEM, uuid5(row.case_id, key)),
                key=CommandKey(actor=SYSTEM.identity, key=key, fingerprint=fingerprint_of(name, key)),
                render=_done,
            )
        except (Refused, KeyUsed, AnswerErased, Stale, CaseUnknown) as reason:
            # Done already: the read model has not been told yet.
            log.info("nothing to record", case=str(row.case_id), work=kind, reason=str(reason))
            return False
        except (LedgerAltered, StoredEventInvalid) as fault:
            log.error("a case cannot be read", case=str(row.case_id), work=kind, fault=str(fault))
            put_off(connection, kind, row, self._now(), type(fault).__name__)
            return False
        taken_up(connection, kind, row.case_id, row.sha256)
        log.info("recorded", case=str(row.case_id), document=row.document, version=row.version, work=kind)
        return True

    def _scanner_rests(self) -> bool:
        return self.scanner is None or (self._scanner_from is not None and self._now() < self._scanner_from)

    def _let_rest(self, reason: str) -> None:
        _scanner_up.set(0)
        log.warning("the virus scanner does not answer", reason=reason)
        self._scanner_from = self._now() + self._scanner_wait
        self._scanner_wait = min(self._scanner_wait * 2, SCANNER_RETRY_LAST)

    def _scanner_answers(self) -> None:
        _scanner_up.set(1)
        self._scanner_from, self._scanner_wait = None, SCANNER_RETRY_FIRST

    def _now(self) -> datetime:
        return self.desk.ledger.clock()


def _done(done: Done) -> Answer:
    return DONE
