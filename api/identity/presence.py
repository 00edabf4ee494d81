"""Who a request comes from, as far as it has shown: what the middleware finds and routes look up."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from api.identity.actors import Identified, vouched
from api.identity.sessions import Session, Sessions
from api.problems import Problematic
from domain.context import Vouched
from domain.envelope import Actor, Role

PRESENCE: Final = "presence"
"""Where it stands in the state of a request."""
WATCH_SECONDS: Final = 0.5


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in."""

    actor: Actor
    until: float
    """When they will have to sign in again at the latest, in seconds since 1970."""
    roles: tuple[Role, ...]
    """Those they may act in, the usual one first; none for whoever nobody has given any right."""
    who: Identified | None = None
    """Whom a provider vouches for; None for a demonstration identity."""
    session: Session | None = None
    """None for whoever shows a token of their own."""


def presence_of(scope: Mapping[str, Any]) -> Presence | None:
    """Who is signed in; None where nobody is."""
    found = scope.get("state", {}).get(PRESENCE)
    return found if isinstance(found, Presence) else None


def must_be_present(scope: Mapping[str, Any]) -> Presence:
    """Who is signed in. Raises Problematic where nobody is."""
    presence = presence_of(scope)
    if presence is None:
        raise Problematic("not_signed_in")
    return presence


def still_signed_in(scope: Mapping[str, Any], sessions: Sessions) -> Callable[[], bool]:
    """A question for what stays open: whether the session that opened it goes on, asked twice a second at most.

    Who shows a token of their own is signed in until that expires.
    """
    presence = presence_of(scope)
    session = presence.session if presence else None
    if session is None:
        return lambda: True
    token, asked_at, goes_on = session.token, float("-inf"), True

    def ask() -> bool:
        nonlocal asked_at, goes_on
        if goes_on and time.monotonic() >= asked_at + WATCH_SECONDS:
            asked_at = time.monotonic()
            goes_on = sessions.goes_on(token)
        return goes_on

    return ask


def is_without_right(scope: Mapping[str, Any]) -> bool:
    """Whether somebody is signed in to whom nobody has given any right."""
    presence = presence_of(scope)
    return presence is not None and not presence.roles


def vouched_for(scope: Mapping[str, Any]) -> Vouched | None:
    """What a provider vouches for of whoever acts as an employer."""
    presence = presence_of(scope)
    return vouched(presence.who, presence.actor.role) if presence and presence.who else None
