"""A brief as lines to set: headings by level, numbered paragraphs with their exhibits, what is left to write."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec

from domain.defence.admissibility import VERDICT_TITLES
from domain.defence.brief import Brief
from domain.defence.inventory import Inventory
from domain.defence.passages import NOT_PRODUCED, TO_COMPLETE, Citation, Passage, Proof, Section
from domain.defence.words import numbers_in_french, runs_in_french
from domain.french import MONTHS, in_french

_MONTHS: Final = "|".join(MONTHS)
_SPACED: Final = (
    (re.compile(r"(?<=\w)'(?=\w)"), "\u2019"),
    (re.compile(r"(?<=\S) (?=[:;!?»])"), "\u00a0"),
    (re.compile(r"(?<=«) (?=\S)"), "\u00a0"),
    (re.compile(r"\b(n°|L\.|R\.|D\.|pièces?|articles?) (?=[\dLRDn])"), "\\1\u00a0"),
    (re.compile(rf"(?<=\d) (?=(?:{_MONTHS})\b)"), "\u00a0"),
)
BLANK: Final = f"[{TO_COMPLETE}"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A heading (level 1 to 3) or a numbered paragraph (level 0)."""

    level: int
    text: str
    number: int = 0
    """Of a paragraph, counted through the whole brief."""
    shown: str = ""
    """« (pièces n° 3 et 4) », with the space before it."""
    mark: str = ""
    """« [pièce non produite] »."""
    blank: bool = False


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A text, and whether it still waits for the drafter."""

    text: str
    blank: bool


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """A point of attention."""

    subject: str
    text: str
    facts: str


class Computed(msgspec.Struct, frozen=True, kw_only=True):
    """A question of admissibility with its computation."""

    question: str
    steps: str
    verdict: str


class Sourced(msgspec.Struct, frozen=True, kw_only=True):
    """What a paragraph rests on."""

    number: str
    facts: str
    shown: str


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the inventory; those of a series bear the number of their exhibit and their place in it."""

    number: str
    label: str
    name: str
    dated: str
    pages: str
    sha256: str


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a template shows of a brief."""

    header: str
    defender: str
    right: str
    addressed: str
    title: str
    action: str
    instance: str
    pour: str
    against: str
    act: str
    lines: tuple[Line, ...]
    asked: str
    conclusions: tuple[Said, ...]
    closing: tuple[Said, ...]
    rows: tuple[File, ...]


def set_of(brief: Brief) -> Set:
    """What is filed of a brief, in reading order."""
    heading, closing = brief.heading, brief.closing
    number = f"n° {heading.number}"
    return Set(
        header=clean(f"{heading.title} – instance {number} – dossier {heading.case_number}"),
        defender=clean(f"Le {heading.defender}").upper(),
        right=clean(heading.by_what_right),
        addressed=clean(f"À {heading.addressed_to}") if heading.addressed_to else "",
        title=clean(heading.title).upper(),
        action=clean(heading.action),
        instance=clean(f"{heading.court}, {number}"),
        pour=clean(f"l'État, représenté par le {heading.defender}"),
        against=clean(heading.claimant),
        act=clean(heading.contested),
        lines=tuple(lines_of(brief)),
        asked=clean(brief.asked),
        conclusions=tuple(map(_said, brief.conclusions)),
        closing=tuple(
            map(
                _said,
                (
                    f"À {closing.place}, {closing.dated}",
                    closing.for_whom,
                    closing.name,
                    closing.quality,
                    closing.delegation,
                ),
            )
        ),
        rows=files_of(brief.inventory),
    )


def lines_of(brief: Brief) -> Iterator[Line]:
    """Headings and paragraphs, these numbered through the whole brief."""
    number = 0
    for part in (brief.facts, brief.discussion):
        for level, each in _walked(part, 1):
            if isinstance(each, Section):
                yield Line(level=level, text=clean(each.title))
            else:
                number += 1
                yield _paragraph(each, number)


def _walked(section: Section, level: int) -> Iterator[tuple[int, Section | Passage]]:
    yield level, section
    for passage in section.passages:
        yield 0, passage
    for inner in section.sections:
        yield from _walked(inner, level + 1)


def _paragraph(passage: Passage, number: int) -> Line:
    """The numbers of its exhibits stand before the full stop that closes a paragraph."""
    text, shown = clean(passage.text), numbers_in_french(passage.exhibits)
    stopped = bool(shown) and text.endswith(".")
    return Line(
        level=0,
        text=text.removesuffix(".") if stopped else text,
        number=number,
        shown=f" {clean(f'({shown})')}{'.' * stopped}" if shown else "",
        mark=f"[{NOT_PRODUCED}]" if passage.proof is Proof.NOT_PRODUCED else "",
        blank=passage.to_complete,
    )


def _said(text: str) -> Said:
    return Said(text=clean(text), blank=BLANK in text)


# The inventory


def files_of(inventory: Inventory) -> tuple[File, ...]:
    """Every row of an inventory, those of a series after their exhibit."""
    return tuple(_files(inventory))


def _files(inventory: Inventory) -> Iterator[File]:
    for row in inventory.rows:
        redacted = " (occultations : CJA R611-1)" if row.redacted else ""
        yield File(
            number=str(row.number),
            label=clean(row.label + redacted),
            name=clean(row.name),
            dated=in_french(row.dated) if row.dated else "",
            pages=str(row.pages) if row.pages is not None else "",
            sha256=row.sha256,
        )
        for each in row.series:
            yield File(
                number=f"{row.number}.{each.place}",
                label=clean(each.label),
                name="",
                dated=in_french(each.dated) if each.dated else "",
                pages="",
                sha256=each.sha256,
            )


# What only the drafter reads


def notes_of(brief: Brief) -> tuple[Noted, ...]:
    """The points of attention."""
    return tuple(
        Noted(subject=_capital(clean(each.subject)), text=clean(each.text), facts=_facts(each.cites))
        for each in brief.attention
    )


def computed_of(brief: Brief) -> tuple[Computed, ...]:
    """The questions of admissibility, each with its steps in one text."""
    return tuple(
        Computed(
            question=clean(each.question),
            steps=clean(" ".join(step.text + _shown(step) for step in each.steps)),
            verdict=_capital(VERDICT_TITLES[each.verdict]),
        )
        for each in brief.admissibility
    )


def sources_of(brief: Brief) -> tuple[Sourced, ...]:
    """What each paragraph that tells a fact rests on, by its number."""
    return tuple(
        Sourced(
            number=str(number), facts=_facts(each.cites), shown=clean(numbers_in_french(each.exhibits)) or _why(each)
        )
        for number, each in enumerate(brief.passages(), 1)
        if each.cites
    )


def _facts(cites: tuple[Citation, ...]) -> str:
    return runs_in_french(each.version for each in cites)


def _shown(passage: Passage) -> str:
    shown = numbers_in_french(passage.exhibits)
    return f" ({shown})" if shown else ""


def _why(passage: Passage) -> str:
    return NOT_PRODUCED if passage.proof is Proof.NOT_PRODUCED else "dossier de l'instance"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def clean(text: str) -> str:
    """A text on one line, without control characters, with the no-break spaces of French."""
    flat = re.sub(" +", " ", "".join(map(_visible, text))).strip(" ")
    for pattern, put in _SPACED:
        flat = pattern.sub(put, flat)
    return flat


def _visible(character: str) -> str:
    """A character as a page shows it: a space for what breaks lines or is none, nothing for marks that turn the
    direction of what follows or join what stands beside them."""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return " " if category in {"Cc", "Cs", "Cn", "Co", "Zl", "Zp"} else character
