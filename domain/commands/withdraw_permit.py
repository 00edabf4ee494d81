"""A signatory withdraws a permit, for the past and the future."""

from typing import Annotated

import msgspec

from domain.acts import DecisionKind
from domain.after_grant import WithoutHearing, end_of_grant, live_grant
from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.decisions import ReasonDrafts
from domain.events import PermitWithdrawn


class WithdrawPermit(Command, frozen=True, kw_only=True):
    """Withdraw a permit on the legal basis of its prior hearing."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    explanation: Annotated[str, msgspec.Meta(max_length=5_000)]
    reasons: ReasonDrafts = ()
    without_hearing: WithoutHearing | None = None
    """Urgency, exceptional circumstances or public order (CRPA L121-2); a hearing otherwise."""
    unheard_because: Annotated[str, msgspec.Meta(max_length=5_000)] = ""
    """In what a request to be heard is abusive (CRPA L122-1)."""


EXAMPLE = {
    "decision": "D1",
    "explanation": "Le contrat produit est un faux : l'employeur désigné a déclaré ne l'avoir jamais signé.",
}


@command("withdraw-permit", WithdrawPermit, title="Retirer l'autorisation", example=EXAMPLE)
def withdraw_permit(case: Case, command: WithdrawPermit, context: Context) -> tuple[PermitWithdrawn, ...]:
    """A withdrawal needs its window or its exception, a prior hearing, reasons and a delegation."""
    case.must_be(Status.DECIDED)
    grant = live_grant(case, command.decision)
    ended = end_of_grant(
        case,
        grant,
        DecisionKind.WITHDRAWAL,
        reasons=command.reasons,
        explanation=command.explanation,
        without_hearing=command.without_hearing,
        unheard_because=command.unheard_because,
        context=context,
    )
    return (
        PermitWithdrawn(
            decision=ended.signed, withdraws=grant.id, legal_basis=ended.legal_basis, hearing=ended.hearing
        ),
    )
