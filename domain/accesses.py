"""Who is related to a case without having filed it: by an access given to it, or by a message addressed to them."""

from domain.acts import Addressee
from domain.case import Case
from domain.envelope import Actor


def acts_for(case: Case, actor: Actor) -> Addressee | None:
    """The addressee that an actor with access to the case is, or counsels; None for everybody else."""
    quality = case.accesses.get(actor.identity)
    return quality.addressee if quality is not None else None


def recipients(case: Case) -> tuple[str, ...]:
    """The bodies that messages of the case are addressed to."""
    return tuple(sorted({message.recipient for message in case.messages}))
