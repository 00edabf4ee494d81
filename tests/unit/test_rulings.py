"""What appeal and cassation make of a claim and of the decision that it attacks; what is noted beside proceedings."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.acts import (
    Addressee,
    AppealKind,
    CourtAction,
    DecisionKind,
    Injunction,
    InjunctionKind,
    JudgmentOutcome,
    StageKind,
)
from domain.case import Case, Litigation, Status
from domain.clocks import ClockState, clocks
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.open_litigation import OpenLitigation, open_litigation
from domain.commands.record_judgment import RecordJudgment, record_judgment
from domain.commands.substitute_legal_basis import SubstituteLegalBasis, substitute_legal_basis
from domain.commands.transfer_proceedings import TransferProceedings, transfer_proceedings
from domain.court import costs_may_be_charged, defender, facts_are_admitted, penalty_reached
from domain.envelope import Role
from domain.findings import Criterion
from domain.rulings import fate_of, first_of
from tests.unit.given import REFERENCE, a_context, case_after
from tests.unit.given_disputed import after, in_court, refusal_of, served

JUDGED = date(2027, 6, 1)
Outcome = JudgmentOutcome


def ruling(id: str, action: CourtAction, outcome: JudgmentOutcome | None, over: str = "", **more: Any) -> Litigation:
    """Proceedings that ended so, against those below."""
    return Litigation(
        id=id,
        action=action,
        court="une juridiction",
        court_number=id,
        against="D1",
        lodged_on=JUDGED,
        main_litigation=over or None,
        outcome=outcome,
        **more,
    )


@pytest.mark.parametrize(
    ("above", "fate"),
    [
        ((), Outcome.ANNULLED),
        ((ruling("L2", CourtAction.APPEAL, None, "L1"),), Outcome.ANNULLED),
        ((ruling("L2", CourtAction.APPEAL, Outcome.REJECTED, "L1"),), Outcome.ANNULLED),
        ((ruling("L2", CourtAction.APPEAL, Outcome.REJECTED, "L1", judgment_annulled=True),), Outcome.REJECTED),
        (
            (
                ruling("L2", CourtAction.APPEAL, Outcome.REJECTED, "L1", judgment_annulled=True),
                ruling("L3", CourtAction.CASSATION, Outcome.ANNULLED, "L2", judgment_annulled=True),
            ),
            Outcome.ANNULLED,
        ),
        (
            (
                ruling("L2", CourtAction.APPEAL, Outcome.REJECTED, "L1"),
                ruling("L3", CourtAction.CASSATION, Outcome.REJECTED, "L2", judgment_annulled=True),
            ),
            Outcome.REJECTED,
        ),
        (
            (
                ruling("L2", CourtAction.APPEAL, None, "L1"),
                ruling("L3", CourtAction.CASSATION, Outcome.REMITTED, "L2", judgment_annulled=True),
            ),
            Outcome.ANNULLED,
        ),
    ],
)
def test_the_last_ruling_on_the_claim_itself_counts(above: tuple[Litigation, ...], fate: JudgmentOutcome) -> None:
    tribunal = ruling("L1", CourtAction.ANNULMENT, Outcome.ANNULLED)
    every = (tribunal, *above)
    assert fate_of(every, tribunal) is fate
    assert all(first_of(every, each).id == "L1" for each in every)


def test_a_suspension_is_judged_by_itself_not_with_the_claim_beside_it() -> None:
    claim = ruling("L1", CourtAction.ANNULMENT, None)
    order = ruling("L2", CourtAction.SUSPENSION, Outcome.SUSPENDED, "L1")
    assert first_of((claim, order), order) is order
    assert fate_of((claim, order), claim) is None


def judged(case: Case, litigation: str, outcome: JudgmentOutcome, *, on: date = JUDGED, **more: Any) -> Case:
    body = RecordJudgment(litigation=litigation, outcome=outcome, judged_on=on, notified_on=on, summary="Jugé.", **more)
    return after(case, record_judgment, body, today=on)


def contested(case: Case, *, by_state: bool = True, on: date = JUDGED + timedelta(days=20)) -> Case:
    body = OpenLitigation(
        action=CourtAction.APPEAL,
        court="Lyon",
        court_number="27LY00001",
        lodged_by=None if by_state else Addressee.EMPLOYER,
        by_state=by_state,
    )
    return after(case, open_litigation, body, today=on)


def test_a_withdrawal_revived_on_appeal_takes_the_permit_away_again() -> None:
    case = served()
    withdrawal = msgspec.structs.replace(case.decision("D1"), kind=DecisionKind.WITHDRAWAL)
    permit = msgspec.structs.replace(withdrawal, id="D0", kind=DecisionKind.GRANT, live=False, ended_by="D1")
    case = msgspec.structs.replace(case, decisions=(permit, withdrawal))
    annulled = judged(case, "L1", Outcome.ANNULLED)
    assert annulled.decision("D0").live
    revived = judged(contested(annulled), "L2", Outcome.REJECTED, on=date(2028, 2, 1), judgment_annulled=True)
    assert (revived.decision("D0").live, revived.decision("D0").ended_by) == (False, "D1")
    assert revived.decision("D1").live
    assert revived.status is Status.DECIDED


def test_a_gracious_appeal_loses_its_object_when_the_court_annuls_what_it_attacks() -> None:
    """The appeal went on against the annulled withdrawal, and its rejection stood beside the permit given back."""
    case = served()
    withdrawal = msgspec.structs.replace(case.decision("D1"), kind=DecisionKind.WITHDRAWAL)
    permit = msgspec.structs.replace(withdrawal, id="D0", kind=DecisionKind.GRANT, live=False, ended_by="D1")
    case = msgspec.structs.replace(case, decisions=(permit, withdrawal))
    lodged = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="Le retrait est injustifié.", against="D1")
    case = after(case, lodge_appeal, lodged, role=Role.EMPLOYER, today=date(2026, 12, 10))
    assert case.stage.kind is StageKind.APPEAL
    annulled = judged(case, "L1", Outcome.ANNULLED)
    assert annulled.decision("D0").live
    assert (annulled.stage.kind, annulled.status) == (StageKind.FIRST, Status.DECIDED)
    appeal = annulled.appeal("A1")
    assert (appeal.ended_on, appeal.without_object, appeal.outcome) == (JUDGED, True, None)
    assert annulled.open_appeal is None
    shown = clocks(annulled, JUDGED + timedelta(days=1), REFERENCE)
    silence = next(c for c in shown if c.id == "T11")
    assert silence.state is ClockState.ENDED
    to_sue = next(c for c in shown if (c.id, c.ref, c.addressee) == ("T12", "D1", Addressee.EMPLOYER))
    assert (to_sue.state, to_sue.why_not_running) == (
        ClockState.ENDED,
        "le recours A1 a perdu son objet par l'annulation prononcée le 1er juin 2027",
    )


def test_a_refusal_annulled_while_an_appeal_is_pending_is_examined_again_for_the_court_alone() -> None:
    lodged = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="Le refus est injustifié.", against="D1")
    case = after(served(), lodge_appeal, lodged, role=Role.EMPLOYER, today=date(2026, 12, 10))
    annulled = judged(case, "L1", Outcome.ANNULLED)
    assert (annulled.stage.kind, annulled.stage.ref) == (StageKind.COURT, "L1")
    assert annulled.appeal("A1").without_object


def test_an_appeal_that_leaves_the_judgment_standing_changes_nothing() -> None:
    annulled = judged(served(), "L1", Outcome.ANNULLED)
    upheld = judged(contested(annulled), "L2", Outcome.REJECTED, on=date(2028, 2, 1))
    assert not upheld.decision("D1").live
    assert (upheld.stage.kind, upheld.stage.ref) == (StageKind.COURT, "L1")


def test_what_an_appeal_sent_back_is_not_ruled_on_above_meanwhile() -> None:
    case = contested(judged(served(), "L1", Outcome.REJECTED), by_state=False)
    sent_back = judged(case, "L2", Outcome.REMITTED, on=date(2028, 2, 1))
    assert sent_back.proceedings("L1").outcome is None
    again = judged(sent_back, "L1", Outcome.ANNULLED, on=date(2028, 9, 1))
    assert again.decision("D1").ended_by == "L1"


@pytest.mark.parametrize(
    ("by_state", "outcome", "annulled", "charged"),
    [
        (False, Outcome.ANNULLED, False, True),
        (False, Outcome.PARTLY_ANNULLED, False, True),
        (False, Outcome.REJECTED, False, False),
        (False, Outcome.WITHDRAWN, False, True),
        (True, Outcome.REJECTED, False, True),
        (True, Outcome.REJECTED, True, False),
        (True, Outcome.ANNULLED, True, True),
    ],
)
def test_the_state_pays_costs_when_it_loses(
    by_state: bool, outcome: JudgmentOutcome, annulled: bool, charged: bool
) -> None:
    proceedings = ruling("L2", CourtAction.APPEAL, None, "L1", by_state=by_state)
    assert costs_may_be_charged(proceedings, outcome, annulled) is charged


@pytest.mark.parametrize(("days", "reached"), [(-1, 0), (0, 0), (1, 100), (30, 3000)])
def test_a_penalty_grows_from_the_day_after_the_delay(days: int, reached: int) -> None:
    due = date(2027, 6, 9)
    ordered = Injunction(kind=InjunctionKind.REEXAMINE, delay_days=30, penalty_daily_euros=100)
    assert penalty_reached(ordered, due, due + timedelta(days=days)) == reached
    assert penalty_reached(None, due, due + timedelta(days=days)) == 0


@pytest.mark.parametrize(("day", "filed", "admitted"), [(1, False, False), (2, False, True), (2, True, False)])
def test_silence_after_a_formal_notice_admits_the_facts(day: int, filed: bool, admitted: bool) -> None:
    proceedings = ruling(
        "L1",
        CourtAction.ANNULMENT,
        None,
        formal_notice_due_on=date(2027, 3, 1),
        defence_filed_on=date(2027, 2, 1) if filed else None,
    )
    assert facts_are_admitted(proceedings, date(2027, 3, day)) is admitted


def test_the_minister_stands_for_a_state_whose_prefect_is_not_known() -> None:
    case = msgspec.structs.replace(served(), routing=None)
    assert defender(case, CourtAction.ANNULMENT, REFERENCE) == "ministre chargé de l'immigration"


def test_a_transfer_keeps_the_day_of_the_claim_and_frees_no_number() -> None:
    context = a_context(Role.LEGAL, today=date(2026, 12, 20))
    case = in_court()
    body = TransferProceedings(litigation="L1", court="Grenoble", court_number="2600456")
    moved = case_after(transfer_proceedings(case, body, context), case)
    assert moved.proceedings("L1").court == "tribunal administratif de Grenoble"
    assert moved.proceedings("L1").lodged_on == case.proceedings("L1").lodged_on
    assert moved.proceedings("L1").earlier_numbers == ("2612345",)
    assert refusal_of(transfer_proceedings, moved, body, context).code == "court_number_known"


def test_a_basis_is_put_in_the_place_of_one_that_the_decision_has() -> None:
    body = SubstituteLegalBasis(
        litigation="L1",
        replaces=Criterion.LABOUR_MARKET,
        article="CT R5221-34 2°",
        explanation="La même appréciation, assortie des mêmes garanties.",
    )
    context = a_context(Role.LEGAL, today=date(2026, 12, 20))
    assert refusal_of(substitute_legal_basis, served(), body, context).code == "ground_not_in_decision"


def test_no_limit_to_contest_runs_against_the_last_court() -> None:
    case = contested(judged(served(), "L1", Outcome.ANNULLED))
    case = judged(case, "L2", Outcome.REJECTED, on=date(2028, 2, 1))
    body = OpenLitigation(action=CourtAction.CASSATION, court="Conseil d'État", court_number="500001", by_state=True)
    case = after(case, open_litigation, body, today=date(2028, 3, 1))
    case = judged(case, "L3", Outcome.REJECTED, on=date(2029, 3, 1))
    limits = {clock.ref for clock in clocks(case, date(2029, 3, 2), REFERENCE) if clock.id == "JUDGMENT_APPEAL"}
    assert limits == {"L1", "L2"}
