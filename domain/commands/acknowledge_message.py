"""A recipient acknowledges a message."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.events import NotificationAcknowledged
from domain.french import in_french
from domain.messages import RECIPIENT_TITLES, message_of
from domain.refusals import Refused


class AcknowledgeMessage(Command, frozen=True, kw_only=True):
    """Record the recipient's acknowledgement, with its own reference."""

    message: Annotated[str, Meta(max_length=20)]
    reference: Annotated[str, Meta(min_length=1, max_length=200)]
    acknowledged_on: date | None = None


@command(
    "acknowledge-message",
    AcknowledgeMessage,
    title="Enregistrer l'accusé de réception du destinataire",
    fresh=False,
    example={"message": "N1", "reference": "OFII-2026-118204"},
)
def acknowledge_message(
    case: Case, command: AcknowledgeMessage, context: Context
) -> tuple[NotificationAcknowledged, ...]:
    """A message is acknowledged once, also after a failure that a later delivery mended."""
    message = message_of(case, command.message, context)
    if message.acknowledged_on is not None:
        raise Refused(
            "message_already_acknowledged",
            f"Le message {message.id} a été reçu par {RECIPIENT_TITLES[message.recipient]} le "
            f"{in_french(message.acknowledged_on)}.",
        )
    on = command.acknowledged_on or context.today
    must_have_no_fault(must_have_happened("/acknowledged_on", on, context.today, since=message.sent_on))
    return (
        NotificationAcknowledged(
            message=message.id, recipient=message.recipient, reference=command.reference, acknowledged_on=on
        ),
    )
