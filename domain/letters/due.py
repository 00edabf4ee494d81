"""Which letters a case calls for, and which of them are still to be written."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from domain.acts import Addressee
from domain.case import Appeal, Case, Decision, Letter
from domain.events import (
    AcknowledgementIssued,
    AgreementStamped,
    AgreementStampRefused,
    AppealAcknowledged,
    AppealDecided,
    CaseClosed,
    CaseEvent,
    ImplicitDecisionArisen,
    MissingItemsRequested,
    OpinionIssued,
    PermitRepealed,
    PermitWithdrawn,
    PriorHearingOpened,
    ReasonsCommunicated,
    RegistrationReceiptIssued,
    RequestGranted,
    RequestRefused,
)
from domain.fold import evolve, replay
from domain.papers import LetterKind
from domain.taken import Fact

NO_CASE: Final = UUID(int=0)
"""The identifier of the case says nothing of its letters."""
CALLING: Final = frozenset(
    {
        RegistrationReceiptIssued,
        AcknowledgementIssued,
        MissingItemsRequested,
        RequestGranted,
        RequestRefused,
        AgreementStamped,
        AgreementStampRefused,
        OpinionIssued,
        ImplicitDecisionArisen,
        CaseClosed,
        PermitWithdrawn,
        PermitRepealed,
        PriorHearingOpened,
        AppealAcknowledged,
        AppealDecided,
        ReasonsCommunicated,
    }
)
"""The facts that call for a letter."""


class Call(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A letter that a case calls for: no two of one case are the same in all of these."""

    kind: LetterKind
    about: str
    """D1, A1, M1, H1; empty for the request itself."""
    addressee: Addressee | None
    """None for whoever filed, and for a permit, which its employer and its worker both hold."""
    dated: date
    """The legal date that it bears."""


class Due(Call, frozen=True, kw_only=True):
    """A letter that is still to be written, on the facts of the case up to the one that calls for it."""

    on_version: int


def called_for(case: Case) -> tuple[Call, ...]:
    """The letters that a case calls for, written or not; none any more once one of its persons has been erased."""
    return () if case.erased else tuple(_calls(case))


def is_written(case: Case, call: Call) -> bool:
    """Whether a letter has been issued."""
    return any(_answers(letter, call) for letter in case.letters)


def letters_due(facts: Sequence[Fact]) -> tuple[Due, ...]:
    """The letters of a case that its facts call for and that have not been issued, in the order of those facts.

    What calls for a letter and is undone before it is written calls for none.
    """
    told: dict[Call, int] = {}
    case: Case | None = None
    waiting: list[CaseEvent] = []
    for fact in facts:
        if type(fact.event) not in CALLING:
            waiting.append(fact.event)
            continue
        before = replay(waiting, NO_CASE, case)
        assert before is not None, "a case begins with its filing"
        waiting = []
        case = evolve(before, fact.event, NO_CASE)
        known = frozenset(called_for(before))
        told |= {call: fact.version for call in called_for(case) if call not in known}
    now = replay(waiting, NO_CASE, case)
    if now is None:
        return ()
    lasting = frozenset(called_for(now))
    return tuple(
        Due(**msgspec.structs.asdict(call), on_version=version)
        for call, version in told.items()
        if call in lasting and not is_written(now, call)
    )


def _answers(letter: Letter, call: Call) -> bool:
    return (letter.kind, letter.about, letter.addressee, letter.dated) == (
        call.kind,
        call.about,
        call.addressee,
        call.dated,
    )


def _calls(case: Case) -> Iterator[Call]:
    if case.registered_on is not None:
        yield _call(LetterKind.RECEIPT, "", None, case.registered_on)
    if case.acknowledgement is not None:
        yield _call(LetterKind.ACKNOWLEDGEMENT, "", None, case.acknowledgement.issued_on)
    for asked in case.missing_items:
        yield _call(LetterKind.MISSING_ITEMS, asked.id, None, asked.requested_on)
    for hearing in case.hearings:
        for party in case.parties:
            yield _call(LetterKind.PRIOR_HEARING, hearing.id, party, hearing.opened_on)
    for decision in case.decisions:
        yield from _calls_of_decision(case, decision)
    for appeal in case.appeals:
        yield from _calls_of_appeal(appeal)


def _calls_of_decision(case: Case, decision: Decision) -> Iterator[Call]:
    if decision.signed is not None:
        # The rejection of an appeal is told as the answer to it; one that is upheld is told by the decision made anew.
        rejected = decision.rejects_appeal
        kind = LetterKind.DECISION if rejected is None else LetterKind.APPEAL_DECISION
        for addressee in case.addressees:
            yield _call(kind, rejected or decision.id, addressee, decision.on)
    if decision.permit is not None and decision.live:
        yield _call(LetterKind.PERMIT, decision.id, None, decision.on)
    if decision.reasons_communicated_on is not None:
        yield _call(LetterKind.REASONS, decision.id, None, decision.reasons_communicated_on)


def _calls_of_appeal(appeal: Appeal) -> Iterator[Call]:
    if appeal.acknowledged_on is not None:
        yield _call(LetterKind.APPEAL_ACKNOWLEDGEMENT, appeal.id, appeal.lodged_by, appeal.acknowledged_on)


def _call(kind: LetterKind, about: str, addressee: Addressee | None, dated: date) -> Call:
    return Call(kind=kind, about=about, addressee=addressee, dated=dated)
