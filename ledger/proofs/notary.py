"""Checkpoints made of the Merkle log: soon after each notified decision, each day, and when a proof needs one."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.events import DecisionDeemedNotified, DecisionFirstRead, DecisionMadeAvailable
from ledger.facts import LedgerError
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.notes import NoteInvalid, Signer, Verifier, opened
from ledger.proofs.notes import signed as signed_note
from ledger.proofs.tree import BATCH, Tree, TreeGrower
from ledger.store import Ledger

log = structlog.get_logger()

Reason = Literal["notification", "daily", "asked"]

NOTIFYING: Final = tuple(kind.__name__ for kind in (DecisionMadeAvailable, DecisionFirstRead, DecisionDeemedNotified))
"""Facts by which a decision is notified: each is covered by a checkpoint soon after."""
PACE_SECONDS: Final = 0.25
"""How long whoever keeps the log waits between two looks: what a fact waits at most to become a leaf."""
SPACING_SECONDS: Final = 1.0
"""The shortest time between two checkpoints of notified decisions: one covers all before it."""
LOOK_SECONDS: Final = 0.01
SETTLED_SECONDS_MAX: Final = 2.0
"""How long a proof waits for a fact to be settled: as long as a transaction that appends may last."""
DAILY: Final = timedelta(hours=24)
CLOCKS_APART_MAX: Final = timedelta(hours=1)
POSITION: Final = "position "
"""What the first extension line begins with: the position of the newest fact in the tree."""
MADE_AT: Final = "le "
"""What the second extension line begins with: when the checkpoint was made, in UTC."""

_LOCK: Final = "SELECT pg_advisory_xact_lock(x'434845434B50'::bigint)"
"""« CHECKP » in ASCII: one checkpoint is made at a time."""
_COLUMNS: Final = "number, size, position, made_at, reason, note"
_NOTIFIED_SINCE: Final = (
    "SELECT EXISTS (SELECT FROM ledger.events WHERE notification_id > %s AND notification_id <= %s AND topic = ANY(%s))"
)


class StoredCheckpoint(NamedTuple):
    """A checkpoint as it is kept."""

    number: int
    size: int
    position: int
    """Of the newest fact that it covers."""
    made_at: datetime
    reason: Reason
    note: str


class NothingToProve(LedgerError):
    """There is no settled fact that a checkpoint could cover, or not yet."""


def origin_of(connection: Connection[Any]) -> str:
    """The name of the log of this ledger, given once for good."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute("SELECT origin FROM ledger.log").fetchone()
    assert found is not None, "a migrated ledger has a name"
    return str(found[0])


def known_verifiers(connection: Connection[Any]) -> list[Verifier]:
    """The public parts of every key that ever signed a checkpoint here, the first one first."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT verifier FROM ledger.checkpoint_keys ORDER BY first_used_at, verifier").fetchall()
    found = []
    for (text,) in rows:
        # What is no key, whoever put it there, verifies nothing.
        with suppress(NoteInvalid):
            found.append(Verifier.of(text))
    return found


def checkpoints(connection: Connection[Any], where: str = "true", *values: object) -> list[StoredCheckpoint]:
    """Stored checkpoints that a condition of ours chooses, oldest first."""
    query = f"SELECT {_COLUMNS} FROM ledger.checkpoints WHERE {where}"
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(query.encode(), values).fetchall()
    return sorted(StoredCheckpoint(*row) for row in rows)


def newest_checkpoint(connection: Connection[Any]) -> StoredCheckpoint | None:
    """The newest checkpoint there is."""
    found = checkpoints(connection, "number = (SELECT max(number) FROM ledger.checkpoints)")
    return found[0] if found else None


class Notary:
    """Grows the Merkle log and signs what it has become; any number may, in any process."""

    def __init__(self, ledger: Ledger[Any], seeds: Sequence[bytes]) -> None:
        self._ledger = ledger
        self._keys = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]
        self._grower = TreeGrower(ledger)
        self._lock = threading.Lock()
        self._signers: list[Signer] = []
        self._is_due: bool | None = None
        """Whether a decision was notified since the newest checkpoint; None when that is to be found out."""
        self._newest: datetime | None = None
        self._spaced_at = float("-inf")
        ledger.recorder.datastore.on_connect.append(self._forget)

    def run_once(self) -> bool:
        """Make leaves of what is settled and the checkpoint that is due; whether there may be more to do at once.

        Raises LedgerUnavailable.
        """
        with self._lock:
            count = self._step()
            if count < BATCH:
                self._checkpoint_if_due()
        return count == BATCH

    def covering(self, position: int) -> StoredCheckpoint:
        """The newest checkpoint, made now unless one covers a position. Raises NothingToProve."""
        until = time.monotonic() + SETTLED_SECONDS_MAX
        while self._grown() < position:
            if time.monotonic() > until:
                raise NothingToProve("a transaction that appends has kept the newest facts from being settled")
            time.sleep(LOOK_SECONDS)
        with self._ledger.recorder.datastore.get_connection() as connection:
            newest, (signer, *_) = newest_checkpoint(connection), self._signers_of(connection)
        if newest is not None and newest.position >= position and _is_signed_by(signer, newest):
            return newest
        return self.checkpoint("asked")

    def checkpoint_of_now(self) -> StoredCheckpoint:
        """A checkpoint of all that is settled. Raises NothingToProve when that is nothing."""
        self._grown()
        return self.checkpoint("asked")

    def _grown(self) -> int:
        """Grow the log by all that is settled; the position that it reaches."""
        with self._lock:
            while self._step():
                pass
        with self._ledger.recorder.datastore.get_connection() as connection:
            return Tree(connection).extent().position

    def _step(self) -> int:
        """Make leaves of the next settled facts and note whether they notify a decision; how many they were.

        Another's leaves are looked at too: whoever made them may never sign, being an export or stopped since.
        """
        facts = self._grower.step()
        if any(fact.topic in NOTIFYING for fact in facts) or (
            self._is_due is False and self._grower.overtaken is not None and self._is_notified(*self._grower.overtaken)
        ):
            self._is_due = True
        return len(facts)

    def _is_notified(self, after: int, until: int) -> bool:
        datastore = self._ledger.recorder.datastore
        with datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(_NOTIFIED_SINCE, (after, until, list(NOTIFYING))).fetchone() == (True,)

    def checkpoint(self, reason: Reason) -> StoredCheckpoint:
        """Sign and keep what the log is now. Raises NothingToProve when it is empty."""
        with self._ledger.recorder.datastore.get_connection() as connection, connection.transaction():
            with connection.cursor() as cursor:
                cursor.execute(_LOCK)
            tree = Tree(connection)
            extent = tree.extent()
            if extent.size == 0:
                raise NothingToProve("the Merkle log is empty")
            newest, made_at = newest_checkpoint(connection), self._ledger.clock().astimezone(UTC)
            signers = self._signers_of(connection)
            if newest is not None and _is_signed_by(signers[0], newest):
                is_enough = _is_of_the_day(newest.made_at, made_at) if reason == "daily" else newest.size == extent.size
                if is_enough:
                    # Somebody else was faster.
                    self._newest = newest.made_at
                    return newest
            note = Checkpoint(
                origin=signers[0].name,
                size=extent.size,
                root=tree.root(extent.size),
                extensions=(f"{POSITION}{extent.position}", f"{MADE_AT}{made_at:%Y-%m-%dT%H:%M:%S.%fZ}"),
            ).signed(signers)
            return self._kept(connection, extent, made_at, reason, note)

    def signed(self, text: str) -> str:
        """The note of another text, signed with the keys of this log. Raises NoteInvalid."""
        with self._ledger.recorder.datastore.get_connection() as connection:
            return signed_note(text, self._signers_of(connection))

    def verifiers(self, connection: Connection[Any]) -> list[Verifier]:
        """The public parts of the keys that this one signs with."""
        return [each.verifier for each in self._signers_of(connection)]

    def _kept(
        self, connection: Connection[Any], extent: Any, made_at: datetime, reason: Reason, note: str
    ) -> StoredCheckpoint:
        with connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(
                "INSERT INTO ledger.checkpoints (size, position, made_at, reason, note)"
                f" VALUES (%s, %s, %s, %s, %s) RETURNING {_COLUMNS}".encode(),
                (extent.size, extent.position, made_at, reason, note),
            ).fetchone()
        assert row is not None
        self._newest, self._spaced_at = made_at, time.monotonic()
        return StoredCheckpoint(*row)

    def _signers_of(self, connection: Connection[Any]) -> list[Signer]:
        """The keys under the name of the log; their public parts are stored before they sign."""
        if not self._signers:
            origin, known = origin_of(connection), known_verifiers(connection)
            signers = [Signer(origin, key) for key in self._keys]
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO ledger.checkpoint_keys (verifier) VALUES (%s) ON CONFLICT DO NOTHING",
                    [(str(each.verifier),) for each in signers],
                )
            if known and signers[0].verifier not in known:
                log.warning("a new key signs the checkpoints", verifier=str(signers[0].verifier))
            self._signers = signers
        return self._signers

    def _checkpoint_if_due(self) -> None:
        if self._is_due is None:
            self._find_out()
        now = self._ledger.clock()
        if self._is_due and time.monotonic() - self._spaced_at >= SPACING_SECONDS:
            self.checkpoint("notification")
            self._is_due = False
        elif self._newest is None or not _is_of_the_day(self._newest, now):
            try:
                self.checkpoint("daily")
            except NothingToProve:
                return

    def _find_out(self) -> None:
        """Look for decisions notified since the newest checkpoint: whoever was to make theirs may have been stopped."""
        with self._ledger.recorder.datastore.get_connection() as connection:
            newest = newest_checkpoint(connection)
            reached = Tree(connection).extent().position
            with connection.cursor(row_factory=tuple_row) as cursor:
                after = newest.position if newest else 0
                found = cursor.execute(_NOTIFIED_SINCE, (after, reached, list(NOTIFYING))).fetchone()
            signer = self._signers_of(connection)[0]
        # Where another key signed the newest, this one signs as soon as it can: auditors may know no other.
        self._newest = newest.made_at if newest is not None and _is_signed_by(signer, newest) else None
        self._is_due = found == (True,)

    def _forget(self) -> None:
        # Another server, or an earlier moment of the same, may have neither the keys nor the checkpoints of this one.
        self._signers = []
        self._is_due = None


def _is_signed_by(signer: Signer, checkpoint: StoredCheckpoint) -> bool:
    try:
        return bool(opened(checkpoint.note, [signer.verifier]))
    except NoteInvalid:
        return False


def _is_of_the_day(made_at: datetime, now: datetime) -> bool:
    """Whether no day has passed; a moment well ahead of the clock is that of a clock that was wrong."""
    return -CLOCKS_APART_MAX <= now - made_at < DAILY
