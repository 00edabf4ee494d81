"""Signing in with a browser: there and back again, once, in the browser that began it (code flow, PKCE, nonce)."""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.identity.actors import identified
from api.identity.fetching import ProviderRefused
from api.identity.id_tokens import asked_who, claims_of_user, id_claims
from api.identity.providers import Provider, Providers
from api.identity.sessions import Held, Sessions
from api.identity.signatures import TokenInvalid, text_of

SECONDS_MAX: Final = 600
"""For how long somebody may be at the provider."""
RENEWED_BEFORE_SECONDS: Final = 30.0
NONCE_BYTES: Final = 12
RETURN_LENGTH_MAX: Final = 500
CODE_LENGTH_MAX: Final = 2_048
ERROR: Final = re.compile(r"[a-z_]{1,60}")
CALLBACK: Final = "/api/sign-in/callback"


class SignInRefused(Exception):
    """A sign-in that came to nothing; the reason is a code of ours."""

    def __init__(self, reason: str, provider: Provider | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.provider = provider
        """None as long as nothing shows that anybody was sent there from here."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in under way, as the browser that began it keeps it, sealed."""

    provider: str
    state: str
    nonce: str
    verifier: str
    return_to: str
    until: float


class Departure(NamedTuple):
    """Where to send a browser, and what it is to keep meanwhile."""

    location: str
    sealed: str


class SignedIn(NamedTuple):
    """A sign-in that has succeeded."""

    held: Held
    subject: str
    """What the provider calls the person, and their session, when it signs them out."""
    provider_session: str
    return_to: str


def is_local_path(path: str) -> bool:
    """Whether an address is a place of ours: never another host, however it is written."""
    if not path.startswith("/") or len(path) > RETURN_LENGTH_MAX or any(not "!" <= each <= "~" for each in path):
        return False
    if path.startswith("//") or "\\" in path:
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc


class CodeFlow:
    """Signs people in by their providers; safe to share between threads."""

    def __init__(self, providers: Providers, sessions: Sessions, key: bytes, origin: str) -> None:
        self._providers = providers
        self._sessions = sessions
        self._cipher = AESGCM(hmac.digest(key, b"smoe-sign-in-1", "sha256"))
        self._callback = origin + CALLBACK

    def begin(self, provider: Provider, return_to: str) -> Departure:
        """Send a browser to the provider. Raises ProviderUnavailable."""
        begun = Begun(
            provider=provider.name,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            return_to=return_to,
            until=time.time() + SECONDS_MAX,
        )
        own = provider.settings
        query = {
            "response_type": "code",
            "client_id": own.client_id,
            "redirect_uri": self._callback,
            "scope": " ".join(own.scopes),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": _challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        if own.acr_values:
            query["acr_values"] = " ".join(own.acr_values)
        address = provider.metadata().authorization_endpoint
        joint = "&" if "?" in address else "?"
        return Departure(f"{address}{joint}{urlencode(query)}", self._sealed(begun))

    def complete(self, query: Mapping[str, str], sealed: str | None) -> SignedIn:
        """What an answer of the provider, brought by a browser, comes to.

        Raises SignInRefused, ProviderUnavailable.
        """
        begun = self._opened(sealed) if sealed else None
        if begun is None:
            raise SignInRefused("browser")
        if time.time() >= begun.until:
            raise SignInRefused("too_late")
        provider = self._providers.named(begun.provider)
        if provider is None or not hmac.compare_digest(query.get("state", "").encode(), begun.state.encode()):
            raise SignInRefused("state")
        if not self._sessions.use(f"state|{begun.state}", SECONDS_MAX):
            raise SignInRefused("replayed", provider)
        if query.get("iss", provider.issuer if not provider.metadata().names_itself else None) != provider.issuer:
            # Another provider's answer, which would have the code go where it does not belong (RFC 9207).
            raise SignInRefused("issuer", provider)
        if error := query.get("error"):
            raise SignInRefused(f"provider_{error if ERROR.fullmatch(error) else 'unknown'}", provider)
        code = query.get("code", "")
        if not 0 < len(code) <= CODE_LENGTH_MAX:
            raise SignInRefused("code", provider)
        try:
            return self._signed_in(provider, begun, code)
        except TokenInvalid as invalid:
            raise SignInRefused(invalid.reason, provider) from invalid

    def _signed_in(self, provider: Provider, begun: Begun, code: str) -> SignedIn:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": begun.verifier,
        }
        try:
            answer = provider.ask_for_tokens(form)
        except ProviderRefused as refused:
            raise SignInRefused("code", provider) from refused
        id_token, access_token = _text(answer, "id_token"), _text(answer, "access_token")
        if not id_token or not access_token:
            raise SignInRefused("no_token", provider)
        claims = id_claims(id_token, provider, nonce=begun.nonce, access_token=access_token)
        said = claims_of_user(asked_who(provider, access_token), provider, claims["sub"])
        refresh_token = _text(answer, "refresh_token")
        held = Held(
            who=identified(provider.settings, {**said, **claims}),
            id_token=id_token,
            refresh_token=refresh_token,
            renew_at=renewal_due(answer, self._sessions.clock()) if refresh_token else None,
        )
        return SignedIn(held, claims["sub"], text_of(claims, "sid", 255), begun.return_to)

    def _sealed(self, begun: Begun) -> str:
        nonce = os.urandom(NONCE_BYTES)
        closed = nonce + self._cipher.encrypt(nonce, msgspec.json.encode(begun), b"sign-in")
        return base64.urlsafe_b64encode(closed).rstrip(b"=").decode()

    def _opened(self, sealed: str) -> Begun | None:
        try:
            closed = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            opened = self._cipher.decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], b"sign-in")
            return msgspec.json.decode(opened, type=Begun)
        except (binascii.Error, ValueError, InvalidTag, msgspec.DecodeError):
            return None


def renewal_due(answer: Mapping[str, Any], now: datetime) -> datetime | None:
    """When to ask for new tokens: soon before those of an answer expire; None where it does not say when that is."""
    seconds = answer.get("expires_in")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds < 10_000_000:
        return None
    return now + timedelta(seconds=seconds - min(RENEWED_BEFORE_SECONDS, seconds / 4))


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name, "")
    return value if isinstance(value, str) else ""


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
