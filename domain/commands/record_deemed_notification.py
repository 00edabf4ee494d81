"""Fifteen days unread make a decision notified."""

from typing import Annotated

import msgspec

from domain.acts import Addressee
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import DecisionDeemedNotified
from domain.french import in_french
from domain.limits import limit_to_read
from domain.refusals import Refused


class RecordDeemedNotification(Command, frozen=True, kw_only=True):
    """Record that an addressee left a decision unread for fifteen days."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    addressee: Addressee


@command(
    "record-deemed-notification",
    RecordDeemedNotification,
    title="Constater la notification réputée faite",
    fresh=False,
    example={"decision": "D1", "addressee": "worker"},
)
def record_deemed_notification(
    case: Case, command: RecordDeemedNotification, context: Context
) -> tuple[DecisionDeemedNotified, ...]:
    """The decision is then deemed notified on the day it was made available (CRPA R112-20)."""
    decision = case.decision(command.decision)
    known = case.notified_to(decision, command.addressee)
    if known.notified_on is not None:
        raise Refused(
            "already_notified_to_addressee", f"Cette décision est notifiée depuis le {in_french(known.notified_on)}."
        )
    if known.channel != "teleservice":
        raise Refused(
            "deemed_only_electronic",
            "Seule une décision mise à disposition sur le téléservice peut être réputée notifiée (CRPA R112-20).",
        )
    limit = limit_to_read(known, context.reference)
    if context.today <= limit.ends_on:
        raise Refused(
            "fifteen_days_not_over",
            f"Le délai de {limit.length} pour consulter la décision court jusqu'au {in_french(limit.ends_on)} inclus.",
        )
    return (DecisionDeemedNotified(decision=decision.id, addressee=command.addressee, notified_on=known.available_on),)
