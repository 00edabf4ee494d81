"""A right is given to an agent, with its territory."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import departments_must_exist, must_have_no_fault, platforms_must_exist
from domain.context import Context
from domain.envelope import Role
from domain.events import RightsGranted
from domain.refusals import Fault, Refused
from domain.request import Name

BY_PLATFORM = frozenset({Role.AGENT, Role.SIGNATORY, Role.MANAGER})
BY_DEPARTMENT = frozenset({Role.PREFECTURE, Role.LEGAL})
EVERYWHERE = frozenset({Role.AUDITOR, Role.ADMIN})


class GrantRights(Command, frozen=True, kw_only=True):
    """Which role, for which platforms or departments."""

    identity: Name
    role: Role
    platforms: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    departments: Annotated[tuple[Annotated[str, Meta(max_length=3)], ...], Meta(max_length=110)] = ()
    starts_on: date


@administration_command(
    "rights",
    GrantRights,
    title="Donner un droit",
    example={
        "identity": "local:agent-63",
        "role": "agent",
        "platforms": ["Clermont-Ferrand"],
        "starts_on": "2026-11-02",
    },
)
def grant_rights(state: Administration, command: GrantRights, context: Context) -> tuple[RightsGranted, ...]:
    """Rights are for appointed agents only, and bounded by the territory that their role calls for."""
    if command.role not in BY_PLATFORM | BY_DEPARTMENT | EVERYWHERE:
        raise Refused(
            "role_not_granted", "Cette qualité ne peut être attribuée : elle résulte de la demande elle-même."
        )
    if command.identity not in state.agents:
        raise Refused("agent_not_appointed", f"Aucun agent n'est nommé sous l'identité « {command.identity} ».")
    must_have_no_fault(
        (
            *platforms_must_exist(context.reference, state, command.platforms, "/platforms"),
            *departments_must_exist(context.reference, command.departments, "/departments"),
            *_territory_faults(command),
        )
    )
    return (
        RightsGranted(
            identity=command.identity,
            role=command.role,
            platforms=command.platforms,
            departments=command.departments,
            starts_on=command.starts_on,
        ),
    )


def _territory_faults(command: GrantRights) -> tuple[Fault, ...]:
    if command.role in BY_PLATFORM and not command.platforms:
        return (
            Fault(
                pointer="/platforms",
                code="territory_missing",
                message="Indiquez la plateforme pour laquelle ce droit est donné.",
            ),
        )
    if command.role in BY_DEPARTMENT and not command.departments:
        return (
            Fault(
                pointer="/departments",
                code="territory_missing",
                message="Indiquez les départements pour lesquels ce droit est donné.",
            ),
        )
    return ()
