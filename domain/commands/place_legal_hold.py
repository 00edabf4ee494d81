"""A case must be kept, whatever its retention period."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import LegalHoldPlaced


class PlaceLegalHold(Command, frozen=True, kw_only=True):
    """Keep the case and everything in it."""

    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


@command(
    "place-legal-hold",
    PlaceLegalHold,
    title="Conserver le dossier",
    fresh=False,
    example={"reason": "Réquisition du parquet de Lyon du 12 octobre 2026."},
)
def place_legal_hold(case: Case, command: PlaceLegalHold, context: Context) -> tuple[LegalHoldPlaced, ...]:
    """Several holds may bear on a case, each for its own reason."""
    return (LegalHoldPlaced(hold=f"G{case.holds_placed + 1}", reason=command.reason, placed_on=context.today),)
