"""A time-stamp authority for tests: its certificates, its tokens in DER made by hand, and whatever it can do wrong."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from verifier.der import BOOLEAN, INTEGER, SEQUENCE, integer, only, sequence

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
NOW = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
POLICY = "1.3.6.1.4.1.13762.3"
SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
DIGESTS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
ALGORITHMS: dict[str, Any] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1(), "k256": ec.SECP256K1()}
KINDS = ("rsa", "pss", "p256", "p384", "p521", "ed25519")
"""Of keys, and of the signatures that are made with them."""


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    encoded = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(encoded)]) + encoded + content


def number(value: int) -> bytes:
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    encoded = b""
    for part in (first * 40 + second, *rest):
        septets = [part & 0x7F]
        while part := part >> 7:
            septets.append(part & 0x7F | 0x80)
        encoded += bytes(reversed(septets))
    return der(0x06, encoded)


def sequence_of(*parts: bytes) -> bytes:
    return der(0x30, *parts)


def octets(content: bytes) -> bytes:
    return der(0x04, content)


def generalized(moment: datetime, fraction: str = "") -> bytes:
    return der(0x18, f"{moment:%Y%m%d%H%M%S}{fraction}Z".encode())


def digest_algorithm(name: str) -> bytes:
    return sequence_of(oid(DIGESTS[name]), b"\x05\x00")


def attribute(name: str, *values: bytes) -> bytes:
    return sequence_of(oid(name), der(0x31, *values))


@cache
def key(kind: str, which: int) -> Key:
    """A key of its own for each place in a chain, made once."""
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind])
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65_537, key_size=1024 if kind == "rsa1024" else 2048)


def signature_algorithm(kind: str, digest: str) -> bytes:
    if kind == "pss":
        hashed = digest_algorithm(digest)
        mask = sequence_of(oid("1.2.840.113549.1.1.8"), hashed)
        salt = number(hashlib.new(digest).digest_size)
        return sequence_of(
            oid("1.2.840.113549.1.1.10"), sequence_of(der(0xA0, hashed), der(0xA1, mask), der(0xA2, salt))
        )
    if kind == "ed25519":
        return sequence_of(oid("1.3.101.112"))
    if kind in CURVES:
        last = {"sha1": "1", "sha256": "3.2", "sha384": "3.3", "sha512": "3.4"}[digest]
        return sequence_of(oid(f"1.2.840.10045.4.{last}"))
    last = {"sha1": "5", "sha256": "11", "sha384": "12", "sha512": "13"}[digest]
    return sequence_of(oid(f"1.2.840.113549.1.1.{last}"), b"\x05\x00")


def sign(kind: str, with_key: Key, message: bytes, digest: str) -> bytes:
    if isinstance(with_key, ec.EllipticCurvePrivateKey):
        return with_key.sign(message, ec.ECDSA(ALGORITHMS[digest]))
    if isinstance(with_key, ed25519.Ed25519PrivateKey):
        return with_key.sign(message)
    return with_key.sign(message, rsa_padding(kind, digest) or padding.PKCS1v15(), ALGORITHMS[digest])


def rsa_padding(kind: str, digest: str) -> padding.PSS | None:
    return padding.PSS(padding.MGF1(ALGORITHMS[digest]), ALGORITHMS[digest].digest_size) if kind == "pss" else None


def name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Horodatage d'essai"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def usage(*allowed: str) -> x509.KeyUsage:
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    others = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{each: each in allowed for each in every + others})


class Extension(NamedTuple):
    """An extension of a certificate, and whether who does not know it must refuse."""

    value: x509.ExtensionType
    is_critical: bool


AUTHORITY = (Extension(x509.BasicConstraints(True, None), True), Extension(usage("key_cert_sign", "crl_sign"), True))
STAMPING = Extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
SIGNING = Extension(usage("digital_signature"), True)


def certificate(
    common: str,
    kind: str,
    of: Key,
    issuer: str,
    by: Key,
    extensions: tuple[Extension, ...],
    *,
    begins: datetime = NOW - timedelta(days=365),
    ends: datetime = NOW + timedelta(days=365),
    digest: str = "sha256",
) -> bytes:
    """A certificate in DER, of whatever it is told."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(name(issuer))
        .public_key(of.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    for extension in extensions:
        builder = builder.add_extension(extension.value, extension.is_critical)
    hashed = None if kind == "ed25519" else ALGORITHMS[digest]
    made = builder.sign(by, hashed, rsa_padding=rsa_padding(kind, digest))
    return made.public_bytes(serialization.Encoding.DER)


def pem(*certificates: bytes) -> bytes:
    """Certificates as a file of roots holds them."""
    loaded = map(x509.load_der_x509_certificate, certificates)
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in loaded)


class Authority:
    """A root, an authority under it, and the one that stamps under that; `changes` are of its certificate."""

    def __init__(self, kind: str = "p256", *, digest: str = "", middle: dict[str, Any] | None = None, **changes: Any):
        self.kind = kind
        self.digest = digest or ("sha512" if kind == "ed25519" else "sha256")
        keys = [key(kind, which) for which in range(3)]
        self.key = keys[2]
        told: dict[str, Any] = {"extensions": AUTHORITY, "begins": NOW - timedelta(days=3650), **(middle or {})}
        self.root = certificate(
            "Racine", kind, keys[0], "Racine", keys[0], AUTHORITY, begins=NOW - timedelta(days=7300)
        )
        self.middle = certificate("Intermédiaire", kind, keys[1], "Racine", keys[0], **told)
        own: dict[str, Any] = {"extensions": (STAMPING, SIGNING), **changes}
        self.certificate = certificate("Horodateur", kind, self.key, "Intermédiaire", keys[1], **own)
        self.issued = 0

    def info(self, imprint: bytes, at: datetime = NOW, nonce: int | None = None, **changes: bytes) -> bytes:
        """TSTInfo; `changes` replace or add fields by their name."""
        fields = {
            "version": number(1),
            "policy": oid(POLICY),
            "stamped": sequence_of(digest_algorithm("sha256"), octets(imprint)),
            "serial": number(self.issued),
            "time": generalized(at),
            "accuracy": sequence_of(number(1)),
            "ordering": b"",
            "nonce": b"" if nonce is None else number(nonce),
            "tsa": b"",
            "extensions": b"",
        }
        return sequence_of(*{**fields, **changes}.values())

    def signing_certificate(self, which: str) -> list[bytes]:
        """The attributes that name the certificate: of the first sort, of the second, of both or of none."""
        first = sequence_of(octets(hashlib.sha1(self.certificate).digest()))
        second = sequence_of(octets(hashlib.sha256(self.certificate).digest()))
        made = {
            "1": attribute(SIGNING_CERTIFICATE, sequence_of(sequence_of(first))),
            "2": attribute(SIGNING_CERTIFICATE_V2, sequence_of(sequence_of(second))),
        }
        return [made[each] for each in which]

    def token(self, imprint: bytes, at: datetime = NOW, nonce: int | None = None, **changes: Any) -> bytes:
        """A token; `changes` are of what it is made of, by name."""
        self.issued += 1
        info = changes.get("info", self.info(imprint, at, nonce))
        digest = changes.get("digest", self.digest)
        attributes = [
            attribute(CONTENT_TYPE, oid(changes.get("announced", TST_INFO))),
            attribute(MESSAGE_DIGEST, octets(hashlib.new(digest, changes.get("hashed", info)).digest())),
            *self.signing_certificate(changes.get("named", "2")),
            *changes.get("more", ()),
        ]
        attributes = sorted(changes.get("attributes", attributes))
        signature = sign(changes.get("kind", self.kind), self.key, der(0x31, *attributes), digest)
        own = x509.load_der_x509_certificate(self.certificate)
        signer = sequence_of(
            changes.get("signer_version", number(1)),
            changes.get(
                "sid", sequence_of(own.issuer.public_bytes(), number(own.serial_number), changes.get("sid_more", b""))
            ),
            digest_algorithm(digest),
            der(0xA0, *attributes),
            changes.get("algorithm", signature_algorithm(self.kind, digest)),
            octets(changes.get("signature", signature)),
            changes.get("unsigned", b""),
        )
        return signed_data(info, digest, [signer], {"certificates": sorted([self.certificate, self.middle]), **changes})


def signed_data(info: bytes, digest: str, signers: list[bytes], changes: dict[str, Any]) -> bytes:
    """ContentInfo and SignedData."""
    return sequence_of(
        oid(changes.get("content_type", SIGNED_DATA)),
        der(
            0xA0,
            sequence_of(
                changes.get("version", number(3)),
                der(0x31, *changes.get("digests", [digest_algorithm(digest)])),
                sequence_of(
                    oid(changes.get("inner_type", TST_INFO)), der(0xA0, octets(info)), changes.get("inner_more", b"")
                ),
                der(0xA0, *changes.get("certificates", [])),
                changes.get("crls", b""),
                der(0x31, *changes.get("signers", signers)),
            ),
        ),
        changes.get("outer_more", b""),
    )


class Request(NamedTuple):
    """What a time-stamp is asked for."""

    imprint: bytes
    nonce: int | None
    wants_certificates: bool


def request_of(encoded: bytes) -> Request:
    """Read a TimeStampReq."""
    fields = sequence(only(encoded, SEQUENCE))
    fields.next(INTEGER)
    stamped = sequence(fields.next(SEQUENCE))
    stamped.next(SEQUENCE)
    imprint = stamped.next(0x04).content
    fields.optional(0x06)
    nonce, wanted = fields.optional(INTEGER), fields.optional(BOOLEAN)
    return Request(imprint, None if nonce is None else integer(nonce), wanted is not None)


def response(token: bytes, status: int = 0) -> bytes:
    """A TimeStampResp."""
    return sequence_of(sequence_of(number(status)), token)


def rejection() -> bytes:
    """A TimeStampResp that refuses."""
    told = sequence_of(der(0x0C, b"trop de demandes"))
    return sequence_of(sequence_of(number(2), told, der(0x03, b"\x02\x04")))
