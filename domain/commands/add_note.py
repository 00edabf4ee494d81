"""Somebody of the administration writes an internal note."""

from typing import Annotated

import msgspec

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import NoteAdded
from domain.refusals import Refused


class AddNote(Command, frozen=True, kw_only=True):
    """The text of the note."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=5_000)]


@command(
    "add-note",
    AddNote,
    title="Ajouter une note interne",
    fresh=False,
    example={"text": "L'employeur a confirmé par téléphone la date d'embauche."},
)
def add_note(case: Case, command: AddNote, context: Context) -> tuple[NoteAdded, ...]:
    """A note speaks of the worker: it is sealed with their key and erased with them, so none can be kept after that."""
    if case.request.worker.person in case.erased:
        raise Refused("person_already_erased")
    return (NoteAdded(person=case.request.worker.person, text=command.text),)
