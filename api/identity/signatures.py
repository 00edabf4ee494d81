"""What a signed token says, once it is certain who signed it; nothing that the token says of keys is followed."""

import base64
import binascii
import time
from typing import Any, Final, NamedTuple, cast

import msgspec
from joserfc import jws
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from api.identity.keys import KeySet

LENGTH_MAX: Final = 16_384
LEEWAY_SECONDS: Final = 30
LIFETIME_SECONDS_MAX: Final = 86_400
KID_LENGTH_MAX: Final = 256


class TokenInvalid(Exception):
    """A token that is not believed; the reason is a code of ours, never a part of the token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Said(NamedTuple):
    """Header and claims of a token."""

    header: dict[str, Any]
    claims: dict[str, Any]


def unverified(token: str) -> Said:
    """What a token claims to be, to find out whom to ask; nothing of it may be believed. Raises TokenInvalid."""
    parts = token.split(".")
    if len(token) > LENGTH_MAX or len(parts) != 3 or not all(parts):
        raise TokenInvalid("malformed")
    return Said(_object(parts[0]), _object(parts[1]))


def _object(part: str) -> dict[str, Any]:
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        found = msgspec.json.decode(decoded)
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError) as error:
        raise TokenInvalid("malformed") from error
    if not isinstance(found, dict):
        raise TokenInvalid("malformed")
    return found


def verified(token: str, keys: KeySet, algorithms: tuple[str, ...]) -> Said:
    """What a token says whose signature is that of one of the keys. Raises TokenInvalid, ProviderUnavailable."""
    said = unverified(token)
    algorithm, kid = said.header.get("alg"), said.header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise TokenInvalid("algorithm")
    if "crit" in said.header or "b64" in said.header:
        # What it demands to be understood is not.
        raise TokenInvalid("critical_header")
    if kid is not None and (not isinstance(kid, str) or len(kid) > KID_LENGTH_MAX):
        raise TokenInvalid("malformed")
    key = keys.find(kid, algorithm)
    if key is None:
        raise TokenInvalid("unknown_key")
    try:
        checked = jws.deserialize_compact(token, key, algorithms=[algorithm])
    except Exception as error:
        # Anybody may send anything, and the library does not say all that it raises on headers of odd types.
        raise TokenInvalid("signature") from error
    return Said(said.header, _claims(checked.payload))


def _claims(payload: bytes | None) -> dict[str, Any]:
    try:
        return msgspec.json.decode(payload or b"", type=dict[str, Any])
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise TokenInvalid("malformed") from error


def must_hold(claims: dict[str, Any], issuer: str, audience: str, *essential: str) -> None:
    """Refuse claims of another issuer, for somebody else, out of their time, or lacking. Raises TokenInvalid."""
    if claims.get("iss") != issuer:
        raise TokenInvalid("issuer")
    audiences = claims.get("aud")
    if audience not in (audiences if isinstance(audiences, list) else [audiences]):
        raise TokenInvalid("audience")
    options: dict[str, ClaimsOption] = {name: {"essential": True} for name in ("exp", "iat", *essential)}
    registry = JWTClaimsRegistry(int(time.time()), LEEWAY_SECONDS, **options)
    try:
        registry.validate(claims)
        ends, begun = cast(float, claims["exp"]), cast(float, claims["iat"])
    except Exception as error:
        # The same: whatever the library raises, the claims do not hold.
        name = type(error).__name__
        raise TokenInvalid("expired" if name == "ExpiredTokenError" else "claims") from error
    if ends - begun > LIFETIME_SECONDS_MAX or ends < begun:
        raise TokenInvalid("lifetime")


def text_of(claims: dict[str, Any], name: str, length_max: int = 200) -> str:
    """A claim as the text that it should be; empty where it is none, or cannot be read as it is written."""
    value = claims.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > length_max:
        return ""
    return value.strip() if value.isprintable() else ""
