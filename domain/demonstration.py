"""Invented identities, delegations and contacts of the demonstration; impossible to enable in production."""

from datetime import date
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from domain.acts import DelegatedAct, Delegation, RoutingLine, ServiceContact
from domain.demonstration_reasons import library
from domain.envelope import SYSTEM as SYSTEM
from domain.envelope import Actor, Role
from domain.events import (
    AdministrationEvent,
    AgentAppointed,
    DelegationGranted,
    RightsGranted,
    RoutingTablePublished,
)
from domain.reference import Reference
from domain.rights import FILERS

SINCE: Final = date(2021, 4, 1)


def _id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"smoe:demonstration:{name}")


class DemonstrationIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who does not exist, with what they may do."""

    name: str
    """What is given to the local sign-in: `agent-63`."""
    actor: Actor
    platforms: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    recipient: str = ""


def _identity(
    key: str,
    role: Role,
    name: str,
    quality: str,
    service: str,
    on_behalf_of: str | None = None,
    platforms: tuple[str, ...] = (),
    departments: tuple[str, ...] = (),
    recipient: str = "",
) -> DemonstrationIdentity:
    actor = Actor(
        identity=f"local:{key}",
        person=_id(f"person:{key}"),
        name=name,
        role=role,
        quality=quality,
        service=service,
        on_behalf_of=on_behalf_of,
    )
    return DemonstrationIdentity(
        name=key, actor=actor, platforms=platforms, departments=departments, recipient=recipient
    )


_63 = "Plateforme de main-d'œuvre étrangère de Clermont-Ferrand"
_84 = "Plateforme nationale de main-d'œuvre étrangère saisonnière d'Avignon"
_P63 = "préfet du Puy-de-Dôme"
_P84 = "préfet de Vaucluse"
CLERMONT: Final = "Clermont-Ferrand"
AVIGNON: Final = "Avignon"

IDENTITIES: Final[dict[str, DemonstrationIdentity]] = {
    identity.name: identity
    for identity in (
        _identity("employer-acme", Role.EMPLOYER, "Camille Renard", "Directrice des ressources humaines", "ACME SAS"),
        _identity(
            "mandatary-durand", Role.MANDATARY, "Paul Durand", "Mandataire", "Cabinet Durand", "employeurs mandants"
        ),
        _identity("worker-diallo", Role.WORKER, "Aminata Diallo", "Salariée", "en son nom propre"),
        _identity("counsel-roux", Role.MANDATARY, "Élise Roux", "Avocate", "Barreau de Lyon", "la salariée"),
        _identity("agent-63", Role.AGENT, "Inès Morel", "Instructrice", _63, _P63, (CLERMONT,)),
        _identity("agent-63-bis", Role.AGENT, "Karim Aubry", "Instructeur", _63, _P63, (CLERMONT,)),
        _identity("signatory-63", Role.SIGNATORY, "Hélène Vasseur", "Cheffe de la plateforme", _63, _P63, (CLERMONT,)),
        _identity(
            "signatory-63-bis",
            Role.SIGNATORY,
            "Marc Tissier",
            "Adjoint à la cheffe de la plateforme",
            _63,
            _P63,
            (CLERMONT,),
        ),
        _identity("manager-63", Role.MANAGER, "Sophie Lambert", "Responsable de l'instruction", _63, _P63, (CLERMONT,)),
        _identity("manager-84", Role.MANAGER, "Pascal Giraud", "Responsable de l'instruction", _84, _P84, (AVIGNON,)),
        _identity("agent-84", Role.AGENT, "Louis Garnier", "Instructeur", _84, _P84, (AVIGNON,)),
        _identity("signatory-84", Role.SIGNATORY, "Nadia Perrin", "Cheffe de la plateforme", _84, _P84, (AVIGNON,)),
        _identity(
            "prefecture-69",
            Role.PREFECTURE,
            "Julien Caron",
            "Chef du bureau du séjour",
            "Préfecture du Rhône",
            "préfet du Rhône",
            (),
            ("69",),
        ),
        _identity(
            "legal-69",
            Role.LEGAL,
            "Claire Dumont",
            "Rédactrice contentieux",
            "Préfecture du Rhône, bureau du contentieux",
            "préfet du Rhône",
            (),
            ("69",),
        ),
        _identity(
            "prefecture-84",
            Role.PREFECTURE,
            "Odile Blanc",
            "Cheffe du bureau du séjour",
            "Préfecture de Vaucluse",
            _P84,
            (),
            ("84",),
        ),
        _identity(
            "legal-84",
            Role.LEGAL,
            "Yann Fabre",
            "Rédacteur contentieux",
            "Préfecture de Vaucluse, bureau du contentieux",
            _P84,
            (),
            ("84",),
        ),
        _identity("partner-ofii", Role.PARTNER, "Système de l'OFII", "Système partenaire", "OFII", recipient="OFII"),
        _identity(
            "partner-dgfip", Role.PARTNER, "Système de la DGFiP", "Système partenaire", "DGFiP", recipient="DGFiP"
        ),
        _identity("auditor", Role.AUDITOR, "Antoine Roche", "Auditeur", "Inspection générale de l'administration"),
        _identity(
            "admin",
            Role.ADMIN,
            "Maud Le Goff",
            "Administratrice fonctionnelle",
            "Direction générale des étrangers en France",
        ),
    )
}

CONTACTS: Final = {
    CLERMONT: ServiceContact(
        name=_63,
        address="avenue de l'Union-Soviétique, 63000 Clermont-Ferrand",
        phone="04 65 71 00 63",
        email="plateforme-63@demonstration.example",
    ),
    AVIGNON: ServiceContact(
        name=_84,
        address="Avignon (adresse de démonstration)",
        phone="04 65 71 00 84",
        email="plateforme-84@demonstration.example",
    ),
}
"""Phone numbers of the range kept for fiction, addresses of the reserved domain: nobody is called by mistake."""

_ALL_ACTS = tuple(DelegatedAct)


def _delegation(key: str, platform: str, number: str, since: date) -> DelegationGranted:
    actor = IDENTITIES[key].actor
    return DelegationGranted(
        delegation=Delegation(
            id=_id(f"delegation:{key}"),
            number=number,
            identity=actor.identity,
            name=actor.name,
            quality=actor.quality,
            service=actor.service,
            platform=platform,
            departments=("*",),
            acts=_ALL_ACTS,
            starts_on=since,
            published_on=since,
            publication=f"RAA de démonstration, {number}",
        )
    )


def administration_facts(reference: Reference, since: date = SINCE) -> tuple[AdministrationEvent, ...]:
    """What the demonstration's administrator would have recorded first: tables, agents, rights, delegations.

    `since` is the day from which staff are in office; the routing table never takes effect before the platforms exist.
    """
    lines = tuple(
        RoutingLine(
            department=department,
            seasonal=seasonal,
            platform=line.platform,
            deciding_department=line.platform_prefect_department,
            confirmed=line.mark == "confirmed",
            source=line.source,
            effective_from=line.effective_from,
        )
        for (department, seasonal), line in sorted(reference.platforms.items())
        if line.platform is not None and line.platform_prefect_department is not None
    )
    table = RoutingTablePublished(
        version="2021-04-01",
        effective_from=SINCE,
        lines=lines,
        contacts=CONTACTS,
        source="Tables de référence livrées avec smoe ; coordonnées inventées pour la démonstration",
    )
    staff = [identity for identity in IDENTITIES.values() if identity.actor.role not in FILERS]
    agents = tuple(
        AgentAppointed(
            identity=member.actor.identity,
            name=member.actor.name,
            quality=member.actor.quality,
            service=member.actor.service,
            platform=member.platforms[0] if member.platforms else None,
            appointed_on=since,
        )
        for member in staff
    )
    rights = tuple(
        RightsGranted(
            identity=member.actor.identity,
            role=member.actor.role,
            platforms=member.platforms,
            departments=member.departments,
            recipient=member.recipient,
            starts_on=since,
        )
        for member in staff
    )
    delegations = (
        _delegation("signatory-63", CLERMONT, "2021-063-001", since),
        _delegation("signatory-63-bis", CLERMONT, "2021-063-002", since),
        _delegation("signatory-84", AVIGNON, "2021-084-001", since),
    )
    return (table, *agents, *rights, *delegations, *library(since))
