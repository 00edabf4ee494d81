"""What a routing table would move before it is published."""

import asyncio
from datetime import date
from typing import Annotated, Final

import msgspec
from litestar import Router, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg, RawBody

from api.access import Caller, must_be_signed_in
from api.answers import WRITE_RESPONSES
from api.form import must_be_legible
from api.reading import Readers, is_stale
from domain.administration import evolve
from domain.command import administration_commands
from domain.commands.publish_routing_table import PublishRoutingTable, publish_routing_table
from domain.days import add_months
from domain.routing import lines_compared
from domain.routing_moves import CaseMove, DepartmentLine, Movement, comparison
from domain.sentences import routing as told
from ledger.desk import Desk
from ledger.identifiers import new_id
from projections.places import crowds, left_to_hand, open_cases_of

MOVES_MAX: Final = 200
"""How many cases a dry run names."""
MONTHS: Final = 12


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a routing table would change, nothing of which is recorded."""

    version: str
    judged_on: date
    """The day on which lines are compared: the table's first day, or today if that has come."""
    filed_since: date
    """Cases filed earlier are not looked at."""
    sentence: str
    moves: tuple[CaseMove, ...]
    """Open cases, those left to hand first, each by date of filing."""
    total: int
    more: bool
    """Whether more cases would move than are named."""
    movements: tuple[Movement, ...]
    left_to_hand: int
    """Open cases that no platform holds."""
    departments_without_platform: tuple[str, ...]
    seasonal_departments_without_platform: tuple[str, ...]
    lines_changed: tuple[DepartmentLine, ...]
    position: int
    """The ledger's position when the question was asked."""
    stale: bool
    """True when the read models had not seen that position in time: newer cases may be missing."""


_COMMAND: Final = administration_commands()["routing"]


@post(
    "/admin/routing/dry-run",
    before_request=must_be_signed_in,
    status_code=200,
    operation_id="RoutingDryRun",
    summary="Essayer une table d'orientation sans la publier",
    responses={code: spec for code, spec in WRITE_RESPONSES.items() if code not in {410, 412, 428}},
)
async def dry_run(
    data: Annotated[
        PublishRoutingTable,
        BodyKwarg(media_type="application/json", examples=[Example(summary=_COMMAND.title, value=_COMMAND.example)]),
    ],
    body: RawBody,
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
) -> DryRun:
    """Which open cases of the last twelve months a table would send elsewhere; refused as publishing it would be."""
    # A table may be long: not on the event loop.
    await asyncio.to_thread(must_be_legible, data, body)
    position = await asyncio.to_thread(desk.ledger.last_position)
    stale = await is_stale(readers, position)
    return await asyncio.to_thread(_tried, data, desk, caller, readers, position, stale)


def _tried(
    data: PublishRoutingTable, desk: Desk, caller: Caller, readers: Readers, position: int, stale: bool
) -> DryRun:
    context = desk.context(caller.actor, new_id())
    before = context.administration
    (published,) = publish_routing_table(before, data, context)
    on = max(context.today, data.effective_from)
    since = add_months(context.today, -MONTHS)
    compared = comparison(lines_compared(before, evolve(before, published), desk.reference_on(on), on))
    with readers.connection() as connection:
        crowded = [crowd for crowd in crowds(connection, since) if compared.moves(crowd.place)]
        named = open_cases_of(connection, (crowd.place for crowd in crowded), since, MOVES_MAX)
        left = left_to_hand(connection, since)
    total = sum(crowd.still_open for crowd in crowded)
    return DryRun(
        version=data.version,
        judged_on=on,
        filed_since=since,
        sentence=told.MOVES_NOTHING,
        moves=tuple(map(compared.move, named)),
        total=total,
        more=total > MOVES_MAX,
        movements=compared.movements(crowded),
        left_to_hand=left,
        departments_without_platform=compared.without_platform(seasonal=False),
        seasonal_departments_without_platform=compared.without_platform(seasonal=True),
        lines_changed=compared.changed,
        position=position,
        stale=stale,
    )


def router() -> Router:
    """The route on a table that is tried."""
    return Router("/api", route_handlers=[dry_run], tags=["Orientation"])
