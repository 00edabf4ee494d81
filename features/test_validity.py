"""Steps that only the chapter on the validity of decisions needs: to read it, and what it says of one requirement."""

from typing import Any

from pytest_bdd import parsers, scenarios, then, when

from features.conftest import WHO
from features.world import World

scenarios("validity.feature")

STATES = {
    "holds": "held",
    "is a flaw": "flaw",
    "is pending": "pending",
    "does not apply": "not_applicable",
}


@when(parsers.re(rf"{WHO} reads the validity of decision (?P<decision>D\d+)"))
def _reads_validity(world: World, who: str, decision: str) -> None:
    world.read(None if who == "nobody" else who, f"/decisions/{decision}/validity")


@when(parsers.re(rf"{WHO} reads the validity of the proposal"))
def _reads_proposal(world: World, who: str) -> None:
    world.read(None if who == "nobody" else who, "/validity")


@then(
    parsers.re(rf'(?P<id>F\d+) (?P<state>{"|".join(STATES)}) on "(?P<article>[^"]+)" saying "(?P<text>[^"]+)"'),
)
def _requirement(world: World, id: str, state: str, article: str, text: str) -> None:
    """The state of one requirement, one of its articles, and a part of its sentence."""
    judged = _judged(world, id)
    assert judged["state"] == STATES[state], judged
    assert article in judged["articles"], judged
    assert text in judged["sentence"], judged


@then(parsers.re(r'the flaw of (?P<id>F\d+) is refused as "(?P<code>[a-z_]+)"'))
def _code(world: World, id: str, code: str) -> None:
    assert _judged(world, id)["code"] == code


@then("no requirement is a flaw")
def _no_flaw(world: World) -> None:
    told = world.answer.json()["requirements"]
    assert [each["id"] for each in told] == [f"F{number}" for number in range(1, 13)]
    assert not [each for each in told if each["state"] == "flaw"]


def _judged(world: World, id: str) -> Any:
    assert world.answer.status_code == 200, world.answer.text
    (judged,) = [each for each in world.answer.json()["requirements"] if each["id"] == id]
    return judged
