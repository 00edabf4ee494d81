"""A party answers in a prior hearing."""

from typing import Annotated

import msgspec

from domain.acts import Addressee
from domain.appeals import person_of
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.decisions import addressee_of
from domain.envelope import Role
from domain.events import ObservationsReceived
from domain.refusals import Refused
from domain.request import Text


class ReceiveObservations(Command, frozen=True, kw_only=True):
    """Present observations, or record those that arrived by post."""

    hearing: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    text: Text
    addressee: Addressee | None = None
    oral: bool = False
    """The party was heard by the service, which records what was said."""
    asks_to_be_heard: bool = False
    assisted: bool = False
    """Counsel assists the party, or a mandatary of its choice represents it (CRPA L122-1)."""


EXAMPLE = {"hearing": "H1", "text": "La signature est bien celle de notre directrice des ressources humaines."}


@command("receive-observations", ReceiveObservations, title="Présenter des observations", example=EXAMPLE)
def receive_observations(
    case: Case, command: ReceiveObservations, context: Context
) -> tuple[ObservationsReceived, ...]:
    """Late observations are kept too, as long as nothing has been signed."""
    hearing = case.hearing(command.hearing)
    if hearing.used or not case.decision(hearing.decision).live:
        raise Refused("hearing_over", f"La procédure contradictoire {hearing.id} est terminée.")
    addressee = addressee_of(case, command.addressee, context)
    if command.oral and context.actor.role is not Role.AGENT:
        raise Refused("oral_recorded_by_service", "C'est le service qui entend la partie et consigne ses paroles.")
    return (
        ObservationsReceived(
            hearing=hearing.id,
            addressee=addressee,
            person=person_of(case, addressee),
            text=command.text,
            received_on=context.today,
            oral=command.oral,
            asks_to_be_heard=command.asks_to_be_heard,
            assisted=command.assisted,
        ),
    )
