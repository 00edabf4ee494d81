"""The providers of identity: what each publishes of itself, asked for when it is first needed."""

import threading
import time
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote_plus

import msgspec
import structlog

from api.identity.fetching import Answer, Fetcher, ProviderRefused, ProviderUnavailable
from api.identity.keys import KeySet
from ledger.identity_providers import IdentityProvider, is_safe_address

METADATA_SECONDS: Final = 3_600.0
RETRY_SECONDS: Final = 5.0
"""From one question to the next to whoever has never answered: those who wait would do so one after the other."""
WELL_KNOWN: Final = "/.well-known/openid-configuration"
ADDRESSES: Final = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
)

log = structlog.get_logger()


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider publishes of itself; empty addresses where it has no such place."""

    jwks_uri: str
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    names_itself: bool = False
    """Whether its answers to browsers name it (RFC 9207): one that does not is then not its own."""


class Provider:
    """One provider; safe to share between threads."""

    def __init__(self, settings: IdentityProvider, fetcher: Fetcher, *, development: bool) -> None:
        self.settings = settings
        self._fetcher = fetcher
        self._development = development
        self._asking = threading.Lock()
        self._metadata: Metadata | None = None
        self._known_at = self._asked_at = float("-inf")
        self.keys = KeySet(
            self._jwks,
            seconds=settings.keys_seconds,
            refetch_seconds=settings.refetch_seconds,
            outage_seconds=settings.outage_seconds,
        )

    @property
    def name(self) -> str:
        """What its table is called."""
        return self.settings.name

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return self.settings.issuer

    def metadata(self) -> Metadata:
        """What it publishes; what is known goes on while it does not answer. Raises ProviderUnavailable."""
        with self._asking:
            now = time.monotonic()
            is_old = now >= self._known_at + METADATA_SECONDS
            wait = (
                self.settings.refetch_seconds if self._metadata else min(self.settings.refetch_seconds, RETRY_SECONDS)
            )
            if is_old and now >= self._asked_at + wait:
                self._asked_at = now
                try:
                    self._metadata, self._known_at = self._discovered(), now
                except (ProviderUnavailable, ProviderRefused) as failure:
                    log.warning("a provider of identity is not found", provider=self.name, reason=str(failure))
            if self._metadata is None:
                raise ProviderUnavailable("it does not say where it is")
            return self._metadata

    def ask_for_tokens(self, form: dict[str, str]) -> dict[str, Any]:
        """What the token endpoint answers to this client. Raises ProviderUnavailable, ProviderRefused."""
        own = self.settings
        address = self.metadata().token_endpoint
        if own.client_authentication == "client_secret_post":
            sent = {**form, "client_id": own.client_id, "client_secret": own.client_secret}
            return self._fetcher.post(address, sent, None).json()
        return self._fetcher.post(address, form, _basic(own.client_id, own.client_secret)).json()

    def ask_who(self, access_token: str) -> Answer | None:
        """What the provider says of whoever holds this token; None where it says nothing more."""
        address = self.metadata().userinfo_endpoint
        if not address:
            return None
        return self._fetcher.get(address, {"Authorization": f"Bearer {access_token}"})

    def _jwks(self) -> dict[str, Any]:
        return self._fetcher.get(self.metadata().jwks_uri).json()

    def _discovered(self) -> Metadata:
        said = self._fetcher.get(self.issuer.removesuffix("/") + WELL_KNOWN).json()
        if said.get("issuer") != self.issuer:
            raise ProviderUnavailable("it calls itself otherwise")
        methods = said.get("code_challenge_methods_supported")
        if methods is not None and (not isinstance(methods, list) or "S256" not in methods):
            raise ProviderUnavailable("it does not know PKCE by S256")
        addresses = {name: said.get(name, "") for name in ADDRESSES}
        for name, address in addresses.items():
            is_needed = name == "jwks_uri" or (
                self.settings.signs_in_people and name in {"authorization_endpoint", "token_endpoint"}
            )
            if (address or is_needed) and not is_safe_address(address, development=self._development):
                raise ProviderUnavailable(f"no place to go to for {name}")
        return Metadata(**addresses, names_itself=said.get("authorization_response_iss_parameter_supported") is True)


def _basic(client_id: str, client_secret: str) -> tuple[str, str]:
    """Name and secret as OAuth has them written for HTTP: each encoded as in a form first (RFC 6749, 2.3.1)."""
    return quote_plus(client_id), quote_plus(client_secret)


class Providers:
    """All providers that are configured."""

    def __init__(self, settings: Iterable[IdentityProvider], *, development: bool) -> None:
        self._fetcher = Fetcher()
        self._by_name = {each.name: Provider(each, self._fetcher, development=development) for each in settings}
        self._by_issuer = {each.issuer: each for each in self._by_name.values()}

    def named(self, name: str) -> Provider | None:
        """The provider of this table."""
        return self._by_name.get(name)

    def issuing(self, issuer: object) -> Provider | None:
        """The provider that calls itself so."""
        return self._by_issuer.get(issuer) if isinstance(issuer, str) else None

    def for_people(self) -> tuple[Provider, ...]:
        """Those that somebody can sign in with."""
        return tuple(each for each in self._by_name.values() if each.settings.signs_in_people)

    def close(self) -> None:
        """Let go of all connections."""
        self._fetcher.close()
