"""The statement that appends: facts on their predecessor, new keys of persons, first answers; all of it or nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from itertools import compress
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec
from eventsourcing.persistence import IntegrityError
from psycopg import Connection, errors

from ledger.datastore import LedgerDatastore
from ledger.epochs import FACTS_MAX
from ledger.facts import LedgerUnavailable, StoredFact
from ledger.keys import WrappedKey
from ledger.prepared import Statement, byteas, int8, int8s, microseconds, texts, timestamps, uuids

Positions: TypeAlias = Sequence[int]
SelectStream: TypeAlias = Callable[[UUID, int], list[StoredFact]]


class KeysChanged(Exception):
    """The key of one of our persons is another by now, or is gone: what it sealed must not be stored."""


class KeptAnswer(msgspec.Struct, frozen=True):
    """A row of ledger.commands but for the position, which the statement itself knows."""

    actor: str
    key: str
    fingerprint: bytes
    command: UUID
    stream: UUID
    box: bytes
    recorded_at: datetime


class Append(msgspec.Struct, frozen=True, kw_only=True):
    """What one command adds."""

    facts: tuple[StoredFact, ...]
    """With no positions yet."""
    after: tuple[int, bytes] = (0, b"")
    """Version and hash of the fact that the first one continues; version 0 asks for none."""
    stream: UUID | None
    """The stream that all facts belong to; None when there are several."""
    keys: tuple[WrappedKey, ...] = ()
    answer: KeptAnswer | None = None
    are_keys_stored: Callable[[Connection[Any]], bool] | None = None
    """Asked on the connection that is to store the facts: whether the older keys that seal them are there."""


# The order within the statement is that of its locks, the same for all: facts, keys, answers. It is also what keeps
# readers safe: the transaction gets its number with the first fact, when it holds the lock on the table.
_COLUMNS: Final = "(originator_id, originator_version, topic, state, hash, notification_id)"
_ON_PREDECESSOR: Final = (
    "WHERE new.after_version = 0 OR EXISTS (SELECT FROM ledger.events AS known WHERE known.originator_id = new.stream"
    " AND known.originator_version = new.after_version AND known.hash = new.after_hash)"
)
_ONE: Final = (
    f"INSERT INTO ledger.events {_COLUMNS} SELECT new.stream, new.version, new.topic, new.state, new.hash,"
    " ledger.first_position(pg_current_xact_id())"
    " FROM (VALUES ($::uuid, $::bigint, $::text, $::bytea, $::bytea, $::bigint, $::bytea))"
    " AS new (stream, version, topic, state, hash, after_version, after_hash)"
    f" {_ON_PREDECESSOR} RETURNING notification_id"
)
_MANY: Final = (
    f"INSERT INTO ledger.events {_COLUMNS}"
    " SELECT new.stream, new.version, new.topic, new.state, new.hash,"
    " ledger.first_position(pg_current_xact_id()) + new.ordinal"
    " FROM unnest($::uuid[], $::bigint[], $::text[], $::bytea[], $::bytea[], $::bigint[], $::bigint[], $::bytea[])"
    " AS new (stream, version, topic, state, hash, ordinal, after_version, after_hash)"
    f" {_ON_PREDECESSOR} RETURNING notification_id"
)
_KEYS: Final = (
    "INSERT INTO ledger.person_keys (person, key_id, master_id, wrapped)"
    " SELECT new.person, new.key_id, new.master_id, new.wrapped"
    " FROM unnest($::uuid[], $::uuid[], $::text[], $::bytea[], $::bigint[])"
    " AS new (person, key_id, master_id, wrapped, ordinal)"
    f" JOIN fact ON fact.notification_id & {FACTS_MAX - 1} = new.ordinal ORDER BY new.person"
)
_ONE_ANSWER: Final = (
    "INSERT INTO ledger.commands (actor, key, fingerprint, command, stream, answer, recorded_at, first_position)"
    " SELECT $::text, $::text, $::bytea, $::uuid, $::uuid, $::bytea, $::timestamptz, notification_id FROM fact"
)
_ANSWERS: Final = (
    "INSERT INTO ledger.commands (actor, key, fingerprint, command, stream, answer, recorded_at, first_position)"
    " SELECT new.actor, new.key, new.fingerprint, new.command, new.stream, new.answer, new.recorded_at,"
    " fact.notification_id"
    " FROM unnest($::text[], $::text[], $::bytea[], $::uuid[], $::uuid[], $::bytea[], $::timestamptz[], $::bigint[])"
    " AS new (actor, key, fingerprint, command, stream, answer, recorded_at, ordinal)"
    f" JOIN fact ON fact.notification_id & {FACTS_MAX - 1} = new.ordinal ORDER BY new.actor, new.key"
)


@cache
def _statement(one: bool, keys: bool, answers: bool) -> Statement:
    """The statement for one fact or many, with or without keys and answers."""
    parts = [f"fact AS ({_ONE if one else _MANY})"]
    if keys:
        parts.append(f"kept AS ({_KEYS})")
    if answers:
        parts.append(f"answered AS ({_ONE_ANSWER if one else _ANSWERS})")
    name = "append-" + ("one" if one else "many") + ("-keys" if keys else "") + ("-answers" if answers else "")
    return Statement(name, f"WITH {', '.join(parts)} SELECT notification_id FROM fact")


class Appender:
    """Carries appends out, one or several in a statement; safe to share between threads."""

    def __init__(self, datastore: LedgerDatastore, select_stream: SelectStream) -> None:
        self._datastore = datastore
        self._select_stream = select_stream

    def write(self, appends: Sequence[Append]) -> list[Positions | Exception]:
        """Append all in one commit; IntegrityError is the outcome of one that does not find its predecessor.

        Raises what the statement met otherwise: which of them it refused, it does not say.
        """
        try:
            return self._insert(appends)
        except LedgerUnavailable as failure:
            if failure.lost:
                self._datastore.pool.check()
            raise

    def write_one(self, append: Append) -> Positions:
        """Append by itself; raises IntegrityError, KeysChanged, LedgerUnavailable."""
        try:
            return self._alone(append)
        except LedgerUnavailable as failure:
            if not failure.lost:
                raise
        self._datastore.pool.check()
        return self._again(append)

    def write_again(self, append: Append) -> Positions:
        """Append by itself what may have been written already, with others; raises what write_one does."""
        try:
            return self._again(append)
        except LedgerUnavailable as failure:
            if not failure.lost:
                raise
        self._datastore.pool.check()
        return self._again(append)

    def _again(self, append: Append) -> Positions:
        """Append after a connection was lost around the commit.

        If the first try had reached the table, the second finds its own bytes there, salt and all: no conflict.
        """
        try:
            return self._alone(append)
        except (IntegrityError, KeysChanged):
            landed = self._positions_if_landed(append)
            if landed is None:
                raise
            return landed

    def _alone(self, append: Append) -> Positions:
        (outcome,) = self._insert([append])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def insert_within(self, connection: Connection[Any], appends: Sequence[Append]) -> list[Positions | Exception]:
        """One statement, on a connection that may be in a transaction; raises what the driver does.

        An append whose predecessor is missing is left out of it, with all that belongs to it.
        """
        if len(appends) == 1:
            return [_insert_one(connection, appends[0])]
        # In an order that all share, so that two statements cannot wait for each other.
        ordered = sorted(appends, key=_first_place)
        starts: list[int] = []
        count = 0
        for append in ordered:
            starts.append(count)
            count += len(append.facts)
        has_keys = any(append.keys for append in ordered)
        has_answers = any(append.answer for append in ordered)
        values = _facts(ordered)
        if has_keys:
            values += _keys(ordered, starts)
        if has_answers:
            values += _answers(ordered, starts)
        found = set(_statement(False, has_keys, has_answers).numbers(connection, values))
        base = next(iter(found), 0) & -FACTS_MAX
        outcomes = {
            id(append): range(base + start, base + start + len(append.facts)) if base + start in found else _orphaned()
            for append, start in zip(ordered, starts, strict=True)
        }
        return [outcomes[id(append)] for append in appends]

    def _insert(self, appends: Sequence[Append]) -> list[Positions | Exception]:
        try:
            with self._datastore.get_connection() as connection:
                are_sealed = [not each.are_keys_stored or each.are_keys_stored(connection) for each in appends]
                if all(are_sealed):
                    return self.insert_within(connection, appends)
                sealed = list(compress(appends, are_sealed))
                found = iter(self.insert_within(connection, sealed) if sealed else ())
                return [next(found) if is_sealed else KeysChanged() for is_sealed in are_sealed]
        except IntegrityError as error:
            if isinstance(error.__cause__, errors.UniqueViolation) and error.__cause__.diag.table_name == "person_keys":
                raise KeysChanged from error
            raise

    def _positions_if_landed(self, append: Append) -> Positions | None:
        stream = append.stream
        if stream is None:
            return None
        found = {fact.version: fact for fact in self._select_stream(stream, append.facts[0].version - 1)}
        positions = []
        for fact in append.facts:
            landed = found.get(fact.version)
            if landed is None or landed.hash != fact.hash:
                return None
            positions.append(landed.position)
        return positions


def _insert_one(connection: Connection[Any], append: Append) -> Positions | Exception:
    """What most commands are: one append, of one fact."""
    one, keys, answer = len(append.facts) == 1, append.keys, append.answer
    values = _one_fact(append) if one else _facts([append])
    if keys:
        values += _keys([append], [0])
    if answer is not None:
        values += _one_answer(answer) if one else _answers([append], [0])
    found = _statement(one, bool(keys), answer is not None).numbers(connection, values)
    if not found:
        return _orphaned()
    first = found[0] & -FACTS_MAX
    return range(first, first + len(append.facts))


def _orphaned() -> IntegrityError:
    return IntegrityError("the fact to continue is not in the ledger")


def _first_place(append: Append) -> tuple[str, int]:
    return _place(append.facts[0])


def _place(fact: StoredFact) -> tuple[str, int]:
    return str(fact.stream), fact.version


def _one_fact(append: Append) -> tuple[bytes, ...]:
    (fact,) = append.facts
    version, before = append.after
    return (
        fact.stream.bytes,
        int8(fact.version),
        fact.topic.encode(),
        fact.state,
        fact.hash,
        int8(version),
        before,
    )


def _facts(appends: Sequence[Append]) -> tuple[bytes, ...]:
    facts = [(fact, append.after) for append in appends for fact in append.facts]
    ordinals: Sequence[int] = range(len(facts))
    if len(appends) == 1 and appends[0].stream is None:
        # Locks are taken in the order of streams here too; positions keep the order given.
        ordinals = sorted(ordinals, key=lambda ordinal: _place(facts[ordinal][0]))
        facts = [facts[ordinal] for ordinal in ordinals]
    return (
        uuids([fact.stream for fact, _ in facts]),
        int8s([fact.version for fact, _ in facts]),
        texts([fact.topic for fact, _ in facts]),
        byteas([fact.state for fact, _ in facts]),
        byteas([fact.hash for fact, _ in facts]),
        int8s(ordinals),
        int8s([version for _, (version, _) in facts]),
        byteas([before for _, (_, before) in facts]),
    )


def _keys(appends: Sequence[Append], starts: Sequence[int]) -> tuple[bytes, ...]:
    keys = [(key, start) for append, start in zip(appends, starts, strict=True) for key in append.keys]
    return (
        uuids([key.person for key, _ in keys]),
        uuids([key.key_id for key, _ in keys]),
        texts([key.master_id for key, _ in keys]),
        byteas([key.wrapped for key, _ in keys]),
        int8s([start for _, start in keys]),
    )


def _one_answer(kept: KeptAnswer) -> tuple[bytes, ...]:
    return (
        kept.actor.encode(),
        kept.key.encode(),
        kept.fingerprint,
        kept.command.bytes,
        kept.stream.bytes,
        kept.box,
        int8(microseconds(kept.recorded_at)),
    )


def _answers(appends: Sequence[Append], starts: Sequence[int]) -> tuple[bytes, ...]:
    kept = [(append.answer, start) for append, start in zip(appends, starts, strict=True) if append.answer]
    return (
        texts([answer.actor for answer, _ in kept]),
        texts([answer.key for answer, _ in kept]),
        byteas([answer.fingerprint for answer, _ in kept]),
        uuids([answer.command for answer, _ in kept]),
        uuids([answer.stream for answer, _ in kept]),
        byteas([answer.box for answer, _ in kept]),
        timestamps([answer.recorded_at for answer, _ in kept]),
        int8s([start for _, start in kept]),
    )
