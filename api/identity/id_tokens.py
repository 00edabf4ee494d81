"""Tokens that a provider makes out to smoe itself: who has signed in, who is signed out, and what it says of them."""

import base64
import hashlib
import hmac
from typing import Any, Final

from api.identity.fetching import Answer, ProviderRefused
from api.identity.providers import Provider
from api.identity.signatures import TokenInvalid, must_hold, verified

LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
NO_ACCESS_TYPES: Final = frozenset({None, "JWT", "jwt"})
LOGOUT_TYPES: Final = NO_ACCESS_TYPES | {"logout+jwt", "application/logout+jwt"}
SUBJECT_LENGTH_MAX: Final = 255


def id_claims(token: str, provider: Provider, *, nonce: str | None, access_token: str = "") -> dict[str, Any]:
    """What an ID token says; `nonce` is None for one that comes with a renewal.

    Raises TokenInvalid, ProviderUnavailable.
    """
    said = verified(token, provider.keys, provider.settings.algorithms)
    if said.header.get("typ") not in NO_ACCESS_TYPES:
        raise TokenInvalid("type")
    claims = said.claims
    must_hold(claims, provider.issuer, provider.settings.client_id, "sub")
    _must_be_for_us_alone(claims, provider.settings.client_id)
    if nonce is not None and not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise TokenInvalid("nonce")
    if "at_hash" in claims and access_token and claims["at_hash"] != _half_hash(access_token, said.header["alg"]):
        raise TokenInvalid("at_hash")
    wanted = provider.settings.acr_values
    if nonce is not None and wanted and claims.get("acr") not in wanted:
        raise TokenInvalid("assurance")
    return claims


def _must_be_for_us_alone(claims: dict[str, Any], client_id: str) -> None:
    audiences = claims["aud"]
    is_shared = isinstance(audiences, list) and len(audiences) > 1
    if claims.get("azp", None if is_shared else client_id) != client_id:
        raise TokenInvalid("authorized_party")


def _half_hash(access_token: str, algorithm: str) -> str:
    """The left half of the hash that the algorithm uses, as OpenID Connect has it (Core, 3.1.3.6)."""
    name = "sha512" if algorithm == "EdDSA" else f"sha{algorithm[2:]}"
    digest = hashlib.new(name, access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def claims_of_user(answer: Answer | None, provider: Provider, subject: str) -> dict[str, Any]:
    """What the provider says besides of this subject, as JSON or as a signed token (ProConnect answers the latter).

    Raises TokenInvalid, ProviderUnavailable.
    """
    if answer is None:
        return {}
    if answer.media_type == "application/jwt":
        try:
            token = answer.body.decode("ascii").strip()
        except UnicodeDecodeError as error:
            raise TokenInvalid("malformed") from error
        claims = verified(token, provider.keys, provider.settings.algorithms).claims
        audiences = claims.get("aud", provider.settings.client_id)
        if claims.get("iss", provider.issuer) != provider.issuer:
            raise TokenInvalid("issuer")
        if provider.settings.client_id not in (audiences if isinstance(audiences, list) else [audiences]):
            raise TokenInvalid("audience")
    else:
        claims = answer.json()
    if claims.get("sub") != subject:
        raise TokenInvalid("subject")
    return claims


def asked_who(provider: Provider, access_token: str) -> Answer | None:
    """What the provider answers of whoever has just signed in; a refusal of the token is one of the sign-in."""
    try:
        return provider.ask_who(access_token)
    except ProviderRefused as refused:
        raise TokenInvalid("userinfo") from refused


def logout_claims(token: str, provider: Provider) -> dict[str, Any]:
    """What a logout token says (OpenID Connect Back-Channel Logout, 2.6). Raises TokenInvalid, ProviderUnavailable."""
    said = verified(token, provider.keys, provider.settings.algorithms)
    if said.header.get("typ") not in LOGOUT_TYPES:
        raise TokenInvalid("type")
    claims = said.claims
    must_hold(claims, provider.issuer, provider.settings.client_id, "jti")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenInvalid("events")
    if "nonce" in claims:
        # What bears one is an ID token, which anybody who ever signed in may hold.
        raise TokenInvalid("nonce")
    named = [claims.get(name) for name in ("sub", "sid") if name in claims]
    if not named or any(not isinstance(each, str) or not 0 < len(each) <= SUBJECT_LENGTH_MAX for each in named):
        raise TokenInvalid("subject")
    return claims
