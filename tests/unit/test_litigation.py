"""Courts: who is competent, who defends, what may be asked, the timetable of the defence, what a judgment changes."""

from datetime import date
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
from domain.case import Case, Status
from domain.commands.close_investigation import CloseInvestigation, close_investigation
from domain.commands.file_defence import FileDefence, file_defence
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.open_litigation import OpenLitigation, open_litigation
from domain.commands.order_suspension import OrderSuspension, order_suspension
from domain.commands.receive_formal_notice import ReceiveFormalNotice, receive_formal_notice
from domain.commands.record_judgment import RecordJudgment, record_judgment
from domain.commands.serve_claim import ServeClaim, serve_claim
from domain.commands.set_defence_period import SetDefencePeriod, set_defence_period
from domain.commands.set_hearing import SetHearing, set_hearing
from domain.commands.substitute_ground import SubstituteGround, substitute_ground
from domain.court import InjunctionOrdered, briefs_close_on, defender, served_on
from domain.decisions import ReasonDraft
from domain.envelope import Role
from domain.events import JudgmentRecorded, ReexaminationOrdered, SuspensionOrdered
from domain.findings import Criterion
from domain.procedures import Procedure
from domain.remedies import competent_tribunal
from domain.request import Address
from tests.unit.given import REFERENCE, a_context, a_job, an_attached, case_after, filed
from tests.unit.given_decided import UNDERPAID, granted, refused
from tests.unit.given_disputed import after, in_court, notified, refusal_of, refused_by_silence, served

LATER = date(2026, 12, 1)
LEGAL = a_context(Role.LEGAL, today=LATER)
CLAIM = OpenLitigation(action=CourtAction.ANNULMENT, court="Lyon", court_number="2612345", lodged_by=Addressee.EMPLOYER)


def claim(**changes: Any) -> OpenLitigation:
    """The claim before the tribunal of Lyon, changed."""
    return msgspec.structs.replace(CLAIM, **changes)


def judged(case: Case | None = None, *, today: date = date(2027, 6, 10), **changes: Any) -> Case:
    """A case whose claim was judged."""
    wanted: dict[str, Any] = {
        "litigation": "L1",
        "outcome": JudgmentOutcome.REJECTED,
        "judged_on": date(2027, 6, 1),
        "notified_on": date(2027, 6, 3),
        "summary": "Rejet au fond.",
    }
    return after(case or served(), record_judgment, RecordJudgment(**{**wanted, **changes}), today=today)


def test_the_tribunal_of_the_place_of_work_is_named_and_the_prefect_defends() -> None:
    (event,) = open_litigation(notified(), CLAIM, LEGAL)
    assert event.court == "tribunal administratif de Lyon"
    assert event.competent_court == "tribunal administratif de Lyon"
    assert event.represented_by == "préfet du Rhône"
    assert (event.litigation, event.against, event.lodged_on) == ("L1", "D1", LATER)


def test_attacking_the_rejection_of_an_appeal_attacks_the_first_decision() -> None:
    case = notified()
    rejection = msgspec.structs.replace(case.decision("D1"), id="D2", rejects_appeal="A1")
    appealed = after(case, lodge_appeal, LodgeAppeal(kind=AppealKind.HIERARCHICAL, arguments="x"), role=Role.WORKER)
    case = msgspec.structs.replace(appealed, decisions=(*appealed.decisions, rejection))
    assert open_litigation(case, claim(against="D2"), LEGAL)[0].against == "D1"


def test_a_court_seized_by_mistake_is_recorded_beside_the_competent_one() -> None:
    (event,) = open_litigation(notified(), claim(court="tribunal administratif de Paris"), LEGAL)
    assert event.court == "tribunal administratif de Paris"
    assert event.competent_court == "tribunal administratif de Lyon"


@pytest.mark.parametrize(
    ("street", "postcode", "town", "court"),
    [
        ("12 rue de la République", "69002", "Lyon", "Lyon"),
        ("Aéroport d'Orly, terminal 4", "91550", "Paray-Vieille-Poste", "Melun"),
        ("2 avenue de la République", "91550", "Paray-Vieille-Poste", "Versailles"),
        ("Aérogare 2, Roissy-Charles-de-Gaulle", "95700", "Roissy-en-France", "Montreuil"),
        ("Aéroport Charles de Gaulle", "77990", "Le Mesnil-Amelot", "Montreuil"),
        ("10 rue de Paris", "95700", "Roissy-en-France", "Cergy-Pontoise"),
        ("Aéroport de Lyon", "69125", "Colombier-Saugnieu", "Lyon"),
        ("1 rue du Port", "20200", "Bastia", "Bastia"),
        ("1 rue du Port", "97600", "Mamoudzou", "Mayotte"),
    ],
)
def test_the_competent_tribunal_follows_the_workplace(street: str, postcode: str, town: str, court: str) -> None:
    case = filed()
    job = a_job(workplace=Address(street=street, postcode=postcode, town=town))
    case = msgspec.structs.replace(case, request=msgspec.structs.replace(case.request, job=job))
    tribunal = competent_tribunal(case.request, REFERENCE)
    assert tribunal is not None
    assert tribunal.name == court


def test_the_minister_defends_permits_on_appeal_and_the_prefect_stamps() -> None:
    assert defender(filed(), CourtAction.APPEAL, REFERENCE) == "ministre chargé de l'immigration"
    stamp = filed(procedure=Procedure.INTERNSHIP_AGREEMENT)
    assert defender(stamp, CourtAction.APPEAL, REFERENCE) == "préfet du Rhône"
    assert defender(stamp, CourtAction.CASSATION, REFERENCE) == "ministre chargé de l'immigration"


@pytest.mark.parametrize(
    ("case", "body", "code"),
    [
        (filed(), CLAIM, "decision_missing"),
        (granted(), CLAIM, "decision_favourable"),
        (in_court(), claim(court_number="2612345"), "court_number_known"),
        (refused(), claim(action=CourtAction.SUSPENSION), "main_action_missing"),
        (refused(), claim(action=CourtAction.APPEAL, court="Lyon", court_number="27LY00001"), "judgment_missing"),
        (in_court(), claim(action=CourtAction.APPEAL, court="Lyon", court_number="27LY00001"), "judgment_missing"),
        (refused(), claim(lodged_on=date(2026, 10, 1)), "content_impossible"),
        (filed(procedure=Procedure.VIABILITY_OPINION), CLAIM, "not_an_addressee"),
    ],
)
def test_claims_that_cannot_be(case: Case, body: OpenLitigation, code: str) -> None:
    assert refusal_of(open_litigation, case, body, LEGAL).code == code


@pytest.mark.parametrize(
    ("court", "number", "faults"),
    [
        ("Lyon", "2600001", []),
        ("LYON", "2600001", []),
        ("Lyon", "260001", ["court_number_malformed"]),
        ("Lyon", "26LY00001", ["court_number_malformed"]),
        ("Vichy", "2600001", ["court_unknown"]),
        ("Conseil d'État", "500001", ["court_unknown", "court_number_malformed"]),
    ],
)
def test_the_name_and_number_of_a_court_are_checked(court: str, number: str, faults: list[str]) -> None:
    body = claim(court=court, court_number=number)
    if not faults:
        assert open_litigation(notified(), body, LEGAL)[0].court_number == number
        return
    refusal = refusal_of(open_litigation, notified(), body, LEGAL)
    assert [fault.code for fault in refusal.faults] == faults


def test_a_suspension_goes_with_a_pending_annulment_action() -> None:
    body = claim(action=CourtAction.SUSPENSION, court_number="2612346")
    (event,) = open_litigation(in_court(), body, LEGAL)
    assert event.main_litigation == "L1"
    over = judged()
    today = a_context(Role.LEGAL, today=date(2027, 6, 10))
    assert refusal_of(open_litigation, over, body, today).code == "main_action_missing"


def test_an_appeal_attacks_the_judgment_and_its_number_carries_the_letters_of_the_court() -> None:
    context = a_context(Role.LEGAL, today=date(2027, 7, 1))
    body = claim(action=CourtAction.APPEAL, court="Lyon", court_number="27LY01234")
    (event,) = open_litigation(judged(), body, context)
    assert event.court == "cour administrative d'appel de Lyon"
    assert (event.main_litigation, event.against) == ("L1", "D1")
    assert event.represented_by == "ministre chargé de l'immigration"
    elsewhere = refusal_of(open_litigation, judged(), claim(
        action=CourtAction.APPEAL, court="Lyon", court_number="27PA01234"
    ), context)  # fmt: skip
    assert [f.code for f in elsewhere.faults] == ["court_number_malformed"]
    won = judged(outcome=JudgmentOutcome.ANNULLED)
    assert refusal_of(open_litigation, won, body, context).code == "judgment_favourable_to_party"


def test_urgent_measures_need_no_decision() -> None:
    body = claim(action=CourtAction.USEFUL_MEASURES)
    (event,) = open_litigation(filed(), body, LEGAL)
    assert event.against == ""


@pytest.mark.parametrize(
    ("available", "read", "expected"),
    [
        # Friday 4 December 2026: two working days end on Tuesday the 8th.
        (date(2026, 12, 4), None, date(2026, 12, 8)),
        (date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 7)),
        (date(2026, 12, 4), date(2026, 12, 20), date(2026, 12, 8)),
        # Thursday 24 December: Friday is Christmas, so Monday and Tuesday count.
        (date(2026, 12, 24), None, date(2026, 12, 29)),
    ],
)
def test_a_claim_is_served_when_read_or_after_two_working_days(
    available: date, read: date | None, expected: date
) -> None:
    assert served_on(CourtAction.ANNULMENT, available, read, "69", REFERENCE) == expected
    body = ServeClaim(litigation="L1", made_available_on=available, read_on=read)
    (event,) = serve_claim(in_court(), body, a_context(Role.LEGAL, today=date(2027, 1, 4)))
    assert event.served_on == expected
    assert event.takes_effect_on == expected


def test_before_the_judge_of_liberties_a_claim_is_served_at_once() -> None:
    assert served_on(CourtAction.LIBERTY, date(2026, 12, 4), None, "69", REFERENCE) == date(2026, 12, 4)


def test_a_claim_is_not_served_before_its_day_nor_twice() -> None:
    unread = ServeClaim(litigation="L1", made_available_on=date(2026, 12, 4))
    context = a_context(Role.LEGAL, today=date(2026, 12, 7))
    assert refusal_of(serve_claim, in_court(), unread, context).code == "claim_not_yet_served"
    assert refusal_of(serve_claim, served(), unread, context).code == "claim_already_served"
    assert refusal_of(serve_claim, notified(), unread, context).code == "litigation_unknown"


def test_the_timetable_of_the_defence() -> None:
    case = served()
    today = date(2026, 12, 10)
    case = after(case, set_defence_period, SetDefencePeriod(litigation="L1", due_on=date(2027, 2, 10)), today=today)
    assert case.proceedings("L1").defence_due_on == date(2027, 2, 10)
    notice = ReceiveFormalNotice(litigation="L1", due_on=date(2027, 3, 20))
    case = after(case, receive_formal_notice, notice, today=date(2027, 2, 20))
    assert case.proceedings("L1").formal_notice_due_on == date(2027, 3, 20)
    body = FileDefence(litigation="L1", summary="Rejet.")
    (brief,) = file_defence(case, body, a_context(Role.LEGAL, today=date(2027, 3, 20)))
    assert brief.late is False
    (late,) = file_defence(case, body, a_context(Role.LEGAL, today=date(2027, 3, 21)))
    assert late.late is True
    filed_in_time = case_after((brief,), case)
    refusal = refusal_of(receive_formal_notice, filed_in_time, notice, a_context(Role.LEGAL, today=date(2027, 3, 19)))
    assert refusal.code == "defence_already_filed"


@pytest.mark.parametrize(("filed_on", "late"), [(date(2027, 4, 11), False), (date(2027, 4, 12), True)])
def test_a_brief_after_the_closure_is_recorded_as_late(filed_on: date, late: bool) -> None:
    hearing = SetHearing(litigation="L1", hearing_on=date(2027, 4, 15))
    case = after(served(), set_hearing, hearing, today=date(2027, 3, 1))
    (brief,) = file_defence(case, FileDefence(litigation="L1"), a_context(Role.LEGAL, today=filed_on))
    assert brief.late is late


def test_a_brief_carries_the_hash_of_its_exhibits() -> None:
    case = refused()
    attached = filed(documents=(an_attached("signed_contract", "Contrat"),))
    case = served(in_court(notified(msgspec.structs.replace(case, documents=attached.documents))))
    (brief,) = file_defence(
        case, FileDefence(litigation="L1", exhibits=("P1",)), a_context(Role.LEGAL, today=date(2026, 12, 9))
    )
    assert [(e.document, e.version) for e in brief.exhibits] == [("P1", 1)]
    unknown = FileDefence(litigation="L1", exhibits=("P7",))
    assert refusal_of(file_defence, case, unknown, a_context(Role.LEGAL, today=date(2026, 12, 9))).code == (
        "document_unknown"
    )


def test_nothing_is_defended_before_service() -> None:
    case = in_court()
    assert refusal_of(file_defence, case, FileDefence(litigation="L1"), LEGAL).code == "claim_not_served"
    period = SetDefencePeriod(litigation="L1", due_on=date(2027, 2, 1))
    assert refusal_of(set_defence_period, case, period, LEGAL).code == "claim_not_served"
    notice = ReceiveFormalNotice(litigation="L1", due_on=date(2027, 2, 1))
    assert refusal_of(receive_formal_notice, case, notice, LEGAL).code == "claim_not_served"
    past = SetDefencePeriod(litigation="L1", due_on=date(2026, 12, 4))
    refusal = refusal_of(set_defence_period, served(), past, a_context(Role.LEGAL, today=date(2026, 12, 4)))
    assert [fault.pointer for fault in refusal.faults] == ["/due_on"]


@pytest.mark.parametrize(
    ("urgent", "hearing_on", "possible"),
    [
        (False, date(2027, 3, 8), True),
        (False, date(2027, 3, 7), False),
        (True, date(2027, 3, 3), True),
        (True, date(2027, 3, 2), False),
    ],
)
def test_a_hearing_is_announced_seven_days_before_or_two_when_urgent(
    urgent: bool, hearing_on: date, possible: bool
) -> None:
    body = SetHearing(litigation="L1", hearing_on=hearing_on, urgent=urgent)
    context = a_context(Role.LEGAL, today=date(2027, 3, 1))
    if not possible:
        assert refusal_of(set_hearing, served(), body, context).code == "hearing_notice_too_short"
        return
    (event,) = set_hearing(served(), body, context)
    assert (event.hearing_on - event.investigation_closes_on).days == (0 if urgent else 4)


def test_three_clear_days_separate_the_closure_from_the_hearing_and_urgent_briefs_come_until_it() -> None:
    assert briefs_close_on(CourtAction.ANNULMENT, date(2027, 4, 15), REFERENCE) == date(2027, 4, 11)
    assert briefs_close_on(CourtAction.SUSPENSION, date(2027, 4, 15), REFERENCE) == date(2027, 4, 15)


@pytest.mark.parametrize(
    ("closes_on", "immediate", "possible"),
    [
        (date(2027, 3, 16), False, True),
        (date(2027, 3, 15), False, False),
        (date(2027, 3, 1), True, True),
        (date(2027, 2, 28), True, False),
    ],
)
def test_an_order_closes_the_investigation_fifteen_days_later(closes_on: date, immediate: bool, possible: bool) -> None:
    body = CloseInvestigation(litigation="L1", closes_on=closes_on, immediate=immediate)
    context = a_context(Role.LEGAL, today=date(2027, 3, 1))
    if possible:
        assert close_investigation(served(), body, context)[0].closes_on == closes_on
    else:
        assert refusal_of(close_investigation, served(), body, context).code == "closure_notice_too_short"


def test_a_ground_is_substituted_beside_the_first_decision() -> None:
    case = served()
    body = SubstituteGround(
        litigation="L1",
        replaces=Criterion.PAY,
        reason=ReasonDraft(
            criterion=Criterion.LABOUR_MARKET, fact="L'offre n'a pas été publiée, et le métier n'est pas sur la liste."
        ),
    )
    (event,) = substitute_ground(case, body, a_context(Role.LEGAL, today=date(2026, 12, 9)))
    assert event.reason.rule.criterion is Criterion.LABOUR_MARKET
    asked = case_after((event,), case)
    assert asked.decision("D1") == case.decision("D1")
    assert asked.proceedings("L1").substituted == (event,)
    other = msgspec.structs.replace(body, replaces=Criterion.HOUSING)
    assert refusal_of(substitute_ground, case, other, LEGAL).code == "ground_not_in_decision"
    same = msgspec.structs.replace(body, reason=UNDERPAID)
    assert [f.code for f in refusal_of(substitute_ground, case, same, LEGAL).faults] == ["ground_same"]
    assert refusal_of(substitute_ground, judged(), body, LEGAL).code == "litigation_ended"
    silent = in_court(refused_by_silence(), today=date(2027, 1, 10))
    assert refusal_of(substitute_ground, silent, body, LEGAL).code == "ground_not_in_decision"


def test_an_annulment_with_an_injunction_reopens_the_case_with_the_delay_of_the_court() -> None:
    case = served()
    body = RecordJudgment(
        litigation="L1",
        outcome=JudgmentOutcome.ANNULLED,
        judged_on=date(2027, 6, 1),
        notified_on=date(2027, 6, 3),
        injunction=InjunctionOrdered(kind=InjunctionKind.REEXAMINE, delay_days=60, penalty_daily_euros=50),
        summary="Erreur de droit.",
    )
    judgment, ordered = record_judgment(case, body, a_context(Role.LEGAL, today=date(2027, 6, 10)))
    assert isinstance(judgment, JudgmentRecorded)
    assert judgment.injunction == Injunction(kind=InjunctionKind.REEXAMINE, delay_days=60, penalty_daily_euros=50)
    assert isinstance(ordered, ReexaminationOrdered)
    assert ordered.due_on == date(2027, 8, 2)
    reopened = case_after((judgment, ordered), case)
    assert reopened.decision("D1").live is False
    assert reopened.decision("D1").signed == case.decision("D1").signed
    assert (reopened.stage.kind, reopened.stage.ref, reopened.stage.due_on) == (
        StageKind.COURT,
        "L1",
        date(2027, 8, 2),
    )
    assert reopened.status is Status.UNDER_EXAMINATION


def test_a_rejection_leaves_the_decision_standing() -> None:
    case = judged()
    assert case.decision("D1").live
    assert case.status is Status.DECIDED
    body = RecordJudgment(
        litigation="L1",
        outcome=JudgmentOutcome.REJECTED,
        judged_on=date(2027, 6, 1),
        notified_on=date(2027, 6, 3),
        summary="Rejet.",
    )
    assert refusal_of(record_judgment, case, body, a_context(Role.LEGAL, today=date(2027, 7, 1))).code == (
        "litigation_ended"
    )


@pytest.mark.parametrize(
    ("changes", "code", "pointers"),
    [
        ({"outcome": JudgmentOutcome.SUSPENDED}, "outcome_impossible", []),
        ({"notified_on": date(2027, 5, 31)}, "content_impossible", ["/notified_on"]),
        ({"notified_on": date(2027, 6, 11)}, "content_impossible", ["/notified_on"]),
        ({"judged_on": date(2026, 11, 1)}, "content_impossible", ["/judged_on"]),
        (
            {"injunction": InjunctionOrdered(kind=InjunctionKind.ISSUE, delay_days=15)},
            "content_impossible",
            ["/injunction"],
        ),
    ],
)
def test_judgments_that_cannot_be(changes: dict[str, Any], code: str, pointers: list[str]) -> None:
    body = RecordJudgment(
        litigation="L1",
        outcome=JudgmentOutcome.REJECTED,
        judged_on=date(2027, 6, 1),
        notified_on=date(2027, 6, 3),
        summary="Rejet.",
    )
    context = a_context(Role.LEGAL, today=date(2027, 6, 10))
    refusal = refusal_of(record_judgment, served(), msgspec.structs.replace(body, **changes), context)
    assert refusal.code == code
    assert [fault.pointer for fault in refusal.faults] == pointers


def suspension_asked() -> Case:
    """A case with an annulment action and a suspension asked for."""
    return in_court(in_court(), action=CourtAction.SUSPENSION, court_number="2612346")


def test_a_suspended_refusal_is_examined_again_within_the_days_ordered() -> None:
    case = suspension_asked()
    body = OrderSuspension(
        litigation="L2",
        ordered_on=date(2026, 12, 15),
        notified_on=date(2026, 12, 16),
        injunction=InjunctionOrdered(kind=InjunctionKind.REEXAMINE, delay_days=5),
        summary="Doute sérieux.",
    )
    suspended, ordered = order_suspension(case, body, a_context(Role.LEGAL, today=date(2026, 12, 17)))
    assert isinstance(suspended, SuspensionOrdered)
    assert isinstance(ordered, ReexaminationOrdered)
    assert ordered.due_on == date(2026, 12, 21)
    reopened = case_after((suspended, ordered), case)
    assert reopened.decision("D1").suspended_by == "L2"
    assert reopened.proceedings("L1").outcome is None
    assert reopened.proceedings("L2").outcome is JudgmentOutcome.SUSPENDED
    again = refusal_of(order_suspension, reopened, body, a_context(Role.LEGAL, today=date(2026, 12, 17)))
    assert again.code == "litigation_ended"


def test_only_an_urgent_action_against_a_decision_suspends_it() -> None:
    body = OrderSuspension(
        litigation="L1", ordered_on=date(2026, 12, 15), notified_on=date(2026, 12, 16), summary="Suspension."
    )
    context = a_context(Role.LEGAL, today=date(2026, 12, 17))
    assert refusal_of(order_suspension, in_court(), body, context).code == "not_a_suspension_action"
    early = msgspec.structs.replace(body, litigation="L2", ordered_on=date(2026, 11, 30))
    refusal = refusal_of(order_suspension, suspension_asked(), early, context)
    assert [fault.pointer for fault in refusal.faults] == ["/ordered_on"]


def test_annulling_an_earlier_refusal_does_not_undo_a_decision_taken_since() -> None:
    case = served()
    grant = msgspec.structs.replace(case.decision("D1"), id="D2", kind=DecisionKind.GRANT)
    replaced = msgspec.structs.replace(case.decision("D1"), live=False, ended_by="D2")
    case = msgspec.structs.replace(case, decisions=(replaced, grant))
    annulled = judged(case, outcome=JudgmentOutcome.ANNULLED)
    assert annulled.current_decision == grant
    assert annulled.status is Status.DECIDED


def test_annulling_a_withdrawal_gives_the_permit_back() -> None:
    case = served()
    withdrawal = msgspec.structs.replace(case.decision("D1"), id="D1", kind=DecisionKind.WITHDRAWAL)
    permit = msgspec.structs.replace(withdrawal, id="D0", kind=DecisionKind.GRANT, live=False, ended_by="D1")
    case = msgspec.structs.replace(case, decisions=(permit, withdrawal))
    annulled = judged(case, outcome=JudgmentOutcome.ANNULLED)
    assert annulled.current_decision is not None
    assert annulled.current_decision.id == "D0"
    assert annulled.status is Status.DECIDED
