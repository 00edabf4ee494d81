"""The tool that makes faults sees what a real edit would show: tried on a module of a few lines and its tests."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tools.mutation import ON_SOURCES, Outcome

ROOT = Path(__file__).parents[2]

MODULE = '''
"""A tiny law."""

from collections.abc import Callable

HOURS = 35
UNUSED = 7
SINCE: dict[str, int] = {}


def declare(since: int) -> Callable[[Callable[[int], bool]], Callable[[int], bool]]:
    """Note the year of a function."""

    def noted(function: Callable[[int], bool]) -> Callable[[int], bool]:
        SINCE[function.__name__] = since
        return function

    return noted


@declare(since=2021)
def full_time(hours: int) -> bool:
    """Whether the hours are those of the law."""
    return hours >= HOURS


def overtime(hours: int, rate: int = 2) -> int:
    """Hours above, at a rate; never tested at the limit."""
    if hours > HOURS:
        return (hours - HOURS) * rate
    return 0


class Week:
    """A week of work."""

    days = 5


def never_run() -> int:
    """Nothing calls it."""
    return 1
'''

TESTS = '''
from law import tiny

COMPUTED = tiny.overtime(39)
"""Computed when the tests are read."""


def test_full_time():
    assert tiny.full_time(35)
    assert not tiny.full_time(34)


def test_overtime():
    assert COMPUTED == 8
    assert tiny.overtime(30) == 0


def test_year():
    assert tiny.SINCE == {"full_time": 2021}


def test_days():
    assert tiny.Week.days == 5
'''


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """What became of each fault of the tiny law, by line and mutation."""
    root = tmp_path_factory.mktemp("tiny")
    for folder in ("law", "checks"):
        (root / folder).mkdir()
    (root / "law" / "tiny.py").write_text(MODULE.strip() + "\n")
    (root / "checks" / "test_tiny.py").write_text(TESTS.strip() + "\n")
    asked = ["law/tiny.py", "--root", str(root), "--tests", "checks", "--jobs", "1"]
    ran = subprocess.run(
        [sys.executable, "-m", "tools.mutation", *asked], cwd=ROOT, capture_output=True, text=True, check=False
    )
    told = (root / ".mutation.json").read_bytes()
    assert ran.returncode == 1, "survivors have no reason here"
    return {(each.text, each.mutation): each.outcome for each in msgspec.json.decode(told, type=list[Outcome])}


@pytest.mark.parametrize(
    ("text", "mutation", "outcome"),
    [
        ("return hours >= HOURS", "`hours >= HOURS` → `hours > HOURS`", "killed"),
        ("if hours > HOURS:", "`hours > HOURS` → `hours >= HOURS`", "survived"),
        ("if hours > HOURS:", "`hours > HOURS` → `hours <= HOURS`", "killed"),
        ("HOURS = 35", "`35` → `36`", "killed"),
        ("UNUSED = 7", "`7` → `8`", "survived"),
        ("@declare(since=2021)", "`2021` → `2022`", "killed"),
        ("@declare(since=2021)", "`declare(since=2021)` → `declare()`", "refused"),
        ("def overtime(hours: int, rate: int = 2) -> int:", "`2` → `3`", "killed"),
        ("days = 5", "`5` → `6`", "killed"),
        ("return (hours - HOURS) * rate", "`hours - HOURS` → `hours + HOURS`", "killed"),
        ("return 1", "`1` → `2`", "unreached"),
    ],
)
def test_what_becomes_of_a_fault(outcomes: dict[tuple[str, str], str], text: str, mutation: str, outcome: str) -> None:
    assert outcomes[text, mutation] == outcome


def test_it_is_not_tried_on_itself() -> None:
    assert Path(__file__).name in ON_SOURCES
