"""Why a case is where it is, and what a routing table would move before it is published."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg, FromPath, RawBody

from api.access import Caller
from api.answers import READ_RESPONSES, WRITE_RESPONSES
from api.form import must_be_legible
from api.reading import Readers, is_stale
from domain.administration import Administration
from domain.administration import evolve as evolve_administration
from domain.command import administration_commands
from domain.commands.publish_routing_table import PublishRoutingTable, publish_routing_table
from domain.competence import DESIGNATED, provision_of
from domain.days import add_months
from domain.events import RequestRouted, RequestTransferred, RoutingLeftToHand
from domain.provisions import Provision
from domain.reference import Reference
from domain.routing import (
    SEASONAL,
    LeftToHand,
    Line,
    LineChange,
    Route,
    goes_to_the_seasonal_platform,
    lines_compared,
    route,
)
from ledger.desk import AnyEvent, CaseHistory, Desk, day_in_paris
from ledger.facts import Recorded
from ledger.identifiers import new_id
from projections.cases import OPEN, Crowd, Placed, crowds, open_cases_of, unrouted_cases
from projections.cases import Place as CasePlace
from projections.sentences import routing as told
from projections.sentences import sentence
from projections.sentences.words import unconfirmed

MOVES_MAX: Final = 200
"""How many cases a dry run names, and how many left to hand it reads."""
MONTHS: Final = 12

replace = msgspec.structs.replace

Step = RequestRouted | RequestTransferred | RoutingLeftToHand


# --- why a case is here -----------------------------------------------------------------------------------------------


class StepKind(StrEnum):
    """How a case came to a place."""

    ROUTED = "routed"
    ROUTED_BY_HAND = "routed_by_hand"
    LEFT_TO_HAND = "left_to_hand"
    TRANSFERRED = "transferred"


class TextRead(msgspec.Struct, frozen=True, kw_only=True):
    """The version of the text that designates the competent prefect."""

    articles: tuple[str, ...]
    since: date
    text: str
    """The text restated in a sentence of ours."""
    source: str
    mark: str
    note: str


class RoutingStep(msgspec.Struct, frozen=True, kw_only=True):
    """A routing of the case: by which text, on which facts, by which table, by whom."""

    kind: StepKind
    version: int
    recorded_at: datetime
    actor_name: str
    quality: str
    service: str
    rule: str
    text: TextRead | None
    """None for a routing that names no text that is held."""
    table_version: str
    facts: dict[str, str]
    competent_department: str | None
    competent_prefect: str | None = None
    deciding_department: str | None = None
    deciding_prefect: str | None = None
    platform: str | None = None
    from_platform: str | None = None
    first_received_on: date
    """Receipt by the first administration seized (CRPA L114-3)."""
    received_on: date | None = None
    """Receipt by the competent administration; None while no platform holds the request."""
    confirmed: bool | None = None
    """Whether a source confirms the line of the table; None where no line was read."""
    reason: str
    """What somebody gave as a reason, or why the table had no answer."""
    sentence: str
    """The fact as the history tells it."""
    why: str = ""
    """The law and the facts of it, in French."""


class RoutingToday(msgspec.Struct, frozen=True, kw_only=True):
    """Where the texts and the table of today would send the request, where that is elsewhere."""

    rule: str
    table_version: str
    facts: dict[str, str]
    competent_department: str | None
    competent_prefect: str | None
    deciding_department: str | None = None
    deciding_prefect: str | None = None
    platform: str | None = None
    confirmed: bool | None = None
    sentence: str = ""


class CaseRouting(msgspec.Struct, frozen=True, kw_only=True):
    """Why a case is where it is, step by step."""

    case: UUID
    version: int
    today: date
    sentence: str
    """Why the case is here."""
    steps: tuple[RoutingStep, ...]
    elsewhere_today: RoutingToday | None
    """None when today's answer is the same, when the case is ended, and for those who file."""


@get(
    "/cases/{case_id:uuid}/routing",
    sync_to_thread=True,
    operation_id="CaseRouting",
    summary="Pourquoi ce dossier est-il ici",
    responses=READ_RESPONSES,
)
def read_routing(case_id: FromPath[UUID], desk: NamedDependency[Desk], caller: NamedDependency[Caller]) -> CaseRouting:
    """Every routing of the case with its text, facts, table, prefects, platform, receipts and author."""
    whole = desk.history(case_id)
    caller.must_know(whole.case)
    history = caller.seen(whole)
    steps = _steps(history, desk)
    today = day_in_paris(desk.ledger.clock())
    elsewhere = None if caller.is_filer else _elsewhere(history, desk, today)
    return CaseRouting(
        case=case_id,
        version=history.case.version,
        today=today,
        sentence=steps[-1].why if steps else "",
        steps=steps,
        elsewhere_today=elsewhere,
    )


def _steps(history: CaseHistory, desk: Desk) -> tuple[RoutingStep, ...]:
    steps: list[RoutingStep] = []
    first = history.case.filed_on
    for fact in history.facts:
        if isinstance(fact.event, Step):
            # By the tables that were read when it was recorded: later ones may no longer name its department.
            reference = desk.reference_on(day_in_paris(fact.recorded_at), position=fact.position)
            steps.append(_step(fact, fact.event, first, reference))
            first = steps[-1].first_received_on
    return tuple(steps)


def _step(fact: Recorded[AnyEvent], event: Step, first: date, reference: Reference) -> RoutingStep:
    prefect = reference.prefect_title(event.competent_department) if event.competent_department else None
    text = provision_of(event.rule, event.rule_since or day_in_paris(fact.recorded_at))
    doubts = (text.note,) if text and text.mark == "unconfirmed" else ()
    designated = event.facts.get(DESIGNATED)
    why = told.competent(prefect, event.rule, event.rule_since, event.ground, designated) + unconfirmed(doubts)
    match event:
        case RoutingLeftToHand():
            step = _bare(fact, event, text, StepKind.LEFT_TO_HAND, event.first_received_on, reason=event.why)
            return replace(step, competent_prefect=prefect, why=f"{why} {event.why}")
        case RequestRouted(by_hand=True):
            step = _bare(
                fact, event, text, StepKind.ROUTED_BY_HAND, event.first_received_on, event.facts.get("motif", "")
            )
            received_on, confirmed, table = event.received_on, None, ""
        case RequestRouted():
            step = _bare(fact, event, text, StepKind.ROUTED, event.first_received_on)
            received_on, confirmed, table = event.received_on, event.confirmed, event.table_version
        case RequestTransferred():
            step = _bare(fact, event, text, StepKind.TRANSFERRED, first, event.reason)
            step = replace(step, from_platform=event.from_platform)
            received_on, confirmed, table = event.received_on or event.transferred_on, None, ""
    if SEASONAL in event.facts:
        why = f"{why} {told.NATIONAL_PLATFORM}"
    who = told.decides(
        event.competent_prefect, event.deciding_prefect, event.platform, table, confirmed=confirmed is not False
    )
    return replace(
        step,
        competent_prefect=event.competent_prefect,
        deciding_department=event.deciding_department,
        deciding_prefect=event.deciding_prefect,
        platform=event.platform,
        received_on=received_on,
        confirmed=confirmed,
        why=f"{why} {who} {told.received(step.first_received_on, received_on)}",
    )


def _bare(
    fact: Recorded[AnyEvent], event: Step, text: Provision | None, kind: StepKind, first: date, reason: str = ""
) -> RoutingStep:
    """What every routing tells, wherever it sends the case."""
    return RoutingStep(
        kind=kind,
        version=fact.version,
        recorded_at=fact.recorded_at,
        actor_name=fact.actor.name,
        quality=fact.actor.quality,
        service=fact.actor.service,
        rule=event.rule,
        text=msgspec.convert(text, TextRead, from_attributes=True) if text else None,
        table_version=event.table_version,
        facts=event.facts,
        competent_department=event.competent_department,
        first_received_on=first,
        reason=reason,
        sentence=sentence(event),
    )


def _elsewhere(history: CaseHistory, desk: Desk, today: date) -> RoutingToday | None:
    """Where an open case would go if it were routed today, unless that is where it is."""
    case = history.case
    if case.status not in OPEN:
        return None
    reference = desk.reference_on(today)
    now = route(case.request, desk.administration(), reference, today)
    here, there = case.routing, _where(now)
    if there == ((here.competent_department, here.platform, here.deciding_department) if here else None):
        return None
    competence = now.competence
    department = competence.department
    prefect = reference.prefect_title(department) if department else None
    why = told.competent(prefect, competence.rule, competence.rule_since, competence.ground, None)
    common = RoutingToday(
        rule=competence.rule,
        table_version=now.table_version,
        facts=competence.facts,
        competent_department=department,
        competent_prefect=prefect,
    )
    if isinstance(now, LeftToHand):
        return replace(common, sentence=told.elsewhere_today(f"{why} {now.why}"))
    who = told.decides(
        now.competent_prefect, now.deciding_prefect, now.platform, now.table_version, confirmed=now.confirmed
    )
    return replace(
        common,
        deciding_department=now.deciding_department,
        deciding_prefect=now.deciding_prefect,
        platform=now.platform,
        confirmed=now.confirmed,
        sentence=told.elsewhere_today(f"{why} {who}"),
    )


def _where(now: Route | LeftToHand) -> tuple[str, str, str] | None:
    return (now.competent_department, now.platform, now.deciding_department) if isinstance(now, Route) else None


# --- what a table would move ------------------------------------------------------------------------------------------


class TableLine(msgspec.Struct, frozen=True, kw_only=True):
    """Who examines and who decides."""

    platform: str
    deciding_department: str


class CaseMove(msgspec.Struct, frozen=True, kw_only=True):
    """A case that the table would send elsewhere, were it routed once the table applies."""

    case: UUID
    number: str
    department: str
    """Department of the competent prefect."""
    seasonal: bool
    origin: TableLine | None
    """Where it is; None for a case left to hand."""
    destination: TableLine | None
    """None where the table names no platform."""


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases would go from one place to another."""

    origin: TableLine | None
    destination: TableLine | None
    still_open: int
    decided: int
    """Cases already decided, which nothing moves: they measure what the table changes."""


class DepartmentLine(msgspec.Struct, frozen=True, kw_only=True):
    """A department whose line the table changes."""

    department: str
    seasonal: bool
    before: TableLine | None
    after: TableLine | None


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a routing table would change, nothing of which is recorded."""

    version: str
    judged_on: date
    """The day on which lines are compared: the table's first day, or today if that has come."""
    filed_since: date
    """Cases filed earlier are not looked at."""
    sentence: str
    moves: tuple[CaseMove, ...]
    """Open cases, those left to hand first, each by date of filing."""
    total: int
    more: bool
    """Whether more cases would move than are named."""
    movements: tuple[Movement, ...]
    left_to_hand: int
    """Open cases that no platform holds."""
    left_to_hand_read: int
    """How many of them were read, oldest filing first, to tell which the table would route."""
    departments_without_platform: tuple[str, ...]
    seasonal_departments_without_platform: tuple[str, ...]
    lines_changed: tuple[DepartmentLine, ...]
    position: int
    """The ledger's position when the question was asked."""
    stale: bool
    """True when the read models had not seen that position in time: newer cases may be missing."""


_COMMAND: Final = administration_commands()["routing"]


@post(
    "/admin/routing/dry-run",
    sync_to_thread=True,
    status_code=200,
    operation_id="RoutingDryRun",
    summary="Essayer une table d'orientation sans la publier",
    responses={code: spec for code, spec in WRITE_RESPONSES.items() if code not in {410, 412, 428}},
)
def dry_run(
    data: Annotated[
        PublishRoutingTable,
        BodyKwarg(media_type="application/json", examples=[Example(summary=_COMMAND.title, value=_COMMAND.example)]),
    ],
    body: RawBody,
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
) -> DryRun:
    """Which open cases of the last twelve months a table would send elsewhere; refused as publishing it would be."""
    must_be_legible(data, body)
    caller.must_be(_COMMAND.by)
    caller.must_have_a_right()
    context = desk.context(caller.actor, new_id())
    before = context.administration
    (published,) = publish_routing_table(before, data, context)
    after = evolve_administration(before, published)
    on = max(context.today, data.effective_from)
    since = add_months(context.today, -MONTHS)
    reference = desk.reference_on(on)
    lines = lines_compared(before, after, reference, on)
    changed = {(line.department, line.seasonal): line for line in lines if _line(line.before) != _line(line.after)}
    position = desk.ledger.last_position()
    stale = is_stale(readers, position)
    with readers.connection() as connection:
        crowded = [crowd for crowd in crowds(connection, since) if _moves(crowd.place, changed)]
        named = open_cases_of(connection, (crowd.place for crowd in crowded), since, MOVES_MAX)
        waiting, left = unrouted_cases(connection, since, MOVES_MAX)
    found = [_found(desk, each, after, reference, on) for each in waiting]
    picked = [move for move in found if move is not None]
    moves = [*picked, *(_move(each, changed) for each in named)]
    total = len(picked) + sum(crowd.still_open for crowd in crowded)
    return DryRun(
        version=data.version,
        judged_on=on,
        filed_since=since,
        sentence=told.MOVES_NOTHING,
        moves=tuple(moves[:MOVES_MAX]),
        total=total,
        more=total > MOVES_MAX or left > len(waiting),
        movements=_movements(crowded, picked, changed),
        left_to_hand=left,
        left_to_hand_read=len(waiting),
        departments_without_platform=_without(lines, seasonal=False),
        seasonal_departments_without_platform=_without(lines, seasonal=True),
        lines_changed=tuple(
            DepartmentLine(
                department=line.department,
                seasonal=line.seasonal,
                before=_line(line.before),
                after=_line(line.after),
            )
            for line in changed.values()
        ),
        position=position,
        stale=stale,
    )


Changed = dict[tuple[str, bool], LineChange]


def _line(line: Line | None) -> TableLine | None:
    return TableLine(platform=line.platform, deciding_department=line.deciding_department) if line else None


def _origin(place: CasePlace) -> TableLine:
    return TableLine(platform=place.platform, deciding_department=place.deciding_department)


def _destination(place: CasePlace, changed: Changed) -> TableLine | None:
    return _line(changed[place.competent_department, place.seasonal].after)


def _moves(place: CasePlace, changed: Changed) -> bool:
    """Whether the table, by changing its line, sends elsewhere what is in a place: a choice by hand is left alone."""
    return (place.competent_department, place.seasonal) in changed and _destination(place, changed) != _origin(place)


def _move(placed: Placed, changed: Changed) -> CaseMove:
    place = placed.place
    assert place is not None, "a case in no place is read from the ledger"
    return CaseMove(
        case=placed.case,
        number=placed.number,
        department=place.competent_department,
        seasonal=place.seasonal,
        origin=_origin(place),
        destination=_destination(place, changed),
    )


def _found(desk: Desk, placed: Placed, after: Administration, reference: Reference, on: date) -> CaseMove | None:
    """Where a case left to hand would go; its competent prefect stands in no read model."""
    request = desk.history(placed.case).case.request
    now = route(request, after, reference, on)
    if isinstance(now, LeftToHand):
        return None
    return CaseMove(
        case=placed.case,
        number=placed.number,
        department=now.competent_department,
        seasonal=goes_to_the_seasonal_platform(request.procedure),
        origin=None,
        destination=TableLine(platform=now.platform, deciding_department=now.deciding_department),
    )


def _movements(crowded: Iterable[Crowd], picked: Iterable[CaseMove], changed: Changed) -> tuple[Movement, ...]:
    still_open: Counter[tuple[TableLine | None, TableLine | None]] = Counter()
    decided: Counter[tuple[TableLine | None, TableLine | None]] = Counter()
    for crowd in crowded:
        between = (_origin(crowd.place), _destination(crowd.place, changed))
        still_open[between] += crowd.still_open
        decided[between] += crowd.decided
    for move in picked:
        still_open[move.origin, move.destination] += 1
    return tuple(
        Movement(origin=origin, destination=destination, still_open=count, decided=decided[origin, destination])
        for (origin, destination), count in still_open.items()
    )


def _without(lines: Iterable[LineChange], *, seasonal: bool) -> tuple[str, ...]:
    return tuple(line.department for line in lines if line.seasonal is seasonal and line.after is None)


def router() -> Router:
    """The routes on routing, of a case and of a table."""
    return Router("/api", route_handlers=[read_routing, dry_run], tags=["Orientation"])
