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
