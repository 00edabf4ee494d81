"""Finds out who is calling, from the bearer token or else the session's cookie, before anything else is done."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, Final

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from api.identity.access_tokens import presented
from api.identity.actors import Identified, actor_of, roles_of
from api.identity.cookies import Cookies
from api.identity.csrf import SAFE, is_forged
from api.identity.fetching import ProviderUnavailable
from api.identity.local_tokens import Tokens
from api.identity.presence import PRESENCE, Presence
from api.identity.providers import Provider, Providers
from api.identity.renewal import Renewal
from api.identity.sessions import Session, Sessions
from api.identity.signatures import TokenInvalid
from api.problems import Problematic, on_problematic
from domain.administration import Administration
from domain.demonstration import IDENTITIES
from domain.envelope import Role
from ledger.desk import Desk, day_in_paris

REFUSAL: Final = "sign_in_refusal"
"""Where the state of a request holds why it goes no further."""
THREADS_MAX: Final = 16
"""Some may wait for a provider that hangs; cases are read by others."""
ACTING_AS: Final = b"acting-as"
AUTHORIZATION: Final = b"authorization"
NO_CSRF: Final = "no_csrf"
"""The mark of routes that take nothing from a session: they open one, or are not for browsers."""


class Identities:
    """Knows everybody who shows a token or a cookie; safe to share between threads."""

    def __init__(
        self,
        tokens: Tokens,
        providers: Providers,
        sessions: Sessions,
        renewal: Renewal,
        desk: Desk,
        origin: str,
    ) -> None:
        self.tokens = tokens
        self.providers = providers
        self.sessions = sessions
        self.renewal = renewal
        self.desk = desk
        self.cookies = Cookies(origin)
        self.threads = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="smoe-identities")
        self.origin = origin

    def close(self) -> None:
        """End the threads, once they have nothing to do."""
        self.threads.shutdown()

    def of_local_token(self, token: str) -> Presence | None:
        """Whom a token of the local sign-in names, without asking anybody."""
        signed = self.tokens.read(token)
        if signed is None:
            return None
        return Presence(actor=signed.actor, until=signed.until, roles=(signed.actor.role,))

    def of_access_token(self, token: str, wanted: str | None) -> Presence | None:
        """Whom an access token of a provider names. Raises ProviderUnavailable, Problematic."""
        try:
            found = presented(token, self.providers)
        except TokenInvalid:
            return None
        return self._present(found.who, found.provider, found.until, _role(wanted))

    def of_session(self, token: str, wanted: str | None) -> Presence | None:
        """Whose session it is. Raises ProviderUnavailable, Problematic."""
        session = self.sessions.read(token)
        if session is None:
            return None
        if session.held.who is None:
            return self._local(session)
        session = self.renewal.renewed(session, self.desk.administration_known)
        if session is None or (who := session.held.who) is None:
            return None
        provider = self.providers.named(who.provider)
        if provider is None or provider.issuer != who.issuer:
            return None
        if wanted is not None:
            return self._present(who, provider, session.ends_at.timestamp(), _role(wanted), session)
        try:
            return self._present(who, provider, session.ends_at.timestamp(), session.held.acting_as, session)
        except Problematic:
            # The right to what was chosen has ended: what is left is still theirs.
            return self._present(who, provider, session.ends_at.timestamp(), None, session)

    def _local(self, session: Session) -> Presence | None:
        identity = IDENTITIES.get(session.held.local)
        if identity is None or not self.tokens.enabled:
            return None
        actor = identity.actor
        return Presence(actor=actor, until=session.ends_at.timestamp(), roles=(actor.role,), session=session)

    def _present(
        self, who: Identified, provider: Provider, until: float, role: Role | None, session: Session | None = None
    ) -> Presence:
        known = self.desk.administration()
        roles = self.roles(who, provider, known)
        if role is not None and role not in roles:
            raise Problematic("role_not_held")
        chosen = role or next(iter(roles), None)
        return Presence(actor=actor_of(who, chosen, known), until=until, roles=roles, who=who, session=session)

    def roles(self, who: Identified, provider: Provider, known: Administration) -> tuple[Role, ...]:
        """The roles that somebody may act in today."""
        return roles_of(who, provider.settings.signs_in, known, self.today())

    def today(self) -> date:
        """The day in Paris by the clock that cases live by."""
        return day_in_paris(self.desk.ledger.clock())


def _role(wanted: str | None) -> Role | None:
    if wanted is None:
        return None
    try:
        return Role(wanted)
    except ValueError:
        raise Problematic("role_not_held") from None


class SignedIn:
    """Middleware: an absent or wrong token leaves the caller unknown, and handlers refuse it.

    `scope["user"]` is the actor, `scope["auth"]` when they have to sign in again, in seconds since 1970.
    """

    def __init__(self, app: ASGIApp, identities: Identities) -> None:
        self.app = app
        self.identities = identities

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with whoever it comes from, or nobody, or with why it goes no further."""
        scope["user"] = scope["auth"] = None
        state = scope.setdefault("state", {})
        try:
            presence = await self._found(scope)
        except ProviderUnavailable:
            presence = None
            state[REFUSAL] = Problematic("provider_unavailable")
        except Problematic as refusal:
            presence = None
            state[REFUSAL] = refusal
        if presence is not None:
            scope["user"], scope["auth"] = presence.actor, presence.until
            state[PRESENCE] = presence
            if presence.session is not None and self._is_forged(scope, presence.session):
                state[REFUSAL] = Problematic("csrf")
        await self.app(scope, receive, send)

    async def _found(self, scope: Scope) -> Presence | None:
        headers: list[tuple[bytes, bytes]] = list(scope["headers"])
        shown, chosen = ([value for each, value in headers if each == name] for name in (AUTHORIZATION, ACTING_AS))
        if len(shown) > 1 or len(chosen) > 1:
            # Whoever stands in between may have judged another of them.
            raise Problematic("malformed")
        wanted = chosen[0].decode("latin-1") if chosen else None
        if shown:
            # What is shown decides, also where it is worth nothing: no cookie takes its place.
            scheme, _, token = shown[0].decode("latin-1").partition(" ")
            return await self._bearer(token.strip(), wanted) if scheme.lower() == "bearer" else None
        cookie = self.identities.cookies.found(headers, self.identities.cookies.session_name)
        if cookie is None or scope["route_handler"].opt.get(NO_CSRF):
            return None
        found = await self._in_thread(self.identities.of_session, cookie, wanted)
        return _in_wanted_role(found, wanted)

    async def _bearer(self, token: str, wanted: str | None) -> Presence | None:
        if (local := self.identities.of_local_token(token)) is not None:
            return _in_wanted_role(local, wanted)
        return await self._in_thread(self.identities.of_access_token, token, wanted)

    async def _in_thread(
        self, ask: Callable[[str, str | None], Presence | None], shown: str, wanted: str | None
    ) -> Presence | None:
        return await asyncio.get_running_loop().run_in_executor(self.identities.threads, ask, shown, wanted)

    def _is_forged(self, scope: Scope, session: Session) -> bool:
        if scope["type"] != ScopeType.HTTP or scope["method"] in SAFE:
            return False
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return is_forged(headers, self.identities.sessions.csrf_token(session.token), self.identities.origin)


def _in_wanted_role(presence: Presence | None, wanted: str | None) -> Presence | None:
    """Somebody who can act in one role only does so, or is refused."""
    if presence is not None and presence.who is None and _role(wanted) not in {None, presence.actor.role}:
        raise Problematic("role_not_held")
    return presence


class Refusing:
    """Middleware, after the access log's: answers in the place of routes that a request is not to reach."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass the request on."""
        refusal = scope.get("state", {}).get(REFUSAL)
        if not isinstance(refusal, Problematic):
            await self.app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope)
        response = on_problematic(request, refusal)
        await response.to_asgi_response(app=None, request=request)(scope, receive, send)
