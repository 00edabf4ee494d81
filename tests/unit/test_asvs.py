"""The table against the ASVS is whole, refers to what exists, and is written as it is kept."""

import ast
import csv
from functools import lru_cache
from pathlib import Path

import pytest

from tools.asvs import (
    CHAPTERS,
    COUNTS_BEGIN,
    PAGE,
    ROOT,
    SUMMARY_PAGE,
    Requirement,
    asvs_page,
    read_standard,
    security_page,
)

PUBLISHED = Path(__file__).parents[1] / "standards" / "asvs.csv"
"""Every requirement of levels 1 and 2 in version 5.0.0, as the standard's own table numbers them."""
NOTE_WORDS_MAX = 25
NAME_WORDS_MAX = 12
REQUIREMENTS = read_standard().requirement


@lru_cache
def functions_of(path: Path) -> frozenset[str]:
    """The names of a file's functions, and of methods within their class."""
    found = set[str]()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return frozenset(found)


def is_there(reference: str) -> bool:
    """Whether a reference names a file of the repository and, where it names a test, one that is in there."""
    path, _, test = reference.partition("::")
    file = (ROOT / path).resolve()
    if not (file.is_file() and file.is_relative_to(ROOT)):
        return False
    return not test or (file.name.startswith("test_") and test in functions_of(file))


def test_every_requirement_has_its_line_and_no_other() -> None:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        published = [(row["id"], int(row["level"])) for row in csv.DictReader(file)]
    assert [(each.id, each.level) for each in REQUIREMENTS] == published
    assert [sum(level == each for _, level in published) for each in (1, 2)] == [70, 183]
    assert {each.chapter for each in REQUIREMENTS} == set(CHAPTERS)


@pytest.mark.parametrize("each", REQUIREMENTS, ids=lambda each: each.id)
def test_a_line_says_shortly_what_is_asked_and_what_is_done(each: Requirement) -> None:
    assert 1 <= len(each.name.split()) <= NAME_WORDS_MAX
    assert 1 <= len(each.note.split()) <= NOTE_WORDS_MAX
    assert not each.name.startswith("Verify that"), "the sentences are the standard's"
    assert not set("|\n") & set(each.name + each.note)


@pytest.mark.parametrize("each", REQUIREMENTS, ids=lambda each: each.id)
def test_a_line_refers_to_what_exists(each: Requirement) -> None:
    assert each.references
    assert [reference for reference in each.references if not is_there(reference)] == []


@pytest.mark.parametrize(
    "reference",
    [
        "tests/unit/test_asvs.py::test_that_is_not_there",
        "tests/unit/test_nothing.py",
        "api/form.py::must_be_readable",
        "../shared/style.md",
        "docs",
        "",
    ],
)
def test_a_reference_to_nothing_is_found_out(reference: str) -> None:
    assert not is_there(reference)


def test_the_pages_are_those_that_the_data_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == asvs_page(), "run make docs"
    security = SUMMARY_PAGE.read_text(encoding="utf-8")
    assert COUNTS_BEGIN in security
    assert security == security_page(security), "run make docs"
