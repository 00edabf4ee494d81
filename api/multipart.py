"""Files as they come in: parts of a form, read piece by piece into a file of this machine that nobody else finds."""

import hashlib
import re
import tempfile
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request
from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from api.form import ILLEGIBLE, must_be_moderate
from api.problems import Problematic
from documents.uploads import ARRIVALS

MULTIPART: Final = "multipart/form-data"
FILE_FIELD: Final = "file"
PARTS_MAX: Final = 20
FIELD_BYTES_MAX: Final = 32_768
JSON_BYTES_MAX: Final = 65_536
BUFFER_BYTES: Final = 1 << 20
NAME_LENGTH_MAX: Final = 200
_SEPARATORS: Final = re.compile(r"[/\\]")
_MARKS: Final = re.compile("[\u200b-\u200f\ufeff]")
_BLANKS: Final = re.compile(r"\s+")


class Arrival(msgspec.Struct, kw_only=True):
    """A file that has come in, in a folder that is removed when it was dealt with."""

    path: Path
    name: str = ""
    """As its sender calls it, without folders and what cannot be read."""
    media_type: str = ""
    """As its sender calls it."""
    bytes: int = 0
    sha256: str = ""


class Form(msgspec.Struct, kw_only=True):
    """What a form holds beside its file."""

    fields: dict[str, str] = {}
    file: Arrival | None = None


@contextmanager
def arriving() -> Iterator[Arrival]:
    """A place for a file to come in, which only this account reads, and which goes with whatever was written there."""
    with tempfile.TemporaryDirectory(prefix=ARRIVALS) as folder:
        yield Arrival(path=Path(folder) / "content")


async def read_form(request: Request[Any, Any, Any], arrival: Arrival) -> Form:
    """Read a form with one file into its place. Raises Problematic for one that is not whole, or has other parts."""
    _, options = parse_options_header(request.headers.get("Content-Type", ""))
    reading = _Reading(arrival)
    try:
        parser = PushMultipartParser(options.get("boundary", ""), max_segment_count=PARTS_MAX, strict=True)
        with parser, arrival.path.open("wb", buffering=0) as out:
            async for piece in _pieces(request):
                written = reading.take(parser.parse(piece))
                if written:
                    await to_thread(out.write, written)
    except ParserLimitReached:
        raise Problematic(
            "too_large", f"Un formulaire porte {PARTS_MAX} parties au plus, et des noms courts."
        ) from None
    except (ParserError, UnicodeDecodeError):
        # What the parser quotes is the sender's own, which may be anything.
        raise Problematic("malformed", "Le formulaire n'est pas entier, ou n'est pas de la forme attendue.") from None
    return reading.form()


async def read_small(request: Request[Any, Any, Any]) -> bytes:
    """A body of JSON where a file may come in, which is read whole and therefore short. Raises Problematic."""
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > JSON_BYTES_MAX:
            raise Problematic("too_large")
    must_be_moderate(bytes(held))
    return bytes(held)


async def _pieces(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The body in pieces large enough that each is worth a thread."""
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) >= BUFFER_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


class _Reading:
    """Tells the file from the fields of a form, as its parts come in."""

    def __init__(self, arrival: Arrival) -> None:
        self.arrival = arrival
        self._fields: dict[str, bytearray] = {}
        self._part: MultipartSegment | None = None
        self._has_file = False
        self._digest = hashlib.sha256()

    def take(self, events: Iterator[Any]) -> bytes:
        """Take in what was parsed; the bytes of the file among it."""
        written = bytearray()
        for event in events:
            if event is None:
                self._part = None
            elif isinstance(event, MultipartSegment):
                self._begin(event)
            elif self._is_file:
                written += event
            else:
                self._add(event)
        if written:
            self._digest.update(written)
            self.arrival.bytes += len(written)
        return bytes(written)

    def form(self) -> Form:
        """The form, once it is whole."""
        fields = {name: bytes(value).decode() for name, value in self._fields.items()}
        self.arrival.sha256 = self._digest.hexdigest()
        return Form(fields=fields, file=self.arrival if self._has_file else None)

    @property
    def _is_file(self) -> bool:
        return self._part is not None and self._part.name == FILE_FIELD

    def _begin(self, part: MultipartSegment) -> None:
        self._part = part
        if self._is_file:
            if self._has_file:
                raise Problematic("malformed", "Un formulaire porte un seul fichier.")
            self._has_file = True
            self.arrival.name = plain_name(part.filename or "")
            self.arrival.media_type = part.content_type or ""
        elif part.filename is not None or not part.name or part.name in self._fields:
            raise Problematic("malformed", f"Le fichier est dans la partie « {FILE_FIELD} », chaque champ une fois.")
        else:
            self._fields[part.name] = bytearray()

    def _add(self, piece: bytes) -> None:
        assert self._part is not None, "a piece follows the head of its part"
        field = self._fields[self._part.name or ""]
        field += piece
        if len(field) > FIELD_BYTES_MAX:
            raise Problematic("too_large")


def plain_name(name: str) -> str:
    """What a sender calls a file, without folders, controls and what turns the order of reading."""
    last = _SEPARATORS.split(name)[-1]
    legible = _BLANKS.sub(" ", _MARKS.sub("", ILLEGIBLE.sub("", last))).strip(" .")
    stem, dot, extension = legible.rpartition(".")
    if len(legible) > NAME_LENGTH_MAX and dot and len(extension) < 10:
        return f"{stem[: NAME_LENGTH_MAX - len(extension) - 1]}.{extension}"
    return legible[:NAME_LENGTH_MAX]


def keep_pieces(pieces: Iterator[bytes], arrival: Arrival) -> None:
    """Write what comes in pieces into its place."""
    digest = hashlib.sha256()
    with arrival.path.open("wb") as out:
        for piece in pieces:
            out.write(piece)
            digest.update(piece)
            arrival.bytes += len(piece)
    arrival.sha256 = digest.hexdigest()
