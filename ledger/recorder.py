"""The library's PostgreSQL recorder on our table: it appends in turn, without stored functions or table locks."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.sql import SQL, Identifier

from ledger.facts import LedgerUnavailable, StoredFact, fact_hash

SCHEMA: Final = "ledger"
TABLE: Final = "events"
LOCK_SECONDS_MAX: Final = 5
CONNECT_SECONDS_MAX: Final = 2
"""How long a connection is waited for: the shortest that PostgreSQL's library can count."""
GIVE_UP_SECONDS: Final = 1.0
"""For how long the pool tries by itself to replace a lost connection; the next use begins anew, at once."""
GONE_SECONDS: Final = 1.0
"""For how long after a wait in vain nobody else is made to wait."""

Step = Callable[[Connection[Any]], None]
CopyBatch = Callable[[Iterable[tuple[StoredEvent, bytes]], Step | None], int]
Finish = Callable[[Connection[Any], Sequence[int]], None]


class LedgerDatastore(PostgresDatastore):
    """The library's connection pool, opened with a whole address instead of five of its parts."""

    def __init__(self, database_url: str, pool_size: int, schema: str = SCHEMA) -> None:
        address = conninfo_to_dict(database_url)
        super().__init__(
            dbname="",
            host="",
            port="",
            user="",
            password="",
            connect_timeout=CONNECT_SECONDS_MAX,
            idle_in_transaction_session_timeout=30,
            pool_size=1,
            max_overflow=max(pool_size, 1) - 1,
            lock_timeout=LOCK_SECONDS_MAX,
            schema=schema,
        )
        defaults = {"application_name": "smoe-ledger", "connect_timeout": CONNECT_SECONDS_MAX}
        self.pool.kwargs = {**defaults, **address, "row_factory": dict_row}
        self.pool.reconnect_timeout = GIVE_UP_SECONDS
        self._gone_until = float("-inf")

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        """Lend a connection; raises LedgerUnavailable when there is none, or when it is lost."""
        if time.monotonic() < self._gone_until:
            raise LedgerUnavailable("a moment ago it could not be")
        lost, failures = False, self._failures()
        try:
            with super().get_connection() as connection:
                lost = True
                yield connection
        except (InterfaceError, OperationalError) as error:
            if not lost and self._failures() > failures:
                # Not a busy pool but a server that is gone: whoever queues behind us would wait as long for nothing.
                self._gone_until = time.monotonic() + GONE_SECONDS
            raise LedgerUnavailable(str(error), lost=lost) from error

    def _failures(self) -> int:
        return self.pool.get_stats().get("connections_errors", 0)


P = ParamSpec("P")
R = TypeVar("R")


def tries_twice(
    ask: Callable[Concatenate["LedgerRecorder", P], R],
) -> Callable[Concatenate["LedgerRecorder", P], R]:
    """Ask once more, on a new connection, where the first was lost: after a restart of the server, nobody notices."""

    @wraps(ask)
    def asking(recorder: "LedgerRecorder", /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return ask(recorder, *args, **kwargs)
        except LedgerUnavailable as failure:
            if not failure.lost:
                raise
        # The others at hand most likely broke with it.
        recorder.datastore.pool.check()
        return ask(recorder, *args, **kwargs)

    return asking


class LedgerRecorder(PostgresApplicationRecorder):
    """Stores facts with their hash, on their predecessor only, and other rows with them in one transaction.

    The order of appends is kept by a trigger on the table, not by the library's EXCLUSIVE lock, which would need a
    right that the application role must not have.
    """

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = TABLE) -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.lock_table_statements = self.lock_table_statements[:1]
        table = SQL("{}.{}").format(Identifier(datastore.schema), Identifier(events_table_name))
        self.insert_events_statement = SQL(
            "INSERT INTO {table} (originator_id, originator_version, topic, state, hash)"
            " SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bytea[])"
            " WHERE %s = 0 OR EXISTS (SELECT FROM {table}"
            " WHERE originator_id = %s AND originator_version = %s AND hash = %s)"
            " RETURNING notification_id"
        ).format(table=table)
        self.copy_statement = SQL(
            "COPY {table} (originator_id, originator_version, topic, state, hash) FROM STDIN (FORMAT BINARY)"
        ).format(table=table)
        self.last_drawn_statement = SQL("SELECT currval({})").format(
            f"{datastore.schema}.{events_table_name}_notification_id_seq"
        )
        rows = SQL("SELECT originator_id, originator_version, topic, state, hash, notification_id FROM {}").format(
            table
        )
        self.stream_statement = rows + SQL(
            " WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
        )
        self.log_statement = rows + SQL(" WHERE notification_id > %s ORDER BY notification_id LIMIT %s")
        self.all_statement = rows + SQL(" ORDER BY originator_id, originator_version")
        self.head_statement = SQL(
            "SELECT originator_version, hash FROM {table} WHERE originator_id = %s"
            " ORDER BY originator_version DESC LIMIT 1"
        ).format(table=table)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Store facts; `after` is the (version, hash) they continue, `before` and `finish` write other rows with them.

        A connection lost around the commit is tried once more; if the first try had reached the table, the second
        finds its own bytes there, salt and all, and is no conflict.
        """
        if not stored_events:
            return None
        try:
            return self._insert_in_one_transaction(stored_events, **kwargs)
        except LedgerUnavailable as failure:
            if not failure.lost:
                raise
        self.datastore.pool.check()
        try:
            return self._insert_in_one_transaction(stored_events, **kwargs)
        except IntegrityError:
            landed = self._positions_if_landed(stored_events)
            if landed is None:
                raise
            return landed

    def _insert_in_one_transaction(
        self,
        stored_events: Sequence[StoredEvent],
        after: tuple[int, bytes] = (0, b""),
        before: Step | None = None,
        finish: Finish | None = None,
        **_: Any,
    ) -> Sequence[int]:
        with self._transaction() as connection, connection.cursor() as cursor:
            if before is not None:
                before(connection)
            with connection.pipeline():
                self._lock_table(cursor)
                self._notify_channel(cursor)
                cursor.execute(self.insert_events_statement, self._columns(stored_events, after), prepare=True)
            positions = [row["notification_id"] for row in cursor.fetchall()]
            if len(positions) != len(stored_events):
                raise IntegrityError("the fact to continue is not in the ledger")
            if finish is not None:
                finish(connection, positions)
        return positions

    @contextmanager
    def bulk(self) -> Iterator[CopyBatch]:
        """One transaction for many facts: lends what copies a batch, with its hashes, and tells the last position."""
        with self._transaction() as connection, connection.cursor() as cursor:
            # The next batch may take longer to make than an idle transaction is usually allowed.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            self._lock_table(cursor)
            self._notify_channel(cursor)

            def copy_batch(stored_events: Iterable[tuple[StoredEvent, bytes]], before: Step | None) -> int:
                if before is not None:
                    before(connection)
                with cursor.copy(self.copy_statement) as copy:
                    copy.set_types(["uuid", "int8", "text", "bytea", "bytea"])
                    for stored, digest in stored_events:
                        copy.write_row(
                            (stored.originator_id, stored.originator_version, stored.topic, stored.state, digest)
                        )
                row = cursor.execute(self.last_drawn_statement).fetchone()
                return int(row["currval"]) if row else 0

            yield copy_batch

    @tries_twice
    def select_stream(self, stream: UUID, after: int = 0) -> list[StoredFact]:
        """The stored facts of a stream after a version, in order."""
        with self._cursor() as cursor:
            cursor.execute(self.stream_statement, (stream, after), prepare=True, binary=True)
            return [StoredFact(*row) for row in cursor]

    @tries_twice
    def select_log(self, after: int, limit: int) -> list[StoredFact]:
        """The stored facts of all streams after a position, in the order of positions."""
        with self._cursor() as cursor:
            cursor.execute(self.log_statement, (after, limit), prepare=True, binary=True)
            return [StoredFact(*row) for row in cursor]

    @tries_twice
    def select_head(self, stream: UUID) -> tuple[int, bytes]:
        """Version and hash of the last fact of a stream; (0, b"") for a new one."""
        with self._cursor() as cursor:
            row = cursor.execute(self.head_statement, (stream,), prepare=True, binary=True).fetchone()
        return (row[0], row[1]) if row else (0, b"")

    @tries_twice
    def max_notification_id(self) -> int | None:
        """The position of the newest fact; None in an empty ledger."""
        last: int | None = super().max_notification_id()
        return last

    @contextmanager
    def whole_ledger(self) -> Iterator[Iterator[StoredFact]]:
        """All stored facts, stream by stream, through a server-side cursor: memory stays small."""
        with self._transaction() as connection, connection.cursor("whole_ledger", row_factory=tuple_row) as cursor:
            cursor.itersize = 1_000
            cursor.execute(self.all_statement, binary=True)
            yield (StoredFact(*row) for row in cursor)

    @contextmanager
    def _transaction(self) -> Iterator[Connection[DictRow]]:
        with self.datastore.get_connection() as connection, connection.transaction():
            yield connection

    @contextmanager
    def _cursor(self) -> Iterator[Cursor[Any]]:
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            yield cursor

    def _columns(self, stored_events: Sequence[StoredEvent], after: tuple[int, bytes]) -> tuple[Any, ...]:
        version, digest = after
        return (
            [event.originator_id for event in stored_events],
            [event.originator_version for event in stored_events],
            [event.topic for event in stored_events],
            [event.state for event in stored_events],
            [_hash_of(event) for event in stored_events],
            version,
            stored_events[0].originator_id,
            version,
            digest,
        )

    def _positions_if_landed(self, stored_events: Sequence[StoredEvent]) -> list[int] | None:
        first = stored_events[0]
        if not isinstance(first.originator_id, UUID):
            return None
        found = {fact.version: fact for fact in self.select_stream(first.originator_id, first.originator_version - 1)}
        positions = []
        for event in stored_events:
            fact = found.get(event.originator_version)
            if event.originator_id != first.originator_id or fact is None or fact.hash != _hash_of(event):
                return None
            positions.append(fact.position)
        return positions


def _hash_of(event: StoredEvent) -> bytes:
    if not isinstance(event.originator_id, UUID):
        raise TypeError("the streams of the ledger are named by UUIDs")
    return fact_hash(event.originator_id, event.originator_version, event.topic, event.state)
