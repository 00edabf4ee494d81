"""A process killed between commit and answer: the repeated command has one effect and one answer."""

import base64
import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from features.bodies import changed, filing
from ledger.desk import open_ledger
from ledger.settings import Settings
from tests.api.crashing_server import DEATHS, MARK
from tests.api.service import seed, settings_on
from tests.servers import Database, free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30.0


class Mortal:
    """The address of servers that die of marked keys, and what becomes of the commands they are given."""

    def __init__(self, address: str, settings: Settings, deaths: Path) -> None:
        self.address = address
        self.settings = settings
        self.deaths = deaths
        self.tokens: dict[str, str] = {}

    def post(self, who: str | None, path: str, body: Any, **headers: str) -> httpx.Response:
        """Post until answered: whoever lost the connection repeats, as any client does."""
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                # A connection of its own each time: none is kept to a server that may be gone.
                return httpx.post(f"{self.address}{path}", json=body, headers=headers, timeout=10, trust_env=False)
            except httpx.TransportError:
                assert time.monotonic() < give_up_at, f"nobody answers {path}"
                time.sleep(0.02)

    def token(self, who: str) -> str:
        if who not in self.tokens:
            answer = self.post(None, "/api/local-sign-in", {"identity": who})
            assert answer.status_code == 200, answer.text
            self.tokens[who] = answer.json()["token"]
        return self.tokens[who]

    def killing(self, who: str, path: str, body: Any, key: str, **headers: str) -> Any:
        """Give a command that kills its server after the commit, then twice more; the one answer it ever has."""
        answers = [self.post(who, path, body, **headers, **{"Idempotency-Key": key}) for _ in range(3)]
        first = answers[0]
        assert first.status_code in {200, 201}, first.text
        for again in answers[1:]:
            assert (again.status_code, again.content) == (first.status_code, first.content)
            for header in ("etag", "x-position", "location", "content-type"):
                assert again.headers.get(header) == first.headers.get(header)
        return first.json()

    def died_of(self) -> Counter[str]:
        return Counter(self.deaths.read_text().split())


@pytest.fixture
def mortal(database: Database, valkey_url: str, tmp_path: Path) -> Iterator[Mortal]:
    settings = settings_on(database, valkey_url, tmp_path)
    seed(settings)
    port = free_port()
    deaths = tmp_path / "deaths"
    deaths.touch()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(tmp_path),
        "SMOE_SECRET_KEY": settings.secret_key,
        "SMOE_RATE_LIMITS": "off",
        "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
        "PORT": str(port),
        DEATHS: str(deaths),
    }
    with (tmp_path / "servers.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.api.crashing_server"]
        program = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield Mortal(f"http://127.0.0.1:{port}", settings, deaths)
        finally:
            program.kill()
            program.wait()


def commands(mortal: Mortal) -> Iterator[tuple[str, str]]:
    """Fifty commands, each of which kills a server: who records what under which key."""
    numbers = iter(range(50))

    def key() -> str:
        return f"{MARK}{next(numbers)}"

    for number in range(10):
        body = filing("introduction_permanent")
        # The server's clock is the real one.
        changed(body, "/request/job/start", (date.today() + timedelta(days=120)).isoformat())
        body["documents"] = body["documents"][:1]
        used = key()
        filed = mortal.killing("employer-acme", "/api/cases", body, used)
        yield used, "RequestFiled RegistrationReceiptIssued RequestRouted AcknowledgementIssued"
        path = f"/api/cases/{filed['case']}"
        used = key()
        claimed = mortal.killing("agent-63", f"{path}/claim", {}, used)
        yield used, "CaseClaimed"
        used = key()
        noted = mortal.killing("agent-63", f"{path}/add-note", {"text": f"Note {number}."}, used)
        assert noted["version"] == claimed["version"] + 1
        yield used, "NoteAdded"
        used = key()
        asked = {"items": [{"item": "contributions_certificate"}], "delay_days": 30, "message": "À fournir."}
        version = f'"{noted["version"]}"'
        wanted = mortal.killing("agent-63", f"{path}/request-missing-items", asked, used, **{"If-Match": version})
        yield used, "MissingItemsRequested"
        used = key()
        document = {
            "item": "contributions_certificate",
            "title": "Attestation de paiement des cotisations",
            "sha256": hashlib.sha256(f"{number}".encode()).hexdigest(),
        }
        supplied = {"request": "M1", "documents": [document]}
        version = f'"{wanted["version"]}"'
        mortal.killing("employer-acme", f"{path}/supply-missing-items", supplied, used, **{"If-Match": version})
        yield used, "MissingItemsSupplied"


def test_fifty_deaths_between_commit_and_answer(mortal: Mortal) -> None:
    expected = dict(commands(mortal))
    assert len(expected) == 50
    assert mortal.died_of() == Counter(dict.fromkeys(expected, 1)), "each command was committed, and killed, once"
    recorded: dict[str, list[str]] = {key: [] for key in expected}
    commands_of: dict[str, set[UUID]] = {key: set() for key in expected}
    ledger = open_ledger(mortal.settings)
    for fact in ledger.read(0, 1_000):
        if fact.command_key is not None:
            recorded[fact.command_key].append(fact.type)
            commands_of[fact.command_key].add(fact.command)
    ledger.close()
    assert {key: " ".join(types) for key, types in recorded.items()} == expected
    assert all(len(commands) == 1 for commands in commands_of.values())
