"""A delegation of signature is granted."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.acts import DelegatedAct, Delegation
from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import departments_must_exist, must_have_no_fault
from domain.context import Context
from domain.envelope import IdentityGiven
from domain.events import DelegationGranted
from domain.refusals import Fault, Refused
from domain.request import Name


class GrantDelegation(Command, frozen=True, kw_only=True):
    """Who may sign which acts, for which departments' prefects, from when, and where it was published."""

    number: Name
    identity: IdentityGiven
    name: Name
    quality: Name
    service: Name
    platform: Name
    departments: Annotated[tuple[Annotated[str, Meta(max_length=3)], ...], Meta(min_length=1, max_length=110)]
    """Codes, or `*` alone for all departments of the platform."""
    acts: Annotated[tuple[DelegatedAct, ...], Meta(min_length=1, max_length=20)]
    own_assessments: bool = False
    starts_on: date
    ends_on: date | None = None
    published_on: date | None = None
    publication: Annotated[str, Meta(max_length=200)] = ""


@administration_command(
    "delegations",
    GrantDelegation,
    title="Enregistrer une délégation de signature",
    example={
        "number": "2026-041",
        "identity": "local:signatory-63",
        "name": "Hélène Roche",
        "quality": "Cheffe de la plateforme",
        "service": "Plateforme de main-d'œuvre étrangère de Clermont-Ferrand",
        "platform": "Clermont-Ferrand",
        "departments": ["63", "69"],
        "acts": ["grant", "refusal", "closure", "appeal"],
        "starts_on": "2026-11-02",
        "published_on": "2026-10-30",
        "publication": "RAA n° 63-2026-118",
    },
)
def grant_delegation(
    state: Administration, command: GrantDelegation, context: Context
) -> tuple[DelegationGranted, ...]:
    """A delegation lets nobody sign before it is published; its publication is recorded by granting it again."""
    if command.identity == context.actor.identity:
        raise Refused("own_delegation_not_granted")
    known = next((d for d in reversed(state.delegations) if d.number == command.number), None)
    if known is not None and known.published_on is not None:
        raise Refused("delegation_number_known", f"La délégation n° {command.number} est déjà enregistrée.")
    must_have_no_fault(
        (
            *departments_must_exist(context.reference, command.departments, "/departments"),
            *_date_faults(command, context.today),
        )
    )
    return (
        DelegationGranted(
            delegation=Delegation(
                id=context.new_id("delegation"),
                number=command.number,
                identity=command.identity,
                name=command.name,
                quality=command.quality,
                service=command.service,
                platform=command.platform,
                departments=command.departments,
                acts=command.acts,
                own_assessments=command.own_assessments,
                starts_on=command.starts_on,
                ends_on=command.ends_on,
                published_on=command.published_on,
                publication=command.publication,
            )
        ),
    )


def _date_faults(command: GrantDelegation, today: date) -> tuple[Fault, ...]:
    faults = []
    if command.ends_on is not None and command.ends_on < command.starts_on:
        faults.append(
            Fault(pointer="/ends_on", code="dates_disordered", message="La délégation finirait avant de commencer.")
        )
    if command.published_on is not None and command.published_on > today:
        faults.append(
            Fault(
                pointer="/published_on",
                code="date_impossible",
                message="La date de publication est postérieure à ce jour.",
            )
        )
    if command.published_on is not None and not command.publication:
        faults.append(
            Fault(
                pointer="/publication",
                code="publication_missing",
                message="Indiquez le recueil des actes administratifs où la délégation est publiée.",
            )
        )
    return tuple(faults)
