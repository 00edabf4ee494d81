"""The application as tests of the API meet it: on real servers, with a clock they move and read models they feed."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from api.app import create_app
from domain.case import Case
from features.bodies import filing
from features.world import VirtualClock as Clock
from ledger.desk import open_ledger
from ledger.settings import Settings
from projections.runner import Runner
from tests.histories import record_administration
from tests.servers import Database


def settings_on(database: Database, valkey_url: str, folder: Path, **more: str) -> Settings:
    """Settings of a trial on these servers, with keys of their own."""
    return Settings.from_environment(
        {
            "DATABASE_URL": database.app_url,
            "SMOE_OWNER_DATABASE_URL": database.owner_url,
            "REDIS_URL": valkey_url,
            "SMOE_DATA_DIR": str(folder),
            "SMOE_SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
            "SMOE_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
            # Tests ask more in a second than anybody at work in a minute.
            "SMOE_RATE_LIMITS": "off",
            **more,
        }
    )


def seed(settings: Settings) -> None:
    """The demonstration's tables, agents, rights and delegations, without any case."""
    ledger = open_ledger(settings)
    record_administration(ledger)
    ledger.close()


@contextmanager
def service_on(settings: Settings, clock: Clock | None = None, *, seeded: bool = False) -> Iterator["Service"]:
    """An application in this process on a virtual clock, seeded unless its database is already."""
    if not seeded:
        seed(settings)
    clock = clock or Clock()
    app = create_app(settings, clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        desk = app.state.desk
        runner = Runner(
            desk.ledger, settings.owner_database_url, reference=desk.tables.shipped, check_key=settings.check_key
        )
        yield Service(client, settings, clock, runner)
        runner.close()


class Service:
    """One application and whoever speaks to it."""

    def __init__(
        self,
        client: TestClient[Litestar],
        settings: Settings,
        clock: Clock,
        runner: Runner,
    ) -> None:
        self.client = client
        self.settings = settings
        self.clock = clock
        self.runner = runner
        self.desk = client.app.state.desk
        self._tokens: dict[str, str] = {}

    def token(self, who: str) -> str:
        if who not in self._tokens:
            answer = self.client.post("/api/local-sign-in", json={"identity": who})
            assert answer.status_code == 200, answer.text
            self._tokens[who] = answer.json()["token"]
        return self._tokens[who]

    def headers(self, who: str | None, **more: str) -> dict[str, str]:
        signed_in = {} if who is None else {"Authorization": f"Bearer {self.token(who)}"}
        return signed_in | more

    def get(self, who: str | None, path: str, **query: Any) -> httpx.Response:
        return self.client.get(path, params=query, headers=self.headers(who))

    def get_current(self, who: str | None, path: str, **query: Any) -> httpx.Response:
        """Read with the read models brought up to date first."""
        self.runner.run_until_current()
        return self.get(who, path, **query)

    def post(
        self,
        who: str | None,
        path: str,
        body: Any,
        *,
        at: int | None = None,
        key: str | None = None,
        **more: str,
    ) -> httpx.Response:
        headers = self.headers(who, **more)
        if at is not None:
            headers["If-Match"] = f'"{at}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.post(path, json=body, headers=headers)

    def file(self, procedure: str = "introduction_permanent", who: str = "employer-acme") -> "Dossier":
        """A request of this procedure, filed."""
        return self.file_body(filing(procedure), who)

    def file_body(self, body: Any, who: str = "employer-acme") -> "Dossier":
        answer = self.post(who, "/api/cases", body)
        assert answer.status_code == 201, answer.text
        return Dossier(self, UUID(answer.json()["case"]), answer.json()["version"])


class Dossier:
    """A case as a test carries it along, with the version last seen."""

    def __init__(self, service: Service, case_id: UUID, version: int) -> None:
        self.service = service
        self.id = case_id
        self.version = version

    @property
    def path(self) -> str:
        return f"/api/cases/{self.id}"

    @property
    def case(self) -> Case:
        """The case as the ledger tells it."""
        found: Case = self.service.desk.history(self.id).case
        return found

    def facts(self) -> list[str]:
        """The types of all facts, oldest first."""
        return [fact.type for fact in self.service.desk.history(self.id).facts]

    def read(self, who: str | None, part: str = "", **query: Any) -> httpx.Response:
        return self.service.get(who, f"{self.path}{part}", **query)

    def give(
        self, who: str, command: str, body: Any = None, *, at: int | None = None, key: str | None = None
    ) -> httpx.Response:
        """Give a command on the version last seen, or on another one."""
        seen = self.version if at is None else at
        answer = self.service.post(who, f"{self.path}/{command}", body or {}, at=seen, key=key)
        if answer.status_code == 200:
            self.version = answer.json()["version"]
        return answer

    def must(self, who: str, command: str, body: Any = None) -> "Dossier":
        """Give a command that has to succeed."""
        answer = self.give(who, command, body)
        assert answer.status_code == 200, f"{command} by {who}: {answer.status_code} {answer.text}"
        return self
