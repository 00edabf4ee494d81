"""Signing in and out with a browser."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter, RawBody

from api.answers import BODY_RESPONSES, READ_RESPONSES, TOO_MANY, problem
from api.identity.actors import actor_of
from api.identity.code_flow import SECONDS_MAX, CodeFlow, SignInRefused, is_local_path
from api.identity.fetching import ProviderUnavailable
from api.identity.id_tokens import logout_claims
from api.identity.presence import must_be_present
from api.identity.providers import Provider
from api.identity.sign_in_log import SignInLog
from api.identity.signatures import TokenInvalid, unverified
from api.identity.signed_in import NO_CSRF, Identities
from api.problems import Problem, Problematic
from api.recording import COUNTED, ONLY_COUNTED

QUERY_VALUES_MAX: Final = 20
LOGOUT_TOKEN_SECONDS: Final = 86_400 + 60
"""For how long an order to sign out is remembered: longer than any such token may live."""
LOGOUT_BODY_MAX: Final = 20_000
OUTSIDE: Final[dict[str, Any]] = {ONLY_COUNTED: True, NO_CSRF: True}
"""Routes that somebody comes to before they are signed in, or that no browser comes to; a log of their own is kept."""
REASONS: Final[dict[str, str]] = {
    "browser": "Elle n'a pas été commencée dans ce navigateur : recommencez-la.",
    "too_late": "Elle a duré trop longtemps : recommencez-la.",
    "state": "La réponse n'est pas celle de la connexion commencée ici.",
    "replayed": "Cette réponse du fournisseur d'identité a déjà servi.",
    "provider_access_denied": "Le fournisseur d'identité, ou vous-même, y avez renoncé.",
    "assurance": "Le fournisseur d'identité n'a pas vérifié l'identité au niveau demandé.",
}
"""Why, for those who can do something about it."""
OTHERWISE: Final = "Le fournisseur d'identité a donné une réponse à laquelle on ne peut pas se fier."


class ProviderListed(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to sign in with."""

    name: str
    title: str
    path: str
    """Where a browser goes to begin."""


class ProvidersListed(msgspec.Struct, frozen=True, kw_only=True):
    """All there are."""

    items: tuple[ProviderListed, ...]


class SignedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A session that has ended here."""

    end_session_url: str | None
    """Where the browser goes to sign out at the provider too; null where that is not possible."""


def _redirect(location: str) -> Response[None]:
    return Response(None, status_code=303, headers={"Location": location, "Cache-Control": "no-store"})


REDIRECTED: Final = ResponseSpec(data_container=None, description="Suite dans le navigateur.", generate_examples=False)
NOT_READY: Final = problem("Le fournisseur d'identité, ou la base de données, ne répond pas.")
ACT_RESPONSES: Final = {
    **{each: READ_RESPONSES[each] for each in (400, 401, 403)},
    **BODY_RESPONSES,
    429: TOO_MANY,
    503: NOT_READY,
}
"""Of acts on one's own session."""


@get(
    "/",
    sync_to_thread=False,
    operation_id="IdentityProviders",
    opt=OUTSIDE,
    summary="Les fournisseurs d'identité",
    security=[{}],
    responses={429: TOO_MANY},
)
def providers(identities: NamedDependency[Identities]) -> ProvidersListed:
    """Whom one can sign in with; open to everybody."""
    return ProvidersListed(
        items=tuple(
            ProviderListed(name=each.name, title=each.settings.title, path=f"/api/sign-in/{each.name}")
            for each in identities.providers.for_people()
        )
    )


@get(
    "/{provider:str}",
    sync_to_thread=True,
    status_code=303,
    operation_id="BeginSignIn",
    opt=OUTSIDE,
    summary="Se connecter par un fournisseur d'identité",
    security=[{}],
    responses={
        303: REDIRECTED,
        400: READ_RESPONSES[400],
        404: problem("Ce fournisseur n'est pas configuré."),
        429: TOO_MANY,
        503: NOT_READY,
    },
)
def begin_sign_in(
    provider: FromPath[str],
    identities: NamedDependency[Identities],
    code_flow: NamedDependency[CodeFlow],
    return_to: Annotated[
        str, QueryParameter(description="Chemin de ce service où revenir ensuite.", max_length=500)
    ] = "/",
) -> Response[None]:
    """Send the browser to the provider."""
    chosen = identities.providers.named(provider)
    if chosen is None or not chosen.settings.signs_in_people:
        raise Problematic("not_found")
    if not is_local_path(return_to):
        raise Problematic("malformed", "Le retour d'une connexion est un chemin de ce service.")
    try:
        departure = code_flow.begin(chosen, return_to)
    except ProviderUnavailable as outage:
        raise Problematic("provider_unavailable") from outage
    response = _redirect(departure.location)
    response.cookies.append(identities.cookies.sign_in(departure.sealed, SECONDS_MAX))
    return response


@get(
    "/callback",
    sync_to_thread=True,
    status_code=303,
    operation_id="CompleteSignIn",
    opt=OUTSIDE,
    summary="Retour du fournisseur d'identité",
    security=[{}],
    responses={
        303: REDIRECTED,
        400: READ_RESPONSES[400],
        403: problem("Connexion refusée."),
        429: TOO_MANY,
        503: NOT_READY,
    },
)
def complete_sign_in(
    request: Request[Any, Any, Any],
    identities: NamedDependency[Identities],
    code_flow: NamedDependency[CodeFlow],
    sign_in_log: NamedDependency[SignInLog],
) -> Response[Any]:
    """Open a session for whoever the provider vouches for, and send the browser back to where it came from."""
    headers: list[tuple[bytes, bytes]] = list(request.scope["headers"])
    cookies = identities.cookies
    query = _once(request.scope["query_string"])
    try:
        done = code_flow.complete(query, cookies.found(headers, cookies.sign_in_name))
    except SignInRefused as refused:
        return _refused(refused, request, identities, sign_in_log)
    except ProviderUnavailable as outage:
        raise Problematic("provider_unavailable") from outage
    who = done.held.who
    assert who is not None, "a provider has named somebody"
    provider = identities.providers.named(who.provider)
    assert provider is not None, "they have signed in by it"
    known = identities.desk.administration()
    roles = identities.roles(who, provider, known)
    sign_in_log.record("SignedIn", actor_of(who, next(iter(roles), None), known), provider=provider.name)
    # What a browser held before is worth nothing from now on: nobody can have laid it there for them.
    before = cookies.found(headers, cookies.session_name)
    if before is not None:
        identities.sessions.end(before)
    token = identities.sessions.begin(done.held, who.issuer, done.subject, done.provider_session)
    response: Response[Any] = _redirect(done.return_to)
    response.cookies += [cookies.session(token), cookies.none(cookies.sign_in_name)]
    return response


def _once(query_string: bytes) -> Mapping[str, str]:
    """The parameters of an answer; one that is given twice leaves it open which was meant. Raises Problematic."""
    try:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=QUERY_VALUES_MAX)
    except ValueError as error:
        raise Problematic("malformed") from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise Problematic("malformed")
    return dict(pairs)


def _refused(
    refused: SignInRefused, request: Request[Any, Any, Any], identities: Identities, log: SignInLog
) -> Response[Problem]:
    if refused.provider is None:
        log.count_refusal(refused.reason)
    else:
        log.record("SignInRefused", None, provider=refused.provider.name, reason=refused.reason, status=403)
    raise Problematic("sign_in_refused", REASONS.get(refused.reason, OTHERWISE))


@post(
    "/sign-out",
    sync_to_thread=True,
    status_code=200,
    operation_id="SignOut",
    opt=COUNTED,
    summary="Se déconnecter",
    responses=ACT_RESPONSES,
)
def sign_out(
    request: Request[Any, Any, Any],
    identities: NamedDependency[Identities],
    sign_in_log: NamedDependency[SignInLog],
) -> Response[SignedOut]:
    """End the session here, for every process at once, and say where the provider's own is ended."""
    presence = must_be_present(request.scope)
    session = presence.session
    if session is None:
        raise Problematic("malformed", "Aucune session n'est ouverte : un jeton s'éteint de lui-même.")
    who = session.held.who
    sign_in_log.record("SignedOut", presence.actor, provider=who.provider if who else "local")
    identities.sessions.end(session.token)
    provider = identities.providers.named(who.provider) if who else None
    address = _end_session_url(provider, session.held.id_token, identities.origin) if provider else None
    response = Response(SignedOut(end_session_url=address), headers={"Cache-Control": "no-store"})
    response.cookies.append(identities.cookies.none(identities.cookies.session_name))
    return response


def _end_session_url(provider: Provider, id_token: str, origin: str) -> str | None:
    try:
        address = provider.metadata().end_session_endpoint
    except ProviderUnavailable:
        return None
    if not address:
        return None
    query = {
        "id_token_hint": id_token,
        "client_id": provider.settings.client_id,
        "post_logout_redirect_uri": f"{origin}/",
        "state": uuid4().hex,
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


async def must_be_a_form(request: Request[Any, Any, Any]) -> None:
    """Refuse what is no form: the only route that takes one."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Problematic("media_type", "Un ordre de déconnexion est un formulaire.")


@post(
    "/back-channel",
    before_request=must_be_a_form,
    sync_to_thread=True,
    status_code=200,
    operation_id="SignOutByProvider",
    opt=OUTSIDE,
    summary="Ordre de déconnexion que donne le fournisseur d'identité",
    security=[{}],
    responses={
        200: ResponseSpec(data_container=None, description="Sessions terminées.", generate_examples=False),
        400: problem("Ordre auquel on ne peut pas se fier."),
        **BODY_RESPONSES,
        429: TOO_MANY,
        503: NOT_READY,
    },
)
def sign_out_by_provider(
    body: RawBody, identities: NamedDependency[Identities], sign_in_log: NamedDependency[SignInLog]
) -> Response[None]:
    """End the sessions that a provider names in a logout token (OpenID Connect Back-Channel Logout)."""
    if len(body) > LOGOUT_BODY_MAX:
        raise Problematic("too_large")
    token = _once(body).get("logout_token", "")
    try:
        provider = identities.providers.issuing(unverified(token).claims.get("iss"))
        if provider is None:
            raise TokenInvalid("issuer")
        claims = logout_claims(token, provider)
        if not identities.sessions.use(f"logout|{provider.issuer}|{claims['jti']}", LOGOUT_TOKEN_SECONDS):
            raise TokenInvalid("replayed")
    except TokenInvalid as invalid:
        sign_in_log.count_refusal(f"logout_{invalid.reason}")
        raise Problematic("malformed", "Cet ordre de déconnexion n'est pas celui d'un fournisseur connu.") from invalid
    except ProviderUnavailable as outage:
        raise Problematic("provider_unavailable") from outage
    ended = identities.sessions.end_all_of(provider.issuer, claims.get("sub"), claims.get("sid"))
    sign_in_log.record("SignedOutByProvider", None, provider=provider.name, reason=f"{ended}")
    return Response(None, headers={"Cache-Control": "no-store"})


def router() -> Router:
    """The routes of signing in and out."""
    return Router(
        "/api",
        route_handlers=[
            Router("/sign-in", route_handlers=[providers, complete_sign_in, begin_sign_in]),
            sign_out,
            Router("/sign-out", route_handlers=[sign_out_by_provider]),
        ],
        tags=["Connexion"],
    )
