"""Whether the process lives, and whether everything it needs is there."""

import msgspec
import structlog
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from psycopg import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from api.reading import Readers
from ledger.desk import Desk
from ledger.facts import LedgerUnavailable
from projections.progress import lag

log = structlog.get_logger()


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """What the service needs, part by part."""

    status: str
    """`ready`, or `not_ready` when PostgreSQL does not answer."""
    postgresql: bool
    valkey: bool
    """What it carries may be lost: its absence does not make the service unready."""
    ledger_position: int
    read_position: int
    """How far the read models have come."""
    parked: int
    """Cases whose read models are set aside because of a fault."""
    code_version: str


@get("/live", sync_to_thread=False, operation_id="Live", summary="Le processus répond")
def live() -> Life:
    """Answer without asking anything of anybody."""
    return Life(status="alive")


@get(
    "/ready",
    sync_to_thread=True,
    operation_id="Ready",
    summary="Le service peut travailler",
    responses={
        503: ResponseSpec(data_container=Readiness, description="PostgreSQL ne répond pas.", generate_examples=False)
    },
)
def ready(
    desk: NamedDependency[Desk], readers: NamedDependency[Readers], valkey: NamedDependency[Redis]
) -> Response[Readiness]:
    """Ask PostgreSQL and Valkey; only PostgreSQL is needed to file, decide and show."""
    try:
        with readers.connection() as connection:
            late = lag(connection, desk.ledger.last_position())
        position, read, parked, answers = late.last_position, late.position, late.parked, True
    except (OperationalError, LedgerUnavailable) as error:
        log.warning("postgresql_unreachable", reason=str(error))
        position, read, parked, answers = 0, 0, 0, False
    state = Readiness(
        status="ready" if answers else "not_ready",
        postgresql=answers,
        valkey=_answers(valkey),
        ledger_position=position,
        read_position=read,
        parked=parked,
        code_version=desk.ledger.code_version,
    )
    return Response(state, status_code=200 if answers else 503)


def _answers(valkey: Redis) -> bool:
    try:
        return bool(valkey.ping())
    except RedisError:
        return False


def router() -> Router:
    """Routes under /health."""
    return Router("/health", route_handlers=[live, ready], tags=["Santé"])
