"""A hold on a case ends."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import LegalHoldLifted
from domain.refusals import Refused


class LiftLegalHold(Command, frozen=True, kw_only=True):
    """End one hold; others go on."""

    hold: Annotated[str, Meta(max_length=20)]
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


@command(
    "lift-legal-hold",
    LiftLegalHold,
    title="Lever la conservation du dossier",
    example={"hold": "G1", "reason": "Procédure pénale close le 3 novembre 2026."},
)
def lift_legal_hold(case: Case, command: LiftLegalHold, context: Context) -> tuple[LegalHoldLifted, ...]:
    """Only a hold that bears on the case can be lifted."""
    if command.hold not in case.holds:
        raise Refused("hold_unknown", f"La mesure de conservation « {command.hold} » ne vise pas ce dossier.")
    return (LegalHoldLifted(hold=command.hold, reason=command.reason, lifted_on=context.today),)
