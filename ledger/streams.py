"""Facts read stream by stream, for whoever makes many cases at once; verified and decoded one by one at a fault."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL

from domain.registers import ACCESSES_STREAM
from ledger.facts import E, LedgerAltered, Recorded, StoredEventInvalid, StoredFact
from ledger.store import Ledger

_COLUMNS: Final = "originator_id, originator_version, topic, state, hash, notification_id"
_OF_STREAMS: Final = SQL(
    f"SELECT {_COLUMNS} FROM ledger.events WHERE originator_id = ANY(%s) AND notification_id > %s"
    " AND notification_id <= %s ORDER BY originator_id, originator_version"
)
_OF_RANGE: Final = SQL(
    f"SELECT {_COLUMNS} FROM ledger.events WHERE originator_id BETWEEN %s AND %s AND notification_id <= %s"
    f" AND originator_id <> '{ACCESSES_STREAM}' ORDER BY originator_id, originator_version"
)
_TOUCHED: Final = SQL(
    "SELECT originator_id, notification_id FROM ledger.events WHERE notification_id > %s AND notification_id <= %s"
    " ORDER BY notification_id LIMIT %s"
)
# Identifiers rise with time, so that the primary key gives old cases first and each range lies together on disk.
# A stream that has lost its beginning is one too: whoever makes its case must find that out. The seals of the access
# log, of which there may be a fact a minute, are no case.
_RANGES: Final = SQL(
    "SELECT streams[1], streams[cardinality(streams)] FROM (SELECT array_agg(stream ORDER BY stream) AS streams FROM"
    " (SELECT stream, row_number() OVER (ORDER BY stream) AS place FROM"
    " (SELECT DISTINCT originator_id AS stream FROM ledger.events"
    f" WHERE originator_id <> '{ACCESSES_STREAM}') AS known) AS numbered"
    " GROUP BY (place - 1) / %s) AS ranges ORDER BY 1"
)


class Fault(NamedTuple):
    """A stored fact that cannot be read, and why."""

    stream: UUID
    version: int
    type: str
    position: int
    error: Exception


class Reading(NamedTuple):
    """Facts as they were asked for, and those that cannot be read."""

    facts: list[Recorded[Any]]
    faults: list[Fault]


def read_on(ledger: Ledger[E], after: int, limit: int) -> Reading:
    """Settled facts of all streams after a position, in its order."""
    return opened(ledger, ledger.read_raw(after, limit))


def touched_streams(ledger: Ledger[E], after: int, limit: int) -> list[tuple[UUID, int]]:
    """Stream and position of the settled facts after a position, in order, without their content."""
    return _select(ledger, _TOUCHED, (after, ledger.last_position(), limit))


def facts_of(ledger: Ledger[E], streams: Collection[UUID], after: int, until: int) -> Reading:
    """The facts of some streams after a position and up to another one included, stream by stream."""
    return opened(ledger, [StoredFact(*row) for row in _select(ledger, _OF_STREAMS, (list(streams), after, until))])


def cases_between(ledger: Ledger[E], first: UUID, last: UUID, until: int, size: int) -> Iterator[Reading]:
    """All facts of the streams of a range of identifiers, up to a position included, `size` streams at a time."""
    stored = [StoredFact(*row) for row in _select(ledger, _OF_RANGE, (first, last, until))]
    begins = [place for place, fact in enumerate(stored) if not place or fact.stream != stored[place - 1].stream]
    for place in range(0, len(begins), size):
        end = begins[place + size] if place + size < len(begins) else len(stored)
        yield opened(ledger, stored[begins[place] : end])


def ranges_of_streams(ledger: Ledger[E], size: int) -> list[tuple[UUID, UUID]]:
    """First and last identifier of every `size` streams that exist."""
    return _select(ledger, _RANGES, (size,))


def opened(ledger: Ledger[E], stored: Iterable[StoredFact]) -> Reading:
    """Verify and decode stored facts, all at once while all are good."""
    held = list(stored)
    try:
        return Reading(ledger.codec.decode_facts(held), [])
    except (StoredEventInvalid, LedgerAltered):
        reading = Reading([], [])
    for fact in held:
        try:
            reading.facts.extend(ledger.codec.decode_facts([fact]))
        except (StoredEventInvalid, LedgerAltered) as error:
            reading.faults.append(Fault(fact.stream, fact.version, fact.topic, fact.position, error))
    return reading


def _select(ledger: Ledger[E], query: SQL, parameters: tuple[Any, ...]) -> list[Any]:
    datastore = ledger.recorder.datastore
    with datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query, parameters, prepare=True, binary=True).fetchall()
