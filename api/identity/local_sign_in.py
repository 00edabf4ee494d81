"""Local sign-in of the embedded default: demonstration identities only, absent in production."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, post
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg

from api.answers import BODY_RESPONSES, READ_RESPONSES, TOO_MANY, problem
from api.identity.local_tokens import LIFETIME_SECONDS
from api.identity.routes import OUTSIDE
from api.identity.sessions import Held
from api.identity.sign_in_log import SignInLog
from api.identity.signed_in import Identities
from api.problems import Problematic
from domain.demonstration import IDENTITIES
from domain.envelope import Actor

LOCAL: Final = "local"


class LocalSignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which demonstration identity signs in."""

    identity: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    session: bool = False
    """Whether the browser gets a session's cookie too."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A bearer token and whom it names."""

    token: str
    expires_in_seconds: int
    actor: Actor


@post(
    "/local-sign-in",
    sync_to_thread=True,
    status_code=200,
    operation_id="LocalSignIn",
    opt=OUTSIDE,
    summary="Se connecter sous une identité de démonstration",
    responses={
        400: READ_RESPONSES[400],
        401: problem("Cette identité n'existe pas."),
        **BODY_RESPONSES,
        429: TOO_MANY,
    },
)
def local_sign_in(
    data: Annotated[
        LocalSignIn,
        BodyKwarg(
            media_type="application/json", examples=[Example(summary="Instructrice", value={"identity": "agent-63"})]
        ),
    ],
    request: Request[Any, Any, Any],
    identities: NamedDependency[Identities],
    sign_in_log: NamedDependency[SignInLog],
) -> Response[Token]:
    """Give a token for an invented identity; this route does not exist when the local sign-in is off."""
    identity = IDENTITIES.get(data.identity)
    if identity is None:
        raise Problematic("not_signed_in", f"Identités de démonstration : {', '.join(IDENTITIES)}.")
    token = identities.tokens.issue(identity.name)
    answer = Response(Token(token=token, expires_in_seconds=LIFETIME_SECONDS, actor=identity.actor))
    if data.session:
        sign_in_log.record("SignedIn", identity.actor, provider=LOCAL)
        before = identities.cookies.found(list(request.scope["headers"]), identities.cookies.session_name)
        if before is not None:
            identities.sessions.end(before)
        session = identities.sessions.begin(Held(local=identity.name), LOCAL, identity.name)
        answer.cookies.append(identities.cookies.session(session))
    return answer


def router() -> Router:
    """The sign-in route."""
    return Router("/api", route_handlers=[local_sign_in], tags=["Connexion"])
