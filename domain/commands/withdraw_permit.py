"""A signatory withdraws a permit, for the past and the future."""

from typing import Annotated

import msgspec

from domain.acts import DecisionKind, DelegatedAct
from domain.after_grant import ARTICLES, basis_of, hearing_held, live_grant, must_be_open_to, reasons_to_end
from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.decisions import ReasonDrafts, delegation_of, signed_decision
from domain.envelope import Role
from domain.events import PermitWithdrawn


class WithdrawPermit(Command, frozen=True, kw_only=True):
    """Withdraw a permit on the legal basis of its prior hearing."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    explanation: Annotated[str, msgspec.Meta(max_length=5_000)]
    reasons: ReasonDrafts = ()


EXAMPLE = {
    "decision": "D1",
    "explanation": "Le contrat produit est un faux : l'employeur désigné a déclaré ne l'avoir jamais signé.",
}


@command("withdraw-permit", WithdrawPermit, title="Retirer l'autorisation", by={Role.SIGNATORY}, example=EXAMPLE)
def withdraw_permit(case: Case, command: WithdrawPermit, context: Context) -> tuple[PermitWithdrawn, ...]:
    """A withdrawal needs its window or its exception, a prior hearing, reasons and a delegation."""
    case.must_be(Status.DECIDED)
    grant = live_grant(case, command.decision)
    hearing = hearing_held(case, grant, DecisionKind.WITHDRAWAL, context.today)
    basis = basis_of(hearing)
    must_be_open_to(case, grant, basis, DecisionKind.WITHDRAWAL, context)
    delegation = delegation_of(case, DelegatedAct.WITHDRAWAL, context)
    signed = signed_decision(
        case,
        context,
        delegation,
        kind=DecisionKind.WITHDRAWAL,
        reasons=reasons_to_end(case, grant, basis, command.reasons, command.explanation, context),
        explanation=command.explanation.strip(),
    )
    return (PermitWithdrawn(decision=signed, withdraws=grant.id, legal_basis=ARTICLES[basis], hearing=hearing.id),)
