"""A virus scanner has judged the bytes of a version of a document."""

from typing import Annotated

import msgspec

from domain.case import Case
from domain.command import Command, command
from domain.content import version_looked_at
from domain.context import Context
from domain.events import DocumentScanned
from domain.papers import ScanVerdict, Sha256
from domain.refusals import Refused


class ScanDocument(Command, frozen=True, kw_only=True):
    """Which bytes were judged, how, by what."""

    document: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    sha256: Sha256
    verdict: ScanVerdict
    signature: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """What was found, by the scanner's name for it."""
    engine: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


@command(
    "scan-document",
    ScanDocument,
    title="Consigner l'analyse antivirus d'un fichier",
    fresh=False,
    example={
        "document": "P1",
        "version": 1,
        "sha256": "b5a2c96250612366ea272ffac6d9744aaf4b45aacd96aa7cfcb931ee3b558259",
        "verdict": "clean",
        "engine": "ClamAV 1.4.3/27700",
    },
)
def scan_document(case: Case, command: ScanDocument, context: Context) -> tuple[DocumentScanned, ...]:
    """A verdict is recorded once; a later one that differs, by newer signatures, is a fact of its own."""
    held = version_looked_at(case, command.document, command.version, command.sha256)
    if held.verdicts.get(command.version) == command.verdict:
        raise Refused("document_already_scanned")
    return (
        DocumentScanned(
            document=command.document,
            version=command.version,
            sha256=command.sha256,
            verdict=command.verdict,
            signature=command.signature,
            engine=command.engine,
            scanned_on=context.today,
        ),
    )
