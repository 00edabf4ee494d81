"""Large streams of sources, copied into what is made of them without standing in memory."""

import io
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectSet, Stream

LARGE_BYTES: Final = 8 << 20
"""Of a stream: the library that writes it otherwise holds it twice; of a file: else it is looked at in memory."""
_PART_BYTES: Final = 1 << 20
_LEVEL: Final = 6
_TOKEN_BYTES: Final = 40
_LENGTH: Final = b"/Length "
_KEPT: Final = frozenset(("/FlateDecode", "/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode"))
"""What the library writes as it was, where it is the only filter."""


class Place(NamedTuple):
    """Where the bytes of a stream are."""

    path: Path
    offset: int
    length: int

    def parts(self) -> Iterator[bytes]:
        """The bytes, part after part. Raises EOFError where the file has become shorter."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            left = self.length
            while left:
                part = file.read(min(left, _PART_BYTES))
                if not part:
                    raise EOFError(self.path.name)
                left -= len(part)
                yield part


class Source(io.BufferedReader):
    """A file from which the library reads a PDF, and which can tell where it would read a stream."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self.path = path
        self._asked: list[tuple[int, int]] | None = None

    def readinto(self, buffer: Any) -> int:
        """As any file does; while a stream is looked for it seems to end, and what was asked for is noted."""
        if self._asked is None:
            return super().readinto(buffer)
        self._asked.append((self.tell(), len(buffer)))
        return 0

    def place_of(self, stream: Stream) -> Place | None:
        """Where a stream lies; None for one that is not of this file, or not read in one go."""
        asked: list[tuple[int, int]] = []
        self._asked = asked
        try:
            stream.get_raw_stream_buffer()
        except pikepdf.PdfError:
            if len(asked) == 1:
                return Place(self.path, *asked[0])
        finally:
            self._asked = None
        return None


class Held:
    """The large streams of a PDF that is about to be written; a context, after which nothing is left of them.

    Each is replaced by a few bytes that nobody could guess, for which the one who writes puts it in again.
    """

    def __init__(self, beside: Path) -> None:
        """`beside` is the file that is going to be written; what is packed here stands next to it for a while."""
        self._beside = beside
        self._source: Source | None = None
        self._has_places = False
        self._places: dict[bytes, Place] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._source is not None:
            self._source.close()
        for place in self._places.values():
            if place.path.name.startswith(f".{self._beside.name}.held-"):
                place.path.unlink(missing_ok=True)

    def __bool__(self) -> bool:
        return bool(self._places)

    def opened(self, path: Path) -> pikepdf.Pdf:
        """Open a PDF, a large one without mapping it into memory. Raises what the library raises."""
        if path.stat().st_size < LARGE_BYTES:
            return pikepdf.open(path, access_mode=pikepdf.AccessMode.mmap)
        self._source = source = Source(path)
        pdf = pikepdf.open(source, access_mode=pikepdf.AccessMode.stream)
        # Where it is encrypted, its bytes are not those of the streams.
        self._has_places = not pdf.is_encrypted
        return pdf

    def token(self, place: Place) -> bytes:
        """What stands for these bytes until they are written."""
        token = b"smoe-held-" + secrets.token_hex((_TOKEN_BYTES - 10) // 2).encode()
        self._places[token] = place
        return token

    def take(self, pdf: pikepdf.Pdf, *, only_images: bool = False) -> None:
        """Put tokens in the place of the large streams that the pages draw; of images alone while others are read."""
        if self._source is None or not self._has_places:
            return
        for stream in _drawn(pdf):
            if only_images and stream.get(Name.Subtype) != Name.Image:
                continue
            filtered: Any = stream.get(Name.Filter)
            alone = filtered[0] if isinstance(filtered, Array) and len(filtered) == 1 else filtered
            if _length(stream) < LARGE_BYTES or not (alone is None or str(alone) in _KEPT):
                continue
            place = self._source.place_of(stream)
            if place is None or place.length < LARGE_BYTES:
                continue
            if alone is None:
                stream.write(self.token(self._packed(place)), filter=Name.FlateDecode)
            else:
                parameters: Any = stream.get(Name.DecodeParms)
                stream.write(self.token(place), filter=filtered, decode_parms=parameters, type_check=False)

    def instead(self, dictionary: bytes, content: bytes) -> tuple[bytes, Place] | None:
        """The dictionary and the bytes that a stream with a token as its content stands for."""
        place = self._places.get(content[:_TOKEN_BYTES])
        if place is None:
            return None
        before, length, after = dictionary.rpartition(_LENGTH + b"%d" % _TOKEN_BYTES)
        if not length:
            raise ValueError("a stream without its length")
        return before + _LENGTH + b"%d" % place.length + after, place

    def _packed(self, place: Place) -> Place:
        path = self._beside.with_name(f".{self._beside.name}.held-{len(self._places)}")
        packing = zlib.compressobj(_LEVEL)
        with path.open("wb") as file:
            for part in place.parts():
                file.write(packing.compress(part))
            file.write(packing.flush())
        return Place(path, 0, path.stat().st_size)


def _length(stream: Stream) -> int:
    said = stream.get(Name.Length)
    return said if isinstance(said, int) else 0


def _drawn(pdf: pikepdf.Pdf) -> Iterator[Stream]:
    """What pages are drawn with, each once: contents, forms, images, masks."""
    seen = ObjectSet()
    for page in pdf.pages:
        stack: list[Any] = [page.obj.get(Name.Resources), page.obj.get(Name.Contents)]
        while stack:
            each = stack.pop()
            if isinstance(each, Stream):
                if each.is_indirect and seen.add(each):
                    stack += [each.get(Name.Resources), each.get(Name.SMask), each.get(Name.Mask)]
                    yield each
            elif isinstance(each, Array):
                stack += [one for one in each if isinstance(one, Stream)]
            elif isinstance(each, Dictionary) and isinstance(drawn := each.get(Name.XObject), Dictionary):
                stack += [one for one in drawn.values() if isinstance(one, Stream)]
