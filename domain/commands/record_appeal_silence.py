"""Silence on an administrative appeal becomes a rejection."""

from typing import Annotated

from msgspec import Meta

from domain.appeals import length_of_silence
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import AppealImplicitlyRejected
from domain.french import in_french
from domain.provisions import Chapter, provision
from domain.refusals import Refused


class RecordAppealSilence(Command, frozen=True, kw_only=True):
    """Record that nobody answered an appeal in time."""

    appeal: Annotated[str, Meta(max_length=20)]


@provision(Chapter.APPEALS, "CRPA L411-7", "CRPA L231-4 2°")
@command(
    "record-appeal-silence",
    RecordAppealSilence,
    title="Constater le rejet implicite du recours",
    fresh=False,
    example={"appeal": "A1"},
)
def record_appeal_silence(
    case: Case, command: RecordAppealSilence, context: Context
) -> tuple[AppealImplicitlyRejected, ...]:
    """Silence kept two months on an appeal rejects it; the last day counts to its end."""
    appeal = case.appeal(command.appeal)
    if appeal.ended_on is not None:
        raise Refused("appeal_ended", f"Le recours {appeal.id} a pris fin le {in_french(appeal.ended_on)}.")
    if context.today <= appeal.implicit_rejection_on:
        raise Refused(
            "silence_not_elapsed",
            f"Le silence ne vaudra rejet du recours {appeal.id} qu'à l'expiration du "
            f"{in_french(appeal.implicit_rejection_on)}.",
        )
    length = length_of_silence(appeal, context.reference)
    kept = f"gardé pendant {length}" if length else "gardé sur ce recours"
    return (
        AppealImplicitlyRejected(
            appeal=appeal.id,
            arisen_on=appeal.implicit_rejection_on,
            explanation=(
                f"Recours reçu le {in_french(appeal.received_on)} ; le silence {kept} vaut rejet le "
                f"{in_french(appeal.implicit_rejection_on)} (CRPA L411-7)."
            ),
        ),
    )
