"""Where a command meets the ledger: load, fold, decide, append, answer."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from domain.administration import ADMINISTRATION_STREAM, Administration
from domain.administration import replay as replay_administration
from domain.case import PARIS, Case
from domain.command import AdministrationCommand, CaseCommand, Command
from domain.commands.file_request import FileRequest, file_request
from domain.context import Context
from domain.envelope import Actor
from domain.events import EVENT_TYPES, AdministrationEvent, CaseEvent, PersonErased, RequestFiled
from domain.fold import replay as replay_case
from domain.reference import Reference
from ledger.facts import FIRST_HASH, Answer, Clock, CommandKey, Recorded, VersionConflict, utc_now
from ledger.settings import Settings
from ledger.store import Ledger
from ledger.tables import Tables
from ledger.telemetry import span

AnyEvent: TypeAlias = CaseEvent | AdministrationEvent
POOL_SIZE: Final = 8
TRIES_MAX: Final = 100
"""How often a command that does not depend on what was read is decided again when facts intervene."""


def open_ledger(settings: Settings, *, clock: Clock = utc_now, pool_size: int = POOL_SIZE) -> Ledger[AnyEvent]:
    """The ledger that the settings name, for every type of fact."""
    return Ledger(
        settings.database_url,
        event_types=EVENT_TYPES,
        master_key=settings.master_key,
        code_version=settings.code_version,
        pool_size=pool_size,
        clock=clock,
    )


class CaseUnknown(Exception):
    """No case has this identifier, or the actor may not know that it exists."""


class Stale(Exception):
    """Facts intervened since the version that the command names."""

    def __init__(self, version: int, seen_version: int, history: "CaseHistory | None" = None) -> None:
        super().__init__(f"the stream is at version {version}")
        self.version = version
        self.seen_version = seen_version
        self.history = history
        """The case as it is now; None for the administration."""


class CaseHistory(msgspec.Struct, frozen=True, kw_only=True):
    """A case with the facts it is made of."""

    case: Case
    facts: tuple[Recorded[AnyEvent], ...]

    @property
    def head(self) -> bytes:
        """The hash of the newest fact."""
        return self.facts[-1].hash

    def as_known(self, *, as_of: datetime | None = None, legal_as_of: date | None = None) -> "CaseHistory":
        """The case made of the facts recorded by an instant, and of those in effect by a day. Raises CaseUnknown."""
        facts = tuple(
            fact
            for fact in self.facts
            if (as_of is None or fact.recorded_at <= as_of)
            and (legal_as_of is None or (fact.legal_date or day_in_paris(fact.recorded_at)) <= legal_as_of)
        )
        return CaseHistory(case=_folded(facts, self.case.id), facts=facts)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a command did."""

    facts: tuple[Recorded[AnyEvent], ...]
    case: Case | None
    """The case after the command; None for the administration."""
    earlier: tuple[Recorded[AnyEvent], ...] = ()
    """The facts of the case before the command."""

    @property
    def history(self) -> CaseHistory | None:
        """The case with all its facts after the command; None for the administration."""
        return CaseHistory(case=self.case, facts=(*self.earlier, *self.facts)) if self.case else None

    @property
    def position(self) -> int:
        """The position of the last fact, to be waited for by a read that must see it."""
        return self.facts[-1].position or 0

    @property
    def version(self) -> int:
        """The version of the stream after the command."""
        return self.facts[-1].version


Guard: TypeAlias = Callable[[Case], None]
Render: TypeAlias = Callable[[Done], Answer]


class Desk:
    """Carries commands out on the ledger; shared by all threads of a process."""

    def __init__(self, ledger: Ledger[AnyEvent], reference: Reference) -> None:
        self.ledger = ledger
        self.tables = Tables(reference)
        self._lock = threading.Lock()
        self._administration = Administration()
        self._administration_head = FIRST_HASH

    # Reading

    def history(self, case_id: UUID) -> CaseHistory:
        """A case and its facts. Raises CaseUnknown, LedgerAltered, StoredEventInvalid."""
        if case_id == ADMINISTRATION_STREAM:
            raise CaseUnknown
        facts = self.ledger.load(case_id)
        return CaseHistory(case=_folded(facts, case_id), facts=facts)

    def administration(self) -> Administration:
        """Delegations, rights and tables as recorded this instant."""
        with self._lock:
            news = self.ledger.load(
                ADMINISTRATION_STREAM,
                after_version=self._administration.version,
                known_hash=self._administration_head if self._administration.version else None,
            )
            if news:
                self.tables.learn(news)
                self._administration = replay_administration(map(_of_administration, news), self._administration)
                self._administration_head = news[-1].hash
            return self._administration

    def reference_on(self, day: date, *, as_of: datetime | None = None, position: int | None = None) -> Reference:
        """The tables in force on a day, by what is published now, at an instant, or at a place in the log."""
        return self.known_tables().on(day, as_of=as_of, position=position)

    def known_tables(self) -> Tables:
        """The tables with all that is published this instant, for whoever asks for those of several days."""
        self.administration()
        return self.tables

    def context(self, actor: Actor, command: UUID, now: datetime | None = None) -> Context:
        """What a decision may look at besides the case."""
        now = now or self.ledger.clock()
        administration = self.administration()
        return Context(
            now=now,
            actor=actor,
            reference=self.tables.on(day_in_paris(now)),
            administration=administration,
            id=command,
        )

    # Writing

    def file(
        self,
        case_id: UUID,
        body: FileRequest,
        context: Context,
        *,
        key: CommandKey | None = None,
        render: Render | None = None,
    ) -> Done:
        """Open a case. Raises Refused, KeyUsed, VersionConflict when the identifier is taken."""
        with span("decide", command="file"):
            events = file_request(body, context)
        return self._append(None, case_id, events, context, key, render, None)

    def execute(
        self,
        case_id: UUID,
        command: CaseCommand,
        body: Command,
        context: Context,
        *,
        expected_version: int | None = None,
        guard: Guard | None = None,
        key: CommandKey | None = None,
        render: Render | None = None,
        causation: str | None = None,
    ) -> Done:
        """Decide a command on a case and record what follows.

        `guard` raises when the actor may not act on the case. Raises CaseUnknown, Refused, KeyUsed, and Stale when
        the command must know all that happened and facts intervened.
        """
        for _ in range(TRIES_MAX):
            history = self.history(case_id)
            if guard is not None:
                guard(history.case)
            if command.fresh and expected_version is not None and expected_version != history.case.version:
                raise _stale(history, expected_version)
            with span("decide", command=command.name):
                events = command.decide(history.case, body, context)
            try:
                return self._append(history, case_id, events, context, key, render, causation)
            except VersionConflict:
                if command.fresh:
                    raise _stale(self.history(case_id), history.case.version) from None
        raise Stale(history.case.version, history.case.version, history)

    def administer(
        self,
        command: AdministrationCommand,
        body: Command,
        context: Context,
        *,
        key: CommandKey | None = None,
        render: Render | None = None,
    ) -> Done:
        """Decide a command on the administration. Raises Refused, KeyUsed."""
        for _ in range(TRIES_MAX):
            state = self.administration()
            with self._lock:
                state, head = self._administration, self._administration_head
            with span("decide", command=command.name):
                events = command.decide(state, body, msgspec.structs.replace(context, administration=state))
            try:
                facts = self.ledger.append(
                    ADMINISTRATION_STREAM,
                    events,
                    expected_version=state.version,
                    previous_hash=head,
                    actor=context.actor,
                    command=context.id,
                    key=key,
                    answer=_rendering(render, None, ()),
                    recorded_at=context.now,
                )
                return Done(facts=facts, case=None)
            except VersionConflict:
                continue
        raise Stale(state.version, state.version)

    def _append(
        self,
        before: CaseHistory | None,
        case_id: UUID,
        events: tuple[CaseEvent, ...],
        context: Context,
        key: CommandKey | None,
        render: Render | None,
        causation: str | None,
    ) -> Done:
        after = replay_case(events, case_id, before.case if before else None)
        earlier = before.facts if before else ()
        facts = self.ledger.append(
            case_id,
            events,
            expected_version=before.case.version if before else 0,
            previous_hash=before.head if before else FIRST_HASH,
            actor=context.actor,
            command=context.id,
            correlation=case_id,
            causation=causation,
            key=key,
            answer=_rendering(render, after, earlier),
            recorded_at=context.now,
        )
        for event in events:
            if isinstance(event, PersonErased):
                self.ledger.keys.destroy(event.person)
        return Done(facts=facts, case=after, earlier=earlier)


def day_in_paris(moment: datetime) -> date:
    """The day that an instant belongs to, as the law counts."""
    return moment.astimezone(PARIS).date()


def _folded(facts: tuple[Recorded[AnyEvent], ...], case_id: UUID) -> Case:
    if not facts or not isinstance(facts[0].event, RequestFiled):
        raise CaseUnknown
    case = replay_case((_of_case(fact) for fact in facts), case_id)
    assert case is not None
    return case


def _rendering(
    render: Render | None, case: Case | None, earlier: tuple[Recorded[AnyEvent], ...]
) -> Callable[[tuple[Recorded[AnyEvent], ...]], Answer] | None:
    if render is None:
        return None
    return lambda facts: render(Done(facts=facts, case=case, earlier=earlier))


def _stale(history: CaseHistory, seen_version: int) -> Stale:
    return Stale(history.case.version, seen_version, history)


def _of_case(fact: Recorded[AnyEvent]) -> CaseEvent:
    assert isinstance(fact.event, CaseEvent)
    return fact.event


def _of_administration(fact: Recorded[AnyEvent]) -> AdministrationEvent:
    assert isinstance(fact.event, AdministrationEvent)
    return fact.event
