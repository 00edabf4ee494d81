"""What was made of the files of documents: their text, and a picture of their first page."""

from typing import Any
from uuid import UUID

import structlog
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES, problem
from api.document_files import must_be_harmless
from api.document_views import NO_SUCH_VERSION, must_not_be_erased
from api.edge import FILE_POLICY
from api.problems import Problematic
from documents.intake.texts import text_of, thumbnail_of
from documents.storage import FileAltered, FileErased, Files, FileUnknown
from domain.arrivals import announced_version
from ledger.desk import Desk

log = structlog.get_logger()


def _responses(media_type: str, description: str) -> dict[int, ResponseSpec]:
    return {
        **READ_RESPONSES,
        200: ResponseSpec(
            data_container=bytes, media_type=media_type, description=description, generate_examples=False
        ),
        409: problem("Le fichier est infecté, ou n'a pas encore été jugé par un antivirus."),
        **NO_SUCH_VERSION,
        410: problem("Le fichier a été effacé, avec ce qui en avait été tiré."),
    }


def routes(*, serve_unscanned: bool) -> list[Any]:
    """The routes, under the rule on what no scanner has judged."""

    def sha256_of(case_id: UUID, document: str, version: int, desk: Desk, caller: Caller) -> str:
        """Of a version that the caller may read. Raises Problematic, CaseUnknown, Refused."""
        history = desk.history(case_id)
        caller.must_know(history.case)
        case = caller.seen(history).case
        ref = announced_version(case, document, version)
        must_not_be_erased(history.case)
        must_be_harmless(case.document(document).verdicts.get(version), serve_unscanned=serve_unscanned)
        return ref.sha256

    @get(
        "/text",
        sync_to_thread=True,
        operation_id="DocumentText",
        summary="Le texte du fichier d'une pièce",
        responses=_responses("text/plain", "Le texte, les pages séparées par des sauts de page."),
    )
    def document_text(
        case_id: FromPath[UUID],
        document: FromPath[str],
        version: FromPath[int],
        desk: NamedDependency[Desk],
        files: NamedDependency[Files],
        caller: NamedDependency[Caller],
    ) -> Response[Any]:
        """As it could be read without being recognised from images; empty for a file that is made of them."""
        sha256 = sha256_of(case_id, document, version, desk, caller)
        try:
            text = text_of(files, case_id, sha256)
        except (FileUnknown, FileErased, FileAltered) as fault:
            raise _problem_of(fault, case_id, document) from fault
        return Response(text, media_type="text/plain", headers=_headers())

    @get(
        "/thumbnail",
        sync_to_thread=True,
        operation_id="DocumentThumbnail",
        summary="La première page du fichier d'une pièce, en petit",
        responses=_responses("image/jpeg", "Une image JPEG."),
    )
    def document_thumbnail(
        case_id: FromPath[UUID],
        document: FromPath[str],
        version: FromPath[int],
        desk: NamedDependency[Desk],
        files: NamedDependency[Files],
        caller: NamedDependency[Caller],
    ) -> Response[Any]:
        """Of what has pages that can be drawn; of anything else there is none."""
        sha256 = sha256_of(case_id, document, version, desk, caller)
        try:
            picture = thumbnail_of(files, case_id, sha256)
        except (FileUnknown, FileErased, FileAltered) as fault:
            raise _problem_of(fault, case_id, document) from fault
        return Response(picture, media_type="image/jpeg", headers=_headers())

    return [document_text, document_thumbnail]


def _problem_of(fault: FileUnknown | FileErased | FileAltered, case_id: UUID, document: str) -> Problematic:
    if isinstance(fault, FileUnknown):
        return Problematic("file_not_read")
    if isinstance(fault, FileErased):
        return Problematic("files_erased")
    log.critical("what was made of a file is not what was kept", case=str(case_id), document=document)
    return Problematic("file_lost")


def _headers() -> dict[str, str]:
    return {"Content-Security-Policy": FILE_POLICY, "Content-Disposition": "inline"}


def router(*, serve_unscanned: bool) -> Router:
    """Routes under /api/cases/{case_id}/documents/{document}/versions/{version}."""
    return Router(
        "/api/cases/{case_id:uuid}/documents/{document:str}/versions/{version:int}",
        route_handlers=routes(serve_unscanned=serve_unscanned),
        tags=["Dossiers"],
    )
