"""An addressee reads a decision for the first time, or the service records that they did."""

from datetime import date
from typing import Annotated

import msgspec

from domain.acts import Addressee
from domain.case import Case, Notified
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.decisions import addressee_of
from domain.envelope import Role
from domain.events import DecisionDeemedNotified, DecisionFirstRead
from domain.french import in_french
from domain.limits import limit_to_read
from domain.refusals import Refused


class RecordFirstReading(Command, frozen=True, kw_only=True):
    """Read a decision; a service says which addressee did, and the day a letter was handed over."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    addressee: Addressee | None = None
    received_on: date | None = None
    """Day on the slip of a registered letter, from the service that holds it; today by default."""


@command(
    "acknowledge-reading",
    RecordFirstReading,
    title="Prendre connaissance de la décision",
    example={"decision": "D1"},
)
def record_first_reading(
    case: Case, command: RecordFirstReading, context: Context
) -> tuple[DecisionDeemedNotified | DecisionFirstRead, ...]:
    """Reading notifies, as does the letter on the day of its slip; fifteen days unread, availability had notified."""
    decision = case.decision(command.decision)
    addressee = addressee_of(case, command.addressee, context)
    known = case.notified_to(decision, addressee)
    if known.read_on is not None:
        raise Refused("already_read", f"Cette décision a déjà été lue, le {in_french(known.read_on)}.")
    read = DecisionFirstRead(
        decision=decision.id,
        addressee=addressee,
        read_at=context.now,
        received_on=_received_on(command, known, context),
    )
    never_deemed = known.channel == "teleservice" and known.deemed_on is None
    if never_deemed and limit_to_read(known, context.reference).ends_on < context.today:
        deemed = DecisionDeemedNotified(decision=decision.id, addressee=addressee, notified_on=known.available_on)
        return (deemed, read)
    return (read,)


def _received_on(command: RecordFirstReading, known: Notified, context: Context) -> date | None:
    """The day a letter was handed over; None for a reading, which has its own hour."""
    by_slip = known.channel == "post" and context.actor.role is Role.AGENT
    if not by_slip:
        if command.received_on is not None:
            raise Refused(
                "slip_only_by_post",
                "Le jour de l'avis de réception n'est indiqué que par le service, pour un envoi par courrier.",
            )
        return None
    received_on = command.received_on or context.today
    must_have_no_fault(must_have_happened("/received_on", received_on, context.today, since=known.available_on))
    return received_on
