"""What surrounds every fact: who did it, when, in whose name, and which of its fields are personal."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

ERASED = "(donnée effacée)"
"""What a personal text reads as once the key of its person has been destroyed."""

WITHHELD = "(donnée non communiquée)"
"""What a text reads as for who may not read it."""

UNASSIGNED = UUID(int=0)
"""The person of a form that has not been recorded yet; no event is ever stored with it."""

PERSONAL = "personal"
"""The key under which `msgspec.Meta.extra` marks a field that is sealed with its person's key."""

PersonalText = Annotated[str, msgspec.Meta(extra={PERSONAL: True})]
"""A text that identifies or describes a person; reads `ERASED` after erasure."""

PersonalDate = Annotated[date | None, msgspec.Meta(extra={PERSONAL: True})]
"""A date that identifies or describes a person; reads None after erasure."""

PersonalChoice = Annotated[str | None, msgspec.Meta(extra={PERSONAL: True})]
"""An optional text that identifies or describes a person; reads None after erasure."""

IdentityGiven = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^(?!.*\n)[!-~]([ -~]*[!-~])?$")]
"""An identity to which something is given: one that reads like another's, but for what nobody sees, is nobody's."""


class Role(StrEnum):
    """In which capacity somebody acts; rights are given by role and territory."""

    EMPLOYER = "employer"
    MANDATARY = "mandatary"
    WORKER = "worker"
    AGENT = "agent"
    SIGNATORY = "signatory"
    MANAGER = "manager"
    PREFECTURE = "prefecture"
    LEGAL = "legal"
    AUDITOR = "auditor"
    ADMIN = "admin"
    PARTNER = "partner"
    """OFII or DGFiP: it reads and acknowledges the messages addressed to it."""
    SYSTEM = "system"


class Actor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who acts: person, quality, service and on whose behalf, as a decision must state them (CRPA L212-1)."""

    identity: str
    """Stable subject at the identity provider, never an e-mail address: `local:agent-63`."""
    person: UUID
    """Whose key seals `name`."""
    name: PersonalText
    role: Role
    quality: str
    """« Instructrice », « Cheffe de la plateforme », « Employeur »."""
    service: str
    on_behalf_of: str | None = None
    """« préfet du Puy-de-Dôme, par délégation du préfet du Rhône »; the SIRET a mandatary acts for."""


SYSTEM: Final = Actor(
    identity="system",
    person=uuid5(NAMESPACE_URL, "smoe:system"),
    name="smoe",
    role=Role.SYSTEM,
    quality="Traitement automatisé",
    service="smoe",
)
"""What acts by itself: receipts, routing by the table, silence that becomes a decision, a reading deemed made."""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact; its class name is the stored type and never changes, new fields have a default.

    What is frozen and made of values alone holds no cycle: the garbage collector need not look at millions of facts.
    """

    @property
    def is_automatic(self) -> bool:
        """Whether smoe itself does this, in answer to somebody's act."""
        return False

    @property
    def takes_effect_on(self) -> date | None:
        """The legal date of the fact where it differs from the day it was recorded."""
        return None


def performer(event: Event, actor: Actor) -> Actor:
    """Who is named as the author of a fact: the actor of the command, or smoe for what it does by itself."""
    return SYSTEM if event.is_automatic else actor
