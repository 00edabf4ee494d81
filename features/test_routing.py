"""Steps that only the chapter on routing needs."""

import httpx
from pytest_bdd import given, parsers, scenarios, then, when

from features.conftest import POINTER, WHO, altered, body_of, routing_tables
from features.world import World

scenarios("routing.feature")


@given(parsers.re(rf"{WHO} has moved its seat to (?P<value>\d{{5}})"))
def _has_moved(world: World, who: str, value: str) -> None:
    answer = _amends(world, who, "/request/employer/seat/postcode", value)
    assert answer.status_code == 200, answer.text


@when(parsers.re(rf"{WHO} asks to amend its request with {POINTER}"))
def _amends(world: World, who: str, pointer: str, value: str) -> httpx.Response:
    """The filing again, with one member changed."""
    body = altered(world.body, [(pointer, value)], world.clock.today)
    reason = "Les mentions relatives à l'employeur sont corrigées."
    return world.act(who, "amend", {"request": body["request"], "reason": reason})


@when(parsers.re(rf"{WHO} tries the routing table:"))
def _tries_as_written(world: World, who: str, docstring: str) -> None:
    world.administer(who, "routing/dry-run", body_of(world, docstring))


@then("the case is the only one named")
def _only_one(world: World) -> None:
    assert [(move["case"], move["number"]) for move in world.answer.json()["moves"]] == [
        (str(world.case), world.number)
    ]


@then(parsers.re(r"the departments without platform hold (?P<department>\w+)"))
def _without_platform(world: World, department: str) -> None:
    assert department in world.answer.json()["departments_without_platform"]


@then("no table is published")
def _none_published(world: World) -> None:
    assert len(routing_tables(world)) == 1
