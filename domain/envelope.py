"""What surrounds every fact: who did it, when, in whose name, and which of its fields are personal."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

ERASED = "(donnée effacée)"
"""What a personal text reads as once the key of its person has been destroyed."""

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
    SYSTEM = "system"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
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


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact; its class name is the stored type and never changes, new fields have a default."""

    @property
    def takes_effect_on(self) -> date | None:
        """The legal date of the fact where it differs from the day it was recorded."""
        return None
