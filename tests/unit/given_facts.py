"""Cases lived through the commands themselves, each fact beside who recorded it and when; and seeded defects."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec

from domain.acts import DelegatedAct, Delegation, SignedDecision
from domain.case import Case
from domain.command import case_commands
from domain.commands.file_request import FileRequest, file_request
from domain.context import Context
from domain.demonstration import SYSTEM
from domain.envelope import UNASSIGNED, Actor, Role, performer
from domain.events import (
    CaseEvent,
    CriterionAssessed,
    DecisionFirstRead,
    DecisionMadeAvailable,
    DecisionProposed,
    DelegationGranted,
    DocumentRefused,
    FindingOverridden,
    ImplicitDecisionArisen,
    RequestGranted,
    RequestRefused,
)
from domain.findings import Assessment, Criterion, Exhibit, Met
from domain.fold import replay
from domain.law import Law, rules_in_force
from tests.unit.given import (
    CASE,
    REFERENCE,
    TODAY,
    a_delegation,
    a_request,
    an_actor,
    an_administration,
    an_attached,
)
from tests.unit.given_decided import CHECKED, FACT, underpaid_request

replace = msgspec.structs.replace
Step = tuple[Actor, CaseEvent, date]
Defect = Callable[[list[Step]], list[Step]]

EMPLOYER, AGENT, SIGNATORY = an_actor(Role.EMPLOYER), an_actor(Role.AGENT), an_actor(Role.SIGNATORY)
OTHER_SIGNATORY = an_actor(Role.SIGNATORY, "local:signatory-63-bis")
SILENT_SINCE = date(2026, 8, 3)
"""A day from which two months' silence has decided by the day of the tests."""


def faulty(name: str, **changes: Any) -> Delegation:
    """A delegation of the signatory that lacks something."""
    number = f"2026-063-{name}"
    return a_delegation(**{"id": uuid5(UNASSIGNED, number), "number": number, **changes})


ENDED = faulty("fini", ends_on=date(2026, 10, 1))
UNPUBLISHED = faulty("tard", published_on=date(2026, 11, 20))
FOR_OPINIONS = faulty("avis", acts=(DelegatedAct.OPINION,))
ELSEWHERE = faulty("ailleurs", departments=("38",))
FAULTY = tuple(DelegationGranted(delegation=each) for each in (ENDED, UNPUBLISHED, FOR_OPINIONS, ELSEWHERE))
"""Delegations that no signature would be let pass with."""
ADMINISTRATION = an_administration(more=FAULTY)


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as a judgement sees it."""

    version: int
    event: CaseEvent
    actor: Actor
    recorded_at: datetime


def recorded(steps: Sequence[Step]) -> tuple[Recorded, ...]:
    """The facts of these steps, in the order and at the hours that a ledger would give them."""
    return tuple(
        Recorded(
            version=version,
            event=event,
            actor=performer(event, actor),
            recorded_at=datetime.combine(day, time(9), UTC) + timedelta(seconds=version),
        )
        for version, (actor, event, day) in enumerate(steps, 1)
    )


class Lived:
    """A case under way."""

    def __init__(self, stream: UUID, today: date, **filing_of: Any) -> None:
        self.stream = stream
        self.today = today
        self.steps: list[Step] = []
        documents = (an_attached("passport"), an_attached("contributions_certificate"))
        body = FileRequest(**{"request": a_request(), "documents": documents, **filing_of})
        self._add(file_request(body, self._context(EMPLOYER)), EMPLOYER)

    @property
    def case(self) -> Case:
        case = replay((event for _, event, _ in self.steps), self.stream)
        assert case is not None
        return case

    def act(self, name: str, who: Actor, **body: Any) -> "Lived":
        """Give a command, as its body reads over the wire."""
        command = case_commands()[name]
        given = msgspec.json.decode(msgspec.json.encode(body), type=command.body)
        self._add(command.decide(self.case, given, self._context(who)), who)
        return self

    def examined(self, *, exhibits: Sequence[str] = ("P1",)) -> "Lived":
        """Claimed, and every condition assessed: as computed, or as met where nothing was computed."""
        self.act("claim", AGENT)
        for rule in rules_in_force(self.case.procedure, self.today):
            computed = rule.find(self.case, Law(today=self.today, reference=REFERENCE)).met
            met = Met.MET if computed is Met.NOT_ESTABLISHED else computed
            body = {"criterion": rule.id.criterion, "met": met, "because": CHECKED, "exhibits": exhibits}
            self.act("assess", AGENT, **body)
        return self

    def told(self) -> list[Step]:
        """Made available to both parties and read by both; all steps of the case."""
        self.act("make-available", AGENT, decision="D1")
        self.act("acknowledge-reading", EMPLOYER, decision="D1")
        return self.act("acknowledge-reading", AGENT, decision="D1", addressee="worker").steps

    def _context(self, who: Actor) -> Context:
        hour = datetime.combine(self.today, time(9), UTC) + timedelta(seconds=len(self.steps))
        id = self.stream if not self.steps else uuid5(self.stream, str(len(self.steps)))
        return Context(now=hour, actor=who, reference=REFERENCE, administration=ADMINISTRATION, id=id)

    def _add(self, events: tuple[CaseEvent, ...], who: Actor) -> None:
        self.steps += [(who, event, self.today) for event in events]


def a_grant(stream: UUID = CASE, today: date = TODAY) -> list[Step]:
    """A request granted, made known to both parties and read by both."""
    return (
        Lived(stream, today).examined().act("propose", AGENT, kind="grant").act("sign", SIGNATORY, kind="grant").told()
    )


def an_overridden_grant(stream: UUID = CASE, today: date = TODAY) -> list[Step]:
    """The same, after a computed finding was set aside with a reason."""
    lived = Lived(stream, today, request=underpaid_request()).examined()
    lived.act("override-finding", AGENT, criterion=Criterion.PAY, met=Met.MET, reason=CHECKED, exhibits=["P2"])
    return lived.act("propose", AGENT, kind="grant").act("sign", SIGNATORY, kind="grant").told()


def a_refusal(stream: UUID = CASE, today: date = TODAY) -> list[Step]:
    """A request refused because of the pay, made known to both parties and read by both."""
    lived = Lived(stream, today, request=underpaid_request()).examined()
    reasons = [{"criterion": Criterion.PAY, "fact": FACT, "exhibits": ["P2"]}]
    lived.act("propose", AGENT, kind="refusal", reasons=reasons)
    return lived.act("sign", SIGNATORY, kind="refusal").told()


def a_silence(stream: UUID = CASE, today: date = TODAY) -> list[Step]:
    """A request that two months' silence has refused."""
    lived = Lived(stream, SILENT_SINCE)
    lived.today = today
    return lived.act("record-silence", SYSTEM).steps


# Defects: each changes one thing, and what would contradict it elsewhere with it.


def without(*types: type) -> Defect:
    """The facts of these types were never recorded."""
    return lambda steps: [step for step in steps if type(step[1]) not in types]


def without_last(kind: type) -> Defect:
    """The last fact of this type was never recorded."""

    def change(steps: list[Step]) -> list[Step]:
        last = max(index for index, (_, event, _) in enumerate(steps) if type(event) is kind)
        return [step for index, step in enumerate(steps) if index != last]

    return change


def deciding(alter: Callable[[SignedDecision], SignedDecision], *, by: Actor | None = None) -> Defect:
    """What was signed is altered, or recorded by somebody else."""

    def change(steps: list[Step]) -> list[Step]:
        return [
            (by or actor, replace(event, decision=alter(event.decision)), day)
            if isinstance(event, RequestGranted | RequestRefused)
            else (actor, event, day)
            for actor, event, day in steps
        ]

    return change


def signed_with(**changes: Any) -> Defect:
    """Parts of what was signed are others."""
    return deciding(lambda signed: replace(signed, **changes))


def citing(delegation: Delegation) -> Defect:
    """The decision cites another delegation, word for word."""
    assert delegation.published_on is not None
    quoted = {
        "delegation": delegation.number,
        "delegation_published_on": delegation.published_on,
        "delegation_publication": delegation.publication,
    }
    return deciding(lambda signed: replace(signed, signatory=replace(signed.signatory, **quoted)))


def assessing(criterion: Criterion, alter: Callable[[Assessment], Assessment]) -> Defect:
    """A condition is assessed otherwise, in the fact and in the decision alike."""

    def changed(event: CaseEvent) -> CaseEvent:
        match event:
            case CriterionAssessed(assessment=assessment) if assessment.rule.criterion is criterion:
                return replace(event, assessment=alter(assessment))
            case FindingOverridden() if event.criterion is criterion:
                before = Assessment(
                    rule=event.rule,
                    computed=event.computed,
                    met=event.met,
                    because=event.reason,
                    exhibits=event.exhibits,
                    overridden=True,
                )
                after = alter(before)
                return replace(event, rule=after.rule, met=after.met, reason=after.because, exhibits=after.exhibits)
            case RequestGranted(decision=signed) | RequestRefused(decision=signed):
                held = tuple(alter(a) if a.rule.criterion is criterion else a for a in signed.assessments)
                return replace(event, decision=replace(signed, assessments=held))
            case _:
                return event

    return lambda steps: [(actor, changed(event), day) for actor, event, day in steps]


def showing(exhibit: Exhibit) -> Defect:
    """A condition rests on this exhibit."""
    return assessing(Criterion.JOB_FITS_QUALIFICATIONS, lambda held: replace(held, exhibits=(exhibit,)))


def not_assessed(criterion: Criterion) -> Defect:
    """A condition was never assessed, and the decision says nothing of it."""

    def change(steps: list[Step]) -> list[Step]:
        kept = [s for s in steps if not (isinstance(s[1], CriterionAssessed) and _of(s[1]) is criterion)]
        return deciding(
            lambda signed: replace(
                signed, assessments=tuple(a for a in signed.assessments if a.rule.criterion is not criterion)
            )
        )(kept)

    return change


def _of(event: CriterionAssessed) -> Criterion:
    return event.assessment.rule.criterion


def before_proposal(event: CaseEvent, who: Actor = AGENT) -> Defect:
    """Something more happened just before the proposal."""

    def change(steps: list[Step]) -> list[Step]:
        at = next(index for index, step in enumerate(steps) if isinstance(step[1], DecisionProposed))
        return [*steps[:at], (who, event, steps[at][2]), *steps[at:]]

    return change


def each_fact(kind: type, alter: Callable[[Any], Any]) -> Defect:
    """Every fact of a type is altered."""
    return lambda steps: [(actor, alter(event) if type(event) is kind else event, day) for actor, event, day in steps]


def grounds(**changes: Any) -> Defect:
    """The grounds of the refusal are others."""
    return deciding(lambda signed: replace(signed, reasons=tuple(replace(r, **changes) for r in signed.reasons)))


Base = Callable[[UUID, date], list[Step]]
P1 = Exhibit(document="P1", version=1, sha256="ab" * 32)
OLDER = date(2021, 5, 1)

TWENTY: dict[str, tuple[Base, Defect]] = {
    "recorded_by_another": (a_grant, deciding(lambda signed: signed, by=OTHER_SIGNATORY)),
    "delegation_not_recorded": (a_grant, citing(faulty("inconnue"))),
    "delegation_not_in_force": (a_grant, citing(ENDED)),
    "delegation_not_published": (a_grant, citing(UNPUBLISHED)),
    "delegation_act_not_covered": (a_grant, citing(FOR_OPINIONS)),
    "delegation_place_not_covered": (a_grant, citing(ELSEWHERE)),
    "condition_not_assessed": (a_grant, not_assessed(Criterion.PAY)),
    "condition_of_another_text": (
        a_grant,
        assessing(Criterion.PAY, lambda held: replace(held, rule=replace(held.rule, since=OLDER))),
    ),
    "override_without_reason": (
        an_overridden_grant,
        assessing(Criterion.PAY, lambda held: replace(held, because="") if held.overridden else held),
    ),
    "exhibit_unknown": (a_grant, showing(replace(P1, version=7))),
    "exhibit_altered": (a_grant, showing(replace(P1, sha256="cd" * 32))),
    "exhibit_set_aside": (
        a_grant,
        before_proposal(DocumentRefused(document="P1", version=1, reason="Illisible.", refused_on=TODAY)),
    ),
    "reasons_missing": (a_refusal, signed_with(reasons=())),
    "reason_needs_fact": (a_refusal, grounds(fact="Trop bas.")),
    "remedies_missing": (a_refusal, signed_with(remedies=None)),
    "table_not_in_force": (
        a_grant,
        deciding(lambda s: replace(s, reference_versions={**s.reference_versions, "smic": "2019-01-01+0"})),
    ),
    "no_proposal": (a_grant, without(DecisionProposed)),
    "never_made_available": (
        a_refusal,
        lambda steps: without_last(DecisionFirstRead)(without_last(DecisionMadeAvailable)(steps)),
    ),
    "notification_not_proved": (a_refusal, without_last(DecisionFirstRead)),
    "silence_date_differs": (
        a_silence,
        each_fact(ImplicitDecisionArisen, lambda e: replace(e, arisen_on=e.arisen_on - timedelta(days=1))),
    ),
}
"""Twenty defects, each with the one gap that it must be found by."""
