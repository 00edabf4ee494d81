"""From an identity to whoever acts: which roles it holds today, and in which of them it acts."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from api.identity.signatures import TokenInvalid, text_of
from domain.administration import Administration
from domain.context import Vouched
from domain.envelope import Actor, Role
from ledger.identity_providers import IdentityProvider, Public

SUBJECT_LENGTH_MAX: Final = 255
SIRET: Final = re.compile(r"\d{14}")
OF_SERVICES: Final = (
    Role.AGENT,
    Role.SIGNATORY,
    Role.MANAGER,
    Role.PREFECTURE,
    Role.LEGAL,
    Role.AUDITOR,
    Role.ADMIN,
)
"""Roles that a right gives; whoever holds several acts in the first of them unless they choose."""
GIVEN: Final[dict[Public, tuple[Role, ...]]] = {Public.AGENTS: OF_SERVICES, Public.PARTNERS: (Role.PARTNER,)}
"""Roles that need a right, by whom the provider vouches for."""
FREE: Final[dict[Public, tuple[Role, ...]]] = {
    Public.PROFESSIONALS: (Role.EMPLOYER, Role.MANDATARY),
    Public.INDIVIDUALS: (Role.WORKER, Role.EMPLOYER),
}
"""Roles that anybody may take whom the provider vouches for: they show nothing but what one has filed oneself."""
FREE_ROLES: Final = frozenset(role for roles in FREE.values() for role in roles)
QUALITIES: Final[dict[Role, str]] = {
    Role.EMPLOYER: "Employeur",
    Role.MANDATARY: "Mandataire",
    Role.WORKER: "Salarié",
    Role.PARTNER: "Système partenaire",
}
AGENT_QUALITY: Final = "Agent"


class Identified(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a provider says it is."""

    provider: str
    issuer: str
    subject: str
    """What names them for ever at the issuer."""
    name: str
    unit: str = ""
    siret: str = ""
    is_system: bool = False
    """Whether it is a program that has signed in by itself."""

    @property
    def identity(self) -> str:
        """What rights are given to: never an address of mail, which passes from one person to the next."""
        return f"{self.issuer}#{self.subject}"


def identified(provider: IdentityProvider, claims: Mapping[str, Any], *, is_system: bool = False) -> Identified:
    """Whom claims that were verified name. Raises TokenInvalid where they name nobody."""
    said, names = dict(claims), provider.claims
    subject = said.get("sub" if is_system else names.subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH_MAX:
        raise TokenInvalid("subject")
    if not subject.isprintable() or subject != subject.strip():
        # Trimmed, it could be somebody else's.
        raise TokenInvalid("subject")
    siret = text_of(said, names.siret).replace(" ", "")
    name = " ".join(filter(None, (text_of(said, names.given_name), text_of(said, names.family_name))))
    return Identified(
        provider=provider.name,
        issuer=provider.issuer,
        subject=subject,
        name=name or subject,
        unit=text_of(said, names.unit),
        siret=siret if SIRET.fullmatch(siret) else "",
        is_system=is_system,
    )


def roles_of(who: Identified, signs_in: frozenset[Public], known: Administration, on: date) -> tuple[Role, ...]:
    """The roles that somebody may act in that day, their usual one first; none where only a right could give one."""
    systems = frozenset({Public.PARTNERS})
    kinds = signs_in & systems if who.is_system else signs_in - systems
    given = [role for kind in Public if kind in kinds for role in GIVEN.get(kind, ())]
    held = [role for role in given if known.has_right(who.identity, role, on)]
    free = [role for kind in Public if kind in kinds for role in FREE.get(kind, ())]
    return tuple(dict.fromkeys((*held, *free)))


def actor_of(who: Identified, role: Role | None, known: Administration) -> Actor:
    """Somebody in one of their roles; agents are named as they were appointed, whatever the provider calls them."""
    agent = known.agents.get(who.identity)
    unit = who.unit or (f"SIRET {who.siret}" if who.siret else "")
    usual = Role.PARTNER if who.is_system else Role.AGENT
    chosen = role or usual
    is_appointed = agent is not None and chosen not in FREE_ROLES
    return Actor(
        identity=who.identity,
        person=uuid5(NAMESPACE_URL, f"smoe:identity:{who.identity}"),
        name=agent.name if agent is not None and is_appointed else who.name,
        role=chosen,
        quality=agent.quality if agent is not None and is_appointed else QUALITIES.get(chosen, AGENT_QUALITY),
        service=agent.service if agent is not None and is_appointed else unit,
    )


def vouched(who: Identified, role: Role | None) -> Vouched | None:
    """What the provider vouches for of whoever files as an employer: their undertaking, or that they have none."""
    return Vouched(siret=who.siret or None) if role is Role.EMPLOYER else None
