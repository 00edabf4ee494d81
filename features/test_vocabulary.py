"""The common steps themselves: they bring a case where they say, and they fail where they should."""

import re
from pathlib import Path

import pytest
from pytest_bdd import scenarios

from features.bodies import REQUESTS, changed, filing, member, value_of
from features.conftest import must_hold, names_of, rows_of
from features.world import agrees, found

scenarios("vocabulary.feature")

CHAPTERS = sorted(Path(__file__).parent.glob("*.feature"))
VAGUE = re.compile(r"\b(as expected|correctly|properly|successfully|should work|is ok|valid result)\b", re.IGNORECASE)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_no_step_is_vague(chapter: Path) -> None:
    """A step names what was recorded; « as expected » says nothing."""
    vague = [line.strip() for line in chapter.read_text().splitlines() if VAGUE.search(line)]
    assert not vague


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_scenario_expects_something(chapter: Path) -> None:
    """Each scenario has a Then."""
    scenarios_of = re.split(r"^\s*Scenario(?: Outline)?:", chapter.read_text(), flags=re.MULTILINE)[1:]
    silent = [text.splitlines()[0].strip() for text in scenarios_of if not re.search(r"^\s*Then ", text, re.MULTILINE)]
    assert scenarios_of
    assert not silent


@pytest.mark.parametrize(
    "table",
    [
        None,
        [],
        [["path", "value"]],
        [["path", "valeur"], ["status", "decided"]],
        [["path", "value", "because"], ["status", "decided", "x"]],
        [["path"], ["status"]],
        [["path", "value"], ["status", ""]],
        [["path", "value"], ["", "decided"]],
    ],
    ids=["none", "empty", "no rows", "misspelt", "unknown column", "column missing", "no value", "no path"],
)
def test_a_table_that_expects_nothing_fails(table: list[list[str]] | None) -> None:
    """An expectation that could not fail is refused."""
    with pytest.raises(AssertionError):
        rows_of(table, ("path", "value"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", "closed"),
        ("unknown", "none"),
        ("routing", "Clermont-Ferrand"),
        ("routing.platform", "…Lyon…"),
        ("documents.count", "3"),
        ("items", '""'),
        ("nothing", '""'),
        ("yes", "True"),
    ],
)
def test_a_wrong_value_fails(path: str, value: str) -> None:
    """What differs, or does not exist, fails."""
    body = {
        "status": "decided",
        "routing": {"platform": "Clermont-Ferrand"},
        "documents": [1, 2],
        "items": [],
        "nothing": None,
        "yes": True,
    }
    with pytest.raises(AssertionError):
        must_hold(body, [["path", "value"], [path, value]], "a body")


def test_values_as_tables_write_them() -> None:
    """None, booleans, empty texts and lists each have one way of being written."""
    body = {"a": None, "b": True, "c": "", "d": [], "e": ["x", "y"], "f": [{"g": 1.5}]}
    rows = [["a", "none"], ["b", "yes"], ["c", '""'], ["d", "[]"], ["e", "x, y"], ["f.-1.g", "1.5"], ["f.count", "1"]]
    must_hold(body, [["path", "value"], *rows], "a body")
    assert agrees("refus d'autorisation", "…d'autorisation…")
    assert found(body, "e.1") == "y"


def test_names_are_never_empty() -> None:
    """A list of facts with a hole is a mistake."""
    assert names_of("RequestFiled, RequestRouted") == ["RequestFiled", "RequestRouted"]
    with pytest.raises(AssertionError):
        names_of("RequestFiled,, RequestRouted")


def test_changes_by_pointer() -> None:
    """Digits stay text where a text stood; JSON is read elsewhere; `absent` leaves a member out."""
    body = filing("introduction_permanent")
    for pointer, cell in (
        ("/request/job/pay_monthly_gross", "1700.00"),
        ("/request/employer/headcount", "3"),
        ("/request/worker/passport_number", "absent"),
        ("/documents/1", "absent"),
        ("/documents/-", '{"item": "other"}'),
    ):
        changed(body, pointer, value_of(cell, member(body, pointer)))
    assert body["request"]["job"]["pay_monthly_gross"] == "1700.00"
    assert body["request"]["employer"]["headcount"] == 3
    assert "passport_number" not in body["request"]["worker"]
    assert [document["item"] for document in body["documents"]] == ["passport", "other"]
    assert REQUESTS["introduction_permanent"]["job"]["pay_monthly_gross"] == "2400.00"
