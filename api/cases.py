"""Routes of cases: file one, list, read, its history, its clocks, and every command."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias, cast
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg, FromPath, QueryParameter, RawBody

from api.access import Caller, must_be_signed_in
from api.answers import READ_RESPONSES, WRITE_RESPONSES, CommandAnswer, answer_of, carried_out, respond
from api.as_of import AsAsked, AsOf, Known, LegalAsOf, known_case
from api.commands import IdempotencyKey, first_answer, key_of
from api.form import must_be_legible
from api.identity.presence import vouched_for
from api.problems import Problematic
from api.reading import AtLeast, ParkedCases, Readers, aside, is_stale
from api.seen import conditions_withheld, names_withheld
from api.views import CaseView, Condition, Note, conditions_of, notes_of, view_of
from domain.acts import DecisionKind, StageKind
from domain.case import Status
from domain.clocks import Clock, clocks, next_deadline
from domain.commands.file_request import EXAMPLE, FileRequest
from domain.events import CaseEvent
from domain.law import Law
from domain.notices import Notice, notices_of
from domain.procedures import PROCEDURES, Procedure
from domain.rights import FieldClass
from ledger.desk import Desk, Done, day_in_paris
from ledger.facts import Answer, KeyUsed, Recorded
from ledger.histories import CaseHistory
from ledger.identifiers import new_id
from ledger.tables import Tables
from projections.cases import PAGE_MAX, Asker, CasePage, CaseQuery, CaseRow, CursorInvalid, Order, list_cases
from projections.cases import rows as case_rows
from projections.history import HistoryLine, HistoryRow, as_read, with_fact
from projections.history import history as history_rows
from projections.read_model import Aids, Told

QueueName: TypeAlias = Literal[
    "to_route",
    "to_claim",
    "mine",
    "awaiting_items",
    "items_received",
    "to_sign",
    "to_notify_ofii",
    "appeals",
    "litigation",
    "due_soon",
]
HISTORY_LINES_MAX = 10_000


class CaseClocks(AsAsked, frozen=True, kw_only=True):
    """Every time limit of a case, each with its explanation."""

    case: UUID
    version: int
    today: date
    clocks: tuple[Clock, ...]


class CaseConditions(AsAsked, frozen=True, kw_only=True):
    """The conditions that a decision of today is judged by."""

    case: UUID
    version: int
    today: date
    conditions: tuple[Condition, ...]
    notices: tuple[Notice, ...] = ()
    """What texts ask or attach without making it a ground."""
    withheld: tuple[str, ...] = ()
    """Titles of the conditions that the caller's quality does not read."""


class CaseNotes(AsAsked, frozen=True, kw_only=True):
    """The internal notes of a case."""

    case: UUID
    version: int
    notes: tuple[Note, ...]


class CaseItem(msgspec.Struct, frozen=True, kw_only=True):
    """A case in one line of a list."""

    case: UUID
    number: str
    version: int
    position: int
    procedure: Procedure
    status: Status
    stage: StageKind
    platform: str | None
    competent_department: str | None
    deciding_department: str | None
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
    decision: str | None
    decision_kind: DecisionKind | None
    decision_on: date | None
    has_open_appeal: bool
    has_litigation: bool
    next_court_date: date | None
    updated_at: datetime


class CaseList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of cases; `next` is the cursor of the page after it."""

    items: tuple[CaseItem, ...]
    next: str | None
    total: int
    stale: bool = False
    """True when the position asked for with `at_least` was not reached in time."""
    parked_cases: ParkedCases = 0


class CaseLines(AsAsked, frozen=True, kw_only=True):
    """The history of a case in French, one line a fact."""

    case: UUID
    version: int
    """Version of the case that the lines reach."""
    lines: tuple[HistoryLine, ...]
    stale: bool = False


@post(
    "/",
    before_request=must_be_signed_in,
    sync_to_thread=True,
    status_code=201,
    operation_id="FileRequest",
    summary="Déposer une demande",
    responses={
        **WRITE_RESPONSES,
        201: ResponseSpec(data_container=CommandAnswer, description="Demande enregistrée.", generate_examples=False),
    },
)
def file_case(
    data: Annotated[
        FileRequest,
        BodyKwarg(
            media_type="application/json",
            examples=[Example(summary="Introduction d'un salarié, contrat à durée indéterminée", value=EXAMPLE)],
        ),
    ],
    body: RawBody,
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    idempotency_key: IdempotencyKey = None,
) -> Response[Any]:
    """File a request; the answer gives the registration receipt's number and where the case went."""
    caller.must_be(PROCEDURES[data.request.procedure].filers)
    must_be_legible(data, body)
    key = key_of(idempotency_key, caller, request, body, None)
    repeated = first_answer(desk, key)
    if repeated is not None:
        return repeated
    case_id = new_id()
    context = desk.context(caller.actor, case_id, vouched=vouched_for(request.scope))

    def render(done: Done) -> Answer:
        return answer_of(done, 201, caller.actor)

    try:
        done = desk.file(case_id, data, context, key=key, render=render if key else None)
    except KeyUsed as used:
        return respond(used.answer)
    return carried_out(render(done))


def _known(desk: Desk, caller: Caller, case_id: UUID, as_of: datetime | None, legal_as_of: date | None) -> Known:
    """The case as the caller may read it, at the instants asked for."""
    return known_case(caller, desk.history(case_id), as_of, legal_as_of)


@get(
    "/{case_id:uuid}",
    sync_to_thread=True,
    operation_id="Case",
    summary="Lire un dossier",
    responses=READ_RESPONSES,
)
def read_case(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    as_of: AsOf = None,
    legal_as_of: LegalAsOf = None,
) -> Response[CaseView]:
    """The case as known now, or as recorded at an instant, or as it legally stood on a day."""
    known = _known(desk, caller, case_id, as_of, legal_as_of)
    case, today = known.history.case, known.today(desk)
    deadline = next_deadline(case, today, desk.reference_on(today, as_of=as_of))
    return Response(view_of(known, deadline), headers={"ETag": f'"{case.version}"'})


@get(
    "/{case_id:uuid}/clocks",
    sync_to_thread=True,
    operation_id="CaseClocks",
    summary="Les délais d'un dossier, expliqués",
    responses=READ_RESPONSES,
)
def read_clocks(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    as_of: AsOf = None,
    legal_as_of: LegalAsOf = None,
) -> CaseClocks:
    """Every clock with its start, suspensions, length, article and the sentence that explains it."""
    known = _known(desk, caller, case_id, as_of, legal_as_of)
    case, today = known.history.case, known.today(desk)
    return CaseClocks(
        case=case_id,
        version=case.version,
        today=today,
        clocks=clocks(case, today, desk.reference_on(today, as_of=as_of)),
        **known.asked,
    )


@get(
    "/{case_id:uuid}/conditions",
    sync_to_thread=True,
    operation_id="CaseConditions",
    summary="Les conditions du texte en vigueur, calculées et appréciées",
    responses=READ_RESPONSES,
)
def read_conditions(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    as_of: AsOf = None,
    legal_as_of: LegalAsOf = None,
) -> CaseConditions:
    """Each condition that a decision of the day is judged by: its text, what the rule finds, what the agent found."""
    known = _known(desk, caller, case_id, as_of, legal_as_of)
    case, today = known.history.case, known.today(desk)
    law = Law(today=today, reference=desk.reference_on(today, as_of=as_of))
    withheld = conditions_withheld(caller.actor, case)
    found = conditions_of(case, law)
    return CaseConditions(
        case=case_id,
        version=case.version,
        today=today,
        conditions=tuple(each for each in found if each.rule.criterion not in withheld),
        notices=notices_of(case, law),
        withheld=tuple(each.title for each in found if each.rule.criterion in withheld),
        **known.asked,
    )


@get(
    "/{case_id:uuid}/notes",
    sync_to_thread=True,
    operation_id="CaseNotes",
    summary="Les notes internes d'un dossier",
    responses=READ_RESPONSES,
)
def read_notes(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    as_of: AsOf = None,
    legal_as_of: LegalAsOf = None,
) -> CaseNotes:
    """Notes of the services, oldest first; those who filed never see them."""
    known = _known(desk, caller, case_id, as_of, legal_as_of)
    return CaseNotes(
        case=case_id,
        version=known.history.case.version,
        notes=notes_of(known.history),
        **known.asked,
    )


@get(
    "/{case_id:uuid}/history",
    operation_id="CaseHistory",
    summary="L'historique d'un dossier, lisible",
    responses=READ_RESPONSES,
)
async def read_history(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    as_of: AsOf = None,
    legal_as_of: LegalAsOf = None,
    at_least: AtLeast = None,
) -> CaseLines:
    """Who did what, when, in which capacity, on which text; never silently behind the ledger."""
    known = await asyncio.to_thread(_known, desk, caller, case_id, as_of, legal_as_of)
    facts = known.history.facts
    stale = await is_stale(readers, max(facts[-1].position or 0, at_least or 0))

    def rows() -> list[HistoryRow]:
        with readers.connection() as connection:
            return history_rows(connection, case_id, as_of=as_of, legal_as_of=legal_as_of, limit=HISTORY_LINES_MAX)

    found = await asyncio.to_thread(rows)
    # The read model may be ahead of what was just read: what is in there, and nothing since, may be shown.
    seen = {fact.version: fact for fact in facts}
    shown = [(row, seen[row.version]) for row in found if row.version in seen]
    whole = caller.sees_all_of_a_case
    lines = tuple(with_fact(row if whole else as_read(row, fact), fact.event) for row, fact in shown)
    reached = min(found[-1].version, known.history.case.version) if found else 0
    return CaseLines(
        case=case_id,
        version=reached,
        lines=lines,
        stale=stale,
        **known.asked,
    )


@get(
    "/",
    sync_to_thread=True,
    operation_id="Cases",
    summary="Lister et chercher des dossiers",
    responses=READ_RESPONSES,
)
def list_all(
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    stale: NamedDependency[bool],
    queue: Annotated[QueueName | None, QueryParameter(description="File d'attente.")] = None,
    platform: Annotated[str | None, QueryParameter(max_length=100)] = None,
    department: Annotated[str | None, QueryParameter(max_length=3)] = None,
    status: Annotated[Status | None, QueryParameter(description="État du dossier.")] = None,
    procedure: Annotated[Procedure | None, QueryParameter(description="Procédure.")] = None,
    due_before: Annotated[date | None, QueryParameter(description="Échéance avant ce jour.")] = None,
    assignee: Annotated[str | None, QueryParameter(max_length=200)] = None,
    q: Annotated[str | None, QueryParameter(description="Numéro, nom, SIRET.", max_length=200)] = None,
    order: Annotated[
        Order | None,
        QueryParameter(
            description="Échéance la plus proche, par défaut pour les services, ou dépôt le plus récent, par défaut "
            "pour ceux qui déposent."
        ),
    ] = None,
    cursor: Annotated[str | None, QueryParameter(description="Suite d'une page.", max_length=500)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 50,
) -> CaseList:
    """The cases that the caller may know of, in a stable order that insertions do not shift.

    Queues, statuses, deadlines and agents would tell those who file what the services prepare: they neither filter nor
    order by them, and each line is made of what they may see.
    """
    if order is Order.DEADLINE or any(asked is not None for asked in (queue, status, due_before, assignee)):
        caller.must_serve("Les files, les états, les échéances et les agents ne servent de filtre qu'aux services.")
    asked = CaseQuery(
        queue=queue,
        platform=platform,
        department=department,
        status=status.value if status else None,
        procedure=procedure.value if procedure else None,
        due_before=due_before,
        assignee=assignee,
        q=q,
        order=order or (Order.NEWEST if caller.is_filer else Order.DEADLINE),
        cursor=cursor,
        limit=limit,
    )
    today = day_in_paris(desk.ledger.clock())
    by_number_only = not caller.may_read(FieldClass.PERSONAL)
    try:
        with readers.connection() as connection:
            without = aside(connection, "cases", caller, desk)
            asker = Asker(
                identity=caller.actor.identity, today=today, access=without.access, by_number_only=by_number_only
            )
            page: CasePage = list_cases(connection, asker, asked)
    except CursorInvalid as error:
        raise Problematic(
            "malformed", "Ce curseur n'a pas été délivré par ce service, ou l'a été pour un autre tri."
        ) from error
    lines = (
        _as_seen(page.items, desk, caller)
        if caller.is_filer
        else tuple(names_withheld(caller.actor, row) for row in page.items)
    )
    return CaseList(
        items=tuple(map(_item, lines)), next=page.next, total=page.total, stale=stale, parked_cases=without.count
    )


def _as_seen(rows: Iterable[CaseRow], desk: Desk, caller: Caller) -> tuple[CaseRow, ...]:
    """The lines that the read model would hold had only what the caller may see happened."""
    histories = [caller.seen(desk.history(row.case_id)) for row in rows]
    # Asked for once, after the facts: whatever was published before one of them is known.
    tables = desk.known_tables()
    return tuple(_line_of(seen, tables) for seen in histories)


def _line_of(seen: CaseHistory, tables: Tables) -> CaseRow:
    facts = tuple(cast(Recorded[CaseEvent], fact) for fact in seen.facts)
    told = Told(case=seen.case, facts=facts, new=facts)
    reference = tables.on(told.last_day, position=facts[-1].position)
    (line,) = case_rows(told, Aids(reference=reference, check_key=b""))
    return line


def _item(row: CaseRow) -> CaseItem:
    return msgspec.convert({**msgspec.structs.asdict(row), "case": row.case_id}, CaseItem)


def router(commands: list[HTTPRouteHandler]) -> Router:
    """All routes under /api/cases."""
    reads = [file_case, list_all, read_case, read_clocks, read_conditions, read_history, read_notes]
    return Router("/api/cases", route_handlers=[*reads, *commands], tags=["Dossiers"])
