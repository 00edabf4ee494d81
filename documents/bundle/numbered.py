"""What the makers of a bundle hand each other: numbered exhibits, their files, their pages, the merged file."""

from pathlib import Path
from typing import Final

import msgspec

from domain.case import FileReport
from domain.papers import FileFault, Redaction

PAGES_MAX: Final = 10_000
"""Of one file; what has more is joined and not shown."""


class Numbered(msgspec.Struct, frozen=True):
    """An exhibit as the inventory lists it."""

    number: int
    """Its place in the inventory, from 1."""
    label: str
    """What the inventory says it is (CJA R412-2)."""
    section: str
    """The heading that it stands under; empty for none."""
    name: str
    """Of its file in the archive, with the extension; it begins with the number (CJA R611-8-5)."""

    @property
    def bookmark(self) -> str:
        """Its title among the bookmarks of the merged file: `PJ3_Contrat_de_travail`."""
        stem = self.name.rsplit(".", 1)[0]
        bare = stem.lstrip("0123456789").lstrip(" -_.")
        return f"PJ{self.number}_{bare}" if bare else f"PJ{self.number}"


class SourceFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an exhibit, as it is at hand on this machine."""

    path: Path
    media_type: str
    """As declared; the bytes are asked first."""
    title: str
    """What separates it from the others in a series, and what a sheet in its place says it is."""
    file_name: str = ""
    """As whoever sent it had named it."""
    redactions: tuple[Redaction, ...] = ()
    report: FileReport | None = None
    """What the examination at intake found; without it, what can be seen here."""
    is_joined: bool = True
    """Whether it is joined as it is where it is the only file of its exhibit; else a PDF made of it is."""
    ours: bool = False
    """Whether smoe itself has made it, PDF/A with tags: a letter or a sheet, never what somebody sent."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The pages that show an exhibit, all tagged, nothing active among them."""

    path: Path
    pages: int
    faults: tuple[FileFault, ...] = ()
    """Of its files, each once, in the order of the enumeration; a fault alone does not keep pages from being shown."""
    told: tuple[str, ...] = ()
    """In French, what a reader must know: what is not shown and why, what was left out."""
    replaced: int = 0
    """How many of its files are shown by a sheet in their place."""
    archival: bool = False
    """Whether every page was made by smoe, so that PDF/A can be claimed for them."""

    @property
    def is_faulty(self) -> bool:
        """Whether something of it could not be shown."""
        return self.replaced > 0


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """What the cover says, in French; no date but one that the facts give."""

    heading: str
    """« Dossier de défense », also the title of the file."""
    court: str
    lines: tuple[tuple[str, str], ...]
    """Under the heading, in order: ("Requête", "n° 2501234"), ("Requérant", …), ("Décision attaquée", …)."""
    dated: str = ""


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """The merged file."""

    pages: int
    first_page_of: dict[int, int]
    """By number of exhibit, the page of the merged file on which it begins, from 1."""
    archival: bool = False
    """Whether it says of itself that it is PDF/A-2a and PDF/UA-1."""
    sha256: str = ""
