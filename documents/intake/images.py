"""The rules by which an image is diagnosed."""

import os
import struct
from typing import BinaryIO, Final

from PIL import Image, UnidentifiedImageError

from documents.intake.examining import Found
from domain.intake import JPEG, PAGES_MAX, PNG, TIFF
from domain.papers import FileFault

KINDS: Final = {JPEG: "JPEG", PNG: "PNG", TIFF: "TIFF"}
"""With the reader of each: no other of the library is let near a file."""

PIXELS_MAX: Final = 120_000_000
"""An A3 sheet at 600 dots per inch has 70 million, the largest phone picture 200: one that is only told at decoding."""

_STRIPS_MAX: Final = 100_000

Image.MAX_IMAGE_PIXELS = None


def found(content: BinaryIO, kind: str) -> Found:
    """Frames and faults of an image, decoded whole."""
    if kind == PNG and (fault := _fault_of_png(content)):
        return Found(media_type=kind, faults=(fault,))
    content.seek(0)
    frames = 1
    try:
        with Image.open(content, formats=(KINDS[kind],)) as image:
            frames = getattr(image, "n_frames", 1) if kind == TIFF else 1
            faults = (FileFault.TOO_MANY_PAGES,) if frames > PAGES_MAX else ()
            for number in range(min(frames, PAGES_MAX)):
                image.seek(number)
                if image.width * image.height > PIXELS_MAX:
                    return Found(media_type=kind, pages=frames, faults=(FileFault.EXPANDS_TOO_MUCH,))
                image.load()
    except MemoryError:
        return Found(media_type=kind, faults=(FileFault.EXPANDS_TOO_MUCH,))
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        KeyError,
        TypeError,
        struct.error,
    ) as fault:
        return Found(media_type=kind, faults=(_lost(content, kind, fault),))
    return Found(media_type=kind, pages=frames, faults=faults)


def _lost(content: BinaryIO, kind: str, fault: Exception) -> FileFault:
    """Whether what cannot be decoded stops before its end, or is something else."""
    if "truncated" in str(fault).lower():
        return FileFault.TRUNCATED
    size = content.seek(0, os.SEEK_END)
    if kind == TIFF:
        return FileFault.TRUNCATED if _tiff_points_beyond(content, size) else FileFault.UNREADABLE
    content.seek(max(0, size - 64))
    if kind == JPEG and b"\xff\xd9" not in content.read():
        return FileFault.TRUNCATED
    return FileFault.UNREADABLE


def _fault_of_png(content: BinaryIO) -> FileFault | None:
    """Its chunks must follow each other up to the last, IEND: decoders do not insist."""
    size = content.seek(0, os.SEEK_END)
    place = 8
    while place + 12 <= size:
        content.seek(place)
        length, name = struct.unpack(">I4s", content.read(8))
        if not name.isalpha():
            return FileFault.UNREADABLE
        place += 12 + length
        if name == b"IEND":
            return None if place <= size else FileFault.TRUNCATED
    return FileFault.TRUNCATED


def _tiff_points_beyond(content: BinaryIO, size: int) -> bool:
    """Whether a TIFF says that one of its directories, or of its strips and tiles, lies where the file has ended."""
    content.seek(0)
    head = content.read(8)
    order = "<" if head[:2] == b"II" else ">"
    if len(head) < 8 or head[2:4] not in (b"*\0", b"\0*"):
        return len(head) < 8
    (place,) = struct.unpack(f"{order}I", head[4:])
    for _ in range(PAGES_MAX):
        content.seek(place)
        count = content.read(2)
        if place and len(count) < 2:
            return True
        length = struct.unpack(f"{order}H", count)[0] * 12 if place else 0
        entries = content.read(length + 4)
        if len(entries) < length + 4:
            return bool(place)
        offsets, lengths = (_numbers(content, entries, order, tags) for tags in ((273, 324), (279, 325)))
        if any(start + extent > size for start, extent in zip(offsets, lengths, strict=False)):
            return True
        (place,) = struct.unpack(f"{order}I", entries[length:])
    return False


def _numbers(content: BinaryIO, entries: bytes, order: str, tags: tuple[int, int]) -> list[int]:
    """The numbers of one of two fields of a directory; those that are cut off are as far as the file could go."""
    for place in range(0, len(entries) - 4, 12):
        tag, kind, count, value = struct.unpack_from(f"{order}HHII", entries, place)
        letter = {3: "H", 4: "I"}.get(kind)
        if tag in tags and letter is not None:
            width = struct.calcsize(letter)
            data = entries[place + 8 : place + 12]
            if count * width > 4:
                content.seek(value)
                data = content.read(min(count, _STRIPS_MAX) * width)
            whole = len(data) // width
            found = list(struct.unpack(f"{order}{min(whole, count)}{letter}", data[: min(whole, count) * width]))
            return found if whole >= min(count, _STRIPS_MAX) else [*found, 1 << 40]
    return []
