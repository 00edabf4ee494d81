"""Steps that only the chapter on assessment needs, and the demand that every rule has a scenario citing it."""

import re
from pathlib import Path

import pytest
from pytest_bdd import parsers, scenarios, then, when

from domain.law import Rule, all_rules
from features.conftest import WHO
from features.world import World

scenarios("assessment.feature")

SCENARIOS = [
    text
    for chapter in Path(__file__).parent.glob("*.feature")
    for text in re.split(r"^\s*Scenario(?: Outline)?:", chapter.read_text(), flags=re.MULTILINE)[1:]
]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: f"{rule.id.criterion}-{rule.id.since}")
def test_every_rule_has_a_scenario_that_cites_it(rule: Rule) -> None:
    """Some scenario names the condition and its article."""
    assert any(rule.id.article in text and rule.id.criterion.value in text for text in SCENARIOS)


@when(parsers.re(rf"{WHO} assesses (?P<criterion>[a-z_]+)"))
def _assesses(world: World, who: str, criterion: str) -> None:
    world.act(who, "assess", {"criterion": criterion})


@when(parsers.re(rf'{WHO} assesses (?P<criterion>[a-z_]+) as (?P<met>[a-z_]+) because "(?P<because>[^"]+)"'))
def _assesses_as(world: World, who: str, criterion: str, met: str, because: str) -> None:
    world.act(who, "assess", {"criterion": criterion, "met": met, "because": because})


@then(parsers.re(r"there is a condition (?P<criterion>[a-z_]+) that is (?P<met>not assessed|[a-z_]+)"))
def _condition_is(world: World, criterion: str, met: str) -> None:
    held = {assessment["rule"]["criterion"]: assessment["met"] for assessment in world.state()["findings"]}
    assert held.get(criterion, "not assessed") == met
