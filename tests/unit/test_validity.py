"""Each requirement of form, held and broken; what no case can bring about is broken by hand."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.acts import Addressee, DecisionKind, Remedies
from domain.case import Case, Examination, Notified
from domain.commands.make_decision_available import MakeDecisionAvailable, make_decision_available
from domain.commands.record_consent import RecordConsent, record_consent
from domain.envelope import Role
from domain.events import DelegationEnded, DelegationGranted
from domain.findings import Criterion, Exhibit, Met, ReasonGiven
from domain.law import rules_in_force
from domain.procedures import Procedure
from domain.provisions import SOURCES, Nature
from domain.refusals import CODES, Refused
from domain.request import TitleKind
from domain.validity import REQUIREMENTS, must_be_valid, validity_of
from domain.validity.acts import act_recorded
from domain.validity.legal_basis import BASES, bases_of
from domain.validity.requirement import Act, State, Verdict
from domain.validity.statement_of_reasons import HELD_BY_OTHERS, discretion_is_weighed
from tests.unit.given import HASH, TODAY, a_context, a_delegation, a_request, a_worker_in_france, an_administration
from tests.unit.given_decided import FACT, WEIGHED, available, granted, refused

REFUSED = refused()
GRANTED = granted()
CONTEXT = a_context(Role.AUDITOR)
replace = msgspec.structs.replace


def act(case: Case = REFUSED, decision: str = "D1", **changes: Any) -> Act:
    """A decision as its validity is judged, perhaps with a part of it changed."""
    return replace(act_recorded(case, case.decision(decision)), **changes)


def judged(id: str, acted: Act, case: Case = REFUSED, context: Any = CONTEXT) -> Verdict:
    """What one requirement says of an act."""
    return next(verdict for requirement, verdict in validity_of(case, acted, context) if requirement.id == id)


def must_break(id: str, code: str, acted: Act, case: Case = REFUSED) -> None:
    """The requirement is a flaw of this code, which the guard of the signature refuses."""
    verdict = judged(id, acted, case)
    assert (verdict.state, verdict.code) == (State.FLAW, code), verdict
    assert code in CODES
    with pytest.raises(Refused) as refusal:
        must_be_valid(case, acted, CONTEXT)
    assert refusal.value.code == code


def test_there_are_twelve_requirements_in_order() -> None:
    assert [each.id for each in REQUIREMENTS] == [f"F{number}" for number in range(1, 13)]


@pytest.mark.parametrize("case", [REFUSED, GRANTED], ids=["refusal", "grant"])
def test_what_was_signed_has_no_flaw(case: Case) -> None:
    verdicts = validity_of(case, act(case), CONTEXT)
    assert not [verdict for _, verdict in verdicts if verdict.state is State.FLAW]
    assert all(verdict.sentence.endswith(".") for _, verdict in verdicts)
    must_be_valid(case, act(case), CONTEXT)


# --- F1 ---------------------------------------------------------------------------------------------------------------


def a_reason(**changes: Any) -> ReasonGiven:
    return replace(act().reasons[0], **changes)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("reasons_missing", {"reasons": ()}),
        ("reason_needs_fact", {"reasons": (a_reason(fact="x" * 19),)}),
        ("reason_placeholder_unresolved", {"reasons": (a_reason(text="Le minimum est de {montant}."),)}),
        ("ground_not_allowed", {"assessments": ()}),
    ],
)
def test_a_refusal_without_a_whole_ground_is_broken(code: str, changes: dict[str, Any]) -> None:
    must_break("F1", code, act(**changes))


def test_a_ground_by_a_version_that_is_not_in_force_is_none() -> None:
    old = replace(a_reason().rule, since=date(2021, 5, 1))
    must_break("F1", "ground_not_allowed", act(reasons=(a_reason(rule=old),)))


def test_a_ground_of_twenty_characters_states_a_fact() -> None:
    assert judged("F1", act(reasons=(a_reason(fact="x" * 20),))).state is State.HELD


@pytest.mark.parametrize(("names", "told"), [(("montant", "coefficient"), "« montant », « coefficient »")])
def test_every_placeholder_left_is_named(names: tuple[str, ...], told: str) -> None:
    text = " ".join(f"{{{name}}}" for name in names)
    assert told in judged("F1", act(reasons=(a_reason(text=text),))).sentence


@pytest.mark.parametrize("criterion", sorted(HELD_BY_OTHERS - {Criterion.INTERNSHIP_HOST}))
@pytest.mark.parametrize("shown_by", ["nothing", "the ground", "the assessment"])
def test_what_another_body_establishes_is_shown(criterion: Criterion, shown_by: str) -> None:
    exhibit = (Exhibit(document="P1", version=1, sha256=HASH),)
    acted = act()
    assessments = tuple(
        replace(each, met=Met.NOT_MET, exhibits=exhibit if shown_by == "the assessment" else ())
        if each.rule.criterion is criterion
        else each
        for each in acted.assessments
    )
    rule = next(each.rule for each in assessments if each.rule.criterion is criterion)
    reason = ReasonGiven(rule=rule, fact=FACT, exhibits=exhibit if shown_by == "the ground" else ())
    changed = replace(acted, assessments=assessments, reasons=(reason,), explanation=WEIGHED)
    if shown_by == "nothing":
        must_break("F1", "ground_needs_evidence", changed)
    else:
        assert judged("F1", changed).state is State.HELD


@pytest.mark.parametrize(("kind", "code"), [(DecisionKind.WITHDRAWAL, "reasons_missing")])
@pytest.mark.parametrize(("length", "state"), [(39, State.FLAW), (40, State.HELD)])
def test_an_end_of_a_grant_states_its_facts(kind: DecisionKind, code: str, length: int, state: State) -> None:
    verdict = judged("F1", act(kind=kind, reasons=(), explanation="x" * length))
    assert (verdict.state, verdict.code) == (state, code if state is State.FLAW else "")


@pytest.mark.parametrize(("items", "state"), [((), State.FLAW), (("Extrait Kbis",), State.HELD)])
def test_a_closure_names_what_is_missing(items: tuple[str, ...], state: State) -> None:
    assert judged("F1", act(kind=DecisionKind.CLOSURE, reasons=(), missing_items=items)).state is state


def test_only_a_ground_that_obliges_needs_no_weighing() -> None:
    rules = {rule.id.criterion: rule for rule in rules_in_force(Procedure.INTRODUCTION_PERMANENT, TODAY)}
    pay, project = rules[Criterion.PAY], rules[Criterion.PROPORTIONATE_PROJECT]
    assert discretion_is_weighed((pay, project), "") is None
    assert discretion_is_weighed((project,), "x" * 40) is None
    weighed = discretion_is_weighed((project,), "x" * 39)
    assert weighed is not None
    assert weighed.code == "discretion_needs_reasons"
    element = replace(pay, nature=Nature.ELEMENT)
    assert discretion_is_weighed((element, pay), "") is None
    together = discretion_is_weighed((project, element), "x" * 39)
    assert together is not None
    assert "Aucun élément n'est décisif à lui seul" in together.sentence


# --- F2, F10, F11, F12 ------------------------------------------------------------------------------------------------


def test_a_condition_that_nobody_assessed_breaks_the_examination() -> None:
    held = dict(act().examined)
    del held[Criterion.PAY]
    must_break("F2", "examination_not_individual", act(examined=held))
    assert "rémunération" in judged("F2", act(examined=held)).sentence


@pytest.mark.parametrize(("days", "state"), [(0, State.HELD), (1, State.FLAW)])
def test_an_assessment_does_not_come_after_the_decision(days: int, state: State) -> None:
    late = Examination(agent="local:agent-63", on=TODAY + timedelta(days=days))
    assert judged("F2", act(examined={**act().examined, Criterion.PAY: late})).state is state


def test_the_notice_of_the_algorithm_names_every_rule() -> None:
    must_break("F10", "algorithmic_notice_missing", act(algorithmic_notice=""))
    partly = act().algorithmic_notice.replace("R5221-20 4°", "")
    must_break("F10", "algorithmic_notice_missing", act(algorithmic_notice=partly))


def test_an_end_of_a_grant_mentions_its_hearing() -> None:
    ended = {"kind": DecisionKind.REPEAL, "reasons": (), "explanation": WEIGHED, "assessments": ()}
    must_break("F11", "prior_hearing_not_mentioned", act(**ended))
    told = "Les parties ont été invitées à présenter leurs observations."
    assert judged("F11", act(**ended, prior_hearing=told)).sentence == told


STUDENT = a_request(Procedure.STUDENT_ABOVE_QUOTA)
ASYLUM = a_request(Procedure.ASYLUM_SEEKER)
MINOR = a_request(worker=a_worker_in_france(TitleKind.CHILD_WELFARE))


@pytest.mark.parametrize(
    ("request_filed", "on", "articles"),
    [
        (STUDENT, date(2021, 4, 30), ()),
        (STUDENT, date(2021, 5, 1), ("CT R5221-3 II",)),
        (ASYLUM, date(2021, 5, 1), ("CT R5221-3 II", "CESEDA L554-1")),
        (MINOR, date(2021, 5, 1), ("CT R5221-22",)),
        (MINOR, date(2021, 4, 30), ()),
        (a_request(), TODAY, ()),
    ],
)
def test_special_situations_have_their_own_texts(request_filed: Any, on: date, articles: tuple[str, ...]) -> None:
    assert bases_of(request_filed, on) == articles
    assert len(BASES) == 3
    assert all(row.source.startswith(SOURCES[row.articles[0].split()[0]].title) for row in BASES)


@pytest.mark.parametrize(
    ("cited", "state", "code"), [((), State.FLAW, "legal_basis_missing"), (("CT R5221-22",), State.HELD, "")]
)
def test_a_refusal_to_a_minor_in_care_cites_the_text_on_it(cited: tuple[str, ...], state: State, code: str) -> None:
    case = replace(REFUSED, request=MINOR)
    verdict = judged("F12", act(legal_bases=cited), case)
    assert (verdict.state, verdict.code) == (state, code)


# --- F3, F4, F5 -------------------------------------------------------------------------------------------------------


def test_an_unknown_delegation_is_none() -> None:
    signatory = act().signatory
    assert signatory is not None
    must_break("F3", "no_delegation_in_force", act(signatory=replace(signatory, delegation="2019-1")))
    must_break("F3", "no_delegation_in_force", act(signatory=replace(signatory, identity="local:other")))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.HELD),
        ({"ends_on": TODAY}, State.HELD),
        ({"ends_on": TODAY - timedelta(days=1)}, State.FLAW),
        ({"starts_on": TODAY}, State.HELD),
        ({"starts_on": TODAY + timedelta(days=1)}, State.FLAW),
        ({"published_on": TODAY}, State.HELD),
        ({"published_on": TODAY + timedelta(days=1)}, State.FLAW),
        ({"published_on": None}, State.FLAW),
        ({"acts": ()}, State.FLAW),
        ({"platform": "Avignon"}, State.FLAW),
        ({"departments": ("69",)}, State.HELD),
        ({"departments": ("42",)}, State.FLAW),
    ],
)
def test_the_delegation_is_judged_on_the_day_of_the_signature(changes: dict[str, Any], state: State) -> None:
    delegation = a_delegation(**changes)
    administration = an_administration(delegations=False, more=(DelegationGranted(delegation=delegation),))
    context = a_context(Role.AUDITOR, today=date(2027, 6, 1), administration=administration)
    assert judged("F3", act(), context=context).state is state


def test_a_delegation_ended_since_was_in_force() -> None:
    known = a_context().administration.delegations[0]
    ended = DelegationEnded(delegation=known.id, number=known.number, ends_on=TODAY, reason="Nouvel arrêté.")
    context = a_context(Role.AUDITOR, today=date(2027, 6, 1), administration=an_administration(more=(ended,)))
    assert judged("F3", act(), context=context).state is State.HELD


@pytest.mark.parametrize("lack", [{"name": "Vasseur"}, {"quality": " "}, {"service": ""}])
def test_an_author_half_named_is_a_flaw(lack: dict[str, str]) -> None:
    signatory = act().signatory
    assert signatory is not None
    must_break("F4", "author_not_named", act(signatory=replace(signatory, **lack)))


def notified(channel: str, *addressees: Addressee) -> Act:
    """The refusal, made available to these."""
    body = MakeDecisionAvailable(decision="D1", addressees=addressees, channel=channel)  # type: ignore[arg-type]
    events = make_decision_available(REFUSED, body, a_context(Role.AGENT))
    held = {each.addressee: Notified(available_on=each.available_on, channel=each.channel) for each in events}
    return act(notified=held)


@pytest.mark.parametrize(
    ("acted", "state"),
    [
        (act(), State.PENDING),
        (notified("teleservice", Addressee.EMPLOYER), State.PENDING),
        (notified("teleservice", Addressee.EMPLOYER, Addressee.WORKER), State.HELD),
        (notified("post", Addressee.WORKER), State.FLAW),
    ],
)
def test_only_the_teleservice_dispenses_with_the_signature(acted: Act, state: State) -> None:
    assert judged("F5", acted).state is state


# --- F6 to F9 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "remedies",
    [None, Remedies(text="Recours.", tribunal=None, complete=False), Remedies(text="", tribunal=None, complete=True)],
)
def test_a_notice_without_its_court_is_not_signed(remedies: Remedies | None) -> None:
    must_break("F6", "remedies_incomplete", act(remedies=remedies))


def test_an_implicit_grant_needs_no_remedies() -> None:
    assert judged("F6", act(kind=DecisionKind.IMPLICIT_GRANT, remedies=None)).state is State.NOT_APPLICABLE
    implicit = judged("F6", act(kind=DecisionKind.IMPLICIT_REFUSAL, remedies=None))
    assert (implicit.state, "accusé de réception" in implicit.sentence) == (State.FLAW, True)


def test_notification_is_told_addressee_by_addressee() -> None:
    one = act(notified={Addressee.EMPLOYER: Notified(available_on=TODAY, read_on=TODAY)})
    assert (judged("F7", one).state, judged("F8", one).state) == (State.PENDING, State.PENDING)
    both = replace(one, notified={**one.notified, Addressee.WORKER: Notified(available_on=TODAY, deemed_on=TODAY)})
    assert (judged("F7", both).state, judged("F8", both).state) == (State.HELD, State.HELD)


@pytest.mark.parametrize(("days", "state"), [(-1, State.HELD), (0, State.HELD), (1, State.FLAW)])
def test_an_agreement_comes_before_the_notification(days: int, state: State) -> None:
    acted = notified("teleservice", Addressee.EMPLOYER)
    agreed = {Addressee.EMPLOYER: TODAY + timedelta(days=days)}
    assert judged("F9", replace(acted, consents=agreed)).state is state


def test_each_addressee_agrees_once_and_for_themselves() -> None:
    (event,) = record_consent(REFUSED, RecordConsent(), a_context(Role.EMPLOYER))
    assert (event.addressee, event.accepted_on) == (Addressee.EMPLOYER, TODAY)
    known = replace(REFUSED, consents={Addressee.EMPLOYER: TODAY})
    with pytest.raises(Refused) as refusal:
        record_consent(known, RecordConsent(), a_context(Role.EMPLOYER))
    assert refusal.value.code == "consent_already_recorded"


def test_availability_is_read_from_the_case() -> None:
    case = available(REFUSED)
    assert set(act(case).notified) == {Addressee.EMPLOYER, Addressee.WORKER}


def test_a_decision_keeps_who_examined_it() -> None:
    assert act().examined == REFUSED.decision("D1").examined
    assert {each.agent for each in act().examined.values()} == {"local:agent-63"}
