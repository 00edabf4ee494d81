"""A person's key is to be destroyed, so that nothing sealed with it can be read again."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import PersonErased
from domain.refusals import Refused
from domain.retention import persons, why_kept


class ErasePerson(Command, frozen=True, kw_only=True):
    """Erase the worker, or the private employer, by the identifier that the case gives them."""

    person: UUID
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]
    archival_visa: Annotated[str, Meta(min_length=1, max_length=200)]
    """Reference of the visa by which the departmental archives approve the destruction (code du patrimoine L212-2)."""


@command(
    "erase-person",
    ErasePerson,
    title="Effacer les données d'une personne",
    example={
        "person": "0192f0c1-0000-7000-8000-0000000000aa",
        "reason": "Durée de conservation expirée.",
        "archival_visa": "AD63 2031-118 du 4 mai 2031",
    },
)
def erase_person(case: Case, command: ErasePerson, context: Context) -> tuple[PersonErased, ...]:
    """Erasure waits for every appeal, proceeding, time limit and hold to end; the facts and their proofs remain.

    A person is sealed under a key of this case alone (`file_request`): no other case can ask for it to be kept.
    """
    if command.person not in persons(case):
        raise Refused("person_unknown", "Cette personne n'est ni l'étranger ni l'employeur particulier du dossier.")
    if command.person in case.erased:
        raise Refused("person_already_erased")
    reasons = tuple(why_kept(case, context.today, context.reference))
    if reasons:
        raise Refused("erasure_too_early", f"Les données doivent être conservées : {' ; '.join(reasons)}.")
    return (
        PersonErased(
            person=command.person,
            reason=command.reason,
            erased_on=context.today,
            archival_visa=command.archival_visa,
        ),
    )
