"""The register of decisions: one line each, express or implicit, whole or ended."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Literal

from domain.accesses import recipients
from domain.acts import Addressee
from domain.case import Decision
from domain.taken import decision_taken
from projections.access import AccessFilter, all_of, equals, related
from projections.read_model import Aids, ReadModel, ScopedRow, Told

PAGE_MAX = 500


class DecisionRow(ScopedRow, frozen=True, kw_only=True):
    """A decision, with who signed it under which delegation and what became of it."""

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
    position: int | None = None
    """Of the fact that took the decision; null in rows of older code, until they are made anew."""


def rows(told: Told, aids: Aids) -> list[DecisionRow]:
    """The decisions of the case, oldest first."""
    taken = {decision_taken(fact.event): fact.position for fact in told.facts}
    return [_line(told, decision, taken[decision.id]) for decision in told.case.decisions]


def _line(told: Told, decision: Decision, position: int | None) -> DecisionRow:
    case, routing, signed = told.case, told.case.routing, decision.signed
    signatory = signed.signatory if signed else None
    reasons = signed.reasons if signed else ()
    days = {addressee: known.notified_on for addressee, known in decision.notified.items()}
    return DecisionRow(
        case_id=case.id,
        platform=routing.platform if routing else None,
        competent_department=routing.competent_department if routing else None,
        deciding_department=routing.deciding_department if routing else None,
        filed_by=case.filed_by,
        related=related(case),
        recipients=recipients(case),
        decision=decision.id,
        number=case.number,
        procedure=case.procedure.value,
        kind=decision.kind.value,
        favourable=decision.kind.is_favourable,
        implicit=decision.is_implicit,
        decided_on=decision.on,
        stage=decision.stage.kind.value,
        signatory=signatory.identity if signatory else None,
        signatory_name=signatory.name if signatory else None,
        quality=signatory.quality if signatory else None,
        delegation=signatory.delegation if signatory else None,
        delegation_published_on=signatory.delegation_published_on if signatory else None,
        grounds=tuple(dict.fromkeys(reason.rule.criterion.value for reason in reasons)),
        articles=tuple(dict.fromkeys(reason.rule.article for reason in reasons)),
        permit=decision.permit.number if decision.permit else None,
        employer_notified_on=days.get(Addressee.EMPLOYER),
        worker_notified_on=days.get(Addressee.WORKER),
        prefecture_notified_on=days.get(Addressee.PREFECTURE),
        live=decision.live,
        ended_by=decision.ended_by,
        suspended_by=decision.suspended_by,
        position=position,
    )


MODEL = ReadModel(table="decisions", row=DecisionRow, rows=rows, version=3)


class DecisionQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the register; every part given must hold."""

    kind: str | None = None
    procedure: str | None = None
    platform: str | None = None
    competent_department: str | None = None
    signatory: str | None = None
    delegation: str | None = None
    decided_from: date | None = None
    decided_until: date | None = None
    live: bool | None = None
    after: tuple[date, UUID, str] | None = None
    """The `(decided_on, case_id, decision)` of the last line seen."""
    limit: int = 100


def register(connection: Connection[Any], access: AccessFilter, asked: DecisionQuery) -> list[DecisionRow]:
    """Lines of the register, newest decision first."""
    conditions = _conditions(access, asked)
    if asked.after is not None:
        place = SQL(", ").join(Literal(part) for part in asked.after)
        conditions.append(SQL("(decided_on, case_id, decision) < ({})").format(place))
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            SQL(
                "SELECT * FROM read.decisions WHERE {} ORDER BY decided_on DESC, case_id DESC, decision DESC LIMIT {}"
            ).format(all_of(conditions), Literal(max(1, min(asked.limit, PAGE_MAX))))
        )
        return [msgspec.convert(row, DecisionRow) for row in cursor]


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with its place in a drawing of lots that anybody can make again."""

    rank: bytes
    """SHA-256 over the seed, the identifier of the case as it is written, and that of the decision."""
    case_id: UUID
    decision: str
    population: int
    """How many decisions the sample is drawn from."""
    whole: bool
    """Whether every row of the register says its position, as all do once it has been made anew."""


def drawn(
    connection: Connection[Any], access: AccessFilter, asked: DecisionQuery, *, seed: str, until_position: int
) -> list[Ranked]:
    """The decisions taken up to a place in the log whose ranks are the smallest: `asked.limit` of them."""
    conditions = _conditions(access, asked)
    conditions.append(SQL("(position IS NULL OR position <= {})").format(Literal(until_position)))
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            SQL(
                "SELECT sha256(convert_to({} || case_id || decision, 'UTF8')) AS rank, case_id, decision,"
                " count(*) OVER () AS population, bool_and(position IS NOT NULL) OVER () AS whole"
                " FROM read.decisions WHERE {} ORDER BY rank LIMIT {}"
            ).format(Literal(seed), all_of(conditions), Literal(max(1, min(asked.limit, PAGE_MAX))))
        )
        return [msgspec.convert(row, Ranked) for row in cursor]


def _conditions(access: AccessFilter, asked: DecisionQuery) -> list[Composed]:
    conditions: list[Composed] = [access.condition()]
    for column in ("kind", "procedure", "platform", "competent_department", "signatory", "delegation", "live"):
        value = getattr(asked, column)
        if value is not None:
            conditions.append(equals(column, value))
    if asked.decided_from is not None:
        conditions.append(SQL("decided_on >= {}").format(Literal(asked.decided_from)))
    if asked.decided_until is not None:
        conditions.append(SQL("decided_on <= {}").format(Literal(asked.decided_until)))
    return conditions
