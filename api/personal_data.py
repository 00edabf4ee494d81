"""Personal data: what may be erased, orders to erase, where these are, and everything held about one person."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg, QueryParameter, RawBody

from api.access import Caller, must_be_signed_in
from api.answers import BODY_RESPONSES, READ_RESPONSES
from api.cursors import cursor_of, place_of
from api.form import must_be_legible
from api.reading import Readers
from domain.case import Case
from domain.command import Command, case_commands
from domain.commands.erase_person import ErasePerson
from domain.refusals import Refused
from domain.retention import persons, retention
from ledger.desk import Desk, Stale, day_in_paris
from ledger.facts import LedgerAltered, StoredEventInvalid
from ledger.histories import CaseUnknown
from ledger.identifiers import new_id
from projections.erasures import ERASURES_MAX, erasures
from projections.proposals import Proposal, proposals

log = structlog.get_logger()

PAGE_MAX: Final = 200
ORDERS_MAX: Final = 500
UNDER_WAY: Final = "effacement en cours"
DONE: Final = "effacé"


class RetentionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal, as the case stands now."""

    case: UUID
    number: str
    persons: tuple[UUID, ...]
    """Whose data may be erased."""
    rule: str
    article: str
    is_confirmed: bool
    """False where the text that sets the period was not found, and another is taken by analogy."""
    erasable_on: date
    proposed_on: date
    explanation: str
    kept_because: tuple[str, ...]
    """What has come since that forbids it; nothing where it may be ordered."""


class RetentionPage(msgspec.Struct, frozen=True, kw_only=True):
    """Proposals, the oldest due first; `next` goes on after them."""

    items: tuple[RetentionLine, ...]
    next: str | None
    stale: bool = False


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ends."""

    erasable_on: date
    case_id: UUID


@get(
    "/retention",
    sync_to_thread=True,
    operation_id="RetentionProposals",
    summary="Les dossiers dont la durée de conservation est expirée",
    responses=READ_RESPONSES,
)
def retention_proposals(
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    stale: NamedDependency[bool],
    cursor: Annotated[str | None, QueryParameter(description="Suite d'une page.", max_length=500)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 100,
) -> RetentionPage:
    """What the nightly search proposes, each with its reason and its date; nothing is erased without an order."""
    place = place_of(cursor, Place, lambda _: True)
    after = (place.erasable_on, place.case_id) if place else None
    with readers.connection() as connection:
        found = proposals(connection, caller.sees, after=after, limit=limit + 1)
    lines = (_line(desk, caller, each) for each in found[:limit])
    items = tuple(line for line in lines if line is not None)
    last = found[limit - 1] if len(found) > limit else None
    following = cursor_of(Place(last.erasable_on, last.case_id)) if last else None
    return RetentionPage(items=items, next=following, stale=stale)


def _line(desk: Desk, caller: Caller, proposal: Proposal) -> RetentionLine | None:
    """A proposal, unless its persons have been erased, or the case was taken up again, sent elsewhere or altered."""
    try:
        case = desk.history(proposal.case_id).case
    except (LedgerAltered, StoredEventInvalid) as error:
        _tell(error)
        return None
    if not caller.sees.allows(case):
        return None
    today = day_in_paris(desk.ledger.clock())
    kept = retention(case, today, desk.tables.on(today))
    left = persons(case) - case.erased
    if kept is None or not left or kept.erasable_on > today:
        return None
    return RetentionLine(
        case=case.id,
        number=case.number,
        persons=tuple(sorted(left)),
        rule=kept.rule,
        article=kept.article,
        is_confirmed=kept.is_confirmed,
        erasable_on=kept.erasable_on,
        proposed_on=proposal.proposed_on,
        explanation=kept.explanation,
        kept_because=kept.kept_because,
    )


def _tell(error: LedgerAltered | StoredEventInvalid) -> None:
    """One case that is not the one written keeps nobody from the others."""
    log.critical("ledger_altered", stream=str(error.stream), version=error.version, reason=error.reason)


class ErasureOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case, and one of its persons or all of them."""

    case: UUID
    person: UUID | None = None


class ErasureOrders(Command, frozen=True, kw_only=True):
    """Erasures that one visa of the archives approves; each is judged by itself."""

    orders: Annotated[tuple[ErasureOrder, ...], msgspec.Meta(min_length=1, max_length=ORDERS_MAX)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    archival_visa: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class OrderResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order for one person; `code` and `detail` say why it was refused."""

    case: UUID
    person: UUID | None
    erased: bool
    code: str | None = None
    detail: str | None = None


class OrderResults(msgspec.Struct, frozen=True, kw_only=True):
    """One line for each person, in the order of the request."""

    items: tuple[OrderResult, ...]


EXAMPLE: Final = {
    "orders": [{"case": "0192f0c1-0000-7000-8000-000000000001"}],
    "reason": "Durée de conservation expirée.",
    "archival_visa": "AD63 2031-118 du 4 mai 2031",
}


@post(
    "/erasures",
    before_request=must_be_signed_in,
    sync_to_thread=True,
    status_code=200,
    operation_id="OrderErasures",
    summary="Ordonner l'effacement de personnes",
    responses={**READ_RESPONSES, **BODY_RESPONSES},
)
def order_erasures(
    data: Annotated[
        ErasureOrders, BodyKwarg(media_type="application/json", examples=[Example(summary="Un dossier", value=EXAMPLE)])
    ],
    body: RawBody,
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
) -> OrderResults:
    """Erase up to 500 cases' persons; a refusal concerns its line alone. What is erased already is said to be."""
    must_be_legible(data, body)
    return OrderResults(items=tuple(each for order in data.orders for each in _ordered(desk, caller, order, data)))


def _ordered(desk: Desk, caller: Caller, order: ErasureOrder, data: ErasureOrders) -> list[OrderResult]:
    try:
        case = desk.history(order.case).case
        caller.must_know(case)
    except CaseUnknown:
        return [OrderResult(case=order.case, person=order.person, erased=False, code="not_found")]
    except (LedgerAltered, StoredEventInvalid) as error:
        _tell(error)
        return [OrderResult(case=order.case, person=order.person, erased=False, code="ledger_altered")]
    wanted = [order.person] if order.person else sorted(persons(case))
    return [_erased(desk, caller, case, person, data) for person in wanted]


def _erased(desk: Desk, caller: Caller, case: Case, person: UUID, data: ErasureOrders) -> OrderResult:
    body = ErasePerson(person=person, reason=data.reason, archival_visa=data.archival_visa)
    try:
        desk.execute(case.id, case_commands()["erase-person"], body, desk.context(caller.actor, new_id()))
    except Refused as refused:
        return OrderResult(case=case.id, person=person, erased=False, code=refused.code, detail=refused.message)
    except Stale:
        return OrderResult(case=case.id, person=person, erased=False, code="stale")
    return OrderResult(case=case.id, person=person, erased=True)


class ErasureLine(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure, and how far it has come."""

    person: UUID
    case: UUID | None
    state: str
    erased_at: datetime
    scrubbed_at: datetime | None


class ErasureList(msgspec.Struct, frozen=True, kw_only=True):
    """Erasures, newest first."""

    items: tuple[ErasureLine, ...]


@get(
    "/erasures",
    sync_to_thread=True,
    operation_id="Erasures",
    summary="Les effacements ordonnés, et où ils en sont",
    responses=READ_RESPONSES,
)
def erasure_list(
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    limit: Annotated[int, QueryParameter(ge=1, le=ERASURES_MAX)] = 1_000,
) -> ErasureList:
    """The key goes first, and nobody reads anything any more; then the disk is rewritten, which ends it."""
    with readers.connection() as connection:
        found = erasures(connection, limit)
    return ErasureList(
        items=tuple(
            ErasureLine(
                person=each.person,
                case=each.case_id,
                state=DONE if each.scrubbed_at else UNDER_WAY,
                erased_at=each.erased_at,
                scrubbed_at=each.scrubbed_at,
            )
            for each in found
        )
    )


def router() -> Router:
    """Routes under /api/personal-data."""
    return Router(
        "/api/personal-data",
        route_handlers=[retention_proposals, order_erasures, erasure_list],
        tags=["Données personnelles"],
    )
