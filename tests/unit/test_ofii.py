"""What OFII and the tax authority are told: which grants, once each, with which figures."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.acts import AppealKind
from domain.case import Case
from domain.commands.acknowledge_message import AcknowledgeMessage, acknowledge_message
from domain.commands.add_note import AddNote, add_note
from domain.commands.erase_person import ErasePerson, erase_person
from domain.commands.lift_legal_hold import LiftLegalHold, lift_legal_hold
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.notify_ofii import NotifyOfii, notify_ofii
from domain.commands.notify_tax_authority import NotifyTaxAuthority, notify_tax_authority
from domain.commands.place_legal_hold import PlaceLegalHold, place_legal_hold
from domain.commands.record_failed_message import RecordFailedMessage, record_failed_message
from domain.envelope import Role
from domain.messages import ofii_is_due
from domain.procedures import Procedure
from domain.request import Capacity, Contract, Job, OtherUndertaking
from tests.unit.given import REFERENCE, a_context, a_host_family, a_job, an_address, case_after, filed
from tests.unit.given_decided import granted, refused
from tests.unit.given_disputed import after, in_court, notified, refusal_of

SYSTEM = a_context(Role.SYSTEM)


def granted_for(procedure: Procedure = Procedure.INTRODUCTION_PERMANENT, **changes: Any) -> Case:
    """A granted case whose request was changed after the fact, to stand at a boundary."""
    case = granted()
    other = filed(procedure=procedure)
    request = msgspec.structs.replace(other.request, **changes)
    return msgspec.structs.replace(case, request=request)


def fixed_term(end: date | None, start: date = date(2027, 3, 1), **changes: Any) -> Job:
    """A fixed-term contract with those days."""
    return a_job(contract=Contract.FIXED_TERM, start=start, end=end, **changes)


@pytest.mark.parametrize(
    ("end", "due", "months"),
    [
        (date(2027, 5, 31), False, 3),
        (date(2027, 6, 1), True, 4),
        (date(2027, 6, 30), True, 4),
        (date(2028, 2, 29), True, 12),
        (None, True, None),
    ],
)
def test_contracts_over_three_months_are_sent_to_ofii(end: date | None, due: bool, months: int | None) -> None:
    case = granted_for(job=fixed_term(end))
    if not due:
        assert refusal_of(notify_ofii, case, NotifyOfii(), SYSTEM).code == "ofii_not_due"
        return
    (event,) = notify_ofii(case, NotifyOfii(), SYSTEM)
    assert (event.message, event.decision, event.duration_months) == ("N1", "D1", months)
    assert event.ground == "contrat de plus de trois mois (CT R5221-18)"
    assert event.siret == "90200029800015"


@pytest.mark.parametrize(("end", "due"), [(date(2027, 5, 31), False), (date(2027, 6, 1), True), (None, True)])
def test_a_grant_awaits_its_message_when_the_command_would_send_one(end: date | None, due: bool) -> None:
    assert ofii_is_due(granted_for(job=fixed_term(end)), REFERENCE) is due


def test_a_grant_awaits_a_message_until_one_is_on_its_way() -> None:
    assert not ofii_is_due(refused(), REFERENCE)
    assert not ofii_is_due(filed(), REFERENCE)
    sent = after(granted(), notify_ofii, NotifyOfii(), role=Role.SYSTEM)
    assert not ofii_is_due(sent, REFERENCE)
    failure = RecordFailedMessage(message="N1", cause="Aucune réponse.")
    assert ofii_is_due(after(sent, record_failed_message, failure, role=Role.SYSTEM), REFERENCE)


def test_a_seasonal_contract_is_sent_however_short() -> None:
    other = filed(procedure=Procedure.SEASONAL).request
    assert other.job is not None
    job = msgspec.structs.replace(other.job, end=date(2027, 5, 15))
    case = granted_for(Procedure.SEASONAL, job=job)
    (event,) = notify_ofii(case, NotifyOfii(), SYSTEM)
    assert (event.ground, event.seasonal, event.duration_months) == ("contrat saisonnier (CT R5221-18)", True, 2)


def test_a_grant_is_sent_once_unless_the_message_failed() -> None:
    case = after(granted(), notify_ofii, NotifyOfii(), role=Role.SYSTEM)
    assert refusal_of(notify_ofii, case, NotifyOfii(), SYSTEM).code == "already_notified"
    failure = RecordFailedMessage(message="N1", cause="Aucune réponse.")
    failed = after(case, record_failed_message, failure, role=Role.SYSTEM)
    (again,) = notify_ofii(failed, NotifyOfii(), SYSTEM)
    assert again.message == "N2"


@pytest.mark.parametrize("case", [filed(), refused()])
def test_nothing_but_a_standing_grant_is_sent(case: Case) -> None:
    assert refusal_of(notify_ofii, case, NotifyOfii(), SYSTEM).code == "decision_is_no_grant"
    assert refusal_of(notify_tax_authority, case, NotifyTaxAuthority(), SYSTEM).code == "decision_is_no_grant"
    assert refusal_of(notify_ofii, case, NotifyOfii(decision="D8"), SYSTEM).code == "decision_unknown"


@pytest.mark.parametrize(
    ("job", "amount"),
    [
        # The SMIC of 2 November 2026 is 1,867.02 euros: the rate bears on the pay, capped at 2.5 SMIC.
        (a_job(pay_monthly_gross="2400.00"), "1320.00"),
        (a_job(pay_monthly_gross="9000.00"), "2567.15"),
        (fixed_term(date(2028, 2, 29), pay_monthly_gross="2400.00"), "1320.00"),
        (fixed_term(date(2028, 2, 28), pay_monthly_gross="2400.00"), "210"),
        (fixed_term(date(2027, 8, 31), pay_monthly_gross="1867.02"), "74"),
        (fixed_term(date(2027, 8, 31), pay_monthly_gross="1867.03"), "210"),
        (fixed_term(date(2027, 8, 31), pay_monthly_gross="2800.53"), "210"),
        (fixed_term(date(2027, 8, 31), pay_monthly_gross="2800.54"), "300"),
    ],
)
def test_the_tax_authority_gets_an_indicative_amount(job: Job, amount: str) -> None:
    (event,) = notify_tax_authority(granted_for(job=job), NotifyTaxAuthority(), SYSTEM)
    assert event.indicative_amount_euros == amount
    assert (event.start, event.end) == (job.start, job.end)


def test_a_seasonal_hire_is_taxed_by_month_begun() -> None:
    (event,) = notify_tax_authority(granted_for(Procedure.SEASONAL), NotifyTaxAuthority(), SYSTEM)
    assert event.indicative_amount_euros == "250"


def test_where_the_minimum_wage_is_not_known_no_amount_is_told() -> None:
    job = a_job(workplace=an_address("97600", "Mamoudzou"))
    (event,) = notify_tax_authority(granted_for(job=job), NotifyTaxAuthority(), SYSTEM)
    assert event.indicative_amount_euros is None


def test_the_host_of_a_posted_worker_owes_the_tax() -> None:
    host = OtherUndertaking(
        capacity=Capacity.HOST, siret="90200011600019", name="Chantiers du Rhône", seat=an_address()
    )
    case = granted_for(Procedure.POSTING, undertakings=(host,))
    assert notify_tax_authority(case, NotifyTaxAuthority(), SYSTEM)[0].siret == "90200011600019"
    alone = granted_for(Procedure.POSTING)
    assert notify_tax_authority(alone, NotifyTaxAuthority(), SYSTEM)[0].siret == "90200029800015"


@pytest.mark.parametrize(
    "case",
    [
        granted_for(employer=a_host_family()),
        granted_for(Procedure.RENEWAL),
        granted_for(Procedure.STUDENT_ABOVE_QUOTA),
        granted_for(job=fixed_term(date(2027, 5, 31))),
    ],
)
def test_hires_that_are_not_taxed(case: Case) -> None:
    assert refusal_of(notify_tax_authority, case, NotifyTaxAuthority(), SYSTEM).code == "tax_not_due"


@pytest.mark.parametrize(("on", "due"), [(date(2022, 12, 31), False), (date(2023, 1, 1), True)])
def test_the_tax_authority_is_told_of_grants_since_2023(on: date, due: bool) -> None:
    case = granted()
    case = msgspec.structs.replace(case, decisions=(msgspec.structs.replace(case.decision("D1"), on=on),))
    if due:
        assert notify_tax_authority(case, NotifyTaxAuthority(), SYSTEM)[0].decision == "D1"
    else:
        assert refusal_of(notify_tax_authority, case, NotifyTaxAuthority(), SYSTEM).code == "tax_not_due"


def test_a_message_is_acknowledged_once() -> None:
    case = after(granted(), notify_tax_authority, NotifyTaxAuthority(), role=Role.SYSTEM)
    body = AcknowledgeMessage(message="N1", reference="DGFIP-1")
    (event,) = acknowledge_message(case, body, SYSTEM)
    assert (event.recipient, event.reference) == ("DGFiP", "DGFIP-1")
    known = case_after((event,), case)
    assert refusal_of(acknowledge_message, known, body, SYSTEM).code == "message_already_acknowledged"
    failure = RecordFailedMessage(message="N1", cause="Aucune réponse.")
    assert refusal_of(record_failed_message, known, failure, SYSTEM).code == "message_already_acknowledged"
    stranger = msgspec.structs.replace(body, message="N4")
    assert refusal_of(acknowledge_message, case, stranger, SYSTEM).code == "message_unknown"
    early = msgspec.structs.replace(body, acknowledged_on=date(2026, 11, 1))
    assert [f.pointer for f in refusal_of(acknowledge_message, case, early, SYSTEM).faults] == ["/acknowledged_on"]


def test_holds_add_up_and_each_is_lifted_alone() -> None:
    case = refused()
    for number in (1, 2):
        (event,) = place_legal_hold(case, PlaceLegalHold(reason="Réquisition."), a_context(Role.LEGAL))
        assert event.hold == f"G{number}"
        case = case_after((event,), case)
    case = after(case, lift_legal_hold, LiftLegalHold(hold="G1", reason="Fin de la procédure."))
    assert case.holds == {"G2"}
    refusal = refusal_of(lift_legal_hold, case, LiftLegalHold(hold="G1", reason="Encore."), a_context(Role.LEGAL))
    assert refusal.code == "hold_unknown"
    (third,) = place_legal_hold(case, PlaceLegalHold(reason="Nouvelle réquisition."), a_context(Role.LEGAL))
    assert third.hold == "G3"


def erasure(case: Case) -> ErasePerson:
    """The erasure of the worker of the case."""
    return ErasePerson(
        person=case.request.worker.person, reason="Durée de conservation expirée.", archival_visa="AD63 1"
    )


@pytest.mark.parametrize(("today", "possible"), [(date(2027, 3, 3), False), (date(2027, 3, 4), True)])
def test_a_person_is_erased_once_the_limits_to_sue_are_over(today: date, possible: bool) -> None:
    # Read on 2 November: two months, two more for a worker abroad (CJA R421-7), a clear day.
    case = notified()
    context = a_context(Role.ADMIN, today=today)
    if not possible:
        assert refusal_of(erase_person, case, erasure(case), context).code == "erasure_too_early"
        return
    (event,) = erase_person(case, erasure(case), context)
    assert event.person == case.request.worker.person
    erased = case_after((event,), case)
    assert refusal_of(erase_person, erased, erasure(case), context).code == "person_already_erased"
    # A note is sealed with the worker's key: it would be accepted, and gone as soon as that key is destroyed again.
    assert refusal_of(add_note, erased, AddNote(text="À rappeler."), context).code == "person_already_erased"


def test_who_appeals_after_their_erasure_is_heard_and_can_be_erased_again() -> None:
    context = a_context(Role.ADMIN, today=date(2027, 3, 4))
    case = notified()
    erased = case_after(erase_person(case, erasure(case), context), case)
    body = LodgeAppeal(kind=AppealKind.GRACIOUS, against="D1", received_on=date(2027, 3, 4), arguments="Je conteste.")
    worker = a_context(Role.WORKER, today=date(2027, 3, 4))
    appealed = case_after(lodge_appeal(erased, body, worker), erased)
    assert erased.erased == {case.request.worker.person}
    assert appealed.erased == frozenset()
    # Not before the appeal has ended.
    assert refusal_of(erase_person, appealed, erasure(case), context).code == "erasure_too_early"


@pytest.mark.parametrize(
    ("case", "today"),
    [
        (filed(), date(2030, 1, 1)),
        (in_court(), date(2030, 1, 1)),
        (
            after(
                notified(),
                lodge_appeal,
                LodgeAppeal(kind=AppealKind.HIERARCHICAL, arguments="Recours."),
                role=Role.WORKER,
            ),
            date(2030, 1, 1),
        ),
        (after(notified(), place_legal_hold, PlaceLegalHold(reason="Réquisition.")), date(2030, 1, 1)),
        (refused(), date(2027, 11, 2)),
        (granted(), date(2027, 3, 2)),
    ],
)
def test_nobody_is_erased_while_something_runs(case: Case, today: date) -> None:
    context = a_context(Role.ADMIN, today=today)
    assert refusal_of(erase_person, case, erasure(case), context).code == "erasure_too_early"


def test_a_grant_is_kept_while_it_may_be_withdrawn_or_used() -> None:
    case = granted()
    (event,) = erase_person(case, erasure(case), a_context(Role.ADMIN, today=date(2027, 3, 3)))
    assert event.erased_on == date(2027, 3, 3)
    used = granted(procedure=Procedure.INTRODUCTION_FIXED_TERM)
    still = a_context(Role.ADMIN, today=date(2027, 11, 30))
    assert refusal_of(erase_person, used, erasure(used), still).code == "erasure_too_early"


def test_only_a_party_is_erased_and_never_while_a_refusal_is_not_notified() -> None:
    case = refused()
    stranger = ErasePerson(person=case.id, reason="Erreur.", archival_visa="AD63 1")
    assert refusal_of(erase_person, case, stranger, a_context(Role.ADMIN)).code == "person_unknown"
    context = a_context(Role.ADMIN, today=date(2036, 11, 3))
    refusal = refusal_of(erase_person, case, erasure(case), context)
    assert "n'a pas été notifiée" in refusal.message
