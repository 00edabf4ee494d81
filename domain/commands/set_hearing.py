"""The court announces its hearing."""

from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import briefs_close_on, hearing_notice_days, pending
from domain.events import HearingSet
from domain.french import in_french
from domain.refusals import Refused


class SetHearing(Command, frozen=True, kw_only=True):
    """Record the notice of hearing; a later one replaces it."""

    litigation: Annotated[str, Meta(max_length=20)]
    announced_on: date | None = None
    hearing_on: date
    urgent: bool = False
    """The president reduced the notice to two days."""


@command(
    "set-hearing",
    SetHearing,
    title="Enregistrer un avis d'audience",
    example={"litigation": "L1", "hearing_on": "2027-04-15"},
)
def set_hearing(case: Case, command: SetHearing, context: Context) -> tuple[HearingSet, ...]:
    """Seven days' notice, two when urgent (CJA R711-2); briefs close three clear days before (R613-2)."""
    proceedings = pending(case, command.litigation)
    announced_on = command.announced_on or context.today
    must_have_no_fault(must_have_happened("/announced_on", announced_on, context.today, since=proceedings.lodged_on))
    notice = hearing_notice_days(proceedings.action, command.urgent, announced_on, context.reference)
    earliest = announced_on + timedelta(days=notice)
    if command.hearing_on < earliest:
        raise Refused(
            "hearing_notice_too_short",
            f"Un avis du {in_french(announced_on)} ne peut fixer l'audience avant le {in_french(earliest)} : il la "
            f"précède de {notice} jours au moins (CJA R711-2).",
        )
    return (
        HearingSet(
            litigation=proceedings.id,
            announced_on=announced_on,
            hearing_on=command.hearing_on,
            investigation_closes_on=briefs_close_on(
                proceedings.action, command.hearing_on, context.reference, urgent=command.urgent
            ),
        ),
    )
