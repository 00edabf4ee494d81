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


@given(parsers.re(rf"the tribunal (?P<ruled>annuls|rejects) (?P<litigation>L\d+) on (?P<day>{DAY})"))
def _tribunal_rules(world: World, ruled: str, litigation: str, day: str) -> None:
    """Judged and notified that day, without injunction; the scenario goes on on that day."""
    world.clock.go_to(date.fromisoformat(day))
    outcome = {"annuls": "annulled", "rejects": "rejected"}[ruled]
    body = {"litigation": litigation, "outcome": outcome, "judged_on": day, "notified_on": day, "summary": "Jugement."}
    world.must("legal-69", "record-judgment", body)


@given(parsers.re(rf"the State appeals against (?P<litigation>L\d+) on (?P<day>{DAY})"))
def _state_appeals(world: World, litigation: str, day: str) -> None:
    world.clock.go_to(date.fromisoformat(day))
    body = {"action": "appeal", "court": "Lyon", "court_number": "27LY01234", "by_state": True}
    world.must("legal-69", "open-litigation", {**body, "main_litigation": litigation})


@given(parsers.re(rf"a suspension (?P<number>\d+) is asked on (?P<day>{DAY})"))
def _suspension_asked(world: World, number: str, day: str) -> None:
    """Beside claim 2600123, both served that very day: L1 for annulment, L2 for suspension."""
    _served(world, "2600123", day)
    body = {"action": "suspension", "court": "Lyon", "court_number": number, "lodged_by": "employer"}
    world.must("legal-69", "open-litigation", body)
    world.must("legal-69", "serve-claim", {"litigation": "L2", "made_available_on": day, "read_on": day})


@given(parsers.re(rf"the suspension (?P<litigation>L\d+) is refused on (?P<day>{DAY}) for want of serious doubt"))
def _suspension_refused(world: World, litigation: str, day: str) -> None:
    world.clock.go_to(date.fromisoformat(day))
    body = {"litigation": litigation, "outcome": "rejected", "judged_on": day, "notified_on": day}
    told = {"no_serious_doubt": True, "summary": "Aucun moyen ne fait naître de doute sérieux."}
    world.must("legal-69", "record-judgment", {**body, **told})
