"""Steps that only the chapter on routing needs: asking why a case is here, and trying a table."""

from typing import Any

import httpx
from pytest_bdd import given, parsers, scenarios, then, when

from features.conftest import DAY, POINTER, WHO, Table, altered, body_of, rows_of
from features.world import World

scenarios("routing.feature")

COLUMNS = ("department", "seasonal", "platform", "deciding_department")


@when(parsers.re(rf"{WHO} asks why the case is here"))
def _asks_why(world: World, who: str) -> None:
    world.read(None if who == "nobody" else who, "/routing")


@given(parsers.re(rf"{WHO} has moved its seat to (?P<value>\d{{5}})"))
def _has_moved(world: World, who: str, value: str) -> None:
    answer = _amends(world, who, "/request/employer/seat/postcode", value)
    assert answer.status_code == 200, answer.text


@when(parsers.re(rf"{WHO} asks to amend its request with {POINTER}"))
def _amends(world: World, who: str, pointer: str, value: str) -> httpx.Response:
    """The filing again, with one member changed."""
    body = altered(world.body, [(pointer, value)], world.clock.today)
    reason = "Les mentions relatives à l'employeur sont corrigées."
    return world.act(who, "amend", {"request": body["request"], "reason": reason})


@when(parsers.re(rf"{WHO} tries the table in force, effective from (?P<day>{DAY}), changed:"))
def _tries(world: World, who: str, day: str, datatable: Table) -> None:
    """A dry run of the lines of the table in force, less those that `none` leaves out, with others in their place."""
    changes = {(row["department"], row["seasonal"] == "yes"): row for row in rows_of(datatable, COLUMNS)}
    lines = [line for line in lines_in_force(world) if (line["department"], line["seasonal"]) not in changes]
    for (department, seasonal), row in changes.items():
        if row["platform"] != "none":
            line = {"department": department, "seasonal": seasonal, "confirmed": True, "source": "Essai de la table"}
            lines.append(line | {key: row[key] for key in ("platform", "deciding_department")})
    world.runner.run_until_current()
    body = {"version": "essai", "effective_from": day, "lines": lines, "source": "Essai de la table"}
    world.administer(None if who == "nobody" else who, "routing/dry-run", body)


@when(parsers.re(rf"{WHO} tries the routing table:"))
def _tries_as_written(world: World, who: str, docstring: str) -> None:
    world.administer(who, "routing/dry-run", body_of(world, docstring))


def lines_in_force(world: World) -> list[dict[str, Any]]:
    """The lines of the one table that the demonstration has published."""
    (table,) = tables(world)
    return list(table["lines"])


def tables(world: World) -> list[Any]:
    """The tables published so far."""
    answer = world.client.get("/api/admin", headers=world.headers("admin"))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["routing_tables"])


@then("the case is the only one named")
def _only_one(world: World) -> None:
    assert [(move["case"], move["number"]) for move in world.answer.json()["moves"]] == [
        (str(world.case), world.number)
    ]


@then(parsers.re(r"the departments without platform hold (?P<department>\w+)"))
def _without_platform(world: World, department: str) -> None:
    assert department in world.answer.json()["departments_without_platform"]


@then("no table is published")
def _none_published(world: World) -> None:
    assert len(tables(world)) == 1
