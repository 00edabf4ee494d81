"""The world of a scenario: one application on real servers, a clock that scenarios move, and what they said last."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from domain.case import PARIS
from projections.runner import Runner

FIRST_MORNING = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
"""Nine o'clock in Paris on the day that scenarios begin unless they name another."""


class VirtualClock:
    """An hour that only scenarios move; later facts are a second apart."""

    def __init__(self) -> None:
        self.now = FIRST_MORNING

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def restart(self) -> None:
        """Back to the first morning, for the next scenario."""
        self.now = FIRST_MORNING

    def go_to(self, day: date) -> None:
        """Nine o'clock in Paris, that day."""
        self.now = datetime.combine(day, time(9), tzinfo=PARIS).astimezone(UTC)

    @property
    def today(self) -> date:
        """The day in Paris."""
        return self.now.astimezone(PARIS).date()


class World:
    """What the steps of one scenario share; every act goes through HTTP."""

    def __init__(
        self, client: TestClient[Litestar], clock: VirtualClock, runner: Runner, tokens: dict[str, str]
    ) -> None:
        self.client = client
        self.clock = clock
        self.runner = runner
        self.tokens = tokens
        self.case: UUID | None = None
        self.number = ""
        self.version = 0
        self.answers: list[httpx.Response] = []
        self.body: dict[str, Any] = {}
        """The body of the last filing."""
        self.keys: dict[str, str] = {}
        self.administration_is_own = False

    @property
    def answer(self) -> httpx.Response:
        """What was answered last."""
        assert self.answers, "the scenario has asked nothing yet"
        return self.answers[-1]

    # Talking

    def headers(self, who: str | None) -> dict[str, str]:
        """The bearer token of a demonstration identity, signed in once a session."""
        if who is None:
            return {}
        if who not in self.tokens:
            answer = self.client.post("/api/local-sign-in", json={"identity": who})
            assert answer.status_code == 200, answer.text
            self.tokens[who] = answer.json()["token"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def file(self, who: str | None, body: dict[str, Any], *, key: str | None = None) -> httpx.Response:
        """File a request; the case becomes the scenario's."""
        self.body = body
        headers = self.headers(who) | ({"Idempotency-Key": key} if key else {})
        answer = self._heard(self.client.post("/api/cases", json=body, headers=headers))
        if answer.status_code == 201:
            told = answer.json()
            self.case, self.version, self.number = UUID(told["case"]), told["version"], told["number"]
        return answer

    def act(
        self,
        who: str | None,
        command: str,
        body: dict[str, Any] | None = None,
        *,
        at: int | None = None,
        unread: bool = False,
        key: str | None = None,
    ) -> httpx.Response:
        """Give a command on the scenario's case, on the version last seen, on another one, or `unread` on none."""
        headers = self.headers(who) | ({"Idempotency-Key": key} if key else {})
        if not unread:
            headers["If-Match"] = f'"{self.version if at is None else at}"'
        answer = self._heard(self.client.post(f"/api/cases/{self.case}/{command}", json=body or {}, headers=headers))
        if answer.status_code == 200:
            self.version = max(self.version, answer.json()["version"])
        return answer

    def must(self, who: str, command: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Give a command that has to succeed, to bring the case where a scenario begins."""
        answer = self.act(who, command, body)
        assert answer.status_code == 200, f"{command} by {who}: {answer.status_code} {answer.text}"
        return answer

    def administer(self, who: str | None, command: str, body: dict[str, Any]) -> httpx.Response:
        """Give a command on the administration, which no other scenario may see."""
        assert self.administration_is_own, "say first: Given an administration of its own"
        return self._heard(self.client.post(f"/api/admin/{command}", json=body, headers=self.headers(who)))

    def read(self, who: str | None, path: str = "", **query: Any) -> httpx.Response:
        """Read the scenario's case, or a part of it such as `/history`, as somebody."""
        answer = self.client.get(f"/api/cases/{self.case}{path}", params=query, headers=self.headers(who))
        return self._heard(answer)

    def get(self, who: str | None, address: str, **query: Any) -> httpx.Response:
        """Read any address as somebody, the read models brought up to date first."""
        self.runner.run_until_current()
        return self._heard(self.client.get(address, params=query, headers=self.headers(who)))

    def _heard(self, answer: httpx.Response) -> httpx.Response:
        self.answers.append(answer)
        return answer

    # Looking

    def state(self, who: str = "auditor") -> Any:
        """The case as somebody reads it."""
        return self._looked("", who)

    def history(self, who: str = "auditor", **query: Any) -> list[Any]:
        """The lines of the history, the read models brought up to date first."""
        self.runner.run_until_current()
        return list(self._looked("/history", who, **query)["lines"])

    def recorded(self) -> list[str]:
        """The types of all facts of the case, oldest first."""
        return [line["type"] for line in self.history()]

    def clocks(self) -> list[Any]:
        """Every clock of the case today."""
        return list(self._looked("/clocks", "auditor")["clocks"])

    def conditions(self, who: str) -> list[Any]:
        """The conditions that a decision of today is judged by, as an agent reads them."""
        return list(self._looked("/conditions", who)["conditions"])

    def _looked(self, path: str, who: str, **query: Any) -> Any:
        answer = self.client.get(f"/api/cases/{self.case}{path}", params=query, headers=self.headers(who))
        assert answer.status_code == 200, f"{path or 'the case'} read by {who}: {answer.text}"
        return answer.json()


def found(value: Any, path: str) -> Any:
    """The value at a dotted path such as `decisions.-1.signed.reasons.0.fact`; `count` is a list's length."""
    for part in path.split("."):
        if isinstance(value, list):
            value = len(value) if part == "count" else value[int(part)]
        else:
            assert part in (value if isinstance(value, dict) else {}), f"nothing at « {part} » of {path} in {value}"
            value = value[part]
    return value


def told(value: Any) -> str:
    """A JSON value as tables of scenarios write it."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case "":
            return '""'
        case []:
            return "[]"
        case list():
            return ", ".join(told(each) for each in value)
        case dict():
            raise AssertionError(f"a table asks for a single value, this has members: {value}")
    return str(value)


def agrees(actual: Any, wanted: str) -> bool:
    """Whether a value is what a cell says; `…text…` asks that it contains the text."""
    if len(wanted) > 2 and wanted.startswith("…") and wanted.endswith("…"):
        return wanted[1:-1] in told(actual)
    return told(actual) == wanted
