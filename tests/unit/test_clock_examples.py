"""The table of dated examples: every limit, on dates worked out by hand from the calendar."""

import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from domain.clocks import Clock, clocks
from tests.unit.clock_histories import Example, case_of
from tests.unit.given import REFERENCE

TABLE = Path(__file__).with_name("clock_examples.toml")
EXAMPLES = msgspec.convert(tomllib.loads(TABLE.read_text(encoding="utf-8"))["examples"], list[Example])
T1_TO_T16 = {f"T{number}" for number in range(1, 17)}


def clock_of(example: Example) -> Clock:
    """The one limit of the case that an example is about."""
    found = [
        clock
        for clock in clocks(case_of(example), example.on, REFERENCE)
        if clock.id == example.clock and example.ref in (None, clock.ref) and example.whose in (None, clock.addressee)
    ]
    assert len(found) == 1, [(clock.id, clock.ref, clock.addressee) for clock in found]
    return found[0]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_the_limit_is_the_one_that_the_calendar_gives(example: Example) -> None:
    clock = clock_of(example)
    assert (clock.state.value, clock.expires_on) == (example.state, example.expires), clock.sentence
    if example.starts is not None:
        assert clock.starts_on == example.starts
    if example.suspended is not None:
        spans = [(span.until or clock.expires_on, span.since) for span in clock.suspensions]
        known = [until - since for until, since in spans if until is not None]
        assert sum(known, timedelta()) == timedelta(days=example.suspended)
    told = (clock.sentence, clock.why_not_running or "", clock.length, *clock.unconfirmed)
    if example.says is not None:
        assert any(example.says in text for text in told), told
    assert any(example.article in text for text in (*clock.articles, *told)), (clock.articles, told)


def test_there_are_at_least_one_hundred_and_fifty_examples_each_once() -> None:
    assert len(EXAMPLES) >= 150
    assert [id for id, times in Counter(example.id for example in EXAMPLES).items() if times > 1] == []
    said = Counter(
        msgspec.json.encode(msgspec.structs.replace(example, id="", what="", says=None)) for example in EXAMPLES
    )
    assert [text for text, times in said.items() if times > 1] == []
    assert len({example.what for example in EXAMPLES}) == len(EXAMPLES)


def test_every_limit_of_the_list_has_examples() -> None:
    held = {example.clock for example in EXAMPLES}
    assert held >= T1_TO_T16
    assert {"MISSING_ITEMS", "OPINION", "DEEMED_NOTIFICATION", "MEDICAL_CERTIFICATE", "T14_STUDENT"} <= held


@pytest.mark.parametrize("state", ["running", "suspended", "expired", "ended", "not_running"])
def test_every_state_has_examples(state: str) -> None:
    assert [example.id for example in EXAMPLES if example.state == state]
