"""Who works in the simulation: the demonstration's identities, and invented colleagues for the other services."""

from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Final

import msgspec

from cli.simulation.companies import TOWNS, identity_of
from cli.simulation.people import FRANCE, invented_name
from domain.acts import DelegatedAct, Delegation, ServiceContact
from domain.administration import Administration
from domain.demonstration import AVIGNON, CLERMONT, CONTACTS, IDENTITIES, SINCE, administration_facts
from domain.envelope import Actor, Role
from domain.events import (
    AdministrationEvent,
    AgentAppointed,
    DelegationGranted,
    RightsGranted,
    RoutingTablePublished,
)
from domain.reference import Reference

BETHUNE: Final = "Béthune"
TULLE: Final = "Corrèze (Tulle)"
TABLE_VERSION: Final = "2024-09-01"
TABLE_SINCE: Final = date(2024, 9, 1)


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """Those who work at a platform."""

    agents: tuple[Actor, ...]
    signatories: tuple[Actor, ...]
    managers: tuple[Actor, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An invented member of a service, with their territory."""

    actor: Actor
    platform: str | None = None
    department: str | None = None


def _member(
    key: str,
    role: Role,
    quality: str,
    service: str,
    on_behalf_of: str,
    platform: str | None = None,
    department: str | None = None,
) -> Member:
    family, given = invented_name(FRANCE, Random(f"smoe/staff/{key}"))
    actor = Actor(
        identity=f"sim:{key}",
        person=identity_of(key),
        name=f"{given} {family}",
        role=role,
        quality=quality,
        service=service,
        on_behalf_of=on_behalf_of,
    )
    return Member(actor=actor, platform=platform, department=department)


def _platform(code: str, platform: str, service: str, prefect: str) -> tuple[Member, ...]:
    places = (
        ("agent", Role.AGENT, "Instructeur"),
        ("agent-bis", Role.AGENT, "Instructrice"),
        ("agent-ter", Role.AGENT, "Instructeur"),
        ("signatory", Role.SIGNATORY, "Responsable de la plateforme"),
        ("manager", Role.MANAGER, "Responsable de l'instruction"),
    )
    return tuple(_member(f"{key}-{code}", role, quality, service, prefect, platform) for key, role, quality in places)


_62 = "Plateforme de main-d'œuvre étrangère de Béthune"
_19 = "Plateforme de main-d'œuvre étrangère de Tulle"
_84 = IDENTITIES["agent-84"].actor.service
_63 = IDENTITIES["agent-63"].actor.service

OTHERS: Final[tuple[Member, ...]] = (
    *_platform("62", BETHUNE, _62, "préfet du Pas-de-Calais"),
    *_platform("19", TULLE, _19, "préfet de la Corrèze"),
    _member("agent-63-ter", Role.AGENT, "Instructrice", _63, "préfet du Puy-de-Dôme", CLERMONT),
    _member("agent-84-bis", Role.AGENT, "Instructrice", _84, "préfet de Vaucluse", AVIGNON),
    _member("manager-84", Role.MANAGER, "Responsable de l'instruction", _84, "préfet de Vaucluse", AVIGNON),
)
"""Colleagues whom the demonstration's own identities lack."""


def _of_prefectures(reference: Reference) -> tuple[Member, ...]:
    """A legal officer and an agent of the residence office for each department that the demonstration gives none."""
    members = []
    theirs = {department for who in IDENTITIES.values() for department in who.departments}
    for department in sorted(set(TOWNS) - theirs):
        prefect = reference.prefect_title(department)
        service = f"Préfecture {reference.departments[department].prefect_of}"
        members.append(
            _member(
                f"legal-{department}", Role.LEGAL, "Rédactrice contentieux", service, prefect, department=department
            )
        )
        members.append(
            _member(
                f"prefecture-{department}",
                Role.PREFECTURE,
                "Chargé des admissions exceptionnelles",
                service,
                prefect,
                department=department,
            )
        )
    return tuple(members)


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who acts for the administration, by service."""

    platforms: dict[str, Platform]
    legal: dict[str, Actor]
    prefectures: dict[str, Actor]


def staff(reference: Reference) -> Staff:
    """The demonstration's identities and the invented ones together."""
    members = (*OTHERS, *_of_prefectures(reference))
    known = [
        (who.actor, who.platforms[0] if who.platforms else None, who.departments[0] if who.departments else None)
        for who in IDENTITIES.values()
    ]
    everybody = known + [(who.actor, who.platform, who.department) for who in members]

    def of(platform: str, role: Role) -> tuple[Actor, ...]:
        return tuple(actor for actor, place, _ in everybody if place == platform and actor.role is role)

    def by_department(role: Role) -> dict[str, Actor]:
        return {place: actor for actor, _, place in everybody if place is not None and actor.role is role}

    return Staff(
        platforms={
            name: Platform(
                agents=of(name, Role.AGENT), signatories=of(name, Role.SIGNATORY), managers=of(name, Role.MANAGER)
            )
            for name in (CLERMONT, AVIGNON, BETHUNE, TULLE)
        },
        legal=by_department(Role.LEGAL),
        prefectures=by_department(Role.PREFECTURE),
    )


def _contact(service: str, code: str) -> ServiceContact:
    return ServiceContact(
        name=service,
        address=f"{service.rpartition(' de ')[2]} (adresse de démonstration)",
        phone=f"04 65 71 01 {code}",
        email=f"plateforme-{code}@demonstration.example",
    )


def _table(reference: Reference) -> RoutingTablePublished:
    """The demonstration's table again, with a contact for every platform: acknowledgements are then complete."""
    first = next(fact for fact in administration_facts(reference) if isinstance(fact, RoutingTablePublished))
    return msgspec.structs.replace(
        first,
        version=TABLE_VERSION,
        effective_from=TABLE_SINCE,
        contacts={**CONTACTS, BETHUNE: _contact(_62, "62"), TULLE: _contact(_19, "19")},
    )


def _facts_about(member: Member) -> Iterable[AdministrationEvent]:
    actor = member.actor
    yield AgentAppointed(
        identity=actor.identity,
        name=actor.name,
        quality=actor.quality,
        service=actor.service,
        platform=member.platform,
        appointed_on=SINCE,
    )
    yield RightsGranted(
        identity=actor.identity,
        role=actor.role,
        platforms=(member.platform,) if member.platform else (),
        departments=(member.department,) if member.department else (),
        starts_on=SINCE,
    )
    if actor.role is Role.SIGNATORY and member.platform:
        number = f"2021-{actor.identity[-2:]}-001"
        yield DelegationGranted(
            delegation=Delegation(
                id=identity_of(f"delegation-{actor.identity}"),
                number=number,
                identity=actor.identity,
                name=actor.name,
                quality=actor.quality,
                service=actor.service,
                platform=member.platform,
                departments=("*",),
                acts=tuple(DelegatedAct),
                starts_on=SINCE,
                published_on=SINCE,
                publication=f"RAA de démonstration, {number}",
            )
        )


def facts_lacking(administration: Administration, reference: Reference) -> tuple[AdministrationEvent, ...]:
    """What must still be recorded for the simulation's people to act lawfully; nothing when all of it is there."""
    facts: list[AdministrationEvent] = []
    if administration.version == 0:
        facts.extend(administration_facts(reference))
    if not any(table.version == TABLE_VERSION for table in administration.routing_tables):
        facts.append(_table(reference))
    for member in (*OTHERS, *_of_prefectures(reference)):
        if member.actor.identity not in administration.agents:
            facts.extend(_facts_about(member))
    return tuple(facts)
