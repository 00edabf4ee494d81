"""What a brief is made of: passages that cite facts and exhibits, their sections, and what the drafter must look at."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec


class CitationLost(Exception):
    """A brief cites a fact that the history does not hold, or an exhibit that the bundle does not: nothing is made."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a brief."""


class Citation(Part, frozen=True, kw_only=True):
    """A fact of the case, by its version in the history and its type."""

    version: int
    type: str


class Proof(StrEnum):
    """What stands behind a passage."""

    EXHIBITED = "exhibited"
    """Exhibits of the bundle, by their numbers."""
    NOT_PRODUCED = "not_produced"
    """A fact of the history that no exhibit of the bundle shows."""
    COURT_FILE = "court_file"
    """An act of the proceedings, which the court holds."""
    NOT_NEEDED = "not_needed"
    """Law and argument."""


NOT_PRODUCED = "pièce non produite"
"""What stands after a passage of fact that no exhibit shows."""
TO_COMPLETE = "à compléter"
"""What stands where only the drafter can write."""


class Passage(Part, frozen=True, kw_only=True):
    """One paragraph; the numbers of its exhibits are not in its text."""

    text: str
    on: date | None = None
    """The day it tells, in the statement of facts."""
    cites: tuple[Citation, ...] = ()
    exhibits: tuple[int, ...] = ()
    proof: Proof = Proof.NOT_NEEDED
    to_complete: bool = False
    """Whether it only says what the drafter has to write in its place."""


class Section(Part, frozen=True, kw_only=True):
    """A titled part of the discussion."""

    title: str
    passages: tuple[Passage, ...] = ()
    sections: tuple["Section", ...] = ()

    def all_passages(self) -> tuple[Passage, ...]:
        """Its passages and those of the sections within, in reading order."""
        return (*self.passages, *(each for section in self.sections for each in section.all_passages()))


class Attention(Part, frozen=True, kw_only=True):
    """What the drafter must check before filing; never a part of what is filed."""

    subject: str
    text: str
    cites: tuple[Citation, ...] = ()


class Argued(Part, frozen=True, kw_only=True):
    """What an argument adds to the brief, and what it leaves to the drafter."""

    section: Section
    attention: tuple[Attention, ...] = ()


def law(text: str) -> Passage:
    """A passage of law or argument, which needs no exhibit."""
    return Passage(text=text)


def blank(what: str) -> Passage:
    """A place that only the drafter can fill, and what is to be written there."""
    return Passage(text=f"[{TO_COMPLETE} : {what}]", to_complete=True)


def cited_by(passages: Iterable[Passage]) -> tuple[Citation, ...]:
    """Every fact that passages cite, once each, in the order of the history."""
    found = {cite.version: cite for passage in passages for cite in passage.cites}
    return tuple(found[version] for version in sorted(found))
