"""What a verification finds: what is not as it must be, and where."""

from typing import NamedTuple


class Invalid(Exception):
    """What is not as it must be; the message says why, in French."""


class Fault(NamedTuple):
    """Something that diverges, and where."""

    where: str
    reason: str
    field: str = ""
    rank: int | None = None
    """Of the fact in faits.txt, from 1."""
    stream: str = ""
    version: int | None = None
    position: int | None = None
    leaves: tuple[int, int] | None = None
    """First and last leaf of the range that diverges, from 0."""

    def __str__(self) -> str:
        return f"{self.where}{f', {self.field}' if self.field else ''} : {self.reason}"
