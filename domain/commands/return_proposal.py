"""A signatory sends a proposal back to the agent."""

from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.events import ProposalReturned


class ReturnProposal(Command, frozen=True, kw_only=True):
    """Send the proposal back, saying what is to be done again."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=5_000)]


EXAMPLE = {"reason": "Le motif tiré de la rémunération ne cite pas la grille de la convention collective."}


@command("return-proposal", ReturnProposal, title="Retourner la proposition", example=EXAMPLE)
def return_proposal(case: Case, command: ReturnProposal, context: Context) -> tuple[ProposalReturned, ...]:
    """The case goes back to examination, with its assessments."""
    case.must_be(Status.TO_SIGN)
    return (ProposalReturned(reason=command.reason, returned_on=context.today),)
