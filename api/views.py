"""A case as readers see it: whole for the services, without what is internal for those who filed it."""

from datetime import date
from typing import Final
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
from ledger.desk import CaseHistory
from projections.history import HistoryRow

INTERNAL_EVENTS: Final = frozenset(
    {
        "NoteAdded",
        "CaseClaimed",
        "CaseReleased",
        "CaseAssigned",
        "OpinionRequested",
        "OpinionGiven",
        "CriterionAssessed",
        "FindingOverridden",
        "DecisionProposed",
        "ProposalReturned",
        "GroundSubstituted",
        "LegalHoldPlaced",
        "LegalHoldLifted",
    }
)
"""Facts that prepare a decision: those who filed the request do not read them here."""


INTERNAL_CLOCKS: Final = frozenset({"OPINION"})
"""Time limits of what is internal: those who filed the request do not read them either."""


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


def view_of(history: CaseHistory, next_deadline: Clock | None, *, whole: bool) -> CaseView:
    """What a reader sees of a case; `whole` for the services."""
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
        assignee=case.assignee if whole else None,
        assignee_name=case.assignee_name if whole else "",
        documents=tuple(case.documents.values()),
        missing_items=case.missing_items,
        opinions=case.opinions if whole else (),
        findings=tuple(case.findings.values()) if whole else (),
        proposal=case.proposal.event if whole and case.proposal else None,
        decisions=case.decisions if whole else tuple(d for d in case.decisions if _is_known_outside(d)),
        hearings=case.hearings,
        appeals=case.appeals,
        litigation=case.litigation,
        messages=case.messages if whole else (),
        next_deadline=next_deadline,
        on_hold=bool(case.holds) if whole else False,
    )


def _is_known_outside(decision: Decision) -> bool:
    """Whether a decision has left the service: made available, or born of silence."""
    return bool(decision.notified) or decision.is_implicit


def is_withheld(line: HistoryRow, case: Case) -> bool:
    """Whether a line is not for those who filed: internal, or a signed decision that nobody was shown yet."""
    signed = line.detail.get("decision")
    unseen = {decision.id for decision in case.decisions if not _is_known_outside(decision)}
    return line.type in INTERNAL_EVENTS or (isinstance(signed, dict) and signed.get("decision") in unseen)
