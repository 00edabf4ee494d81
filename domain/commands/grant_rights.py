"""A right is given to an agent, with its territory."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import departments_must_exist, must_have_no_fault, platforms_must_exist
from domain.context import Context
from domain.envelope import IdentityGiven, Role
from domain.events import RightsGranted
from domain.messages import RECIPIENT_TITLES
from domain.refusals import Fault, Refused
from domain.request import Name
from domain.rights import TERRITORIES, Territory


class GrantRights(Command, frozen=True, kw_only=True):
    """Which role, for which platforms or departments."""

    identity: IdentityGiven
    role: Role
    platforms: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    departments: Annotated[tuple[Annotated[str, Meta(max_length=3)], ...], Meta(max_length=110)] = ()
    recipient: Annotated[str, Meta(max_length=20)] = ""
    """The body that a partner answers for: `OFII` or `DGFiP`."""
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
    """Rights are for appointed agents only, from somebody else, bounded by the territory that their role calls for."""
    if command.identity == context.actor.identity:
        raise Refused("own_right_not_granted")
    if command.role not in TERRITORIES:
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
            recipient=command.recipient if TERRITORIES[command.role] is Territory.RECIPIENT else "",
            starts_on=command.starts_on,
        ),
    )


def _territory_faults(command: GrantRights) -> tuple[Fault, ...]:
    territory = TERRITORIES[command.role]
    if territory is Territory.PLATFORM and not command.platforms:
        return (
            Fault(
                pointer="/platforms",
                code="territory_missing",
                message="Indiquez la plateforme pour laquelle ce droit est donné.",
            ),
        )
    if territory is Territory.DEPARTMENT and not command.departments:
        return (
            Fault(
                pointer="/departments",
                code="territory_missing",
                message="Indiquez les départements pour lesquels ce droit est donné.",
            ),
        )
    if territory is Territory.RECIPIENT and command.recipient not in RECIPIENT_TITLES:
        return (
            Fault(
                pointer="/recipient",
                code="recipient_missing",
                message=f"Indiquez le destinataire des messages : {' ou '.join(RECIPIENT_TITLES)}.",
            ),
        )
    return ()
