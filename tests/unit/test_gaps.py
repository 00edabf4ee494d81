"""The judgement of how decisions were taken: no gap in what is regular, one line for each thing that is not."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.simulation.life import openings_of
from cli.simulation.story import history_of
from domain.acts import DecisionKind
from domain.decisions import signatory_of
from domain.envelope import Role
from domain.events import (
    AcknowledgementIssued,
    CriterionAssessed,
    DecisionDeemedNotified,
    DecisionFirstRead,
    DecisionMadeAvailable,
    DecisionProposed,
    DelegationGranted,
    ImplicitDecisionArisen,
    RequestRouted,
    RightsGranted,
)
from domain.findings import Criterion, Met
from domain.gaps import GAPS, OF_FORM, OWN, gaps_of
from domain.refusals import CODES, Refused
from domain.taken import Surroundings, Taken, decision_taken
from domain.traceability import DecisionTraced, traced
from tests.histories import EMPLOYER
from tests.unit import test_simulation as simulated
from tests.unit.given import CASE, HASH, REFERENCE, TODAY, a_delegation, an_administration
from tests.unit.given_facts import (
    ADMINISTRATION,
    AGENT,
    OLDER,
    SIGNATORY,
    TWENTY,
    Base,
    Defect,
    Recorded,
    Step,
    a_grant,
    a_refusal,
    a_silence,
    an_overridden_grant,
    assessing,
    deciding,
    each_fact,
    grounds,
    recorded,
    signed_with,
    without,
)

replace = msgspec.structs.replace
LATER = date(2026, 12, 15)
"""Long enough after the decisions for everything that time alone demands."""


def around(**changes: Any) -> Surroundings:
    base = Surroundings(
        administration=ADMINISTRATION,
        administration_then=ADMINISTRATION,
        reference=REFERENCE,
        reference_today=REFERENCE,
        same_program=True,
        today=LATER,
    )
    return replace(base, **changes)


def judged(steps: list[Step], **changes: Any) -> DecisionTraced:
    return traced(Taken(CASE, recorded(steps), "D1", around(**changes)))


def codes(steps: list[Step], **changes: Any) -> list[str]:
    return [gap.code for gap in judged(steps, **changes).gaps]


@pytest.mark.parametrize("base", [a_grant, an_overridden_grant, a_refusal, a_silence])
def test_a_regular_case_has_no_gap(base: Base) -> None:
    assert judged(base(CASE, TODAY)).gaps == ()


def test_no_decision_of_eight_hundred_simulated_cases_has_a_gap() -> None:
    world = simulated.a_world(21)
    surroundings = around(
        administration=world.administration, administration_then=world.administration, today=simulated.UNTIL
    )
    kinds, left_to_hand = set(), 0
    for opening in openings_of(world, 800):
        drafts = history_of(world, opening)
        facts = [
            Recorded(version=version, event=draft.event, actor=draft.actor, recorded_at=draft.recorded_at)
            for version, draft in enumerate(drafts, 1)
        ]
        for decision in filter(None, (decision_taken(fact.event) for fact in facts)):
            taken = Taken(drafts[0].stream, facts, decision, surroundings)
            kinds.add(taken.then.kind)
            # Of a case that nobody routed no acknowledgement went out: that much is missing, and nothing else.
            unrouted = taken.then.is_implicit and taken.before.routing is None
            expected = ["acknowledgement_missing"] if unrouted else []
            assert [gap.code for gap in gaps_of(taken)] == expected, f"case {opening.index}, {decision}"
            left_to_hand += unrouted
    assert left_to_hand == 1
    assert kinds >= {
        DecisionKind.GRANT,
        DecisionKind.REFUSAL,
        DecisionKind.CLOSURE,
        DecisionKind.IMPLICIT_REFUSAL,
        DecisionKind.STAMP,
    }
    assert kinds & {DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}


@pytest.mark.parametrize("code", TWENTY)
def test_each_of_the_twenty_defects_is_one_line(code: str) -> None:
    base, defect = TWENTY[code]
    steps = defect(base(CASE, TODAY))
    (gap,) = judged(steps).gaps
    assert gap.code == code
    assert gap.title == GAPS[code]
    assert gap.sentence.endswith(".")
    assert 1 <= gap.version <= len(steps)


def without_answer(held: Any) -> Any:
    return replace(held, computed=replace(held.computed, met=Met.NOT_ESTABLISHED), because="")


def computed_as(held: Any, met: Met) -> Any:
    return replace(held, computed=replace(held.computed, met=met), met=met)


def by_the_employer(kind: type) -> Defect:
    """The services' own facts of a type, recorded by who filed."""
    return lambda steps: [(EMPLOYER if isinstance(event, kind) else who, event, day) for who, event, day in steps]


def on_an_older_text(signed: Any) -> Any:
    return replace(signed, reasons=tuple(replace(r, rule=replace(r.rule, since=OLDER)) for r in signed.reasons))


def asked_of_an_au_pair(signed: Any) -> Any:
    first = signed.assessments[0]
    more = replace(first, rule=replace(first.rule, criterion=Criterion.AU_PAIR_STAY))
    return replace(signed, assessments=(*signed.assessments, more))


def signed_by_the_agent(steps: list[Step]) -> list[Step]:
    """Whoever assessed and proposed signs, under a delegation of their own."""
    return deciding(lambda s: replace(s, signatory=signatory_of(OWN_DELEGATION)), by=AGENT)(steps)


def deemed(steps: list[Step]) -> list[Step]:
    """The readings are of a decision left unread, noted on the very day it was made available."""
    change = each_fact(
        DecisionFirstRead,
        lambda e: DecisionDeemedNotified(decision=e.decision, addressee=e.addressee, notified_on=TODAY),
    )
    return change(steps)


def one_day_before(steps: list[Step]) -> list[Step]:
    """Silence is noted a day before it has decided."""
    return [(who, event, date(2026, 10, 2) if _is_silence(event) else day) for who, event, day in steps]


def _is_silence(event: Any) -> bool:
    return isinstance(event, ImplicitDecisionArisen)


OUR_WORDS = re.compile(r"\b(met|not_met|teleservice|post|[a-z]+_[a-z_]+)\b")
"""Codes, which nobody reads as French."""
OWN_DELEGATION = a_delegation(
    AGENT.identity, number="2026-063-agent", name=AGENT.name, quality=AGENT.quality, service=AGENT.service
)
MORE: tuple[tuple[str, Base, Defect], ...] = (
    ("recorded_by_another", a_silence, lambda steps: [(AGENT, event, day) for _, event, day in steps]),
    ("signatory_without_right", a_grant, signed_by_the_agent),
    ("signed_own_examination", a_grant, signed_by_the_agent),
    ("signed_on_another_day", a_grant, signed_with(signed_on=TODAY - timedelta(days=3))),
    ("prefects_differ", a_grant, signed_with(deciding_prefect="préfet de la Corrèze")),
    ("case_without_platform", a_grant, without(RequestRouted)),
    (
        "delegation_misquoted",
        a_grant,
        deciding(lambda s: replace(s, signatory=replace(s.signatory, delegation_publication="RAA inventé"))),
    ),
    ("law_not_held", a_grant, signed_with(signed_on=date(1999, 1, 4))),
    (
        "condition_not_established",
        a_grant,
        assessing(Criterion.PAY, lambda held: replace(held, met=Met.NOT_ESTABLISHED)),
    ),
    ("condition_not_asked", a_grant, deciding(asked_of_an_au_pair)),
    (
        "assessment_not_recorded",
        a_grant,
        deciding(lambda s: replace(s, assessments=(replace(s.assessments[0], because=HASH), *s.assessments[1:]))),
    ),
    ("assessment_by_another", a_grant, each_fact(CriterionAssessed, lambda e: replace(e, assessed_by="local:autre"))),
    (
        "assessed_after_decision",
        a_grant,
        each_fact(CriterionAssessed, lambda e: replace(e, assessed_on=TODAY + timedelta(days=1))),
    ),
    (
        "assessment_repeated",
        a_grant,
        deciding(lambda s: replace(s, assessments=(replace(s.assessments[0], because=HASH), *s.assessments))),
    ),
    ("assessed_without_right", a_grant, by_the_employer(CriterionAssessed)),
    ("proposed_without_right", a_grant, each_fact(DecisionProposed, lambda e: replace(e, proposed_by="local:autre"))),
    ("finding_differs", a_grant, assessing(Criterion.PAY, lambda h: computed_as(h, Met.NOT_MET))),
    (
        "available_before_decision",
        a_grant,
        each_fact(DecisionMadeAvailable, lambda e: replace(e, available_on=TODAY - timedelta(days=400))),
    ),
    (
        "read_after_its_record",
        a_grant,
        each_fact(DecisionFirstRead, lambda e: replace(e, received_on=TODAY + timedelta(days=900))),
    ),
    ("assessment_without_reason", a_grant, assessing(Criterion.PAY, without_answer)),
    (
        "finding_set_aside_silently",
        a_refusal,
        assessing(Criterion.LABOUR_MARKET, lambda h: replace(h, met=Met.NOT_MET)),
    ),
    ("decided_against_assessment", a_grant, assessing(Criterion.PAY, lambda held: replace(held, met=Met.NOT_MET))),
    ("paragraph_unknown", a_refusal, grounds(reason_id="salaire", reason_version=3)),
    ("tables_not_stated", a_grant, signed_with(reference_versions={})),
    ("notified_without_availability", a_grant, without(DecisionMadeAvailable)),
    (
        "read_before_availability",
        a_grant,
        each_fact(DecisionFirstRead, lambda e: replace(e, received_on=TODAY - timedelta(days=1))),
    ),
    ("deemed_without_ground", a_grant, deemed),
    ("acknowledgement_missing", a_silence, without(AcknowledgementIssued)),
    ("silence_had_not_decided", a_silence, one_day_before),
    ("silence_effect_differs", a_silence, each_fact(ImplicitDecisionArisen, lambda e: replace(e, rule="T9"))),
    ("reason_placeholder_unresolved", a_refusal, grounds(text="Le minimum est de {montant}.")),
    ("ground_not_allowed", a_refusal, deciding(on_an_older_text)),
    ("author_not_named", a_grant, deciding(lambda s: replace(s, signatory=replace(s.signatory, service="")))),
    ("algorithmic_notice_missing", a_grant, signed_with(algorithmic_notice="")),
    (
        "remedies_incomplete",
        a_grant,
        deciding(lambda s: replace(s, remedies=replace(s.remedies, complete=False) if s.remedies else None)),
    ),
)


@pytest.mark.parametrize(("code", "base", "defect"), MORE, ids=[f"{code}-{base.__name__}" for code, base, _ in MORE])
def test_every_other_defect_is_found_too(code: str, base: Base, defect: Defect) -> None:
    administration = an_administration(more=(DelegationGranted(delegation=OWN_DELEGATION),))
    whole = {"administration": administration, "administration_then": administration}
    found = judged(defect(base(CASE, TODAY)), **whole).gaps
    assert code in [gap.code for gap in found]
    assert [gap.sentence for gap in found if OUR_WORDS.search(gap.sentence)] == []
    assert codes(base(CASE, TODAY), **whole) == []


def test_every_gap_of_this_judgement_alone_is_provoked_here() -> None:
    assert set(OWN) - set(TWENTY) - {code for code, _, _ in MORE} == {"delegation_recorded_later"}


def test_a_delegation_recorded_after_the_decision_is_a_gap() -> None:
    before = an_administration(delegations=False)
    assert codes(a_grant(), administration_then=before) == ["delegation_recorded_later"]


def test_the_signatory_may_sign_what_they_examined_where_the_delegation_says_so() -> None:
    allowed = replace(OWN_DELEGATION, own_assessments=True)
    right = RightsGranted(
        identity=AGENT.identity, role=Role.SIGNATORY, platforms=("Clermont-Ferrand",), starts_on=OLDER
    )
    administration = an_administration(more=(DelegationGranted(delegation=allowed), right))
    whole = {"administration": administration, "administration_then": administration}
    assert codes(signed_by_the_agent(a_grant()), **whole) == []


@pytest.mark.parametrize(("today", "found"), [(TODAY, []), (TODAY + timedelta(days=1), ["never_made_available"] * 2)])
def test_a_decision_is_made_available_by_the_end_of_its_day(today: date, found: list[str]) -> None:
    steps = without(DecisionMadeAvailable, DecisionFirstRead)(a_refusal())
    assert codes(steps, today=today) == found


@pytest.mark.parametrize(("days", "found"), [(16, []), (17, ["notification_not_proved"] * 2)])
def test_a_reading_is_waited_for_until_the_night_after_the_fifteen_days(days: int, found: list[str]) -> None:
    steps = without(DecisionFirstRead)(a_refusal())
    assert codes(steps, today=TODAY + timedelta(days=days)) == found


@pytest.mark.parametrize(("days", "found"), [(31, []), (32, ["notification_not_proved"] * 2)])
def test_a_slip_is_waited_for_a_month(days: int, found: list[str]) -> None:
    steps = each_fact(DecisionMadeAvailable, lambda e: replace(e, channel="post"))(
        without(DecisionFirstRead)(a_refusal())
    )
    assert codes(steps, today=TODAY + timedelta(days=days)) == found


def test_tables_of_another_version_of_smoe_are_not_called_wrong() -> None:
    steps = deciding(lambda s: replace(s, reference_versions={**s.reference_versions, "smic": "2019"}))(a_grant())
    assert codes(steps) == ["table_not_in_force"]
    told = judged(steps, same_program=False)
    assert told.gaps == ()
    (smic,) = [each for each in told.tables if each.table == "smic"]
    assert (smic.version, smic.in_force) == ("2019", None)


def test_a_published_table_binds_whatever_the_version_of_smoe() -> None:
    published = replace(REFERENCE, versions={**REFERENCE.versions, "smic": "2026-12+abc"}, shipped=REFERENCE)
    assert codes(a_grant(), reference=published, same_program=False) == ["table_not_in_force"]


def test_what_is_told_names_who_when_and_on_what() -> None:
    told = judged(a_refusal())
    assert told.signatory is not None
    assert told.delegation is not None
    assert (told.recorded_by.identity, told.signatory.identity) == (SIGNATORY.identity, SIGNATORY.identity)
    assert (told.delegation.number, told.delegation.covers) == ("2021-063-001", True)
    pay = next(each for each in told.conditions if each.rule.criterion is Criterion.PAY)
    assert (pay.met, pay.assessed_by, pay.rule.article) == (Met.NOT_MET, AGENT.identity, "CT R5221-20 4°")
    assert pay.text is not None
    assert {(each.document, each.version, each.held) for each in told.exhibits} == {("P1", 1, True), ("P2", 1, True)}
    assert [(each.addressee.value, each.how, each.notified_on) for each in told.notifications] == [
        ("employer", "read", TODAY),
        ("worker", "read", TODAY),
    ]


def test_a_decision_that_the_case_does_not_hold_is_unknown() -> None:
    with pytest.raises(Refused) as refused:
        Taken(CASE, recorded(a_grant()), "D2", around())
    assert refused.value.code == "decision_unknown"


def test_codes_are_public_and_none_has_two_meanings() -> None:
    assert not set(OWN) & set(CODES)
    assert set(OF_FORM) <= set(CODES)
    assert all(sentence.endswith(".") for sentence in GAPS.values())


def test_the_documentation_lists_every_gap_with_its_sentence() -> None:
    written = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    assert [code for code, sentence in GAPS.items() if f"| `{code}` | {sentence} |" not in written] == []
