"""What a signature of the proposal would meet today, for whoever reads it before signing."""

from typing import Final

import msgspec

from domain.acts import DecisionKind, Signatory, SignedDecision, StageKind
from domain.case import Case, Status
from domain.commands.sign_decision import SignDecision, facts_signed, sign_decision
from domain.context import Context
from domain.decisions import (
    decision_by,
    delegation_of,
    expired_request,
    items_still_missing,
    must_be_lawful,
    signatory_of,
)
from domain.envelope import Role
from domain.events import CaseEvent, DecisionProposed
from domain.refusals import Refused
from domain.validity.acts import act_signed, delegated_for
from domain.validity.requirement import Act

UNSIGNED: Final = "(à la signature)"
"""What a draft says of its author where whoever reads it signs nothing."""


def act_proposed(case: Case, context: Context) -> Act:
    """The proposal as it would be signed today by the caller, if they sign; refused when nothing is proposed."""
    proposal = _proposal(case)
    actor = context.actor
    reader = Signatory(
        identity=actor.identity,
        name=actor.name,
        quality=actor.quality,
        service=actor.service,
        delegation="",
        delegation_published_on=context.today,
        delegation_publication="",
    )
    drafted = _drafted(case, proposal, context, reader)
    act = act_signed(case, drafted, missing_items=_missing(case, proposal, context))
    if actor.role is not Role.SIGNATORY:
        return msgspec.structs.replace(act, signatory=None)
    covered = delegated_for(proposal.kind, on_appeal=case.stage.kind is StageKind.APPEAL)
    try:
        delegation = delegation_of(case, covered, context)
    except Refused as lack:
        return msgspec.structs.replace(act, author_lacks=lack)
    return msgspec.structs.replace(act, signatory=signatory_of(delegation))


def facts_proposed(case: Case, context: Context) -> tuple[CaseEvent, ...]:
    """The facts that signing the proposal today would record, for who reads the letter before; refused when nothing is
    proposed, and when the caller signs but has no delegation for it."""
    proposal = _proposal(case)
    if context.actor.role is Role.SIGNATORY:
        covered = delegated_for(proposal.kind, on_appeal=case.stage.kind is StageKind.APPEAL)
        signatory = signatory_of(delegation_of(case, covered, context))
    else:
        signatory = Signatory(
            identity=UNSIGNED,
            name=UNSIGNED,
            quality=UNSIGNED,
            service=UNSIGNED,
            delegation=UNSIGNED,
            delegation_published_on=context.today,
            delegation_publication=UNSIGNED,
        )
    return facts_signed(case, proposal, _drafted(case, proposal, context, signatory), context)


def _drafted(case: Case, proposal: DecisionProposed, context: Context, signatory: Signatory) -> SignedDecision:
    return decision_by(
        case,
        context,
        signatory,
        kind=proposal.kind,
        assessments=() if proposal.kind is DecisionKind.CLOSURE else tuple(case.findings.values()),
        reasons=proposal.reasons,
        explanation=proposal.explanation,
    )


def refusal_of_signature(case: Case, context: Context) -> Refused | None:
    """What signing the proposal as it is would be refused with, or nothing; who does not sign is told of the law."""
    proposal = _proposal(case)
    try:
        if context.actor.role is Role.SIGNATORY:
            sign_decision(case, SignDecision(kind=proposal.kind), context)
        else:
            must_be_lawful(case, proposal.kind, proposal.reasons, proposal.explanation, context)
    except Refused as refusal:
        return refusal
    return None


def _proposal(case: Case) -> DecisionProposed:
    case.must_be(Status.TO_SIGN)
    assert case.proposal is not None, "a case to sign has a proposal"
    return case.proposal.event


def _missing(case: Case, proposal: DecisionProposed, context: Context) -> tuple[str, ...]:
    if proposal.kind is not DecisionKind.CLOSURE:
        return ()
    return items_still_missing(case, expired_request(case, context.today))
