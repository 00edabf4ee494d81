"""Files that nothing names any more are removed: uploads whose time is over, files of acts that never came about."""

import re
import threading
import time
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
from obstore.exceptions import BaseError as StoreFailed
from psycopg import Connection

from documents.storage import Files, Listed
from documents.uploads import Uploads
from domain.case import PARIS
from ledger.desk import Desk
from ledger.facts import LedgerAltered, StoredEventInvalid
from ledger.histories import CaseUnknown

UNNAMED_FOR: Final = timedelta(days=2)
"""How long a file may wait for the fact that names it: much longer than any request lasts."""
TURN_SECONDS_MAX: Final = 2.0
"""After which the other reactions have their turn."""
SWEEP_SECONDS: Final = 60.0
_HASH: Final = re.compile(rb"\b[0-9a-f]{64}\b")

log = structlog.get_logger()


class Sweep:
    """Removes ended uploads every minute, and once a day every file that no fact of its case names."""

    def __init__(self, desk: Desk, files: Files, uploads: Uploads, stop: threading.Event | None = None) -> None:
        self.desk = desk
        self.files = files
        self.uploads = uploads
        self.stop = stop or threading.Event()
        self._swept_at = float("-inf")
        self._day: date | None = None
        self._left: list[Listed] = []

    def run_once(self, _: Connection[Any]) -> int:
        """Sweep for seconds at most; how much was removed. A store that does not answer is asked again."""
        if time.monotonic() - self._swept_at < SWEEP_SECONDS and not self._left:
            return 0
        try:
            removed = self.uploads.sweep() + self._sweep_files()
        except (StoreFailed, OSError) as outage:
            log.warning("the store of files does not answer", error=repr(outage))
            removed = 0
        self._swept_at = time.monotonic()
        return removed

    def _sweep_files(self) -> int:
        now = self.desk.ledger.clock()
        if self._day != now.astimezone(PARIS).date():
            self._day = now.astimezone(PARIS).date()
            old = (each for each in self.files.listed() if each.written_at < now - UNNAMED_FOR)
            # Of one case after the other: each history is read once.
            self._left = sorted(old, key=lambda each: each.case_id, reverse=True)
        removed, until = 0, time.monotonic() + TURN_SECONDS_MAX
        while self._left and not self.stop.is_set() and time.monotonic() < until:
            case_id = self._left[-1].case_id
            of_case = []
            while self._left and self._left[-1].case_id == case_id:
                of_case.append(self._left.pop())
            removed += self._sweep_case(case_id, of_case)
        return removed

    def _sweep_case(self, case_id: UUID, held: list[Listed]) -> int:
        try:
            named = frozenset[str]() if self.desk.history(case_id).case.erased else named_in(self.desk, case_id)
        except CaseUnknown:
            # A filing that never came about, or the store of another installation: nothing is removed for that.
            log.warning("files of no case are kept", case=str(case_id), files=len(held))
            return 0
        except (LedgerAltered, StoredEventInvalid) as fault:
            log.error("a case cannot be read", case=str(case_id), fault=type(fault).__name__)
            return 0
        removed = [each for each in held if each.sha256 not in named]
        for each in removed:
            self.files.remove(case_id, each.sha256)
            log.info("a file that no fact names was removed", case=str(case_id), sha256=each.sha256)
        return len(removed)


def named_in(desk: Desk, case_id: UUID) -> frozenset[str]:
    """Every hash that a fact of a case names, in whatever place. Raises CaseUnknown, LedgerAltered."""
    found: set[str] = set()
    for fact in desk.history(case_id).facts:
        found.update(each.decode() for each in _HASH.findall(msgspec.json.encode(fact.event)))
    return frozenset(found)
