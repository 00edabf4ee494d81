"""Delegations, agents, rights and published tables as decisions need to know them."""

from collections.abc import Iterable
from datetime import date
from typing import assert_never
from uuid import NAMESPACE_URL, uuid5

import msgspec

from domain.acts import Delegation, ServiceContact
from domain.envelope import Role
from domain.events import (
    AdministrationEvent,
    AgentAppointed,
    DelegationEnded,
    DelegationGranted,
    ReasonPublished,
    ReferencePublished,
    RightsGranted,
    RightsRevoked,
    RoutingTablePublished,
)
from domain.french import of

ADMINISTRATION_STREAM = uuid5(NAMESPACE_URL, "smoe:administration")
"""The one stream that holds delegations, agents, rights and published tables."""

replace = msgspec.structs.replace


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """A right with its territory, from its first day to the last before it was taken."""

    identity: str
    role: Role
    platforms: tuple[str, ...]
    departments: tuple[str, ...]
    recipient: str = ""
    """The body whose messages a partner reads."""
    starts_on: date
    ends_on: date | None = None
    """The first day without it."""

    def is_in_force(self, on: date) -> bool:
        """Whether it holds that day."""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


class Administration(msgspec.Struct, frozen=True, kw_only=True):
    """Everything published or granted, in the order it was recorded; nothing is ever taken out."""

    version: int = 0
    delegations: tuple[Delegation, ...] = ()
    agents: dict[str, AgentAppointed] = {}
    rights: tuple[Right, ...] = ()
    revoked: tuple[RightsRevoked, ...] = ()
    routing_tables: tuple[RoutingTablePublished, ...] = ()
    reasons: tuple[ReasonPublished, ...] = ()
    references: tuple[ReferencePublished, ...] = ()

    def routing_table(self, on: date) -> RoutingTablePublished | None:
        """The routing table in force that day: the last to take effect, the last published of those of one day."""
        in_force = (table for table in reversed(self.routing_tables) if table.effective_from <= on)
        return max(in_force, key=lambda table: table.effective_from, default=None)

    def contact(self, platform: str, on: date) -> ServiceContact:
        """Where the platform can be reached; fields nobody has published stay empty."""
        table = self.routing_table(on)
        return (table.contacts.get(platform) if table else None) or ServiceContact(name=f"Plateforme {of(platform)}")

    def rights_in_force(self, identity: str, role: Role, on: date) -> tuple[Right, ...]:
        """Every right of that role that holds that day: their territories add up."""
        return tuple(r for r in self.rights if r.identity == identity and r.role is role and r.is_in_force(on))

    def has_right(self, identity: str, role: Role, on: date) -> bool:
        """Whether any right of that role holds that day."""
        return bool(self.rights_in_force(identity, role, on))


def evolve(state: Administration, event: AdministrationEvent) -> Administration:
    """The administration after one more fact."""
    return replace(_after(state, event), version=state.version + 1)


def _after(state: Administration, event: AdministrationEvent) -> Administration:
    match event:
        case DelegationGranted(delegation=delegation):
            return replace(state, delegations=(*state.delegations, delegation))
        case DelegationEnded(delegation=ended, ends_on=on):
            return replace(
                state,
                delegations=tuple(replace(d, ends_on=on) if d.id == ended else d for d in state.delegations),
            )
        case AgentAppointed():
            return replace(state, agents={**state.agents, event.identity: event})
        case RightsGranted():
            right = Right(
                identity=event.identity,
                role=event.role,
                platforms=event.platforms,
                departments=event.departments,
                recipient=event.recipient,
                starts_on=event.starts_on,
            )
            return replace(state, rights=(*state.rights, right))
        case RightsRevoked():
            return replace(state, rights=_without(state, event), revoked=(*state.revoked, event))
        case RoutingTablePublished():
            return replace(state, routing_tables=(*state.routing_tables, event))
        case ReasonPublished():
            return replace(state, reasons=(*state.reasons, event))
        case ReferencePublished():
            return replace(state, references=(*state.references, event))
        case _:
            assert_never(event)


def _without(state: Administration, revoked: RightsRevoked) -> tuple[Right, ...]:
    """The rights after a revocation, which ends what was granted before it and holds on its day.

    Rights to start later, or granted again afterwards, are not touched; nor is one that starts on that very day in the
    place of another, as an agent moves from a platform to the next.
    """
    held = state.rights_in_force(revoked.identity, revoked.role, revoked.ends_on)
    ended = [right for right in held if right.starts_on < revoked.ends_on] or held
    return tuple(replace(r, ends_on=revoked.ends_on) if any(r is e for e in ended) else r for r in state.rights)


def replay(events: Iterable[AdministrationEvent], start: Administration | None = None) -> Administration:
    """The administration after these facts, from nothing or from an earlier state."""
    state = start or Administration()
    for event in events:
        state = evolve(state, event)
    return state
