"""Every stored form an event ever had is still read: a form is a file that is added, never edited."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, get_args
from uuid import UUID

import msgspec
import pytest

from domain.administration import Administration
from domain.administration import evolve as evolve_administration
from domain.case import Case
from domain.envelope import Event
from domain.events import EVENT_TYPES, AdministrationEvent, CaseEvent
from domain.fold import evolve, replay

STORED = Path(__file__).parent.parent / "stored"
CASE_EVENTS: dict[str, Any] = {event.__name__: event for event in get_args(CaseEvent)}
ADMINISTRATION_EVENTS: dict[str, Any] = {event.__name__: event for event in get_args(AdministrationEvent)}
EVENTS: dict[str, Any] = {event.__name__: event for event in EVENT_TYPES}
FORMS = sorted(STORED.glob("*.json"))
STREAM = UUID("0192f0c1-0000-7000-8000-000000000001")


def form(name: str) -> Any:
    """The first stored form of an event, as an event."""
    return msgspec.json.decode((STORED / f"{name}.1.json").read_bytes(), type=EVENTS[name])


def without_new_fields(now: Any, stored: Any, path: str = "$") -> Any:
    """What is encoded today, less the members that the stored form did not have yet."""
    if isinstance(now, dict) and isinstance(stored, dict):
        lost = stored.keys() - now.keys()
        assert not lost, f"{path}: {sorted(lost)} would be lost"
        return {key: without_new_fields(now[key], stored[key], f"{path}.{key}") for key in now if key in stored}
    if isinstance(now, list) and isinstance(stored, list) and len(now) == len(stored):
        return [without_new_fields(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(now, stored, strict=True))]
    return now


def forms_expected(events: Iterable[Any]) -> set[str]:
    """The files that a set of events calls for: one for each form they ever had."""
    return {f"{e.__name__}.{number}.json" for e in events for number in range(1, getattr(e, "SCHEMA", 1) + 1)}


def test_every_event_has_its_stored_forms_and_every_form_an_event() -> None:
    assert {path.name for path in FORMS} == forms_expected(EVENTS.values())


def test_an_event_added_without_its_form_is_found_out() -> None:
    class SomethingHappened(Event, frozen=True, kw_only=True):
        """Nobody stored this."""

        SCHEMA: ClassVar[int] = 2

    lacking = forms_expected([*EVENTS.values(), SomethingHappened]) - {path.name for path in FORMS}
    assert lacking == {"SomethingHappened.1.json", "SomethingHappened.2.json"}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_stored_form_is_read_whole_and_written_again_the_same(path: Path) -> None:
    name, number = path.stem.rsplit(".", 1)
    event = EVENTS[name]
    if int(number) < getattr(event, "SCHEMA", 1):
        return
    raw = path.read_bytes()
    decoded = msgspec.json.decode(raw, type=event, strict=True)
    stored = msgspec.json.decode(raw)
    again = msgspec.json.decode(msgspec.json.encode(decoded))
    assert without_new_fields(again, stored) == stored


def cases() -> list[Case]:
    """A case just filed, and one on which everything that can be referred to has happened."""
    first = form("RequestFiled")
    facts = [
        form(name)
        for name in (
            "RequestRouted",
            "CaseClaimed",
            "MissingItemsRequested",
            "OpinionRequested",
            "RequestRefused",
            "DecisionMadeAvailable",
            "PriorHearingOpened",
            "AppealLodged",
            "LitigationOpened",
            "OfiiNotified",
            "LegalHoldPlaced",
        )
    ]
    bare, full = replay([first], STREAM), replay([first, *facts], STREAM)
    assert bare is not None
    assert full is not None
    return [bare, full]


@pytest.mark.parametrize("name", sorted(CASE_EVENTS))
def test_a_case_takes_every_fact_without_refusing(name: str) -> None:
    event = form(name)
    for case in cases():
        after = evolve(case, event, STREAM)
        assert after.version == case.version + 1


@pytest.mark.parametrize("name", sorted(ADMINISTRATION_EVENTS))
def test_the_administration_takes_every_fact_without_refusing(name: str) -> None:
    assert evolve_administration(Administration(), form(name)).version == 1
