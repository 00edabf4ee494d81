"""The court gives the administration formal notice to file its defence."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_follow, must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import must_be_served, pending
from domain.events import FormalNoticeReceived
from domain.french import in_french
from domain.refusals import Refused


class ReceiveFormalNotice(Command, frozen=True, kw_only=True):
    """Record the formal notice and its last delay."""

    litigation: Annotated[str, Meta(max_length=20)]
    received_on: date | None = None
    due_on: date


@command(
    "receive-formal-notice",
    ReceiveFormalNotice,
    title="Enregistrer une mise en demeure de produire",
    example={"litigation": "L1", "due_on": "2027-02-04"},
)
def receive_formal_notice(
    case: Case, command: ReceiveFormalNotice, context: Context
) -> tuple[FormalNoticeReceived, ...]:
    """Unanswered, it makes the State admit the facts of the claim (CJA R612-3, R612-6)."""
    proceedings = pending(case, command.litigation)
    served_on = must_be_served(proceedings)
    if proceedings.defence_filed_on is not None:
        raise Refused(
            "defence_already_filed",
            f"Un mémoire en défense a été produit le {in_french(proceedings.defence_filed_on)}.",
        )
    received_on = command.received_on or context.today
    must_have_no_fault(
        (
            *must_have_happened("/received_on", received_on, context.today, since=served_on),
            *must_follow("/due_on", command.due_on, received_on),
        )
    )
    return (FormalNoticeReceived(litigation=proceedings.id, received_on=received_on, due_on=command.due_on),)
