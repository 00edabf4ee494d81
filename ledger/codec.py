"""Between facts and stored bytes: strict decoding, sealed personal fields, upcasting of old forms."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent

from domain.envelope import UNASSIGNED, Actor
from ledger import sealing
from ledger.facts import E, Recorded, StoredEventInvalid, fact_hash
from ledger.keys import Keys
from ledger.personal_fields import Planner, StructPlan
from ledger.sealing import PersonKey, Place, SealBroken

T = TypeVar("T")
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
Hex64 = Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
Hex32 = Annotated[str, msgspec.Meta(min_length=32, max_length=32)]
FAULT_PLACE: Final = re.compile(r"(?s)(.*) - at `(?:key in )?\$(.*)`")


class RegistryInvalid(TypeError):
    """The set of event types, or the chain of their old forms, has a hole."""


class Envelope(msgspec.Struct, kw_only=True):
    """The stored `state`, member by member, in this order for good (docs/ledger.md)."""

    schema: Annotated[int, msgspec.Meta(ge=1)]
    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]
    legal_date: date | None
    actor: dict[str, Any]
    correlation: UUID
    causation: str | None
    command: UUID
    command_key: str | None
    code: str
    previous: Hex64
    salt: Hex32
    payload: msgspec.Raw


class EventType(Generic[E]):
    """One stored type, everything about it that encoding needs, looked up once."""

    def __init__(self, cls: type[E], plan: StructPlan | None, upcasts: tuple[Upcast, ...]) -> None:
        self.cls = cls
        self.schema: int = getattr(cls, "SCHEMA", 1)
        self.plan = plan
        self.upcasts = upcasts
        self.decoder: msgspec.json.Decoder[E] = msgspec.json.Decoder(cls)


class Codec(Mapper[UUID], Generic[E]):
    """The `eventsourcing` mapper of the ledger: `Recorded` on one side, `StoredEvent` on the other."""

    def __init__(
        self, event_types: Iterable[type[E]], keys: Keys, upcast: Mapping[tuple[str, int], Upcast] | None = None
    ) -> None:
        super().__init__(transcoder=JSONTranscoder())
        self.keys = keys
        planner = Planner()
        actor_plan = planner.plan(Actor)
        if actor_plan is None:
            raise RegistryInvalid("an actor has a name, which is personal")
        self.actor_plan = actor_plan
        self.types = _registry(event_types, planner, dict(upcast or {}))
        self._envelopes = msgspec.json.Decoder(Envelope)
        self._encoder = msgspec.json.Encoder(order="deterministic")

    # Encoding

    def persons(self, fact: Recorded[E]) -> set[UUID]:
        """Whose keys are needed to store a fact; refuses a fact in which somebody is not named yet."""
        if fact.actor.person == UNASSIGNED:
            raise ValueError("a fact needs an actor with a person")
        plan = self._type_of(fact).plan
        if plan is None:
            return {fact.actor.person}
        return {fact.actor.person, *sealing.persons_in(sealing.json_tree(fact.event), plan)}

    def encode(self, fact: Recorded[E], keys: Mapping[UUID, PersonKey]) -> StoredEvent:
        """Give the exact bytes to store; `fact.hash` and `fact.position` take no part."""
        kind = self._type_of(fact)
        name = type(fact.event).__name__
        place = Place(fact.stream, fact.version, name)
        actor = sealing.json_tree(fact.actor)
        sealing.close(actor, self.actor_plan, "$.actor", place, keys)
        payload: Any = fact.event
        if kind.plan is not None:
            payload = sealing.json_tree(fact.event)
            sealing.close(payload, kind.plan, "$.payload", place, keys)
        state = self._encoder.encode(
            Envelope(
                schema=kind.schema,
                recorded_at=fact.recorded_at,
                legal_date=fact.legal_date,
                actor=actor,
                correlation=fact.correlation,
                causation=fact.causation,
                command=fact.command,
                command_key=fact.command_key,
                code=fact.code_version,
                previous=fact.previous_hash.hex(),
                salt=fact.salt.hex(),
                payload=msgspec.Raw(self._encoder.encode(payload)),
            )
        )
        return StoredEvent(fact.stream, fact.version, name, state)

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The library's way in; it cannot make keys, so it refuses a fact about somebody new."""
        if not isinstance(domain_event, Recorded):
            raise TypeError(f"the ledger stores Recorded facts, not {type(domain_event).__name__}")
        keys, minted = self.keys.of_persons(self.persons(domain_event))
        if minted:
            raise ValueError("a fact about somebody new is appended through Ledger, which stores the new key with it")
        return self.encode(domain_event, keys)

    def _type_of(self, fact: Recorded[E]) -> EventType[E]:
        kind = self.types.get(type(fact.event).__name__)
        if kind is None or kind.cls is not type(fact.event):
            raise TypeError(f"{type(fact.event).__name__} is not among the event types of this ledger")
        return kind

    # Decoding

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded[E]:
        """Read one stored fact; raises StoredEventInvalid."""
        return self.decode([stored_event])[0]

    def decode(self, stored: Iterable[StoredEvent]) -> list[Recorded[E]]:
        """Read stored facts, fetching all the keys they need at once; raises StoredEventInvalid at the first fault."""
        half_open = [_HalfOpen(self, event) for event in stored]
        key_ids = set().union(*(fact.key_ids for fact in half_open))
        keys = self.keys.of_ids(key_ids)
        return [fact.finish(keys) for fact in half_open]


class _HalfOpen(Generic[E]):
    """A stored fact whose envelope has been read and whose boxes are still closed."""

    def __init__(self, codec: Codec[E], stored: StoredEvent) -> None:
        self.codec = codec
        self.stored = stored
        kind = codec.types.get(stored.topic)
        if kind is None:
            raise self.fault("$", f"unknown type {stored.topic!r}")
        self.kind: EventType[E] = kind
        try:
            self.envelope = codec._envelopes.decode(stored.state)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self.fault_of(error, "$") from None
        self.key_ids = sealing.key_ids_in(self.envelope.actor)
        self.tree: dict[str, Any] | None = None
        if self.envelope.schema > kind.schema:
            raise self.fault("$.schema", f"form {self.envelope.schema} is newer than this program's {kind.schema}")
        if kind.plan is not None or self.envelope.schema < kind.schema:
            self.tree = self._tree()
            self.key_ids |= sealing.key_ids_in(self.tree)

    def _tree(self) -> dict[str, Any]:
        try:
            tree = msgspec.json.decode(self.envelope.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self.fault_of(error, "$.payload") from None
        if type(tree) is not dict:
            raise self.fault("$.payload", f"expected an object, got {type(tree).__name__}")
        return tree

    def finish(self, keys: Mapping[UUID, PersonKey | None]) -> Recorded[E]:
        envelope, stored = self.envelope, self.stored
        stream = stored.originator_id if isinstance(stored.originator_id, UUID) else UUID(stored.originator_id)
        place = Place(stream, stored.originator_version, stored.topic)
        try:
            sealing.open_planned(envelope.actor, self.codec.actor_plan, "$.actor", place, keys)
            actor = self._converted(envelope.actor, Actor, "$.actor")
            event = self._event(place, keys)
        except SealBroken as broken:
            raise self.fault(broken.path, broken.reason) from None
        return Recorded(
            stream=stream,
            version=stored.originator_version,
            position=stored.id if isinstance(stored, Notification) else None,
            event=event,
            actor=actor,
            recorded_at=envelope.recorded_at.astimezone(UTC),
            legal_date=envelope.legal_date,
            correlation=envelope.correlation,
            causation=envelope.causation,
            command=envelope.command,
            command_key=envelope.command_key,
            code_version=envelope.code,
            previous_hash=self._bytes(envelope.previous, "$.previous"),
            salt=self._bytes(envelope.salt, "$.salt"),
            hash=fact_hash(stream, stored.originator_version, stored.topic, stored.state),
        )

    def _event(self, place: Place, keys: Mapping[UUID, PersonKey | None]) -> E:
        if self.tree is None:
            try:
                return self.kind.decoder.decode(self.envelope.payload)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise self.fault_of(error, "$.payload") from None
        tree = self.tree
        if self.envelope.schema == self.kind.schema:
            if self.kind.plan is not None:
                sealing.open_planned(tree, self.kind.plan, "$.payload", place, keys)
            return self._converted(tree, self.kind.cls, "$.payload")
        erased = sealing.open_anywhere(tree, "$.payload", place, keys)
        for number in range(self.envelope.schema, self.kind.schema):
            try:
                tree = self.kind.upcasts[number - 1](tree)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                raise self.fault("$.payload", f"form {number} cannot be upcast: {error!r}") from error
        if erased and self.kind.plan is not None:
            sealing.blank_erased(tree, self.kind.plan)
        return self._converted(tree, self.kind.cls, "$.payload")

    def _converted(self, tree: Any, cls: type[T], path: str) -> T:
        try:
            return msgspec.convert(tree, cls, str_keys=True)
        except msgspec.ValidationError as error:
            raise self.fault_of(error, path) from None

    def _bytes(self, text: str, path: str) -> bytes:
        try:
            return bytes.fromhex(text)
        except ValueError:
            raise self.fault(path, "not hexadecimal") from None

    def fault_of(self, error: Exception, path: str) -> StoredEventInvalid:
        """Say where a decoder stopped, in a path of the whole stored state."""
        match = FAULT_PLACE.fullmatch(str(error))
        return self.fault(path + match[2], match[1]) if match else self.fault(path, str(error))

    def fault(self, path: str, reason: str) -> StoredEventInvalid:
        stored = self.stored
        stream = stored.originator_id if isinstance(stored.originator_id, UUID) else UUID(stored.originator_id)
        position = stored.id if isinstance(stored, Notification) else None
        return StoredEventInvalid(stream, stored.originator_version, position, path, reason)


def _registry(
    event_types: Iterable[type[E]], planner: Planner, upcast: dict[tuple[str, int], Upcast]
) -> dict[str, EventType[E]]:
    types: dict[str, EventType[E]] = {}
    for cls in event_types:
        name = cls.__name__
        if name in types:
            raise RegistryInvalid(f"two event types are named {name}")
        schema = getattr(cls, "SCHEMA", 1)
        if type(schema) is not int or schema < 1:
            raise RegistryInvalid(f"{name}.SCHEMA is not a whole number from 1")
        missing = [number for number in range(1, schema) if (name, number) not in upcast]
        if missing:
            raise RegistryInvalid(f"{name} is at form {schema}, but nothing reads its form {missing[0]}")
        chain = tuple(upcast.pop((name, number)) for number in range(1, schema))
        types[name] = EventType(cls, planner.plan(cls), chain)
    if upcast:
        name, number = next(iter(upcast))
        raise RegistryInvalid(f"the upcast of {name} from form {number} leads nowhere")
    return types
