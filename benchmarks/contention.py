"""Writers and whatever disturbs them: conflicts, aborted transactions, delayed rows, killed sessions, foreign work."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

import psycopg

from domain.events import NoteAdded
from ledger.facts import FIRST_HASH, LedgerError, LedgerUnavailable, VersionConflict
from ledger.store import Ledger
from tests.histories import AGENT, a_filing, a_routing, drafts, persons_of

PAUSE_SECONDS_MAX: Final = 0.02
OWN_STREAMS_MAX: Final = 30
SHARED_AT_ONCE: Final = 8
SHARED_SECONDS: Final = 10.0
"""For how long all write to the same few streams before they go on to others: none gets thousands of facts."""
DAY: Final = date(2026, 1, 5)

DELAY: Final = """
CREATE SCHEMA trial;
CREATE TABLE trial.elsewhere (at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE FUNCTION trial.delay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF random() < 0.02 THEN
        PERFORM pg_sleep(random() * 0.2);
    END IF;
    RETURN NEW;
END
$$;
"""
DELAY_EVENTS: Final = (
    "CREATE TRIGGER zz_delay BEFORE INSERT ON ledger.events FOR EACH ROW EXECUTE FUNCTION trial.delay();"
    "GRANT USAGE ON SCHEMA trial TO smoe_app; GRANT INSERT ON trial.elsewhere TO smoe_app"
)
RAW_INSERT: Final = (
    "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash)"
    " VALUES (gen_random_uuid(), 1, 'NoteAdded', '{}', sha256('{}'))"
)


class Stop(Protocol):
    """An event of threads or of processes."""

    def is_set(self) -> bool:
        """Whether to stop."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for it."""


class Acknowledged(NamedTuple):
    """A fact that a writer was told is stored."""

    stream: UUID
    version: int
    position: int
    at: float


class Writer:
    """One writer: opens cases, continues its own, and contends with others for those that all share."""

    def __init__(self, ledger: Ledger[Any], shared: Sequence[UUID], seed: int) -> None:
        self.ledger = ledger
        self.shared = shared
        self.chance = random.Random(seed)
        self.acknowledged: list[Acknowledged] = []
        self.counts: Counter[str] = Counter()
        self._own: dict[UUID, tuple[int, bytes]] = {}
        self._opened = seed * 1_000_000

    def run(self, stop: Stop) -> None:
        """Write until told to stop."""
        while not stop.is_set():
            try:
                self._write()
                self.counts["commits"] += 1
            except VersionConflict:
                self.counts["conflicts"] += 1
            except LedgerUnavailable:
                # Whether it was stored is not known: the table will tell.
                self.counts["unavailable"] += 1
            except LedgerError:
                self.counts["refused"] += 1
            stop.wait(self.chance.random() * PAUSE_SECONDS_MAX)

    def _write(self) -> None:
        draw = self.chance.random()
        if draw < 0.15 or not self._own:
            self._open()
        elif draw < 0.18:
            self._write_in_bulk()
        elif draw < 0.4:
            first = int(time.time() // SHARED_SECONDS) * SHARED_AT_ONCE % len(self.shared)
            stream = self.chance.choice(self.shared[first : first + SHARED_AT_ONCE])
            self._append(stream, *self.ledger.head(stream))
        else:
            stream = self.chance.choice(list(self._own))
            # Forgotten while the outcome is open.
            self._own[stream] = self._append(stream, *self._own.pop(stream))

    def _open(self) -> None:
        stream = self._new_stream()
        if len(self._own) >= OWN_STREAMS_MAX:
            self._own.pop(next(iter(self._own)))
        events = [a_filing(stream, f"AT-{self._opened}", DAY)[1], a_routing(DAY)[1]]
        self._own[stream] = self._store(stream, events, 0, FIRST_HASH)

    def _write_in_bulk(self) -> None:
        stream = self._new_stream()
        steps = [a_filing(stream, f"AT-{self._opened}", DAY), a_routing(DAY), (AGENT, self._note(stream), DAY)]
        count, last = self.ledger.append_bulk(drafts(stream, steps))
        now = time.time()
        self.acknowledged += [
            Acknowledged(stream, version, last - count + version, now) for version in range(1, count + 1)
        ]

    def _append(self, stream: UUID, version: int, head: bytes) -> tuple[int, bytes]:
        count = 1 if self.chance.random() < 0.7 else self.chance.randrange(2, 6)
        return self._store(stream, [self._note(stream)] * count, version, head)

    def _store(self, stream: UUID, events: Sequence[Any], version: int, head: bytes) -> tuple[int, bytes]:
        facts = self.ledger.append(
            stream,
            events,
            expected_version=version,
            previous_hash=head,
            actor=AGENT,
            command=UUID(int=self.chance.getrandbits(128)),
        )
        now = time.time()
        self.acknowledged += [Acknowledged(fact.stream, fact.version, fact.position or 0, now) for fact in facts]
        return facts[-1].version, facts[-1].hash

    def _new_stream(self) -> UUID:
        self._opened += 1
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _note(self, stream: UUID) -> NoteAdded:
        return NoteAdded(person=persons_of(stream)[0], text="À suivre.")


def file_shared(ledger: Ledger[Any], count: int, seed: int) -> list[UUID]:
    """Cases that all writers contend for."""
    chance = random.Random(seed)
    streams = [UUID(int=chance.getrandbits(128), version=4) for _ in range(count)]
    for number, stream in enumerate(streams):
        ledger.append_bulk(drafts(stream, [a_filing(stream, f"AT-S{number}", DAY), a_routing(DAY)]))
    return streams


class Disturbance:
    """What goes on beside the writers, each kind in a thread of its own, counted."""

    def __init__(self, app_url: str, admin_url: str, seed: int = 1) -> None:
        self.app_url, self.admin_url = app_url, admin_url
        self.seed = seed
        self.counts: Counter[str] = Counter()

    def kinds(self) -> list[Callable[[Stop], None]]:
        """What to run, each until told to stop."""
        return [self.abort, self.write_elsewhere, self.append_too_late, self.kill]

    def abort(self, stop: Stop) -> None:
        """Insert through the same trigger as everybody, wait, roll back."""
        chance = random.Random(self.seed)
        while not stop.is_set():
            with psycopg.connect(self.app_url) as connection:
                if chance.random() < 0.5:
                    connection.execute("SELECT ledger.arm()")
                connection.execute(RAW_INSERT)
                stop.wait(chance.random() * 0.1)
                connection.rollback()
            self.counts["aborts"] += 1

    def write_elsewhere(self, stop: Stop) -> None:
        """Hold a transaction that writes to a table of its own for two to five seconds at a time."""
        chance = random.Random(self.seed)
        while not stop.is_set():
            with psycopg.connect(self.app_url) as connection:
                connection.execute("INSERT INTO trial.elsewhere DEFAULT VALUES")
                stop.wait(2 + 3 * chance.random())
            self.counts["foreign_transactions"] += 1

    def append_too_late(self, stop: Stop) -> None:
        """Write elsewhere first, then try to append: a reader could take it for one that never will."""
        while not stop.wait(0.1):
            with psycopg.connect(self.app_url) as connection:
                connection.execute("INSERT INTO trial.elsewhere DEFAULT VALUES")
                try:
                    connection.execute(RAW_INSERT)
                    self.counts["late_appends_accepted"] += 1
                except psycopg.errors.ObjectNotInPrerequisiteState:
                    self.counts["late_appends_refused"] += 1
                connection.rollback()

    def kill(self, stop: Stop) -> None:
        """End a session of smoe now and then, whoever it belongs to: writer, reader, listener, sender."""
        chance = random.Random(self.seed)
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            while not stop.wait(chance.random()):
                killed = connection.execute(
                    "SELECT pg_terminate_backend(pid), application_name FROM pg_stat_activity"
                    " WHERE application_name LIKE 'smoe%' AND datname = current_database() ORDER BY random() LIMIT 1"
                ).fetchall()
                self.counts.update(f"killed_{name}" for done, name in killed if done)
