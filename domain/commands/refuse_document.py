"""An agent finds a document unusable and tells the filer why."""

from typing import Annotated

import msgspec

from domain.case import Case, Status
from domain.command import Command, command
from domain.context import Context
from domain.events import DocumentRefused
from domain.refusals import Refused


class RefuseDocument(Command, frozen=True, kw_only=True):
    """The version of a document that cannot be used, and the reason the filer will read."""

    document: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    version: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=2_000)]


@command(
    "refuse-document",
    RefuseDocument,
    title="Écarter une pièce",
    example={"document": "P1", "version": 1, "reason": "La page de validité du passeport est illisible."},
)
def refuse_document(case: Case, command: RefuseDocument, context: Context) -> tuple[DocumentRefused, ...]:
    """Only the current version can be refused, once; what was refused stays in the case."""
    case.must_be(Status.UNDER_EXAMINATION, Status.AWAITING_ITEMS)
    case.must_be_held_by(context.actor.identity)
    held = case.document(command.document)
    if command.version != held.current.version:
        raise Refused(
            "document_version_unknown",
            f"La version en cours de la pièce {held.id} est la {held.current.version}, non la {command.version}.",
        )
    if command.version in held.refused:
        raise Refused(
            "document_already_refused", f"La version {command.version} de la pièce {held.id} est déjà écartée."
        )
    return (
        DocumentRefused(document=held.id, version=command.version, reason=command.reason, refused_on=context.today),
    )
