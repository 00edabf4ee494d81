"""A court's judgment is recorded."""

from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta

from domain.acts import CourtAction, Injunction, JudgmentOutcome, PleaKind
from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import InjunctionOrdered, pending
from domain.envelope import Role
from domain.events import JudgmentRecorded, ReexaminationOrdered
from domain.refusals import Fault, Refused

GRANTED = frozenset({JudgmentOutcome.ANNULLED, JudgmentOutcome.PARTLY_ANNULLED})
NOT_GRANTED = frozenset(
    {
        JudgmentOutcome.REJECTED,
        JudgmentOutcome.INADMISSIBLE,
        JudgmentOutcome.NO_NEED_TO_RULE,
        JudgmentOutcome.WITHDRAWN,
    }
)
OUTCOMES = {
    CourtAction.ANNULMENT: GRANTED | NOT_GRANTED,
    CourtAction.APPEAL: GRANTED | NOT_GRANTED,
    CourtAction.CASSATION: GRANTED | NOT_GRANTED,
    CourtAction.SUSPENSION: NOT_GRANTED,
    CourtAction.LIBERTY: NOT_GRANTED,
    CourtAction.USEFUL_MEASURES: NOT_GRANTED,
}
"""How each kind of proceedings may end; a suspension that is granted is an order of its own."""


class RecordJudgment(Command, frozen=True, kw_only=True):
    """Record what the court decided, and what it ordered."""

    litigation: Annotated[str, Meta(max_length=20)]
    outcome: JudgmentOutcome
    judged_on: date
    notified_on: date
    injunction: InjunctionOrdered | None = None
    costs_euros: Annotated[int, Meta(ge=0, le=100_000)] = 0
    summary: Annotated[str, Meta(min_length=1, max_length=5_000)]
    flaws: Annotated[tuple[PleaKind, ...], Meta(max_length=20)] = ()
    """Grounds that the court upheld."""


@command(
    "record-judgment",
    RecordJudgment,
    title="Enregistrer un jugement",
    by={Role.LEGAL, Role.PREFECTURE},
    example={
        "litigation": "L1",
        "outcome": "annulled",
        "judged_on": "2026-11-02",
        "notified_on": "2026-11-02",
        "injunction": {"kind": "reexamine", "delay_days": 60},
        "costs_euros": 1200,
        "summary": "Annulation pour erreur de droit : le métier figurait sur la liste en vigueur.",
        "flaws": ["error_of_law"],
    },
)
def record_judgment(
    case: Case, command: RecordJudgment, context: Context
) -> tuple[JudgmentRecorded | ReexaminationOrdered, ...]:
    """An injunction re-opens the case with the delay that the court fixed, from notification (CJA L911-1, L911-2)."""
    proceedings = pending(case, command.litigation)
    if command.outcome not in OUTCOMES[proceedings.action]:
        raise Refused(
            "outcome_impossible",
            f"Cette issue n'est pas possible dans l'instance {proceedings.id} ; une suspension s'enregistre à part.",
        )
    must_have_no_fault(
        (
            *must_have_happened("/judged_on", command.judged_on, context.today, since=proceedings.lodged_on),
            *must_have_happened("/notified_on", command.notified_on, context.today, since=command.judged_on),
            *_injunction_faults(command),
        )
    )
    judged = JudgmentRecorded(
        litigation=proceedings.id,
        outcome=command.outcome,
        judged_on=command.judged_on,
        notified_on=command.notified_on,
        injunction=_stored(command.injunction),
        costs_euros=command.costs_euros,
        summary=command.summary,
        flaws=command.flaws,
    )
    if command.injunction is None:
        return (judged,)
    return (
        judged,
        ReexaminationOrdered(
            litigation=proceedings.id,
            decision=proceedings.against,
            ordered_on=command.judged_on,
            due_on=command.notified_on + timedelta(days=command.injunction.delay_days),
            kind=command.injunction.kind,
        ),
    )


def _stored(ordered: InjunctionOrdered | None) -> Injunction | None:
    return ordered.stored() if ordered else None


def _injunction_faults(command: RecordJudgment) -> tuple[Fault, ...]:
    if command.injunction is None or command.outcome in GRANTED:
        return ()
    return (
        Fault(
            pointer="/injunction",
            code="injunction_impossible",
            message="Une injonction suppose une annulation (CJA L911-1, L911-2).",
        ),
    )
