"""Who is calling, which cases they may know of, and what they may do to one: role × territory × relation."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from api.form import must_be_readable
from api.problems import Problematic
from api.seen import FILERS, seen_by
from api.tokens import Tokens
from domain.administration import Administration
from domain.case import PARIS, Case
from domain.envelope import Actor, Role
from ledger.desk import Desk
from ledger.histories import CaseHistory, CaseUnknown
from projections.access import AccessFilter

BY_PLATFORM: Final = frozenset({Role.AGENT, Role.SIGNATORY, Role.MANAGER})
BY_DEPARTMENT: Final = frozenset({Role.PREFECTURE, Role.LEGAL})
EVERYWHERE: Final = frozenset({Role.AUDITOR, Role.ADMIN})
SERVICES: Final = BY_PLATFORM | BY_DEPARTMENT | EVERYWHERE
"""Everybody but those who file."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody signed in, with the cases they may know of today."""

    actor: Actor
    sees: AccessFilter
    case: CaseHistory | None = None
    """The case that the address of a command names, as read in the same query as the caller's rights."""

    @property
    def is_filer(self) -> bool:
        """Whether the caller sees only what the administration has made known."""
        return self.actor.role in FILERS

    def may_know(self, case: Case) -> bool:
        """Whether the caller may know that the case exists."""
        return self.sees.allows(case)

    def must_know(self, case: Case) -> None:
        """Refuse as if the case did not exist, unless the caller may know of it."""
        if not self.may_know(case):
            raise CaseUnknown

    def must_know_of_service(self, case: Case) -> None:
        """The same for what the services alone read: those who file are not told that it exists."""
        if self.is_filer:
            raise CaseUnknown
        self.must_know(case)

    def seen(self, history: CaseHistory) -> CaseHistory:
        """What the caller may see of a case that they may know of."""
        return seen_by(self.actor.role, history)

    def must_serve(self, refusal: str) -> None:
        """Refuse those who file, in this French sentence: what is asked for belongs to the services."""
        if self.is_filer:
            raise Problematic("forbidden", refusal)

    @property
    def has_a_right(self) -> bool:
        """Whether anything at all may be known: no right in force, no case."""
        return self.sees != AccessFilter()

    def must_have_a_right(self) -> None:
        """Refuse a caller whose right has ended, or never began."""
        if not self.has_a_right:
            raise Problematic("forbidden", "Aucun droit en vigueur ne vous a été donné.")

    def must_be(self, roles: frozenset[Role]) -> None:
        """Refuse unless the caller's quality allows the act."""
        if self.actor.role not in roles:
            raise Problematic("forbidden", f"Cet acte n'est pas ouvert à votre qualité : {self.actor.quality}.")


def sees(actor: Actor, administration: Administration, on: date) -> AccessFilter:
    """The cases an actor may know of: nothing, unless a right in force or the filing itself says so."""
    if actor.role in FILERS:
        return AccessFilter(filed_by=actor.identity)
    rights = administration.rights_in_force(actor.identity, actor.role, on)
    if not rights:
        return AccessFilter()
    if actor.role in EVERYWHERE:
        return AccessFilter(all=True)
    if actor.role in BY_PLATFORM:
        platforms = frozenset(platform for right in rights for platform in right.platforms)
        return AccessFilter(platforms=platforms, unrouted=actor.role is Role.MANAGER)
    if actor.role in BY_DEPARTMENT:
        departments = frozenset(department for right in rights for department in right.departments)
        return AccessFilter(departments=departments, filed_by=actor.identity)
    return AccessFilter()


class SignedIn:
    """Middleware: reads the bearer token; an absent or wrong one leaves the caller unknown, and handlers refuse it.

    `scope["auth"]` is when the token expires, in seconds since 1970.
    """

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self.app = app
        self.tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the actor that its token names, or None."""
        scope["user"] = scope["auth"] = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                scheme, _, token = value.decode("latin-1").partition(" ")
                if scheme.lower() == "bearer" and (signed := self.tokens.read(token.strip())):
                    scope["user"], scope["auth"] = signed
                break
        await self.app(scope, receive, send)


async def must_be_signed_in(request: Request[Any, Any, Any]) -> None:
    """Refuse whoever is not signed in before anything else is looked at, and then what `must_be_readable` does."""
    _signed_in(request.user)
    await must_be_readable(request)


def provide_actor(request: Request[Actor | None, None, Any]) -> Actor:
    """Who is signed in; refused when nobody is."""
    return _signed_in(request.user)


def _signed_in(user: Actor | None) -> Actor:
    if user is None:
        raise Problematic("not_signed_in")
    return user


def provide_caller(request: Request[Actor | None, None, Any]) -> Caller:
    """The caller of this request; refused when nobody is signed in."""
    return caller_of(provide_actor(request), request.app.state.desk)


def caller_of(actor: Actor, desk: Desk, case_id: UUID | None = None) -> Caller:
    """An actor with the rights of this instant, and the case that they want to act on, read in the same query."""
    today = desk.ledger.clock().astimezone(PARIS).date()
    if case_id is None:
        return Caller(actor=actor, sees=sees(actor, desk.administration(), today))
    case = desk.look(case_id)
    return Caller(actor=actor, sees=sees(actor, desk.administration_at_hand, today), case=case)
