"""What tests of decisions start from: cases assessed, proposed and signed through the commands themselves."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.acts import Addressee, AppealKind, DecisionKind, RequestedItem
from domain.case import Case
from domain.commands.assess_criterion import AssessCriterion, assess_criterion
from domain.commands.make_decision_available import MakeDecisionAvailable, make_decision_available
from domain.commands.override_finding import OverrideFinding, override_finding
from domain.commands.propose_decision import ProposeDecision, propose_decision
from domain.commands.sign_decision import SignDecision, sign_decision
from domain.decisions import ReasonDraft
from domain.envelope import Role
from domain.events import AppealLodged, CaseClaimed, CriterionAssessed, MissingItemsRequested
from domain.findings import Criterion, Met
from domain.law import Law, rules_in_force
from domain.procedures import Procedure
from domain.request import Introduction, Request
from tests.unit.given import REFERENCE, TODAY, a_context, a_job, a_request, case_after, claimed

ORDER = "arrêté du 1er avril 2021"
AGENT = "local:agent-63"
CHECKED = "Vérifié par l'instructrice dans les pièces du dossier."
FACT = "La rémunération proposée est de 1 500 euros bruts pour 35 heures par semaine."
WEIGHED = "Dix embauches pour une entreprise de deux salariés : l'activité déclarée ne peut les occuper toutes."
UNDERPAID = ReasonDraft(criterion=Criterion.PAY, fact=FACT)


def underpaid_request() -> Request:
    """A request whose pay is below the SMIC."""
    return a_request(particulars=Introduction(), job=a_job(pay_monthly_gross="1500.00", agreement_minimum_monthly=None))


def assessed(
    case: Case | None = None, *, today: date = TODAY, found: Mapping[Criterion, Met] | None = None, **filing_of: Any
) -> Case:
    """A case whose every condition is assessed: as computed, or as `found`, or as met where nothing was computed."""
    held = case or claimed(**filing_of)
    wanted = found or {}
    law = Law(today=today, reference=REFERENCE)
    context = a_context(Role.AGENT, held.assignee, today=today)
    for rule in rules_in_force(held.procedure, today):
        criterion = rule.id.criterion
        computed = rule.find(held, law).met
        met = wanted.get(criterion, Met.MET if computed is Met.NOT_ESTABLISHED else computed)
        if computed in (met, Met.NOT_ESTABLISHED):
            body = AssessCriterion(criterion=criterion, met=met, because=CHECKED)
            held = case_after(assess_criterion(held, body, context), held)
        else:
            override = OverrideFinding(criterion=criterion, met=met, reason=CHECKED)
            held = case_after(override_finding(held, override, context), held)
    return held


def proposed(case: Case | None = None, *, today: date = TODAY, **body: Any) -> Case:
    """A case with a proposal, a grant unless told otherwise."""
    held = case or assessed(today=today)
    command = ProposeDecision(**{"kind": DecisionKind.GRANT, **body})
    return case_after(propose_decision(held, command, a_context(Role.AGENT, held.assignee, today=today)), held)


def signed(case: Case, *, today: date = TODAY, **body: Any) -> Case:
    """A case decided by the demonstration signatory, as proposed."""
    assert case.proposal is not None
    command = SignDecision(**{"kind": case.proposal.event.kind, **body})
    return case_after(sign_decision(case, command, a_context(Role.SIGNATORY, today=today)), case)


def granted(*, today: date = TODAY, **filing_of: Any) -> Case:
    """A case whose permit was granted."""
    return signed(proposed(assessed(today=today, **filing_of), today=today), today=today)


def refused(*, today: date = TODAY) -> Case:
    """A case refused because of the pay."""
    case = assessed(request=underpaid_request(), today=today)
    return signed(proposed(case, today=today, kind=DecisionKind.REFUSAL, reasons=(UNDERPAID,)), today=today)


def awaiting_items(*, due_on: date, procedure: Procedure = Procedure.INTRODUCTION_PERMANENT) -> Case:
    """A case that awaits two items until a day."""
    asked = MissingItemsRequested(
        request="M1",
        items=(
            RequestedItem(item="signed_contract", label="Contrat de travail signé", required_by=ORDER),
            RequestedItem(item="other", label="Extrait Kbis", required_by=ORDER),
        ),
        requested_on=TODAY,
        due_on=due_on,
        suspends=True,
    )
    return case_after((asked,), claimed(procedure=procedure))


def appealed(case: Case, *, today: date) -> Case:
    """A case under a gracious appeal against its newest decision, held by the agent again."""
    attacked = case.current_decision
    assert attacked is not None
    lodged = AppealLodged(
        appeal="A1",
        kind=AppealKind.GRACIOUS,
        against=attacked.id,
        lodged_by=Addressee.EMPLOYER,
        received_on=today,
        in_time=True,
        person=case.request.worker.person,
        arguments="La rémunération a été relevée.",
        implicit_rejection_on=date(2027, 2, 28),
    )
    reopened = case_after((lodged,), case)
    if reopened.assignee is not None:
        return reopened
    return case_after((CaseClaimed(agent=AGENT, agent_name="Inès Morel"),), reopened)


def available(case: Case, *, today: date = TODAY, decision: str = "D1", **body: Any) -> Case:
    """A case whose decision was made available to both addressees."""
    command = MakeDecisionAvailable(decision=decision, **body)
    return case_after(make_decision_available(case, command, a_context(Role.AGENT, today=today)), case)


def only(events: tuple[Any, ...]) -> Any:
    """The single fact of a decision."""
    (event,) = events
    return event


def assessment_of(case: Case, criterion: Criterion, **body: Any) -> CriterionAssessed:
    """What assessing a condition of this case records."""
    command = AssessCriterion(criterion=criterion, **body)
    return assess_criterion(case, command, a_context())[0]
