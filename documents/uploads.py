"""Files on their way: sealed parts in the store of files, and in PostgreSQL how far each upload has come."""

import hmac
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import NotFoundError
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from documents.storage import FileAltered, Place
from ledger.datastore import CONNECT_SECONDS_MAX, GIVE_UP_SECONDS
from ledger.facts import Clock, utc_now
from ledger.settings import Settings

PART_BYTES: Final = 4 << 20
"""What is held in memory of one sender at most; a part is whole or not there."""
OPEN_MAX: Final = 20
"""Uploads that one identity may have under way."""
CONNECTIONS_MAX: Final = 4
ORPHAN_SECONDS: Final = 3_600
"""After which a part that no row names was left by a process that died."""
CLEAR_SECONDS: Final = 86_400
"""After which a file in clear in the temporary folder was left by a process that died."""
ARRIVALS: Final = "smoe-arrival-"
_NONCE_BYTES: Final = 12

_BEGIN: Final = """
INSERT INTO documents.uploads (id, owner, case_id, sealed, length, ends_at)
SELECT %(id)s, %(owner)s, %(case)s, %(sealed)s, %(length)s, %(ends_at)s
WHERE (SELECT count(*) FROM documents.uploads WHERE owner = %(owner)s AND ends_at > %(now)s) < %(open_max)s
"""
_FIND: Final = """
SELECT sealed, length, reached, ends_at FROM documents.uploads WHERE id = %s AND owner = %s AND ends_at > %s
"""
_GO_ON: Final = """
UPDATE documents.uploads SET reached = reached + %s WHERE id = %s AND owner = %s AND ends_at > %s AND reached = %s
"""
_KEEP: Final = "INSERT INTO documents.upload_parts (upload, begins_at, bytes, name) VALUES (%s, %s, %s, %s)"
_PARTS: Final = "SELECT begins_at, bytes, name FROM documents.upload_parts WHERE upload = %s ORDER BY begins_at"


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender says of a file; stored sealed."""

    name: str = ""
    media_type: str = ""
    sha256: str = ""
    """Of the whole file, in hexadecimal; empty where it was not said."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload under way."""

    id: UUID
    length: int
    offset: int
    described: Described
    ends_at: datetime

    @property
    def is_whole(self) -> bool:
        """Whether every byte is here."""
        return self.offset == self.length


class UploadUnknown(Exception):
    """There is no such upload of this sender, or no longer."""


class TooManyUploads(Exception):
    """The sender has as many under way as one may have."""


class OffsetMismatch(Exception):
    """Another place is next than the one that the sender goes on from."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"the next byte is number {offset}")
        self.offset = offset


class UploadOverrun(Exception):
    """More bytes than were announced."""


_decode: Final = msgspec.msgpack.Decoder(Described).decode


class Uploads:
    """Uploads of all processes; safe to share between threads. `key` seals parts and what is said of them."""

    def __init__(self, url: str, database_url: str, key: bytes, *, seconds: int, clock: Clock) -> None:
        self._place = Place(url)
        self._key = key
        self._seconds = timedelta(seconds=seconds)
        self._clock = clock
        self._pool: ConnectionPool[Connection[Any]] = ConnectionPool(
            database_url,
            kwargs={
                "connect_timeout": CONNECT_SECONDS_MAX,
                "application_name": "smoe-uploads",
                "autocommit": True,
                "row_factory": tuple_row,
            },
            min_size=0,
            max_size=CONNECTIONS_MAX,
            timeout=CONNECT_SECONDS_MAX,
            reconnect_timeout=GIVE_UP_SECONDS,
            check=ConnectionPool.check_connection,
            open=True,
        )

    @classmethod
    def of(cls, settings: Settings) -> "Uploads":
        """Those of an installation."""
        return cls(
            settings.files_url,
            settings.database_url,
            settings.upload_key,
            seconds=settings.upload_seconds_max,
            clock=utc_now,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()

    def begin(self, sender: str, length: int, described: Described, case_id: UUID | None = None) -> Upload:
        """A new upload of so many bytes, for a case where it is known. Raises TooManyUploads."""
        now = self._clock()
        begun = Upload(id=uuid4(), length=length, offset=0, described=described, ends_at=now + self._seconds)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key_of(begun.id)).encrypt(nonce, msgspec.msgpack.encode(described), b"description")
        values = {
            "id": begun.id,
            "owner": self._owner(sender),
            "case": case_id,
            "sealed": nonce + sealed,
            "length": length,
            "ends_at": begun.ends_at,
            "now": now,
            "open_max": OPEN_MAX,
        }
        with self._pool.connection() as connection:
            if not connection.execute(_BEGIN, values).rowcount:
                raise TooManyUploads
        return begun

    def find(self, upload: UUID, sender: str) -> Upload:
        """An upload of this sender, as far as it has come. Raises UploadUnknown."""
        with self._pool.connection() as connection:
            row = connection.execute(_FIND, (upload, self._owner(sender), self._clock())).fetchone()
        if row is None:
            raise UploadUnknown(upload)
        sealed, length, reached, ends_at = row
        described = AESGCM(self._key_of(upload)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], b"description")
        return Upload(id=upload, length=length, offset=reached, described=_decode(described), ends_at=ends_at)

    def append(self, upload: Upload, sender: str, offset: int, part: bytes) -> int:
        """Keep the bytes that follow; where the next ones begin.

        Of two senders at one place one goes on, and the other is told. Raises UploadOverrun, UploadUnknown,
        OffsetMismatch; then nothing was kept.
        """
        if offset + len(part) > upload.length:
            raise UploadOverrun(upload.id)
        if not part:
            return offset
        name = f"uploads/{upload.id}/{offset:016d}-{uuid4().hex}"
        obstore.put(self._place.store, name, self._sealed(upload.id, offset, part))
        self._place.settle(name)
        is_next = False
        try:
            with self._pool.connection() as connection, connection.transaction():
                values = (len(part), upload.id, self._owner(sender), self._clock(), offset)
                is_next = connection.execute(_GO_ON, values).rowcount == 1
                if is_next:
                    connection.execute(_KEEP, (upload.id, offset, len(part), name))
        finally:
            if not is_next:
                self._place.remove([name])
        if not is_next:
            raise OffsetMismatch(self.find(upload.id, sender).offset)
        return offset + len(part)

    def chunks(self, upload: UUID) -> Iterator[bytes]:
        """What is here of an upload, from its beginning. Raises FileAltered, UploadUnknown when it goes meanwhile."""
        with self._pool.connection() as connection:
            parts = connection.execute(_PARTS, (upload,)).fetchall()
        for begins_at, size, name in parts:
            try:
                stored = bytes(obstore.get(self._place.store, name).bytes())
            except (NotFoundError, FileNotFoundError):
                raise UploadUnknown(upload) from None
            cipher = AESGCM(self._key_of(upload))
            try:
                part = cipher.decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], _bound(begins_at, size))
            except InvalidTag:
                raise FileAltered(name) from None
            yield part

    def end(self, upload: UUID, sender: str) -> None:
        """Forget an upload, given up or attached. Raises UploadUnknown."""
        with self._pool.connection() as connection:
            done = connection.execute(
                "DELETE FROM documents.uploads WHERE id = %s AND owner = %s", (upload, self._owner(sender))
            )
        if not done.rowcount:
            raise UploadUnknown(upload)
        self._remove_parts(upload)

    def forget(self, case_id: UUID) -> int:
        """Remove what is on its way to a case; how many there were."""
        return self._end_all("case_id = %s", case_id)

    def sweep(self) -> int:
        """Remove uploads whose time is over, and what processes that died left behind; how many there were."""
        ended = self._end_all("ends_at <= %s", self._clock())
        return ended + self._sweep_orphans() + _sweep_clear()

    def _end_all(self, which: str, value: UUID | datetime) -> int:
        with self._pool.connection() as connection:
            query = f"DELETE FROM documents.uploads WHERE {which} RETURNING id"
            ended: list[tuple[UUID]] = connection.execute(query.encode(), (value,)).fetchall()
        for (upload,) in ended:
            self._remove_parts(upload)
        return len(ended)

    def _remove_parts(self, upload: UUID) -> int:
        return self._place.remove(stored.path for stored in self._place.stored(f"uploads/{upload}/"))

    def _sweep_orphans(self) -> int:
        # What is asked for after it was listed: a part is written before its row.
        oldest = time.time() - ORPHAN_SECONDS
        found = [each.path for each in self._place.stored("uploads/") if each.written_at.timestamp() < oldest]
        if not found:
            return 0
        with self._pool.connection() as connection:
            rows = connection.execute("SELECT name FROM documents.upload_parts WHERE name = ANY(%s)", (found,))
            named = {name for (name,) in rows}
        return self._place.remove(path for path in found if path not in named)

    def _owner(self, sender: str) -> bytes:
        return hmac.digest(self._key, b"owner" + sender.encode(), "sha256")

    def _key_of(self, upload: UUID) -> bytes:
        return hmac.digest(self._key, b"upload" + upload.bytes, "sha256")

    def _sealed(self, upload: UUID, offset: int, part: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key_of(upload)).encrypt(nonce, part, _bound(offset, len(part)))


def _bound(offset: int, size: int) -> bytes:
    """What a sealed part is bound to, within its upload: its place."""
    return offset.to_bytes(8, "big") + size.to_bytes(8, "big")


def _sweep_clear() -> int:
    """Remove files in clear that a process that died left in the temporary folder."""
    oldest = time.time() - CLEAR_SECONDS
    found = 0
    for path in Path(tempfile.gettempdir()).glob(f"{ARRIVALS}*"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        if status.st_uid == os.getuid() and status.st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)
            found += 1
    return found
