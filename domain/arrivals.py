"""The bytes of documents as they arrive: what an act records of them, and how announced ones are delivered."""

from collections.abc import Iterable
from typing import Final

import msgspec

from domain.case import Case
from domain.command import CaseCommand, Command
from domain.context import Context
from domain.events import CaseEvent, DocumentExamined, DocumentReceived, DocumentReplaced, MissingItemsSupplied
from domain.papers import FileFault
from domain.refusals import Refused
from domain.request import DocumentRef


class Arrived(Command, frozen=True, kw_only=True):
    """A file that is kept, and what the examination found it to be."""

    sha256: str
    bytes: int
    media_type: str
    pages: int | None
    faults: tuple[FileFault, ...]
    examiner: str


class Delivery(Command, frozen=True, kw_only=True):
    """The file of a version that a fact has announced."""

    document: str
    version: int
    file: Arrived


def with_file(command: CaseCommand, file: Arrived) -> CaseCommand:
    """An act that records a document, which records with it what its file was found to be: both, or neither."""

    def decide(case: Case, body: Command, context: Context) -> tuple[CaseEvent, ...]:
        events = command.decide(case, body, context)
        return (*events, *(_examined(ref.id, ref.version, file, context) for ref in recorded(events)))

    return msgspec.structs.replace(command, decide=decide)


def recorded(events: Iterable[object]) -> tuple[DocumentRef, ...]:
    """The versions of documents that facts record."""
    found: list[DocumentRef] = []
    for event in events:
        match event:
            case DocumentReceived(document=document) | DocumentReplaced(document=document):
                found.append(document)
            case MissingItemsSupplied(documents=documents):
                found.extend(documents)
            case _:
                continue
    return tuple(found)


def announced_version(case: Case, document: str, version: int) -> DocumentRef:
    """What a fact said of a version. Raises Refused where there is none."""
    held = case.document(document)
    found = next((each for each in held.versions if each.version == version), None)
    if found is None:
        raise Refused("document_unknown", f"La pièce {document} n'a pas de version {version}.")
    return found


def _deliver(case: Case, command: Delivery, context: Context) -> tuple[DocumentExamined, ...]:
    """What was announced is delivered once, whatever the state of the case: it is that file, or none."""
    announced = announced_version(case, command.document, command.version)
    if announced.sha256 != command.file.sha256:
        raise Refused(
            "file_not_announced",
            f"Ce fichier n'est pas celui qui a été annoncé pour la pièce {command.document} : son empreinte est "
            f"{command.file.sha256}, l'empreinte annoncée est {announced.sha256}.",
        )
    if command.version in case.document(command.document).reports:
        raise Refused("file_already_delivered")
    return (_examined(command.document, command.version, command.file, context),)


DELIVER: Final = CaseCommand(
    name="deliver",
    title="Remettre un fichier",
    body=Delivery,
    by=frozenset(),
    fresh=False,
    example={},
    decide=_deliver,
)
"""Not among the commands that have a route of their own: the file comes with it."""


def _examined(document: str, version: int, file: Arrived, context: Context) -> DocumentExamined:
    return DocumentExamined(
        document=document,
        version=version,
        sha256=file.sha256,
        bytes=file.bytes,
        media_type=file.media_type,
        pages=file.pages,
        faults=file.faults,
        examiner=file.examiner,
        examined_on=context.today,
    )
