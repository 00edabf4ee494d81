"""Files that tests send, and how they send them."""

import base64
import hashlib
import io
from typing import Any, Final

import httpx
import pikepdf

from tests.api.service import Dossier, Service

TUS: Final = {"Tus-Resumable": "1.0.0"}
CHUNK: Final = "application/offset+octet-stream"
OFFSET: Final = "Upload-Offset"


def a_pdf(text: str = "Attestation de paiement des cotisations") -> bytes:
    """A PDF of one page, whole and with text, that differs with its text."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1"))
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def send(
    dossier: Dossier,
    who: str,
    content: bytes,
    *,
    name: str = "attestation.pdf",
    kind: str = "application/pdf",
    at: int | None = None,
    key: str | None = None,
    **fields: str,
) -> httpx.Response:
    """A file as a form, with what is said of it."""
    headers = dossier.service.headers(who)
    if at is not None:
        headers["If-Match"] = f'"{at}"'
    if key is not None:
        headers["Idempotency-Key"] = key
    part = {"file": (name, content, kind)}
    return dossier.service.client.post(f"{dossier.path}/documents", files=part, data=fields, headers=headers)


def deliver(
    dossier: Dossier, who: str, content: bytes, document: str = "P1", version: int = 1, kind: str = "application/pdf"
) -> httpx.Response:
    """The file of a version that was announced."""
    path = f"{dossier.path}/documents/{document}/versions/{version}/content"
    part = {"file": ("piece.pdf", content, kind)}
    return dossier.service.client.put(path, files=part, headers=dossier.service.headers(who))


def fetch(dossier: Dossier, who: str | None, document: str = "P1", version: int = 1, **headers: str) -> httpx.Response:
    path = f"{dossier.path}/documents/{document}/versions/{version}/content"
    return dossier.service.client.get(path, headers=dossier.service.headers(who, **headers))


def listed(dossier: Dossier, who: str, document: str) -> Any:
    """A document as the list tells of it."""
    told = dossier.read(who, "/documents").json()["documents"]
    (found,) = [each for each in told if each["id"] == document]
    return found


def coded(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def begin(service: Service, who: str, length: int, **metadata: str) -> httpx.Response:
    """Announce an upload."""
    said = ",".join(f"{name} {coded(value)}" for name, value in metadata.items())
    headers = service.headers(who, **TUS, **{"Upload-Length": str(length), "Upload-Metadata": said})
    return service.client.post("/api/uploads", headers=headers)


def go_on(
    service: Service, who: str, place: str, offset: int, content: Any, *, checksum: bytes | None = None, **more: str
) -> httpx.Response:
    """Send what follows."""
    headers = service.headers(who, **TUS, **{OFFSET: str(offset), "Content-Type": CHUNK}) | more
    if checksum is not None:
        headers["Upload-Checksum"] = f"sha256 {coded(checksum)}"
    return service.client.patch(place, content=content, headers=headers)


def state(service: Service, who: str, place: str) -> httpx.Response:
    return service.client.head(place, headers=service.headers(who, **TUS))


def uploaded(service: Service, who: str, content: bytes, **metadata: str) -> str:
    """The address of an upload that is whole."""
    begun = begin(service, who, len(content), **metadata)
    assert begun.status_code == 201, begun.text
    place = str(begun.headers["Location"])
    if content:
        assert go_on(service, who, place, 0, content).status_code == 204
    return place
