"""A case as readers see it; what a reader may not see is not in the history it is made of."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from api.as_of import AsAsked, Known
from domain.acts import Stage
from domain.assessment import findings_of
from domain.case import (
    STATUS_TITLES,
    Appeal,
    Case,
    Decision,
    Document,
    Hearing,
    Litigation,
    Message,
    MissingItems,
    Opinion,
    Routing,
    Status,
)
from domain.clocks import Clock
from domain.events import AcknowledgementIssued, DecisionProposed, NoteAdded
from domain.findings import CRITERION_TITLES, Assessment, Finding, RuleId
from domain.law import Law
from domain.law_in_french import LAW_IN_FRENCH
from domain.procedures import PROCEDURES, Procedure
from domain.provisions import Nature
from domain.request import Request
from ledger.histories import CaseHistory


class CaseView(AsAsked, frozen=True, kw_only=True):
    """A case as known at an instant."""

    id: UUID
    number: str
    version: int
    position: int
    status: Status
    status_title: str
    procedure: Procedure
    procedure_title: str
    articles: str
    filed_on: date
    request: Request
    stage: Stage
    routing: Routing | None
    acknowledgement: AcknowledgementIssued | None
    assignee: str | None
    assignee_name: str
    documents: tuple[Document, ...]
    missing_items: tuple[MissingItems, ...]
    opinions: tuple[Opinion, ...]
    findings: tuple[Assessment, ...]
    proposal: DecisionProposed | None
    decisions: tuple[Decision, ...]
    hearings: tuple[Hearing, ...]
    appeals: tuple[Appeal, ...]
    litigation: tuple[Litigation, ...]
    messages: tuple[Message, ...]
    next_deadline: Clock | None
    on_hold: bool
    stale: bool = False
    """True when the position asked for with `at_least` was not reached in time."""


def view_of(known: Known, next_deadline: Clock | None) -> CaseView:
    """A case as its reader may know it."""
    history = known.history
    case: Case = history.case
    return CaseView(
        id=case.id,
        number=case.number,
        version=case.version,
        position=history.facts[-1].position or 0,
        status=case.status,
        status_title=STATUS_TITLES[case.status],
        procedure=case.procedure,
        procedure_title=PROCEDURES[case.procedure].title,
        articles=PROCEDURES[case.procedure].articles,
        filed_on=case.filed_on,
        request=case.request,
        stage=case.stage,
        routing=case.routing,
        acknowledgement=case.acknowledgement,
        assignee=case.assignee,
        assignee_name=case.assignee_name,
        documents=tuple(case.documents.values()),
        missing_items=case.missing_items,
        opinions=case.opinions,
        findings=tuple(case.findings.values()),
        proposal=case.proposal.event if case.proposal else None,
        decisions=case.decisions,
        hearings=case.hearings,
        appeals=case.appeals,
        litigation=case.litigation,
        messages=case.messages,
        next_deadline=next_deadline,
        on_hold=bool(case.holds),
        **known.asked,
    )


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition of the text in force, as computed and as assessed."""

    rule: RuleId
    title: str
    text: str
    """The text restated in a sentence of ours."""
    nature: Nature
    """Whether an unmet condition obliges to refuse, allows it, or is weighed with the others."""
    mark: str
    computed: Finding
    assessment: Assessment | None


def conditions_of(case: Case, law: Law) -> tuple[Condition, ...]:
    """Each condition that a decision of a day is judged by, as the rule finds it and as it was assessed."""
    return tuple(
        Condition(
            rule=rule.id,
            title=CRITERION_TITLES[criterion],
            text=LAW_IN_FRENCH[rule.provision.name],
            nature=rule.nature,
            mark=rule.provision.mark,
            computed=finding,
            assessment=case.findings.get(criterion),
        )
        for criterion, (rule, finding) in findings_of(case, law).items()
    )


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """An internal note, as long as its text may be read."""

    version: int
    text: str
    author: str
    quality: str
    recorded_at: datetime


def notes_of(history: CaseHistory) -> tuple[Note, ...]:
    """The internal notes of a case, oldest first."""
    return tuple(
        Note(
            version=fact.version,
            text=fact.event.text,
            author=fact.actor.name,
            quality=fact.actor.quality,
            recorded_at=fact.recorded_at,
        )
        for fact in history.facts
        if isinstance(fact.event, NoteAdded)
    )
