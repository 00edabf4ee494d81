"""What the README has a newcomer do is done, word for word, against a real `smoe run`."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bundles.checker import faults_of
from tests.servers import free_port
from tests.test_setup import ROOT, Running

SECONDS_MAX = 300
TOUR = re.compile(r"^## A five-minute tour\n.*?^```\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with few cases, since letters of all of them are written before those of the tour."""
    folder = tmp_path_factory.mktemp("tour")
    environment = os.environ | {"SMOE_DATA_DIR": str(folder / "data")}
    for name in ("DATABASE_URL", "REDIS_URL", "SMOE_OWNER_DATABASE_URL", "SMOE_MODE"):
        environment.pop(name, None)
    subprocess.run(
        [sys.executable, "-m", "cli", "simulate", "--cases", "20"], cwd=ROOT, env=environment, check=True, timeout=120
    )
    running = Running(folder / "data", free_port())
    try:
        yield f"http://127.0.0.1:{running.until_ready().port}"
    finally:
        running.end(signal.SIGTERM)


def test_the_tour_of_the_readme_is_followed_to_its_end(address: str, tmp_path: Path) -> None:
    found = TOUR.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    lines = found["lines"].replace("http://127.0.0.1:8000", address)
    assert address in lines
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    interpreter = tmp_path / ".venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    # A link would not know the environment that it belongs to.
    interpreter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    interpreter.chmod(0o755)
    told = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=tmp_path,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    assert '"code":"file_unusable"' in told.stdout
    assert '"code":"truncated"' in told.stdout
    assert (tmp_path / "accuse.pdf").read_bytes().startswith(b"%PDF")
    assert "par le code qui y est imprimé : Cuisinier" in told.stdout
    assert faults_of((tmp_path / "dossier-de-defense.zip").read_bytes()) == []
