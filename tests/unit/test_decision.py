"""Proposing, signing and silence: what the law forbids is refused, what is signed says everything it must."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.acts import AppealOutcome, DecisionKind, DelegatedAct, Stage, StageKind
from domain.case import Case, Status
from domain.command import case_commands
from domain.commands.override_finding import OverrideFinding, override_finding
from domain.commands.propose_decision import ProposeDecision, propose_decision
from domain.commands.record_silence import RecordSilence, record_silence
from domain.commands.return_proposal import ReturnProposal, return_proposal
from domain.commands.sign_decision import SignDecision, sign_decision
from domain.context import Context
from domain.decisions import ReasonDraft, must_be_undecided
from domain.envelope import Role
from domain.events import (
    AgreementStamped,
    AgreementStampRefused,
    AppealDecided,
    CaseClosed,
    CriterionAssessed,
    DelegationGranted,
    DocumentReceived,
    DocumentRefused,
    MissingItemsSupplied,
    OpinionIssued,
    RequestAmended,
    RequestGranted,
    RequestRefused,
)
from domain.findings import Criterion, Met
from domain.permits import permit_for
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import DocumentRef, Renewal, Request, Seasonal, TitleKind
from domain.steps import reopened
from tests.unit.given import (
    HASH,
    TODAY,
    a_context,
    a_delegation,
    a_job,
    a_request,
    a_worker_in_france,
    an_address,
    an_administration,
    case_after,
    claimed,
    filed,
)
from tests.unit.given_decided import (
    FACT,
    UNDERPAID,
    WEIGHED,
    appealed,
    assessed,
    awaiting_items,
    granted,
    only,
    proposed,
    refused,
    signed,
    underpaid_request,
)

DISPROPORTIONATE = ReasonDraft(criterion=Criterion.PROPORTIONATE_PROJECT, fact=FACT)
DUE = date(2026, 11, 30)
CERTIFICATE = DocumentRef(id="P1", version=1, item="contributions_certificate", title="Urssaf", sha256=HASH)
CERTIFICATE_REFUSED = DocumentRefused(document="P1", version=1, reason="attestation périmée", refused_on=TODAY)


def with_certificate() -> Case:
    """A case whose certificate of contributions carries a finding."""
    return case_after((DocumentReceived(document=CERTIFICATE, received_on=TODAY),), claimed())


def proposal(case: Case, *, today: date = TODAY, **body: Any) -> Any:
    return only(propose_decision(case, ProposeDecision(**body), a_context(today=today)))


def refusal_of(case: Case, *, today: date = TODAY, **body: Any) -> str:
    with pytest.raises(Refused) as refusal:
        proposal(case, today=today, **body)
    return refusal.value.code


def signature_refused(case: Case, *, context: Any = None, **body: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        sign_decision(case, SignDecision(**body), context or a_context(Role.SIGNATORY))
    return refusal.value


def underpaid() -> Case:
    return assessed(request=underpaid_request())


# --- proposing --------------------------------------------------------------------------------------------------------


def test_a_grant_is_proposed_with_the_terms_of_the_permit() -> None:
    event = proposal(assessed(), kind=DecisionKind.GRANT)
    assert event.permit.number.startswith("AT-2026-")
    assert (event.permit.valid_from, event.permit.valid_until) == (date(2027, 3, 1), None)
    assert (event.permit.rome, event.permit.zone) == ("G1602", "France métropolitaine")
    assert event.permit.employer_siret == a_request().employer.siret  # type: ignore[union-attr]


def test_a_refusal_is_proposed_with_its_ground_in_law_and_fact() -> None:
    event = proposal(underpaid(), kind=DecisionKind.REFUSAL, reasons=(UNDERPAID,))
    (reason,) = event.reasons
    assert (reason.rule.article, reason.rule.since) == ("CT R5221-20 4°", date(2024, 9, 1))
    assert reason.fact == FACT
    assert event.permit is None


def test_conditions_left_unassessed_are_named_in_french() -> None:
    with pytest.raises(Refused) as refusal:
        proposal(claimed(), kind=DecisionKind.GRANT)
    assert refusal.value.code == "conditions_not_assessed"
    assert "rémunération (CT R5221-20 4°)" in refusal.value.message


def test_an_assessment_by_an_earlier_version_of_the_text_does_not_count() -> None:
    case = assessed()
    held = case.findings[Criterion.PAY]
    old = msgspec.structs.replace(held, rule=msgspec.structs.replace(held.rule, since=date(2021, 5, 1)))
    event = CriterionAssessed(assessment=old, assessed_by="local:agent-63", assessed_on=TODAY, stage=case.stage)
    assert refusal_of(case_after((event,), case), kind=DecisionKind.GRANT) == "conditions_not_assessed"


def test_facts_that_changed_after_the_assessment_must_be_assessed_again() -> None:
    case = case_after((CERTIFICATE_REFUSED,), assessed(with_certificate()))
    assert refusal_of(case, kind=DecisionKind.GRANT) == "assessment_out_of_date"


def test_an_amended_request_must_be_assessed_again() -> None:
    amended = RequestAmended(request=underpaid_request(), changes=("/job",), reason="paie", amended_on=TODAY)
    assert refusal_of(case_after((amended,), assessed()), kind=DecisionKind.GRANT) in {
        "conditions_not_assessed",
        "assessment_out_of_date",
    }


def test_a_mandatory_condition_not_met_forbids_the_grant() -> None:
    assert refusal_of(underpaid(), kind=DecisionKind.GRANT) == "mandatory_condition_not_met"


def test_a_discretionary_condition_not_met_leaves_the_grant_open() -> None:
    case = assessed(found={Criterion.PROPORTIONATE_PROJECT: Met.NOT_MET})
    assert proposal(case, kind=DecisionKind.GRANT).kind is DecisionKind.GRANT


@pytest.mark.parametrize(
    ("reasons", "explanation", "code"),
    [
        ((), "", "reasons_missing"),
        ((ReasonDraft(criterion=Criterion.PAY, fact="x" * 19),), "", "reason_needs_fact"),
        ((ReasonDraft(criterion=Criterion.LABOUR_MARKET, fact=FACT),), "", "ground_not_allowed"),
        ((ReasonDraft(criterion=Criterion.ASYLUM_DELAY, fact=FACT),), "", "ground_not_allowed"),
        ((ReasonDraft(criterion=Criterion.PAY, fact=FACT, exhibits=("P9",)),), "", "document_unknown"),
        ((ReasonDraft(criterion=Criterion.PAY, fact=FACT, reason_id="inconnu"),), "", "reason_unknown"),
    ],
)
def test_refusals_without_a_lawful_ground(reasons: tuple[ReasonDraft, ...], explanation: str, code: str) -> None:
    assert refusal_of(underpaid(), kind=DecisionKind.REFUSAL, reasons=reasons, explanation=explanation) == code


@pytest.mark.parametrize(("length", "allowed"), [(0, False), (39, False), (40, True)])
def test_a_discretion_alone_must_be_weighed(length: int, allowed: bool) -> None:
    case = assessed(found={Criterion.PROPORTIONATE_PROJECT: Met.NOT_MET})
    body: dict[str, Any] = {"kind": DecisionKind.REFUSAL, "reasons": (DISPROPORTIONATE,), "explanation": "x" * length}
    if allowed:
        assert proposal(case, **body).explanation == "x" * length
    else:
        assert refusal_of(case, **body) == "discretion_needs_reasons"


def test_a_discretion_beside_a_mandatory_ground_needs_no_weighing() -> None:
    case = assessed(request=underpaid_request(), found={Criterion.PROPORTIONATE_PROJECT: Met.NOT_MET})
    assert proposal(case, kind=DecisionKind.REFUSAL, reasons=(UNDERPAID, DISPROPORTIONATE)).reasons


def test_a_grant_bears_no_ground_of_refusal() -> None:
    case = assessed(found={Criterion.PROPORTIONATE_PROJECT: Met.NOT_MET})
    assert refusal_of(case, kind=DecisionKind.GRANT, reasons=(DISPROPORTIONATE,)) == "reasons_only_against"


@pytest.mark.parametrize(
    ("procedure", "kind"),
    [
        (Procedure.INTRODUCTION_PERMANENT, DecisionKind.STAMP),
        (Procedure.INTRODUCTION_PERMANENT, DecisionKind.IMPLICIT_GRANT),
        (Procedure.INTRODUCTION_PERMANENT, DecisionKind.WITHDRAWAL),
        (Procedure.AU_PAIR, DecisionKind.GRANT),
        (Procedure.VIABILITY_OPINION, DecisionKind.REFUSAL),
    ],
)
def test_a_procedure_leads_only_to_its_own_decisions(procedure: Procedure, kind: DecisionKind) -> None:
    assert refusal_of(assessed(procedure=procedure), kind=kind) == "decision_kind_impossible"


def test_only_the_holder_proposes() -> None:
    body = ProposeDecision(kind=DecisionKind.GRANT)
    with pytest.raises(Refused) as refusal:
        propose_decision(assessed(), body, a_context(Role.AGENT, "local:agent-63-bis"))
    assert refusal.value.code == "case_held_by_another"


@pytest.mark.parametrize("days", [-1, 0])
def test_a_closure_waits_for_the_delay(days: int) -> None:
    case = awaiting_items(due_on=DUE)
    assert (
        refusal_of(case, today=DUE + timedelta(days=days), kind=DecisionKind.CLOSURE) == "closure_needs_expired_delay"
    )


def test_a_closure_needs_items_asked_for_and_not_supplied() -> None:
    assert refusal_of(claimed(), kind=DecisionKind.CLOSURE) == "closure_needs_expired_delay"
    supplied = MissingItemsSupplied(request="M1", documents=(), complete=True, supplied_on=DUE)
    case = case_after((supplied,), awaiting_items(due_on=DUE))
    after = DUE + timedelta(days=1)
    assert refusal_of(case, today=after, kind=DecisionKind.CLOSURE) == "closure_needs_expired_delay"


@pytest.mark.parametrize(
    ("required_by", "founded"), [("usage du service", False), ("CRPA", False), ("CESEDA R426-19", True)]
)
def test_no_case_is_closed_for_want_of_items_that_no_text_requires(required_by: str, founded: bool) -> None:
    waiting = awaiting_items(due_on=DUE)
    asked = waiting.missing_items[-1]
    items = tuple(msgspec.structs.replace(item, required_by=required_by) for item in asked.items)
    case = msgspec.structs.replace(waiting, missing_items=(msgspec.structs.replace(asked, items=items),))
    after = DUE + timedelta(days=1)
    if founded:
        assert proposal(case, today=after, kind=DecisionKind.CLOSURE).kind is DecisionKind.CLOSURE
    else:
        assert refusal_of(case, today=after, kind=DecisionKind.CLOSURE) == "closure_needs_indispensable_item"


def test_a_case_that_could_be_assessed_whole_is_not_closed() -> None:
    after = DUE + timedelta(days=1)
    waiting = awaiting_items(due_on=DUE)
    assert proposal(waiting, today=after, kind=DecisionKind.CLOSURE).kind is DecisionKind.CLOSURE
    whole = assessed(waiting, today=after)
    assert refusal_of(whole, today=after, kind=DecisionKind.CLOSURE) == "closure_needs_indispensable_item"
    partly = {criterion: held for criterion, held in whole.findings.items() if criterion is not Criterion.PAY}
    unfinished = msgspec.structs.replace(whole, findings=partly)
    assert proposal(unfinished, today=after, kind=DecisionKind.CLOSURE).kind is DecisionKind.CLOSURE


def test_a_contract_that_is_over_is_not_permitted() -> None:
    request = a_request(Procedure.INTRODUCTION_FIXED_TERM)
    late = date(2027, 12, 1)
    case = assessed(request=request, today=late)
    assert refusal_of(case, today=late, kind=DecisionKind.GRANT) == "contract_already_over"


@pytest.mark.parametrize(
    ("procedure", "starts_on", "ends_on"),
    [
        (Procedure.INTRODUCTION_FIXED_TERM, date(2027, 3, 1), date(2027, 11, 30)),
        (Procedure.RENEWAL, date(2026, 12, 21), date(2027, 11, 30)),
        (Procedure.STUDENT_ABOVE_QUOTA, date(2027, 3, 1), date(2027, 8, 31)),
    ],
)
def test_the_permit_covers_the_contract(procedure: Procedure, starts_on: date, ends_on: date) -> None:
    permit = proposal(assessed(procedure=procedure), kind=DecisionKind.GRANT).permit
    assert (permit.valid_from, permit.valid_until) == (starts_on, ends_on)


SEASON = a_request(Procedure.SEASONAL)
RENEWED = a_request(Procedure.RENEWAL)
assert RENEWED.job is not None


@pytest.mark.parametrize(
    ("request_filed", "starts_on", "ends_on"),
    [
        (SEASON, date(2027, 4, 1), date(2027, 8, 31)),
        (
            msgspec.structs.replace(SEASON, particulars=Seasonal(months_already_worked=2, housing_statement=True)),
            date(2027, 4, 1),
            date(2027, 7, 31),
        ),
        (
            msgspec.structs.replace(RENEWED, job=msgspec.structs.replace(RENEWED.job, start=date(2026, 6, 1))),
            date(2026, 12, 21),
            date(2027, 11, 30),
        ),
        (
            msgspec.structs.replace(
                RENEWED,
                worker=a_worker_in_france(TitleKind.EMPLOYEE),
                particulars=Renewal(
                    earlier_permit="AT-2025-000123",
                    earlier_expires_on=date(2026, 12, 20),
                    involuntarily_unemployed=True,
                ),
            ),
            date(2026, 12, 21),
            date(2027, 12, 20),
        ),
    ],
)
def test_texts_bound_the_length_of_some_permits(request_filed: Request, starts_on: date, ends_on: date) -> None:
    permit = permit_for(filed(request=request_filed), a_context(), TODAY)
    assert (permit.valid_from, permit.valid_until) == (starts_on, ends_on)


def test_a_permit_does_not_look_back() -> None:
    late = date(2027, 4, 15)
    permit = proposal(assessed(today=late), today=late, kind=DecisionKind.GRANT).permit
    assert permit.valid_from == late


def test_a_limited_permit_says_its_limits() -> None:
    permit = proposal(assessed(procedure=Procedure.LIMITED_PERMIT), kind=DecisionKind.GRANT).permit
    assert (permit.limited_to, permit.zone) == ("Traduction lors d'un festival", "Rhône")


def test_a_permit_to_work_overseas_is_valid_there_only() -> None:
    request = a_request(job=a_job(workplace=an_address("97400", "Saint-Denis")))
    found = {Criterion.LABOUR_MARKET: Met.MET}
    assert proposal(assessed(request=request, found=found), kind=DecisionKind.GRANT).permit.zone == "La Réunion"


def test_a_proposal_can_be_returned_once() -> None:
    body = ReturnProposal(reason="La grille n'est pas citée.")
    case = proposed()
    back = case_after(return_proposal(case, body, a_context(Role.SIGNATORY)), case)
    assert (back.status, back.proposal) == (Status.UNDER_EXAMINATION, None)
    with pytest.raises(Refused) as refusal:
        return_proposal(back, body, a_context(Role.SIGNATORY))
    assert refusal.value.code == "status_forbids"


# --- signing ----------------------------------------------------------------------------------------------------------


def test_a_signed_refusal_says_everything() -> None:
    case = proposed(underpaid(), kind=DecisionKind.REFUSAL, reasons=(UNDERPAID,))
    event = only(sign_decision(case, SignDecision(kind=DecisionKind.REFUSAL), a_context(Role.SIGNATORY)))
    assert isinstance(event, RequestRefused)
    decision = event.decision
    assert (decision.decision, decision.kind, decision.signed_on) == ("D1", DecisionKind.REFUSAL, TODAY)
    assert decision.signatory.identity == "local:signatory-63"
    assert decision.signatory.delegation
    assert decision.signatory.delegation_publication
    assert (decision.competent_prefect, decision.deciding_prefect) == ("préfet du Rhône", "préfet du Puy-de-Dôme")
    assert [a.rule.criterion for a in decision.assessments] == list(case.findings)
    assert decision.reasons[0].rule.article == "CT R5221-20 4°"
    assert decision.reference_versions["smic"]
    assert decision.remedies is not None
    assert decision.remedies.complete
    assert decision.remedies.tribunal == "tribunal administratif de Lyon"
    for words in (
        "deux mois",
        "d'un recours gracieux",
        " ; d'un recours contentieux",
        "ministre chargé de l'immigration",
        "R421-7",
        "CT R5221-19",
    ):
        assert words in decision.remedies.text
    assert "traitement algorithmique" in decision.algorithmic_notice
    assert "CT R5221-20 4°" in decision.algorithmic_notice


def test_the_court_is_that_of_the_place_of_work_not_of_the_seat() -> None:
    request = a_request(job=a_job(workplace=an_address("45000", "Orléans")))
    case = granted(request=request)
    decision = case.current_decision
    assert decision is not None
    assert decision.remedies is not None
    assert decision.remedies.tribunal == "tribunal administratif d'Orléans"


def test_a_grant_keeps_the_number_proposed() -> None:
    case = proposed()
    assert case.proposal is not None
    assert case.proposal.event.permit is not None
    context = msgspec.structs.replace(a_context(Role.SIGNATORY), id=case.id)
    event = only(sign_decision(case, SignDecision(kind=DecisionKind.GRANT), context))
    assert isinstance(event, RequestGranted)
    assert event.permit == case.proposal.event.permit
    assert case_after((event,), case).status is Status.DECIDED


@pytest.mark.parametrize(
    ("procedure", "found", "kind", "criterion", "expected"),
    [
        (Procedure.AU_PAIR, Met.MET, DecisionKind.STAMP, None, AgreementStamped),
        (
            Procedure.AU_PAIR,
            Met.NOT_MET,
            DecisionKind.STAMP_REFUSAL,
            Criterion.AU_PAIR_CONDITIONS,
            AgreementStampRefused,
        ),
        (Procedure.VIABILITY_OPINION, Met.MET, DecisionKind.OPINION_FAVOURABLE, None, OpinionIssued),
        (
            Procedure.VIABILITY_OPINION,
            Met.NOT_MET,
            DecisionKind.OPINION_UNFAVOURABLE,
            Criterion.ECONOMIC_VIABILITY,
            OpinionIssued,
        ),
    ],
)
def test_stamps_and_opinions(
    procedure: Procedure, found: Met, kind: DecisionKind, criterion: Criterion | None, expected: type
) -> None:
    case = assessed(procedure=procedure, found={criterion: found} if criterion else {})
    reasons = (ReasonDraft(criterion=criterion, fact=FACT),) if criterion else ()
    ready = proposed(case, kind=kind, reasons=reasons, explanation=WEIGHED)
    event = only(sign_decision(ready, SignDecision(kind=kind), a_context(Role.SIGNATORY)))
    assert type(event) is expected
    assert event.decision.kind is kind
    assert (event.decision.remedies is None) == (expected is OpinionIssued)


def test_a_closure_names_the_items_and_can_be_appealed() -> None:
    after = DUE + timedelta(days=1)
    case = proposed(awaiting_items(due_on=DUE), today=after, kind=DecisionKind.CLOSURE)
    event = only(sign_decision(case, SignDecision(kind=DecisionKind.CLOSURE), a_context(Role.SIGNATORY, today=after)))
    assert isinstance(event, CaseClosed)
    assert event.missing_items == ("Contrat de travail signé", "Extrait Kbis")
    assert event.request == "M1"
    assert event.decision.remedies is not None
    assert event.decision.algorithmic_notice == ""
    assert case_after((event,), case).status is Status.CLOSED


def test_nothing_is_signed_that_was_not_proposed() -> None:
    assert signature_refused(assessed(), kind=DecisionKind.GRANT).code == "status_forbids"


def test_a_signatory_who_decides_otherwise_brings_the_grounds() -> None:
    case = proposed(assessed(found={Criterion.PROPORTIONATE_PROJECT: Met.NOT_MET}))
    assert signature_refused(case, kind=DecisionKind.REFUSAL).code == "proposal_differs"
    body = SignDecision(kind=DecisionKind.REFUSAL, reasons=(DISPROPORTIONATE,), explanation=WEIGHED)
    event = only(sign_decision(case, body, a_context(Role.SIGNATORY)))
    assert isinstance(event, RequestRefused)
    assert event.decision.explanation == WEIGHED


def test_the_guards_run_again_at_signature() -> None:
    case = case_after((CERTIFICATE_REFUSED,), proposed(assessed(with_certificate())))
    assert signature_refused(case, kind=DecisionKind.GRANT).code == "assessment_out_of_date"


DELEGATIONS: list[tuple[dict[str, Any], str]] = [
    ({"starts_on": TODAY + timedelta(days=1)}, "ne prend effet que le 3 novembre 2026"),
    ({"ends_on": TODAY - timedelta(days=1)}, "a pris fin le 1er novembre 2026"),
    ({"published_on": None}, "n'est pas publiée"),
    ({"published_on": TODAY + timedelta(days=1)}, "n'est publiée que le 3 novembre 2026"),
    ({"acts": (DelegatedAct.REFUSAL,)}, "ne couvre pas les autorisations accordées"),
    ({"departments": ("63",)}, "ne couvre pas le département 69"),
    ({"platform": "Avignon"}, "ne vaut que pour la plateforme « Avignon »"),
]


@pytest.mark.parametrize(("changes", "why"), DELEGATIONS)
def test_a_signature_needs_a_delegation(changes: dict[str, Any], why: str) -> None:
    delegation = DelegationGranted(delegation=a_delegation(**changes))
    administration = an_administration(delegations=False, more=(delegation,))
    context = a_context(Role.SIGNATORY, administration=administration)
    refusal = signature_refused(proposed(), context=context, kind=DecisionKind.GRANT)
    assert refusal.code == "no_delegation_in_force"
    assert why in refusal.message


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": TODAY},
        {"ends_on": TODAY},
        {"published_on": TODAY},
        {"acts": (DelegatedAct.GRANT,)},
        {"departments": ("63", "69")},
    ],
)
def test_a_delegation_counts_on_its_first_and_last_day(changes: dict[str, Any]) -> None:
    delegation = DelegationGranted(delegation=a_delegation(**changes))
    administration = an_administration(delegations=False, more=(delegation,))
    context = a_context(Role.SIGNATORY, administration=administration)
    assert sign_decision(proposed(), SignDecision(kind=DecisionKind.GRANT), context)


def test_without_any_delegation_nothing_is_signed() -> None:
    context = a_context(Role.SIGNATORY, "local:inconnue")
    refusal = signature_refused(proposed(), context=context, kind=DecisionKind.GRANT)
    assert refusal.message == "Aucune délégation de signature n'est enregistrée à votre nom."


def as_signatory(identity: str, *, own_assessments: bool) -> Context:
    """Somebody of the services who also holds a delegation."""
    more = (DelegationGranted(delegation=a_delegation(identity, own_assessments=own_assessments)),)
    return a_context(Role.SIGNATORY, identity, administration=an_administration(more=more))


def own_override() -> Case:
    """A case of which agent-63-bis set one finding aside, and nothing else."""
    held = assessed(request=underpaid_request())
    body = OverrideFinding(criterion=Criterion.PAY, met=Met.MET, reason="Avenant au contrat reçu et vérifié ce jour.")
    held = msgspec.structs.replace(held, assignee="local:agent-63-bis", assessors=frozenset())
    held = case_after(override_finding(held, body, a_context(Role.AGENT, "local:agent-63-bis")), held)
    return proposed(msgspec.structs.replace(held, assignee="local:agent-63"))


def own_proposal() -> Case:
    """A case that agent-63-bis proposes a decision on, assessed by a colleague."""
    return proposed(msgspec.structs.replace(assessed(), assignee="local:agent-63-bis"))


@pytest.mark.parametrize("case", [own_override, own_proposal], ids=["override", "proposal"])
def test_whoever_set_a_finding_aside_or_proposed_the_decision_does_not_sign_it(case: Callable[[], Case]) -> None:
    who, prepared = "local:agent-63-bis", case()
    refused = signature_refused(prepared, context=as_signatory(who, own_assessments=False), kind=DecisionKind.GRANT)
    assert refused.code == "signs_own_assessment"
    for allowed in (as_signatory(who, own_assessments=True), a_context(Role.SIGNATORY)):
        assert sign_decision(prepared, SignDecision(kind=DecisionKind.GRANT), allowed)


def test_an_examination_opened_anew_begins_with_nobody_s_assessment() -> None:
    """Who assessed the first time may sign what somebody else assessed on appeal or after a court's order."""
    first = assessed()
    assert first.assessors
    for kind in (StageKind.APPEAL, StageKind.COURT):
        again = reopened(first, Stage(kind=kind, ref="A1"))
        assert (again.assessors, again.findings, again.proposal) == (frozenset(), {}, None)


def test_nobody_signs_their_own_assessment_unless_the_delegation_says_so() -> None:
    agent = "local:agent-63"
    plain = DelegationGranted(delegation=a_delegation(agent, own_assessments=False))
    context = a_context(Role.SIGNATORY, agent, administration=an_administration(more=(plain,)))
    assert signature_refused(proposed(), context=context, kind=DecisionKind.GRANT).code == "signs_own_assessment"
    both = DelegationGranted(delegation=a_delegation(agent, own_assessments=True))
    allowed = a_context(Role.SIGNATORY, agent, administration=an_administration(more=(both, plain)))
    assert sign_decision(proposed(), SignDecision(kind=DecisionKind.GRANT), allowed)


def example(name: str) -> Any:
    """The public example of a command, as its body."""
    known = case_commands()[name]
    return msgspec.convert(known.example, known.body)


def test_the_public_examples_work_on_suitable_cases() -> None:
    agent, signatory = a_context(), a_context(Role.SIGNATORY)
    case = underpaid()
    assert case_commands()["assess"].decide(claimed(), example("assess"), agent)
    assert case_commands()["override-finding"].decide(claimed(), example("override-finding"), agent)
    assert case_commands()["propose"].decide(case, example("propose"), agent)
    assert case_commands()["return-proposal"].decide(proposed(), example("return-proposal"), signatory)
    assert case_commands()["sign"].decide(proposed(), example("sign"), signatory)
    assert case_commands()["make-available"].decide(refused(), example("make-available"), agent)
    hearing = case_commands()["open-prior-hearing"].decide(granted(), example("open-prior-hearing"), agent)
    heard = case_after(hearing, granted())
    answered = case_commands()["receive-observations"].decide(
        heard, example("receive-observations"), a_context(Role.EMPLOYER)
    )
    later = a_context(Role.SIGNATORY, today=TODAY + timedelta(days=16))
    assert case_commands()["withdraw-permit"].decide(case_after(answered, heard), example("withdraw-permit"), later)


# --- appeal and court -------------------------------------------------------------------------------------------------


def test_an_appeal_rejected_leaves_the_first_decision_whole() -> None:
    later = TODAY + timedelta(days=20)
    case = proposed(
        assessed(appealed(refused(), today=later), today=later),
        today=later,
        kind=DecisionKind.REFUSAL,
        reasons=(UNDERPAID,),
    )
    event = only(sign_decision(case, SignDecision(kind=DecisionKind.REFUSAL), a_context(Role.SIGNATORY, today=later)))
    assert isinstance(event, AppealDecided)
    assert (event.outcome, event.appeal) == (AppealOutcome.REJECTED, "A1")
    assert event.decision is not None
    assert event.decision.decision == "D2"
    assert event.decision.remedies is not None
    assert "recours gracieux" not in event.decision.remedies.text
    after = case_after((event,), case)
    assert after.current_decision is not None
    assert (after.current_decision.id, after.decision("D1").live) == ("D1", True)
    assert after.decision("D2").rejects_appeal == "A1"
    assert (after.status, after.stage.kind) == (Status.DECIDED, StageKind.FIRST)


def test_an_appeal_upheld_brings_a_new_decision_on_new_facts() -> None:
    later = TODAY + timedelta(days=20)
    amended = RequestAmended(request=a_request(), changes=("/job",), reason="paie relevée", amended_on=later)
    reopened = case_after((amended,), appealed(refused(), today=later))
    case = proposed(assessed(reopened, today=later), today=later)
    first, answer = sign_decision(case, SignDecision(kind=DecisionKind.GRANT), a_context(Role.SIGNATORY, today=later))
    assert isinstance(first, RequestGranted)
    assert isinstance(answer, AppealDecided)
    assert (answer.outcome, answer.decision) == (AppealOutcome.UPHELD, None)
    after = case_after((first, answer), case)
    old, new = after.decisions
    assert (old.live, old.ended_by, old.signed is not None) == (False, "D2", True)
    assert (new.live, new.kind, new.stage.ref) == (True, DecisionKind.GRANT, "A1")
    assert after.appeal("A1").outcome is AppealOutcome.UPHELD


def closed() -> Case:
    after = DUE + timedelta(days=1)
    return signed(proposed(awaiting_items(due_on=DUE), today=after, kind=DecisionKind.CLOSURE), today=after)


def test_the_appeal_against_a_closure_may_end_in_a_refusal_on_the_merits() -> None:
    later = DUE + timedelta(days=10)
    reopened = appealed(closed(), today=later)
    amended = RequestAmended(request=underpaid_request(), changes=("/job",), reason="paie", amended_on=later)
    case = assessed(case_after((amended,), reopened), today=later)
    ready = proposed(case, today=later, kind=DecisionKind.REFUSAL, reasons=(UNDERPAID,))
    first, answer = sign_decision(
        ready, SignDecision(kind=DecisionKind.REFUSAL), a_context(Role.SIGNATORY, today=later)
    )
    assert isinstance(first, RequestRefused)
    assert isinstance(answer, AppealDecided)
    assert answer.outcome is AppealOutcome.UPHELD


def test_the_closure_may_be_confirmed_on_appeal_but_no_refusal_becomes_a_closure() -> None:
    later = DUE + timedelta(days=10)
    case = proposed(appealed(closed(), today=later), today=later, kind=DecisionKind.CLOSURE)
    event = only(sign_decision(case, SignDecision(kind=DecisionKind.CLOSURE), a_context(Role.SIGNATORY, today=later)))
    assert isinstance(event, AppealDecided)
    assert case_after((event,), case).status is Status.CLOSED
    assert refusal_of(appealed(refused(), today=later), today=later, kind=DecisionKind.CLOSURE) == (
        "decision_kind_impossible"
    )


def test_answering_an_appeal_needs_the_delegation_for_appeals() -> None:
    later = TODAY + timedelta(days=20)
    case = proposed(
        assessed(appealed(refused(), today=later), today=later),
        today=later,
        kind=DecisionKind.REFUSAL,
        reasons=(UNDERPAID,),
    )
    only_refusals = DelegationGranted(delegation=a_delegation(acts=(DelegatedAct.REFUSAL,)))
    administration = an_administration(delegations=False, more=(only_refusals,))
    context = a_context(Role.SIGNATORY, today=later, administration=administration)
    assert "les réponses aux recours" in signature_refused(case, context=context, kind=DecisionKind.REFUSAL).message


def test_a_second_express_decision_at_the_first_stage_is_impossible() -> None:
    with pytest.raises(Refused) as refusal:
        must_be_undecided(refused())
    assert refusal.value.code == "already_decided"
    must_be_undecided(assessed())


# --- silence ----------------------------------------------------------------------------------------------------------


def silence_recorded(case: Case, today: date) -> Any:
    return only(record_silence(case, RecordSilence(), a_context(Role.SYSTEM, today=today)))


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 1), date(2027, 1, 2)])
def test_silence_is_no_decision_before_two_months(today: date) -> None:
    with pytest.raises(Refused) as refusal:
        silence_recorded(claimed(), today)
    assert refusal.value.code == "silence_not_due"
    assert "2 janvier 2027" in refusal.value.message


def test_two_months_of_silence_reject_an_ordinary_request_and_leave_it_to_be_decided() -> None:
    event = silence_recorded(claimed(), date(2027, 1, 9))
    assert (event.kind, event.arisen_on) == (DecisionKind.IMPLICIT_REFUSAL, date(2027, 1, 2))
    assert event.permit is None
    assert "CRPA" in event.articles
    after = case_after((event,), claimed())
    assert after.status is Status.UNDER_EXAMINATION
    late = signed(proposed(assessed(after, today=date(2027, 1, 9)), today=date(2027, 1, 9)), today=date(2027, 1, 9))
    assert [d.live for d in late.decisions] == [False, True]


def test_two_months_of_silence_grant_an_asylum_seekers_request() -> None:
    request = a_request(Procedure.ASYLUM_SEEKER)
    case = asylum_complete(request)
    event = silence_recorded(case, date(2027, 1, 5))
    assert (event.kind, event.arisen_on) == (DecisionKind.IMPLICIT_GRANT, date(2027, 1, 2))
    assert event.permit is not None
    assert event.permit.valid_from == date(2027, 1, 2)
    assert case_after((event,), case).status is Status.DECIDED


def asylum_complete(request: Any) -> Case:
    """An asylum seeker's request of which the acknowledgement called nothing missing."""
    case = claimed(request=request)
    assert case.acknowledgement is not None
    notice = msgspec.structs.replace(case.acknowledgement, missing_items=())
    return msgspec.structs.replace(case, acknowledgement=notice)


def test_what_silence_has_granted_can_no_longer_be_refused() -> None:
    case = assessed(asylum_complete(a_request(Procedure.ASYLUM_SEEKER)), found={Criterion.PAY: Met.NOT_MET})
    late = date(2027, 1, 3)
    body: dict[str, Any] = {"kind": DecisionKind.REFUSAL, "reasons": (UNDERPAID,)}
    assert refusal_of(case, today=late, **body) == "granted_by_silence"
    assert proposal(case, today=date(2027, 1, 2), **body).kind is DecisionKind.REFUSAL


def test_silence_on_an_opinion_decides_nothing() -> None:
    with pytest.raises(Refused) as refusal:
        silence_recorded(claimed(procedure=Procedure.VIABILITY_OPINION), date(2028, 1, 1))
    assert refusal.value.code == "silence_not_due"


def test_a_decided_case_is_silent_no_more() -> None:
    with pytest.raises(Refused) as refusal:
        silence_recorded(granted(), date(2027, 6, 1))
    assert refusal.value.code == "silence_not_due"


def test_a_posting_is_permitted_for_its_mission() -> None:
    permit = proposal(
        assessed(procedure=Procedure.POSTING, found={Criterion.LABOUR_MARKET: Met.MET}), kind=DecisionKind.GRANT
    ).permit
    assert permit.valid_until == date(2027, 8, 31)
