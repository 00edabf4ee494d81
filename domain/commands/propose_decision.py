"""The agent who holds a case proposes a decision for signature."""

from typing import Annotated

import msgspec

from domain.acts import DecisionKind
from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.decisions import ReasonDrafts, must_be_examinable, must_be_lawful, reasons_given
from domain.events import DecisionProposed
from domain.permits import express_permit


class ProposeDecision(Command, frozen=True, kw_only=True):
    """Propose a decision; an unfavourable one brings its grounds, each with its facts and exhibits."""

    kind: DecisionKind
    reasons: ReasonDrafts = ()
    explanation: Annotated[str, msgspec.Meta(max_length=5_000)] = ""


EXAMPLE = {
    "kind": "refusal",
    "reasons": [
        {
            "criterion": "pay",
            "fact": "La rémunération proposée, 1 650 euros bruts pour 35 heures, est inférieure au SMIC mensuel.",
        }
    ],
    "explanation": "",
}


@command("propose", ProposeDecision, title="Proposer une décision", example=EXAMPLE)
def propose_decision(case: Case, command: ProposeDecision, context: Context) -> tuple[DecisionProposed, ...]:
    """What could not lawfully be signed today is not proposed."""
    if command.kind is DecisionKind.CLOSURE:
        case.must_be(Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS)
    else:
        must_be_examinable(case, context.today)
    case.must_be_held_by(context.actor.identity)
    reasons = reasons_given(case, command.reasons, context)
    must_be_lawful(case, command.kind, reasons, command.explanation, context)
    return (
        DecisionProposed(
            kind=command.kind,
            stage=case.stage,
            reasons=reasons,
            explanation=command.explanation.strip(),
            permit=express_permit(case, context) if command.kind is DecisionKind.GRANT else None,
            proposed_by=context.actor.identity,
            proposed_on=context.today,
        ),
    )
