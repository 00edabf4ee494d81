"""An agent takes a case of their platform."""

from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.events import CaseClaimed
from domain.refusals import Refused


class ClaimCase(Command, frozen=True, kw_only=True):
    """Take a case from the queue."""


@command("claim", ClaimCase, title="Prendre en charge le dossier", fresh=False, example={})
def claim_case(case: Case, command: ClaimCase, context: Context) -> tuple[CaseClaimed, ...]:
    """One agent holds a case at a time; the refusal names the holder."""
    if case.assignee is not None:
        raise Refused("case_already_claimed", f"Le dossier est déjà pris en charge par {case.assignee_name}.")
    case.must_be(Status.TO_CLAIM, Status.AWAITING_ITEMS)
    return (CaseClaimed(agent=context.actor.identity, agent_name=context.actor.name),)
