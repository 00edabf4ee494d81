"""The rules by which files of older Office are diagnosed: a small file system in a file (MS-CFB)."""

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from documents.intake.examining import Found
from domain.intake import DOC, DOCX, MSG, OLE, PPT, XLS
from domain.papers import FileFault

MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTORS_MAX: Final = 4_000_000
ENTRIES_MAX: Final = 100_000

_HEADER_BYTES: Final = 512
_ENTRY_BYTES: Final = 128
_LAST_SECTOR: Final = 0xFFFFFFFA
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MACROS: Final = frozenset(("_vba_project", "_vba_project_cur", "macros", "vba"))
_OBJECTS: Final = frozenset(("objectpool", "\x01ole10native"))
_MAIN: Final = {"worddocument": DOC, "workbook": XLS, "book": XLS, "powerpoint document": PPT}
_BIFF_FILEPASS, _BIFF_SHEET, _BIFF_EOF = 0x2F, 0x85, 0x0A
_BIFF_MACRO_SHEET: Final = 1
_WORD_ENCRYPTED: Final = 0x0100
_CURRENT_USER_ENCRYPTED: Final = 0xF3D1C4DF


class Cut(Exception):
    """Something lies beyond the end of the file."""


class Broken(Exception):
    """The tables of the file contradict each other."""


class Entry(NamedTuple):
    """A stream or a storage."""

    name: str
    kind: int
    start: int
    size: int


class Container:
    """The streams of a compound file. Raises Cut and Broken while it is read."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._size = content.seek(0, 2)
        header = self._at(0, _HEADER_BYTES)
        major, shift, small_shift = struct.unpack_from("<H2xHH", header, 26)
        if major not in (3, 4) or shift not in (9, 12) or small_shift != 6:
            raise Broken("version")
        self._sector = 1 << shift
        (directory, self._small_from, small_table, _, more, more_count) = struct.unpack_from("<I4xIIIII", header, 48)
        tables = [each for each in struct.unpack_from("<109I", header, 76) if each < _LAST_SECTOR]
        for _ in range(min(more_count, SECTORS_MAX)):
            if more >= _LAST_SECTOR:
                break
            numbers = self._numbers(more)
            tables += [each for each in numbers[:-1] if each < _LAST_SECTOR]
            more = numbers[-1]
        if len(tables) * (self._sector // 4) > SECTORS_MAX:
            raise Broken("tables")
        self._next: list[int] = []
        for table in tables:
            self._next += self._numbers(table)
        self.entries = tuple(self._listed(b"".join(self._chain(directory))))
        root = next((each for each in self.entries if each.kind == _ROOT), None)
        self._small_table = small_table
        self._small = root.start if root else _LAST_SECTOR

    def has(self, *names: str) -> bool:
        """Whether one of these is there, by its name in small letters."""
        return any(each.name.lower() in names for each in self.entries)

    def begin(self, name: str, most: int) -> bytes:
        """The beginning of a stream; empty for one that is not there."""
        found = next((each for each in self.entries if each.name.lower() == name and each.kind == _STREAM), None)
        if found is None:
            return b""
        wanted = min(most, found.size)
        if found.size >= self._small_from:
            # The last sector may be shorter than it should: some writers leave out what follows their data.
            return _up_to(self._chain(found.start, may_end=True), wanted)
        return self._small_stream(found.start, wanted)

    def must_reach_its_end(self) -> None:
        """Raises Cut where the last byte of a stream lies beyond the end of the file, Broken where its chain is."""
        for each in self.entries:
            if each.kind == _STREAM and each.size >= max(self._small_from, 1):
                last = each.start
                for _ in range((each.size - 1) // self._sector):
                    last = self._following(last)
                if last >= _LAST_SECTOR:
                    raise Broken("chain")
                if (last + 1) * self._sector + (each.size - 1) % self._sector >= self._size:
                    raise Cut(each.name)

    def _following(self, sector: int) -> int:
        if sector >= len(self._next):
            raise Broken("chain")
        return self._next[sector]

    def _small_stream(self, start: int, wanted: int) -> bytes:
        table = b"".join(self._chain(self._small_table))
        following = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
        holder = b"".join(self._chain(self._small, may_end=True))
        data, seen = b"", set()
        while start < _LAST_SECTOR and len(data) < wanted and start not in seen and start < len(following):
            seen.add(start)
            data += holder[start * 64 : start * 64 + 64]
            start = following[start]
        return data[:wanted]

    def _chain(self, start: int, *, may_end: bool = False) -> Iterator[bytes]:
        seen: set[int] = set()
        while start < _LAST_SECTOR:
            if start in seen or start >= len(self._next):
                raise Broken("chain")
            seen.add(start)
            yield self._at((start + 1) * self._sector, self._sector, may_end=may_end)
            start = self._next[start]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self._sector // 4}I", self._at((sector + 1) * self._sector, self._sector))

    def _at(self, place: int, length: int, *, may_end: bool = False) -> bytes:
        if place >= self._size or (place + length > self._size and not may_end):
            raise Cut(place)
        self._content.seek(place)
        data = self._content.read(length)
        return data.ljust(length, b"\0")

    @staticmethod
    def _listed(directory: bytes) -> Iterator[Entry]:
        for place in range(0, min(len(directory), ENTRIES_MAX * _ENTRY_BYTES), _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", directory, place + 64)
            if kind in (_STORAGE, _STREAM, _ROOT) and 2 <= length <= 64:
                name = directory[place : place + length - 2].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<II", directory, place + 116)
                yield Entry(name, kind, start, size)


def found(content: BinaryIO) -> Found:
    """What a compound file is, and what is wrong with it."""
    kind, faults = OLE, set[FileFault]()
    try:
        container = Container(content)
        kind = _kind(container)
        if container.has("encryptedpackage"):
            # An OOXML document in its safe.
            return Found(media_type=DOCX, faults=(FileFault.ENCRYPTED,))
        if container.has(*_MACROS) or (kind == XLS and _has_macro_sheet(container)):
            faults.add(FileFault.MACROS)
        if container.has(*_OBJECTS):
            faults.add(FileFault.ACTIVE_CONTENT)
        if _is_encrypted(container, kind):
            faults.add(FileFault.ENCRYPTED)
        container.must_reach_its_end()
    except Cut:
        faults.add(FileFault.TRUNCATED)
    except (Broken, struct.error):
        faults.add(FileFault.UNREADABLE)
    return Found(media_type=kind, faults=tuple(faults))


def _kind(container: Container) -> str:
    for name, kind in _MAIN.items():
        if container.has(name):
            return kind
    return MSG if container.has("__properties_version1.0") else OLE


def _is_encrypted(container: Container, kind: str) -> bool:
    if kind == DOC:
        begin = container.begin("worddocument", 16)
        return len(begin) >= 12 and bool(struct.unpack_from("<H", begin, 10)[0] & _WORD_ENCRYPTED)
    if kind == XLS:
        return any(number == _BIFF_FILEPASS for number, _ in _records(container))
    if kind == PPT:
        user = container.begin("current user", 16)
        token = struct.unpack_from("<I", user, 12)[0] if len(user) >= 16 else 0
        return container.has("encryptedsummary") or token == _CURRENT_USER_ENCRYPTED
    return False


def _has_macro_sheet(container: Container) -> bool:
    return any(
        number == _BIFF_SHEET and len(data) >= 6 and data[5] == _BIFF_MACRO_SHEET
        for number, data in _records(container)
    )


def _records(container: Container) -> Iterator[tuple[int, bytes]]:
    """The records about the workbook as a whole, which stand first."""
    data = container.begin("workbook", 1 << 20) or container.begin("book", 1 << 20)
    place = 0
    while place + 4 <= len(data):
        number, length = struct.unpack_from("<HH", data, place)
        yield number, data[place + 4 : place + 4 + length]
        if number == _BIFF_EOF:
            return
        place += 4 + length


def _up_to(parts: Iterator[bytes], wanted: int) -> bytes:
    data = b""
    for each in parts:
        data += each
        if len(data) >= wanted:
            break
    return data[:wanted]
