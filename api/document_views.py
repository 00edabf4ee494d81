"""How the file of a document is told, and what is refused once it went with somebody's data."""

from typing import Final

import msgspec

from api.answers import problem
from api.problems import Problematic
from documents.intake import told
from domain.case import Case, Document
from domain.intake import SCANS
from domain.papers import FileFault, ScanVerdict
from domain.request import DocumentRef


class FaultTold(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a file, or must be known of it."""

    code: FileFault
    message: str


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """The file of one version of a document."""

    version: int
    held: bool
    """Whether its bytes are here; else they were only announced, or were erased."""
    bytes: int
    media_type: str
    """As the bytes say; as it was announced while they are not here."""
    pages: int | None = None
    faults: tuple[FaultTold, ...] = ()
    verdict: ScanVerdict | None = None
    """What a virus scanner said last; None while it has not."""
    scan: str = SCANS[None]
    """The same in French."""
    content: str | None = None
    """Where it can be fetched; its text and first page, once they are made, beside it."""
    text: str | None = None
    thumbnail: str | None = None


NO_SUCH_VERSION: Final = {422: problem("Aucune pièce, ou aucune version, de ce nom dans ce dossier.")}


def file_view(case: Case, document: Document, ref: DocumentRef) -> FileView:
    """The file of one version as it is known, and where what was made of it is found."""
    report = document.reports.get(ref.version)
    if report is None:
        return FileView(version=ref.version, held=False, bytes=ref.bytes, media_type=ref.media_type)
    is_here = not case.erased
    place = f"/api/cases/{case.id}/documents/{document.id}/versions/{ref.version}"
    return FileView(
        version=ref.version,
        held=is_here,
        bytes=report.bytes,
        media_type=report.media_type,
        pages=report.pages,
        faults=tuple(FaultTold(code=fault, message=told(fault, report.media_type)) for fault in report.faults),
        verdict=document.verdicts.get(ref.version),
        scan=SCANS[document.verdicts.get(ref.version)],
        content=f"{place}/content" if is_here else None,
        text=f"{place}/text" if is_here else None,
        thumbnail=f"{place}/thumbnail" if is_here and report.pages else None,
    )


def must_not_be_erased(case: Case) -> None:
    """Refuse what would bring files to a case, or out of it, of which somebody was erased: they went with them."""
    if case.erased:
        raise Problematic("files_erased")
