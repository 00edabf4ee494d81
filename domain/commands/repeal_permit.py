"""A signatory repeals a permit, for the future only."""

from datetime import date
from typing import Annotated

import msgspec

from domain.acts import DecisionKind, DelegatedAct
from domain.after_grant import ARTICLES, basis_of, hearing_held, live_grant, must_be_open_to, reasons_to_end
from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.decisions import ReasonDrafts, delegation_of, signed_decision
from domain.envelope import Role
from domain.events import PermitRepealed
from domain.refusals import Refused


class RepealPermit(Command, frozen=True, kw_only=True):
    """Repeal a permit on the legal basis of its prior hearing, from today or a later day."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    explanation: Annotated[str, msgspec.Meta(max_length=5_000)]
    reasons: ReasonDrafts = ()
    effective_on: date | None = None


EXAMPLE = {
    "decision": "D1",
    "explanation": "La rémunération versée depuis janvier est inférieure au SMIC malgré deux rappels de l'inspection.",
    "reasons": [
        {"criterion": "pay", "fact": "Bulletins de janvier à mars : 1 500 euros bruts pour 151,67 heures par mois."}
    ],
}


@command("repeal-permit", RepealPermit, title="Abroger l'autorisation", by={Role.SIGNATORY}, example=EXAMPLE)
def repeal_permit(case: Case, command: RepealPermit, context: Context) -> tuple[PermitRepealed, ...]:
    """A repeal never looks back; it needs its basis, a prior hearing, reasons and a delegation."""
    case.must_be(Status.DECIDED)
    grant = live_grant(case, command.decision)
    hearing = hearing_held(case, grant, DecisionKind.REPEAL, context.today)
    basis = basis_of(hearing)
    must_be_open_to(case, grant, basis, DecisionKind.REPEAL, context)
    effective_on = command.effective_on or context.today
    if effective_on < context.today:
        raise Refused(
            "repeal_not_retroactive", "Une abrogation ne vaut que pour l'avenir : choisissez ce jour ou un suivant."
        )
    delegation = delegation_of(case, DelegatedAct.WITHDRAWAL, context)
    signed = signed_decision(
        case,
        context,
        delegation,
        kind=DecisionKind.REPEAL,
        reasons=reasons_to_end(case, grant, basis, command.reasons, command.explanation, context),
        explanation=command.explanation.strip(),
    )
    return (
        PermitRepealed(
            decision=signed,
            repeals=grant.id,
            legal_basis=ARTICLES[basis],
            hearing=hearing.id,
            effective_on=effective_on,
        ),
    )
