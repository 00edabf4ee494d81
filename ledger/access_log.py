"""Writing the access log: what ends together goes in one statement, what is only counted goes once a minute."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

import structlog

from domain.envelope import Role
from ledger.accesses import Access, Columns, encode
from ledger.datastore import LedgerDatastore, tries_twice
from ledger.facts import Clock, LedgerUnavailable
from ledger.prepared import Statement, byteas, texts, timestamps

BATCH_MAX: Final = 256
COUNTS_SECONDS: Final = 60.0
CLOSE_SECONDS_MAX: Final = 10.0

# Not flushed to disk by itself: an entry outlives the death of every process but the database's machine within its
# flush delay, and a reader does not wait for a disk. What seals it later is flushed, and all before it.
_INSERT: Final = Statement(
    "access",
    "WITH unflushed AS (SELECT set_config('synchronous_commit', 'off', true))"
    " INSERT INTO ledger.accesses (entry, at, operation, actor, purpose, cases, searched)"
    " SELECT new.entry, new.at, new.operation, nullif(new.actor, ''), nullif(new.purpose, ''),"
    " nullif(new.cases, '{}')::uuid[], nullif(new.searched, '{}')::uuid[]"
    " FROM unflushed, unnest($::bytea[], $::timestamptz[], $::text[], $::text[], $::text[], $::text[], $::text[])"
    " AS new (entry, at, operation, actor, purpose, cases, searched) RETURNING number",
)

log = structlog.get_logger()


class Row(NamedTuple):
    """An entry as it is written."""

    entry: bytes
    columns: Columns


class Counted(NamedTuple):
    """What is only counted: it shows no case and nobody's data."""

    minute: datetime
    operation: str
    role: Role | None
    status: int


class _Ticket(NamedTuple):
    row: Row
    loop: asyncio.AbstractEventLoop | None = None
    written: "asyncio.Future[None] | None" = None


class AccessLog:
    """Writes entries from one thread over one connection; each request waits for its own."""

    def __init__(self, database_url: str, clock: Clock) -> None:
        self.datastore = LedgerDatastore(database_url, 1)
        self.clock = clock
        self._waiting: SimpleQueue[_Ticket | None] = SimpleQueue()
        self._counting = threading.Lock()
        self._counts: Counter[Counted] = Counter()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = False

    async def write(self, access: Access) -> None:
        """Write an entry; back once it can outlive this process. Raises LedgerUnavailable."""
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        self._hand(_Ticket(_row(access), loop, written))
        await written

    def write_later(self, access: Access) -> None:
        """Have an entry written of what cannot be taken back, such as the end of a feed; lost if the process dies."""
        self._hand(_Ticket(_row(access)))

    def count(self, operation: str, role: Role | None, status: int) -> None:
        """Count what shows nothing of anybody; written within a minute, kept while the database is away."""
        minute = self.clock().replace(second=0, microsecond=0)
        with self._counting:
            self._counts[Counted(minute, operation, role, status)] += 1
        self._start()

    def flush(self) -> None:
        """Write what was counted; kept where that fails."""
        with self._counting:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        rows = [_row(_counting_entry(counted, count)) for counted, count in sorted(counts.items(), key=str)]
        try:
            for place in range(0, len(rows), BATCH_MAX):
                self._insert(rows[place : place + BATCH_MAX])
        except LedgerUnavailable as outage:
            log.warning("counted accesses wait for the database", error=str(outage), entries=len(rows))
            with self._counting:
                self._counts.update(counts)

    def close(self) -> None:
        """Write all that waits and was counted, and end the thread."""
        with self._starting:
            self._ended = True
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(CLOSE_SECONDS_MAX)
        with suppress(Empty):
            # Of requests that ended after the thread.
            while True:
                ticket = self._waiting.get_nowait()
                if ticket is not None:
                    self._write([ticket])
        self.flush()
        self.datastore.close()

    # In the thread

    def _hand(self, ticket: _Ticket) -> None:
        self._start()
        self._waiting.put(ticket)

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None and not self._ended:
                    self._thread = threading.Thread(target=self._work, name="smoe-accesses", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        flush_at = time.monotonic() + COUNTS_SECONDS
        goes_on = True
        while goes_on:
            batch: list[_Ticket] = []
            with suppress(Empty):
                ticket = self._waiting.get(timeout=max(0.0, flush_at - time.monotonic()))
                while ticket is not None and len(batch) < BATCH_MAX:
                    batch.append(ticket)
                    ticket = self._waiting.get_nowait()
                if ticket is not None:
                    batch.append(ticket)
                goes_on = ticket is not None
            if batch:
                self._write(batch)
            if time.monotonic() >= flush_at:
                self.flush()
                flush_at = time.monotonic() + COUNTS_SECONDS

    def _write(self, batch: Sequence[_Ticket]) -> None:
        """Write entries together and tell those who wait; one that is refused concerns only itself."""
        try:
            self._insert([ticket.row for ticket in batch])
        except Exception as failure:
            if len(batch) > 1 and not isinstance(failure, LedgerUnavailable):
                for ticket in batch:
                    self._write([ticket])
                return
            _tell(batch, failure)
        else:
            _tell(batch, None)

    @tries_twice
    def _insert(self, rows: Sequence[Row]) -> None:
        """Where the connection was lost an entry may be written twice: two lines of one reading hide nothing."""
        columns = [row.columns for row in rows]
        with self.datastore.get_connection() as connection:
            _INSERT.numbers(
                connection,
                (
                    byteas([row.entry for row in rows]),
                    timestamps([each.at for each in columns]),
                    texts([each.operation for each in columns]),
                    texts([each.actor or "" for each in columns]),
                    texts([each.purpose or "" for each in columns]),
                    texts([f"{{{','.join(map(str, each.cases or ()))}}}" for each in columns]),
                    texts([f"{{{','.join(map(str, each.searched or ()))}}}" for each in columns]),
                ),
            )


def _row(access: Access) -> Row:
    return Row(encode(access), access.columns)


def _counting_entry(counted: Counted, count: int) -> Access:
    return Access(
        at=counted.minute,
        operation=counted.operation,
        actor=None,
        role=counted.role,
        status=counted.status,
        purpose=None,
        count=count,
    )


def _tell(batch: Sequence[_Ticket], failure: Exception | None) -> None:
    """Wake those whose entries are written, or were not; once for each loop, whose wake-ups cost most."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for ticket in batch:
        if ticket.loop is not None and ticket.written is not None:
            loops.setdefault(ticket.loop, []).append(ticket.written)
        elif failure is not None:
            log.error("an entry of the access log is lost", error=str(failure))
    for loop, waiting in loops.items():
        # A loop that has ended has nobody who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, waiting, failure)


def _settle(waiting: Sequence["asyncio.Future[None]"], failure: Exception | None) -> None:
    for each in waiting:
        if each.cancelled():
            continue
        if failure is None:
            each.set_result(None)
        else:
            each.set_exception(failure)
