"""Checkpoints as C2SP writes them (https://c2sp.org/tlog-checkpoint): which tree of which log, in a signed note."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Final

import msgspec

from ledger.proofs.merkle import EMPTY_ROOT
from ledger.proofs.notes import NoteInvalid, Signer, Verifier, opened, signed

HASH_BYTES: Final = 32
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The tree of a log at some moment."""

    origin: str
    """The name of the log, which its keys bear too."""
    size: int
    """How many facts are its leaves."""
    root: bytes
    extensions: tuple[str, ...] = ()
    """Lines that mean something to those who know them."""

    @property
    def text(self) -> str:
        """What is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def signed(self, signers: Iterable[Signer]) -> str:
        """The note of this checkpoint. Raises NoteInvalid when it could not be read as it was written."""
        checkpoint_of(self.text)
        return signed(self.text, signers)


def checkpoint_of(text: str) -> Checkpoint:
    """Read the text of a note. Raises NoteInvalid unless it is a checkpoint, written in the one way that there is."""
    origin, size, root, *extensions = [*text.split("\n"), "", ""]
    encoded = _hash(root)
    if not origin or not _SIZE.fullmatch(size) or encoded is None:
        raise NoteInvalid("a checkpoint names a log, a number of leaves and the hash of their tree")
    if size == "0" and encoded != EMPTY_ROOT:
        raise NoteInvalid("a tree without leaves has one hash only")
    found = Checkpoint(origin=origin, size=int(size), root=encoded, extensions=tuple(extensions[:-3]))
    if found.text != text or not all(found.extensions):
        raise NoteInvalid("a checkpoint is of whole lines")
    return found


def opened_checkpoint(note: str, origin: str, verifiers: Iterable[Verifier]) -> tuple[Checkpoint, tuple[Verifier, ...]]:
    """The checkpoint of a log, and the known keys that signed it, one of the log's own among them.

    Raises NoteInvalid, also for a checkpoint of another log or one that only witnesses have signed.
    """
    text, by = opened(note, verifiers)
    found = checkpoint_of(text)
    if found.origin != origin:
        raise NoteInvalid(f"this checkpoint is not one of {origin}")
    if all(each.name != origin for each in by):
        raise NoteInvalid(f"{origin} has not signed this checkpoint")
    return found, by


def _hash(encoded: str) -> bytes | None:
    try:
        raw = b64decode(encoded, validate=True)
    except ValueError:
        return None
    return raw if len(raw) == HASH_BYTES and b64encode(raw).decode() == encoded else None
