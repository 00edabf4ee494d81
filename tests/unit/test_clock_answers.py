"""What a time limit answers, word for word: its sentence, facts, articles, doubts, and whether it binds the service."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.unit.clock_histories import Example
from tests.unit.test_clock_examples import EXAMPLES, clock_of

ANSWERS = tomllib.loads(Path(__file__).with_name("clock_answers.toml").read_text(encoding="utf-8"))
BY_ID = {example.id: example for example in EXAMPLES}
DATED = {"state", "starts_on", "expires_on", "suspensions"}
"""What the table of dated examples checks."""


def answer_to(example: Example) -> dict[str, Any]:
    """What the limit answers, without its dates and without what is empty."""
    told = msgspec.json.decode(msgspec.json.encode(clock_of(example)))
    return {name: value for name, value in told.items() if name not in DATED and value not in ("", None, [], {})}


@pytest.mark.parametrize("id", sorted(ANSWERS))
def test_a_limit_answers_word_for_word(id: str) -> None:
    assert answer_to(BY_ID[id]) == ANSWERS[id]


def test_every_limit_and_every_way_of_standing_has_its_words() -> None:
    told = {(example.clock, example.state) for example in EXAMPLES if example.id in ANSWERS}
    assert {clock for clock, _ in told} == {example.clock for example in EXAMPLES}
    assert {state for _, state in told} == {example.state for example in EXAMPLES}
