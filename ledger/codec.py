"""Between facts and stored bytes: strict decoding, sealed personal fields, upcasting of old forms."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Generic
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent

from domain.envelope import ERASED, UNASSIGNED, Actor, Role
from ledger import sealing
from ledger.facts import (
    E,
    LedgerAltered,
    Recorded,
    StoredEventInvalid,
    StoredFact,
    fact_hash,
    hash_after,
    hashed_topic,
    stream_hash,
)
from ledger.keys import Keys
from ledger.personal_fields import Planner, StructPlan
from ledger.sealing import PersonKey, Place, SealBroken
from ledger.splicing import Finder

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
Hex64 = Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
Hex32 = Annotated[str, msgspec.Meta(min_length=32, max_length=32)]
FAULT_PLACE: Final = re.compile(r"(?s)(.*) - at `(?:key in )?\$(.*)`")


class RegistryInvalid(TypeError):
    """The set of event types, or the chain of their old forms, has a hole."""


class StoredActor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The actor as stored, name in its box; members in the order of their code points."""

    identity: str
    on_behalf_of: str | None
    person: UUID
    quality: str
    role: Role
    sealed: str
    sealed_fields: tuple[str, ...]
    service: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The stored `state`, member by member, in this order for good (docs/ledger.md)."""

    schema: Annotated[int, msgspec.Meta(ge=1)]
    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]
    legal_date: date | None
    actor: StoredActor
    correlation: UUID
    causation: str | None
    command: UUID
    command_key: str | None
    code: str
    previous: Hex64
    salt: Hex32
    payload: msgspec.Raw


class Link(msgspec.Struct, Generic[E], frozen=True, kw_only=True, gc=False):
    """Of the stored `state` only what a fold needs; the rest is there when it is asked for."""

    schema: Annotated[int, msgspec.Meta(ge=1)]
    previous: str
    payload: E


class LinkOfRaw(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A link whose payload is to be opened or upcast first."""

    schema: Annotated[int, msgspec.Meta(ge=1)]
    previous: str
    payload: msgspec.Raw


class Name(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is in the box of an actor."""

    name: str


class EventType(Generic[E]):
    """One stored type, everything about it that encoding needs, looked up once."""

    def __init__(self, cls: type[E], plan: StructPlan | None, upcasts: tuple[Upcast, ...]) -> None:
        self.cls = cls
        self.name = cls.__name__
        self.schema: int = getattr(cls, "SCHEMA", 1)
        self.plan = plan
        self.upcasts = upcasts
        self.decoder: msgspec.json.Decoder[E] = msgspec.json.Decoder(cls)
        self.links: msgspec.json.Decoder[Link[E] | LinkOfRaw] = msgspec.json.Decoder(
            Link[cls] if plan is None else LinkOfRaw  # type: ignore[valid-type]
        )
        self.hashed_name = hashed_topic(self.name)
        self.boxes = Finder(plan) if plan is not None else None


class Codec(Mapper[UUID], Generic[E]):
    """The `eventsourcing` mapper of the ledger: `Recorded` on one side, `StoredEvent` on the other."""

    def __init__(
        self, event_types: Iterable[type[E]], keys: Keys, upcast: Mapping[tuple[str, int], Upcast] | None = None
    ) -> None:
        super().__init__(transcoder=JSONTranscoder())
        self.keys = keys
        planner = Planner()
        if planner.plan(Actor) is None:
            raise RegistryInvalid("an actor has a name, which is personal")
        self.types = _registry(event_types, planner, dict(upcast or {}))
        self._envelopes = msgspec.json.Decoder(Envelope)
        self._links = msgspec.json.Decoder(LinkOfRaw)
        self._names = msgspec.json.Decoder(Name)
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

    def encode(self, fact: Recorded[E], keys: Mapping[UUID, PersonKey]) -> StoredFact:
        """Give the exact bytes to store and their hash; `fact.hash` and `fact.position` take no part."""
        kind = self._type_of(fact)
        place = Place(fact.stream, fact.version, kind.name)
        if kind.plan is None:
            payload = self._encoder.encode(fact.event)
        else:
            tree = sealing.json_tree(fact.event)
            sealing.close(tree, kind.plan, "$.payload", place, keys)
            payload = self._encoder.encode(tree)
        state = self._encoder.encode(
            Envelope(
                schema=kind.schema,
                recorded_at=fact.recorded_at,
                legal_date=fact.legal_date,
                actor=self._sealed(fact.actor, place, keys),
                correlation=fact.correlation,
                causation=fact.causation,
                command=fact.command,
                command_key=fact.command_key,
                code=fact.code_version,
                previous=fact.previous_hash.hex(),
                salt=fact.salt.hex(),
                payload=msgspec.Raw(payload),
            )
        )
        digest = hash_after(stream_hash(fact.stream), fact.version, kind.hashed_name, state)
        return StoredFact(fact.stream, fact.version, kind.name, state, digest, 0)

    def _sealed(self, actor: Actor, place: Place, keys: Mapping[UUID, PersonKey]) -> StoredActor:
        return StoredActor(
            identity=actor.identity,
            on_behalf_of=actor.on_behalf_of,
            person=actor.person,
            quality=actor.quality,
            role=actor.role,
            sealed=sealing.box_of(self._encoder.encode(Name(name=actor.name)), keys[actor.person], place, "$.actor"),
            sealed_fields=("name",),
            service=actor.service,
        )

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """The library's way in; it cannot make keys, so it refuses a fact about somebody new."""
        if not isinstance(domain_event, Recorded):
            raise TypeError(f"the ledger stores Recorded facts, not {type(domain_event).__name__}")
        keys, minted = self.keys.of_persons(self.persons(domain_event))
        if minted:
            raise ValueError("a fact about somebody new is appended through Ledger, which stores the new key with it")
        stored = self.encode(domain_event, keys)
        return StoredEvent(stored.stream, stored.version, stored.topic, stored.state)

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
        """Read what the library lends, whose rows have no hash."""
        return self._decoded([_as_stored(event) for event in stored])

    def decode_facts(self, stored: Sequence[StoredFact]) -> list[Recorded[E]]:
        """Read stored facts, fetching all the keys they need at once.

        Raises LedgerAltered at the first whose bytes are not those of its hash, StoredEventInvalid at the first fault.
        """
        self.check_hashes(stored)
        return self._decoded(stored)

    def decode_events(self, stored: Sequence[StoredFact], version: int, previous: bytes) -> list[E]:
        """Only the events, of facts that continue a version and its hash: what a fold needs, and nothing around them.

        Raises as `decode_facts` does, and LedgerAltered where the chain is broken.
        """
        self.check_hashes(stored)
        before = previous.hex()
        found: list[E | Closed[E]] = []
        for fact in stored:
            version += 1
            kind = self._type(fact)
            link: Link[E] | LinkOfRaw | None
            try:
                link = kind.links.decode(fact.state)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                link = None
            if link is None or link.schema != kind.schema:
                # An old form, or a fault: its place is found below.
                link = self._link(fact)
            if fact.version != version:
                raise LedgerAltered(fact.stream, version, "this fact is missing")
            if link.previous != before:
                raise LedgerAltered(fact.stream, version, "it does not continue the fact before it")
            before = fact.hash.hex()
            payload = link.payload
            found.append(self._payload(fact, link.schema, payload) if type(payload) is msgspec.Raw else payload)
        closed = [payload for payload in found if type(payload) is Closed]
        if not closed:
            return found  # type: ignore[return-value]
        keys = self._keys({key for payload in closed for key in payload.keys})
        return [payload.open(keys) if type(payload) is Closed else payload for payload in found]  # type: ignore[misc]

    def check_hashes(self, stored: Sequence[StoredFact]) -> None:
        """Raise LedgerAltered at the first row whose bytes are not those that its hash was made of."""
        if not stored:
            return
        stream = stored[0].stream
        begun = stream_hash(stream)
        for fact in stored:
            if fact.stream is not stream and fact.stream != stream:
                stream = fact.stream
                begun = stream_hash(stream)
            kind = self.types.get(fact.topic)
            topic = kind.hashed_name if kind is not None else hashed_topic(fact.topic)
            if hash_after(begun, fact.version, topic, fact.state) != fact.hash:
                raise LedgerAltered(fact.stream, fact.version, "its bytes are not those that its hash was made of")

    def _link(self, fact: StoredFact) -> LinkOfRaw:
        try:
            return self._links.decode(fact.state)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise fault_of(fact, error, "$") from None

    def _decoded(self, stored: Sequence[StoredFact]) -> list[Recorded[E]]:
        envelopes, boxes, payloads = [], [], []
        needed: set[bytes] = set()
        for fact in stored:
            try:
                envelope = self._envelopes.decode(fact.state)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                # An unknown type says more than what is wrong within it.
                self._type(fact)
                raise fault_of(fact, error, "$") from None
            payload = self._payload(fact, envelope.schema, envelope.payload)
            if type(payload) is Closed:
                needed |= payload.keys
            box = sealing.unarmoured(envelope.actor.sealed)
            needed.add(box[1:17])
            envelopes.append(envelope)
            boxes.append(box)
            payloads.append(payload)
        keys = self._keys(needed)
        return [self._recorded(*parts, keys) for parts in zip(stored, envelopes, boxes, payloads, strict=True)]

    def _recorded(
        self, fact: StoredFact, envelope: Envelope, box: bytes, payload: Any, keys: Mapping[bytes, PersonKey | None]
    ) -> Recorded[E]:
        event = payload.open(keys) if type(payload) is Closed else payload
        actor = envelope.actor
        place = Place(fact.stream, fact.version, fact.topic)
        moment = envelope.recorded_at
        try:
            hidden = sealing.open_box(box, "$.actor", place, keys)
            name = ERASED if hidden is None else self._names.decode(hidden).name
            previous, salt = bytes.fromhex(envelope.previous), bytes.fromhex(envelope.salt)
        except SealBroken as broken:
            raise fault(fact, broken.path, broken.reason) from None
        except msgspec.DecodeError as error:
            raise fault_of(fact, error, "$.actor") from None
        except ValueError:
            raise self._not_hexadecimal(fact, envelope) from None
        return Recorded(
            stream=fact.stream,
            version=fact.version,
            position=fact.position or None,
            event=event,
            actor=Actor(
                identity=actor.identity,
                person=actor.person,
                name=name,
                role=actor.role,
                quality=actor.quality,
                service=actor.service,
                on_behalf_of=actor.on_behalf_of,
            ),
            recorded_at=moment if moment.tzinfo is UTC else moment.astimezone(UTC),
            legal_date=envelope.legal_date,
            correlation=envelope.correlation,
            causation=envelope.causation,
            command=envelope.command,
            command_key=envelope.command_key,
            code_version=envelope.code,
            previous_hash=previous,
            salt=salt,
            hash=fact.hash,
        )

    def _not_hexadecimal(self, fact: StoredFact, envelope: Envelope) -> StoredEventInvalid:
        try:
            bytes.fromhex(envelope.previous)
        except ValueError:
            return fault(fact, "$.previous", "not hexadecimal")
        return fault(fact, "$.salt", "not hexadecimal")

    def _type(self, fact: StoredFact) -> EventType[E]:
        kind = self.types.get(fact.topic)
        if kind is None:
            raise fault(fact, "$", f"unknown type {fact.topic!r}")
        return kind

    def _payload(self, fact: StoredFact, schema: int, payload: msgspec.Raw) -> "E | Closed[E]":
        """The event, or its tree where boxes are still to be opened or its form is an old one."""
        kind = self._type(fact)
        if kind.plan is None and schema == kind.schema:
            try:
                return kind.decoder.decode(payload)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise fault_of(fact, error, "$.payload") from None
        if schema > kind.schema:
            raise fault(fact, "$.schema", f"form {schema} is newer than this program's {kind.schema}")
        return Closed(fact, kind, schema, payload)

    def _keys(self, needed: set[bytes]) -> dict[bytes, PersonKey | None]:
        """The keys that boxes name, by the bytes that name them."""
        named = {UUID(bytes=key): key for key in needed if len(key) == 16}
        return {named[key_id]: key for key_id, key in self.keys.of_ids(named.keys()).items()}


class Closed(Generic[E]):
    """A payload whose boxes are closed, or whose form is an old one."""

    __slots__ = ("_boxes", "_fact", "_kind", "_payload", "_schema", "keys")

    def __init__(self, fact: StoredFact, kind: EventType[E], schema: int, payload: msgspec.Raw) -> None:
        self._fact = fact
        self._kind = kind
        self._schema = schema
        self._payload = payload
        finder = kind.boxes if schema == kind.schema else None
        self._boxes = finder.find(bytes(payload)) if finder is not None else None
        self.keys = self._boxes.keys if self._boxes is not None else self._keys_in(self._tree())

    def open(self, keys: Mapping[bytes, PersonKey | None]) -> E:
        """The event; raises StoredEventInvalid."""
        kind, fact = self._kind, self._fact
        place = Place(fact.stream, fact.version, fact.topic)
        if self._boxes is not None and (payload := self._boxes.opened(place, keys)) is not None:
            try:
                return kind.decoder.decode(payload)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                # What is wrong is told of the form that is stored.
                pass
        tree = self._tree()
        try:
            if self._schema == kind.schema:
                if kind.plan is not None:
                    sealing.open_planned(tree, kind.plan, "$.payload", place, keys)
                return self._converted(tree)
            erased = sealing.open_anywhere(tree, "$.payload", place, keys)
        except SealBroken as broken:
            raise fault(fact, broken.path, broken.reason) from None
        for number in range(self._schema, kind.schema):
            try:
                tree = kind.upcasts[number - 1](tree)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
                raise fault(fact, "$.payload", f"form {number} cannot be upcast: {error!r}") from error
        if erased and kind.plan is not None:
            sealing.blank_erased(tree, kind.plan)
        return self._converted(tree)

    def _keys_in(self, tree: dict[str, Any]) -> set[bytes]:
        plan = self._kind.plan if self._schema == self._kind.schema else None
        # The shape of an old form is no longer known.
        return sealing.key_ids_in(tree) if plan is None else sealing.key_ids_of(tree, plan)

    def _tree(self) -> dict[str, Any]:
        try:
            tree = msgspec.json.decode(self._payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise fault_of(self._fact, error, "$.payload") from None
        if type(tree) is not dict:
            raise fault(self._fact, "$.payload", f"expected an object, got {type(tree).__name__}")
        return tree

    def _converted(self, tree: dict[str, Any]) -> E:
        try:
            return msgspec.convert(tree, self._kind.cls, str_keys=True)
        except msgspec.ValidationError as error:
            raise fault_of(self._fact, error, "$.payload") from None


def fault_of(fact: StoredFact, error: Exception, path: str) -> StoredEventInvalid:
    """Say where a decoder stopped, in a path of the whole stored state."""
    match = FAULT_PLACE.fullmatch(str(error))
    return fault(fact, path + match[2], match[1]) if match else fault(fact, path, str(error))


def fault(fact: StoredFact, path: str, reason: str) -> StoredEventInvalid:
    """What is wrong with a stored fact, with its place."""
    return StoredEventInvalid(fact.stream, fact.version, fact.position or None, path, reason)


def _as_stored(event: StoredEvent) -> StoredFact:
    stream = event.originator_id if isinstance(event.originator_id, UUID) else UUID(event.originator_id)
    version, topic, state = event.originator_version, event.topic, event.state
    position = event.id if isinstance(event, Notification) else 0
    return StoredFact(stream, version, topic, state, fact_hash(stream, version, topic, state), position)


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
