"""The court closes the written investigation by order."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import investigation_may_close_from, pending
from domain.events import InvestigationClosed
from domain.french import in_french
from domain.refusals import Refused


class CloseInvestigation(Command, frozen=True, kw_only=True):
    """Record the order; `closes_on` is the last day to file a brief."""

    litigation: Annotated[str, Meta(max_length=20)]
    ordered_on: date | None = None
    closes_on: date
    immediate: bool = False
    """The parties had been told that the investigation might be closed at once (CJA R611-11-1)."""


@command(
    "close-investigation",
    CloseInvestigation,
    title="Enregistrer une ordonnance de clôture d'instruction",
    example={"litigation": "L1", "closes_on": "2027-03-01"},
)
def close_investigation(case: Case, command: CloseInvestigation, context: Context) -> tuple[InvestigationClosed, ...]:
    """An order leaves the parties fifteen days, unless they had been warned of an immediate closure (CJA R613-1)."""
    proceedings = pending(case, command.litigation)
    ordered_on = command.ordered_on or context.today
    must_have_no_fault(must_have_happened("/ordered_on", ordered_on, context.today, since=proceedings.lodged_on))
    earliest = investigation_may_close_from(proceedings.action, ordered_on, command.immediate, context.reference)
    if command.closes_on < earliest:
        raise Refused(
            "closure_notice_too_short",
            f"Une ordonnance du {in_french(ordered_on)} ne peut clore l'instruction avant le {in_french(earliest)} "
            "(CJA R613-1).",
        )
    return (InvestigationClosed(litigation=proceedings.id, closes_on=command.closes_on),)
