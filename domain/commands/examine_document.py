"""smoe has looked at the bytes of a version of a document."""

from typing import Annotated

import msgspec

from domain.case import Case, FileReport
from domain.command import Command, command
from domain.content import version_looked_at
from domain.context import Context
from domain.events import DocumentExamined
from domain.papers import FileFault, Sha256
from domain.refusals import Refused


class ExamineDocument(Command, frozen=True, kw_only=True):
    """Which bytes were looked at, what they are, what is wrong with them."""

    document: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    sha256: Sha256
    bytes: Annotated[int, msgspec.Meta(ge=0, le=10_000_000_000)]
    media_type: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    pages: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] | None = None
    faults: Annotated[tuple[FileFault, ...], msgspec.Meta(max_length=len(FileFault))] = ()
    examiner: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


@command(
    "examine-document",
    ExamineDocument,
    title="Consigner l'examen d'un fichier",
    fresh=False,
    example={
        "document": "P1",
        "version": 1,
        "sha256": "b5a2c96250612366ea272ffac6d9744aaf4b45aacd96aa7cfcb931ee3b558259",
        "bytes": 182044,
        "media_type": "application/pdf",
        "pages": 2,
        "faults": ["image_only"],
        "examiner": "smoe-intake 1",
    },
)
def examine_document(case: Case, command: ExamineDocument, context: Context) -> tuple[DocumentExamined, ...]:
    """What was looked at is the file that was announced; what is known of it already is not recorded twice."""
    held = version_looked_at(case, command.document, command.version, command.sha256)
    report = FileReport(bytes=command.bytes, media_type=command.media_type, pages=command.pages, faults=command.faults)
    if held.reports.get(command.version) == report:
        raise Refused("document_already_examined")
    return (
        DocumentExamined(
            document=command.document,
            version=command.version,
            sha256=command.sha256,
            bytes=command.bytes,
            media_type=command.media_type,
            pages=command.pages,
            faults=command.faults,
            examiner=command.examiner,
            examined_on=context.today,
        ),
    )
