"""What the case says of a person is corrected at their request; what it said before stays in its history."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.decisions import DocumentIds, exhibits_of
from domain.events import PersonRectified
from domain.refusals import Fault, Refused
from domain.request import PrivateEmployer, Worker
from domain.retention import persons

Corrected = Annotated[str, Meta(min_length=1, max_length=200)] | None

OF_WORKERS = ("family_name", "given_names", "birth_date", "nationality", "passport_number", "foreigner_number", "email")
OF_EMPLOYERS = ("family_name", "given_names", "street", "email")


class RectifyPerson(Command, frozen=True, kw_only=True):
    """Correct what is given, and nothing else, of the worker or the private employer (GDPR article 16)."""

    person: UUID
    family_name: Corrected = None
    given_names: Corrected = None
    birth_date: date | None = None
    nationality: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")] | None = None
    passport_number: Corrected = None
    foreigner_number: Corrected = None
    email: Corrected = None
    street: Corrected = None
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]
    exhibits: DocumentIds = ()


@command(
    "rectify-person",
    RectifyPerson,
    title="Rectifier les données d'une personne",
    example={
        "person": "0192f0c1-0000-7000-8000-0000000000aa",
        "family_name": "Ben Ali",
        "reason": "Nom mal transcrit, rectifié sur présentation de l'acte de naissance.",
    },
)
def rectify_person(case: Case, command: RectifyPerson, context: Context) -> tuple[PersonRectified, ...]:
    """A later fact says otherwise; decisions that were signed, and letters that left, stay as they are."""
    if command.person not in persons(case):
        raise Refused("person_unknown")
    if command.person in case.erased:
        raise Refused("person_already_erased")
    held = _held(case, command.person)
    given = {name: value for name, value in _given(command) if value is not None}
    must_have_no_fault(_faults(given, held, context.today))
    changed = {name: value for name, value in given.items() if value != getattr(held, name)}
    if not changed:
        raise Refused("nothing_changed", "Le dossier dit déjà de cette personne ce qui est demandé.")
    return (
        PersonRectified(
            person=command.person,
            changed=tuple(changed),
            reason=command.reason,
            exhibits=exhibits_of(case, command.exhibits),
            rectified_on=context.today,
            **changed,
        ),
    )


def _held(case: Case, person: UUID) -> Worker | PrivateEmployer:
    employer = case.request.employer
    return employer if isinstance(employer, PrivateEmployer) and employer.person == person else case.request.worker


def _given(command: RectifyPerson) -> Iterator[tuple[str, Any]]:
    for name in msgspec.structs.fields(PersonRectified):
        if name.name in OF_WORKERS or name.name in OF_EMPLOYERS:
            value = getattr(command, name.name)
            yield name.name, value.strip() if isinstance(value, str) else value


def _faults(given: dict[str, Any], held: Worker | PrivateEmployer, today: date) -> Iterator[Fault]:
    known = OF_WORKERS if isinstance(held, Worker) else OF_EMPLOYERS
    for name, value in given.items():
        if name not in known:
            yield Fault(
                pointer=f"/{name}", code="not_of_this_person", message="Le dossier ne dit pas cela de cette personne."
            )
        elif value == "":
            yield Fault(pointer=f"/{name}", code="fact_missing", message="Un texte vide ne rectifie rien.")
    born = given.get("birth_date")
    if born is not None and born > today:
        yield Fault(
            pointer="/birth_date", code="date_impossible", message="La date de naissance rectifiée est dans l'avenir."
        )
