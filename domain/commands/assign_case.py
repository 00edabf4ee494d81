"""A manager gives a case to an agent of its platform."""

from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.decisions import routing_of
from domain.events import CaseAssigned
from domain.french import of
from domain.refusals import Refused


class AssignCase(Command, frozen=True, kw_only=True):
    """The agent, by identity, and why."""

    agent: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reason: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


@command(
    "assign",
    AssignCase,
    title="Attribuer le dossier",
    example={"agent": "local:agent-63", "reason": "Répartition de la file de novembre."},
)
def assign_case(case: Case, command: AssignCase, context: Context) -> tuple[CaseAssigned, ...]:
    """The agent must have been appointed to the platform that examines the case."""
    case.must_be(Status.TO_CLAIM, Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS)
    agent = context.administration.agents.get(command.agent)
    if agent is None or agent.appointed_on > context.today:
        raise Refused("agent_unknown", f"Aucun agent nommé ne porte l'identité « {command.agent} ».")
    platform = routing_of(case).platform
    if agent.platform != platform:
        raise Refused(
            "agent_of_another_platform",
            f"{agent.name} relève du service « {agent.service} » ; le dossier relève de la plateforme {of(platform)}.",
        )
    if case.assignee == command.agent:
        raise Refused("agent_already_holds_case", f"{agent.name} a déjà le dossier.")
    return (CaseAssigned(agent=command.agent, agent_name=agent.name, reason=command.reason),)
