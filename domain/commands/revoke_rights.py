"""A right is taken."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.context import Context
from domain.envelope import Role
from domain.events import RightsRevoked
from domain.french import in_french
from domain.refusals import Refused
from domain.request import Name


class RevokeRights(Command, frozen=True, kw_only=True):
    """Take a role from somebody; `ends_on` is the first day without it."""

    identity: Name
    role: Role
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]
    ends_on: date


@administration_command(
    "rights/revoke",
    RevokeRights,
    title="Retirer un droit",
    example={
        "identity": "local:agent-63",
        "role": "agent",
        "reason": "Mutation dans un autre service.",
        "ends_on": "2026-12-01",
    },
)
def revoke_rights(state: Administration, command: RevokeRights, context: Context) -> tuple[RightsRevoked, ...]:
    """Only a right that would hold that day can be taken; nobody takes their own administration right, nor the last."""
    if command.identity == context.actor.identity and command.role is Role.ADMIN:
        raise Refused("own_right_kept")
    if not state.has_right(command.identity, command.role, command.ends_on):
        raise Refused(
            "right_unknown", f"« {command.identity} » n'a pas ce droit à la date du {in_french(command.ends_on)}."
        )
    if command.role is Role.ADMIN and not _somebody_else_administers(state, command):
        raise Refused("last_administrator")
    return (
        RightsRevoked(identity=command.identity, role=command.role, reason=command.reason, ends_on=command.ends_on),
    )


def _somebody_else_administers(state: Administration, command: RevokeRights) -> bool:
    """Whether somebody is left who may grant rights from that day on, and from whom nobody has taken that yet."""
    return any(
        right.role is Role.ADMIN
        and right.identity != command.identity
        and right.is_in_force(command.ends_on)
        and right.ends_on is None
        for right in state.rights
    )
