"""Writing the access log: what ends together goes in one statement, what is only counted goes once a minute.

Requests wait for their entries on the event loop, which talks to PostgreSQL itself: to hand an entry to a thread and
back takes longer than the insertion. Whatever goes wrong there is left to a thread, which begins anew.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Final, NamedTuple

import psycopg
import structlog
from eventsourcing.persistence import PersistenceError
from psycopg import Connection, OperationalError
from psycopg.pq import ExecStatus

from domain.envelope import Role
from ledger.accesses import Access, Columns, encode
from ledger.datastore import LedgerDatastore, tries_twice
from ledger.facts import Clock, LedgerError, LedgerUnavailable
from ledger.prepared import Statement, byteas, flush, texts, timestamps

BATCH_MAX: Final = 256
COUNTS_SECONDS: Final = 60.0
END_SECONDS_MAX: Final = 5.0
CONNECTIONS_MAX: Final = 3
"""One for the event loop, one for what is counted, one for what goes wrong."""

# Not flushed to disk by itself: an entry outlives every process of ours, and PostgreSQL itself once that has flushed it
# in its own time; no reader waits for a disk. What seals it later is flushed, and all before it.
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
    written: "asyncio.Future[None] | None" = None


class AccessLog:
    """Writes entries, over connections of its own; each request waits for its own entry."""

    def __init__(self, database_url: str, clock: Clock) -> None:
        self.datastore = LedgerDatastore(database_url, CONNECTIONS_MAX)
        self.clock = clock
        self._channels: dict[asyncio.AbstractEventLoop, _Channel] = {}
        self._counting = threading.Lock()
        self._counts: Counter[Counted] = Counter()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    async def write(self, access: Access) -> None:
        """Write an entry; back once it can outlive this process. Raises LedgerUnavailable."""
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        self._channel(loop).hand(_Ticket(_row(access), written))
        await written

    def write_later(self, access: Access) -> None:
        """Have an entry written of what cannot be taken back, such as the end of a feed; lost if the process dies.

        Called on an event loop.
        """
        self._channel(asyncio.get_running_loop()).hand(_Ticket(_row(access)))

    def record(self, access: Access) -> None:
        """Write an entry from a thread; back once it can outlive this process. Raises LedgerUnavailable."""
        self.insert([_row(access)])

    def count(self, operation: str, role: Role | None, status: int) -> None:
        """Count what shows nothing of anybody; written within a minute, kept while the database is away."""
        minute = self.clock().replace(second=0, microsecond=0)
        with self._counting:
            self._counts[Counted(minute, operation, role, status)] += 1
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._flush_each_minute, name="smoe-accesses", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write what was counted; kept where that fails."""
        with self._counting:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        rows = [_row(_counting_entry(counted, count)) for counted, count in sorted(counts.items(), key=str)]
        try:
            self.insert(rows)
        except LedgerUnavailable as outage:
            log.warning("counted accesses wait for the database", error=str(outage), entries=len(rows))
            with self._counting:
                self._counts.update(counts)

    async def end(self) -> None:
        """Write what waits on this event loop, and let go of its connection."""
        channel = self._channels.pop(asyncio.get_running_loop(), None)
        if channel is not None:
            await channel.end()

    def close(self) -> None:
        """Write what was counted, and end."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()
        self._forget_closed_loops()
        self.datastore.close()

    @tries_twice
    def insert(self, rows: Sequence[Row]) -> None:
        """Write entries in one statement. Where the connection is lost on the way they may be written twice: two lines
        of one reading hide nothing. Raises LedgerUnavailable."""
        with self.datastore.get_connection() as connection:
            _INSERT.numbers(connection, _values(rows))

    def _flush_each_minute(self) -> None:
        while not self._ended.wait(COUNTS_SECONDS):
            self.flush()

    def _channel(self, loop: asyncio.AbstractEventLoop) -> "_Channel":
        channel = self._channels.get(loop)
        if channel is None:
            self._forget_closed_loops()
            channel = self._channels[loop] = _Channel(self, loop)
        return channel

    def _forget_closed_loops(self) -> None:
        for loop in [each for each in self._channels if each.is_closed()]:
            self._channels.pop(loop).let_go()


class _Channel:
    """The way of one event loop to PostgreSQL; while a statement is under way, the next is gathered.

    Only that loop calls it. A connection is made, and trouble seen to, in a thread.
    """

    def __init__(self, accesses: AccessLog, loop: asyncio.AbstractEventLoop) -> None:
        self._accesses = accesses
        self._loop = loop
        self._waiting: list[_Ticket] = []
        self._flying: list[_Ticket] = []
        self._connection: Connection[Any] | None = None
        self._listens_to = -1
        """The connection's socket, which it does not name any more once it is lost."""
        self._lent = ExitStack()
        self._seeing_to: asyncio.Task[None] | None = None

    def hand(self, ticket: _Ticket) -> None:
        """Have an entry written as soon as no statement is under way."""
        self._waiting.append(ticket)
        if not self._flying:
            self._send()

    async def end(self) -> None:
        """Wait for what is under way, but not for ever, and let go of the connection."""
        until = self._loop.time() + END_SECONDS_MAX
        while self._flying and self._loop.time() < until:
            await asyncio.sleep(0.001)
        self.let_go()

    def let_go(self) -> None:
        """Give the connection back."""
        if self._connection is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._listens_to)
            self._loop.remove_writer(self._listens_to)
        self._connection = None
        self._lent.close()

    def _send(self) -> None:
        self._flying, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
        if self._connection is None:
            self._leave_to_a_thread()
            return
        try:
            is_sent = _INSERT.send(self._connection, _values([ticket.row for ticket in self._flying]))
        except OperationalError:
            self._leave_to_a_thread()
            return
        if not is_sent:
            # More than a socket takes at once: what many long lists show.
            self._loop.add_writer(self._listens_to, self._send_on)

    def _send_on(self) -> None:
        """The socket takes more."""
        assert self._connection is not None, "nobody writes to a connection that was let go of"
        try:
            if flush(self._connection):
                self._loop.remove_writer(self._listens_to)
        except OperationalError:
            self._leave_to_a_thread()

    def _answered(self) -> None:
        """PostgreSQL has said something, or is gone."""
        assert self._connection is not None, "nobody listens to a connection that was let go of"
        try:
            result = _INSERT.received(self._connection)
        except OperationalError:
            result = None
        else:
            if result is None:
                return
        if result is None or result.status != ExecStatus.TUPLES_OK:
            self._leave_to_a_thread()
        else:
            self._tell(self._flying, None)

    def _tell(self, batch: Sequence[_Ticket], failure: Exception | None) -> None:
        for ticket in batch:
            if ticket.written is None:
                if failure is not None:
                    log.error("an entry of the access log is lost", error=str(failure))
            elif not ticket.written.done():
                if failure is None:
                    ticket.written.set_result(None)
                else:
                    ticket.written.set_exception(failure)
        if batch is self._flying:
            self._flying = []
            if self._waiting:
                self._send()

    # What goes wrong

    def _leave_to_a_thread(self) -> None:
        """Write what is under way over a connection that works, and take a new one; called with no statement going."""
        connection = self._connection
        if connection is not None:
            self._loop.remove_reader(self._listens_to)
            self._loop.remove_writer(self._listens_to)
            # Whatever it was doing, nobody is going to hear of it.
            connection.close()
        self.let_go()
        if self._flying:
            self._seeing_to = self._loop.create_task(self._see_to_it())

    async def _see_to_it(self) -> None:
        batch = self._flying
        failures = await asyncio.to_thread(self._written_by_itself, batch)
        for ticket, failure in zip(batch, failures, strict=True):
            self._tell([ticket], failure)
        try:
            if None in failures:
                connection = await asyncio.to_thread(self._taken)
                self._connection, self._listens_to = connection, connection.pgconn.socket
                self._loop.add_reader(self._listens_to, self._answered)
        except (LedgerError, PersistenceError, psycopg.Error) as failure:
            # The next entry finds out for itself.
            log.warning("the access log has no connection", error=str(failure))
            self._lent.close()
        finally:
            self._tell(self._flying, None)

    def _written_by_itself(self, batch: Sequence[_Ticket]) -> list[Exception | None]:
        """Write entries together, or where that is refused each by itself; what it met."""
        try:
            self._accesses.insert([ticket.row for ticket in batch])
        except Exception as failure:
            if len(batch) == 1 or isinstance(failure, LedgerUnavailable):
                return [failure] * len(batch)
            return [each for ticket in batch for each in self._written_by_itself([ticket])]
        return [None] * len(batch)

    def _taken(self) -> Connection[Any]:
        connection = self._lent.enter_context(self._accesses.datastore.get_connection())
        _INSERT.prepare(connection)
        return connection


def _values(rows: Sequence[Row]) -> tuple[bytes, ...]:
    columns = [row.columns for row in rows]
    return (
        byteas([row.entry for row in rows]),
        timestamps([each.at for each in columns]),
        texts([each.operation for each in columns]),
        texts([each.actor or "" for each in columns]),
        texts([each.purpose or "" for each in columns]),
        texts([f"{{{','.join(map(str, each.cases or ()))}}}" for each in columns]),
        texts([f"{{{','.join(map(str, each.searched or ()))}}}" for each in columns]),
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
