"""Faults that random lives of cases have found, each as the shortest history that shows it."""

from datetime import date, timedelta

import msgspec
import pytest

from domain.acts import (
    Addressee,
    AppealKind,
    AppealOutcome,
    CourtAction,
    DecisionKind,
    JudgmentOutcome,
    SignedDecision,
    StageKind,
)
from domain.case import Case, Status
from domain.commands.abandon_request import AbandonRequest, abandon_request
from domain.commands.decide_appeal import DecideAppeal, decide_appeal
from domain.commands.file_request import FileRequest, file_request
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.open_litigation import OpenLitigation, open_litigation
from domain.commands.propose_decision import ProposeDecision, propose_decision
from domain.commands.record_judgment import RecordJudgment, record_judgment
from domain.commands.record_silence import RecordSilence, record_silence
from domain.commands.request_missing_items import AskedItem, RequestMissingItems, request_missing_items
from domain.commands.route_request import RouteRequest, route_request
from domain.commands.supply_missing_items import SupplyMissingItems, supply_missing_items
from domain.context import Context
from domain.decisions import ReasonDraft
from domain.envelope import Role
from domain.events import (
    CaseEvent,
    JudgmentRecorded,
    LitigationOpened,
    MissingItemsSupplied,
    PermitRepealed,
    PermitWithdrawn,
    RequestGranted,
)
from domain.findings import Criterion
from domain.law import all_rules
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import AuPair, Contract
from tests.unit.given import TODAY, a_context, a_job, a_request, an_attached, case_after, filed
from tests.unit.given_decided import FACT, assessed, awaiting_items, granted, proposed, signed, underpaid_request
from tests.unit.given_disputed import after, notified, refusal_of, refused_by_silence

LATE = TODAY + timedelta(days=31)
"""The day after the last one to supply what was asked for."""
SUPPLIED = MissingItemsSupplied(request="M1", documents=(), complete=True, supplied_on=LATE)


def filed_as(_: None, body: FileRequest, context: Context) -> tuple[CaseEvent, ...]:
    """A filing, called as commands on a case are."""
    return file_request(body, context)


@pytest.mark.parametrize("end", [date(9999, 12, 31), date(2036, 11, 3)])
def test_a_contract_ends_within_a_time_that_can_be_reckoned_with(end: date) -> None:
    """Nothing follows 31 December 9999, and months are counted one by one to the end of a contract."""
    job = a_job(contract=Contract.FIXED_TERM, end=end)
    body = FileRequest(request=a_request(Procedure.INTRODUCTION_FIXED_TERM, job=job))
    refused = refusal_of(filed_as, None, body, a_context(Role.EMPLOYER))
    assert [(fault.pointer, fault.code) for fault in refused.faults] == [("/request/job/end", "date_impossible")]


def test_a_stay_of_an_au_pair_begins_within_a_time_that_can_be_reckoned_with() -> None:
    """No day is a year after one of the year 9999."""
    stay = AuPair(agreement_start=date(9999, 12, 1), agreement_end=date(9999, 12, 31), hours_weekly=25)
    body = FileRequest(request=a_request(Procedure.AU_PAIR, particulars=stay))
    refused = refusal_of(filed_as, None, body, a_context(Role.EMPLOYER))
    assert ("/request/particulars/agreement_start", "date_impossible") in [(f.pointer, f.code) for f in refused.faults]


def test_an_internship_is_extended_within_a_time_that_can_be_reckoned_with() -> None:
    """The rule counts months from the end of the agreement, which the new end follows."""
    amendment = a_request(Procedure.INTERNSHIP_AMENDMENT).particulars
    longer = msgspec.structs.replace(amendment, agreement_end=date(9999, 12, 30), new_end=date(9999, 12, 31))
    body = FileRequest(request=a_request(Procedure.INTERNSHIP_AMENDMENT, particulars=longer))
    refused = refusal_of(filed_as, None, body, a_context(Role.EMPLOYER))
    assert [(f.pointer, f.code) for f in refused.faults] == [("/request/particulars/new_end", "date_impossible")]


def test_an_annulled_withdrawal_gives_nothing_back_when_a_later_decision_stands() -> None:
    """Withdrawn, granted again, then the withdrawal is annulled: one permit stands, not two."""
    case = granted()
    first = case.decisions[0]
    assert first.signed is not None
    assert first.permit is not None
    case = case_after(
        (
            PermitWithdrawn(
                decision=_as(first.signed, "D2", DecisionKind.WITHDRAWAL),
                withdraws="D1",
                legal_basis="CRPA L241-2",
                hearing=None,
            ),
            LitigationOpened(
                litigation="L1",
                action=CourtAction.ANNULMENT,
                court="tribunal administratif de Lyon",
                court_number="2612345",
                against="D2",
                lodged_by=Addressee.EMPLOYER,
                lodged_on=TODAY,
                competent_court=None,
                represented_by="préfet du Rhône",
            ),
            RequestGranted(decision=_as(first.signed, "D3", DecisionKind.GRANT), permit=first.permit),
            JudgmentRecorded(
                litigation="L1",
                outcome=JudgmentOutcome.ANNULLED,
                judged_on=TODAY,
                notified_on=TODAY,
                summary="Annulation du retrait.",
            ),
        ),
        case,
    )
    assert [decision.id for decision in case.decisions if decision.live] == ["D3"]


def test_an_appeal_is_examined_no_more_once_what_it_attacks_is_annulled() -> None:
    """The repeal was annulled, so that the permit stood again; then the appeal against the repeal was rejected."""
    case = granted()
    first = case.decisions[0]
    assert first.signed is not None
    repealed = PermitRepealed(
        decision=_as(first.signed, "D2", DecisionKind.REPEAL),
        repeals="D1",
        legal_basis="CRPA L242-1",
        hearing=None,
        effective_on=TODAY,
    )
    case = case_after((repealed,), case)
    appeal = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="La rémunération a été relevée depuis le mois de mars.")
    case = after(case, lodge_appeal, appeal, role=Role.EMPLOYER)
    case = proposed(assessed(case), kind=DecisionKind.GRANT)
    assert (case.stage.ref, case.status) == ("A1", Status.TO_SIGN)
    opened = OpenLitigation(
        action=CourtAction.ANNULMENT, court="Lyon", court_number="2612345", against="D2", lodged_by=Addressee.EMPLOYER
    )
    case = after(case, open_litigation, opened)
    annulled = RecordJudgment(
        litigation="L1",
        outcome=JudgmentOutcome.ANNULLED,
        judged_on=TODAY,
        notified_on=TODAY,
        summary="Annulation de l'abrogation.",
    )
    case = after(case, record_judgment, annulled)
    assert [decision.id for decision in case.decisions if decision.live] == ["D1"]
    assert (case.status, case.stage.kind, case.proposal) == (Status.DECIDED, StageKind.FIRST, None)


def _as(signed: SignedDecision, decision: str, kind: DecisionKind) -> SignedDecision:
    return msgspec.structs.replace(signed, decision=decision, kind=kind)


def closure_proposed() -> Case:
    """A case whose closure waits for a signature, the delay being over."""
    return proposed(awaiting_items(due_on=LATE - timedelta(days=1)), today=LATE, kind=DecisionKind.CLOSURE)


def test_items_that_come_late_leave_the_case_to_sign() -> None:
    """The proposal was still there, on a case that was back under examination."""
    case = case_after((SUPPLIED,), closure_proposed())
    assert case.status is Status.TO_SIGN
    assert case.proposal is not None


def test_items_that_come_after_the_closure_re_open_nothing() -> None:
    """The case went back to the agent, closed though it was."""
    case = signed(closure_proposed(), today=LATE)
    assert case_after((SUPPLIED,), case).status is Status.CLOSED
    context = a_context(Role.AGENT, today=LATE)
    refused = refusal_of(supply_missing_items, case, SupplyMissingItems(request="M1", complete=True), context)
    assert refused.code == "status_forbids"


def test_items_that_come_after_the_request_was_given_up_re_open_nothing() -> None:
    """The case went back to the agent, abandoned though it was."""
    gone = after(
        awaiting_items(due_on=LATE), abandon_request, AbandonRequest(reason="Poste pourvu."), role=Role.EMPLOYER
    )
    assert case_after((SUPPLIED,), gone).status is Status.ABANDONED
    context = a_context(Role.AGENT, today=LATE)
    refused = refusal_of(supply_missing_items, gone, SupplyMissingItems(request="M1", complete=True), context)
    assert refused.code == "status_forbids"


def test_a_permit_without_a_single_day_is_not_proposed() -> None:
    """The work was to begin after the end of the student's enrolment, on 30 September 2027."""
    job = a_job(contract=Contract.FIXED_TERM, start=date(2027, 10, 30), end=date(2028, 4, 30), hours_weekly=28.0)
    case = assessed(request=a_request(Procedure.STUDENT_ABOVE_QUOTA, job=job))
    refused = refusal_of(propose_decision, case, ProposeDecision(kind=DecisionKind.GRANT), a_context(Role.AGENT))
    assert refused.code == "permit_without_days"


def test_a_minister_does_not_decide_at_the_end_of_time() -> None:
    """The month that the minister leaves was counted before the day of the decision was looked at."""
    lodged = LodgeAppeal(kind=AppealKind.HIERARCHICAL, lodged_by=Addressee.EMPLOYER, arguments="Erreur de fait.")
    case = after(notified(), lodge_appeal, lodged)
    body = DecideAppeal(appeal="A1", outcome=AppealOutcome.UPHELD, decided_on=date(9999, 12, 31), summary="Annulation.")
    refused = refusal_of(decide_appeal, case, body, a_context(Role.LEGAL))
    assert [fault.pointer for fault in refused.faults] == ["/decided_on"]


def test_a_request_given_up_after_silence_is_not_examined_again_on_appeal() -> None:
    """The appeal against the implicit refusal brought the abandoned case back to work."""
    today = date(2027, 2, 1)
    given_up = AbandonRequest(reason="Poste pourvu.")
    case = after(refused_by_silence(), abandon_request, given_up, role=Role.EMPLOYER, today=today)
    body = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="Le silence n'est pas motivé.")
    assert refusal_of(lodge_appeal, case, body, a_context(Role.EMPLOYER, today=today)).code == "status_forbids"


def test_items_may_be_asked_for_again_once_the_first_delay_is_over() -> None:
    due_on = TODAY + timedelta(days=30)
    case = awaiting_items(due_on=due_on)
    again = RequestMissingItems(items=(AskedItem(item="contributions_certificate"),), delay_days=20)
    with pytest.raises(Refused, match="items_already_requested"):
        request_missing_items(case, again, a_context(today=due_on))
    asked = request_missing_items(case, again, a_context(today=due_on + timedelta(days=1)))
    case = case_after(asked, case)
    assert [(request.id, request.lapsed) for request in case.missing_items] == [("M1", True), ("M2", False)]
    assert case.open_missing_items is not None
    assert case.open_missing_items.id == "M2"
    # Answering the first request took the case out of waiting while the second one was still open.
    late = SupplyMissingItems(request="M1", documents=(an_attached("contributions_certificate"),))
    refused = refusal_of(supply_missing_items, case, late, a_context(Role.EMPLOYER, today=due_on + timedelta(days=2)))
    assert refused.code == "items_request_ended"


def test_a_case_never_routed_that_an_appeal_reopens_is_to_be_routed() -> None:
    """It was to be claimed, by agents of no platform: no queue showed it."""
    body = RouteRequest(platform="Clermont-Ferrand", competent_department="69", reason="Siège de l'employeur à Lyon.")
    left = filed(today=date(2018, 5, 14))
    silent = date(2018, 7, 20)
    assert left.status is Status.TO_ROUTE
    case = after(left, record_silence, RecordSilence(), role=Role.SYSTEM, today=silent)
    appeal = LodgeAppeal(kind=AppealKind.GRACIOUS, arguments="L'offre était publiée depuis trois semaines.")
    case = after(case, lodge_appeal, appeal, role=Role.EMPLOYER, today=silent)
    assert case.status is Status.TO_ROUTE
    assert after(case, route_request, body, role=Role.MANAGER, today=silent).status is Status.TO_CLAIM


@pytest.mark.parametrize("part", ["fact", "explanation"])
def test_no_placeholder_is_signed_wherever_a_paragraph_was_pasted(part: str) -> None:
    """Only the paragraph of the library was looked at."""
    case = assessed(request=underpaid_request())
    fact = f"{FACT} {{montant}}" if part == "fact" else FACT
    body = ProposeDecision(
        kind=DecisionKind.REFUSAL,
        reasons=(ReasonDraft(criterion=Criterion.PAY, fact=fact),),
        explanation="La rémunération de {montant} est trop basse." if part == "explanation" else "",
    )
    refused = refusal_of(propose_decision, case, body, a_context(Role.AGENT, case.assignee))
    assert refused.code == "reason_placeholder_unresolved"
    assert "« montant »" in refused.message


def test_the_text_of_a_condition_is_one_line() -> None:
    """It kept the line breaks of the code."""
    assert not [rule.id for rule in all_rules() if "\n" in rule.provision.text]
