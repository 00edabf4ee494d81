"""What is committed: nothing that one machine made for itself."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a copy without its history has no list of what is committed")
@pytest.mark.parametrize("made_here", [".venv", ".smoe", "node_modules", "build"])
def test_nothing_that_a_machine_makes_for_itself_is_committed(made_here: str) -> None:
    """Be it a folder or a link to one: a committed `.venv` keeps `make run` from starting anywhere else."""
    committed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert [path for path in committed.splitlines() if made_here in Path(path).parts] == []
