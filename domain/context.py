"""What a decision may look at besides the case: the hour, the actor, the tables and the delegations in force."""

from datetime import date, datetime
from uuid import UUID, uuid5

import msgspec

from domain.administration import Administration
from domain.case import PARIS
from domain.envelope import Actor
from domain.reference import Reference


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider of identity vouches for of an employer who has signed in."""

    siret: str | None
    """Their undertaking; None for a private person."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The surroundings of one command; deciding functions read nothing else."""

    now: datetime
    """Aware instant; `today` is its day in Paris."""
    actor: Actor
    reference: Reference
    administration: Administration
    id: UUID
    """Identifier of the command: every identifier that a decision needs derives from it."""
    vouched: Vouched | None = None
    """None where nobody vouches for the undertaking that an employer files for."""

    @property
    def today(self) -> date:
        """The day in Paris, which the law counts by."""
        return self.now.astimezone(PARIS).date()

    def new_id(self, label: str) -> UUID:
        """A fresh identifier, the same for the same command and label."""
        return uuid5(self.id, label)
