"""Where a request goes and why: the competent prefect by the text, the platform and deciding prefect by the table."""

from datetime import date

import msgspec

from domain.administration import Administration
from domain.events import RoutingTablePublished
from domain.procedures import Procedure
from domain.reference import Reference
from domain.request import Company, ExceptionalAdmission, PrivateEmployer, Request, ViabilityOpinion

SEASONAL_RULE = "plateforme nationale des saisonniers ; CT R5221-15"
ADMISSION_RULE = "note SMOE : la préfecture de résidence saisit la plateforme"
VIABILITY_RULE = "CESEDA R421-9"
HOST_RULE = "département de l'accueillant ; CESEDA R426-14, R426-20, R426-21"
ORDINARY_RULE = "CT R5221-15"


class Competence(msgspec.Struct, frozen=True, kw_only=True):
    """Which department's prefect a text designates, on which facts."""

    rule: str
    department: str | None
    facts: dict[str, str]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the table in force, published or shipped."""

    platform: str
    deciding_department: str
    confirmed: bool


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the routing of a request must record."""

    rule: str
    table_version: str
    facts: dict[str, str]
    competent_department: str
    competent_prefect: str
    deciding_department: str
    deciding_prefect: str
    platform: str
    confirmed: bool


class LeftToHand(msgspec.Struct, frozen=True, kw_only=True):
    """A request that no table can route, with what is nevertheless known."""

    rule: str
    table_version: str
    facts: dict[str, str]
    competent_department: str | None
    why: str


def route(request: Request, administration: Administration, reference: Reference, today: date) -> Route | LeftToHand:
    """Where a request goes that day; an unknown department or platform is left to hand, never guessed."""
    competence = competence_of(request, reference)
    version = table_version(administration, reference, today)
    seasonal = request.procedure is Procedure.SEASONAL
    if competence.department is None or reference.department(competence.department) is None:
        return LeftToHand(
            rule=competence.rule,
            table_version=version,
            facts=competence.facts,
            competent_department=None,
            why="Aucun fait de la demande ne désigne un département connu.",
        )
    line = line_for(competence.department, seasonal, administration, reference, today)
    if line is None:
        return LeftToHand(
            rule=competence.rule,
            table_version=version,
            facts=competence.facts,
            competent_department=competence.department,
            why=f"La table « {version} » ne nomme aucune plateforme pour le département {competence.department}.",
        )
    return Route(
        rule=competence.rule,
        table_version=version,
        facts=competence.facts,
        competent_department=competence.department,
        competent_prefect=reference.prefect_title(competence.department),
        deciding_department=line.deciding_department,
        deciding_prefect=reference.prefect_title(line.deciding_department),
        platform=line.platform,
        confirmed=line.confirmed,
    )


def competence_of(request: Request, reference: Reference) -> Competence:
    """The department whose prefect is competent: seat of the employing establishment unless another text says else."""
    match request.particulars:
        case ExceptionalAdmission(prefecture_department=residence):
            return Competence(rule=ADMISSION_RULE, department=residence, facts={"préfecture de résidence": residence})
        case ViabilityOpinion(activity_department=activity):
            return Competence(rule=VIABILITY_RULE, department=activity, facts={"département de l'activité": activity})
    department, facts = _of_employer(request, reference)
    match request.procedure:
        case Procedure.SEASONAL:
            return Competence(rule=SEASONAL_RULE, department=department, facts={**facts, "emploi saisonnier": "oui"})
        case Procedure.AU_PAIR | Procedure.INTERNSHIP_AGREEMENT | Procedure.INTERNSHIP_AMENDMENT:
            return Competence(rule=HOST_RULE, department=department, facts=facts)
        case _:
            return Competence(rule=ORDINARY_RULE, department=department, facts=facts)


def _of_employer(request: Request, reference: Reference) -> tuple[str | None, dict[str, str]]:
    match request.employer:
        case Company(seat=seat, siret=siret):
            facts = {"SIRET de l'établissement": siret, "code postal du siège": seat.postcode}
            return reference.department_of_postcode(seat.postcode), facts
        case PrivateEmployer(postcode=postcode):
            return reference.department_of_postcode(postcode), {"code postal du domicile de l'employeur": postcode}
        case None:
            return None, {}


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
    platform: str, administration: Administration, reference: Reference, today: date
) -> str | None:
    """The department of the prefect who decides at a platform, by the table in force; None for an unknown platform."""
    published = administration.routing_table(today)
    if published is not None:
        return next((line.deciding_department for line in published.lines if line.platform == platform), None)
    return next(
        (row.platform_prefect_department for row in reference.platforms.values() if row.platform == platform), None
    )
