"""Time-stamps (RFC 3161) verified offline: what was stamped, by whom, and that he was entitled to on that very day."""

import hashlib
from datetime import datetime
from typing import Final, NamedTuple

from verifier.der import (
    BIT_STRING,
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    UTC_TIME,
    DerInvalid,
    Fields,
    Item,
    bits,
    boolean,
    integer,
    items,
    moment,
    oid,
    only,
    sequence,
    whole_bytes,
)
from verifier.signatures import SignatureUnknown, algorithm_named, digest_named, is_signed

TOKEN_BYTES_MAX: Final = 100_000
CERTIFICATES_MAX: Final = 10
"""Within a token: a chain is of three or four."""
SERIAL_BYTES_MAX: Final = 40
NAME_CHARACTERS_MAX: Final = 120

_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
_KEY_USAGE: Final = "2.5.29.15"
_BASIC_CONSTRAINTS: Final = "2.5.29.19"
_POLICIES: Final = "2.5.29.32"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
_ANY_USAGE: Final = "2.5.29.37.0"
_KNOWN: Final = frozenset({_KEY_USAGE, _BASIC_CONSTRAINTS, _POLICIES, _EXTENDED_KEY_USAGE})
"""Extensions of a certificate that may be critical."""
_COMMON_NAME: Final = "2.5.4.3"
_ORGANISATION: Final = "2.5.4.10"
_ENCODINGS: Final = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
_DIGITAL_SIGNATURE: Final = 0
_NON_REPUDIATION: Final = 1
_CERTIFICATE_SIGNING: Final = 5


class TimeStampInvalid(ValueError):
    """A time-stamp that proves nothing; why, in French."""


class Stamp(NamedTuple):
    """What a valid time-stamp says."""

    gen_time: datetime
    authority: str
    policy: str
    serial: int
    is_anchored: bool
    """Whether its certificate goes up to one of the roots given; not where none was given."""
    nonce: int | None = None


class _Certificate(NamedTuple):
    whole: bytes
    tbs: bytes
    serial: int
    issuer: bytes
    subject: bytes
    not_before: datetime
    not_after: datetime
    key: Item
    extensions: dict[str, tuple[bool, bytes]]
    """Whether each is critical, and what it holds."""
    algorithm: Item
    signature: bytes


class _Info(NamedTuple):
    policy: str
    imprint: bytes
    serial: int
    gen_time: datetime
    nonce: int | None


class _Signed(NamedTuple):
    info: bytes
    certificates: list[_Certificate]
    digest_name: str
    signer: tuple[bytes, int]
    """Name of who made his certificate, and its number."""
    attributes: Item
    algorithm: Item
    signature: bytes


def verify_time_stamp(token: bytes, imprint: bytes, roots: list[bytes]) -> Stamp:
    """What a token (TimeStampToken, DER) says of a SHA-256 imprint. Raises TimeStampInvalid, whose reason is in French.

    Certificates are judged at the moment of the stamp: one that has expired since is as good as it was. `roots` are
    certificates in DER; where there are none the chain is followed as far as the token holds it, and is not anchored.
    """
    try:
        return _verified(token, imprint, [_root(root, number) for number, root in enumerate(roots, 1)])
    except (DerInvalid, SignatureUnknown) as fault:
        raise TimeStampInvalid(f"jeton illisible ou non admis : {fault}") from None


def must_be_certificates(roots: list[bytes]) -> None:
    """Refuse roots that are no certificates, in DER. Raises TimeStampInvalid."""
    for number, root in enumerate(roots, 1):
        _root(root, number)


def _verified(token: bytes, imprint: bytes, roots: list[_Certificate]) -> Stamp:
    if len(token) > TOKEN_BYTES_MAX:
        raise TimeStampInvalid("jeton trop long")
    signed = _signed_data(token)
    info = _info(signed.info)
    if info.imprint != imprint:
        raise TimeStampInvalid("le jeton n'horodate pas cette empreinte")
    owned = [each for each in signed.certificates if (each.issuer, each.serial) == signed.signer]
    if not owned:
        raise TimeStampInvalid("le jeton ne contient pas le certificat de son signataire")
    signer = owned[0]
    _must_be_attributed(signed, signer)
    # Attributes are signed as the SET that they are, and stored under another tag.
    algorithm = algorithm_named(signed.algorithm, signed.digest_name)
    if algorithm.digest != signed.digest_name:
        raise TimeStampInvalid("la signature n'emploie pas l'empreinte que le jeton annonce")
    if not is_signed(signer.key, algorithm, b"\x31" + signed.attributes.whole[1:], signed.signature):
        raise TimeStampInvalid("la signature du jeton n'est pas celle de l'autorité d'horodatage")
    if (fault := _fault_of_signer(signer, info.gen_time)) is not None:
        raise TimeStampInvalid(fault)
    is_anchored = _is_anchored(signer, signed.certificates, roots, info.gen_time)
    return Stamp(info.gen_time, _name(signer.subject), info.policy, info.serial, is_anchored, info.nonce)


def _signed_data(token: bytes) -> _Signed:
    """ContentInfo and SignedData of RFC 5652, as RFC 3161 restricts them: one content, one signer."""
    outer = sequence(only(token, SEQUENCE))
    _must_be(oid(outer.next(OBJECT_IDENTIFIER)) == _SIGNED_DATA, "ce n'est pas un jeton signé (CMS SignedData)")
    fields = sequence(only(outer.next(0xA0).content, SEQUENCE))
    outer.end()
    _must_be(integer(fields.next(INTEGER)) == 3, "version inconnue des données signées")
    digests = items(fields.next(SET).content)
    inner = sequence(fields.next(SEQUENCE))
    _must_be(oid(inner.next(OBJECT_IDENTIFIER)) == _TST_INFO, "le contenu signé n'est pas un horodatage (TSTInfo)")
    info = only(inner.next(0xA0).content, OCTET_STRING).content
    inner.end()
    embedded = fields.optional(0xA0)
    certificates = [] if embedded is None else items(embedded.content)
    _must_be(fields.optional(0xA1) is None, "le jeton porte des listes de révocation, que rien ne protège")
    signers = items(fields.next(SET).content)
    fields.end()
    _must_be(len(signers) == 1, "le jeton doit avoir un seul signataire")
    _must_be(len(certificates) <= CERTIFICATES_MAX, "le jeton contient trop de certificats")
    made = _signer(signers[0], info, [_certificate(each) for each in certificates])
    _must_be(
        len(digests) == 1 and digest_named(digests[0]) == made.digest_name,
        "le jeton annonce d'autres empreintes que celle de son signataire",
    )
    return made


def _signer(item: Item, info: bytes, certificates: list[_Certificate]) -> _Signed:
    """SignerInfo of RFC 5652."""
    fields = sequence(item)
    _must_be(integer(fields.next(INTEGER)) == 1, "le signataire doit être désigné par son certificat")
    named = sequence(fields.next(SEQUENCE))
    signer = named.next(SEQUENCE).whole, _serial(named.next(INTEGER))
    named.end()
    digest = digest_named(fields.next(SEQUENCE))
    attributes = fields.next(0xA0)
    algorithm = fields.next(SEQUENCE)
    signature = fields.next(OCTET_STRING).content
    _must_be(fields.optional(0xA1) is None, "le jeton porte des attributs non signés, que rien ne protège")
    fields.end()
    return _Signed(info, certificates, digest, signer, attributes, algorithm, signature)


def _info(encoded: bytes) -> _Info:
    """TSTInfo of RFC 3161, 2.4.2."""
    fields = sequence(only(encoded, SEQUENCE))
    _must_be(integer(fields.next(INTEGER)) == 1, "version inconnue de l'horodatage")
    policy = oid(fields.next(OBJECT_IDENTIFIER))
    stamped = sequence(fields.next(SEQUENCE))
    _must_be(digest_named(stamped.next(SEQUENCE)) == "sha256", "l'empreinte horodatée n'est pas un SHA-256")
    imprint = stamped.next(OCTET_STRING).content
    stamped.end()
    serial = _serial(fields.next(INTEGER))
    gen_time = moment(fields.next(GENERALIZED_TIME))
    # Accuracy, order and name are nothing that a proof rests on.
    fields.optional(SEQUENCE)
    fields.optional(BOOLEAN)
    nonce = fields.optional(INTEGER)
    fields.optional(0xA0)
    extensions = fields.optional(0xA1)
    fields.end()
    if extensions is not None and any(is_critical for is_critical, _ in _extensions(extensions.content).values()):
        raise TimeStampInvalid("l'horodatage a une extension critique inconnue")
    return _Info(policy, imprint, serial, gen_time, None if nonce is None else integer(nonce))


def _must_be_attributed(signed: _Signed, signer: _Certificate) -> None:
    """What is signed is attributes: they must name the content, its digest and the certificate."""
    attributes: dict[str, Item] = {}
    for each in items(signed.attributes.content):
        fields = sequence(each)
        name = oid(fields.next(OBJECT_IDENTIFIER))
        values = items(fields.next(SET).content)
        fields.end()
        _must_be(name not in attributes and len(values) == 1, "un attribut signé est répété ou sans valeur unique")
        attributes[name] = values[0]
    told = attributes.get(_CONTENT_TYPE), attributes.get(_MESSAGE_DIGEST)
    if told[0] is None or told[1] is None:
        raise TimeStampInvalid("le type ou l'empreinte du contenu manque aux attributs signés")
    _must_be(oid(told[0]) == _TST_INFO, "les attributs signés annoncent un autre contenu")
    digest = hashlib.new(signed.digest_name, signed.info).digest()
    _must_be((told[1].tag, told[1].content) == (OCTET_STRING, digest), "le contenu n'est pas celui qui a été signé")
    first, second = attributes.get(_SIGNING_CERTIFICATE), attributes.get(_SIGNING_CERTIFICATE_V2)
    _must_be(
        not (first is None and second is None), "les attributs signés ne désignent pas le certificat du signataire"
    )
    if first is not None:
        _must_name(first, signer, is_first=True)
    if second is not None:
        _must_name(second, signer, is_first=False)


def _must_name(attribute: Item, signer: _Certificate, *, is_first: bool) -> None:
    """SigningCertificate of RFC 2634, whose hash is a SHA-1, or SigningCertificateV2 of RFC 5035: the first is meant.

    SHA-1 suffices there: a second certificate of the same hash is out of reach, and the issuer signed this one.
    """
    certificates = sequence(sequence(attribute).next(SEQUENCE))
    fields = sequence(certificates.next(SEQUENCE))
    algorithm = None if is_first else fields.optional(SEQUENCE)
    name = "sha1" if is_first else "sha256" if algorithm is None else digest_named(algorithm)
    digest = hashlib.new(name, signer.whole, usedforsecurity=not is_first).digest()
    _must_be(fields.next(OCTET_STRING).content == digest, "le certificat n'est pas celui que le signataire désigne")


def _certificate(item: Item) -> _Certificate:
    """Certificate of RFC 5280, 4.1."""
    fields = sequence(item)
    signed, algorithm = fields.next(SEQUENCE), fields.next(SEQUENCE)
    signature = whole_bytes(fields.next(BIT_STRING))
    fields.end()
    inner = sequence(signed)
    inner.optional(0xA0)
    serial = _serial(inner.next(INTEGER))
    _must_be(inner.next(SEQUENCE).whole == algorithm.whole, "un certificat annonce deux algorithmes de signature")
    issuer = inner.next(SEQUENCE).whole
    validity = sequence(inner.next(SEQUENCE))
    not_before, not_after = _moment(validity), _moment(validity)
    validity.end()
    subject, key = inner.next(SEQUENCE).whole, inner.next(SEQUENCE)
    inner.optional(0x81)
    inner.optional(0x82)
    extensions = inner.optional(0xA3)
    inner.end()
    found = {} if extensions is None else _extensions(only(extensions.content, SEQUENCE).content)
    return _Certificate(
        item.whole, signed.whole, serial, issuer, subject, not_before, not_after, key, found, algorithm, signature
    )


def _root(encoded: bytes, number: int) -> _Certificate:
    try:
        return _certificate(only(encoded, SEQUENCE))
    except (DerInvalid, TimeStampInvalid) as fault:
        raise TimeStampInvalid(f"la racine n° {number} n'est pas un certificat lisible : {fault}") from None


def _moment(fields: Fields) -> datetime:
    return moment(fields.optional(UTC_TIME) or fields.next(GENERALIZED_TIME))


def _extensions(encoded: bytes) -> dict[str, tuple[bool, bytes]]:
    found: dict[str, tuple[bool, bytes]] = {}
    for each in items(encoded):
        fields = sequence(each)
        name = oid(fields.next(OBJECT_IDENTIFIER))
        is_critical = boolean(fields.optional(BOOLEAN))
        _must_be(name not in found, "une extension est répétée")
        found[name] = is_critical, fields.next(OCTET_STRING).content
        fields.end()
    return found


def _serial(item: Item) -> int:
    _must_be(len(item.content) <= SERIAL_BYTES_MAX, "un numéro de série est trop long")
    return integer(item)


def _fault_of_signer(signer: _Certificate, when: datetime) -> str | None:
    """What keeps a certificate from stamping at a moment, if anything (RFC 3161, 2.3)."""
    is_critical = signer.extensions.get(_EXTENDED_KEY_USAGE, (False, b""))[0]
    if not is_critical or _usages(signer) != [_TIME_STAMPING]:
        return f"le certificat de {_name(signer.subject)} n'est pas réservé à l'horodatage"
    if not (_may(signer, _DIGITAL_SIGNATURE) or _may(signer, _NON_REPUDIATION)):
        return f"le certificat de {_name(signer.subject)} ne permet pas de signer"
    return _fault_of_any(signer, when)


def _fault_of_issuer(issuer: _Certificate, issued: _Certificate, below: int, when: datetime) -> str | None:
    """What keeps a certificate from having made another, which has `below` others between it and the signer's."""
    name = _name(issuer.subject)
    is_authority, below_max = _constraints(issuer)
    if not is_authority or not _may(issuer, _CERTIFICATE_SIGNING):
        return f"le certificat de {name} n'est pas celui d'une autorité de certification"
    if below_max is not None and below > below_max:
        return f"le certificat de {name} ne permet pas une chaîne si longue"
    if _EXTENDED_KEY_USAGE in issuer.extensions and not {_TIME_STAMPING, _ANY_USAGE} & {*_usages(issuer)}:
        return f"l'autorité {name} n'est pas admise à certifier l'horodatage"
    if (fault := _fault_of_any(issuer, when)) is not None:
        return fault
    try:
        is_its = is_signed(issuer.key, algorithm_named(issued.algorithm), issued.tbs, issued.signature)
    except SignatureUnknown as refusal:
        return f"certificat de {_name(issued.subject)} : {refusal}"
    return None if is_its else f"le certificat de {_name(issued.subject)} n'est pas signé par {name}"


def _fault_of_any(certificate: _Certificate, when: datetime) -> str | None:
    day = f"le {when:%d/%m/%Y à %H:%M:%S} (temps universel)"
    if when < certificate.not_before:
        return f"le certificat de {_name(certificate.subject)} n'était pas encore valable {day}"
    if when > certificate.not_after:
        return f"le certificat de {_name(certificate.subject)} n'était plus valable {day}"
    if any(is_critical and name not in _KNOWN for name, (is_critical, _) in certificate.extensions.items()):
        return f"le certificat de {_name(certificate.subject)} a une extension critique inconnue"
    return None


def _is_anchored(signer: _Certificate, embedded: list[_Certificate], roots: list[_Certificate], when: datetime) -> bool:
    """Whether a chain of certificates goes up to a root, each valid at that moment and signed by the next.

    Raises TimeStampInvalid where roots are given and it does not, or where the token holds a chain that is broken.
    """
    trusted = {root.whole for root in roots}
    seen, waiting, faults = {signer.whole}, [(signer, 0)], []
    if signer.whole in trusted:
        return True
    while waiting:
        issued, below = waiting.pop(0)
        named = [each for each in (*roots, *embedded) if each.subject == issued.issuer and each.whole not in seen]
        sound = []
        for each in named:
            fault = _fault_of_issuer(each, issued, below, when)
            if fault is not None:
                faults.append(fault)
            elif each.whole in trusted:
                return True
            else:
                sound.append(each)
        # Above one that issued itself there is nothing to be broken.
        if not roots and named and not sound and issued.issuer != issued.subject:
            raise TimeStampInvalid(faults[-1])
        seen.update(each.whole for each in sound)
        waiting += [(each, below + 1) for each in sound]
    if roots:
        otherwise = f"le certificat de {_name(signer.subject)} ne remonte à aucune des racines données"
        raise TimeStampInvalid(faults[0] if faults else otherwise)
    return False


def _usages(certificate: _Certificate) -> list[str]:
    _, encoded = certificate.extensions.get(_EXTENDED_KEY_USAGE, (False, b"\x30\x00"))
    return [oid(each) for each in items(only(encoded, SEQUENCE).content)]


def _may(certificate: _Certificate, bit: int) -> bool:
    """Whether a certificate allows its key a use; one that restricts nothing allows all."""
    if _KEY_USAGE not in certificate.extensions:
        return True
    allowed, unused = bits(only(certificate.extensions[_KEY_USAGE][1], BIT_STRING))
    return bit < 8 * len(allowed) - unused and bool(allowed[bit // 8] & 0x80 >> bit % 8)


def _constraints(certificate: _Certificate) -> tuple[bool, int | None]:
    """Whether a certificate is of an authority, and how many others there may be between it and the last."""
    if _BASIC_CONSTRAINTS not in certificate.extensions:
        return False, None
    fields = sequence(only(certificate.extensions[_BASIC_CONSTRAINTS][1], SEQUENCE))
    is_authority, below = boolean(fields.optional(BOOLEAN)), fields.optional(INTEGER)
    fields.end()
    return is_authority, None if below is None else integer(below)


def _name(encoded: bytes) -> str:
    """A name for people to read: the common one and the organisation; nothing that a terminal would obey."""
    found: dict[str, str] = {}
    for part in items(only(encoded, SEQUENCE).content):
        for each in items(part.content):
            fields = items(each.content)
            encoding = _ENCODINGS.get(fields[-1].tag) if len(fields) == 2 else None
            if encoding is not None:
                text = fields[1].content.decode(encoding, "replace")
                found[oid(fields[0])] = "".join(each if each.isprintable() else "?" for each in text)
    told = [found[kind][:NAME_CHARACTERS_MAX] for kind in (_COMMON_NAME, _ORGANISATION) if found.get(kind)]
    return " – ".join(told) or "(sans nom)"


def _must_be(condition: bool, otherwise: str) -> None:
    if not condition:
        raise TimeStampInvalid(otherwise)
