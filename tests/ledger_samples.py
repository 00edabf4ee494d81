"""Facts of no domain, for the tests of the ledger."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec

from domain.envelope import Actor, Event, PersonalChoice, PersonalDate, PersonalText, Role
from ledger.facts import FIRST_HASH, Answer, CommandKey, Recorded, fingerprint_of
from ledger.store import Ledger

MASTER_KEY = bytes(range(32))


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    person: UUID
    name: PersonalText
    born_on: PersonalDate = None
    passport: PersonalChoice = None
    nationality: str = "FR"


class Firm(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="firm"):
    siret: str


class Household(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="household"):
    person: UUID
    address: PersonalText


class Noted(Event, frozen=True, kw_only=True):
    text: str


class Measured(Event, frozen=True, kw_only=True):
    count: int
    amount: Decimal
    on: date | None = None
    at: datetime | None = None
    colour: Colour = Colour.RED
    tags: tuple[str, ...] = ()
    facts: dict[str, str | int | bool | None] = msgspec.field(default_factory=dict)

    @property
    def takes_effect_on(self) -> date | None:
        return self.on


class Filed(Event, frozen=True, kw_only=True):
    worker: Worker
    employer: Firm | Household
    companions: tuple[Worker, ...] = ()
    by_role: dict[str, Worker] = msgspec.field(default_factory=dict)


class PersonErased(Event, frozen=True, kw_only=True):
    person: UUID


class Opinion(Event, frozen=True, kw_only=True):
    """At its third form: `said` was first `text`, then `said` with no `weight`."""

    SCHEMA: ClassVar[int] = 3
    said: str
    weight: int


EVENT_TYPES: tuple[type[Event], ...] = (Noted, Measured, Filed, PersonErased, Opinion)


def opinion_from_1(payload: dict[str, Any]) -> dict[str, Any]:
    return {"said": payload["text"]}


def opinion_from_2(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "weight": 1}


UPCAST = {("Opinion", 1): opinion_from_1, ("Opinion", 2): opinion_from_2}


def open_ledger(url: str, **options: Any) -> Ledger[Event]:
    settings = {"event_types": EVENT_TYPES, "master_key": MASTER_KEY, "code_version": "test", "upcast": UPCAST}
    return Ledger(url, **{**settings, **options})


def an_actor(name: str = "Ana Belmonte", identity: str = "local:agent-63") -> Actor:
    return Actor(
        identity=identity,
        person=uuid4(),
        name=name,
        role=Role.AGENT,
        quality="Instructrice",
        service="Plateforme de Clermont-Ferrand",
    )


def a_key(key: str, body: bytes = b"{}", actor: str = "local:agent-63") -> CommandKey:
    return CommandKey(actor=actor, key=key, fingerprint=fingerprint_of("POST", "/api/cases", body, None))


def add(ledger: Ledger[Event], stream: UUID, *events: Event, **options: Any) -> tuple[Recorded[Event], ...]:
    """Append after whatever the stream holds."""
    version, digest = ledger.head(stream)
    arguments = {"expected_version": version, "previous_hash": digest, "actor": an_actor(), "command": uuid4()}
    return ledger.append(stream, list(events), **{**arguments, **options})


def erase(ledger: Ledger[Event], person: UUID) -> bool:
    """Record that a person is erased and destroy their key; False if there was none."""
    (fact,) = add(ledger, uuid4(), PersonErased(person=person))
    return ledger.keys.destroy(person, fact.stream, fact.version)


def told(facts: tuple[Recorded[Event], ...]) -> Answer:
    """An answer that only these very facts, at these positions, can give."""
    lines = "\n".join(f"{fact.position} {fact.reference} {fact.hash.hex()}" for fact in facts)
    return Answer(status=201, headers=(("ETag", f'"{facts[-1].version}"'),), body=lines.encode())


NEW = {"expected_version": 0, "previous_hash": FIRST_HASH}
