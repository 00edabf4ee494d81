"""A manager sends a case to another platform or prefect."""

from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.command import Command, command
from domain.commands.route_request import (
    facts_of,
    ground_of,
    known_department,
    known_platform,
    must_move,
    received_by_the_competent,
)
from domain.competence import competence_of
from domain.context import Context
from domain.events import RequestTransferred
from domain.refusals import Refused
from domain.request import DepartmentCode
from domain.routing import table_version


class TransferRequest(Command, frozen=True, kw_only=True):
    """Where the case goes, and why; the competent prefect stays unless another is named."""

    platform: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    competent_department: DepartmentCode | None = None
    deciding_department: DepartmentCode | None = None
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=2_000)]


@command(
    "transfer",
    TransferRequest,
    title="Transférer le dossier",
    example={
        "platform": "Béthune",
        "competent_department": "59",
        "reason": "Le siège de l'établissement employeur est dans le Nord.",
    },
)
def transfer_request(case: Case, command: TransferRequest, context: Context) -> tuple[RequestTransferred, ...]:
    """The first receipt is kept; the second too, unless the competent prefect changes (CRPA L114-2, L114-3)."""
    case.must_be(Status.TO_CLAIM, Status.UNDER_EXAMINATION)
    here = case.routing
    if here is None:
        raise Refused("status_forbids", "Le dossier n'a pas encore été orienté : il n'y a rien à transférer.")
    competent = known_department(
        command.competent_department or here.competent_department, "/competent_department", context
    )
    platform_department = known_platform(command.platform, competent, context)
    deciding = known_department(command.deciding_department or platform_department, "/deciding_department", context)
    must_move(case, command.platform, competent, deciding)
    competence = competence_of(case.request, context.reference, context.today)
    return (
        RequestTransferred(
            reason=command.reason,
            rule=competence.rule,
            rule_since=competence.rule_since,
            ground=ground_of(competence, competent),
            table_version=table_version(context.administration, context.reference, context.today),
            facts=facts_of(competence, competent),
            from_platform=here.platform,
            competent_department=competent,
            competent_prefect=context.reference.prefect_title(competent),
            deciding_department=deciding,
            deciding_prefect=context.reference.prefect_title(deciding),
            platform=command.platform,
            transferred_on=context.today,
            received_on=received_by_the_competent(case, competent, context),
        ),
    )
