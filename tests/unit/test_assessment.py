"""Assessing conditions: the rule of the day answers, the agent completes or contradicts it, never in silence."""

from datetime import date, timedelta

import pytest

from domain.case import Status
from domain.commands.assess_criterion import AssessCriterion, assess_criterion
from domain.commands.override_finding import OverrideFinding, override_finding
from domain.envelope import Role
from domain.events import DocumentReceived, DocumentRefused
from domain.findings import Criterion, Met
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import DocumentRef
from tests.unit.given import HASH, TODAY, a_context, case_after, claimed, filed
from tests.unit.given_decided import (
    CHECKED,
    assessed,
    assessment_of,
    awaiting_items,
    granted,
    underpaid_request,
)

CONTRACT = DocumentRef(id="P1", version=1, item="signed_contract", title="Contrat", sha256=HASH)


def test_the_computed_finding_is_recorded_with_its_article_and_tables() -> None:
    event = assessment_of(claimed(request=underpaid_request()), Criterion.PAY)
    assert event.assessment.met is Met.NOT_MET
    assert event.assessment.rule.article == "CT R5221-20 4°"
    assert event.assessment.rule.since == date(2024, 9, 1)
    assert event.assessment.because == event.assessment.computed.because
    assert "smic" in event.reference_versions
    assert event.assessed_by == "local:agent-63"
    assert event.assessed_on == TODAY


def test_an_agent_may_repeat_what_was_computed() -> None:
    event = assessment_of(claimed(), Criterion.PAY, met=Met.MET, because=CHECKED)
    assert (event.assessment.met, event.assessment.because) == (Met.MET, CHECKED)


def test_an_agent_may_not_contradict_the_computation_in_passing() -> None:
    with pytest.raises(Refused) as refusal:
        assessment_of(claimed(), Criterion.PAY, met=Met.NOT_MET, because=CHECKED)
    assert refusal.value.code == "finding_contradicts_computation"


@pytest.mark.parametrize(
    ("met", "because"),
    [
        (None, CHECKED),
        (Met.NOT_ESTABLISHED, CHECKED),
        (Met.MET, None),
        (Met.MET, "x" * 19),
        (Met.MET, " " * 40),
    ],
)
def test_what_the_rule_leaves_open_needs_an_answer_and_a_reason(met: Met | None, because: str | None) -> None:
    with pytest.raises(Refused) as refusal:
        assessment_of(claimed(), Criterion.EMPLOYER_RECORD, met=met, because=because)
    assert refusal.value.code == "finding_needs_reason"


@pytest.mark.parametrize("met", [Met.MET, Met.NOT_MET, Met.NOT_OPPOSABLE, Met.NOT_APPLICABLE])
def test_twenty_characters_are_a_reason(met: Met) -> None:
    event = assessment_of(claimed(), Criterion.EMPLOYER_RECORD, met=met, because="x" * 20)
    assert event.assessment.met is met
    assert event.assessment.computed.met is Met.NOT_ESTABLISHED


def test_a_condition_of_another_procedure_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        assessment_of(claimed(), Criterion.ASYLUM_DELAY)
    assert refusal.value.code == "criterion_unknown_here"


def test_only_the_holder_assesses() -> None:
    body = AssessCriterion(criterion=Criterion.PAY)
    with pytest.raises(Refused) as refusal:
        assess_criterion(claimed(), body, a_context(Role.AGENT, "local:agent-63-bis"))
    assert refusal.value.code == "case_held_by_another"
    with pytest.raises(Refused) as refusal:
        assess_criterion(filed(), body, a_context())
    assert refusal.value.code == "status_forbids"


def test_a_decided_case_is_not_assessed() -> None:
    with pytest.raises(Refused) as refusal:
        assessment_of(granted(), Criterion.PAY)
    assert refusal.value.code == "status_forbids"


@pytest.mark.parametrize(("days_after_due", "allowed"), [(-1, False), (0, False), (1, True)])
def test_items_awaited_stop_the_assessment_until_their_delay_is_over(days_after_due: int, allowed: bool) -> None:
    due_on = date(2026, 11, 30)
    case = awaiting_items(due_on=due_on)
    context = a_context(today=due_on + timedelta(days=days_after_due))
    body = AssessCriterion(criterion=Criterion.PAY)
    if allowed:
        assert assess_criterion(case, body, context)[0].assessment.met is Met.MET
        return
    with pytest.raises(Refused) as refusal:
        assess_criterion(case, body, context)
    assert refusal.value.code == "status_forbids"


def test_exhibits_are_kept_with_version_and_hash() -> None:
    case = case_after((DocumentReceived(document=CONTRACT, received_on=TODAY),), claimed())
    (exhibit,) = assessment_of(case, Criterion.PAY, exhibits=("P1", "P1")).assessment.exhibits
    assert (exhibit.document, exhibit.version, exhibit.sha256) == ("P1", 1, HASH)


def test_an_exhibit_must_exist_and_not_have_been_refused() -> None:
    with pytest.raises(Refused) as refusal:
        assessment_of(claimed(), Criterion.PAY, exhibits=("P9",))
    assert refusal.value.code == "document_unknown"
    unreadable = DocumentRefused(document="P1", version=1, reason="illisible", refused_on=TODAY)
    case = case_after((DocumentReceived(document=CONTRACT, received_on=TODAY), unreadable), claimed())
    with pytest.raises(Refused) as refusal:
        assessment_of(case, Criterion.PAY, exhibits=("P1",))
    assert refusal.value.code == "exhibit_refused"


def test_an_override_keeps_the_computation_beside_the_agents_finding() -> None:
    case = claimed()
    body = OverrideFinding(criterion=Criterion.PAY, met=Met.NOT_MET, reason=CHECKED)
    (event,) = override_finding(case, body, a_context())
    assert event.computed.met is Met.MET
    after = case_after((event,), case).findings[Criterion.PAY]
    assert (after.met, after.overridden, after.computed.met) == (Met.NOT_MET, True, Met.MET)


@pytest.mark.parametrize(
    ("criterion", "met", "reason", "code"),
    [
        (Criterion.PAY, Met.MET, CHECKED, "finding_unchanged"),
        (Criterion.PAY, Met.NOT_ESTABLISHED, CHECKED, "finding_unchanged"),
        (Criterion.PAY, Met.NOT_MET, "x" * 19, "finding_needs_reason"),
        (Criterion.EMPLOYER_RECORD, Met.NOT_MET, CHECKED, "finding_not_established"),
        (Criterion.ASYLUM_DELAY, Met.NOT_MET, CHECKED, "criterion_unknown_here"),
    ],
)
def test_overrides_refused(criterion: Criterion, met: Met, reason: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        override_finding(claimed(), OverrideFinding(criterion=criterion, met=met, reason=reason), a_context())
    assert refusal.value.code == code


@pytest.mark.parametrize("procedure", [p for p in Procedure if p not in {Procedure.SEASONAL}])
def test_every_procedure_can_be_assessed_whole(procedure: Procedure) -> None:
    case = assessed(procedure=procedure)
    assert case.status is Status.UNDER_EXAMINATION
    assert case.findings
    assert case.assessors == {"local:agent-63"}
