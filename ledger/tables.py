"""The reference tables of a day, as published by an instant; the administration's stream is the truth for all."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, cast

import msgspec

from domain.events import AdministrationEvent, CaseEvent, ReferencePublished, RegisterEvent
from domain.reference import Reference
from domain.reference.published import newest_in_effect, reference_in_force
from ledger.facts import Recorded

KEPT_MAX: Final = 64
"""Sets of tables kept in memory: one per set of versions that some day asked for."""


class TablesInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The tables of a day, and by name the publication of each that did not come with smoe."""

    reference: Reference
    publications: Mapping[str, Recorded[ReferencePublished]]


class Tables:
    """The shipped tables and everything published up to a fact of the administration; safe to share between threads."""

    def __init__(self, shipped: Reference) -> None:
        self.shipped = shipped
        self.published: tuple[Recorded[ReferencePublished], ...] = ()
        self._made: dict[frozenset[tuple[str, str]], Reference] = {}

    def and_then(self, facts: Iterable[Recorded[CaseEvent | AdministrationEvent | RegisterEvent]]) -> "Tables":
        """With what the administration has recorded since, in the order of its stream."""
        news = tuple(
            cast(Recorded[ReferencePublished], fact) for fact in facts if isinstance(fact.event, ReferencePublished)
        )
        if not news:
            return self
        after = Tables(self.shipped)
        after.published = (*self.published, *news)
        # A set of versions has the same content before and after.
        after._made = self._made
        return after

    def on(self, day: date, *, as_of: datetime | None = None, position: int | None = None) -> Reference:
        """The tables in force on a day, by what was published up to an instant, or up to a place in the log."""
        return self._made_of(
            [
                fact.event
                for fact in self.published
                if (as_of is None or fact.recorded_at <= as_of)
                and (position is None or (fact.position or 0) <= position)
            ],
            day,
        )

    def in_force(self, day: date) -> TablesInForce:
        """The tables in force on a day with who published them, all from one state of the publications."""
        facts = self.published
        events = [fact.event for fact in facts]
        newest = newest_in_effect(events, day)
        return TablesInForce(
            reference=self._made_of(events, day),
            publications={fact.event.table: fact for fact in facts if newest.get(fact.event.table) is fact.event},
        )

    def _made_of(self, events: list[ReferencePublished], day: date) -> Reference:
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
