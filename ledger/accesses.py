"""Entries of the access log: their bytes, what is searched of them, the seals that prove them, and the verification."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.case import PARIS
from domain.days import add_months
from domain.envelope import Actor, Role
from domain.events import AccessesPurged, AccessesSealed, RegisterEvent
from domain.purposes import Purpose
from domain.registers import ACCESSES_STREAM
from domain.retention import ACCESS_LOG_MONTHS_MIN
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
_PURGED: Final = (
    "SELECT coalesce(max(originator_version), 0) FROM ledger.events"
    " WHERE originator_id = %s AND topic = 'AccessesPurged'"
)
_OLDEST: Final = "SELECT min(number) FROM ledger.accesses"
_COUNTS: Final = (
    "SELECT (SELECT count(*) FROM ledger.accesses WHERE number > %s),"
    " (SELECT count(*) FROM ledger.accesses WHERE number <= %s)"
)


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


# Removal


def newest_purge(ledger: Ledger[Any]) -> Recorded[AccessesPurged] | None:
    """The fact up to which entries were removed, or are being; None where none ever were.

    Raises LedgerAltered, StoredEventInvalid.
    """
    with ledger.recorder.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(_PURGED, (ACCESSES_STREAM,)).fetchone()
    if found is None or not found[0]:
        return None
    (fact,) = ledger.codec.decode_facts(ledger.recorder.select_stream(ACCESSES_STREAM, found[0] - 1, 1))
    return fact


def first_day_kept(purge: AccessesPurged) -> date:
    """The day from which on every entry is kept; of the days before, some may still be there."""
    return purge.until.astimezone(PARIS).date()


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
    PURGE = "purge"
    """A removal was recorded that the seals or the period do not allow."""
    PURGED_FAULTY = "purged_faulty"
    """What was removed agreed no more with its seal."""


class AccessFault(NamedTuple):
    """A fault of the access log."""

    wrong: Wrong
    seal: str | None
    """The fact that proves it, `<stream>/<version>`, for a removal that one; None where nothing is sealed yet."""
    first: int
    last: int
    """The numbers that the seal covers."""
    number: int | None
    """The first entry concerned; None where none can be named."""


class AccessCounts(NamedTuple):
    """How much of the log is proved, and how much of it is gone."""

    seals: int
    sealed: int
    unsealed: int
    purged: int = 0
    going: int = 0
    """Of those purged, how many are still there: a removal under way, or interrupted until the next night."""


def count_accesses(ledger: Ledger[Any]) -> AccessCounts:
    """Seals of what is kept, entries that they cover, and entries since. Raises LedgerAltered, StoredEventInvalid."""
    kept: deque[_Range] = deque()
    last = purged = purged_last = 0
    for fact in _register(ledger):
        if isinstance(fact.event, AccessesSealed):
            kept.append(_range(fact.version, fact.event))
            last = fact.event.last
        else:
            purged, purged_last = purged + fact.event.count, fact.event.last
            _let_go(kept, fact.event)
    with ledger.recorder.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        unsealed, going = cursor.execute(_COUNTS, (last, purged_last)).fetchone() or (0, 0)
    return AccessCounts(len(kept), sum(each.entries for each in kept), unsealed, purged, going)


def verify_accesses(ledger: Ledger[Any]) -> Iterator[AccessFault]:
    """Read every entry again against its seal; the first fault of each seal that has one, then of what is not sealed.

    What a fact says was removed may be missing, and nothing else.

    Raises LedgerAltered, StoredEventInvalid where the seals themselves are not what was recorded.
    """
    ranges: dict[int, tuple[int, int]] = {}
    kept: deque[_Range] = deque()
    purged = _purged_number(ledger)
    with ledger.recorder.datastore.get_connection() as connection, connection.transaction():
        oldest = _oldest(connection)
        following = 1
        for fact in _register(ledger):
            event = fact.event
            if isinstance(event, AccessesPurged):
                yield from _purge_faults(fact, event, kept)
                continue
            ranges[fact.version] = event.first, event.last
            kept.append(_range(fact.version, event))
            if event.first != following:
                yield _fault(Wrong.SEAL, fact, event, None)
            following = event.last + 1
            found = list(seal_faults(connection, fact, event)) if event.last > purged else []
            if found:
                # They may have gone since we began.
                purged = _purged_number(ledger)
            if event.last > purged:
                yield from found
            elif oldest <= event.last:
                yield from _faults_of_what_is_left(connection, fact, event)
        yield from _index_faults(connection, ranges)
        for row in rows(connection, following, 2**63 - 1):
            wrong = _wrong_columns(row)
            if wrong is not None:
                yield AccessFault(wrong, None, following, row.number, row.number)


def _register(ledger: Ledger[Any]) -> Iterator[Recorded[RegisterEvent]]:
    """Every seal and removal, a page at a time: there is a seal a minute, and each names its entries."""
    version, head = 0, FIRST_HASH
    while page := ledger.load(ACCESSES_STREAM, after_version=version, known_hash=head, limit=SEALS_AT_ONCE):
        yield from page
        version, head = page[-1].version, page[-1].hash


class _Range(NamedTuple):
    """A seal, without what it says of each entry."""

    version: int
    first: int
    last: int
    entries: int
    sealed_on: date


def _range(version: int, seal: AccessesSealed) -> _Range:
    return _Range(version, seal.first, seal.last, seal.count, seal.sealed_on)


def _let_go(kept: deque[_Range], purge: AccessesPurged) -> list[_Range]:
    """Take away the seals that a removal goes up to, and return them."""
    gone = []
    while kept and kept[0].last <= purge.last:
        gone.append(kept.popleft())
    return gone


def _purge_faults(fact: Recorded[RegisterEvent], purge: AccessesPurged, kept: deque[_Range]) -> Iterator[AccessFault]:
    """Whether a removal took whole ranges, the oldest, and none before its time; and what it found at fault."""
    gone = _let_go(kept, purge)
    day = first_day_kept(purge)
    is_right = (
        gone
        and (gone[0].first, gone[-1].last) == (purge.first, purge.last)
        and sum(each.entries for each in gone) == purge.count
        and all(each.sealed_on < day for each in gone)
        and day <= add_months(purge.purged_on, -purge.months)
        and purge.months >= ACCESS_LOG_MONTHS_MIN
        and purge.purged_on <= fact.recorded_at.astimezone(PARIS).date()
    )
    if not is_right:
        yield AccessFault(Wrong.PURGE, fact.reference, purge.first, purge.last, None)
    for each in gone:
        if each.version in purge.faulty:
            yield AccessFault(Wrong.PURGED_FAULTY, f"{ACCESSES_STREAM}/{each.version}", each.first, each.last, None)


def _purged_number(ledger: Ledger[Any]) -> int:
    newest = newest_purge(ledger)
    return newest.event.last if newest is not None else 0


def _oldest(connection: Connection[Any]) -> int:
    """The smallest number there is; one that none has where the log is empty."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(_OLDEST).fetchone()
    return 2**63 if found is None or found[0] is None else int(found[0])


def _faults_of_what_is_left(
    connection: Connection[Any], seal: Recorded[RegisterEvent], event: AccessesSealed
) -> Iterator[AccessFault]:
    """The first entry that is still there, though it is to go, and was never sealed so."""
    expected = dict(_expected(event))
    for row in rows(connection, event.first, event.last):
        if row.number not in expected:
            yield _fault(Wrong.ADDED, seal, event, row.number)
            return
        if mark(leaf(row.number, row.entry)) != expected[row.number]:
            yield _fault(Wrong.ALTERED, seal, event, row.number)
            return


def _fault(wrong: Wrong, seal: Recorded[Any], event: AccessesSealed, number: int | None) -> AccessFault:
    return AccessFault(wrong, seal.reference, event.first, event.last, number)


def seal_faults(connection: Connection[Any], seal: Recorded[Any], event: AccessesSealed) -> Iterator[AccessFault]:
    """The first entry that is not what was sealed, and the first whose columns say something else; in a transaction."""
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
        yield _fault(wrong[0], seal, event, wrong[1])
    elif len(leaves) != event.count or _root(leaves).hex() != event.root:
        yield _fault(Wrong.ALTERED, seal, event, None)
    if columns is not None and (wrong is None or wrong[1] != columns):
        yield _fault(Wrong.COLUMNS, seal, event, columns)


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
