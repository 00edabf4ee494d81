"""Sheets as PDF: what the history of a case alone tells, set as archival and accessible pages."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from documents.typesetting import legible, typeset
from domain.findings import Criterion
from domain.french import in_french
from domain.sheets import Sheet as Sheet
from domain.sheets import page_of
from domain.sheets import sheets_available as sheets_available
from domain.sheets.page import NOTHING, Page
from domain.taken import LedgerFact, Records

TEMPLATE: Final = "sheets/sheet.typ"
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BEFORE_HIGH_SIGNS: Final = re.compile(r" (?=[;!?])")
_BEFORE_COLON: Final = re.compile(r" (?=[:»€%])")
_AFTER: Final = re.compile(r"(?<=«) |(?<=n°) ")


def sheet_pdf(
    name: str,
    facts: Sequence[LedgerFact],
    on_version: int,
    around: Records,
    *,
    withheld: frozenset[Criterion] = frozenset(),
) -> bytes:
    """A sheet of `sheets_available` on the facts up to a version, as PDF/A-2a and PDF/UA-1.

    The same facts and surroundings give the same bytes. `withheld` are conditions that the reader may not read. Raises
    Refused for a sheet that the facts do not allow.
    """
    return set_page(page_of(name, facts, on_version, around, withheld=withheld))


def set_page(page: Page) -> bytes:
    """A page as PDF; texts in scripts that the fonts lack are transliterated."""
    data = {
        "title": page.title,
        "subject": page.subject,
        "case": f"Dossier n° {page.number}",
        "dated": (page.dated.year, page.dated.month, page.dated.day),
        "foundation": _foundation(page.dated),
        "source": f"Établie d'après l'historique du dossier n° {page.number}, version {page.on_version}",
        "blocks": msgspec.to_builtins(page.blocks),
    }
    return typeset(TEMPLATE, msgspec.json.encode(_readable(data)))


def _foundation(dated: date) -> str:
    return f"Fiche du {in_french(dated)}, établie d'après les faits enregistrés"


def _readable(part: Any) -> Any:
    """The same tree with every text as pages need it: in characters that the fonts have, its signs not parted."""
    match part:
        case str():
            return spaced(_visible(legible(_visible(part))))
        case dict():
            return {name: _readable(value) for name, value in part.items()}
        case list() | tuple():
            return [_readable(each) for each in part]
        case _:
            return part


def _visible(text: str) -> str:
    """A text without what no page can show: commands to terminals, changes of direction, breaks of other systems."""
    plain = "\n".join(text.replace("\t", " ").splitlines())
    shown = "".join(each for each in plain if each == "\n" or unicodedata.category(each) not in _INVISIBLE)
    return shown if shown.strip() else NOTHING


def spaced(text: str) -> str:
    """A text whose signs stand no line apart from what they belong to, as French sets them."""
    text = _BEFORE_HIGH_SIGNS.sub("\u202f", text)
    text = _BEFORE_COLON.sub("\u00a0", text)
    return _AFTER.sub("\u00a0", text)
