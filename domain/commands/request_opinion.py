"""An agent asks another body for its opinion (CT L5221-7)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.command import Command, command
from domain.content import must_follow, must_have_no_fault
from domain.context import Context
from domain.events import OpinionRequested
from domain.findings import Criterion
from domain.french import in_french
from domain.refusals import Refused


class Body(StrEnum):
    """Bodies with which the authority may exchange information and documents for the examination."""

    LABOUR_INSPECTION = "inspection du travail"
    URSSAF = "URSSAF"
    MSA = "MSA"
    FRANCE_TRAVAIL = "France Travail"
    HOLIDAY_FUND = "caisse de congés payés"
    DREETS = "DREETS"
    CNAPS = "CNAPS"
    PROFESSIONAL_ORDER = "ordre professionnel"
    CRIMINAL_RECORD = "casier judiciaire national"
    PREFECTURE = "préfecture"


class RequestOpinion(Command, frozen=True, kw_only=True):
    """The body, the question, the condition it bears on, and the day an answer is hoped for."""

    body: Body
    question: Annotated[str, msgspec.Meta(min_length=10, max_length=5_000)]
    criterion: Criterion | None = None
    due_on: date | None = None


@command(
    "request-opinion",
    RequestOpinion,
    title="Demander un avis",
    example={
        "body": "inspection du travail",
        "question": "L'établissement a-t-il fait l'objet de constats en santé et sécurité au travail ?",
        "criterion": "employer_record",
    },
)
def request_opinion(case: Case, command: RequestOpinion, context: Context) -> tuple[OpinionRequested, ...]:
    """A body is asked once at a time; an opinion suspends nothing, as no text says so."""
    case.must_be(Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS)
    case.must_be_held_by(context.actor.identity)
    pending = next((o for o in case.opinions if o.body == command.body and o.given_on is None), None)
    if pending is not None:
        raise Refused(
            "opinion_pending",
            f"L'avis {pending.id} est demandé à « {pending.body} » depuis le {in_french(pending.requested_on)}.",
        )
    if command.due_on is not None:
        must_have_no_fault(must_follow("/due_on", command.due_on, context.today))
    return (
        OpinionRequested(
            opinion=f"O{len(case.opinions) + 1}",
            body=command.body,
            question=command.question,
            criterion=command.criterion,
            requested_on=context.today,
            due_on=command.due_on,
        ),
    )
