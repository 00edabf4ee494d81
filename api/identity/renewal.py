"""Asking the provider, before its tokens expire, whether a session may go on; once, however many requests come."""

import time
from datetime import timedelta
from typing import Final

import msgspec

from api.identity.actors import actor_of
from api.identity.code_flow import renewal_due
from api.identity.fetching import ProviderRefused, ProviderUnavailable
from api.identity.id_tokens import id_claims
from api.identity.providers import Provider, Providers
from api.identity.sessions import Held, Session, Sessions
from api.identity.sign_in_log import SignInLog
from api.identity.signatures import TokenInvalid, unverified
from domain.administration import Administration

CLAIM_SECONDS: Final = 15.0
"""For how long a process has the renewal to itself; longer than a provider is waited for."""
GRANT_ENDED: Final = "invalid_grant"
"""What a provider says of a refresh token that has served, expired or been revoked."""


class Renewal:
    """Renews sessions; safe to share between threads and processes."""

    def __init__(self, providers: Providers, sessions: Sessions, log: SignInLog) -> None:
        self._providers = providers
        self._sessions = sessions
        self._log = log
        self._away_until: dict[str, float] = {}
        """Until when a provider that did not answer is not asked again: the sessions of all need not wait for it."""

    def renewed(self, session: Session, known: Administration) -> Session | None:
        """The session as it goes on; None where it does not."""
        held = session.held
        if held.renew_at is None or held.who is None or self._sessions.clock() < held.renew_at:
            return session
        provider = self._providers.named(held.who.provider)
        if provider is None or provider.issuer != held.who.issuer:
            self._sessions.end(session.token)
            return None
        if not self._sessions.claim(session, CLAIM_SECONDS):
            # Another request, here or in another process, is asking: a refresh token must not be shown twice.
            return session
        return self._asked(session, held, provider, known)

    def _asked(self, session: Session, held: Held, provider: Provider, known: Administration) -> Session | None:
        form = {"grant_type": "refresh_token", "refresh_token": held.refresh_token}
        if time.monotonic() < self._away_until.get(provider.name, 0.0):
            return self._put_off(session, held, provider, known)
        try:
            answer = provider.ask_for_tokens(form)
            after = self._after(held, provider, answer)
        except TokenInvalid as invalid:
            self._ended(session, provider, invalid.reason, known)
            return None
        except ProviderRefused as refused:
            if refused.code == GRANT_ENDED:
                self._ended(session, provider, refused.code, known)
                return None
            # It refuses smoe, not this session: who is signed in need not suffer from a wrong secret at once.
            return self._put_off(session, held, provider, known)
        except ProviderUnavailable:
            self._away_until[provider.name] = time.monotonic() + provider.settings.refetch_seconds
            return self._put_off(session, held, provider, known)
        return self._kept(session, after)

    def _kept(self, session: Session, after: Held) -> Session | None:
        """The session with what its renewal came to; None where it has been ended meanwhile, and stays so."""
        while not self._sessions.change(session, after):
            again = self._sessions.read(session.token)
            if again is None or again.held.refresh_token != session.held.refresh_token:
                return again
            # Another role has been chosen meanwhile: tokens that have served must not come back for that.
            session, after = again, msgspec.structs.replace(after, acting_as=again.held.acting_as)
        return self._sessions.read(session.token)

    def _after(self, held: Held, provider: Provider, answer: dict[str, object]) -> Held:
        """What the session holds with the tokens of an answer: a new refresh token takes the place of the old one."""
        now = self._sessions.clock()
        refresh_token, id_token = answer.get("refresh_token"), answer.get("id_token")
        if isinstance(id_token, str) and id_token:
            claims = id_claims(id_token, provider, nonce=None)
            if held.id_token and claims["sub"] != unverified(held.id_token).claims.get("sub"):
                raise TokenInvalid("subject")
        return msgspec.structs.replace(
            held,
            refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else held.refresh_token,
            id_token=id_token if isinstance(id_token, str) and id_token else held.id_token,
            renew_at=renewal_due(answer, now),
            unrenewed_since=None,
        )

    def _put_off(self, session: Session, held: Held, provider: Provider, known: Administration) -> Session | None:
        """The provider is away: the session goes on for a while, and it is asked again."""
        now = self._sessions.clock()
        since = held.unrenewed_since or now
        if now >= since + timedelta(seconds=provider.settings.outage_seconds):
            self._ended(session, provider, "unavailable", known)
            return None
        again = now + timedelta(seconds=provider.settings.refetch_seconds)
        return self._kept(session, msgspec.structs.replace(held, renew_at=again, unrenewed_since=since))

    def _ended(self, session: Session, provider: Provider, reason: str, known: Administration) -> None:
        self._sessions.end(session.token)
        who = session.held.who
        actor = actor_of(who, session.held.acting_as, known) if who else None
        self._log.record("SessionNotRenewed", actor, provider=provider.name, reason=reason, status=401)
