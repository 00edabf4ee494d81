"""`smoe projection`, as an operator meets it: a poisoned case is listed, mended, retried; builds tell how they go."""

import base64
import hmac
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from cli import projection
from domain.administration import ADMINISTRATION_STREAM
from domain.reference.load import load_reference
from ledger.histories import AnyEvent
from ledger.settings import Settings
from ledger.store import Ledger
from projections.building import LOCK_CLASS
from projections.read_model import read_models
from projections.runner import LOCK, Runner
from tests.conftest import Database
from tests.histories import MASTER_KEY, drafts, many_cases, open_ledger
from tests.integration.test_projections_building import checksums, query

ROOT = Path(__file__).resolve().parents[2]
COUNT = 40
CHECK_KEY_OF_SETTINGS = hmac.digest(MASTER_KEY, b"smoe-check-key-1", "sha256")
Smoe = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def smoe(database: Database, valkey_url: str, tmp_path: Path) -> Smoe:
    """Give a function that calls `smoe projection` on this database."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", "projection", *arguments],
            env=os.environ
            | {
                "DATABASE_URL": database.app_url,
                "SMOE_OWNER_DATABASE_URL": database.owner_url,
                "REDIS_URL": valkey_url,
                "SMOE_DATA_DIR": str(tmp_path),
                "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
                "SMOE_CODE_VERSION": "test",
                "SMOE_PROJECTION_WORKERS": "2",
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return call


def histories(ledger: Ledger[AnyEvent]) -> list[UUID]:
    lives = many_cases(COUNT, 5)
    ledger.append_bulk(draft for stream, steps in lives.items() for draft in drafts(stream, steps))
    return list(lives)


def follow(database: Database, ledger: Ledger[AnyEvent]) -> None:
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY_OF_SETTINGS)
    runner.run_until_current()
    runner.close()


def stored(database: Database, stream: UUID, state: bytes) -> bytes:
    """Overwrite the second fact of a case, as only a superuser's mistake could; what it was before."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        where = "WHERE originator_id = %s AND originator_version = 2"
        found = connection.execute(f"SELECT state FROM ledger.events {where}", (stream,)).fetchone()
        connection.execute(f"UPDATE ledger.events SET state = %s {where}", (state, stream))
        connection.execute("ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER refuse_change")
    assert found is not None
    return bytes(found[0])


def test_one_poisoned_case_of_many_is_told_mended_and_retried(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    bad = histories(ledger)[7]
    before = stored(database, bad, b"{}")
    follow(database, ledger)
    assert query(database, "SELECT count(*) FROM read.cases") == [(COUNT - 1,)]
    told = smoe("list")
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("1 dossier de côté") == len(read_models())
    assert f"Mis de côté : cases, dossier {bad}, RequestRouted, version 2, position " in told.stdout
    assert "LedgerAltered" in told.stdout
    assert "en retard" not in told.stdout
    still = smoe("retry", "cases", "--case", str(bad))
    assert still.returncode == 1
    assert f"Toujours de côté : cases, dossier {bad}" in still.stderr
    assert still.stdout == "Refaits : 0 sur 1.\n"
    stored(database, bad, before)
    mended = smoe("retry")
    assert (mended.returncode, mended.stdout) == (0, f"Refaits : {len(read_models())} sur {len(read_models())}.\n")
    assert smoe("retry").stdout == "Aucun dossier n'est de côté.\n"
    refolded = checksums(database)
    assert query(database, "SELECT count(*) FROM read.cases") == [(COUNT,)]
    rebuilt = smoe("rebuild", "--all")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert checksums(database) == refolded


def test_a_rebuild_tells_its_progress_and_refuses_what_it_does_not_know(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    histories(ledger)
    follow(database, ledger)
    done = smoe("rebuild", "cases", "history")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "cases, history : lecture des dossiers, 0 parties sur 1"
    assert lines[-2:] == ["cases, history : en service", "En service : cases, history."]
    unknown = smoe("rebuild", "dossiers")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("Vue inconnue : dossiers. Il y a : cases, ")
    assert smoe("rebuild").returncode == 2
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s, hashtext('cases'))", (LOCK_CLASS,))
        refused = smoe("rebuild", "--all")
    assert refused.returncode == 1
    assert refused.stderr == "La vue cases est déjà en construction ailleurs : rien n'a été fait.\n"


def test_one_case_is_made_anew_by_the_worker_or_without_one(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    case = histories(ledger)[3]
    follow(database, ledger)
    whole = checksums(database)
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("UPDATE read.cases SET status = 'wrong' WHERE case_id = %s", (case,))
    made = smoe("rebuild", "cases", "--case", str(case))
    assert (made.returncode, made.stdout) == (0, "Refaits : 1 sur 1.\n")
    assert checksums(database) == whole


def test_what_was_not_done_is_not_said_to_be(database: Database, ledger: Ledger[AnyEvent], smoe: Smoe) -> None:
    case = histories(ledger)[3]
    early = smoe("rebuild", "cases", "--case", str(case))
    assert (early.returncode, early.stdout) == (1, "")
    assert early.stderr == "Vue jamais construite : cases. Construisez-la d'abord sans --case.\n"
    follow(database, ledger)
    for unknown in (uuid4(), ADMINISTRATION_STREAM):
        told = smoe("rebuild", "--case", str(unknown))
        assert (told.returncode, told.stdout) == (2, "")
        assert told.stderr == f"Aucun dossier ne porte l'identifiant {unknown}.\n"


def test_a_worker_that_does_nothing_is_not_taken_for_one_that_has_done_it(
    database: Database, ledger: Ledger[AnyEvent], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = histories(ledger)[3]
    follow(database, ledger)
    monkeypatch.setattr(projection, "WAIT_SECONDS_MAX", 0.3)
    # In a process of its own it would be the only one to fall silent.
    monkeypatch.setattr(projection, "silence_logs", lambda: None)
    settings = Settings.from_environment(
        {
            "DATABASE_URL": database.app_url,
            "SMOE_OWNER_DATABASE_URL": database.owner_url,
            "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        }
    )
    with psycopg.connect(database.owner_url) as frozen:
        frozen.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        assert projection.rebuild(settings, ["cases"], everything=False, case_id=case) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Le traitement n'a pas encore tout repris")


def test_a_list_is_told_though_the_oldest_fact_to_tell_cannot_be_read(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    follow(database, ledger)
    histories(ledger)
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        connection.execute(
            "UPDATE ledger.events SET state = %s WHERE notification_id = (SELECT min(notification_id) FROM"
            " ledger.events)",
            (b"[" * 100_000,),
        )
        connection.execute("INSERT INTO read.positions (model, position) VALUES ('cases', 0)")
    told = smoe("list")
    assert (told.returncode, told.stderr) == (0, "")
    assert "en retard de" in told.stdout
