"""What a reader, or a machine, finds in the PDF of a letter."""

import re
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from documents.letters import rendered
from domain.letters.content import LetterData, template_of, written

REGULAR = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'", "\r": " ", "\n": " ", "\u200b": "", "\u2011": "-"})

FOOT = re.compile(r" (Plateforme|Téléservice)[^.]{0,90}? Dossier n° \S+ [–-] page \d+/\d+$")


def pdf_of(letter: LetterData, **options: Any) -> bytes:
    """The pages of a letter."""
    return rendered(template_of(type(letter)), written(letter), **options)


def flat(text: str) -> str:
    """A text without what typography does to spaces and apostrophes."""
    return re.sub(r"\s+", " ", text.translate(REGULAR)).strip()


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as one selects it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [flat(page.get_textpage().get_text_bounded()) for page in document]
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    """The text of all its pages, feet left out: a sentence may run over them."""
    return " ".join(FOOT.sub("", page) for page in pages_of(pdf))


def outline_of(pdf: bytes) -> list[tuple[int, str]]:
    """Depth and title of its bookmarks."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [(mark.level, flat(mark.get_title())) for mark in document.get_toc()]
    finally:
        document.close()


def catalogue_of(path: Path) -> tuple[str, str, bool]:
    """Language, title, and whether it says that it is tagged."""
    with pikepdf.open(path) as pdf:
        marked = bool(pdf.Root.MarkInfo.Marked)
        return str(pdf.Root.Lang), str(pdf.docinfo.Title), marked
