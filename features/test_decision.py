"""Steps that only the chapter on decisions needs: lengths of what is written, delegations, versions."""

from pytest_bdd import given, parsers, scenarios, then, when

from features.conftest import COMMAND, WHO, administer, body_of
from features.world import World

scenarios("decision.feature")

FACT = "Le motif énonce des faits précis, datés et vérifiés au dossier de la demande."


@when(parsers.re(rf"{WHO} proposes a refusal on (?P<criterion>[a-z_]+) in (?P<length>\d+) characters"))
def _proposes_in(world: World, who: str, criterion: str, length: str) -> None:
    reasons = [{"criterion": criterion, "fact": "é" * int(length)}]
    world.act(who, "propose", {"kind": "refusal", "reasons": reasons})


@when(parsers.re(rf"{WHO} proposes a refusal on (?P<criterion>[a-z_]+) explained in (?P<length>\d+) characters"))
def _proposes_explained_in(world: World, who: str, criterion: str, length: str) -> None:
    reasons = [{"criterion": criterion, "fact": FACT}]
    world.act(who, "propose", {"kind": "refusal", "reasons": reasons, "explanation": "é" * int(length)})


@when(parsers.re(rf"{WHO} gives {COMMAND} on the version before with:"))
def _gives_on_version_before(world: World, who: str, command: str, docstring: str) -> None:
    world.act(who, command, body_of(world, docstring), at=world.version - 1)


@given(parsers.re(rf"{WHO} has received the right to sign for (?P<platform>.+)"))
def _right_to_sign(world: World, who: str, platform: str) -> None:
    right = {"identity": f"local:{who}", "role": "signatory", "platforms": [platform], "starts_on": "2026-11-01"}
    administer(world, "rights", right)


@then("the number of the permit is that of the proposal")
def _number_of_proposal(world: World) -> None:
    proposed = next(line for line in world.history() if line["type"] == "DecisionProposed")
    number = world.state()["decisions"][-1]["permit"]["number"]
    assert number
    assert number == proposed["detail"]["permit"]["number"]
