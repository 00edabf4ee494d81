"""Letters sealed with a certificate of the service: PAdES signatures, time-stamped where an authority is named."""

import asyncio
import hashlib
import io
from pathlib import Path
from typing import Any, Final

from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from ledger.proofs.posting import Unanswered, post
from ledger.settings import Settings

FIELD: Final = "Cachet"
TOLD: Final = "Cachet électronique du service"
"""What a reader who cannot see it is told of the field."""


class SigningFailed(Exception):
    """A letter could not be sealed now: the authority for time-stamps does not answer."""


class KeyUnusable(Exception):
    """The certificate or the key of the settings cannot be used."""


class Signer:
    """Seals files with one certificate; safe to share between threads."""

    def __init__(self, signer: SimpleSigner, tsa_url: str | None = None) -> None:
        assert signer.signing_cert is not None, "a key comes with its certificate"
        self._signer = signer
        self._tsa_url = tsa_url
        self.certificate_sha256 = hashlib.sha256(signer.signing_cert.dump()).hexdigest()

    @classmethod
    def of(cls, settings: Settings) -> "Signer | None":
        """The signer that the settings name, or none. Raises KeyUnusable."""
        if settings.signature_pkcs12 is None:
            return None
        return cls.of_pkcs12(settings.signature_pkcs12, settings.signature_password_file, settings.tsa_url)

    @classmethod
    def of_pkcs12(cls, path: Path, password_file: Path | None, tsa_url: str | None = None) -> "Signer":
        """The signer of a PKCS#12 archive. Raises KeyUnusable."""
        try:
            password = password_file.read_bytes().rstrip(b"\r\n") if password_file else None
            signer = SimpleSigner.load_pkcs12_data(path.read_bytes(), other_certs=(), passphrase=password)
        except (OSError, ValueError) as fault:
            # Its words may repeat a password.
            raise KeyUnusable(type(fault).__name__) from None
        if signer is None or signer.signing_cert is None:
            raise KeyUnusable("no key with its certificate")
        return cls(signer, tsa_url)

    def signed(self, pdf: bytes) -> bytes:
        """The file with a signature appended, by which it stays PDF/A and tagged. Raises SigningFailed."""
        # What follows begins on a line of its own, as PDF/A wants every object to.
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
        append_signature_field(writer, SigFieldSpec(sig_field_name=FIELD, readable_field_name=TOLD))
        metadata = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        stamper = _Stamper(self._tsa_url) if self._tsa_url else None
        try:
            sealed: Any = PdfSigner(metadata, signer=self._signer, timestamper=stamper).sign_pdf(writer)
        except Unanswered as fault:
            raise SigningFailed(str(fault)) from fault
        return bytes(sealed.getvalue())


class _Stamper(TimeStamper):
    """Asks the authority as the rest of smoe does: within seconds, and without telling its address."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (TimestampRequestError, ValueError, TypeError, KeyError) as fault:
            # The library takes whatever was answered for what it asked for.
            raise Unanswered(f"no time-stamp: {type(fault).__name__}") from fault

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        reply = await asyncio.to_thread(post, self._url, req.dump(), "application/timestamp-query")
        if reply.status != 200:
            raise Unanswered(f"status {reply.status}")
        return tsp.TimeStampResp.load(reply.body)
