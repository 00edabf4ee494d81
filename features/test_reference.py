"""Steps on reference tables: publishing the next version of a shipped one, and reading which one holds."""

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from domain.reference.load import load_reference
from features.conftest import WHO, Table, must_hold
from features.world import World

scenarios("reference.feature")

PUBLISHES = (
    rf'{WHO} (?P<did>publishes|has published) the table (?P<table>[a-z_]+) as "(?P<version>[^"]+)" from (?P<on>\S+)'
)


def text_of(table: str) -> str:
    """The data file of a shipped table."""
    reference = load_reference()
    return reference.texts[reference.tables[table].file]


def publish(world: World, who: str, did: str, table: str, version: str, on: str, content: str) -> None:
    """Publish a table, which has to succeed when it « has » been published."""
    body = {
        "table": table,
        "version": version,
        "effective_from": on,
        "source": "arrêté de la fiction",
        "content": content,
    }
    answer = world.administer(None if who == "nobody" else who, "reference", body)
    assert did == "publishes" or answer.status_code == 201, answer.text


@given(parsers.re(rf"{PUBLISHES} with the line:"))
def _publishes_one_line_more(
    world: World, who: str, did: str, table: str, version: str, on: str, docstring: str
) -> None:
    publish(world, who, did, table, version, on, text_of(table).rstrip("\n") + "\n" + docstring.strip() + "\n")


@given(parsers.re(rf'{PUBLISHES} with "(?P<old>.+)" now "(?P<new>.*)"'))
@when(parsers.re(rf'{PUBLISHES} with "(?P<old>.+)" now "(?P<new>.*)"'))
def _publishes_changed(world: World, who: str, did: str, table: str, version: str, on: str, old: str, new: str) -> None:
    """The shipped table with the first such text replaced."""
    assert old in text_of(table)
    publish(world, who, did, table, version, on, text_of(table).replace(old, new, 1))


@given(parsers.re(rf'{PUBLISHES} with the (?P<name>[A-Z_]+) of "(?P<old>.+)" now "(?P<new>.+)"'))
def _publishes_figure(
    world: World, who: str, did: str, table: str, version: str, on: str, name: str, old: str, new: str
) -> None:
    """The shipped table with one figure replaced."""
    before, start, after = text_of(table).partition(f'id = "{name}"')
    assert f'value = "{old}"' in after
    changed = after.replace(f'value = "{old}"', f'value = "{new}"', 1)
    publish(world, who, did, table, version, on, before + start + changed)


@when(parsers.re(rf"{WHO} reads the tables on (?P<on>\S+)"))
def _reads_tables(world: World, who: str, on: str) -> None:
    world.get(who, "/api/reference", on=on)


@when(parsers.re(rf"{WHO} reads the table (?P<table>[a-z_]+)(?: on (?P<on>\S+))?"))
def _reads_table(world: World, who: str, table: str, on: str | None) -> None:
    world.get(None if who == "nobody" else who, f"/api/reference/{table}", **({"on": on} if on else {}))


@when(parsers.re(rf"{WHO} reads the law on (?P<on>\S+)"))
def _reads_the_law(world: World, who: str, on: str) -> None:
    world.get(None if who == "nobody" else who, "/api/law", on=on)


def named(rows: list[Any], member: str, name: str) -> Any:
    """The one row of that name."""
    (found,) = [row for row in rows if row.get(member) == name]
    return found


@then(parsers.re(r"the table (?P<table>[a-z_]+) has:"))
def _table_has(world: World, table: str, datatable: Table) -> None:
    must_hold(named(world.answer.json()["tables"], "name", table), datatable, f"table {table}")


@then(parsers.re(r"the row (?P<name>[A-Z_0-9]+) has:"))
def _row_has(world: World, name: str, datatable: Table) -> None:
    must_hold(named(world.answer.json()["rows"], "id", name), datatable, f"row {name}")


@then("nobody is named by the tables")
def _nobody_named(world: World) -> None:
    assert all("published_by" not in table for table in world.answer.json()["tables"])


@then(parsers.re(r"the table (?P<table>[a-z_]+) of (?P<on>\S+) is the one shipped"))
def _is_shipped(world: World, table: str, on: str) -> None:
    told = world.client.get(f"/api/reference/{table}", params={"on": on}).json()["table"]
    assert told["version"] == load_reference().versions[table]
    assert told["published"] is False


@then(parsers.re(r"read as (?P<how>on|known at) <(?P<when>[^>]+)> the clock (?P<clock>\w+) expires on (?P<day>\S+)"))
def _clock_read_as(world: World, how: str, when: str, clock: str, day: str) -> None:
    query = {"legal_as_of" if how == "on" else "as_of": when}
    answer = world.read("auditor", "/clocks", **query)
    assert answer.status_code == 200, answer.text
    assert named(answer.json()["clocks"], "id", clock)["expires_on"] == day
