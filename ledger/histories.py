"""Cases with the facts they are made of, and those of late kept folded, so that a command reads only what is new."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeAlias, cast, get_args
from uuid import UUID

from domain.case import PARIS, Case
from domain.events import AdministrationEvent, CaseEvent, RegisterEvent, RequestFiled
from domain.fold import replay
from ledger.facts import FIRST_HASH, Recorded

AnyEvent: TypeAlias = CaseEvent | AdministrationEvent | RegisterEvent
Facts: TypeAlias = tuple[Recorded[AnyEvent], ...]
CASES_KEPT_MAX: Final = 2_000
"""Some ten kilobytes each."""
CASE_EVENTS: Final[frozenset[type]] = frozenset(get_args(CaseEvent))


class CaseUnknown(Exception):
    """No case has this identifier, or the actor may not know that it exists."""


class CaseHistory:
    """A case with the facts it is made of, which are decoded, or read again, when they are asked for."""

    __slots__ = ("_facts", "_read", "case", "head")

    def __init__(self, case: Case, head: bytes, read: Callable[[], Facts]) -> None:
        self.case = case
        self.head = head
        """The hash of the newest fact."""
        self._read = read
        self._facts: Facts | None = None

    @classmethod
    def of(cls, case: Case, facts: Facts) -> "CaseHistory":
        """A case with facts at hand."""
        return cls(case, facts[-1].hash, lambda: facts)

    @property
    def facts(self) -> Facts:
        """The facts, oldest first. Raises LedgerAltered, StoredEventInvalid."""
        if self._facts is None:
            self._facts = self._read()
        return self._facts

    def as_known(self, *, as_of: datetime | None = None, legal_as_of: date | None = None) -> "CaseHistory":
        """The case made of the facts recorded by an instant, and of those in effect by a day. Raises CaseUnknown."""
        facts = tuple(
            fact
            for fact in self.facts
            if (as_of is None or fact.recorded_at <= as_of)
            and (legal_as_of is None or (fact.legal_date or fact.recorded_at.astimezone(PARIS).date()) <= legal_as_of)
        )
        return CaseHistory.of(folded([fact.event for fact in facts], self.case.id), facts)

    def and_then(self, case: Case, facts: Facts) -> "CaseHistory":
        """The case after these facts."""
        return CaseHistory(case, facts[-1].hash, lambda: (*self.facts, *facts))


def case_facts(history: CaseHistory) -> tuple[Recorded[CaseEvent], ...]:
    """The facts of a case, typed as what they are. Raises LedgerAltered, StoredEventInvalid."""
    return cast(tuple[Recorded[CaseEvent], ...], history.facts)


def folded(events: list[AnyEvent] | tuple[AnyEvent, ...], case_id: UUID, start: Case | None = None) -> Case:
    """The case after these events, from nothing or from an earlier state. Raises CaseUnknown."""
    if start is None and (not events or type(events[0]) is not RequestFiled):
        raise CaseUnknown
    assert CASE_EVENTS.issuperset(map(type, events)), "a stream of a case holds facts of cases"
    case = replay(events, case_id, start)  # type: ignore[arg-type]
    assert case is not None
    return case


class FoldedCases:
    """The cases that were worked on of late: state, version and hash; safe to share between threads.

    They hold opened personal fields: `forget` is called whenever a key may have been destroyed, and whenever another
    server may answer; what was folded before that is not kept after it.
    """

    def __init__(self, most: int = CASES_KEPT_MAX) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._cases: OrderedDict[UUID, tuple[Case, bytes]] = OrderedDict()
        self._forgotten = 0

    @property
    def moment(self) -> int:
        """How often all was forgotten: told to `keep`, it says before which of these times a case was read."""
        return self._forgotten

    def get(self, case_id: UUID) -> tuple[Case | None, bytes]:
        """A case as it was last seen with its newest hash; (None, FIRST_HASH) when it is not at hand."""
        with self._lock:
            found = self._cases.get(case_id)
            if found is None:
                return None, FIRST_HASH
            self._cases.move_to_end(case_id)
            return found

    def keep(self, case: Case, head: bytes, moment: int) -> None:
        """Keep a case, unless a newer state of it is here or all was forgotten since it was read."""
        with self._lock:
            known = self._cases.get(case.id)
            if moment != self._forgotten or (known is not None and known[0].version > case.version):
                return
            self._cases[case.id] = (case, head)
            self._cases.move_to_end(case.id)
            if len(self._cases) > self._most:
                self._cases.popitem(last=False)

    def forget(self) -> None:
        """Let go of all."""
        with self._lock:
            self._forgotten += 1
            self._cases.clear()
