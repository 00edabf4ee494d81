"""A person's key is to be destroyed, so that nothing sealed with it can be read again."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from domain.case import Case, Status
from domain.clocks import ClockState, clocks
from domain.command import Command, command
from domain.context import Context
from domain.events import PersonErased
from domain.french import in_french
from domain.refusals import Refused
from domain.request import PrivateEmployer

OPEN = frozenset({ClockState.RUNNING, ClockState.SUSPENDED})


class ErasePerson(Command, frozen=True, kw_only=True):
    """Erase the worker, or the private employer, by the identifier that the case gives them."""

    person: UUID
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]


@command(
    "erase-person",
    ErasePerson,
    title="Effacer les données d'une personne",
    example={
        "person": "0192f0c1-0000-7000-8000-0000000000aa",
        "reason": "Durée de conservation expirée ; visa d'élimination des archives départementales du 4 mai 2031.",
    },
)
def erase_person(case: Case, command: ErasePerson, context: Context) -> tuple[PersonErased, ...]:
    """Erasure waits for every appeal, proceeding, time limit and hold to end; the facts and their proofs remain."""
    employer = case.request.employer
    persons = {case.request.worker.person} | ({employer.person} if isinstance(employer, PrivateEmployer) else set())
    if command.person not in persons:
        raise Refused("person_unknown", "Cette personne n'est ni l'étranger ni l'employeur particulier du dossier.")
    if command.person in case.erased:
        raise Refused("person_already_erased")
    reasons = tuple(_why_kept(case, context))
    if reasons:
        raise Refused("erasure_too_early", f"Les données doivent être conservées : {' ; '.join(reasons)}.")
    return (PersonErased(person=command.person, reason=command.reason, erased_on=context.today),)


def _why_kept(case: Case, context: Context) -> Iterator[str]:
    for hold in sorted(case.holds):
        yield f"la mesure de conservation {hold} vise le dossier"
    for appeal in case.appeals:
        if appeal.ended_on is None:
            yield f"le recours {appeal.id} est à l'examen"
    for proceedings in case.litigation:
        if proceedings.outcome is None:
            yield f"l'instance {proceedings.id} est pendante"
    if case.status not in {Status.DECIDED, Status.CLOSED, Status.ABANDONED}:
        yield "la demande est en cours d'instruction"
    limits = clocks(case, context.today, context.reference)
    for clock in limits:
        if clock.state in OPEN:
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
        if until_day is not None and context.today <= until_day:
            yield f"l'autorisation {decision.id} est en cours de validité jusqu'au {in_french(until_day)}"
