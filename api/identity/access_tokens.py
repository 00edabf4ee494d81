"""Access tokens that a provider makes out to this API (RFC 9068), of people and of partner systems."""

from typing import Final, NamedTuple

from api.identity.actors import Identified, identified
from api.identity.providers import Provider, Providers
from api.identity.signatures import TokenInvalid, must_hold, unverified, verified

TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
OF_OTHER_TOKENS: Final = ("nonce", "at_hash", "c_hash", "events")
"""Claims of ID tokens and of logout tokens."""


class Presented(NamedTuple):
    """Somebody whom an access token names."""

    who: Identified
    provider: Provider
    until: float
    """When the token expires, in seconds since 1970."""


def presented(token: str, providers: Providers) -> Presented:
    """Whom a token names. Raises TokenInvalid, ProviderUnavailable."""
    provider = providers.issuing(unverified(token).claims.get("iss"))
    if provider is None:
        raise TokenInvalid("issuer")
    audience = provider.settings.audience
    if audience is None:
        raise TokenInvalid("audience")
    said = verified(token, provider.keys, provider.settings.algorithms)
    kind = said.header.get("typ")
    if not isinstance(kind, str) or kind.lower() not in TYPES:
        raise TokenInvalid("type")
    claims = said.claims
    must_hold(claims, provider.issuer, audience, "sub", "client_id")
    if any(name in claims for name in OF_OTHER_TOKENS):
        raise TokenInvalid("type")
    is_system = claims["sub"] == claims["client_id"]
    wanted = provider.settings.acr_values
    if wanted and not is_system and claims.get("acr") not in wanted:
        # Or a token would get round the second factor that signing in with a browser asks for.
        raise TokenInvalid("assurance")
    return Presented(identified(provider.settings, claims, is_system=is_system), provider, float(claims["exp"]))
