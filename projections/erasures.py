"""Which erasures were ordered, and how far each has come: key destroyed, then the disk rewritten."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row


class Remaining(StrEnum):
    """What a scrub could not do itself; the value is public and stored."""

    STILL_READ = "still_read"
    TABLE_BUSY = "table_busy"
    BUILDING = "building"
    NO_CHECKPOINT = "no_checkpoint"
    NO_SWITCH = "no_switch"
    JOURNAL_RECYCLED = "journal_recycled"
    JOURNAL_ARCHIVED = "journal_archived"
    JOURNAL_KEPT = "journal_kept"
    STATEMENTS_LOGGED = "statements_logged"
    BACKUPS = "backups"


BLOCKING: Final = frozenset(Remaining) - {Remaining.BACKUPS, Remaining.JOURNAL_ARCHIVED}
"""What keeps an erasure from being called done here; backups and archives are elsewhere, and expire by themselves."""


# Not by the read model that names the case: that one is told later, or never for a person nobody's case names.
_ERASURES: Final = """
SELECT erasure.person, line.case_id, erasure.erased_at,
    (SELECT min(ended_at) FROM ledger.scrubs
        WHERE began_at >= erasure.erased_at AND NOT remaining && %s::text[]) AS scrubbed_at
FROM ledger.erasures AS erasure
LEFT JOIN LATERAL (SELECT case_id FROM read.history WHERE type = 'PersonErased' AND erased = erasure.person LIMIT 1)
    AS line ON true
ORDER BY erasure.erased_at DESC, erasure.key_id
LIMIT %s
"""
ERASURES_MAX: Final = 10_000


class ErasureRow(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure, as far as it has come."""

    person: UUID
    case_id: UUID | None
    """None until the history tells of it."""
    erased_at: datetime
    """When the key was destroyed: from here on nobody reads what it sealed."""
    scrubbed_at: datetime | None
    """When what was in clear had gone from this server's disk; None while it has not."""


def erasures(connection: Connection[Any], limit: int = ERASURES_MAX) -> list[ErasureRow]:
    """Erasures, newest first; a scrub that left something to do here has ended none."""
    blocking = sorted(each.value for each in BLOCKING)
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [
            ErasureRow(person=person, case_id=case_id, erased_at=erased_at, scrubbed_at=scrubbed_at)
            for person, case_id, erased_at, scrubbed_at in cursor.execute(_ERASURES, (blocking, limit))
        ]
