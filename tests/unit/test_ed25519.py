"""Ed25519 in plain Python, against the published vectors, another implementation and all that must not pass."""

import hashlib
import random
import time

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from verifier.ed25519 import ORDER, PRIME, _decoded, ed25519_is_valid

# RFC 8032, 7.1: TEST 1, 2, 3 and SHA(abc). Public key, message, signature.
PUBLISHED = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595b"
        "be24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb430"
        "2aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716e"
        "d28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").digest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138a"
        "c17ad9bef1177331a704",
    ),
]

Affine = tuple[int, int]
NEUTRAL: Affine = (0, 1)
D = -121665 * pow(121666, -1, PRIME) % PRIME
BASE: Affine = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)


def added(first: Affine, second: Affine) -> Affine:
    """The law of the curve as RFC 8032 writes it, slowly: nothing of what is tested."""
    (a, b), (c, d) = first, second
    product = D * a * b * c * d % PRIME
    x = (a * d + b * c) * pow(1 + product, -1, PRIME) % PRIME
    y = (b * d + a * c) * pow(1 - product, -1, PRIME) % PRIME
    return x, y


def times(number: int, point: Affine) -> Affine:
    result = NEUTRAL
    while number:
        if number & 1:
            result = added(result, point)
        point = added(point, point)
        number >>= 1
    return result


def encoded(point: Affine) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def challenge(commitment: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little") % ORDER


def torsion() -> list[Affine]:
    """The eight points of small order, multiples of one of order eight."""
    chance = random.Random(8)
    while True:
        found = _decoded(chance.randbytes(31) + b"\x00")
        point = times(ORDER, found[:2]) if found else NEUTRAL
        if times(4, point) != NEUTRAL:
            return [times(number, point) for number in range(8)]


TORSION = torsion()


def others_say(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), PUBLISHED)
def test_the_published_vectors_are_valid_and_none_of_their_flips_is(
    public: str, message: bytes, signature: str
) -> None:
    key, proof = bytes.fromhex(public), bytes.fromhex(signature)
    assert ed25519_is_valid(key, message, proof)
    assert not ed25519_is_valid(key, message + b"\x00", proof)
    for bit in range(512):
        assert not ed25519_is_valid(key, message, flipped(proof, bit))


def flipped(text: bytes, bit: int) -> bytes:
    altered = bytearray(text)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)


def test_another_implementation_says_the_same_of_whatever_is_signed_or_altered() -> None:
    chance = random.Random(1)
    for number in range(400):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), chance.randbytes(number)
        signature = key.sign(message)
        assert ed25519_is_valid(public, message, signature)
        altered = flipped(public, chance.randrange(256)), message, signature
        assert ed25519_is_valid(*altered) == others_say(*altered)
        altered = public, message, flipped(signature, chance.randrange(512))
        assert ed25519_is_valid(*altered) == others_say(*altered)
        altered = public, message, chance.randbytes(64)
        assert ed25519_is_valid(*altered) == others_say(*altered)


def test_keys_of_mixed_order_are_judged_without_the_cofactor() -> None:
    chance, answers = random.Random(2), []
    for number in range(64):
        secret, nonce = chance.randrange(1, ORDER), chance.randrange(1, ORDER)
        public = encoded(added(times(secret, BASE), TORSION[1 + number % 7]))
        commitment, message = encoded(times(nonce, BASE)), chance.randbytes(8)
        number_s = (nonce + challenge(commitment, public, message) * secret) % ORDER
        signed = public, message, commitment + number_s.to_bytes(32, "little")
        answers.append(ed25519_is_valid(*signed))
        assert answers[-1] == others_say(*signed)
    assert {*answers} == {True, False}


def test_a_number_that_is_larger_by_the_order_is_refused() -> None:
    for public, message, signature in PUBLISHED:
        proof = bytes.fromhex(signature)
        number = int.from_bytes(proof[32:], "little")
        for more in (ORDER, 2 * ORDER, 8 * ORDER):
            forged = proof[:32] + (number + more).to_bytes(32, "little")
            assert not ed25519_is_valid(bytes.fromhex(public), message, forged)


def test_a_key_of_small_order_signs_nothing() -> None:
    """Under such a key one signature holds for an eighth of all messages at least; others accept them."""
    accepted_elsewhere = 0
    for point in TORSION:
        public = encoded(point)
        for number in range(40):
            signed = public, b"%d" % number, encoded(NEUTRAL) + bytes(32)
            accepted_elsewhere += others_say(*signed)
            assert not ed25519_is_valid(*signed)
    assert accepted_elsewhere > 40


def test_a_commitment_is_written_in_one_way() -> None:
    """The neutral point is also y = p + 1, and x = 0 with a sign: the same point to those who decode it."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public = key.public_key().public_bytes_raw()
    digest = bytearray(hashlib.sha512(bytes(32)).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 63 | 64
    secret = int.from_bytes(digest, "little")
    writings = [encoded(NEUTRAL), (PRIME + 1).to_bytes(32, "little"), (1 | 1 << 255).to_bytes(32, "little")]
    answers = []
    for commitment in writings:
        number = challenge(commitment, public, b"x") * secret % ORDER
        answers.append(ed25519_is_valid(public, b"x", commitment + number.to_bytes(32, "little")))
    assert answers == [True, False, False]


@pytest.mark.parametrize("y", range(19))
def test_a_key_is_written_in_one_way(y: int) -> None:
    written = y.to_bytes(32, "little")
    assert _decoded((y + PRIME).to_bytes(32, "little")) is None
    if (found := _decoded(written)) and found[0]:
        assert encoded(found[:2]) == written
        assert encoded((PRIME - found[0], found[1])) == encoded(found[:2])[:31] + bytes([written[31] | 128])


@pytest.mark.parametrize("written", [1 | 1 << 255, (PRIME - 1) | 1 << 255])
def test_nothing_has_a_sign(written: int) -> None:
    """x = 0 is not negative."""
    assert _decoded(written.to_bytes(32, "little")) is None


@pytest.mark.parametrize(("key_bytes", "signature_bytes"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_what_has_another_length_is_refused(key_bytes: int, signature_bytes: int) -> None:
    public, message, signature = PUBLISHED[0]
    key, proof = bytes.fromhex(public) + b"\x00", bytes.fromhex(signature) + b"\x00"
    assert not ed25519_is_valid(key[:key_bytes], message, proof[:signature_bytes])


def test_a_key_that_is_longer_is_none_though_it_signs() -> None:
    secret, nonce = 12345, 67890
    public, commitment = encoded(times(secret, BASE)) + b"\x00", encoded(times(nonce, BASE))
    number = (nonce + challenge(commitment, public, b"x") * secret) % ORDER
    assert not ed25519_is_valid(public, b"x", commitment + number.to_bytes(32, "little"))


def test_a_verification_takes_a_few_milliseconds() -> None:
    public, message, signature = PUBLISHED[2]
    fastest = min(seconds(bytes.fromhex(public), message, bytes.fromhex(signature)) for _ in range(20))
    assert fastest < 0.02


def seconds(public: bytes, message: bytes, signature: bytes) -> float:
    started = time.perf_counter()
    ed25519_is_valid(public, message, signature)
    return time.perf_counter() - started
