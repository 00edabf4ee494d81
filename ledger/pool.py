"""The pool of the ledger's connections: those in use stay at hand, ten times cheaper than what the pool does."""

import threading
import time
from collections import deque
from typing import Any, Final

from eventsourcing.postgres import ConnectionPool
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow

AT_HAND_SECONDS: Final = 5.0
"""How often all that is at hand goes through the pool, which knows how old a connection may become."""


class Pool(ConnectionPool[Connection[DictRow]]):
    """What is given back in good order is lent again at once, the last first, without locks and bookkeeping.

    The pool counts it as lent, so that its greatest size holds; it has it back whenever somebody waits.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._at_hand: deque[Connection[DictRow]] = deque()
        self._hand_in_at = float("-inf")
        self._drained_until = float("-inf")
        self._asking = 0
        self._counting = threading.Lock()

    def getconn(self, timeout: float | None = None) -> Connection[DictRow]:
        """Lend a connection, for which one may have to wait."""
        if (now := time.monotonic()) >= self._hand_in_at:
            self._hand_in_at = now + AT_HAND_SECONDS
            self._hand_in()
        try:
            return self._at_hand.pop()
        except IndexError:
            return self._ask(timeout)

    def _ask(self, timeout: float | None) -> Connection[DictRow]:
        with self._counting:
            self._asking += 1
        try:
            # What was put at hand before we were counted would not be handed in to us.
            return self._at_hand.pop()
        except IndexError:
            return super().getconn(timeout)
        finally:
            with self._counting:
                self._asking -= 1

    def putconn(self, conn: Connection[DictRow]) -> None:
        """Take a connection back."""
        if conn.pgconn.transaction_status != TransactionStatus.IDLE or time.monotonic() < self._drained_until:
            super().putconn(conn)
            return
        self._at_hand.append(conn)
        if self._asking or self.closed:
            self._hand_in()

    def check(self) -> None:
        """Replace the connections that nobody uses and that are broken."""
        self._hand_in()
        super().check()

    def drain(self) -> None:
        """Make all connections anew, those lent when they are given back: they lead where none is wanted any more."""
        # The pool knows which were made before.
        self._drained_until = time.monotonic() + AT_HAND_SECONDS
        self._hand_in()
        super().drain()

    def close(self, timeout: float = 5.0) -> None:
        """Close all connections, those lent when they are given back."""
        super().close(timeout)
        self._hand_in()

    def get_stats(self) -> dict[str, int]:
        """Tell how the pool is used."""
        stats = super().get_stats()
        stats["pool_available"] = stats.get("pool_available", 0) + len(self._at_hand)
        return stats

    def _hand_in(self) -> None:
        while True:
            try:
                connection = self._at_hand.pop()
            except IndexError:
                return
            super().putconn(connection)
