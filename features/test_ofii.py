"""Steps that only the chapter on OFII and DGFiP needs: the register, and what a message does not say."""

import json
from typing import Any

from pytest_bdd import parsers, scenarios, then

from features.conftest import WHO, Table, rows_of
from features.world import World, agrees, found, told

scenarios("ofii.feature")

COLUMNS = ("sent_on", "acknowledged_on", "reference", "failed_on", "cause", "fields.pay_monthly_gross")


def _listed(world: World, who: str) -> dict[str, Any]:
    """The lines of the register that are of this case, by message."""
    answer = world.get(who, "/api/registers/messages", limit=200)
    assert answer.status_code == 200, answer.text
    return {line["message"]: line for line in answer.json()["items"] if line["case_id"] == str(world.case)}


@then(parsers.re(rf"the register of messages read by {WHO} lists for this case:"))
def _register_lists(world: World, who: str, datatable: Table) -> None:
    rows = rows_of(datatable, ("message", "recipient"), COLUMNS)
    listed = _listed(world, who)
    assert sorted(listed) == sorted(row["message"] for row in rows)
    for row in rows:
        line = listed[row["message"]]
        assert line["number"] == world.number
        wrong = {path: told(found(line, path)) for path, cell in row.items() if not agrees(found(line, path), cell)}
        assert not wrong, f"{row['message']}: {wrong}"


@then(parsers.re(rf"the register of messages read by {WHO} lists nothing for this case"))
def _register_lists_nothing(world: World, who: str) -> None:
    assert _listed(world, "auditor"), "nobody could read a message that does not exist"
    assert _listed(world, who) == {}


@then(parsers.re(rf"the queue (?P<queue>\w+) read by {WHO} (?P<holds>holds|does not hold) the case"))
def _queue_holds(world: World, queue: str, who: str, holds: str) -> None:
    answer = world.get(who, "/api/cases", queue=queue, limit=200)
    assert answer.status_code == 200, answer.text
    held = str(world.case) in {item["case"] for item in answer.json()["items"]}
    assert held is (holds == "holds")


@then(parsers.re(rf"the register of messages is closed to {WHO}"))
def _register_closed(world: World, who: str) -> None:
    answer = world.get(who, "/api/registers/messages")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@then(parsers.re(r"what OFII is told names neither (?P<name>\w+) nor (?P<passport>\w+)"))
def _names_nobody(world: World, name: str, passport: str) -> None:
    request = json.dumps(world.state()["request"])
    assert name in request
    assert passport in request
    sent = [line["detail"] for line in world.history() if line["type"] == "OfiiNotified"]
    assert sent
    assert name not in json.dumps(sent)
    assert passport not in json.dumps(sent)
