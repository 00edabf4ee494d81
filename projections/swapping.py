"""The swap: a table that was built beside takes the place of the one in service, and no reader can tell when."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from projections.following import Follower
from projections.read_model import ReadModel
from projections.tables import put_in_service
from projections.workers import Source
from projections.writing import LIVE, NEXT, Reached, positions

FREEZE_SECONDS_MAX: Final = 0.5
"""How long the positions are held still at most, waiting for earlier readers to end."""
READERS_WAIT_SECONDS_MAX: Final = 30.0
"""For how long earlier readers are waited for before anything is held still."""
LOOK_SECONDS: Final = 0.005

# Every transaction holds its own virtual identifier as a lock until it ends, and anybody may see who holds which. Where
# we may see more, those that hold no snapshot are of no concern: the next one they take is a new one. Nor are those
# that wait for us: they write, and read again when they may.
_TRANSACTIONS: Final = (
    "SELECT held.virtualxid FROM pg_locks AS held JOIN pg_stat_activity AS session ON session.pid = held.pid"
    " WHERE held.locktype = 'virtualxid' AND held.mode = 'ExclusiveLock' AND held.granted"
    " AND session.datname = current_database() AND coalesce(session.backend_type, 'client backend') = 'client backend'"
    " AND NOT held.pid = ANY(%(ours)s::integer[]) AND NOT pg_blocking_pids(held.pid) && %(ours)s::integer[]"
    " AND NOT (session.xact_start IS NOT NULL AND session.backend_xmin IS NULL)"
)


class Superseded(Exception):
    """A newer version of a read model than this code's is in service: nothing was changed."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} is in service in a newer version than this code's")
        self.model = model


class Busy(Exception):
    """Readers, or whoever feeds the tables, were not done in time: nothing was changed."""


def swap(source: Source, connection: Connection[Any], follower: Follower, models: Sequence[ReadModel[Any]]) -> None:
    """Put the tables of a build in service at the position of those they replace, or further on.

    Raises Busy, and Superseded.

    `connection` feeds the build through `follower`; another one holds the positions still meanwhile:

    1. wait until whoever reads now has ended, so that what follows is short;
    2. lock the positions: readers read on, but the tables in service stay as they are;
    3. feed the build up to those positions, and commit: now both tables tell the same;
    4. wait until no reader is left who began before that commit. One that comes later sees either table whole, even if
       it took its snapshot before the swap and finds its table after it;
    5. drop the old tables, rename the new ones, write the positions: one transaction.
    """
    with source.connect("smoe-read-model-swap") as holder:
        ours = [holder.info.backend_pid, connection.info.backend_pid]
        _wait_for_readers(connection, ours, READERS_WAIT_SECONDS_MAX)
        try:
            with holder.transaction():
                holder.execute("SET LOCAL lock_timeout = '500ms'")
                holder.execute("LOCK TABLE read.positions IN SHARE ROW EXCLUSIVE MODE")
                _catch_up(holder, connection, follower, models)
                _wait_for_readers(connection, ours, FREEZE_SECONDS_MAX)
                holder.execute("SET LOCAL lock_timeout = '200ms'")
                _replace(holder, models)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            raise Busy(str(error)) from error


def must_not_be_newer(live: Mapping[str, Reached], models: Sequence[ReadModel[Any]]) -> None:
    """Raise Superseded where the table in service is of a newer version than this code's."""
    for model in models:
        if model.table in live and live[model.table].version > model.version:
            raise Superseded(model.table)


def _catch_up(
    holder: Connection[Any], connection: Connection[Any], follower: Follower, models: Sequence[ReadModel[Any]]
) -> None:
    """Bring every table of the build to the position of the one in service."""
    live = positions(holder)
    must_not_be_newer(live, models)
    aims = [live[model.table].position for model in models if model.table in live]
    aim = max(aims, default=0)
    while min(each.position for each in follower.reached(connection).values()) < aim:
        if not follower.step(connection, until=aim):
            raise Busy("a fact that has been told cannot be read")


def _wait_for_readers(connection: Connection[Any], ours: list[int], seconds: float) -> None:
    """Wait until every transaction of this database that runs now, and may hold a snapshot, has ended. Raises Busy."""
    until = time.monotonic() + seconds
    before = set(connection.execute(_TRANSACTIONS, {"ours": ours}).fetchall())
    while before:
        if time.monotonic() > until:
            raise Busy(f"{len(before)} earlier transactions are still reading")
        time.sleep(LOOK_SECONDS)
        before &= set(connection.execute(_TRANSACTIONS, {"ours": ours}).fetchall())


def _replace(holder: Connection[Any], models: Sequence[ReadModel[Any]]) -> None:
    tables = sorted(model.table for model in models)
    # All locks first: a reader is blocked for as long as these take, and not while rows are moved.
    for table in tables:
        holder.execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(Identifier(LIVE, table)))
    for table in tables:
        put_in_service(holder, table)
    holder.execute(
        "INSERT INTO read.positions (model, position, version, build)"
        " SELECT model, position, version, build FROM read_next.positions WHERE model = ANY(%s)"
        " ON CONFLICT (model) DO UPDATE SET position = EXCLUDED.position, version = EXCLUDED.version,"
        " build = EXCLUDED.build, moved_at = now()",
        (tables,),
    )
    # What this code cannot tell stays parked; what an older one could not is forgotten. A case that was parked by the
    # build alone may have been mended since: it is made anew as if somebody had asked for it.
    holder.execute(
        "INSERT INTO read.repairs (case_id, model) SELECT case_id, model FROM read_next.parked WHERE model = ANY(%s)"
        " EXCEPT SELECT case_id, model FROM read.parked",
        (tables,),
    )
    holder.execute("DELETE FROM read.parked WHERE model = ANY(%s)", (tables,))
    holder.execute("INSERT INTO read.parked SELECT * FROM read_next.parked WHERE model = ANY(%s)", (tables,))
    for name in ("positions", "parked"):
        holder.execute(SQL("DELETE FROM {} WHERE model = ANY(%s)").format(Identifier(NEXT, name)), (tables,))
    holder.execute("DELETE FROM read.builds WHERE model = ANY(%s)", (tables,))
    holder.execute("DELETE FROM read.build_parts WHERE build NOT IN (SELECT build FROM read.builds)")
