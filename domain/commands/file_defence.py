"""A defence brief is filed."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case, Litigation
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import comes_after_the_closure, must_be_served, pending
from domain.decisions import DocumentId, exhibits_of
from domain.events import DefenceFiled


class FileDefence(Command, frozen=True, kw_only=True):
    """Record a brief and its exhibits, in the order of the inventory."""

    litigation: Annotated[str, Meta(max_length=20)]
    filed_on: date | None = None
    exhibits: Annotated[tuple[DocumentId, ...], Meta(max_length=500)] = ()
    summary: Annotated[str, Meta(max_length=5_000)] = ""


@command(
    "file-defence",
    FileDefence,
    title="Enregistrer un mémoire en défense",
    example={
        "litigation": "L1",
        "exhibits": [],
        "summary": "Rejet au fond : l'offre n'a pas été publiée trois semaines (CT R5221-20 1° b).",
    },
)
def file_defence(case: Case, command: FileDefence, context: Context) -> tuple[DefenceFiled, ...]:
    """A late brief exists, but the court need not communicate it after the closure (CJA R612-3, R613-3)."""
    proceedings = pending(case, command.litigation)
    served_on = must_be_served(proceedings)
    filed_on = command.filed_on or context.today
    must_have_no_fault(must_have_happened("/filed_on", filed_on, context.today, since=served_on))
    return (
        DefenceFiled(
            litigation=proceedings.id,
            filed_on=filed_on,
            exhibits=exhibits_of(case, command.exhibits),
            summary=command.summary,
            late=_is_late(proceedings, filed_on),
        ),
    )


def _is_late(proceedings: Litigation, filed_on: date) -> bool:
    due_on = proceedings.formal_notice_due_on or proceedings.defence_due_on
    first = proceedings.defence_filed_on is None
    return (first and due_on is not None and filed_on > due_on) or comes_after_the_closure(proceedings, filed_on)
