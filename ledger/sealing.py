"""How personal fields are closed into boxes and opened again."""

import binascii
import os
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.envelope import UNASSIGNED
from ledger.personal_fields import PERSON, SEALED, SEALED_FIELDS, StructPlan, step

BOX_FORM: Final = b"\x01"
NONCE_BYTES: Final = 12


class SealBroken(ValueError):
    """A box that does not open where it stands: altered, moved, or of a lost key."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


class PersonKey:
    """A person's data key, ready for use."""

    __slots__ = ("answers", "cipher", "key_id", "person", "raw")

    def __init__(self, person: UUID, key_id: UUID, raw: bytes) -> None:
        self.person = person
        self.key_id = key_id
        self.raw = raw
        self.cipher = AESGCM(raw)
        self.answers: AESGCM | None = None
        """Seals the answers that name nobody else; made at the first of them."""


class Place(msgspec.Struct, frozen=True):
    """The fact a box belongs to; a box opens nowhere else."""

    stream: UUID
    version: int
    topic: str

    def bound(self, path: str) -> bytes:
        """The additional data of the box at `path`: unambiguous, fixed in docs/ledger.md."""
        topic = self.topic.encode()
        return b"smoe-box-1%b%b%b%b%b" % (
            self.stream.bytes,
            self.version.to_bytes(8, "big"),
            len(topic).to_bytes(4, "big"),
            topic,
            path.encode(),
        )


def json_tree(value: Any) -> dict[str, Any]:
    """What a Struct is in JSON, and nothing else: `msgspec.to_builtins` would leave tuples and sets in it."""
    tree = msgspec.json.decode(msgspec.json.encode(value))
    if type(tree) is not dict:
        raise TypeError(f"{type(value).__name__} is not stored as an object")
    return tree


def persons_in(tree: dict[str, Any], plan: StructPlan) -> set[UUID]:
    """Whose keys are needed to close the personal fields of a built fact."""
    found: set[UUID] = set()

    def note(value: dict[str, Any], _plan: StructPlan, path: str) -> None:
        person = UUID(value[PERSON])
        if person == UNASSIGNED:
            raise ValueError(f"nobody is named at {path}: a form that has not been recorded cannot be stored")
        found.add(person)

    plan.walk(tree, "$", note, outer_first=False)
    return found


def close(tree: dict[str, Any], plan: StructPlan, path: str, place: Place, keys: Mapping[UUID, PersonKey]) -> None:
    """Replace the personal fields of every Struct in the tree by its box."""

    def seal(value: dict[str, Any], struct: StructPlan, at: str) -> None:
        hidden = {name: value.pop(name) for name in struct.blanks if name in value}
        value[SEALED] = box_of(msgspec.json.encode(hidden), keys[UUID(value[PERSON])], place, at)
        value[SEALED_FIELDS] = list(hidden)

    plan.walk(tree, path, seal, outer_first=False)


def box_of(hidden: bytes, key: PersonKey, place: Place, path: str) -> str:
    """Close the personal fields of one Struct, as JSON, with their person's key."""
    nonce = os.urandom(NONCE_BYTES)
    closed = key.cipher.encrypt(nonce, hidden, place.bound(path))
    return binascii.b2a_base64(BOX_FORM + key.key_id.bytes + nonce + closed, newline=False).decode()


def key_ids_in(tree: Any) -> set[bytes]:
    """Which keys the boxes of a stored tree name, 16 bytes each; what is not a box names none."""
    found: set[bytes] = set()

    def look(value: Any) -> None:
        if type(value) is dict:
            box = value.get(SEALED)
            if type(box) is str and SEALED_FIELDS in value and len(raw := unarmoured(box)) >= 17:
                found.add(raw[1:17])
            for item in value.values():
                look(item)
        elif type(value) is list:
            for item in value:
                look(item)

    look(tree)
    return found


def key_ids_of(tree: dict[str, Any], plan: StructPlan) -> set[bytes]:
    """`key_ids_in` for a tree of the present form, where it is known which Structs have a box."""
    found: set[bytes] = set()

    def look(value: dict[str, Any], _plan: StructPlan, _path: str) -> None:
        box = value.get(SEALED)
        if type(box) is str:
            found.add(unarmoured(box)[1:17])

    plan.walk(tree, "$", look, outer_first=True)
    return found


def open_planned(
    tree: dict[str, Any], plan: StructPlan, path: str, place: Place, keys: Mapping[bytes, PersonKey | None]
) -> None:
    """Put the personal fields back, or what they read as after erasure; raises SealBroken."""

    def unseal(value: dict[str, Any], struct: StructPlan, at: str) -> None:
        if SEALED in value and not _open_box(value, at, place, keys):
            value.update(struct.blanks)

    plan.walk(tree, path, unseal, outer_first=True)


def open_anywhere(tree: Any, path: str, place: Place, keys: Mapping[bytes, PersonKey | None]) -> bool:
    """Open the boxes of an old form, whose shape is no longer known; erased fields are None; True if any was."""
    erased = False
    if type(tree) is dict:
        if SEALED in tree and SEALED_FIELDS in tree:
            names = tree[SEALED_FIELDS]
            if not _open_box(tree, path, place, keys):
                erased = True
                tree.update(dict.fromkeys(names))
        for name, item in tree.items():
            erased |= open_anywhere(item, path + step(name), place, keys)
    elif type(tree) is list:
        for index, item in enumerate(tree):
            erased |= open_anywhere(item, f"{path}[{index}]", place, keys)
    return erased


def blank_erased(tree: dict[str, Any], plan: StructPlan) -> None:
    """After upcasting an erased fact: let required personal fields read as erased."""

    def blank(value: dict[str, Any], struct: StructPlan, _path: str) -> None:
        for name, text in struct.blanks.items():
            if value.get(name) is None:
                value[name] = text

    plan.walk(tree, "$", blank, outer_first=True)


def _open_box(value: dict[str, Any], path: str, place: Place, keys: Mapping[bytes, PersonKey | None]) -> bool:
    """Open the box of one Struct in place; False if its key was destroyed."""
    box = value.pop(SEALED)
    value.pop(SEALED_FIELDS, None)
    hidden = open_box(unarmoured(box) if type(box) is str else b"", path, place, keys)
    if hidden is None:
        return False
    value.update(msgspec.json.decode(hidden))
    return True


def open_box(raw: bytes, path: str, place: Place, keys: Mapping[bytes, PersonKey | None]) -> bytes | None:
    """The personal fields of one Struct, as JSON; None if their key was destroyed; raises SealBroken."""
    if raw[:1] != BOX_FORM or len(raw) < 1 + 16 + NONCE_BYTES + 16:
        raise SealBroken(f"{path}.{SEALED}", "not a box")
    key_id = raw[1:17]
    if key_id not in keys:
        raise SealBroken(
            f"{path}.{SEALED}", f"key {UUID(bytes=key_id)} is lost: neither present nor recorded as erased"
        )
    key = keys[key_id]
    if key is None:
        return None
    try:
        return key.cipher.decrypt(raw[17 : 17 + NONCE_BYTES], raw[17 + NONCE_BYTES :], place.bound(path))
    except InvalidTag:
        raise SealBroken(f"{path}.{SEALED}", "the box was altered or comes from another place") from None


def unarmoured(box: str | bytes) -> bytes:
    """The bytes of a box; none where it is not base64."""
    try:
        return binascii.a2b_base64(box, strict_mode=True)
    except ValueError:
        return b""
