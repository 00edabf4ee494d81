"""Ed25519 signatures (RFC 8032) verified in plain Python, read strictly: one signature, one way to write it."""

import hashlib
from typing import Final

Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X/Z, y = Y/Z and xy = T/Z: extended coordinates (Hisil, Wong, Carter, Dawson 2008)."""
Addend = tuple[int, int, int, int]
"""Y - X, Y + X, 2Z and 2dT of a point: what an addition asks of the second of two."""

PRIME: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of the group that the base point makes."""
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_D: Final = -121665 * pow(121666, -1, PRIME) % PRIME
_ROOT_OF_MINUS_ONE: Final = pow(2, (PRIME - 1) // 4, PRIME)
_SIGN: Final = 1 << 255
_NEUTRAL: Final[Point] = (0, 1, 1, 0)
_KEY_WINDOW: Final = 5
_BASE_WINDOW: Final = 8


def ed25519_is_valid(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature is this key's, of this message: [S]B = R + [k]A without the cofactor.

    Refused are also numbers S that are not below the order, points that are not written in their only canonical way,
    and keys of small order, for which one signature would do for many messages.
    """
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    point = _decoded(public)
    number = int.from_bytes(signature[32:], "little")
    if point is None or number >= ORDER or _is_of_small_order(point):
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    # Compared as it is written: what decodes to the same point but is written otherwise is not the same.
    return _encoded(_combined(number, challenge, _negative(point))) == signature[:32]


def _decoded(encoded: bytes) -> Point | None:
    number = int.from_bytes(encoded, "little")
    y, is_odd = number & (_SIGN - 1), number >= _SIGN
    if y >= PRIME:
        return None
    square = y * y % PRIME
    above, below = (square - 1) % PRIME, (_D * square + 1) % PRIME
    x = above * pow(below, 3, PRIME) * pow(above * pow(below, 7, PRIME), (PRIME - 5) // 8, PRIME) % PRIME
    if below * x * x % PRIME != above:
        x = x * _ROOT_OF_MINUS_ONE % PRIME
    if below * x * x % PRIME != above or (x == 0 and is_odd):
        return None
    if x % 2 != is_odd:
        x = PRIME - x
    return x, y, 1, x * y % PRIME


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], -1, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _is_of_small_order(point: Point) -> bool:
    x, y, z, _ = _doubled(_doubled(_doubled(point)))
    return x == 0 and y == z


def _negative(point: Point) -> Point:
    x, y, z, t = point
    return PRIME - x, y, z, PRIME - t


def _doubled(point: Point) -> Point:
    x, y, z, _ = point
    a, b, sum_ = x * x % PRIME, y * y % PRIME, x + y
    e, g, h = sum_ * sum_ % PRIME - a - b, b - a, -a - b
    f = g - 2 * z * z % PRIME
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _addend(point: Point) -> Addend:
    x, y, z, t = point
    return y - x, y + x, 2 * z, 2 * _D * t % PRIME


def _added(point: Point, other: Addend) -> Point:
    x, y, z, t = point
    a, b, c, d = (y - x) * other[0] % PRIME, (y + x) * other[1] % PRIME, t * other[3] % PRIME, z * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _subtracted(point: Point, other: Addend) -> Point:
    return _added(point, (other[1], other[0], other[2], -other[3]))


def _odd_multiples(point: Point, window: int) -> list[Addend]:
    twice = _addend(_doubled(point))
    multiples = [point]
    while len(multiples) < 1 << (window - 2):
        multiples.append(_added(multiples[-1], twice))
    return [_addend(each) for each in multiples]


def _digits(number: int, window: int) -> list[int]:
    """A number in digits that are zero or odd, at most one of `window` neighbours not zero; the lowest first."""
    digits, whole = [], 1 << window
    while number:
        digit = 0
        if number & 1:
            digit = number % whole
            digit -= whole if digit > whole // 2 else 0
            number -= digit
        digits.append(digit)
        number >>= 1
    return digits


def _combined(of_base: int, of_key: int, key: Point) -> Point:
    """[of_base]B + [of_key]key, in one walk over the digits of both."""
    tables = (_BASE_MULTIPLES, _odd_multiples(key, _KEY_WINDOW))
    numbers = (_digits(of_base, _BASE_WINDOW), _digits(of_key, _KEY_WINDOW))
    point = _NEUTRAL
    for place in reversed(range(max(map(len, numbers)))):
        point = _doubled(point)
        for table, digits in zip(tables, numbers, strict=True):
            digit = digits[place] if place < len(digits) else 0
            if digit > 0:
                point = _added(point, table[digit // 2])
            elif digit < 0:
                point = _subtracted(point, table[-digit // 2])
    return point


def _base() -> Point:
    y = 4 * pow(5, -1, PRIME) % PRIME
    found = _decoded(y.to_bytes(32, "little"))
    assert found is not None
    return found


_BASE_MULTIPLES: Final = _odd_multiples(_base(), _BASE_WINDOW)
