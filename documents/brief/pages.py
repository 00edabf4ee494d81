"""The brief and the inventory as PDF/A pages to read and to file."""

import msgspec

from documents.brief.lines import clean, files_of, set_of
from documents.typesetting import legible, typeset
from domain.defence.brief import Brief
from domain.defence.inventory import Inventory


def pdf_of(brief: Brief) -> bytes:
    """The brief with its list of exhibits; nothing of what only the drafter reads."""
    return typeset("brief/brief.typ", _data(msgspec.to_builtins(set_of(brief))))


def inventory_pdf(inventory: Inventory) -> bytes:
    """The detailed inventory that is filed with the exhibits (CJA R412-2)."""
    rows = msgspec.to_builtins(files_of(inventory))
    told = {
        "title": clean(inventory.title),
        "reference": clean(inventory.reference),
        "rows": rows,
        "pages": str(inventory.pages) if inventory.pages is not None else "",
        "count": str(len(inventory.rows)),
    }
    return typeset("brief/inventory.typ", _data(told))


def _data(told: object) -> bytes:
    return msgspec.json.encode(_legible(told))


def _legible(told: object) -> object:
    """The same, in the characters that the fonts have."""
    match told:
        case str():
            return legible(told)
        case dict():
            return {key: _legible(value) for key, value in told.items()}
        case list() | tuple():
            return [_legible(each) for each in told]
        case _:
            return told
