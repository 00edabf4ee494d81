"""Cases told in other processes: each has its own ledger, tables and memory, and ends with the one that started it."""

import os
import signal
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection

from domain.events import EVENT_TYPES
from domain.reference.load import load_reference
from ledger.garbage import started_up
from ledger.histories import AnyEvent
from ledger.logs import configure_logs, silence_logs
from ledger.settings import Settings
from ledger.store import Ledger
from ledger.streams import cases_between, facts_of
from projections.read_model import ReadModel
from projections.telling import CaseKey, Parking, Portion, Teller
from projections.writing import NEXT, REFUSALS, park, put, put_apart

CASES_AT_ONCE: Final = 10
"""So few that their facts and rows stay in the processor's cache: a quarter less time than hundreds together."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a process needs to read facts and to write read models."""

    database_url: str
    owner_database_url: str
    master_key: bytes
    check_key: bytes
    code_version: str
    other_master_keys: tuple[bytes, ...] = ()
    logs: bool = True
    """False where a person is told what happens by the command itself."""

    def __repr__(self) -> str:
        """Keep keys and passwords out of logs and tracebacks."""
        return f"Source(code_version={self.code_version!r})"

    @classmethod
    def of(cls, settings: Settings, *, logs: bool = True) -> "Source":
        """What the settings of a process say."""
        return cls(
            logs=logs,
            database_url=settings.database_url,
            owner_database_url=settings.owner_database_url,
            master_key=settings.master_key,
            other_master_keys=settings.other_master_keys,
            check_key=settings.check_key,
            code_version=settings.code_version,
        )

    def open_ledger(self) -> Ledger[AnyEvent]:
        """A ledger of its own, for one thread."""
        return Ledger(
            self.database_url,
            event_types=EVENT_TYPES,
            master_key=self.master_key,
            other_master_keys=self.other_master_keys,
            code_version=self.code_version,
            pool_size=2,
        )

    def connect(self, name: str) -> Connection[Any]:
        """A connection with the owner's rights, each statement its own transaction unless told otherwise."""
        return psycopg.connect(self.owner_database_url, autocommit=True, application_name=name)


class Workplace:
    """What one process tells cases with."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.ledger = source.open_ledger()
        self.teller = Teller(self.ledger, load_reference(), source.check_key)
        self._owner: Connection[Any] | None = None

    def close(self) -> None:
        """Give all connections back."""
        self.ledger.close()
        if self._owner is not None:
            self._owner.close()

    def tell(
        self,
        models: Sequence[ReadModel[Any]],
        streams: Collection[UUID],
        after: int,
        until: int,
        parked: Collection[CaseKey],
    ) -> tuple[list[Portion], list[Parking]]:
        """What the facts of some streams after a position and up to another make of the read models."""
        reading = facts_of(self.ledger, streams, after, until)
        self.teller.desk.administration()
        telling = self.teller.tell(models, reading.facts, reading.faults, parked)
        return telling.portions(models), telling.parkings

    def build_part(self, models: Sequence[ReadModel[Any]], build: UUID, number: int, until: int) -> None:
        """Fill the tables of a build with one part of the cases, and mark it done, unless it is."""
        owner = self._owner_connection()
        with owner.transaction():
            found = owner.execute(
                "SELECT first, last FROM read.build_parts WHERE build = %s AND number = %s AND NOT done FOR UPDATE",
                (build, number),
            ).fetchone()
            if found is None:
                return
            # Once for all: the facts of a build were recorded before it began.
            self.teller.desk.administration()
            tellings, portions = [], []
            for reading in cases_between(self.ledger, found[0], found[1], until, CASES_AT_ONCE):
                telling = self.teller.tell(models, reading.facts, reading.faults, whole=True)
                portions.append(telling.portions(models))
                tellings.append(telling)
            try:
                with owner.transaction():
                    for model, texts in zip(models, zip(*portions, strict=True), strict=True):
                        whole = Portion(model=model.table, stale=[], text=b"".join(each.text for each in texts))
                        put(owner, NEXT, model, whole, replacing=False)
            except REFUSALS:
                for telling in tellings:
                    put_apart(owner, NEXT, models, telling, replacing=False)
            parkings = [parking for telling in tellings for parking in telling.parkings]
            park(owner, NEXT, parkings, self.source.code_version)
            owner.execute("UPDATE read.build_parts SET done = true WHERE build = %s AND number = %s", (build, number))

    def _owner_connection(self) -> Connection[Any]:
        if self._owner is None or self._owner.closed:
            self._owner = self.source.connect("smoe-read-model-build")
            # A part lost in a power cut is lost with its mark, and made again.
            self._owner.execute("SET synchronous_commit = off")
        return self._owner


class Crew:
    """Processes among which cases are shared out, each case always to the same, which remembers it.

    Where one has ended, another takes its place.
    """

    def __init__(self, source: Source, count: int) -> None:
        self._source = source
        self._processes = [started(source, 1) for _ in range(count)]

    def tell(
        self,
        models: Sequence[ReadModel[Any]],
        streams: Collection[UUID],
        after: int,
        until: int,
        parked: Collection[CaseKey],
    ) -> tuple[list[Portion], list[Parking]]:
        """As `Workplace.tell`, by all processes at once.

        Raises BrokenProcessPool when one has been ended: nothing is told then, and the next time there is another.
        """
        shares: list[list[UUID]] = [[] for _ in self._processes]
        for stream in streams:
            shares[stream.int % len(shares)].append(stream)
        portions: list[Portion] = []
        parkings: list[Parking] = []
        asked: list[tuple[int, Future[tuple[list[Portion], list[Parking]]]]] = []
        for number, share in enumerate(shares):
            if share:
                with self._replacing(number):
                    told = self._processes[number].submit(_tell, models, share, after, until, parked)
                asked.append((number, told))
        for number, told in asked:
            with self._replacing(number):
                of_one, set_aside = told.result()
            portions += of_one
            parkings += set_aside
        return portions, parkings

    @contextmanager
    def _replacing(self, number: int) -> Iterator[None]:
        try:
            yield
        except BrokenProcessPool:
            self._processes[number].shutdown(wait=False)
            self._processes[number] = started(self._source, 1)
            raise

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.shutdown(wait=True, cancel_futures=True)


def started(source: Source, count: int) -> ProcessPoolExecutor:
    """Processes that tell cases, started when work comes."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin, initargs=(source,))


def submit_part(
    pool: ProcessPoolExecutor, models: Sequence[ReadModel[Any]], build: UUID, number: int, until: int
) -> Future[None]:
    """Have one of the processes make a part of a build."""
    return pool.submit(_build_part, models, build, number, until)


# In the processes

_here: list[Workplace] = []
"""The one workplace of this process."""


def _begin(source: Source) -> None:
    # Ctrl-C reaches the whole group; the parent decides what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    (configure_logs if source.logs else silence_logs)()
    end_with_parent()
    _here.append(Workplace(source))
    started_up()


def end_with_parent() -> None:
    """End this process when the one that started it ends, however it ends: nobody else would."""
    parent = parent_process()
    if parent is None:
        raise RuntimeError("only a process that was started by another ends with it")
    sentinel = parent.sentinel
    if wait([sentinel], 0):
        # It ended while this process was starting: nothing is begun any more.
        os._exit(1)

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def _tell(
    models: Sequence[ReadModel[Any]],
    streams: Collection[UUID],
    after: int,
    until: int,
    parked: Collection[CaseKey],
) -> tuple[list[Portion], list[Parking]]:
    return _here[0].tell(models, streams, after, until, parked)


def _build_part(models: Sequence[ReadModel[Any]], build: UUID, number: int, until: int) -> None:
    _here[0].build_part(models, build, number, until)
