"""Files of cases, kept by the hash of their content under the key of the person whom the case concerns."""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Final, NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from ledger.keys import Keys
from ledger.sealing import PersonKey

FORM: Final = b"smoe-file-1\n"
SEGMENT_BYTES: Final = 1 << 20
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_WRAPPED_BYTES: Final = _NONCE_BYTES + 32 + _TAG_BYTES
_PARTS_MAX: Final = 4
"""Of a file, on their way to a store at once; each is held in memory, some 5 MB."""
_HEADER_BYTES: Final = len(FORM) + 16 + _WRAPPED_BYTES


class Kept(NamedTuple):
    """A file as it is kept."""

    sha256: str
    """Of its content, in hexadecimal."""
    bytes: int


class FileUnknown(Exception):
    """No such file is kept for the case."""


class FileErased(Exception):
    """The key of the person whom the case concerns was destroyed: nothing of its files can be read or added."""


class FileAltered(Exception):
    """What is kept is not what was stored."""


class Stored(NamedTuple):
    """What a store holds at a path."""

    path: str
    written_at: datetime


class Listed(NamedTuple):
    """A file that is kept for a case."""

    case_id: UUID
    sha256: str
    written_at: datetime


class Place:
    """A folder of this machine or an object store, by its address; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._folder: Path | None = None
        self.store: ObjectStore
        if urlsplit(url).scheme == "file":
            self._folder = Path(unquote(urlsplit(url).path))
            self._folder.mkdir(parents=True, exist_ok=True)
            self.store = LocalStore(self._folder)
        else:
            self.store = from_url(url)

    def stored(self, prefix: str) -> Iterator[Stored]:
        """What stands under a prefix, without what is still being written."""
        for listed in obstore.list(self.store, prefix=prefix):
            for each in listed:
                yield Stored(each["path"], each["last_modified"])

    def remove(self, paths: Iterable[str]) -> int:
        """Remove what stands at these paths; how many they were."""
        found = list(paths)
        for path in found:
            # One by one: what is gone already, or was taken away meanwhile, is no fault.
            with suppress(NotFoundError, FileNotFoundError):
                obstore.delete(self.store, path)
        return len(found)

    def settle(self, path: str) -> None:
        """Outlast a loss of power, where the store is a folder of this machine."""
        if self._folder is None:
            return
        for place in (self._folder / path, (self._folder / path).parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


class Files:
    """The files of all cases, in a folder or an object store; safe to share between threads.

    A file is named by the SHA-256 of its content within its case: the same bytes twice are one file, and no other bytes
    ever take its place. It is sealed in segments under a key of its own, which the person's key wraps: to destroy that
    key is to erase the files, copies of the store included.
    """

    def __init__(self, url: str, keys: Keys) -> None:
        """`url` names a folder (`file:///…`) or a store that obstore knows (`s3://bucket/prefix`)."""
        self.keys = keys
        self._place = Place(url)
        self._store = self._place.store

    def put(self, case_id: UUID, person: UUID, content: IO[bytes], *, known: Kept | None = None) -> Kept:
        """Keep what a seekable file holds. Raises FileErased when the person has no key, or no longer.

        Whole or not at all: nothing can be read under its hash before everything is written. `known` spares reading it
        once more where whoever made the file has just measured it; were it wrong, the file would read as altered.
        """
        kept = known or measured(content)
        path = _path(case_id, kept.sha256)
        if self.has(case_id, kept.sha256):
            return kept
        content.seek(0)
        sealed = _sealed(content, self._key_of(person), _bound(case_id, kept.sha256))
        obstore.put(self._store, path, sealed, max_concurrency=_PARTS_MAX)
        self._place.settle(path)
        return kept

    def has(self, case_id: UUID, sha256: str) -> bool:
        """Whether a file is kept."""
        try:
            obstore.head(self._store, _path(case_id, sha256))
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    def chunks(self, case_id: UUID, sha256: str) -> Iterator[bytes]:
        """The content, part after part; what was altered is told at the part where it shows, or at the end.

        Raises FileUnknown, FileErased, FileAltered.
        """
        try:
            stored = obstore.get(self._store, _path(case_id, sha256))
        except (NotFoundError, FileNotFoundError):
            raise FileUnknown(sha256) from None
        digest = hashlib.sha256()
        for part in self._opened(iter(stored.stream(min_chunk_size=SEGMENT_BYTES)), _bound(case_id, sha256)):
            digest.update(part)
            yield part
        if digest.hexdigest() != sha256:
            raise FileAltered(sha256)

    def read(self, case_id: UUID, sha256: str) -> bytes:
        """The whole content; raises as `chunks` does."""
        return b"".join(self.chunks(case_id, sha256))

    @contextmanager
    def fetched(self, case_id: UUID, sha256: str, folder: Path | None = None) -> Iterator[Path]:
        """The content as a file of this machine, for as long as it is looked at; raises as `chunks` does."""
        with tempfile.TemporaryDirectory(dir=folder, prefix="smoe-file-") as place:
            path = Path(place) / "content"
            with path.open("wb") as file:
                for part in self.chunks(case_id, sha256):
                    file.write(part)
            yield path

    def keep_derived(self, case_id: UUID, person: UUID, sha256: str, name: str, data: bytes) -> None:
        """Keep what was made of a file, such as its text, in place of what was made of it before.

        It is sealed as the file is. Raises FileErased.
        """
        sealed = _sealed(io.BytesIO(data), self._key_of(person), _bound_derived(case_id, sha256, name))
        obstore.put(self._store, _derived_path(case_id, sha256, name), sealed)

    def derived(self, case_id: UUID, sha256: str, name: str) -> bytes:
        """What was made of a file under that name. Raises FileUnknown, FileErased, FileAltered."""
        try:
            stored = obstore.get(self._store, _derived_path(case_id, sha256, name))
        except (NotFoundError, FileNotFoundError):
            raise FileUnknown(f"{sha256} {name}") from None
        parts = iter(stored.stream(min_chunk_size=SEGMENT_BYTES))
        return b"".join(self._opened(parts, _bound_derived(case_id, sha256, name)))

    def forget(self, case_id: UUID) -> int:
        """Remove every file of a case, with what was made of them; how many there were."""
        prefixes = (f"cases/{case_id}/", f"derived/{case_id}/")
        return self._place.remove(stored.path for prefix in prefixes for stored in self._place.stored(prefix))

    def listed(self) -> Iterator[Listed]:
        """Every file of every case, in no order."""
        for stored in self._place.stored("cases/"):
            _, case_id, sha256 = stored.path.split("/")
            yield Listed(UUID(case_id), sha256, stored.written_at)

    def remove(self, case_id: UUID, sha256: str) -> None:
        """Remove one file with what was made of it; nothing happens where there is none."""
        made = self._place.stored(f"derived/{case_id}/")
        self._place.remove([_path(case_id, sha256), *(each.path for each in made if f"/{sha256}." in each.path)])

    def _key_of(self, person: UUID) -> PersonKey:
        found, minted = self.keys.of_persons([person])
        if minted:
            # A key that is not stored with any fact: the person's was destroyed.
            raise FileErased(person)
        return found[person]

    def _opened(self, parts: Iterator[bytes], bound: bytes) -> Iterator[bytes]:
        held = bytearray()
        for part in parts:
            held += part
            if len(held) >= _HEADER_BYTES:
                break
        if len(held) < _HEADER_BYTES or bytes(held[: len(FORM)]) != FORM:
            raise FileAltered("no file of ours")
        header = bytes(held[:_HEADER_BYTES])
        del held[:_HEADER_BYTES]
        key_id = UUID(bytes=header[len(FORM) : len(FORM) + 16])
        keys = self.keys.of_ids([key_id])
        if key_id not in keys:
            raise FileAltered(f"key {key_id} is lost: neither present nor recorded as erased")
        key = keys[key_id]
        if key is None:
            raise FileErased(key_id)
        wrapped = header[len(FORM) + 16 :]
        try:
            cipher = AESGCM(key.cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], FORM + bound))
            index, size = 0, SEGMENT_BYTES + _TAG_BYTES
            for part in parts:
                held += part
                # The last segment is told apart from one in the midst: more must follow that one.
                while len(held) > size:
                    yield cipher.decrypt(_nonce(index, last=False), bytes(held[:size]), bound)
                    del held[:size]
                    index += 1
            while len(held) > size:
                yield cipher.decrypt(_nonce(index, last=False), bytes(held[:size]), bound)
                del held[:size]
                index += 1
            yield cipher.decrypt(_nonce(index, last=True), bytes(held), bound)
        except InvalidTag:
            raise FileAltered("the seal does not open") from None


def measured(content: IO[bytes]) -> Kept:
    """The hash and the size of what a seekable file holds."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while part := content.read(SEGMENT_BYTES):
        digest.update(part)
        size += len(part)
    return Kept(digest.hexdigest(), size)


def _path(case_id: UUID, sha256: str) -> str:
    return f"cases/{case_id}/{sha256}"


def _bound(case_id: UUID, sha256: str) -> bytes:
    """What a sealed file is bound to: its case and its content."""
    return case_id.bytes + bytes.fromhex(sha256)


def _derived_path(case_id: UUID, sha256: str, name: str) -> str:
    # Not among the files themselves, which are listed to find those that no fact names.
    return f"derived/{case_id}/{sha256}.{name}"


def _bound_derived(case_id: UUID, sha256: str, name: str) -> bytes:
    """What something made of a file is bound to besides: it can take the place of no file, nor of another's."""
    return _bound(case_id, sha256) + name.encode()


def _nonce(index: int, *, last: bool) -> bytes:
    """Each segment has its own, and the last one another than it would have in the midst: none can be cut off."""
    return index.to_bytes(_NONCE_BYTES - 1, "big") + (b"\x01" if last else b"\x00")


def _sealed(content: IO[bytes], key: PersonKey, bound: bytes) -> Iterator[bytes]:
    own, nonce = os.urandom(32), os.urandom(_NONCE_BYTES)
    yield FORM + key.key_id.bytes + nonce + key.cipher.encrypt(nonce, own, FORM + bound)
    cipher, index = AESGCM(own), 0
    part = content.read(SEGMENT_BYTES)
    while True:
        following = content.read(SEGMENT_BYTES)
        yield cipher.encrypt(_nonce(index, last=not following), part, bound)
        if not following:
            return
        part, index = following, index + 1
