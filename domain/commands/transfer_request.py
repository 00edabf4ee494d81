"""A manager sends a case to another platform or prefect."""

from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.command import Command, command
from domain.commands.route_request import known_department, known_platform
from domain.context import Context
from domain.envelope import Role
from domain.events import RequestTransferred
from domain.refusals import Refused
from domain.request import DepartmentCode


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
    by={Role.MANAGER},
    example={
        "platform": "Béthune",
        "competent_department": "59",
        "reason": "Le siège de l'établissement employeur est dans le Nord.",
    },
)
def transfer_request(case: Case, command: TransferRequest, context: Context) -> tuple[RequestTransferred, ...]:
    """The first receipt is kept: silence that rejects goes on from there (CRPA L114-2, L114-3)."""
    case.must_be(Status.TO_CLAIM, Status.UNDER_EXAMINATION)
    here = case.routing
    if here is None:
        raise Refused("status_forbids", "Le dossier n'a pas encore été orienté : il n'y a rien à transférer.")
    platform_department = known_platform(command.platform, context)
    competent = known_department(
        command.competent_department or here.competent_department, "/competent_department", context
    )
    deciding = known_department(command.deciding_department or platform_department, "/deciding_department", context)
    if (here.platform, here.competent_department, here.deciding_department) == (
        command.platform,
        competent,
        deciding,
    ):
        raise Refused("routing_unchanged", f"Le dossier est déjà orienté vers la plateforme de {command.platform}.")
    return (
        RequestTransferred(
            reason=command.reason,
            from_platform=here.platform,
            competent_department=competent,
            competent_prefect=context.reference.prefect_title(competent),
            deciding_department=deciding,
            deciding_prefect=context.reference.prefect_title(deciding),
            platform=command.platform,
            transferred_on=context.today,
        ),
    )
