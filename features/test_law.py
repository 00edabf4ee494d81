"""Steps on the law in force, and the demand that every provision is dated, sourced, explained and shown at work."""

import re
from datetime import date
from pathlib import Path

import pytest
from pytest_bdd import parsers, scenarios, then, when

from domain.provisions import Provision, all_provisions
from features.conftest import WHO, Table, must_hold
from features.world import World

scenarios("law.feature")

SCENARIOS = [
    text
    for chapter in Path(__file__).parent.glob("*.feature")
    for text in re.split(r"^\s*Scenario(?: Outline)?:", chapter.read_text(), flags=re.MULTILINE)[1:]
]
each_provision = pytest.mark.parametrize("provision", all_provisions(), ids=lambda p: f"{p.name}-{p.since}")


def _cites(scenario: str, provision: Provision) -> bool:
    """Whether a scenario names the article, and not a longer one that begins alike, and the condition if it is one."""
    article = re.search(rf"{re.escape(provision.articles[0])}(?![0-9-])", scenario)
    return bool(article) and (provision.criterion is None or bool(re.search(rf"\b{provision.criterion}\b", scenario)))


def _days(scenario: str) -> list[date]:
    """The days that its steps happen on, and those of its tables: not those of the bodies that it sends."""
    steps = re.findall(r"(?:today is|the day is|[Oo]n) (\d{4}-\d{2}-\d{2})\b", scenario)
    rows = re.findall(r"^ *\|(.*)\|$", scenario, flags=re.MULTILINE)
    return [date.fromisoformat(day) for day in (*steps, *re.findall(r"\d{4}-\d{2}-\d{2}", " ".join(rows)))]


@each_provision
def test_every_provision_has_a_scenario_that_cites_it(provision: Provision) -> None:
    """Some scenario names its article, and its condition where it is one."""
    assert any(_cites(text, provision) for text in SCENARIOS)


@pytest.mark.parametrize(
    "provision",
    [each for each in all_provisions() if each.until is not None and each.mark == "confirmed"],
    ids=lambda p: f"{p.name}-{p.since}",
)
def test_a_version_read_that_has_ended_is_shown_on_one_of_its_days(provision: Provision) -> None:
    """A text of the past is not proved by a scenario of today."""
    days = [day for text in SCENARIOS if _cites(text, provision) for day in _days(text)]
    assert any(provision.in_force(day) for day in days)


@pytest.mark.parametrize(
    ("text", "cited"),
    [("(CT R5221-1)", True), ("CT R5221-1 II", True), ("(CT R5221-14)", False), ("(CT R5221-1-1)", False)],
)
def test_a_longer_citation_is_another_article(text: str, cited: bool) -> None:
    """CT R5221-14 does not show CT R5221-1."""
    provision = next(each for each in all_provisions() if each.articles[0] == "CT R5221-1")
    assert _cites(text, provision) is cited


@each_provision
def test_every_provision_is_restated_in_one_sentence_of_ours(provision: Provision) -> None:
    """One docstring, one sentence, that ends like one."""
    assert provision.text.endswith(".")
    assert not re.search(r"[a-z)»][.] [A-Z]", provision.text)


@each_provision
def test_every_provision_is_dated_and_sourced(provision: Provision) -> None:
    """Versions do not end before they begin; what nobody read says so."""
    assert provision.until is None or provision.since <= provision.until
    assert provision.source
    assert provision.mark in {"confirmed", "unconfirmed"}
    assert provision.mark == "confirmed" or provision.note


@when(parsers.re(rf"{WHO} reads the law(?: on (?P<on>\S+))?"))
def _reads_the_law(world: World, who: str, on: str | None) -> None:
    world.get(None if who == "nobody" else who, "/api/law", **({"on": on} if on else {}))


@when(parsers.re(rf"{WHO} opens (?P<address>/\S+)"))
def _opens(world: World, who: str, address: str) -> None:
    world.get(None if who == "nobody" else who, address)


@then(parsers.re(r"the law holds (?P<name>[a-z_0-9]+)(?: since (?P<since>\S+))? with:"))
def _the_law_holds(world: World, name: str, since: str | None, datatable: Table) -> None:
    found = [p for p in world.answer.json()["provisions"] if p["name"] == name and since in (None, p["since"])]
    assert len(found) == 1, f"{name} stands {len(found)} times"
    must_hold(found[0], datatable, name)


@then(parsers.re(r"the law holds no (?P<name>[a-z_0-9]+)(?: since (?P<since>\S+))?"))
def _the_law_holds_no(world: World, name: str, since: str | None) -> None:
    found = [p for p in world.answer.json()["provisions"] if p["name"] == name and since in (None, p["since"])]
    assert not found
