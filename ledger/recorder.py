"""The library's PostgreSQL recorder on our table: appends in one statement without a lock, reads what is settled."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent, Subscription
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, tuple_row
from psycopg.types.numeric import Int8

from ledger.appending import Append, Appender, KeysChanged
from ledger.coalescing import Coalescer
from ledger.datastore import LedgerDatastore, on_one_server, tries_twice
from ledger.epochs import FACTS_MAX
from ledger.facts import LedgerError, StoredFact, fact_hash
from ledger.keys import WrappedKey, insert_keys
from ledger.prepared import Statement, int8
from ledger.subscription import LedgerSubscription

TABLE: Final = "events"

ROWS: Final = "SELECT originator_id, originator_version, topic, state, hash, notification_id FROM ledger.events"
STREAM_TEXT: Final = (
    "SELECT originator_version, topic, state, hash, notification_id FROM ledger.events"
    " WHERE originator_id = $ AND originator_version > $ ORDER BY originator_version"
)
STREAM: Final = Statement("stream", STREAM_TEXT)
PAGE: Final = Statement("page", f"{STREAM_TEXT} LIMIT $")
TAILS: Final = (
    "SELECT asked.number, tail.* FROM unnest(%b::uuid[], %b::bigint[]) WITH ORDINALITY AS asked (stream, after, number)"
    " CROSS JOIN LATERAL (SELECT originator_version, topic, state, hash, notification_id FROM ledger.events"
    " WHERE originator_id = asked.stream AND originator_version > asked.after) AS tail"
    " ORDER BY asked.number, tail.originator_version"
)
LOG: Final = f"{ROWS} WHERE notification_id > %s AND notification_id < %s ORDER BY notification_id LIMIT %s"
MARKS: Final = (
    "SELECT notification_id, hash, topic FROM ledger.events"
    " WHERE notification_id > %s AND notification_id < %s ORDER BY notification_id LIMIT %s"
)
ALL: Final = f"{ROWS} ORDER BY originator_id, originator_version"
HEAD: Final = (
    "SELECT originator_version, hash FROM ledger.events WHERE originator_id = %s"
    " ORDER BY originator_version DESC LIMIT 1"
)
ANSWER: Final = "SELECT fingerprint, answer, first_position FROM ledger.commands WHERE actor = %s AND key = %s"
LAST_SETTLED: Final = "SELECT max(notification_id) FROM ledger.events WHERE notification_id < %s"
COPY: Final = (
    "COPY ledger.events (originator_id, originator_version, topic, state, hash, notification_id)"
    " FROM STDIN (FORMAT BINARY)"
)

CopyBatch = Callable[[Iterable[StoredFact], Sequence[WrappedKey]], int]


class Mark(NamedTuple):
    """Where a fact stands, its hash and its type."""

    position: int
    hash: bytes
    topic: str


class LedgerRecorder(PostgresApplicationRecorder):
    """Stores facts with their hash, on their predecessor only, and what belongs to them in the same statement.

    Positions rise with the transaction that appends; nothing waits for anything but another append of the same
    version. `coalesce` lets appends that threads of this process make at the same time share a statement and a commit.
    """

    datastore: LedgerDatastore

    def __init__(self, datastore: LedgerDatastore, *, coalesce: bool = False) -> None:
        super().__init__(datastore, events_table_name=TABLE)
        self.appender = Appender(datastore, self.select_stream)
        self._coalescer = Coalescer(self.appender) if coalesce else None
        self._settled = 0
        datastore.on_connect.append(self._forget_what_is_settled)

    # Appending

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Store facts as the library does, hashed here and without a predecessor; raises IntegrityError."""
        return self.append(append_of(stored_events)) if stored_events else None

    def append(self, append: Append) -> Sequence[int]:
        """Store facts of one command, with new keys and the answer; their positions, one after the other.

        Raises IntegrityError when a version, a key or a person's key exists already, or the predecessor does not.
        """
        if len(append.facts) > FACTS_MAX:
            raise LedgerError(f"one transaction holds {FACTS_MAX} facts at most")
        if self._coalescer is not None and append.stream is not None:
            return self._coalescer.append(append)
        return self.appender.write_one(append)

    @contextmanager
    def bulk(self) -> Iterator[CopyBatch]:
        """One transaction for many facts: lends what copies a batch, with its hashes, and tells the last position."""
        with self._transaction() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            # The next batch may take longer to make than an idle transaction is usually allowed.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT ledger.arm()")
            found = cursor.execute("SELECT ledger.first_position(pg_current_xact_id())").fetchone()
            first = int(found[0]) if found else 0
            written = 0

            def copy_batch(facts: Iterable[StoredFact], keys: Sequence[WrappedKey]) -> int:
                nonlocal written
                if keys and not insert_keys(connection, keys):
                    raise KeysChanged
                with cursor.copy(COPY) as copy:
                    copy.set_types(["uuid", "int8", "text", "bytea", "bytea", "int8"])
                    for fact in facts:
                        if written == FACTS_MAX:
                            raise LedgerError(f"one transaction holds {FACTS_MAX} facts at most: write in parts")
                        copy.write_row((fact.stream, fact.version, fact.topic, fact.state, fact.hash, first + written))
                        written += 1
                return first + written - 1

            yield copy_batch

    # Reading one stream, committed as it is

    @tries_twice
    def select_stream(self, stream: UUID, after: int = 0, limit: int | None = None) -> list[StoredFact]:
        """The stored facts of a stream after a version, in order, so many at most."""
        with self.datastore.get_connection() as connection:
            if limit is None:
                rows = STREAM.rows(connection, (stream.bytes, int8(after)))
            else:
                rows = PAGE.rows(connection, (stream.bytes, int8(after), int8(limit)))
        return [StoredFact(stream, *row) for row in rows]

    @tries_twice
    def select_tails(self, known: Sequence[tuple[UUID, int]]) -> list[list[StoredFact]]:
        """The stored facts of several streams, each after a version, in order."""
        if len(known) == 1:
            return [self.select_stream(*known[0])]
        streams, versions = zip(*known, strict=True)
        tails: list[list[StoredFact]] = [[] for _ in known]
        with self._cursor() as cursor:
            cursor.execute(TAILS, (list(streams), [Int8(version) for version in versions]), prepare=True, binary=True)
            for number, *row in cursor.fetchall():
                tails[number - 1].append(StoredFact(streams[number - 1], *row))
        return tails

    @tries_twice
    def select_head(self, stream: UUID) -> tuple[int, bytes]:
        """Version and hash of the last fact of a stream; (0, b"") for a new one."""
        with self._cursor() as cursor:
            row = cursor.execute(HEAD, (stream,), prepare=True, binary=True).fetchone()
        return (row[0], row[1]) if row else (0, b"")

    @tries_twice
    def select_answer(self, actor: str, key: str) -> tuple[bytes, bytes, int] | None:
        """Fingerprint, sealed answer and first position of a command; None if its key is new."""
        with self._cursor() as cursor:
            return cursor.execute(ANSWER, (actor, key), prepare=True, binary=True).fetchone()

    @contextmanager
    def whole_ledger(self) -> Iterator[Iterator[StoredFact]]:
        """All stored facts, stream by stream, through a server-side cursor: memory stays small."""
        with self._transaction() as connection, connection.cursor("whole_ledger", row_factory=tuple_row) as cursor:
            cursor.itersize = 1_000
            cursor.execute(ALL, binary=True)
            yield (StoredFact(*row) for row in cursor)

    # Reading the log, as far as it is settled

    @tries_twice
    def horizon(self) -> int:
        """Every position below it is settled: its fact can be read, or there will never be one, unless the server ends.

        It is no cursor to keep: that is the position of a fact that was read, which a crash does not take back.
        """
        servers = self.datastore.servers
        with self._cursor() as cursor:
            row = cursor.execute("SELECT ledger.horizon()", prepare=True, binary=True).fetchone()
        horizon = int(row[0]) if row else 0
        if servers == self.datastore.servers:
            # Reads that follow are other statements, with newer snapshots: what has ended by now is visible to them.
            self._settled = horizon
        return horizon

    @on_one_server
    def select_log(self, after: int, limit: int, until: int | None = None) -> list[StoredFact]:
        """The settled facts of all streams after a position, up to another one included, in the order of positions."""
        return [StoredFact(*row) for row in self._settled_rows(LOG, after, limit, until)]

    @on_one_server
    def select_marks(self, after: int, limit: int) -> list[Mark]:
        """Of the settled facts after a position, in order, what the Merkle log is made of: their bytes stay there."""
        return [Mark(*row) for row in self._settled_rows(MARKS, after, limit, None)]

    def _settled_rows(self, query: str, after: int, limit: int, until: int | None) -> list[tuple[Any, ...]]:
        """Rows up to what is known to be settled first, which costs no question of what is."""
        known = self._settled
        rows = self._between(query, after, known, until, limit)
        if len(rows) < limit and (until is None or until >= known):
            following = max(after, known - 1)
            rows += self._between(query, following, self.horizon(), until, limit - len(rows))
        return rows

    @on_one_server
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The library's way to read the log, as far as it is settled."""
        settled = self.horizon() - 1
        if start is not None and start > settled:
            return []
        found: Sequence[Notification] = super().select_notifications(
            start, limit, settled if stop is None else min(stop, settled), topics, inclusive_of_start=inclusive_of_start
        )
        return found

    @on_one_server
    @tries_twice
    def max_notification_id(self) -> int | None:
        """The position of the newest settled fact; None in an empty ledger."""
        horizon = self.horizon()
        with self._cursor() as cursor:
            row = cursor.execute(LAST_SETTLED, (horizon,), prepare=True, binary=True).fetchone()
        return row[0] if row else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """The library's way to follow the log: settled facts, without end; a lost wake-up costs a heartbeat."""
        return LedgerSubscription(self, gt, topics)

    def _between(self, query: str, after: int, before: int, until: int | None, limit: int) -> list[tuple[Any, ...]]:
        """Rows of facts after a position and below a horizon."""
        end = before if until is None else min(before, until + 1)
        return self._select_log(query, after, end, limit) if end > after + 1 else []

    @tries_twice
    def _select_log(self, query: str, after: int, before: int, limit: int) -> list[tuple[Any, ...]]:
        with self._cursor() as cursor:
            cursor.execute(query.encode(), (after, before, limit), prepare=True, binary=True)
            return cursor.fetchall()

    def _forget_what_is_settled(self) -> None:
        """A new connection may lead to a server restored to an earlier moment."""
        self._settled = 0

    @contextmanager
    def _transaction(self) -> Iterator[Connection[DictRow]]:
        with self.datastore.get_connection() as connection, connection.transaction():
            yield connection

    @contextmanager
    def _cursor(self) -> Iterator[Cursor[Any]]:
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            yield cursor


def append_of(stored_events: Sequence[StoredEvent]) -> Append:
    """What the library made, to be stored without a predecessor."""
    facts = tuple(map(_hashed, stored_events))
    streams = {fact.stream for fact in facts}
    return Append(facts=facts, stream=streams.pop() if len(streams) == 1 else None)


def _hashed(event: StoredEvent) -> StoredFact:
    stream, version, topic, state = event.originator_id, event.originator_version, event.topic, event.state
    if not isinstance(stream, UUID):
        raise TypeError("the streams of the ledger are named by UUIDs")
    return StoredFact(stream, version, topic, state, fact_hash(stream, version, topic, state), 0)
