"""Where a request goes: the competent prefect by the text, the platform and the deciding prefect by the table."""

from collections.abc import Iterable
from datetime import date

import msgspec

from domain.administration import Administration
from domain.competence import NOTE, Competence, competence_of
from domain.events import RoutingTablePublished
from domain.procedures import Procedure
from domain.provisions import Chapter, provision
from domain.reference import Reference
from domain.request import Request

SEASONAL = "emploi saisonnier"
"""The fact that sends a request to the seasonal platform."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the table in force, published or shipped."""

    platform: str
    deciding_department: str
    confirmed: bool


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A place for the request, with everything that its routing must record."""

    competence: Competence
    competent_department: str
    competent_prefect: str
    table_version: str
    deciding_department: str
    deciding_prefect: str
    platform: str
    confirmed: bool


class LeftToHand(msgspec.Struct, frozen=True, kw_only=True):
    """A request that no table can route, with what is nevertheless known."""

    competence: Competence
    table_version: str
    why: str


def route(request: Request, administration: Administration, reference: Reference, today: date) -> Route | LeftToHand:
    """Where a request goes that day; an unknown department or platform is left to hand, never guessed."""
    competence = competence_of(request, reference, today)
    version = table_version(administration, reference, today)
    department = competence.department
    if department is None:
        return LeftToHand(competence=competence, table_version=version, why=_no_prefect(competence))
    seasonal = goes_to_the_seasonal_platform(request.procedure)
    if seasonal:
        competence = msgspec.structs.replace(competence, facts={**competence.facts, SEASONAL: "oui"})
    line = line_for(department, seasonal, administration, reference, today)
    if line is None:
        why = f"La table « {version} » ne nomme aucune plateforme pour le département {department}."
        return LeftToHand(competence=competence, table_version=version, why=why)
    return Route(
        competence=competence,
        competent_department=department,
        competent_prefect=reference.prefect_title(department),
        table_version=version,
        deciding_department=line.deciding_department,
        deciding_prefect=reference.prefect_title(line.deciding_department),
        platform=line.platform,
        confirmed=line.confirmed,
    )


def _no_prefect(competence: Competence) -> str:
    if not competence.rule:
        return "Aucun des textes relevés pour cette date ne désigne le préfet compétent pour statuer sur cette demande."
    return "Aucun fait de la demande ne désigne un département connu."


@provision(
    Chapter.COMPETENCE,
    "note SMOE, saisonniers",
    since=date(2021, 4, 1),
    source=NOTE,
)
def goes_to_the_seasonal_platform(procedure: Procedure) -> bool:
    """Seasonal requests are examined by one national platform, whatever the department of the competent prefect."""
    return procedure is Procedure.SEASONAL


def table_version(administration: Administration, reference: Reference, today: date) -> str:
    """The version of the table used that day: the published one, or the data shipped with smoe."""
    published = administration.routing_table(today)
    return published.version if published else reference.versions["platforms"]


def line_for(
    department: str, seasonal: bool, administration: Administration, reference: Reference, today: date
) -> Line | None:
    """The line of the table in force that day; a published table replaces the shipped one whole."""
    published = administration.routing_table(today)
    if published is not None:
        return _published_line(published, department, seasonal, today)
    row = reference.platform_for(department, seasonal, today)
    if row is None:
        return None
    return Line(
        platform=row.platform, deciding_department=row.platform_prefect_department, confirmed=row.mark == "confirmed"
    )


def _published_line(table: RoutingTablePublished, department: str, seasonal: bool, today: date) -> Line | None:
    fitting = [
        line
        for line in table.lines
        if line.seasonal is seasonal
        and line.department in {department, "*"}
        and (line.effective_from is None or line.effective_from <= today)
    ]
    # A department's own line wins over the line for all of them, and the latest over earlier ones.
    best = max(fitting, key=lambda line: (line.department != "*", line.effective_from or date.min), default=None)
    if best is None:
        return None
    return Line(platform=best.platform, deciding_department=best.deciding_department, confirmed=best.confirmed)


def deciding_department_of(
    platform: str, competent: str, administration: Administration, reference: Reference, today: date
) -> str | None:
    """The department of the prefect who decides at a platform for a competent one; None for an unknown platform.

    A prefect may have kept the decision and delegated the examination alone: the department's own line comes first.
    """
    published = administration.routing_table(today)
    lines: Iterable[tuple[str, str | None]]
    if published is not None:
        lines = [(each.department, each.deciding_department) for each in published.lines if each.platform == platform]
    else:
        rows = reference.platforms.values()
        lines = [(each.department, each.platform_prefect_department) for each in rows if each.platform == platform]
    own = (deciding for department, deciding in lines if department == competent)
    return next(own, None) or next((deciding for _, deciding in lines), None)


class LineChange(msgspec.Struct, frozen=True, kw_only=True):
    """The line of a department before and after a table; None where no platform is named."""

    department: str
    seasonal: bool
    before: Line | None
    after: Line | None


def lines_compared(
    before: Administration, after: Administration, reference: Reference, on: date
) -> tuple[LineChange, ...]:
    """The line of each department, for ordinary and for seasonal requests, in the tables of two administrations."""
    return tuple(
        LineChange(
            department=department,
            seasonal=seasonal,
            before=line_for(department, seasonal, before, reference, on),
            after=line_for(department, seasonal, after, reference, on),
        )
        for seasonal in (False, True)
        for department in sorted(reference.departments)
    )
