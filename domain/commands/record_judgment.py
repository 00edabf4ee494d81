"""A court's judgment is recorded."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.acts import AppealKind, AppealOutcome, CourtAction, Injunction, JudgmentOutcome, PleaKind, StageKind
from domain.appeals import appeal_silence_ends
from domain.case import Case, Litigation
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import InjunctionOrdered, costs_may_be_charged, may_remit, pending
from domain.events import AppealReopened, JudgmentRecorded, ReexaminationOrdered
from domain.refusals import Fault, Refused
from domain.rulings import HIGHER

GRANTED = frozenset({JudgmentOutcome.ANNULLED, JudgmentOutcome.PARTLY_ANNULLED})
NOT_GRANTED = frozenset(
    {
        JudgmentOutcome.REJECTED,
        JudgmentOutcome.INADMISSIBLE,
        JudgmentOutcome.NO_NEED_TO_RULE,
        JudgmentOutcome.WITHDRAWN,
        JudgmentOutcome.INCOMPETENT,
    }
)
OUTCOMES = {
    action: NOT_GRANTED
    | (GRANTED if action in {CourtAction.ANNULMENT, *HIGHER} else frozenset())
    | (frozenset({JudgmentOutcome.REMITTED}) if may_remit(action) else frozenset())
    for action in CourtAction
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
    judgment_annulled: bool = False
    """A higher court annulled the ruling and settled the claim: `outcome` then says what becomes of that claim."""
    annuls_rejection_of: Annotated[str, Meta(max_length=20)] | None = None
    """The gracious appeal whose rejection alone is annulled, by a partial annulment."""
    no_serious_doubt: bool = False
    """The suspension is refused because no plea raises a serious doubt (CJA R612-5-2)."""


@command(
    "record-judgment",
    RecordJudgment,
    title="Enregistrer un jugement",
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
) -> tuple[JudgmentRecorded | AppealReopened | ReexaminationOrdered, ...]:
    """An injunction re-opens the case with the delay that the court fixed, from notification (CJA L911-1, L911-2)."""
    proceedings = pending(case, command.litigation)
    _must_be_possible(case, proceedings, command)
    must_have_no_fault(
        (
            *must_have_happened("/judged_on", command.judged_on, context.today, since=proceedings.lodged_on),
            *must_have_happened("/notified_on", command.notified_on, context.today, since=command.judged_on),
            *_injunction_faults(command),
            *_costs_faults(proceedings, command),
            *_higher_court_faults(proceedings, command),
            *_partial_faults(case, proceedings, command),
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
        judgment_annulled=_annuls_what_was_judged(proceedings, command),
        annuls_rejection_of=command.annuls_rejection_of,
        no_serious_doubt=command.no_serious_doubt,
    )
    reopened = _appeal_reopened(case, command, context)
    if reopened is not None:
        return (judged, reopened)
    if command.injunction is None:
        return (judged,)
    return (
        judged,
        ReexaminationOrdered(
            litigation=proceedings.id,
            decision=proceedings.against,
            ordered_on=command.judged_on,
            due_on=command.injunction.due_on(command.notified_on),
            kind=command.injunction.kind,
        ),
    )


def _must_be_possible(case: Case, proceedings: Litigation, command: RecordJudgment) -> None:
    if command.outcome not in OUTCOMES[proceedings.action]:
        raise Refused(
            "outcome_impossible",
            f"Cette issue n'est pas possible dans l'instance {proceedings.id} ; une suspension s'enregistre à part.",
        )
    lower = case.proceedings(proceedings.main_litigation) if proceedings.main_litigation else None
    if proceedings.action in HIGHER and lower is not None and lower.outcome is None:
        raise Refused(
            "outcome_impossible",
            f"L'instance {lower.id} est à nouveau pendante : la décision de justice qui y avait été rendue "
            "est annulée.",
        )


def _annuls_what_was_judged(proceedings: Litigation, command: RecordJudgment) -> bool:
    """Nothing is granted against the ruling below without annulling it."""
    granted = not proceedings.by_state and command.outcome in GRANTED
    remitted = command.outcome is JudgmentOutcome.REMITTED
    return proceedings.action in HIGHER and (command.judgment_annulled or granted or remitted)


def _appeal_reopened(case: Case, command: RecordJudgment, context: Context) -> AppealReopened | None:
    """The gracious appeal to answer again, unless the decision that it attacks is gone or is examined again already."""
    if command.annuls_rejection_of is None:
        return None
    attacked = case.decision(case.appeal(command.annuls_rejection_of).against)
    if not attacked.live or case.stage.kind is not StageKind.FIRST:
        return None
    return AppealReopened(
        appeal=command.annuls_rejection_of,
        litigation=command.litigation,
        reopened_on=command.notified_on,
        # From the notification of the judgment, by no text read.
        implicit_rejection_on=appeal_silence_ends(context.reference, command.notified_on),
        due_on=command.injunction.due_on(command.notified_on) if command.injunction else None,
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


def _costs_faults(proceedings: Litigation, command: RecordJudgment) -> tuple[Fault, ...]:
    annulled = _annuls_what_was_judged(proceedings, command)
    if not command.costs_euros or costs_may_be_charged(proceedings, command.outcome, annulled):
        return ()
    return (
        Fault(
            pointer="/costs_euros",
            code="costs_impossible",
            message="Les frais sont à la charge de la partie perdante, ce que l'État n'est pas ici (CJA L761-1).",
        ),
    )


def _higher_court_faults(proceedings: Litigation, command: RecordJudgment) -> tuple[Fault, ...]:
    higher = proceedings.action in HIGHER
    if command.judgment_annulled and not higher:
        message = "Seul le juge d'appel ou de cassation annule une décision de justice."
    elif proceedings.by_state and command.outcome in GRANTED and not command.judgment_annulled:
        message = (
            "L'État est ici l'auteur du recours : indiquez l'issue de ce recours ou, si la décision de justice "
            "attaquée est annulée, celle de la demande dirigée contre la décision administrative."
        )
    else:
        return ()
    return (Fault(pointer="/judgment_annulled", code="judgment_annulled_impossible", message=message),)


def _partial_faults(case: Case, proceedings: Litigation, command: RecordJudgment) -> tuple[Fault, ...]:
    faults = []
    if command.no_serious_doubt and (
        proceedings.action is not CourtAction.SUSPENSION or command.outcome is not JudgmentOutcome.REJECTED
    ):
        faults.append(
            Fault(
                pointer="/no_serious_doubt",
                code="suspension_not_refused",
                message="Seule une demande de suspension est rejetée faute de doute sérieux (CJA R612-5-2).",
            )
        )
    appeal = next((a for a in case.appeals if a.id == command.annuls_rejection_of), None)
    rejected = (
        appeal is not None
        and appeal.kind is AppealKind.GRACIOUS
        and appeal.outcome is AppealOutcome.REJECTED
        and appeal.against == proceedings.against
    )
    if command.annuls_rejection_of is not None and (
        not rejected or command.outcome is not JudgmentOutcome.PARTLY_ANNULLED
    ):
        faults.append(
            Fault(
                pointer="/annuls_rejection_of",
                code="rejection_not_annulled",
                message="L'annulation partielle vise le rejet d'un recours gracieux formé contre la décision attaquée.",
            )
        )
    return tuple(faults)
