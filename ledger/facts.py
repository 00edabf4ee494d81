"""What the ledger stores and says: recorded facts, drafts of them, first answers, and what it refuses."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from domain.envelope import Actor, Event

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)

FIRST_HASH: Final = bytes(32)
"""What the first fact of a stream carries as the hash of its predecessor."""

PARIS: Final = ZoneInfo("Europe/Paris")


class Recorded(msgspec.Struct, Generic[E_co], frozen=True, kw_only=True, gc=False):
    """A fact with everything that surrounds it, as it stands in the ledger."""

    stream: UUID
    version: int
    position: int | None
    """Place in the whole ledger; None until it is stored."""
    event: E_co
    actor: Actor
    recorded_at: datetime
    """Aware, UTC, microseconds."""
    legal_date: date | None
    """Where it differs from the day of recording in Paris."""
    correlation: UUID
    causation: str | None
    """`reference` of the fact that caused this one."""
    command: UUID
    command_key: str | None
    code_version: str
    previous_hash: bytes
    salt: bytes
    hash: bytes

    @property
    def reference(self) -> str:
        """How another fact names this one as its cause: `<stream>/<version>`."""
        return f"{self.stream}/{self.version}"

    @property
    def type(self) -> str:
        """The stored type."""
        return type(self.event).__name__

    @property
    def originator_id(self) -> UUID:
        """The stream, under the name that the `eventsourcing` library gives it."""
        return self.stream

    @property
    def originator_version(self) -> int:
        """The version, under the name that the `eventsourcing` library gives it."""
        return self.version


class Draft(msgspec.Struct, Generic[E_co], frozen=True, kw_only=True):
    """A fact to be written in bulk; its version and hashes follow from its place in the sequence."""

    stream: UUID
    event: E_co
    actor: Actor
    """Who gave the command; what smoe adds by itself bears its own name."""
    recorded_at: datetime
    command: UUID
    correlation: UUID
    causation: str | None = None
    salt: bytes | None = None
    """16 bytes; drawn where absent."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The first answer to a command, replayed byte for byte."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class CommandKey(msgspec.Struct, frozen=True, kw_only=True):
    """An `Idempotency-Key` as one actor sent it, and what came with it."""

    actor: str
    """`Actor.identity`: two actors may choose the same key."""
    key: str
    fingerprint: bytes
    """`fingerprint_of` the request: 32 bytes."""


class StoredFact(msgspec.Struct, frozen=True, gc=False):
    """A row of the ledger, nothing decoded: what hashes and proofs are made of."""

    stream: UUID
    version: int
    topic: str
    state: bytes
    hash: bytes
    position: int

    def computed_hash(self) -> bytes:
        """What `hash` must be."""
        return fact_hash(self.stream, self.version, self.topic, self.state)

    def recorded_at(self) -> datetime:
        """When it was recorded, and nothing else of it. Raises StoredEventInvalid."""
        try:
            return _moments.decode(self.state).recorded_at
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise StoredEventInvalid(self.stream, self.version, self.position, "$", str(error)) from None


class _Moment(msgspec.Struct, frozen=True, gc=False):
    recorded_at: datetime


_moments: Final = msgspec.json.Decoder(_Moment)


class LedgerError(Exception):
    """What the ledger refuses or finds wrong; whole again in another process, whatever it was made of."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _raised_elsewhere, (type(self), self.args, self.__dict__)


def _raised_elsewhere(kind: type[LedgerError], args: tuple[Any, ...], members: dict[str, Any]) -> LedgerError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(members)
    return error


class LedgerUnavailable(LedgerError):
    """PostgreSQL does not answer; `lost` when a connection was at hand and broke, so that a second try makes sense."""

    def __init__(self, reason: str, *, lost: bool = False) -> None:
        super().__init__(f"the ledger cannot be reached: {reason}")
        self.lost = lost


class VersionConflict(LedgerError):
    """Somebody has written to the stream since it was read."""

    def __init__(self, stream: UUID, expected: int, actual: int) -> None:
        super().__init__(f"stream {stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class KeyUsed(LedgerError):
    """The command has been carried out already; `answer` is what it was told then."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("the command of this key has been carried out already")
        self.answer = answer


class KeyReusedForAnotherCommand(LedgerError):
    """The key belongs to another request of the same actor."""

    def __init__(self, actor: str, key: str) -> None:
        super().__init__(f"key {key!r} of {actor} belongs to another command")
        self.actor = actor
        self.key = key


class AnswerErased(LedgerError):
    """The command of this key was carried out, but its answer went with the key of a person it named."""

    def __init__(self, actor: str, key: str, first_position: int) -> None:
        super().__init__(f"the answer to key {key!r} of {actor} has been erased")
        self.actor = actor
        self.key = key
        self.first_position = first_position


class LedgerAltered(LedgerError):
    """The stored history is not the one that was written."""

    def __init__(self, stream: UUID, version: int, reason: str) -> None:
        super().__init__(f"ledger altered at {stream}/{version}: {reason}")
        self.stream = stream
        self.version = version
        self.reason = reason


class StoredEventInvalid(LedgerError):
    """A stored fact that this program cannot read, with the place of the fault."""

    def __init__(self, stream: UUID, version: int, position: int | None, path: str, reason: str) -> None:
        super().__init__(f"stored fact {stream}/{version} (position {position}) is invalid at {path}: {reason}")
        self.stream = stream
        self.version = version
        self.position = position
        self.path = path
        self.reason = reason


def fact_hash(stream: UUID, version: int, topic: str, state: bytes) -> bytes:
    """Hash a stored fact: SHA-256 over the encoding that docs/ledger.md fixes for good."""
    return hash_after(stream_hash(stream), version, hashed_topic(topic), state)


def hashed_topic(topic: str) -> bytes:
    """A topic as hashes take it in, its length before it."""
    name = topic.encode()
    return len(name).to_bytes(4, "big") + name


def stream_hash(stream: UUID) -> "hashlib._Hash":
    """What the hashes of all facts of a stream begin with, taken in once."""
    return hashlib.sha256(b"smoe-fact-1%b" % stream.bytes)


def hash_after(begun: "hashlib._Hash", version: int, topic: bytes, state: bytes) -> bytes:
    """`fact_hash` in the stream that `stream_hash` has taken in, of a topic in the form that hashes take it in."""
    digest = begun.copy()
    digest.update(b"%b%b%b%b" % (version.to_bytes(8, "big"), topic, len(state).to_bytes(8, "big"), state))
    return digest.digest()


def fingerprint_of(*parts: str | bytes | None) -> bytes:
    """Hash method, path, body, `If-Match`… so that no two different requests look alike."""
    told = []
    for part in parts:
        if part is None:
            told.append(b"\0")
        else:
            encoded = part.encode() if isinstance(part, str) else part
            told.append(b"\1%b%b" % (len(encoded).to_bytes(8, "big"), encoded))
    return hashlib.sha256(b"".join(told)).digest()


def legal_date_of(event: Event, recorded_at: datetime) -> date | None:
    """The legal date where it differs from the day of recording, which is a day in Paris."""
    effect = event.takes_effect_on
    if effect is None or effect == recorded_at.astimezone(PARIS).date():
        return None
    return effect


def utc_now() -> datetime:
    """The ledger's clock, unless it is given another."""
    return datetime.now(UTC)


Clock = Callable[[], datetime]
