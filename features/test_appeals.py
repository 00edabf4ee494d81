"""Steps that only the chapter on appeals needs: new facts, and remedies that no longer exist."""

import copy

from pytest_bdd import given, parsers, scenarios, then

from features.conftest import POINTER, WHO, altered
from features.world import World

scenarios("appeals.feature")


@given(parsers.re(rf"{WHO} has amended the request with {POINTER}"))
def _amended(world: World, who: str, pointer: str, value: str) -> None:
    body = altered(copy.deepcopy(world.body), [(pointer, value)], world.clock.today)
    world.must(who, "amend", {"request": body["request"], "reason": "Les faits ont changé depuis la décision."})


@then(parsers.re(r"the remedies of (?P<decision>D\d+) do not name a gracious appeal"))
def _court_alone(world: World, decision: str) -> None:
    texts = {each["id"]: each["remedies"]["text"] for each in world.state()["decisions"]}
    assert "recours contentieux devant le tribunal administratif de Lyon" in texts[decision]
    assert "recours gracieux" not in texts[decision]
    assert "recours gracieux" in texts["D1"]
