"""Registers: decisions, and messages to OFII and to the tax authority."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.access import Caller
from api.answers import READ_RESPONSES
from api.cursors import cursor_of, place_of
from api.form import ILLEGIBLE
from api.reading import ParkedCases, Readers, aside
from api.seen import grounds_withheld
from domain.acts import DecisionKind
from domain.procedures import Procedure
from ledger.desk import Desk
from projections.decisions import DecisionQuery, DecisionRow, register
from projections.ofii_register import messages

PAGE_MAX = 200


class DecisionItem(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, with who signed it under which delegation and what became of it."""

    case_id: UUID
    platform: str | None
    competent_department: str | None
    deciding_department: str | None
    decision: str
    number: str
    """Of the case."""
    procedure: str
    kind: str
    favourable: bool
    implicit: bool
    decided_on: date
    stage: str
    signatory: str | None
    signatory_name: str | None
    quality: str | None
    delegation: str | None
    delegation_published_on: date | None
    grounds: tuple[str, ...]
    """Conditions that the decision rests on."""
    articles: tuple[str, ...]
    permit: str | None
    employer_notified_on: date | None
    worker_notified_on: date | None
    prefecture_notified_on: date | None
    live: bool
    ended_by: str | None
    suspended_by: str | None
    position: int | None
    """Of the fact that took the decision; null in rows of older code, until they are made anew."""


class MessageItem(msgspec.Struct, frozen=True, kw_only=True):
    """A message, with what it said and what became of it."""

    case_id: UUID
    platform: str | None
    competent_department: str | None
    deciding_department: str | None
    message: str
    recipient: str
    decision: str
    number: str
    """Of the case."""
    sent_on: date
    fields: dict[str, Any]
    """What the recipient was told."""
    acknowledged_on: date | None
    reference: str | None
    """The recipient's own, with its acknowledgement."""
    failed_on: date | None
    cause: str | None


class DecisionPage(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of the register of decisions, newest first; `next` goes on after them."""

    items: tuple[DecisionItem, ...]
    next: str | None
    stale: bool = False
    parked_cases: ParkedCases = 0


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """Messages to OFII or to the tax authority, newest first."""

    items: tuple[MessageItem, ...]
    stale: bool = False
    parked_cases: ParkedCases = 0


class _Place(msgspec.Struct, frozen=True, array_like=True):
    decided_on: date
    case_id: UUID
    decision: str


def opened(cursor: str | None) -> tuple[date, UUID, str] | None:
    """The place in the register that a cursor names. Raises Problematic."""
    place = place_of(cursor, _Place, lambda place: ILLEGIBLE.search(place.decision) is None)
    return (place.decided_on, place.case_id, place.decision) if place else None


def closed(row: DecisionRow) -> str:
    """The cursor of the lines that follow this one."""
    return cursor_of(_Place(row.decided_on, row.case_id, row.decision))


@get(
    "/decisions",
    sync_to_thread=True,
    operation_id="DecisionRegister",
    summary="Le registre des décisions",
    responses=READ_RESPONSES,
)
def decisions(
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    stale: NamedDependency[bool],
    kind: Annotated[DecisionKind | None, QueryParameter(description="Sens de la décision.")] = None,
    procedure: Annotated[Procedure | None, QueryParameter(description="Procédure.")] = None,
    platform: Annotated[str | None, QueryParameter(max_length=100)] = None,
    department: Annotated[str | None, QueryParameter(description="Département compétent.", max_length=3)] = None,
    decided_from: Annotated[date | None, QueryParameter(description="À partir de ce jour.")] = None,
    decided_until: Annotated[date | None, QueryParameter(description="Jusqu'à ce jour.")] = None,
    live: Annotated[bool | None, QueryParameter(description="Encore en vigueur, ou non.")] = None,
    cursor: Annotated[str | None, QueryParameter(description="Suite d'une page.", max_length=500)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 100,
) -> DecisionPage:
    """Who decided what, under which delegation, on which grounds, notified when, and what became of it."""
    asked = DecisionQuery(
        kind=kind.value if kind else None,
        procedure=procedure.value if procedure else None,
        platform=platform,
        competent_department=department,
        decided_from=decided_from,
        decided_until=decided_until,
        live=live,
        after=opened(cursor),
        limit=limit + 1,
    )
    with readers.connection() as connection:
        without = aside(connection, "decisions", caller, desk)
        found = register(connection, without.access, asked)
    rows = found[:limit]
    items = (grounds_withheld(caller.actor, row) for row in rows)
    return DecisionPage(
        items=tuple(msgspec.convert(item, DecisionItem, from_attributes=True) for item in items),
        next=closed(rows[-1]) if len(found) > limit else None,
        stale=stale,
        parked_cases=without.count,
    )


@get(
    "/messages",
    sync_to_thread=True,
    operation_id="MessageRegister",
    summary="Les messages à l'OFII et à la DGFiP",
    responses=READ_RESPONSES,
)
def outgoing(
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    stale: NamedDependency[bool],
    recipient: Annotated[Literal["OFII", "DGFiP"] | None, QueryParameter(description="Destinataire.")] = None,
    sent_from: Annotated[date | None, QueryParameter(description="Envoyés à partir de ce jour.")] = None,
    sent_until: Annotated[date | None, QueryParameter(description="Envoyés jusqu'à ce jour.")] = None,
    unanswered: Annotated[bool, QueryParameter(description="Seulement ceux dont nul n'a accusé réception.")] = False,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 100,
) -> MessagePage:
    """What was sent to whom, and whether it arrived (CT R5221-18)."""
    with readers.connection() as connection:
        without = aside(connection, "ofii_register", caller, desk)
        found = messages(
            connection,
            without.access,
            recipient=recipient,
            sent_from=sent_from,
            sent_until=sent_until,
            unanswered=unanswered,
            limit=limit,
        )
    items = tuple(msgspec.convert(row, MessageItem, from_attributes=True) for row in found)
    return MessagePage(items=items, stale=stale, parked_cases=without.count)


def router() -> Router:
    """Routes under /api/registers."""
    return Router("/api/registers", route_handlers=[decisions, outgoing], tags=["Registres"])
