"""Steps that only the chapter on what follows a grant needs: hearings already open, the public check."""

from datetime import date

from pytest_bdd import given, parsers, scenarios, when

from features.conftest import DAY
from features.world import World

scenarios("after_grant.feature")


@given(
    parsers.re(rf"a hearing for (?P<intended>[a-z]+) on the ground of (?P<basis>[a-z_]+) was opened on (?P<day>{DAY})")
)
def _hearing_open(world: World, intended: str, basis: str, day: str) -> None:
    """By agent-63, with the fifteen days of practice; the scenario goes on on that day."""
    world.clock.go_to(date.fromisoformat(day))
    grounds = "Les pièces reçues depuis contredisent celles de la demande."
    body = {"decision": "D1", "intended": intended, "legal_basis": basis, "grounds": grounds}
    world.must("agent-63", "open-prior-hearing", body)


@when(parsers.re(rf"anybody checks the permit with the birth date (?P<birth>{DAY})"))
def _checks(world: World, birth: str) -> None:
    """By the number of the newest permit of the case, without signing in."""
    numbers = [each["permit"]["number"] for each in world.state()["decisions"] if each["permit"]]
    world.get(None, "/api/permits/check", number=numbers[-1], birth_date=birth)
    assert "Benali" not in world.answer.text, "the public check names nobody"
