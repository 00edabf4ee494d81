"""Bags as BagIt 1.0 has them (RFC 8493), written file after file into one archive, never whole in memory."""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final, NamedTuple

ALGORITHMS: Final = ("sha256", "sha512")
DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The first day that the format of archives knows: that of nothing in here."""
_SAFE: Final = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")


class Stored(NamedTuple):
    """A file of a bag."""

    path: str
    """Within the bag: `data/content/pieces/P1-v1.pdf`."""
    bytes: int
    digests: dict[str, str]
    """In hexadecimal digits, by algorithm."""


class Bag:
    """A bag under way; the same files in the same order give the same bytes."""

    def __init__(self, target: BinaryIO, name: str) -> None:
        """`target` is seekable; `name` is the folder that everything stands in."""
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self._name = name
        self._payload: list[Stored] = []

    def add(self, path: str, parts: Iterable[bytes]) -> Stored:
        """A file of the payload, by its path under `data/`."""
        stored = self._write(f"data/{path}", parts)
        self._payload.append(stored)
        return stored

    def close(self, info: Sequence[tuple[str, str]]) -> None:
        """Add what makes it a bag: declaration, description, size and hashes of all that is in it."""
        size = sum(stored.bytes for stored in self._payload)
        described = (*info, ("Payload-Oxum", f"{size}.{len(self._payload)}"))
        told = "".join(f"{label}: {' '.join(text.split())}\n" for label, text in described)
        tags = [self._write("bagit.txt", (DECLARATION,)), self._write("bag-info.txt", (told.encode(),))]
        tags += [self._write(f"manifest-{each}.txt", (_listed(self._payload, each),)) for each in ALGORITHMS]
        for each in ALGORITHMS:
            self._write(f"tagmanifest-{each}.txt", (_listed(tags, each),))
        self._archive.close()

    def _write(self, path: str, parts: Iterable[bytes]) -> Stored:
        if _SAFE.fullmatch(path) is None or ".." in path.split("/"):
            raise ValueError(f"{path!r} is no safe name for a file of a bag")
        entry = zipfile.ZipInfo(f"{self._name}/{path}", _DAY)
        entry.create_system, entry.external_attr = 3, 0o100644 << 16
        digests, size = [hashlib.new(each) for each in ALGORITHMS], 0
        with self._archive.open(entry, "w") as file:
            for part in parts:
                file.write(part)
                size += len(part)
                for digest in digests:
                    digest.update(part)
        hashes = {name: digest.hexdigest() for name, digest in zip(ALGORITHMS, digests, strict=True)}
        return Stored(path=path, bytes=size, digests=hashes)


def _listed(files: Sequence[Stored], algorithm: str) -> bytes:
    return "".join(f"{each.digests[algorithm]}  {each.path}\n" for each in files).encode()
