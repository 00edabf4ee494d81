"""What may be erased by now: looked for once a night and proposed; nothing is erased without a person's order."""

import threading
import time
from datetime import date
from typing import Any, Final
from uuid import UUID

import structlog
from psycopg import Connection

from domain.days import add_months
from domain.envelope import SYSTEM
from domain.retention import kept_for, persons, retention
from ledger.desk import Desk
from ledger.facts import LedgerAltered, StoredEventInvalid
from ledger.histories import CaseUnknown
from projections.proposals import Proposal, candidates, propose

TURN_SECONDS_MAX: Final = 2.0
"""After which the other reactions have their turn."""
FIRST: Final = UUID(int=0)

log = structlog.get_logger()


class RetentionNight:
    """Proposes, once a day, each case whose period is over and that nothing keeps."""

    def __init__(
        self, desk: Desk, stop: threading.Event | None = None, *, seconds_max: float = TURN_SECONDS_MAX
    ) -> None:
        self.seconds_max = seconds_max
        self.desk = desk
        self.stop = stop or threading.Event()
        self._day: date | None = None
        self._after: UUID | None = FIRST
        """The case looked at last today; None once all were."""

    def run_once(self, connection: Connection[Any]) -> int:
        """Look on for seconds at most; how many were proposed. What a stop leaves is found the next time."""
        context = self.desk.context(SYSTEM, UUID(int=0))
        if context.today != self._day:
            self._day, self._after = context.today, FIRST
        months = kept_for(context.today, context.reference)
        if self._after is None or months is None:
            return 0
        found, until = 0, time.monotonic() + self.seconds_max
        for case_id in candidates(connection, add_months(context.today, -int(months.value)), self._after):
            if self.stop.is_set() or time.monotonic() > until:
                return found
            found += self._proposed(connection, case_id, context.today)
            self._after = case_id
        self._after = None
        return found

    def _proposed(self, connection: Connection[Any], case_id: UUID, today: date) -> bool:
        try:
            case = self.desk.history(case_id).case
        except (CaseUnknown, LedgerAltered, StoredEventInvalid) as fault:
            log.error("a case cannot be read", case=str(case_id), fault=type(fault).__name__)
            return False
        kept = retention(case, today, self.desk.tables.on(today))
        if kept is None or kept.kept_because or kept.erasable_on > today or persons(case) <= case.erased:
            return False
        return propose(
            connection,
            Proposal(case_id=case_id, rule=kept.rule, erasable_on=kept.erasable_on, proposed_on=today),
        )
