"""Rotation of the master key: persons' keys are wrapped anew, no fact is touched."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.keys import about_key
from ledger.master_keys import MasterKeys
from ledger.secrets import about

BATCH: Final = 500
FIRST: Final = UUID(int=0)

_BATCH: Final = """
SELECT person, key_id, master_id, wrapped FROM ledger.person_keys
WHERE person >= %s AND master_id <> %s AND master_id = ANY(%s) ORDER BY person LIMIT %s FOR UPDATE
"""
_REWRAP: Final = """
UPDATE ledger.person_keys AS kept SET master_id = %s, wrapped = new.wrapped
FROM unnest(%s::uuid[], %s::uuid[], %s::bytea[]) AS new (person, key_id, wrapped)
WHERE kept.person = new.person AND kept.key_id = new.key_id
"""


class Wrapped(msgspec.Struct, frozen=True, kw_only=True):
    """How much one master key wraps."""

    master_id: str
    persons: int
    secrets: int


def wrapped_by(connection: Connection[Any]) -> list[Wrapped]:
    """What each master key wraps, whoever holds it."""
    query = """
        SELECT master_id, sum(persons)::bigint, sum(secrets)::bigint FROM (
            SELECT master_id, count(*) AS persons, 0 AS secrets FROM ledger.person_keys GROUP BY master_id
            UNION ALL SELECT master_id, 0, count(*) FROM ledger.secrets GROUP BY master_id
        ) AS each GROUP BY master_id ORDER BY master_id
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [
            Wrapped(master_id=master_id, persons=persons, secrets=secrets)
            for master_id, persons, secrets in cursor.execute(query)
        ]


def rotate(connection: Connection[Any], masters: MasterKeys, tell: Callable[[int], None] = lambda done: None) -> int:
    """Wrap with the present master key whatever another held one wraps; how many persons' keys.

    On the owner's connection, each statement its own transaction. Batches are transactions: whoever stops it, or kills
    it, goes on where it was by calling it again. Raises MasterKeyUnknown where a key was altered.
    """
    _rotate_secrets(connection, masters)
    done, after = 0, FIRST
    others = [master_id for master_id in masters.held if master_id != masters.current]
    while True:
        with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
            rows = cursor.execute(_BATCH, (after, masters.current, others, BATCH)).fetchall()
            if not rows:
                return done
            wrapped = [
                masters.wrap(
                    masters.unwrap(master_id, bytes(old), about_key(person, key_id)), about_key(person, key_id)
                )
                for person, key_id, master_id, old in rows
            ]
            cursor.execute(_REWRAP, (masters.current, [row[0] for row in rows], [row[1] for row in rows], wrapped))
        done, after = done + len(rows), rows[-1][0]
        tell(done)


def _rotate_secrets(connection: Connection[Any], masters: MasterKeys) -> None:
    with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT name, master_id, wrapped FROM ledger.secrets"
            " WHERE master_id <> %s AND master_id = ANY(%s) FOR UPDATE",
            (masters.current, masters.held),
        ).fetchall()
        for name, master_id, old in rows:
            cursor.execute(
                "UPDATE ledger.secrets SET master_id = %s, wrapped = %s WHERE name = %s",
                (masters.current, masters.wrap(masters.unwrap(master_id, bytes(old), about(name)), about(name)), name),
            )


def connect(owner_database_url: str) -> Connection[Any]:
    """The owner's connection for a rotation: the application may not change a stored key."""
    return psycopg.connect(owner_database_url, autocommit=True, application_name="smoe-keys")
