"""The API as a person uses it: signing in, commands on the version last seen, files, reads as new as the last write."""

import os
import time
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx

URL = os.environ.get("SMOE_URL", "http://127.0.0.1:8000")
FILES = Path(__file__).parent / "files"
WAIT_SECONDS_MAX = 600
"""A first start writes the letters of the invented cases first."""


class Failed(Exception):
    """The service did not do what a step needs."""


class Smoe:
    """The API as one caller after another uses it; remembers the version of each case it has seen."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        self.tokens: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.position = 0

    def headers(self, who: str) -> dict[str, str]:
        """Sign in once and carry the token."""
        if who not in self.tokens:
            answer = self.http.post("/api/local-sign-in", json={"identity": who})
            self.tokens[who] = self.checked(answer, 200)["token"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def checked(self, answer: httpx.Response, status: int) -> Any:
        """The body of an answer that has to have this status."""
        if answer.status_code != status:
            raise Failed(f"{answer.request.method} {answer.request.url.path} : {answer.status_code} {answer.text}")
        return answer.json()

    def file(self, who: str, body: dict[str, Any]) -> str:
        """File a request; the same key would get the same answer again."""
        headers = self.headers(who) | {"Idempotency-Key": uuid.uuid4().hex}
        body = self.checked(self.http.post("/api/cases", json=body, headers=headers), 201)
        self.note(body)
        say(who, f"dépose la demande {body['number']}")
        return str(body["case"])

    def act(self, who: str, case: str, command: str, body: dict[str, Any] | None = None) -> Any:
        """Give a command on the version last seen."""
        headers = self.headers(who) | {"If-Match": f'"{self.versions[case]}"', "Idempotency-Key": uuid.uuid4().hex}
        answer = self.checked(self.http.post(f"/api/cases/{case}/{command}", json=body or {}, headers=headers), 200)
        self.note(answer)
        return answer

    def read(self, who: str, path: str, **query: Any) -> Any:
        """Read something, no older than what was just written."""
        return self.checked(self.http.get(path, params=query, headers=self.headers(who)), 200)

    def send(self, who: str, method: str, path: str, file: Path | bytes, **fields: str) -> httpx.Response:
        """Send a file, with what is said of it, as a form does; `If-Match` comes with a `request` alone."""
        case = path.split("/")[3]
        headers = self.headers(who) | {"Idempotency-Key": uuid.uuid4().hex}
        if "request" in fields:
            headers["If-Match"] = f'"{self.versions[case]}"'
        name, content = ("envoi.pdf", file) if isinstance(file, bytes) else (file.name, file.read_bytes())
        return self.http.request(method, path, headers=headers, data=fields, files={"file": (name, content)})

    def fetch(self, who: str, path: str) -> bytes:
        """The bytes of a letter or an archive."""
        answer = self.http.get(path, headers=self.headers(who))
        if answer.status_code != 200:
            raise Failed(f"GET {path} : {answer.status_code} {answer.text}")
        return answer.content

    def until(self, what: str, found: Callable[[], Any]) -> Any:
        """Wait for what the worker does by itself."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not (answer := found()):
            if time.monotonic() > deadline:
                raise Failed(f"{what} : rien au bout de {WAIT_SECONDS_MAX} s")
            time.sleep(0.5)
        return answer

    def note(self, answer: Any) -> None:
        """Remember how far a case, and the service, have come."""
        self.versions[answer["case"]] = answer["version"]
        self.position = max(self.position, answer["position"] or 0)


def say(who: str, what: str) -> None:
    """Print a step."""
    print(f"  · {who:<16} {what}")


def chapter(title: str) -> None:
    """Print the title of a part."""
    print(f"\n{title}\n{'─' * len(title)}")


def french(day: str | None) -> str:
    """A date as French writes it."""
    return date.fromisoformat(day).strftime("%d/%m/%Y") if day else "sans date"
