"""Uploads that may be interrupted and go on: tus 1.0 with creation, expiration, termination and checksum."""

import asyncio
import base64
import binascii
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, patch, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, HeaderParameter

from api.access import must_be_signed_in
from api.answers import BODY_RESPONSES, READ_RESPONSES, problem
from api.form import FILE_TYPES
from api.multipart import plain_name
from api.problems import Problematic
from api.recording import COUNTED
from documents.uploads import (
    PART_BYTES,
    Described,
    OffsetMismatch,
    TooManyUploads,
    Upload,
    UploadOverrun,
    Uploads,
    UploadUnknown,
)
from domain.envelope import Actor

VERSION: Final = "1.0.0"
CHUNK: Final = "application/offset+octet-stream"
ALGORITHM: Final = "sha256"
SMALL_BYTES: Final = 4_096
"""Of a body where none belongs."""
LENGTH_MAX: Final = 10**15
EXTENSIONS: Final = "creation,expiration,termination,checksum"
"""Of tus; a chunk is never sent together with the creation."""

Resumable = Annotated[str | None, HeaderParameter(name="Tus-Resumable", description="Version de tus : 1.0.0.")]


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What `Upload-Metadata` may say."""

    filename: str = ""
    filetype: Annotated[str, msgspec.Meta(max_length=100)] = ""
    sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")] = ""
    case: UUID | None = None
    """The case that it is for: it goes with the case's files."""


def _must_speak(resumable: str | None) -> None:
    if resumable != VERSION:
        raise Problematic("tus_version", headers={"Tus-Version": VERSION, "Tus-Resumable": VERSION})


def metadata_of(text: str) -> Metadata:
    """What the header says, each value in base 64 after its name. Raises Problematic."""
    told: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in text.split(","))):
        name, _, coded = pair.partition(" ")
        if name in told:
            raise Problematic("malformed", f"Upload-Metadata donne deux fois {name[:50]!r}.")
        try:
            told[name] = base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Problematic("malformed", "Upload-Metadata donne chaque valeur en base 64, en UTF-8.") from None
    try:
        return msgspec.convert({name: told[name] for name in Metadata.__struct_fields__ if name in told}, Metadata)
    except msgspec.ValidationError:
        raise Problematic("malformed", "Upload-Metadata porte une valeur impossible.") from None


def _found(uploads: Uploads, upload: UUID, actor: Actor) -> Upload:
    try:
        return uploads.find(upload, actor.identity)
    except UploadUnknown:
        raise Problematic("not_found") from None


def _headers(upload: Upload, offset: int | None = None) -> dict[str, str]:
    return {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(upload.offset if offset is None else offset),
        "Upload-Expires": format_datetime(upload.ends_at, usegmt=True),
        "Cache-Control": "no-store",
    }


REACHED: Final = "Upload-Offset dit combien d'octets sont arrivés."
UPLOAD_RESPONSES: Final = {**READ_RESPONSES, 412: problem("Ce service parle tus 1.0.0.")}


def _of_offset(status: int, description: str) -> dict[int, ResponseSpec]:
    return {status: ResponseSpec(None, description=description)}


@post(
    "/",
    before_request=must_be_signed_in,
    sync_to_thread=True,
    opt=COUNTED,
    status_code=201,
    request_max_body_size=SMALL_BYTES,
    operation_id="CreateUpload",
    summary="Commencer l'envoi d'un fichier en plusieurs fois",
    responses={
        **UPLOAD_RESPONSES,
        **BODY_RESPONSES,
        **_of_offset(201, "Envoi commencé : Location dit où le continuer."),
        409: problem("Trop d'envois sont en cours."),
    },
)
def create_upload(
    request: Request[Actor, None, Any],
    uploads: NamedDependency[Uploads],
    file_bytes_max: NamedDependency[int],
    length: Annotated[
        int, HeaderParameter(name="Upload-Length", description="Taille du fichier, en octets.", ge=0, le=LENGTH_MAX)
    ],
    resumable: Resumable = None,
    said: Annotated[
        str,
        HeaderParameter(
            name="Upload-Metadata",
            description="filename, filetype, sha256 et case, chacun suivi de sa valeur en base 64.",
            max_length=8_000,
        ),
    ] = "",
) -> Response[None]:
    """Announce a file; its parts follow by PATCH, from any place to any process, until `Upload-Expires`."""
    _must_speak(resumable)
    metadata = metadata_of(said)
    if length > file_bytes_max:
        limits = {"Tus-Max-Size": str(file_bytes_max), "Tus-Resumable": VERSION}
        raise Problematic("too_large", f"Un fichier compte {file_bytes_max} octets au plus.", headers=limits)
    described = Described(name=plain_name(metadata.filename), media_type=metadata.filetype, sha256=metadata.sha256)
    try:
        begun = uploads.begin(request.user.identity, length, described, metadata.case)
    except TooManyUploads:
        raise Problematic("too_many_uploads") from None
    place = f"/api/uploads/{begun.id}"
    more = {"Location": place, "Tus-Max-Size": str(file_bytes_max), "Tus-Extension": EXTENSIONS}
    return Response(None, status_code=201, headers=_headers(begun) | more)


@route(
    "/{upload:uuid}",
    http_method=HttpMethod.HEAD,
    before_request=must_be_signed_in,
    sync_to_thread=True,
    opt=COUNTED,
    status_code=200,
    operation_id="UploadState",
    summary="Savoir où en est un envoi",
    responses={**UPLOAD_RESPONSES, **_of_offset(200, REACHED)},
)
def upload_state(
    upload: FromPath[UUID],
    request: Request[Actor, None, Any],
    uploads: NamedDependency[Uploads],
    resumable: Resumable = None,
) -> Response[None]:
    """How many bytes are here: where the next chunk begins."""
    _must_speak(resumable)
    found = _found(uploads, upload, request.user)
    return Response(None, status_code=200, headers=_headers(found) | {"Upload-Length": str(found.length)})


@dataclass
class SendsChunk(Operation):
    """An operation of the document whose body is bytes as they are."""

    def __post_init__(self) -> None:
        content = {CHUNK: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY))}
        self.request_body = RequestBody(required=True, content=content)


@patch(
    "/{upload:uuid}",
    before_request=must_be_signed_in,
    opt={FILE_TYPES: frozenset({CHUNK}), **COUNTED},
    operation_class=SendsChunk,
    status_code=204,
    operation_id="AppendToUpload",
    summary="Continuer un envoi",
    responses={
        **UPLOAD_RESPONSES,
        **BODY_RESPONSES,
        **_of_offset(204, REACHED),
        408: problem("La partie a mis trop de temps à arriver : ce qui est arrivé est gardé."),
        409: problem("Ce n'est pas la suite : l'en-tête Upload-Offset dit où continuer."),
        460: problem("L'empreinte de cette partie n'est pas celle qui a été annoncée : elle n'est pas gardée."),
    },
)
async def append_to_upload(
    upload: FromPath[UUID],
    request: Request[Actor, None, Any],
    uploads: NamedDependency[Uploads],
    offset: Annotated[
        int, HeaderParameter(name="Upload-Offset", description="Où cette partie commence.", ge=0, le=LENGTH_MAX)
    ],
    resumable: Resumable = None,
    checksum: Annotated[
        str | None,
        HeaderParameter(name="Upload-Checksum", description="sha256, puis l'empreinte de la partie en base 64."),
    ] = None,
) -> Response[None]:
    """Bytes that follow those that are here; what of them has arrived is kept, even when the connection is lost.

    Asynchronous while they come in. With a checksum they are kept together or not at all.
    """
    _must_speak(resumable)
    found = await asyncio.to_thread(_found, uploads, upload, request.user)
    expected = _digest_of(checksum)
    if offset != found.offset:
        raise _not_next(found.offset)
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > found.length - offset:
        raise _overrun(found)
    receiving = _Receiving(uploads, found, request.user.identity, offset)
    if expected is None:
        await receiving.take_all(request.stream())
    else:
        await receiving.take_verified(request.stream(), expected)
    return Response(None, status_code=204, headers=_headers(found, receiving.offset))


class _Receiving:
    """One sender's bytes on their way into the parts of an upload."""

    def __init__(self, uploads: Uploads, upload: Upload, sender: str, offset: int) -> None:
        self.uploads = uploads
        self.upload = upload
        self.sender = sender
        self.offset = offset
        self._held = bytearray()

    async def take_all(self, pieces: AsyncIterator[bytes]) -> None:
        """Keep what comes, part by part; of a connection that is lost, all that came before."""
        try:
            async for piece in pieces:
                await self._add(piece)
        except (HTTPException, Problematic) as lost:
            if not isinstance(lost, Problematic) or lost.code == "too_slow":
                await self._keep(len(self._held))
            raise
        await self._keep(len(self._held))

    async def take_verified(self, pieces: AsyncIterator[bytes], expected: bytes) -> None:
        """Keep what comes if it is what was announced."""
        digest, room = hashlib.sha256(), self.upload.length - self.offset
        with tempfile.TemporaryFile() as spooled:
            async for piece in pieces:
                room -= len(piece)
                if room < 0:
                    raise _overrun(self.upload)
                digest.update(piece)
                await asyncio.to_thread(spooled.write, piece)
            if digest.digest() != expected:
                raise Problematic("checksum_mismatch", headers=_headers(self.upload))
            spooled.seek(0)
            while piece := await asyncio.to_thread(spooled.read, PART_BYTES):
                await self._add(piece)
        await self._keep(len(self._held))

    async def _add(self, piece: bytes) -> None:
        self._held += piece
        while len(self._held) >= PART_BYTES:
            await self._keep(PART_BYTES)

    async def _keep(self, size: int) -> None:
        part = bytes(self._held[:size])
        try:
            self.offset = await asyncio.to_thread(self.uploads.append, self.upload, self.sender, self.offset, part)
        except UploadOverrun:
            raise _overrun(self.upload) from None
        except UploadUnknown:
            raise Problematic("not_found") from None
        except OffsetMismatch as other:
            raise _not_next(other.offset) from None
        del self._held[:size]


def _not_next(offset: int) -> Problematic:
    headers = {"Upload-Offset": str(offset), "Tus-Resumable": VERSION}
    return Problematic("upload_elsewhere", f"Le prochain octet attendu est le numéro {offset}.", headers=headers)


def _overrun(upload: Upload) -> Problematic:
    return Problematic("too_large", f"L'envoi a été annoncé de {upload.length} octets.")


def _digest_of(checksum: str | None) -> bytes | None:
    if checksum is None:
        return None
    algorithm, _, coded = checksum.partition(" ")
    try:
        digest = base64.b64decode(coded, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm != ALGORITHM or len(digest) != hashlib.sha256().digest_size:
        raise Problematic(
            "malformed",
            "Upload-Checksum donne « sha256 » et l'empreinte en base 64.",
            headers={"Tus-Checksum-Algorithm": ALGORITHM},
        )
    return digest


@delete(
    "/{upload:uuid}",
    before_request=must_be_signed_in,
    sync_to_thread=True,
    opt=COUNTED,
    status_code=204,
    operation_id="EndUpload",
    summary="Renoncer à un envoi",
    responses=UPLOAD_RESPONSES,
)
def end_upload(
    upload: FromPath[UUID],
    request: Request[Actor, None, Any],
    uploads: NamedDependency[Uploads],
    resumable: Resumable = None,
) -> Response[None]:
    """Give an upload up; what had arrived is removed."""
    _must_speak(resumable)
    try:
        uploads.end(upload, request.user.identity)
    except UploadUnknown:
        raise Problematic("not_found") from None
    return Response(None, status_code=204, headers={"Tus-Resumable": VERSION})


@route(
    "/",
    http_method=HttpMethod.OPTIONS,
    sync_to_thread=False,
    opt=COUNTED,
    status_code=204,
    include_in_schema=False,
)
def upload_options(file_bytes_max: NamedDependency[int]) -> Response[None]:
    """What of tus is spoken here."""
    return Response(
        None,
        status_code=204,
        headers={
            "Allow": "OPTIONS, POST",
            "Tus-Resumable": VERSION,
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(file_bytes_max),
            "Tus-Checksum-Algorithm": ALGORITHM,
        },
    )


def router(*, file_bytes_max: int) -> Router:
    """Routes under /api/uploads."""
    return Router(
        "/api/uploads",
        route_handlers=[upload_options, create_upload, upload_state, append_to_upload, end_upload],
        request_max_body_size=file_bytes_max,
        tags=["Envois"],
    )
