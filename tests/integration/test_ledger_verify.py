"""`smoe ledger verify`, `checkpoint`, `proof`, `verifier`, as an operator and an auditor meet them."""

import asyncio
import base64
import hmac
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest

from domain.reference.load import load_reference
from domain.registers import ACCESSES_STREAM
from ledger.access_log import AccessLog
from ledger.desk import Desk
from ledger.facts import FIRST_HASH, fact_hash
from ledger.histories import AnyEvent
from ledger.proofs import audit as module
from ledger.proofs.audit import Audit
from ledger.proofs.notary import Notary, known_verifiers
from ledger.proofs.tree import WIDTH, TreeGrower
from ledger.store import Ledger
from projections.runner import Runner
from reactions.access_retention import AccessRetention
from reactions.accesses import Accesses
from tests.conftest import Database
from tests.histories import MASTER_KEY, open_ledger
from tests.integration.test_access_seals import MOMENT, an_access
from tests.integration.test_projections_building import live_cases

ROOT = Path(__file__).resolve().parents[2]
SEED = bytes(range(32))
CHECK_KEY_OF_SETTINGS = hmac.digest(MASTER_KEY, b"smoe-check-key-1", "sha256")
Smoe = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    opened = open_ledger(database.app_url)
    live_cases(opened, 30)
    yield opened
    opened.close()


@pytest.fixture
def smoe(database: Database, valkey_url: str, tmp_path: Path) -> Smoe:
    def call(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", "ledger", *arguments],
            env=os.environ
            | {
                "DATABASE_URL": database.app_url,
                "SMOE_OWNER_DATABASE_URL": database.owner_url,
                "REDIS_URL": valkey_url,
                "SMOE_DATA_DIR": str(tmp_path),
                "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
                "SMOE_SIGNING_KEYS": base64.b64encode(SEED).decode(),
                "SMOE_CODE_VERSION": "test",
            }
            | more,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

    return call


def tamper(database: Database, *statements: str) -> None:
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        for table in ("events", "tiles", "tree", "checkpoints"):
            connection.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER".encode())
        for statement in statements:
            connection.execute(statement.encode())


def test_an_auditor_takes_a_checkpoint_a_proof_and_the_verifier_away(
    ledger: Ledger[AnyEvent], smoe: Smoe, tmp_path: Path
) -> None:
    point = smoe("checkpoint")
    assert point.returncode == 0, point.stderr
    (tmp_path / "point.txt").write_text(point.stdout)
    size = point.stdout.split("\n")[1]
    facts = ledger.read_raw(0, 1000)
    cases = sorted({str(fact.stream) for fact in facts})[:3]
    done = smoe("proof", *cases, "--out", str(tmp_path / "p.zip"), "--since", size)
    assert done.returncode == 0, done.stderr
    assert smoe("verifier", "--out", str(tmp_path / "verify_smoe.py")).returncode == 0
    verified = subprocess.run(
        [sys.executable, "-I", "verify_smoe.py", "p.zip", "--point", "point.txt", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    told = json.loads(verified.stdout)
    assert (verified.returncode, told["faults"], len(told["held"])) == (3, [], 1)
    assert [stream["id"] for stream in told["streams"]] == cases


def test_a_proof_that_cannot_be_made_leaves_no_file(ledger: Ledger[AnyEvent], smoe: Smoe, tmp_path: Path) -> None:
    unknown = smoe("proof", "01890000-0000-7000-8000-000000000000", "--out", str(tmp_path / "p.zip"))
    assert (unknown.returncode, "Aucun fait" in unknown.stderr) == (1, True)
    known = str(ledger.read_raw(0, 1)[0].stream)
    assert smoe("proof", known, "--out", str(tmp_path / "p.zip"), "--since", "100000").returncode == 1
    assert smoe("proof", known, "--out", str(tmp_path / "none" / "p.zip")).returncode == 1
    assert list(tmp_path.glob("*.zip")) + list(tmp_path.glob(".p.zip*")) == []


def test_a_whole_ledger_is_said_to_be_whole(ledger: Ledger[AnyEvent], smoe: Smoe) -> None:
    count = len(ledger.read_raw(0, 10_000))
    early = smoe("verify")
    assert (early.returncode, f"{count} faits plus récents que l'arbre vérifié" in early.stdout) == (0, True), (
        early.stderr
    )
    smoe("checkpoint")
    done = smoe("verify")
    assert done.returncode == 0, done.stderr
    assert f"{count} faits : empreintes, chaînes et arbre recalculés" in done.stdout
    assert "Le registre est entier et inchangé." in done.stdout
    assert "1 point de contrôle signé par smoe/" in done.stdout


def test_the_access_log_is_read_again_too(database: Database, ledger: Ledger[AnyEvent], smoe: Smoe) -> None:
    log = AccessLog(database.app_url, lambda: MOMENT)

    async def write() -> None:
        for number in range(5):
            await log.write(an_access(number))

    asyncio.run(write())
    log.close()
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        assert Accesses(ledger).seal(connection) == 5
    done = smoe("verify")
    assert (done.returncode, "5 entrées scellées, 0 à sceller, 0 divergences" in done.stdout) == (0, True), done.stderr
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE ledger.accesses DISABLE TRIGGER USER")
        connection.execute("DELETE FROM ledger.accesses WHERE number = 3")
    done = smoe("verify")
    assert (done.returncode, "entrée 3 : elle a été supprimée" in done.stderr) == (1, True)


def test_what_was_removed_of_the_access_log_is_told_in_one_line(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    log = AccessLog(database.app_url, lambda: MOMENT)
    for number in range(5):
        log.record(an_access(number, at=datetime(2021, 3, 1, 9, tzinfo=UTC)))
    log.close()
    ledger.clock = lambda: datetime(2021, 3, 1, 10, tzinfo=UTC)
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        Accesses(ledger).seal(connection)
        ledger.clock = lambda: datetime(2024, 3, 5, 10, tzinfo=UTC)
        assert AccessRetention(Desk(ledger, load_reference()), database.owner_url).run_once(connection) == 5
    done = smoe("verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "Journal des accès : jusqu'au numéro 5, les entrées (5) ont été supprimées à la fin de leur conservation,"
        f" par le fait {ACCESSES_STREAM}/2 du 5 mars 2024.\n"
        "Journal des accès : 0 entrées scellées, 0 à sceller, 0 divergences." in done.stdout
    )


def test_what_was_changed_is_named(database: Database, ledger: Ledger[AnyEvent], smoe: Smoe) -> None:
    smoe("checkpoint")
    fact = ledger.read_raw(0, 100)[40]
    tamper(database, f"UPDATE ledger.events SET state = state || ' ' WHERE notification_id = {fact.position}")
    done = smoe("verify")
    assert done.returncode == 1
    assert f"{fact.stream}/{fact.version}, position {fact.position}" in done.stderr


def test_a_ledger_rewritten_and_signed_by_a_stranger_is_found_by_the_keys_that_are_known(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    stranger = bytes(range(1, 33))
    Notary(ledger, [stranger]).checkpoint_of_now()
    done = smoe("verify")
    assert (done.returncode, "ne sont signés que par smoe/" in done.stderr) == (1, True)
    with psycopg.connect(database.app_url) as connection:
        (verifier,) = known_verifiers(connection)
    assert smoe("verify", "--cle", str(verifier)).returncode == 0
    assert smoe("verify", SMOE_FORMER_KEYS=str(verifier)).returncode == 0
    assert smoe("verify", "--cle", "x").returncode == 1
    assert smoe("verify", SMOE_FORMER_KEYS="x").returncode == 2


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE ledger.checkpoints SET position = position + 1", "sa ligne ne dit pas ce que dit sa note"),
        ("UPDATE ledger.checkpoints SET made_at = made_at + interval '1 day'", "sa ligne ne dit pas"),
        ("UPDATE ledger.checkpoints SET size = size - 1", "sa ligne ne dit pas"),
        ("INSERT INTO ledger.checkpoint_keys (verifier) VALUES ('x')", "« x », parmi les clés du journal"),
    ],
)
def test_what_nobody_reads_is_audited_too(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe, statement: str, told: str
) -> None:
    smoe("checkpoint")
    assert smoe("verify").returncode == 0
    tamper(database, statement)
    done = smoe("verify")
    assert (done.returncode, told in done.stderr) == (1, True), done.stderr


def test_a_fact_where_no_transaction_has_been_is_found(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    Notary(ledger, [SEED]).checkpoint_of_now()
    audit = Audit(ledger)
    tamper(
        database,
        "INSERT INTO ledger.events SELECT originator_id, originator_version + 1, topic, state, hash, 1::bigint << 61"
        " FROM ledger.events ORDER BY originator_version DESC LIMIT 1",
    )
    while audit.step():
        pass
    audit.finish()
    assert [(fault.kind, fault.position) for fault in audit.progress.faults] == [("added", 1 << 61)]
    # Whoever comes anew is not even let in: positions would fall.
    assert (smoe("verify").returncode, "reculeraient" in smoe("verify").stderr) == (1, True)


def test_an_audit_under_writers_raises_no_false_alarm(database: Database, ledger: Ledger[AnyEvent]) -> None:
    notary, ended = Notary(ledger, [SEED]), threading.Event()
    faults: list[module.Fault] = []

    def keep() -> None:
        while not ended.is_set():
            notary.run_once()
            notary.checkpoint_of_now()

    def write(seed: int) -> None:
        live_cases(ledger, 40, seed=seed)

    keeper = threading.Thread(target=keep)
    keeper.start()
    with ThreadPoolExecutor(2) as writers:
        writing = [writers.submit(write, seed) for seed in range(20, 28)]
        while not all(each.done() for each in writing):
            audit = Audit(ledger)
            while audit.step():
                pass
            audit.finish()
            faults += audit.progress.faults
        for each in writing:
            each.result()
    ended.set()
    keeper.join()
    assert faults == []


def test_a_restored_backup_is_found_by_a_checkpoint_kept_outside(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    facts = ledger.read_raw(0, 1000)
    (kept / "a.txt").write_text(smoe("checkpoint").stdout)
    tamper(
        database,
        f"DELETE FROM ledger.events WHERE notification_id >= {facts[100].position}",
        "DELETE FROM ledger.checkpoints",
        f"UPDATE ledger.tree SET size = 100, position = {facts[99].position}",
        "UPDATE ledger.tiles SET hashes = substr(hashes, 1, 3200)",
        "DELETE FROM ledger.tiles WHERE number > 0 OR level > 0",
    )
    assert smoe("verify").returncode == 0, "what a backup holds agrees with itself"
    done = smoe("verify", "--point", str(kept))
    assert done.returncode == 1
    assert f"atteste {len(facts)} faits, le journal n'en a plus que 100" in done.stderr
    assert f"de positions {facts[99].position + 1} à {facts[-1].position} manquent" in done.stderr


def test_a_file_that_is_no_checkpoint_is_refused(ledger: Ledger[AnyEvent], smoe: Smoe, tmp_path: Path) -> None:
    smoe("checkpoint")
    (tmp_path / "x.txt").write_text("bonjour\n")
    done = smoe("verify", "--point", str(tmp_path / "x.txt"))
    assert (done.returncode, "x.txt n'est pas une note" in done.stderr) == (1, True)
    assert smoe("verify", "--point", str(tmp_path / "none.txt")).returncode == 2


def test_an_interrupted_audit_goes_on_where_it_was(
    ledger: Ledger[AnyEvent], smoe: Smoe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TILES_AT_ONCE", 1)
    live_cases(ledger, 60, seed=8)
    Notary(ledger, [SEED]).checkpoint_of_now()
    audit = Audit(ledger)
    assert audit.step()
    (tmp_path / "verify.msgpack").write_bytes(msgspec.msgpack.encode(audit.mark()))
    # The log grows meanwhile.
    live_cases(ledger, 30, seed=9)
    Notary(ledger, [SEED]).checkpoint_of_now()
    done = smoe("verify", "--resume")
    assert done.returncode == 0, done.stderr
    rows = len(ledger.read_raw(0, 100_000))
    assert f"{rows} faits : " in done.stdout
    assert f"({rows - 256} en" in done.stdout
    assert "pas encore inscrits" not in done.stdout, "what became a leaf meanwhile is held against its leaf"
    assert not (tmp_path / "verify.msgpack").exists()
    assert "commence au premier fait" in smoe("verify", "--resume").stdout
    audit.progress.root = bytes(32)
    (tmp_path / "verify.msgpack").write_bytes(msgspec.msgpack.encode(audit.progress))
    anew = smoe("verify", "--resume")
    assert (anew.returncode, "n'est plus le début de ce registre" in anew.stdout) == (0, True)
    assert f"({rows} en" in anew.stdout
    (tmp_path / "verify.msgpack").write_bytes(b"x")
    assert smoe("verify", "--resume").returncode == 1


def test_read_models_are_compared_with_what_the_facts_give(
    database: Database, ledger: Ledger[AnyEvent], smoe: Smoe
) -> None:
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY_OF_SETTINGS)
    runner.run_until_current()
    runner.close()
    smoe("checkpoint")
    done = smoe("verify", "--read-models")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Les vues comparées sont celles que donnent les faits de 30 dossiers." in done.stdout
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("UPDATE read.positions SET version = version + 1 WHERE model = 'decisions'")
    told = smoe("verify", "--read-models")
    assert "Vues qui ne sont pas de cette version du code, non comparées : decisions." in told.stdout
    with psycopg.connect(database.owner_url) as connection:
        cases = connection.execute("SELECT case_id FROM read.cases ORDER BY case_id").fetchall()
        changed, gone, nobody = cases[3][0], cases[9][0], uuid4()
        connection.execute("UPDATE read.cases SET status = 'granted', number = 'X' WHERE case_id = %s", (changed,))
        connection.execute("DELETE FROM read.cases WHERE case_id = %s", (gone,))
        connection.execute("UPDATE read.history SET case_id = %s WHERE case_id = %s", (nobody, gone))
    done = smoe("verify", "--read-models")
    assert done.returncode == 1
    assert f"vue « cases », dossier {changed} : 1 ligne que les faits ne donnent pas, 1 ligne manque" in done.stderr
    assert f"vue « cases », dossier {gone} : 0 ligne" in done.stderr
    assert f"vue « history », dossier {gone} : 0 ligne" in done.stderr
    assert f"vue « history », dossier {nobody} : " in done.stderr
    assert "4 dossiers diffèrent" in done.stderr


def test_one_altered_fact_accuses_nothing_above_it_however_large_the_tree(database: Database) -> None:
    """The nodes above a faulty tile are as they were, in blocks of 65,536 facts too."""
    count, altered = WIDTH * WIDTH + WIDTH + 1, 1_300
    stream, before, rows = uuid4(), FIRST_HASH, []
    for version in range(1, count + 1):
        state = b'{"previous":"%b","salt":"%032x","payload":{}}' % (before.hex().encode(), version)
        before = fact_hash(stream, version, "Noted", state)
        rows.append((stream, version, "Noted", state, before, version))
    tamper(database)
    with psycopg.connect(database.owner_url) as connection, connection.cursor() as cursor:
        columns = "originator_id, originator_version, topic, state, hash, notification_id"
        with cursor.copy(f"COPY ledger.events ({columns}) FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
    ledger: Ledger[AnyEvent] = open_ledger(database.app_url)
    try:
        while TreeGrower(ledger).step():
            pass
        tamper(database, f"UPDATE ledger.events SET state = state || ' ' WHERE notification_id = {altered}")
        found = Audit(ledger)
        while found.step():
            pass
    finally:
        ledger.close()
    assert found.progress.leaves == count
    assert {(fault.kind, fault.position) for fault in found.progress.faults} == {("altered", altered)}
