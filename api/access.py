"""Who is calling and what the table of rights opens to them: role × territory × relation, enforced here alone."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, assert_never, cast
from uuid import UUID

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import HTTPScope

from api.form import must_be_readable
from api.identity.presence import is_without_right
from api.problems import Problematic
from api.recording import operation_name
from api.seen import EVERY_CLASS, seen_by
from domain.administration import Administration
from domain.case import PARIS, Case
from domain.envelope import Actor, Role
from domain.rights import FILERS, TABLE, TERRITORIES, FieldClass, Line, Reach, Territory, public, visible
from ledger.desk import Desk
from ledger.histories import CaseHistory, CaseUnknown
from projections.access import AccessFilter

LINE: Final = "line"
"""The mark of routes whose line in the table of rights is not named like their operation: the commands."""
NOT_OPEN: Final = "Cet acte n'est pas ouvert à votre qualité : {quality}."
NOT_YOURS: Final = "Cet acte n'est ouvert à votre qualité que dans les dossiers qui vous concernent."
NO_RIGHT: Final = "Aucun droit en vigueur ne vous a été donné."


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody signed in, with the cases they may know of today, and those that what they ask for reaches."""

    actor: Actor
    knows: AccessFilter
    """The cases whose existence is no secret to them."""
    sees: AccessFilter
    """Those within reach of the operation."""
    reach: Reach = Reach.NOTHING
    case: CaseHistory | None = None
    """The case that the address of a command names, as read in the same query as the caller's rights."""

    @property
    def is_filer(self) -> bool:
        """Whether the caller sees only what the administration has made known."""
        return self.actor.role in FILERS

    @property
    def sees_all_of_a_case(self) -> bool:
        """Whether nothing of a case is hidden from the caller's quality, or masked."""
        return not self.is_filer and visible(self.actor.role) == EVERY_CLASS

    def may_read(self, fields: FieldClass) -> bool:
        """Whether the caller's quality reads fields of a class."""
        return fields in visible(self.actor.role)

    def may_know(self, case: Case) -> bool:
        """Whether the caller may know that the case exists."""
        return self.knows.allows(case)

    def must_know(self, case: Case) -> None:
        """Refuse as if the case did not exist unless the caller may know of it, and what does not reach as far."""
        if not self.may_know(case):
            raise CaseUnknown
        if not self.sees.allows(case):
            raise Problematic("forbidden", NOT_YOURS)

    def seen(self, history: CaseHistory) -> CaseHistory:
        """What the caller may see of a case that they may know of."""
        return seen_by(self.actor, history)

    def must_serve(self, refusal: str) -> None:
        """Refuse those who file, in this French sentence: what is asked for belongs to the services."""
        if self.is_filer:
            raise Problematic("forbidden", refusal)

    @property
    def has_a_right(self) -> bool:
        """Whether anything at all may be known: no right in force, no case."""
        return self.knows != AccessFilter()

    def must_have_a_right(self) -> None:
        """Refuse a caller whose right has ended, or never began."""
        if not self.has_a_right:
            raise Problematic("forbidden", NO_RIGHT)

    def must_be(self, roles: frozenset[Role]) -> None:
        """Refuse unless the caller's quality allows what the body of the request asks for."""
        if self.actor.role not in roles:
            raise Problematic("forbidden", NOT_OPEN.format(quality=self.actor.quality))


def sees(actor: Actor, administration: Administration, on: date) -> AccessFilter:
    """The cases an actor may know of: nothing, unless a right in force, the filing or an access says so."""
    if actor.role in FILERS:
        return _related(actor)
    rights = administration.rights_in_force(actor.identity, actor.role, on)
    territory = TERRITORIES.get(actor.role)
    if not rights or territory is None:
        return AccessFilter()
    match territory:
        case Territory.COUNTRY:
            return AccessFilter(all=True)
        case Territory.PLATFORM:
            platforms = frozenset(platform for right in rights for platform in right.platforms)
            return AccessFilter(platforms=platforms, unrouted=actor.role is Role.MANAGER)
        case Territory.DEPARTMENT:
            departments = frozenset(department for right in rights for department in right.departments)
            return AccessFilter(departments=departments, filed_by=actor.identity)
        case Territory.RECIPIENT:
            return AccessFilter(recipients=frozenset(right.recipient for right in rights if right.recipient))
        case _:
            assert_never(territory)


def _related(actor: Actor) -> AccessFilter:
    return AccessFilter(filed_by=actor.identity, related_to=actor.identity)


def within(reach: Reach, actor: Actor, knows: AccessFilter) -> AccessFilter:
    """Of the cases that an actor may know of, those as far as an operation reaches."""
    match reach:
        case Reach.TERRITORY | Reach.EVERYWHERE | Reach.OPEN:
            return knows
        case Reach.FILED if knows != AccessFilter():
            return AccessFilter(filed_by=actor.identity)
        case Reach.RELATED if actor.role is Role.PARTNER:
            return knows
        case Reach.RELATED if knows != AccessFilter():
            return _related(actor)
        case _:
            return AccessFilter()


def line_of(handler: BaseRouteHandler, method: str, path: str) -> Line | None:
    """The line of the table that a route is open by; None for one that has none, which is then open to nobody."""
    if method == "OPTIONS":
        # Made by the framework for every address: it names methods, whoever asks.
        return public(f"OPTIONS {path}")
    return TABLE.get(handler.opt.get(LINE) or operation_name(handler, method, path))


def must_all_have_a_line(routes: Iterable[BaseRoute]) -> None:
    """Refuse to start with an operation that no line of the table opens to anybody. Raises ValueError."""
    lacking = sorted(
        f"{method} {route.path_format}"
        for route in routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if line_of(handler, method, route.path_format) is None
    )
    if lacking:
        raise ValueError(f"no line in the table of rights: {', '.join(lacking)}")


async def must_be_entitled(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse whoever the table opens the operation to in no case, before anything of the request is looked at.

    Asynchronous though it waits for nothing: Litestar would send anything else to a thread and back.
    """
    scope = cast(HTTPScope, connection.scope)
    line = line_of(handler, scope["method"], scope["path_template"])
    if line is not None and line.is_public:
        return
    actor: Actor | None = connection.user
    if actor is None:
        raise Problematic("not_signed_in")
    if line is not None and not line.needs_right:
        return
    if is_without_right(scope):
        raise Problematic("forbidden", NO_RIGHT)
    if line is None or line.reach(actor.role) is Reach.NOTHING:
        if line is not None and line.is_hidden:
            raise CaseUnknown
        told = line.refusal if line is not None and actor.role in FILERS else ""
        raise Problematic("forbidden", told or NOT_OPEN.format(quality=actor.quality))


async def must_be_signed_in(request: Request[Any, Any, Any]) -> None:
    """Refuse whoever is not signed in before anything else is looked at, and then what `must_be_readable` does."""
    provide_actor(request)
    await must_be_readable(request)


def provide_actor(request: Request[Actor | None, None, Any]) -> Actor:
    """Who is signed in; refused when nobody is, and to whom nobody has given any right."""
    actor = request.user
    if actor is None:
        raise Problematic("not_signed_in")
    if is_without_right(request.scope):
        raise Problematic("forbidden", NO_RIGHT)
    return actor


def provide_caller(request: Request[Actor | None, None, Any]) -> Caller:
    """The caller of this request; refused when nobody is signed in, or has no right where one is needed."""
    scope = request.scope
    line = line_of(scope["route_handler"], scope["method"], scope["path_template"])
    caller = caller_of(provide_actor(request), request.app.state.desk, line)
    if caller.reach is Reach.OPEN:
        caller.must_have_a_right()
    return caller


def caller_of(actor: Actor, desk: Desk, line: Line | None, case_id: UUID | None = None) -> Caller:
    """An actor with the rights of this instant, and the case that they want to act on, read in the same query."""
    today = desk.ledger.clock().astimezone(PARIS).date()
    case = None
    if case_id is None:
        knows = sees(actor, desk.administration(), today)
    else:
        case = desk.look(case_id)
        knows = sees(actor, desk.administration_at_hand, today)
    reach = line.reach(actor.role) if line is not None else Reach.NOTHING
    return Caller(actor=actor, knows=knows, sees=within(reach, actor, knows), reach=reach, case=case)
