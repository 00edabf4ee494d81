"""The data key of each person, wrapped by the master key; to destroy it is to erase the person."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.datastore import LedgerDatastore, tries_twice
from ledger.master_keys import KEY_BYTES, MasterKeys, MasterKeyUnknown, master_id_of
from ledger.sealing import PersonKey

CACHED_KEYS_MAX: Final = 20_000
RECHECK_SECONDS: Final = 1.0
"""How long after a key's destruction, at most, another process may still open what it sealed."""


class WrappedKey(msgspec.Struct, frozen=True):
    """A person's key as it is stored."""

    person: UUID
    key_id: UUID
    master_id: str
    wrapped: bytes


def about_key(person: UUID, key_id: UUID) -> bytes:
    """What a wrapped key is bound to."""
    return b"smoe-key-1" + person.bytes + key_id.bytes


def count_keys_of_others(database_url: str, *master_keys: bytes) -> tuple[int, int]:
    """How many persons' keys these master keys cannot open, and how many there are; none before the first migration."""
    with psycopg.connect(database_url, row_factory=tuple_row) as connection:
        if connection.execute("SELECT to_regclass('ledger.person_keys')").fetchone() == (None,):
            return 0, 0
        query = "SELECT count(*) FILTER (WHERE master_id <> ALL(%s)), count(*) FROM ledger.person_keys"
        found = connection.execute(query, ([master_id_of(key) for key in master_keys],)).fetchone()
        return found or (0, 0)


class Keys:
    """Finds, makes and destroys the keys of persons; safe to share between threads."""

    def __init__(self, datastore: LedgerDatastore, masters: MasterKeys) -> None:
        self.datastore = datastore
        self.masters = masters
        self._lock = threading.Lock()
        self._by_person: OrderedDict[UUID, PersonKey] = OrderedDict()
        self._by_id: OrderedDict[UUID, PersonKey | None] = OrderedDict()
        self.on_forget: list[Callable[[], None]] = []
        """Called whenever what was opened may no longer be: whoever keeps opened facts lets go of them."""
        self._forgotten = 0
        self._erasures_seen = -1
        self._checked_at = float("-inf")
        # A server that lost its last transactions, or was restored, may not have the keys that were stored there.
        datastore.on_connect.append(self.forget_all)

    @property
    def moment(self) -> int:
        """How often all was forgotten: what was found before one of these times may hold no more."""
        return self._forgotten

    def of_persons(self, persons: Collection[UUID]) -> tuple[dict[UUID, PersonKey], list[WrappedKey]]:
        """The keys of these persons, and those among them made now, which the caller stores with its facts."""
        self.notice_erasures()
        found: dict[UUID, PersonKey] = {}
        with self._lock:
            moment = self._forgotten
            for person in persons:
                key = self._by_person.get(person)
                if key is not None:
                    self._by_person.move_to_end(person)
                    found[person] = key
        unknown = [person for person in persons if person not in found]
        if not unknown:
            return found, []
        stored = self._select("WHERE person = ANY(%s)", unknown)
        self.remember(stored, moment)
        found.update((key.person, key) for key in stored)
        minted = []
        for person in sorted(set(unknown) - found.keys()):
            key = PersonKey(person, uuid4(), os.urandom(KEY_BYTES))
            found[person] = key
            minted.append(self._wrap(key))
        return found, minted

    def of_ids(self, key_ids: Collection[UUID]) -> Mapping[UUID, PersonKey | None]:
        """The keys that these boxes name; None for a destroyed one, nothing for one that is lost."""
        self.notice_erasures()
        found: dict[UUID, PersonKey | None] = {}
        with self._lock:
            moment = self._forgotten
            for key_id in key_ids:
                if key_id in self._by_id:
                    self._by_id.move_to_end(key_id)
                    found[key_id] = self._by_id[key_id]
        unknown = [key_id for key_id in key_ids if key_id not in found]
        if unknown:
            stored = self._select("WHERE key_id = ANY(%s)", unknown)
            self.remember(stored, moment)
            found.update((key.key_id, key) for key in stored)
            missing = [key_id for key_id in unknown if key_id not in found]
            erased = dict.fromkeys(self._select_erased(missing) if missing else ())
            found.update(erased)
            with self._lock:
                if moment == self._forgotten:
                    self._by_id.update(erased)
        return found

    def are_stored(self, keys: Collection[PersonKey], moment: int, connection: Connection[Any]) -> bool:
        """Whether keys found at a moment are those of the database that a connection leads to; raises as the driver.

        It is asked only where all was forgotten since: on a new server, or after an erasure.
        """
        if moment == self._forgotten:
            return True
        with connection.cursor(row_factory=tuple_row) as cursor:
            found = cursor.execute(
                "SELECT count(*) FROM ledger.person_keys WHERE key_id = ANY(%s)", ([key.key_id for key in keys],)
            ).fetchone()
        return found == (len(keys),)

    def remember(self, keys: Iterable[PersonKey], moment: int) -> None:
        """Keep stored keys at hand, unless all was forgotten since that moment; none of a transaction under way."""
        with self._lock:
            if moment != self._forgotten:
                return
            for key in keys:
                self._by_person[key.person] = key
                self._by_id[key.key_id] = key
            while len(self._by_person) > CACHED_KEYS_MAX:
                self._by_person.popitem(last=False)
            while len(self._by_id) > CACHED_KEYS_MAX:
                self._by_id.popitem(last=False)

    def destroy(self, person: UUID, stream: UUID, version: int) -> bool:
        """Erase a person as a stored fact says: nothing sealed with the key can be read again; False if it was gone.

        Other processes notice within RECHECK_SECONDS. Raises where the fact does not erase this person.
        """
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            found = cursor.execute("SELECT ledger.destroy_key(%s, %s, %s)", (person, stream, version)).fetchone()
        self.forget_all()
        return found == (True,)

    def forget_all(self) -> None:
        """Drop what is at hand, so that the next use reads the database."""
        with self._lock:
            self._forgotten += 1
            self._by_person.clear()
            self._by_id.clear()
        for forget in self.on_forget:
            forget()

    def notice_erasures(self) -> None:
        """At most once per RECHECK_SECONDS ask how many keys were ever destroyed; if more, forget all."""
        now = time.monotonic()
        if now - self._checked_at < RECHECK_SECONDS:
            return
        seen = self._count_erased()
        if seen != self._erasures_seen:
            self.forget_all()
        self._erasures_seen = seen
        self._checked_at = now

    @tries_twice
    def _count_erased(self) -> int:
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute("SELECT count(*) FROM ledger.erasures", prepare=True).fetchone()
        return row[0] if row else 0

    @tries_twice
    def _select(self, where: str, values: list[UUID]) -> list[PersonKey]:
        query = f"SELECT person, key_id, master_id, wrapped FROM ledger.person_keys {where}"
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            rows = cursor.execute(query.encode(), (values,)).fetchall()
        return [self._unwrap(WrappedKey(*row)) for row in rows]

    @tries_twice
    def _select_erased(self, key_ids: list[UUID]) -> set[UUID]:
        query = "SELECT key_id FROM ledger.erasures WHERE key_id = ANY(%s)"
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            return {row[0] for row in cursor.execute(query, (key_ids,))}

    def _wrap(self, key: PersonKey) -> WrappedKey:
        wrapped = self.masters.wrap(key.raw, about_key(key.person, key.key_id))
        return WrappedKey(key.person, key.key_id, self.masters.current, wrapped)

    def _unwrap(self, stored: WrappedKey) -> PersonKey:
        try:
            raw = self.masters.unwrap(stored.master_id, stored.wrapped, about_key(stored.person, stored.key_id))
        except MasterKeyUnknown as error:
            raise MasterKeyUnknown(f"key {stored.key_id} {error}") from None
        return PersonKey(stored.person, stored.key_id, raw)


def insert_keys(connection: Connection[Any], minted: Sequence[WrappedKey]) -> bool:
    """Store new keys in the transaction of the facts they seal; False if somebody was faster for one of them."""
    # In the order of persons, so that two appends that make the same keys cannot wait for each other.
    ordered = sorted(minted, key=lambda key: key.person)
    done = connection.execute(
        "INSERT INTO ledger.person_keys (person, key_id, master_id, wrapped)"
        " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bytea[]) ON CONFLICT (person) DO NOTHING",
        (
            [key.person for key in ordered],
            [key.key_id for key in ordered],
            [key.master_id for key in ordered],
            [key.wrapped for key in ordered],
        ),
    )
    return done.rowcount == len(ordered)
