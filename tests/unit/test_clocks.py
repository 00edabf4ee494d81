"""Time limits: tables of examples for silence, suspensions, limits to appeal, and what the court sets."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.acknowledgement import checklist_of
from domain.acts import (
    Addressee,
    AppealKind,
    AppealOutcome,
    CourtAction,
    DecisionKind,
    Injunction,
    InjunctionKind,
    JudgmentOutcome,
    Remedies,
    RequestedItem,
    Stage,
    StageKind,
)
from domain.case import Appeal, Case, Decision, Hearing, Litigation, MissingItems, Notified, Opinion
from domain.clocks import Clock, ClockState, appeal_silence_due, clocks, next_deadline, silence, silence_due
from domain.commands.record_silence import RecordSilence, record_silence
from domain.days import add_months
from domain.distance import extra_months
from domain.envelope import Role
from domain.events import DocumentReceived, RequestTransferred
from domain.procedures import PROCEDURES, Procedure
from domain.request import DocumentRef, InternshipAgreement
from tests.unit.given import (
    REFERENCE,
    a_company,
    a_context,
    a_job,
    a_request,
    a_worker,
    a_worker_in_france,
    an_address,
    case_after,
    filed,
)
from tests.unit.given_decided import granted
from tests.unit.given_decided import refused as a_refused_case

REPLACE = msgspec.structs.replace
COMPLETE = Remedies(text="Deux mois, tribunal administratif de Lyon.", tribunal="TA de Lyon", complete=True)
INCOMPLETE = Remedies(text="Recours possible.", tribunal=None, complete=False)
AUTUMN = date(2026, 11, 2)


def a_case(procedure: Procedure = Procedure.INTRODUCTION_PERMANENT, received: date = AUTUMN, **changes: Any) -> Case:
    """A case filed and routed through the command, whose dates of receipt are then set."""
    case = filed(procedure)
    assert case.routing is not None
    routing = REPLACE(case.routing, first_received_on=received, received_on=received)
    return REPLACE(case, filed_on=received, routing=routing, **changes)


def asked(
    requested_on: date, due_on: date, supplied_on: date | None = None, *, id: str = "M1", suspends: bool = True
) -> MissingItems:
    return MissingItems(
        id=id,
        items=(RequestedItem(item="other", label="Extrait Kbis", required_by="arrêté du 1er avril 2021"),),
        requested_on=requested_on,
        due_on=due_on,
        suspends=suspends,
        supplied_on=supplied_on,
        complete=supplied_on is not None,
    )


def refused(on: date, **changes: Any) -> Decision:
    decision = Decision(
        id="D1",
        kind=DecisionKind.IMPLICIT_REFUSAL,
        on=on,
        stage=Stage(),
        signed=None,
        remedies=COMPLETE,
    )
    return REPLACE(decision, **changes)


def expressly_refused(on: date = date(2026, 12, 1), **changes: Any) -> Decision:
    """An express refusal, made by the commands on another case and set on the day wanted."""
    decision = a_refused_case().decisions[-1]
    return REPLACE(decision, id="D1", on=on, **{"remedies": COMPLETE, "notified": {}, **changes})


def notified(on: date, *whom: Addressee) -> dict[Addressee, Notified]:
    return {addressee: Notified(available_on=on, read_on=on) for addressee in whom or tuple(Addressee)}


def one(case: Case, today: date, id: str, addressee: Addressee | None = None) -> Clock:
    found = [c for c in clocks(case, today, REFERENCE) if c.id == id and addressee in {None, c.addressee}]
    assert len(found) == 1, [clock.id for clock in clocks(case, today, REFERENCE)]
    return found[0]


# --- months ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "expires"),
    [
        ("2026-01-15", "2026-03-15"),
        ("2026-01-01", "2026-03-01"),
        ("2026-12-31", "2027-02-28"),
        ("2027-12-31", "2028-02-29"),
        ("2027-12-29", "2028-02-29"),
        ("2026-12-28", "2027-02-28"),
        ("2026-07-31", "2026-09-30"),
        ("2026-11-02", "2027-01-02"),
        ("2026-10-31", "2026-12-31"),
    ],
)
def test_two_months_of_silence_end_on_the_day_of_the_same_number(received: str, expires: str) -> None:
    clock = silence(a_case(received=date.fromisoformat(received)), date.fromisoformat(received), REFERENCE)
    assert clock.expires_on == date.fromisoformat(expires)
    assert clock.state is ClockState.RUNNING


@pytest.mark.parametrize(
    ("procedure", "id", "expires", "effect"),
    [
        (Procedure.INTRODUCTION_PERMANENT, "T1", date(2027, 1, 2), "rejet"),
        (Procedure.SEASONAL, "T1", date(2027, 1, 2), "rejet"),
        (Procedure.RENEWAL, "T1", date(2027, 1, 2), "rejet"),
        (Procedure.EXCEPTIONAL_ADMISSION, "T5", date(2027, 3, 2), "rejet"),
        (Procedure.AU_PAIR, "T5", date(2027, 1, 31), "rejet"),
        (Procedure.INTERNSHIP_AGREEMENT, "T3", date(2026, 12, 2), "rejet"),
        (Procedure.INTERNSHIP_AMENDMENT, "T4", date(2026, 11, 17), "acceptation"),
    ],
)
def test_what_silence_means_depends_on_the_procedure(procedure: Procedure, id: str, expires: date, effect: str) -> None:
    clock = silence(a_case(procedure), AUTUMN, REFERENCE)
    assert (clock.id, clock.expires_on) == (id, expires)
    assert effect in clock.effect
    assert clock.articles


def test_a_programme_halves_the_delay_of_an_internship() -> None:
    case = a_case(Procedure.INTERNSHIP_AGREEMENT)
    agreement = case.request.particulars
    assert isinstance(agreement, InternshipAgreement)
    programme = REPLACE(agreement, eu_or_intergovernmental_programme=True)
    case = REPLACE(case, request=REPLACE(case.request, particulars=programme))
    assert silence(case, AUTUMN, REFERENCE).expires_on == date(2026, 11, 17)


def test_nothing_runs_on_an_opinion_of_viability() -> None:
    clock = silence(a_case(Procedure.VIABILITY_OPINION), AUTUMN, REFERENCE)
    assert (clock.state, clock.expires_on) == (ClockState.NOT_RUNNING, None)
    assert clock.why_not_running


@pytest.mark.parametrize("procedure", list(Procedure))
def test_the_clock_and_the_acknowledgement_say_the_same_day(procedure: Procedure) -> None:
    case = filed(procedure)
    assert case.acknowledgement is not None
    assert silence(case, AUTUMN, REFERENCE).expires_on == case.acknowledgement.implicit_decision_on


# --- suspensions -------------------------------------------------------------------------------------------------

RECEIVED = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("requests", "today", "expires", "state", "days"),
    [
        # supplied early: ten days
        ([asked(date(2026, 2, 1), date(2026, 3, 1), date(2026, 2, 11))], "2026-02-20", "2026-03-25", "running", 10),
        # supplied on the last day
        ([asked(date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 1))], "2026-03-02", "2026-04-12", "running", 28),
        # supplied late: the suspension ended when the items were due
        ([asked(date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 20))], "2026-03-21", "2026-04-12", "running", 28),
        # never supplied
        ([asked(date(2026, 2, 1), date(2026, 3, 1))], "2026-03-01", "2026-04-12", "running", 28),
        ([asked(date(2026, 2, 1), date(2026, 3, 1))], "2026-04-13", "2026-04-12", "expired", 28),
        # still expected: the latest day is shown
        ([asked(date(2026, 2, 1), date(2026, 3, 1))], "2026-02-28", "2026-04-12", "suspended", 28),
        # two requests, one after the other, then overlapping
        (
            [
                asked(date(2026, 2, 1), date(2026, 3, 1), date(2026, 2, 11)),
                asked(date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 6), id="M2"),
            ],
            "2026-03-07", "2026-03-30", "running", 15,
        ),
        (
            [
                asked(date(2026, 2, 1), date(2026, 3, 1)),
                asked(date(2026, 2, 11), date(2026, 3, 11), date(2026, 3, 6), id="M2"),
            ],
            "2026-03-07", "2026-04-17", "running", 33,
        ),
        # asked on the last day, and too late
        ([asked(date(2026, 3, 15), date(2026, 4, 14))], "2026-03-16", "2026-04-14", "suspended", 30),
        ([asked(date(2026, 3, 16), date(2026, 4, 14))], "2026-03-16", "2026-03-15", "expired", 0),
        # a request that does not suspend
        ([asked(date(2026, 2, 1), date(2026, 3, 1), suspends=False)], "2026-02-02", "2026-03-15", "running", 0),
        # across 29 February of a leap year elsewhere: here 28 days
        ([asked(date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 1))], "2026-03-02", "2026-03-16", "running", 1),
    ],
)  # fmt: skip
def test_missing_items_suspend_the_silence_that_rejects(
    requests: list[MissingItems], today: str, expires: str, state: str, days: int
) -> None:
    case = a_case(received=RECEIVED, missing_items=tuple(requests))
    clock = silence(case, date.fromisoformat(today), REFERENCE)
    assert clock.expires_on == date.fromisoformat(expires)
    assert clock.state == state
    assert clock.expires_on - add_months(RECEIVED, 2) == timedelta(days=days)
    assert (clock.suspensions[-1].until is None if clock.suspensions else False) is (state == "suspended")


def test_silence_that_rejects_runs_from_the_first_administration_seized() -> None:
    case = a_case(received=RECEIVED)
    moved = RequestTransferred(
        reason="siège à Marseille",
        from_platform="Clermont-Ferrand",
        competent_department="13",
        competent_prefect="préfet des Bouches-du-Rhône",
        deciding_department="13",
        deciding_prefect="préfet des Bouches-du-Rhône",
        platform="Marseille",
        transferred_on=date(2026, 2, 10),
    )
    assert silence(case_after([moved], case), date(2026, 2, 11), REFERENCE).expires_on == date(2026, 3, 15)


def asylum(received: date = RECEIVED, **changes: Any) -> Case:
    case = a_case(Procedure.ASYLUM_SEEKER, received, **changes)
    assert case.acknowledgement is not None
    return REPLACE(case, acknowledgement=REPLACE(case.acknowledgement, missing_items=()))


@pytest.mark.parametrize(
    ("requests", "start", "expires"),
    [
        ([], date(2026, 1, 15), date(2026, 3, 15)),
        ([asked(date(2026, 2, 1), date(2026, 3, 1), date(2026, 2, 11), suspends=False)],
         date(2026, 2, 11), date(2026, 4, 11)),
        ([asked(date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 20), suspends=False)],
         date(2026, 3, 20), date(2026, 5, 20)),
        ([asked(date(2026, 2, 1), date(2026, 3, 1), suspends=False)], None, None),
        # asked once the permit was already granted by silence
        ([asked(date(2026, 3, 16), date(2026, 4, 1), suspends=False)], date(2026, 1, 15), date(2026, 3, 15)),
    ],
)  # fmt: skip
def test_silence_that_grants_starts_when_the_request_is_complete(
    requests: list[MissingItems], start: date | None, expires: date | None
) -> None:
    clock = silence(asylum(missing_items=tuple(requests)), date(2026, 4, 2), REFERENCE)
    assert (clock.id, clock.starts_on, clock.expires_on) == ("T2", start, expires)
    assert (clock.state is ClockState.NOT_RUNNING) is (start is None)


def test_silence_that_grants_runs_from_the_competent_administration() -> None:
    case = asylum()
    assert case.routing is not None
    moved = REPLACE(case, routing=REPLACE(case.routing, received_on=date(2026, 2, 10)))
    assert silence(moved, date(2026, 2, 11), REFERENCE).expires_on == date(2026, 4, 10)
    lost = silence(REPLACE(case, routing=None), date(2026, 2, 11), REFERENCE)
    assert lost.state is ClockState.NOT_RUNNING


def test_items_that_the_acknowledgement_called_missing_start_the_clock_when_they_arrive() -> None:
    case = filed(Procedure.ASYLUM_SEEKER)
    assert case.acknowledgement is not None
    assert case.acknowledgement.missing_items
    assert silence(case, AUTUMN, REFERENCE).state is ClockState.NOT_RUNNING
    arrived = date(2026, 11, 9)
    events = [
        DocumentReceived(
            document=DocumentRef(id=f"P{number}", version=1, item=item, title=item, sha256="cd" * 32),
            received_on=arrived if item == "contributions_certificate" else date(2026, 11, 5),
        )
        for number, item in enumerate(("contributions_certificate", *_other_items()), 1)
    ]
    complete = case_after(events, case)
    clock = silence(complete, date(2026, 11, 10), REFERENCE)
    assert (clock.starts_on, clock.expires_on) == (arrived, date(2027, 1, 9))
    assert complete.acknowledgement is not None
    listed = checklist_of(complete.request, complete.acknowledgement.issued_on, REFERENCE)
    two = tuple(item.label for item in listed if item.key in {"contributions_certificate", _other_items()[0]})
    assert len(two) == 2
    notice = REPLACE(complete.acknowledgement, missing_items=two)
    assert silence(REPLACE(complete, acknowledgement=notice), date(2026, 11, 10), REFERENCE).starts_on == arrived
    undated = {**complete.documents, "P1": REPLACE(complete.documents["P1"], received_on=None)}
    unknown = REPLACE(complete, acknowledgement=notice, documents=undated)
    assert silence(unknown, date(2026, 11, 10), REFERENCE).starts_on is None


def _other_items() -> tuple[str, ...]:
    use_case = PROCEDURES[Procedure.ASYLUM_SEEKER].use_case
    assert use_case is not None
    items = REFERENCE.checklist(use_case, AUTUMN)
    return tuple(item.key for item in items if item.key != "contributions_certificate")


# --- silence that has become a decision --------------------------------------------------------------------------


@pytest.mark.parametrize(("today", "due"), [("2026-03-14", False), ("2026-03-15", False), ("2026-03-16", True)])
def test_silence_is_recorded_from_the_day_after_it_ended(today: str, due: bool) -> None:
    clock = silence_due(a_case(received=RECEIVED), date.fromisoformat(today), REFERENCE)
    assert (clock is not None) is due


def test_a_decision_ends_the_clock_of_silence() -> None:
    case = a_case(received=RECEIVED, decisions=(expressly_refused(date(2026, 3, 1)),))
    assert silence_due(case, date(2026, 4, 1), REFERENCE) is None
    assert silence(case, date(2026, 4, 1), REFERENCE).state is ClockState.ENDED


def test_a_decision_on_appeal_is_not_a_decision_on_the_request() -> None:
    on_appeal = expressly_refused(date(2026, 3, 1), stage=Stage(kind=StageKind.APPEAL, ref="A1"))
    case = a_case(received=RECEIVED, decisions=(on_appeal,))
    assert silence_due(case, date(2026, 4, 1), REFERENCE) is not None


def test_an_abandoned_request_and_an_opinion_give_birth_to_no_decision() -> None:
    late = date(2028, 1, 1)
    assert silence_due(a_case(abandoned_on=date(2026, 11, 3)), late, REFERENCE) is None
    assert silence_due(a_case(Procedure.EXCEPTIONAL_ADMISSION), late, REFERENCE) is None
    assert silence_due(a_case(Procedure.VIABILITY_OPINION), late, REFERENCE) is None


def test_recording_silence_bears_its_legal_date_and_ends_the_clock() -> None:
    case = filed()
    today = date(2027, 1, 20)
    (arisen,) = record_silence(case, RecordSilence(), a_context(Role.SYSTEM, today=today))
    assert arisen.arisen_on == date(2027, 1, 2)
    after = case_after([arisen], case)
    assert silence_due(after, today, REFERENCE) is None
    assert silence(after, today, REFERENCE).state is ClockState.ENDED
    limit = one(after, today, "T12", Addressee.EMPLOYER)
    assert limit.starts_on == date(2027, 1, 2)
    assert limit.expires_on == date(2027, 3, 3)


def an_appeal(received_on: date, **changes: Any) -> Appeal:
    appeal = Appeal(
        id="A1",
        kind=AppealKind.GRACIOUS,
        against="D1",
        lodged_by=Addressee.EMPLOYER,
        received_on=received_on,
        in_time=True,
        implicit_rejection_on=add_months(received_on, 2),
    )
    return REPLACE(appeal, **changes)


@pytest.mark.parametrize(
    ("today", "ended_on", "due"),
    [("2027-02-01", None, False), ("2027-02-02", None, True), ("2027-02-02", date(2027, 1, 5), False)],
)
def test_silence_on_an_appeal(today: str, ended_on: date | None, due: bool) -> None:
    appeal = an_appeal(date(2026, 12, 1), ended_on=ended_on)
    case = a_case(decisions=(expressly_refused(),), appeals=(appeal,))
    clock = appeal_silence_due(case, date.fromisoformat(today), REFERENCE)
    assert (clock.ref if clock else None) == ("A1" if due else None)


# --- limits to appeal --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notified_on", "expires"),
    [
        ("2026-01-13", "2026-03-16"),  # the 14th is a Saturday
        ("2026-01-12", "2026-03-13"),
        ("2026-12-30", "2027-03-01"),  # 28 February, then the clear day
        ("2027-12-31", "2028-03-01"),
        ("2026-03-12", "2026-05-13"),
        ("2026-02-28", "2026-04-29"),
        ("2026-02-13", "2026-04-14"),
        ("2026-03-13", "2026-05-15"),  # the 14th is Ascension Day
        ("2026-10-30", "2026-12-31"),
        ("2026-10-31", "2027-01-04"),  # New Year's Day, then a week-end
    ],
)
def test_two_clear_months_move_to_a_working_day(notified_on: str, expires: str) -> None:
    on = date.fromisoformat(notified_on)
    case = a_case(decisions=(expressly_refused(on, notified=notified(on)),))
    for id in ("T10", "T12"):
        assert one(case, on, id, Addressee.EMPLOYER).expires_on == date.fromisoformat(expires)


def test_limits_run_for_each_addressee_apart() -> None:
    on = date(2026, 12, 1)
    decision = expressly_refused(on, notified=notified(on, Addressee.EMPLOYER))
    case = a_case(decisions=(decision,))
    assert one(case, on, "T12", Addressee.EMPLOYER).state is ClockState.RUNNING
    worker = one(case, on, "T12", Addressee.WORKER)
    assert worker.state is ClockState.NOT_RUNNING
    assert "n'a pas été notifiée à l'étranger" in (worker.why_not_running or "")


def test_a_decision_available_and_unread_does_not_make_limits_run() -> None:
    on = date(2026, 12, 1)
    available = {Addressee.EMPLOYER: Notified(available_on=on)}
    case = a_case(decisions=(expressly_refused(on, notified=available),))
    assert one(case, on, "T12", Addressee.EMPLOYER).state is ClockState.NOT_RUNNING
    deemed = one(case, on, "DEEMED_NOTIFICATION")
    assert deemed.expires_on == date(2026, 12, 16)
    assert one(case, date(2026, 12, 17), "DEEMED_NOTIFICATION").state is ClockState.EXPIRED


def test_an_incomplete_notice_leaves_only_the_reasonable_period() -> None:
    on = date(2026, 12, 1)
    case = a_case(decisions=(expressly_refused(on, remedies=INCOMPLETE, notified=notified(on)),))
    limit = one(case, on, "T12", Addressee.EMPLOYER)
    assert limit.state is ClockState.NOT_RUNNING
    assert "R421-5" in (limit.why_not_running or "")
    year = one(case, on, "T13", Addressee.EMPLOYER)
    assert year.expires_on == date(2027, 12, 1)
    assert year.unconfirmed


def test_the_implicit_refusal_without_a_complete_acknowledgement_opens_no_limit() -> None:
    case = a_case(decisions=(refused(date(2027, 1, 2)),))
    assert case.acknowledgement is not None
    mute = REPLACE(case, acknowledgement=REPLACE(case.acknowledgement, complete=False))
    assert one(mute, date(2027, 1, 5), "T12", Addressee.EMPLOYER).state is ClockState.NOT_RUNNING


@pytest.mark.parametrize("issued_on", [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)])
def test_no_limit_runs_before_the_acknowledgement_left(issued_on: date) -> None:
    case = a_case(decisions=(refused(date(2027, 1, 2)),))
    assert case.acknowledgement is not None
    case = REPLACE(case, acknowledgement=REPLACE(case.acknowledgement, issued_on=issued_on))
    limit = one(case, date(2027, 1, 5), "T12", Addressee.EMPLOYER)
    late = issued_on > date(2027, 1, 2)
    assert limit.starts_on == max(issued_on, date(2027, 1, 2))
    assert limit.sentence.startswith("Décision implicite D1 née le 2 janvier 2027")
    assert (", accusé de réception envoyé le 3 janvier 2027" in limit.sentence) is late
    assert any("postérieur à la naissance" in doubt for doubt in limit.unconfirmed) is late


def test_that_a_limit_runs_against_whom_no_acknowledgement_reached_is_doubtful() -> None:
    case = a_case(decisions=(refused(date(2027, 1, 2)),))
    doubtful = {
        each: any(
            "n'est adressé qu'à l'auteur" in doubt for doubt in one(case, date(2027, 1, 5), "T12", each).unconfirmed
        )
        for each in case.parties
    }
    assert doubtful == {Addressee.EMPLOYER: False, Addressee.WORKER: True}


@pytest.mark.parametrize(
    ("agreed_on", "doubtful"), [(None, True), (date(2026, 12, 2), True), (date(2026, 12, 1), False)]
)
def test_a_notification_deemed_made_without_agreement_is_doubtful(agreed_on: date | None, doubtful: bool) -> None:
    on = date(2026, 12, 1)
    known = {Addressee.EMPLOYER: Notified(available_on=on, deemed_on=on)}
    consents = {Addressee.EMPLOYER: agreed_on} if agreed_on else {}
    case = REPLACE(a_case(decisions=(expressly_refused(on, notified=known),)), consents=consents)
    for clock in ("DEEMED_NOTIFICATION", "T10", "T12"):
        doubts = one(case, date(2026, 12, 20), clock, Addressee.EMPLOYER).unconfirmed
        assert any("CRPA R112-17" in doubt for doubt in doubts) is doubtful


@pytest.mark.parametrize(
    ("worker", "seat", "workplace", "addressee", "extra"),
    [
        (a_worker(), "69002", "69002", Addressee.WORKER, 2),
        (a_worker(), "69002", "69002", Addressee.EMPLOYER, 0),
        (a_worker_in_france(), "69002", "69002", Addressee.WORKER, 0),
        (a_worker_in_france(), "69002", "97400", Addressee.WORKER, 1),
        (a_worker_in_france(), "69002", "97400", Addressee.EMPLOYER, 1),
        (a_worker_in_france(), "97400", "97400", Addressee.EMPLOYER, 0),
        (a_worker_in_france(), "97400", "69002", Addressee.EMPLOYER, 1),
        (a_worker_in_france(), "75001", "69002", Addressee.EMPLOYER, 0),
    ],
)
def test_distance_lengthens_the_limit(worker: Any, seat: str, workplace: str, addressee: Addressee, extra: int) -> None:
    request = a_request(
        worker=worker,
        employer=a_company(seat=an_address(seat, "Siège")),
        job=a_job(workplace=an_address(workplace, "Lieu")),
    )
    case = REPLACE(a_case(), request=request)
    assert extra_months(case, addressee, REFERENCE) == extra


def test_the_limit_of_a_worker_abroad_says_why_it_is_longer() -> None:
    on = date(2026, 12, 1)
    case = a_case(decisions=(expressly_refused(on, notified=notified(on)),))
    limit = one(case, on, "T12", Addressee.WORKER)
    assert limit.expires_on == date(2027, 4, 2)
    assert "étranger" in limit.length


REFUSED_ON = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("appeals", "state", "expires"),
    [
        ([an_appeal(date(2026, 12, 15))], ClockState.NOT_RUNNING, None),
        (
            [
                an_appeal(
                    date(2026, 12, 15), ended_on=date(2027, 2, 15), outcome=AppealOutcome.REJECTED, implicitly=True
                )
            ],
            ClockState.RUNNING, date(2027, 4, 16),
        ),
        # the express rejection has not been proved notified
        (
            [an_appeal(date(2026, 12, 15), ended_on=date(2027, 1, 15), outcome=AppealOutcome.REJECTED)],
            ClockState.NOT_RUNNING, None,
        ),
        # both appeals in time: the last rejection counts
        (
            [
                an_appeal(
                    date(2026, 12, 15), ended_on=date(2027, 2, 15), outcome=AppealOutcome.REJECTED, implicitly=True
                ),
                an_appeal(date(2027, 1, 20), id="A2", kind=AppealKind.HIERARCHICAL),
            ],
            ClockState.NOT_RUNNING, None,
        ),
        (
            [
                an_appeal(
                    date(2026, 12, 15), ended_on=date(2027, 2, 15), outcome=AppealOutcome.REJECTED, implicitly=True
                ),
                an_appeal(
                    date(2027, 1, 20), id="A2", kind=AppealKind.HIERARCHICAL, ended_on=date(2027, 3, 20),
                    outcome=AppealOutcome.REJECTED, implicitly=True,
                ),
            ],
            ClockState.RUNNING, date(2027, 5, 21),
        ),
        # lodged late, or by the other addressee: interrupts nothing
        ([an_appeal(date(2027, 2, 3), in_time=False)], ClockState.EXPIRED, date(2027, 2, 2)),
        ([an_appeal(date(2026, 12, 15), lodged_by=Addressee.WORKER)], ClockState.EXPIRED, date(2027, 2, 2)),
    ],
)  # fmt: skip
def test_appeals_interrupt_the_limit_to_sue(appeals: list[Appeal], state: ClockState, expires: date | None) -> None:
    decision = expressly_refused(REFUSED_ON, notified=notified(REFUSED_ON))
    case = a_case(decisions=(decision,), appeals=tuple(appeals))
    limit = one(case, date(2027, 4, 1), "T12", Addressee.EMPLOYER)
    assert (limit.state, limit.expires_on) == (state, expires)
    assert (limit.why_not_running is not None) is (state is ClockState.NOT_RUNNING)


def test_reasons_asked_for_hold_the_limit_until_they_come() -> None:
    arisen = date(2027, 1, 2)
    asked_for = refused(arisen, reasons_requested_on=date(2027, 1, 31))
    case = a_case(decisions=(asked_for,))
    assert one(case, date(2027, 2, 10), "T12", Addressee.EMPLOYER).state is ClockState.NOT_RUNNING
    due = one(case, date(2027, 2, 10), "T8")
    assert (due.expires_on, due.state) == (date(2027, 2, 28), ClockState.RUNNING)
    given_on = date(2027, 2, 20)
    answered = REPLACE(case, decisions=(REPLACE(asked_for, reasons_communicated_on=given_on),))
    assert one(answered, given_on, "T12", Addressee.EMPLOYER).expires_on == date(2027, 4, 21)
    assert one(answered, given_on, "T8").state is ClockState.ENDED


# --- after the grant, hearings, court ----------------------------------------------------------------------------


def test_a_grant_may_be_withdrawn_for_four_months_and_wants_a_certificate_within_three() -> None:
    case = granted()
    on = case.decisions[-1].on
    withdrawal = one(case, on, "T9")
    assert withdrawal.expires_on == add_months(on, 4)
    assert one(case, on, "MEDICAL_CERTIFICATE").expires_on == add_months(on, 3)
    assert not withdrawal.for_administration
    assert [c.id for c in clocks(case, on, REFERENCE) if c.id in {"T10", "T12"}] == []


def test_observations_are_waited_for() -> None:
    hearing = Hearing(
        id="H1",
        decision="D1",
        intended=DecisionKind.WITHDRAWAL,
        legal_basis="CRPA L242-1",
        opened_on=date(2026, 12, 1),
        observations_until=date(2026, 12, 16),
    )
    case = a_case(hearings=(hearing,))
    clock = one(case, date(2026, 12, 16), "T15")
    assert (clock.state, clock.for_administration) == (ClockState.RUNNING, True)
    assert clock.unconfirmed
    assert one(case, date(2026, 12, 17), "T15").state is ClockState.EXPIRED


def proceedings(**changes: Any) -> Litigation:
    return Litigation(
        **{
            "id": "L1",
            "action": CourtAction.ANNULMENT,
            "court": "tribunal administratif de Lyon",
            "court_number": "2700123",
            "against": "D1",
            "lodged_on": date(2027, 1, 10),
            **changes,
        }
    )


def test_the_court_sets_its_own_time_limits() -> None:
    pending = proceedings(
        served_on=date(2027, 1, 12),
        defence_due_on=date(2027, 3, 12),
        formal_notice_on=date(2027, 3, 15),
        formal_notice_due_on=date(2027, 4, 15),
        investigation_closes_on=date(2027, 5, 1),
        hearing_on=date(2027, 5, 20),
    )
    case = a_case(litigation=(pending,), decisions=(expressly_refused(),))
    today = date(2027, 3, 20)
    states = {c.id: c.state for c in clocks(case, today, REFERENCE) if c.ref == "L1"}
    assert states == {
        "DEFENCE": ClockState.EXPIRED,
        "FORMAL_NOTICE": ClockState.RUNNING,
        "INVESTIGATION_CLOSING": ClockState.RUNNING,
        "HEARING": ClockState.RUNNING,
    }
    deadline = next_deadline(case, today, REFERENCE)
    assert deadline is not None
    assert deadline.id == "DEFENCE"


@pytest.mark.parametrize(
    ("action", "notified_on", "expires"),
    [
        (CourtAction.ANNULMENT, date(2027, 6, 1), date(2027, 8, 2)),
        (CourtAction.APPEAL, date(2027, 6, 1), date(2027, 8, 2)),
        (CourtAction.SUSPENSION, date(2027, 6, 1), date(2027, 6, 17)),
        (CourtAction.CASSATION, date(2027, 6, 1), None),
    ],
)
def test_what_a_court_ruled_may_be_attacked(action: CourtAction, notified_on: date, expires: date | None) -> None:
    ruled = proceedings(
        action=action, judged_on=notified_on, judgment_notified_on=notified_on, outcome=JudgmentOutcome.ANNULLED
    )
    case = a_case(litigation=(ruled,), decisions=(expressly_refused(),))
    found = [c for c in clocks(case, notified_on, REFERENCE) if c.id == "JUDGMENT_APPEAL"]
    assert [clock.expires_on for clock in found] == ([expires] if expires else [])
    assert all(clock.for_administration for clock in found)


@pytest.mark.parametrize(
    ("due_on", "injunction", "expires"),
    [
        (date(2027, 7, 1), None, date(2027, 7, 1)),
        (None, Injunction(kind=InjunctionKind.REEXAMINE, delay_days=30), date(2027, 7, 1)),
        (None, None, None),
    ],
)
def test_a_reexamination_has_the_delay_of_the_judge(
    due_on: date | None, injunction: Injunction | None, expires: date | None
) -> None:
    ruled = proceedings(
        judged_on=date(2027, 6, 1),
        judgment_notified_on=date(2027, 6, 1),
        outcome=JudgmentOutcome.ANNULLED,
        injunction=injunction,
    )
    annulled = expressly_refused(live=False, ended_by="L1")
    stage = Stage(kind=StageKind.COURT, ref="L1", due_on=due_on)
    case = a_case(litigation=(ruled,), decisions=(annulled,), stage=stage)
    clock = one(case, date(2027, 6, 2), "INJUNCTION")
    assert clock.expires_on == expires
    assert (clock.state is ClockState.NOT_RUNNING) is (expires is None)
    assert silence_due(case, date(2028, 1, 1), REFERENCE) is None


# --- the next deadline -------------------------------------------------------------------------------------------


def test_the_next_deadline_is_the_first_that_binds_the_administration() -> None:
    case = a_case(received=RECEIVED)
    first = next_deadline(case, RECEIVED, REFERENCE)
    assert first is not None
    assert (first.id, first.expires_on) == ("T1", date(2026, 3, 15))
    awaiting = REPLACE(case, missing_items=(asked(date(2026, 2, 1), date(2026, 3, 1)),))
    items = next_deadline(awaiting, date(2026, 2, 2), REFERENCE)
    assert items is not None
    assert (items.id, items.expires_on) == ("MISSING_ITEMS", date(2026, 3, 1))
    over = next_deadline(awaiting, date(2026, 3, 2), REFERENCE)
    assert over is not None
    assert (over.id, over.expires_on) == ("T1", date(2026, 4, 12))


def test_nothing_is_due_on_a_decided_case() -> None:
    on = date(2026, 12, 1)
    awaited = asked(date(2026, 11, 20), date(2026, 12, 20))
    case = a_case(decisions=(expressly_refused(on, notified=notified(on)),), missing_items=(awaited,))
    assert next_deadline(case, on, REFERENCE) is None


def test_an_opinion_is_expected_but_binds_nobody() -> None:
    opinion = Opinion(id="O1", body="URSSAF", criterion=None, requested_on=AUTUMN, due_on=date(2026, 11, 20))
    case = a_case(opinions=(opinion,))
    assert one(case, AUTUMN, "OPINION").state is ClockState.RUNNING
    first = next_deadline(case, AUTUMN, REFERENCE)
    assert first is not None
    assert first.id == "T1"


@pytest.mark.parametrize("procedure", list(Procedure))
def test_every_clock_explains_itself(procedure: Procedure) -> None:
    on = date(2026, 12, 1)
    case = a_case(
        procedure,
        decisions=(expressly_refused(on, notified=notified(on)),),
        appeals=(an_appeal(date(2026, 12, 15)),),
        litigation=(proceedings(defence_due_on=date(2027, 2, 1)),),
        missing_items=(asked(date(2026, 11, 5), date(2026, 11, 20)),),
    )
    family_name = case.request.worker.family_name
    for clock in clocks(case, on, REFERENCE):
        assert clock.sentence.endswith(".")
        assert clock.articles
        assert clock.effect
        assert family_name not in clock.sentence
        assert " à le " not in clock.sentence
        assert " de le " not in clock.sentence
        assert (clock.state is ClockState.NOT_RUNNING) is (clock.why_not_running is not None)
        assert clock.running is (clock.state is ClockState.RUNNING)
