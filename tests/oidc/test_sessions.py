"""The life of a session opened at a real provider: two processes, renewal, signing out from here and from there."""

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from msgspec.structs import replace

from api.identity.code_flow import SignInRefused
from api.identity.fetching import Answer, Fetcher
from api.identity.id_tokens import claims_of_user, id_claims
from api.identity.presence import PRESENCE, WATCH_SECONDS, Presence, still_signed_in
from api.identity.providers import Provider
from api.identity.sessions import Held, Session, Sessions
from api.identity.signatures import TokenInvalid
from domain.demonstration import IDENTITIES
from features.bodies import filing
from reactions.sessions import EndedSessions
from tests.api.accesses import entries, last
from tests.api.service import Service
from tests.loopback import Place
from tests.oidc.provider import ORIGIN, SECRET, Browser, RealProvider, parameters
from tests.oidc.signing import CSRF, begin, opened, part, signed, signed_in
from tests.servers import Database, free_port

ROOT = Path(__file__).parents[2]
SESSION = "smoe-session"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(scope="module")
def other_process(
    oidc_service: Service, providers_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of `smoe api` as another process on the same database."""
    settings, port = oidc_service.settings, free_port()
    folder = tmp_path_factory.mktemp("other")
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(folder),
        "SMOE_SECRET_KEY": settings.secret_key,
        "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
        "SMOE_OIDC_PROVIDERS": str(providers_file),
        "SMOE_PUBLIC_URL": ORIGIN,
        "PORT": str(port),
    }
    with (folder / "log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "cli", "api"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            give_up_at = time.monotonic() + 60
            while not answers(address):
                assert program.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < give_up_at
                time.sleep(0.1)
            yield address
        finally:
            program.terminate()
            program.wait(timeout=30)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/live").status_code == 200
    except httpx.TransportError:
        return False


def cookie(smoe: Service) -> dict[str, str]:
    return {"Cookie": f"{SESSION}={smoe.client.cookies[SESSION]}"}


def test_a_session_ended_on_one_process_has_ended_on_the_other(
    smoe: Service, browser: Browser, other_process: str
) -> None:
    me = signed_in(smoe.client, browser, "public", "camille")
    held = cookie(smoe)
    there = httpx.get(f"{other_process}/api/me", headers=held)
    assert (there.status_code, there.json()["csrf_token"]) == (200, me["csrf_token"])
    out = httpx.post(f"{other_process}/api/sign-out", headers=held | {CSRF: me["csrf_token"]})
    assert out.status_code == 200, out.text
    assert smoe.client.get("/api/me", headers=held).status_code == 401, "at once: nothing is kept in memory"
    assert httpx.get(f"{other_process}/api/me", headers=held).status_code == 401


def test_an_answer_that_served_in_one_process_serves_in_no_other(
    smoe: Service, browser: Browser, other_process: str
) -> None:
    back = browser.sign_in(begin(smoe.client, "public"), "camille")
    held = {"Cookie": f"smoe-sign-in={smoe.client.cookies['smoe-sign-in']}"}
    with ThreadPoolExecutor(6) as threads:
        gate = threading.Barrier(6)

        def ask(number: int) -> int:
            gate.wait()
            if number % 2:
                return smoe.client.get(back, headers=held, follow_redirects=False).status_code
            return httpx.get(f"{other_process}{back}", headers=held).status_code

        statuses = sorted(threads.map(ask, range(6)))
    assert statuses == [303, 403, 403, 403, 403, 403]


# Renewal


@contextmanager
def short_lived(provider: RealProvider, seconds: int) -> Iterator[None]:
    """Tokens of so short a life that a session is soon due for renewal."""
    provider.live(AccessToken=seconds)
    try:
        yield
    finally:
        provider.live()


def due(smoe: Service) -> Session:
    """The session of this browser, once it is due for renewal."""
    session = smoe.client.app.state.sessions.read(smoe.client.cookies[SESSION])
    assert session is not None
    assert session.held.renew_at is not None
    time.sleep(max(0.0, (session.held.renew_at - datetime.now(UTC)).total_seconds()) + 0.05)
    found: Session = session
    return found


def read_again(smoe: Service) -> Session:
    found: Session | None = smoe.client.app.state.sessions.read(smoe.client.cookies[SESSION])
    assert found is not None
    return found


def test_a_session_is_renewed_once_however_many_ask(
    smoe: Service, browser: Browser, agents: RealProvider, other_process: str
) -> None:
    with short_lived(agents, 2):
        signed_in(smoe.client, browser, "agents", "nobody")
    before = due(smoe)
    asked = agents.asked("/token")
    held = cookie(smoe)
    gate = threading.Barrier(8)

    def ask(number: int) -> int:
        gate.wait()
        if number % 2:
            return smoe.client.get("/api/me", headers=held).status_code
        return httpx.get(f"{other_process}/api/me", headers=held).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = set(threads.map(ask, range(8)))
    after = read_again(smoe)
    assert statuses == {200}
    assert agents.asked("/token") == asked + 1
    assert after.held.refresh_token != before.held.refresh_token, "the provider has given another in its place"
    assert after.generation == before.generation + 1
    assert after.held.renew_at is not None
    assert after.held.renew_at > datetime.now(UTC) + timedelta(seconds=60)


def test_a_session_is_renewed_again_and_again(smoe: Service, browser: Browser, agents: RealProvider) -> None:
    with short_lived(agents, 1):
        signed_in(smoe.client, browser, "agents", "nobody")
        tokens = {due(smoe).held.refresh_token}
        for _ in range(3):
            assert smoe.client.get("/api/me").status_code == 200
            tokens.add(due(smoe).held.refresh_token)
    assert len(tokens) == 4


def test_a_role_chosen_while_the_session_is_renewed_costs_neither(
    smoe: Service, browser: Browser, public: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with short_lived(public, 2):
        me = signed_in(smoe.client, browser, "public", "camille")
    before = due(smoe)
    held = cookie(smoe)
    ask = Provider.ask_for_tokens

    def meanwhile(provider: Provider, form: dict[str, str]) -> dict[str, Any]:
        answer = ask(provider, form)
        chosen = smoe.client.post("/api/me/role", json={"role": "mandatary"}, headers=held | {CSRF: me["csrf_token"]})
        assert chosen.status_code == 200, chosen.text
        again = smoe.client.get("/api/me", headers=held)
        assert (again.status_code, again.json()["role"]) == (200, "mandatary")
        return answer

    monkeypatch.setattr(Provider, "ask_for_tokens", meanwhile)
    asked = public.asked("/token")
    assert smoe.client.get("/api/me", headers=held).status_code == 200
    monkeypatch.undo()
    after = read_again(smoe)
    assert public.asked("/token") == asked + 1, "the refresh token was shown once"
    assert after.held.refresh_token != before.held.refresh_token
    assert after.held.acting_as == "mandatary"


def test_a_refresh_token_that_somebody_else_has_used_ends_the_session(
    smoe: Service, browser: Browser, agents: RealProvider
) -> None:
    with short_lived(agents, 1):
        signed_in(smoe.client, browser, "agents", "nobody")
        session = due(smoe)
        form = {"grant_type": "refresh_token", "refresh_token": session.held.refresh_token}
        stolen = httpx.post(f"{agents.issuer}/token", data=form, auth=("smoe", SECRET))
        assert stolen.status_code == 200
    assert smoe.client.get("/api/me").status_code == 401
    entry = last(smoe, "SessionNotRenewed")
    assert entry.parameters == {"provider": ("agents",), "reason": ("invalid_grant",)}
    assert entry.actor is not None
    assert entry.actor.identity.endswith("#u-nobody")
    assert smoe.client.app.state.sessions.read(session.token) is None


def test_a_session_goes_on_while_the_provider_is_away(smoe: Service, browser: Browser, agents: RealProvider) -> None:
    with short_lived(agents, 1):
        signed_in(smoe.client, browser, "agents", "nobody")
    due(smoe)
    agents.stop()
    try:
        assert smoe.client.get("/api/me").status_code == 200
        put_off = read_again(smoe)
        assert put_off.held.unrenewed_since is not None
        # Before a later sign-in comes to the provider, which is away.
        back = f"/api/sign-in/callback?code=x&state={parameters(begin(smoe.client, 'agents'))['state']}"
        away = smoe.client.get(f"{back}&iss={agents.issuer}", follow_redirects=False)
        assert (away.status_code, away.json()["code"]) == (503, "provider_unavailable")
    finally:
        agents.resume()
    due(smoe)
    assert smoe.client.get("/api/me").status_code == 200
    assert read_again(smoe).held.unrenewed_since is None


def test_a_provider_that_stays_away_ends_the_session(smoe: Service, browser: Browser, agents: RealProvider) -> None:
    with short_lived(agents, 1):
        signed_in(smoe.client, browser, "agents", "nobody")
    session = due(smoe)

    long_ago = datetime.now(UTC) - timedelta(seconds=3_601)
    assert smoe.client.app.state.sessions.change(session, replace(session.held, unrenewed_since=long_ago))
    agents.stop()
    try:
        assert smoe.client.get("/api/me").status_code == 401
    finally:
        agents.resume()
    assert last(smoe, "SessionNotRenewed").parameters["reason"] == ("unavailable",)


# Signing out


def test_signing_out_ends_the_session_here_and_at_the_provider(
    smoe: Service, browser: Browser, agents: RealProvider
) -> None:
    me = signed_in(smoe.client, browser, "agents", "nobody")
    held = cookie(smoe)
    out = smoe.client.post("/api/sign-out", headers={CSRF: me["csrf_token"]})
    assert out.status_code == 200, out.text
    assert "max-age=0" in out.headers["set-cookie"].lower()
    asked = parameters(out.json()["end_session_url"])
    assert (asked["post_logout_redirect_uri"], asked["client_id"]) == (f"{ORIGIN}/", "smoe")
    assert opened(asked["id_token_hint"])[1]["iss"] == agents.issuer
    assert smoe.client.get("/api/me", headers=held).status_code == 401
    entry = last(smoe, "SignedOut")
    assert (entry.parameters, entry.actor.identity if entry.actor else "") == (
        {"provider": ("agents",)},
        me["identity"],
    )
    gone_to = browser.sign_out(out.json()["end_session_url"])
    assert gone_to.startswith(f"{ORIGIN}/?state=")
    assert "login" in browser.client.get(begin(smoe.client, "agents"), follow_redirects=True).text


def test_who_has_no_session_has_none_to_end(smoe: Service) -> None:
    assert smoe.client.post("/api/sign-out").status_code == 401
    shown = smoe.client.post("/api/sign-out", headers=smoe.headers("agent-63"))
    assert (shown.status_code, shown.json()["code"]) == (400, "malformed")


def order(smoe: Service, token: str) -> httpx.Response:
    return smoe.client.post("/api/sign-out/back-channel", data={"logout_token": token})


def test_the_provider_signs_somebody_out(
    smoe: Service, browser: Browser, agents: RealProvider, smoe_seen_by_providers: Place
) -> None:
    signed_in(smoe.client, browser, "agents", "nobody")
    mine = cookie(smoe)
    id_token = read_again(smoe).held.id_token
    somebody = Browser()
    smoe.client.cookies.clear()
    signed_in(smoe.client, somebody, "agents", "nobody")
    somebody.close()
    theirs = cookie(smoe)
    smoe_seen_by_providers.received.clear()

    browser.sign_out(f"{agents.issuer}/session/end?id_token_hint={id_token}")
    (sent,) = smoe_seen_by_providers.received
    token = sent.body.decode().removeprefix("logout_token=")
    assert opened(token)[1]["sid"] == opened(id_token)[1]["sid"]
    smoe.client.cookies.clear()
    assert order(smoe, token).status_code == 200
    assert smoe.client.get("/api/me", headers=mine).status_code == 401
    assert smoe.client.get("/api/me", headers=theirs).status_code == 200, "another session of the same person"
    assert last(smoe, "SignedOutByProvider").parameters == {"provider": ("agents",), "reason": ("1",)}

    again = order(smoe, token)
    assert (again.status_code, again.json()["code"]) == (400, "malformed"), "it serves once"


def logout_claims(provider: RealProvider, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": provider.issuer,
        "aud": "smoe",
        "sub": "nobody",
        "iat": now,
        "exp": now + 120,
        "jti": os.urandom(8).hex(),
        "events": {LOGOUT_EVENT: {}},
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "header", "ends"),
    [
        ({}, {}, True),
        ({}, {"typ": "JWT"}, True),
        ({"sub": None, "sid": "unknown"}, {}, False),
        ({"nonce": "n"}, {}, False),
        ({"events": None}, {}, False),
        ({"events": {}}, {}, False),
        ({"events": [LOGOUT_EVENT]}, {}, False),
        ({"sub": None}, {}, False),
        ({"sub": 5}, {}, False),
        ({"sub": "somebody"}, {}, False),
        ({"jti": None}, {}, False),
        ({"aud": "another"}, {}, False),
        ({"iss": "https://evil.example"}, {}, False),
        ({"iat": 1, "exp": 2}, {}, False),
        ({}, {"typ": "at+jwt"}, False),
        ({}, {"alg": "none"}, False),
    ],
)
def test_only_an_order_of_the_provider_signs_out(
    smoe: Service, browser: Browser, agents: RealProvider, changes: Any, header: Any, ends: bool
) -> None:
    signed_in(smoe.client, browser, "agents", "nobody")
    held = cookie(smoe)
    smoe.client.cookies.clear()
    key = agents.keys[0]
    full = {"alg": "RS256", "kid": str(key.as_dict()["kid"]), "typ": "logout+jwt", **header}
    claims = logout_claims(agents, **changes)
    token = f"{part(full)}.{part(claims)}.AAAA" if full["alg"] == "none" else signed(full, claims, key)
    order(smoe, token)
    assert smoe.client.get("/api/me", headers=held).status_code == (401 if ends else 200)


def test_an_id_token_orders_nothing(smoe: Service, browser: Browser) -> None:
    signed_in(smoe.client, browser, "agents", "nobody")
    held, id_token = cookie(smoe), read_again(smoe).held.id_token
    smoe.client.cookies.clear()
    assert order(smoe, id_token).status_code == 400
    assert smoe.client.get("/api/me", headers=held).status_code == 200
    assert smoe.client.post("/api/sign-out/back-channel", json={"logout_token": id_token}).status_code == 415


# What an ID token must say


def id_token(agents: RealProvider, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": agents.issuer,
        "aud": "smoe",
        "sub": "nobody",
        "iat": now,
        "exp": now + 300,
        "nonce": "the nonce",
        **changes,
    }
    key = agents.keys[0]
    header = {"alg": "RS256", "kid": str(key.as_dict()["kid"])}
    return signed(header, {name: value for name, value in claims.items() if value is not None}, key)


@pytest.fixture
def trusted(smoe: Service) -> Provider:
    found: Provider | None = smoe.client.app.state.providers.named("agents")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (None, {}),
        (None, {"aud": ["smoe", "another"], "azp": "smoe"}),
        ("nonce", {"nonce": "another"}),
        ("nonce", {"nonce": None}),
        ("audience", {"aud": "another"}),
        ("authorized_party", {"aud": ["smoe", "another"]}),
        ("authorized_party", {"azp": "another"}),
        ("issuer", {"iss": "https://evil.example"}),
        ("expired", {"iat": 1, "exp": 2}),
        ("claims", {"sub": None}),
        ("at_hash", {"at_hash": "AAAA"}),
        (None, {"at_hash": "8kJybPby-BwHrrSnx_oS4A"}),
    ],
)
def test_what_an_id_token_must_say(
    agents: RealProvider, trusted: Provider, reason: str | None, changes: dict[str, Any]
) -> None:
    token = id_token(agents, **changes)
    if reason is None:
        assert id_claims(token, trusted, nonce="the nonce", access_token="the access token")["sub"] == "nobody"
    else:
        with pytest.raises(TokenInvalid) as refused:
            id_claims(token, trusted, nonce="the nonce", access_token="the access token")
        assert refused.value.reason == reason


def test_a_level_of_assurance_that_is_asked_for_is_needed(agents: RealProvider, trusted: Provider) -> None:
    fetcher = Fetcher()
    strict = Provider(replace(trusted.settings, acr_values=("eidas1", "eidas2")), fetcher, development=True)
    assert id_claims(id_token(agents, acr="eidas2"), strict, nonce="the nonce")
    for changes in ({}, {"acr": "eidas0"}, {"acr": ["eidas1"]}):
        with pytest.raises(TokenInvalid) as refused:
            id_claims(id_token(agents, **changes), strict, nonce="the nonce")
        assert refused.value.reason == "assurance"
    fetcher.close()


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (None, {}),
        (None, {"iss": None, "aud": None}),
        ("subject", {"sub": "another"}),
        ("subject", {"sub": None}),
        ("issuer", {"iss": "https://evil.example"}),
        ("audience", {"aud": "another"}),
    ],
)
def test_what_the_provider_says_besides_is_of_whoever_signed_in(
    agents: RealProvider, trusted: Provider, reason: str | None, changes: dict[str, Any]
) -> None:
    answer = Answer("application/jwt", id_token(agents, usual_name="Morel", **changes).encode())
    if reason is None:
        assert claims_of_user(answer, trusted, "nobody")["usual_name"] == "Morel"
    else:
        with pytest.raises(TokenInvalid) as refused:
            claims_of_user(answer, trusted, "nobody")
        assert refused.value.reason == reason


def test_what_the_provider_says_besides_is_signed_by_it(agents: RealProvider, trusted: Provider) -> None:
    head, body, _ = id_token(agents).split(".")
    for altered in (f"{head}.{body}.AAAA", f"{part({'alg': 'none'})}.{body}.", "é"):
        with pytest.raises(TokenInvalid):
            claims_of_user(Answer("application/jwt", altered.encode()), trusted, "nobody")
    plain = Answer("application/json", b'{"sub": "nobody", "usual_name": "Morel"}')
    assert claims_of_user(plain, trusted, "nobody")["usual_name"] == "Morel"
    with pytest.raises(TokenInvalid):
        claims_of_user(Answer("application/json", b'{"sub": "another"}'), trusted, "nobody")


# Sessions by themselves


class Hours:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def kept(database: Database, hours: Hours) -> Iterator[Sessions]:
    sessions = Sessions(database.app_url, b"k" * 32, idle_seconds=1_800, seconds_max=7_200, clock=hours)
    yield sessions
    sessions.close()


def test_a_session_ends_when_nothing_is_done_in_it(kept: Sessions, hours: Hours) -> None:
    token = kept.begin(Held(local="agent-63"), "local", "agent-63")
    for _ in range(3):
        hours.go(1_700)
        assert kept.read(token) is not None
    hours.go(1_800)
    assert kept.read(token) is None


def test_a_session_ends_whatever_is_done_in_it(kept: Sessions, hours: Hours) -> None:
    token = kept.begin(Held(local="agent-63"), "local", "agent-63")
    for _ in range(7):
        hours.go(1_000)
        assert kept.read(token) is not None
    hours.go(200)
    assert kept.read(token) is None


def test_what_stays_open_ends_with_its_session_and_does_not_prolong_it(kept: Sessions, hours: Hours) -> None:
    def opened_by(token: str) -> Callable[[], bool]:
        session = kept.read(token)
        assert session is not None
        actor = IDENTITIES["agent-63"].actor
        presence = Presence(actor=actor, until=0.0, roles=(actor.role,), session=session)
        return still_signed_in({"state": {PRESENCE: presence}}, kept)

    tokens = [kept.begin(Held(local="agent-63"), "local", "agent-63") for _ in range(2)]
    feeds = [opened_by(token) for token in tokens]
    assert [feed() for feed in feeds] == [True, True]
    kept.end(tokens[0])
    time.sleep(WATCH_SECONDS)
    assert [feed() for feed in feeds] == [False, True]
    hours.go(1_800)
    time.sleep(WATCH_SECONDS)
    assert [feed() for feed in feeds] == [False, False], "to listen is not to do something"
    assert still_signed_in({"state": {}}, kept)(), "a token of one's own says by itself until when"


def test_what_has_ended_is_forgotten(kept: Sessions, hours: Hours, database: Database) -> None:
    kept.begin(Held(local="agent-63"), "local", "agent-63")
    assert kept.use("state|x", 600)
    assert not kept.use("state|x", 600)
    hours.go(1_000)
    alive = kept.begin(Held(local="agent-84"), "local", "agent-84")
    hours.go(900)
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        assert EndedSessions(1_800, hours).run_once(connection) == 2
        assert EndedSessions(1_800, hours).run_once(connection) == 0
    assert kept.read(alive) is not None
    assert kept.use("state|x", 600)


def test_a_session_opens_with_its_own_token_and_key_alone(kept: Sessions, hours: Hours, database: Database) -> None:
    held = Held(local="agent-63", refresh_token="the refresh token")
    token, another = kept.begin(held, "local", "agent-63"), kept.begin(held, "local", "agent-63")
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        rows = connection.execute("SELECT sealed FROM identity.sessions").fetchall()
        assert all(b"refresh" not in row[0] and b"agent" not in row[0] for row in rows)
        assert rows[0] != rows[1]
        # Whoever could write to the table could lay one person's session under another's token.
        connection.execute("UPDATE identity.sessions SET sealed = (SELECT sealed FROM identity.sessions LIMIT 1)")
    assert [kept.read(each) is None for each in (token, another)].count(True) == 1
    other = Sessions(database.app_url, b"o" * 32, idle_seconds=1_800, seconds_max=7_200, clock=hours)
    assert [other.read(each) for each in (token, another, "x" * 43, "x", "")] == [None] * 5
    other.close()


def test_of_two_who_change_a_session_one_does(kept: Sessions) -> None:
    token = kept.begin(Held(local="agent-63"), "local", "agent-63")
    first, second = kept.read(token), kept.read(token)
    assert first is not None
    assert second is not None
    assert kept.change(first, Held(local="agent-84"))
    assert not kept.change(second, Held(local="auditor"))
    found = kept.read(token)
    assert found is not None
    assert found.held.local == "agent-84"


def test_a_renewal_that_came_to_nothing_is_taken_up_again(kept: Sessions, hours: Hours) -> None:
    session = kept.read(kept.begin(Held(local="agent-63"), "local", "agent-63"))
    assert session is not None
    assert [kept.claim(session, 15), kept.claim(session, 15)] == [True, False]
    hours.go(16)
    assert kept.claim(session, 15)


def test_refusals_of_unknown_browsers_are_counted_with_their_reason(smoe: Service) -> None:
    before = len(entries(smoe))
    assert smoe.client.get("/api/sign-in/callback?code=x&state=y").status_code == 403
    assert len(entries(smoe)) == before, "anybody could fill the log"
    smoe.client.app.state.accesses.flush()
    assert last(smoe, "SignInRefused.browser").count >= 1
    assert SignInRefused("x").provider is None


def asked_with(smoe: Service, cookie: str) -> httpx.Response:
    """As another browser with this cookie."""
    own = dict(smoe.client.cookies)
    smoe.client.cookies.clear()
    try:
        return smoe.client.get("/api/me", headers={"Cookie": cookie})
    finally:
        smoe.client.cookies.update(own)


@pytest.mark.parametrize("name", ["Authorization", "Acting-As"])
def test_what_is_shown_twice_is_not_judged(smoe: Service, other_process: str, name: str) -> None:
    own = smoe.headers("agent-63", **{"Acting-As": "agent"})
    twice = [*own.items(), (name, own[name])]
    once = httpx.get(f"{other_process}/api/cases", headers=own)
    answer = httpx.get(f"{other_process}/api/cases", headers=twice)
    assert (once.status_code, answer.status_code, answer.json()["code"]) == (200, 400, "malformed")


def test_the_local_sign_in_opens_a_session_too(smoe: Service) -> None:
    answer = smoe.client.post("/api/local-sign-in", json={"identity": "employer-acme", "session": True})
    assert answer.status_code == 200
    me = smoe.client.get("/api/me").json()
    assert (me["identity"], me["roles"], me["provider"], me["is_session"]) == (
        "local:employer-acme",
        ["employer"],
        None,
        True,
    )
    body = filing("introduction_permanent")
    assert smoe.client.post("/api/cases", json=body).json()["code"] == "csrf"
    assert smoe.client.post("/api/cases", json=body, headers={CSRF: me["csrf_token"]}).status_code == 201
    before = dict(smoe.client.cookies)
    smoe.client.post("/api/local-sign-in", json={"identity": "employer-acme", "session": True})
    cookie = "; ".join(f"{name}={value}" for name, value in before.items())
    assert asked_with(smoe, cookie).status_code == 401, "the session of before has ended"
    me = smoe.client.get("/api/me").json()
    out = smoe.client.post("/api/sign-out", headers={CSRF: me["csrf_token"]})
    assert (out.status_code, out.json()["end_session_url"]) == (200, None)
    assert smoe.client.get("/api/me").status_code == 401
    smoe.client.post("/api/local-sign-in", json={"identity": "employer-acme"})
    assert smoe.client.get("/api/me").status_code == 401, "a cookie for who asks for one"
