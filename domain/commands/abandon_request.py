"""The filer gives the request up (désistement)."""

from typing import Annotated

import msgspec

from domain.acts import StageKind
from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.events import RequestAbandoned
from domain.refusals import Refused


class AbandonRequest(Command, frozen=True, kw_only=True):
    """Give the request up, and why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


@command(
    "abandon",
    AbandonRequest,
    title="Se désister de la demande",
    example={"reason": "Le candidat a renoncé au poste."},
)
def abandon_request(case: Case, command: AbandonRequest, context: Context) -> tuple[RequestAbandoned, ...]:
    """Possible until the first decision: an appeal or a court's order is given up before whom it was made."""
    case.must_be(
        Status.FILED,
        Status.TO_ROUTE,
        Status.TO_CLAIM,
        Status.UNDER_EXAMINATION,
        Status.AWAITING_ITEMS,
        Status.TO_SIGN,
    )
    if case.stage.kind is not StageKind.FIRST:
        raise Refused(
            "status_forbids",
            "La demande a déjà été décidée : seul le recours en cours peut faire l'objet d'un désistement.",
        )
    return (RequestAbandoned(reason=command.reason, abandoned_on=context.today),)
