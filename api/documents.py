"""Documents of cases: what there is of each, and the routes by which their files come in and go out."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES
from api.as_of import AsAsked, AsOf, LegalAsOf, known_case
from api.deposits import deliver_document, upload_document
from api.document_files import content_route
from api.document_views import FileView, file_view
from domain.request import DocumentRef
from ledger.desk import Desk


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """A document with all its versions, the newest last, and their files."""

    id: str
    versions: tuple[DocumentRef, ...]
    refused: dict[int, str]
    received_on: date | None
    files: tuple[FileView, ...]


class CaseDocuments(AsAsked, frozen=True, kw_only=True):
    """The documents of a case with all their versions."""

    case: UUID
    version: int
    documents: tuple[DocumentView, ...]


@get(
    "/{case_id:uuid}/documents",
    sync_to_thread=True,
    operation_id="CaseDocuments",
    summary="Les pièces d'un dossier, toutes versions",
    responses=READ_RESPONSES,
)
def read_documents(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    as_of: AsOf = None,
    legal_as_of: LegalAsOf = None,
) -> CaseDocuments:
    """Documents with every version and its file: whether it is here, and what is wrong with it; refusals say why."""
    known = known_case(caller, desk.history(case_id), as_of, legal_as_of)
    case = known.history.case
    return CaseDocuments(
        case=case_id,
        version=case.version,
        documents=tuple(
            DocumentView(
                id=each.id,
                versions=each.versions,
                refused=each.refused,
                received_on=each.received_on,
                files=tuple(file_view(case, each, ref) for ref in each.versions),
            )
            for each in case.documents.values()
        ),
        **known.asked,
    )


def router(*, file_bytes_max: int, serve_unscanned: bool) -> Router:
    """Routes under /api/cases; a form is somewhat longer than its file."""
    return Router(
        "/api/cases",
        route_handlers=[
            read_documents,
            upload_document,
            deliver_document,
            content_route(serve_unscanned=serve_unscanned),
        ],
        request_max_body_size=file_bytes_max + FORM_BYTES_MAX,
        tags=["Dossiers"],
    )


FORM_BYTES_MAX: Final = 1_000_000
"""What stands around the file in a form."""
