"""A manager routes a case that the table left to hand, or corrects a routing."""

from datetime import date
from typing import Annotated

import msgspec

from domain.acknowledgement import acknowledge
from domain.case import Case, Status
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.envelope import Role
from domain.events import CaseEvent, RequestRouted
from domain.refusals import Refused
from domain.request import DepartmentCode
from domain.routing import competence_of, deciding_department_of, table_version


class RouteRequest(Command, frozen=True, kw_only=True):
    """The platform that will examine, the prefects if they are not those of the texts and the table, and why."""

    platform: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    competent_department: DepartmentCode | None = None
    deciding_department: DepartmentCode | None = None
    received_on: date | None = None
    """Receipt by the competent administration; the day of the routing when not given."""
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=2_000)]


@command(
    "route",
    RouteRequest,
    title="Orienter le dossier",
    by={Role.MANAGER},
    example={
        "platform": "Clermont-Ferrand",
        "reason": "Convention de délégation de gestion publiée pour ce département, table à compléter.",
    },
)
def route_request(case: Case, command: RouteRequest, context: Context) -> tuple[CaseEvent, ...]:
    """Acknowledges what filing could not; a case that somebody holds is transferred instead."""
    case.must_be(Status.TO_ROUTE, Status.TO_CLAIM)
    competence = competence_of(case.request, context.reference)
    competent = known_department(
        command.competent_department or competence.department, "/competent_department", context
    )
    platform_department = known_platform(command.platform, context)
    deciding = known_department(command.deciding_department or platform_department, "/deciding_department", context)
    received_on = command.received_on or context.today
    must_have_no_fault(must_have_happened("/received_on", received_on, context.today, since=case.filed_on))
    if case.routing is not None and (
        case.routing.platform,
        case.routing.competent_department,
        case.routing.deciding_department,
    ) == (command.platform, competent, deciding):
        raise Refused("routing_unchanged", f"Le dossier est déjà orienté vers la plateforme de {command.platform}.")
    routed = RequestRouted(
        rule=competence.rule,
        table_version=table_version(context.administration, context.reference, context.today),
        facts={**competence.facts, "motif": command.reason},
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


def known_department(code: str | None, pointer: str, context: Context) -> str:
    """The code of a department that exists; refused when it does not, or when nothing designates one."""
    if code is None or context.reference.department(code) is None:
        raise Refused(
            "department_unknown",
            f"Le département {code} n'existe pas." if code else f"Le département doit être indiqué ({pointer}).",
        )
    return code


def known_platform(platform: str, context: Context) -> str:
    """The department of the prefect who decides at a platform of the table in force; refused for an unknown one."""
    department = deciding_department_of(platform, context.administration, context.reference, context.today)
    if department is None:
        raise Refused("platform_unknown", f"La table d'orientation ne connaît pas la plateforme « {platform} ».")
    return department
