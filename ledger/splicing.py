"""Opens the boxes of a stored payload within its bytes, so that a fact is decoded once, into its type."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from ledger.personal_fields import SEALED, SEALED_FIELDS, Choice, Node, StructPlan, step
from ledger.sealing import PersonKey, Place, SealBroken, open_box, unarmoured

# Within the text of a JSON value no quotation mark stands bare: what this finds is a member of an object.
_BOX: Final = re.compile(rb'"%b":"([^"\\]*)","%b":\[[^\]]*\]' % (SEALED.encode(), SEALED_FIELDS.encode()))


class _Expected(NamedTuple):
    """Where a box may stand, and the tags of the Structs that have one there; none where there always is one."""

    path: str
    tags: tuple[bytes, ...] = ()


class Boxes:
    """The boxes of one payload, found but not opened."""

    __slots__ = ("_found", "_payload", "keys")

    def __init__(self, payload: bytes, found: list[tuple[int, int, bytes, str]]) -> None:
        self._payload = payload
        self._found = found
        self.keys = {box[1:17] for _, _, box, _ in found}
        """The keys that they name."""

    def opened(self, place: Place, keys: Mapping[bytes, PersonKey | None]) -> bytes | None:
        """The payload as it was before its boxes were closed; None if it takes a closer look to say why not."""
        parts: list[bytes] = []
        end = 0
        for first, last, box, path in self._found:
            try:
                hidden = open_box(box, path, place, keys)
            except SealBroken:
                return None
            if hidden is None:
                return None
            parts += (self._payload[end:first], hidden[1:-1])
            end = last
        return b"".join((*parts, self._payload[end:]))


class Finder:
    """Finds the boxes of one stored type, where their number and places follow from it."""

    def __init__(self, plan: StructPlan) -> None:
        places = list(_places(plan, "$.payload"))
        self._places = None if None in places else [place for place in places if place is not None]

    def find(self, payload: bytes) -> Boxes | None:
        """The boxes, each where the type foresees one; None if these are other ones, or it does not say where."""
        if self._places is None:
            return None
        expected = [path for path, tags in self._places if not tags or any(tag in payload for tag in tags)]
        matches = list(_BOX.finditer(payload))
        if len(matches) != len(expected):
            return None
        return Boxes(
            payload,
            [
                (match.start(), match.end(), unarmoured(match[1]), path)
                for match, path in zip(matches, expected, strict=True)
            ],
        )


def _places(node: Node, path: str) -> Iterator[_Expected | None]:
    """The places of boxes in the order of the stored bytes; None for one that occurs any number of times."""
    if isinstance(node, StructPlan):
        members: list[tuple[str, Node | None]] = [*node.children]
        if node.blanks:
            members.append((SEALED, None))
        for name, child in sorted(members, key=lambda member: member[0]):
            if child is None:
                yield _Expected(path)
            else:
                yield from _places(child, path + step(name))
    elif isinstance(node, Choice) and not node.others:
        yield _choice(node, path)
    else:
        yield None


def _choice(node: Choice, path: str) -> _Expected | None:
    tags = []
    for tag, struct in node.structs.items():
        if tag is None or list(_places(struct, path)) != [_Expected(path)]:
            return None
        tags.append(_member(*tag))
    return _Expected(path, tuple(tags))


def _member(name: str, value: Any) -> bytes:
    return msgspec.json.encode({name: value})[1:-1]
