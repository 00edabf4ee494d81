"""Time-stamps verified offline: every sort of signature, every lie that a token can tell, every byte of it."""

import hashlib
import random
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
import rfc3161_client
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.time_stamping import (
    AUTHORITY,
    CONTENT_TYPE,
    KINDS,
    MESSAGE_DIGEST,
    NOW,
    POLICY,
    SIGNING,
    SIGNING_TIME,
    STAMPING,
    TST_INFO,
    Authority,
    Extension,
    attribute,
    certificate,
    der,
    digest_algorithm,
    generalized,
    key,
    name,
    number,
    octets,
    oid,
    response,
    sequence_of,
    signature_algorithm,
    usage,
)
from verifier.time_stamps import TOKEN_BYTES_MAX, Stamp, TimeStampInvalid, verify_time_stamp

IMPRINT = hashlib.sha256(b"what is stamped").digest()
OTHER = hashlib.sha256(b"something else").digest()
DAY = timedelta(days=1)
HASHES = {"ed25519": ("sha512",)}
SORTS = [(kind, digest) for kind in KINDS for digest in HASHES.get(kind, ("sha256", "sha384", "sha512"))]
PKCS7 = {"rsa", "p256", "p384", "p521"}
"""What the other verifier knows: that of OpenSSL for PKCS #7."""


@cache
def authority(kind: str = "p256") -> Authority:
    return Authority(kind)


def reason(token: bytes, roots: list[bytes], imprint: bytes = IMPRINT) -> str:
    with pytest.raises(TimeStampInvalid) as refused:
        verify_time_stamp(token, imprint, roots)
    return str(refused.value)


def others_say(token: bytes, root: bytes, imprint: bytes = IMPRINT) -> bool:
    builder = rfc3161_client.VerifierBuilder().add_root_certificate(x509.load_der_x509_certificate(root))
    try:
        return builder.build().verify(rfc3161_client.decode_timestamp_response(response(token)), imprint)
    except (rfc3161_client.VerificationError, ValueError):
        return False


@pytest.mark.parametrize(("kind", "digest"), SORTS)
def test_a_token_says_when_and_by_whom(kind: str, digest: str) -> None:
    by = Authority(kind)
    token = by.token(IMPRINT, digest=digest, nonce=7)
    expected = Stamp(NOW, "Horodateur – Horodatage d'essai", POLICY, 1, True, 7)
    assert verify_time_stamp(token, IMPRINT, [by.root]) == expected
    assert verify_time_stamp(token, IMPRINT, [authority().root, by.root]) == expected
    assert verify_time_stamp(token, IMPRINT, []) == expected._replace(is_anchored=False)
    assert others_say(token, by.root) == (kind in PKCS7)


@pytest.mark.parametrize("named", ["1", "2", "12"])
def test_the_certificate_may_be_named_in_the_old_way_and_in_the_new(named: str) -> None:
    token = authority().token(IMPRINT, named=named)
    assert verify_time_stamp(token, IMPRINT, [authority().root]).is_anchored


@pytest.mark.parametrize("fraction", ["", ".5", ".123456789"])
def test_a_moment_may_have_a_fraction(fraction: str) -> None:
    by = authority()
    token = by.token(IMPRINT, info=by.info(IMPRINT, time=generalized(NOW, fraction)))
    found = verify_time_stamp(token, IMPRINT, [by.root]).gen_time
    assert found - NOW == timedelta(seconds=float(fraction[:7] or 0))


def test_a_token_may_say_more_than_a_proof_rests_on() -> None:
    by = authority()
    told = by.info(IMPRINT, ordering=b"\x01\x01\xff", nonce=9, tsa=der(0xA0, der(0xA4, name("X").public_bytes())))
    more = [attribute(SIGNING_TIME, generalized(NOW))]
    assert verify_time_stamp(by.token(IMPRINT, info=told, more=more), IMPRINT, [by.root]).is_anchored


def test_rsa_may_be_named_without_a_digest_as_openssl_does() -> None:
    by = authority("rsa")
    plain = sequence_of(oid("1.2.840.113549.1.1.1"), b"\x05\x00")
    assert verify_time_stamp(by.token(IMPRINT, algorithm=plain), IMPRINT, [by.root]).is_anchored


INFO: dict[str, tuple[dict[str, bytes], str]] = {
    "another version": ({"version": number(2)}, "version inconnue de l'horodatage"),
    "another imprint": ({"stamped": sequence_of(digest_algorithm("sha256"), octets(OTHER))}, "cette empreinte"),
    "an imprint cut short": ({"stamped": sequence_of(digest_algorithm("sha256"), octets(IMPRINT[:-1]))}, "cette"),
    "another digest": ({"stamped": sequence_of(digest_algorithm("sha512"), octets(IMPRINT))}, "pas un SHA-256"),
    "a broken digest": ({"stamped": sequence_of(digest_algorithm("sha1"), octets(IMPRINT))}, "SHA-1 refusée"),
    "no such day": ({"time": der(0x18, b"20260230120000Z")}, "n'existe pas"),
    "local time": ({"time": der(0x18, b"20260228120000+0100")}, "temps universel"),
    "a fraction with a zero too many": ({"time": der(0x18, b"20260228120000.50Z")}, "temps universel"),
    "a comma": ({"time": der(0x18, b"20260228120000,5Z")}, "temps universel"),
    "two digits of a year": ({"time": der(0x17, b"260228120000Z")}, "champ attendu"),
    "a longer way to write": ({"serial": der(0x02, b"\x00\x01")}, "seule forme"),
    "an endless number": ({"serial": der(0x02, b"\x01" * 41)}, "trop long"),
    "something after the imprint": (
        {"stamped": sequence_of(digest_algorithm("sha256"), octets(IMPRINT), number(1))},
        "suivent la fin",
    ),
    "something critical": (
        {"extensions": der(0xA1, sequence_of(oid("1.2.3"), b"\x01\x01\xff", octets(b"")))},
        "extension critique",
    ),
    "an extension twice": (
        {"extensions": der(0xA1, sequence_of(oid("1.2.3"), octets(b"")) * 2)},
        "une extension est répétée",
    ),
    "something more": ({"extensions": number(1) + number(2)}, "suivent la fin"),
}


@pytest.mark.parametrize("fault", INFO)
def test_what_was_stamped_is_read_strictly(fault: str) -> None:
    changes, why = INFO[fault]
    by = authority()
    told = reason(by.token(IMPRINT, info=by.info(IMPRINT, **changes)), [by.root])
    assert why in told, told


def test_another_imprint_is_not_this_one() -> None:
    assert "cette empreinte" in reason(authority().token(OTHER), [authority().root])
    assert "cette empreinte" in reason(authority().token(IMPRINT), [authority().root], OTHER)


def signer_twice() -> dict[str, Any]:
    return {"signers": [number(1), number(2)]}


TOKENS: dict[str, tuple[dict[str, Any], str]] = {
    "another sort of content": ({"content_type": "1.2.840.113549.1.7.1"}, "pas un jeton signé"),
    "no time-stamp inside": ({"inner_type": "1.2.840.113549.1.7.1"}, "TSTInfo"),
    "another version": ({"version": number(1)}, "version inconnue"),
    "two signers": (signer_twice(), "un seul signataire"),
    "no signer": ({"signers": []}, "un seul signataire"),
    "a signer named otherwise": ({"signer_version": number(3)}, "désigné par son certificat"),
    "two digests": ({"digests": sorted([digest_algorithm("sha256"), digest_algorithm("sha384")])}, "autres empreintes"),
    "another digest": ({"digests": [digest_algorithm("sha384")]}, "autres empreintes"),
    "no digest": ({"digests": []}, "autres empreintes"),
    "a broken digest": ({"digest": "sha1"}, "SHA-1 refusée"),
    "lists of revocations": ({"crls": der(0xA1, sequence_of())}, "listes de révocation"),
    "what is not signed": ({"unsigned": der(0xA1, attribute("1.2.3", number(1)))}, "non signés"),
    "no certificate": ({"certificates": []}, "ne contient pas le certificat"),
    "something for a certificate": ({"certificates": [sequence_of(number(1))]}, "champ attendu"),
    "content announced otherwise": ({"announced": "1.2.840.113549.1.7.1"}, "autre contenu"),
    "the digest of something else": ({"hashed": b"something else"}, "pas celui qui a été signé"),
    "no certificate named": ({"named": ""}, "ne désignent pas"),
    "an attribute twice": ({"more": [attribute(CONTENT_TYPE, oid("1.2.3"))]}, "répété"),
    "an attribute of two values": ({"more": [attribute("1.2.3", number(1), number(2))]}, "valeur unique"),
    "an attribute of none": ({"more": [attribute("1.2.3")]}, "valeur unique"),
    "no attributes": ({"attributes": []}, "manque aux attributs"),
    "no digest of the content": ({"attributes": [attribute(CONTENT_TYPE, oid(TST_INFO))]}, "manque aux attributs"),
    "no sort of the content": ({"attributes": [attribute(MESSAGE_DIGEST, octets(b"x"))]}, "manque aux attributs"),
    "another digest to sign": ({"algorithm": signature_algorithm("p256", "sha384")}, "n'emploie pas l'empreinte"),
    "a broken signature algorithm": ({"algorithm": signature_algorithm("p256", "sha1")}, "SHA-1 refusée"),
    "an algorithm of another key": ({"algorithm": signature_algorithm("rsa", "sha256")}, "de la sorte"),
    "an unknown algorithm": ({"algorithm": sequence_of(oid("1.2.3.4"))}, "algorithme faible ou inconnu"),
    "something after the content": ({"inner_more": number(1)}, "suivent la fin"),
    "something after all": ({"outer_more": number(1)}, "suivent la fin"),
    "something after the name of the signer": ({"sid_more": number(1)}, "suivent la fin"),
    "too many certificates": ({"certificates": [authority().certificate] * 11}, "trop de certificats"),
    "a digest of another sort": (
        {
            "attributes": [
                attribute(CONTENT_TYPE, oid(TST_INFO)),
                attribute(MESSAGE_DIGEST, der(0x0C, hashlib.sha256(authority().info(IMPRINT)).digest())),
                *authority().signing_certificate("2"),
            ],
            "info": authority().info(IMPRINT),
        },
        "pas celui qui a été signé",
    ),
    "no signature": ({"signature": b""}, "champ attendu"),
    "a signature of zeros": ({"signature": sequence_of(number(0), number(0))}, "n'est pas celle"),
}


@pytest.mark.parametrize("fault", TOKENS)
def test_a_token_is_read_strictly(fault: str) -> None:
    changes, why = TOKENS[fault]
    token = authority().token(IMPRINT, **changes)
    assert why in reason(token, [authority().root])
    assert why in reason(token, [])


def test_who_did_not_sign_is_not_believed() -> None:
    by, other = authority(), Authority()
    stranger = key("p256", 9)
    forged = Authority()
    forged.key = stranger
    assert "n'est pas celle de l'autorité" in reason(forged.token(IMPRINT), [forged.root])
    # A certificate with the same name and number, and another key, which did sign.
    forged = Authority()
    forged.key, forged.certificate = other.key, other.certificate
    own = x509.load_der_x509_certificate(by.certificate)
    swapped = sequence_of(own.issuer.public_bytes(), number(own.serial_number))
    certificates = [by.certificate, by.middle]
    token = forged.token(IMPRINT, sid=swapped, certificates=certificates)
    assert "pas celui que le signataire désigne" in reason(token, [by.root])


@pytest.mark.parametrize("named", ["1", "2"])
def test_the_certificate_is_the_one_that_the_signer_names(named: str) -> None:
    by, other = Authority(), Authority()
    info = by.info(IMPRINT)
    attributes = [
        attribute(CONTENT_TYPE, oid(TST_INFO)),
        attribute(MESSAGE_DIGEST, octets(hashlib.sha256(info).digest())),
        *other.signing_certificate(named),
    ]
    assert "que le signataire désigne" in reason(by.token(IMPRINT, info=info, attributes=attributes), [by.root])


def test_both_names_of_the_certificate_must_be_its() -> None:
    by, other = Authority(), Authority()
    for right, wrong in (("1", "2"), ("2", "1")):
        more = other.signing_certificate(wrong)
        assert "désigne" in reason(by.token(IMPRINT, named=right, more=more), [by.root])


def whole_usage(*which: x509.ObjectIdentifier, is_critical: bool = True) -> Extension:
    return Extension(x509.ExtendedKeyUsage([*which]), is_critical)


TIME_STAMPING, CODE = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING
UNKNOWN = Extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)
NOTHING_ALLOWED = Extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), b"\x03\x01\x00"), True)
SIGNERS: dict[str, tuple[dict[str, Any], str]] = {
    "of no use": ({"extensions": (SIGNING,)}, "réservé à l'horodatage"),
    "of another use": ({"extensions": (whole_usage(CODE), SIGNING)}, "réservé à l'horodatage"),
    "of another use too": ({"extensions": (whole_usage(TIME_STAMPING, CODE), SIGNING)}, "réservé à l'horodatage"),
    "of a use that is not critical": (
        {"extensions": (whole_usage(TIME_STAMPING, is_critical=False), SIGNING)},
        "réservé à l'horodatage",
    ),
    "that may not sign": ({"extensions": (STAMPING, Extension(usage("key_agreement"), True))}, "pas de signer"),
    "that may do nothing": ({"extensions": (STAMPING, NOTHING_ALLOWED)}, "pas de signer"),
    "with something critical": ({"extensions": (STAMPING, SIGNING, UNKNOWN)}, "extension critique"),
    "not yet valid": ({"begins": NOW + timedelta(seconds=1)}, "n'était pas encore valable le 29/11/2026 à 12:00:00"),
    "expired": ({"ends": NOW - timedelta(seconds=1)}, "n'était plus valable le 29/11/2026 à 12:00:00"),
}


@pytest.mark.parametrize("fault", SIGNERS)
def test_a_certificate_must_be_one_that_stamps(fault: str) -> None:
    changes, why = SIGNERS[fault]
    by = Authority(**changes)
    assert why in reason(by.token(IMPRINT), [by.root])
    assert why in reason(by.token(IMPRINT), [])


@pytest.mark.parametrize("allowed", ["digital_signature", "content_commitment"])
def test_a_certificate_may_sign_in_either_sense(allowed: str) -> None:
    by = Authority(extensions=(STAMPING, Extension(usage(allowed), True)))
    assert verify_time_stamp(by.token(IMPRINT), IMPRINT, [by.root]).is_anchored
    by = Authority(extensions=(STAMPING,))
    assert verify_time_stamp(by.token(IMPRINT), IMPRINT, [by.root]).is_anchored


def constraints(is_authority: bool, below: int | None = None) -> Extension:
    return Extension(x509.BasicConstraints(is_authority, below), True)


MIDDLES: dict[str, tuple[dict[str, Any], str]] = {
    "of no authority": ({"extensions": (constraints(False),)}, "autorité de certification"),
    "that does not say so": ({"extensions": (AUTHORITY[1],)}, "autorité de certification"),
    "that may not certify": ({"extensions": (AUTHORITY[0], SIGNING)}, "autorité de certification"),
    "of another use": ({"extensions": (*AUTHORITY, whole_usage(CODE))}, "certifier l'horodatage"),
    "with something critical": ({"extensions": (*AUTHORITY, UNKNOWN)}, "extension critique"),
    "not yet valid": ({"begins": NOW + timedelta(seconds=1)}, "Intermédiaire – Horodatage d'essai n'était pas encore"),
    "expired": ({"ends": NOW - timedelta(seconds=1)}, "Intermédiaire – Horodatage d'essai n'était plus valable"),
}


@pytest.mark.parametrize("fault", MIDDLES)
def test_an_authority_between_must_be_one(fault: str) -> None:
    changes, why = MIDDLES[fault]
    by = Authority(middle=changes)
    assert why in reason(by.token(IMPRINT), [by.root])
    assert why in reason(by.token(IMPRINT), [])


@pytest.mark.parametrize(
    "extension", [whole_usage(TIME_STAMPING, CODE), whole_usage(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)]
)
def test_an_authority_between_may_be_of_several_uses(extension: Extension) -> None:
    by = Authority(middle={"extensions": (*AUTHORITY, extension)})
    assert verify_time_stamp(by.token(IMPRINT), IMPRINT, [by.root]).is_anchored


def test_a_chain_is_as_long_as_each_of_it_allows() -> None:
    by = Authority(middle={"extensions": (constraints(True, 0), AUTHORITY[1])})
    assert verify_time_stamp(by.token(IMPRINT), IMPRINT, [by.root]).is_anchored
    short = (constraints(True, 0), AUTHORITY[1])
    by.root = certificate("Racine", "p256", key("p256", 0), "Racine", key("p256", 0), short)
    assert "une chaîne si longue" in reason(by.token(IMPRINT), [by.root])


def test_a_certificate_that_has_expired_since_was_valid_on_that_day() -> None:
    """Whatever today is: nothing asks for it."""
    begins, day, ends = NOW - 7000 * DAY, NOW - 6900 * DAY, NOW - 6800 * DAY
    by = Authority(begins=begins, ends=ends, middle={"begins": begins, "ends": ends})
    assert verify_time_stamp(by.token(IMPRINT, at=day), IMPRINT, [by.root]).gen_time == day
    assert verify_time_stamp(by.token(IMPRINT, at=begins), IMPRINT, [by.root]).gen_time == begins
    assert verify_time_stamp(by.token(IMPRINT, at=ends), IMPRINT, [by.root]).gen_time == ends
    assert "n'était plus valable" in reason(by.token(IMPRINT, at=ends + timedelta(seconds=1)), [by.root])
    assert "n'était pas encore" in reason(by.token(IMPRINT, at=begins - timedelta(seconds=1)), [by.root])
    late = by.token(IMPRINT, info=by.info(IMPRINT, time=generalized(ends, ".1")))
    assert "n'était plus valable" in reason(late, [by.root])


def test_a_root_must_have_been_valid_too() -> None:
    by = Authority()
    root = key("p256", 0)
    by.root = certificate("Racine", "p256", root, "Racine", root, AUTHORITY, ends=NOW - DAY)
    assert "Racine – Horodatage d'essai n'était plus valable" in reason(by.token(IMPRINT), [by.root])


def test_a_chain_goes_up_to_a_root_that_is_given() -> None:
    by, stranger = Authority(), Authority("p384")
    assert "de la sorte" not in reason(by.token(IMPRINT), [stranger.root])
    elsewhere = key("p256", 7)
    other = certificate("Autre racine", "p256", elsewhere, "Autre racine", elsewhere, AUTHORITY)
    assert "ne remonte à aucune des racines" in reason(by.token(IMPRINT), [other])
    alone = by.token(IMPRINT, certificates=[by.certificate])
    assert "ne remonte à aucune des racines" in reason(alone, [by.root])
    assert not verify_time_stamp(alone, IMPRINT, []).is_anchored
    # What stands between may be given, and be as far as one trusts; so may what stamps.
    assert verify_time_stamp(alone, IMPRINT, [by.middle]).is_anchored
    assert verify_time_stamp(alone, IMPRINT, [by.certificate]).is_anchored
    # The root may come along, and others that nobody asked for.
    more = [by.certificate, by.middle, by.root, stranger.root, other]
    assert verify_time_stamp(by.token(IMPRINT, certificates=more), IMPRINT, [by.root]).is_anchored
    assert not verify_time_stamp(by.token(IMPRINT, certificates=more), IMPRINT, []).is_anchored


def test_who_has_the_name_of_a_root_but_not_its_key_is_not_one() -> None:
    by, impostor = Authority(), key("p256", 8)
    forged = certificate("Racine", "p256", impostor, "Racine", impostor, AUTHORITY)
    assert "n'est pas signé par Racine" in reason(by.token(IMPRINT), [forged])
    by.middle = certificate("Intermédiaire", "p256", key("p256", 1), "Racine", impostor, AUTHORITY)
    assert "n'est pas signé par Racine" in reason(by.token(IMPRINT), [by.root])


def test_certificates_that_sign_each_other_lead_nowhere() -> None:
    by = Authority()
    first, second = key("p256", 1), key("p256", 6)
    loop = [
        certificate("Intermédiaire", "p256", first, "Boucle", second, AUTHORITY),
        certificate("Boucle", "p256", second, "Intermédiaire", first, AUTHORITY),
    ]
    token = by.token(IMPRINT, certificates=[by.certificate, *loop])
    assert "ne remonte à aucune" in reason(token, [by.root])
    assert not verify_time_stamp(token, IMPRINT, []).is_anchored


def test_what_is_weak_is_refused_in_a_chain_too() -> None:
    by = Authority("rsa1024")
    assert "il faut de 2048 à 8192 bits" in reason(by.token(IMPRINT), [by.root])
    by = Authority("k256")
    assert "courbe elliptique inconnue" in reason(by.token(IMPRINT), [by.root])
    by = Authority("rsa")
    by.middle = with_digest_renamed(by.middle)
    assert "SHA-1 refusée" in reason(by.token(IMPRINT), [by.root])


def with_digest_renamed(made: bytes) -> bytes:
    """A certificate that says to be signed by SHA-1, in both places."""
    sha256, sha1 = signature_algorithm("rsa", "sha256"), signature_algorithm("rsa", "sha1")
    assert made.count(sha256) == 2
    return made.replace(sha256, sha1)


def test_a_certificate_names_one_algorithm_in_both_places() -> None:
    by = Authority()
    named = signature_algorithm("p256", "sha256")
    before, _, after = by.middle.rpartition(named)
    by.middle = before + signature_algorithm("p256", "sha384") + after
    assert "deux algorithmes" in reason(by.token(IMPRINT), [by.root])


@pytest.mark.parametrize("root", [b"", b"\x30", b"\x30\x00", b"-----BEGIN CERTIFICATE-----", sequence_of(number(1))])
def test_a_root_that_is_no_certificate_is_named(root: bytes) -> None:
    by = authority()
    assert "la racine n° 2 n'est pas un certificat lisible" in reason(by.token(IMPRINT), [by.root, root])


def test_names_do_nothing_to_a_terminal() -> None:
    by = Authority(ends=NOW - DAY)
    evil = "\x1b[2Jgentil\u202e" + "x" * 500
    issuer = key("p256", 1)
    by.certificate = certificate(
        evil[:60], "p256", by.key, "Intermédiaire", issuer, (STAMPING, SIGNING), ends=NOW - DAY
    )
    told = reason(by.token(IMPRINT), [by.root])
    assert told.isprintable()
    assert "?[2Jgentil?" in told


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x1f\x01\x00",
        b"\x30\x81\x05" + bytes(5),
        b"\x30\x85\x00\x00\x00\x00\x05" + bytes(5),
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x82\x00\x80" + bytes(128),
        b"\x30" * 90_000,
        bytes(TOKEN_BYTES_MAX + 1),
        b"\x30\x83\x01\x80\x00" + b"\x30\x80" * 49_152,
    ],
)
def test_what_is_no_token_is_refused(token: bytes) -> None:
    assert reason(token, [])


def test_a_token_is_not_too_long() -> None:
    by = authority()
    token = by.token(IMPRINT, more=[attribute("1.2.3", octets(bytes(TOKEN_BYTES_MAX - 2_000)))])
    assert verify_time_stamp(token, IMPRINT, [by.root]).is_anchored
    token = by.token(IMPRINT, more=[attribute("1.2.3", octets(bytes(TOKEN_BYTES_MAX)))])
    assert reason(token, [by.root]) == "jeton trop long"


def test_no_bytes_follow_a_token() -> None:
    token = authority().token(IMPRINT)
    assert "sans longueur" in reason(token + b"\x00", [authority().root])
    assert "suivent la fin" in reason(token + b"\x05\x00", [authority().root])


@pytest.mark.parametrize("kind", ["rsa", "pss", "p256", "ed25519"])
def test_every_altered_byte_is_noticed(kind: str) -> None:
    """Of a token with no certificates but those of its chain; each byte altered in three ways."""
    by, chance = authority(kind), random.Random(3)
    token = by.token(IMPRINT, nonce=5)
    for place in range(len(token)):
        for flip in (1, 128, chance.randrange(1, 256)):
            altered = bytearray(token)
            altered[place] ^= flip
            if bytes(altered) in SAME.get(kind, lambda _: set())(token):
                continue
            try:
                verify_time_stamp(bytes(altered), IMPRINT, [by.root])
            except TimeStampInvalid:
                continue
            pytest.fail(f"byte {place} may be altered by {flip:#x}")


def rsa_without_digest(token: bytes) -> set[bytes]:
    """The signature algorithm, which is not signed, may be named without the digest that is named beside."""
    named, plain = oid("1.2.840.113549.1.1.11"), oid("1.2.840.113549.1.1.1")
    before, _, after = token.rpartition(named)
    return {before + plain + after}


SAME = {"rsa": rsa_without_digest}


def test_only_certificates_that_nobody_needs_may_be_altered() -> None:
    by, elsewhere = authority(), key("p256", 7)
    extra = certificate("Superflu", "p256", elsewhere, "Superflu", elsewhere, AUTHORITY)
    token = by.token(IMPRINT, certificates=[by.certificate, by.middle, extra])
    begins = token.index(extra)
    accepted = set()
    for place in range(len(token)):
        altered = bytearray(token)
        altered[place] ^= 1
        try:
            verify_time_stamp(bytes(altered), IMPRINT, [by.root])
        except TimeStampInvalid:
            continue
        accepted.add(place)
    assert accepted
    assert accepted <= {*range(begins, begins + len(extra))}


@pytest.mark.parametrize("kind", ["rsa", "p256", "ed25519"])
def test_whatever_is_done_to_a_token_it_is_refused_and_nothing_else_happens(kind: str) -> None:
    by, chance = authority(kind), random.Random(4)
    token = by.token(IMPRINT)
    for length in range(0, len(token), 7):
        assert reason(token[:length], [by.root])
    for _ in range(1_500):
        altered = bytearray(token)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(altered))
            altered[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        if bytes(altered) != token:
            assert reason(bytes(altered), [by.root])
