"""An agent asks for missing items that a text requires, and sets a delay (CRPA L114-5)."""

from datetime import timedelta
from typing import Annotated

import msgspec

from domain.acknowledgement import called_for, checklist_of, silence_rule_of
from domain.acts import RequestedItem, StageKind
from domain.case import Case
from domain.checklists import text_of
from domain.command import Command, command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.decisions import must_be_examinable
from domain.events import MissingItemsRequested
from domain.french import in_french
from domain.reference import ChecklistItem
from domain.refusals import Fault, Refused

ITEMS_MAX = 30
DELAY_DAYS_MAX = 90
"""The text sets no figure: a delay that can be kept and that ends."""


class AskedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item by its key; label and text are those of the order on documents, or given where no list exists."""

    item: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    label: Annotated[str, msgspec.Meta(max_length=300)] = ""
    required_by: Annotated[str, msgspec.Meta(max_length=300)] = ""


class RequestMissingItems(Command, frozen=True, kw_only=True):
    """The items, the delay in days, and a message to the filer."""

    items: Annotated[tuple[AskedItem, ...], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)]
    delay_days: Annotated[int, msgspec.Meta(ge=1, le=DELAY_DAYS_MAX)]
    message: Annotated[str, msgspec.Meta(max_length=5_000)] = ""


@command(
    "request-missing-items",
    RequestMissingItems,
    title="Demander des pièces manquantes",
    example={
        "items": [{"item": "contributions_certificate"}],
        "delay_days": 30,
        "message": "L'attestation doit dater de moins de six mois.",
    },
)
def request_missing_items(
    case: Case, command: RequestMissingItems, context: Context
) -> tuple[MissingItemsRequested, ...]:
    """Only items that a text requires may be asked for; the agent in charge asks, one request at a time."""
    asked = case.open_missing_items
    if asked is not None and context.today <= asked.due_on:
        raise Refused(
            "items_already_requested",
            f"La demande de pièces {asked.id} court jusqu'au {in_french(asked.due_on)}.",
        )
    must_be_examinable(case, context.today)
    case.must_be_held_by(context.actor.identity)
    checklist = {item.key: item for item in checklist_of(case.request, context.today, context.reference)}
    must_have_no_fault(
        fault
        for number, asked in enumerate(command.items)
        for fault in _faults(case, asked, checklist, f"/items/{number}", context)
    )
    rule = silence_rule_of(case.request, context.reference)
    return (
        MissingItemsRequested(
            request=f"M{len(case.missing_items) + 1}",
            items=tuple(_requested(asked, checklist, context) for asked in command.items),
            requested_on=context.today,
            due_on=context.today + timedelta(days=command.delay_days),
            suspends=case.stage.kind is StageKind.FIRST and rule.on_missing_items == "suspend",
            message=command.message,
        ),
    )


def usable_items(case: Case) -> frozenset[str]:
    """The items produced whose current version has not been refused."""
    return frozenset(held.current.item for held in case.documents.values() if held.current.version not in held.refused)


def _faults(
    case: Case, asked: AskedItem, checklist: dict[str, ChecklistItem], pointer: str, context: Context
) -> tuple[Fault, ...]:
    if asked.item in usable_items(case):
        message = f"La pièce « {asked.item} » est au dossier : si elle est inutilisable, écartez-la d'abord."
        return (Fault(pointer=f"{pointer}/item", code="item_already_produced", message=message),)
    if not checklist:
        if len(asked.required_by.strip()) < 5 or not asked.label.strip():
            message = "Aucune liste ne fixe les pièces de cette procédure : nommez la pièce et le texte qui l'exige."
            return (Fault(pointer=f"{pointer}/required_by", code="text_citation_missing", message=message),)
        return ()
    listed = checklist.get(asked.item)
    required = (
        listed is not None
        and listed.may_be_demanded
        and called_for(listed, case.request, case.filed_as, context.today, context.reference) is not False
    )
    if required:
        return ()
    message = (
        f"Aucun texte connu n'exige « {listed.label if listed else asked.item} » pour cette demande : "
        "la pièce ne peut être réclamée (CRPA L114-5)."
    )
    return (Fault(pointer=f"{pointer}/item", code="item_not_required", message=message),)


def _requested(asked: AskedItem, checklist: dict[str, ChecklistItem], context: Context) -> RequestedItem:
    listed = checklist.get(asked.item)
    if listed is None:
        return RequestedItem(item=asked.item, label=asked.label, required_by=asked.required_by)
    return RequestedItem(item=listed.key, label=listed.label, required_by=text_of(listed, context.reference))
