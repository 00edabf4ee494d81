"""Notification: each addressee apart, notified at first reading, or when made available if left unread."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.acts import Addressee, AppealKind, DecisionKind
from domain.case import Case
from domain.clocks import clocks
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.make_decision_available import MakeDecisionAvailable, make_decision_available
from domain.commands.record_consent import RecordConsent, record_consent
from domain.commands.record_deemed_notification import RecordDeemedNotification, record_deemed_notification
from domain.commands.record_first_reading import RecordFirstReading, record_first_reading
from domain.commands.record_silence import RecordSilence, record_silence
from domain.envelope import Role
from domain.events import DecisionDeemedNotified, DecisionFirstRead
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.sentences import sentence
from tests.unit.given import REFERENCE, TODAY, a_context, case_after, claimed
from tests.unit.given_decided import UNDERPAID, appealed, assessed, available, awaiting_items, proposed, refused, signed

EMPLOYER, WORKER, PREFECTURE = Addressee.EMPLOYER, Addressee.WORKER, Addressee.PREFECTURE


def read(case: Case, role: Role = Role.EMPLOYER, *, days: int = 1, **body: Any) -> tuple[Any, ...]:
    command = RecordFirstReading(**{"decision": "D1", **body})
    return record_first_reading(case, command, a_context(role, today=TODAY + timedelta(days=days)))


def deemed(case: Case, *, days: int, addressee: Addressee = WORKER) -> tuple[Any, ...]:
    command = RecordDeemedNotification(decision="D1", addressee=addressee)
    return record_deemed_notification(case, command, a_context(Role.SYSTEM, today=TODAY + timedelta(days=days)))


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_a_decision_goes_to_the_filer_and_to_the_worker() -> None:
    events = make_decision_available(refused(), MakeDecisionAvailable(decision="D1"), a_context())
    assert [(e.addressee, e.available_on, e.channel) for e in events] == [
        (EMPLOYER, TODAY, "teleservice"),
        (WORKER, TODAY, "teleservice"),
    ]


def test_the_second_addressee_may_follow_by_post() -> None:
    case = available(refused(), addressees=(EMPLOYER,))
    (event,) = make_decision_available(case, MakeDecisionAvailable(decision="D1", channel="post"), a_context())
    assert (event.addressee, event.channel) == (WORKER, "post")


def test_who_filed_changes_no_side_by_acting_in_another_quality() -> None:
    case = available(refused())
    filer = a_context(Role.WORKER, case.filed_by)
    (consent,) = record_consent(case, RecordConsent(), filer)
    assert consent.addressee is EMPLOYER
    for act in (
        lambda: record_consent(case, RecordConsent(addressee=WORKER), filer),
        lambda: record_first_reading(case, RecordFirstReading(decision="D1", addressee=WORKER), filer),
        lambda: lodge_appeal(case, LodgeAppeal(kind=AppealKind.GRACIOUS, lodged_by=WORKER, arguments="Non."), filer),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert code_of(refusal) == "not_an_addressee"


def test_an_opinion_on_viability_goes_to_the_worker_alone() -> None:
    case = proposed(assessed(procedure=Procedure.VIABILITY_OPINION), kind=DecisionKind.OPINION_FAVOURABLE)
    (event,) = make_decision_available(signed(case), MakeDecisionAvailable(decision="D1"), a_context())
    assert event.addressee is WORKER


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"decision": "D9"}, "decision_unknown"),
        ({"decision": "D1"}, "already_made_available"),
        ({"decision": "D1", "addressees": (WORKER,)}, "already_made_available"),
    ],
)
def test_what_cannot_be_made_available(body: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_decision_available(available(refused()), MakeDecisionAvailable(**body), a_context())
    assert code_of(refusal) == code


def test_an_implicit_rejection_is_not_notified() -> None:
    today = date(2027, 1, 5)
    arisen = record_silence(claimed(), RecordSilence(), a_context(Role.SYSTEM, today=today))
    with pytest.raises(Refused) as refusal:
        available(case_after(arisen, claimed()), today=today)
    assert code_of(refusal) == "implicit_not_notified"


def test_the_rejection_of_an_appeal_is_notified_too() -> None:
    later = TODAY + timedelta(days=20)
    case = assessed(appealed(refused(), today=later), today=later)
    rejected = signed(proposed(case, today=later, kind=DecisionKind.REFUSAL, reasons=(UNDERPAID,)), today=later)
    assert set(available(rejected, today=later, decision="D2").decision("D2").notified) == {EMPLOYER, WORKER}


def test_first_reading_notifies_that_addressee_only() -> None:
    case = available(refused())
    (event,) = read(case)
    assert isinstance(event, DecisionFirstRead)
    notified = case_after((event,), case).decision("D1").notified
    assert notified[EMPLOYER].notified_on == TODAY + timedelta(days=1)
    assert notified[WORKER].notified_on is None


@pytest.mark.parametrize(
    ("role", "named", "addressee"),
    [
        (Role.EMPLOYER, None, EMPLOYER),
        (Role.MANDATARY, None, EMPLOYER),
        (Role.WORKER, None, WORKER),
        (Role.WORKER, WORKER, WORKER),
        (Role.AGENT, WORKER, WORKER),
        (Role.AGENT, EMPLOYER, EMPLOYER),
    ],
)
def test_who_reads(role: Role, named: Addressee | None, addressee: Addressee) -> None:
    (event,) = read(available(refused()), role, addressee=named)
    assert event.addressee is addressee


def an_opinion_to_the_prefecture() -> Case:
    """An opinion on an exceptional admission, signed."""
    case = assessed(procedure=Procedure.EXCEPTIONAL_ADMISSION)
    return signed(proposed(case, kind=DecisionKind.OPINION_FAVOURABLE))


def test_an_opinion_on_an_admission_goes_to_the_prefecture_that_asked() -> None:
    (event,) = make_decision_available(
        an_opinion_to_the_prefecture(), MakeDecisionAvailable(decision="D1"), a_context()
    )
    assert event.addressee is PREFECTURE
    assert sentence(event) == "Décision D1 mise à disposition de la préfecture le 2 novembre 2026 (sur le téléservice)."
    case = case_after((event,), an_opinion_to_the_prefecture())
    (reading,) = read(case, Role.PREFECTURE)
    assert reading.addressee is PREFECTURE
    assert case_after((reading,), case).decision("D1").notified[PREFECTURE].notified_on == TODAY + timedelta(days=1)


def test_neither_employer_nor_foreigner_reads_the_opinion_given_to_a_prefecture() -> None:
    case = available(an_opinion_to_the_prefecture())
    for named in (EMPLOYER, WORKER):
        with pytest.raises(Refused) as refusal:
            read(case, Role.AGENT, addressee=named)
        assert code_of(refusal) == "not_an_addressee"


def test_no_limit_to_contest_runs_for_a_prefecture() -> None:
    """A closure can be contested, an opinion cannot; the prefecture that asked contests neither."""
    late = TODAY + timedelta(days=31)
    asked = awaiting_items(due_on=TODAY + timedelta(days=30), procedure=Procedure.EXCEPTIONAL_ADMISSION)
    closed = signed(proposed(asked, today=late, kind=DecisionKind.CLOSURE), today=late)
    for case in (available(an_opinion_to_the_prefecture()), available(closed, today=late)):
        told = clocks(case, late, REFERENCE)
        assert {clock.addressee for clock in told} == {None, PREFECTURE}
        assert {clock.id for clock in told if clock.addressee} == {"DEEMED_NOTIFICATION"}


@pytest.mark.parametrize(("named", "days", "expected"), [(3, 9, 3), (0, 9, 0), (9, 9, 9), (None, 9, 9)])
def test_a_letter_notifies_on_the_day_of_its_slip(named: int | None, days: int, expected: int) -> None:
    case = available(refused(), channel="post")
    received_on = None if named is None else TODAY + timedelta(days=named)
    (event,) = read(case, Role.AGENT, addressee=WORKER, days=days, received_on=received_on)
    notified_on = TODAY + timedelta(days=expected)
    assert (event.received_on, event.takes_effect_on) == (notified_on, notified_on)
    assert case_after((event,), case).decision("D1").notified[WORKER].notified_on == notified_on


@pytest.mark.parametrize("day", [-1, 10])
def test_no_letter_is_received_before_it_leaves_nor_in_the_future(day: int) -> None:
    case = available(refused(), channel="post")
    with pytest.raises(Refused) as refusal:
        read(case, Role.AGENT, addressee=WORKER, days=9, received_on=TODAY + timedelta(days=day))
    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [("/received_on", "date_impossible")]


@pytest.mark.parametrize(
    ("channel", "role", "named"), [("teleservice", Role.AGENT, WORKER), ("post", Role.EMPLOYER, None)]
)
def test_only_the_service_holds_the_slip_of_a_letter(channel: str, role: Role, named: Addressee | None) -> None:
    case = available(refused(), channel=channel)
    with pytest.raises(Refused) as refusal:
        read(case, role, addressee=named, received_on=TODAY)
    assert code_of(refusal) == "slip_only_by_post"
    (event,) = read(case, role, addressee=named)
    assert event.received_on is None


@pytest.mark.parametrize(
    ("role", "named", "code"),
    [
        (Role.EMPLOYER, WORKER, "not_an_addressee"),
        (Role.WORKER, EMPLOYER, "not_an_addressee"),
        (Role.AGENT, None, "addressee_missing"),
    ],
)
def test_nobody_reads_for_another(role: Role, named: Addressee | None, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(available(refused()), role, addressee=named)
    assert code_of(refusal) == code


def test_nothing_is_read_before_it_is_available_nor_twice() -> None:
    with pytest.raises(Refused) as refusal:
        read(refused())
    assert code_of(refusal) == "not_made_available"
    case = available(refused())
    with pytest.raises(Refused) as refusal:
        read(case_after(read(case), case), days=2)
    assert code_of(refusal) == "already_read"


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (14, False), (15, False), (16, True), (60, True)])
def test_fifteen_days_unread_notify_on_the_day_it_was_available(days: int, allowed: bool) -> None:
    case = available(refused())
    if not allowed:
        with pytest.raises(Refused) as refusal:
            deemed(case, days=days)
        assert code_of(refusal) == "fifteen_days_not_over"
        return
    (event,) = deemed(case, days=days)
    assert (event.notified_on, event.article) == (TODAY, "CRPA R112-20")
    assert case_after((event,), case).decision("D1").notified[WORKER].notified_on == TODAY


@pytest.mark.parametrize(
    ("days", "notified_on"),
    [(15, TODAY + timedelta(days=15)), (16, TODAY)],
)
def test_a_reading_after_the_fifteen_days_moves_nothing(days: int, notified_on: date) -> None:
    case = available(refused())
    events = read(case, days=days)
    assert isinstance(events[0], DecisionDeemedNotified) == (notified_on == TODAY)
    assert isinstance(events[-1], DecisionFirstRead)
    assert case_after(events, case).decision("D1").notified[EMPLOYER].notified_on == notified_on


def test_what_was_read_or_posted_is_not_deemed_notified() -> None:
    case = available(refused())
    with pytest.raises(Refused) as refusal:
        deemed(case_after(read(case, Role.WORKER), case), days=30)
    assert code_of(refusal) == "already_notified_to_addressee"
    with pytest.raises(Refused) as refusal:
        deemed(available(refused(), channel="post"), days=30)
    assert code_of(refusal) == "deemed_only_electronic"
    with pytest.raises(Refused) as refusal:
        deemed(refused(), days=30)
    assert code_of(refusal) == "not_made_available"
