"""The applicant maintains the claim for annulment although the suspension was refused."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import pending, suspension_to_answer
from domain.events import MainClaimConfirmed
from domain.french import in_french
from domain.refusals import Refused


class ConfirmMainClaim(Command, frozen=True, kw_only=True):
    """Record that the court was told the claim is maintained."""

    litigation: Annotated[str, Meta(max_length=20)]
    confirmed_on: date | None = None


@command(
    "confirm-main-claim",
    ConfirmMainClaim,
    title="Enregistrer le maintien de la requête en annulation",
    example={"litigation": "L1"},
)
def confirm_main_claim(case: Case, command: ConfirmMainClaim, context: Context) -> tuple[MainClaimConfirmed, ...]:
    """Whether it came in time is the court's to say, which alone takes note of a withdrawal (CJA R612-5-2)."""
    main = pending(case, command.litigation)
    refused = suspension_to_answer(case, main)
    if refused is None or refused.judgment_notified_on is None:
        raise Refused(
            "confirmation_not_due",
            f"Aucune ordonnance n'oblige à confirmer la requête {main.court_number} (CJA R612-5-2).",
        )
    if main.confirmed_on is not None:
        raise Refused("claim_already_confirmed", f"La requête a été maintenue le {in_french(main.confirmed_on)}.")
    confirmed_on = command.confirmed_on or context.today
    must_have_no_fault(
        must_have_happened("/confirmed_on", confirmed_on, context.today, since=refused.judgment_notified_on)
    )
    return (MainClaimConfirmed(litigation=main.id, suspension=refused.id, confirmed_on=confirmed_on),)
