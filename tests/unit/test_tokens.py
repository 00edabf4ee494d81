"""A token verified once is read again from memory, and never longer, nor for other characters, than it holds."""

import time

import pytest

from api.tokens import KEPT_MAX, LIFETIME_SECONDS, Tokens

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
