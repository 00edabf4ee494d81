"""How long a case is kept: from when its persons may be erased, by which text, and what still forbids it."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import msgspec

from domain.case import OPEN, Case
from domain.clocks import ClockState, clocks
from domain.days import add_months
from domain.french import in_french
from domain.reference import Mark, Reference
from domain.reference.rows import Threshold
from domain.request import PrivateEmployer

RULE = "RETENTION_CASE_MONTHS"
"""The line of the table of thresholds."""
ACCESS_LOG_RULE = "RETENTION_ACCESS_LOG_MONTHS"
"""The line that says how long entries of the access log are kept."""
ACCESS_LOG_MONTHS_MIN = 12
"""Whatever that line says: a table published by mistake, or by malice, takes away no trace of the last year."""
RUNNING = frozenset({ClockState.RUNNING, ClockState.SUSPENDED})


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a case is kept; proposed to a person, never carried out by itself."""

    rule: str
    """The line of the table of thresholds that says how long."""
    starts_on: date
    """What happened last that the text counts from."""
    erasable_on: date
    """First day on which the text asks no longer that it be kept."""
    article: str
    is_confirmed: bool
    explanation: str
    kept_because: tuple[str, ...]
    """What forbids the erasure whatever the period says; nothing when it may be ordered."""


def retention(case: Case, today: date, reference: Reference) -> Retention | None:
    """How long the case is kept, as its facts stand; None while it is at work, or where the table says nothing."""
    months = kept_for(today, reference)
    if case.status in OPEN or months is None:
        return None
    starts_on, what = max(_ends(case))
    erasable_on = add_months(starts_on, int(months.value)) + timedelta(days=1)
    return Retention(
        rule=months.id,
        starts_on=starts_on,
        erasable_on=erasable_on,
        article=months.article,
        is_confirmed=months.mark is Mark.CONFIRMED,
        explanation=f"{what} le {in_french(starts_on)}, puis {months.value} mois de conservation ({months.article}).",
        kept_because=tuple(why_kept(case, today, reference)),
    )


def kept_for(today: date, reference: Reference, rule: str = RULE) -> Threshold | None:
    """The line that says how long; None where the table in force was published before it said so."""
    return reference.threshold(rule, today) if rule in reference.thresholds else None


def persons(case: Case) -> frozenset[UUID]:
    """Whose data the case holds, each under a key of this case alone: the foreigner, and a private employer."""
    employer = case.request.employer
    return frozenset(
        {case.request.worker.person} | ({employer.person} if isinstance(employer, PrivateEmployer) else set())
    )


def _ends(case: Case) -> Iterator[tuple[date, str]]:
    """Every day that the case is dated by, with what it was."""
    yield case.filed_on, "Demande déposée"
    if case.abandoned_on is not None:
        yield case.abandoned_on, "Demande abandonnée"
    for decision in case.decisions:
        yield decision.on, "Dernière décision prise"
        for known in decision.notified.values():
            yield known.notified_on or known.available_on, "Décision portée à la connaissance d'une partie"
        if decision.permit is not None and decision.permit.valid_until is not None:
            yield decision.permit.valid_until, "Autorisation expirée"
    for appeal in case.appeals:
        if appeal.ended_on is not None:
            yield appeal.ended_on, "Recours administratif terminé"
    for proceedings in case.litigation:
        if (ended := proceedings.judgment_notified_on or proceedings.judged_on) is not None:
            yield ended, "Décision de justice rendue"


def why_kept(case: Case, today: date, reference: Reference) -> Iterator[str]:
    """What forbids any erasure of the case on a day, each reason as a French clause."""
    for hold in sorted(case.holds):
        yield f"la mesure de conservation {hold} vise le dossier"
    yield from still_alive(case, today, reference)


def still_alive(case: Case, today: date, reference: Reference) -> Iterator[str]:
    """What may still happen to the case on a day, or comes from it, each reason as a French clause."""
    for appeal in case.appeals:
        if appeal.ended_on is None:
            yield f"le recours {appeal.id} est à l'examen"
    for proceedings in case.litigation:
        if proceedings.outcome is None:
            yield f"l'instance {proceedings.id} est pendante"
    if case.status in OPEN:
        yield "la demande est en cours d'instruction"
    limits = clocks(case, today, reference)
    for clock in limits:
        if clock.state in RUNNING:
            until = f" jusqu'au {in_french(clock.expires_on)}" if clock.expires_on else ""
            yield f"un délai court{until} ({clock.name})"
    bounded = {(clock.ref, clock.addressee) for clock in limits if clock.id == "T13"}
    judged = {proceedings.against for proceedings in case.litigation}
    for clock in limits:
        endless = clock.state is ClockState.NOT_RUNNING and (clock.ref, clock.addressee) not in bounded
        if clock.id == "T12" and endless and clock.ref not in judged:
            yield f"la décision {clock.ref} peut encore être contestée sans limite : {clock.why_not_running}"
    for decision in case.decisions:
        until_day = decision.permit.valid_until if decision.live and decision.permit else None
        if until_day is not None and today <= until_day:
            yield f"l'autorisation {decision.id} est en cours de validité jusqu'au {in_french(until_day)}"
