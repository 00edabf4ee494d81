"""Steps that only the chapter on litigation needs: a claim already served, and what the applicant may read."""

from datetime import date

from pytest_bdd import given, parsers, scenarios, then

from features.conftest import DAY, WHO
from features.world import World

scenarios("litigation.feature")


@given(parsers.re(rf"the claim (?P<number>\d+) is served on (?P<day>{DAY})"))
def _served(world: World, number: str, day: str) -> None:
    """Lodged before the tribunal of Lyon and read that very day; the scenario goes on on that day."""
    world.clock.go_to(date.fromisoformat(day))
    claim = {"action": "annulment", "court": "Lyon", "court_number": number, "lodged_by": "employer"}
    world.must("legal-69", "open-litigation", claim)
    world.must("legal-69", "serve-claim", {"litigation": "L1", "made_available_on": day, "read_on": day})


@then(parsers.re(rf"the history read by {WHO} tells of (?P<told>[A-Z]\w+) and not of (?P<kept>[A-Z]\w+)"))
def _history_tells(world: World, who: str, told: str, kept: str) -> None:
    read = [line["type"] for line in world.history(who)]
    assert told in read
    assert kept not in read
    assert kept in world.recorded(), f"{kept} never happened"
