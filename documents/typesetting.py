"""PDF/A pages made by typst of a template and data: the same of both give the same bytes, on any machine."""

import ctypes
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import typst
from anyascii import anyascii

TEMPLATES: Final = Path(__file__).parent / "templates"
_REMEMBERED: Final = 10
"""Papers through which typst keeps what it has worked out."""
STANDARDS: Final = ("a-2a", "ua-1")
_COVERED: Final = (
    *((0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x377), (0x37A, 0x37F), (0x384, 0x38A), (0x38C, 0x38C)),
    *((0x38E, 0x3A1), (0x3A3, 0x3FF), (0x400, 0x45F), (0x1E00, 0x1EFF), (0x2010, 0x2027)),
)
_SIGNS: Final = frozenset("\n\t\u202f\u2030\u2032\u2033\u2039\u203a\u20ac\u2116\u2122\u2192\u2212\u2260\u2264\u2265")


class TemplateFaulty(Exception):
    """A template cannot be set with the data it was given: a fault of ours, never of whoever asks."""


def typeset(template: str, data: bytes, *, images: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a template of `templates/` (`letters/refusal.typ`) and its data, a JSON object in UTF-8.

    The template reads the data as `json(bytes(sys.inputs.data))`, and images by their name under `/images/`. No font,
    date or file of this machine has a part in it. Raises TemplateFaulty.
    """
    if not images:
        return _compiled(TEMPLATES, template, data)
    with tempfile.TemporaryDirectory(prefix="smoe-pages-") as folder:
        root = Path(folder) / "root"
        shutil.copytree(TEMPLATES, root)
        (root / "images").mkdir()
        for name, content in images.items():
            (root / "images" / name).write_bytes(content)
        return _compiled(root, template, data)


def _compiled(root: Path, template: str, data: bytes) -> bytes:
    try:
        pages: bytes = typst.compile(
            root / template,
            root=root,
            font_paths=_fonts(),
            sys_inputs={"data": data.decode()},
            pdf_standards=list(STANDARDS),
            timestamp=0,
        )
    except typst.TypstError as error:
        raise TemplateFaulty(f"{template}: {error.diagnostic or error}") from error
    return pages


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def forget() -> None:
    """Give back the memory that typst keeps of what it has set, some 100 MB for long tables: fit after large papers.

    It keeps what it has worked out until so many more papers were set without it; empty ones take a millisecond each.
    """
    for _ in range(_REMEMBERED + 1):
        typst.compile(b"", font_paths=_fonts())
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def legible(text: str) -> str:
    """A text in the characters that the fonts of ours have; those of other scripts are transliterated.

    What nobody sees (controls, marks of direction) is left out; a text of which nothing can be written reads « ? ».
    """
    written = "".join(each if _is_covered(each) else _transliterated(each) for each in text)
    return written if written.strip() or not text.strip() else "?"


def _transliterated(character: str) -> str:
    unseen = unicodedata.category(character) in {"Cc", "Cf", "Mn", "Me"}
    return "" if unseen else "".join(filter(_is_covered, anyascii(character)))


def _is_covered(character: str) -> bool:
    code = ord(character)
    return character in _SIGNS or any(first <= code <= last for first, last in _COVERED)
