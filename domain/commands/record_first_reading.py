"""An addressee reads a decision for the first time, or the service records that they did."""

from datetime import timedelta
from typing import Annotated

import msgspec

from domain.acts import Addressee
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.decisions import addressee_of
from domain.envelope import Role
from domain.events import DecisionDeemedNotified, DecisionFirstRead
from domain.refusals import Refused


class RecordFirstReading(Command, frozen=True, kw_only=True):
    """Read a decision; a service says which addressee did."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    addressee: Addressee | None = None


READERS = {Role.EMPLOYER, Role.MANDATARY, Role.WORKER, Role.PREFECTURE, Role.AGENT}


@command(
    "acknowledge-reading",
    RecordFirstReading,
    title="Prendre connaissance de la décision",
    by=READERS,
    example={"decision": "D1"},
)
def record_first_reading(
    case: Case, command: RecordFirstReading, context: Context
) -> tuple[DecisionDeemedNotified | DecisionFirstRead, ...]:
    """Reading notifies; read after fifteen days, the decision had been notified on the day it was made available."""
    decision = case.decision(command.decision)
    addressee = addressee_of(case, command.addressee, context)
    known = decision.notified.get(addressee)
    if known is None:
        raise Refused(
            "not_made_available", f"La décision {decision.id} n'a pas été mise à disposition de ce destinataire."
        )
    if known.read_on is not None:
        raise Refused("already_read", f"Cette décision a déjà été lue, le {known.read_on:%d/%m/%Y}.")
    read = DecisionFirstRead(decision=decision.id, addressee=addressee, read_at=context.now)
    unread = context.reference.threshold("ELECTRONIC_NOTIFICATION_DAYS_UNREAD", context.today)
    late = unread is not None and known.available_on + timedelta(days=int(unread.value)) < context.today
    if known.channel == "teleservice" and known.deemed_on is None and late:
        deemed = DecisionDeemedNotified(decision=decision.id, addressee=addressee, notified_on=known.available_on)
        return (deemed, read)
    return (read,)
