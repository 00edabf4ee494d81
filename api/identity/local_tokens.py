"""Bearer tokens of the local sign-in: signed, short-lived, naming one demonstration identity."""

import threading
import time
from collections import OrderedDict
from typing import Final, NamedTuple

from joserfc import jwt
from joserfc.jwk import OctKey

from domain.demonstration import IDENTITIES
from domain.envelope import Actor

LIFETIME_SECONDS: Final = 12 * 3600
ISSUER: Final = "smoe-local"
_ALGORITHM: Final = "HS256"
KEPT_MAX: Final = 1_024
"""Tokens whose signature is not checked again until they expire."""


class Signed(NamedTuple):
    """What a token says."""

    actor: Actor
    until: float
    """When it expires, in seconds since 1970."""


class Tokens:
    """Issues and reads tokens; with the local sign-in off it reads none."""

    def __init__(self, secret_key: str, *, enabled: bool) -> None:
        self.enabled = enabled
        self._key = OctKey.import_key(secret_key)
        self._lock = threading.Lock()
        self._verified: OrderedDict[str, Signed] = OrderedDict()
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER}, sub={"essential": True}, exp={"essential": True}
        )

    def issue(self, identity: str) -> str:
        """A token for a demonstration identity that exists."""
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": identity, "iat": now, "exp": now + LIFETIME_SECONDS}
        return jwt.encode({"alg": _ALGORITHM}, claims, self._key)

    def read(self, token: str) -> Signed | None:
        """Whom a token names, and until when; None when it is not one of ours, or has expired."""
        if not self.enabled:
            return None
        # Only the very characters that were verified are found here: another signature is another token.
        kept = self._verified.get(token)
        if kept is not None and time.time() < kept.until:
            return kept
        try:
            decoded = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            self._claims.validate(decoded.claims)
            until = float(decoded.claims["exp"])
        except Exception:
            # Anybody may send anything, and the library does not say all that it raises on headers of odd types.
            return None
        identity = IDENTITIES.get(str(decoded.claims["sub"]))
        if identity is None:
            return None
        signed = Signed(identity.actor, until)
        with self._lock:
            self._verified[token] = signed
            while len(self._verified) > KEPT_MAX:
                self._verified.popitem(last=False)
        return signed
