"""The access log, kept for as long as the table says: each night what is older is recorded as gone, then removed."""

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from datetime import time as hour
from typing import Any, Final
from uuid import UUID, uuid5

import psycopg
import structlog
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.case import PARIS
from domain.days import add_months
from domain.envelope import SYSTEM
from domain.events import AccessesPurged, AccessesSealed
from domain.reference.rows import Threshold
from domain.registers import ACCESSES_STREAM
from domain.retention import ACCESS_LOG_MONTHS_MIN, ACCESS_LOG_RULE, kept_for
from ledger.accesses import first_day_kept, newest_purge, seal_faults
from ledger.desk import Desk
from ledger.facts import LedgerAltered, Recorded, StoredEventInvalid, VersionConflict

TURN_SECONDS_MAX: Final = 5.0
"""After which the other reactions have their turn."""
ROWS_AT_ONCE: Final = 2_000
"""In one transaction: some hundredths of a second, during which no entry can be sealed."""
SEALS_AT_ONCE: Final = 2_000
"""In one fact, some more than a day has minutes."""
LOCK: Final = 0x5055524745
"""« PURGE » in ASCII: one at a time."""

_SEALS: Final = "SELECT version FROM ledger.access_seals WHERE last > %s ORDER BY last LIMIT 1"
_YOUNG: Final = "SELECT EXISTS (SELECT FROM ledger.accesses WHERE number BETWEEN %s AND %s AND at >= %s)"
_LEFT: Final = "SELECT EXISTS (SELECT FROM ledger.accesses WHERE number <= %s)"
_REMOVE: Final = (
    "DELETE FROM ledger.accesses WHERE number IN"
    " (SELECT number FROM ledger.accesses WHERE number <= %s ORDER BY number LIMIT %s)"
)

log = structlog.get_logger()


class AccessRetention:
    """Removes, once a day, the sealed entries that are older than the table says; as the owner, who alone can."""

    def __init__(
        self,
        desk: Desk,
        owner_database_url: str,
        stop: threading.Event | None = None,
        *,
        seconds_max: float = TURN_SECONDS_MAX,
    ) -> None:
        self.desk = desk
        self.ledger = desk.ledger
        self.owner_database_url = owner_database_url
        self.stop = stop or threading.Event()
        self.seconds_max = seconds_max
        self._day: date | None = None
        self._ends_at = 0.0

    def run_once(self, connection: Connection[Any]) -> int:
        """Go on for seconds at most; how many were removed. What a stop or a crash leaves goes the next time."""
        context = self.desk.context(SYSTEM, UUID(int=0))
        if context.today == self._day:
            return 0
        self._ends_at = time.monotonic() + self.seconds_max
        period = _credible(kept_for(context.today, context.reference, ACCESS_LOG_RULE))
        try:
            with psycopg.connect(
                self.owner_database_url, autocommit=True, application_name="smoe-access-retention"
            ) as owner:
                if not _value(owner, "SELECT pg_try_advisory_lock(%s)", LOCK):
                    return 0
                return self._work(owner, context.today, period)
        except (LedgerAltered, StoredEventInvalid, psycopg.errors.RaiseException) as fault:
            log.error("the access log cannot be purged", fault=type(fault).__name__, reason=str(fault).splitlines()[0])
            self._day = context.today
            return 0

    def _work(self, owner: Connection[Any], today: date, period: Threshold | None) -> int:
        """Remove what was recorded as gone, then record what goes next, until nothing does."""
        total = 0
        while True:
            newest = newest_purge(self.ledger)
            last = newest.event.last if newest else 0
            if newest is not None and _value(owner, _LEFT, last):
                if period is None or first_day_kept(newest.event) > _first_day(today, period):
                    # Somebody else has recorded it, or the period has become longer since.
                    log.error("a removal was recorded before its time, and is not made", fact=newest.reference)
                else:
                    total += self._remove(owner, last)
            if self._is_over():
                return total
            purge = self._due(owner, last, today, period) if period is not None else None
            if purge is not None:
                self._record(purge)
            elif not self._is_over():
                self._day = today
                return total

    def _remove(self, owner: Connection[Any], last: int) -> int:
        """Remove up to a number, the oldest first, each time as much as delays nobody; how many."""
        total, removed = 0, ROWS_AT_ONCE
        while removed == ROWS_AT_ONCE and not self._is_over():
            removed = owner.execute(_REMOVE, (last, ROWS_AT_ONCE)).rowcount
            total += removed
        return total

    def _due(self, owner: Connection[Any], last: int, today: date, period: Threshold) -> AccessesPurged | None:
        """The fact for the oldest ranges of which nothing is kept any longer; None where there are none."""
        day = _first_day(today, period)
        until = datetime.combine(day, hour(), PARIS)
        going: list[AccessesSealed] = []
        faulty: list[int] = []
        for seal, event in self._seals(owner, last):
            if event.first != (going[-1].last if going else last) + 1:
                log.error("seals of the access log do not follow each other", seal=seal.reference)
                break
            if event.sealed_on >= day or _value(owner, _YOUNG, event.first, event.last, until) or self._is_over():
                break
            with owner.transaction():
                if any(seal_faults(owner, seal, event)):
                    faulty.append(seal.version)
            going.append(event)
        if not going:
            return None
        return AccessesPurged(
            first=going[0].first,
            last=going[-1].last,
            count=sum(each.count for each in going),
            until=until,
            rule=period.id,
            months=int(period.value),
            faulty=tuple(faulty),
            purged_on=today,
        )

    def _seals(self, owner: Connection[Any], last: int) -> Iterator[tuple[Recorded[Any], AccessesSealed]]:
        """The seals after a number, each verified by its own hash; the table only finds the first."""
        version = _value(owner, _SEALS, last)
        if version is None:
            return
        stored = self.ledger.recorder.select_stream(ACCESSES_STREAM, version - 1, SEALS_AT_ONCE)
        for fact in self.ledger.codec.decode_facts(stored):
            if isinstance(fact.event, AccessesSealed):
                yield fact, fact.event

    def _record(self, purge: AccessesPurged) -> None:
        """Say what goes; where somebody has sealed meanwhile, it is looked at again."""
        version, head = self.ledger.head(ACCESSES_STREAM)
        try:
            self.ledger.append(
                ACCESSES_STREAM,
                [purge],
                expected_version=version,
                previous_hash=head,
                actor=SYSTEM,
                command=uuid5(ACCESSES_STREAM, f"purged {purge.last}"),
                correlation=ACCESSES_STREAM,
            )
        except VersionConflict:
            return
        log.info("accesses purged", first=purge.first, last=purge.last, count=purge.count, faulty=purge.faulty)

    def _is_over(self) -> bool:
        return self.stop.is_set() or time.monotonic() > self._ends_at


def _credible(period: Threshold | None) -> Threshold | None:
    if period is not None and period.value < ACCESS_LOG_MONTHS_MIN:
        log.error("the period of the access log is too short to be believed", months=str(period.value))
        return None
    return period


def _first_day(today: date, period: Threshold) -> date:
    """The first day of which entries are kept."""
    return add_months(today, -int(period.value))


def _value(connection: Connection[Any], query: str, *values: Any) -> Any:
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(query.encode(), values).fetchone()
    return found[0] if found else None
