"""What happens to a checkpoint once it is made: others stamp it, sign it and keep it, out of reach of who keeps us."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.facts import utc_now
from ledger.proofs.notes import NoteInvalid
from ledger.proofs.posting import Patience, Unanswered, post
from ledger.proofs.timestamps import Stamper
from ledger.proofs.tree import NotInTree
from ledger.proofs.witnesses import Witness
from ledger.settings import Settings
from verifier.time_stamps import TimeStampInvalid

LOCK_CLASS: Final = 8_413_026
"""First of the two numbers of the locks that keep others from doing the same; the second is of the place."""
ROUND_SECONDS: Final = 5.0
"""After which a place that is far behind leaves the turn to the others."""

_PAGE: Final = "SELECT number, size, note FROM ledger.checkpoints WHERE number > %s ORDER BY number LIMIT 100"
_REACHED: Final = "SELECT checkpoint FROM ledger.publications WHERE target = %s"
_REACH: Final = (
    "INSERT INTO ledger.publications (target, checkpoint, published_at) VALUES (%s, %s, now())"
    " ON CONFLICT (target) DO UPDATE SET checkpoint = EXCLUDED.checkpoint, published_at = EXCLUDED.published_at"
    " WHERE publications.checkpoint < EXCLUDED.checkpoint"
)


class Published(NamedTuple):
    """A checkpoint as it is given away."""

    number: int
    size: int
    note: str


class Errand(Protocol):
    """Something to do outside."""

    def run_once(self, connection: Connection[Any]) -> int:
        """Do what waits, within seconds; how much was done."""


class Outside:
    """Runs all errands; one that fails delays none of the others, and is tried again later."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._errands = [(place, errand, Patience(place, monotonic)) for place, errand in _errands(settings, clock)]

    def run_once(self, connection: Connection[Any]) -> int:
        """Do what waits, of each errand that is not left alone for a while; how much was done."""
        return sum(self._run(connection, *each) for each in self._errands if each[2].is_over)

    def _run(self, connection: Connection[Any], place: str, errand: Errand, patience: Patience) -> int:
        with _alone(connection, place) as is_alone:
            if not is_alone:
                return 0
            try:
                done = errand.run_once(connection)
            except (Unanswered, TimeStampInvalid, NoteInvalid, NotInTree, OSError) as fault:
                patience.failed(str(fault) or type(fault).__name__)
                return 0
        if done:
            patience.succeeded()
        return done


def _errands(settings: Settings, clock: Callable[[], datetime]) -> Iterator[tuple[str, Errand]]:
    if settings.tsa_url:
        yield "time-stamps", Stamper(settings.tsa_url, settings.tsa_roots, settings.tsa_seconds_min, clock)
    for witness in map(Witness.of, settings.witnesses):
        yield f"witness:{witness.verifier.name}", witness
    if settings.checkpoint_folder:
        folder = settings.checkpoint_folder
        yield f"folder:{folder}", Publication(f"folder:{folder}", Folder(folder).write)
    if settings.checkpoint_webhook:
        url = settings.checkpoint_webhook
        # The address may hold a password, and everybody who reads the database reads the name of the place.
        place = f"webhook:{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        yield place, Publication(place, Webhook(url).send)


@contextmanager
def _alone(connection: Connection[Any], place: str) -> Iterator[bool]:
    """Whether no other process is at it; none begins until the end."""
    lock = (LOCK_CLASS, place)
    with connection.cursor(row_factory=tuple_row) as cursor:
        ((is_alone,),) = cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", lock).fetchall()
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", lock)


class Publication:
    """Gives a place every checkpoint, in their order, and remembers how far it came."""

    def __init__(self, target: str, give: Callable[[Published], None]) -> None:
        self._target = target
        self._give = give

    def run_once(self, connection: Connection[Any]) -> int:
        """Give what waits, for a few seconds; how many. What was given and not noted is given again."""
        end, done = time.monotonic() + ROUND_SECONDS, 0
        with connection.cursor(row_factory=tuple_row) as cursor:
            reached = cursor.execute(_REACHED, (self._target,)).fetchone() or (0,)
            for each in cursor.execute(_PAGE, reached).fetchall():
                if time.monotonic() > end:
                    break
                checkpoint = Published(*each)
                self._give(checkpoint)
                cursor.execute(_REACH, (self._target, checkpoint.number))
                done += 1
        return done


class Folder:
    """A folder that others can read, or copy away."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, checkpoint: Published) -> None:
        """Write a checkpoint, and make it the latest; each file is there whole or not at all.

        Raises OSError, and Unanswered where another is there under its name: it is evidence, and is not replaced.
        """
        name = f"{checkpoint.size}-{checkpoint.number}.txt"
        if not (self._path / name).exists():
            self._write(name, checkpoint.note)
        elif (self._path / name).read_bytes() != checkpoint.note.encode():
            raise Unanswered(f"{name} is there and holds another checkpoint")
        self._write("latest.txt", checkpoint.note)

    def _write(self, name: str, note: str) -> None:
        # One writes at a time: a draft that a crash has left is written over.
        draft = self._path / f".{name}.draft"
        try:
            with draft.open("wb") as file:
                file.write(note.encode())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path / name)
        finally:
            draft.unlink(missing_ok=True)
        # Renamed for good only once the folder itself is on the disk.
        folder = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Webhook:
    """An address that is sent each checkpoint."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, checkpoint: Published) -> None:
        """Send one. Raises Unanswered unless it was taken."""
        reply = post(self._url, checkpoint.note.encode(), "text/plain; charset=utf-8")
        if not 200 <= reply.status < 300:
            raise Unanswered(f"the address answered {reply.status}")
