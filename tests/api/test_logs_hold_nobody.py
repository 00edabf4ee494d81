"""Everything that real processes write down, PostgreSQL included, holds no person, no key and no token."""

import base64
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from cli import embedded
from features.bodies import changed, filing
from ledger.settings import Settings
from tests.api.service import seed, settings_on
from tests.fuzzing.campaign import Served, served
from tests.servers import Database

ROOT = Path(__file__).parents[2]
WORKER_SECONDS = 30.0
NAME, GIVEN, BIRTH, PASSPORT = "Zbigniewska-Quarré", "Ottoline Peregrina", "1971-08-23", "QX7719034"
MAIL, PHRASE = "ottoline.quarre@example.org", "motif confidentiel de Zbigniewska"
PERSONAL = (NAME, GIVEN, BIRTH, PASSPORT, MAIL, PHRASE, "Zbigniewska", "Peregrina", "Quarr", "23/08/1971")
PASSWORD = "pw-9c1f77e0a2b64"


class Written:
    """All that was written to any log since the test began."""

    def __init__(self, folder: Path, postgres_log: Path) -> None:
        self.folder = folder
        self.postgres_log = postgres_log
        self.begins_at = postgres_log.stat().st_size

    def text(self) -> str:
        parts = [path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))]
        return "\n".join([*parts, self.of_postgres()])

    def of_postgres(self) -> str:
        with self.postgres_log.open("rb") as log:
            log.seek(self.begins_at)
            return log.read().decode(errors="replace")


@pytest.fixture
def written(tmp_path: Path, servers_folder: Path) -> Written:
    return Written(tmp_path, servers_folder / "postgres.log")


@pytest.fixture
def place(database: Database, valkey_url: str, tmp_path: Path, written: Written) -> Iterator[Served]:
    settings = settings_on(database, valkey_url, tmp_path)
    seed(settings)
    with served(settings, tmp_path, SMOE_WITNESSES="") as place:
        yield place


def filed_body(**changes: Any) -> dict[str, Any]:
    body = filing("introduction_permanent")
    worker = body["request"]["worker"]
    worker |= {"family_name": NAME, "given_names": GIVEN, "birth_date": BIRTH, "passport_number": PASSPORT}
    body["request"]["employer"]["email"] = MAIL
    changed(body, "/request/job/start", (date.today() + timedelta(days=120)).isoformat())
    for pointer, value in changes.items():
        changed(body, pointer, value)
    return body


def command(settings: Settings, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A command of smoe, whose output is a log."""
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "SMOE_OWNER_DATABASE_URL": settings.owner_database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(folder),
        "SMOE_SECRET_KEY": settings.secret_key,
        "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
        "SMOE_PROJECTION_WORKERS": "1",
    }
    with (folder / f"{'-'.join(arguments)}.log".replace("/", "_")).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "cli", *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log
        )


def provoke(place: Served, tmp_path: Path) -> tuple[str, list[httpx.Response]]:
    """Everything that goes wrong with somebody's data in hand; the token that it was done with."""
    answers = []
    with httpx.Client(base_url=place.url, trust_env=False, timeout=30) as client:
        token = client.post("/api/local-sign-in", json={"identity": "employer-acme"}).json()["token"]
        auditor = client.post("/api/local-sign-in", json={"identity": "auditor"}).json()["token"]
        own = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        assert client.post("/api/cases", json=filed_body(), headers=own).status_code == 201
        whole = httpx.Request("POST", place.url, json=filed_body()).content
        for content in (whole[:-40], whole + b"}", whole.replace(b'"MA"', b'"' + NAME.encode() + b'"'), b"{'" + whole):
            answers.append(client.post("/api/cases", content=content, headers=own))
        answers.append(client.post("/api/cases", json=filed_body(**{"/request/worker/birth_date": NAME}), headers=own))
        answers.append(client.post("/api/cases", json=filed_body(**{"/request/job/start": PHRASE}), headers=own))
        for query in (
            {"q": NAME, "cursor": PASSPORT},
            {"q": NAME, "limit": PHRASE},
            {"access_token": token, "q": "\x00"},
        ):
            answers.append(client.get("/api/cases", params=query, headers={"Authorization": f"Bearer {auditor}"}))
        answers.append(client.get("/api/permits/check", params={"number": PASSPORT, "birth_date": BIRTH}))
        answers.append(client.get(f"/api/dashboards/{NAME}", headers={"Authorization": f"Bearer {auditor}"}))
        answers.append(client.get("/api/queues", headers={"Authorization": f"Bearer {token}x"}))
        answers.append(
            client.get("/api/queues", headers={"Authorization": f"Basic {PASSWORD}", "Cookie": f"s={token}"})
        )
    return token, answers


def refuse_all(database: Database, table: str, condition: str) -> None:
    """Have PostgreSQL refuse every new row of a table, which it does with the whole row in its message."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT broken CHECK ({condition}) NOT VALID")  # type: ignore[arg-type]


def mistype_names(database: Database) -> None:
    """Have PostgreSQL take names for numbers, which it refuses with the name in the first line of its message."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE read.cases DROP CONSTRAINT broken")
        connection.execute("ALTER TABLE read.cases ALTER COLUMN worker_name TYPE integer USING 0")


def test_nobody_and_no_secret_is_in_any_log(
    place: Served, database: Database, tmp_path: Path, written: Written
) -> None:
    settings = place.settings
    token, answers = provoke(place, tmp_path)
    assert {answer.status_code for answer in answers} >= {400, 401, 404}

    # The worker shows the case, then cannot.
    worker = command(settings, tmp_path, "worker")
    try:
        wait_until(lambda: rows(database, "read.cases") == 1)
        refuse_all(database, "read.cases", "false")
        with httpx.Client(base_url=place.url, trust_env=False, timeout=30) as client:
            own = {"Authorization": f"Bearer {token}"}
            assert client.post("/api/cases", json=filed_body(), headers=own).status_code == 201
            wait_until(lambda: rows(database, "read.parked") == 1)
            mistype_names(database)
            assert client.post("/api/cases", json=filed_body(), headers=own).status_code == 201
            wait_until(lambda: rows(database, "read.parked") == 2)
            # And the ledger itself refuses: an error of ours, with somebody's data in hand.
            refuse_all(database, "ledger.events", "false")
            broken = client.post("/api/cases", json=filed_body(), headers=own)
            assert broken.status_code == 500, broken.text
            assert broken.json()["code"] == "internal"
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    for arguments in (("projection", "list"), ("ledger", "verify"), ("ledger", "state"), ("projection", "retry")):
        command(settings, tmp_path, *arguments).wait(timeout=60)
    # An address that is wrong is told of without its password.
    wrong = settings.database_url.replace("smoe_app@", f"smoe_app:{PASSWORD}@").replace(database.name, "nowhere")
    assert PASSWORD in wrong
    command(
        Settings.from_environment(
            {
                "DATABASE_URL": wrong,
                "REDIS_URL": settings.redis_url,
                "SMOE_DATA_DIR": str(tmp_path),
                "SMOE_SECRET_KEY": settings.secret_key,
                "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
            }
        ),
        tmp_path,
        "ledger",
        "checkpoint",
    ).wait(timeout=60)

    text = written.text()
    # What went wrong was written down, each in its place.
    assert '"unhandled"' in text
    assert '"case parked"' in text
    assert "violates check constraint" in text
    assert "invalid input syntax for type integer: …" in text
    secrets = (
        token,
        token.rpartition(".")[2],
        settings.secret_key,
        base64.b64encode(settings.master_key).decode(),
        settings.master_key.hex(),
        PASSWORD,
    )
    for secret in (*PERSONAL, *secrets):
        assert secret not in text, surrounding(text, secret)
    # Nor in the escapes that bytes and JSON are written in.
    for secret in PERSONAL:
        for form in (ascii(secret)[1:-1], repr(secret.encode())[2:-1], secret.encode().hex()):
            assert form not in text, surrounding(text, form)
    assert not re.findall(r"eyJ[A-Za-z0-9_-]{10,}\.", text), "no token of anybody"


def surrounding(text: str, secret: str) -> str:
    at = text.find(secret)
    return text[max(0, at - 500) : at + 200]


def rows(database: Database, table: str) -> int:
    try:
        with psycopg.connect(database.owner_url) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
    except psycopg.errors.UndefinedTable:
        return 0
    assert found is not None
    return int(found[0])


def wait_until(holds: Any) -> None:
    give_up_at = time.monotonic() + WORKER_SECONDS
    while not holds():
        assert time.monotonic() < give_up_at, "it does not come"
        time.sleep(0.1)


def test_the_deployment_is_as_discreet_as_the_embedded_server() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert dict(re.findall(r"- -c(log_\w+)=(\S+)", text)) == embedded.DISCREET
