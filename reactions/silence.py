"""What time alone makes: silence that has become a decision, and a decision left unread that is notified."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import takewhile
from typing import Any, Final
from uuid import UUID, uuid5

import structlog
from psycopg import Connection

from domain.acts import Addressee
from domain.command import Command, case_commands
from domain.commands.record_appeal_silence import RecordAppealSilence
from domain.commands.record_deemed_notification import RecordDeemedNotification
from domain.commands.record_silence import RecordSilence
from domain.envelope import SYSTEM
from domain.refusals import Refused
from ledger.desk import Desk, Done, Stale
from ledger.facts import Answer, AnswerErased, CommandKey, KeyUsed, LedgerAltered, StoredEventInvalid, fingerprint_of
from ledger.histories import CaseUnknown
from projections.access import EVERYTHING
from projections.clocks import PAGE_MAX, ClockRow, due

log = structlog.get_logger()

Work = tuple[str, Callable[[ClockRow], Command]]


def _silence(row: ClockRow) -> Command:
    return RecordSilence()


def _appeal_silence(row: ClockRow) -> Command:
    return RecordAppealSilence(appeal=row.ref)


def _deemed_notification(row: ClockRow) -> Command:
    return RecordDeemedNotification(decision=row.ref, addressee=Addressee(row.addressee or ""))


WORK: Final[dict[str, Work]] = {
    "T1": ("record-silence", _silence),
    "T2": ("record-silence", _silence),
    "T3": ("record-silence", _silence),
    "T4": ("record-silence", _silence),
    "T11": ("record-appeal-silence", _appeal_silence),
    "DEEMED_NOTIFICATION": ("record-deemed-notification", _deemed_notification),
}
"""What is recorded once a limit is over, by the limit; silence on an opinion (T5) makes no decision here."""

DONE: Final = Answer(status=200)


class Silence:
    """Records what expired limits have made, as the system itself, until `stop` is set."""

    def __init__(self, desk: Desk, stop: threading.Event | None = None) -> None:
        self.desk = desk
        self.stop = stop or threading.Event()
        self._refused: set[tuple[UUID, str, str, str | None, date]] = set()
        self._day: date | None = None

    def run_once(self, connection: Connection[Any]) -> int:
        """Record everything that is over; how much was recorded. What a stop leaves is found again by the next.

        The read model only says where to look: each command judges the case itself, on its own facts.
        """
        today = self.desk.context(SYSTEM, UUID(int=0)).today
        if today != self._day:
            # What was refused yesterday may be due today.
            self._refused.clear()
            self._day = today
        rows = takewhile(lambda _: not self.stop.is_set(), _over(connection, today))
        return sum(map(self._record, rows))

    def _record(self, row: ClockRow) -> bool:
        what = (row.case_id, row.clock, row.ref, row.addressee, row.expires_on)
        if what in self._refused:
            return False
        name, body = WORK[row.clock]
        place = "/".join(part for part in (row.clock, row.ref, row.addressee) if part)
        key = f"silence/{row.case_id}/{place}/{row.expires_on}"
        try:
            self.desk.execute(
                row.case_id,
                case_commands()[name],
                body(row),
                self.desk.context(SYSTEM, uuid5(row.case_id, key)),
                key=CommandKey(actor=SYSTEM.identity, key=key, fingerprint=fingerprint_of(name, key)),
                render=_done,
            )
        except (Refused, KeyUsed, AnswerErased, Stale, CaseUnknown) as reason:
            # Done already, or not due after all: facts have come since the read model was told.
            log.info("nothing to record", case=str(row.case_id), clock=place, reason=str(reason))
        except (LedgerAltered, StoredEventInvalid) as fault:
            log.error("a case cannot be read", case=str(row.case_id), clock=place, fault=str(fault))
        else:
            log.info("recorded", case=str(row.case_id), clock=place, expired_on=str(row.expires_on))
            return True
        self._refused.add(what)
        return False


def _done(done: Done) -> Answer:
    return DONE


def _over(connection: Connection[Any], today: date) -> Iterator[ClockRow]:
    """The limits whose last day is before today, page after page."""
    last: ClockRow | None = None
    while True:
        page = due(connection, EVERYTHING, today - timedelta(days=1), kinds=WORK, after=last, limit=PAGE_MAX)
        yield from page
        if len(page) < PAGE_MAX:
            return
        last = page[-1]
