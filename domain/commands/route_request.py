"""A manager routes a case that the table left to hand, or corrects a routing."""

from datetime import date
from typing import Annotated

import msgspec

from domain.acknowledgement import acknowledge
from domain.case import Case, Status
from domain.command import Command, command
from domain.competence import DESIGNATED, Competence, competence_of
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.events import AcknowledgementIssued, RequestRouted
from domain.french import of
from domain.refusals import Refused
from domain.request import DepartmentCode
from domain.routing import deciding_department_of, table_version


class RouteRequest(Command, frozen=True, kw_only=True):
    """The platform that will examine, the prefects if they are not those of the texts and the table, and why."""

    platform: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    competent_department: DepartmentCode | None = None
    deciding_department: DepartmentCode | None = None
    received_on: date | None = None
    """Receipt by the competent administration; when not given, the day it is known, or that of the routing."""
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=2_000)]


@command(
    "route",
    RouteRequest,
    title="Orienter le dossier",
    example={
        "platform": "Clermont-Ferrand",
        "reason": "Convention de délégation de gestion publiée pour ce département, table à compléter.",
    },
)
def route_request(
    case: Case, command: RouteRequest, context: Context
) -> tuple[RequestRouted | AcknowledgementIssued, ...]:
    """Acknowledges what filing could not; a case that somebody holds is transferred instead."""
    case.must_be(Status.TO_ROUTE, Status.TO_CLAIM)
    competence = competence_of(case.request, context.reference, context.today)
    competent = known_department(
        command.competent_department or competence.department, "/competent_department", context
    )
    platform_department = known_platform(command.platform, competent, context)
    deciding = known_department(command.deciding_department or platform_department, "/deciding_department", context)
    received_on = command.received_on or received_by_the_competent(case, competent, context)
    must_have_no_fault(must_have_happened("/received_on", received_on, context.today, since=case.filed_on))
    must_move(case, command.platform, competent, deciding)
    routed = RequestRouted(
        rule=competence.rule,
        rule_since=competence.rule_since,
        ground=ground_of(competence, competent),
        table_version=table_version(context.administration, context.reference, context.today),
        facts={**facts_of(competence, competent), "motif": command.reason},
        competent_department=competent,
        competent_prefect=context.reference.prefect_title(competent),
        deciding_department=deciding,
        deciding_prefect=context.reference.prefect_title(deciding),
        platform=command.platform,
        first_received_on=case.filed_on,
        received_on=received_on,
        by_hand=True,
    )
    if case.acknowledgement is not None:
        return (routed,)
    acknowledgement = acknowledge(
        case.request,
        case.filed_as,
        frozenset(document.current.item for document in case.documents.values()),
        first_received_on=case.filed_on,
        received_on=received_on,
        platform=command.platform,
        competent_prefect=routed.competent_prefect,
        context=context,
    )
    return (routed, acknowledgement)


def must_move(case: Case, platform: str, competent: str, deciding: str) -> None:
    """Refuse a routing that would leave the case where it is."""
    here = case.routing
    if here and (here.platform, here.competent_department, here.deciding_department) == (platform, competent, deciding):
        raise Refused("routing_unchanged", f"Le dossier est déjà orienté vers la plateforme {of(platform)}.")


def received_by_the_competent(case: Case, competent: str, context: Context) -> date:
    """Today, unless the competent prefect's services already held the request: that prefect has not changed then.

    Only who examines moves, within one administration: silence that accepts goes on (CRPA L114-3).
    """
    here = case.routing
    return here.received_on if here is not None and here.competent_department == competent else context.today


def ground_of(competence: Competence, competent: str) -> str:
    """The ground of the text, unless a manager names another prefect than it designates."""
    return competence.ground if competence.department == competent else ""


def facts_of(competence: Competence, competent: str) -> dict[str, str]:
    """The facts that the text looks at, and the department that it designates where a manager names another."""
    if competence.department is None or competence.department == competent:
        return competence.facts
    return {**competence.facts, DESIGNATED: competence.department}


def known_department(code: str | None, pointer: str, context: Context) -> str:
    """The code of a department that exists; refused when it does not, or when nothing designates one."""
    if code is None or context.reference.department(code) is None:
        raise Refused(
            "department_unknown",
            f"Le département {code} n'existe pas." if code else f"Le département doit être indiqué ({pointer}).",
        )
    return code


def known_platform(platform: str, competent: str, context: Context) -> str:
    """The department of the prefect who decides at a platform of the table in force; refused for an unknown one."""
    department = deciding_department_of(platform, competent, context.administration, context.reference, context.today)
    if department is None:
        raise Refused("platform_unknown", f"La table d'orientation ne connaît pas la plateforme « {platform} ».")
    return department
