"""Cases as queues and searches list them."""

import base64
import binascii
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from domain.accesses import recipients
from domain.case import OPEN, Case, Status
from domain.clocks import first_to_act_on
from domain.messages import ofii_is_due
from domain.request import Company, PrivateEmployer
from projections.access import AccessFilter, all_of, equals, related
from projections.read_model import Aids, ReadModel, ScopedRow, Told, folded

DUE_SOON_DAYS: Final = 7
PAGE_MAX: Final = 200


class CaseRow(ScopedRow, frozen=True, kw_only=True):
    """A case in one line; dates are to be compared with today by whoever reads them."""

    number: str
    procedure: str
    status: str
    stage: str
    is_open: bool
    workplace_department: str | None
    employer_name: str
    employer_siret: str | None
    worker_name: str
    job_title: str
    assignee: str | None
    assignee_name: str
    filed_on: date
    next_deadline_on: date | None
    next_deadline_what: str
    implicit_decision_on: date | None
    items_received_on: date | None
    """When what was asked for arrived, while the case is at work."""
    decision: str | None
    """Identifier of the newest decision that stands."""
    decision_kind: str | None
    decision_on: date | None
    has_open_appeal: bool
    has_litigation: bool
    """Proceedings that no court has ended yet."""
    next_court_date: date | None
    ofii_due: bool
    """Whether a grant in force is still to be sent to OFII."""
    version: int
    position: int
    created_at: datetime
    updated_at: datetime
    search: str
    """Everything a case is looked for by, folded."""
    search_numbers: str = ""
    """The numbers alone, for those who may not read names."""
    employer_is_person: bool = True
    """Whether the employer's name is that of a person; taken to be one in rows of older code."""


def rows(told: Told, aids: Aids) -> tuple[CaseRow, ...]:
    """The line of the case."""
    case, request = told.case, told.case.request
    employer, worker = request.employer, request.worker
    employer_name = ""
    if isinstance(employer, Company):
        employer_name = employer.name
    elif isinstance(employer, PrivateEmployer):
        employer_name = told.legible(employer.person, f"{employer.family_name} {employer.given_names}")
    siret = employer.siret if isinstance(employer, Company) else None
    worker_name = told.legible(worker.person, f"{worker.family_name} {worker.given_names}")
    job_title = request.job.title if request.job else ""
    deadline = first_to_act_on(told.clocks(aids.reference))
    decision, routing = case.current_decision, case.routing
    pending = [each for each in case.litigation if each.judged_on is None]
    row = CaseRow(
        case_id=case.id,
        platform=routing.platform if routing else None,
        competent_department=routing.competent_department if routing else None,
        deciding_department=routing.deciding_department if routing else None,
        filed_by=case.filed_by,
        related=related(case),
        recipients=recipients(case),
        number=case.number,
        procedure=case.procedure.value,
        status=case.status.value,
        stage=case.stage.kind.value,
        is_open=case.status in OPEN,
        workplace_department=(
            aids.reference.department_of_postcode(request.job.workplace.postcode) if request.job else None
        ),
        employer_name=employer_name,
        employer_siret=siret,
        worker_name=worker_name,
        job_title=job_title,
        assignee=case.assignee,
        assignee_name=case.assignee_name,
        filed_on=case.filed_on,
        next_deadline_on=deadline.expires_on if deadline else None,
        next_deadline_what=deadline.name if deadline else "",
        implicit_decision_on=case.acknowledgement.implicit_decision_on if case.acknowledgement else None,
        items_received_on=_items_received_on(case),
        decision=decision.id if decision else None,
        decision_kind=decision.kind.value if decision else None,
        decision_on=decision.on if decision else None,
        has_open_appeal=any(appeal.ended_on is None for appeal in case.appeals),
        has_litigation=bool(pending),
        next_court_date=min((each.hearing_on for each in pending if each.hearing_on), default=None),
        ofii_due=ofii_is_due(case, aids.reference),
        version=case.version,
        position=told.facts[-1].position or 0,
        created_at=told.facts[0].recorded_at,
        updated_at=told.facts[-1].recorded_at,
        search=folded(" ".join((case.number, employer_name, siret or "", worker_name, job_title))),
        search_numbers=folded(" ".join((case.number, siret or ""))),
        employer_is_person=isinstance(employer, PrivateEmployer),
    )
    return (row,)


def _items_received_on(case: Case) -> date | None:
    if case.status not in {Status.TO_CLAIM, Status.UNDER_EXAMINATION} or not case.missing_items:
        return None
    return case.missing_items[-1].supplied_on


MODEL = ReadModel(table="cases", row=CaseRow, rows=rows, version=2)


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and on which day."""

    identity: str
    today: date
    access: AccessFilter
    by_number_only: bool = False
    """Whether a search finds numbers alone: names are not for everybody."""


def _queue_conditions(asker: Asker) -> dict[str, Composed]:
    soon = Literal(asker.today + timedelta(days=DUE_SOON_DAYS))
    at_work = SQL("status IN ({})").format(
        SQL(", ").join([Literal(Status.TO_CLAIM.value), Literal(Status.UNDER_EXAMINATION.value)])
    )
    return {
        "to_route": SQL("status IN ('filed', 'to_route')").format(),
        "to_claim": equals("status", Status.TO_CLAIM.value),
        "mine": all_of([equals("assignee", asker.identity), SQL("is_open").format()]),
        "awaiting_items": equals("status", Status.AWAITING_ITEMS.value),
        "items_received": all_of([at_work, SQL("items_received_on IS NOT NULL").format()]),
        "to_sign": equals("status", Status.TO_SIGN.value),
        "to_notify_ofii": SQL("ofii_due").format(),
        "appeals": SQL("has_open_appeal").format(),
        "litigation": SQL("has_litigation").format(),
        "due_soon": all_of(
            [SQL("(is_open OR has_open_appeal OR has_litigation)").format(), SQL("next_deadline_on <= {}").format(soon)]
        ),
    }


QUEUES: Final[Mapping[str, str]] = {
    "to_route": "À orienter",
    "to_claim": "À prendre en charge",
    "mine": "Mes dossiers",
    "awaiting_items": "En attente de pièces",
    "items_received": "Pièces reçues",
    "to_sign": "À signer",
    "to_notify_ofii": "À transmettre à l'OFII",
    "appeals": "Recours en cours",
    "litigation": "Contentieux en cours",
    "due_soon": "Échéances proches ou passées",
}
"""Every queue with its title, in the order they are shown."""


def queue_counts(connection: Connection[Any], asker: Asker) -> dict[str, int]:
    """How many cases stand in each queue; the same conditions as their lists."""
    conditions = _queue_conditions(asker)
    counts = SQL(", ").join(SQL("count(*) FILTER (WHERE {})").format(conditions[name]) for name in QUEUES)
    query = SQL("SELECT {} FROM read.cases WHERE {}").format(counts, asker.access.condition())
    found = connection.execute(query).fetchone()
    return dict(zip(QUEUES, found or (), strict=True))


class Order(StrEnum):
    """How a list is ordered."""

    DEADLINE = "deadline"
    """The next deadline first; cases without one last, oldest first."""
    NEWEST = "newest"
    """The newest filing first."""


class CaseQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a list; every part given must hold."""

    queue: str | None = None
    platform: str | None = None
    department: str | None = None
    """Competent, deciding, or of the place of work."""
    status: str | None = None
    procedure: str | None = None
    due_before: date | None = None
    assignee: str | None = None
    filed_by: str | None = None
    q: str | None = None
    order: Order = Order.DEADLINE
    cursor: str | None = None
    limit: int = 50


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a list; `next` goes on after it."""

    items: tuple[CaseRow, ...]
    next: str | None
    total: int


class CursorInvalid(ValueError):
    """The cursor was not given by us, or belongs to another order."""


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    order: Order
    deadline: date | None
    filed_on: date
    case_id: UUID


def _opened(cursor: str, order: Order) -> _Cursor:
    try:
        place = msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=_Cursor)
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError) as error:
        raise CursorInvalid("the cursor cannot be read") from error
    if place.order is not order:
        raise CursorInvalid("the cursor belongs to another order")
    return place


def _closed(order: Order, row: CaseRow) -> str:
    # Whoever may not order by deadline is not told it by a cursor either.
    deadline = row.next_deadline_on if order is Order.DEADLINE else None
    place = _Cursor(order, deadline, row.filed_on, row.case_id)
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


_ORDERS: Final = {
    Order.DEADLINE: SQL("coalesce(next_deadline_on, 'infinity'), filed_on, case_id"),
    Order.NEWEST: SQL("filed_on DESC, case_id DESC"),
}


def _after(place: _Cursor) -> Composed:
    if place.order is Order.NEWEST:
        return SQL("(filed_on, case_id) < ({}, {})").format(Literal(place.filed_on), Literal(place.case_id))
    return SQL(
        "(coalesce(next_deadline_on, 'infinity'), filed_on, case_id) > (coalesce({}, 'infinity'::date), {}, {})"
    ).format(SQL("{}::date").format(Literal(place.deadline)), Literal(place.filed_on), Literal(place.case_id))


def _conditions(asker: Asker, asked: CaseQuery) -> list[Composed]:
    conditions = [asker.access.condition()]
    if asked.queue is not None:
        # Unknown names are for the caller to refuse; here they would be a bug.
        conditions.append(_queue_conditions(asker)[asked.queue])
    for column in ("platform", "status", "procedure", "assignee", "filed_by"):
        value = getattr(asked, column)
        if value is not None:
            conditions.append(equals(column, value))
    if asked.department is not None:
        conditions.append(
            SQL("{} IN (competent_department, deciding_department, workplace_department)").format(
                Literal(asked.department)
            )
        )
    if asked.due_before is not None:
        conditions.append(SQL("next_deadline_on < {}").format(Literal(asked.due_before)))
    if asked.q is not None and asked.q.strip():
        words = folded(asked.q).split()
        # Signs alone are in no case: without their words, the question would list everything.
        searched = Identifier("search_numbers" if asker.by_number_only else "search")
        found = [SQL("strpos({}, {}) > 0").format(searched, Literal(word)) for word in words]
        conditions += found or [SQL("false").format()]
    return conditions


def list_cases(connection: Connection[Any], asker: Asker, asked: CaseQuery) -> CasePage:
    """A page of cases, in a stable order that insertions do not shift; raises CursorInvalid."""
    conditions = _conditions(asker, asked)
    limit = max(1, min(asked.limit, PAGE_MAX))
    page = [*conditions, _after(_opened(asked.cursor, asked.order))] if asked.cursor else conditions
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            SQL("SELECT * FROM read.cases WHERE {} ORDER BY {} LIMIT {}").format(
                all_of(page), _ORDERS[asked.order], Literal(limit + 1)
            )
        )
        found = [msgspec.convert(row, CaseRow) for row in cursor]
    counted = connection.execute(SQL("SELECT count(*) FROM read.cases WHERE {}").format(all_of(conditions))).fetchone()
    items = tuple(found[:limit])
    return CasePage(
        items=items,
        next=_closed(asked.order, items[-1]) if len(found) > limit else None,
        total=counted[0] if counted else 0,
    )
