"""Real providers of OpenID Connect for the tests: one Node process a session, whose keys and accounts tests choose."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.servers import free_port

HERE: Final = Path(__file__).parent
FILES: Final = ("package.json", "package-lock.json", ".npmrc", "provider.js")
ORIGIN: Final = "http://127.0.0.1:18231"
"""Where browsers find smoe in these tests, though nobody listens there: what comes back is brought by hand."""
AUDIENCE: Final = "https://smoe.example/api"
OTHER_AUDIENCE: Final = "https://other.example/api"
SHORT_AUDIENCE: Final = "https://short.example/api"
SECRET: Final = "a secret of the client, long enough"
TTL: Final = {"AccessToken": 600, "IdToken": 600, "RefreshToken": 3_600, "Session": 3_600, "Grant": 3_600}
SCOPES: Final = {
    "uid": ["uid"],
    "given_name": ["given_name"],
    "usual_name": ["usual_name"],
    "siret": ["siret"],
    "organizational_unit": ["organizational_unit"],
}
ACCOUNTS: Final[dict[str, dict[str, str]]] = {
    "ines": {"uid": "u-ines", "given_name": "Inès", "usual_name": "Morel", "organizational_unit": "PMOE 63"},
    "karim": {"uid": "u-karim", "given_name": "Karim", "usual_name": "Aubry", "organizational_unit": "PMOE 63"},
    "nobody": {"uid": "u-nobody", "given_name": "Jean", "usual_name": "Personne"},
    "camille": {"uid": "u-camille", "given_name": "Camille", "usual_name": "Renard", "siret": "90200029800015"},
    "paul": {"uid": "u-paul", "given_name": "Paul", "usual_name": "Durand", "siret": "73282932000074"},
}


def rsa(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def ec(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


def ed(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})


def private(*keys: RSAKey | ECKey | OKPKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=True) for key in keys]}


def public_pem(key: RSAKey) -> bytes:
    return bytes(key.as_pem(private=False))


class Node:
    """The process that plays all providers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def tell(self, order: str, **given: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"order": order, **given}) + "\n")
        self.process.stdin.flush()
        while not (line := self.process.stdout.readline()).startswith("{"):
            assert line, "the provider has ended"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["done"]


@contextmanager
def node(folder: Path) -> Iterator[Node]:
    """Install what is locked, and start the process; it ends with the block."""
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            ["node", "provider.js"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield Node(process)
        finally:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            process.wait(10)
            process.stdout.close()


class RealProvider:
    """One provider, its private keys, and how to be a client or a browser of it."""

    def __init__(self, on: Node, name: str, *keys: RSAKey | ECKey | OKPKey, **client: Any) -> None:
        self.node = on
        self.name = name
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.keys = keys
        web = {
            "client_id": "smoe",
            "client_secret": SECRET,
            "redirect_uris": [f"{ORIGIN}/api/sign-in/callback"],
            "post_logout_redirect_uris": [f"{ORIGIN}/"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            **client,
        }
        partner = {
            "client_id": "ofii",
            "client_secret": SECRET,
            "redirect_uris": [],
            "response_types": [],
            "grant_types": ["client_credentials"],
        }
        on.tell(
            "start",
            name=name,
            port=self.port,
            issuer=self.issuer,
            clients=[web, partner],
            jwks=private(*keys),
            accounts=ACCOUNTS,
            resources={SHORT_AUDIENCE: {"ttl": 1}},
            ttl=TTL,
            scopes=SCOPES,
        )

    def live(self, **seconds: int) -> None:
        """Issue tokens of these lives instead of the usual ones."""
        self.node.tell("live", name=self.name, ttl={**TTL, **seconds})

    def rotate(self, *keys: RSAKey | ECKey | OKPKey) -> None:
        self.keys = keys
        self.node.tell("rotate", name=self.name, jwks=private(*keys))

    def stop(self) -> None:
        self.node.tell("stop", name=self.name)

    def resume(self) -> None:
        self.node.tell("resume", name=self.name)

    def asked(self, path: str) -> int:
        """How often an address was asked for."""
        return int(self.node.tell("count", name=self.name, path=path))

    def partner_token(self, audience: str = AUDIENCE) -> str:
        """An access token of a partner system, by client credentials."""
        form = {"grant_type": "client_credentials", "resource": audience, "scope": "api"}
        answer = httpx.post(f"{self.issuer}/token", data=form, auth=("ofii", SECRET))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


class Browser:
    """Goes where it is sent and fills in forms, with the cookies of providers; smoe is told what it comes back with."""

    def __init__(self) -> None:
        self.client = httpx.Client(follow_redirects=False)

    def close(self) -> None:
        self.client.close()

    def sign_in(self, location: str, login: str) -> str:
        """From where smoe sends it to the address that it comes back to, having signed in as somebody."""
        for _ in range(12):
            if location.startswith(ORIGIN):
                return location.removeprefix(ORIGIN)
            answer = self.client.get(location)
            if answer.is_redirect:
                location = urljoin(location, answer.headers["location"])
                continue
            assert answer.status_code == 200, answer.text
            prompt = "login" if 'name="login"' in answer.text else "consent"
            form = {"prompt": prompt, "login": login, "password": "x"}
            answer = self.client.post(location, data=form)
            assert answer.is_redirect, answer.text
            location = urljoin(location, answer.headers["location"])
        raise AssertionError("the provider does not come to an end")

    def sign_out(self, location: str) -> str:
        """From where smoe sends it to sign out to where the provider sends it afterwards."""
        answer = self.client.get(location)
        assert answer.status_code == 200, answer.text
        xsrf = answer.text.partition('name="xsrf" value="')[2].partition('"')[0]
        parts = urlsplit(location)
        confirm = f"{parts.scheme}://{parts.netloc}{parts.path}/confirm"
        answer = self.client.post(confirm, data={"xsrf": xsrf, "logout": "yes"})
        assert answer.is_redirect, answer.text
        return str(answer.headers["location"])


def parameters(address: str) -> dict[str, str]:
    """The parameters of an address, each once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
