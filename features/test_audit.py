"""Steps that only the chapter on audit needs: the traceability report, samples of it, sheets, and earlier instants."""

from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.conftest import DAY, WHO, Table, administer, must_hold
from features.world import World

scenarios("audit.feature")

REPORT = "/api/audit/decisions"
DRAWS = r'(?P<count>\d+) decisions by the seed "(?P<seed>[^"]+)"'


@when(parsers.re(rf"{WHO} reads the traceability of the decisions(?P<gaps> with a gap|)"))
def _reads_report(world: World, who: str, gaps: str) -> None:
    """Page after page, until the decisions of the scenario's case are there."""
    query: dict[str, Any] = {"limit": 200, **({"gaps": True} if gaps else {})}
    while True:
        answer = world.get(None if who == "nobody" else who, REPORT, **query)
        if answer.status_code != 200 or _lines(world) or answer.json()["next"] is None:
            return
        query["cursor"] = answer.json()["next"]


def _lines(world: World) -> list[Any]:
    return [each for each in world.answer.json()["items"] if each["case"] == str(world.case)]


def _line(world: World, decision: str) -> Any:
    assert world.answer.status_code == 200, world.answer.text
    (line,) = [each for each in _lines(world) if each["decision"] == decision]
    return line


@then(parsers.re(r"decision (?P<decision>D\d+) of the case is traced with:"))
def _traced_with(world: World, decision: str, datatable: Table) -> None:
    must_hold(_line(world, decision), datatable, f"decision {decision}")


@then(parsers.re(r"decision (?P<decision>D\d+) of the case has no gap"))
def _no_gap(world: World, decision: str) -> None:
    assert _line(world, decision)["gaps"] == []


@then(parsers.re(r"decision (?P<decision>D\d+) of the case has the gaps (?P<codes>[a-z_, ]+)"))
def _gaps(world: World, decision: str, codes: str) -> None:
    """Exactly these, in this order; `none` for no gap."""
    wanted = [] if codes == "none" else codes.split(", ")
    assert [gap["code"] for gap in _line(world, decision)["gaps"]] == wanted


@then(parsers.re(r'the gap (?P<code>[a-z_]+) of (?P<decision>D\d+) says "(?P<text>[^"]+)"'))
def _gap_says(world: World, code: str, decision: str, text: str) -> None:
    (gap,) = [each for each in _line(world, decision)["gaps"] if each["code"] == code]
    assert gap["sentence"] == text


@given(parsers.re(rf"the delegation of {WHO} has been ended on (?P<day>{DAY})"))
def _delegation_ended(world: World, who: str, day: str) -> None:
    known = world.client.get("/api/admin", headers=world.headers("admin")).json()["delegations"]
    (held,) = [each for each in known if each["identity"] == f"local:{who}"]
    administer(world, "delegations/end", {"delegation": held["id"], "ends_on": day, "reason": "Arrêté rapporté."})


@pytest.fixture
def drawn() -> dict[str, Any]:
    """What was drawn first, and as of which position."""
    return {}


@given(parsers.re(rf"{WHO} has drawn {DRAWS}"))
def _has_drawn(world: World, drawn: dict[str, Any], who: str, count: str, seed: str) -> None:
    """As of the last fact of the scenario's case."""
    drawn["position"] = world.history()[-1]["position"]
    drawn["items"] = _draw(world, drawn, who, count, seed)
    assert 0 < len(drawn["items"]) <= int(count)


@when(parsers.re(rf"{WHO} draws {DRAWS} as of the same position"))
def _draws(world: World, drawn: dict[str, Any], who: str, count: str, seed: str) -> None:
    _draw(world, drawn, who, count, seed)


def _draw(world: World, drawn: dict[str, Any], who: str, count: str, seed: str) -> list[Any]:
    answer = world.get(who, REPORT, sample=int(count), seed=seed, until_position=drawn["position"])
    assert answer.status_code == 200, answer.text
    return _places(answer.json())


def _places(report: Any) -> list[Any]:
    return [(each["rank"], each["case"], each["decision"]) for each in report["items"]]


@then("the decisions drawn are the same, in the order of their ranks")
def _same_draw(world: World, drawn: dict[str, Any]) -> None:
    again = _places(world.answer.json())
    assert again == drawn["items"] == sorted(again)


@pytest.fixture
def sheets() -> list[bytes]:
    """The sheet as it was read first."""
    return []


@when(parsers.re(rf"{WHO} reads the sheet of decision (?P<decision>D\d+)"))
def _reads_sheet(world: World, who: str, decision: str) -> None:
    world.read(None if who == "nobody" else who, f"/decision-sheets/{decision}")


@given(parsers.re(rf"{WHO} has read the sheet of decision (?P<decision>D\d+)"))
def _has_read_sheet(world: World, sheets: list[bytes], who: str, decision: str) -> None:
    _reads_sheet(world, who, decision)
    assert world.answer.status_code == 200, world.answer.text
    sheets.append(world.answer.content)


@then("it is the same sheet, byte for byte")
def _same_sheet(world: World, sheets: list[bytes]) -> None:
    assert [world.answer.content] == sheets


@when(parsers.re(rf"{WHO} reads the case as of (?P<instant>\S+)"))
def _reads_as_of(world: World, who: str, instant: str) -> None:
    world.read(who, as_of=instant)
