"""The job: built once whatever dies, cancelled within a second, never half visible, never in the way of others."""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
import pytest

from documents.storage import Files
from domain.case import Build
from domain.papers import BuildOutcome
from ledger.settings import Settings
from reactions import bundles
from reactions.bundles import (
    TRIES_MAX,
    Bundles,
    Made,
    MakersOf,
    Ordered,
    Progress,
    builds_folder,
    kept,
    last_said,
)
from tests.bundles import worker
from tests.bundles.given import Court, court
from tests.histories import MASTER_KEY
from tests.servers import Database

ROOT: Final = Path(__file__).parents[2]
KILLS: Final = 20
PATIENCE_SECONDS: Final = 60.0


class Yard(NamedTuple):
    """A case whose bundle is ordered, and what a worker needs."""

    court: Court
    settings: Settings
    environment: dict[str, str]

    @property
    def build(self) -> Build:
        return self.court.case.bundle("B1").builds[-1]

    @property
    def folder(self) -> Path:
        return builds_folder(self.settings)

    @property
    def files(self) -> Files:
        return Files(self.settings.files_url, self.court.desk.ledger.keys)

    def steps(self) -> int:
        """How many steps of the build under way are finished."""
        return sum(1 for _ in self.folder.glob("*/*/step.json"))

    def kept(self) -> int:
        """How many files of the case are kept."""
        return sum(1 for _ in (self.settings.data_dir / "files" / "cases" / str(self.court.stream)).iterdir())

    def react(self, makers: MakersOf = worker.makers, stop: threading.Event | None = None) -> int:
        bundles = Bundles(self.court.desk, self.settings, makers, stop, retry_seconds=0)
        with psycopg.connect(self.settings.database_url, autocommit=True) as connection:
            return bundles.run_once(connection)

    def rows(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.settings.database_url) as connection:
            return connection.execute(
                "SELECT version, failures, step, done, total, ended FROM documents.builds ORDER BY version"
            ).fetchall()

    def types(self) -> list[str]:
        return [fact.type for fact in self.court.desk.history(self.court.stream).facts]


def yard_environment(folder: Path, **more: str) -> dict[str, str]:
    """What a worker is told, with the master key of the ledgers of tests."""
    return {
        "SMOE_DATA_DIR": str(folder),
        "SMOE_DOCUMENTS_URL": f"file://{folder}/files",
        "SMOE_SECRET_KEY": base64.b64encode(bytes(range(48))).decode(),
        "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "SMOE_CODE_VERSION": "test",
        **more,
    }


@contextmanager
def yard_on(
    database: Database, folder: Path, valkey_url: str, *, exhibits: int = 20, files: Mapping[str, bytes] | None = None
) -> Iterator[Yard]:
    environment = yard_environment(
        folder, DATABASE_URL=database.app_url, SMOE_OWNER_DATABASE_URL=database.owner_url, REDIS_URL=valkey_url
    )
    with court(database, folder, exhibits=exhibits, files=files) as made:
        made.act("order-bundle", bundle="B1", arrangement=2)
        yield Yard(made, Settings.from_environment(environment), environment)


@pytest.fixture
def yard(database: Database, tmp_path: Path, valkey_url: str) -> Iterator[Yard]:
    with yard_on(database, tmp_path, valkey_url) as made:
        yield made


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.02)


def test_a_bundle_that_is_ordered_is_built_kept_and_recorded(yard: Yard) -> None:
    assert yard.react() == 1
    build = yard.build
    content = yard.files.read(yard.court.stream, build.sha256)
    assert len(content) == build.bytes
    assert content.startswith(b"PK")
    assert yard.types()[-1] == "BundleBuilt"
    ((version, failures, _, done, total, ended),) = yard.rows()
    assert (version, failures, ended) == (len(yard.types()) - 1, 0, True)
    assert done == total > 20
    assert list(yard.folder.iterdir()) == [], "nothing is left in clear"
    assert yard.react() == 0


class Cut(psycopg.Connection[Any]):
    """A connection that breaks when a build was ended, before that is known here."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        done = super().execute(query, *arguments, **options)
        if query == bundles._END:
            raise psycopg.OperationalError("terminating connection")
        return done


def test_an_end_whose_answer_is_lost_leaves_nothing_in_clear(yard: Yard) -> None:
    with (
        Cut.connect(yard.settings.database_url, autocommit=True) as connection,
        pytest.raises(psycopg.OperationalError, match="terminating"),
    ):
        Bundles(yard.court.desk, yard.settings, worker.makers).run_once(connection)
    assert yard.rows()[0][-1]
    assert list(yard.folder.iterdir()) == []


def test_what_a_build_has_left_goes_once_another_worker_has_ended_it(yard: Yard) -> None:
    """Its connection is lost: another machine takes the build up and ends it, while this worker runs on."""
    ours = Bundles(yard.court.desk, yard.settings, worker.failing, retry_seconds=0)
    with psycopg.connect(yard.settings.database_url, autocommit=True) as connection:
        assert ours.run_once(connection) == 0
        assert len(list(yard.folder.iterdir())) == 2
        elsewhere = msgspec.structs.replace(yard.settings, data_dir=yard.settings.data_dir / "elsewhere")
        with psycopg.connect(yard.settings.database_url, autocommit=True) as other:
            assert Bundles(yard.court.desk, elsewhere, worker.makers).run_once(other) == 1
        assert ours.run_once(connection) == 0
    assert list(yard.folder.iterdir()) == []


def test_the_last_progress_is_told_however_soon_the_end_follows() -> None:
    ours, theirs = Pipe(duplex=False)
    last = Progress("Archive", 12, 12)
    made = Made(sha256="ab" * 32, bytes=1, exhibits=8, pages=8, faulty=())
    for said in (Progress("Archive", 11, 12), last, made):
        theirs.send_bytes(msgspec.json.encode({"what": said}))
    assert last_said(ours) == (last, made)
    assert last_said(ours) == (None, None)
    theirs.close()
    with pytest.raises(EOFError):
        last_said(ours)
    ours.close()


def test_two_workers_at_once_build_one(yard: Yard) -> None:
    counts: list[int] = []
    start = threading.Barrier(3)

    def react() -> None:
        start.wait()
        counts.append(yard.react())

    threads = [threading.Thread(target=react) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 1]
    assert yard.rows()[0][1] == 0, "nobody came in another's way"
    assert yard.types().count("BundleBuilt") == 1


def test_a_cancelled_build_stops_at_once_and_leaves_nothing(yard: Yard) -> None:
    kept = yard.kept()
    ended_at: list[float] = []
    reacting = threading.Thread(target=lambda: (yard.react(worker.slow), ended_at.append(time.monotonic())))
    reacting.start()
    eventually(lambda: bool(yard.rows()) and yard.rows()[0][4] > 0)
    yard.court.act("cancel-bundle", bundle="B1")
    cancelled_at = time.monotonic()
    reacting.join(PATIENCE_SECONDS)
    assert ended_at[0] - cancelled_at < 10, "the exhibit under way alone would have taken a minute"
    assert yard.build.outcome is BuildOutcome.CANCELLED
    assert yard.rows()[0][-1]
    assert list(yard.folder.iterdir()) == []
    assert yard.kept() == kept
    assert yard.react() == 0


def test_a_worker_that_is_told_to_stop_leaves_the_build_to_the_next(yard: Yard) -> None:
    stop = threading.Event()
    reacting = threading.Thread(target=lambda: yard.react(worker.slow, stop))
    reacting.start()
    eventually(lambda: bool(yard.rows()) and yard.rows()[0][4] > 0)
    stop.set()
    reacting.join(PATIENCE_SECONDS)
    assert not reacting.is_alive()
    assert yard.build.is_under_way
    assert yard.react() == 1


@pytest.mark.parametrize("makers", [worker.failing, worker.dying])
def test_a_build_that_always_fails_is_given_up(yard: Yard, makers: MakersOf) -> None:
    assert yard.react(makers) == 0
    assert yard.rows()[0][1] == 1
    with psycopg.connect(yard.settings.database_url) as connection:
        connection.execute("UPDATE documents.builds SET failures = %s", (TRIES_MAX - 1,))
    assert yard.build.is_under_way
    assert yard.react(makers) == 0
    assert yard.build.outcome is BuildOutcome.FAILED
    assert yard.rows()[0][-1]
    yard.court.act("order-bundle", bundle="B1", arrangement=2)
    assert yard.react() == 1, "it can be ordered again"
    assert yard.build.number == 2


def test_what_no_try_would_mend_is_given_up_at_once(yard: Yard) -> None:
    assert yard.react(worker.impossible) == 0
    assert yard.build.outcome is BuildOutcome.FAILED
    fact = yard.court.desk.history(yard.court.stream).facts[-1]
    assert fact.event.why == "Le mémoire cite un fait qui n'est plus là."  # type: ignore[union-attr]


def test_a_worker_killed_at_any_moment_leaves_no_half_bundle(
    new_database: Callable[[], Database], tmp_path: Path, valkey_url: str
) -> None:
    """kill -9 at twenty random moments; the build completes, with the bytes of one that nobody disturbed."""
    with yard_on(new_database(), tmp_path, valkey_url) as yard:
        originals, disturbed = yard.kept(), 0
        chance = random.Random(7)
        for _ in range(KILLS):
            if not yard.build.is_under_way:
                yard.court.act("order-bundle", bundle="B1", arrangement=2)
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.bundles.worker", json.dumps(yard.environment)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            # Some steps further, or none, and then at any moment of the next one.
            wanted = yard.steps() + chance.randrange(0, 4)
            eventually(lambda wanted=wanted: yard.steps() >= wanted or not yard.build.is_under_way)
            time.sleep(chance.uniform(0, 0.08))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
            disturbed += yard.build.is_under_way
            # Nothing is recorded that is not whole; an archive that is kept and not recorded yet is whole too.
            recorded = yard.types().count("BundleBuilt")
            assert recorded == sum(bool(each.sha256) for each in yard.court.case.bundle("B1").builds)
            assert yard.kept() - originals in {recorded, recorded + 1}
        assert disturbed > KILLS // 2, "most kills came before the end"
        if not yard.build.is_under_way:
            yard.court.act("order-bundle", bundle="B1", arrangement=2)
        eventually(lambda: yard.react() == 1 or not yard.build.is_under_way)
        assert list(yard.folder.iterdir()) == []
        # Each order, built again by nobody who is killed, gives the same bytes.
        orders = [Ordered(yard.court.stream, row[0]) for row in yard.rows()]
        builds = yard.court.case.bundle("B1").builds
        assert len(orders) == len(builds) == yard.types().count("BundleBuilt")
        for ordered, build in zip(orders, builds, strict=True):
            content = yard.files.read(yard.court.stream, build.sha256)
            assert len(content) == build.bytes
            again = kept(yard.court.desk, yard.settings, worker.makers, ordered, lambda *_: None)
            assert again.sha256 == build.sha256
