"""Access tokens of real providers, and those that nobody would have made out: who is let in by which."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from api.identity.access_tokens import presented
from api.identity.providers import Providers
from api.identity.signatures import TokenInvalid
from domain.envelope import Role
from domain.events import AgentAppointed, RightsGranted
from features.bodies import filing
from tests.api.service import Service
from tests.oidc.provider import AUDIENCE, OTHER_AUDIENCE, Browser, RealProvider, ec, public_pem, rsa
from tests.oidc.signing import (
    access_claims,
    granted,
    opened,
    part,
    record,
    signed,
    signed_by_hand,
    signed_with_text,
    user_token,
)

AT = "at+jwt"


def status(smoe: Service, token: str, path: str = "/api/me", **headers: str) -> int:
    answer = smoe.client.get(path, headers={"Authorization": f"Bearer {token}", **headers})
    assert answer.status_code in {200, 401, 403, 431}, answer.text
    return int(answer.status_code)


def me(smoe: Service, token: str, **headers: str) -> Any:
    return smoe.client.get("/api/me", headers={"Authorization": f"Bearer {token}", **headers}).json()


def test_a_partner_system_acts_by_the_right_it_was_given(smoe: Service, agents: RealProvider) -> None:
    token = agents.partner_token()
    told = me(smoe, token)
    identity = f"{agents.issuer}#ofii"
    assert (told["identity"], told["roles"], told["is_session"], told["csrf_token"]) == (identity, [], False, None)
    refused = smoe.client.get("/api/cases", headers={"Authorization": f"Bearer {token}"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")

    day = smoe.clock().date()
    agent = AgentAppointed(
        identity=identity, name="OFII", quality="Office", service="OFII", platform=None, appointed_on=day
    )
    record(smoe.desk, agent, RightsGranted(identity=identity, role=Role.PARTNER, starts_on=day))
    told = me(smoe, token)
    assert (told["role"], told["roles"], told["service"]) == ("partner", ["partner"], "OFII")


def test_a_partner_is_none_where_the_provider_signs_in_none(smoe: Service, public: RealProvider) -> None:
    told = me(smoe, public.partner_token())
    assert (told["role"], told["roles"]) == (None, [])


def test_a_right_of_a_service_is_worth_nothing_to_a_partner(smoe: Service, agents: RealProvider) -> None:
    granted(smoe, f"{agents.issuer}#ofii", Role.AUDITOR)
    assert "auditor" not in me(smoe, agents.partner_token())["roles"]


def test_somebody_acts_in_the_role_that_the_request_names(
    smoe: Service, browser: Browser, agents: RealProvider
) -> None:
    granted(smoe, f"{agents.issuer}#u-karim", Role.SIGNATORY, "Clermont-Ferrand")
    granted(smoe, f"{agents.issuer}#u-karim", Role.AGENT, "Clermont-Ferrand")
    token = user_token(browser, agents, "karim")["access_token"]
    assert opened(token)[0]["typ"] == AT
    assert me(smoe, token)["role"] == "agent"
    assert me(smoe, token, **{"Acting-As": "signatory"})["role"] == "signatory"
    for not_held in ("admin", "system", "employer", "", "Signatory"):
        refused = me(smoe, token, **{"Acting-As": not_held})
        assert (refused["status"], refused["code"]) == (403, "role_not_held"), not_held
    local = smoe.client.get("/api/me", headers=smoe.headers("agent-63", **{"Acting-As": "admin"}))
    assert local.status_code == 403


def test_an_employer_files_by_a_token_of_their_own(smoe: Service, browser: Browser, public: RealProvider) -> None:
    token = user_token(browser, public, "camille")["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    body = filing("introduction_permanent")
    assert smoe.client.post("/api/cases", json=body, headers=headers).status_code == 201
    body["request"]["employer"]["siret"] = "73282932000074"
    refused = smoe.client.post("/api/cases", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "employer_of_another")


def test_tokens_for_others_and_of_other_kinds_are_refused(
    smoe: Service, browser: Browser, agents: RealProvider
) -> None:
    assert status(smoe, agents.partner_token()) == 200
    assert status(smoe, agents.partner_token(OTHER_AUDIENCE)) == 401, "for another API, by the same provider"
    tokens = user_token(browser, agents, "karim")
    assert status(smoe, tokens["access_token"]) == 200
    assert status(smoe, tokens["id_token"]) == 401, "who somebody is, not what they may ask for"


def forged(agents: RealProvider, public: RealProvider) -> dict[str, Callable[[], str]]:
    """Tokens that name a partner of the first provider, none of which it would make out."""
    key = agents.keys[0]
    kid = {"kid": str(key.as_dict()["kid"]), "typ": AT}
    rs = {"alg": "RS256", **kid}
    now = int(time.time())
    mallory = rsa(kid["kid"])

    def claims(**changes: Any) -> dict[str, Any]:
        return access_claims(agents, **changes)

    def by_provider(header: dict[str, Any] | None = None, **changes: Any) -> Callable[[], str]:
        return lambda: signed({**rs, **(header or {})}, claims(**changes), key)

    def by_hand(header: dict[str, Any]) -> Callable[[], str]:
        return lambda: signed_by_hand({**rs, **header}, claims(), key)  # type: ignore[arg-type]

    altered = signed(rs, claims(), key).split(".")
    altered[1] = part(claims(sub="somebody", client_id="somebody"))
    return {
        "alg none": lambda: f"{part({'alg': 'none', **kid})}.{part(claims())}.",
        "alg none with a signature": lambda: f"{part({'alg': 'none', **kid})}.{part(claims())}.AAAA",
        "alg NonE": lambda: f"{part({'alg': 'NonE', **kid})}.{part(claims())}.AAAA",
        "no alg": lambda: f"{part(kid)}.{part(claims())}.AAAA",
        "the public key as a secret": lambda: signed_with_text(
            {"alg": "HS256", **kid},
            claims(),
            public_pem(key),  # type: ignore[arg-type]
        ),
        "another provider's key of the same name": lambda: signed(rs, claims(), public.keys[1]),
        "another provider's token that claims to be of this one": lambda: signed(
            {"alg": "ES256", "kid": "p1", "typ": AT}, claims(), public.keys[0]
        ),
        "a key of nobody": lambda: signed(rs, claims(), mallory),
        "a key that the token brings along": lambda: signed(
            {**rs, "kid": "m", "jwk": mallory.as_dict(private=False)}, claims(), mallory
        ),
        "a key where the token says": lambda: signed(
            {**rs, "kid": "m", "jku": f"{public.issuer}/jwks"}, claims(), mallory
        ),
        "an unknown key": by_provider({"kid": "unknown"}),
        "a kid that is no text": by_hand({"kid": [kid["kid"]]}),
        "claims that were altered": lambda: ".".join(altered),
        "an algorithm that is not in the list": by_provider({"alg": "RS512"}),
        "an algorithm of another kind of key": lambda: signed({"alg": "ES256", **kid}, claims(), ec(kid["kid"])),
        "an extension to be understood": by_hand({"crit": ["typ"]}),
        "a payload that is not encoded": by_hand({"b64": False, "crit": ["b64"]}),
        "another type": by_provider({"typ": "JWT"}),
        "a logout token's type": by_provider({"typ": "logout+jwt"}),
        "another audience": by_provider(aud=OTHER_AUDIENCE),
        "no audience": by_provider(aud=None),
        "an audience that is an object": by_provider(aud={AUDIENCE: 1}),
        "another issuer": by_provider(iss=public.issuer),
        "an unknown issuer": by_provider(iss="https://evil.example"),
        "an issuer with a slash more": by_provider(iss=f"{agents.issuer}/"),
        "no issuer": by_provider(iss=None),
        "expired": by_provider(iat=now - 200, exp=now - 31),
        "no end": by_provider(exp=None),
        "an end that is a text": by_provider(exp=str(now + 300)),
        "an end that is no number": by_provider(exp=True),
        "too long a life": by_provider(exp=now + 10**6),
        "not yet": by_provider(nbf=now + 120),
        "issued in the future": by_provider(iat=now + 120, exp=now + 300),
        "no moment of issue": by_provider(iat=None),
        "no subject": by_provider(sub=None),
        "no client": by_provider(client_id=None),
        "a nonce": by_provider(nonce="n"),
        "a logout": by_provider(events={}),
        "too long": by_provider(more="x" * 20_000),
    }


NAMES = (
    "alg none",
    "alg none with a signature",
    "alg NonE",
    "no alg",
    "the public key as a secret",
    "another provider's key of the same name",
    "another provider's token that claims to be of this one",
    "a key of nobody",
    "a key that the token brings along",
    "a key where the token says",
    "an unknown key",
    "a kid that is no text",
    "claims that were altered",
    "an algorithm that is not in the list",
    "an algorithm of another kind of key",
    "an extension to be understood",
    "a payload that is not encoded",
    "another type",
    "a logout token's type",
    "another audience",
    "no audience",
    "an audience that is an object",
    "another issuer",
    "an unknown issuer",
    "an issuer with a slash more",
    "no issuer",
    "expired",
    "no end",
    "an end that is a text",
    "an end that is no number",
    "too long a life",
    "not yet",
    "issued in the future",
    "no moment of issue",
    "no subject",
    "no client",
    "a nonce",
    "a logout",
    "too long",
)


def test_what_the_provider_would_make_out_is_taken(smoe: Service, agents: RealProvider) -> None:
    """Every forgery below differs from this in one thing."""
    key = agents.keys[0]
    header = {"alg": "RS256", "kid": str(key.as_dict()["kid"]), "typ": AT}
    assert status(smoe, signed(header, access_claims(agents), key)) == 200
    assert status(smoe, signed_by_hand(header, access_claims(agents), key)) == 200  # type: ignore[arg-type]
    assert status(smoe, signed({**header, "alg": "PS256"}, access_claims(agents), key)) == 200
    now = int(time.time())
    assert status(smoe, signed(header, access_claims(agents, iat=now - 200, exp=now - 10), key)) == 200, "clocks differ"
    assert status(smoe, signed(header, access_claims(agents, aud=[OTHER_AUDIENCE, AUDIENCE]), key)) == 200
    assert status(smoe, signed({"alg": "RS256", "typ": AT}, access_claims(agents), key)) == 200, "there is one key"


def test_a_person_s_token_bears_the_level_of_assurance_that_is_asked_for(smoe: Service, agents: RealProvider) -> None:
    settings = next(each for each in smoe.settings.providers if each.name == "agents")
    strict = Providers((replace(settings, acr_values=("eidas2",)),), development=True)
    header, key = {"alg": "RS256", "typ": AT}, agents.keys[0]

    def named(**claims: Any) -> str:
        return presented(signed(header, access_claims(agents, **claims), key), strict).who.subject

    try:
        assert named(sub="ines", uid="u-ines", acr="eidas2") == "u-ines"
        assert named() == "ofii", "a program has no second factor"
        for claims in ({}, {"acr": "eidas1"}, {"acr": ["eidas2"]}):
            with pytest.raises(TokenInvalid) as refused:
                named(sub="ines", uid="u-ines", **claims)
            assert refused.value.reason == "assurance"
    finally:
        strict.close()


def test_all_forgeries_are_tried(agents: RealProvider, public: RealProvider) -> None:
    assert tuple(forged(agents, public)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_forgery_names_nobody(smoe: Service, agents: RealProvider, public: RealProvider, name: str) -> None:
    token = forged(agents, public)[name]()
    # What is longer than any header may be goes no further than that.
    refused = 431 if name == "too long" else 401
    assert status(smoe, token) == refused
    assert status(smoe, token, "/api/cases") == refused


def test_keys_change_and_the_old_ones_are_worth_nothing(smoe: Service, agents: RealProvider) -> None:
    before, old = agents.partner_token(), agents.keys[0]
    assert status(smoe, before) == 200
    time.sleep(1.1)
    both = rsa("a2")
    agents.rotate(both, old)
    after = agents.partner_token()
    assert opened(after)[0]["kid"] == "a2"
    assert [status(smoe, token) for token in (after, before)] == [200, 200], "while the provider publishes both"
    time.sleep(1.1)
    agents.rotate(both)
    unknown = signed({"alg": "RS256", "kid": "other", "typ": AT}, access_claims(agents), old)
    assert status(smoe, unknown) == 401, "which has the keys asked for again"
    assert [status(smoe, token) for token in (after, before)] == [200, 401]


def test_forgers_do_not_have_the_keys_asked_for_each_time(smoe: Service, agents: RealProvider) -> None:
    assert status(smoe, agents.partner_token()) == 200
    before, began = agents.asked("/jwks"), time.monotonic()
    key = agents.keys[0]
    for number in range(60):
        token = signed({"alg": "RS256", "kid": f"k{number}", "typ": AT}, access_claims(agents), key)
        assert status(smoe, token) == 401
    seconds = time.monotonic() - began
    assert agents.asked("/jwks") - before <= seconds + 1, "once a second, as the provider's table says"


def test_known_keys_go_on_while_the_provider_is_away(smoe: Service, browser: Browser, agents: RealProvider) -> None:
    token = agents.partner_token()
    assert status(smoe, token) == 200
    agents.stop()
    try:
        assert status(smoe, token) == 200
        begun = smoe.client.get("/api/sign-in/agents", follow_redirects=False)
        assert begun.status_code == 303, "it is known where it will be"
    finally:
        agents.resume()
