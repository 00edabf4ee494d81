"""DER (X.690) read strictly, one level at a time: whoever wrote it, each value has one way to be written."""

import re
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

INTEGER_BYTES_MAX: Final = 1_100
"""A modulus of 8192 bits and some more."""
OID_BYTES_MAX: Final = 64
# `datetime.UTC` is of Python 3.11; whoever verifies may have an older one.
_UTC: Final = timezone(timedelta())
_UTC_TIME: Final = re.compile(rb"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z")
_GENERALIZED_TIME: Final = re.compile(
    rb"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{0,20}[1-9]))?Z"
)


class DerInvalid(ValueError):
    """What is not written in DER, or is not what it should be; told in French."""


class Item(NamedTuple):
    """One value: its tag, what it holds, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


def items(data: bytes) -> list[Item]:
    """The values that follow each other in some bytes, to the last byte. Raises DerInvalid."""
    found = []
    start = 0
    while start < len(data):
        begins, end = _extent(data, start)
        found.append(Item(data[start], data[begins:end], data[start:end]))
        start = end
    return found


def only(data: bytes, tag: int) -> Item:
    """The one value that some bytes are. Raises DerInvalid, also for bytes that follow it."""
    fields = Fields(data)
    found = fields.next(tag)
    fields.end()
    return found


def _extent(data: bytes, start: int) -> tuple[int, int]:
    """Where the content of a value begins and ends."""
    if data[start] & 0x1F == 0x1F or start + 1 >= len(data):
        raise DerInvalid("une étiquette DER est inconnue ou sans longueur")
    length, begins = data[start + 1], start + 2
    if length >= 0x80:
        count = length & 0x7F
        encoded = data[begins : begins + count]
        length, begins = int.from_bytes(encoded, "big"), begins + count
        if not 1 <= count <= 4 or len(encoded) != count or encoded[0] == 0 or length < 0x80:
            raise DerInvalid("une longueur DER n'est pas écrite sous sa seule forme admise")
    if begins + length > len(data):
        raise DerInvalid("une valeur DER dépasse ce qui la contient")
    return begins, begins + length


class Fields:
    """Walks over values in their order, by the tags they should have."""

    def __init__(self, data: bytes) -> None:
        self._left = items(data)[::-1]

    def next(self, tag: int) -> Item:
        """The next value. Raises DerInvalid unless it has this tag."""
        found = self.optional(tag)
        if found is None:
            raise DerInvalid("un champ attendu manque, ou est d'un autre type")
        return found

    def optional(self, tag: int) -> Item | None:
        """The next value where it has this tag."""
        return self._left.pop() if self._left and self._left[-1].tag == tag else None

    def end(self) -> None:
        """Raises DerInvalid unless that was all."""
        if self._left:
            raise DerInvalid("des octets suivent la fin de ce qui est attendu")


def sequence(item: Item) -> Fields:
    """The fields of a SEQUENCE. Raises DerInvalid."""
    if item.tag != SEQUENCE:
        raise DerInvalid("une suite de champs est attendue")
    return Fields(item.content)


def integer(item: Item) -> int:
    """A whole number, written without bytes that add nothing. Raises DerInvalid."""
    content = item.content
    if item.tag != INTEGER or not 1 <= len(content) <= INTEGER_BYTES_MAX:
        raise DerInvalid("un nombre entier est attendu")
    if len(content) > 1 and (content[0], content[1] >> 7) in ((0x00, 0), (0xFF, 1)):
        raise DerInvalid("un nombre entier n'est pas écrit sous sa seule forme admise")
    return int.from_bytes(content, "big", signed=True)


def boolean(item: Item | None) -> bool:
    """Whether something holds; not where it is not said. Raises DerInvalid.

    That it does not hold may be said where it goes without saying: many authorities do.
    """
    if item is None:
        return False
    if item.tag != BOOLEAN or item.content not in (b"\x00", b"\xff"):
        raise DerInvalid("une valeur vraie ou fausse est attendue")
    return item.content == b"\xff"


def oid(item: Item) -> str:
    """An identifier in its dotted form. Raises DerInvalid."""
    content = item.content
    if item.tag != OBJECT_IDENTIFIER or not 1 <= len(content) <= OID_BYTES_MAX or content[-1] & 0x80:
        raise DerInvalid("un identifiant d'objet est attendu")
    parts: list[int] = []
    part, begins = 0, True
    for byte in content:
        if begins and byte == 0x80:
            raise DerInvalid("un identifiant d'objet n'est pas écrit sous sa seule forme admise")
        part, begins = part << 7 | byte & 0x7F, not byte & 0x80
        if begins:
            parts.append(part)
            part = 0
    first = min(parts[0] // 40, 2)
    return ".".join(map(str, (first, parts[0] - 40 * first, *parts[1:])))


def bits(item: Item) -> tuple[bytes, int]:
    """The bytes of a BIT STRING and how many bits of the last are none of it, which are zero. Raises DerInvalid."""
    unused = item.content[0] if item.content else 8
    if item.tag != BIT_STRING or unused > 7 or (unused and len(item.content) == 1):
        raise DerInvalid("une suite de bits est attendue")
    if unused and item.content[-1] & ((1 << unused) - 1):
        raise DerInvalid("une suite de bits n'est pas écrite sous sa seule forme admise")
    return item.content[1:], unused


def whole_bytes(item: Item) -> bytes:
    """A BIT STRING of whole bytes. Raises DerInvalid."""
    found, unused = bits(item)
    if unused:
        raise DerInvalid("une suite d'octets entiers est attendue")
    return found


def moment(item: Item) -> datetime:
    """A moment in UTC, to the microsecond below. Raises DerInvalid."""
    pattern = {UTC_TIME: _UTC_TIME, GENERALIZED_TIME: _GENERALIZED_TIME}.get(item.tag)
    found = pattern.fullmatch(item.content) if pattern else None
    if found is None:
        raise DerInvalid("une date en temps universel est attendue")
    year, *rest = (int(part) for part in found.groups()[:6])
    if item.tag == UTC_TIME:
        year += 2000 if year < 50 else 1900
    fraction = (found[7] or b"") if item.tag == GENERALIZED_TIME else b""
    try:
        return datetime(year, *rest, int(fraction[:6].ljust(6, b"0")), tzinfo=_UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        raise DerInvalid("une date n'existe pas au calendrier") from None
