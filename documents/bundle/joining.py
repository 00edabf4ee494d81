"""PDF files written from the objects of others, one after another: nothing is held of them but where each object is."""

import hashlib
import re
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Final, NamedTuple, Self

import pikepdf

from documents.bundle.holding import Held

_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_LEVEL: Final = 6
_GROUP_OBJECTS: Final = 200
_GROUP_BYTES: Final = 1 << 18
_PART_BYTES: Final = 1 << 20
_TAIL_BYTES: Final = 4096
_STREAM: Final = b"\nstream\n"
_END_OF_STREAM: Final = b"\nendstream\nendobj\n"
_ENTRY_BYTES: Final = 20
_TOKENS: Final = re.compile(rb"\((?:[^\\()]|\\.)*\)|<[0-9a-fA-F]*>|\b(\d+) 0 R\b|(/StructParents? )(\d+)", re.DOTALL)
"""Strings, where nothing is a reference; references; keys of the parent tree."""

Renumbered = Callable[[bytes], bytes]


class Unlike(Exception):
    """A file is not laid out as we lay out ours."""


class Place(NamedTuple):
    """Where an object is in a file."""

    number: int
    offset: int
    end: int


class Joined:
    """A PDF as it is written: an object is written once and forgotten. A context, which takes away what was not ended.

    Packed, objects other than streams are compressed together; else each stands as it is, for `Laid` to read.
    """

    def __init__(self, path: Path, *, packed: bool) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        self._file: IO[bytes] = self._partial.open("wb", buffering=_PART_BYTES)
        self._packed = packed
        self._offset = 0
        self._hash = hashlib.sha256()
        self._places: list[tuple[int, int, int]] = [(0, 0, 0xFFFF)]
        self._group: list[tuple[int, bytes]] = []
        self._group_bytes = 0
        self._put(_HEADER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)

    def number(self) -> int:
        """A number for an object to come."""
        self._places.append((0, 0, 0))
        return len(self._places) - 1

    def write(self, number: int, body: bytes) -> None:
        """Write an object that is no stream."""
        if not self._packed:
            self._places[number] = (1, self._offset, 0)
            self._put(b"%d 0 obj\n%b\nendobj\n" % (number, body))
            return
        self._group.append((number, body))
        self._group_bytes += len(body)
        if len(self._group) >= _GROUP_OBJECTS or self._group_bytes >= _GROUP_BYTES:
            self._flush()

    def add(self, body: bytes) -> int:
        """Write an object that is no stream under a number of its own."""
        number = self.number()
        self.write(number, body)
        return number

    def write_stream(self, number: int, entries: bytes, parts: Iterable[bytes]) -> None:
        """Write a stream: its dictionary without the length and the brackets around, and its bytes."""
        content = b"".join(parts)
        self.copy_stream(number, b"<< %b /Length %d >>" % (entries, len(content)), [content, _END_OF_STREAM])

    def add_stream(self, entries: bytes, content: bytes, *, compressed: bool = True) -> int:
        """Write a stream under a number of its own, compressed where that makes it smaller."""
        number = self.number()
        if compressed and len(squeezed := zlib.compress(content, _LEVEL)) + 20 < len(content):
            entries, content = entries + b" /Filter /FlateDecode", squeezed
        self.write_stream(number, entries, [content])
        return number

    def copy_stream(self, number: int, dictionary: bytes, rest: Iterable[bytes]) -> None:
        """Write a stream whose bytes come with their end, as `Laid.rest` gives them."""
        self._places[number] = (1, self._offset, 0)
        self._put(b"%d 0 obj\n%b%b" % (number, dictionary, _STREAM))
        for part in rest:
            self._put(part)

    def finish(self, root: int, info: int) -> str:
        """Write the end, let the file appear, and answer its SHA-256."""
        if self._packed:
            self._flush()
            self._end_packed(root, info)
        else:
            self._end_plain(root, info)
        self._file.close()
        self._partial.replace(self._path)
        return self._hash.hexdigest()

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._hash.update(content)
        self._offset += len(content)

    def _flush(self) -> None:
        if not self._group:
            return
        group, self._group, self._group_bytes = self._group, [], 0
        holder = self.number()
        heads, bodies, at = [], [], 0
        for index, (number, body) in enumerate(group):
            self._places[number] = (2, holder, index)
            heads.append(b"%d %d" % (number, at))
            bodies.append(body)
            at += len(body) + 1
        head = b" ".join(heads) + b"\n"
        content = zlib.compress(head + b"\n".join(bodies), _LEVEL)
        entries = b"/Type /ObjStm /N %d /First %d /Filter /FlateDecode" % (len(group), len(head))
        self.write_stream(holder, entries, [content])

    def _identity(self) -> bytes:
        """Of the file by its content: the same content, the same identity (ISO 32000-1, 14.4)."""
        digest = self._hash.copy().digest()[:16].hex().encode()
        return b"[ <%b> <%b> ]" % (digest, digest)

    def _end_packed(self, root: int, info: int) -> None:
        identity, table, start = self._identity(), self.number(), self._offset
        self._places[table] = (1, start, 0)
        rows = b"".join(
            kind.to_bytes(1, "big") + one.to_bytes(8, "big") + two.to_bytes(2, "big") for kind, one, two in self._places
        )
        entries = b"/Type /XRef /W [ 1 8 2 ] /Size %d /Root %d 0 R /Info %d 0 R /ID %b /Filter /FlateDecode" % (
            len(self._places),
            root,
            info,
            identity,
        )
        self.write_stream(table, entries, [zlib.compress(rows, _LEVEL)])
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)

    def _end_plain(self, root: int, info: int) -> None:
        identity, start, size = self._identity(), self._offset, len(self._places)
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        self._put(
            b"".join(
                b"%010d 00000 n \n" % offset if kind else b"0000000000 00001 f \n"
                for kind, offset, _ in self._places[1:]
            )
        )
        self._put(b"trailer << /Info %d 0 R /Root %d 0 R /Size %d /ID %b >>\n" % (info, root, size, identity))
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)


class Laid:
    """A file of ours, read object after object: written by `save_laid` or by a `Joined` that is not packed."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read where each object is. Raises Unlike."""
        self._file = file
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        found = re.search(rb"startxref\n(\d+)\n%%EOF\n$(?!\n)", file.read())
        if found is None:
            raise Unlike("no end")
        start = int(found[1])
        file.seek(start)
        heading = re.fullmatch(rb"xref\n0 (\d+)\n", file.readline() + file.readline())
        if heading is None:
            raise Unlike("no table of objects")
        table = file.read(int(heading[1]) * _ENTRY_BYTES)
        rows = [table[at : at + _ENTRY_BYTES] for at in range(0, len(table), _ENTRY_BYTES)]
        starts = sorted((int(row[:10]), number) for number, row in enumerate(rows) if row[17:18] == b"n")
        ends = [offset for offset, _ in starts[1:]] + [start]
        self.objects = [Place(number, offset, end) for (offset, number), end in zip(starts, ends, strict=True)]
        self.size = len(rows)

    def copy_to(
        self,
        joined: Joined,
        numbers: Sequence[int],
        renumbered: Renumbered,
        without: Container[int] = (),
        held: Held | None = None,
    ) -> None:
        """Write the objects under other numbers, but for some; what is held comes in the place of its tokens."""
        for place in self.objects:
            if place.number in without:
                continue
            head = self._head(place)
            cut = head.find(_STREAM)
            if cut < 0:
                if not head.endswith(b"\nendobj\n"):
                    head += self._file.read(place.end - place.offset - len(head))
                opening = b"%d 0 obj\n" % place.number
                if not head.startswith(opening) or not head.rstrip().endswith(b"\nendobj"):
                    raise Unlike(f"object {place.number}")
                joined.write(numbers[place.number], renumbered(head[len(opening) : head.rindex(b"\nendobj")]))
            else:
                opening = b"%d 0 obj\n" % place.number
                dictionary, first = renumbered(head[len(opening) : cut]), head[cut + len(_STREAM) :]
                if held is not None and (found := held.instead(dictionary, first)) is not None:
                    dictionary, whole = found
                    rest: Iterable[bytes] = chain(whole.parts(), (_END_OF_STREAM,))
                else:
                    rest = self._rest(place, first, len(head))
                joined.copy_stream(numbers[place.number], dictionary, rest)

    def _head(self, place: Place) -> bytes:
        """An object as far as its dictionary goes, at least."""
        self._file.seek(place.offset)
        wanted = min(place.end - place.offset, 1 << 14)
        head = self._file.read(wanted)
        while _STREAM not in head and len(head) < place.end - place.offset:
            head += self._file.read(min(place.end - place.offset - len(head), len(head)))
        return head

    def _rest(self, place: Place, first: bytes, read: int) -> Iterator[bytes]:
        yield first
        left = place.end - place.offset - read
        while left > 0:
            part = self._file.read(min(left, _PART_BYTES))
            if not part:
                raise Unlike(f"object {place.number} is cut short")
            left -= len(part)
            yield part


def renumbering(numbers: Sequence[int], keys_from: int) -> Renumbered:
    """What gives the references in an object their new numbers, and keys of the parent tree theirs."""

    def swapped(found: re.Match[bytes]) -> bytes:
        if found[1] is not None:
            return b"%d 0 R" % numbers[int(found[1])]
        if found[2] is not None:
            return found[2] + b"%d" % (int(found[3]) + keys_from)
        return found[0]

    return lambda body: _TOKENS.sub(swapped, body)


def save_laid(pdf: pikepdf.Pdf, path: Path, held: Held | None = None) -> None:
    """Write a PDF as `Laid` reads it, the same for the same content, with what is held of it."""
    if not held:
        _save(pdf, path)
        return
    between = path.with_name(f".{path.name}.between")
    try:
        _save(pdf, between)
        with between.open("rb") as file, pikepdf.open(between) as saved, Joined(path, packed=False) as joined:
            laid = Laid(file)
            numbers = [0, *(joined.number() for _ in range(1, laid.size))]
            laid.copy_to(joined, numbers, lambda body: body, held=held)
            joined.finish(saved.trailer.Root.objgen[0], saved.trailer.Info.objgen[0])
    finally:
        between.unlink(missing_ok=True)


def _save(pdf: pikepdf.Pdf, path: Path) -> None:
    pdf.save(
        path,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        deterministic_id=True,
        preserve_pdfa=True,
        fix_metadata_version=False,
        force_version="1.7",
        compress_streams=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        linearize=False,
        encryption=False,
    )


def text(value: str) -> bytes:
    """A text string of PDF."""
    return pikepdf.String(value).unparse()


def name(value: str) -> bytes:
    """A name of PDF, `value` with its slash."""
    return pikepdf.Name(value).unparse()


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    """A dictionary of PDF, its keys with their slashes."""
    return b"<< " + b" ".join(name(key) + b" " + value for key, value in entries.items()) + b" >>"
