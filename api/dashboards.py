"""Figures of platforms and prefectures: volumes, delays, outcomes, stock by age."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.access import Caller
from api.answers import READ_RESPONSES
from api.problems import Problematic
from api.reading import ParkedCases, Readers, aside
from domain.procedures import Procedure
from ledger.desk import Desk, day_in_paris
from projections.dashboard import Dashboard, DashboardQuery, Group, dashboard

NAMES = ("activity",)


class DashboardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The figures asked for."""

    name: str
    dashboard: Dashboard
    stale: bool = False
    parked_cases: ParkedCases = 0


_GROUPS = {
    "platform": Group.PLATFORM,
    "department": Group.DEPARTMENT,
    "procedure": Group.PROCEDURE,
    "month": Group.MONTH,
}


@get(
    "/{name:str}",
    sync_to_thread=True,
    operation_id="Dashboard",
    summary="Volumes, délais, issues et stock (tableau « activity »)",
    responses=READ_RESPONSES,
)
def figures(
    name: FromPath[str],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    stale: NamedDependency[bool],
    by: Annotated[
        Literal["platform", "department", "procedure", "month"] | None, QueryParameter(description="Ventiler par.")
    ] = None,
    platform: Annotated[str | None, QueryParameter(max_length=100)] = None,
    department: Annotated[str | None, QueryParameter(description="Département compétent.", max_length=3)] = None,
    procedure: Annotated[Procedure | None, QueryParameter(description="Procédure.")] = None,
    filed_from: Annotated[date | None, QueryParameter(description="Déposés à partir de ce jour.")] = None,
    filed_until: Annotated[date | None, QueryParameter(description="Déposés jusqu'à ce jour.")] = None,
) -> DashboardAnswer:
    """Sums of the cases that the caller may know of: median and ninth decile of delays in days."""
    if name not in NAMES:
        raise Problematic("not_found", f"Tableaux : {', '.join(NAMES)}.")
    asked = DashboardQuery(
        platform=platform,
        department=department,
        procedure=procedure.value if procedure else None,
        filed_from=filed_from,
        filed_until=filed_until,
        by=_GROUPS[by] if by else None,
    )
    with readers.connection() as connection:
        without = aside(connection, "dashboard", caller, desk)
        found = dashboard(connection, without.access, asked, today=day_in_paris(desk.ledger.clock()))
    return DashboardAnswer(name=name, dashboard=found, stale=stale, parked_cases=without.count)


def router() -> Router:
    """Routes under /api/dashboards."""
    return Router("/api/dashboards", route_handlers=[figures], tags=["Tableaux de bord"])
