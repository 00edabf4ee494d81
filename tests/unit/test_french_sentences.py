"""What users read in French: each sentence has one home, and none is written like a machine."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = ("domain", "projections", "reactions", "documents", "api", "verifier")
"""Where sentences that users read are written; the operators' console and the simulation tell no user anything."""

APART = {"domain/demonstration.py", "verifier/one_file.py"}
"""Invented people and places; the beginning of a program."""

LENGTH_MIN = 30
WORDS_MIN = 5
"""From this size on, a piece of text says something that could be said in one place."""

FRENCH = re.compile(r"[éèàùçêîôûœ«»]|\b(le|la|les|des|une|est|sont|pas|dans|pour|sur|cette|aucune?)\b", re.IGNORECASE)
ADDRESS = re.compile(r"https?://\S+")
IDENTIFIER = re.compile(r"\b[a-z]+_[a-z_]+\b")
TIGHT = re.compile(r"[a-zé»)](?:[;!?]|:(?!//))(?:\s|$)")
"""French puts a space before these signs."""
ENGLISH = re.compile(r"\b(None|null|True|False|error|invalid|unknown|missing|must|cannot|should|ERROR)\b")
DOUBLED = re.compile(r"\b(le le|la la|de de|du du|à à|de le|de les|à le|à les|si il)\b", re.IGNORECASE)


class Piece(NamedTuple):
    """A piece of text as the code writes it, with its place."""

    text: str
    place: str


def pieces() -> Iterator[Piece]:
    """Every French text in the code that tells users something, examples and docstrings left out."""
    for folder in SHOWN:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name not in APART:
                for node in spoken(ast.parse(path.read_text(encoding="utf-8"))):
                    text = " ".join(ADDRESS.sub("", node.value).split())
                    if FRENCH.search(text) and not text.startswith(("SELECT", "WITH")):
                        yield Piece(text, f"{name}:{node.lineno}")


def spoken(tree: ast.Module) -> Iterator[ast.Constant]:
    """The strings of a module, without docstrings, examples and regular expressions."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        examples = [k.value for k in node.keywords if k.arg == "example"] if isinstance(node, ast.Call) else []
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id.endswith("EXAMPLE") for t in targets) and node.value is not None:
                examples.append(node.value)
        silent |= {id(part) for example in examples for part in ast.walk(example)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node


PIECES = tuple(pieces())


def test_there_is_much_to_read() -> None:
    """Were nothing found, the checks below would say nothing."""
    assert len(PIECES) > 800


def test_each_sentence_stands_in_one_place() -> None:
    """A sentence said from two places will one day say two things."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for piece in PIECES:
        if len(piece.text) >= LENGTH_MIN and len(piece.text.split()) >= WORDS_MIN:
            places[piece.text].append(piece.place)
    assert {text: where for text, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("names an identifier of the code", IDENTIFIER),
        ("lacks the space before a sign", TIGHT),
        ("speaks English", ENGLISH),
        ("stumbles", DOUBLED),
    ],
)
def test_no_sentence_is_machine_like(fault: str, pattern: re.Pattern[str]) -> None:
    """Machine words, missing spaces and stuttering are what hurried French looks like."""
    sentences = [piece for piece in PIECES if len(piece.text.split()) >= 3]
    assert [f"{piece.place} {fault}: {piece.text}" for piece in sentences if pattern.search(piece.text)] == []
