"""What a file is by its content, and what is wrong with it by the rules of its type."""

from typing import BinaryIO, Final

from documents.intake import images, office, ole, pdf, plain
from documents.intake.examining import Found
from domain.intake import BMP, GIF, HEIC, HTML, JPEG, PNG, PROGRAM, RTF, TIFF, TYPES, UNKNOWN, WEBP
from domain.papers import FileFault

HEAD_BYTES: Final = 4096
PDF_MARK_BYTES: Final = 1024
"""Readers look for « %PDF- » so far from the beginning."""

_UNKNOWABLE: Final = frozenset(
    (FileFault.ENCRYPTED, FileFault.UNREADABLE, FileFault.TRUNCATED, FileFault.EXPANDS_TOO_MUCH)
)
"""With one of these, what a container is may be hidden: its type is not held against it besides."""

_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_MARKS: Final = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"{\\rtf", RTF),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xfe\xed\xfa", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
)


def found(content: BinaryIO) -> Found:
    """What a seekable file is, and what is wrong with it."""
    head = content.read(HEAD_BYTES)
    content.seek(0)
    if not head:
        return Found(faults=(FileFault.EMPTY,))
    known = _by_rules(content, head)
    if not TYPES[known.media_type].is_accepted and _UNKNOWABLE.isdisjoint(known.faults):
        return Found(media_type=known.media_type, faults=(*known.faults, FileFault.TYPE_NOT_ACCEPTED))
    return known


def _by_rules(content: BinaryIO, head: bytes) -> Found:
    if head.startswith(office.MARK):
        return office.found(content)
    if head.startswith(ole.MARK):
        return ole.found(content)
    kind = _kind(head)
    if kind in images.KINDS:
        return images.found(content, kind)
    if kind == RTF:
        return plain.found_in_rtf(content)
    if kind != UNKNOWN:
        return Found(media_type=kind)
    if b"%PDF-" in head[:PDF_MARK_BYTES]:
        return pdf.found(content)
    return plain.found(content)


def _kind(head: bytes) -> str:
    for mark, kind in _MARKS:
        if head.startswith(mark) and not (kind == PROGRAM and b"%PDF-" in head[:PDF_MARK_BYTES]):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    if (
        head[:2] == b"BM"
        and len(head) > 26
        and head[14:18] in (b"\x28\0\0\0", b"\x0c\0\0\0", b"\x7c\0\0\0", b"\x6c\0\0\0")
    ):
        return BMP
    opening = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if opening.startswith((b"<!doctype html", b"<html")):
        return HTML
    return UNKNOWN
