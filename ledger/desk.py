"""Where a command meets the ledger: load, fold, decide, append, answer."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from domain.administration import ADMINISTRATION_STREAM, Administration
from domain.administration import replay as replay_administration
from domain.case import PARIS, Case
from domain.command import AdministrationCommand, CaseCommand, Command
from domain.commands.file_request import FileRequest, file_request
from domain.context import Context, Vouched
from domain.envelope import Actor
from domain.events import EVENT_TYPES, AdministrationEvent, CaseEvent, PersonErased
from domain.reference import Reference
from domain.registers import NO_CASES
from ledger.datastore import on_one_server
from ledger.facts import FIRST_HASH, Answer, Clock, CommandKey, Recorded, VersionConflict, utc_now
from ledger.histories import AnyEvent, CaseHistory, CaseUnknown, Facts, FoldedCases, folded
from ledger.loaded import Tail
from ledger.settings import Settings
from ledger.store import Ledger
from ledger.tables import Tables
from ledger.telemetry import span
from ledger.wakeups import Wakeups

POOL_SIZE: Final = 8
TURNS: Final = 256
"""Commands on two cases that share a turn wait for each other; so many make that rare."""
TRIES_MAX: Final = 100
"""How often a command that does not depend on what was read is decided again when facts intervene."""


def open_ledger(settings: Settings, *, clock: Clock = utc_now, pool_size: int = POOL_SIZE) -> Ledger[AnyEvent]:
    """The ledger that the settings name, for every type of fact; whoever follows it is woken by each append."""
    wakeups = Wakeups(settings.database_url)
    ledger: Ledger[AnyEvent] = Ledger(
        settings.database_url,
        event_types=EVENT_TYPES,
        master_key=settings.master_key,
        other_master_keys=settings.other_master_keys,
        code_version=settings.code_version,
        pool_size=pool_size,
        clock=clock,
        notify=wakeups.send,
    )
    ledger.on_close.append(wakeups.close)
    return ledger


class Stale(Exception):
    """Facts intervened since the version that the command names."""

    def __init__(self, version: int, seen_version: int, history: "CaseHistory | None" = None) -> None:
        super().__init__(f"the stream is at version {version}")
        self.version = version
        self.seen_version = seen_version
        self.history = history
        """The case as it is now; None for the administration."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a command did."""

    facts: tuple[Recorded[AnyEvent], ...]
    case: Case | None
    """The case after the command; None for the administration."""
    before: CaseHistory | None = None
    """The case before the command; None where there was none."""

    @property
    def history(self) -> CaseHistory | None:
        """The case with all its facts after the command; None for the administration."""
        if self.case is None:
            return None
        return self.before.and_then(self.case, self.facts) if self.before else CaseHistory.of(self.case, self.facts)

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


class Decided(NamedTuple):
    """What the administration has decided up to a version: replaced as a whole, so that threads may share it."""

    administration: Administration
    head: bytes
    tables: Tables
    facts: Facts
    """All that was decided, for whoever asks what was known earlier."""

    @property
    def end(self) -> tuple[int, bytes]:
        """Version and hash of the newest fact."""
        return self.administration.version, self.head

    def and_then(self, facts: Facts) -> "Decided":
        """With what followed, as far as it is not in here."""
        new = [fact for fact in facts if fact.version > self.administration.version]
        if not new:
            return self
        administration = replay_administration(map(_of_administration, new), self.administration)
        return Decided(administration, new[-1].hash, self.tables.and_then(new), (*self.facts, *new))

    def before(self, position: int) -> "Decided":
        """All that had been decided before a place in the log."""
        facts = tuple(fact for fact in self.facts if (fact.position or 0) < position)
        if len(facts) == len(self.facts):
            return self
        head = facts[-1].hash if facts else FIRST_HASH
        administration = replay_administration(map(_of_administration, facts))
        return Decided(administration, head, Tables(self.tables.shipped).and_then(facts), facts)

    def known(self, *, as_of: datetime | None = None, before: int | None = None) -> Administration:
        """What had been decided by an instant, or before a place in the log."""
        facts = [
            fact
            for fact in self.facts
            if (as_of is None or fact.recorded_at <= as_of) and (before is None or (fact.position or 0) < before)
        ]
        if len(facts) == len(self.facts):
            return self.administration
        return replay_administration(map(_of_administration, facts))


class Desk:
    """Carries commands out on the ledger; shared by all threads of a process."""

    def __init__(self, ledger: Ledger[AnyEvent], reference: Reference) -> None:
        self.ledger = ledger
        self.shipped = reference
        self.cases = FoldedCases()
        ledger.keys.on_forget.append(self.cases.forget)
        self.datastore = ledger.recorder.datastore
        self.datastore.on_connect.append(self._forget_administration)
        self._lock = threading.Lock()
        self._decided: Decided | None = None
        self._turns = tuple(threading.Lock() for _ in range(TURNS))

    def _forget_administration(self) -> None:
        """A new connection may lead to a server restored to an earlier moment: the keys let go of the cases then."""
        with self._lock:
            self._decided = None

    # Reading

    @on_one_server
    def history(self, case_id: UUID) -> CaseHistory:
        """A case and its facts. Raises CaseUnknown, LedgerAltered, StoredEventInvalid."""
        if case_id in NO_CASES:
            # Not read in vain: these streams are longer than any case.
            raise CaseUnknown
        known, head, moment = self._at_hand(case_id)
        (tail,) = self.ledger.tails([(case_id, known.version if known else 0, head)])
        return self._history(case_id, known, tail, moment)

    @on_one_server
    def look(self, case_id: UUID) -> CaseHistory | None:
        """A case and its facts, None where there is none; learns in the same query what the administration decided.

        Raises LedgerAltered, StoredEventInvalid.
        """
        if case_id in NO_CASES:
            self._decided_now()
            return None
        known, head, moment = self._at_hand(case_id)
        tail, news = self.ledger.tails([(case_id, known.version if known else 0, head), self._end_of_administration()])
        self._learn(news)
        try:
            return self._history(case_id, known, tail, moment)
        except CaseUnknown:
            return None

    def _at_hand(self, case_id: UUID) -> tuple[Case | None, bytes, int]:
        # What is at hand holds names: whoever was erased meanwhile must not be read from it.
        self.ledger.keys.notice_erasures()
        moment = self.cases.moment
        return (*self.cases.get(case_id), moment)

    def _history(self, case_id: UUID, known: Case | None, tail: Tail[AnyEvent], moment: int) -> CaseHistory:
        """The case after what follows the state at hand."""
        case = folded(tail.events, case_id, known)
        if tail.events or known is None:
            self.cases.keep(case, tail.head, moment)
        return CaseHistory(case, tail.head, lambda: self._facts(case, tail))

    def _facts(self, case: Case, tail: Tail[AnyEvent]) -> Facts:
        """The facts of a case up to its version."""
        return tail.facts if tail.after == 0 else self.ledger.load(case.id)[: case.version]

    def administration(self) -> Administration:
        """Delegations, rights and tables as recorded this instant."""
        return self._decided_now().administration

    def decided(self) -> Decided:
        """All that the administration has decided by this instant, for whoever asks what it had decided earlier."""
        return self._decided_now()

    @on_one_server
    def _decided_now(self) -> Decided:
        (news,) = self.ledger.tails([self._end_of_administration()])
        return self._learn(news)

    def _end_of_administration(self) -> tuple[UUID, int, bytes]:
        decided = self._decided
        return (ADMINISTRATION_STREAM, *(decided.end if decided else (0, FIRST_HASH)))

    def _learn(self, news: Tail[AnyEvent]) -> Decided:
        """Take in what the administration decided, as far as another thread has not."""
        # Not under the lock: decoding may ask for keys, on a new connection, at which all is forgotten.
        facts = news.facts
        with self._lock:
            decided = self._decided or Decided(Administration(), FIRST_HASH, Tables(self.shipped), ())
            if news.after > decided.administration.version:
                # All was forgotten meanwhile: whoever asked notices, and asks again.
                return decided
            self._decided = decided.and_then(facts)
            return self._decided

    @property
    def _decided_at_hand(self) -> Decided:
        return self._decided or self._decided_now()

    @property
    def administration_at_hand(self) -> Administration:
        """Delegations, rights and tables as last asked for: for what follows a question of the same request."""
        return self._decided_at_hand.administration

    @property
    def administration_known(self) -> Administration:
        """Delegations, rights and tables as far as this process has them, without asking anybody."""
        return self._decided.administration if self._decided else Administration()

    @property
    def tables(self) -> Tables:
        """The tables, with all that was published when the administration was last asked for."""
        return self._decided_at_hand.tables

    def reference_on(self, day: date, *, as_of: datetime | None = None, position: int | None = None) -> Reference:
        """The tables in force on a day, by what is published now, at an instant, or at a place in the log."""
        return self.known_tables().on(day, as_of=as_of, position=position)

    def known_tables(self) -> Tables:
        """The tables with all that is published this instant, for whoever asks for those of several days."""
        return self._decided_now().tables

    def context(
        self,
        actor: Actor,
        command: UUID,
        now: datetime | None = None,
        *,
        administration: Administration | None = None,
        vouched: Vouched | None = None,
    ) -> Context:
        """What a decision may look at besides the case; the administration is asked unless one is given."""
        now = now or self.ledger.clock()
        administration = administration or self.administration()
        return Context(
            now=now,
            actor=actor,
            reference=self.tables.on(day_in_paris(now)),
            administration=administration,
            id=command,
            vouched=vouched,
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
        known: CaseHistory | None = None,
    ) -> Done:
        """Decide a command on a case and record what follows.

        `guard` raises when the actor may not act on the case; `known` is the case as read a moment ago. Raises
        CaseUnknown, Refused, KeyUsed, and Stale when the command must know all that happened and facts intervened.
        """
        # One thread of this process at a time: they would only refuse each other's versions.
        with self._turns[case_id.int % TURNS]:
            history = self._newest(case_id, known)
            for _ in range(TRIES_MAX):
                if guard is not None:
                    guard(history.case)
                if command.fresh and expected_version is not None and not _is_current(history.case, expected_version):
                    raise _stale(history, expected_version)
                with span("decide", command=command.name):
                    events = command.decide(history.case, body, context)
                try:
                    return self._append(history, case_id, events, context, key, render, causation)
                except VersionConflict:
                    intervened = self.history(case_id)
                    if guard is not None:
                        # What intervened may have taken the case where the actor knows nothing of it.
                        guard(intervened.case)
                    if command.fresh and not _is_current(intervened.case, history.case.version):
                        raise _stale(intervened, history.case.version) from None
                    history = intervened
        raise Stale(history.case.version, history.case.version, history)

    def _newest(self, case_id: UUID, known: CaseHistory | None) -> CaseHistory:
        """The case as read a moment ago, unless this process has written to it since."""
        if known is not None:
            case, _ = self.cases.get(case_id)
            if case is None or case.version <= known.case.version:
                return known
        return self.history(case_id)

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
            decided = self._decided_now()
            state, (version, head) = decided.administration, decided.end
            with span("decide", command=command.name):
                events = command.decide(state, body, msgspec.structs.replace(context, administration=state))
            try:
                facts = self.ledger.append(
                    ADMINISTRATION_STREAM,
                    events,
                    expected_version=version,
                    previous_hash=head,
                    actor=context.actor,
                    command=context.id,
                    key=key,
                    answer=_rendering(render, None, None),
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
        after = folded(events, case_id, before.case if before else None)
        moment = self.cases.moment
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
            answer=_rendering(render, after, before),
            recorded_at=context.now,
        )
        self.cases.keep(after, facts[-1].hash, moment)
        for fact in facts:
            if isinstance(fact.event, PersonErased):
                self.ledger.keys.destroy(fact.event.person, fact.stream, fact.version)
        return Done(facts=facts, case=after, before=before)


def day_in_paris(moment: datetime) -> date:
    """The day that an instant belongs to, as the law counts."""
    return moment.astimezone(PARIS).date()


def _rendering(
    render: Render | None, case: Case | None, before: CaseHistory | None
) -> Callable[[tuple[Recorded[AnyEvent], ...]], Answer] | None:
    if render is None:
        return None
    return lambda facts: render(Done(facts=facts, case=case, before=before))


def _is_current(case: Case, version: int) -> bool:
    """Whether nothing that anybody decides upon has come since a version."""
    return case.settled <= version <= case.version


def _stale(history: CaseHistory, seen_version: int) -> Stale:
    return Stale(history.case.version, seen_version, history)


def _of_administration(fact: Recorded[AnyEvent]) -> AdministrationEvent:
    assert isinstance(fact.event, AdministrationEvent)
    return fact.event
