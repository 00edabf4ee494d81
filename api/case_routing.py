"""Why a case is where it is: every routing of it, and where it would go today."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES
from domain.case import OPEN
from domain.competence import DESIGNATED, provision_of
from domain.events import RequestRouted, RequestTransferred, RoutingLeftToHand
from domain.law_in_french import LAW_IN_FRENCH
from domain.provisions import Provision
from domain.reference import Reference
from domain.routing import SEASONAL, LeftToHand, Route, route
from domain.sentences import routing as told
from domain.sentences import sentence
from domain.sentences.words import unconfirmed
from ledger.desk import Desk, day_in_paris
from ledger.facts import Recorded
from ledger.histories import AnyEvent, CaseHistory
from ledger.tables import Tables

replace = msgspec.structs.replace

Step = RequestRouted | RequestTransferred | RoutingLeftToHand


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
    steps = _steps(history, desk.known_tables())
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


def _steps(history: CaseHistory, tables: Tables) -> tuple[RoutingStep, ...]:
    steps: list[RoutingStep] = []
    first = history.case.filed_on
    for fact in history.facts:
        if isinstance(fact.event, Step):
            # By the tables that were read when it was recorded: later ones may no longer name its department.
            reference = tables.on(day_in_paris(fact.recorded_at), position=fact.position)
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
        text=_told(text) if text else None,
        table_version=event.table_version,
        facts=event.facts,
        competent_department=event.competent_department,
        first_received_on=first,
        reason=reason,
        sentence=sentence(event),
    )


def _told(text: Provision) -> TextRead:
    return replace(msgspec.convert(text, TextRead, from_attributes=True), text=LAW_IN_FRENCH[text.name])


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


def router() -> Router:
    """The route on the routing of a case."""
    return Router("/api", route_handlers=[read_routing], tags=["Orientation"])
