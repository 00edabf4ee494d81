"""Steps that only the chapter on the reasons library needs: to read it on a day."""

from pytest_bdd import parsers, scenarios, then, when

from domain.findings import Criterion
from features.conftest import DAY, WHO, Table, must_hold
from features.world import World

scenarios("reasons.feature")


@when(
    parsers.re(
        rf"{WHO} reads the reasons library(?: for (?P<criterion>[a-z_]+))?(?: on (?P<on>{DAY}))?",
    )
)
def _reads_library(world: World, who: str, criterion: str | None, on: str | None) -> None:
    asked = {name: value for name, value in (("criterion", criterion), ("on", on)) if value}
    world.get(None if who == "nobody" else who, "/api/reasons", **asked)


@then(parsers.re(r'the paragraph "(?P<reason>[a-z0-9-]+)" has:'))
def _paragraph_has(world: World, reason: str, datatable: Table) -> None:
    found = [each for each in world.answer.json()["paragraphs"] if each["reason"] == reason]
    assert len(found) == 1, f"{reason} stands {len(found)} times"
    must_hold(found[0], datatable, reason)


@then(parsers.re(r'there is no paragraph "(?P<reason>[a-z0-9-]+)"'))
def _no_paragraph(world: World, reason: str) -> None:
    assert world.answer.status_code == 200, world.answer.text
    assert reason not in [each["reason"] for each in world.answer.json()["paragraphs"]]


@then("every condition has a paragraph")
def _every_condition(world: World) -> None:
    assert {each["criterion"] for each in world.answer.json()["paragraphs"]} == {each.value for each in Criterion}
