"""Stored forms: what goes in comes out, old forms are read, and a set of types with a hole is refused at start."""

import hashlib
import os
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID, uuid4

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import ERASED, PERSONAL, Event, PersonalChoice, PersonalDate, PersonalText
from ledger.codec import Codec, RegistryInvalid
from ledger.facts import FIRST_HASH, Recorded, StoredEventInvalid, StoredFact, fact_hash, fingerprint_of
from ledger.personal_fields import PersonalFieldsMisplaced
from ledger.sealing import PersonKey
from tests.ledger_samples import (
    EVENT_TYPES,
    UPCAST,
    Colour,
    Filed,
    Firm,
    Household,
    Measured,
    Noted,
    Opinion,
    Worker,
    an_actor,
)


class KeysInMemory:
    """Keys without a database; `erased` ones are gone."""

    def __init__(self) -> None:
        self.held: dict[UUID, PersonKey] = {}
        self.erased: set[UUID] = set()

    def of_persons(self, persons):
        for person in persons:
            self.held.setdefault(person, PersonKey(person, uuid4(), os.urandom(32)))
        return {person: self.held[person] for person in persons}, []

    def of_ids(self, key_ids):
        known = {key.key_id: None if key.person in self.erased else key for key in self.held.values()}
        return {key_id: known[key_id] for key_id in key_ids if key_id in known}


def a_codec(types=EVENT_TYPES, upcast=UPCAST) -> Codec[Event]:
    return Codec(types, KeysInMemory(), upcast)


CODEC = a_codec()


def recorded(event: Event, **changes) -> Recorded[Event]:
    fact = Recorded(
        stream=uuid4(),
        version=1,
        position=None,
        event=event,
        actor=an_actor(),
        recorded_at=datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        legal_date=None,
        correlation=uuid4(),
        causation=None,
        command=uuid4(),
        command_key=None,
        code_version="1",
        previous_hash=FIRST_HASH,
        salt=bytes(16),
        hash=FIRST_HASH,
    )
    return msgspec.structs.replace(fact, **changes)


def read_back(fact: Recorded[Event], codec: Codec[Event] = CODEC) -> Recorded[Event]:
    return codec.to_domain_event(codec.to_stored_event(fact))


texts = st.text(st.characters(exclude_categories=["Cs"]))
moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))
days = st.dates(min_value=date(1900, 1, 1))
workers = st.builds(
    Worker, person=st.uuids(version=4), name=texts, born_on=st.none() | days, passport=st.none() | texts
)
events = st.one_of(
    st.builds(Noted, text=texts),
    st.builds(
        Measured,
        count=st.integers(-(2**53), 2**53),
        amount=st.decimals(allow_nan=False, allow_infinity=False),
        on=st.none() | days,
        at=st.none() | moments,
        colour=st.sampled_from(Colour),
        tags=st.lists(texts).map(tuple),
        facts=st.dictionaries(texts, st.one_of(texts, st.integers(-(2**53), 2**53), st.booleans(), st.none())),
    ),
    st.builds(
        Filed,
        worker=workers,
        employer=st.builds(Firm, siret=texts) | st.builds(Household, person=st.uuids(version=4), address=texts),
        companions=st.lists(workers, max_size=3).map(tuple),
        by_role=st.dictionaries(texts, workers, max_size=3),
    ),
    st.builds(Opinion, said=texts, weight=st.integers(0, 9)),
)


@given(
    events,
    st.integers(1, 2**62),
    moments,
    st.none() | days,
    st.none() | texts,
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=16, max_size=16),
)
def test_every_fact_comes_back_as_it_was(event, version, moment, legal_date, key, previous, salt):
    fact = recorded(
        event,
        version=version,
        recorded_at=moment,
        legal_date=legal_date,
        command_key=key,
        causation=key,
        previous_hash=previous,
        salt=salt,
    )
    stored = CODEC.to_stored_event(fact)
    back = CODEC.to_domain_event(stored)
    assert back == msgspec.structs.replace(
        fact, hash=fact_hash(fact.stream, version, type(event).__name__, stored.state)
    )
    assert msgspec.json.decode(stored.state)["previous"] == previous.hex()


@given(workers, st.lists(workers, max_size=2))
def test_no_personal_value_is_stored_open(worker, companions):
    marked = [
        msgspec.structs.replace(one, name=f"¶{one.name}¶", passport=f"¶{one.passport}¶")
        for one in (worker, *companions)
    ]
    event = Filed(worker=marked[0], employer=Firm(siret="1"), companions=tuple(marked[1:]), by_role={"a b": marked[0]})
    state = CODEC.to_stored_event(recorded(event)).state
    assert "¶".encode() not in state
    assert b"\\u00b6" not in state.lower()
    assert state.count(b'"sealed_fields"') == len(marked) + 2


@given(st.binary(max_size=200))
def test_bytes_of_anything_are_refused_and_never_break_the_reader(state):
    with pytest.raises(StoredEventInvalid):
        CODEC.to_domain_event(StoredEvent(uuid4(), 1, "Noted", state))


@given(st.data())
def test_a_fact_cut_short_is_refused(data):
    stored = CODEC.to_stored_event(recorded(Noted(text="x")))
    end = data.draw(st.integers(0, len(stored.state) - 1))
    with pytest.raises(StoredEventInvalid):
        CODEC.to_domain_event(StoredEvent(stored.originator_id, 1, "Noted", stored.state[:end]))


def test_the_stored_bytes_are_these_for_good():
    """If this test fails, stored history can no longer be read or proven: change the code, not the test."""
    actor = an_actor()
    ids = [UUID(int=number) for number in range(1, 5)]
    fact = recorded(
        Measured(count=3, amount=Decimal("2.50"), on=date(2025, 1, 1), tags=("é",), facts={"b": 1, "a": None}),
        stream=ids[0],
        version=7,
        actor=msgspec.structs.replace(actor, person=ids[1]),
        correlation=ids[2],
        causation=f"{ids[0]}/6",
        command=ids[3],
        command_key="k",
        legal_date=date(2025, 1, 1),
        previous_hash=bytes(range(32)),
        salt=bytes(range(16)),
    )
    stored = CODEC.to_stored_event(fact)
    assert stored.topic == "Measured"
    assert re.sub(rb'"sealed":"[^"]+"', b'"sealed":"BOX"', stored.state).decode() == (
        '{"schema":1,"recorded_at":"2025-01-02T03:04:05.000006Z","legal_date":"2025-01-01",'
        '"actor":{"identity":"local:agent-63","on_behalf_of":null,"person":"00000000-0000-0000-0000-000000000002",'
        '"quality":"Instructrice","role":"agent","sealed":"BOX","sealed_fields":["name"],'
        '"service":"Plateforme de Clermont-Ferrand"},'
        '"correlation":"00000000-0000-0000-0000-000000000003","causation":"00000000-0000-0000-0000-000000000001/6",'
        '"command":"00000000-0000-0000-0000-000000000004","command_key":"k","code":"1",'
        '"previous":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",'
        '"salt":"000102030405060708090a0b0c0d0e0f",'
        '"payload":{"count":3,"amount":"2.50","on":"2025-01-01","at":null,"colour":"red","tags":["é"],'
        '"facts":{"a":null,"b":1}}}'
    )
    by_hand = hashlib.sha256(
        b"smoe-fact-1" + ids[0].bytes + bytes([0, 0, 0, 0, 0, 0, 0, 7]) + bytes([0, 0, 0, 8]) + b"Measured"
    )
    by_hand.update(len(stored.state).to_bytes(8, "big") + stored.state)
    assert fact_hash(ids[0], 7, "Measured", stored.state) == by_hand.digest()


def test_a_known_hash_stays_what_it_is():
    assert (
        fact_hash(UUID(int=1), 1, "Noted", b"{}").hex()
        == hashlib.sha256(
            b"smoe-fact-1" + b"\0" * 15 + b"\1" + b"\0" * 7 + b"\1" + b"\0\0\0\5Noted" + b"\0" * 7 + b"\2{}"
        ).hexdigest()
    )


def test_fingerprints_tell_apart_what_concatenation_would_not():
    different = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", None), ("abc", ""), (b"abc", b"", None)]
    assert len({fingerprint_of(*parts) for parts in different}) == len(different)
    assert fingerprint_of("é") == fingerprint_of("é".encode())


def old_opinion(schema: int, payload: str) -> StoredEvent:
    stored = CODEC.to_stored_event(recorded(Opinion(said="x", weight=0)))
    state = stored.state.replace(b'"schema":3', f'"schema":{schema}'.encode())
    return StoredEvent(stored.originator_id, 1, "Opinion", state.replace(b'{"said":"x","weight":0}', payload.encode()))


def test_every_old_form_is_read_as_the_newest():
    assert CODEC.to_domain_event(old_opinion(1, '{"text":"one"}')).event == Opinion(said="one", weight=1)
    assert CODEC.to_domain_event(old_opinion(2, '{"said":"two"}')).event == Opinion(said="two", weight=1)
    assert CODEC.to_domain_event(old_opinion(3, '{"said":"three","weight":5}')).event == Opinion(said="three", weight=5)


def test_an_old_form_that_cannot_be_upcast_is_refused():
    with pytest.raises(StoredEventInvalid, match="form 1 cannot be upcast") as refused:
        CODEC.to_domain_event(old_opinion(1, '{"txt":"one"}'))
    assert refused.value.path == "$.payload"
    with pytest.raises(StoredEventInvalid) as refused:
        CODEC.to_domain_event(old_opinion(2, '{"said":2}'))
    assert refused.value.path == "$.payload.said"


@pytest.mark.parametrize("schema", [0, -1, 4])
def test_a_form_that_never_was_is_refused_by_a_fold_too(schema):
    """A form below the first would count from the end of the chain of upcasts."""
    stored = old_opinion(schema, '{"said":"x"}')
    digest = fact_hash(stored.originator_id, 1, "Opinion", stored.state)
    fact = StoredFact(stored.originator_id, 1, "Opinion", stored.state, digest, 1)
    for decode in (CODEC.decode_facts, lambda facts: CODEC.decode_events(facts, 0, FIRST_HASH)):
        with pytest.raises(StoredEventInvalid) as refused:
            decode([fact])
        assert refused.value.path == "$.schema"


def test_sealed_fields_survive_upcasting_and_erasure():
    class Testified(Event, frozen=True, kw_only=True):
        person: UUID
        name: PersonalText

    keys, fact = KeysInMemory(), recorded(Testified(person=uuid4(), name="Zoé"))
    stored = Codec([Testified], keys).to_stored_event(fact)

    class Renamed(Event, frozen=True, kw_only=True):
        SCHEMA: ClassVar[int] = 2
        person: UUID
        full_name: PersonalText
        born_on: PersonalDate = None

    Renamed.__name__ = "Testified"
    newer: Codec[Event] = Codec(
        [Renamed], keys, {("Testified", 1): lambda old: {"person": old["person"], "full_name": old["name"]}}
    )
    assert newer.to_domain_event(stored).event.full_name == "Zoé"
    keys.erased.add(fact.event.person)
    assert newer.to_domain_event(stored).event == Renamed(person=fact.event.person, full_name=ERASED)


class Grown(Event, frozen=True, kw_only=True):
    SCHEMA: ClassVar[int] = 3


def same(payload):
    return payload


@pytest.mark.parametrize(
    ("types", "upcast", "reason"),
    [
        ([Grown], {("Grown", 2): same}, "nothing reads its form 1"),
        ([Grown], {("Grown", 1): same}, "nothing reads its form 2"),
        ([Grown], {("Grown", 1): same, ("Grown", 2): same, ("Grown", 3): same}, "form 3 leads nowhere"),
        ([Noted], {("Grown", 1): same}, "Grown from form 1 leads nowhere"),
        ([Noted, Noted], {}, "two event types are named Noted"),
    ],
)
def test_a_registry_with_a_hole_is_refused(types, upcast, reason):
    with pytest.raises(RegistryInvalid, match=reason):
        a_codec(types, upcast)


def test_a_type_outside_the_registry_is_not_stored():
    with pytest.raises(TypeError, match="not among the event types"):
        a_codec([Noted], {}).to_stored_event(recorded(Measured(count=1, amount=Decimal(1))))


def an_event_of(**fields) -> type[Event]:
    return msgspec.defstruct("Odd", list(fields.items()), bases=(Event,), frozen=True, kw_only=True)


class Namesake(msgspec.Struct):
    name: PersonalText


class Flat(msgspec.Struct, array_like=True):
    person: UUID
    name: PersonalText


SECRET = msgspec.Meta(extra={PERSONAL: True})


@pytest.mark.parametrize(
    "fields",
    [
        {"name": PersonalText},
        {"person": str, "name": PersonalText},
        {"person": UUID | None, "name": PersonalText},
        {"person": UUID, "sealed": str, "name": PersonalText},
        {"person": UUID, "age": Annotated[int, SECRET]},
        {"person": UUID, "code": Annotated[str, msgspec.Meta(max_length=3, extra={PERSONAL: True})]},
        {"person": UUID, "code": Annotated[str, msgspec.Meta(pattern="^[0-9]+$", extra={PERSONAL: True})]},
        {"deep": dict[str, list[Namesake | None]]},
        {"deep": Flat},
    ],
)
def test_personal_fields_that_could_not_be_sealed_or_erased_are_refused_at_start(fields):
    with pytest.raises(PersonalFieldsMisplaced):
        a_codec([an_event_of(**fields)], {})


class Tree(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="tree"):
    person: UUID
    name: PersonalText
    aliases: tuple[PersonalText, ...] = ()
    nickname: PersonalChoice = None
    children: tuple["Tree", ...] = ()
    pair: tuple["Tree | None", int] | None = None


class Planted(Event, frozen=True, kw_only=True):
    tree: Tree | Firm | tuple[Tree, ...]


def test_types_that_contain_themselves_are_sealed_at_every_depth():
    keys = KeysInMemory()
    codec: Codec[Event] = Codec([Planted], keys)
    leaf = Tree(person=uuid4(), name="¶feuille", aliases=("¶f",))
    middle = Tree(person=uuid4(), name="¶milieu", children=(leaf,))
    root = Tree(person=uuid4(), name="¶racine", nickname="¶r", children=(middle, leaf), pair=(leaf, 1))
    stored = codec.to_stored_event(recorded(Planted(tree=root)))
    assert "¶".encode() not in stored.state
    assert codec.to_domain_event(stored).event == Planted(tree=root)
    for value in ((leaf, middle), Firm(siret="1")):
        assert read_back(recorded(Planted(tree=value)), codec).event == Planted(tree=value)
    keys.erased.add(leaf.person)
    opened = codec.to_domain_event(stored).event.tree
    assert opened.children[1] == opened.pair[0] == Tree(person=leaf.person, name=ERASED)
    assert opened.children[0].name == "¶milieu"


def test_a_moment_without_a_zone_does_not_slip_through():
    with pytest.raises(StoredEventInvalid) as refused:
        read_back(recorded(Noted(text="x"), recorded_at=datetime(2025, 1, 1)))
    assert refused.value.path == "$.recorded_at"
