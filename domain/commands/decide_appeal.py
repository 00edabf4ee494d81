"""The minister's answer to a hierarchical appeal is recorded."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.acts import AppealKind, AppealOutcome, StageKind
from domain.case import Case
from domain.command import Command, command
from domain.content import must_follow, must_have_happened, must_have_no_fault
from domain.context import Context
from domain.days import add_months
from domain.events import AppealDecided, ReexaminationOrdered
from domain.french import in_french
from domain.refusals import Refused

REEXAMINATION_MONTHS = 1
"""Delay to re-examine when the minister fixes none: a practice, set by no text."""


class DecideAppeal(Command, frozen=True, kw_only=True):
    """Record what the minister decided."""

    appeal: Annotated[str, Meta(max_length=20)]
    outcome: AppealOutcome
    decided_on: date | None = None
    notified_on: date | None = None
    """When his answer reached the author of the appeal, where that is proved."""
    reexamine_by: date | None = None
    """Day by which the minister wants a new decision; a month later by default."""
    summary: Annotated[str, Meta(min_length=1, max_length=5_000)]


@command(
    "decide-appeal",
    DecideAppeal,
    title="Enregistrer la décision du ministre sur le recours hiérarchique",
    example={
        "appeal": "A1",
        "outcome": "upheld",
        "summary": "Le ministre retient que l'emploi figurait sur la liste des métiers en tension.",
    },
)
def decide_appeal(
    case: Case, command: DecideAppeal, context: Context
) -> tuple[AppealDecided | ReexaminationOrdered, ...]:
    """The minister decides hierarchical appeals (CT R5221-19); when he annuls, the request is examined again."""
    appeal = case.appeal(command.appeal)
    if appeal.kind is not AppealKind.HIERARCHICAL:
        raise Refused(
            "appeal_not_hierarchical",
            f"Le recours {appeal.id} est gracieux : il y est répondu par une décision proposée puis signée.",
        )
    if appeal.ended_on is not None and not appeal.implicitly:
        raise Refused("appeal_ended", f"Le recours {appeal.id} a été tranché le {in_french(appeal.ended_on)}.")
    decided_on = command.decided_on or context.today
    must_have_no_fault(must_have_happened("/decided_on", decided_on, context.today, since=appeal.received_on))
    if command.notified_on is not None:
        must_have_no_fault(must_have_happened("/notified_on", command.notified_on, context.today, since=decided_on))
    due_on = command.reexamine_by or add_months(decided_on, REEXAMINATION_MONTHS)
    must_have_no_fault(must_follow("/reexamine_by", due_on, decided_on))
    decided = AppealDecided(
        appeal=appeal.id,
        outcome=command.outcome,
        by_minister=True,
        decided_on=decided_on,
        summary=command.summary,
        notified_on=command.notified_on,
    )
    attacked = case.decision(appeal.against)
    already = case.stage.kind is not StageKind.FIRST
    if command.outcome is AppealOutcome.REJECTED or not attacked.live or already:
        return (decided,)
    return (
        decided,
        ReexaminationOrdered(
            litigation=appeal.id, decision=attacked.id, ordered_on=decided_on, due_on=due_on, kind="minister"
        ),
    )
