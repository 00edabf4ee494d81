"""The rules by which what is zipped is diagnosed: OOXML, OpenDocument, and archives."""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from documents.intake.examining import Found
from domain.intake import DOCX, ODP, ODS, ODT, PPTX, TYPES, XLSX, ZIP
from domain.papers import FileFault

MARK: Final = b"PK\x03\x04"
ENTRIES_MAX: Final = 20_000
EXPANDED_BYTES_MAX: Final = 1 << 30
RATIO_MAX: Final = 200
"""Of sizes after and before; XML of office documents shrinks by 10 to 50."""
RATIO_COUNTS_FROM_BYTES: Final = 64 << 20
PART_BYTES_MAX: Final = 64 << 20
"""Of a part that must be read at once."""

_OOXML_ROOTS: Final = {"word": DOCX, "xl": XLSX, "ppt": PPTX}
_MAIN_PARTS: Final = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml", PPTX: "ppt/presentation.xml"}
_ODF: Final = {kind: kind.encode() for kind in (ODT, ODS, ODP)}
_ODF_TEMPLATE: Final = b"-template"
_ODF_CODE: Final = re.compile(r"^(Basic/[^/]+/(?!script-l[bc]\.xml$|dialog-l[bc]\.xml$)[^/]+\.xml|Scripts/.+\.\w+)$")
_OOXML_CODE: Final = re.compile(r"(^|/)(vbaProject\.bin|macrosheets/[^/]+)$", re.IGNORECASE)
_OOXML_OBJECT: Final = re.compile(r"(^|/)(embeddings/[^/]+\.bin|activeX/[^/]+)$", re.IGNORECASE)
_REMOTE: Final = re.compile(
    rb"<Relationship\b(?=[^>]*TargetMode=.External)(?=[^>]*/(attachedTemplate|oleObject|frame|subDocument|externalLinkPath).)",
    re.IGNORECASE,
)
_DIRECTORY_END_BYTES: Final = 22
_LOCAL_NAME: Final = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.DOTALL)


class Broken(Exception):
    """A part of the container cannot be read."""


class Immense(Exception):
    """It expands beyond all measure."""


def found(content: BinaryIO) -> Found:
    """What a zipped file is, and what is wrong with it."""
    try:
        archive = zipfile.ZipFile(content)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, OSError):
        return Found(media_type=_kind_of_pieces(content), faults=(_lost(content),))
    with archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        kind = ZIP
        try:
            kind = _kind(archive, names)
            _must_be_measured(entries, content)
            if any(entry.flag_bits & 1 for entry in entries):
                return Found(media_type=kind, faults=(FileFault.ENCRYPTED,))
            if not TYPES[kind].is_accepted:
                return Found(media_type=kind)
            faults = set(_faults_of_odf(archive, names) if kind in _ODF else _faults_of_ooxml(archive, names, kind))
            if FileFault.ENCRYPTED not in faults:
                _must_be_whole(archive, entries)
        except Immense:
            return Found(media_type=kind, faults=(FileFault.EXPANDS_TOO_MUCH,))
        except Broken:
            return Found(media_type=kind, faults=(FileFault.UNREADABLE,))
    return Found(media_type=kind, faults=tuple(faults))


def part(archive: zipfile.ZipFile, name: str, most: int = PART_BYTES_MAX) -> bytes:
    """A part of the container. Raises Broken, and Immense for one longer than it may be."""
    try:
        with archive.open(name) as stream:
            data = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise Broken(name) from None
    if len(data) > most:
        raise Immense(name)
    return data


def parse(data: bytes, **handlers: Callable[..., None]) -> None:
    """Read an XML part, calling `start`, `end` and `text` as expat does. Raises Broken."""
    parser = expat.ParserCreate()

    def refuse(*declared: object) -> None:
        # Entities are how a few bytes become many; no office document declares any.
        raise Broken("it declares entities")

    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    parser.StartElementHandler = handlers.get("start")
    parser.EndElementHandler = handlers.get("end")
    parser.CharacterDataHandler = handlers.get("text")
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        raise Broken("it is no XML") from None


def _must_be_measured(entries: list[zipfile.ZipInfo], content: BinaryIO) -> None:
    """By what its directory says; what is read is measured again."""
    packed = sum(entry.compress_size for entry in entries)
    size = content.seek(0, 2)
    expanded = sum(entry.file_size for entry in entries)
    is_folded = packed > size
    is_dense = expanded > RATIO_COUNTS_FROM_BYTES and expanded > RATIO_MAX * max(1, size)
    if len(entries) > ENTRIES_MAX or expanded > EXPANDED_BYTES_MAX or is_folded or is_dense:
        raise Immense


def _must_be_whole(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    total = 0
    for entry in entries:
        try:
            with archive.open(entry) as stream:
                while data := stream.read(1 << 20):
                    total += len(data)
                    if total > EXPANDED_BYTES_MAX:
                        raise Immense
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
            raise Broken(entry.filename) from None


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names:
        said = part(archive, "mimetype", 200).strip().removesuffix(_ODF_TEMPLATE)
        for kind, mark in _ODF.items():
            if said == mark:
                return kind
    if "[Content_Types].xml" in names:
        return _ooxml_kind(names)
    return ZIP


def _ooxml_kind(names: set[str]) -> str:
    for root, kind in _OOXML_ROOTS.items():
        if any(name.startswith(f"{root}/") for name in names):
            return kind
    return ZIP


def _faults_of_ooxml(archive: zipfile.ZipFile, names: set[str], kind: str) -> Iterator[FileFault]:
    if any(_OOXML_CODE.search(name) for name in names):
        yield FileFault.MACROS
    relations = [name for name in names if name.endswith(".rels")]
    if any(_OOXML_OBJECT.search(name) for name in names) or any(
        _REMOTE.search(part(archive, each)) for each in relations
    ):
        yield FileFault.ACTIVE_CONTENT
    main = _MAIN_PARTS[kind]
    if main in names:
        parse(part(archive, main))
    elif f"{main.removesuffix('.xml')}.bin" not in names:
        raise Broken(main)


def _faults_of_odf(archive: zipfile.ZipFile, names: set[str]) -> Iterator[FileFault]:
    if "META-INF/manifest.xml" in names and b"encryption-data" in part(archive, "META-INF/manifest.xml"):
        yield FileFault.ENCRYPTED
        return
    if any(_ODF_CODE.search(name) for name in names):
        yield FileFault.MACROS
    if any(name.startswith("Object ") and "/" not in name for name in names):
        yield FileFault.ACTIVE_CONTENT
    parse(part(archive, "content.xml"))


def _lost(content: BinaryIO) -> FileFault:
    """A container without its directory, which stands at the end, was cut."""
    size = content.seek(0, 2)
    content.seek(max(0, size - (1 << 16) - _DIRECTORY_END_BYTES))
    _, mark, rest = content.read().rpartition(b"PK\x05\x06")
    return FileFault.UNREADABLE if mark and len(mark + rest) >= _DIRECTORY_END_BYTES else FileFault.TRUNCATED


def _kind_of_pieces(content: BinaryIO) -> str:
    """By the names before each part, where the directory is lost."""
    content.seek(0)
    data = content.read(1 << 20)
    names = set()
    for place in (match.start() for match in _LOCAL_NAME.finditer(data)):
        length = int.from_bytes(data[place + 26 : place + 28], "little")
        names.add(data[place + 30 : place + 30 + length].decode("utf-8", "replace"))
        if names == {"mimetype"}:
            said = data[place + 38 :]
            for kind, mark in _ODF.items():
                if said.startswith(mark):
                    return kind
    return _ooxml_kind(names) if "[Content_Types].xml" in names else ZIP
