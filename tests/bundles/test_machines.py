"""A case restored on another machine: letters, sheets, inventory, brief, merged file and archive, byte for byte."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import psycopg

from cli import embedded
from documents.stationery import Stationery
from domain.events import LetterIssued
from domain.reference.load import load_reference
from ledger.epochs import begin_epoch
from ledger.histories import case_facts
from ledger.settings import Settings
from projections.runner import Runner
from reactions.letters import Letters
from tests.bundles.given import court
from tests.bundles.test_bundle_job import ROOT, yard_environment
from tests.bundles.test_kills import contents
from tests.histories import CHECK_KEY
from tests.servers import FAST, Database, PostgresServer

PROGRAM: Final = ("cli", "documents", "domain", "ledger", "migrations", "projections", "reactions", "verifier")
OTHER_PYTHON: Final = os.environ.get("SMOE_OTHER_PYTHON", sys.executable)
"""Another one that has what requirements.lock names, by hand (docs/testing.md)."""
LIKE_NOWHERE: Final = (
    "ALTER DATABASE {name} SET timezone = 'Pacific/Auckland'",
    "ALTER DATABASE {name} SET datestyle = 'ISO, DMY'",
    "ALTER DATABASE {name} SET intervalstyle = 'sql_standard'",
    "ALTER DATABASE {name} SET extra_float_digits = 0",
    "ALTER DATABASE {name} SET bytea_output = 'escape'",
    "ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'",
)
CREATE: Final = (
    "CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'"
    " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LC_COLLATE 'POSIX' LC_CTYPE 'POSIX'"
)


def told_by(
    python: str, environment: dict[str, str], program: Path, arguments: list[str], umask: int
) -> dict[str, str]:
    done = subprocess.run(
        [python, "-m", "tests.bundles.elsewhere", *arguments],
        cwd=program,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(program), **environment},
        umask=umask,
        capture_output=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=dict[str, str])


def restored(origin: Database, server: PostgresServer, folder: Path) -> Database:
    """A dump of a database in another cluster, under another locale, zone and way to write dates."""
    kept = folder / "dump"
    binaries = embedded.postgres_binaries()
    dump = [binaries / "pg_dump", "--format=custom", f"--file={kept}", origin.owner_url]
    subprocess.run(dump, check=True, capture_output=True, timeout=120)
    database = server.database("elsewhere")
    server.administer(CREATE, name=database.name, owner=embedded.OWNER_ROLE)
    url = server.url("postgres", database.name)
    restore = [binaries / "pg_restore", "--exit-on-error", f"--dbname={url}", str(kept)]
    subprocess.run(restore, check=True, capture_output=True, timeout=120)
    for each in LIKE_NOWHERE:
        server.administer(each, name=database.name)
    begin_epoch(database.owner_url, "another machine")
    return database


def test_another_machine_makes_the_same_bytes_of_everything(
    new_database: Callable[[], Database], tmp_path: Path, valkey_url: str
) -> None:
    origin, here, there = new_database(), tmp_path / "here", tmp_path / "là bas"
    environment = yard_environment(
        here, DATABASE_URL=origin.app_url, SMOE_OWNER_DATABASE_URL=origin.owner_url, REDIS_URL=valkey_url
    )
    settings = Settings.from_environment(environment)
    with court(origin, here, files=contents()) as made:
        runner = Runner(made.desk.ledger, origin.owner_url, reference=load_reference(), check_key=CHECK_KEY)
        runner.run_until_current()
        with psycopg.connect(origin.app_url, autocommit=True) as connection:
            assert Letters(made.desk, made.files, Stationery.of(settings)).run_once(connection) > 1
        runner.close()
        # Again, with the letters among the exhibits.
        made.act("prepare-bundle", decision="D1", litigation="L1")
        made.act("order-bundle", bundle="B2", arrangement=1)
        issued = [f.event for f in case_facts(made.desk.history(made.stream)) if isinstance(f.event, LetterIssued)]
        stream = str(made.stream)
    home = {"HOME": str(here), "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "1"}
    first = told_by(sys.executable, {**environment, **home}, ROOT, [stream], 0o022)
    for each in issued:
        assert first[f"{each.letter} data"] == each.data_sha256
        assert first[f"{each.letter} pages"] == first[f"{each.letter} kept"] == each.sha256
    names = {name.partition("/")[0].partition(" ")[0] for name in first}
    assert names >= {"archive", "sheet", issued[0].letter}
    assert {"archive/dossier.pdf", "archive/inventaire.pdf", "archive/memoire/memoire.pdf"} <= set(first)

    program = there / "programme"
    for part in (*PROGRAM, "tests"):
        shutil.copytree(ROOT / part, program / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(here / "files", there / "files")
    with tempfile.TemporaryDirectory(prefix="smoe-") as folder:
        sockets = Path(folder) / "sockets"
        sockets.mkdir(mode=0o700)
        with embedded.postgres(Path(folder), sockets, FAST):
            database = restored(origin, PostgresServer(sockets), tmp_path)
            changed = yard_environment(
                there, DATABASE_URL=database.app_url, SMOE_OWNER_DATABASE_URL=database.owner_url, REDIS_URL=valkey_url
            )
            changed |= {
                "HOME": str(there),
                "LANG": "tr_TR.UTF-8",
                "LC_ALL": "tr_TR.UTF-8",
                "TZ": "Pacific/Auckland",
                "PYTHONHASHSEED": "4242",
                "SOURCE_DATE_EPOCH": "1234567890",
                "PYTHONOPTIMIZE": "",
            }
            second = told_by(OTHER_PYTHON, changed, program, [stream], 0o027)
    assert {name for name in first if first[name] != second.get(name)} == set()
    assert first == second
