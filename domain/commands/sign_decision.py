"""A signatory decides: grants, refuses, stamps, gives an opinion, closes, or answers an appeal."""

from typing import Annotated, TypeAlias, assert_never

import msgspec

from domain.acts import DECISION_TITLES, AppealOutcome, DecisionKind, SignedDecision, StageKind
from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.decisions import (
    ReasonDrafts,
    answers_anew,
    attacked_decision,
    delegation_of,
    expired_request,
    items_still_missing,
    must_be_lawful,
    must_be_possible,
    must_not_sign_own_assessment,
    reasons_given,
    signed_decision,
)
from domain.events import (
    AgreementStamped,
    AgreementStampRefused,
    AppealDecided,
    CaseClosed,
    DecisionProposed,
    OpinionIssued,
    RequestGranted,
    RequestRefused,
)
from domain.findings import ReasonGiven
from domain.permits import express_permit, stamp_number
from domain.refusals import Refused
from domain.validity import must_be_valid
from domain.validity.acts import act_signed, delegated_for


class SignDecision(Command, frozen=True, kw_only=True):
    """Sign a decision of this kind; grounds given here replace those of the proposal."""

    kind: DecisionKind
    reasons: ReasonDrafts = ()
    explanation: Annotated[str, msgspec.Meta(max_length=5_000)] = ""


Decided: TypeAlias = (
    RequestGranted | RequestRefused | AgreementStamped | AgreementStampRefused | OpinionIssued | CaseClosed
)


@command("sign", SignDecision, title="Signer la décision", example={"kind": "grant"})
def sign_decision(case: Case, command: SignDecision, context: Context) -> tuple[Decided | AppealDecided, ...]:
    """The guards of the proposal run again with the law of the day, then those of the signature."""
    case.must_be(Status.TO_SIGN)
    assert case.proposal is not None, "a case to sign has a proposal"
    must_be_possible(case, command.kind)
    on_appeal = case.stage.kind is StageKind.APPEAL
    delegation = delegation_of(case, delegated_for(command.kind, on_appeal=on_appeal), context)
    must_not_sign_own_assessment(case, delegation)
    reasons, explanation = _grounds(case, case.proposal.event, command, context)
    assessments = must_be_lawful(case, command.kind, reasons, explanation, context)
    signed = signed_decision(
        case,
        context,
        delegation,
        kind=command.kind,
        assessments=assessments,
        reasons=reasons,
        explanation=explanation,
    )
    must_be_valid(case, act_signed(case, signed, missing_items=_still_missing(case, command.kind, context)), context)
    return facts_signed(case, case.proposal.event, signed, context)


def _still_missing(case: Case, kind: DecisionKind, context: Context) -> tuple[str, ...]:
    if kind is not DecisionKind.CLOSURE:
        return ()
    return items_still_missing(case, expired_request(case, context.today))


def _grounds(
    case: Case, proposal: DecisionProposed, command: SignDecision, context: Context
) -> tuple[tuple[ReasonGiven, ...], str]:
    """The grounds and the explanation of what is signed: those of the proposal unless the signatory brings others."""
    reasons = reasons_given(case, command.reasons, context)
    explanation = command.explanation.strip()
    if command.kind is proposal.kind:
        return reasons or proposal.reasons, explanation or proposal.explanation
    if not command.kind.is_favourable and command.kind is not DecisionKind.CLOSURE and not reasons:
        raise Refused(
            "proposal_differs",
            f"La proposition est « {DECISION_TITLES[proposal.kind]} » : pour signer "
            f"« {DECISION_TITLES[command.kind]} », énoncez vos motifs ou retournez la proposition.",
        )
    return reasons, explanation


def facts_signed(
    case: Case, proposal: DecisionProposed, signed: SignedDecision, context: Context
) -> tuple[Decided | AppealDecided, ...]:
    """The decision alone; on appeal, the decision with the appeal upheld, or the appeal rejected alone."""
    attacked = attacked_decision(case)
    if attacked is None or case.stage.ref is None:
        return (_decided(case, proposal, signed, context),)
    if answers_anew(signed.kind, attacked):
        answer = AppealDecided(
            appeal=case.stage.ref,
            outcome=AppealOutcome.UPHELD,
            decided_on=context.today,
            summary=f"La décision {signed.decision} remplace la décision {attacked.id}.",
        )
        return (_decided(case, proposal, signed, context), answer)
    rejection = AppealDecided(
        appeal=case.stage.ref,
        outcome=AppealOutcome.REJECTED,
        decision=signed,
        decided_on=context.today,
        summary=f"Le recours est rejeté ; la décision {attacked.id} est maintenue.",
    )
    return (rejection,)


def _decided(case: Case, proposal: DecisionProposed, signed: SignedDecision, context: Context) -> Decided:
    match signed.kind:
        case DecisionKind.GRANT:
            number = proposal.permit.number if proposal.permit else None
            return RequestGranted(decision=signed, permit=express_permit(case, context, number))
        case DecisionKind.REFUSAL:
            return RequestRefused(decision=signed)
        case DecisionKind.STAMP:
            return AgreementStamped(decision=signed, number=stamp_number(context))
        case DecisionKind.STAMP_REFUSAL:
            return AgreementStampRefused(decision=signed)
        case DecisionKind.OPINION_FAVOURABLE | DecisionKind.OPINION_UNFAVOURABLE:
            return OpinionIssued(decision=signed)
        case DecisionKind.CLOSURE:
            asked = expired_request(case, context.today)
            return CaseClosed(decision=signed, missing_items=items_still_missing(case, asked), request=asked.id)
        case (
            DecisionKind.IMPLICIT_REFUSAL | DecisionKind.IMPLICIT_GRANT | DecisionKind.WITHDRAWAL | DecisionKind.REPEAL
        ):
            raise AssertionError("must_be_possible() has refused it")
        case _:
            assert_never(signed.kind)
