"""Steps that only the chapter on what follows a grant needs: the public check."""

from pytest_bdd import parsers, scenarios, when

from features.conftest import DAY
from features.world import World

scenarios("after_grant.feature")


@when(parsers.re(rf"anybody checks the permit with the birth date (?P<birth>{DAY})"))
def _checks(world: World, birth: str) -> None:
    """By the number of the newest permit of the case, without signing in."""
    numbers = [each["permit"]["number"] for each in world.state()["decisions"] if each["permit"]]
    world.get(None, "/api/permits/check", number=numbers[-1], birth_date=birth)
    assert "Benali" not in world.answer.text, "the public check names nobody"
