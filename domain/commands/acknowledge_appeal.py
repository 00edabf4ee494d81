"""The service acknowledges an administrative appeal."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.decisions import routing_of
from domain.events import AppealAcknowledged
from domain.french import in_french
from domain.provisions import Chapter, provision
from domain.refusals import Refused


class AcknowledgeAppeal(Command, frozen=True, kw_only=True):
    """Acknowledge an appeal, with the day on which silence will reject it."""

    appeal: Annotated[str, Meta(max_length=20)]


@provision(Chapter.APPEALS, "CRPA L112-3", "CRPA L112-6")
@command(
    "acknowledge-appeal",
    AcknowledgeAppeal,
    title="Accuser réception du recours",
    example={"appeal": "A1"},
)
def acknowledge_appeal(case: Case, command: AcknowledgeAppeal, context: Context) -> tuple[AppealAcknowledged, ...]:
    """An appeal is acknowledged, and without an acknowledgement no limit can be held against the appellant."""
    appeal = case.appeal(command.appeal)
    if appeal.ended_on is not None:
        raise Refused("appeal_ended", f"Le recours {appeal.id} a pris fin le {in_french(appeal.ended_on)}.")
    if appeal.acknowledged_on is not None:
        raise Refused(
            "appeal_already_acknowledged",
            f"Il a été accusé réception du recours {appeal.id} le {in_french(appeal.acknowledged_on)}.",
        )
    return (
        AppealAcknowledged(
            appeal=appeal.id,
            acknowledged_on=context.today,
            implicit_rejection_on=appeal.implicit_rejection_on,
            contact=context.administration.contact(routing_of(case).platform, context.today),
        ),
    )
