"""Letters that leave by themselves: each is set once from the facts that call for it, kept, and recorded."""

import hashlib
import io
import struct
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

import structlog
from obstore.exceptions import BaseError as StoreFailed
from prometheus_client import Counter
from psycopg import Connection
from psycopg.rows import tuple_row

from documents.erased import forget_if_erased
from documents.signing import Signer, SigningFailed
from documents.stationery import Composed
from documents.storage import FileErased, Files
from domain.command import case_commands
from domain.commands.issue_letter import IssueLetter
from domain.envelope import SYSTEM
from domain.events import CaseEvent
from domain.letters.due import Due
from domain.refusals import Refused
from domain.taken import Surroundings, day_of
from ledger.desk import Decided, Desk, Done, Stale
from ledger.facts import (
    Answer,
    AnswerErased,
    CommandKey,
    KeyUsed,
    LedgerAltered,
    Recorded,
    StoredEventInvalid,
    fingerprint_of,
)
from ledger.histories import CaseHistory, CaseUnknown, case_facts
from projections.letters import PAGE_MAX, Place, key_of, owed, park, parked, since, unpark, waiting

TURN_SECONDS_MAX: Final = 20.0
"""After which whoever stops the worker is heard, and what is longest awaited comes first again."""
DONE: Final = Answer(status=200)

log = structlog.get_logger()
_issued = Counter("smoe_letters_issued_total", "Letters written", ("kind",))
_parked = Counter("smoe_letters_parked_total", "Times that a letter could not be written", ("kind",))


class Writing(Protocol):
    """What makes letters of facts: pure, the same of the same facts."""

    def composed(self, facts: Sequence[Recorded[CaseEvent]], due: Due, around: Surroundings) -> Composed:
        """The data of a letter, from the facts up to the one that calls for it."""

    def rendered(self, letter: Composed) -> bytes:
        """Its pages, in PDF/A."""


class Unwritable(Exception):
    """A letter cannot be made of its facts: a fault of ours, which concerns that letter alone."""


class Letters:
    """Writes what cases call for, as smoe itself, until `stop` is set."""

    def __init__(
        self,
        desk: Desk,
        files: Files,
        stationery: Writing,
        *,
        signer: Signer | None = None,
        stop: threading.Event | None = None,
        seconds_max: float = TURN_SECONDS_MAX,
    ) -> None:
        self.desk = desk
        self.files = files
        self.stationery = stationery
        self.signer = signer
        self.stop = stop or threading.Event()
        self.seconds_max = seconds_max

    def run_once(self, connection: Connection[Any]) -> int:
        """Write for seconds at most what waits, those longest awaited first; how many letters were written.

        The read model only says where to look: each case is read, and the command judges. What a stop, a crash or an
        outage leaves is found the next time.
        """
        since_position, until = since(connection), time.monotonic() + self.seconds_max
        total = 0
        try:
            for case_id in self._cases(connection):
                if self.stop.is_set() or time.monotonic() > until:
                    break
                with _alone(connection, case_id) as is_ours:
                    if is_ours:
                        total += sum(self._written(connection, case_id, since_position))
        except (StoreFailed, OSError, SigningFailed) as outage:
            # Nothing is wrong with the letter: all wait until its files can be kept, or signed, again.
            log.warning("letters wait", error=repr(outage))
        return total

    def _cases(self, connection: Connection[Any]) -> Iterator[UUID]:
        last: Place | None = None
        while True:
            page = waiting(connection, self.desk.ledger.code_version, last)
            yield from (place.case_id for place in page)
            if len(page) < PAGE_MAX:
                return
            last = page[-1]

    def _written(self, connection: Connection[Any], case_id: UUID, since_position: int) -> Iterator[bool]:
        """Write the letters of a case one after the other; whether each was."""
        try:
            history = self.desk.history(case_id)
            facts = case_facts(history)
        except (CaseUnknown, LedgerAltered, StoredEventInvalid) as fault:
            log.error("a case cannot be read", case=str(case_id), fault=type(fault).__name__)
            return
        aside = parked(connection, case_id)
        now, code_version = datetime.now().astimezone(), self.desk.ledger.code_version
        for due in owed(facts, since_position):
            held = aside.get(key_of(due))
            if self.stop.is_set():
                return
            if held is not None and held.waits(now, code_version):
                continue
            try:
                yield self._write(history, facts, due)
            except Unwritable as fault:
                cause = str(fault)
                log.error("a letter cannot be written", case=str(case_id), letter=place_of(due), cause=cause)
                _parked.labels(due.kind.value).inc()
                park(connection, case_id, due, cause, code_version)
            else:
                if held is not None:
                    unpark(connection, case_id, due)

    def _write(self, history: CaseHistory, facts: tuple[Recorded[CaseEvent], ...], due: Due) -> bool:
        """Make a letter, keep its files, then record it: a crash before that makes the same files again.

        Only a signature differs each time: its file is then kept twice, and one of the two recorded.
        """
        letter, pages = self._made(facts, due, around(self.desk.decided(), facts[due.on_version - 1]))
        if self.signer is not None:
            pages = self.signer.signed(pages)
        case_id, owner = history.case.id, history.case.request.worker.person
        try:
            data = self.files.put(case_id, owner, io.BytesIO(letter.data))
            kept = self.files.put(case_id, owner, io.BytesIO(pages))
        except FileErased:
            log.info("no letter about an erased person", case=str(case_id), letter=place_of(due))
            return False
        return self._record(
            case_id,
            due,
            IssueLetter(
                kind=due.kind,
                about=due.about,
                addressee=due.addressee,
                dated=due.dated,
                on_version=due.on_version,
                template=letter.template,
                data_sha256=data.sha256,
                sha256=kept.sha256,
                bytes=kept.bytes,
                certificate_sha256=self.signer.certificate_sha256 if self.signer else "",
            ),
        )

    def _made(
        self, facts: tuple[Recorded[CaseEvent], ...], due: Due, surroundings: Surroundings
    ) -> tuple[Composed, bytes]:
        """The data and the pages of a letter. Raises Unwritable, whatever the fault: no other letter waits for it."""
        try:
            letter = self.stationery.composed(facts[: due.on_version], due, surroundings)
            return letter, self.stationery.rendered(letter)
        except Exception as fault:
            # Whatever is wrong with one letter parks that letter, visibly, and no other.
            raise Unwritable(cause_of(fault)) from fault

    def _record(self, case_id: UUID, due: Due, body: IssueLetter) -> bool:
        """Record the letter under a key of its own: of several workers, one."""
        key = f"letter/{case_id}/{place_of(due)}"
        try:
            self.desk.execute(
                case_id,
                case_commands()["issue-letter"],
                body,
                self.desk.context(SYSTEM, uuid5(case_id, key)),
                # Of two that were signed, the second is the same command.
                key=CommandKey(actor=SYSTEM.identity, key=key, fingerprint=fingerprint_of("issue-letter", key)),
                render=_done,
            )
        except (Refused, KeyUsed, AnswerErased, Stale, CaseUnknown) as reason:
            # Written already, or not called for after all: facts have come since the case was read.
            forget_if_erased(self.desk, self.files, case_id)
            log.info("no letter to record", case=str(case_id), letter=place_of(due), reason=str(reason))
            return False
        _issued.labels(due.kind.value).inc()
        log.info("letter issued", case=str(case_id), letter=place_of(due), sha256=body.sha256)
        return True


def around(decided: Decided, fact: Recorded[CaseEvent]) -> Surroundings:
    """What the administration had decided when a fact was recorded, and nothing since: the same whenever asked for."""
    position, day = fact.position or 0, day_of(fact)
    administration = decided.known(before=position)
    reference = decided.tables.on(day, position=position)
    return Surroundings(
        administration=administration,
        administration_then=administration,
        reference=reference,
        reference_today=reference,
        same_program=True,
        today=day,
    )


def place_of(due: Due) -> str:
    """What names a letter within its case, for its key and for logs."""
    return "/".join(part for part in (due.kind, due.about, due.addressee, str(due.dated)) if part)


def cause_of(fault: Exception) -> str:
    """Which fault, and where in the program: what it says may name somebody."""
    if isinstance(fault, Refused):
        return f"Refused {fault.code}"
    (last, *_) = reversed(traceback.extract_tb(fault.__traceback__)) if fault.__traceback__ else (None,)
    place = f", {Path(last.filename).name}:{last.lineno}" if last else ""
    return f"{type(fault).__name__}{place}"


@contextmanager
def _alone(connection: Connection[Any], case_id: UUID) -> Iterator[bool]:
    """Whether no other worker writes letters of the case; they share the work, and none does it twice in vain."""
    (lock,) = struct.unpack(">q", hashlib.sha256(b"letters" + case_id.bytes).digest()[:8])
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute("SELECT pg_try_advisory_lock(%s)", (lock,)).fetchone()
        is_ours = bool(found and found[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s)", (lock,))


def _done(done: Done) -> Answer:
    return DONE
