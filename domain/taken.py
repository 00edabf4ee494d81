"""A decision at the moment it was taken: the fact that took it, the case just before, and what was in force around."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

import msgspec

from domain.acts import SignedDecision
from domain.administration import Administration
from domain.case import PARIS, Case, Decision
from domain.context import Context
from domain.envelope import Actor, Event
from domain.events import CaseEvent, CriterionAssessed, FindingOverridden, ImplicitDecisionArisen
from domain.findings import Criterion
from domain.fold import evolve, replay
from domain.reference import Reference
from domain.refusals import Refused


class Fact(Protocol):
    """A recorded fact, as far as a judgement looks at what surrounds it."""

    @property
    def version(self) -> int: ...

    @property
    def event(self) -> CaseEvent: ...

    @property
    def actor(self) -> Actor: ...

    @property
    def recorded_at(self) -> datetime: ...


class LedgerFact(Fact, Protocol):
    """A recorded fact with its place in the whole ledger and its hash."""

    @property
    def stream(self) -> UUID: ...

    @property
    def position(self) -> int | None: ...

    @property
    def hash(self) -> bytes: ...


class Tables(Protocol):
    """The reference tables of any day, by what was published up to an instant or a place in the log."""

    def on(self, day: date, *, as_of: datetime | None = None, position: int | None = None) -> Reference: ...


class Records(Protocol):
    """What the administration has decided and published, as far as it was known at any moment."""

    @property
    def tables(self) -> Tables: ...

    def known(self, *, as_of: datetime | None = None, before: int | None = None) -> Administration: ...


F = TypeVar("F", bound=Fact)
L = TypeVar("L", bound=LedgerFact)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the administration had decided, when the decision was recorded and since."""

    administration: Administration
    """As recorded today."""
    administration_then: Administration
    """As recorded when the decision was."""
    reference: Reference
    """The tables of the day the decision was recorded, as published by then."""
    reference_today: Reference
    same_program: bool
    """Whether the version of smoe that recorded the decision is this one, with the same tables shipped."""
    today: date


class Taken:
    """A decision of a case with everything a judgement of how it was taken may look at. Raises Refused if unknown."""

    def __init__(self, stream: UUID, facts: Sequence[Fact], decision: str, around: Surroundings) -> None:
        self.facts = facts
        self.around = around
        self.fact = fact_that_took(facts, decision)
        earlier = facts[: self.fact.version - 1]
        before = replay((fact.event for fact in earlier), stream)
        assert before is not None, "a decision comes after the filing"
        self.earlier = earlier
        self.before: Case = before
        """The case that the decision was taken on."""
        self.after: Case = evolve(before, self.fact.event, stream)
        self.then: Decision = self.after.decision(decision)
        """The decision as it was taken."""
        now = replay((fact.event for fact in facts[self.fact.version :]), stream, self.after)
        assert now is not None
        self.case: Case = now
        """The case as it stands."""

    @property
    def decision(self) -> Decision:
        """The decision with what has happened to it since."""
        return self.case.decision(self.then.id)

    @property
    def signed(self) -> SignedDecision | None:
        """What was signed; None for what silence made."""
        return self.then.signed

    @property
    def day(self) -> date:
        """The day in Paris on which the decision was recorded."""
        return day_of(self.fact)

    @property
    def context(self) -> Context:
        """What requirements of form may look at: the hour of the decision, the administration of today."""
        return Context(
            now=self.fact.recorded_at,
            actor=self.fact.actor,
            reference=self.around.reference,
            administration=self.around.administration,
            id=UUID(int=0),
        )

    @cached_property
    def assessed_by(self) -> Mapping[Criterion, Fact]:
        """The last fact before the decision that assessed each condition."""
        found: dict[Criterion, Fact] = {}
        for fact in self.earlier:
            match fact.event:
                case CriterionAssessed(assessment=assessment):
                    found[assessment.rule.criterion] = fact
                case FindingOverridden(criterion=criterion):
                    found[criterion] = fact
                case _:
                    pass
        return found


def decision_taken(event: Event) -> str | None:
    """The decision that a fact takes, express or born of silence; None for all others."""
    if isinstance(event, ImplicitDecisionArisen):
        return event.decision
    signed = getattr(event, "decision", None)
    return signed.decision if isinstance(signed, SignedDecision) else None


def fact_that_took(facts: Sequence[F], decision: str) -> F:
    """The fact that took a decision; refused when the case has none of that identifier."""
    found = next((fact for fact in facts if decision_taken(fact.event) == decision), None)
    if found is None:
        raise Refused("decision_unknown")
    return found


def day_of(fact: Fact) -> date:
    """The day in Paris on which a fact was recorded."""
    return fact.recorded_at.astimezone(PARIS).date()


def last_instant_of(day: date) -> datetime:
    """The last instant of a day in Paris that a fact can be recorded at."""
    next_day = day + timedelta(days=1)
    return datetime(next_day.year, next_day.month, next_day.day, tzinfo=PARIS) - timedelta(microseconds=1)


class Before(NamedTuple, Generic[L]):
    """What whoever took a decision had before them."""

    facts: tuple[L, ...]
    instant: datetime
    """Of the decision, or the last one before silence became it."""
    day: date
    """The day by which clocks and conditions are counted."""
    administration: Administration
    reference: Reference


def before(facts: Sequence[L], taking: L, records: Records) -> Before[L]:
    """What was recorded before a decision: before its fact in the log, or before the midnight at which silence decided.

    A case filed on paper may have been recorded after that midnight: its filing is then all that is held.
    """
    earlier = tuple(each for each in facts if each.version < taking.version)
    if isinstance(taking.event, ImplicitDecisionArisen):
        day = taking.event.arisen_on
        instant = max(last_instant_of(day), facts[0].recorded_at)
        return Before(
            facts=tuple(each for each in earlier if each.recorded_at <= instant),
            instant=instant,
            day=day,
            administration=records.known(as_of=instant),
            reference=records.tables.on(day, as_of=instant),
        )
    day, position = day_of(taking), taking.position or 0
    return Before(
        facts=earlier,
        instant=taking.recorded_at,
        day=day,
        administration=records.known(before=position),
        reference=records.tables.on(day, position=position),
    )
