"""The step that only the chapter on notification needs: an acknowledgement that nobody can answer."""

from pytest_bdd import given, scenarios

from features.world import World

scenarios("notification.feature")


@given("the routing table in force names nobody to reach")
def _no_contacts(world: World) -> None:
    """The same lines, published anew without any contact: acknowledgements stay incomplete (CRPA R112-11-1)."""
    (table,) = world.client.get("/api/admin", headers=world.headers("admin")).json()["routing_tables"]
    body = {"version": "2026-11", "effective_from": "2026-11-01", "lines": table["lines"], "source": "Sans contacts"}
    answer = world.client.post("/api/admin/routing", json=body, headers=world.headers("admin"))
    assert answer.status_code == 201, answer.text
