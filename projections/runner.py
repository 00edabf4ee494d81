"""Feeds the read models: follows the ledger, folds each case once, writes rows and position in one transaction."""

import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
import structlog
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from domain.case import Case
from domain.events import CaseEvent, PersonErased
from domain.fold import replay
from domain.reference import Reference
from ledger.desk import Desk
from ledger.facts import LedgerAltered, LedgerUnavailable, Recorded, StoredEventInvalid
from ledger.store import Ledger
from ledger.telemetry import traced
from projections.read_model import CASE_EVENTS, Aids, ReadModel, Row, Told, read_models

LOCK: Final = 0x534D4F4552454144
"""« SMOEREAD » in ASCII: whoever holds it is the one runner of the database."""
BATCH: Final = 500
CATCH_UP_BATCH: Final = 4_000
FACTS_KEPT_MAX: Final = 60_000
"""Facts of recently told cases kept in memory, some two kilobytes each."""
BUSY_SECONDS: Final = 0.005
IDLE_SECONDS: Final = 0.1
RECONNECT_SECONDS_MAX: Final = 5.0
REPAIRS_SECONDS: Final = 1.0
ERROR_LENGTH_MAX: Final = 2_000

_POSITIONS: Final = "SELECT model, position FROM read.positions"

log = structlog.get_logger()


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a read model has come."""

    model: str
    position: int
    moved_at: datetime


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """A case that a read model could not project."""

    model: str
    case_id: UUID
    position: int
    error: str
    code_version: str
    parked_at: datetime


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """How late the read models are, as health checks and metrics tell it."""

    position: int
    """Of the model that is furthest behind."""
    last_position: int
    parked: int

    @property
    def is_current(self) -> bool:
        """Whether every model has seen the newest fact."""
        return self.position >= self.last_position


class AlreadyRunning(Exception):
    """Another runner feeds the read models of this database."""


class Runner:
    """Feeds read models from a ledger; one per database is active, others stand by."""

    def __init__(
        self,
        ledger: Ledger[Any],
        owner_database_url: str,
        *,
        reference: Reference,
        check_key: bytes,
        models: Sequence[ReadModel[Any]] | None = None,
        batch: int = BATCH,
        catch_up_batch: int = CATCH_UP_BATCH,
    ) -> None:
        self.ledger = ledger
        self.database_url = owner_database_url
        self.desk = Desk(ledger, reference)
        self.check_key = check_key
        self.models = {model.table: model for model in (read_models() if models is None else models)}
        self.batch = batch
        self.catch_up_batch = catch_up_batch
        self._connection: Connection[Any] | None = None
        self._told: OrderedDict[UUID, tuple[Case, tuple[Recorded[CaseEvent], ...]]] = OrderedDict()
        self._facts_kept = 0
        self._parked: set[tuple[str, UUID]] = set()
        self._was_full = False
        self._repairs_looked_at = float("-inf")

    # Running

    def run_once(self) -> int:
        """Tell the read models one batch of facts; the number of facts, 0 when they have seen all.

        Raises AlreadyRunning.
        """
        connection = self._active()
        if time.monotonic() - self._repairs_looked_at > REPAIRS_SECONDS:
            self._repair(connection)
            self._repairs_looked_at = time.monotonic()
        positions = self._positions(connection)
        if not positions:
            return 0
        self._parked = set(connection.execute("SELECT model, case_id FROM read.parked").fetchall())
        after = min(positions.values())
        behind = [self.models[name] for name, position in positions.items() if position == after]
        ahead = [position for position in positions.values() if position > after]
        facts, unreadable = self._read(after, self.catch_up_batch if self._was_full else self.batch)
        self._was_full = len(facts) + len(unreadable) >= self.batch
        if ahead:
            facts = [fact for fact in facts if _position(fact) <= min(ahead)]
            unreadable = [fault for fault in unreadable if fault[1] <= min(ahead)]
        if not facts and not unreadable:
            return 0
        self.desk.administration()
        last = max([_position(fact) for fact in facts] + [position for _, position, _ in unreadable])
        self._tell(connection, behind, facts, unreadable, last)
        return len(facts) + len(unreadable)

    def run_until_current(self) -> int:
        """Tell everything there is; the number of facts."""
        total = 0
        while told := self.run_once():
            total += told
        return total

    def run_forever(self, stop: threading.Event) -> None:
        """Follow the ledger until told to stop; outages of the database are waited out, bugs are raised."""
        quiet_since, delay = time.monotonic(), 0.0
        while not stop.is_set():
            try:
                if self.run_once():
                    quiet_since = time.monotonic()
                delay = 0.0
                stop.wait(min(IDLE_SECONDS, max(BUSY_SECONDS, (time.monotonic() - quiet_since) / 20)))
            except AlreadyRunning:
                stop.wait(1.0)
            except Exception as error:
                if not self._is_outage(error):
                    raise
                delay = min(RECONNECT_SECONDS_MAX, max(0.1, delay * 2))
                log.warning("read models wait for the database", error=repr(error), delay_seconds=delay)
                self.close()
                stop.wait(delay)
        self.close()

    def close(self) -> None:
        """Give the connection and the lock back, and forget what was kept."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # The server ends a session some time after it was closed: the next runner must not wait for that.
            with suppress(psycopg.Error):
                connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
            connection.close()
        self._told.clear()
        self._facts_kept = 0

    def lag(self) -> Lag:
        """How late the read models are."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return lag(connection, self.ledger.last_position())

    def _active(self) -> Connection[Any]:
        if self._connection is not None:
            return self._connection
        connection: Connection[Any] = psycopg.connect(
            self.database_url, autocommit=True, application_name="smoe-read-models"
        )
        held = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        if held != (True,):
            connection.close()
            raise AlreadyRunning
        self._connection = connection
        # A bug may have been mended since: a new start takes every parked case up again.
        connection.execute("INSERT INTO read.repairs (case_id, model) SELECT case_id, model FROM read.parked")
        return connection

    def _is_outage(self, error: Exception) -> bool:
        """Whether the database was away: the error says so, or our own connection no longer answers."""
        return isinstance(error, psycopg.OperationalError | LedgerUnavailable) or not self._answers()

    def _answers(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def _positions(self, connection: Connection[Any]) -> dict[str, int]:
        known = dict(connection.execute("SELECT model, position FROM read.positions").fetchall())
        return {name: known.get(name, 0) for name in self.models}

    # Reading facts

    def _read(self, after: int, limit: int) -> tuple[list[Recorded[CaseEvent]], list["Fault"]]:
        """The next facts, and those that cannot be read, each with its stream and position."""
        try:
            return self.ledger.read(after, limit), []
        except (StoredEventInvalid, LedgerAltered) as error:
            log.error("a stored fact cannot be read", error=str(error))
        facts: list[Recorded[CaseEvent]] = []
        faults: list[Fault] = []
        # One at a time, so that the good ones around it are told.
        for raw in self.ledger.read_raw(after, limit):
            try:
                facts += self.ledger.read(raw.position - 1, 1)
            except (StoredEventInvalid, LedgerAltered) as error:
                faults.append((raw.stream, raw.position, error))
        return facts, faults

    def _remember(self, stream: UUID, case: Case, facts: tuple[Recorded[CaseEvent], ...]) -> None:
        self._forget(stream)
        self._told[stream] = (case, facts)
        self._facts_kept += len(facts)
        while self._facts_kept > FACTS_KEPT_MAX and len(self._told) > 1:
            _, (_, dropped) = self._told.popitem(last=False)
            self._facts_kept -= len(dropped)

    def _forget(self, stream: UUID) -> None:
        earlier = self._told.pop(stream, None)
        if earlier is not None:
            self._facts_kept -= len(earlier[1])

    def _case(self, stream: UUID, new: tuple[Recorded[CaseEvent], ...]) -> Told:
        """The case with all its facts; the stream is read again only where the beginning is not at hand."""
        erasing = any(type(fact.event) is PersonErased for fact in new)
        if erasing:
            # What was read before may hold what nobody may read any more.
            self._forget(stream)
        known = self._told.get(stream)
        if known is not None and known[0].version >= new[-1].version:
            case, facts = known
        else:
            if known is not None and known[0].version == new[0].version - 1:
                before, facts, more = known[0], (*known[1], *new), new
            elif new[0].version == 1 and not erasing:
                before, facts, more = None, new, new
            else:
                # Not what was written since: growing tables would get it twice.
                facts = tuple(fact for fact in self.ledger.load(stream) if _position(fact) <= _position(new[-1]))
                before, more = None, facts
            replayed = replay((fact.event for fact in more), stream, before)
            if replayed is None:
                raise ValueError(f"case {stream} has no facts")
            case = replayed
            self._remember(stream, case, facts)
        return Told(case=case, facts=facts, new=facts if erasing else new)

    def _aids(self, told: Told) -> Aids:
        """The tables in force on the day of the newest fact, as they had been published before it.

        So rows made anew, whenever that is, are the rows that were made first.
        """
        reference = self.desk.tables.on(told.last_day, position=_position(told.facts[-1]))
        return Aids(reference=reference, check_key=self.check_key)

    # Writing rows

    @traced("tell read models")
    def _tell(
        self,
        connection: Connection[Any],
        models: Sequence[ReadModel[Any]],
        facts: Iterable[Recorded[CaseEvent]],
        unreadable: Sequence["Fault"],
        last: int,
    ) -> None:
        parking: list[Parking] = [
            (model, stream, position, _told_error(error)) for stream, position, error in unreadable for model in models
        ]
        cases = self._cases(models, facts, {stream for stream, _, _ in unreadable}, parking)
        rows = {model.table: self._rows(model, cases, parking) for model in models}
        whole = {told.case.id for told, _ in cases if told.is_whole}
        try:
            with connection.transaction():
                for model in models:
                    self._write(connection, model, rows[model.table], whole)
                self._park(connection, parking)
                self._move(connection, models, last)
        except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError):
            # The database refuses a row without saying whose: try each case by itself.
            with connection.transaction():
                for model in models:
                    for case_id, of_case in rows[model.table].items():
                        parking += self._write_one(connection, model, case_id, of_case, whole, last)
                self._park(connection, parking)
                self._move(connection, models, last)
        self._parked |= {(model.table, stream) for model, stream, _, _ in parking}

    def _cases(
        self,
        models: Sequence[ReadModel[Any]],
        facts: Iterable[Recorded[CaseEvent]],
        unread: set[UUID],
        parking: list["Parking"],
    ) -> list[tuple[Told, Aids]]:
        """The cases that these facts belong to, each with its tables; one that cannot be folded is parked."""
        news: dict[UUID, list[Recorded[CaseEvent]]] = {}
        for fact in facts:
            if type(fact.event) in CASE_EVENTS:
                news.setdefault(fact.stream, []).append(fact)
        cases: list[tuple[Told, Aids]] = []
        for stream, new in news.items():
            if stream in unread or all((model.table, stream) in self._parked for model in models):
                continue
            try:
                told = self._case(stream, tuple(new))
                cases.append((told, self._aids(told)))
            except Exception as error:
                # Whatever is wrong with one case parks that case, visibly, and no other; an outage is no fault of it.
                if self._is_outage(error):
                    raise
                log.exception("case parked", case=str(stream))
                parking += [(model, stream, _position(new[0]), _told_error(error)) for model in models]
        return cases

    def _rows(
        self, model: ReadModel[Any], cases: Iterable[tuple[Told, Aids]], parking: list["Parking"]
    ) -> dict[UUID, list[Row]]:
        """The rows of each case; one that the model cannot project is parked."""
        rows: dict[UUID, list[Row]] = {}
        for told, aids in cases:
            if (model.table, told.case.id) in self._parked:
                continue
            try:
                rows[told.case.id] = list(model.rows(told, aids))
            except Exception as error:
                log.exception("case parked", case=str(told.case.id), model=model.table)
                parking.append((model, told.case.id, _position(told.new[0]), _told_error(error)))
        return rows

    def _write(
        self, connection: Connection[Any], model: ReadModel[Any], rows: Mapping[UUID, list[Row]], whole: set[UUID]
    ) -> None:
        table = Identifier("read", model.table)
        stale = [case_id for case_id in rows if not model.grows or case_id in whole]
        if stale:
            connection.execute(SQL("DELETE FROM {} WHERE case_id = ANY(%s)").format(table), (stale,))
        names = model.row.__struct_fields__
        columns = SQL(", ").join(map(Identifier, names))
        with connection.cursor() as cursor, cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(table, columns)) as copy:
            for of_case in rows.values():
                for row in of_case:
                    copy.write_row([_stored(value) for value in msgspec.structs.astuple(row)])

    def _write_one(
        self,
        connection: Connection[Any],
        model: ReadModel[Any],
        case_id: UUID,
        rows: list[Row],
        whole: set[UUID],
        position: int,
    ) -> list["Parking"]:
        try:
            with connection.transaction():
                self._write(connection, model, {case_id: rows}, whole)
        except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
            log.error("case parked", case=str(case_id), model=model.table, error=_told_error(error))
            return [(model, case_id, position, _told_error(error))]
        return []

    def _park(self, connection: Connection[Any], parking: Iterable["Parking"]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO read.parked (model, case_id, position, error, code_version) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (model, case_id) DO UPDATE SET error = EXCLUDED.error,"
                " code_version = EXCLUDED.code_version, parked_at = now()",
                [
                    (model.table, stream, position, error, self.ledger.code_version)
                    for model, stream, position, error in parking
                ],
            )

    def _move(self, connection: Connection[Any], models: Iterable[ReadModel[Any]], last: int) -> None:
        connection.execute(
            "INSERT INTO read.positions (model, position) SELECT unnest(%s::text[]), %s"
            " ON CONFLICT (model) DO UPDATE SET position = EXCLUDED.position, moved_at = now()",
            ([model.table for model in models], last),
        )

    # Making rows anew

    def _repair(self, connection: Connection[Any]) -> None:
        asked = connection.execute("SELECT number, case_id, model FROM read.repairs ORDER BY number").fetchall()
        for number, case_id, name in asked:
            for model in [self.models[name]] if name in self.models else [] if name else self.models.values():
                self.rebuild_case(case_id, model)
            connection.execute("DELETE FROM read.repairs WHERE number = %s", (number,))

    def rebuild_case(self, case_id: UUID, model: ReadModel[Any]) -> bool:
        """Make the rows of one case anew; False when it had to be parked (again)."""
        connection = self._active()
        self._forget(case_id)
        self.desk.administration()
        reached = self._positions(connection)[model.table]
        try:
            # Only what the model has been told in its place in the log, so that growing tables get nothing twice.
            facts = tuple(fact for fact in self.ledger.load(case_id) if _position(fact) <= reached)
            case = replay((fact.event for fact in facts), case_id)
            told = None if case is None else Told(case=case, facts=facts, new=facts)
            rows = [] if told is None else list(model.rows(told, self._aids(told)))
            with connection.transaction():
                self._write(connection, model, {case_id: rows}, {case_id})
                connection.execute("DELETE FROM read.parked WHERE model = %s AND case_id = %s", (model.table, case_id))
        except Exception as error:
            if self._is_outage(error):
                raise
            log.error("case parked", case=str(case_id), model=model.table, error=_told_error(error))
            self._park(connection, [(model, case_id, reached, _told_error(error))])
            self._parked.add((model.table, case_id))
            return False
        self._parked.discard((model.table, case_id))
        return True


Fault = tuple[UUID, int, Exception]
"""A stream, a position, and why the fact there cannot be read."""

Parking = tuple[ReadModel[Any], UUID, int, str]
"""A model, a case it cannot project, the position where it stopped, and why."""


def _position(fact: Recorded[Any]) -> int:
    if fact.position is None:
        raise ValueError("a fact read from the ledger has a position")
    return fact.position


def _told_error(error: Exception) -> str:
    """The error and its places in the code, without the values that frames, or a refused row, hold."""
    places = "".join(traceback.format_tb(error.__traceback__)[-4:])
    said = (error.diag.message_primary or "") if isinstance(error, psycopg.DatabaseError) else str(error)
    return f"{type(error).__name__}: {said}\n{places}"[:ERROR_LENGTH_MAX].replace("\0", "")


def _stored(value: Any) -> Any:
    """A field as COPY takes it: lists for arrays, JSON for everything that is not a column type."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is dict or isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    if kind is tuple or kind is frozenset:
        return [_stored(item) for item in value]
    return value.value if isinstance(value, Enum) else value


# Asked by the API and by operators


def lag(connection: Connection[Any], last_position: int, models: Iterable[str] | None = None) -> Lag:
    """How late the read models are, given the ledger's last position."""
    names = list(models) if models is not None else [model.table for model in read_models()]
    reached = dict(connection.execute(_POSITIONS).fetchall())
    parked = connection.execute("SELECT count(*) FROM read.parked").fetchone()
    return Lag(
        position=min((reached.get(name, 0) for name in names), default=last_position),
        last_position=last_position,
        parked=parked[0] if parked else 0,
    )


def progress(connection: Connection[Any]) -> list[Progress]:
    """How far each read model has come."""
    found = connection.execute("SELECT model, position, moved_at FROM read.positions ORDER BY model")
    return [Progress(model=model, position=position, moved_at=at) for model, position, at in found]


def parked(connection: Connection[Any]) -> list[Parked]:
    """Every case that a read model could not project."""
    found = connection.execute(
        "SELECT model, case_id, position, error, code_version, parked_at FROM read.parked ORDER BY parked_at, case_id"
    )
    return [
        Parked(model=model, case_id=case_id, position=position, error=error, code_version=code, parked_at=at)
        for model, case_id, position, error, code, at in found
    ]


def ask_repair(connection: Connection[Any], case_id: UUID, model: str | None = None) -> None:
    """Have the rows of a case made anew, parked or not; needs the owner's rights."""
    connection.execute("INSERT INTO read.repairs (case_id, model) VALUES (%s, %s)", (case_id, model))


def reset(connection: Connection[Any], model: str) -> None:
    """Have a read model made anew from the first fact; needs the owner's rights."""
    with connection.transaction():
        connection.execute(SQL("TRUNCATE {}").format(Identifier("read", model)))
        connection.execute("DELETE FROM read.positions WHERE model = %s", (model,))
        connection.execute("DELETE FROM read.parked WHERE model = %s", (model,))
