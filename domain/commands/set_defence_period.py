"""The court sets a period for the defence."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_follow, must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import must_be_served, pending
from domain.events import DefencePeriodSet


class SetDefencePeriod(Command, frozen=True, kw_only=True):
    """Record the period; a later one replaces it."""

    litigation: Annotated[str, Meta(max_length=20)]
    set_on: date | None = None
    due_on: date


@command(
    "set-defence-period",
    SetDefencePeriod,
    title="Enregistrer le délai imparti pour produire la défense",
    example={"litigation": "L1", "due_on": "2027-01-04"},
)
def set_defence_period(case: Case, command: SetDefencePeriod, context: Context) -> tuple[DefencePeriodSet, ...]:
    """The rapporteur sets a period whose length is free (CJA R611-10, R611-17)."""
    proceedings = pending(case, command.litigation)
    must_be_served(proceedings)
    set_on = command.set_on or context.today
    must_have_no_fault(
        (
            *must_have_happened("/set_on", set_on, context.today, since=proceedings.lodged_on),
            *must_follow("/due_on", command.due_on, set_on),
        )
    )
    return (DefencePeriodSet(litigation=proceedings.id, set_on=set_on, due_on=command.due_on),)
