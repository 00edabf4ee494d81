"""An addressee who did not file, or their counsel, is given access to the case."""

from typing import Annotated

from msgspec import Meta

from domain.acts import ACCESS_QUALITY_TITLES, AccessQuality
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.envelope import IdentityGiven
from domain.events import CaseAccessGiven
from domain.refusals import Refused


class GiveAccess(Command, frozen=True, kw_only=True):
    """Let an identity read the case as those who file do, and act for the addressee that it is or counsels."""

    identity: IdentityGiven
    quality: AccessQuality
    basis: Annotated[str, Meta(min_length=1, max_length=2_000)]


@command(
    "give-access",
    GiveAccess,
    title="Donner accès au dossier",
    example={
        "identity": "local:worker-diallo",
        "quality": "worker",
        "basis": "Titre de séjour présenté au guichet le 2 novembre 2026.",
    },
)
def give_access(case: Case, command: GiveAccess, context: Context) -> tuple[CaseAccessGiven, ...]:
    """Only for a party to the request, never to whoever gives it, nor to somebody of the services, who has rights."""
    if command.identity == context.actor.identity:
        raise Refused("own_access_not_given")
    if command.identity in context.administration.agents:
        raise Refused("access_of_the_services", f"« {command.identity} » est l'identité d'un agent des services.")
    if command.identity == case.filed_by:
        raise Refused("access_already_given", "Cette personne a déposé la demande : elle en connaît déjà le dossier.")
    if command.quality.addressee not in case.parties:
        raise Refused("not_an_addressee", "Cette qualité n'est celle d'aucune partie à cette demande.")
    held = case.accesses.get(command.identity)
    if held is not None:
        raise Refused(
            "access_already_given",
            f"« {command.identity} » a déjà accès au dossier en qualité de : {ACCESS_QUALITY_TITLES[held]}.",
        )
    return (
        CaseAccessGiven(
            identity=command.identity, quality=command.quality, basis=command.basis, given_on=context.today
        ),
    )
