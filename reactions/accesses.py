"""The access log, sealed: each minute one fact takes its new entries into chain, tree and checkpoints."""

import time
from typing import Any, Final, NamedTuple
from uuid import uuid5

import structlog
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.envelope import SYSTEM
from domain.events import AccessesSealed
from domain.registers import ACCESSES_STREAM
from ledger.accesses import rows, sealed
from ledger.desk import day_in_paris
from ledger.facts import VersionConflict
from ledger.histories import AnyEvent
from ledger.store import Ledger

SEAL_SECONDS: Final = 60.0
SEALING_SECONDS_MAX: Final = 5.0
"""After which a backlog leaves the turn to the other reactions, and to whoever stops the worker."""
SETTLE_SECONDS_MAX: Final = 2.0
LOOK_SECONDS: Final = 0.005
NUMBERS_MAX: Final = 20_000
"""In one fact; where more wait, several follow each other."""

_LAST: Final = "SELECT coalesce(max(number), 0) FROM ledger.accesses"
# Whoever inserts holds this lock before a number is drawn. We only look at it: nobody has to wait for us.
_WRITERS: Final = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND relation = 'ledger.accesses'::regclass
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_INDEXED: Final = "SELECT coalesce(max(version), 0) FROM ledger.access_seals"
_INDEX: Final = "INSERT INTO ledger.access_seals (version, first, last) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"

log = structlog.get_logger()


class End(NamedTuple):
    """Where the seals end."""

    version: int
    hash: bytes
    last: int


class Accesses:
    """Seals the settled entries that no fact seals yet; of several that do, the version lets one through."""

    def __init__(self, ledger: Ledger[AnyEvent], seconds: float = SEAL_SECONDS) -> None:
        self.ledger = ledger
        self.seconds = seconds
        self._looked_at = float("-inf")

    def run_once(self, connection: Connection[Any]) -> int:
        """Seal what there is, if the last time was long enough ago; the number of entries sealed."""
        if time.monotonic() < self._looked_at + self.seconds:
            return 0
        self._looked_at = time.monotonic()
        return self.seal(connection)

    def seal(self, connection: Connection[Any]) -> int:
        """Seal every settled entry, for seconds at most; how many. What a crash leaves is sealed the next time."""
        settled = settled_number(connection)
        total, until = 0, time.monotonic() + SEALING_SECONDS_MAX
        while (end := self._end()).last < settled and time.monotonic() < until:
            fact = self._fact(connection, end, min(settled, end.last + NUMBERS_MAX))
            try:
                self.ledger.append(
                    ACCESSES_STREAM,
                    [fact],
                    expected_version=end.version,
                    previous_hash=end.hash,
                    actor=SYSTEM,
                    command=uuid5(ACCESSES_STREAM, str(fact.last)),
                    correlation=ACCESSES_STREAM,
                )
            except VersionConflict:
                # Another worker has sealed meanwhile: what it left is looked at again.
                continue
            total += fact.count
            log.info("accesses sealed", first=fact.first, last=fact.last, count=fact.count)
        self._index(connection)
        return total

    def _fact(self, connection: Connection[Any], end: End, last: int) -> AccessesSealed:
        with connection.transaction():
            entries = ((row.number, row.entry) for row in rows(connection, end.last + 1, last))
            return sealed(end.last + 1, last, entries, day_in_paris(self.ledger.clock()))

    def _end(self) -> End:
        """The newest seal, read as it is now."""
        version, head = self.ledger.head(ACCESSES_STREAM)
        after = version
        while after > 0:
            # Removals stand among the seals: a few a night, and nothing else where nobody reads.
            after = max(2 * after - version - 1, 0)
            if seals := self._facts(after):
                return End(version, head, seals[-1][1].last)
        return End(version, head, 0)

    def _facts(self, after: int) -> list[tuple[int, AccessesSealed]]:
        """Version and content of the seals after a version, each verified by its own hash."""
        stored = self.ledger.recorder.select_stream(ACCESSES_STREAM, after)
        return [
            (fact.version, fact.event)
            for fact in self.ledger.codec.decode_facts(stored)
            if isinstance(fact.event, AccessesSealed)
        ]

    def _index(self, connection: Connection[Any]) -> None:
        """Note the numbers of seals that are not noted yet, a crashed worker's too."""
        with connection.cursor(row_factory=tuple_row) as cursor:
            found = cursor.execute(_INDEXED).fetchone()
            version, _ = self.ledger.head(ACCESSES_STREAM)
            noted = int(found[0]) if found else 0
            if noted < version and (seals := self._facts(noted)):
                cursor.executemany(_INDEX, [(each, fact.first, fact.last) for each, fact in seals])


def settled_number(connection: Connection[Any]) -> int:
    """The newest number below which no entry can appear any more; 0 while somebody keeps one open.

    On a connection that sees what is committed at each statement.
    """
    last = int(_values(connection, _LAST)[0])
    writing = set(_values(connection, _WRITERS))
    until = time.monotonic() + SETTLE_SECONDS_MAX
    while writing:
        # Those that came after are none of ours: their numbers are greater.
        writing &= set(_values(connection, _WRITERS))
        if writing and time.monotonic() > until:
            log.warning("an insertion into the access log does not end", transactions=sorted(writing))
            return 0
        time.sleep(LOOK_SECONDS if writing else 0)
    return last


def _values(connection: Connection[Any], query: str) -> list[Any]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [value for (value,) in cursor.execute(query.encode()).fetchall()]
