"""After the grant: a permit ends only on a legal basis, within its window, after a prior hearing, with reasons."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.acts import Addressee, DecisionKind, DelegatedAct
from domain.after_grant import ExceptionToHearing, LegalBasis, WithoutHearing
from domain.case import Case
from domain.commands.open_prior_hearing import OpenPriorHearing, open_prior_hearing
from domain.commands.receive_observations import ReceiveObservations, receive_observations
from domain.commands.record_missing_medical_certificate import (
    RecordMissingMedicalCertificate,
    record_missing_medical_certificate,
)
from domain.commands.repeal_permit import RepealPermit, repeal_permit
from domain.commands.withdraw_permit import WithdrawPermit, withdraw_permit
from domain.decisions import ReasonDraft
from domain.envelope import Role
from domain.events import DelegationGranted, PermitRepealed, PermitWithdrawn
from domain.findings import Criterion
from domain.refusals import Refused
from tests.unit.given import TODAY, a_context, a_delegation, an_administration, case_after
from tests.unit.given_decided import FACT, UNDERPAID, WEIGHED, granted, only, refused

WITHDRAWAL, REPEAL = DecisionKind.WITHDRAWAL, DecisionKind.REPEAL
GROUNDS = "Le contrat de travail produit n'a pas été signé par l'employeur désigné."
HEARD = TODAY + timedelta(days=16)
"""First day after the fifteen days of observations of a hearing opened on the day of the grant."""


def opened(
    case: Case, intended: Any = WITHDRAWAL, basis: LegalBasis = LegalBasis.FRAUD, *, today: date = TODAY, **body: Any
) -> Case:
    command = OpenPriorHearing(
        **{"decision": "D1", "intended": intended, "legal_basis": basis, "grounds": GROUNDS, **body}
    )
    return case_after(open_prior_hearing(case, command, a_context(today=today)), case)


def observed(case: Case, role: Role, *, today: date = TODAY, hearing: str = "H1", **body: Any) -> Case:
    command = ReceiveObservations(hearing=hearing, text="La signature est la nôtre.", **body)
    return case_after(receive_observations(case, command, a_context(role, today=today)), case)


def withdrawn(case: Case, *, today: date = HEARD, context: Any = None, **body: Any) -> PermitWithdrawn:
    command = WithdrawPermit(**{"decision": "D1", "explanation": WEIGHED, **body})
    event = only(withdraw_permit(case, command, context or a_context(Role.SIGNATORY, today=today)))
    assert isinstance(event, PermitWithdrawn)
    return event


def repealed(case: Case, *, today: date = HEARD, **body: Any) -> PermitRepealed:
    command = RepealPermit(**{"decision": "D1", "explanation": WEIGHED, "reasons": (UNDERPAID,), **body})
    event = only(repeal_permit(case, command, a_context(Role.SIGNATORY, today=today)))
    assert isinstance(event, PermitRepealed)
    return event


def test_a_hearing_gives_fifteen_days_by_default() -> None:
    (hearing,) = opened(granted()).hearings
    assert (hearing.id, hearing.decision, hearing.legal_basis) == ("H1", "D1", "CRPA L241-2")
    assert hearing.observations_until == TODAY + timedelta(days=15)


@pytest.mark.parametrize(("days", "allowed"), [(14, False), (15, True), (30, True)])
def test_a_shorter_period_is_refused(days: int, allowed: bool) -> None:
    until = TODAY + timedelta(days=days)
    if allowed:
        assert opened(granted(), observations_until=until).hearings[0].observations_until == until
        return
    with pytest.raises(Refused) as refusal:
        opened(granted(), observations_until=until)
    assert refusal.value.code == "observations_period_too_short"


@pytest.mark.parametrize(
    ("basis", "intended", "code"),
    [
        (LegalBasis.CONDITION_LOST, WITHDRAWAL, "basis_forbids_act"),
        (LegalBasis.MEDICAL_CERTIFICATE, REPEAL, "basis_forbids_act"),
        (LegalBasis.MEDICAL_CERTIFICATE, WITHDRAWAL, "certificate_not_noted_missing"),
    ],
)
def test_a_basis_allows_only_its_own_acts(basis: LegalBasis, intended: DecisionKind, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        opened(granted(), intended, basis)
    assert refusal.value.code == code


def test_only_a_standing_grant_is_withdrawn() -> None:
    with pytest.raises(Refused) as refusal:
        opened(refused())
    assert refusal.value.code == "decision_is_no_grant"
    case = opened(granted())
    ended = case_after((withdrawn(case),), case)
    with pytest.raises(Refused) as refusal:
        opened(ended)
    assert refusal.value.code == "decision_no_longer_stands"


def test_the_same_hearing_is_not_opened_twice() -> None:
    with pytest.raises(Refused) as refusal:
        opened(opened(granted()))
    assert refusal.value.code == "hearing_already_open"
    assert len(opened(opened(granted()), REPEAL).hearings) == 2


@pytest.mark.parametrize(
    ("today", "allowed"),
    [(date(2027, 3, 1), True), (date(2027, 3, 2), True), (date(2027, 3, 3), False), (date(2028, 1, 1), False)],
)
def test_an_unlawful_grant_is_withdrawn_within_four_months(today: date, allowed: bool) -> None:
    case = opened(granted(), basis=LegalBasis.ILLEGALITY)
    if allowed:
        event = withdrawn(case, today=today, reasons=(UNDERPAID,))
        assert event.legal_basis == "CRPA L242-1"
        return
    with pytest.raises(Refused) as refusal:
        withdrawn(case, today=today, reasons=(UNDERPAID,))
    assert refusal.value.code == "withdrawal_window_over"
    with pytest.raises(Refused) as refusal:
        opened(granted(), basis=LegalBasis.ILLEGALITY, today=today)
    assert refusal.value.code == "withdrawal_window_over"


def test_fraud_has_no_window() -> None:
    late = date(2029, 1, 1)
    case = opened(granted(), today=late)
    assert withdrawn(case, today=late + timedelta(days=16)).legal_basis == "CRPA L241-2"


def test_nothing_is_withdrawn_without_a_prior_hearing_for_that_act() -> None:
    for case in (granted(), opened(granted(), REPEAL)):
        with pytest.raises(Refused) as refusal:
            withdrawn(case)
        assert refusal.value.code == "prior_hearing_missing"


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (15, False), (16, True)])
def test_the_observations_period_runs_to_its_end(days: int, allowed: bool) -> None:
    case, today = opened(granted()), TODAY + timedelta(days=days)
    if allowed:
        assert withdrawn(case, today=today).hearing == "H1"
        return
    with pytest.raises(Refused) as refusal:
        withdrawn(case, today=today)
    assert refusal.value.code == "observations_period_running"


def test_the_period_ends_early_only_when_every_addressee_has_answered() -> None:
    one = observed(opened(granted()), Role.EMPLOYER)
    with pytest.raises(Refused) as refusal:
        withdrawn(one, today=TODAY)
    assert refusal.value.code == "observations_period_running"
    both = observed(one, Role.AGENT, addressee=Addressee.WORKER)
    assert withdrawn(both, today=TODAY).hearing == "H1"


def test_observations_are_refused_once_the_act_is_signed() -> None:
    case = opened(granted())
    after = case_after((withdrawn(case),), case)
    with pytest.raises(Refused) as refusal:
        observed(after, Role.WORKER, today=HEARD)
    assert refusal.value.code == "hearing_over"
    with pytest.raises(Refused) as refusal:
        observed(case, Role.WORKER, hearing="H7")
    assert refusal.value.code == "hearing_unknown"
    with pytest.raises(Refused) as refusal:
        observed(case, Role.EMPLOYER, addressee=Addressee.WORKER)
    assert refusal.value.code == "not_an_addressee"


def test_a_withdrawal_is_reasoned_and_signed_under_its_own_delegation() -> None:
    case = opened(granted())
    event = withdrawn(case)
    assert (event.decision.decision, event.decision.kind, event.withdraws) == ("D2", WITHDRAWAL, "D1")
    assert event.decision.explanation == WEIGHED
    assert event.decision.remedies is not None
    after = case_after((event,), case)
    assert (after.decision("D1").live, after.decision("D1").ended_by) == (False, "D2")
    assert after.hearings[0].used
    with pytest.raises(Refused) as refusal:
        withdrawn(case, explanation="x" * 39)
    assert refusal.value.code == "reasons_missing"
    grants_only = DelegationGranted(delegation=a_delegation(acts=(DelegatedAct.GRANT,)))
    administration = an_administration(delegations=False, more=(grants_only,))
    with pytest.raises(Refused) as refusal:
        withdrawn(case, context=a_context(Role.SIGNATORY, today=HEARD, administration=administration))
    assert refusal.value.code == "no_delegation_in_force"


def test_an_unlawful_grant_needs_the_condition_broken() -> None:
    case = opened(granted(), basis=LegalBasis.ILLEGALITY)
    with pytest.raises(Refused) as refusal:
        withdrawn(case)
    assert refusal.value.code == "reasons_missing"
    with pytest.raises(Refused) as refusal:
        withdrawn(case, reasons=(ReasonDraft(criterion=Criterion.ASYLUM_DELAY, fact=FACT),))
    assert refusal.value.code == "content_impossible"
    with pytest.raises(Refused) as refusal:
        withdrawn(case, reasons=(ReasonDraft(criterion=Criterion.PAY, fact="trop court"),))
    assert refusal.value.code == "reason_needs_fact"


def test_a_lost_condition_repeals_for_the_future_at_any_time() -> None:
    late = date(2029, 1, 1)
    case = opened(granted(), REPEAL, LegalBasis.CONDITION_LOST, today=late)
    signed_on = late + timedelta(days=16)
    event = repealed(case, today=signed_on)
    assert (event.effective_on, event.takes_effect_on, event.legal_basis) == (signed_on, signed_on, "CRPA L242-2 1°")
    assert repealed(case, today=signed_on, effective_on=date(2029, 6, 1)).effective_on == date(2029, 6, 1)


def test_a_repeal_never_looks_back_nor_goes_without_reasons_or_hearing() -> None:
    case = opened(granted(), REPEAL, LegalBasis.CONDITION_LOST)
    with pytest.raises(Refused) as refusal:
        repealed(case, effective_on=HEARD - timedelta(days=1))
    assert refusal.value.code == "repeal_not_retroactive"
    with pytest.raises(Refused) as refusal:
        repealed(case, reasons=())
    assert refusal.value.code == "reasons_missing"
    with pytest.raises(Refused) as refusal:
        repealed(granted())
    assert refusal.value.code == "prior_hearing_missing"


def certificate_missing(case: Case, today: date) -> Any:
    command = RecordMissingMedicalCertificate(decision="D1")
    return only(record_missing_medical_certificate(case, command, a_context(today=today)))


@pytest.mark.parametrize(
    ("today", "allowed"), [(date(2027, 2, 1), False), (date(2027, 2, 2), False), (date(2027, 2, 3), True)]
)
def test_the_medical_certificate_has_three_months(today: date, allowed: bool) -> None:
    if allowed:
        assert certificate_missing(granted(), today).three_months_ended_on == date(2027, 2, 2)
        return
    with pytest.raises(Refused) as refusal:
        certificate_missing(granted(), today)
    assert refusal.value.code == "three_months_not_over"


def test_a_missing_certificate_is_noted_once_and_opens_the_withdrawal() -> None:
    today = date(2027, 6, 1)
    case = case_after((certificate_missing(granted(), today),), granted())
    with pytest.raises(Refused) as refusal:
        certificate_missing(case, today)
    assert refusal.value.code == "certificate_already_noted"
    with pytest.raises(Refused) as refusal:
        certificate_missing(refused(), today)
    assert refusal.value.code == "decision_is_no_grant"
    heard = opened(case, basis=LegalBasis.MEDICAL_CERTIFICATE, today=today)
    assert withdrawn(heard, today=today + timedelta(days=16)).legal_basis == "CT L5221-5"


URGENT = WithoutHearing(exception=ExceptionToHearing.URGENCY, legal_basis=LegalBasis.FRAUD, because="x" * 40)


def not_withdrawn(case: Case, **body: Any) -> str:
    with pytest.raises(Refused) as refusal:
        withdrawn(case, **body)
    return refusal.value.code


def test_urgency_leaves_the_hearing_out_and_is_told_in_the_act() -> None:
    event = withdrawn(granted(), today=TODAY, without_hearing=URGENT)
    assert (event.hearing, event.legal_basis) == (None, "CRPA L241-2")
    assert event.decision.prior_hearing.endswith("x" * 40)
    assert "CRPA L121-2 1°" in event.decision.prior_hearing


@pytest.mark.parametrize("length", [0, 39])
def test_an_exception_is_reasoned(length: int) -> None:
    short = WithoutHearing(
        exception=ExceptionToHearing.PUBLIC_ORDER, legal_basis=LegalBasis.FRAUD, because="x" * length
    )
    assert not_withdrawn(granted(), without_hearing=short) == "exception_needs_reasons"


def test_an_exception_changes_neither_basis_nor_window() -> None:
    def without(basis: LegalBasis) -> WithoutHearing:
        return WithoutHearing(exception=ExceptionToHearing.URGENCY, legal_basis=basis, because="x" * 40)

    late = date(2027, 3, 3)
    assert not_withdrawn(granted(), today=late, without_hearing=without(LegalBasis.ILLEGALITY)) == (
        "withdrawal_window_over"
    )
    assert not_withdrawn(granted(), without_hearing=without(LegalBasis.CONDITION_LOST)) == "basis_forbids_act"
    assert not_withdrawn(granted(), without_hearing=without(LegalBasis.MEDICAL_CERTIFICATE)) == (
        "certificate_not_noted_missing"
    )


@pytest.mark.parametrize(("length", "allowed"), [(0, False), (39, False), (40, True)])
def test_who_asks_to_be_heard_is_heard_unless_the_request_is_abusive(length: int, allowed: bool) -> None:
    case = observed(opened(granted()), Role.EMPLOYER, asks_to_be_heard=True)
    if allowed:
        event = withdrawn(case, unheard_because="x" * length)
        assert event.decision.prior_hearing.endswith(f"Demande d'audition écartée : {'x' * length}")
    else:
        assert not_withdrawn(case, unheard_because="x" * length) == "oral_observations_pending"


def test_oral_observations_are_those_of_the_party_that_asked() -> None:
    asked = observed(opened(granted()), Role.EMPLOYER, asks_to_be_heard=True)
    other = observed(asked, Role.AGENT, addressee=Addressee.WORKER, oral=True)
    assert not_withdrawn(other) == "oral_observations_pending"
    heard = observed(asked, Role.AGENT, addressee=Addressee.EMPLOYER, oral=True, assisted=True)
    assert "l'employeur a été entendu" in withdrawn(heard).decision.prior_hearing
    assert heard.hearings[0].assisted == (Addressee.EMPLOYER,)


def test_a_party_does_not_record_its_own_hearing() -> None:
    with pytest.raises(Refused) as refusal:
        observed(opened(granted()), Role.EMPLOYER, oral=True)
    assert refusal.value.code == "oral_recorded_by_service"


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ((), "; l'employeur et l'étranger n'ont pas présenté d'observations."),
        ((Role.EMPLOYER,), "; l'employeur a présenté des observations ; l'étranger n'a pas présenté d'observations."),
        ((Role.EMPLOYER, Role.AGENT), "; l'employeur et l'étranger ont présenté des observations."),
    ],
)
def test_the_act_says_what_came_of_the_hearing(roles: tuple[Role, ...], told: str) -> None:
    case = opened(granted())
    for role in roles:
        case = observed(case, role, **({"addressee": Addressee.WORKER} if role is Role.AGENT else {}))
    text = withdrawn(case).decision.prior_hearing
    assert text.startswith("Les parties ont été invitées le 2 novembre 2026 à présenter leurs observations jusqu'au 17")
    assert text.endswith(told)
