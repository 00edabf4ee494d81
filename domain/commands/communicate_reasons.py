"""The service gives the reasons of a refusal born of silence."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.decisions import ReasonDraft
from domain.events import ReasonsCommunicated
from domain.french import in_french
from domain.grounds import grounds_of
from domain.limits import limit_to_give_reasons
from domain.provisions import Chapter, provision
from domain.refusals import Refused


class CommunicateReasons(Command, frozen=True, kw_only=True):
    """Give the reasons, in law and in fact."""

    decision: Annotated[str, Meta(max_length=20)]
    reasons: Annotated[tuple[ReasonDraft, ...], Meta(min_length=1, max_length=20)]


@provision(Chapter.APPEALS, "CRPA L232-4")
@command(
    "communicate-reasons",
    CommunicateReasons,
    title="Communiquer les motifs du rejet implicite",
    example={
        "decision": "D1",
        "reasons": [
            {
                "criterion": "labour_market",
                "fact": "L'emploi ne figure pas sur la liste régionale et l'offre n'a été publiée que dix jours.",
            }
        ],
    },
)
def communicate_reasons(case: Case, command: CommunicateReasons, context: Context) -> tuple[ReasonsCommunicated, ...]:
    """Reasons given after the month do not mend an implicit decision, which only a new one can replace."""
    decision = case.decision(command.decision)
    asked_on = decision.reasons_requested_on
    if asked_on is None:
        raise Refused("reasons_not_requested", f"Personne n'a demandé les motifs de la décision {decision.id}.")
    if decision.reasons_communicated_on is not None:
        raise Refused(
            "reasons_already_communicated",
            f"Les motifs de la décision {decision.id} ont été communiqués le "
            f"{in_french(decision.reasons_communicated_on)}.",
        )
    due_on = limit_to_give_reasons(asked_on, context.reference).ends_on
    if context.today > due_on:
        raise Refused(
            "reasons_too_late",
            f"Les motifs demandés le {in_french(asked_on)} devaient être communiqués avant la fin du "
            f"{in_french(due_on)} ; seule une décision expresse peut désormais répondre.",
        )
    reasons = grounds_of(case, command.reasons, decision.on, "/reasons", context)
    return (ReasonsCommunicated(decision=decision.id, reasons=reasons, communicated_on=context.today),)
