"""Time-stamps of checkpoints (RFC 3161), each chained to earlier ones, so that none can be made up afterwards."""

import calendar
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from psycopg import Connection, Cursor
from psycopg.rows import tuple_row
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from ledger.facts import utc_now
from ledger.proofs.posting import post
from verifier.der import INTEGER, SEQUENCE, DerInvalid, integer, only, sequence
from verifier.time_stamps import Stamp, TimeStampInvalid, verify_time_stamp

LABEL: Final = b"smoe-stamp-1"
NOTHING: Final = bytes(32)
"""Where there is no earlier token."""
GRANTED: Final = (0, 1)
"""Statuses that come with a token; the second is granted with changes, of things that are not asked for."""
SKEW_MAX: Final = timedelta(minutes=15)
"""Between the clock of an authority and ours: beyond, one of them is wrong and the stamp would say nothing."""
PARIS: Final = ZoneInfo("Europe/Paris")

_NEWEST_AFTER: Final = (
    "SELECT number, made_at, reason, note FROM ledger.checkpoints WHERE number > %s ORDER BY number DESC LIMIT 1"
)
_FIRST_AFTER: Final = "SELECT made_at FROM ledger.checkpoints WHERE number > %s ORDER BY number LIMIT 1"
_STAMPS: Final = "SELECT number, checkpoint, stamped_at FROM ledger.timestamps WHERE number <= %s ORDER BY number"
_LAST: Final = "SELECT number, checkpoint, stamped_at FROM ledger.timestamps ORDER BY number DESC LIMIT 1"
_TOKEN: Final = "SELECT token FROM ledger.timestamps WHERE number = %s"
_STORE: Final = (
    "INSERT INTO ledger.timestamps (number, checkpoint, stamped_at, previous, month_before, year_before, token)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (number) DO NOTHING"
)

log = structlog.get_logger()


class Waiting(NamedTuple):
    """A checkpoint that may be stamped."""

    number: int
    made_at: datetime
    reason: str
    note: str


class Stored(NamedTuple):
    """A time-stamp that is there."""

    number: int
    checkpoint: int
    stamped_at: datetime


class Chain(NamedTuple):
    """The earlier time-stamps that the next one is chained to."""

    previous: Stored | None = None
    month_before: Stored | None = None
    year_before: Stored | None = None


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time so many calendar months earlier; the last day of a month that is too short for it."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def chain_of(stored: Sequence[Stored], made_at: datetime) -> Chain:
    """What the stamp of a checkpoint is chained to, among all stamps in their order.

    That is the last, and the newest that are older than the checkpoint by a calendar month and by a year at least.
    """

    def newest(end: datetime) -> Stored | None:
        return next((each for each in reversed(stored) if each.stamped_at <= end), None)

    return Chain(stored[-1] if stored else None, newest(months_before(made_at, 1)), newest(months_before(made_at, 12)))


def stamped_bytes(note: str, previous: bytes | None, month_before: bytes | None, year_before: bytes | None) -> bytes:
    """What a time-stamp is of, by its SHA-256: a checkpoint and the tokens that it is chained to."""
    tokens = (
        NOTHING if each is None else hashlib.sha256(each).digest() for each in (previous, month_before, year_before)
    )
    return b"".join((LABEL, hashlib.sha256(note.encode()).digest(), *tokens))


def is_due(waiting: Waiting, first_at: datetime, last: Stored | None, seconds_min: int, now: datetime) -> bool:
    """Whether a checkpoint is stamped now: enough time has passed, it closes a day, or one of a past day waits.

    `first_at` is when the first of those that wait was made.
    """
    if last is None or waiting.reason == "daily" or now - last.stamped_at >= timedelta(seconds=seconds_min):
        return True
    return first_at.astimezone(PARIS).date() < now.astimezone(PARIS).date()


def token_of(answer: bytes) -> bytes:
    """The token of a TimeStampResp. Raises TimeStampInvalid when there is none."""
    try:
        fields = sequence(only(answer, SEQUENCE))
        status = integer(sequence(fields.next(SEQUENCE)).next(INTEGER))
        token = fields.optional(SEQUENCE)
        fields.end()
    except DerInvalid as fault:
        raise TimeStampInvalid(f"réponse illisible : {fault}") from None
    if status not in GRANTED or token is None:
        raise TimeStampInvalid(f"l'autorité d'horodatage a refusé (statut {status})")
    return token.whole


class Stamper:
    """Has the newest checkpoint stamped by an authority."""

    def __init__(self, url: str, roots: Path | None, seconds_min: int, clock: Callable[[], datetime] = utc_now) -> None:
        self._url = url
        self._roots = [] if roots is None else roots_in(roots)
        self._seconds_min = seconds_min
        self._clock = clock

    def run_once(self, connection: Connection[Any]) -> int:
        """Ask for one stamp if one is due; how many are new. Raises TimeStampInvalid, Unanswered.

        What the answer is worth is judged before it is stored, by what auditors judge it with.
        """
        with connection.cursor(row_factory=tuple_row) as cursor:
            newest = cursor.execute(_LAST).fetchone()
            last = Stored(*newest) if newest else None
            waiting = _waiting(cursor, last, self._seconds_min, self._clock())
            if waiting is None:
                return 0
            # Not each time that somebody looks whether one is due, which is every few seconds.
            stamps = [Stored(*each) for each in cursor.execute(_STAMPS, (last.number if last else 0,))]
            chain = chain_of(stamps, waiting.made_at)
            tokens = [None if each is None else _token(cursor, each.number) for each in chain]
            token, stamp = self._stamp(stamped_bytes(waiting.note, *tokens))
            if last is not None and stamp.gen_time < last.stamped_at:
                raise TimeStampInvalid("l'horodatage est antérieur au précédent")
            number = 1 if last is None else last.number + 1
            links = (None if each is None else each.number for each in chain)
            # Whoever was faster has made another of the same number: this one is let go.
            cursor.execute(_STORE, (number, waiting.number, stamp.gen_time, *links, token))
            if not cursor.rowcount:
                return 0
        log.info("a checkpoint is time-stamped", checkpoint=waiting.number, stamp=number, authority=stamp.authority)
        return 1

    def _stamp(self, told: bytes) -> tuple[bytes, Stamp]:
        request = TimestampRequestBuilder().data(told).hash_algorithm(HashAlgorithm.SHA256)
        query = request.nonce(nonce=True).cert_request(cert_request=True).build()
        reply = post(self._url, query.as_bytes(), "application/timestamp-query")
        if reply.status != 200:
            raise TimeStampInvalid(f"l'autorité d'horodatage a répondu {reply.status}")
        token = token_of(reply.body)
        stamp = verify_time_stamp(token, hashlib.sha256(told).digest(), self._roots)
        if stamp.nonce != query.nonce:
            raise TimeStampInvalid("la réponse n'est pas celle de cette demande")
        if abs(stamp.gen_time - self._clock()) > SKEW_MAX:
            raise TimeStampInvalid("l'heure de l'autorité d'horodatage n'est pas celle de ce serveur")
        return token, stamp


def _waiting(cursor: Cursor[Any], last: Stored | None, seconds_min: int, now: datetime) -> Waiting | None:
    """The newest checkpoint, if it is to be stamped now."""
    done = 0 if last is None else last.checkpoint
    first, newest = (cursor.execute(query, (done,)).fetchone() for query in (_FIRST_AFTER, _NEWEST_AFTER))
    if first is None or newest is None:
        return None
    waiting = Waiting(*newest)
    return waiting if is_due(waiting, first[0], last, seconds_min, now) else None


def _token(cursor: Cursor[Any], number: int) -> bytes:
    found = cursor.execute(_TOKEN, (number,)).fetchone()
    assert found is not None
    return bytes(found[0])


def roots_in(path: Path) -> list[bytes]:
    """The certificates of a PEM file, in DER. Raises ValueError, OSError."""
    # Imported here, so that `smoe --help` is instant.
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return [each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(path.read_bytes())]
