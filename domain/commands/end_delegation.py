"""A delegation of signature ends."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.events import DelegationEnded
from domain.french import in_french
from domain.refusals import Fault, Refused


class EndDelegation(Command, frozen=True, kw_only=True):
    """End a delegation; `ends_on` is its last day."""

    delegation: UUID
    ends_on: date
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


@administration_command(
    "delegations/end",
    EndDelegation,
    title="Mettre fin à une délégation de signature",
    example={
        "delegation": "1c610f8f-b2f2-5230-be5c-2f61786c6bf5",
        "ends_on": "2026-12-31",
        "reason": "Changement d'affectation de la délégataire.",
    },
)
def end_delegation(state: Administration, command: EndDelegation, context: Context) -> tuple[DelegationEnded, ...]:
    """What was signed while it was in force stays valid."""
    held = next((d for d in state.delegations if d.id == command.delegation), None)
    if held is None:
        raise Refused("delegation_unknown")
    if held.ends_on is not None and held.ends_on <= command.ends_on:
        raise Refused(
            "delegation_already_ended", f"La délégation n° {held.number} prend déjà fin le {in_french(held.ends_on)}."
        )
    must_have_no_fault(
        (
            Fault(
                pointer="/ends_on",
                code="dates_disordered",
                message=f"La délégation n° {held.number} ne commence que le {in_french(held.starts_on)}.",
            ),
        )
        if command.ends_on < held.starts_on
        else ()
    )
    return (DelegationEnded(delegation=held.id, number=held.number, ends_on=command.ends_on, reason=command.reason),)
