"""Boxes opened within the stored bytes: the same event as a walk through the tree gives, or the tree is walked."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent

from domain.envelope import ERASED, Event, PersonalChoice, PersonalText
from domain.events import EVENT_TYPES
from ledger import sealing
from ledger.codec import Codec
from ledger.facts import Recorded, StoredEventInvalid
from ledger.personal_fields import Planner
from ledger.splicing import Boxes, Finder
from tests.unit.test_ledger_codec import KeysInMemory, read_back, recorded
from tests.unit.test_stored_forms import form

PLANS = {cls.__name__: plan for cls in EVENT_TYPES if (plan := Planner().plan(cls)) is not None}


class Signed(Event, frozen=True, kw_only=True):
    """Personal fields of which none need be there."""

    person: UUID
    alias: PersonalChoice = None
    remark: str = ""


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    person: UUID
    name: PersonalText


class Heard(Event, frozen=True, kw_only=True):
    """Boxes that occur any number of times, of which no type says where."""

    witnesses: tuple[Witness, ...]


@pytest.fixture
def walked(monkeypatch) -> list[bytes]:
    """The payloads whose boxes could not be opened within their bytes."""
    seen: list[bytes] = []
    find, opened = Finder.find, Boxes.opened

    def finding(self: Finder, payload: bytes) -> Boxes | None:
        found = find(self, payload)
        if found is None:
            seen.append(payload)
        return found

    def opening(self: Boxes, *args: Any) -> bytes | None:
        payload = opened(self, *args)
        if payload is None:
            seen.append(b"closed")
        return payload

    monkeypatch.setattr(Finder, "find", finding)
    monkeypatch.setattr(Boxes, "opened", opening)
    return seen


def changed(stored: StoredEvent, old: bytes, new: bytes) -> StoredEvent:
    state = stored.state.replace(old, new)
    return StoredEvent(stored.originator_id, stored.originator_version, stored.topic, state)


def a_fact_of(name: str) -> Recorded[Event]:
    return recorded(form(name))


def test_some_types_of_the_domain_have_boxes():
    assert {"RequestFiled", "RequestAmended", "NoteAdded", "AppealLodged"} <= PLANS.keys()


@pytest.mark.parametrize("name", PLANS)
def test_every_sealed_type_is_read_within_its_bytes_as_by_a_walk(name, walked, monkeypatch):
    fact, codec = a_fact_of(name), Codec(EVENT_TYPES, KeysInMemory())
    stored = codec.to_stored_event(fact)
    assert codec.to_domain_event(stored).event == fact.event
    assert walked == []
    monkeypatch.setattr(Finder, "find", lambda self, payload: None)
    assert codec.to_domain_event(stored).event == fact.event


@pytest.mark.parametrize("name", PLANS)
def test_every_sealed_type_is_read_by_a_walk_once_a_person_is_erased(name, walked):
    fact, keys = a_fact_of(name), KeysInMemory()
    codec: Codec[Event] = Codec(EVENT_TYPES, keys)
    stored = codec.to_stored_event(fact)
    for person in list(keys.held):
        keys.erased.add(person)
    event = codec.to_domain_event(stored).event
    assert walked == [b"closed"]
    assert event != fact.event
    assert ERASED in repr(event)


def test_a_text_that_looks_like_a_box_is_none(walked):
    looks_so = '"sealed":"AAAA","sealed_fields":["alias"]'
    fact = recorded(Signed(person=uuid4(), alias=looks_so, remark=looks_so))
    assert read_back(fact, Codec([Signed], KeysInMemory())).event == fact.event
    assert walked == []


def test_a_box_with_nothing_in_it_is_left_to_a_walk(monkeypatch):
    """No code of ours writes one: with nothing put in its place, the text around it is no JSON."""
    keys, fact = KeysInMemory(), recorded(Signed(person=uuid4(), remark="x"))
    codec: Codec[Event] = Codec([Signed], keys)
    close = sealing.box_of
    monkeypatch.setattr(
        sealing, "box_of", lambda hidden, *where: close(b"{}" if b"alias" in hidden else hidden, *where)
    )
    stored = codec.to_stored_event(fact)
    assert codec.to_domain_event(stored).event == fact.event


def test_boxes_that_no_type_says_where_are_read_by_a_walk(walked):
    witnesses = tuple(Witness(person=uuid4(), name=name) for name in ("Ana", "Bo"))
    fact = recorded(Heard(witnesses=witnesses))
    assert read_back(fact, Codec([Heard], KeysInMemory())).event == fact.event
    assert len(walked) == 1


def another_letter(box: bytes) -> bytes:
    return box[:60] + (b"A" if box[60:61] != b"A" else b"B") + box[61:]


def not_base64(box: bytes) -> bytes:
    return b"?" + box[1:]


def too_short(box: bytes) -> bytes:
    return box[:8]


@pytest.mark.parametrize("change", [another_letter, not_base64, too_short])
def test_an_altered_box_is_told_with_its_place(change):
    codec: Codec[Event] = Codec(EVENT_TYPES, KeysInMemory())
    stored = codec.to_stored_event(a_fact_of("NoteAdded"))
    box = stored.state.split(b'"payload":')[1].split(b'"sealed":"')[1].split(b'"')[0]
    with pytest.raises(StoredEventInvalid) as refused:
        codec.to_domain_event(changed(stored, box, change(box)))
    assert refused.value.path == "$.payload.sealed"


def test_a_box_moved_to_another_fact_is_refused():
    codec: Codec[Event] = Codec(EVENT_TYPES, KeysInMemory())
    stored = codec.to_stored_event(a_fact_of("NoteAdded"))
    with pytest.raises(StoredEventInvalid):
        codec.to_domain_event(type(stored)(uuid4(), stored.originator_version, stored.topic, stored.state))


def test_one_box_more_than_the_type_foresees_is_left_to_a_walk(walked):
    """Which is whose, the bytes do not say."""
    codec: Codec[Event] = Codec(EVENT_TYPES, KeysInMemory())
    fact = a_fact_of("AppealLodged")
    more = b'"payload":{"extra":{"sealed":"AAAA","sealed_fields":[]},'
    assert codec.to_domain_event(changed(codec.to_stored_event(fact), b'"payload":{', more)).event == fact.event
    assert len(walked) == 1
