"""The reasons library: paragraphs by condition, in the version of a day, with what remains to be filled."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.access import Caller
from api.answers import READ_RESPONSES
from api.reading import OnDay
from domain.findings import CRITERION_TITLES, Criterion
from domain.reasons_library import free_placeholders, library_on, placeholders
from ledger.desk import Desk, day_in_paris


class Paragraph(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph in one version; `free` placeholders are the agent's to fill, the case and the law fill the others."""

    reason: str
    version: int
    criterion: Criterion
    criterion_title: str
    title: str
    text: str
    effective_from: date
    placeholders: tuple[str, ...]
    free: tuple[str, ...]


class ReasonsOfDay(msgspec.Struct, frozen=True, kw_only=True):
    """The paragraphs of one day."""

    on: date
    paragraphs: tuple[Paragraph, ...]


@get(
    "/",
    sync_to_thread=True,
    operation_id="Reasons",
    summary="La bibliothèque de motifs, un jour donné",
    responses=READ_RESPONSES,
)
def reasons(
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    criterion: Annotated[Criterion | None, QueryParameter(description="Une seule condition.")] = None,
    on: OnDay = None,
) -> ReasonsOfDay:
    """Each paragraph in the version in force that day; earlier ones are read by naming an earlier day."""
    day = on or day_in_paris(desk.ledger.clock())
    found = (each for each in library_on(desk.administration(), day) if criterion in (None, each.criterion))
    return ReasonsOfDay(
        on=day,
        paragraphs=tuple(
            Paragraph(
                reason=each.reason,
                version=each.version,
                criterion=each.criterion,
                criterion_title=CRITERION_TITLES[each.criterion],
                title=each.title,
                text=each.text,
                effective_from=each.effective_from,
                placeholders=placeholders(each.text),
                free=free_placeholders(each.text),
            )
            for each in found
        ),
    )


def router() -> Router:
    """Routes under /api/reasons."""
    return Router("/api/reasons", route_handlers=[reasons], tags=["Bibliothèque de motifs"])
