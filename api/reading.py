"""Reading the read models: which position must be seen, and how long to wait for it."""

from datetime import date
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import msgspec
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Connection, IsolationLevel
from psycopg_pool import ConnectionPool

from api.access import Caller
from ledger.datastore import CONNECT_SECONDS_MAX, GIVE_UP_SECONDS
from ledger.desk import Desk
from ledger.facts import LedgerError, LedgerUnavailable, StoredEventInvalid
from ledger.histories import CaseUnknown
from projections.access import AccessFilter
from projections.progress import moved_since, set_aside
from projections.waiting import PositionWatch

READERS_MAX: Final = 8
WAIT_SECONDS_MAX: Final = 2.0
POSITION_MAX: Final = 2**62

AtLeast = Annotated[
    int | None,
    QueryParameter(
        name="at_least",
        description="Position qu'il faut avoir vue : la lecture l'attend 2 s au plus, puis se dit périmée (`stale`).",
        ge=0,
        le=POSITION_MAX,
    ),
]


ParkedCases: TypeAlias = Annotated[
    int,
    msgspec.Meta(description="Dossiers mis de côté par la vue : leurs lignes manquent ou ne sont pas à jour."),
]

JUDGED_MAX: Final = 200
"""Cases that one request asks the ledger about: of more than these nothing is listed."""


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """What a read model may show to somebody, with the cases that are not judged by its rows."""

    access: AccessFilter
    count: int
    """Cases set aside among those that they may know of."""


def aside(connection: Connection[Any], model: str, caller: Caller, desk: Desk) -> Aside:
    """What somebody may see of a model; where a case is that its rows may place elsewhere, the ledger is asked."""
    parked = set_aside(connection, model)
    if caller.sees.all:
        return Aside(access=caller.sees, count=len(parked))
    moved = moved_since(connection, model, JUDGED_MAX + 1)
    if not (parked or moved):
        return Aside(access=caller.sees, count=0)
    judged = (*moved, *parked)
    known = frozenset(case for case in judged[:JUDGED_MAX] if _knows(caller, desk, case))
    access = caller.sees
    if not access.recipients:
        # Whom a message is addressed to does not depend on where its case is.
        access = msgspec.structs.replace(access, aside=frozenset(judged), known=known)
    return Aside(access=access, count=len(known.intersection(parked)))


def _knows(caller: Caller, desk: Desk, case_id: UUID) -> bool:
    try:
        return caller.sees.allows(desk.history(case_id).case)
    except LedgerUnavailable:
        raise
    except (LedgerError, StoredEventInvalid, CaseUnknown):
        # Nobody can say whose it is.
        return False


OnDay = Annotated[date | None, QueryParameter(description="Jour ; aujourd'hui par défaut.")]


def reads_one_instant(connection: Connection[Any]) -> None:
    """Let all questions of one request see the same instant, and write nothing."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


class Readers(ConnectionPool[Connection[Any]]):
    """Connections of the application's role to the read models, and what waits for these."""

    def __init__(self, database_url: str) -> None:
        super().__init__(
            database_url,
            kwargs={"connect_timeout": CONNECT_SECONDS_MAX, "application_name": "smoe-readers"},
            min_size=1,
            max_size=READERS_MAX,
            timeout=CONNECT_SECONDS_MAX,
            reconnect_timeout=GIVE_UP_SECONDS,
            configure=reads_one_instant,
            # A lost connection is noticed before it is lent, since a reader asks only once.
            check=ConnectionPool.check_connection,
            open=True,
        )
        self.watch = PositionWatch(self.connection)


async def is_stale(readers: Readers, at_least: int | None) -> bool:
    """Wait for a position, in no thread: True when the read models have not seen it in time."""
    if at_least is None:
        return False
    return not await readers.watch.wait_for(at_least, timeout_seconds=WAIT_SECONDS_MAX)


async def provide_stale(
    caller: NamedDependency[Caller], readers: NamedDependency[Readers], at_least: AtLeast = None
) -> bool:
    """Whether the read models are behind the position that somebody signed in asks for, once it was waited for."""
    return await is_stale(readers, at_least)
