"""An access to the case ends."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import CaseAccessEnded
from domain.refusals import Refused
from domain.request import Name


class EndAccess(Command, frozen=True, kw_only=True):
    """End the access of an identity that did not file."""

    identity: Name
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


@command(
    "end-access",
    EndAccess,
    title="Mettre fin à un accès au dossier",
    example={"identity": "local:worker-diallo", "reason": "Le conseil n'est plus constitué."},
)
def end_access(case: Case, command: EndAccess, context: Context) -> tuple[CaseAccessEnded, ...]:
    """It ends at once; what was done under it stays."""
    if command.identity not in case.accesses:
        raise Refused("access_unknown", f"« {command.identity} » n'a pas d'accès particulier à ce dossier.")
    return (CaseAccessEnded(identity=command.identity, reason=command.reason, ended_on=context.today),)
