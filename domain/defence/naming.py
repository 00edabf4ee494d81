"""File names of exhibits, by the court's rules: the order number first, then what the file holds (CJA R611-8-5)."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from anyascii import anyascii

LENGTH_MAX: Final = 80
"""Characters of a name, its extension included."""
NOTHING_LEGIBLE: Final = "piece"
EXTENSIONS: Final = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tif",
    "text/plain": ".txt",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/rtf": ".rtf",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
"""Types joined as they are, with the extension that tells them; no list was found in a text, so that nothing rare is in
here: all else is joined as the PDF made of it."""
_FORBIDDEN: Final = re.compile(r"[^A-Za-z0-9]+")
_SEPARATING: Final = re.compile(r"['’ʼ°]")


def file_name(number: int, label: str, extension: str = ".pdf") -> str:
    """« 3_Attestation-de-vigilance.pdf »: letters and digits of ASCII, a hyphen between words, an underscore after the
    number.

    The number is written as the inventory does, without zeros before it; no space, since archives and addresses quote
    them; no dot but that of the extension. Whatever the label, the name begins with a digit: no system reserves it, and
    two numbers never share one, whether case counts or not.
    """
    room = LENGTH_MAX - len(f"{number}_") - len(extension)
    return f"{number}_{stem(label, room)}{extension}"


def stem(label: str, room: int = LENGTH_MAX) -> str:
    """A label in the characters of a file name, cut between words where there is too much of it."""
    words = _words(label)
    kept = ""
    for word in words:
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > room:
            break
        kept = longer
    return kept or (words[0] if words else NOTHING_LEGIBLE)[:room]


def is_legible(label: str) -> bool:
    """Whether a label leaves something to read in a file name, and nothing in it that no page can show."""
    return bool(_words(label)) and not any(unicodedata.category(each) in {"Cc", "Cs", "Co", "Cn"} for each in label)


def _words(label: str) -> list[str]:
    # Composed first: an accent that stands apart from its letter is no letter of its own.
    plain = anyascii(unicodedata.normalize("NFC", _SEPARATING.sub(" ", label)))
    return [word for word in _FORBIDDEN.split(plain) if word]


def extension_of(media_type: str) -> str | None:
    """The extension of files that are joined as they are; None for those that are joined as a PDF made of them."""
    return EXTENSIONS.get(media_type)


def file_names(labels: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The names of exhibits in their order, by label and extension; numbered from 1."""
    return tuple(file_name(number, label, extension) for number, (label, extension) in enumerate(labels, 1))
