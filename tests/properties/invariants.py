"""What must hold after every step of the life of a case, whatever people do."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.acts import DecisionKind, SignedDecision, StageKind
from domain.case import (
    PARIS,
    Case,
    Decision,
    Status,
)
from domain.clocks import Clock, ClockState, appeal_silence_due, clocks, next_deadline, silence_due
from domain.command import case_commands
from domain.commands.record_appeal_silence import RecordAppealSilence
from domain.commands.record_silence import RecordSilence
from domain.demonstration import SYSTEM
from domain.envelope import performer
from domain.events import (
    AppealLodged,
    CaseEvent,
    JudgmentRecorded,
    PermitRepealed,
    PermitWithdrawn,
    PersonErased,
    ReexaminationOrdered,
)
from domain.fold import replay
from domain.law import rules_in_force
from domain.refusals import CODES, Refused
from domain.sentences import SENTENCES, articles, sentence
from domain.validity.statement_of_reasons import PLACEHOLDER
from ledger.facts import FIRST_HASH, Recorded, legal_date_of
from projections.read_model import Aids, Told, read_models
from tests.properties.walks import Step
from tests.unit.given import REFERENCE

AIDS: Final = Aids(reference=REFERENCE, check_key=b"k" * 32)
DEADLINE_STATES: Final = {ClockState.RUNNING, ClockState.SUSPENDED, ClockState.EXPIRED}
SILENCE: Final = frozenset({"T1", "T2", "T3", "T4", "T5"})


def check_step(step: Step, *, same_moment: bool = False) -> None:
    """What must hold after a step; `same_moment` when neither the case nor the day has changed since the last one."""
    if step.refused is not None:
        check_refusal(step.refused)
    else:
        assert step.events, "a command that succeeds records something"
        _check_nothing_lost(step.before, step.after)
        _check_decisions(step)
        _check_state(step.after)
        _check_nothing_reopens_by_itself(step)
    if not same_moment:
        _check_clocks(step)
        _check_silence(step)


def check_explained(case: Case, told: tuple[Clock, ...]) -> None:
    """A case says what it waits for, or is over; appeals under examination say so as well."""
    if case.status not in OVER:
        assert what_is_awaited(case, told) is not None, f"{case.status.value}, {case.stage}: what does it await?"
    for appeal in case.appeals:
        if appeal.ended_on is None and case.status is not Status.ABANDONED:
            assert any(c.ref == appeal.id and _explains(c) for c in told), f"{appeal.id}: no limit explains it"


def what_is_awaited(case: Case, told: tuple[Clock, ...]) -> Clock | None:
    """The limit that says what a case at work waits for; None when none does, which must not be.

    A case is over once it is decided, closed or abandoned: the limits that stay open then (to appeal, to withdraw,
    before a court) explain themselves. Until then it is examined for somebody, and one limit says until when, or why
    no day is set: silence on the request at first, silence on the appeal when that is what is examined, and the
    court's or the minister's injunction when they sent the request back. Where silence has decided already, the
    examination may go on without a day to end by: what waits is the limit to contest what silence made.
    Running, suspended, expired and due, or not running with the reason why: each explains; a limit that has
    ended explains nothing.
    """
    match case.stage.kind:
        case StageKind.FIRST:
            made = case.current_decision.id if case.current_decision else ""
            awaited = [clock for clock in told if (clock.ref == made if made else clock.id in SILENCE)]
        case StageKind.COURT:
            awaited = [clock for clock in told if clock.id == "INJUNCTION" and clock.ref == case.stage.ref]
        case _:
            awaited = [clock for clock in told if clock.ref == case.stage.ref]
    return next((clock for clock in awaited if _explains(clock)), None)


def _explains(clock: Clock) -> bool:
    if clock.state is ClockState.NOT_RUNNING:
        return bool(clock.why_not_running)
    return clock.state in DEADLINE_STATES and clock.expires_on is not None


def check_refusal(refused: Refused) -> None:
    assert refused.code in CODES
    assert refused.message.strip()
    assert "None" not in refused.message, refused.message
    for fault in refused.faults:
        assert fault.code in CODES
        assert fault.pointer.startswith("/")
        assert fault.message.strip()


def _check_nothing_lost(before: Case, after: Case) -> None:
    """What was received, decided, lodged or sent stays, as it was."""
    for id, document in before.documents.items():
        assert after.documents[id].versions[: len(document.versions)] == document.versions
    for earlier, later in zip(before.decisions, after.decisions, strict=False):
        assert _said(earlier) == _said(later)
    assert len(after.decisions) >= len(before.decisions)
    for name in ("missing_items", "opinions", "hearings", "appeals", "litigation", "messages"):
        held: tuple[Any, ...] = getattr(after, name)
        kept = [each.id for each in getattr(before, name)]
        assert [each.id for each in held][: len(kept)] == kept
        assert len({each.id for each in held}) == len(held)
    assert len({decision.id for decision in after.decisions}) == len(after.decisions)


def _said(decision: Decision) -> tuple[Any, ...]:
    """What a decision says, which nothing changes."""
    return (
        decision.id,
        decision.kind,
        decision.on,
        decision.stage,
        decision.signed,
        decision.permit,
        decision.explanation,
        decision.remedies,
        decision.rejects_appeal,
    )


def _check_decisions(step: Step) -> None:
    case = step.after
    standing = [d for d in case.decisions if d.live and d.rejects_appeal is None]
    assert len(standing) <= 1, "two decisions on the same request stand"
    if standing and standing[-1].kind.is_favourable:
        rejections = [d for d in case.decisions if d.live and d.rejects_appeal is not None]
        assert not rejections, "what was asked is granted, and the appeal for it rejected"
    for decision in case.decisions[len(step.before.decisions) :]:
        if decision.signed is not None:
            assert decision.signed.signed_on == step.today
            conditions = rules_in_force(case.procedure, step.today)
            assert conditions or decision.kind in _WITHOUT_REASONS, "decided on a day whose law is not held"
            in_force = {rule.id for rule in conditions}
            assert {each.rule for each in decision.signed.assessments} <= in_force
            assert decision.signed.reasons or decision.kind.is_favourable or decision.kind in _WITHOUT_REASONS
            assert decision.signed.reference_versions == dict(step.context.reference.versions)
            _check_grounds(step, decision.signed)
        if decision.permit is not None and decision.permit.valid_until is not None:
            assert decision.permit.valid_from <= decision.permit.valid_until
    for event in step.events:
        if isinstance(event, PermitWithdrawn | PermitRepealed):
            assert event.hearing is not None
            assert standing[-1].id == event.decision.decision


def _check_grounds(step: Step, signed: SignedDecision) -> None:
    """Nothing is granted against a condition that binds, refused on another ground, or closed before its time."""
    blocking = {each.rule for each in signed.assessments if each.blocks_grant}
    if signed.kind.is_favourable:
        binding = {
            rule.id for rule in rules_in_force(step.after.procedure, step.today) if not rule.leaves_free_to_grant
        }
        assert not blocking & binding, "granted although an obligation is not met"
    elif signed.kind is DecisionKind.CLOSURE:
        asked = step.before.open_missing_items
        assert asked is not None
        assert asked.due_on < step.today, "closed before the delay has expired"
    elif signed.kind not in _WITHOUT_REASONS:
        assert {reason.rule for reason in signed.reasons} <= blocking, "refused on a ground that the text does not give"
    written = " ".join(
        (signed.explanation, *(part for reason in signed.reasons for part in (reason.text, reason.fact)))
    )
    assert not PLACEHOLDER.search(written), "signed with a placeholder left"


_WITHOUT_REASONS: Final = {DecisionKind.CLOSURE, DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}
"""Their explanation says why."""


def _check_state(case: Case) -> None:
    if case.status in {Status.DECIDED, Status.CLOSED}:
        assert case.current_decision is not None, "decided, but nothing stands"
    assert (case.status is Status.TO_SIGN) == (case.proposal is not None)
    if case.status is Status.UNDER_EXAMINATION:
        assert case.assignee is not None
    if case.status is Status.TO_CLAIM:
        assert case.assignee is None
        assert case.routing is not None, "nobody's queue shows it"
    if case.status is Status.TO_ROUTE:
        assert case.routing is None
    if case.status is Status.AWAITING_ITEMS:
        assert case.open_missing_items is not None
    if case.status is Status.ABANDONED:
        assert case.abandoned_on is not None


REOPENING: Final = (AppealLodged, JudgmentRecorded, ReexaminationOrdered)
OVER: Final = {Status.DECIDED, Status.CLOSED, Status.ABANDONED}


def _check_nothing_reopens_by_itself(step: Step) -> None:
    """Only an appeal, a court or the minister bring a case that was over back to work."""
    if step.before.status in OVER and step.after.status not in OVER:
        assert any(isinstance(event, REOPENING) for event in step.events)
    if step.before.status is Status.ABANDONED and step.after.status is not Status.ABANDONED:
        assert not any(isinstance(event, AppealLodged) for event in step.events)


def _check_clocks(step: Step) -> None:
    told = clocks(step.after, step.today, REFERENCE)
    check_explained(step.after, told)
    for clock in told:
        assert clock.sentence.strip()
        assert clock.articles
        if clock.state in {ClockState.RUNNING, ClockState.SUSPENDED, ClockState.EXPIRED}:
            assert clock.expires_on is not None
        if clock.state is ClockState.RUNNING:
            assert step.today <= (clock.expires_on or step.today)
        if clock.state is ClockState.EXPIRED:
            assert clock.expires_on is not None
            assert clock.expires_on < step.today
        if clock.state is ClockState.NOT_RUNNING:
            assert clock.why_not_running
    assert len({(c.id, c.ref, c.addressee) for c in told}) == len(told), "two clocks under one name"
    mine = [c for c in told if c.for_administration and c.state in DEADLINE_STATES and c.expires_on is not None]
    following = next_deadline(step.after, step.today, REFERENCE)
    if following is None:
        assert not mine
    else:
        assert following in mine
        assert all(following.expires_on <= c.expires_on for c in mine if following.expires_on and c.expires_on)


def _check_silence(step: Step) -> None:
    """What the clocks call due can be recorded."""
    context = msgspec.structs.replace(step.context, actor=SYSTEM)
    if silence_due(step.after, step.today, REFERENCE) is not None:
        recorded = case_commands()["record-silence"].decide(step.after, RecordSilence(), context)
        after = replay(recorded, step.after.id, step.after)
        assert after is not None
        assert silence_due(after, step.today, REFERENCE) is None
        _check_state(after)
    due = appeal_silence_due(step.after, step.today, REFERENCE)
    if due is not None:
        body = RecordAppealSilence(appeal=due.ref)
        recorded = case_commands()["record-appeal-silence"].decide(step.after, body, context)
        after = replay(recorded, step.after.id, step.after)
        assert after is not None
        _check_state(after)


def check_sentences(events: tuple[CaseEvent, ...]) -> None:
    for event in events:
        stored = msgspec.json.encode(event)
        assert msgspec.json.decode(stored, type=type(event)) == event
        assert type(event) in SENTENCES
        said = sentence(event)
        assert said.strip().endswith((".", "!", "»"))
        assert "None" not in said
        assert all(cited.strip() for cited in articles(event))


class Telling:
    """Tells a life to every read model as the runner would: fact by fact, then whole."""

    def __init__(self, stream: UUID) -> None:
        self.stream = stream
        self.facts: tuple[Recorded[CaseEvent], ...] = ()
        self.case: Case | None = None
        self.grown: dict[str, list[Any]] = {model.table: [] for model in read_models()}
        self.latest: dict[str, list[Any]] = {}

    def hear(self, case: Case, events: tuple[CaseEvent, ...], today: Any) -> None:
        """Tell what these facts add."""
        at = datetime(today.year, today.month, today.day, 10, tzinfo=PARIS).astimezone(UTC)
        new = tuple(self._recorded(event, number, at) for number, event in enumerate(events, len(self.facts) + 1))
        self.facts, self.case = (*self.facts, *new), case
        # Lines that are there already may name who is erased now: they are told anew.
        erasing = any(type(event) is PersonErased for event in events)
        told = Told(case=case, facts=self.facts, new=self.facts if erasing else new)
        for model in read_models():
            rows = list(model.rows(told, AIDS))
            assert all(row.case_id == self.stream for row in rows)
            if model.grows:
                self.grown[model.table] = rows if erasing else [*self.grown[model.table], *rows]
            else:
                self.latest[model.table] = rows

    def check_whole(self) -> None:
        """Rows made anew are those that grew."""
        assert self.case is not None
        told = Told(case=self.case, facts=self.facts, new=self.facts)
        for model in read_models():
            rows = list(model.rows(told, AIDS))
            assert rows == (self.grown[model.table] if model.grows else self.latest[model.table])

    def _recorded(self, event: CaseEvent, version: int, at: datetime) -> Recorded[CaseEvent]:
        recorded_at = at + timedelta(microseconds=version)
        return Recorded(
            stream=self.stream,
            version=version,
            position=version,
            event=event,
            actor=performer(event, SYSTEM),
            recorded_at=recorded_at,
            legal_date=legal_date_of(event, recorded_at),
            correlation=self.stream,
            causation=None,
            command=self.stream,
            command_key=None,
            code_version="test",
            previous_hash=FIRST_HASH,
            salt=bytes(16),
            hash=FIRST_HASH,
        )
