"""Asking a provider of identity: little, soon, never elsewhere than where it was asked."""

import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import httpx
import msgspec

SECONDS_MAX: Final = 5.0
BYTES_MAX: Final = 262_144


class ProviderUnavailable(Exception):
    """A provider does not answer, or answers what nobody can use: the same may be asked again later."""


class ProviderRefused(Exception):
    """A provider has refused, with the code that it gives for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Answer(NamedTuple):
    """What a provider has answered."""

    media_type: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """The answer as a JSON object. Raises ProviderUnavailable."""
        try:
            found = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ProviderUnavailable("an answer that is no JSON") from error
        if not isinstance(found, dict):
            raise ProviderUnavailable("an answer that is no object")
        return found


class Fetcher:
    """Speaks HTTP to providers; safe to share between threads."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=SECONDS_MAX, follow_redirects=False)

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """What stands at an address. Raises ProviderUnavailable, ProviderRefused."""
        return self._ask("GET", address, headers=dict(headers or {}))

    def post(self, address: str, form: Mapping[str, str], auth: tuple[str, str] | None) -> Answer:
        """What is answered to a form. Raises ProviderUnavailable, ProviderRefused."""
        return self._ask("POST", address, data=dict(form), auth=auth, headers={"Accept": "application/json"})

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    def _ask(self, method: str, address: str, **more: Any) -> Answer:
        until = time.monotonic() + SECONDS_MAX
        body = b""
        try:
            with self._client.stream(method, address, **more) as response:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > BYTES_MAX or time.monotonic() > until:
                        raise ProviderUnavailable("an answer that is too long")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        answer = Answer(response.headers.get("Content-Type", "").partition(";")[0].strip().lower(), body)
        if response.status_code == 200:
            return answer
        if 400 <= response.status_code < 500 and response.status_code not in {408, 429}:
            raise ProviderRefused(_code(answer))
        raise ProviderUnavailable(f"status {response.status_code}")


def _code(answer: Answer) -> str:
    """The code of an error that OAuth names; nothing else of an answer is believed or kept."""
    try:
        code = answer.json().get("error")
    except ProviderUnavailable:
        return "unknown"
    return code if isinstance(code, str) and code.replace("_", "").isalpha() and len(code) < 64 else "unknown"
