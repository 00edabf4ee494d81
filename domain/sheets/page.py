"""What a sheet is made of: titled blocks of text that a page setter lays out and nobody has to understand."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from domain.case import Case
from domain.findings import Criterion, Exhibit
from domain.french import in_french
from domain.request import DocumentRef
from domain.taken import LedgerFact, Records

NOTHING: Final = "—"
UNSAID: Final = "non indiqué"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIGURE: Final = re.compile(r"-?[0-9]{1,12}\.[0-9]{1,4}")


class Block(msgspec.Struct, frozen=True, tag_field="kind"):
    """A part of a page, in reading order."""


class Heading(Block, frozen=True, tag="heading"):
    """A title within the page; level 1 or 2."""

    text: str
    level: int = 1


class Paragraph(Block, frozen=True, tag="paragraph"):
    """Running text, where lines may be broken by whoever wrote it."""

    text: str


class Mark(Block, frozen=True, tag="mark"):
    """What is not confirmed, not established or not recorded, and must not be overlooked."""

    text: str


class Pairs(Block, frozen=True, tag="pairs"):
    """What is said of some headings, one a line."""

    rows: tuple[tuple[str, str], ...]


class Table(Block, frozen=True, tag="table"):
    """A table, whose header is repeated on each page; `widths` are shares of the width."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


Blocks = Sequence[Block]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet as it reads."""

    title: str
    subject: str
    """What it is about, in one line."""
    number: str
    """Public number of the case."""
    dated: date
    on_version: int
    """The version of the case that it tells."""
    blocks: tuple[Block, ...]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet that the history of a case allows, as an inventory lists it."""

    name: str
    """`notification/D1/worker`."""
    label: str
    """What it is, explicitly (CJA R412-2)."""
    dated: date
    """The day that it bears, which facts alone give it."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A case up to a version, and what surrounds it."""

    facts: tuple[LedgerFact, ...]
    case: Case
    on_version: int
    records: Records
    withheld: frozenset[Criterion] = frozenset()
    """Conditions that the reader may not read, neither as computed nor as assessed."""


def on(day: date | None) -> str:
    """« 1er mars 2026 », or a dash."""
    return in_french(day) if day is not None else NOTHING


def as_title(words: str) -> str:
    """Words that stand within sentences, as they stand alone."""
    return words[:1].upper() + words[1:]


def yes_or_no(value: bool) -> str:
    """« oui » or « non »."""
    return "oui" if value else "non"


def document(ref: DocumentRef) -> str:
    """« P2, version 1 : Contrat de travail »."""
    return f"{ref.id}, version {ref.version} : {ref.title}"


def exhibits(case: Case, cited: Sequence[Exhibit]) -> str:
    """The documents that something rests on, each by its name in the case, or a dash."""
    return " ; ".join(dict.fromkeys(_exhibit(case, each) for each in cited)) or NOTHING


def _exhibit(case: Case, cited: Exhibit) -> str:
    held = case.documents.get(cited.document)
    versions = held.versions if held else ()
    named = next((document(each) for each in versions if each.version == cited.version), None)
    return named or f"{cited.document}, version {cited.version}, absente du dossier"


def documents_table(refs: Sequence[DocumentRef]) -> Table:
    """Documents with their hashes, as they were received."""
    return Table(
        columns=("Pièce", "Intitulé", "Empreinte SHA-256 du fichier reçu", "Taille"),
        widths=(2, 5, 8, 3),
        rows=tuple((f"{ref.id} v{ref.version}", ref.title, ref.sha256, size(ref.bytes)) for ref in refs),
    )


def size(count: int) -> str:
    """« 12 345 octets »; what nobody said is a dash."""
    return f"{count:,}\u00a0octets".replace(",", "\u202f") if count else NOTHING


def facts_table(used: Mapping[str, str]) -> Table:
    """The facts that carry an answer, with days and figures as French writes them."""
    return Table(
        columns=("Fait retenu", "Valeur"),
        widths=(5, 7),
        rows=tuple((name, fact_in_french(value)) for name, value in used.items()),
    )


def fact_in_french(value: str) -> str:
    """A fact as a finding stores it, its day or its figure written for readers: « 1 500,00 », « 2 mars 2026 »."""
    if _DAY.fullmatch(value):
        try:
            return in_french(date.fromisoformat(value))
        except ValueError:
            return value
    if _FIGURE.fullmatch(value):
        whole, _, part = value.partition(".")
        return _figure(whole, part)
    return value


def _figure(whole: str, part: str) -> str:
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    return f"{grouped},{part}" if len(part) > 1 or part.strip("0") else grouped
