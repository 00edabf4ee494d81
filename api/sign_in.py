"""Local sign-in of the embedded default: demonstration identities only, absent in production."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, post
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg

from api.answers import TOO_MANY, problem
from api.problems import Problematic
from api.recording import COUNTED
from api.tokens import LIFETIME_SECONDS, Tokens
from domain.demonstration import IDENTITIES
from domain.envelope import Actor


class LocalSignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which demonstration identity signs in."""

    identity: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


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
    opt=COUNTED,
    summary="Se connecter sous une identité de démonstration",
    responses={
        400: problem("Requête mal formée."),
        401: problem("Cette identité n'existe pas."),
        413: problem("Requête trop volumineuse."),
        415: problem("Type de contenu refusé."),
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
) -> Token:
    """Give a token for an invented identity; this route does not exist when the local sign-in is off."""
    identity = IDENTITIES.get(data.identity)
    if identity is None:
        raise Problematic("not_signed_in", f"Identités de démonstration : {', '.join(IDENTITIES)}.")
    tokens: Tokens = request.app.state.tokens
    return Token(token=tokens.issue(identity.name), expires_in_seconds=LIFETIME_SECONDS, actor=identity.actor)


def router() -> Router:
    """The sign-in route."""
    return Router("/api", route_handlers=[local_sign_in], tags=["Connexion"])
