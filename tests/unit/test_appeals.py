"""Administrative appeals and the reasons of silence: who may, until when, what silence does, what the minister does."""

from datetime import date, timedelta

import msgspec
import pytest

from domain.acts import Addressee, AppealKind, AppealOutcome, DecisionKind, PleaKind, StageKind
from domain.case import Case, Status
from domain.clocks import Clock, ClockState, clocks
from domain.command import case_commands
from domain.commands.acknowledge_appeal import AcknowledgeAppeal, acknowledge_appeal
from domain.commands.communicate_reasons import CommunicateReasons, communicate_reasons
from domain.commands.decide_appeal import DecideAppeal, decide_appeal
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.record_appeal_silence import RecordAppealSilence, record_appeal_silence
from domain.commands.request_reasons import RequestReasons, request_reasons
from domain.decisions import ReasonDraft
from domain.envelope import Role
from domain.events import AppealDecided, AppealImplicitlyRejected, AppealLodged, ReexaminationOrdered
from domain.findings import Criterion
from domain.procedures import Procedure
from domain.sentences import articles, sentence
from tests.unit.given import a_context, a_host_family, an_attached, case_after, claimed, filed
from tests.unit.given_decided import assessed, granted, proposed, refused, signed
from tests.unit.given_disputed import after, notified, refusal_of, refused_by_silence

GRACIOUS = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="La rémunération a été portée à 2 100 euros.")
HIERARCHICAL = LodgeAppeal(kind=AppealKind.HIERARCHICAL, arguments="Le métier figure sur la liste.")
LATER = date(2026, 12, 1)
REASON = ReasonDraft(criterion=Criterion.PAY, fact="La rémunération offerte est inférieure au SMIC en vigueur.")


def received(on: date) -> LodgeAppeal:
    """A gracious appeal received on a day."""
    return msgspec.structs.replace(GRACIOUS, received_on=on)


def lodged(case: Case | None = None, body: LodgeAppeal = GRACIOUS, *, on: date = LATER) -> Case:
    """A case under appeal."""
    return after(case or notified(), lodge_appeal, body, role=Role.EMPLOYER, today=on)


def test_a_gracious_appeal_reopens_the_examination_and_keeps_the_first_decision_whole() -> None:
    case = notified()
    body = msgspec.structs.replace(
        GRACIOUS, pleas=(PleaKind.ERROR_OF_FACT,), documents=(an_attached("other", "Avenant au contrat"),)
    )
    (event,) = lodge_appeal(case, body, a_context(Role.EMPLOYER, today=LATER))
    assert (event.appeal, event.against, event.lodged_by) == ("A1", "D1", Addressee.EMPLOYER)
    assert event.in_time is True
    assert event.implicit_rejection_on == date(2027, 2, 1)
    assert event.documents[0].id == f"P{len(case.documents) + 1}"
    assert event.person == case.request.worker.person
    reopened = case_after((event,), case)
    assert reopened.stage.kind is StageKind.APPEAL
    assert reopened.decision("D1") == case.decision("D1")


@pytest.mark.parametrize(
    ("notified_on", "received_on", "in_time"),
    [
        # Two months from 2 November end on 2 January; the limit is clear, so the 3rd, a Sunday, is carried to the 4th.
        (date(2026, 11, 2), date(2027, 1, 4), True),
        (date(2026, 11, 2), date(2027, 1, 5), False),
        # 31 December plus two months is 28 February; the day after, 1 March, is a Monday.
        (date(2026, 12, 31), date(2027, 3, 1), True),
        (date(2026, 12, 31), date(2027, 3, 2), False),
    ],
)
def test_an_appeal_is_in_time_until_the_last_day_of_a_clear_limit(
    notified_on: date, received_on: date, in_time: bool
) -> None:
    (event,) = lodge_appeal(notified(on=notified_on), GRACIOUS, a_context(Role.EMPLOYER, today=received_on))
    assert event.in_time is in_time


def test_the_postmark_of_a_letter_counts_for_the_limit() -> None:
    body = msgspec.structs.replace(
        GRACIOUS, lodged_by=Addressee.WORKER, posted_on=date(2027, 1, 4), received_on=date(2027, 1, 7)
    )
    (event,) = lodge_appeal(notified(), body, a_context(Role.AGENT, today=date(2027, 1, 8)))
    assert event.in_time is True
    assert event.implicit_rejection_on == date(2027, 3, 7)


@pytest.mark.parametrize(("received_on", "in_time"), [(date(2027, 3, 3), True), (date(2027, 3, 4), False)])
def test_a_worker_abroad_has_two_months_more(received_on: date, in_time: bool) -> None:
    (event,) = lodge_appeal(notified(), GRACIOUS, a_context(Role.WORKER, today=received_on))
    assert event.in_time is in_time


def test_without_proof_of_notification_the_limit_does_not_run() -> None:
    (event,) = lodge_appeal(refused(), GRACIOUS, a_context(Role.WORKER, today=date(2028, 1, 1)))
    assert event.in_time is None


def test_a_hierarchical_appeal_leaves_the_case_decided() -> None:
    case = lodged(body=HIERARCHICAL)
    assert case.status is Status.DECIDED
    assert case.appeals[0].kind is AppealKind.HIERARCHICAL


def test_what_a_private_employer_writes_is_sealed_with_their_own_key() -> None:
    case = refused()
    family = a_host_family(person=case.id)
    case = msgspec.structs.replace(case, request=msgspec.structs.replace(case.request, employer=family))
    (event,) = lodge_appeal(case, GRACIOUS, a_context(Role.EMPLOYER, today=LATER))
    assert event.person == case.id


@pytest.mark.parametrize(
    ("case", "body", "role", "code"),
    [
        (filed(), GRACIOUS, Role.EMPLOYER, "decision_missing"),
        (granted(), GRACIOUS, Role.EMPLOYER, "decision_favourable"),
        (refused(), msgspec.structs.replace(GRACIOUS, against="D9"), Role.EMPLOYER, "decision_unknown"),
        (refused(), GRACIOUS, Role.AGENT, "addressee_missing"),
        (refused(), msgspec.structs.replace(GRACIOUS, lodged_by=Addressee.EMPLOYER), Role.WORKER, "not_an_addressee"),
        (refused(), received(date(2027, 5, 1)), Role.EMPLOYER, "content_impossible"),
        (refused(), received(date(2026, 1, 1)), Role.EMPLOYER, "content_impossible"),
        (lodged(), GRACIOUS, Role.EMPLOYER, "appeal_under_way"),
        (lodged(), msgspec.structs.replace(GRACIOUS, against="D1"), Role.WORKER, "appeal_under_way"),
    ],
)
def test_appeals_that_cannot_be(case: Case, body: LodgeAppeal, role: Role, code: str) -> None:
    assert refusal_of(lodge_appeal, case, body, a_context(role, today=LATER)).code == code


def test_an_opinion_is_not_appealed() -> None:
    case = signed(proposed(assessed(procedure=Procedure.VIABILITY_OPINION), kind=DecisionKind.OPINION_FAVOURABLE))
    assert refusal_of(lodge_appeal, case, GRACIOUS, a_context(Role.WORKER)).code == "opinion_not_appealable"


def test_the_acknowledgement_says_when_silence_rejects_and_whom_to_reach() -> None:
    case = lodged()
    context = a_context(Role.AGENT, today=LATER)
    (event,) = acknowledge_appeal(case, AcknowledgeAppeal(appeal="A1"), context)
    assert event.implicit_rejection_on == date(2027, 2, 1)
    assert event.contact.complete
    again = refusal_of(acknowledge_appeal, case_after((event,), case), AcknowledgeAppeal(appeal="A1"), context)
    assert again.code == "appeal_already_acknowledged"
    assert refusal_of(acknowledge_appeal, case, AcknowledgeAppeal(appeal="A2"), context).code == "appeal_unknown"


@pytest.mark.parametrize(("today", "arises"), [(date(2027, 2, 1), False), (date(2027, 2, 2), True)])
def test_silence_rejects_an_appeal_after_two_whole_months(today: date, arises: bool) -> None:
    case = lodged()
    context = a_context(Role.SYSTEM, today=today)
    if not arises:
        refusal = refusal_of(record_appeal_silence, case, RecordAppealSilence(appeal="A1"), context)
        assert refusal.code == "silence_not_elapsed"
        return
    (event,) = record_appeal_silence(case, RecordAppealSilence(appeal="A1"), context)
    assert isinstance(event, AppealImplicitlyRejected)
    assert event.takes_effect_on == date(2027, 2, 1)
    ended = case_after((event,), case)
    assert (ended.status, ended.appeals[0].implicitly) == (Status.DECIDED, True)
    assert refusal_of(record_appeal_silence, ended, RecordAppealSilence(appeal="A1"), context).code == "appeal_ended"
    assert refusal_of(acknowledge_appeal, ended, AcknowledgeAppeal(appeal="A1"), context).code == "appeal_ended"


def test_when_the_minister_upholds_the_request_is_examined_again_within_a_month() -> None:
    case = lodged(body=HIERARCHICAL)
    body = DecideAppeal(appeal="A1", outcome=AppealOutcome.UPHELD, summary="Le métier figurait sur la liste.")
    decided, ordered = decide_appeal(case, body, a_context(Role.LEGAL, today=date(2027, 1, 31)))
    assert isinstance(decided, AppealDecided)
    assert decided.by_minister
    assert isinstance(ordered, ReexaminationOrdered)
    assert (ordered.litigation, ordered.kind, ordered.due_on) == ("A1", "minister", date(2027, 2, 28))
    reopened = case_after((decided, ordered), case)
    assert reopened.stage.kind is StageKind.COURT
    assert reopened.stage.due_on == date(2027, 2, 28)
    limits = clocks(reopened, date(2027, 2, 1), a_context().reference)
    told = {clock.id: clock.sentence for clock in limits if clock.addressee in {None, Addressee.EMPLOYER}}
    assert told["INJUNCTION"].endswith("au plus tard le 28 février 2027, à la demande du ministre (A1).")
    assert told["T12"].startswith("Recours A1 accueilli, délai rouvert le 31 janvier 2027")
    assert sentence(ordered).startswith("Réexamen demandé par le ministre (recours A1) :")
    assert articles(ordered) == ("CT R5221-19",)


def test_when_the_minister_rejects_nothing_else_changes() -> None:
    case = lodged(body=HIERARCHICAL)
    body = DecideAppeal(appeal="A1", outcome=AppealOutcome.REJECTED, summary="Rejet.")
    context = a_context(Role.MANAGER, today=date(2027, 1, 5))
    events = decide_appeal(case, body, context)
    assert [type(e) for e in events] == [AppealDecided]
    ended = case_after(events, case)
    assert ended.status is Status.DECIDED
    assert refusal_of(decide_appeal, ended, body, context).code == "appeal_ended"


def test_the_minister_does_not_answer_a_gracious_appeal_nor_before_receiving_it() -> None:
    body = DecideAppeal(appeal="A1", outcome=AppealOutcome.REJECTED, summary="Rejet.")
    context = a_context(Role.LEGAL, today=date(2027, 1, 5))
    assert refusal_of(decide_appeal, lodged(), body, context).code == "appeal_not_hierarchical"
    early = msgspec.structs.replace(body, decided_on=date(2026, 11, 30))
    refusal = refusal_of(decide_appeal, lodged(body=HIERARCHICAL), early, context)
    assert [fault.pointer for fault in refusal.faults] == ["/decided_on"]


def test_reasons_are_due_within_the_month() -> None:
    case = refused_by_silence()
    (event,) = request_reasons(case, RequestReasons(), a_context(Role.EMPLOYER, today=date(2027, 1, 31)))
    assert (event.decision, event.due_on) == ("D1", date(2027, 2, 28))
    asked = case_after((event,), case)
    body = CommunicateReasons(decision="D1", reasons=(REASON,))
    (given,) = communicate_reasons(asked, body, a_context(Role.AGENT, today=date(2027, 2, 28)))
    assert given.reasons[0].rule.criterion is Criterion.PAY
    assert given.reasons[0].rule.since <= date(2027, 1, 2)
    late = refusal_of(communicate_reasons, asked, body, a_context(Role.AGENT, today=date(2027, 3, 1)))
    assert late.code == "reasons_too_late"
    twice = refusal_of(request_reasons, asked, RequestReasons(), a_context(Role.WORKER, today=date(2027, 2, 3)))
    assert twice.code == "reasons_already_requested"
    done = case_after((given,), asked)
    again = refusal_of(communicate_reasons, done, body, a_context(Role.AGENT, today=date(2027, 2, 28)))
    assert again.code == "reasons_already_communicated"


@pytest.mark.parametrize(
    ("requested_on", "refused_as"),
    [(date(2027, 3, 3), None), (date(2027, 3, 4), "reasons_requested_too_late")],
)
def test_reasons_are_asked_within_the_limit_to_sue(requested_on: date, refused_as: str | None) -> None:
    case = refused_by_silence()
    assert case.acknowledgement is not None
    context = a_context(Role.EMPLOYER, today=requested_on)
    assert case.acknowledgement.complete, "the demonstration platform can be reached"
    if refused_as is None:
        (event,) = request_reasons(case, RequestReasons(), context)
        assert event.requested_on == requested_on
    else:
        assert refusal_of(request_reasons, case, RequestReasons(), context).code == refused_as


def test_only_silence_is_asked_for_its_reasons_and_only_the_conditions_of_the_procedure_are_given() -> None:
    assert refusal_of(request_reasons, refused(), RequestReasons(), a_context(Role.EMPLOYER)).code == (
        "decision_not_implicit"
    )
    case = refused_by_silence()
    today = date(2027, 1, 31)
    body = CommunicateReasons(decision="D1", reasons=(REASON,))
    context = a_context(Role.AGENT, today=today)
    assert refusal_of(communicate_reasons, case, body, context).code == "reasons_not_requested"
    asked = after(case, request_reasons, RequestReasons(), role=Role.EMPLOYER, today=today)
    stranger = ReasonDraft(criterion=Criterion.INTERNSHIP_HOST, fact="L'organisme d'accueil n'a pas d'encadrant.")
    wrong = CommunicateReasons(decision="D1", reasons=(REASON, stranger))
    refusal = refusal_of(communicate_reasons, asked, wrong, context)
    assert [(f.pointer, f.code) for f in refusal.faults] == [("/reasons/1/criterion", "criterion_unknown_here")]


def test_an_appeal_lodged_while_the_first_examination_goes_on_attacks_the_silence() -> None:
    arisen = claimed(refused_by_silence())
    (event,) = lodge_appeal(arisen, GRACIOUS, a_context(Role.EMPLOYER, today=date(2027, 2, 1)))
    assert isinstance(event, AppealLodged)
    assert (event.against, event.in_time) == ("D1", True)


def test_the_limit_to_sue_runs_anew_from_the_proved_notification_of_the_ministers_answer() -> None:
    case = lodged(body=HIERARCHICAL)
    day = date(2026, 12, 14)
    context = a_context(Role.LEGAL, today=day)

    def limit(notified_on: date | None) -> Clock:
        body = DecideAppeal(appeal="A1", outcome=AppealOutcome.REJECTED, summary="Rejet.", notified_on=notified_on)
        decided = case_after(decide_appeal(case, body, context), case)
        found = clocks(decided, day, context.reference)
        return next(c for c in found if (c.id, c.addressee) == ("T12", Addressee.EMPLOYER))

    unproved, proved = limit(None), limit(day)
    assert unproved.state is ClockState.NOT_RUNNING
    assert (proved.state, proved.starts_on, proved.expires_on) == (ClockState.RUNNING, day, date(2027, 2, 15))
    early = DecideAppeal(
        appeal="A1",
        outcome=AppealOutcome.REJECTED,
        summary="Rejet.",
        decided_on=day,
        notified_on=day - timedelta(days=1),
    )
    assert refusal_of(decide_appeal, case, early, context).code == "content_impossible"


def test_the_answer_of_the_minister_is_recorded_by_those_who_follow_appeals() -> None:
    assert case_commands()["decide-appeal"].by == {Role.MANAGER, Role.LEGAL}
