"""Steps that only the chapter on decisions needs: lengths of what is written, delegations, versions."""

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from features.bodies import value_of
from features.conftest import COMMAND, WHO, body_of
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


def _administer(world: World, command: str, body: dict[str, Any]) -> None:
    answer = world.client.post(f"/api/admin/{command}", json=body, headers=world.headers("admin"))
    assert answer.status_code == 201, f"{command}: {answer.status_code} {answer.text}"


@given(parsers.re(rf"the only delegation of {WHO} has (?P<member>[a-z_]+) = (?P<value>.+)"))
def _only_delegation(world: World, who: str, member: str, value: str) -> None:
    """The delegation held so far ended yesterday; a new one begins in October, for all acts, but for one member."""
    known = world.client.get("/api/admin", headers=world.headers("admin")).json()["delegations"]
    (held,) = [each for each in known if each["identity"] == f"local:{who}"]
    end = {"delegation": held["id"], "ends_on": "2026-11-01", "reason": "Nouvel arrêté de délégation."}
    _administer(world, "delegations/end", end)
    granted: dict[str, Any] = {
        "number": "2026-063-009",
        "identity": held["identity"],
        "name": held["name"],
        "quality": held["quality"],
        "service": held["service"],
        "platform": "Clermont-Ferrand",
        "departments": ["*"],
        "acts": held["acts"],
        "starts_on": "2026-10-01",
        "published_on": "2026-10-20",
        "publication": "RAA n° 63-2026-118",
    }
    assert member in granted or member == "ends_on", f"no delegation has {member}"
    _administer(world, "delegations", {**granted, member: value_of(value)})


@given(parsers.re(rf"{WHO} has received the right to sign for (?P<platform>.+)"))
def _right_to_sign(world: World, who: str, platform: str) -> None:
    right = {"identity": f"local:{who}", "role": "signatory", "platforms": [platform], "starts_on": "2026-11-01"}
    _administer(world, "rights", right)


@then("the number of the permit is that of the proposal")
def _number_of_proposal(world: World) -> None:
    proposed = next(line for line in world.history() if line["type"] == "DecisionProposed")
    number = world.state()["decisions"][-1]["permit"]["number"]
    assert number
    assert number == proposed["detail"]["permit"]["number"]
