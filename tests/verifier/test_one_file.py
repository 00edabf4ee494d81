"""The verifier as auditors get it: one file that runs alone, from an empty folder, on Python as it comes."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from verifier.one_file import FOLDER, MODULES, stand_alone

ALLOWED = sys.stdlib_module_names


def modules():
    return {name: ast.parse((FOLDER / f"{name}.py").read_text()) for name in MODULES}


def test_every_module_of_the_package_is_in_it():
    present = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "one_file"}
    assert present == set(MODULES)


def test_no_two_modules_give_the_same_name():
    names = Counter()
    for module in modules().values():
        own = set()
        for node in module.body:
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    own.add(name)
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    own.add(name)
        names.update(own)
    assert [name for name, count in names.items() if count > 1] == []


def test_modules_are_imported_by_name_and_only_from_above_or_from_the_standard_library():
    above: set[str] = set()
    for name, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                package, _, other = str(node.module).partition(".")
                assert other in above if package == "verifier" else package in ALLOWED, (name, node.module)
                assert all(alias.asname is None for alias in node.names)
            elif isinstance(node, ast.Import):
                assert all(alias.name in ALLOWED and alias.asname is None for alias in node.names)
        above.add(name)


def test_the_file_defines_what_the_modules_define_and_nothing_of_ours_is_imported():
    whole = ast.parse(stand_alone())
    assert not [node for node in whole.body if isinstance(node, ast.ImportFrom) and "verifier" in str(node.module)]
    defined = {node.name for node in whole.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for module in modules().values():
        assert {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)} <= defined
    network = {"socket", "urllib", "http", "ssl", "subprocess", "ctypes", "asyncio"}
    imported = {
        str(getattr(node, "module", None) or node.names[0].name).partition(".")[0]
        for node in ast.walk(whole)
        if isinstance(node, ast.ImportFrom | ast.Import)
    }
    assert not imported & network


@pytest.mark.parametrize("given", [["--help"], []])
def test_it_runs_isolated_in_an_empty_folder(tmp_path: Path, given: list[str]):
    (tmp_path / "verify_smoe.py").write_text(stand_alone())
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "verify_smoe.py", *given], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == (0 if given else 2)
    assert "verify_smoe.py" in (done.stdout or done.stderr)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["verify_smoe.py"]


def test_a_python_that_is_too_old_is_a_wrong_usage_and_no_altered_proof(tmp_path: Path):
    (tmp_path / "verify_smoe.py").write_text(stand_alone())
    older = "import sys, functools, itertools; sys.version_info = (3, 9, 18); del functools.cache, itertools.pairwise; "
    done = subprocess.run(
        [sys.executable, "-c", older + "exec(open('verify_smoe.py').read())"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "Il faut Python 3.10 ou plus récent.\n")


def test_a_reader_who_has_read_enough_changes_no_status(tmp_path: Path):
    (tmp_path / "verify_smoe.py").write_text(stand_alone())
    (tmp_path / "p.zip").write_bytes(b"x" * 100)
    command = f"{sys.executable} -I verify_smoe.py p.zip --json; echo $? >&2"
    done = subprocess.run(["bash", "-c", f"({command}) | true"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stderr, done.stdout) == ("1\n", "")
