"""Entries of the access log: their bytes, what is searched of them, the seals that prove them, and the verification."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.envelope import Actor, Role
from domain.events import AccessesSealed
from domain.purposes import Purpose
from domain.registers import ACCESSES_STREAM
from ledger.facts import FIRST_HASH, Recorded
from ledger.proofs.merkle import grown, leaf_hash, root
from ledger.store import Ledger

MARK_BYTES: Final = 4
ROWS_AT_ONCE: Final = 2_000
SEALS_AT_ONCE: Final = 500

_ROWS: Final = (
    "SELECT number, entry, at, operation, actor, purpose, cases, searched FROM ledger.accesses"
    " WHERE number BETWEEN %s AND %s ORDER BY number"
)
_INDEX: Final = "SELECT version, first, last FROM ledger.access_seals ORDER BY version"


class Reader(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who read: never by name, which is personal; the person's identifier outlives the key that seals it."""

    identity: str
    person: UUID
    role: Role
    quality: str
    service: str

    @classmethod
    def of(cls, actor: Actor) -> "Reader":
        """An actor, as the log names them."""
        return cls(
            identity=actor.identity,
            person=actor.person,
            role=actor.role,
            quality=actor.quality,
            service=actor.service,
        )


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """An entry: its JSON, members in this order and without white space, is what is stored and sealed."""

    form: int = 1
    at: datetime
    """Aware, UTC; for entries that count, the minute they count."""
    operation: str
    actor: Reader | None
    """None for whoever is not signed in, and for entries that count."""
    role: Role | None
    """Of the actor, or of all that are counted."""
    cases: tuple[UUID, ...] = ()
    """Read, listed or exported; of a list, those on the page."""
    parameters: dict[str, tuple[str, ...]] = {}
    """What was asked, but for free texts."""
    searched: dict[str, tuple[UUID, ...]] = {}
    """Keyed digests of free texts, by the parameter they came in."""
    status: int
    purpose: Purpose | None
    """None for entries that count."""
    trace: str | None = None
    """The trace that the request belongs to (W3C Trace Context)."""
    count: int = 1
    facts: int | None = None
    """How many facts a feed has sent, in the entry of its end."""

    @property
    def columns(self) -> "Columns":
        """What the columns beside the entry have to say."""
        return Columns(
            at=self.at,
            operation=self.operation,
            actor=self.actor.identity if self.actor else None,
            purpose=self.purpose.value if self.purpose else None,
            cases=list(self.cases) or None,
            searched=[digest for digests in self.searched.values() for digest in digests] or None,
        )


class Columns(NamedTuple):
    """What an entry is searched by."""

    at: datetime
    operation: str
    actor: str | None
    purpose: str | None
    cases: list[UUID] | None
    searched: list[UUID] | None


class Stored(NamedTuple):
    """A row of the log."""

    number: int
    entry: bytes
    columns: Columns


encode: Final = msgspec.json.Encoder().encode
decode: Final = msgspec.json.Decoder(Access).decode
"""Raises msgspec.DecodeError."""


# Seals


def leaf(number: int, entry: bytes) -> bytes:
    """The leaf that an entry is in the tree of its seal."""
    return leaf_hash(number.to_bytes(8, "big") + hashlib.sha256(entry).digest())


def mark(of_leaf: bytes) -> str:
    """What a seal keeps of each leaf, so that the one which has changed is found."""
    return of_leaf[:MARK_BYTES].hex()


def sealed(first: int, last: int, entries: Iterable[tuple[int, bytes]], on: date) -> AccessesSealed:
    """The fact that seals the entries of a range of numbers, given with these and in their order."""
    numbers, leaves = [], []
    for number, entry in entries:
        numbers.append(number)
        leaves.append(leaf(number, entry))
    around = [first - 1, *numbers, last + 1]
    return AccessesSealed(
        first=first,
        last=last,
        count=len(numbers),
        absent=tuple((before + 1, after - 1) for before, after in pairwise(around) if after > before + 1),
        root=_root(leaves).hex(),
        marks="".join(map(mark, leaves)),
        sealed_on=on,
    )


def _root(leaves: Sequence[bytes]) -> bytes:
    return root(len(leaves), dict(grown((), 0, leaves)).__getitem__)


def rows(connection: Connection[Any], first: int, last: int) -> Iterator[Stored]:
    """The rows of a range of numbers in their order; in a transaction, since memory stays small by a cursor."""
    with connection.cursor("accesses", row_factory=tuple_row) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_ROWS, (first, last))
        for number, entry, *columns in cursor:
            yield Stored(number, bytes(entry), Columns(*columns))


# Verification


class Wrong(StrEnum):
    """What has happened to an entry."""

    ALTERED = "altered"
    DELETED = "deleted"
    ADDED = "added"
    COLUMNS = "columns"
    """The bytes are those sealed, the columns beside them say something else."""
    UNREADABLE = "unreadable"
    """An entry not sealed yet that is no entry."""
    SEAL = "seal"
    """The seals themselves do not follow each other, or contradict what they seal."""
    INDEX = "index"
    """The table that finds seals names another than the facts do: what is shown as sealed may not be."""


class AccessFault(NamedTuple):
    """A fault of the access log."""

    wrong: Wrong
    seal: str | None
    """The fact that proves it, `<stream>/<version>`; None among entries that are not sealed yet."""
    first: int
    last: int
    """The numbers that the seal covers."""
    number: int | None
    """The first entry concerned; None where none can be named."""


class AccessCounts(NamedTuple):
    """How much of the log is proved."""

    seals: int
    sealed: int
    unsealed: int


def count_accesses(ledger: Ledger[Any]) -> AccessCounts:
    """Seals, entries that they cover, and entries since. Raises LedgerAltered, StoredEventInvalid."""
    seals = sealed_entries = last = 0
    for seal in _seals(ledger):
        seals, sealed_entries, last = seals + 1, sealed_entries + seal.event.count, seal.event.last
    with ledger.recorder.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute("SELECT count(*) FROM ledger.accesses WHERE number > %s", (last,)).fetchone()
    return AccessCounts(seals, sealed_entries, int(found[0]) if found else 0)


def verify_accesses(ledger: Ledger[Any]) -> Iterator[AccessFault]:
    """Read every entry again against its seal; the first fault of each seal that has one, then of what is not sealed.

    Raises LedgerAltered, StoredEventInvalid where the seals themselves are not what was recorded.
    """
    ranges: dict[int, tuple[int, int]] = {}
    with ledger.recorder.datastore.get_connection() as connection, connection.transaction():
        following = 1
        for seal in _seals(ledger):
            ranges[seal.version] = seal.event.first, seal.event.last
            if seal.event.first != following:
                yield _fault(Wrong.SEAL, seal, None)
            following = seal.event.last + 1
            yield from _faults(connection, seal)
        yield from _index_faults(connection, ranges)
        for row in rows(connection, following, 2**63 - 1):
            wrong = _wrong_columns(row)
            if wrong is not None:
                yield AccessFault(wrong, None, following, row.number, row.number)


def _seals(ledger: Ledger[Any]) -> Iterator[Recorded[AccessesSealed]]:
    """Every seal, a page at a time: there is one a minute, and each names its entries."""
    version, head = 0, FIRST_HASH
    while page := ledger.load(ACCESSES_STREAM, after_version=version, known_hash=head, limit=SEALS_AT_ONCE):
        for fact in page:
            if isinstance(fact.event, AccessesSealed):
                yield fact
        version, head = page[-1].version, page[-1].hash


def _fault(wrong: Wrong, seal: Recorded[AccessesSealed], number: int | None) -> AccessFault:
    return AccessFault(wrong, seal.reference, seal.event.first, seal.event.last, number)


def _faults(connection: Connection[Any], seal: Recorded[AccessesSealed]) -> Iterator[AccessFault]:
    """The first entry that is not what was sealed, and the first whose columns say something else."""
    event = seal.event
    expected = _expected(event)
    leaves: list[bytes] = []
    wrong: tuple[Wrong, int] | None = None
    columns: int | None = None
    for row in rows(connection, event.first, event.last):
        of_row = leaf(row.number, row.entry)
        leaves.append(of_row)
        if wrong is None:
            wrong = _first_wrong(expected, row.number, mark(of_row))
        if columns is None and _wrong_columns(row) is not None:
            columns = row.number
    if wrong is None and (left := next(expected, None)) is not None:
        wrong = Wrong.DELETED, left[0]
    if wrong is not None:
        yield _fault(wrong[0], seal, wrong[1])
    elif len(leaves) != event.count or _root(leaves).hex() != event.root:
        yield _fault(Wrong.ALTERED, seal, None)
    if columns is not None and (wrong is None or wrong[1] != columns):
        yield _fault(Wrong.COLUMNS, seal, columns)


def _expected(event: AccessesSealed) -> Iterator[tuple[int, str]]:
    """Each number that the seal says has an entry, with its mark."""
    ends = iter(((event.first - 1, event.first - 1), *event.absent, (event.last + 1, event.last + 1)))
    size = 2 * MARK_BYTES
    place = 0
    for (_, before), (after, _) in pairwise(ends):
        for number in range(before + 1, after):
            yield number, event.marks[place : place + size]
            place += size


def _first_wrong(expected: Iterator[tuple[int, str]], number: int, found: str) -> tuple[Wrong, int] | None:
    """What the next row says of the next entry that there should be."""
    wanted, marked = next(expected, (None, ""))
    if wanted is None or number < wanted:
        return Wrong.ADDED, number
    if number > wanted:
        return Wrong.DELETED, wanted
    return (Wrong.ALTERED, number) if found != marked else None


def _wrong_columns(row: Stored) -> Wrong | None:
    try:
        access = decode(row.entry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Wrong.UNREADABLE
    return None if access.columns == row.columns else Wrong.COLUMNS


def _index_faults(connection: Connection[Any], ranges: Mapping[int, tuple[int, int]]) -> Iterator[AccessFault]:
    """The first seal of which the table that finds seals says something else; one that it lacks will be added."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        named = cursor.execute(_INDEX).fetchall()
    for version, first, last in named:
        if ranges.get(version) != (first, last):
            yield AccessFault(Wrong.INDEX, f"{ACCESSES_STREAM}/{version}", first, last, None)
            return
