"""A token verified once is read again from memory, and never longer, nor for other characters, than it holds."""

import base64
import time

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from api.identity.local_tokens import ISSUER, KEPT_MAX, LIFETIME_SECONDS, Tokens

SECRET = "a secret of more than thirty-two characters"


def test_a_token_names_the_same_actor_each_time() -> None:
    tokens = Tokens(SECRET, enabled=True)
    token = tokens.issue("agent-63")
    first = tokens.read(token)
    assert first is not None
    assert tokens.read(token) == first


def test_a_token_read_before_is_not_read_once_it_has_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(SECRET, enabled=True)
    token = tokens.issue("agent-63")
    assert tokens.read(token) is not None
    later = time.time() + LIFETIME_SECONDS + 120
    monkeypatch.setattr(time, "time", lambda: later)
    assert tokens.read(token) is None


def test_other_characters_are_verified_anew() -> None:
    tokens = Tokens(SECRET, enabled=True)
    token = tokens.issue("agent-63")
    assert tokens.read(token) is not None
    head, body, signature = token.split(".")
    forged = "A" if signature[0] != "A" else "B"
    assert tokens.read(f"{head}.{body}.{forged}{signature[1:]}") is None


def test_no_more_tokens_are_kept_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(SECRET, enabled=True)
    moment = int(time.time())
    for second in range(KEPT_MAX + 5):
        monkeypatch.setattr(time, "time", lambda second=second: moment - second)
        assert tokens.read(tokens.issue("agent-63")) is not None
    assert len(tokens._verified) == KEPT_MAX


@pytest.mark.parametrize(
    "header",
    [
        b'"alg"',
        b'["alg"]',
        b'{"alg":"HS256","crit":5}',
        b'{"alg":"HS256","crit":null}',
        b'{"alg":["HS256"]}',
        b"[" * 5_000,
        b"\xff",
        b"",
    ],
)
def test_a_malformed_token_names_nobody(header: bytes) -> None:
    tokens = Tokens(SECRET, enabled=True)
    encoded = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
    assert tokens.read(f"{encoded}.e30.AAAA") is None


@pytest.mark.parametrize("expiry", [10**400, "soon", None, [], {"a": 1}])
def test_a_token_that_never_expires_names_nobody(expiry: object) -> None:
    claims = {"iss": ISSUER, "sub": "agent-63", "exp": expiry}
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
    assert Tokens(SECRET, enabled=True).read(token) is None


def test_a_token_tells_until_when_it_holds() -> None:
    tokens = Tokens(SECRET, enabled=True)
    token = tokens.issue("agent-63")
    for _ in range(2):
        signed = tokens.read(token)
        assert signed is not None
        assert signed.until == pytest.approx(time.time() + LIFETIME_SECONDS, abs=60)
