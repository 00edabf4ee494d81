"""The real engine, killed in every way at every step: no half bundle, nothing in clear, nobody left, the same bytes."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest

from documents.bundle.building import MERGING, PACKING, PROVING, SHOWING, WRITING
from domain.papers import BuildOutcome
from domain.refusals import Refused
from reactions.bundles import Ordered, kept
from tests.bundles import worker
from tests.bundles.test_bundle_job import ROOT, Yard, eventually, yard_on
from tests.files_made import a_pdf, an_image
from tests.servers import Database

MORE: Final = int(os.environ.get("SMOE_KILLS") or 0)
"""Kills at random besides those below, by hand (docs/testing.md)."""
STEPS: Final = (SHOWING, MERGING, WRITING, PROVING, PACKING)
WAYS: Final = ("worker", "builder", "engine", "backend", "cancel")
KILLS: Final = (
    (SHOWING, "cancel"),
    (SHOWING, "engine"),
    (SHOWING, "worker"),
    (MERGING, "engine"),
    (WRITING, "builder"),
    (PROVING, "backend"),
    (PACKING, "worker"),
)
ENDING_SECONDS_MAX: Final = 30.0
"""What whoever outlives a worker may take to be gone: one that is starting learns it once its modules are loaded."""
BACKENDS: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'smoe-reactions'"
)


def contents() -> dict[str, bytes]:
    """A few of each kind, one of which is cut off."""
    return {
        "Passeport": a_pdf(4, "Passeport"),
        "Contrat de travail": a_pdf(40, "Contrat"),
        "Photographie": an_image("JPEG", (900, 700)),
        "Attestation": "Je soussigné atteste sur l'honneur.\n".encode() * 200,
        "Fichier tronqué": a_pdf(3, "Coupe")[:300],
    }


@pytest.fixture
def yard(new_database: Callable[[], Database], tmp_path: Path, valkey_url: str) -> Iterator[Yard]:
    with yard_on(new_database(), tmp_path, valkey_url, files=contents()) as made:
        yield made


class Working:
    """A worker, with those who work for it."""

    def __init__(self, yard: Yard) -> None:
        self.gone_after = 0.0
        self.temporary = yard.settings.data_dir / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bundles.worker", json.dumps(yard.environment), "real"],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def family(self) -> dict[int, str]:
        """Command lines of the processes that descend from the worker."""
        children: dict[int, list[int]] = {}
        for each in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                told = each.read_text().rsplit(")", 1)[1].split()
                children.setdefault(int(told[1]), []).append(int(each.parent.name))
        found: dict[int, str] = {}
        waiting = [self.process.pid]
        while waiting:
            for pid in children.get(waiting.pop(), ()):
                with contextlib.suppress(OSError):
                    found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                    waiting.append(pid)
        return found

    def one(self, mark: str) -> int | None:
        """The process whose command line says so."""
        return next((pid for pid, line in self.family().items() if mark in line), None)

    def end(self) -> None:
        """Kill the worker alone; `gone_after` has the seconds until nobody of its family is left."""
        family = self.family()
        self.process.kill()
        self.process.wait()
        ended_at = time.monotonic()
        while any(map(_runs, family)):
            assert time.monotonic() - ended_at < ENDING_SECONDS_MAX, family
            time.sleep(0.005)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.gone_after = time.monotonic() - ended_at


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def nothing_half(yard: Yard, originals: int) -> None:
    """What is recorded is kept and opens; an archive that is kept and not recorded, yet or ever, is whole too."""
    every = yard.court.case.bundle("B1").builds
    builds = [each for each in every if each.sha256]
    # One that was cancelled when it was kept already goes with the other files that no fact names.
    cancelled = sum(each.outcome is BuildOutcome.CANCELLED for each in every)
    assert yard.types().count("BundleBuilt") == len(builds)
    names = [each.sha256 for each in yard.files.listed()]
    assert 0 <= len(names) - originals - len(builds) <= 1 + cancelled
    assert {each.sha256 for each in builds} <= set(names)
    for name in names:
        yard.files.read(yard.court.stream, name)


def at_step(yard: Yard, step: str) -> bool:
    """Whether a build is at a step, or past all."""
    rows = yard.rows()
    told = rows[-1][2] if rows and len(rows) == len(yard.court.case.bundle("B1").builds) else ""
    reached = next((index for index, each in enumerate(STEPS) if told.startswith(each)), -1)
    return not yard.build.is_under_way or reached >= STEPS.index(step)


def kill(yard: Yard, alive: Working, way: str) -> bool:
    """Kill in one way; whether there was anybody to kill."""
    if way == "worker":
        alive.end()
        return True
    if way == "cancel":
        with contextlib.suppress(Refused):
            yard.court.act("cancel-bundle", bundle="B1")
        return True
    if way == "backend":
        with psycopg.connect(yard.settings.database_url) as one:
            return bool(one.execute(BACKENDS).fetchall())
    pid = alive.one({"builder": "spawn_main", "engine": "documents.bundle.apart"}[way])
    if pid is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return True


def over(yard: Yard) -> None:
    """What holds when a build has ended: nothing in clear is left."""
    eventually(lambda: yard.rows()[-1][-1])
    eventually(lambda: not any(yard.folder.iterdir()))
    left = yard.settings.data_dir / "tmp"
    assert not left.exists() or list(left.iterdir()) == []


def undisturbed(yard: Yard, version: int) -> str:
    """The archive of an order, made by nobody who is killed."""
    made = kept(yard.court.desk, yard.settings, worker.real, Ordered(yard.court.stream, version), lambda *_: None)
    shutil.rmtree(yard.folder / f"{yard.court.stream}.{version}")
    return made.sha256


def test_builds_that_are_killed_in_every_way_complete_with_the_same_bytes(yard: Yard) -> None:
    chance, originals, disturbed = random.Random(11), yard.kept(), 0
    alive, slowest = Working(yard), 0.0
    try:
        for step, way in (*KILLS, *((chance.choice(STEPS), chance.choice(WAYS)) for _ in range(MORE))):
            if not yard.build.is_under_way:
                over(yard)
                yard.court.act("order-bundle", bundle="B1", arrangement=2)
            eventually(lambda step=step: at_step(yard, step))
            time.sleep(chance.uniform(0, 0.3))
            found = kill(yard, alive, way)
            disturbed += found and (way == "cancel" or yard.build.is_under_way)
            if way == "worker":
                slowest = max(slowest, alive.gone_after)
                nothing_half(yard, originals)
                alive = Working(yard)
        if yard.build.outcome is not None:
            yard.court.act("order-bundle", bundle="B1", arrangement=2)
        eventually(lambda: not yard.build.is_under_way)
        over(yard)
        nothing_half(yard, originals)
    finally:
        alive.end()
    assert disturbed >= len(KILLS) // 2, "most kills came before the end"
    rows, builds = yard.rows(), yard.court.case.bundle("B1").builds
    print(f"{disturbed} of {len(KILLS) + MORE} kills disturbed {len(builds)} builds; slowest end {slowest:.3f} s")
    ended = [(row[0], build) for row, build in zip(rows, builds, strict=True)]
    assert all(build.sha256 or build.outcome is BuildOutcome.CANCELLED for _, build in ended)
    built = [(version, build) for version, build in ended if build.sha256]
    assert built
    for version, build in built:
        # Also tells that no exhibit was taken for broken because somebody killed what read it.
        assert undisturbed(yard, version) == build.sha256
