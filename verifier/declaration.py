"""What the service declares of a proof and signs: whose facts, how many, which keys are destroyed, which files."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from verifier.faults import Invalid
from verifier.notes import Note, note_of

FORMAT: Final = "smoe-preuve-1"
DECLARED: Final = re.compile(
    r"smoe-preuve-1 (?P<origin>[^ \n]+)\n"
    r"le (?P<made_at>[0-9T:.Z-]+)\n"
    r"point (?P<point>points/[0-9]+\.txt)\n"
    r"(?:continue (?P<since>[1-9][0-9]{0,18})\n)?"
    r"(?P<streams>(?:dossier [0-9a-f-]{36} [1-9][0-9]{0,18} [0-9a-f]{64}\n)+)"
    r"(?P<erased>(?:efface [0-9a-f-]{36} [0-9T:.Z-]+\n)*)"
    r"(?P<files>(?:fichier [0-9a-f]{64} [^ \n]+\n)+)"
)


class Stream(NamedTuple):
    """A case whose facts are all in the archive, as the service says."""

    id: str
    facts: int
    head: str
    """Hash of its newest fact."""


class Declaration(NamedTuple):
    """What the service declares."""

    origin: str
    made_at: str
    point: str
    """Name of the file of the newest checkpoint."""
    since: int | None
    """An earlier size of the log that the archive proves too."""
    streams: tuple[Stream, ...]
    erased: Mapping[str, str]
    """When the key was destroyed, by its identifier in hexadecimal digits."""
    files: Mapping[str, str]
    """SHA-256 of each file, by name, in the order of the archive."""
    note: Note


def declaration_of(raw: bytes) -> Declaration:
    """Read what is declared, its signatures not verified. Raises Invalid."""
    note = note_of(raw)
    found = DECLARED.fullmatch(note.text)
    if found is None:
        raise Invalid(
            "ce n'est pas la déclaration d'une preuve, ou elle est d'une forme que ce programme ne connaît pas"
        )
    streams = tuple(
        Stream(id, int(count), head)
        for id, count, head in (line.split(" ")[1:] for line in found["streams"].split("\n")[:-1])
    )
    erased = dict(line.split(" ")[1:] for line in found["erased"].split("\n")[:-1])
    files = {name: digest for digest, name in (line.split(" ")[1:] for line in found["files"].split("\n")[:-1])}
    if len({each.id for each in streams}) < len(streams) or list(streams) != sorted(streams):
        raise Invalid("la déclaration cite deux fois le même dossier, ou dans un autre ordre que le sien")
    return Declaration(
        origin=found["origin"],
        made_at=found["made_at"],
        point=found["point"],
        since=int(found["since"]) if found["since"] else None,
        streams=streams,
        erased={key.replace("-", ""): moment for key, moment in erased.items()},
        files=files,
        note=note,
    )
