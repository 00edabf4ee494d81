"""Reading the read models: which position must be seen, and how long to wait for it."""

from datetime import date
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from litestar.params import QueryParameter
from psycopg import Connection, IsolationLevel
from psycopg_pool import ConnectionPool

from projections.progress import wait_for

Readers: TypeAlias = ConnectionPool[Connection[Any]]
"""Connections of the application's role to the read models."""

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

OnDay = Annotated[date | None, QueryParameter(description="Jour ; aujourd'hui par défaut.")]


def reads_one_instant(connection: Connection[Any]) -> None:
    """Let all questions of one request see the same instant, and write nothing."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def is_stale(readers: Readers, at_least: int | None) -> bool:
    """Wait for a position; True when the read models have not seen it in time."""
    if at_least is None:
        return False
    return not wait_for(readers.connection, at_least, timeout_seconds=WAIT_SECONDS_MAX)
