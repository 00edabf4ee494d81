"""The history of a case, one readable line per fact: who, when, in which capacity, on which text."""

from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Literal

from domain import events
from domain.case import PARIS
from domain.envelope import ERASED, Event
from domain.events import CaseEvent
from domain.request import Company, Request
from domain.sentences import articles, sentence
from ledger.facts import Recorded
from projections.access import all_of, equals
from projections.read_model import Aids, ReadModel, Row, Told


class Line(Row, frozen=True, kw_only=True):
    """A line of the history, but for the fact itself."""

    version: int
    position: int
    type: str
    sentence: str
    articles: tuple[str, ...]
    actor: str
    """Identity at the identity provider."""
    actor_name: str
    role: str
    quality: str
    service: str
    on_behalf_of: str | None
    recorded_at: datetime
    legal_date: date | None
    """Where it differs from the day of recording."""
    effective_on: date
    """The legal date, or the day of recording in Paris."""


class HistoryRow(Line, frozen=True, kw_only=True):
    """A line of the history, as it is stored: the fact itself stays in the ledger."""

    erased: UUID | None = None
    """The person whose erasure the fact is."""


class HistoryLine(Line, frozen=True, kw_only=True):
    """A line of the history, as it is read."""

    detail: dict[str, Any]
    """The fact itself, without anything personal."""


def rows(told: Told, aids: Aids) -> list[HistoryRow]:
    """One line for each new fact."""
    return [_row(told, fact) for fact in told.new]


def _row(told: Told, fact: Recorded[CaseEvent]) -> HistoryRow:
    actor, event = fact.actor, fact.event
    return HistoryRow(
        case_id=fact.stream,
        version=fact.version,
        position=fact.position or 0,
        type=fact.type,
        sentence=sentence(event),
        articles=articles(event),
        actor=actor.identity,
        actor_name=told.legible(actor.person, actor.name),
        role=actor.role.value,
        quality=actor.quality,
        service=actor.service,
        on_behalf_of=actor.on_behalf_of,
        recorded_at=fact.recorded_at,
        legal_date=fact.legal_date,
        effective_on=fact.legal_date or fact.recorded_at.astimezone(PARIS).date(),
        erased=event.person if type(event) is events.PersonErased else None,
    )


def as_read(row: HistoryRow, fact: Recorded[Any]) -> HistoryRow:
    """A line as a reader from whom parts of its fact are hidden reads it: told anew, from the fact as they see it."""
    actor_name = fact.actor.name if row.actor_name != ERASED else ERASED
    return msgspec.structs.replace(
        row, sentence=sentence(fact.event), articles=articles(fact.event), actor_name=actor_name
    )


def with_fact(row: HistoryRow, event: Event) -> HistoryLine:
    """A line with the fact that it is about."""
    told = {name: getattr(row, name) for name in Line.__struct_fields__}
    return HistoryLine(**told, detail=detail(event))


WITHOUT: Final[dict[type[Event], frozenset[str]]] = {
    events.NoteAdded: frozenset({"text", "person"}),
    events.ObservationsReceived: frozenset({"text", "person"}),
    events.AppealLodged: frozenset({"arguments", "person"}),
    events.PersonRectified: frozenset(events.PersonRectified.__struct_fields__)
    - {"changed", "exhibits", "rectified_on"},
}
"""Members that are personal, by type; requests are told by `_request` alone."""


def detail(event: Event) -> dict[str, Any]:
    """The fact as JSON, without personal texts and without the assessments that its own lines tell already."""
    builtin = msgspec.to_builtins(event, order="deterministic")
    for member in WITHOUT.get(type(event), ()):
        builtin.pop(member, None)
    match event:
        case events.RequestFiled(request=request) | events.RequestAmended(request=request):
            builtin["request"] = _request(request)
        case _:
            pass
    if isinstance(builtin.get("decision"), dict):
        builtin["decision"].pop("assessments", None)
    return cast(dict[str, Any], builtin)


def _request(request: Request) -> dict[str, Any]:
    told: dict[str, Any] = {"procedure": request.procedure.value, "nationality": request.worker.nationality}
    if isinstance(request.employer, Company):
        told["employer"] = {"siret": request.employer.siret, "name": request.employer.name}
    if request.job is not None:
        told["job"] = msgspec.to_builtins(request.job)
    return told


MODEL = ReadModel(table="history", row=HistoryRow, rows=rows, grows=True, version=2)


def history(
    connection: Connection[Any],
    case_id: UUID,
    *,
    as_of: datetime | None = None,
    legal_as_of: date | None = None,
    after_version: int = 0,
    limit: int = 500,
) -> list[HistoryRow]:
    """The lines of a case, oldest first: as recorded up to an instant, and in effect up to a day.

    Whether the case may be seen is for the caller to have asked.
    """
    conditions = [equals("case_id", case_id), SQL("version > {}").format(Literal(after_version))]
    if as_of is not None:
        conditions.append(SQL("recorded_at <= {}").format(Literal(as_of)))
    if legal_as_of is not None:
        conditions.append(SQL("effective_on <= {}").format(Literal(legal_as_of)))
    return _found(connection, conditions, limit)


def _found(connection: Connection[Any], conditions: list[Composed], limit: int) -> list[HistoryRow]:
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            SQL("SELECT * FROM read.history WHERE {} ORDER BY version LIMIT {}").format(
                all_of(conditions), Literal(limit)
            )
        )
        return [msgspec.convert(row, HistoryRow) for row in cursor]
