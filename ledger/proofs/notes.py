"""Signed notes as C2SP writes them (https://c2sp.org/signed-note): a text, a blank line, lines of signatures."""

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
"""The type of a key and of its signatures."""
COSIGNATURE: Final = b"\x04"
"""That of a witness, who signs when he saw a checkpoint too (https://c2sp.org/tlog-cosignature)."""
TIME_BYTES: Final = 8
TIME_MAX: Final = 2**63 - 1
KEY_ID_BYTES: Final = 4
SIGNATURES_MAX: Final = 100
MARK: Final = "— "
"""What a line of a signature begins with: an em dash and a space."""


class NoteInvalid(ValueError):
    """What is no note, or was not signed by whom it should have been."""


class Verifier(NamedTuple):
    """A key that signatures are checked with, and the name it goes by."""

    name: str
    key: Ed25519PublicKey
    kind: bytes = ED25519

    @property
    def id(self) -> bytes:
        """What tells the keys of one name apart."""
        told = self.name.encode() + b"\n" + self.kind + self.key.public_bytes_raw()
        return hashlib.sha256(told).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """As those who verify are given it."""
        return f"{self.name}+{self.id.hex()}+{b64encode(self.kind + self.key.public_bytes_raw()).decode()}"

    def check(self, signature: bytes, text: str) -> None:
        """Raises InvalidSignature unless it is this key's, of this text."""
        if self.kind == COSIGNATURE:
            seen_at, signature = int.from_bytes(signature[:TIME_BYTES], "big"), signature[TIME_BYTES:]
            if seen_at > TIME_MAX:
                raise InvalidSignature
            text = f"cosignature/v1\ntime {seen_at}\n{text}"
        self.key.verify(signature, text.encode())

    @classmethod
    def of(cls, text: str) -> "Verifier":
        """Read a key as it is given. Raises NoteInvalid."""
        name, plus, rest = text.partition("+")
        key_id, plus_too, encoded = rest.partition("+")
        raw = _decoded(encoded)
        if not (plus and plus_too and _is_name(name)) or raw[:1] not in (ED25519, COSIGNATURE) or len(raw) != 33:
            raise NoteInvalid("this is no Ed25519 key of a note")
        made = cls(name, Ed25519PublicKey.from_public_bytes(raw[1:]), raw[:1])
        if made.id.hex() != key_id:
            raise NoteInvalid("this key is not the one that its number names")
        return made


class Signer(NamedTuple):
    """A key that signs, and the name it goes by."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """What checks its signatures."""
        return Verifier(self.name, self.key.public_key())

    def line(self, text: str) -> str:
        """Its signature of a text."""
        signature = self.verifier.id + self.key.sign(text.encode())
        return f"{MARK}{self.name} {b64encode(signature).decode()}\n"


def signed(text: str, signers: Iterable[Signer]) -> str:
    """A note of a text that ends its last line. Raises NoteInvalid when it could not be read as it was written."""
    signers = list(signers)
    _must_be_text(text)
    if not signers or not all(_is_name(each.name) for each in signers):
        raise NoteInvalid("a note is signed, under a name without spaces and plus signs")
    return f"{text}\n{''.join(each.line(text) for each in signers)}"


def opened(note: str, verifiers: Iterable[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """The text of a note, and the known keys that signed it: one at least.

    Signatures of keys that are not known are passed over, as a note may bear those of witnesses. Raises NoteInvalid,
    also where a known key's signature is wrong, whatever others there are.
    """
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    _must_be_text(text)
    if not lines.endswith("\n"):
        raise NoteInvalid("a note ends with the line of a signature")
    known = {(each.name, each.id): each for each in verifiers}
    found: dict[tuple[str, bytes], Verifier] = {}
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > SIGNATURES_MAX:
        raise NoteInvalid("a note of too many signatures")
    for name, key_id, signature in signatures:
        verifier = known.get((name, key_id))
        if verifier is None:
            continue
        try:
            verifier.check(signature, text)
        except InvalidSignature:
            raise NoteInvalid(f"the signature of {name} is not one of this text") from None
        found[name, key_id] = verifier
    if not found:
        raise NoteInvalid("nobody known has signed this note")
    return text, tuple(found.values())


def cosignature(text: str, lines: str, witness: Verifier) -> str:
    """The line by which a witness signs a text, among those given to it, with its end.

    Lines of keys that are not known are passed over. Raises NoteInvalid where there is none, or a wrong one.
    """
    opened(f"{text}\n{lines}", [witness])
    known = (witness.name, witness.id)
    return next(f"{line}\n" for line in lines.split("\n") if _signature(line)[:2] == known)


def seen_at(line: str) -> datetime:
    """When a witness says to have seen what it signs by a line, which is checked elsewhere. Raises NoteInvalid."""
    seconds = int.from_bytes(_signature(line.removesuffix("\n"))[2][:TIME_BYTES], "big")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoteInvalid("a witness has signed at a time that no calendar has") from None


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix(MARK).partition(" ")
    raw = _decoded(encoded)
    if not line.startswith(MARK) or not space or not _is_name(name) or len(raw) <= KEY_ID_BYTES:
        raise NoteInvalid("a line of a note that should be a signature is none")
    return name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:]


def _must_be_text(text: str) -> None:
    is_of_lines = text.endswith("\n") and not text.startswith("\n") and "\n\n" not in text
    if not is_of_lines or any(each < " " and each != "\n" for each in text):
        raise NoteInvalid("the text of a note is of whole lines, none empty, without control characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteInvalid("the text of a note is one that UTF-8 can hold") from None


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(each.isspace() or each < " " for each in name)


def _decoded(encoded: str) -> bytes:
    """What base64 stands for; nothing where it is not written in the one way that there is."""
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if b64encode(raw).decode() == encoded else b""
