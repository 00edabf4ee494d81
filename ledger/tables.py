"""The reference tables of a day, as published by an instant; the administration's stream is the truth for all."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, cast

from domain.events import AdministrationEvent, CaseEvent, ReferencePublished
from domain.reference import Reference
from domain.reference.published import newest_in_effect, reference_in_force
from ledger.facts import Recorded

KEPT_MAX: Final = 64
"""Sets of tables kept in memory: one per set of versions that some day asked for."""


class Tables:
    """The shipped tables and everything published since; learns in the order of the stream."""

    def __init__(self, shipped: Reference) -> None:
        self.shipped = shipped
        self.published: tuple[Recorded[ReferencePublished], ...] = ()
        self._made: dict[frozenset[tuple[str, str]], Reference] = {}

    def learn(self, facts: Iterable[Recorded[CaseEvent | AdministrationEvent]]) -> None:
        """Take in what the administration has recorded since."""
        news = tuple(
            cast(Recorded[ReferencePublished], fact) for fact in facts if isinstance(fact.event, ReferencePublished)
        )
        if news:
            self.published = (*self.published, *news)

    def on(self, day: date, *, as_of: datetime | None = None, position: int | None = None) -> Reference:
        """The tables in force on a day, by what was published up to an instant, or up to a place in the log."""
        events = [
            fact.event
            for fact in self.published
            if (as_of is None or fact.recorded_at <= as_of) and (position is None or (fact.position or 0) <= position)
        ]
        newest = newest_in_effect(events, day)
        if not newest:
            return self.shipped
        key = frozenset((each.table, each.version) for each in newest.values())
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= KEPT_MAX:
                self._made.clear()
            made = self._made[key] = reference_in_force(self.shipped, events, day)
        return made
