"""A document is added to the case."""

from datetime import date

from domain.case import Case
from domain.command import Command, command
from domain.content import announced, must_have_happened, must_have_no_fault
from domain.context import Context
from domain.events import DocumentReceived
from domain.refusals import Refused
from domain.request import AttachedDocument

DOCUMENTS_MAX = 500


class AddDocument(Command, frozen=True, kw_only=True):
    """A document, with the day it was received when it came on paper."""

    document: AttachedDocument
    received_on: date | None = None


@command(
    "add-document",
    AddDocument,
    title="Verser une pièce",
    fresh=False,
    example={
        "document": {
            "item": "contributions_certificate",
            "title": "Attestation de paiement des cotisations sociales",
            "sha256": "1f825aa2f0020ef7cf91dfa30da4668d791c5d4824fc8e41354b89ec05795ab3",
            "bytes": 96512,
            "media_type": "application/pdf",
        }
    },
)
def add_document(case: Case, command: AddDocument, context: Context) -> tuple[DocumentReceived, ...]:
    """Documents may still arrive after a decision, for an appeal or the court; not once the case is over."""
    case.must_take_documents()
    if len(case.documents) >= DOCUMENTS_MAX:
        raise Refused("too_many_documents", f"Le dossier contient déjà {DOCUMENTS_MAX} pièces.")
    received_on = command.received_on or context.today
    must_have_no_fault(must_have_happened("/received_on", received_on, context.today, since=case.filed_on))
    (document,) = announced(case, (command.document,))
    return (DocumentReceived(document=document, received_on=received_on),)
