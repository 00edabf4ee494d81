"""What those who file may see of a case: one selection of its facts, from which every answer to them is made."""

from typing import Final

import msgspec

from domain.acts import Addressee, SignedDecision
from domain.case import Case, Status
from domain.envelope import Role
from domain.events import (
    AppealLodged,
    DecisionMadeAvailable,
    LitigationOpened,
    PriorHearingOpened,
    SuspensionOrdered,
)
from ledger.histories import AnyEvent, CaseHistory, folded

FILERS: Final = frozenset({Role.EMPLOYER, Role.MANDATARY, Role.WORKER})

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
        "LegalBasisSubstituted",
        "OfiiNotified",
        "TaxAuthorityNotified",
        "NotificationAcknowledged",
        "NotificationFailed",
        "LegalHoldPlaced",
        "LegalHoldLifted",
    }
)
"""Facts of the services among themselves: those who filed the request do not read them here."""

STATUS_SEEN: Final[dict[Status, Status]] = {
    Status.TO_CLAIM: Status.UNDER_EXAMINATION,
    Status.TO_SIGN: Status.UNDER_EXAMINATION,
}
"""Who holds a case, and whether a decision is ready, is the services' own: for filers it is being examined."""


def seen_by(role: Role, history: CaseHistory) -> CaseHistory:
    """The history as this role may know it: whole for the services, for filers folded again from what they may see.

    Hidden from filers are what the services do among themselves, every signed decision until it is made available to
    them, whatever the act that signed it recorded with it (the answer to an appeal), and what names it afterwards. The
    version stays that of the case, because commands are given on it.
    """
    if role not in FILERS:
        return history
    withheld = _decisions_withheld(role, history)
    acts = {fact.command for fact in history.facts if _signed(fact.event) in withheld}
    facts = tuple(
        fact
        for fact in history.facts
        if fact.type not in INTERNAL_EVENTS and fact.command not in acts and _named(fact.event) not in withheld
    )
    # The filing is never hidden from who filed.
    known = folded([fact.event for fact in facts], history.case.id)
    status = STATUS_SEEN.get(known.status, known.status)
    return CaseHistory.of(msgspec.structs.replace(known, version=history.case.version, status=status), facts)


def _decisions_withheld(role: Role, history: CaseHistory) -> frozenset[str]:
    signed = {_signed(fact.event) for fact in history.facts}
    told = {_told(fact.event, _own_addressee(role, history.case)) for fact in history.facts}
    return frozenset(decision for decision in signed - told if decision is not None)


def _own_addressee(role: Role, case: Case) -> Addressee:
    """The addressee that a filer is: the same that their commands act for."""
    return Addressee.WORKER if role is Role.WORKER else case.addressees[0]


def _signed(event: AnyEvent) -> str | None:
    """The decision that a fact signs."""
    signed = getattr(event, "decision", None)
    return signed.decision if isinstance(signed, SignedDecision) else None


def _named(event: AnyEvent) -> str | None:
    """The decision that a fact is about."""
    named = getattr(event, "decision", None)
    return named if isinstance(named, str) else None


def _told(event: AnyEvent, addressee: Addressee) -> str | None:
    """The decision that a fact makes known: made available to them, or at issue between them and the services."""
    match event:
        case DecisionMadeAvailable(decision=decision, addressee=to) if to is addressee:
            return decision
        case PriorHearingOpened(decision=decision) | SuspensionOrdered(decision=decision):
            return decision
        case AppealLodged(against=decision) | LitigationOpened(against=decision):
            return decision
        case _:
            return None
