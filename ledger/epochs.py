"""Epochs of positions: what keeps them rising when the ledger is restored into another cluster of PostgreSQL."""

from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.facts import LedgerUnavailable

ORDINAL_BITS: Final = 20
"""Of a position: the rest is the transaction, counted from the epoch's base."""
FACTS_MAX: Final = 1 << ORDINAL_BITS
"""How many facts one transaction can hold."""

REACHED = (
    "SELECT (SELECT max(notification_id) >> 20 FROM ledger.events),"
    " ledger.epoch_base() + pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
)


class PositionsWouldFall(LedgerUnavailable):
    """The cluster counts fewer transactions than the ledger has seen: an epoch must begin before anything is added."""

    def __init__(self, reached: int, following: int) -> None:
        super().__init__(
            f"il a été restauré dans une instance de PostgreSQL plus jeune (transaction suivante {following},"
            f" dernière enregistrée {reached}) : ses positions reculeraient. Avec le compte propriétaire, lancez"
            " « smoe ledger continue »."
        )


def check_positions_rise(connection: Connection[Any]) -> None:
    """Raise PositionsWouldFall when the next position would not lie above all that are stored."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        reached, following = cursor.execute(REACHED).fetchone() or (None, 0)
    if reached is not None and reached >= following:
        raise PositionsWouldFall(reached, following)


def begin_epoch(owner_database_url: str, reason: str) -> tuple[int, int]:
    """Let positions rise again after a restore; the base before and the base now, equal where nothing was needed."""
    with psycopg.connect(owner_database_url, row_factory=tuple_row) as connection:
        before = connection.execute("SELECT ledger.epoch_base()").fetchone()
        now = connection.execute("SELECT ledger.begin_epoch(%s)", (reason,)).fetchone()
    assert before is not None
    assert now is not None
    return before[0], now[0]
