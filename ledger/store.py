"""The ledger: load, append, follow and verify what happened."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import groupby, islice
from typing import Any, Final, Generic
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    BaseInfrastructureFactory,
    InfrastructureFactory,
    IntegrityError,
    Mapper,
)
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment, EnvType

from domain.envelope import Actor, performer
from ledger import telemetry
from ledger.answers import close_answer, draft_of, draw_placeholder, key_ids_of, open_answer
from ledger.appending import Append, KeptAnswer, KeysChanged
from ledger.codec import Codec, Upcast
from ledger.datastore import LedgerDatastore
from ledger.facts import (
    FIRST_HASH,
    Answer,
    AnswerErased,
    Clock,
    CommandKey,
    Draft,
    E,
    KeyReusedForAnotherCommand,
    KeyUsed,
    LedgerAltered,
    LedgerError,
    LedgerUnavailable,
    Recorded,
    StoredFact,
    VersionConflict,
    legal_date_of,
    utc_now,
)
from ledger.keys import Keys
from ledger.loaded import Tail
from ledger.master_keys import MasterKeys
from ledger.recorder import CopyBatch, LedgerRecorder
from ledger.sealing import PersonKey

BULK_BATCH: Final = 5_000
SALT_BYTES: Final = 16
KEY_RACES_MAX: Final = 10


class LedgerFactory(PostgresFactory):
    """Gives the library our datastore and recorder instead of those its environment variables describe."""

    def __init__(self, env: Environment, datastore: LedgerDatastore, *, coalesce: bool) -> None:
        # The parent would open its own pool from environment variables; its own parent only keeps the environment.
        BaseInfrastructureFactory.__init__(self, env)
        self.datastore = datastore
        self.coalesce = coalesce

    def application_recorder(self) -> ApplicationRecorder:
        if not isinstance(self.datastore, LedgerDatastore):
            raise TypeError("the ledger's datastore is not its own")
        return LedgerRecorder(self.datastore, coalesce=self.coalesce)


class LedgerApplication(Application[UUID]):
    """The ledger as a stock `eventsourcing` application: its log, subscriptions and tools read our store."""

    name = "ledger"

    def __init__(self, datastore: LedgerDatastore, codec: Codec[Any], *, coalesce: bool) -> None:
        self._datastore = datastore
        self._coalesce = coalesce
        self._codec = codec
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        # The process's environment is not read: it could switch on table creation or the unsafe stored functions.
        return Environment(name, {})

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return LedgerFactory(env, self._datastore, coalesce=self._coalesce)

    def construct_mapper(self) -> Mapper[UUID]:
        return self._codec


class Ledger(Generic[E]):
    """The only door to what happened; safe to share between threads.

    `event_types` are the types it can store; `upcast` reads their older forms. `notify` is called with the last
    position after each commit: it wakes followers, carries no fact, and must not raise. `coalesce` lets threads that
    append at the same time share a commit. `other_master_keys` open what they have wrapped, while a rotation lasts.
    """

    def __init__(
        self,
        database_url: str,
        *,
        event_types: Iterable[type[E]],
        master_key: bytes,
        other_master_keys: Iterable[bytes] = (),
        code_version: str,
        pool_size: int = 8,
        clock: Clock = utc_now,
        upcast: dict[tuple[str, int], Upcast] | None = None,
        draw_salt: Callable[[], bytes] | None = None,
        notify: Callable[[int], None] | None = None,
        coalesce: bool = False,
    ) -> None:
        self.code_version = code_version
        self.clock = clock
        self.draw_salt = draw_salt or _draw_salt
        self.notify = notify
        self.on_close: list[Callable[[], None]] = []
        datastore = LedgerDatastore(database_url, pool_size)
        self.keys = Keys(datastore, MasterKeys(master_key, other_master_keys))
        self.codec: Codec[E] = Codec(event_types, self.keys, upcast)
        self.application = LedgerApplication(datastore, self.codec, coalesce=coalesce)
        recorder = self.application.recorder
        if not isinstance(recorder, LedgerRecorder):
            raise TypeError("the ledger's recorder is not its own")
        self.recorder = recorder

    def close(self) -> None:
        """Give all connections back."""
        for close in self.on_close:
            close()
        self.application.close()

    # Reading

    def load(
        self, stream: UUID, *, after_version: int = 0, known_hash: bytes | None = None, limit: int | None = None
    ) -> tuple[Recorded[E], ...]:
        """A stream's facts, the chain of hashes verified; with `known_hash` of a version, only those after it.

        With `limit`, so many of them at most. Raises LedgerAltered at the first fact that is not the one written,
        StoredEventInvalid at an unreadable one.
        """
        if after_version > 0 and known_hash is None:
            raise ValueError("to go on from a version, its hash must be known")
        previous = known_hash if after_version > 0 and known_hash is not None else FIRST_HASH
        facts = self.codec.decode_facts(self.recorder.select_stream(stream, after_version, limit))
        _check_chain(facts, after_version, previous)
        return tuple(facts)

    def tails(self, known: Sequence[tuple[UUID, int, bytes]]) -> list[Tail[E]]:
        """What followed in each of these streams after a version and its hash (0 and FIRST_HASH for all), in one query.

        Raises LedgerAltered, StoredEventInvalid.
        """
        stored = self.recorder.select_tails([(stream, version) for stream, version, _ in known])
        return [Tail(self.codec, rows, version, head) for rows, (_, version, head) in zip(stored, known, strict=True)]

    def head(self, stream: UUID) -> tuple[int, bytes]:
        """Version and hash of a stream's last fact, as `append` wants them; (0, FIRST_HASH) for a new stream."""
        version, digest = self.recorder.select_head(stream)
        return (version, digest) if version else (0, FIRST_HASH)

    def read(self, after: int, limit: int, until: int | None = None) -> list[Recorded[E]]:
        """Settled facts after a position, up to another one included, in order, each verified by its hash."""
        return self.codec.decode_facts(self.recorder.select_log(after, limit, until))

    def read_raw(self, after: int, limit: int, until: int | None = None) -> list[StoredFact]:
        """Settled rows after a position, up to another one included, in order, neither decoded nor verified."""
        return self.recorder.select_log(after, limit, until)

    def horizon(self) -> int:
        """Every position below it is settled as long as the server runs: whoever has read up to there missed nothing.

        Not to be kept as a cursor: a crash gives the numbers of transactions that left no trace to others.
        """
        return self.recorder.horizon()

    def last_position(self) -> int:
        """The position of the newest settled fact; 0 in an empty ledger."""
        return self.recorder.max_notification_id() or 0

    def find_answer(self, actor: str, key: str, fingerprint: bytes) -> Answer | None:
        """The first answer to a command; None if its key is new.

        Raises KeyReusedForAnotherCommand if the key came with another request, AnswerErased if a person it named has
        been erased since.
        """
        found = self.recorder.select_answer(actor, key)
        if found is None:
            return None
        seen, box, first_position = found
        if seen != fingerprint:
            raise KeyReusedForAnotherCommand(actor, key)
        command_key = CommandKey(actor=actor, key=key, fingerprint=fingerprint)
        answer = open_answer(box, command_key, first_position, self.keys.of_ids(key_ids_of(box)))
        if answer is None:
            raise AnswerErased(actor, key, first_position)
        return answer

    # Writing

    @telemetry.measured
    def append(
        self,
        stream: UUID,
        events: Sequence[E],
        *,
        expected_version: int,
        previous_hash: bytes,
        actor: Actor,
        command: UUID,
        correlation: UUID | None = None,
        causation: str | None = None,
        key: CommandKey | None = None,
        answer: Callable[[tuple[Recorded[E], ...]], Answer] | None = None,
        recorded_at: datetime | None = None,
    ) -> tuple[Recorded[E], ...]:
        """Add facts to a stream, and the answer to their command with them, in one transaction.

        `actor` is who gave the command; facts that smoe adds by itself bear its own name.
        `expected_version` and `previous_hash` are those of the last fact read (0 and FIRST_HASH for a new stream).
        `answer` is a pure function of the facts, called inside the transaction, again if it must be tried again.
        Raises VersionConflict, KeyUsed with the first answer, KeyReusedForAnotherCommand.
        """
        if not events:
            raise ValueError("nothing to append")
        if expected_version == 0 and previous_hash != FIRST_HASH:
            raise ValueError("a new stream continues nothing: its first fact follows FIRST_HASH")
        if (key is None) != (answer is None):
            raise ValueError("a command key is kept with its answer, and no answer without its key")
        moment = _utc(recorded_at or self.clock())
        drafts = [
            Recorded(
                stream=stream,
                version=expected_version + number,
                position=None,
                event=event,
                actor=performer(event, actor),
                recorded_at=moment,
                legal_date=legal_date_of(event, moment),
                correlation=correlation or command,
                causation=causation,
                command=command,
                command_key=key.key if key else None,
                code_version=self.code_version,
                previous_hash=FIRST_HASH,
                salt=self.draw_salt(),
                hash=FIRST_HASH,
            )
            for number, event in enumerate(events, 1)
        ]
        persons = set().union(*map(self.codec.persons, drafts))
        for _ in range(KEY_RACES_MAX):
            try:
                facts = self._append(drafts, persons, expected_version, previous_hash, key, answer)
            except KeysChanged:
                telemetry.conflict("key_race")
                self.keys.forget_all()
                continue
            except IntegrityError as error:
                raise self._refusal(stream, expected_version, previous_hash, key) or error from error
            if self.notify is not None:
                self.notify(facts[-1].position or 0)
            return facts
        raise LedgerError("the keys of the persons named kept changing")

    def _append(
        self,
        drafts: list[Recorded[E]],
        persons: set[UUID],
        expected_version: int,
        previous_hash: bytes,
        key: CommandKey | None,
        answer: Callable[[tuple[Recorded[E], ...]], Answer] | None,
    ) -> tuple[Recorded[E], ...]:
        moment = self.keys.moment
        keys, minted = self.keys.of_persons(persons)
        new = {each.person for each in minted}
        known = [key for person, key in keys.items() if person not in new]
        stored = []
        facts: list[Recorded[E]] = []
        previous = previous_hash
        # Until there are positions, what may not be taken for anything else stands in their place.
        placeholder = draw_placeholder()
        for position, draft in enumerate(drafts, placeholder):
            fact = msgspec.structs.replace(draft, previous_hash=previous)
            row = self.codec.encode(fact, keys)
            previous = row.hash
            stored.append(row)
            facts.append(msgspec.structs.replace(fact, hash=previous, position=position))
        positions = self.recorder.append(
            Append(
                facts=tuple(stored),
                stream=facts[0].stream,
                after=(expected_version, previous_hash),
                keys=tuple(minted),
                answer=_kept(facts, key, answer(tuple(facts)), keys.values()) if key and answer else None,
                are_keys_stored=partial(self.keys.are_stored, known, moment),
            )
        )
        if new:
            self.keys.remember((keys[person] for person in new), moment)
        return tuple(
            msgspec.structs.replace(fact, position=position) for fact, position in zip(facts, positions, strict=True)
        )

    def _refusal(
        self, stream: UUID, expected_version: int, previous_hash: bytes, key: CommandKey | None
    ) -> LedgerError | None:
        """Tell why the database refused an append; None if it is neither its key nor its version."""
        if key is not None:
            kept = self.find_answer(key.actor, key.key, key.fingerprint)
            if kept is not None:
                return KeyUsed(kept)
        actual, digest = self.head(stream)
        if actual != expected_version:
            return VersionConflict(stream, expected_version, actual)
        if digest != previous_hash:
            return LedgerAltered(stream, actual, "its hash is not the one it had when it was read")
        return None

    def append_bulk(self, drafts: Iterable[Draft[E]], batch: int = BULK_BATCH) -> tuple[int, int]:
        """Write whole new histories in the order given, or nothing; return how many facts and the last position.

        Every stream must be new. All batches are one transaction, so that nobody who stops it leaves cut histories;
        other appends go on, and readers see what follows it only once it has ended. Raises VersionConflict when a
        stream exists.
        """
        heads: dict[UUID, tuple[int, bytes]] = {}
        keys: dict[UUID, PersonKey] = {}
        count, last = 0, self.last_position()
        moment = self.keys.moment
        following = iter(drafts)
        try:
            with self.recorder.bulk() as copy:
                while part := list(islice(following, batch)):
                    last = self._copy(part, heads, keys, copy)
                    count += len(part)
        except KeysChanged:
            self.keys.forget_all()
            raise LedgerError(
                "another append made a key for a person of these histories; nothing was written"
            ) from None
        except IntegrityError as error:
            raise self._not_new(heads) or error from error
        self.keys.remember(keys.values(), moment)
        if count and self.notify is not None:
            self.notify(last)
        return count, last

    def _copy(
        self,
        drafts: list[Draft[E]],
        heads: dict[UUID, tuple[int, bytes]],
        keys: dict[UUID, PersonKey],
        copy: CopyBatch,
    ) -> int:
        """Chain, seal and copy one batch; `heads` and `keys` carry what earlier batches of the transaction made."""
        unchained = [self._unchained(draft) for draft in drafts]
        persons = set().union(*map(self.codec.persons, unchained))
        found, minted = self.keys.of_persons(persons - keys.keys())
        keys.update(found)
        rows = []
        for draft in unchained:
            version, previous = heads.get(draft.stream, (0, FIRST_HASH))
            fact = msgspec.structs.replace(draft, version=version + 1, previous_hash=previous)
            stored = self.codec.encode(fact, keys)
            heads[fact.stream] = (fact.version, stored.hash)
            rows.append(stored)
        return copy(rows, minted)

    def _not_new(self, heads: dict[UUID, tuple[int, bytes]]) -> VersionConflict | None:
        """Tell which of these streams existed before."""
        for stream in heads:
            actual, _ = self.head(stream)
            if actual != 0:
                return VersionConflict(stream, 0, actual)
        return None

    def _unchained(self, draft: Draft[E]) -> Recorded[E]:
        moment = _utc(draft.recorded_at)
        return Recorded(
            stream=draft.stream,
            version=0,
            position=None,
            event=draft.event,
            actor=performer(draft.event, draft.actor),
            recorded_at=moment,
            legal_date=legal_date_of(draft.event, moment),
            correlation=draft.correlation,
            causation=draft.causation,
            command=draft.command,
            command_key=None,
            code_version=self.code_version,
            previous_hash=FIRST_HASH,
            salt=draft.salt or self.draw_salt(),
            hash=FIRST_HASH,
        )

    # Verifying

    def verify_stream(self, stream: UUID) -> Iterator[LedgerError]:
        """The first fault of a stream's chain, if there is one."""
        yield from self._faults(self.recorder.select_stream(stream))

    def verify_all(self) -> Iterator[LedgerError]:
        """The first fault of each stream that has one; reads the whole ledger, one stream in memory at a time."""
        with self.recorder.whole_ledger() as facts:
            for _, stream in groupby(facts, key=lambda fact: fact.stream):
                yield from self._faults(list(stream))

    def _faults(self, stored: list[StoredFact]) -> Iterator[LedgerError]:
        try:
            _check_chain(self.codec.decode_facts(stored), 0, FIRST_HASH)
        except LedgerUnavailable:
            raise
        except LedgerError as fault:
            yield fault


def _kept(facts: Sequence[Recorded[E]], key: CommandKey, answer: Answer, persons: Collection[PersonKey]) -> KeptAnswer:
    """The answer as it is stored with its facts, made before the statement that places them."""
    first = facts[0]
    assert first.position is not None
    return KeptAnswer(
        actor=key.actor,
        key=key.key,
        fingerprint=key.fingerprint,
        command=first.command,
        stream=first.stream,
        box=close_answer(draft_of(answer, first.position, len(facts)), key, persons),
        recorded_at=first.recorded_at,
    )


def _draw_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be recorded")
    return moment.astimezone(UTC)


def _check_chain(facts: Iterable[Recorded[E]], version: int, previous: bytes) -> None:
    for fact in facts:
        version += 1
        if fact.version != version:
            raise LedgerAltered(fact.stream, version, "this fact is missing")
        if fact.previous_hash != previous:
            raise LedgerAltered(fact.stream, version, "it does not continue the fact before it")
        previous = fact.hash
