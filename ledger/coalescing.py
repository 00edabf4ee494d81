"""Appends that threads of one process make at the same time: one of them carries all out in one commit."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from ledger.appending import Append, Positions

BATCH_MAX: Final = 64
"""Appends in one statement."""
FLIGHTS: Final = 1
"""Statements under way at the same time: while one waits for the disk, the next is gathered."""

Write = Callable[[Sequence[Append]], list[Positions | Exception]]


class _Ticket:
    """An append that waits for its outcome; woken without one, it is its turn to carry out what waits."""

    __slots__ = ("append", "outcome", "woken")

    def __init__(self, append: Append) -> None:
        self.append = append
        self.outcome: Positions | BaseException | None = None
        self.woken = threading.Lock()
        self.woken.acquire()


class Coalescer:
    """Gathers what waits while a statement is under way; whoever comes when none is, leads."""

    def __init__(self, write: Write, flights: int = FLIGHTS) -> None:
        self._write = write
        self._flights = flights
        self._flying = 0
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket] = deque()

    def append(self, append: Append) -> Positions:
        """Append with whatever else waits; raises what the append by itself would."""
        ticket = _Ticket(append)
        with self._lock:
            leads = self._flying < self._flights
            if leads:
                self._flying += 1
            else:
                self._waiting.append(ticket)
        if not leads:
            ticket.woken.acquire()
        if ticket.outcome is None:
            self._lead(ticket)
        outcome = ticket.outcome
        if isinstance(outcome, BaseException):
            raise outcome
        assert outcome is not None
        return outcome

    def _lead(self, own: _Ticket) -> None:
        """Carry out one's own append and those that wait, tell them, and hand over to the first of the next."""
        with self._lock:
            batch = self._gathered(own)
        outcomes: Sequence[Positions | BaseException]
        try:
            outcomes = self._write([ticket.append for ticket in batch])
        except BaseException as bug:
            # Whoever waits must not wait for ever.
            outcomes = [bug] * len(batch)
        for ticket, outcome in zip(batch, outcomes, strict=True):
            ticket.outcome = outcome
        with self._lock:
            following = self._waiting.popleft() if self._waiting else None
            if following is None:
                self._flying -= 1
        for ticket in batch:
            if ticket is not own:
                ticket.woken.release()
        if following is not None:
            following.woken.release()

    def _gathered(self, own: _Ticket) -> list[_Ticket]:
        """At most one append a stream: a second would continue the first, which no statement sees before its commit."""
        batch, left, streams = [own], [], {own.append.stream}
        while self._waiting and len(batch) < BATCH_MAX:
            ticket = self._waiting.popleft()
            if ticket.append.stream in streams:
                left.append(ticket)
            else:
                streams.add(ticket.append.stream)
                batch.append(ticket)
        self._waiting.extendleft(reversed(left))
        return batch
