"""Sessions of browsers: found by a digest of their token, opened with the token alone, ended for all at once."""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection, OperationalError
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from api.identity.actors import Identified
from domain.envelope import Role
from ledger.datastore import CONNECT_SECONDS_MAX, GIVE_UP_SECONDS

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
NONCE_BYTES: Final = 12
CONNECTIONS_MAX: Final = 4
SEEN_PARTS: Final = 20
"""A session is noted as seen no more often than this part of the time it may be idle."""

_READ: Final = (
    "SELECT sealed, generation, renewing_until, begun_at, seen_at, ends_at FROM identity.sessions WHERE key = %s"
)
_GOES_ON: Final = "SELECT FROM identity.sessions WHERE key = %s AND ends_at > %s AND seen_at > %s"
_BEGIN: Final = (
    "INSERT INTO identity.sessions (key, subject, provider_session, sealed, begun_at, seen_at, ends_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
_SEEN: Final = "UPDATE identity.sessions SET seen_at = %s WHERE key = %s AND seen_at < %s"
_CLAIM: Final = (
    "UPDATE identity.sessions SET renewing_until = %s WHERE key = %s AND generation = %s"
    " AND (renewing_until IS NULL OR renewing_until < %s)"
)
_CHANGE: Final = (
    "UPDATE identity.sessions SET sealed = %s, generation = generation + 1 WHERE key = %s AND generation = %s"
)
_RENEWED: Final = _CHANGE.replace(" WHERE", ", renewing_until = NULL WHERE")
_USE: Final = "INSERT INTO identity.used (digest, until) VALUES (%s, %s) ON CONFLICT (digest) DO NOTHING"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a session holds; stored sealed."""

    who: Identified | None = None
    """Whom a provider vouches for; None in a session of the local sign-in."""
    local: str = ""
    """The demonstration identity of the local sign-in."""
    acting_as: Role | None = None
    """The role that was chosen, if any was."""
    id_token: str = ""
    refresh_token: str = ""
    renew_at: datetime | None = None
    """When the provider is to be asked whether the session may go on; None where it cannot be."""
    unrenewed_since: datetime | None = None
    """Since when it has not answered."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session that goes on."""

    token: str
    held: Held
    generation: int
    begun_at: datetime
    ends_at: datetime
    """When it ends by itself, whatever is done in it."""


class Sessions:
    """Keeps sessions; safe to share between threads. `key` seals what they hold and keys what they are found by."""

    def __init__(
        self,
        database_url: str,
        key: bytes,
        *,
        idle_seconds: int,
        seconds_max: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._key = key
        self.clock = clock
        self._idle = timedelta(seconds=idle_seconds)
        self._longest = timedelta(seconds=seconds_max)
        self._pool: ConnectionPool[Connection[Any]] = ConnectionPool(
            database_url,
            kwargs={
                "connect_timeout": CONNECT_SECONDS_MAX,
                "application_name": "smoe-sessions",
                "autocommit": True,
                "row_factory": tuple_row,
            },
            min_size=0,
            max_size=CONNECTIONS_MAX,
            timeout=CONNECT_SECONDS_MAX,
            reconnect_timeout=GIVE_UP_SECONDS,
            check=ConnectionPool.check_connection,
            open=True,
        )

    def begin(self, held: Held, issuer: str, subject: str, provider_session: str = "") -> str:
        """A new session; its token, which nobody else will ever know.

        `subject` and `provider_session` are what the issuer will call them when it signs somebody out.
        """
        token = secrets.token_urlsafe(32)
        now = self.clock()
        row = (
            _found_by(token),
            self.digest_of_subject(issuer, subject),
            self.digest_of_provider_session(issuer, provider_session) if provider_session else None,
            self._sealed(token, held),
            now,
            now,
            now + self._longest,
        )
        with self._pool.connection() as connection:
            connection.execute(_BEGIN, row)
        return token

    def read(self, token: str) -> Session | None:
        """The session of a token, noted as seen; None where there is none, or it has ended."""
        if TOKEN.fullmatch(token) is None:
            return None
        now = self.clock()
        with self._pool.connection() as connection:
            found = connection.execute(_READ, (_found_by(token),)).fetchone()
            if found is None:
                return None
            sealed, generation, _, begun_at, seen_at, ends_at = found
            if now >= ends_at or now >= seen_at + self._idle:
                return None
            held = self._opened(token, sealed)
            if held is None:
                return None
            if now >= seen_at + self._idle / SEEN_PARTS:
                connection.execute(_SEEN, (now, _found_by(token), now))
        return Session(token=token, held=held, generation=generation, begun_at=begun_at, ends_at=ends_at)

    def goes_on(self, token: str) -> bool:
        """Whether a session has not ended, without noting it as seen; also where nobody can tell just now."""
        now = self.clock()
        try:
            with self._pool.connection() as connection:
                return connection.execute(_GOES_ON, (_found_by(token), now, now - self._idle)).fetchone() is not None
        except OperationalError:
            # Nothing can be read meanwhile: what is only watched is not ended by an outage.
            return True

    def change(self, session: Session, held: Held) -> bool:
        """Have a session hold what its renewal came to; False where it has ended, or was changed meanwhile."""
        return self._did(_RENEWED, self._sealed(session.token, held), _found_by(session.token), session.generation)

    def act_as(self, session: Session, role: Role) -> bool:
        """Have a session act in another role, and nothing else of it change: it may just be renewed, or have been.

        False where it has ended.
        """
        found: Session | None = session
        while found is not None:
            sealed = self._sealed(found.token, msgspec.structs.replace(found.held, acting_as=role))
            if self._did(_CHANGE, sealed, _found_by(found.token), found.generation):
                return True
            found = self.read(found.token)
        return False

    def claim(self, session: Session, seconds: float) -> bool:
        """Take it upon oneself to renew a session; False where another process has."""
        now = self.clock()
        until = now + timedelta(seconds=seconds)
        return self._did(_CLAIM, until, _found_by(session.token), session.generation, now)

    def end(self, token: str) -> bool:
        """End a session for every process; False where it had ended."""
        return self._did("DELETE FROM identity.sessions WHERE key = %s", _found_by(token))

    def end_all_of(self, issuer: str, subject: str | None, provider_session: str | None) -> int:
        """End the sessions that a provider names, by what it calls the person, the session, or both; how many."""
        asked = []
        values = []
        if subject is not None:
            asked.append("subject = %s")
            values.append(self.digest_of_subject(issuer, subject))
        if provider_session is not None:
            asked.append("provider_session = %s")
            values.append(self.digest_of_provider_session(issuer, provider_session))
        if not asked:
            return 0
        with self._pool.connection() as connection:
            return connection.execute(f"DELETE FROM identity.sessions WHERE {' AND '.join(asked)}", values).rowcount

    def use(self, what: str, seconds: float) -> bool:
        """Use something that serves once, to be remembered this long; False where it has served."""
        until = self.clock() + timedelta(seconds=seconds)
        return self._did(_USE, hashlib.sha256(what.encode()).digest(), until)

    def csrf_token(self, token: str) -> str:
        """What our own pages send with each act in this session, and no other page can know."""
        return base64.urlsafe_b64encode(self._keyed(b"csrf", token)).rstrip(b"=").decode()

    def digest_of_subject(self, issuer: str, subject: str) -> bytes:
        """What sessions of a person are found by."""
        return self._keyed(b"subject", f"{issuer}\0{subject}")

    def digest_of_provider_session(self, issuer: str, provider_session: str) -> bytes:
        """What sessions of a session at the provider are found by."""
        return self._keyed(b"provider-session", f"{issuer}\0{provider_session}")

    def close(self) -> None:
        """Let go of all connections."""
        self._pool.close()

    def _did(self, statement: str, *values: Any) -> bool:
        with self._pool.connection() as connection:
            return connection.execute(statement.encode(), values).rowcount == 1

    def _keyed(self, use: bytes, text: str) -> bytes:
        return hmac.digest(self._key, b"smoe-session-1|" + use + b"|" + text.encode(), "sha256")

    def _cipher(self, token: str) -> AESGCM:
        # Made of the token too: who has the database and the keys of smoe opens nothing without the browser's cookie.
        return AESGCM(self._keyed(b"seal", token))

    def _sealed(self, token: str, held: Held) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher(token).encrypt(nonce, msgspec.json.encode(held), _found_by(token))

    def _opened(self, token: str, sealed: bytes) -> Held | None:
        """What a session holds; None where another key, or another version, has sealed it: one signs in again."""
        try:
            opened = self._cipher(token).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _found_by(token))
            return msgspec.json.decode(opened, type=Held)
        except (InvalidTag, msgspec.DecodeError):
            return None


def _found_by(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
