"""Steps that only the chapter on assessment needs."""

from pytest_bdd import parsers, scenarios, then, when

from features.conftest import WHO
from features.world import World

scenarios("assessment.feature")


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
