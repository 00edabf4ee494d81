"""Fetching the file of a document: as it came, whole or in part, unless it would harm."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

import structlog
from anyascii import anyascii
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from api.access import Caller
from api.answers import READ_RESPONSES, problem
from api.commands import UNCOMPRESSED
from api.document_views import NO_SUCH_VERSION, must_not_be_erased
from api.edge import FILE_POLICY
from api.multipart import plain_name
from api.problems import Problematic
from documents.storage import FileAltered, FileErased, Files, FileUnknown
from domain.arrivals import announced_version
from domain.papers import ScanVerdict
from domain.request import DocumentRef
from ledger.desk import Desk

INLINE: Final = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""What a browser shows by itself without running anything of it; all else is saved."""
EXTENSIONS: Final = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "text/plain": "txt",
}
TEXT: Final = "text/plain"
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_RANGE: Final = re.compile(r"bytes=(\d{1,12})-(\d{1,12})?")

log = structlog.get_logger()


def content_route(*, serve_unscanned: bool) -> HTTPRouteHandler:
    """The route of files, under the rule on what no scanner has judged."""

    @get(
        "/{case_id:uuid}/documents/{document:str}/versions/{version:int}/content",
        sync_to_thread=True,
        opt={UNCOMPRESSED: True},
        operation_id="DocumentContent",
        summary="Le fichier d'une version d'une pièce",
        responses={
            **READ_RESPONSES,
            200: ResponseSpec(
                data_container=bytes,
                media_type="application/octet-stream",
                description="Le fichier, tel qu'il est arrivé.",
                generate_examples=False,
            ),
            206: ResponseSpec(
                data_container=bytes,
                media_type="application/octet-stream",
                description="La partie demandée.",
                generate_examples=False,
            ),
            304: ResponseSpec(None, description="Le fichier est celui que l'appelant a déjà."),
            409: problem("Le fichier est infecté, ou n'a pas encore été analysé."),
            **NO_SUCH_VERSION,
            410: problem("Le fichier a été effacé avec les données d'une personne."),
            416: problem("Cette partie du fichier n'existe pas."),
            500: problem("Le fichier conservé n'est plus celui qui est arrivé."),
        },
    )
    def document_content(
        case_id: FromPath[UUID],
        document: FromPath[str],
        version: FromPath[int],
        desk: NamedDependency[Desk],
        files: NamedDependency[Files],
        caller: NamedDependency[Caller],
        if_none_match: Annotated[
            str | None, HeaderParameter(name="If-None-Match", description="ETag du fichier déjà détenu.")
        ] = None,
        wanted: Annotated[
            str | None, HeaderParameter(name="Range", description="Une partie : bytes=premier-dernier.")
        ] = None,
        if_range: Annotated[
            str | None,
            HeaderParameter(name="If-Range", description="ETag du fichier dont une partie est déjà détenue."),
        ] = None,
    ) -> Response[Any]:
        """The bytes as they came, to whoever may know of the document; what may be harmful is not given out."""
        history = desk.history(case_id)
        caller.must_know(history.case)
        case = caller.seen(history).case
        ref = announced_version(case, document, version)
        held = case.document(document)
        must_not_be_erased(history.case)
        report = held.reports.get(version)
        if report is None:
            raise Problematic("file_not_delivered")
        must_be_harmless(held.verdicts.get(version), serve_unscanned=serve_unscanned)
        headers = _headers(document, version, ref, report.media_type)
        if if_none_match is not None and _names(if_none_match, ref.sha256):
            return Response(None, status_code=304, headers=headers)
        begin, end = 0, report.bytes
        status = 200
        if wanted is not None and if_range in (None, headers["ETag"]):
            found = _part(wanted, report.bytes)
            if found is not None:
                (begin, end), status = found, 206
                headers["Content-Range"] = f"bytes {begin}-{end - 1}/{report.bytes}"
        headers["Content-Length"] = str(end - begin)
        pieces = _begun(files, case_id, ref)
        media_type = f"{TEXT}; charset=utf-8" if report.media_type == TEXT else report.media_type
        return Stream(_between(pieces, begin, end), status_code=status, headers=headers, media_type=media_type)

    return document_content


def must_be_harmless(verdict: ScanVerdict | None, *, serve_unscanned: bool) -> None:
    """Refuse an infected file whatever the rule, and one that no scanner has judged where the rule says so."""
    if verdict is ScanVerdict.INFECTED:
        raise Problematic("file_infected")
    if verdict is not ScanVerdict.CLEAN and not serve_unscanned:
        raise Problematic("file_not_scanned")


def _headers(document: str, version: int, ref: DocumentRef, media_type: str) -> dict[str, str]:
    shown = "inline" if media_type in INLINE else "attachment"
    name = _file_name(document, version, ref.title, media_type)
    plain = _NOT_IN_NAMES.sub("_", anyascii(name)).strip("_")
    return {
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": FILE_POLICY,
        "ETag": f'"{ref.sha256}"',
        "Accept-Ranges": "bytes",
    }


def _file_name(document: str, version: int, title: str, media_type: str) -> str:
    """What a file is saved as: which it is, then what it is called, with the extension of what it really is."""
    stem = plain_name(title.replace("/", "-").replace("\\", "-")).replace('"', "'")
    extension = EXTENSIONS.get(media_type, "")
    if extension and stem.lower().endswith(f".{extension}"):
        stem = stem[: -len(extension) - 1]
    return f"{document}-v{version} {stem[:100]}".strip() + (f".{extension}" if extension else "")


def _names(if_none_match: str, sha256: str) -> bool:
    tags = {each.strip().removeprefix("W/").strip('"') for each in if_none_match.split(",")}
    return sha256 in tags or "*" in tags


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """The bytes that a range means, the last one not included; None for what is no single range, and is ignored."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None:
        return None
    begin = int(found[1])
    end = min(size, int(found[2]) + 1) if found[2] else size
    if found[2] and int(found[2]) < begin:
        return None
    if begin >= size:
        raise Problematic("range_impossible", headers={"Content-Range": f"bytes */{size}"})
    return begin, end


def _begun(files: Files, case_id: UUID, ref: DocumentRef) -> Iterator[bytes]:
    """The file, of which the first piece was read: what cannot be read is told before anything is sent."""
    pieces = files.chunks(case_id, ref.sha256)
    try:
        first = next(pieces, b"")
    except FileErased:
        raise Problematic("files_erased") from None
    except (FileUnknown, FileAltered) as fault:
        log.critical("a file is not what was kept", case=str(case_id), document=ref.id, fault=type(fault).__name__)
        raise Problematic("file_lost") from fault

    def all_of_it() -> Iterator[bytes]:
        yield first
        yield from pieces

    return all_of_it()


def _between(pieces: Iterator[bytes], begin: int, end: int) -> Iterator[bytes]:
    """The bytes from one place to another; what comes after is read only where it is the end that tells all is well."""
    place = 0
    for piece in pieces:
        wanted = piece[max(0, begin - place) : max(0, end - place)]
        place += len(piece)
        if wanted:
            yield wanted
        if place >= end and begin > 0:
            return
