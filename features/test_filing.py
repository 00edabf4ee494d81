"""Steps that only the chapter on filing needs: keys of idempotency, amendments."""

import copy

from pytest_bdd import parsers, scenarios, then, when

from features.bodies import filing
from features.conftest import WHO, Table, altered, changes_of, own_key
from features.world import World

scenarios("filing.feature")


@when(parsers.re(rf'{WHO} files an? (?P<procedure>[a-z_]+) request under the key "(?P<key>[^"]+)"'))
def _files_under_key(world: World, who: str, procedure: str, key: str) -> None:
    world.file(who, filing(procedure), key=own_key(world, key))


@then("the answer repeats the first one byte for byte")
def _repeats(world: World) -> None:
    first, last = world.answers[0], world.answers[-1]
    assert len(world.answers) > 1
    assert (last.status_code, last.content) == (first.status_code, first.content)
    assert [last.headers[name] for name in ("etag", "location", "x-position")] == [
        first.headers[name] for name in ("etag", "location", "x-position")
    ]


@then("the answers name different cases")
def _different_cases(world: World) -> None:
    cases = [answer.json()["case"] for answer in world.answers]
    assert len(set(cases)) == len(cases) > 1


@when(parsers.re(rf'{WHO} amends the request because "(?P<reason>[^"]+)" with:'))
def _amends(world: World, who: str, reason: str, datatable: Table) -> None:
    body = altered(copy.deepcopy(world.body), changes_of(datatable), world.clock.today)
    world.act(who, "amend", {"request": body["request"], "reason": reason})
