"""What a ruling does to a case: decisions that fall or stand again, examinations that open or lapse."""

from collections.abc import Iterable
from datetime import date

import msgspec

from domain.acts import (
    AppealOutcome,
    CourtAction,
    DecisionKind,
    JudgmentOutcome,
    Stage,
    StageKind,
)
from domain.case import (
    Case,
    Litigation,
    Status,
)
from domain.events import (
    AppealReopened,
    JudgmentRecorded,
)
from domain.rulings import chain_of, fate_of, first_of
from domain.steps import back_to_decision, in_court, lapsed, reopened, updated

replace = msgspec.structs.replace


def _annulled(case: Case, decision: str, judgment: str, on: date) -> Case:
    """An annulled act never existed: what it ended lives again, or the request is pending, on the law of today; an
    appeal against it that nobody has answered has lost its object."""
    attacked = next((d for d in case.decisions if d.id == decision), None)
    appeals = {appeal.id for appeal in case.appeals if appeal.against == decision}
    # What has been decided since stands: only an act still in force gives back what it took away.
    revives = attacked is not None and attacked.live and attacked.kind in {DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}
    decisions = tuple(
        replace(d, live=False, ended_by=d.ended_by or judgment)
        if d.id == decision or d.rejects_appeal in appeals
        else replace(d, live=True, ended_by=None)
        if revives and d.ended_by == decision
        else d
        for d in case.decisions
    )
    answered_by_court = tuple(
        replace(a, ended_on=on, without_object=True) if a.id in appeals and a.ended_on is None else a
        for a in case.appeals
    )
    annulled = replace(case, decisions=decisions, appeals=answered_by_court)
    if annulled.current_decision is not None:
        on_appeal = case.stage.kind is StageKind.APPEAL and case.stage.ref in appeals
        return back_to_decision(annulled) if on_appeal else annulled
    return reopened(annulled, Stage(kind=StageKind.COURT, ref=judgment))


def after_judgment(case: Case, event: JudgmentRecorded) -> Case:
    """A court ruled: what changes is what its ruling, with those above and below it, now makes of the claim."""
    ruling = next((p for p in case.litigation if p.id == event.litigation), None)
    if ruling is None:
        return case
    judged = in_court(
        case,
        ruling.id,
        outcome=event.outcome,
        judged_on=event.judged_on,
        judgment_notified_on=event.notified_on,
        injunction=event.injunction,
        judgment_annulled=event.judgment_annulled,
        no_serious_doubt=event.no_serious_doubt,
    )
    if event.outcome is JudgmentOutcome.REMITTED and ruling.main_litigation is not None:
        judged = _to_be_ruled_again(judged, ruling.main_litigation)
    first = first_of(case.litigation, ruling)
    return _followed(judged, first.id, fate_of(case.litigation, first), event)


def _to_be_ruled_again(case: Case, claim: str) -> Case:
    """Sent back: the claim is pending again before the court below, whose first ruling the history keeps."""
    return in_court(
        case,
        claim,
        outcome=None,
        judged_on=None,
        judgment_notified_on=None,
        injunction=None,
        judgment_annulled=False,
        no_serious_doubt=False,
        hearing_on=None,
        investigation_closes_on=None,
    )


def _followed(case: Case, claim: str, before: JudgmentOutcome | None, event: JudgmentRecorded) -> Case:
    """What the decision becomes when the fate of the claim against it changes."""
    first = case.proceedings(claim)
    after = fate_of(case.litigation, first)
    if first.action is CourtAction.ANNULMENT and after is not None:
        # A suspension lasts until the claim for annulment is judged, whatever the judgment (CJA L521-1).
        case = suspensions_over(case, {p.id for p in case.litigation if p.main_litigation == claim})
    if before is after:
        return case
    if after is JudgmentOutcome.ANNULLED:
        return _annulled(case, first.against, event.litigation, event.judged_on)
    match before:
        case JudgmentOutcome.ANNULLED:
            return _revived(case, first)
        case JudgmentOutcome.SUSPENDED:
            return suspensions_over(case, chain_of(case.litigation, first))
        case JudgmentOutcome.PARTLY_ANNULLED if first.reopened_appeal is not None:
            return _rejected_after_all(case, first.reopened_appeal, chain_of(case.litigation, first), event.judged_on)
        case _:
            return case


def suspensions_over(case: Case, orders: Iterable[str]) -> Case:
    """Orders of the urgent judge have no effect any more, nor has the re-examination that they alone imposed."""
    over = set(orders)
    if all(d.suspended_by not in over for d in case.decisions):
        return case
    decisions = tuple(replace(d, suspended_by=None) if d.suspended_by in over else d for d in case.decisions)
    return without_object(replace(case, decisions=decisions), over)


def without_object(case: Case, rulings: Iterable[str]) -> Case:
    """End a re-examination ordered by rulings that have lost their effect, when a decision stands without it."""
    if case.stage.kind is not StageKind.COURT or case.stage.ref not in set(rulings) or case.current_decision is None:
        return case
    if case.status is Status.ABANDONED:
        return replace(case, stage=Stage())
    return back_to_decision(replace(case, missing_items=lapsed(case.missing_items)))


def _revived(case: Case, claim: Litigation) -> Case:
    """An annulment is itself annulled: the decision stands again, unless another was taken since, which stays.

    What the annulment had given back (the permit that a withdrawal ended) is taken away again.
    """
    rulings = chain_of(case.litigation, claim)
    order = [d.id for d in case.decisions]
    attacked = next((d for d in case.decisions if d.id == claim.against), None)
    standing = case.current_decision
    if attacked is None or attacked.live or attacked.ended_by not in rulings:
        return without_object(case, rulings)
    taken_since = standing is not None and order.index(standing.id) > order.index(attacked.id)
    if standing is not None and taken_since:
        decisions = updated(case.decisions, attacked.id, ended_by=standing.id)
        return without_object(replace(case, decisions=decisions), rulings)
    decisions = tuple(
        replace(d, live=True, ended_by=None)
        if not d.live and d.ended_by in rulings
        else replace(d, live=False, ended_by=attacked.id)
        if standing is not None and d.id == standing.id
        else d
        for d in case.decisions
    )
    return without_object(replace(case, decisions=decisions), rulings)


def appeal_reopened(case: Case, event: AppealReopened) -> Case:
    """The gracious appeal is pending again, on the law and facts of its own date; the first decision stands."""
    pending = replace(
        case,
        appeals=updated(
            case.appeals,
            event.appeal,
            outcome=None,
            ended_on=None,
            implicitly=False,
            answer_notified_on=None,
            implicit_rejection_on=event.implicit_rejection_on,
        ),
        decisions=tuple(
            replace(d, live=False, ended_by=d.ended_by or event.litigation) if d.rejects_appeal == event.appeal else d
            for d in case.decisions
        ),
    )
    pending = in_court(pending, event.litigation, reopened_appeal=event.appeal)
    return reopened(pending, Stage(kind=StageKind.APPEAL, ref=event.appeal, due_on=event.due_on))


def _rejected_after_all(case: Case, appeal: str, rulings: frozenset[str], on: date) -> Case:
    """The rejection of a gracious appeal stands again, unless that appeal was answered anew in the meantime."""
    held = next((a for a in case.appeals if a.id == appeal), None)
    if held is None or held.ended_on is not None:
        return case
    express = any(d.rejects_appeal == appeal for d in case.decisions)
    restored = replace(
        case,
        appeals=updated(case.appeals, appeal, outcome=AppealOutcome.REJECTED, ended_on=on, implicitly=not express),
        decisions=tuple(
            replace(d, live=True, ended_by=None) if d.rejects_appeal == appeal and d.ended_by in rulings else d
            for d in case.decisions
        ),
    )
    return back_to_decision(restored) if case.stage.ref == appeal else restored
