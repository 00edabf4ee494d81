"""Signing in and out in tests, and tokens that no provider would make out."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import RSAKey
from litestar.testing import TestClient

from domain.administration import ADMINISTRATION_STREAM
from domain.envelope import SYSTEM, Role
from domain.events import AgentAppointed, RightsGranted
from ledger.desk import Desk
from tests.api.service import Service
from tests.oidc.provider import AUDIENCE, ORIGIN, SECRET, Browser, RealProvider

CSRF = "X-CSRF-Token"


def begin(client: TestClient[Any], provider: str, return_to: str = "/") -> str:
    """Where the browser is sent."""
    begun = client.get(f"/api/sign-in/{provider}", params={"return_to": return_to}, follow_redirects=False)
    assert begun.status_code == 303, begun.text
    return str(begun.headers["location"])


def signed_in(
    client: TestClient[Any], browser: Browser, provider: str, login: str, return_to: str = "/"
) -> dict[str, Any]:
    """Sign somebody in; what they are told of themselves."""
    back = browser.sign_in(begin(client, provider, return_to), login)
    done = client.get(back, follow_redirects=False)
    assert done.status_code == 303, done.text
    assert done.headers["location"] == return_to
    told: dict[str, Any] = client.get("/api/me").json()
    return told


def granted(smoe: Service, identity: str, role: Role, *platforms: str) -> None:
    """Appoint somebody and give them a right, as an administrator would."""
    today = smoe.clock().date().isoformat()
    agent = {
        "identity": identity,
        "name": "Claire Vidal",
        "quality": "Instructrice",
        "service": "Plateforme de main-d'œuvre étrangère de Clermont-Ferrand",
        "platform": "Clermont-Ferrand",
        "appointed_on": today,
    }
    smoe.post("admin", "/api/admin/agents", agent)
    right = {"identity": identity, "role": role.value, "platforms": platforms, "starts_on": today}
    answer = smoe.post("admin", "/api/admin/rights", right)
    assert answer.status_code == 201, answer.text


def user_token(browser: Browser, provider: RealProvider, login: str, audience: str = AUDIENCE) -> dict[str, str]:
    """The tokens that another client of the provider gets for somebody: an access token for an API, an ID token."""
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = (
        f"response_type=code&client_id=smoe&redirect_uri={ORIGIN}/api/sign-in/callback&scope=openid%20api&nonce=n"
        f"&code_challenge={challenge}&code_challenge_method=S256&resource={audience}&state=s"
    )
    back = browser.sign_in(f"{provider.issuer}/auth?{query}", login)
    code = back.partition("code=")[2].partition("&")[0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"{ORIGIN}/api/sign-in/callback",
        "code_verifier": verifier,
        "resource": audience,
    }
    is_basic = provider.name == "agents"
    if not is_basic:
        form |= {"client_id": "smoe", "client_secret": SECRET}
    answer = browser.client.post(f"{provider.issuer}/token", data=form, auth=("smoe", SECRET) if is_basic else None)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token."""
    header, claims = (json.loads(base64.urlsafe_b64decode(each + "==")) for each in token.split(".")[:2])
    return header, claims


def signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """A token signed with a private key."""
    return jws.serialize_compact(header, json.dumps(claims).encode(), key, algorithms=[header["alg"]])


def signed_by_hand(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    """A token of RS256 whose header may be anything, also what a library would not write."""
    body = f"{part(header)}.{part(claims)}"
    mark = key.private_key.sign(body.encode(), PKCS1v15(), SHA256())
    return f"{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def signed_with_text(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """A token of HS256 whose secret is any text, such as a public key."""
    body = f"{part(header)}.{part(claims)}"
    mac = hmac.digest(secret, body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def access_claims(provider: RealProvider, **changes: Any) -> dict[str, Any]:
    """Claims of an access token for us, as the provider would make it out to its partner."""
    now = int(time.time())
    claims = {
        "iss": provider.issuer,
        "aud": AUDIENCE,
        "sub": "ofii",
        "client_id": "ofii",
        "iat": now,
        "exp": now + 300,
        "jti": "j",
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def record(desk: Desk, *facts: AgentAppointed | RightsGranted) -> None:
    """Facts of the administration that no command records yet."""
    version, head = desk.decided().end
    desk.ledger.append(
        ADMINISTRATION_STREAM,
        facts,
        expected_version=version,
        previous_hash=head,
        actor=SYSTEM,
        command=uuid4(),
    )
