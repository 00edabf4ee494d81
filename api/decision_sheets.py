"""Decision sheets: exactly what whoever decided had before them, and nothing that came later."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES
from api.as_of import Known
from api.seen import conditions_withheld
from api.views import CaseView, Condition, Note, conditions_of, notes_of, view_of
from domain.acts import Delegation
from domain.administration import Right
from domain.case import Decision
from domain.clocks import Clock, clocks, first_to_act_on
from domain.envelope import Actor
from domain.events import CaseEvent
from domain.law import Law
from domain.notices import Notice, notices_of
from domain.refusals import Refused
from domain.sentences import articles, sentence
from domain.taken import before, fact_that_took
from domain.traceability import Who
from ledger.desk import Decided, Desk
from ledger.facts import Recorded
from ledger.histories import CaseHistory, CaseUnknown, case_facts, folded


class SheetLine(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that the decider could read, in one sentence."""

    version: int
    type: str
    sentence: str
    articles: tuple[str, ...]
    by: Who
    recorded_at: datetime


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What was before whoever decided."""

    version: int
    """Of the case: no later fact is in here."""
    instant: datetime
    """Of the decision, or the last one before silence became it."""
    today: date
    """The day by which clocks and conditions are counted."""
    case: CaseView
    """With all documents, their versions and hashes, opinions, findings, proposal and requests for items."""
    clocks: tuple[Clock, ...]
    conditions: tuple[Condition, ...]
    """As the rules in force that day compute them, beside what was assessed."""
    notices: tuple[Notice, ...]
    notes: tuple[Note, ...]
    history: tuple[SheetLine, ...]
    reference_versions: Mapping[str, str]
    """The tables in force that day, as published by then."""
    delegations: tuple[Delegation, ...]
    """Those of the platform, as recorded by then."""
    rights: tuple[Right, ...]
    """Those of whoever acted on the case or decided it, as recorded by then."""


class DecisionRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """The decision itself, as it was taken."""

    version: int
    position: int
    type: str
    hash: str
    """Of the fact, in hexadecimal."""
    recorded_at: datetime
    recorded_by: Who
    decision: Decision


class DecisionSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What was held when a decision was taken and, apart, the decision; nothing in it changes afterwards."""

    case: UUID
    decision: str
    held: Held
    taken: DecisionRecorded


@get(
    "/decision-sheets/{decision:str}",
    sync_to_thread=True,
    operation_id="DecisionSheet",
    summary="La fiche d'une décision : ce que le décideur avait sous les yeux",
    responses=READ_RESPONSES,
)
def decision_sheet(
    case_id: FromPath[UUID], decision: FromPath[str], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> DecisionSheet:
    """The case at the version just before the fact that took the decision, with the law, the tables, the rights and the
    delegations as recorded by then; of silence, what was held the moment it became a decision.

    Only the erasure of a person changes it afterwards: what is erased can be read nowhere.
    """
    history = desk.history(case_id)
    caller.must_know(history.case)
    facts = case_facts(caller.seen(history))
    try:
        fact = fact_that_took(facts, decision)
    except Refused as unknown:
        raise CaseUnknown from unknown
    after = folded([each.event for each in facts if each.version <= fact.version], case_id)
    return DecisionSheet(
        case=case_id,
        decision=decision,
        held=_held(caller, facts, fact, desk.decided()),
        taken=DecisionRecorded(
            version=fact.version,
            position=fact.position or 0,
            type=fact.type,
            hash=fact.hash.hex(),
            recorded_at=fact.recorded_at,
            recorded_by=_who(fact.actor),
            decision=after.decision(decision),
        ),
    )


def _held(caller: Caller, facts: tuple[Recorded[CaseEvent], ...], fact: Recorded[CaseEvent], decided: Decided) -> Held:
    """What was recorded before a decision, as it reads over the wire."""
    held = before(facts, fact, decided)
    known = folded([each.event for each in held.facts], fact.stream)
    history = CaseHistory.of(msgspec.structs.replace(known, version=held.facts[-1].version), held.facts)
    case, law = history.case, Law(today=held.day, reference=held.reference)
    counted = clocks(case, held.day, held.reference)
    withheld = conditions_withheld(caller.actor, case)
    as_known = Known(history=history, as_of=None, legal_as_of=None, differs=None)
    acted = {each.actor.identity for each in (*held.facts, fact)}
    platform = case.routing.platform if case.routing else None
    return Held(
        version=held.facts[-1].version,
        instant=held.instant,
        today=held.day,
        case=view_of(as_known, first_to_act_on(counted)),
        clocks=counted,
        conditions=tuple(each for each in conditions_of(case, law) if each.rule.criterion not in withheld),
        notices=notices_of(case, law),
        notes=notes_of(history),
        history=tuple(map(_line, held.facts)),
        reference_versions=dict(held.reference.versions),
        delegations=tuple(each for each in held.administration.delegations if each.platform == platform),
        rights=tuple(each for each in held.administration.rights if each.identity in acted),
    )


def _line(fact: Recorded[CaseEvent]) -> SheetLine:
    return SheetLine(
        version=fact.version,
        type=fact.type,
        sentence=sentence(fact.event),
        articles=articles(fact.event),
        by=_who(fact.actor),
        recorded_at=fact.recorded_at,
    )


def _who(actor: Actor) -> Who:
    return Who(identity=actor.identity, name=actor.name, quality=actor.quality, service=actor.service)


def router() -> Router:
    """Routes under /api/cases/{case_id}."""
    return Router("/api/cases/{case_id:uuid}", route_handlers=[decision_sheet], tags=["Audit"])
