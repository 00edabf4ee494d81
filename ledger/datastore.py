"""Connections to the ledger: one whole address, quick to say that the server is gone, checked against its positions."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

import psycopg
from eventsourcing.persistence import (
    DatabaseError,
    DataError,
    IntegrityError,
    InternalError,
    NotSupportedError,
    PersistenceError,
    ProgrammingError,
)
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from ledger.epochs import PositionsWouldFall, check_positions_rise
from ledger.facts import LedgerAltered, LedgerUnavailable
from ledger.pool import Pool

SCHEMA: Final = "ledger"
LOCK_SECONDS_MAX: Final = 5
CONNECT_SECONDS_MAX: Final = 2
"""How long a connection is waited for: the shortest that PostgreSQL's library can count."""
GIVE_UP_SECONDS: Final = 1.0
"""For how long the pool tries by itself to replace a lost connection; the next use begins anew, at once."""
GONE_SECONDS: Final = 1.0
"""For how long after a wait in vain nobody else is made to wait."""
READ_ONLY: Final = "25006"
"""The state of an error: this server takes no writes, most likely because another has become the first."""
TOO_MUCH: Final = "54"
"""The class of errors about what the server has no room for; the driver counts them among outages."""

ERRORS: Final[tuple[tuple[type[psycopg.Error], type[Exception]], ...]] = (
    (psycopg.IntegrityError, IntegrityError),
    (psycopg.DataError, DataError),
    (psycopg.InternalError, InternalError),
    (psycopg.ProgrammingError, ProgrammingError),
    (psycopg.NotSupportedError, NotSupportedError),
    (psycopg.DatabaseError, DatabaseError),
    (psycopg.Error, PersistenceError),
)
"""What the library calls the errors of the driver, the special before the general."""

P = ParamSpec("P")
R = TypeVar("R")


class LedgerDatastore(PostgresDatastore):
    """The library's connection pool, opened with a whole address instead of five of its parts."""

    def __init__(self, database_url: str, pool_size: int, schema: str = SCHEMA) -> None:
        self.database_url = database_url
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
        # What is sent by hand is written so, whatever a role or an address says.
        always = {"client_encoding": "utf8", "row_factory": dict_row}
        # The library's own has not been opened.
        self.pool = Pool(
            connection_class=Connection[DictRow],
            kwargs={**defaults, **address, **always},
            min_size=1,
            max_size=max(pool_size, 1),
            open=False,
            configure=self.after_connect_func(),
            timeout=CONNECT_SECONDS_MAX,
            reconnect_timeout=GIVE_UP_SECONDS,
        )
        self.servers = 0
        """How many connections were made; each may lead to another server than those before."""
        self.on_connect: list[Callable[[], None]] = []
        """Called at each new connection: what was learnt from the server before may be another server's."""
        self._refused: PositionsWouldFall | None = None
        self._gone_until = float("-inf")
        self._failures_before = 0
        """Connections that could not be made, at the moment of the last that could."""

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        """Prepare a new connection; one to a server where positions would go backwards is not lent."""
        prepare = super().after_connect_func()

        def connected(connection: Connection[Any]) -> None:
            prepare(connection)
            connection.execute(f"SET lock_timeout = '{LOCK_SECONDS_MAX}s'")
            # Each statement stands by itself and sees what was committed before it, whatever a role is set to.
            connection.execute("SET default_transaction_isolation = 'read committed'")
            try:
                check_positions_rise(connection)
            except PositionsWouldFall as refusal:
                self._refused = refusal
                # The pool drops what was not prepared without closing it.
                connection.close()
                raise
            self._refused = None
            self._failures_before = self._failures()
            self.servers += 1
            for forget in self.on_connect:
                forget()

        return connected

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        """Lend a connection; raises LedgerUnavailable when there is none, or when it is lost."""
        if time.monotonic() < self._gone_until:
            raise self._refused or LedgerUnavailable("a moment ago it could not be")
        lent: Connection[DictRow] | None = None
        try:
            if self.pool.closed:
                self.pool.open()
            # Not `pool.connection()`, which commits at the end: these connections do so after each statement.
            lent = self.pool.getconn()
            yield lent
        except (psycopg.InterfaceError, psycopg.OperationalError) as error:
            if error.sqlstate is not None and error.sqlstate.startswith(TOO_MUCH):
                raise DataError(str(error)) from error
            if lent is None:
                is_away = self._failures() > self._failures_before
                if is_away:
                    # What was said of the server that has gone may not be true of the next.
                    self._refused = None
                if self._refused is not None or is_away:
                    # Not a busy pool but no server to use: whoever queues behind us would wait as long for nothing.
                    self._gone_until = time.monotonic() + GONE_SECONDS
                if self._refused is not None:
                    raise self._refused from error
            raise LedgerUnavailable(str(error), lost=lent is not None and _is_loss(error)) from error
        except psycopg.Error as error:
            if lent is not None and error.sqlstate == READ_ONLY:
                # The others at hand lead to the same server; the next one made, to the one that does.
                lent.close()
                self.pool.drain()
                raise LedgerUnavailable(str(error), lost=True) from error
            known = next(ours for theirs, ours in ERRORS if isinstance(error, theirs))
            raise known(str(error)) from error
        finally:
            if lent is not None:
                self.pool.putconn(lent)

    def _failures(self) -> int:
        return self.pool.get_stats().get("connections_errors", 0)


def _is_loss(error: psycopg.Error) -> bool:
    """Whether the connection broke, rather than the server refusing something over it."""
    state = error.sqlstate
    return state is None or state.startswith(("08", "57P"))


class Asker(Protocol):
    """Whoever asks questions through a datastore."""

    @property
    def datastore(self) -> LedgerDatastore:
        """Lends the connections."""


A = TypeVar("A", bound=Asker)


def tries_twice(ask: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
    """Ask once more, on a new connection, where the first was lost: after a restart of the server, nobody notices."""

    @wraps(ask)
    def asking(asker: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return ask(asker, *args, **kwargs)
        except LedgerUnavailable as failure:
            if not failure.lost:
                raise
        # The others at hand most likely broke with it.
        asker.datastore.pool.check()
        return ask(asker, *args, **kwargs)

    return asking


def on_one_server(read: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
    """Read again where a new connection was made meanwhile: what was known before holds on the server it came from.

    After a crash PostgreSQL gives numbers again to transactions that left no trace, and after a recovery to an earlier
    moment to any.
    """

    @wraps(read)
    def reading(asker: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
        while True:
            servers = asker.datastore.servers
            try:
                found = read(asker, *args, **kwargs)
            except LedgerAltered:
                # What follows on the one server need not continue what was known of the other.
                if servers == asker.datastore.servers:
                    raise
            else:
                if servers == asker.datastore.servers:
                    return found

    return reading
