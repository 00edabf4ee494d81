"""Which court knows a dispute, who defends the State there, and the court's own time limits."""

from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta

from domain.acts import CourtAction, Injunction, InjunctionKind
from domain.case import Case, Litigation
from domain.french import folded
from domain.procedures import OutcomeKind, Procedure
from domain.reference import Calendar, Reference, shipped_calendar
from domain.refusals import Refused
from domain.request import Value

FIRST_INSTANCE = frozenset(
    {CourtAction.ANNULMENT, CourtAction.SUSPENSION, CourtAction.LIBERTY, CourtAction.USEFUL_MEASURES}
)
URGENT = frozenset({CourtAction.SUSPENSION, CourtAction.LIBERTY, CourtAction.USEFUL_MEASURES})

APPEAL_COURTS = {
    "Bordeaux": "BX",
    "Douai": "DA",
    "Lyon": "LY",
    "Marseille": "MA",
    "Nancy": "NC",
    "Nantes": "NT",
    "Paris": "PA",
    "Toulouse": "TL",
    "Versailles": "VE",
}
"""Administrative courts of appeal, with the letters that their numbers carry."""

COUNCIL = "Conseil d'État"
NUMBER_PATTERNS = {"tribunal": r"\d{7}", "appeal": r"\d{2}[A-Z]{2}\d{5}", "cassation": r"\d{6}"}

SERVICE_WORKING_DAYS = 2
"""Working days after which a claim left unread is served (CJA R611-8-6)."""
HEARING_NOTICE_DAYS = 7
HEARING_NOTICE_DAYS_URGENT = 2
"""Days between the notice and the hearing (CJA R711-2)."""
CLOSURE_NOTICE_DAYS = 15
"""Days between the order and the closure of the investigation (CJA R613-1)."""
CLEAR_DAYS_BEFORE_HEARING = 3
"""Clear days before the hearing at which briefs close without an order (CJA R613-2)."""


def level_of(action: CourtAction) -> str:
    """`tribunal`, `appeal` or `cassation`."""
    if action in FIRST_INSTANCE:
        return "tribunal"
    return "appeal" if action is CourtAction.APPEAL else "cassation"


def court_title(name: str, action: CourtAction, reference: Reference) -> str | None:
    """The full title of a court, given its town or title; None when no such court hears this action."""
    wanted = folded(name.strip()).replace("’", "'")
    level = level_of(action)
    if level == "cassation":
        return COUNCIL if wanted == folded(COUNCIL) else None
    if level == "appeal":
        titles = {town: f"cour administrative d'appel de {town}" for town in APPEAL_COURTS}
    else:
        titles = {row.name: row.title for row in reference.tribunals.values()}
    return next((title for town, title in titles.items() if wanted in {folded(town), folded(title)}), None)


def defender(case: Case, action: CourtAction, reference: Reference) -> str:
    """Who defends the State: the prefect at first instance (CJA R431-10), then the minister (R811-10).

    A permit to work is a matter of professional activity, so the minister defends on appeal; a stamp belongs to the
    entry and stay of foreigners, which the prefect defends (R811-10-1). Both are inferred and to be checked.
    """
    minister = reference.authority("MINISTER_IMMIGRATION").label
    if action is CourtAction.CASSATION or case.routing is None:
        return minister
    of_stay = case.facts_of_procedure.outcome is OutcomeKind.STAMP or case.procedure is Procedure.EXCEPTIONAL_ADMISSION
    if action in FIRST_INSTANCE or of_stay:
        return case.routing.competent_prefect
    return minister


def served_on(
    action: CourtAction,
    made_available_on: date,
    read_on: date | None,
    department: str,
    calendar: Calendar | None = None,
) -> date:
    """First reading, or two working days after availability; at once when the judge rules within days (R611-8-6)."""
    if action is CourtAction.LIBERTY:
        return made_available_on
    unread = (calendar or shipped_calendar()).add_working_days(made_available_on, SERVICE_WORKING_DAYS, department)
    return unread if read_on is None else min(read_on, unread)


def hearing_notice_days(action: CourtAction, urgent: bool) -> int:
    """Days that must separate the notice from the hearing (CJA R711-2); none before the judge of liberties (L521-2)."""
    if action is CourtAction.LIBERTY:
        return 0
    return HEARING_NOTICE_DAYS_URGENT if urgent or action in URGENT else HEARING_NOTICE_DAYS


def briefs_close_on(action: CourtAction, hearing_on: date) -> date:
    """The last day to file a brief: three clear days before the hearing (R613-2), or its day when urgent (R522-8)."""
    if action in URGENT:
        return hearing_on
    return hearing_on - timedelta(days=CLEAR_DAYS_BEFORE_HEARING + 1)


def pending(case: Case, litigation: str) -> Litigation:
    """Proceedings in which the court has not ruled; refused otherwise."""
    proceedings = case.proceedings(litigation)
    if proceedings.outcome is not None:
        on = f" le {proceedings.judged_on:%d/%m/%Y}" if proceedings.judged_on else ""
        raise Refused("litigation_ended", f"La juridiction a statué{on} dans l'instance {litigation}.")
    return proceedings


class InjunctionOrdered(Value, frozen=True, kw_only=True):
    """What the court orders, as a body states it: the delay runs from notification, the penalty is per day."""

    kind: InjunctionKind
    delay_days: Annotated[int, Meta(ge=1, le=730)]
    penalty_daily_euros: Annotated[int, Meta(ge=0, le=100_000)] = 0

    def stored(self) -> Injunction:
        """The same as a fact."""
        return Injunction(kind=self.kind, delay_days=self.delay_days, penalty_daily_euros=self.penalty_daily_euros)
