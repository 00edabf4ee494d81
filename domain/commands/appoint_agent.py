"""An agent is appointed to a service."""

from datetime import date

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import must_have_no_fault, platforms_must_exist
from domain.context import Context
from domain.envelope import IdentityGiven
from domain.events import AgentAppointed
from domain.refusals import Refused
from domain.request import Name


class AppointAgent(Command, frozen=True, kw_only=True):
    """Name an agent, or change their quality or service."""

    identity: IdentityGiven
    name: Name
    quality: Name
    service: Name
    platform: Name | None = None
    """None for an agent of a prefecture or of the central administration."""
    appointed_on: date


@administration_command(
    "agents",
    AppointAgent,
    title="Nommer un agent",
    example={
        "identity": "local:agent-63",
        "name": "Claire Vidal",
        "quality": "Instructrice",
        "service": "Plateforme de main-d'œuvre étrangère de Clermont-Ferrand",
        "platform": "Clermont-Ferrand",
        "appointed_on": "2026-11-02",
    },
)
def appoint_agent(state: Administration, command: AppointAgent, context: Context) -> tuple[AgentAppointed, ...]:
    """A new appointment replaces the one before; the same one twice is refused."""
    must_have_no_fault(
        platforms_must_exist(context.reference, state, (command.platform,) if command.platform else (), "/platform")
    )
    appointed = AgentAppointed(
        identity=command.identity,
        name=command.name,
        quality=command.quality,
        service=command.service,
        platform=command.platform,
        appointed_on=command.appointed_on,
    )
    if state.agents.get(command.identity) == appointed:
        raise Refused("agent_already_appointed", f"L'agent {command.name} est déjà nommé dans ce service.")
    return (appointed,)
