"""A case goes back to the queue of its platform."""

from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.envelope import Role
from domain.events import CaseReleased


class ReleaseCase(Command, frozen=True, kw_only=True):
    """Put the case back, and why."""

    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


@command(
    "release",
    ReleaseCase,
    title="Rendre le dossier à la file",
    fresh=False,
    example={"reason": "Absence de longue durée."},
)
def release_case(case: Case, command: ReleaseCase, context: Context) -> tuple[CaseReleased, ...]:
    """The agent who holds the case may release it, and a manager for them; not while it waits for a signature."""
    case.must_be(Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS)
    holder = case.must_be_held()
    if context.actor.role is Role.AGENT:
        case.must_be_held_by(context.actor.identity)
    return (CaseReleased(agent=holder, reason=command.reason),)
