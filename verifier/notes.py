"""Notes signed as c2sp.org/signed-note says, checkpoints (tlog-checkpoint) and cosignatures (tlog-cosignature)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from verifier.ed25519 import ed25519_is_valid
from verifier.faults import Invalid

NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")
MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


class Key(NamedTuple):
    """A public key and the name it goes by."""

    name: str
    kind: int
    """1: signs notes; 4: signs as a witness, with the time."""
    raw: bytes
    text: str

    @property
    def id(self) -> bytes:
        """What tells the keys of one name apart."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.raw).digest()[:4]


class Note(NamedTuple):
    """The text of a note and its signatures, none of them verified."""

    text: str
    signatures: list[tuple[str, bytes, bytes]]
    """Name, number of the key, signature."""

    def without_witnesses(self) -> bytes:
        """The note as it was before witnesses added their lines."""
        origin = self.text.partition("\n")[0]
        own = [(name, number + signature) for name, number, signature in self.signatures if name == origin]
        lines = "".join(f"— {name} {base64.b64encode(raw).decode()}\n" for name, raw in own)
        return f"{self.text}\n{lines}".encode()

    def by(self, keys: Iterable[Key]) -> list[Key]:
        """Those of these keys that signed it. Raises Invalid where one of them seems to have and has not."""
        known = {(key.name, key.id): key for key in keys}
        found = []
        for name, number, signature in self.signatures:
            key = known.get((name, number))
            if key is None or key in found:
                continue
            if not has_signed(key, self.text, signature):
                raise Invalid(f"la signature de « {name} » (clé {number.hex()}) n'est pas celle de ce texte")
            found.append(key)
        return found


def has_signed(key: Key, text: str, signature: bytes) -> bool:
    """Whether a signature is this key's of a text; a witness's says the time too."""
    message = text.encode()
    if key.kind == 4:
        if len(signature) != 72:
            return False
        message = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n".encode() + message
        signature = signature[8:]
    return ed25519_is_valid(key.raw, message, signature)


def decoded(text: str) -> bytes:
    """What base64 stands for, written in the one way that there is. Raises Invalid."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("un texte en base64 est illisible") from None
    if base64.b64encode(raw).decode() != text:
        raise Invalid("un texte en base64 n'est pas écrit de la seule façon admise")
    return raw


def key_of(text: str) -> Key:
    """Read a public key as it is given: name, number, base64. Raises Invalid."""
    name, _, rest = text.partition("+")
    number, _, encoded = rest.partition("+")
    raw = decoded(encoded)
    if not is_name(name) or len(raw) != 33 or raw[0] not in (1, 4):
        raise Invalid("ceci n'est pas une clé publique Ed25519 « nom+numéro+base64 »")
    key = Key(name, raw[0], raw[1:], text)
    if key.id.hex() != number:
        raise Invalid("le numéro de la clé n'est pas le sien : elle a été mal recopiée")
    return key


def is_name(name: str) -> bool:
    """Whether a name can stand in a signature."""
    return bool(name) and "+" not in name and not any(each.isspace() or each < " " for each in name)


def note_of(raw: bytes) -> Note:
    """Read a note. Raises Invalid."""
    try:
        whole = raw.decode()
    except UnicodeDecodeError:
        raise Invalid("le texte n'est pas en UTF-8") from None
    body, blank, lines = whole.rpartition("\n\n")
    text = body + "\n"
    if not blank or not lines.endswith("\n") or text.startswith("\n") or "\n\n" in text:
        raise Invalid("le texte signé n'a pas la forme d'une note : un texte, une ligne vide, des signatures")
    if any(each < " " and each != "\n" for each in whole):
        raise Invalid("le texte signé contient un caractère de commande")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, _, encoded = line[2:].partition(" ")
        if not line.startswith("— ") or not is_name(name):
            raise Invalid("une ligne de signature n'en est pas une")
        signature = decoded(encoded)
        if len(signature) <= 4:
            raise Invalid("une signature est vide")
        signatures.append((name, signature[:4], signature[4:]))
    return Note(text, signatures)


class Checkpoint(NamedTuple):
    """What the log was at some moment, as its keys signed it."""

    name: str
    origin: str
    size: int
    root: bytes
    position: int
    made_at: str
    note: Note


def checkpoint_of(name: str, raw: bytes) -> Checkpoint:
    """Read a checkpoint, its signatures not verified. Raises Invalid."""
    note = note_of(raw)
    lines = note.text.split("\n")
    if len(lines) != 6 or not is_name(lines[0]) or not NUMBER.fullmatch(lines[1]):
        raise Invalid("ce n'est pas un point de contrôle : journal, nombre de faits, racine, position, date")
    position, made_at = lines[3].removeprefix("position "), lines[4].removeprefix("le ")
    root = decoded(lines[2])
    if len(root) != 32 or not NUMBER.fullmatch(position) or not MOMENT.fullmatch(made_at):
        raise Invalid("la racine, la position ou la date du point de contrôle est illisible")
    if f"position {position}" != lines[3] or f"le {made_at}" != lines[4]:
        raise Invalid("la position ou la date du point de contrôle n'est pas écrite comme elle doit l'être")
    size = int(lines[1])
    if size == 0:
        raise Invalid("ce point de contrôle est celui d'un arbre vide, qui ne prouve rien")
    return Checkpoint(name, lines[0], size, root, int(position), made_at, note)
