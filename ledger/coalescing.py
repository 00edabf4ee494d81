"""Appends that threads of one process make at the same time: one of them carries all out in one commit."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from ledger.appending import Append, Positions
from ledger.facts import LedgerUnavailable

BATCH_MAX: Final = 64
"""Appends in one statement."""
BATCH_FACTS_MAX: Final = 1_000
BATCH_BYTES_MAX: Final = 1_000_000
"""Of states, but for an append that has more by itself."""
FLIGHTS: Final = 1
"""Statements under way at the same time: while one waits for the disk, the next is gathered."""
PATIENCE_SECONDS: Final = 0.2
"""A statement that takes longer waits for somebody: an append that is not part of it goes by itself then."""


class Writer(Protocol):
    """What carries appends out."""

    def write(self, appends: Sequence[Append]) -> Sequence[Positions | Exception]:
        """Several in one commit; raises where it cannot say what becomes of each."""

    def write_one(self, append: Append) -> Positions:
        """One by itself."""

    def write_again(self, append: Append) -> Positions:
        """One by itself, which may have been written already."""


class _Ticket:
    """An append that waits; woken without an outcome, it is to lead, or to go by itself."""

    __slots__ = ("append", "leads", "may_be_written", "outcome", "woken")

    def __init__(self, append: Append) -> None:
        self.append = append
        self.leads = False
        self.may_be_written = False
        self.outcome: Positions | Exception | None = None
        self.woken = threading.Lock()
        self.woken.acquire()


class Coalescer:
    """Gathers what waits while a statement is under way; whoever comes when none is, leads."""

    def __init__(self, writer: Writer, flights: int = FLIGHTS) -> None:
        self._writer = writer
        self._flights = flights
        self._flying = 0
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket] = deque()

    def append(self, append: Append) -> Positions:
        """Append with whatever else waits; raises what the append by itself would."""
        ticket = _Ticket(append)
        with self._lock:
            ticket.leads = self._flying < self._flights
            if ticket.leads:
                self._flying += 1
            else:
                self._waiting.append(ticket)
        if not ticket.leads and not self._is_woken(ticket):
            return self._writer.write_one(append)
        if ticket.leads:
            self._lead(ticket)
        if ticket.outcome is None:
            write = self._writer.write_again if ticket.may_be_written else self._writer.write_one
            return write(append)
        if isinstance(ticket.outcome, Exception):
            raise ticket.outcome
        return ticket.outcome

    def _is_woken(self, ticket: _Ticket) -> bool:
        """Wait until somebody has carried it along or calls it to lead; False when its patience ends before."""
        try:
            if ticket.woken.acquire(timeout=PATIENCE_SECONDS):
                return True
            if self._withdraws(ticket):
                return False
            ticket.woken.acquire()
        except BaseException:
            # Those behind must not wait for one that was interrupted.
            if not self._withdraws(ticket) and ticket.leads:
                self._hand_over()
            raise
        return True

    def _withdraws(self, ticket: _Ticket) -> bool:
        """Leave the queue, unless somebody has taken it out."""
        with self._lock:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            return True

    def _lead(self, own: _Ticket) -> None:
        """Carry out one's own append and those that wait, tell them, and hand over to the first of the next."""
        with self._lock:
            batch = self._gathered(own)
        try:
            if len(batch) == 1:
                own.outcome = self._writer.write_one(own.append)
            else:
                self._carry_out(batch)
        finally:
            self._hand_over()
            for ticket in batch:
                if ticket is not own:
                    ticket.woken.release()

    def _carry_out(self, batch: Sequence[_Ticket]) -> None:
        for ticket in batch:
            ticket.may_be_written = True
        try:
            outcomes = self._writer.write([ticket.append for ticket in batch])
        except Exception as failure:
            # It need not be everyone's: each finds its own, in its own thread.
            is_unknown = isinstance(failure, LedgerUnavailable) and failure.lost
            for ticket in batch:
                ticket.may_be_written = is_unknown
            return
        for ticket, outcome in zip(batch, outcomes, strict=True):
            ticket.outcome = outcome

    def _hand_over(self) -> None:
        with self._lock:
            if not self._waiting:
                self._flying -= 1
                return
            following = self._waiting.popleft()
            following.leads = True
        following.woken.release()

    def _gathered(self, own: _Ticket) -> list[_Ticket]:
        """At most one append a stream: a second would continue the first, which no statement sees before its commit."""
        batch, left, streams = [own], [], {own.append.stream}
        facts, size = _weight(own)
        while self._waiting and len(batch) < BATCH_MAX:
            ticket = self._waiting.popleft()
            more, larger = _weight(ticket)
            if ticket.append.stream in streams or facts + more > BATCH_FACTS_MAX or size + larger > BATCH_BYTES_MAX:
                left.append(ticket)
                continue
            streams.add(ticket.append.stream)
            batch.append(ticket)
            facts, size = facts + more, size + larger
        self._waiting.extendleft(reversed(left))
        return batch


def _weight(ticket: _Ticket) -> tuple[int, int]:
    """How many facts, and how many bytes of state."""
    facts = ticket.append.facts
    return len(facts), sum(len(fact.state) for fact in facts)
