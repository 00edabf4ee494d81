"""A case as readers see it; what a reader may not see is not in the history it is made of."""

from datetime import date
from uuid import UUID

import msgspec

from domain.acts import Stage
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
from domain.events import AcknowledgementIssued, DecisionProposed
from domain.findings import Assessment
from domain.procedures import PROCEDURES, Procedure
from domain.request import Request
from ledger.histories import CaseHistory


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
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


def view_of(history: CaseHistory, next_deadline: Clock | None) -> CaseView:
    """The case of a history, as its reader may know it."""
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
    )
