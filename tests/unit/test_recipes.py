"""Recipes are data that hold: each is read, fits some proceedings, loses no document; a bad one is found."""

import hashlib
from importlib.resources import files
from itertools import pairwise

import pytest

from domain.acts import CourtAction
from domain.defence.recipe import RecipeFaulty, newest, parsed, recipes

SHIPPED = files("domain.defence") / "recipes"
GOOD = (SHIPPED / "excess_of_power.1.yaml").read_text(encoding="utf-8")
PUBLISHED = {
    "excess_of_power.1": "94e630a9f0ddbd0c",
    "execution.1": "e5d12e6c4bc2ed1c",
    "higher_court.1": "1495bd819257c8bf",
    "suspension.1": "6e50ef61a1d68c68",
    "urgent_measures.1": "4040bfbc8cf106eb",
}
"""The hash of each version: what bundles were prepared by is never edited, a change is another version."""
CUSTOM = (
    "request",
    "documents",
    "exchanges",
    "opinions",
    "labour_market",
    "assessment",
    "decision",
    "delegation",
    "appeals",
    "other_decisions",
)
"""The order in which a defence brief has its exhibits."""


def test_each_version_is_the_one_that_was_published() -> None:
    found = {
        file.name.removesuffix(".yaml"): hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        for file in SHIPPED.iterdir()
    }
    assert found == PUBLISHED


@pytest.mark.parametrize("action", CourtAction)
def test_every_kind_of_proceedings_has_a_recipe(action: CourtAction) -> None:
    assert any(action in recipe.actions and not recipe.after_injunction for recipe in recipes().values())


@pytest.mark.parametrize("name", ["excess_of_power", "suspension", "higher_court"])
def test_the_customary_order_is_kept(name: str) -> None:
    recipe = newest(name)
    assert recipe is not None
    keys = [slot.key for slot in recipe.slots]
    places = [keys.index(key) for key in CUSTOM]
    assert all(earlier < later for earlier, later in pairwise(places))


def test_each_line_has_its_source_and_each_heading_its_own_words() -> None:
    for recipe in recipes().values():
        assert recipe.source
        assert all(slot.source and slot.heading for slot in recipe.slots)
        assert len({slot.heading for slot in recipe.slots}) == len(recipe.slots)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("version: 1", "version: 0"),
        ("version: 1", "version: one"),
        ("actions: [annulment]", "actions: []"),
        ("actions: [annulment]", "actions: [referendum]"),
        ("came_with: nothing", "came_with: somebody"),
        ("{title}", "{name}"),
        ("{title}", "{title"),
        ('name: "request"', 'name: "../request"'),
        ('name: "assessment/{decision}"', 'name: "assessment/{weather}"'),
        ("kinds: [receipt]", "kinds: [postcard]"),
        ("  - key: documents", "  - key: request"),
        ("  - key: documents", "  - key: added"),
        ("slots:", "sluts:"),
        ("what: sheets", "what: sheet"),
        ("name: excess_of_power", "name: Excess"),
        ("    source:", "    sauce:"),
        ("slots:", "slots: [}"),
    ],
)
def test_a_bad_recipe_is_found(good: str, bad: str) -> None:
    assert good in GOOD
    with pytest.raises(RecipeFaulty):
        parsed(GOOD.replace(good, bad, 1))


def test_a_recipe_is_data_and_runs_nothing() -> None:
    with pytest.raises(RecipeFaulty):
        parsed("!!python/object/apply:os.system ['true']")
