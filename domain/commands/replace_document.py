"""A new version of a document arrives; the earlier one stays."""

from typing import Annotated

import msgspec

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import DocumentReplaced
from domain.refusals import Refused
from domain.request import DocumentRef, Name


class ReplaceDocument(Command, frozen=True, kw_only=True):
    """The document to replace, the new file, and why."""

    document: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    title: Name
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    bytes: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    media_type: Annotated[str, msgspec.Meta(max_length=100)] = "application/pdf"
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


@command(
    "replace-document",
    ReplaceDocument,
    title="Remplacer une pièce",
    example={
        "document": "P1",
        "title": "Passeport, pages lisibles",
        "sha256": "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02",
        "bytes": 201334,
        "media_type": "application/pdf",
        "reason": "La première copie était illisible.",
    },
)
def replace_document(case: Case, command: ReplaceDocument, context: Context) -> tuple[DocumentReplaced, ...]:
    """The identifier and the item stay, the version grows; the same bytes again are no new version."""
    case.must_take_documents()
    held = case.document(command.document)
    if held.current.sha256 == command.sha256:
        raise Refused(
            "document_identical", f"Ce fichier est celui de la version {held.current.version} de la pièce {held.id}."
        )
    newer = DocumentRef(
        id=held.id,
        version=held.current.version + 1,
        item=held.current.item,
        title=command.title,
        sha256=command.sha256,
        bytes=command.bytes,
        media_type=command.media_type,
    )
    return (
        DocumentReplaced(
            document=newer,
            replaces_version=held.current.version,
            reason=command.reason,
            replaced_on=context.today,
        ),
    )
