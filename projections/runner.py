"""The live follower: one runner per database feeds the read models in service, woken by appends or by its own beat."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection

from domain.reference import Reference
from ledger.facts import LedgerUnavailable
from ledger.store import Ledger
from ledger.streams import facts_of
from projections.following import BATCH, CATCH_UP_BATCH, Follower
from projections.progress import Lag, lag
from projections.read_model import ReadModel, read_models
from projections.telling import Teller
from projections.workers import Crew
from projections.writing import LIVE, REFUSALS, Moved, park, put, stay

LOCK: Final = 0x534D4F4552454144
"""« SMOEREAD » in ASCII: whoever holds it is the one runner of the database."""
BUSY_SECONDS: Final = 0.005
IDLE_SECONDS: Final = 0.1
"""The heartbeat: how long a lost wake-up may cost."""
RECONNECT_SECONDS_MAX: Final = 5.0
REPAIRS_SECONDS: Final = 1.0
REPAIRING_SECONDS: Final = 0.2
"""For how long rows are made anew before facts that came meanwhile are told: thousands of cases may be asked for."""
REPAIRS_AT_ONCE: Final = 200

log = structlog.get_logger()


class AlreadyRunning(Exception):
    """Another runner feeds the read models of this database."""


class Runner:
    """Feeds read models from a ledger; one per database is active, others stand by.

    `wake` waits for so many seconds, or less when something was appended; without it the runner looks by itself.
    `starts` is False where a builder makes the tables of models that have none yet.
    """

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
        starts: bool = True,
        crew: Crew | None = None,
        wake: Callable[[float], object] | None = None,
    ) -> None:
        self.ledger = ledger
        self.database_url = owner_database_url
        self.teller = Teller(ledger, reference, check_key)
        self.desk = self.teller.desk
        self.models = {model.table: model for model in (read_models() if models is None else models)}
        self.follower = Follower(
            self.teller,
            tuple(self.models.values()),
            batch=batch,
            catch_up_batch=catch_up_batch,
            starts=starts,
            crew=crew,
        )
        self.wake = wake
        self._connection: Connection[Any] | None = None
        self._repairs_looked_at = float("-inf")
        self._repairs_left = False

    # Running

    def run_once(self) -> int:
        """Tell the read models one batch of facts; the number of facts, 0 when they have seen all.

        Raises AlreadyRunning.
        """
        connection = self._active()
        if self._repairs_left or time.monotonic() - self._repairs_looked_at > REPAIRS_SECONDS:
            self._repair_some()
        return self.follower.step(connection)

    def run_until_current(self) -> int:
        """Tell everything there is, and make anew what was asked for; the number of facts."""
        total = 0
        while (told := self.run_once()) or self._repairs_left:
            total += told
        return total

    def run_forever(self, stop: threading.Event) -> None:
        """Follow the ledger until told to stop; outages of the database are waited out, bugs are raised."""
        quiet_since, delay = time.monotonic(), 0.0
        while not stop.is_set():
            try:
                if self.run_once() or self._repairs_left:
                    quiet_since = time.monotonic()
                elif self.wake is not None:
                    self.wake(IDLE_SECONDS)
                else:
                    stop.wait(min(IDLE_SECONDS, max(BUSY_SECONDS, (time.monotonic() - quiet_since) / 20)))
                delay = 0.0
            except AlreadyRunning:
                stop.wait(1.0)
            except Moved:
                # Something else than a swap moves them: another runner that has not noticed the loss of its lock.
                stop.wait(IDLE_SECONDS)
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
        self.teller.forget()

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

    # Making rows anew

    def repair(self) -> None:
        """Make the rows anew of every case that somebody has asked for. Raises AlreadyRunning."""
        self._repairs_left = True
        while self._repairs_left:
            self._repair_some()

    def _repair_some(self) -> None:
        """Go through what is asked for, in its order, for a short while."""
        connection = self._active()
        until = time.monotonic() + REPAIRING_SECONDS
        asked = connection.execute(
            "SELECT number, case_id, model FROM read.repairs ORDER BY number LIMIT %s", (REPAIRS_AT_ONCE,)
        ).fetchall()
        done = 0
        for number, case_id, name in asked:
            for model in [self.models[name]] if name in self.models else [] if name else self.models.values():
                self.rebuild_case(case_id, model)
            connection.execute("DELETE FROM read.repairs WHERE number = %s", (number,))
            done += 1
            if time.monotonic() > until:
                break
        self._repairs_left = done < len(asked) or done == REPAIRS_AT_ONCE
        self._repairs_looked_at = time.monotonic()

    def rebuild_case(self, case_id: UUID, model: ReadModel[Any]) -> bool:
        """Make the rows of one case anew; False when it had to be parked (again). Raises AlreadyRunning."""
        connection = self._active()
        while True:
            try:
                return self._rebuild_case(connection, case_id, model)
            except Moved:
                continue

    def _rebuild_case(self, connection: Connection[Any], case_id: UUID, model: ReadModel[Any]) -> bool:
        self.teller.forget(case_id)
        self.desk.administration()
        reached = self.follower.reached(connection).get(model.table)
        if reached is None:
            # No fact has been told to it, or its table is another version's: there is nothing to mend.
            return True
        reading = facts_of(self.ledger, [case_id], 0, reached.position)
        telling = self.teller.tell([model], reading.facts, reading.faults, whole=True)
        try:
            with connection.transaction():
                stay(connection, model, reached)
                for portion in telling.anew(model, case_id):
                    put(connection, LIVE, model, portion)
                    connection.execute(
                        "DELETE FROM read.parked WHERE model = %s AND case_id = %s", (model.table, case_id)
                    )
                park(connection, LIVE, telling.parkings, self.ledger.code_version)
        except REFUSALS as error:
            telling.park(model, case_id, error)
            with connection.transaction():
                stay(connection, model, reached)
                park(connection, LIVE, telling.parkings, self.ledger.code_version)
        return not telling.parkings
