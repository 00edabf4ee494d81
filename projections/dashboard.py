"""Figures of a platform or prefecture: volumes, delays, outcomes, stock by age; sums of one row per case."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec
from psycopg import Connection
from psycopg.sql import SQL, Composable, Composed, Literal

from domain.accesses import recipients
from domain.case import Case, Status
from projections.access import AccessFilter, all_of, equals, related
from projections.read_model import Aids, ReadModel, ScopedRow, Told

AGE_CLASSES: Final = ((0, 30), (31, 60), (61, 90), (91, 180), (181, None))
"""Days since filing, bounds included."""
ENDED: Final = frozenset({Status.DECIDED, Status.CLOSED, Status.ABANDONED})


class DashboardRow(ScopedRow, frozen=True, kw_only=True):
    """What one case adds to the figures."""

    procedure: str
    filed_on: date
    filed_month: date
    """Its first day."""
    first_decision: str | None
    """Kind of the first decision, whether or not it still stands."""
    first_decision_on: date | None
    decided_month: date | None
    delay_days: int | None
    """From filing to the first decision."""
    outcome: str
    """Kind of the decision that stands, else `abandoned` or `pending`."""
    is_open: bool
    """To be decided, the first time or again."""
    appeals: int
    litigation: int


def rows(told: Told, aids: Aids) -> tuple[DashboardRow, ...]:
    """The row of the case."""
    case, routing = told.case, told.case.routing
    first = case.decisions[0] if case.decisions else None
    row = DashboardRow(
        case_id=case.id,
        platform=routing.platform if routing else None,
        competent_department=routing.competent_department if routing else None,
        deciding_department=routing.deciding_department if routing else None,
        filed_by=case.filed_by,
        related=related(case),
        recipients=recipients(case),
        procedure=case.procedure.value,
        filed_on=case.filed_on,
        filed_month=case.filed_on.replace(day=1),
        first_decision=first.kind.value if first else None,
        first_decision_on=first.on if first else None,
        decided_month=first.on.replace(day=1) if first else None,
        delay_days=(first.on - case.filed_on).days if first else None,
        outcome=outcome(case),
        is_open=case.status not in ENDED,
        appeals=len(case.appeals),
        litigation=len(case.litigation),
    )
    return (row,)


def outcome(case: Case) -> str:
    """How the case stands: by the decision that stands, or why there is none."""
    if case.status is Status.ABANDONED:
        return "abandoned"
    decision = case.current_decision
    return decision.kind.value if decision else "pending"


MODEL = ReadModel(table="dashboard", row=DashboardRow, rows=rows, version=2)


class Group(StrEnum):
    """What figures may be broken down by; the value is the column."""

    PLATFORM = "platform"
    DEPARTMENT = "competent_department"
    PROCEDURE = "procedure"
    MONTH = "filed_month"


class DashboardQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases are summed; every part given must hold."""

    platform: str | None = None
    department: str | None = None
    """Competent."""
    procedure: str | None = None
    filed_from: date | None = None
    filed_until: date | None = None
    by: Group | None = None


class AgeClass(msgspec.Struct, frozen=True, kw_only=True):
    """Open cases of an age."""

    days_min: int
    days_max: int | None
    cases: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a set of cases."""

    filed: int
    decided: int
    """Cases that have had a first decision."""
    implicit: int
    """Cases whose first decision was silence."""
    open: int
    with_appeal: int
    with_litigation: int
    delay_days_median: float | None
    delay_days_p90: float | None
    outcomes: dict[str, int]
    stock: tuple[AgeClass, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one platform, department, procedure or month."""

    key: str | None
    figures: Figures


class Dashboard(msgspec.Struct, frozen=True, kw_only=True):
    """The figures asked for, and their parts."""

    today: date
    total: Figures
    lines: tuple[Line, ...] = ()


def dashboard(connection: Connection[Any], access: AccessFilter, asked: DashboardQuery, *, today: date) -> Dashboard:
    """The figures of all cases that may be seen and match, and of each part of them when asked."""
    conditions = _conditions(access, asked)
    total = _figures(connection, conditions, today, None)
    lines = _figures(connection, conditions, today, asked.by) if asked.by else {}
    nothing = _no_figures()
    return Dashboard(
        today=today,
        total=total.get(None, nothing),
        lines=tuple(
            Line(key=key, figures=lines[key]) for key in sorted(lines, key=lambda key: (key is None, key or ""))
        ),
    )


def _conditions(access: AccessFilter, asked: DashboardQuery) -> Composed:
    conditions = [access.condition()]
    if asked.platform is not None:
        conditions.append(equals("platform", asked.platform))
    if asked.department is not None:
        conditions.append(equals("competent_department", asked.department))
    if asked.procedure is not None:
        conditions.append(equals("procedure", asked.procedure))
    if asked.filed_from is not None:
        conditions.append(SQL("filed_on >= {}").format(Literal(asked.filed_from)))
    if asked.filed_until is not None:
        conditions.append(SQL("filed_on <= {}").format(Literal(asked.filed_until)))
    return all_of(conditions)


def _stock(today: date) -> list[Composable]:
    """The count of open cases of each age class."""
    counts: list[Composable] = []
    for least, most in AGE_CLASSES:
        within = [SQL("is_open").format(), SQL("filed_on <= {}").format(Literal(today - timedelta(days=least)))]
        if most is not None:
            within.append(SQL("filed_on >= {}").format(Literal(today - timedelta(days=most))))
        counts.append(SQL("count(*) FILTER (WHERE {})").format(all_of(within)))
    return counts


_SUMS: Final = SQL(
    "count(*), count(first_decision), count(*) FILTER (WHERE first_decision LIKE 'implicit%'),"
    " count(*) FILTER (WHERE is_open), count(*) FILTER (WHERE appeals > 0), count(*) FILTER (WHERE litigation > 0),"
    " percentile_cont(0.5) WITHIN GROUP (ORDER BY delay_days), percentile_cont(0.9) WITHIN GROUP (ORDER BY delay_days)"
)


def _figures(
    connection: Connection[Any], conditions: Composed, today: date, by: Group | None
) -> dict[str | None, Figures]:
    key = SQL(f"{by.value}::text") if by else SQL("NULL")
    sums = SQL("SELECT {}, {}, {} FROM read.dashboard WHERE {} GROUP BY 1").format(
        key, _SUMS, SQL(", ").join(_stock(today)), conditions
    )
    outcomes: dict[str | None, dict[str, int]] = {}
    counted = SQL("SELECT {}, outcome, count(*) FROM read.dashboard WHERE {} GROUP BY 1, 2 ORDER BY 2").format(
        key, conditions
    )
    for name, kind, cases in connection.execute(counted):
        outcomes.setdefault(name, {})[kind] = cases
    return {
        name: Figures(
            filed=filed,
            decided=decided,
            implicit=implicit,
            open=still_open,
            with_appeal=with_appeal,
            with_litigation=with_litigation,
            delay_days_median=_tenths(median),
            delay_days_p90=_tenths(p90),
            outcomes=outcomes.get(name, {}),
            stock=tuple(
                AgeClass(days_min=least, days_max=most, cases=cases)
                for (least, most), cases in zip(AGE_CLASSES, stock, strict=True)
            ),
        )
        for name, filed, decided, implicit, still_open, with_appeal, with_litigation, median, p90, *stock in (
            connection.execute(sums)
        )
    }


def _tenths(days: float | None) -> float | None:
    return None if days is None else round(days, 1)


def _no_figures() -> Figures:
    return Figures(
        filed=0,
        decided=0,
        implicit=0,
        open=0,
        with_appeal=0,
        with_litigation=0,
        delay_days_median=None,
        delay_days_p90=None,
        outcomes={},
        stock=tuple(AgeClass(days_min=least, days_max=most, cases=0) for least, most in AGE_CLASSES),
    )
