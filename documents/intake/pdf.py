"""The rules by which a PDF is diagnosed."""

import os
import re
from typing import Any, BinaryIO, Final

import pikepdf
import pypdfium2

from documents.intake.examining import Found
from domain.intake import PAGES_MAX, PDF
from domain.papers import FileFault

END_BYTES: Final = 2048
"""Readers look for the mark of the end so far from it."""
OBJECTS_MAX: Final = 200_000
"""Looked at for active content; a file with more is told to have some, since nobody knows."""
DEPTH_MAX: Final = 8
PAGES_READ_MAX: Final = 300
"""Searched for text before a file is said to be made of images."""

_LENGTH: Final = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d{1,12})")
_ACTIVE: Final = frozenset(("/JavaScript", "/Launch", "/ImportData", "/RichMediaExecute", "/Rendition"))
_PERMITTED: Final = ("extract", "print_lowres", "print_highres", "modify_other", "modify_assembly")


def found(content: BinaryIO) -> Found:
    """The pages of a PDF, and what is wrong with it."""
    faults: set[FileFault] = set()
    has_end = _has_end(content)
    lost = FileFault.UNREADABLE if has_end else FileFault.TRUNCATED
    pages: int | None = None
    try:
        content.seek(0)
        document, is_repaired = _opened(content)
        with document:
            pages = len(document.pages)
            if is_repaired:
                faults.add(FileFault.DAMAGED if has_end else FileFault.TRUNCATED)
            if document.is_encrypted and not all(getattr(document.allow, each) for each in _PERMITTED):
                faults.add(FileFault.RESTRICTED)
            if _is_active(document):
                faults.add(FileFault.ACTIVE_CONTENT)
    except pikepdf.PasswordError:
        return Found(media_type=PDF, faults=(FileFault.ENCRYPTED,))
    except (pikepdf.PdfError, pikepdf.PikepdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError):
        # The library tells broken structures by all of these.
        return Found(media_type=PDF, pages=pages, faults=(lost,))
    if pages == 0:
        # A file cut or damaged has lost them; a sound one never had any.
        return Found(media_type=PDF, pages=0, faults=(FileFault.NO_PAGE, *faults))
    if pages > PAGES_MAX:
        faults.add(FileFault.TOO_MANY_PAGES)
    content.seek(0)
    try:
        if not _says_anything(content):
            faults.add(FileFault.IMAGE_ONLY)
    except pypdfium2.PdfiumError:
        # One reader opens it, another does not.
        faults.add(FileFault.DAMAGED if has_end else FileFault.TRUNCATED)
    return Found(media_type=PDF, pages=pages, faults=tuple(faults))


def _has_end(content: BinaryIO) -> bool:
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    # Made to be read as it arrives, it says first how long it is: an end of its beginning is no end.
    whole = _LENGTH.search(content.read(END_BYTES))
    if whole is not None and int(whole[1]) > size:
        return False
    content.seek(max(0, size - END_BYTES))
    return b"%%EOF" in content.read()


def _opened(content: BinaryIO) -> tuple[pikepdf.Pdf, bool]:
    """The document, and whether it had to be repaired. Raises what the library raises."""
    try:
        document = pikepdf.open(content, attempt_recovery=False)
        if not document.get_warnings():
            return document, False
        document.close()
    except pikepdf.PasswordError:
        raise
    except (pikepdf.PdfError, RuntimeError):
        pass
    content.seek(0)
    return pikepdf.open(content), True


def _is_active(document: pikepdf.Pdf) -> bool:
    objects = document.objects
    if len(objects) > OBJECTS_MAX:
        return True
    return any(_acts(each, DEPTH_MAX) for each in objects)


def _acts(thing: Any, depth: int) -> bool:
    """Whether an object, or one written within it, does something, or carries a file."""
    if depth == 0 or not isinstance(thing, pikepdf.Object):
        return False
    kind = thing._type_code
    if kind == pikepdf.ObjectType.stream:
        thing = thing.stream_dict
    elif kind == pikepdf.ObjectType.array:
        return any(_acts(each, depth - 1) for each in _direct(thing))
    elif kind != pikepdf.ObjectType.dictionary:
        return False
    action, subtype = thing.get("/S"), thing.get("/Subtype")
    if str(action) in _ACTIVE or "/EF" in thing or "/XFA" in thing:
        return True
    if str(subtype) in ("/FileAttachment", "/RichMedia", "/Movie", "/Screen"):
        return True
    return any(_acts(each, depth - 1) for each in _direct(thing))


def _direct(holder: pikepdf.Object) -> list[Any]:
    """What is written within an array or a dictionary; what is only referred to is among the objects itself."""
    parts = holder if holder._type_code == pikepdf.ObjectType.array else [part for _, part in holder.items()]
    return [part for part in parts if isinstance(part, pikepdf.Object) and not part.is_indirect]


def _says_anything(content: BinaryIO) -> bool:
    document = pypdfium2.PdfDocument(content)
    try:
        for number in range(min(len(document), PAGES_READ_MAX)):
            try:
                page = document[number]
                text = page.get_textpage()
            except pypdfium2.PdfiumError:
                continue
            said = text.get_text_bounded().strip() if text.count_chars() else ""
            text.close()
            page.close()
            if said:
                return True
        return False
    finally:
        document.close()
