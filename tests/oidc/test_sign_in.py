"""Signing in with a browser at a real provider: what opens a session, and all that does not."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from domain.envelope import Role
from features.bodies import filing
from tests.api.accesses import last
from tests.api.service import Service
from tests.oidc.provider import ORIGIN, Browser, RealProvider, parameters
from tests.oidc.signing import CSRF, begin, granted, signed_in

SESSION = "smoe-session"
SIGN_IN = "smoe-sign-in"


def attributes(cookie: str) -> set[str]:
    return {each.strip().lower() for each in cookie.split(";")[1:]}


def test_somebody_signs_in_and_comes_back_to_where_they_were(
    smoe: Service, browser: Browser, agents: RealProvider
) -> None:
    location = begin(smoe.client, "agents", "/cases?queue=mine")
    asked = parameters(location)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    done = smoe.client.get(browser.sign_in(location, "nobody"), follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/cases?queue=mine")
    session, forgotten = done.headers.get_list("set-cookie")
    assert session.startswith(f"{SESSION}=")
    assert len(session.partition(";")[0]) == len(SESSION) + 1 + 43
    assert attributes(session) == {"path=/", "httponly", "samesite=lax"}, "no HTTPS on this machine: no Secure"
    assert "max-age=0" in attributes(forgotten)
    me = smoe.client.get("/api/me").json()
    assert (me["identity"], me["name"]) == (f"{agents.issuer}#u-nobody", "Jean Personne")
    assert me["is_session"]


def test_a_sign_in_is_recorded_without_name_or_token(smoe: Service, browser: Browser, agents: RealProvider) -> None:
    me = signed_in(smoe.client, browser, "agents", "nobody")
    entry = last(smoe, "SignedIn")
    assert entry.actor is not None
    assert entry.actor.identity == me["identity"]
    assert entry.parameters == {"provider": ("agents",)}
    with psycopg.connect(smoe.settings.database_url) as connection:
        dumped = str(connection.execute("SELECT convert_from(entry, 'utf8') FROM ledger.accesses").fetchall())
        stored = connection.execute("SELECT row_to_json(s)::text FROM identity.sessions s").fetchall()
    assert "u-nobody" in dumped, "what is looked through below is there"
    token = smoe.client.cookies[SESSION]
    assert not [secret for secret in ("Personne", token) if secret in dumped]
    clear = [bytes.fromhex(part) for (row,) in stored for part in _hexadecimal(row)]
    assert clear
    assert not [secret for secret in (b"Personne", b"u-nobody", token.encode()) for each in clear if secret in each]
    shown = smoe.get("auditor", "/api/audit/access", operation="SignedIn").json()["items"]
    assert (shown[0]["title"], shown[0]["actor"]["identity"]) == ("Connexion", me["identity"])


def _hexadecimal(row: str) -> list[str]:
    return [part.removeprefix("\\\\x") for part in row.split('"') if part.startswith("\\\\x")]


@pytest.mark.parametrize("path", ["/api/cases", "/api/queues", "/api/admin", "/api/audit/access", "/api/events"])
def test_an_agent_without_right_is_told_so_and_nothing_else(smoe: Service, browser: Browser, path: str) -> None:
    me = signed_in(smoe.client, browser, "agents", "nobody")
    assert (me["role"], me["roles"], me["rights"]) == (None, [], [])
    refused = smoe.client.get(path)
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Aucun droit en vigueur ne vous a été donné."


def test_a_case_is_as_unknown_to_them_as_one_that_does_not_exist(smoe: Service, browser: Browser) -> None:
    dossier = smoe.file()
    me = signed_in(smoe.client, browser, "agents", "nobody")
    answers = [
        smoe.client.get(path)
        for path in (f"/api/cases/{dossier.id}", "/api/cases/01a20345-0000-7000-8000-000000000000")
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert len({answer.text.replace(answer.json()["instance"], "") for answer in answers}) == 1
    claim = smoe.client.post(f"{dossier.path}/claim", json={}, headers={CSRF: me["csrf_token"]})
    assert (claim.status_code, claim.json()["code"]) == (403, "forbidden")


def test_an_agent_acts_as_appointed_and_by_the_rights_in_force(
    smoe: Service, browser: Browser, agents: RealProvider
) -> None:
    identity = f"{agents.issuer}#u-ines"
    granted(smoe, identity, Role.MANAGER, "Clermont-Ferrand")
    granted(smoe, identity, Role.AGENT, "Clermont-Ferrand")
    me = signed_in(smoe.client, browser, "agents", "ines")
    assert (me["name"], me["quality"]) == ("Claire Vidal", "Instructrice"), "not what the provider calls her"
    assert (me["role"], me["roles"]) == ("agent", ["agent", "manager"])
    assert {right["role"] for right in me["rights"]} == {"agent", "manager"}
    dossier = smoe.file()
    csrf = {CSRF: me["csrf_token"]}
    claimed = smoe.client.post(f"{dossier.path}/claim", json={}, headers=csrf)
    assert claimed.status_code == 200, claimed.text
    assert smoe.desk.history(dossier.id).facts[-1].actor.identity == identity

    chosen = smoe.client.post("/api/me/role", json={"role": "manager"}, headers=csrf)
    assert (chosen.status_code, chosen.json()["role"]) == (200, "manager")
    assert smoe.client.get("/api/me").json()["role"] == "manager"
    refused = smoe.client.post("/api/me/role", json={"role": "admin"}, headers=csrf)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_held")

    today = smoe.clock().date().isoformat()
    revoked = {"identity": identity, "role": "manager", "reason": "Mutation.", "ends_on": today}
    assert smoe.post("admin", "/api/admin/rights/revoke", revoked).status_code == 201
    assert smoe.client.get("/api/me").json()["role"] == "agent", "what was chosen has ended, what is left has not"


def test_an_employer_files_for_their_own_undertaking_alone(smoe: Service, browser: Browser) -> None:
    me = signed_in(smoe.client, browser, "public", "camille")
    assert (me["role"], me["roles"], me["siret"]) == ("employer", ["employer", "mandatary"], "90200029800015")
    csrf = {CSRF: me["csrf_token"]}
    body = filing("introduction_permanent")
    filed = smoe.client.post("/api/cases", json=body, headers=csrf)
    assert filed.status_code == 201, filed.text
    assert smoe.client.get(f"/api/cases/{filed.json()['case']}").status_code == 200

    body["request"]["employer"]["siret"] = "73282932000074"
    refused = smoe.client.post("/api/cases", json=body, headers=csrf)
    assert (refused.status_code, refused.json()["code"]) == (403, "employer_of_another")

    amended = {"request": body["request"], "reason": "Une autre entreprise reprend la demande."}
    other = smoe.client.post(
        f"/api/cases/{filed.json()['case']}/amend",
        json=amended,
        headers=csrf | {"If-Match": f'"{filed.json()["version"]}"'},
    )
    assert (other.status_code, other.json()["code"]) == (403, "employer_of_another")

    as_mandatary = smoe.client.post("/api/cases", json=body, headers=csrf | {"Acting-As": "mandatary"})
    assert as_mandatary.status_code == 422, "it lacks the mandate, and nothing else"
    assert {fault["pointer"] for fault in as_mandatary.json()["faults"]} == {"/request/mandate"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {CSRF: "x" * 43},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_what_another_site_has_a_browser_send_is_refused(
    smoe: Service, browser: Browser, headers: dict[str, str]
) -> None:
    me = signed_in(smoe.client, browser, "public", "camille")
    own = {CSRF: me["csrf_token"], "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    body = filing("introduction_permanent")
    sent = {**({} if not headers or CSRF in headers else own), **headers}
    refused = smoe.client.post("/api/cases", json=body, headers=sent)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert smoe.client.post("/api/sign-out", headers=sent).status_code == 403
    assert smoe.client.post("/api/cases", json=body, headers=own).status_code == 201
    entry = last(smoe, "FileRequest")
    assert (entry.status, entry.actor.identity if entry.actor else None) == (403, me["identity"])


def test_a_token_that_is_shown_decides_and_no_cookie_takes_its_place(smoe: Service, browser: Browser) -> None:
    me = signed_in(smoe.client, browser, "public", "camille")
    shown = smoe.client.get("/api/me", headers=smoe.headers("agent-63")).json()
    assert (shown["identity"], shown["csrf_token"]) == ("local:agent-63", None)
    for worthless in ("Bearer x.y.z", "Bearer ", "Basic eDp5"):
        assert smoe.client.get("/api/me", headers={"Authorization": worthless}).status_code == 401
    filed = smoe.client.post("/api/cases", json=filing("introduction_permanent"), headers=smoe.headers("employer-acme"))
    assert filed.status_code == 201, "no CSRF token where no cookie signs"
    assert smoe.client.get("/api/me").json()["identity"] == me["identity"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/\tevil",
        "/é",
        "",
        "/" + "x" * 500,
    ],
)
def test_nobody_is_sent_elsewhere_afterwards(smoe: Service, elsewhere: str) -> None:
    answer = smoe.client.get("/api/sign-in/agents", params={"return_to": elsewhere}, follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("name", ["unknown", "local", "AGENTS"])
def test_a_provider_that_is_not_configured_is_not_found(smoe: Service, name: str) -> None:
    assert smoe.client.get(f"/api/sign-in/{name}", follow_redirects=False).status_code == 404


def test_the_providers_are_listed(smoe: Service) -> None:
    assert smoe.client.get("/api/sign-in").json()["items"] == [
        {"name": "agents", "title": "ProConnect d'essai", "path": "/api/sign-in/agents"},
        {"name": "public", "title": "public", "path": "/api/sign-in/public"},
    ]


def refused_with(smoe: Service, back: str, cookie: str | None) -> dict[str, Any]:
    """The refusal of an answer that this browser brings."""
    smoe.client.cookies.clear()
    if cookie is not None:
        smoe.client.cookies.set(SIGN_IN, cookie)
    answer = smoe.client.get(back, follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_refused"), answer.text
    assert SESSION not in smoe.client.cookies
    told: dict[str, Any] = answer.json()
    return told


def test_an_answer_serves_once_and_in_the_browser_that_asked(smoe: Service, browser: Browser) -> None:
    back = browser.sign_in(begin(smoe.client, "agents"), "nobody")
    cookie = smoe.client.cookies[SIGN_IN]
    refused_with(smoe, back, None)
    smoe.client.cookies.set(SIGN_IN, cookie)
    assert smoe.client.get(back, follow_redirects=False).status_code == 303
    assert "déjà servi" in refused_with(smoe, back, cookie)["detail"]
    assert last(smoe, "SignInRefused").parameters == {"provider": ("agents",), "reason": ("replayed",)}
    for broken in (cookie[:-4], cookie[4:], "x", cookie[:-1] + ("A" if cookie[-1] != "A" else "B")):
        refused_with(smoe, back, broken)


def test_the_answer_of_one_sign_in_is_not_that_of_another(smoe: Service, browser: Browser) -> None:
    mine = browser.sign_in(begin(smoe.client, "agents"), "nobody")
    my_cookie = smoe.client.cookies[SIGN_IN]
    other = Browser()
    theirs = other.sign_in(begin(smoe.client, "agents"), "ines")
    other.close()
    refused_with(smoe, theirs, my_cookie)
    # An attacker's code in the answer of a sign-in that the victim has begun: PKCE binds each code to its browser.
    stolen = parameters(theirs)["code"]
    injected = mine.replace(parameters(mine)["code"], stolen)
    refused_with(smoe, injected, my_cookie)
    assert last(smoe, "SignInRefused").parameters["reason"] == ("code",)


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("issuer", lambda back, public: _with(back, "iss", "")),
        ("issuer", lambda back, public: _with(back, "iss", public.issuer)),
        ("provider_access_denied", lambda back, public: _with(_with(back, "code", ""), "error", "access_denied")),
        ("provider_unknown", lambda back, public: _with(back, "error", "<script>")),
        ("code", lambda back, public: _with(back, "code", "")),
        ("code", lambda back, public: _with(back, "code", "x" * 43)),
    ],
)
def test_an_answer_that_is_not_the_provider_s_own_is_refused(
    smoe: Service, browser: Browser, public: RealProvider, reason: str, change: Any
) -> None:
    back = browser.sign_in(begin(smoe.client, "agents"), "nobody")
    changed = change(_plain(back), public)
    assert changed != _plain(back)
    refused_with(smoe, changed, smoe.client.cookies[SIGN_IN])
    assert last(smoe, "SignInRefused").parameters["reason"] == (reason,)


def _plain(back: str) -> str:
    """The address written in one way."""
    return _with(back, "state", parameters(back)["state"])


def _with(back: str, name: str, value: str) -> str:
    asked = {**parameters(back), name: value}
    return f"{urlsplit(back).path}?{urlencode({key: text for key, text in asked.items() if text})}"


def test_a_parameter_given_twice_is_refused(smoe: Service, browser: Browser) -> None:
    back = browser.sign_in(begin(smoe.client, "agents"), "nobody")
    answer = smoe.client.get(f"{back}&code=x", follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_session_from_before_ends_when_somebody_signs_in(smoe: Service, browser: Browser) -> None:
    signed_in(smoe.client, browser, "public", "camille")
    before = smoe.client.cookies[SESSION]
    back = browser.sign_in(begin(smoe.client, "public"), "camille")
    smoe.client.get(back, follow_redirects=False)
    after = smoe.client.cookies[SESSION]
    assert before != after
    smoe.client.cookies.clear()
    assert smoe.client.get("/api/me", headers={"Cookie": f"{SESSION}={before}"}).status_code == 401
    assert smoe.client.get("/api/me", headers={"Cookie": f"{SESSION}={after}"}).status_code == 200
    twice = f"{SESSION}={after}; {SESSION}={after}"
    assert smoe.client.get("/api/me", headers={"Cookie": twice}).status_code == 401, "which is meant?"
