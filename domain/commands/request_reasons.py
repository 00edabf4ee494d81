"""Somebody asks for the reasons of a refusal born of silence."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.acts import Addressee, DecisionKind
from domain.appeals import lodger
from domain.case import Case, Decision
from domain.clocks import clocks
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.events import ReasonsRequested
from domain.french import in_french
from domain.limits import limit_to_give_reasons
from domain.provisions import Chapter, provision
from domain.refusals import Refused


class RequestReasons(Command, frozen=True, kw_only=True):
    """Ask why the silence; the newest implicit refusal by default."""

    decision: Annotated[str, Meta(max_length=20)] | None = None
    asked_by: Addressee | None = None
    """Who wrote the letter, when an agent records it."""
    requested_on: date | None = None


@provision(Chapter.APPEALS, "CRPA L232-4")
@command(
    "request-reasons",
    RequestReasons,
    title="Demander les motifs du rejet implicite",
    example={"decision": "D1", "asked_by": "employer"},
)
def request_reasons(case: Case, command: RequestReasons, context: Context) -> tuple[ReasonsRequested, ...]:
    """The reasons of an implicit decision may be asked for within the limit to sue, and are due within the month."""
    decision = _implicit_refusal(case, command.decision)
    asked_by = lodger(case, context.actor, command.asked_by)
    if decision.reasons_requested_on is not None:
        raise Refused(
            "reasons_already_requested",
            f"Les motifs de la décision {decision.id} ont été demandés le {in_french(decision.reasons_requested_on)}.",
        )
    requested_on = command.requested_on or context.today
    must_have_no_fault(must_have_happened("/requested_on", requested_on, context.today, since=decision.on))
    limits = clocks(case, context.today, context.reference)
    to_sue = next((c for c in limits if (c.id, c.ref, c.addressee) == ("T12", decision.id, asked_by)), None)
    until = to_sue.expires_on if to_sue else None
    if until is not None and requested_on > until:
        raise Refused(
            "reasons_requested_too_late",
            f"Les motifs devaient être demandés dans le délai du recours contentieux, qui a pris fin le "
            f"{in_french(until)} (CRPA L232-4).",
        )
    due_on = limit_to_give_reasons(requested_on, context.reference).ends_on
    return (ReasonsRequested(decision=decision.id, requested_on=requested_on, due_on=due_on),)


def _implicit_refusal(case: Case, named: str | None) -> Decision:
    implicit = next((d for d in reversed(case.decisions) if d.kind is DecisionKind.IMPLICIT_REFUSAL), None)
    decision = case.decision(named) if named else implicit
    if decision is None or decision.kind is not DecisionKind.IMPLICIT_REFUSAL:
        raise Refused("decision_not_implicit", "Seuls les motifs d'un rejet implicite peuvent être demandés ainsi.")
    if not decision.live:
        raise Refused("decision_no_longer_stands", f"La décision {decision.id} ne produit plus d'effet.")
    return decision
