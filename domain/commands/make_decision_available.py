"""The service makes a decision available to its addressees."""

from typing import Annotated, Literal

import msgspec

from domain.acts import Addressee, DecisionKind
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import DecisionMadeAvailable
from domain.refusals import Refused
from domain.validity.notice import NOT_NOTIFIED


class MakeDecisionAvailable(Command, frozen=True, kw_only=True):
    """Make a decision available; without addressees, to each who has not received it yet."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    addressees: Annotated[tuple[Addressee, ...], msgspec.Meta(max_length=5)] = ()
    channel: Literal["teleservice", "post"] = "teleservice"


EXAMPLE = {"decision": "D1", "addressees": ["employer", "worker"], "channel": "teleservice"}


@command("make-available", MakeDecisionAvailable, title="Notifier la décision", example=EXAMPLE)
def make_decision_available(
    case: Case, command: MakeDecisionAvailable, context: Context
) -> tuple[DecisionMadeAvailable, ...]:
    """Each addressee is notified apart: the filer and the foreigner (CT R5221-17)."""
    decision = case.decision(command.decision)
    if decision.kind is DecisionKind.IMPLICIT_REFUSAL:
        raise Refused("implicit_not_notified", NOT_NOTIFIED)
    chosen = command.addressees or tuple(a for a in case.addressees if a not in decision.notified)
    strangers = [a for a in chosen if a not in case.addressees]
    if strangers:
        raise Refused("not_an_addressee", "Cette personne n'est pas celle à qui la décision est destinée.")
    if not chosen or any(a in decision.notified for a in chosen):
        raise Refused("already_made_available", f"La décision {decision.id} a déjà été mise à disposition.")
    return tuple(
        DecisionMadeAvailable(
            decision=decision.id, addressee=addressee, available_on=context.today, channel=command.channel
        )
        for addressee in dict.fromkeys(chosen)
    )
