"""The world of a scenario: one application on real servers, a clock that scenarios move, and what they said last."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from domain.case import PARIS
from projections.runner import Runner


class VirtualClock:
    """An hour that only scenarios move; later facts are a second apart."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def go_to(self, day: date) -> None:
        """Nine o'clock in Paris, that day."""
        self.now = datetime.combine(day, time(9), tzinfo=PARIS).astimezone(UTC)

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()


class World:
    """What the steps of one scenario share; every act goes through HTTP."""

    def __init__(self, client: TestClient[Litestar], clock: VirtualClock, runner: Runner) -> None:
        self.client = client
        self.clock = clock
        self.runner = runner
        self.tokens: dict[str, str] = {}
        self.case: UUID | None = None
        self.version = 0
        self.answer: httpx.Response | None = None
        self.bodies: dict[str, Any] = {}
        self.key: str | None = None

    # Talking

    def headers(self, who: str | None) -> dict[str, str]:
        """The bearer token of a demonstration identity, signed in once."""
        if who is None:
            return {}
        if who not in self.tokens:
            answer = self.client.post("/api/local-sign-in", json={"identity": who})
            assert answer.status_code == 200, answer.text
            self.tokens[who] = answer.json()["token"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def file(self, who: str, body: dict[str, Any]) -> httpx.Response:
        """File a request; the case becomes the scenario's."""
        self.answer = self.client.post("/api/cases", json=body, headers=self.headers(who) | self._key_header())
        if self.answer.status_code == 201:
            self.case, self.version = UUID(self.answer.json()["case"]), self.answer.json()["version"]
        return self.answer

    def act(
        self, who: str, command: str, body: dict[str, Any] | None = None, *, at: int | None = None
    ) -> httpx.Response:
        """Give a command on the scenario's case, on the version last seen unless another is named."""
        headers = self.headers(who) | {"If-Match": f'"{self.version if at is None else at}"'} | self._key_header()
        self.answer = self.client.post(f"/api/cases/{self.case}/{command}", json=body or {}, headers=headers)
        if self.answer.status_code == 200:
            self.version = max(self.version, self.answer.json()["version"])
        return self.answer

    def must(self, who: str, command: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Give a command that has to succeed, to bring the case where a scenario begins."""
        answer = self.act(who, command, body)
        assert answer.status_code == 200, f"{command} by {who}: {answer.status_code} {answer.text}"
        return answer

    def read(self, who: str | None, path: str, **query: Any) -> httpx.Response:
        """Read as somebody."""
        self.answer = self.client.get(path, params=query, headers=self.headers(who))
        return self.answer

    def with_key(self, key: str | None) -> None:
        """The idempotency key of the acts that follow."""
        self.key = key

    def _key_header(self) -> dict[str, str]:
        return {"Idempotency-Key": self.key} if self.key else {}

    # Looking

    def state(self, who: str = "auditor") -> Any:
        """The case as an auditor reads it."""
        answer = self.client.get(f"/api/cases/{self.case}", headers=self.headers(who))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def history(self, who: str = "auditor", **query: Any) -> list[Any]:
        """The lines of the history, the read models brought up to date first."""
        self.runner.run_until_current()
        answer = self.client.get(f"/api/cases/{self.case}/history", params=query, headers=self.headers(who))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["lines"])

    def recorded(self) -> list[str]:
        """The types of all facts of the case, oldest first."""
        return [line["type"] for line in self.history()]

    def clocks(self) -> dict[str, Any]:
        """Every clock of the case by its identifier; the newest where several bear one."""
        answer = self.client.get(f"/api/cases/{self.case}/clocks", headers=self.headers("auditor"))
        assert answer.status_code == 200, answer.text
        return {clock["id"]: clock for clock in answer.json()["clocks"]}


def found(value: Any, path: str) -> Any:
    """The value at a dotted path such as `decisions.-1.signed.reasons.0.fact`."""
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def told(value: Any) -> str:
    """A JSON value as tables of scenarios write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(told(each) for each in value)
    return str(value)


def fresh_key() -> str:
    """A key that no other scenario used."""
    return uuid4().hex


Maker = Callable[[], World]
