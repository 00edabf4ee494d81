"""What waits to be done: each queue with its count, the same as its list."""

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from api.access import Caller
from api.answers import READ_RESPONSES
from api.reading import ParkedCases, Readers, aside
from ledger.desk import Desk, day_in_paris
from projections.cases import QUEUES, Asker, queue_counts


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue; its list is `GET /api/cases?queue=<name>`."""

    name: str
    title: str
    count: int


class Queues(msgspec.Struct, frozen=True, kw_only=True):
    """Every queue, in the order they are shown."""

    queues: tuple[Queue, ...]
    stale: bool = False
    parked_cases: ParkedCases = 0


@get("/", sync_to_thread=True, operation_id="Queues", summary="Les files d'attente", responses=READ_RESPONSES)
def queues(
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    stale: NamedDependency[bool],
) -> Queues:
    """How many cases wait in each queue, among those the caller may know of."""
    today = day_in_paris(desk.ledger.clock())
    with readers.connection() as connection:
        without = aside(connection, "cases", caller, desk)
        counts = queue_counts(connection, Asker(identity=caller.actor.identity, today=today, access=without.access))
    listed = tuple(Queue(name=name, title=title, count=counts[name]) for name, title in QUEUES.items())
    return Queues(queues=listed, stale=stale, parked_cases=without.count)


def router() -> Router:
    """Routes under /api/queues."""
    return Router("/api/queues", route_handlers=[queues], tags=["Files d'attente"])
