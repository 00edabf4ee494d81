"""A signatory repeals a permit, for the future only."""

from datetime import date
from typing import Annotated

import msgspec

from domain.acts import DecisionKind
from domain.after_grant import WithoutHearing, end_of_grant, live_grant
from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.decisions import ReasonDrafts
from domain.events import PermitRepealed
from domain.refusals import Refused


class RepealPermit(Command, frozen=True, kw_only=True):
    """Repeal a permit on the legal basis of its prior hearing, from today or a later day."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    explanation: Annotated[str, msgspec.Meta(max_length=5_000)]
    reasons: ReasonDrafts = ()
    without_hearing: WithoutHearing | None = None
    """Urgency, exceptional circumstances or public order (CRPA L121-2); a hearing otherwise."""
    unheard_because: Annotated[str, msgspec.Meta(max_length=5_000)] = ""
    """In what a request to be heard is abusive (CRPA L122-1)."""
    effective_on: date | None = None


EXAMPLE = {
    "decision": "D1",
    "explanation": "La rémunération versée depuis janvier est inférieure au SMIC malgré deux rappels de l'inspection.",
    "reasons": [
        {"criterion": "pay", "fact": "Bulletins de janvier à mars : 1 500 euros bruts pour 151,67 heures par mois."}
    ],
}


@command("repeal-permit", RepealPermit, title="Abroger l'autorisation", example=EXAMPLE)
def repeal_permit(case: Case, command: RepealPermit, context: Context) -> tuple[PermitRepealed, ...]:
    """A repeal never looks back; it needs its basis, a prior hearing, reasons and a delegation."""
    case.must_be(Status.DECIDED)
    grant = live_grant(case, command.decision)
    effective_on = command.effective_on or context.today
    if effective_on < context.today:
        raise Refused(
            "repeal_not_retroactive", "Une abrogation ne vaut que pour l'avenir : choisissez ce jour ou un suivant."
        )
    ended = end_of_grant(
        case,
        grant,
        DecisionKind.REPEAL,
        reasons=command.reasons,
        explanation=command.explanation,
        without_hearing=command.without_hearing,
        unheard_because=command.unheard_because,
        context=context,
    )
    return (
        PermitRepealed(
            decision=ended.signed,
            repeals=grant.id,
            legal_basis=ended.legal_basis,
            hearing=ended.hearing,
            effective_on=effective_on,
        ),
    )
