"""Sealed letters: valid to two validators that share nothing, still PDF/A, and changed by no byte unnoticed."""

import base64
import hashlib
import io
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asn1crypto import cms
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cli.worker import signer_of
from documents.signing import KeyUnusable, Signer, SigningFailed
from documents.stationery import Stationery
from domain.letters.due import letters_due
from domain.taken import Surroundings
from ledger.settings import Settings
from ledger.settings_reader import SettingsError
from tests.histories import MASTER_KEY
from tests.loopback import Answered, Sent, place
from tests.time_stamping import Authority, rejection, request_of, response
from tests.unit.given import ADMINISTRATION, REFERENCE, TODAY
from tests.unit.test_letters_due import told
from tests.verapdf import faults

PASSWORD = "un mot de passe"
THIS_DAY = datetime.now(UTC)


class Seal(NamedTuple):
    """A key, its certificate, and the files that the settings name."""

    key: Any
    certificate: x509.Certificate
    archive: Path
    password: Path


def sealed_by(key: Any, folder: Path) -> Seal:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Plateforme de Clermont-Ferrand")])
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"), False)
    more = dict.fromkeys(("crl_sign", "encipher_only", "decipher_only"), False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(THIS_DAY - timedelta(days=1))
        .not_valid_after(THIS_DAY + timedelta(days=365))
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage, **more), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    archive, password = folder / "seal.p12", folder / "password"
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    archive.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, encryption))
    password.write_text(f"{PASSWORD}\n")
    return Seal(key, certificate, archive, password)


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return sealed_by(rsa.generate_private_key(65_537, 2_048), tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="module")
def letter() -> bytes:
    """A real letter, as it is set."""
    facts = told()
    around = Surroundings(
        administration=ADMINISTRATION,
        administration_then=ADMINISTRATION,
        reference=REFERENCE,
        reference_today=REFERENCE,
        same_program=True,
        today=TODAY,
    )
    stationery = Stationery(b"k" * 32, "https://smoe.example", certified=True)
    return stationery.rendered(stationery.composed(facts, letters_due(facts)[1], around))


def signer(seal: Seal, tsa_url: str | None = None) -> Signer:
    return Signer.of_pkcs12(seal.archive, seal.password, tsa_url)


def judged(pdf: bytes, trusted: x509.Certificate) -> Any:
    """What pyHanko's own validator finds."""
    root = Certificate.load(trusted.public_bytes(serialization.Encoding.DER))
    reader = PdfFileReader(io.BytesIO(pdf))
    (signature,) = reader.embedded_signatures
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))


def parts(pdf: bytes) -> tuple[bytes, bytes]:
    """The bytes that a signature covers and the signature itself, found without any library of PDF."""
    found = re.search(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    assert found is not None
    start, length, second, rest = map(int, found.groups())
    assert (start, second + rest) == (0, len(pdf)), "everything but the signature is covered"
    held = pdf[length:second].strip(b"<>")
    return pdf[:length] + pdf[second:], bytes.fromhex(held.decode())


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_seal_is_valid_to_its_own_library_and_to_another(tmp_path: Path, letter: bytes, kind: str) -> None:
    key = rsa.generate_private_key(65_537, 3_072) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    seal = sealed_by(key, tmp_path)
    sealed = signer(seal).signed(letter)
    assert sealed.startswith(letter), "a seal is appended: what was set is still there, byte for byte"
    status = judged(sealed, seal.certificate)
    assert (status.bottom_line, status.coverage.name) == (True, "ENTIRE_FILE")
    covered, signature = parts(sealed)
    _verified_by_hand(seal, covered, signature)
    # And by OpenSSL, which reads the signature and the certificate itself.
    for name, content in (("covered", covered), ("signature", signature.rstrip(b"\0"))):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "root.pem").write_bytes(seal.certificate.public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any", "-out", "/dev/null"]
    files = ["-in", "signature", "-content", "covered", "-CAfile", "root.pem"]
    done = subprocess.run([*command, *files], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def _verified_by_hand(seal: Seal, covered: bytes, signature: bytes) -> None:
    """By the primitives of cryptography alone: digest of the file, then the signature of the attributes."""
    signed = cms.ContentInfo.load(signature)["content"]
    (info,) = signed["signer_infos"]
    attributes = {each["type"].native: each["values"] for each in info["signed_attrs"]}
    assert attributes["message_digest"][0].native == hashlib.sha256(covered).digest()
    assert "signing_certificate_v2" in attributes, "PAdES wants the certificate itself to be signed"
    told = info["signed_attrs"].untag().dump()
    value, public = info["signature"].native, seal.certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(value, told, padding.PKCS1v15(), hashes.SHA256())
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(value, told, ec.ECDSA(hashes.SHA256()))


def test_a_sealed_letter_is_still_pdf_a_and_accessible(tmp_path: Path, seal: Seal, letter: bytes) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(signer(seal).signed(letter))
    assert {flavour: faults(flavour, path)[path] for flavour in ("2a", "ua1")} == {"2a": [], "ua1": []}


def test_a_byte_that_changes_undoes_the_seal(seal: Seal, letter: bytes) -> None:
    sealed = signer(seal).signed(letter)
    for spot in (100, len(letter) // 2, len(letter) - 50):
        altered = bytearray(sealed)
        altered[spot] ^= 1
        covered, signature = parts(bytes(altered))
        with pytest.raises(AssertionError):
            _verified_by_hand(seal, covered, signature)


def test_the_certificate_is_named_by_its_hash(seal: Seal) -> None:
    der = seal.certificate.public_bytes(serialization.Encoding.DER)
    assert signer(seal).certificate_sha256 == hashlib.sha256(der).hexdigest()


def test_a_seal_is_time_stamped_where_an_authority_is_named(tmp_path: Path, seal: Seal, letter: bytes) -> None:
    authority = Authority("rsa")

    def stamped(sent: Sent) -> Answered:
        asked = request_of(sent.body)
        token = authority.token(asked.imprint, datetime.now(UTC), asked.nonce)
        return Answered(200, response(token), "application/timestamp-reply")

    with place(stamped) as tsa:
        sealed = signer(seal, tsa.url).signed(letter)
    assert {each.content_type for each in tsa.received} == {"application/timestamp-query"}
    covered, signature = parts(sealed)
    _verified_by_hand(seal, covered, signature)
    (info,) = cms.ContentInfo.load(signature)["content"]["signer_infos"]
    (token,) = [
        each["values"][0] for each in info["unsigned_attrs"] if each["type"].native == "signature_time_stamp_token"
    ]
    told = token["content"]["encap_content_info"]["content"].parsed
    assert told["message_imprint"]["hashed_message"].native == hashlib.sha256(info["signature"].native).digest()
    path = tmp_path / "stamped.pdf"
    path.write_bytes(sealed)
    assert faults("2a", path)[path] == []


@pytest.mark.parametrize(
    "answer",
    [Answered(200, rejection()), Answered(503), Answered(200, b"nothing"), Answered(0)],
    ids=["refused", "away", "nonsense", "cut"],
)
def test_an_authority_that_fails_is_an_outage(seal: Seal, letter: bytes, answer: Answered) -> None:
    with place(lambda _: answer) as tsa, pytest.raises(SigningFailed):
        signer(seal, tsa.url).signed(letter)


# What the settings name


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": "postgresql://u@localhost/d",
        "SMOE_DATA_DIR": str(folder),
        "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        **more,
    }


def test_letters_are_sealed_by_what_the_settings_name_and_by_nothing_else(tmp_path: Path, seal: Seal) -> None:
    plain = Settings.from_environment(environment(tmp_path))
    assert plain.letters
    assert signer_of(plain) is None
    assert not Settings.from_environment(environment(tmp_path, SMOE_LETTERS="off")).letters
    names = {"SMOE_SIGNATURE_PKCS12": str(seal.archive), "SMOE_SIGNATURE_PASSWORD_FILE": str(seal.password)}
    found = signer_of(Settings.from_environment(environment(tmp_path, **names)))
    assert found is not None
    assert found.certificate_sha256 == signer(seal).certificate_sha256


def test_a_key_that_does_not_open_stops_the_start_and_repeats_no_password(tmp_path: Path, seal: Seal) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("autre chose")
    names = {"SMOE_SIGNATURE_PKCS12": str(seal.archive), "SMOE_SIGNATURE_PASSWORD_FILE": str(wrong)}
    with pytest.raises(SettingsError) as refused:
        signer_of(Settings.from_environment(environment(tmp_path, **names)))
    assert "SMOE_SIGNATURE_PKCS12" in str(refused.value)
    assert "autre chose" not in str(refused.value)
    with pytest.raises(SettingsError, match="SMOE_SIGNATURE_PKCS12"):
        Settings.from_environment(environment(tmp_path, SMOE_SIGNATURE_PKCS12=str(tmp_path / "none.p12")))
    empty = tmp_path / "empty.p12"
    empty.write_bytes(b"nothing")
    with pytest.raises(KeyUnusable):
        Signer.of_pkcs12(empty, None)
