"""The set-up itself: migrations, roles, and a whole instance started, stopped and killed."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import psycopg
import pytest

from cli import embedded
from cli.main import with_settings
from cli.run import refuse_demonstration_in_production, refuse_keys_of_others, wait_for_read_models
from domain.demonstration import IDENTITIES
from ledger import migrate
from ledger.facts import LedgerError, LedgerUnavailable
from ledger.master_keys import master_id_of
from ledger.migrate import MigrationError
from ledger.settings import ROOT, Settings
from tests.conftest import Database, PostgresServer
from tests.servers import free_port

READY_SECONDS_MAX = 60


@pytest.fixture
def empty_database(postgres_server: PostgresServer) -> Iterator[Database]:
    name = "test_empty"
    postgres_server.administer("CREATE DATABASE {name} OWNER {owner}", name=name, owner=embedded.OWNER_ROLE)
    yield postgres_server.database(name)
    postgres_server.administer("DROP DATABASE {name} WITH (FORCE)", name=name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (x integer); INSERT INTO first VALUES (1);")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second AS SELECT x FROM first;")
    return tmp_path


def count(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_migrations_are_applied_in_order_and_once(empty_database: Database, folder: Path) -> None:
    assert migrate.migrate(empty_database.owner_url, folder) == ["0001_first.sql", "0002_second.sql"]
    assert migrate.migrate(empty_database.owner_url, folder) == []
    assert count(empty_database.owner_url, "second") == 1


def test_two_starts_at_once_migrate_once(empty_database: Database, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: migrate.migrate(empty_database.owner_url, folder), range(4)))
    assert sorted(applied, key=len)[-1] == ["0001_first.sql", "0002_second.sql"]
    assert sum(len(names) for names in applied) == 2


def test_a_migration_that_fails_leaves_no_half(empty_database: Database, folder: Path) -> None:
    (folder / "0003_broken.sql").write_text("CREATE TABLE half (x integer); SELECT 1 / 0;")
    with pytest.raises(MigrationError, match=r"0003_broken\.sql a échoué"):
        migrate.migrate(empty_database.owner_url, folder)
    assert count(empty_database.owner_url, "public.schema_migrations") == 2
    (folder / "0003_broken.sql").write_text("CREATE TABLE half (x integer);")
    assert migrate.migrate(empty_database.owner_url, folder) == ["0003_broken.sql"]


def test_an_applied_migration_may_not_change(empty_database: Database, folder: Path) -> None:
    migrate.migrate(empty_database.owner_url, folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE other (x integer);")
    with pytest.raises(MigrationError, match=r"0001_first\.sql a changé"):
        migrate.migrate(empty_database.owner_url, folder)


def test_old_code_refuses_a_newer_database(empty_database: Database, folder: Path) -> None:
    migrate.migrate(empty_database.owner_url, folder)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match=r"0002_second\.sql, inconnue"):
        migrate.migrate(empty_database.owner_url, folder)


def test_a_migration_may_not_slip_in_before_an_applied_one(empty_database: Database, folder: Path) -> None:
    (folder / "0002_second.sql").rename(folder / "0003_third.sql")
    migrate.migrate(empty_database.owner_url, folder)
    (folder / "0002_late.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match=r"0002_late\.sql vient avant"):
        migrate.migrate(empty_database.owner_url, folder)


@pytest.mark.parametrize("name", ["3_third.sql", "0003-third.sql", "0002_again.sql"])
def test_a_migration_has_a_number_of_its_own(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError, match=name.replace(".", r"\.")):
        migrate.numbered(folder)


def test_the_application_role_owns_nothing(database: Database) -> None:
    with psycopg.connect(database.app_url) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("CREATE TABLE public.mine (x integer)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("INSERT INTO public.installation_marks (name) VALUES ('mine')")
    assert count(database.app_url, "public.schema_migrations") == len(migrate.numbered(migrate.MIGRATIONS))


def test_a_mark_stays(database: Database) -> None:
    assert not migrate.is_marked(database.app_url, "demonstration")
    migrate.mark(database.owner_url, "demonstration")
    migrate.mark(database.owner_url, "demonstration")
    assert migrate.is_marked(database.app_url, "demonstration")


def test_production_keeps_off_a_demonstration(database: Database, tmp_path: Path) -> None:
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "DATABASE_URL": database.app_url})
    production = msgspec.structs.replace(settings, mode="production")
    refuse_demonstration_in_production(production)
    migrate.mark(database.owner_url, "demonstration")
    refuse_demonstration_in_production(settings)
    with pytest.raises(embedded.ServerError, match="base de démonstration"):
        refuse_demonstration_in_production(production)


def store_key(database: Database, master_key: bytes) -> None:
    with psycopg.connect(database.app_url) as connection:
        connection.execute(
            "INSERT INTO ledger.person_keys (person, key_id, master_id, wrapped) VALUES (%s, %s, %s, %s)",
            (uuid.uuid4(), uuid.uuid4(), master_id_of(master_key), bytes(60)),
        )


def smoe(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end with these settings and no other."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("SMOE_", "DATABASE_", "RED"))
    }
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_master_key_that_opens_every_key_is_accepted(
    database: Database, empty_database: Database, tmp_path: Path
) -> None:
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "DATABASE_URL": database.app_url})
    refuse_keys_of_others(settings)
    store_key(database, settings.master_key)
    refuse_keys_of_others(settings)
    refuse_keys_of_others(msgspec.structs.replace(settings, database_url=empty_database.owner_url))
    store_key(database, bytes(32))
    with pytest.raises(embedded.ServerError, match="n'ouvre pas 1 clés de personnes sur 2"):
        refuse_keys_of_others(settings)


@pytest.mark.parametrize("command", ["run", "api", "worker", "simulate --cases 1"])
def test_a_database_sealed_under_another_master_key_is_refused(
    database: Database, valkey_url: str, tmp_path: Path, command: str
) -> None:
    store_key(database, bytes(32))
    refused = smoe(
        *command.split(),
        DATABASE_URL=database.app_url,
        SMOE_OWNER_DATABASE_URL=database.owner_url,
        REDIS_URL=valkey_url,
        SMOE_DATA_DIR=str(tmp_path),
        PORT=str(free_port()),
    )
    assert refused.returncode == 1
    assert "SMOE_MASTER_KEY" in refused.stderr
    assert f"keys.json de cette base dans le dossier de données ({tmp_path})" in refused.stderr
    assert "Prêt" not in refused.stdout
    assert "Traceback" not in refused.stderr
    assert count(database.owner_url, "ledger.person_keys") == 1


def test_addresses_that_cannot_be_are_refused_before_anything_starts(tmp_path: Path) -> None:
    addresses = {"DATABASE_URL": "mysql://db/smoe", "SMOE_OWNER_DATABASE_URL": "rien", "REDIS_URL": "http://cache"}
    refused = smoe("run", SMOE_DATA_DIR=str(tmp_path / "data"), **addresses)
    assert refused.returncode == 2
    for name in addresses:
        assert f"  - {name} n'est pas l'adresse" in refused.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["migrate", "simulate --cases 1"])
def test_a_database_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, command: str) -> None:
    nowhere = f"postgresql://smoe_app@/smoe?host={tmp_path}"
    refused = smoe(*command.split(), SMOE_DATA_DIR=str(tmp_path), DATABASE_URL=nowhere, REDIS_URL="redis://cache")
    assert refused.returncode == 1
    assert refused.stderr.startswith("PostgreSQL ne répond pas")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (LedgerError("gone"), "le registre des faits ne peut pas servir : gone"),
        (LedgerUnavailable("gone"), "PostgreSQL ne répond pas ou plus : "),
        (psycopg.errors.AdminShutdown("gone"), "PostgreSQL ne répond pas ou plus : gone"),
        (psycopg.InterfaceError("gone"), "PostgreSQL ne répond pas ou plus : gone"),
        (psycopg.errors.InsufficientPrivilege("gone"), "n'a pas les droits qu'il faut : gone"),
    ],
)
def test_a_database_that_goes_away_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, error: Exception, sentence: str
) -> None:
    def command(settings: Settings) -> None:
        raise error

    monkeypatch.setenv("SMOE_DATA_DIR", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        with_settings(command)()
    assert ended.value.code == 1
    assert sentence in capsys.readouterr().err


def test_a_server_is_started_without_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMOE_MASTER_KEY", "une clé")
    monkeypatch.setenv("DATABASE_URL", "une adresse")
    monkeypatch.setenv("LC_PAPER", "gardé")
    child = embedded.Child("essai", ["/usr/bin/env"], tmp_path / "essai.log")
    child.process.wait(timeout=10)
    said = (tmp_path / "essai.log").read_text()
    assert "LC_PAPER=gardé" in said
    assert "SMOE_" not in said
    assert "une adresse" not in said


def test_a_child_whose_log_is_gone_still_ends_in_a_sentence(tmp_path: Path) -> None:
    child = embedded.Child("essai", ["/bin/true"], tmp_path / "essai.log")
    child.process.wait()
    child.log.unlink()
    with pytest.raises(embedded.ServerError, match=r"essai s'est arrêté en démarrant .*\n.journal illisible"):
        embedded.wait_until(child, lambda: False)


class Running:
    """A `smoe run` in a data folder and on a port of its own."""

    def __init__(self, data_dir: Path, port: int, **more: str) -> None:
        self.data_dir, self.port = data_dir, port
        self.environment = os.environ | {
            "SMOE_DATA_DIR": str(data_dir),
            "PORT": str(port),
            "SMOE_DEMONSTRATION": "off",
            **more,
        }
        for name in ("DATABASE_URL", "REDIS_URL", "SMOE_OWNER_DATABASE_URL", "SMOE_MODE"):
            self.environment.pop(name, None)
        self.output = data_dir.with_suffix(".out")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", "run"], cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )

    def said(self) -> str:
        return self.output.read_text()

    def until_ready(self) -> "Running":
        deadline = time.monotonic() + READY_SECONDS_MAX
        while "Prêt" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return self

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def owner_url(self) -> str:
        note = self.data_dir / "instance.json"
        return msgspec.json.decode(note.read_bytes(), type=embedded.Instance).owner_database_url

    def pids(self) -> dict[int, str]:
        """Find every process started for this data folder, by its environment or its arguments."""
        return {
            int(entry.name): words
            for entry in Path("/proc").glob("[0-9]*")
            if str(self.data_dir).encode() in shown(entry / "environ") + shown(entry / "cmdline")
            and (words := shown(entry / "cmdline").replace(b"\0", b" ").decode())
        }

    def kill(self, victim: str) -> None:
        """Kill the oldest of the processes whose arguments name the victim."""
        os.kill(min(pid for pid, words in self.pids().items() if victim in words), signal.SIGKILL)

    def gone(self) -> bool:
        """Wait for the kernel to deliver what the end of the parent causes."""
        deadline = time.monotonic() + 20
        while self.pids() and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self.pids()


def shown(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    started: list[Running] = []

    def begin(name: str) -> Running:
        started.append(Running(tmp_path / name, free_port()))
        return started[-1]

    yield begin
    for each in started:
        if each.process.poll() is None:
            each.end(signal.SIGTERM)


def ready_status(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as response:
            return int(response.status)
    except urllib.error.URLError:
        return 0


def test_two_instances_run_side_by_side_and_leave_nothing(start: Callable[[str], Running]) -> None:
    first, second = start("first").until_ready(), start("second").until_ready()
    assert (ready_status(first.port), ready_status(second.port)) == (200, 200)
    assert len(first.pids()) >= 5
    assert first.end(signal.SIGINT) == 0
    assert first.gone(), first.pids()
    assert ready_status(second.port) == 200
    assert second.end(signal.SIGTERM) == 0
    assert second.gone(), second.pids()


def test_a_start_with_cases_is_ready_when_it_says_so(tmp_path: Path) -> None:
    running = Running(tmp_path / "cases", free_port(), SMOE_DEMONSTRATION="on", SMOE_LAG_SECONDS_MAX="1")
    try:
        assert ready_status(running.until_ready().port) == 200
    finally:
        running.end(signal.SIGTERM)


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers /health/ready with what is left to be said; the last answer is repeated."""

    def do_GET(self) -> None:
        left: list[tuple[int, str]] = self.server.left  # type: ignore[attr-defined]
        status, fault = left.pop(0) if len(left) > 1 else left[0]
        body = {"status": "not_ready" if fault else "ready", "postgresql": True, "faults": [fault] if fault else []}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(msgspec.json.encode(body))

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Callable[[list[tuple[int, str]]], Settings]]:
    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def say(left: list[tuple[int, str]]) -> Settings:
            server.left = left  # type: ignore[attr-defined]
            return Settings.from_environment({"SMOE_DATA_DIR": str(tmp_path), "PORT": str(server.server_port)})

        yield say
        server.shutdown()


LATE = "La vue « cases » n'est pas encore construite : 7 faits à lire."


def test_a_start_tells_what_it_waits_for(
    answering: Callable[[list[tuple[int, str]]], Settings],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("cli.run.TELL_SECONDS", 0.0)
    wait_for_read_models(answering([(503, LATE), (503, LATE), (200, "")]), [])
    assert capsys.readouterr().out == f"Attente des vues… {LATE}\n" * 2
    monkeypatch.setattr("cli.run.TELL_SECONDS", 60.0)
    monkeypatch.setattr("cli.run.READ_MODELS_SECONDS_MAX", 0.0)
    wait_for_read_models(answering([(503, LATE)]), [])
    assert capsys.readouterr().out.startswith("Les listes et les tableaux de bord restent en retard")


def test_a_start_does_not_wait_for_a_worker_that_ended(
    answering: Callable[[list[tuple[int, str]]], Settings], tmp_path: Path
) -> None:
    worker = embedded.Child("worker", ["/bin/false"], tmp_path / "worker.log")
    worker.process.wait()
    wait_for_read_models(answering([(503, LATE)]), [worker])


def test_a_second_start_on_the_same_folder_is_refused(start: Callable[[str], Running]) -> None:
    first = start("same").until_ready()
    again = subprocess.run(
        [sys.executable, "-m", "cli", "run"],
        cwd=ROOT,
        env=first.environment | {"PORT": str(first.port + 1)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1
    assert f"Le dossier de données {first.data_dir} sert déjà" in again.stderr
    taken = subprocess.run(
        [sys.executable, "-m", "cli", "run"],
        cwd=ROOT,
        env=first.environment | {"SMOE_DATA_DIR": f"{first.data_dir}-other"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.returncode == 1
    assert f"Le port {first.port} de 127.0.0.1 est déjà pris" in taken.stderr
    assert ready_status(first.port) == 200


def test_nothing_outlives_a_killed_supervisor_and_the_data_stay(start: Callable[[str], Running]) -> None:
    first = start("killed").until_ready()
    migrate.mark(first.owner_url(), "kept")
    first.end(signal.SIGKILL)
    assert first.gone(), first.pids()
    second = start("killed").until_ready()
    for pid in [second.process.pid, *second.pids()]:
        os.kill(pid, signal.SIGKILL)
    assert second.gone(), second.pids()
    second.process.wait()
    third = start("killed").until_ready()
    assert migrate.is_marked(third.owner_url(), "kept")
    assert third.end(signal.SIGINT) == 0
    assert third.gone(), third.pids()


@pytest.mark.parametrize("victim", ["cli worker", "cli api", "bin/postgres"])
def test_a_child_that_dies_stops_everything(start: Callable[[str], Running], victim: str) -> None:
    instance = start("broken").until_ready()
    instance.kill(victim)
    assert instance.process.wait(10) == 1
    assert "s'est arrêté (code -9" in instance.said()
    assert instance.gone(), instance.pids()


def test_valkey_that_dies_is_told_once_and_missed_by_nobody(start: Callable[[str], Running]) -> None:
    instance = start("poorer").until_ready()
    for identity in IDENTITIES:
        assert f"\n  {identity} " in instance.said()
    instance.kill("valkey-server")
    deadline = time.monotonic() + 10
    while "smoe continue sans Valkey" not in instance.said():
        assert time.monotonic() < deadline, instance.said()
        time.sleep(0.1)
    time.sleep(1)
    assert instance.said().count("Valkey s'est arrêté (code -9") == 1
    assert instance.process.poll() is None
    assert ready_status(instance.port) == 200
    assert instance.end(signal.SIGINT) == 0
    assert instance.gone(), instance.pids()


def test_production_says_what_is_missing_and_starts_nothing(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "cli", "run"],
        cwd=ROOT,
        env={"SMOE_MODE": "production", "SMOE_DATA_DIR": str(tmp_path / "data"), "SMOE_LOCAL_SIGN_IN": "on"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    for name in ("DATABASE_URL", "REDIS_URL", "SMOE_SECRET_KEY", "SMOE_SIGNING_KEYS", "SMOE_LOCAL_SIGN_IN"):
        assert f"  - {name} " in refused.stderr
    assert not (tmp_path / "data").exists()
