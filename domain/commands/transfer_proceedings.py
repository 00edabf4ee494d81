"""A court passes proceedings on to another one."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import court_faults, court_title, may_be_transferred, must_be_new_number, pending
from domain.events import ProceedingsTransferred
from domain.refusals import Fault


class TransferProceedings(Command, frozen=True, kw_only=True):
    """Record the court that the claim goes on before, and its number there."""

    litigation: Annotated[str, Meta(max_length=20)]
    court: Annotated[str, Meta(min_length=1, max_length=200)]
    """Its town or its title, at the same level as the court that transfers."""
    court_number: Annotated[str, Meta(min_length=1, max_length=20)]
    transferred_on: date | None = None


@command(
    "transfer-proceedings",
    TransferProceedings,
    title="Enregistrer le transfert d'une instance à une autre juridiction",
    example={"litigation": "L1", "court": "Grenoble", "court_number": "2600789"},
)
def transfer_proceedings(
    case: Case, command: TransferProceedings, context: Context
) -> tuple[ProceedingsTransferred, ...]:
    """The claim keeps its day and all that was done, before the court that is competent (CJA R351-3)."""
    proceedings = pending(case, command.litigation)
    must_be_new_number(case, command.court_number)
    title = court_title(command.court, proceedings.action, context.reference)
    transferred_on = command.transferred_on or context.today
    must_have_no_fault(
        (
            *must_have_happened("/transferred_on", transferred_on, context.today, since=proceedings.lodged_on),
            *court_faults(proceedings.action, command.court, command.court_number, title),
            *(() if title is None or may_be_transferred(proceedings, title) else (_same(title),)),
        )
    )
    return (
        ProceedingsTransferred(
            litigation=proceedings.id,
            from_court=proceedings.court,
            from_number=proceedings.court_number,
            court=title or command.court,
            court_number=command.court_number,
            transferred_on=transferred_on,
        ),
    )


def _same(title: str) -> Fault:
    return Fault(
        pointer="/court", code="court_same", message=f"L'instance est déjà devant cette juridiction : {title}."
    )
