"""What facts about files, letters and bundles share: faults of a file, verdicts of a scan, letters, exhibits."""

from enum import StrEnum
from typing import Annotated

import msgspec

from domain.request import Value

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
"""Of the bytes of a file as they arrived, in hexadecimal."""


class FileFault(StrEnum):
    """What is wrong with a file, or must be known of it; the value is the public and stored name."""

    EMPTY = "empty"
    TRUNCATED = "truncated"
    """It stops before its end: a part of what it held is lost."""
    DAMAGED = "damaged"
    """It has its end and opens, but only after repair: something in it may be lost."""
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    """It does not open without a password."""
    RESTRICTED = "restricted"
    """It opens, but its author forbids to print, copy or change it (the owner's password of a PDF)."""
    EXPANDS_TOO_MUCH = "expands_too_much"
    """Small as a file, it grows beyond all measure when it is opened."""
    NO_PAGE = "no_page"
    MISLABELLED = "mislabelled"
    """Its bytes are of another type than the one declared."""
    TYPE_NOT_ACCEPTED = "type_not_accepted"
    MACROS = "macros"
    ACTIVE_CONTENT = "active_content"
    """Scripts, launched programs, embedded files or objects, templates loaded from elsewhere."""
    TOO_MANY_PAGES = "too_many_pages"
    IMAGE_ONLY = "image_only"
    """No text can be read from it: it is no fault of the file, but nothing can be searched for in it."""
    EXAMINATION_FAILED = "examination_failed"
    """It broke or outlasted what examines files: nothing is known of it."""


class ScanVerdict(StrEnum):
    """What a virus scanner said of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"
    """The scanner answered that it could not judge the file."""


class LetterKind(StrEnum):
    """What smoe writes to people; the value is the public and stored name."""

    RECEIPT = "receipt"
    ACKNOWLEDGEMENT = "acknowledgement"
    MISSING_ITEMS = "missing_items"
    DECISION = "decision"
    """A grant, a refusal, a stamp, an opinion, a closure, a withdrawal, a repeal: the template says which."""
    PERMIT = "permit"
    PRIOR_HEARING = "prior_hearing"
    APPEAL_ACKNOWLEDGEMENT = "appeal_acknowledgement"
    APPEAL_DECISION = "appeal_decision"
    REASONS = "reasons"
    """The reasons of an implicit decision, communicated on request (CRPA L232-4)."""


LETTER_TITLES: dict[LetterKind, str] = {
    LetterKind.RECEIPT: "Accusé d'enregistrement électronique",
    LetterKind.ACKNOWLEDGEMENT: "Accusé de réception",
    LetterKind.MISSING_ITEMS: "Demande de pièces manquantes",
    LetterKind.DECISION: "Décision",
    LetterKind.PERMIT: "Autorisation de travail",
    LetterKind.PRIOR_HEARING: "Ouverture de la procédure contradictoire",
    LetterKind.APPEAL_ACKNOWLEDGEMENT: "Accusé de réception d'un recours",
    LetterKind.APPEAL_DECISION: "Réponse au recours",
    LetterKind.REASONS: "Communication des motifs de la décision implicite",
}
"""How French names each letter."""


class SourceKind(StrEnum):
    """Where the pages of an exhibit come from."""

    DOCUMENT = "document"
    """A version of a document of the case."""
    LETTER = "letter"
    """A letter that smoe issued."""
    SHEET = "sheet"
    """What the history alone tells, printed: a form filed online, proofs of notification, an assessment."""


class Zone(Value, frozen=True, kw_only=True):
    """A rectangle of a page, in fractions of its width and height from the upper left corner as it is read."""

    left: Annotated[float, msgspec.Meta(ge=0, le=1)]
    top: Annotated[float, msgspec.Meta(ge=0, le=1)]
    width: Annotated[float, msgspec.Meta(gt=0, le=1)]
    height: Annotated[float, msgspec.Meta(gt=0, le=1)]


class Redaction(Value, frozen=True, kw_only=True):
    """What is hidden of a page before the other party reads it (CJA R611-1); the whole page without zones."""

    page: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    """Of the source, counted from 1."""
    zones: Annotated[tuple[Zone, ...], msgspec.Meta(max_length=100)] = ()
    why: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class ExhibitSource(Value, frozen=True, kw_only=True):
    """One file within an exhibit, by what it was when it was chosen."""

    kind: SourceKind
    ref: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    """P3, L2, or the sheet's name and what it is about: `notification/D1/worker`."""
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Of the document; of a letter 1; of a sheet the version of the case that it tells."""
    sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""
    """Of the file; empty for a sheet, which is made with the bundle."""
    redactions: Annotated[tuple[Redaction, ...], msgspec.Meta(max_length=2_000)] = ()


class ChosenExhibit(Value, frozen=True, kw_only=True):
    """One exhibit of a bundle; its number is its place among those included."""

    slot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    """The line of the recipe that proposed it, or `added`."""
    label: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    """What the inventory says it is (CJA R412-2)."""
    sources: Annotated[tuple[ExhibitSource, ...], msgspec.Meta(min_length=1, max_length=300)]
    """Several for a homogeneous series grouped in one file (CJA R611-8-5 al. 5)."""
    included: bool = True
    why_excluded: Annotated[str, msgspec.Meta(max_length=500)] = ""


class BuildOutcome(StrEnum):
    """How the building of a bundle ended without one."""

    CANCELLED = "cancelled"
    FAILED = "failed"
