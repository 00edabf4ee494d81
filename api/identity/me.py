"""Who one is once signed in, and in which role one acts."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg

from api.answers import READ_RESPONSES
from api.identity.actors import actor_of
from api.identity.presence import Presence, must_be_present
from api.identity.routes import ACT_RESPONSES
from api.identity.signed_in import Identities
from api.problems import Problematic
from api.recording import COUNTED
from domain.envelope import Role


class RightHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A right in force today."""

    role: Role
    platforms: tuple[str, ...]
    departments: tuple[str, ...]
    starts_on: date
    ends_on: date | None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, and what they may act as."""

    identity: str
    person: UUID
    name: str
    role: Role | None
    """The role they act in; null while nobody has given them any right."""
    quality: str
    service: str
    on_behalf_of: str | None
    siret: str | None
    """The undertaking that the provider of identity vouches for."""
    roles: tuple[Role, ...]
    """Those they may choose, the usual one first."""
    rights: tuple[RightHeld, ...]
    provider: str | None
    """Null for a demonstration identity."""
    is_session: bool
    csrf_token: str | None
    """To be sent as `X-CSRF-Token` with each act in a session; null for whoever shows a token of their own."""
    expires_at: datetime


class ChooseRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The role to act in from now on."""

    role: Role


@get(
    "/",
    sync_to_thread=True,
    operation_id="Me",
    opt=COUNTED,
    summary="Qui est connecté, et en quelle qualité",
    responses={each: READ_RESPONSES[each] for each in (401, 403, 429, 503)},
)
def me(request: Request[Any, Any, Any], identities: NamedDependency[Identities]) -> Response[Me]:
    """Who is signed in, also while nobody has given them any right."""
    return _me(must_be_present(request.scope), identities)


@post(
    "/role",
    sync_to_thread=True,
    status_code=200,
    operation_id="ChooseRole",
    opt=COUNTED,
    summary="Choisir la qualité sous laquelle agir dans cette session",
    responses=ACT_RESPONSES,
)
def choose_role(
    data: Annotated[
        ChooseRole,
        BodyKwarg(media_type="application/json", examples=[Example(summary="Signataire", value={"role": "signatory"})]),
    ],
    request: Request[Any, Any, Any],
    identities: NamedDependency[Identities],
) -> Response[Me]:
    """Act in another of one's roles from now on; with a token of one's own, `Acting-As` says so at each request."""
    presence = must_be_present(request.scope)
    if data.role not in presence.roles:
        raise Problematic("role_not_held")
    session = presence.session
    if session is None:
        raise Problematic("malformed", "Avec un jeton, l'en-tête Acting-As dit la qualité à chaque requête.")
    who = presence.who
    if who is not None:
        if not identities.sessions.act_as(session, data.role):
            raise Problematic("not_signed_in")
        actor = actor_of(who, data.role, identities.desk.administration())
        presence = msgspec.structs.replace(presence, actor=actor)
    return _me(presence, identities)


def _me(presence: Presence, identities: Identities) -> Response[Me]:
    actor, who, session = presence.actor, presence.who, presence.session
    today = identities.today()
    rights = (
        RightHeld(
            role=right.role,
            platforms=right.platforms,
            departments=right.departments,
            starts_on=right.starts_on,
            ends_on=right.ends_on,
        )
        for right in identities.desk.administration().rights
        if right.identity == actor.identity and right.role in presence.roles and right.is_in_force(today)
    )
    told = Me(
        identity=actor.identity,
        person=actor.person,
        name=actor.name,
        role=actor.role if presence.roles else None,
        quality=actor.quality,
        service=actor.service,
        on_behalf_of=actor.on_behalf_of,
        siret=who.siret or None if who else None,
        roles=presence.roles,
        rights=tuple(rights),
        provider=who.provider if who else None,
        is_session=session is not None,
        csrf_token=identities.sessions.csrf_token(session.token) if session else None,
        expires_at=datetime.fromtimestamp(presence.until, UTC),
    )
    return Response(told, headers={"Cache-Control": "no-store"})


def router() -> Router:
    """Routes under /api/me."""
    return Router("/api/me", route_handlers=[me, choose_role], tags=["Connexion"])
