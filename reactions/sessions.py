"""Sessions that have ended by themselves, and what has served once, are forgotten."""

from datetime import timedelta
from typing import Any

from psycopg import Connection

from ledger.facts import Clock, utc_now


class EndedSessions:
    """Deletes what no process would take any more."""

    def __init__(self, idle_seconds: int, clock: Clock = utc_now) -> None:
        self._idle = timedelta(seconds=idle_seconds)
        self._clock = clock

    def run_once(self, connection: Connection[Any]) -> int:
        """Forget all that has ended; how much that was."""
        now = self._clock()
        ended = connection.execute(
            "DELETE FROM identity.sessions WHERE ends_at <= %s OR seen_at <= %s", (now, now - self._idle)
        )
        used = connection.execute("DELETE FROM identity.used WHERE until <= %s", (now,))
        return ended.rowcount + used.rowcount
