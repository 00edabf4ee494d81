"""The filer supplies the items that were asked for."""

from typing import Annotated

import msgspec

from domain.case import Case, MissingItems
from domain.command import Command, command
from domain.commands.request_missing_items import usable_items
from domain.content import announced
from domain.context import Context
from domain.envelope import Role
from domain.events import MissingItemsSupplied
from domain.refusals import Refused
from domain.request import AttachedDocument


class SupplyMissingItems(Command, frozen=True, kw_only=True):
    """The request answered, the documents, and, for an agent only, that the answer suffices."""

    request: Annotated[str, msgspec.Meta(min_length=2, max_length=20)]
    documents: Annotated[tuple[AttachedDocument, ...], msgspec.Meta(max_length=40)] = ()
    complete: bool = False
    """Only an agent may find that what was supplied suffices though an item is missing (CRPA L114-5-1)."""
    message: Annotated[str, msgspec.Meta(max_length=5_000)] = ""


@command(
    "supply-missing-items",
    SupplyMissingItems,
    title="Produire les pièces demandées",
    example={
        "request": "M1",
        "documents": [
            {
                "item": "contributions_certificate",
                "title": "Attestation de paiement des cotisations sociales du mois dernier",
                "sha256": "1f825aa2f0020ef7cf91dfa30da4668d791c5d4824fc8e41354b89ec05795ab3",
                "bytes": 96512,
                "media_type": "application/pdf",
            }
        ],
    },
)
def supply_missing_items(case: Case, command: SupplyMissingItems, context: Context) -> tuple[MissingItemsSupplied, ...]:
    """Complete when every item asked for is there; a partial answer leaves the request and its delay running."""
    case.must_take_documents()
    asked = _open(case, command.request)
    declared = command.complete and context.actor.role is Role.AGENT
    if command.complete and not declared:
        raise Refused("role_not_entitled", "Seul un agent peut constater que les pièces produites suffisent.")
    produced = usable_items(case) | {document.item for document in command.documents}
    covered = all(item.item in produced for item in asked.items)
    if not (command.documents or declared or covered):
        raise Refused("nothing_supplied", "Aucune pièce n'est jointe.")
    return (
        MissingItemsSupplied(
            request=asked.id,
            documents=announced(case, command.documents),
            complete=declared or covered,
            supplied_on=context.today,
            message=command.message,
        ),
    )


def _open(case: Case, request: str) -> MissingItems:
    asked = case.items_request(request)
    if asked.complete:
        raise Refused("items_request_ended", f"La demande de pièces {request} est déjà satisfaite.")
    if asked.lapsed:
        raise Refused("items_request_ended", f"La demande de pièces {request} a été remplacée ou n'a plus d'objet.")
    return asked
