"""Who is related to a case: by having filed it, by an access given to it, or by a message addressed to them."""

from domain.acts import Addressee
from domain.case import Case
from domain.envelope import Actor
from domain.refusals import Refused
from domain.rights import TERRITORIES, Territory


def acts_for(case: Case, actor: Actor) -> Addressee | None:
    """The addressee that an actor who filed, or has access to the case, is or counsels; None for everybody else.

    Whoever may act in several qualities changes no side by choosing another one than they filed in.
    """
    if actor.identity == case.filed_by:
        return case.addressees[0]
    quality = case.accesses.get(actor.identity)
    return quality.addressee if quality is not None else None


def must_not_examine_own_request(case: Case, actor: Actor) -> None:
    """Refuse acts of a platform's staff by whoever filed the case or was given access to it, in whatever quality."""
    is_party = actor.identity == case.filed_by or actor.identity in case.accesses
    if is_party and TERRITORIES.get(actor.role) is Territory.PLATFORM:
        raise Refused("own_request_not_examined")


def recipients(case: Case) -> tuple[str, ...]:
    """The bodies that messages of the case are addressed to."""
    return tuple(sorted({message.recipient for message in case.messages}))
