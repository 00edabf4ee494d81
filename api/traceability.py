"""The traceability of decisions: how each was taken, one line for each gap, and samples that anybody can draw again."""

import asyncio
from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec
import structlog
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.access import Caller
from api.answers import READ_RESPONSES
from api.problems import Problematic
from api.reading import POSITION_MAX, AtLeast, ParkedCases, Readers, aside, is_stale
from api.registers import closed, opened
from api.seen import traced_for
from domain.acts import DecisionKind
from domain.case import Routing
from domain.events import CaseEvent
from domain.procedures import Procedure
from domain.taken import Surroundings, Taken, day_of, fact_that_took
from domain.traceability import DecisionTraced, traced
from ledger.desk import Decided, Desk, day_in_paris
from ledger.facts import LedgerAltered, Recorded, StoredEventInvalid
from ledger.histories import CaseHistory, case_facts
from projections.decisions import DecisionQuery, Ranked, drawn, register

log = structlog.get_logger()

LINES_MAX: Final = 200
"""Of a page, of a sample, and of what one request inspects in search of gaps."""


UNTIL: Final = "until_position"
DESCRIPTION: Final = f"""\
Chaque décision, expresse ou implicite, avec son auteur, sa délégation, les conditions et la version de leur texte, les
pièces et leur empreinte, les tables, la notification, et une ligne par lacune (`gaps`).

`gaps=true` ne retient que les décisions qui en ont une. Une requête en examine {LINES_MAX} au plus, dont elle dit le
nombre (`inspected`) ; `next` poursuit après la dernière examinée, même si rien n'a été retenu.

Échantillon : `sample`, `seed` et `{UNTIL}` ensemble. La population est faite des décisions dont le fait qui les
a prises a une position inférieure ou égale à `{UNTIL}`, parmi celles que l'appelant peut connaître et que les
autres filtres retiennent ; un point de contrôle du journal nomme la position du dernier fait qu'il couvre. Le rang
d'une décision est SHA-256(graine ‖ dossier ‖ décision) : les trois textes mis bout à bout, le dossier comme il s'écrit
(36 caractères, minuscules), soit `printf '%s%s%s' "$graine" "$dossier" D1 | sha256sum`. L'échantillon est fait des
`sample` plus petits rangs, dans leur ordre : la même graine et la même position choisissent toujours les mêmes
décisions. `stale` dit que la vue n'avait pas atteint cette position : le tirage n'est pas définitif.
"""


class DecisionLine(DecisionTraced, frozen=True, kw_only=True):
    """A decision of a case with how it was taken."""

    case: UUID
    number: str
    procedure: Procedure
    routing: Routing | None
    """Of the case when the decision was taken."""
    position: int
    """Of the fact that took the decision, in the whole ledger."""
    rank: str | None = None
    """Of the drawing of lots, in hexadecimal; null outside a sample."""


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that cannot be judged, because the history of its case is not the one that was written."""

    case: UUID
    decision: str
    version: int
    """Of the first fact that cannot be relied on."""
    reason: str


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """How a sample was drawn, so that anybody can draw it again."""

    seed: str
    until_position: int
    size: int
    population: int
    """Decisions that it was drawn from."""


class TraceabilityReport(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions with how they were taken: newest first, or in the order of the drawing of lots."""

    today: date
    """Day as of which what time makes is judged."""
    items: tuple[DecisionLine, ...]
    unreadable: tuple[Unreadable, ...]
    """Counted among the inspected, whether or not only gaps are asked for."""
    inspected: int
    """Decisions that this request has judged, with gaps or not."""
    next: str | None
    sample: Sample | None = None
    stale: bool = False
    parked_cases: ParkedCases = 0


@get(
    "/decisions",
    operation_id="DecisionTraceability",
    summary="La traçabilité des décisions, et ses lacunes",
    description=DESCRIPTION,
    responses=READ_RESPONSES,
)
async def decisions(
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    at_least: AtLeast = None,
    kind: Annotated[DecisionKind | None, QueryParameter(description="Sens de la décision.")] = None,
    procedure: Annotated[Procedure | None, QueryParameter(description="Procédure.")] = None,
    platform: Annotated[str | None, QueryParameter(max_length=100)] = None,
    department: Annotated[str | None, QueryParameter(description="Département compétent.", max_length=3)] = None,
    decided_from: Annotated[date | None, QueryParameter(description="À partir de ce jour.")] = None,
    decided_until: Annotated[date | None, QueryParameter(description="Jusqu'à ce jour.")] = None,
    gaps: Annotated[bool, QueryParameter(description="Seulement les décisions qui ont une lacune.")] = False,
    sample: Annotated[int | None, QueryParameter(description="Taille de l'échantillon.", ge=1, le=LINES_MAX)] = None,
    seed: Annotated[
        str | None,
        QueryParameter(description="Graine : lettres, chiffres et ponctuation ASCII.", pattern="^[ -~]{1,100}$"),
    ] = None,
    until_position: Annotated[
        int | None, QueryParameter(description="Position que l'échantillon ne dépasse pas.", ge=0, le=POSITION_MAX)
    ] = None,
    cursor: Annotated[str | None, QueryParameter(description="Suite d'une page.", max_length=500)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=LINES_MAX)] = 50,
) -> TraceabilityReport:
    """Who decided what, by which right, on which text and exhibits, told to whom; and what cannot be traced."""
    drawing = _drawing(sample, seed, until_position, one_by_one=gaps or cursor is not None)
    asked = DecisionQuery(
        kind=kind.value if kind else None,
        procedure=procedure.value if procedure else None,
        platform=platform,
        competent_department=department,
        decided_from=decided_from,
        decided_until=decided_until,
        after=opened(cursor),
        limit=drawing.size if drawing else (LINES_MAX if gaps else limit) + 1,
    )
    stale = await is_stale(readers, max(at_least or 0, drawing.until_position) if drawing else at_least)
    if drawing:
        report = await asyncio.to_thread(_sampled, desk, caller, readers, asked, drawing)
    else:
        report = await asyncio.to_thread(_page, desk, caller, readers, asked, limit, gaps)
    return msgspec.structs.replace(report, stale=stale)


def _drawing(size: int | None, seed: str | None, until_position: int | None, *, one_by_one: bool) -> Sample | None:
    """What is to be drawn; refused unless all of it is said, and together with what goes through a register."""
    if size is None and seed is None and until_position is None:
        return None
    if size is None or seed is None or until_position is None:
        raise Problematic("malformed", f"Un échantillon demande sample, seed et {UNTIL} ensemble.")
    if one_by_one:
        raise Problematic("malformed", "Un échantillon se lit entier : ni gaps ni cursor ne s'y ajoutent.")
    return Sample(seed=seed, until_position=until_position, size=size, population=0)


def _page(
    desk: Desk, caller: Caller, readers: Readers, asked: DecisionQuery, limit: int, gaps: bool
) -> TraceabilityReport:
    """Decisions of the register from a place on, as many as are wanted or may be inspected."""
    with readers.connection() as connection:
        without = aside(connection, "decisions", caller, desk)
        found = register(connection, without.access, asked)
    tracing = _Tracing(desk, caller)
    items: list[DecisionLine] = []
    inspected = 0
    for row in found[: asked.limit - 1]:
        inspected += 1
        line = tracing.line(row.case_id, row.decision)
        if line is not None and (line.gaps or not gaps):
            items.append(line)
        if len(items) == limit:
            break
    return TraceabilityReport(
        today=tracing.today,
        items=tuple(items),
        unreadable=tuple(tracing.unreadable),
        inspected=inspected,
        next=closed(found[inspected - 1]) if inspected < len(found) else None,
        parked_cases=without.count,
    )


def _sampled(desk: Desk, caller: Caller, readers: Readers, asked: DecisionQuery, drawing: Sample) -> TraceabilityReport:
    """The decisions that the lot has fallen on, in the order of their ranks."""
    with readers.connection() as connection:
        without = aside(connection, "decisions", caller, desk)
        lots = drawn(connection, without.access, asked, seed=drawing.seed, until_position=drawing.until_position)
    if not all(lot.whole for lot in lots):
        raise Problematic("not_ready", "Le registre est en cours de reconstruction : réessayez plus tard.")
    tracing = _Tracing(desk, caller)
    lines = [tracing.line(lot.case_id, lot.decision, lot) for lot in lots]
    return TraceabilityReport(
        today=tracing.today,
        items=tuple(line for line in lines if line is not None),
        unreadable=tuple(tracing.unreadable),
        inspected=len(lots),
        next=None,
        sample=msgspec.structs.replace(drawing, population=lots[0].population if lots else 0),
        parked_cases=without.count,
    )


class _Tracing:
    """Judges decisions one after the other, all by the administration as it is known at one instant."""

    def __init__(self, desk: Desk, caller: Caller) -> None:
        self.desk = desk
        self.caller = caller
        # Asked for after the register: whatever was granted before one of its decisions is known.
        self.decided: Decided = desk.decided()
        self.today = day_in_paris(desk.ledger.clock())
        self.last: CaseHistory | None = None
        self.unreadable: list[Unreadable] = []

    def line(self, case_id: UUID, decision: str, lot: Ranked | None = None) -> DecisionLine | None:
        """A decision as judged today; None when it cannot be, or its case has since left what the caller may know."""
        try:
            return self._judged(case_id, decision, lot)
        except (LedgerAltered, StoredEventInvalid) as error:
            log.critical("ledger_altered", stream=str(error.stream), version=error.version, reason=error.reason)
            self.unreadable.append(
                Unreadable(case=case_id, decision=decision, version=error.version, reason=error.reason)
            )
            return None

    def _judged(self, case_id: UUID, decision: str, lot: Ranked | None) -> DecisionLine | None:
        if self.last is None or self.last.case.id != case_id:
            self.last = self.desk.history(case_id)
        if not self.caller.may_know(self.last.case):
            return None
        facts = case_facts(self.last)
        fact = fact_that_took(facts, decision)
        taken = Taken(case_id, facts, decision, self._around(fact))
        return DecisionLine(
            **msgspec.structs.asdict(traced_for(self.caller.actor, self.last.case, traced(taken))),
            case=case_id,
            number=taken.case.number,
            procedure=taken.before.procedure,
            routing=taken.before.routing,
            position=fact.position or 0,
            rank=lot.rank.hex() if lot else None,
        )

    def _around(self, fact: Recorded[CaseEvent]) -> Surroundings:
        position = fact.position or 0
        return Surroundings(
            administration=self.decided.administration,
            administration_then=self.decided.known(before=position),
            reference=self.decided.tables.on(day_of(fact), position=position),
            reference_today=self.decided.tables.on(self.today),
            same_program=fact.code_version == self.desk.ledger.code_version,
            today=self.today,
        )


def router() -> Router:
    """Routes under /api/audit."""
    return Router("/api/audit", route_handlers=[decisions], tags=["Audit"])
