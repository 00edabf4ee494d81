"""What erased persons have left on disk is rewritten: rows, statistics and journal of PostgreSQL."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection
from psycopg.errors import Diagnostic
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from ledger.keys import RECHECK_SECONDS
from projections.erasures import Remaining

LOCK: Final = 0x5343525542
"""« SCRUB » in ASCII: one at a time."""
TRIES_MAX: Final = 12
WAIT_SECONDS: Final = 5.0
CLEARS_STATISTICS: Final = 180_000
"""The version of PostgreSQL from which the statistics of a column can be thrown away."""

# What refuses every change holds what is sealed as boxes only; what lets rows go keeps their bytes.
_TABLES: Final = """
SELECT namespace.nspname, class.relname FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'm') AND class.relpersistence = 'p'
    AND namespace.nspname NOT LIKE 'pg\\_%' AND namespace.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = class.oid AND tgname = 'refuse_change')
ORDER BY 1, 2
"""
_COLUMNS: Final = """
SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
_ERASED_ASIDE: Final = """
SELECT DISTINCT parked.model, parked.case_id FROM read.parked AS parked
WHERE EXISTS (SELECT FROM ledger.events WHERE originator_id = parked.case_id AND topic = 'PersonErased')
"""
CATALOGUES: Final = ("pg_statistic", "pg_statistic_ext_data")
_STILL_SEEN: Final = re.compile(r"^(\d+) ")
"""How the details of a VACUUM begin: dead rows that somebody may still read, and that were copied therefore."""


class Scrubbed(msgspec.Struct, frozen=True, kw_only=True):
    """What a scrub did."""

    began_at: datetime
    tables: int
    seconds: float
    remaining: tuple[Remaining, ...]


class Busy(Exception):
    """Another scrub is under way."""


class Scrubbing:
    """Rewrites what held clear text, on the owner's connection; raises Busy where another is at it.

    The read models must have told every erasure before: what they still show would be copied.
    """

    def __init__(
        self, connection: Connection[Any], *, tries_max: int = TRIES_MAX, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self.connection = connection
        self.tries_max = tries_max
        self.wait_seconds = wait_seconds
        self._dead: list[int] = []

    def run(self) -> Scrubbed:
        """Rewrite all of it, and note that it was done with what remains for others."""
        with self._alone():
            began_at, began = self._now(), time.monotonic()
            # Until then another process may still write what it had at hand of a person just erased.
            time.sleep(RECHECK_SECONDS)
            remaining = {Remaining.BACKUPS}
            if self._rows("SELECT FROM read.builds LIMIT 1"):
                # What it made before an erasure is made anew as it catches up, and stays in its file.
                remaining.add(Remaining.BUILDING)
            self._forget_parked()
            tables = [(schema, table) for schema, table in self._rows(_TABLES)]
            for schema, table in tables:
                remaining |= self._rewrite(schema, table)
                self._count_anew(schema, table)
            for table in CATALOGUES:
                remaining |= self._rewrite("pg_catalog", table)
            remaining |= self._renew_journal() | set(self._settings_that_keep())
            ordered = tuple(each for each in Remaining if each in remaining)
            self.connection.execute(
                "INSERT INTO ledger.scrubs (began_at, remaining) VALUES (%s, %s)",
                (began_at, [each.value for each in ordered]),
            )
            return Scrubbed(began_at=began_at, tables=len(tables), seconds=time.monotonic() - began, remaining=ordered)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._rows("SELECT pg_try_advisory_lock(%s)", LOCK) == [(False,)]:
            raise Busy
        self.connection.add_notice_handler(self._hear)
        try:
            # Whatever a role or an address says.
            self.connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{self.wait_seconds}s",))
            self.connection.execute("SET client_min_messages = 'info'")
            yield
        finally:
            self.connection.remove_notice_handler(self._hear)
            self.connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))

    def _now(self) -> datetime:
        ((now,),) = self._rows("SELECT clock_timestamp()")
        moment: datetime = now
        return moment

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(query.encode(), values or None).fetchall()

    def _forget_parked(self) -> None:
        """Take away the rows of cases that are set aside and of which somebody was erased: they stay as they were."""
        found: list[tuple[str, UUID]] = [(model, case_id) for model, case_id in self._rows(_ERASED_ASIDE)]
        for model, case_id in found:
            self.connection.execute(
                SQL("DELETE FROM {} WHERE case_id = %s").format(Identifier("read", model)), (case_id,)
            )

    def _rewrite(self, schema: str, table: str) -> set[Remaining]:
        """Copy the rows that live, and let the file with all others go."""
        statement = SQL("VACUUM (FULL, VERBOSE) {}").format(Identifier(schema, table))
        for _ in range(self.tries_max):
            self._dead.clear()
            try:
                self.connection.execute(statement)
            except psycopg.errors.LockNotAvailable:
                continue
            except psycopg.errors.UndefinedTable:
                # A build has ended meanwhile, and its table taken the place of another, which is gone with its file.
                return set()
            if not any(self._dead):
                return set()
            time.sleep(self.wait_seconds)
        return {Remaining.STILL_READ if any(self._dead) else Remaining.TABLE_BUSY}

    def _hear(self, said: Diagnostic) -> None:
        found = _STILL_SEEN.match(said.message_detail or "")
        if found:
            self._dead.append(int(found[1]))

    def _count_anew(self, schema: str, table: str) -> None:
        """Statistics repeat the most common values and the bounds of histograms; an empty table would keep its own."""
        name = Identifier(schema, table).as_string(self.connection)
        try:
            if self.connection.info.server_version >= CLEARS_STATISTICS:
                for (column,) in self._rows(_COLUMNS, name):
                    self.connection.execute(
                        "SELECT pg_clear_attribute_stats(%s, %s, %s, false)", (schema, table, column)
                    )
            self.connection.execute(SQL("ANALYZE {}").format(Identifier(schema, table)))
        except psycopg.errors.UndefinedTable:
            return

    def _renew_journal(self) -> set[Remaining]:
        """Let go of the journal of what was written before; twice, since a checkpoint keeps what it began in."""
        remaining: set[Remaining] = set()
        for _ in range(2):
            for statement, refused in (
                ("SELECT pg_switch_wal()", Remaining.NO_SWITCH),
                ("CHECKPOINT", Remaining.NO_CHECKPOINT),
            ):
                try:
                    self.connection.execute(statement.encode())
                except psycopg.errors.InsufficientPrivilege:
                    remaining.add(refused)
        return remaining

    def _settings_that_keep(self) -> Iterator[Remaining]:
        """What the server is told to keep, or to write down."""
        told = dict(self._rows("SELECT name, setting FROM pg_settings"))
        ((slots,),) = self._rows("SELECT count(*) FROM pg_replication_slots")
        if told.get("wal_recycle") == "on":
            yield Remaining.JOURNAL_RECYCLED
        if told.get("archive_mode", "off") != "off":
            yield Remaining.JOURNAL_ARCHIVED
        if slots or told.get("wal_keep_size", "0") != "0":
            yield Remaining.JOURNAL_KEPT
        silent = (
            told.get("log_statement") in {"none", "ddl"}
            and told.get("log_min_duration_statement") == "-1"
            and told.get("log_min_messages") in {"log", "fatal", "panic"}
        )
        if not silent:
            yield Remaining.STATEMENTS_LOGGED
