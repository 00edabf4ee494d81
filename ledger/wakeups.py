"""Wake-ups: whoever appends says how far the ledger goes, whoever follows it hears; any of them may be lost."""

import threading
import time
from contextlib import suppress
from typing import Any, Final

import psycopg
from psycopg import Connection

from ledger import telemetry

CHANNEL: Final = "smoe_ledger"
SPACING_SECONDS: Final = 0.005
"""The shortest time between two wake-ups of one sender."""
HEARTBEAT_SECONDS: Final = 0.1
"""After which a follower looks for itself: what a lost wake-up costs at most."""
DIGITS_MAX: Final = 19
"""Of a position."""
RECONNECT_SECONDS: Final = 1.0
CONNECT_SECONDS_MAX: Final = 2


class Wakeups:
    """Sends wake-ups from a thread of its own, started at the first one: whoever appends never waits for it.

    A wake-up carries the highest position of those that came together; it is dropped while the server is away.
    """

    def __init__(self, database_url: str, *, spacing_seconds: float = SPACING_SECONDS) -> None:
        self.database_url = database_url
        self.spacing_seconds = spacing_seconds
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._ended = threading.Event()
        self._highest = 0
        self._thread: threading.Thread | None = None

    def send(self, position: int) -> None:
        """Wake whoever follows, soon; returns at once and never raises."""
        with self._lock:
            self._highest = max(self._highest, position)
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._send_all, name="smoe-wakeups", daemon=True)
                self._thread.start()
        self._due.set()

    def close(self) -> None:
        """Send what is due, then end the thread and its connection."""
        with self._lock:
            self._ended.set()
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _send_all(self) -> None:
        connection: Connection[Any] | None = None
        while True:
            self._due.wait()
            self._due.clear()
            ended = self._ended.is_set()
            try:
                if connection is None:
                    connection = _connected(self.database_url, "smoe-wakeups")
                    # A notification is a transaction, which would wait for the disk; nothing is lost with a lost one.
                    connection.execute("SET synchronous_commit = off")
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(self._highest)))
                telemetry.woke_followers()
            except psycopg.Error:
                # Followers look for themselves meanwhile.
                if connection is not None:
                    connection.close()
                connection = None
            if ended:
                break
            self._ended.wait(self.spacing_seconds if connection is not None else RECONNECT_SECONDS)
        if connection is not None:
            connection.close()


class Listener:
    """Hears wake-ups on a connection of its own; while that is lost it hears nothing, and the heartbeat has to do.

    One thread waits at a time; any may close it.
    """

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.heard = 0
        """The highest position heard of."""
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._connection: Connection[Any] | None = None
        self._retry_at = float("-inf")

    def wait(self, seconds: float) -> bool:
        """Wait for a wake-up, this long at most; whether there was one. Returns at once when closed."""
        until = time.monotonic() + seconds
        with self._lock:
            # In pieces, so that closing is noticed.
            while not self._ended.is_set() and (left := until - time.monotonic()) > 0:
                if self._heard_within(min(left, HEARTBEAT_SECONDS)):
                    return True
        return False

    def close(self) -> None:
        """End the wait that may be going on, and the connection."""
        self._ended.set()
        with self._lock:
            self._drop()

    def _heard_within(self, seconds: float) -> bool:
        try:
            connection = self._listening()
            if connection is None:
                self._ended.wait(seconds)
                return False
            heard = [note.payload for note in connection.notifies(timeout=seconds, stop_after=1)]
        except psycopg.Error:
            self._drop()
            return False
        # Anybody may notify on our channel: what is no number wakes, and tells nothing.
        positions = [int(text) for text in heard if len(text) <= DIGITS_MAX and text.isdecimal()]
        self.heard = max([self.heard, *positions])
        return bool(heard)

    def _listening(self) -> Connection[Any] | None:
        if self._connection is None:
            if time.monotonic() < self._retry_at:
                return None
            self._retry_at = time.monotonic() + RECONNECT_SECONDS
            self._connection = _connected(self.database_url, "smoe-listener")
            self._connection.execute(f"LISTEN {CHANNEL}")
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


def _connected(database_url: str, name: str) -> Connection[Any]:
    return psycopg.connect(database_url, autocommit=True, application_name=name, connect_timeout=CONNECT_SECONDS_MAX)
