"""A message to a recipient could not be delivered."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import NotificationFailed
from domain.french import in_french
from domain.messages import RECIPIENT_TITLES, message_of
from domain.refusals import Refused


class RecordFailedMessage(Command, frozen=True, kw_only=True):
    """Record why a message did not arrive; it may then be sent again."""

    message: Annotated[str, Meta(max_length=20)]
    cause: Annotated[str, Meta(min_length=1, max_length=1_000)]


@command(
    "record-failed-message",
    RecordFailedMessage,
    title="Constater l'échec d'une transmission",
    fresh=False,
    example={"message": "N1", "cause": "Le service destinataire n'a pas répondu après huit essais."},
)
def record_failed_message(case: Case, command: RecordFailedMessage, context: Context) -> tuple[NotificationFailed, ...]:
    """What the recipient acknowledged did arrive, whatever the line said."""
    message = message_of(case, command.message, context)
    if message.acknowledged_on is not None:
        raise Refused(
            "message_already_acknowledged",
            f"Le message {message.id} a été reçu par {RECIPIENT_TITLES[message.recipient]} le "
            f"{in_french(message.acknowledged_on)}.",
        )
    return (
        NotificationFailed(
            message=message.id, recipient=message.recipient, cause=command.cause, failed_on=context.today
        ),
    )
