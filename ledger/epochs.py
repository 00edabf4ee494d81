"""Epochs of positions: what keeps them rising when the ledger is restored into another cluster of PostgreSQL."""

from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.facts import LedgerError, LedgerUnavailable

ORDINAL_BITS: Final = 20
"""Of a position: the rest is the transaction, counted from the epoch's base."""
FACTS_MAX: Final = 1 << ORDINAL_BITS
"""How many facts one transaction can hold."""
WAIT_SECONDS_MAX: Final = 30
"""How long an epoch waits to begin for appends under way, which new ones queue behind."""

REACHED = (
    "SELECT (SELECT max(notification_id) >> 20 FROM ledger.events),"
    " ledger.epoch_base() + pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
)


LAST = "SELECT max(notification_id), ledger.horizon(), ledger.epoch_base() FROM ledger.events"
HOLDERS = (
    "SELECT pid, application_name, extract(epoch FROM clock_timestamp() - begun_at)::float8 FROM ledger.appenders()"
    " ORDER BY transaction"
)
EPOCHS = "SELECT base, begun_at, reason FROM ledger.epochs ORDER BY base"


class PositionsWouldFall(LedgerUnavailable):
    """The cluster counts fewer transactions than the ledger has seen: an epoch must begin before anything is added."""

    def __init__(self, reached: int, following: int) -> None:
        # Operators read it as it is, in a terminal and in the log.
        LedgerError.__init__(
            self,
            "Le registre des faits a été restauré dans une instance de PostgreSQL plus jeune (transaction suivante"
            f" {following}, dernière enregistrée {reached}) : ses positions reculeraient, des lecteurs perdraient des"
            " faits. Avec le compte propriétaire, lancez « smoe ledger continue ».",
        )
        self.lost = False


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """An append under way, which readers wait for; name and age where we may see the session."""

    pid: int
    application_name: str | None
    seconds: float | None


class Epoch(msgspec.Struct, frozen=True, kw_only=True):
    """What is added to transaction numbers from a moment on."""

    base: int
    begun_at: datetime
    reason: str


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the ledger has come, and who holds its readers back."""

    last_position: int
    """Of all facts, settled or not; 0 in an empty ledger."""
    horizon: int
    """Every position below it is settled, unless the positions would fall."""
    base: int
    epochs: tuple[Epoch, ...]
    holders: tuple[Holder, ...]
    refusal: PositionsWouldFall | None


def check_positions_rise(connection: Connection[Any]) -> None:
    """Raise PositionsWouldFall when the next position would not lie above all that are stored."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        reached, following = cursor.execute(REACHED).fetchone() or (None, 0)
    if reached is not None and reached >= following:
        raise PositionsWouldFall(reached, following)


def check_server(database_url: str) -> None:
    """Raise PositionsWouldFall where nothing may be added; a database without this ledger has nothing to lose."""
    with psycopg.connect(database_url, row_factory=tuple_row) as connection:
        if connection.execute("SELECT to_regprocedure('ledger.epoch_base()')").fetchone() != (None,):
            check_positions_rise(connection)


def progress(database_url: str) -> Progress:
    """How far the ledger has come; also of one that is refused."""
    with psycopg.connect(database_url, row_factory=tuple_row, autocommit=True) as connection:
        last, horizon, base = connection.execute(LAST).fetchone() or (None, 0, 0)
        refusal = None
        try:
            check_positions_rise(connection)
        except PositionsWouldFall as found:
            refusal = found
        return Progress(
            last_position=last or 0,
            horizon=horizon,
            base=base,
            epochs=tuple(
                Epoch(base=base, begun_at=begun_at, reason=reason)
                for base, begun_at, reason in connection.execute(EPOCHS)
            ),
            holders=tuple(
                Holder(pid=pid, application_name=name, seconds=seconds)
                for pid, name, seconds in connection.execute(HOLDERS)
            ),
            refusal=refusal,
        )


def may_begin_epoch(database_url: str) -> bool:
    """Whether this account may begin an epoch: the owner may, the application may not."""
    with psycopg.connect(database_url, row_factory=tuple_row) as connection:
        query = "SELECT has_function_privilege('ledger.begin_epoch(text)', 'EXECUTE')"
        return connection.execute(query).fetchone() == (True,)


def begin_epoch(owner_database_url: str, reason: str) -> tuple[int, int]:
    """Let positions rise again after a restore; the base before and the base now, equal where nothing was needed.

    Waits for appends under way, for half a minute; raises LockNotAvailable after that.
    """
    with psycopg.connect(owner_database_url, row_factory=tuple_row) as connection:
        connection.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS_MAX}s'")
        before = connection.execute("SELECT ledger.epoch_base()").fetchone()
        now = connection.execute("SELECT ledger.begin_epoch(%s)", (reason,)).fetchone()
    assert before is not None
    assert now is not None
    return before[0], now[0]
