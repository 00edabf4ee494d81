"""The claim reaches the administration through the courts' application."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.appeals import department_of
from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import pending, served_on
from domain.events import ClaimServed
from domain.french import in_french
from domain.refusals import Refused


class ServeClaim(Command, frozen=True, kw_only=True):
    """Record that the claim was made available, and when it was read."""

    litigation: Annotated[str, Meta(max_length=20)]
    made_available_on: date
    read_on: date | None = None


@command(
    "serve-claim",
    ServeClaim,
    title="Enregistrer la communication de la requête",
    example={"litigation": "L1", "made_available_on": "2026-11-02", "read_on": "2026-11-02"},
)
def serve_claim(case: Case, command: ServeClaim, context: Context) -> tuple[ClaimServed, ...]:
    """A claim is served at its first reading, or two working days after it was made available (CJA R611-8-6)."""
    proceedings = pending(case, command.litigation)
    if proceedings.served_on is not None:
        raise Refused(
            "claim_already_served",
            f"La requête {proceedings.court_number} a été communiquée le {in_french(proceedings.served_on)}.",
        )
    read_on = command.read_on
    must_have_no_fault(
        (
            *must_have_happened(
                "/made_available_on", command.made_available_on, context.today, since=proceedings.lodged_on
            ),
            *(
                must_have_happened("/read_on", read_on, context.today, since=command.made_available_on)
                if read_on
                else ()
            ),
        )
    )
    on = served_on(proceedings.action, command.made_available_on, read_on, department_of(case), context.reference)
    if on > context.today:
        raise Refused(
            "claim_not_yet_served",
            f"Sans lecture, la requête ne sera réputée communiquée que le {in_french(on)} (CJA R611-8-6).",
        )
    return (ClaimServed(litigation=proceedings.id, made_available_on=command.made_available_on, served_on=on),)
