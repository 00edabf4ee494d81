"""The house rules of the domain that no tool checks: codes, examples, personal fields, clocks, one command a file."""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

import domain
from domain.case import Case
from domain.command import administration_commands, case_commands
from domain.envelope import PERSONAL, Actor
from domain.events import AdministrationEvent, CaseEvent, RegisterEvent
from domain.refusals import CODES

FOLDER = Path(domain.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
COMMAND_FILES = sorted(p for p in (FOLDER / "commands").glob("*.py") if p.name != "__init__.py")
CASE_COMMANDS = case_commands()
ADMINISTRATION_COMMANDS = administration_commands()
COMMANDS: dict[str, Any] = {**CASE_COMMANDS, **{f"admin {n}": c for n, c in ADMINISTRATION_COMMANDS.items()}}
CLOCK_READERS = {"now", "today", "utcnow", "time", "monotonic"}
CLOCKS = {"datetime", "date", "time"}


def tree(path: Path) -> ast.Module:
    """A module as syntax."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def literals(node: ast.AST) -> Iterator[str]:
    """Every string that an expression may yield."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def codes_raised() -> dict[str, str]:
    """Each code given first to Refused(), or as `code=` anywhere, with a place where it is."""
    found: dict[str, str] = {}
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            given = [node.args[0]] if name == "Refused" and node.args else []
            given += [k.value for k in node.keywords if k.arg == "code"]
            for argument in given:
                for text in literals(argument):
                    if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", text):
                        found[text] = f"{path.name}:{node.lineno}"
    return found


def strings_of_the_domain() -> set[str]:
    """Every string constant outside the list of codes itself."""
    return {text for path in MODULES if path.name != "refusals.py" for text in literals(tree(path))} | {
        text for node in ast.walk(tree(FOLDER / "case.py")) for text in literals(node)
    }


def test_each_code_raised_is_public() -> None:
    assert {code: place for code, place in codes_raised().items() if code not in CODES} == {}


def test_each_public_code_can_be_raised() -> None:
    # The layers above raise these: they know relations, territories, and which streams exist.
    outside = {"role_not_entitled", "not_your_case", "case_already_exists"}
    assert set(CODES) - strings_of_the_domain() - outside == set()


def test_titles_of_codes_are_sentences() -> None:
    assert [code for code, entry in CODES.items() if not re.fullmatch(r"[A-ZÀÉÊÎ].*\.", entry.title)] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_example_of_a_command_is_a_body_of_it(name: str) -> None:
    command = COMMANDS[name]
    body = msgspec.json.decode(msgspec.json.encode(command.example), type=command.body, strict=True)
    assert isinstance(body, command.body)
    assert command.by
    assert command.title
    assert inspect.getdoc(command.body)
    assert inspect.getdoc(command.decide)


def test_names_of_commands_are_unique_and_kebab_case() -> None:
    assert [n for n in CASE_COMMANDS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", n)] == []
    assert [n for n in ADMINISTRATION_COMMANDS if not re.fullmatch(r"[a-z]+(-[a-z]+)*(/[a-z]+)?", n)] == []
    declared = [text for path in COMMAND_FILES for text in declarations(path)]
    assert [name for name, times in Counter(declared).items() if times > 1] == []
    assert set(declared) == set(CASE_COMMANDS) | set(ADMINISTRATION_COMMANDS)


def declarations(path: Path) -> list[str]:
    """The names of the commands that a file declares."""
    return [
        str(decorator.args[0].value)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id in {"command", "administration_command"}
        and isinstance(decorator.args[0], ast.Constant)
    ]


@pytest.mark.parametrize("path", COMMAND_FILES, ids=lambda path: path.stem)
def test_a_file_holds_one_command_named_like_it(path: Path) -> None:
    functions = {node.name for node in tree(path).body if isinstance(node, ast.FunctionDef)}
    assert path.stem in functions
    # Filing creates the case: there is none to decide on, so it is no command on a case.
    assert len(declarations(path)) == (0 if path.stem == "file_request" else 1)


def structs_of(hint: Any, seen: set[type[msgspec.Struct]]) -> set[type[msgspec.Struct]]:
    """Every Struct that a type can hold, itself included."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        if hint not in seen:
            seen.add(hint)
            for inner in get_type_hints(hint, include_extras=False).values():
                structs_of(inner, seen)
        return seen
    for inner in get_args(hint):
        structs_of(inner, seen)
    return seen


def is_personal(hint: Any) -> bool:
    """Whether a field is marked as sealed with the key of a person."""
    return any(isinstance(m, msgspec.Meta) and (m.extra or {}).get(PERSONAL) for m in getattr(hint, "__metadata__", ()))


def test_whoever_has_personal_fields_names_their_person() -> None:
    structs = structs_of(CaseEvent | AdministrationEvent | RegisterEvent, {Actor})
    personal = {s for s in structs if any(map(is_personal, get_type_hints(s, include_extras=True).values()))}
    assert {"Actor", "Worker", "PrivateEmployer", "NoteAdded", "AppealLodged"} <= {s.__name__ for s in personal}
    assert [s.__name__ for s in personal if "person" not in s.__struct_fields__] == []


def test_the_garbage_collector_looks_at_no_part_of_a_fact() -> None:
    """A part that is tracked makes it go through millions of facts; frozen values hold no cycle."""
    parts = structs_of(CaseEvent | AdministrationEvent | RegisterEvent | Case, set())
    assert {part.__name__ for part in parts if part.__struct_config__.gc or not part.__struct_config__.frozen} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_nothing_in_the_domain_reads_a_clock(path: Path) -> None:
    reads = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_READERS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in CLOCKS
    ]
    assert reads == []
