"""What a provider may publish and answer, played on this machine: what is not as it should be is not followed."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from api.identity.fetching import BYTES_MAX, Fetcher, ProviderRefused, ProviderUnavailable
from api.identity.providers import Provider
from ledger.identity_providers import IdentityProvider, Public
from tests.loopback import Answered, Place, place

SETTINGS = IdentityProvider(
    name="one",
    title="One",
    issuer="",
    client_id="sm oe",
    client_secret="a secret: of the client",
    signs_in=frozenset({Public.AGENTS}),
)


def metadata(own: str, **changes: Any) -> dict[str, Any]:
    said = {
        "issuer": own,
        "authorization_endpoint": f"{own}/auth",
        "token_endpoint": f"{own}/token",
        "jwks_uri": f"{own}/jwks",
        "code_challenge_methods_supported": ["S256"],
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def discovered(changes: dict[str, Any], *, development: bool = True, **settings: Any) -> Place:
    """Ask a provider that publishes this for what it publishes."""
    told: dict[str, Any] = {}
    with place(lambda sent: Answered(200, json.dumps(told).encode(), "application/json")) as found:
        told.update(metadata(found.url, **changes))
        fetcher = Fetcher()
        try:
            own = replace(SETTINGS, issuer=found.url, **settings)
            Provider(own, fetcher, development=development).metadata()
        finally:
            fetcher.close()
    return found


def test_a_provider_is_asked_once_for_what_it_publishes() -> None:
    found = discovered({"end_session_endpoint": None})
    assert [sent.path for sent in found.received] == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"jwks_uri": None},
        {"token_endpoint": None},
        {"authorization_endpoint": "http://elsewhere.example/auth"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "http://elsewhere.example/out"},
        {"userinfo_endpoint": 5},
        {"jwks_uri": "https://someone:secret@elsewhere.example/"},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": "S256"},
    ],
)
def test_a_provider_that_publishes_what_it_should_not_is_not_followed(changes: dict[str, Any]) -> None:
    with pytest.raises(ProviderUnavailable):
        discovered(changes)


def test_addresses_of_this_machine_are_for_trials() -> None:
    with pytest.raises(ProviderUnavailable):
        discovered({}, development=False)


def test_a_provider_of_partners_needs_no_places_for_people() -> None:
    discovered(
        {"authorization_endpoint": None, "token_endpoint": None}, signs_in=frozenset({Public.PARTNERS}), audience="x"
    )


def asked(answer: Answered) -> dict[str, Any]:
    fetcher = Fetcher()
    with place(lambda sent: answer) as found:
        try:
            return fetcher.post(f"{found.url}/token", {"a": "b"}, ("name", "secret")).json()
        finally:
            fetcher.close()


def test_an_answer_is_an_object_of_json() -> None:
    assert asked(Answered(200, b'{"a": 1}')) == {"a": 1}
    for body in (b"[]", b"", b"{", b"\xff", b"[" * 5_000):
        with pytest.raises(ProviderUnavailable):
            asked(Answered(200, body))


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b'"' + b"x" * BYTES_MAX + b'"'),
        Answered(302, b"{}"),
        Answered(500, b'{"error": "invalid_grant"}'),
        Answered(429, b'{"error": "invalid_grant"}'),
        Answered(0),
    ],
)
def test_what_is_no_answer_leaves_the_provider_away(answer: Answered) -> None:
    with pytest.raises(ProviderUnavailable):
        asked(answer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error": "invalid_grant", "error_description": "secret"}', "invalid_grant"),
        (b'{"error": "<script>"}', "unknown"),
        (b'{"error": 5}', "unknown"),
        (b"no", "unknown"),
    ],
)
def test_a_refusal_is_told_by_its_code_alone(body: bytes, code: str) -> None:
    with pytest.raises(ProviderRefused) as refused:
        asked(Answered(400, body))
    assert str(refused.value) == code
