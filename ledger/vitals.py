"""How the ledger is at this moment: who appends and for how long, what holds the database back, how late its log is."""

import threading
import time
from datetime import datetime
from typing import Any, Final

import msgspec
import structlog
from psycopg import Connection

log = structlog.get_logger()

_APPENDERS: Final = """
SELECT pid, transaction::text, application_name, extract(epoch FROM clock_timestamp() - begun_at)::float8
FROM ledger.appenders()
"""
_OLDEST_TRANSACTION: Final = """
SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8
FROM pg_stat_activity
WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
ORDER BY xact_start LIMIT 1
"""


_LOG: Final = """
SELECT size, position, (
    SELECT count(*) FROM (
        SELECT FROM ledger.events WHERE notification_id > position AND notification_id <= %s
        ORDER BY notification_id LIMIT %s
    ) AS unleaved
), (SELECT made_at FROM ledger.checkpoints ORDER BY number DESC LIMIT 1)
FROM ledger.tree
"""


class LogState(msgspec.Struct, frozen=True, kw_only=True):
    """How far the Merkle log has come."""

    size: int
    position: int
    lag_events: int
    """Settled facts that it has not taken in, counted up to a bound."""
    checkpoint_seconds: float | None
    """Age of the newest checkpoint; None when there is none."""


def log_state(connection: Connection[Any], last_position: int, now: datetime, *, events_max: int) -> LogState:
    """How far the Merkle log has come at an instant, given the ledger's last settled position."""
    row = connection.execute(_LOG, (last_position, events_max)).fetchone()
    assert row is not None, "a migrated ledger has a log"
    size, position, lag, made_at = row
    age = None if made_at is None else max(0.0, (now - made_at).total_seconds())
    return LogState(size=size, position=position, lag_events=lag, checkpoint_seconds=age)


class Appender(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction that is appending: readers stop before it."""

    pid: int
    application_name: str
    """Empty where the database does not tell it to our role."""
    seconds: float
    """Since it began or, where that is not told, since it was first seen here."""


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction of the database, whatever it does."""

    pid: int
    seconds: float


def oldest_transaction(connection: Connection[Any]) -> Transaction | None:
    """The oldest transaction of the database of which our role is told the hour; None when there is no other."""
    row = connection.execute(_OLDEST_TRANSACTION).fetchone()
    return None if row is None else Transaction(pid=row[0], seconds=row[1])


class AppenderWatch:
    """Looks who appends, and says once of each appender that it is stuck; shared by the threads of a process."""

    def __init__(self, seconds_max: float) -> None:
        self.seconds_max = seconds_max
        self._lock = threading.Lock()
        self._first_seen: dict[tuple[int, str], float] = {}
        self._told: set[tuple[int, str]] = set()

    def run_once(self, connection: Connection[Any]) -> int:
        """Look, and log who is stuck; the number of those (the worker calls it as it does its reactions)."""
        return len(self.stuck(self.look(connection)))

    def look(self, connection: Connection[Any]) -> tuple[Appender, ...]:
        """Who appends at this moment, the oldest first."""
        rows = connection.execute(_APPENDERS).fetchall()
        now = time.monotonic()
        with self._lock:
            self._first_seen = {(pid, number): self._first_seen.get((pid, number), now) for pid, number, *_ in rows}
            self._told &= self._first_seen.keys()
            found = {
                (pid, number): Appender(
                    pid=pid,
                    application_name=name or "",
                    seconds=now - self._first_seen[pid, number] if seconds is None else seconds,
                )
                for pid, number, name, seconds in rows
            }
            news = [key for key in found if found[key].seconds > self.seconds_max and key not in self._told]
            self._told.update(news)
        for key in news:
            log.warning("an appender is stuck and holds all readers back", **msgspec.structs.asdict(found[key]))
        return tuple(sorted(found.values(), key=lambda each: -each.seconds))

    def stuck(self, appenders: tuple[Appender, ...]) -> tuple[Appender, ...]:
        """Those that have appended for longer than the bound."""
        return tuple(each for each in appenders if each.seconds > self.seconds_max)
