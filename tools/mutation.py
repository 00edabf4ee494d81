"""Mutation testing of the rules of law and the clocks: make one small fault at a time, see a unit test fail.

mutmut leaves decorated functions alone, which all our rules are, and cosmic-ray starts pytest anew for each mutant.
Here the tests are collected once; each mutant is tried in a forked process, which grafts the faulty code onto the
functions that everybody holds already and runs the tests that reach the line, until one fails.
"""

import argparse
import ast
import gc
import hashlib
import os
import pickle
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final, TypeVar

import msgspec
import pytest
from _pytest.runner import runtestprotocol

from domain import law, provisions
from tools.mutants import Mutant, mutants_of

ROOT: Final = Path(__file__).resolve().parent.parent
TARGETS: Final = ("domain/rules", "domain/clocks")
TESTS: Final = ("tests/unit",)
RESULTS: Final = ROOT / ".mutation.json"
SURVIVORS: Final = ROOT / "tests" / "mutation_survivors.toml"
PAGE: Final = ROOT / "docs" / "mutation.md"
SHARE_MIN: Final = 0.90
SECONDS_MAX: Final = 60

T = TypeVar("T")

KILLED, SURVIVED, TIMED_OUT, UNREACHED = "killed", "survived", "timed_out", "unreached"
DETECTED: Final = {KILLED, TIMED_OUT}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one mutant."""

    file: str
    line: int
    text: str
    mutation: str
    source: str
    """Digest of the module, so that results of another text are not taken over."""
    outcome: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What survivors are known by."""
        return self.file, self.text, self.mutation


class Reach(msgspec.Struct, kw_only=True):
    """Which tests run which lines, and how long they take; told by one run without any fault."""

    tests: dict[tuple[str, int], set[int]]
    seconds: dict[int, float]


# In the process of a mutant


def graft(tree: ast.Module, module: ModuleType, declared: ast.stmt | None = None) -> None:
    """Put the code of the tree into the module as imported, without importing anything again.

    Functions keep their identity and take the faulty code, so that whoever imported them runs it; a constant is put in
    place of the former one wherever that was imported; rules and provisions are declared anew.
    """
    former = dict(vars(module))
    fresh = {"__name__": module.__name__, "__file__": module.__file__, "__package__": module.__package__}
    rules, read = list(law._RULES), list(provisions._PROVISIONS)
    exec(compile(tree, str(module.__file__), "exec"), fresh)
    for name, value in fresh.items():
        _graft_code(former.get(name), value, module.__name__)
    if declared is not None:
        for name in _names_set(declared):
            _graft_value(name, former.get(name), fresh[name])
    ours = [msgspec.structs.replace(r, find=former[r.find.__name__]) for r in law._RULES[len(rules) :]]
    law._RULES[:] = _in_place(rules, ours, [r.find.__module__ == module.__name__ for r in rules])
    declared_now = provisions._PROVISIONS[len(read) :]
    provisions._PROVISIONS[:] = _in_place(read, declared_now, [p.module == module.__name__ for p in read])
    for cached in (law.all_rules, law.rules_in_force, provisions.all_provisions):
        cached.cache_clear()


def _in_place(held: list[T], new: list[T], replaced: list[bool]) -> list[T]:
    """The new ones where the replaced ones stood: some readers keep the order of declaration."""
    at = replaced.index(True) if any(replaced) else len(held)
    kept = [each for each, gone in zip(held, replaced, strict=True) if not gone]
    return [*kept[:at], *new, *kept[at:]]


def _graft_code(old: Any, new: Any, module: str) -> None:
    if isinstance(old, FunctionType) and isinstance(new, FunctionType) and old.__module__ == module:
        old.__code__ = new.__code__
        old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    elif isinstance(old, property) and isinstance(new, property):
        _graft_code(old.fget, new.fget, module)
    elif isinstance(old, type) and isinstance(new, type) and old.__module__ == module and old is not new:
        for name, member in vars(new).items():
            _graft_code(vars(old).get(name), member, module)


def _names_set(statement: ast.stmt) -> Iterator[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _graft_value(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").split(".")[0] in {"domain", "projections", "tests"}:
            for held, value in list(vars(module).items()):
                if held == name and value is old:
                    setattr(module, held, new)


def _failures(items: list[pytest.Item]) -> Iterator[tuple[int, str | None]]:
    """Run tests one after another; for each its place, and its name when it fails."""
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        reports = runtestprotocol(item, log=False, nextitem=following)
        yield place, item.nodeid if any(report.failed for report in reports) else None


def _try(mutant: Mutant, tree: ast.Module, items: list[pytest.Item], chosen: list[int], told: int, seconds: int) -> int:
    """Start a process that tries one mutant, and give its number; it ends with 1 when a test fails, and tells which."""
    child = os.fork()
    if child:
        return child
    gc.disable()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        mutant.apply()
        declared = None if mutant.in_function else tree.body[mutant.top]
        graft(tree, sys.modules[_module_name(mutant.file)], declared)
        for place, failed in _failures([items[number] for number in chosen]):
            if failed:
                os.write(told, str(chosen[place]).encode())
                os._exit(1)
        os._exit(0)
    except BaseException:
        # Whatever stops a module from being read, or a test from being run, is a fault seen.
        os._exit(1)


def _module_name(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


# Which tests reach what


def reach_of(items: list[pytest.Item], files: list[Path]) -> Reach:
    """Run every test once, in another process so that nothing stays cached here, and note the lines that each runs."""
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if not child:
            try:
                pickle.dump(_run_probed(items, files), told)
                told.flush()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit("Les tests échouent sans aucune mutation.")
        told.seek(0)
        tests, seconds = pickle.load(told)
    return Reach(tests=tests, seconds=seconds)


def _run_probed(
    items: list[pytest.Item], files: list[Path]
) -> tuple[dict[tuple[str, int], set[int]], dict[int, float]]:
    tests: dict[tuple[str, int], set[int]] = defaultdict(set)
    seconds: dict[int, float] = {}
    reached: set[tuple[str, int]] = set()
    for file in files:
        name = str(file.relative_to(ROOT))
        module = sys.modules[_module_name(name)]
        vars(module)[PROBE] = reached.add
        tree = ast.fix_missing_locations(_Probes(name).visit(ast.parse(file.read_text())))
        graft(tree, module)
    started = time.perf_counter()
    for number, failed in _failures(items):
        if failed:
            raise SystemExit(f"{failed} échoue sans aucune mutation.")
        seconds[number] = time.perf_counter() - started
        started = time.perf_counter()
        for place in reached:
            tests[place].add(number)
        reached.clear()
    return dict(tests), seconds


PROBE: Final = "__reached__"


class _Probes(ast.NodeTransformer):
    """Has every statement of every function say that it is reached."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Statements of a function, and of those within it."""
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Put a probe before each statement of a list of statements."""
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            held = getattr(node, field, None)
            if self.depth and isinstance(held, list):
                setattr(node, field, [each for s in held for each in self._probed(s)])
        return node

    def _probed(self, statement: ast.stmt) -> tuple[ast.stmt, ...]:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return (statement,)
        place = ast.Tuple([ast.Constant(self.file), ast.Constant(statement.lineno)], ast.Load())
        probe = ast.Expr(ast.Call(ast.Name(PROBE, ast.Load()), [place], []))
        return ast.copy_location(probe, statement), statement


def tests_for(mutant: Mutant, reach: Reach, items: list[pytest.Item]) -> list[int]:
    """The tests that run the statement, the quickest first; a fault of a declaration concerns those of its module."""
    if mutant.in_function:
        chosen = reach.tests.get((mutant.file, mutant.statement), set())
    else:
        chosen = set().union(*(tests for (file, _), tests in reach.tests.items() if file == mutant.file))
        chosen |= {number for number, item in enumerate(items) if item.path.name in ON_DECLARATIONS}
    return sorted(chosen, key=reach.seconds.__getitem__)


ON_DECLARATIONS: Final = {"test_rules_page.py"}
"""Tests that read the list of rules rather than apply one."""


# The whole


class Campaign:
    """A pytest plugin that, instead of running the tests collected, tries every mutant on them."""

    def __init__(self, files: list[Path], jobs: int, known: dict[tuple[str, str, str, str], str], every: int) -> None:
        self.files = files
        self.jobs = jobs
        self.known = known
        self.every = every
        self.outcomes: list[Outcome] = []
        self.running: dict[int, tuple[Mutant, str, int]] = {}
        self.killers: dict[str, Counter[int]] = defaultdict(Counter)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of the loop over the tests."""
        # Children have what is imported now, and nothing that a test has cached.
        law.all_rules()
        provisions.all_provisions()
        reach = reach_of(session.items, self.files)
        gc.freeze()
        for file in self.files:
            source = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
            tree, mutants = mutants_of(file, ROOT)
            for mutant in mutants[:: self.every]:
                self._one(mutant, tree, source, reach, session.items)
            print(f"{file.relative_to(ROOT)} : {len(mutants[:: self.every])} mutants", flush=True)
        while self.running:
            self._wait()
        return True

    def _one(self, mutant: Mutant, tree: ast.Module, source: str, reach: Reach, items: list[pytest.Item]) -> None:
        known = self.known.get((source, *mutant.key))
        chosen = tests_for(mutant, reach, items)
        if known is not None or not chosen:
            self._tell(mutant, source, known or UNREACHED)
            return
        while len(self.running) >= self.jobs:
            self._wait()
        usual = sum(reach.seconds[number] for number in chosen)
        killers = self.killers[mutant.file]
        chosen.sort(key=lambda number: (-killers[number], reach.seconds[number]))
        read, write = os.pipe()
        child = _try(mutant, tree, items, chosen, write, SECONDS_MAX + int(4 * usual))
        os.close(write)
        self.running[child] = (mutant, source, read)

    def _wait(self) -> None:
        child, status = os.wait()
        mutant, source, told = self.running.pop(child)
        killer = os.read(told, 16)
        os.close(told)
        if killer:
            self.killers[mutant.file][int(killer)] += 1
        outcome = TIMED_OUT if os.WIFSIGNALED(status) else KILLED if os.WEXITSTATUS(status) else SURVIVED
        self._tell(mutant, source, outcome)

    def _tell(self, mutant: Mutant, source: str, outcome: str) -> None:
        self.outcomes.append(
            Outcome(
                file=mutant.file,
                line=mutant.line,
                text=mutant.text,
                mutation=mutant.mutation,
                source=source,
                outcome=outcome,
            )
        )
        if len(self.outcomes) % 100 == 0:
            RESULTS.write_bytes(msgspec.json.encode(self.outcomes))


def reasons() -> dict[tuple[str, str, str], str]:
    """Why each survivor known may survive, from the annotated file."""
    listed = tomllib.loads(SURVIVORS.read_text())["survivor"] if SURVIVORS.exists() else []
    return {(each["file"], each["line"], each["mutation"]): each["reason"].strip() for each in listed}


def page(outcomes: list[Outcome], why: dict[tuple[str, str, str], str]) -> str:
    """What `docs/mutation.md` says."""
    lines = [
        "# Tests de mutation",
        "",
        "Page écrite par `make mutation` : chaque faute possible est faite une à une dans les règles de droit et",
        "les délais, et un test unitaire doit la voir. `tests/mutation_survivors.toml` explique les survivantes.",
        "",
        "| fichier | mutants | détectés | part |",
        "|---|--:|--:|--:|",
    ]
    total, detected = Counter[str](), Counter[str]()
    for each in outcomes:
        total[each.file] += 1
        detected[each.file] += each.outcome in DETECTED
    for file in sorted(total):
        lines.append(f"| `{file}` | {total[file]} | {detected[file]} | {detected[file] / total[file]:.1%} |")
    lines.append(f"| **ensemble** | {total.total()} | {detected.total()} | {detected.total() / total.total():.1%} |")
    lines += ["", "## Survivantes", ""]
    for each in sorted(outcomes, key=lambda o: (o.file, o.line)):
        if each.outcome not in DETECTED:
            shown = each.mutation.replace("|", "\\|")
            lines.append(f"- `{each.file}`, « {_code(each.text)} » : {shown}. {why.get(each.key, '**Sans raison.**')}")
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if "`" not in text else text


def main() -> int:
    """Run the campaign and write what it found; 1 when too many survive, or one without a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="modules to mutate; all rules and clocks by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--resume", action="store_true", help="take over results of modules that have not changed")
    parser.add_argument("--every", type=int, default=1, help="try one mutant in so many")
    asked = parser.parse_args()
    everything = [file for folder in TARGETS for file in sorted((ROOT / folder).rglob("*.py"))]
    files = [ROOT / file for file in asked.files] or everything
    earlier = msgspec.json.decode(RESULTS.read_bytes(), type=list[Outcome]) if RESULTS.exists() else []
    known = {(o.source, *o.key): o.outcome for o in earlier} if asked.resume else {}
    campaign = Campaign(files, asked.jobs, known, asked.every)
    # A fault may make anything warn or print; only failing counts.
    status = pytest.main(["-q", "-p", "no:cacheprovider", "--capture=no", *TESTS], plugins=[campaign])
    if status != pytest.ExitCode.OK:
        return int(status)
    RESULTS.write_bytes(msgspec.json.encode(campaign.outcomes))
    return _report(campaign.outcomes, whole=not asked.files and asked.every == 1)


def _report(outcomes: list[Outcome], *, whole: bool) -> int:
    why = reasons()
    told = page(outcomes, why)
    if whole:
        PAGE.write_text(told)
    left = [o for o in outcomes if o.outcome not in DETECTED]
    unexplained = [o for o in left if not why.get(o.key)]
    for each in unexplained:
        print(f"{each.file}:{each.line}: {each.outcome}: {each.mutation}    | {each.text}")
    share = 1 - len(left) / max(1, len(outcomes))
    print(f"{len(outcomes)} mutants, {share:.1%} détectés, {len(left)} survivants dont {len(unexplained)} sans raison.")
    return int(share < SHARE_MIN or bool(unexplained))


if __name__ == "__main__":
    raise SystemExit(main())
