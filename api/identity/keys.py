"""The public keys of a provider: kept for a while, asked for again when one is unknown, but not for each forger."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from api.identity.fetching import ProviderRefused, ProviderUnavailable

KEYS_MAX: Final = 50
RSA_BITS_MIN: Final = 2_048
WAIT_SECONDS: Final = 1.0
"""How long an unknown key is waited for while another thread asks for all of them."""
CURVES: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
KINDS: Final[dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]]] = {
    "RS": RSAKey,
    "PS": RSAKey,
    "ES": ECKey,
    "Ed": OKPKey,
}

PublicKey = RSAKey | ECKey | OKPKey

log = structlog.get_logger()


class KeySet:
    """The keys of one provider, safe to share between threads; `fetch` gives its JWKS."""

    def __init__(
        self,
        fetch: Callable[[], dict[str, Any]],
        *,
        seconds: float,
        refetch_seconds: float,
        outage_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._refetch_seconds = refetch_seconds
        self._outage_seconds = outage_seconds
        self._clock = clock
        self._fetching = threading.Lock()
        self._keys: tuple[PublicKey, ...] = ()
        self._fetched_at = float("-inf")
        self._asked_at = float("-inf")

    def find(self, kid: str | None, algorithm: str) -> PublicKey | None:
        """The key that a signature names, fit for the algorithm; None where the provider has none.

        Raises ProviderUnavailable where its keys are not known, or have been known for too long.
        """
        if self._clock() >= self._fetched_at + self._seconds:
            # Whoever comes while another thread asks goes on with the keys that are known, if any are.
            self._renew(wait=not self._keys)
        if (key := self._chosen(kid, algorithm)) is None and self._may_ask():
            self._renew(wait=True)
            key = self._chosen(kid, algorithm)
        if self._clock() >= self._fetched_at + self._seconds + self._outage_seconds:
            raise ProviderUnavailable("its keys are not known, or have not been for long")
        return key

    def _may_ask(self) -> bool:
        return self._clock() >= self._asked_at + self._refetch_seconds

    def _renew(self, *, wait: bool) -> None:
        if not self._fetching.acquire(timeout=WAIT_SECONDS if wait else 0):
            return
        try:
            # Another thread may just have done so.
            if self._may_ask():
                self._asked_at = self._clock()
                self._keys = tuple(_usable(self._fetch()))
                self._fetched_at = self._clock()
        except (ProviderUnavailable, ProviderRefused) as failure:
            log.warning("keys of a provider are not renewed", reason=str(failure))
        finally:
            self._fetching.release()

    def _chosen(self, kid: str | None, algorithm: str) -> PublicKey | None:
        fitting = [
            key for key in self._keys if is_fit(key, algorithm) and (kid is None or key.as_dict().get("kid") == kid)
        ]
        # Without a name, or with one that several bear, nothing says which is meant.
        return fitting[0] if len(fitting) == 1 else None


def _usable(jwks: dict[str, Any]) -> list[PublicKey]:
    """The public keys of a JWKS that sign; what cannot be read, and what is secret, is left out."""
    listed = jwks.get("keys")
    if not isinstance(listed, list):
        raise ProviderUnavailable("a key set without keys")
    found: list[PublicKey] = []
    for each in listed[:KEYS_MAX]:
        if not isinstance(each, dict) or each.get("kty") not in ("RSA", "EC", "OKP") or each.get("use") == "enc":
            continue
        try:
            key = import_key(each)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey) and not key.is_private:
            found.append(key)
    return found


def is_fit(key: PublicKey, algorithm: str) -> bool:
    """Whether a key may have signed by an algorithm: its kind, curve and size, and what it says of itself."""
    if not isinstance(key, KINDS.get(algorithm[:2], ())):
        return False
    said = key.as_dict()
    if said.get("alg") not in {None, algorithm, "Ed25519" if algorithm == "EdDSA" else None}:
        return False
    if isinstance(key, RSAKey):
        return key.public_key.key_size >= RSA_BITS_MIN
    return said.get("crv") == CURVES.get(algorithm, "Ed25519")
