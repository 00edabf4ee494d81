"""RSA and ECDSA in plain Python, against another implementation and all that must not pass; DER as strict as it is."""

import hashlib
import random
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.time_stamping import (
    ALGORITHMS,
    der,
    digest_algorithm,
    key,
    number,
    oid,
    rsa_padding,
    sequence_of,
    sign,
    signature_algorithm,
)
from verifier.der import (
    GENERALIZED_TIME,
    SEQUENCE,
    DerInvalid,
    bits,
    boolean,
    integer,
    items,
    moment,
    only,
    whole_bytes,
)
from verifier.der import oid as dotted
from verifier.signatures import CURVES, Algorithm, Item, SignatureUnknown, algorithm_named, is_signed

NAMES = {"p256": "1.2.840.10045.3.1.7", "p384": "1.3.132.0.34", "p521": "1.3.132.0.35"}
HASHES = ("sha256", "sha384", "sha512")
MESSAGE = b"what is signed"


def public(of: Any) -> Item:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return only(of.public_key().public_bytes(serialization.Encoding.DER, spki), SEQUENCE)


def rsa_key(modulus: int, exponent: int) -> Item:
    told = sequence_of(number(modulus), number(exponent))
    encoded = sequence_of(sequence_of(oid("1.2.840.113549.1.1.1"), b"\x05\x00"), der(0x03, b"\x00" + told))
    return only(encoded, SEQUENCE)


def ec_key(curve: str, point: bytes) -> Item:
    named = sequence_of(oid("1.2.840.10045.2.1"), oid(curve))
    return only(sequence_of(named, der(0x03, b"\x00" + point)), SEQUENCE)


def pair(r: int, s: int) -> bytes:
    return sequence_of(number(r), number(s))


def others_say(kind: str, of: Any, message: bytes, digest: str, signature: bytes) -> bool:
    algorithm = ALGORITHMS[digest]
    try:
        if isinstance(of, ec.EllipticCurvePrivateKey):
            of.public_key().verify(signature, message, ec.ECDSA(algorithm))
        else:
            of.public_key().verify(signature, message, rsa_padding(kind, digest) or padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        return False
    return True


def we_say(of: Any, algorithm: Algorithm, message: bytes, signature: bytes) -> bool:
    try:
        return is_signed(public(of), algorithm, message, signature)
    except DerInvalid:
        return False


@pytest.mark.parametrize("digest", HASHES)
@pytest.mark.parametrize("kind", ["rsa", "pss", *NAMES])
def test_another_implementation_says_the_same_of_whatever_is_signed_or_altered(kind: str, digest: str) -> None:
    chance, of = random.Random(5), key(kind, 0)
    algorithm = algorithm_named(only(signature_algorithm(kind, digest), SEQUENCE))
    for length in range(25):
        message = chance.randbytes(length)
        signature = sign(kind, of, message, digest)
        assert we_say(of, algorithm, message, signature)
        assert not we_say(of, algorithm, message + b"\x00", signature)
        for _ in range(4):
            altered = bytearray(signature)
            altered[chance.randrange(len(altered))] ^= 1 << chance.randrange(8)
            assert we_say(of, algorithm, message, bytes(altered)) == others_say(
                kind, of, message, digest, bytes(altered)
            )
        other = "sha512" if digest != "sha512" else "sha256"
        assert not we_say(of, algorithm, message, sign(kind, of, message, other))


@pytest.mark.parametrize("kind", NAMES)
def test_curves_are_the_published_ones(kind: str) -> None:
    curve, of = CURVES[NAMES[kind]], ec.derive_private_key(1, key(kind, 0).curve)
    numbers = of.public_key().public_numbers()
    assert (numbers.x, numbers.y) == curve.base


@pytest.mark.parametrize("kind", NAMES)
def test_small_and_great_private_keys_meet_the_exceptions_of_addition(kind: str) -> None:
    """Keys that are the base point, its double, its negative: where two points that are added are the same."""
    order = CURVES[NAMES[kind]].order
    for secret in (1, 2, 3, order - 1, order - 2, order // 2, order // 2 + 1):
        of = ec.derive_private_key(secret, key(kind, 0).curve)
        for turn in range(4):
            signature = sign(kind, of, b"%d" % turn, "sha256")
            assert we_say(of, Algorithm("ecdsa", "sha256"), b"%d" % turn, signature)
            assert not we_say(of, Algorithm("ecdsa", "sha256"), b"x", signature)


@pytest.mark.parametrize("kind", NAMES)
def test_numbers_out_of_range_are_refused(kind: str) -> None:
    of, order = key(kind, 0), CURVES[NAMES[kind]].order
    algorithm = Algorithm("ecdsa", "sha256")
    r, s = decode_dss_signature(sign(kind, of, MESSAGE, "sha256"))
    assert we_say(of, algorithm, MESSAGE, pair(r, s))
    for wrong in (
        (r, s + order),
        (r + order, s),
        (r, s - order),
        (r - order, s),
        (0, s),
        (r, 0),
        (order, s),
        (r, order),
    ):
        assert not we_say(of, algorithm, MESSAGE, pair(*wrong)), wrong
    # Nothing signed, under a key that anybody could make: zeros prove nothing.
    for wrong in ((0, 0), (0, 1), (1, 0)):
        assert not we_say(of, algorithm, MESSAGE, pair(*wrong))


@pytest.mark.parametrize("kind", NAMES)
def test_a_sum_that_is_nowhere_proves_nothing(kind: str) -> None:
    """Whoever makes his own key can lead the sum to the point at infinity."""
    order, secret = CURVES[NAMES[kind]].order, 12345
    of = ec.derive_private_key(secret, key(kind, 0).curve)
    digest = int.from_bytes(hashlib.sha256(MESSAGE).digest(), "big")
    r = -digest * pow(secret, -1, order) % order
    assert not we_say(of, Algorithm("ecdsa", "sha256"), MESSAGE, pair(r, 1))


@pytest.mark.parametrize("kind", NAMES)
def test_a_signature_is_written_in_one_way(kind: str) -> None:
    of = key(kind, 0)
    r, s = decode_dss_signature(sign(kind, of, MESSAGE, "sha256"))
    padded = der(0x02, b"\x00" + number(r)[2:]) if r.bit_length() % 8 else der(0x02, b"\x00\x00" + number(r)[2:])
    for written in (
        sequence_of(padded, number(s)),
        pair(r, s) + b"\x00",
        sequence_of(number(r), number(s), number(1)),
        sequence_of(number(r)),
        der(0x31, number(r), number(s)),
    ):
        with pytest.raises(DerInvalid):
            is_signed(public(of), Algorithm("ecdsa", "sha256"), MESSAGE, written)


@pytest.mark.parametrize("kind", NAMES)
def test_a_key_is_a_point_of_its_curve_written_in_full(kind: str) -> None:
    of, curve = key(kind, 0), CURVES[NAMES[kind]]
    size = (curve.prime.bit_length() + 7) // 8
    numbers = of.public_key().public_numbers()
    x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
    beyond = ((numbers.y + 1) % curve.prime).to_bytes(size, "big")
    signature = sign(kind, of, MESSAGE, "sha256")
    assert is_signed(ec_key(NAMES[kind], b"\x04" + x + y), Algorithm("ecdsa", "sha256"), MESSAGE, signature)
    for point in (
        b"",
        b"\x00",
        b"\x02" + x,
        b"\x06" + x + y,
        b"\x04" + x + beyond,
        b"\x04" + x + y + b"\x00",
        b"\x04" + b"\x00" + x + y,
        b"\x04" + x + y[:-1],
        b"\x04" + bytes(2 * size),
    ):
        with pytest.raises(SignatureUnknown, match="point de sa courbe"):
            is_signed(ec_key(NAMES[kind], point), Algorithm("ecdsa", "sha256"), MESSAGE, signature)


def test_a_coordinate_is_smaller_than_the_prime() -> None:
    """(x + p, y) would be the same point: a small x leaves room for it."""
    curve = CURVES[NAMES["p521"]]
    x = next(x for x in range(1, 99) if _has_root(curve, x))
    y = pow(x**3 - 3 * x + curve.b, (curve.prime + 1) // 4, curve.prime)
    for written, why in ((x, None), (x + curve.prime, "point de sa courbe")):
        point = b"\x04" + written.to_bytes(66, "big") + y.to_bytes(66, "big")
        if why is None:
            assert not is_signed(ec_key(NAMES["p521"], point), Algorithm("ecdsa", "sha256"), MESSAGE, pair(1, 1))
        else:
            with pytest.raises(SignatureUnknown, match=why):
                is_signed(ec_key(NAMES["p521"], point), Algorithm("ecdsa", "sha256"), MESSAGE, pair(1, 1))


def _has_root(curve: Any, x: int) -> bool:
    return pow(x**3 - 3 * x + curve.b, (curve.prime - 1) // 2, curve.prime) == 1


def test_rsa_refuses_numbers_out_of_range() -> None:
    of = key("rsa", 0)
    modulus = of.public_key().public_numbers().n
    algorithm = Algorithm("rsa", "sha256")
    signature = sign("rsa", of, MESSAGE, "sha256")
    value = int.from_bytes(signature, "big")
    assert we_say(of, algorithm, MESSAGE, signature)
    small = value + modulus
    longer = small.to_bytes((small.bit_length() + 7) // 8, "big")
    for wrong in (longer, b"\x00" + signature, signature[:-1], b"", bytes(256), (modulus - 1).to_bytes(256, "big")):
        assert not we_say(of, algorithm, MESSAGE, wrong)
        assert not we_say(of, Algorithm("pss", "sha256", 32), MESSAGE, wrong)


@pytest.mark.parametrize("kind", ["rsa", "pss"])
def test_rsa_refuses_what_is_the_same_but_for_the_modulus_or_a_zero(kind: str) -> None:
    of, algorithm = key("rsa", 0), Algorithm(kind, "sha256", 32)
    modulus, tried = of.public_key().public_numbers().n, 0
    for turn in range(200):
        message = b"%d" % turn
        signature = sign(kind, of, message, "sha256")
        assert not we_say(of, algorithm, message, b"\x00" + signature)
        greater = int.from_bytes(signature, "big") + modulus
        if greater < 2**2048:
            tried += 1
            assert we_say(of, algorithm, message, signature)
            assert not we_say(of, algorithm, message, greater.to_bytes(256, "big"))
    assert tried


def test_every_part_of_pss_is_looked_at() -> None:
    """With the private key anything can be signed: what was right, with a bit of each part turned."""
    of, algorithm, tried = key("rsa", 0), Algorithm("pss", "sha256", 32), set()
    numbers = of.private_numbers()
    modulus = numbers.public_numbers.n
    for _ in range(60):
        right = pow(int.from_bytes(sign("pss", of, MESSAGE, "sha256"), "big"), 65_537, modulus)
        # The bit that must not be, the padding, the one before the salt, the salt, the hash and the end.
        for bit in (2047, 2000, 8 * 65, 8 * 50, 8 * 20, 0):
            if (wrong := right ^ 1 << bit) < modulus:
                tried.add(bit)
                signature = pow(wrong, numbers.d, modulus).to_bytes(256, "big")
                assert not we_say(of, algorithm, MESSAGE, signature), bit
        if len(tried) == 6:
            return
    pytest.fail("a part was never tried")


def test_rsa_padding_is_compared_as_a_whole() -> None:
    """With the private key anything can be signed: paddings that lax verifiers have let pass."""
    of = key("rsa", 0)
    numbers = of.private_numbers()
    told = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(MESSAGE).digest()
    bare = bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + hashlib.sha256(MESSAGE).digest()
    right = b"\x00\x01" + b"\xff" * (253 - len(told)) + b"\x00" + told
    wrong = [
        b"\x00\x01" + b"\xff" * 8 + b"\x00" + told + bytes(245 - len(told)),
        b"\x00\x01" + b"\xff" * (253 - len(bare)) + b"\x00" + bare,
        b"\x00\x02" + right[2:],
        b"\x00\x01" + b"\xfe" + right[3:],
        b"\x00\x01" + b"\xff" * (221) + b"\x00" + hashlib.sha256(MESSAGE).digest(),
    ]
    for encoded in (right, *wrong):
        assert len(encoded) == 256
        signature = pow(int.from_bytes(encoded, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")
        assert we_say(of, Algorithm("rsa", "sha256"), MESSAGE, signature) == (encoded is right)


@pytest.mark.parametrize("bits_of_key", [2048, 2049, 2055, 2056, 3072])
@pytest.mark.parametrize("salt", [0, 20, 32, 64])
def test_pss_of_all_lengths(bits_of_key: int, salt: int) -> None:
    of = (
        rsa.generate_private_key(public_exponent=65_537, key_size=bits_of_key) if bits_of_key != 2048 else key("rsa", 0)
    )
    algorithm = ALGORITHMS["sha256"]
    signature = of.sign(MESSAGE, padding.PSS(padding.MGF1(algorithm), salt), algorithm)
    assert we_say(of, Algorithm("pss", "sha256", salt), MESSAGE, signature)
    assert not we_say(of, Algorithm("pss", "sha256", salt + 1), MESSAGE, signature)
    assert not we_say(of, Algorithm("pss", "sha256", 512), MESSAGE, signature)
    assert not we_say(of, Algorithm("pss", "sha256", salt), b"x", signature)


@pytest.mark.parametrize(
    ("modulus", "exponent", "why"),
    [
        (2**2047 - 1, 65_537, "de 2048 à 8192 bits"),
        (2**8192 + 1, 65_537, "de 2048 à 8192 bits"),
        (2**2047, 65_537, "de 2048 à 8192 bits"),
        (-(2**2047) - 1, 65_537, "de 2048 à 8192 bits"),
        (2**2047 + 1, 1, "exposant"),
        (2**2047 + 1, -65_537, "exposant"),
        (2**2047 + 1, 65_536, "exposant"),
        (2**2047 + 1, 2**32 + 1, "exposant"),
    ],
)
def test_rsa_keys_that_are_too_weak_or_cost_too_much_are_refused(modulus: int, exponent: int, why: str) -> None:
    with pytest.raises(SignatureUnknown, match=why):
        is_signed(rsa_key(modulus, exponent), Algorithm("rsa", "sha256"), MESSAGE, bytes(256))


@pytest.mark.parametrize(("modulus", "exponent"), [(2**8191 + 1, 2**32 - 1), (2**2047 + 1, 3)])
def test_the_greatest_and_the_least_are_accepted(modulus: int, exponent: int) -> None:
    size = modulus.bit_length() // 8
    assert not is_signed(rsa_key(modulus, exponent), Algorithm("rsa", "sha256"), MESSAGE, b"\x01" * size)


def pss(**changes: bytes) -> Item:
    hashed = digest_algorithm("sha256")
    parts = {
        "digest": der(0xA0, hashed),
        "mask": der(0xA1, sequence_of(oid("1.2.840.113549.1.1.8"), hashed)),
        "salt": der(0xA2, number(32)),
        "trailer": b"",
    }
    told = sequence_of(*{**parts, **changes}.values())
    return only(sequence_of(oid("1.2.840.113549.1.1.10"), told), SEQUENCE)


def test_pss_says_all_that_it_is_made_of() -> None:
    assert algorithm_named(pss()) == Algorithm("pss", "sha256", 32)
    assert algorithm_named(pss(salt=b"")) == Algorithm("pss", "sha256", 20)
    assert algorithm_named(pss(trailer=der(0xA3, number(1)))) == Algorithm("pss", "sha256", 32)
    wrong = {
        "digest": [b"", der(0xA0, digest_algorithm("sha1")), der(0xA0, digest_algorithm("sha384"))],
        "mask": [b"", der(0xA1, sequence_of(oid("1.2.3"), digest_algorithm("sha256")))],
        "salt": [der(0xA2, number(-1)), der(0xA2, number(513)), der(0xA2, number(1) + number(1))],
        "trailer": [der(0xA3, number(2)), der(0xA4, number(1))],
    }
    for part, values in wrong.items():
        for value in values:
            with pytest.raises((SignatureUnknown, DerInvalid)):
                algorithm_named(pss(**{part: value}))


def test_rsa_without_a_digest_needs_one_from_elsewhere() -> None:
    plain = only(sequence_of(oid("1.2.840.113549.1.1.1"), b"\x05\x00"), SEQUENCE)
    assert algorithm_named(plain, "sha384") == Algorithm("rsa", "sha384")
    with pytest.raises(SignatureUnknown):
        algorithm_named(plain)


@pytest.mark.parametrize(
    "identifier", ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1", "1.3.101.113"]
)
def test_broken_and_unknown_algorithms_are_refused(identifier: str) -> None:
    with pytest.raises(SignatureUnknown, match="refusée"):
        algorithm_named(only(sequence_of(oid(identifier)), SEQUENCE))


def test_parameters_are_nothing_or_absent() -> None:
    for parameters in (b"\x05\x01\x00", number(1), b"\x05\x00\x05\x00"):
        with pytest.raises(DerInvalid):
            algorithm_named(only(sequence_of(oid("1.2.840.113549.1.1.11"), parameters), SEQUENCE))


@pytest.mark.parametrize(
    "data",
    [
        b"\x30",
        b"\x30\x01",
        b"\x30\x80",
        b"\x30\x80\x00\x00",
        b"\x30\x81\x7f" + bytes(127),
        b"\x30\x82\x00\xff" + bytes(255),
        b"\x30\x81",
        b"\x30\x82\x01",
        b"\x30\x85\x01\x00\x00\x00\x00",
        b"\x30\xff",
        b"\x3f\x81\x01\x00",
        b"\x05\x00\x30",
    ],
)
def test_lengths_and_tags_are_written_in_one_way(data: bytes) -> None:
    with pytest.raises(DerInvalid):
        items(data)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65_535, 65_536])
def test_what_is_written_is_read(length: int) -> None:
    (found,) = items(der(0x04, bytes(length)))
    assert (found.tag, found.content) == (0x04, bytes(length))


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (integer, b"\x02\x00"),
        (integer, b"\x02\x02\x00\x7f"),
        (integer, b"\x02\x02\xff\x80"),
        (integer, der(0x02, b"\x01" * 1_101)),
        (integer, b"\x01\x01\x00"),
        (boolean, b"\x01\x01\x01"),
        (boolean, b"\x01\x02\xff\xff"),
        (boolean, b"\x02\x01\xff"),
        (dotted, b"\x06\x00"),
        (dotted, b"\x06\x02\x2a\x80"),
        (dotted, b"\x06\x03\x2a\x80\x01"),
        (dotted, der(0x06, b"\x2a" * 65)),
        (bits, b"\x03\x00"),
        (bits, b"\x03\x01\x01"),
        (bits, b"\x03\x02\x08\x00"),
        (bits, b"\x03\x02\x01\x01"),
        (whole_bytes, b"\x03\x02\x01\x00"),
        (moment, der(GENERALIZED_TIME, "2026022812000٠Z".encode())),
        (moment, der(GENERALIZED_TIME, b"20260228120060Z")),
        (moment, der(GENERALIZED_TIME, b"202602281200Z")),
        (moment, der(GENERALIZED_TIME, b"20260228120000.Z")),
        (moment, der(GENERALIZED_TIME, b"00000228120000Z")),
        (moment, der(0x17, b"2602281200Z")),
        (moment, der(0x17, b"20260228120000Z")),
        (moment, der(0x04, b"20260228120000Z")),
    ],
)
def test_values_are_written_in_one_way(read: Any, written: bytes) -> None:
    with pytest.raises(DerInvalid):
        read(items(written)[0])


@pytest.mark.parametrize(
    ("read", "written", "value"),
    [
        (integer, b"\x02\x01\x80", -128),
        (integer, b"\x02\x02\x00\x80", 128),
        (boolean, b"\x01\x01\xff", True),
        (boolean, b"\x01\x01\x00", False),
        (dotted, oid("2.999.3"), "2.999.3"),
        (dotted, oid("1.2.840.113549"), "1.2.840.113549"),
        (dotted, oid("0.39"), "0.39"),
        (bits, b"\x03\x02\x07\x80", (b"\x80", 7)),
        (lambda item: moment(item).year, der(0x17, b"500101000000Z"), 1950),
        (lambda item: moment(item).year, der(0x17, b"491231235959Z"), 2049),
    ],
)
def test_values_are_what_is_written(read: Any, written: bytes, value: object) -> None:
    assert read(items(written)[0]) == value
