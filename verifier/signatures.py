"""Signatures that authorities use (RSA, RSA-PSS, ECDSA, Ed25519, by SHA-2) verified in plain Python."""

import hashlib
from typing import Final, NamedTuple

from verifier.der import (
    BIT_STRING,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    DerInvalid,
    Fields,
    Item,
    integer,
    oid,
    only,
    sequence,
    whole_bytes,
)
from verifier.ed25519 import ed25519_is_valid

DIGESTS: Final = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
MODULUS_BITS_MIN: Final = 2_048
MODULUS_BITS_MAX: Final = 8_192
EXPONENT_MAX: Final = 2**32

_RSA: Final = "1.2.840.113549.1.1.1"
_MGF1: Final = "1.2.840.113549.1.1.8"
_PSS: Final = "1.2.840.113549.1.1.10"
_EC: Final = "1.2.840.10045.2.1"
_ED25519: Final = "1.3.101.112"
_RSA_WITH: Final = {
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA_WITH: Final = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_BROKEN: Final = {
    "1.2.840.113549.1.1.4": "MD5",
    "1.2.840.113549.1.1.5": "SHA-1",
    "1.2.840.10045.4.1": "SHA-1",
    "1.2.840.10040.4.3": "SHA-1",
    "1.3.14.3.2.26": "SHA-1",
    "1.3.14.3.2.29": "SHA-1",
    "1.2.840.113549.2.5": "MD5",
}
_DIGEST_INFO: Final = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What precedes a digest in a signature of PKCS #1 v1.5 (RFC 8017, 9.2)."""


class SignatureUnknown(ValueError):
    """A key or an algorithm that is not accepted; told in French."""


class Curve(NamedTuple):
    """y² = x³ - 3x + b over a prime field, and a point that makes a group of prime order (FIPS 186-5)."""

    prime: int
    b: int
    order: int
    base: tuple[int, int]


class Algorithm(NamedTuple):
    """How something was signed."""

    name: str
    digest: str
    salt_bytes: int = 0


CURVES: Final = {
    "1.2.840.10045.3.1.7": Curve(
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        (
            0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
            0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        ),
    ),
    "1.3.132.0.34": Curve(
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        (
            0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
            0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        ),
    ),
    "1.3.132.0.35": Curve(
        2**521 - 1,
        int(
            "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109"
            "E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00",
            16,
        ),
        int(
            "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
            "FA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
            16,
        ),
        (
            int(
                "00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3D"
                "BAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66",
                16,
            ),
            int(
                "011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E66"
                "2C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650",
                16,
            ),
        ),
    ),
}


def digest_named(item: Item) -> str:
    """The name of a digest, as `hashlib` knows it. Raises DerInvalid, and SignatureUnknown for one that is broken."""
    fields = sequence(item)
    identifier = oid(fields.next(OBJECT_IDENTIFIER))
    _no_parameters(fields)
    if identifier not in DIGESTS:
        raise SignatureUnknown(f"empreinte {_BROKEN.get(identifier, identifier)} refusée : il faut SHA-256, 384 ou 512")
    return DIGESTS[identifier]


def algorithm_named(item: Item, digest: str | None = None) -> Algorithm:
    """How something was signed; `digest` is the one told elsewhere, where RSA is named without any.

    Raises DerInvalid, SignatureUnknown.
    """
    fields = sequence(item)
    identifier = oid(fields.next(OBJECT_IDENTIFIER))
    if identifier == _PSS:
        return _pss(fields)
    if identifier in _ECDSA_WITH or identifier == _ED25519:
        fields.end()
        return (
            Algorithm("ecdsa", _ECDSA_WITH[identifier]) if identifier in _ECDSA_WITH else Algorithm("ed25519", "sha512")
        )
    _no_parameters(fields)
    if identifier in _RSA_WITH:
        return Algorithm("rsa", _RSA_WITH[identifier])
    if identifier == _RSA and digest:
        return Algorithm("rsa", digest)
    raise SignatureUnknown(f"signature {_BROKEN.get(identifier, identifier)} refusée : algorithme faible ou inconnu")


def _no_parameters(fields: Fields) -> None:
    parameters = fields.optional(NULL)
    fields.end()
    if parameters is not None and parameters.content:
        raise DerInvalid("une valeur nulle n'est pas vide")


def _pss(fields: Fields) -> Algorithm:
    """RSASSA-PSS-params of RFC 4055, whose defaults are SHA-1: they must say otherwise."""
    parameters = sequence(fields.next(SEQUENCE))
    fields.end()
    digest = digest_named(only(parameters.next(0xA0).content, SEQUENCE))
    mask = sequence(only(parameters.next(0xA1).content, SEQUENCE))
    if oid(mask.next(OBJECT_IDENTIFIER)) != _MGF1 or digest_named(mask.next(SEQUENCE)) != digest:
        raise SignatureUnknown("signature RSA-PSS refusée : masque inconnu ou d'une autre empreinte")
    mask.end()
    salt = parameters.optional(0xA2)
    salt_bytes = 20 if salt is None else integer(only(salt.content, INTEGER))
    trailer = parameters.optional(0xA3)
    parameters.end()
    if not 0 <= salt_bytes <= 512 or (trailer and integer(only(trailer.content, INTEGER)) != 1):
        raise SignatureUnknown("signature RSA-PSS refusée : sel ou fin inconnus")
    return Algorithm("pss", digest, salt_bytes)


def is_signed(key: Item, algorithm: Algorithm, message: bytes, signature: bytes) -> bool:
    """Whether the owner of a key (SubjectPublicKeyInfo) signed a message. Raises DerInvalid, SignatureUnknown."""
    fields = sequence(key)
    named = sequence(fields.next(SEQUENCE))
    point = whole_bytes(fields.next(BIT_STRING))
    fields.end()
    kind = oid(named.next(OBJECT_IDENTIFIER))
    if kind == _RSA and algorithm.name in ("rsa", "pss"):
        _no_parameters(named)
        return _rsa_is_valid(point, algorithm, message, signature)
    if kind == _EC and algorithm.name == "ecdsa":
        curve = CURVES.get(oid(named.next(OBJECT_IDENTIFIER)))
        named.end()
        if curve is None:
            raise SignatureUnknown("clé refusée : courbe elliptique inconnue")
        return _ecdsa_is_valid(curve, point, hashlib.new(algorithm.digest, message).digest(), signature)
    if kind == _ED25519 and algorithm.name == "ed25519":
        named.end()
        return ed25519_is_valid(point, message, signature)
    raise SignatureUnknown("clé refusée : elle n'est pas de la sorte que la signature demande, ou d'une sorte inconnue")


def _rsa_is_valid(key: bytes, algorithm: Algorithm, message: bytes, signature: bytes) -> bool:
    numbers = sequence(only(key, SEQUENCE))
    modulus, exponent = integer(numbers.next(INTEGER)), integer(numbers.next(INTEGER))
    numbers.end()
    size = modulus.bit_length()
    if modulus < 0 or not MODULUS_BITS_MIN <= size <= MODULUS_BITS_MAX or modulus % 2 == 0:
        raise SignatureUnknown(f"clé RSA refusée : il faut de {MODULUS_BITS_MIN} à {MODULUS_BITS_MAX} bits")
    if not 3 <= exponent <= EXPONENT_MAX or exponent % 2 == 0:
        raise SignatureUnknown("clé RSA refusée : son exposant public n'est pas admis")
    number = int.from_bytes(signature, "big")
    if len(signature) != (size + 7) // 8 or not 0 < number < modulus:
        return False
    digest = hashlib.new(algorithm.digest, message).digest()
    encoded = pow(number, exponent, modulus)
    if algorithm.name == "pss":
        return _is_pss(encoded, size - 1, algorithm, digest)
    told = _DIGEST_INFO[algorithm.digest] + digest
    padding = b"\xff" * (len(signature) - 3 - len(told))
    return encoded == int.from_bytes(b"\x00\x01" + padding + b"\x00" + told, "big")


def _is_pss(number: int, size: int, algorithm: Algorithm, digest: bytes) -> bool:
    """EMSA-PSS-VERIFY of RFC 8017, 9.1.2."""
    length, salt_bytes = (size + 7) // 8, algorithm.salt_bytes
    zeros = length - len(digest) - salt_bytes - 2
    if zeros < 0 or number >> size:
        return False
    encoded = number.to_bytes(length, "big")
    masked, told, end = encoded[: -len(digest) - 1], encoded[-len(digest) - 1 : -1], encoded[-1]
    mask = _mask(told, len(masked), algorithm.digest)
    block = int.from_bytes(masked, "big") ^ int.from_bytes(mask, "big")
    shown = (block & ((1 << (8 * len(masked) - (8 * length - size))) - 1)).to_bytes(len(masked), "big")
    salt = shown[zeros + 1 :]
    expected = hashlib.new(algorithm.digest, bytes(8) + digest + salt).digest()
    return end == 0xBC and shown[: zeros + 1] == bytes(zeros) + b"\x01" and told == expected


def _mask(seed: bytes, length: int, digest: str) -> bytes:
    """MGF1 of RFC 8017, B.2.1."""
    blocks = (hashlib.new(digest, seed + number.to_bytes(4, "big")).digest() for number in range(length // 32 + 1))
    return b"".join(blocks)[:length]


Jacobian = tuple[int, int, int]
"""X, Y, Z with x = X/Z² and y = Y/Z³; Z is 0 for the point at infinity."""


def _ecdsa_is_valid(curve: Curve, key: bytes, digest: bytes, signature: bytes) -> bool:
    """FIPS 186-5, 6.4.2."""
    numbers = sequence(only(signature, SEQUENCE))
    r, s = integer(numbers.next(INTEGER)), integer(numbers.next(INTEGER))
    numbers.end()
    if not (0 < r < curve.order and 0 < s < curve.order):
        return False
    excess = max(0, 8 * len(digest) - curve.order.bit_length())
    number = int.from_bytes(digest, "big") >> excess
    inverse = pow(s, -1, curve.order)
    x, _, z = _curve_combined(
        curve, number * inverse % curve.order, r * inverse % curve.order, _curve_point(curve, key)
    )
    return z != 0 and x * pow(z, -2, curve.prime) % curve.prime % curve.order == r


def _curve_point(curve: Curve, key: bytes) -> Jacobian:
    size = (curve.prime.bit_length() + 7) // 8
    x, y = int.from_bytes(key[1 : 1 + size], "big"), int.from_bytes(key[1 + size :], "big")
    is_on_curve = (y * y - x * x * x + 3 * x - curve.b) % curve.prime == 0
    if len(key) != 1 + 2 * size or key[0] != 4 or max(x, y) >= curve.prime or not is_on_curve:
        raise SignatureUnknown("clé refusée : ce n'est pas un point de sa courbe, écrit en entier")
    return x, y, 1


def _curve_combined(curve: Curve, of_base: int, of_key: int, key: Jacobian) -> Jacobian:
    """[of_base]G + [of_key]key, in one walk over the bits of both."""
    base = (*curve.base, 1)
    table = ((0, 1, 0), base, key, _curve_added(curve.prime, base, key))
    point = table[0]
    for place in reversed(range(curve.order.bit_length())):
        point = _curve_doubled(curve.prime, point)
        which = (of_base >> place & 1) | (of_key >> place & 1) << 1
        if which:
            point = _curve_added(curve.prime, point, table[which])
    return point


def _curve_doubled(prime: int, point: Jacobian) -> Jacobian:
    x, y, z = point
    delta, gamma = z * z % prime, y * y % prime
    beta, alpha = x * gamma % prime, 3 * (x - delta) * (x + delta) % prime
    doubled = (alpha * alpha - 8 * beta) % prime
    return doubled, (alpha * (4 * beta - doubled) - 8 * gamma * gamma) % prime, 2 * y * z % prime


def _curve_added(prime: int, first: Jacobian, second: Jacobian) -> Jacobian:
    if first[2] == 0 or second[2] == 0:
        return second if first[2] == 0 else first
    square, other = first[2] * first[2] % prime, second[2] * second[2] % prime
    u, v = first[0] * other % prime, second[0] * square % prime
    s, t = first[1] * other * second[2] % prime, second[1] * square * first[2] % prime
    h, r = (v - u) % prime, (t - s) % prime
    if h == 0:
        return _curve_doubled(prime, first) if r == 0 else (0, 1, 0)
    cube, middle = h * h * h % prime, u * h * h % prime
    x = (r * r - cube - 2 * middle) % prime
    return x, (r * (middle - x) - s * cube) % prime, h * first[2] * second[2] % prime
