"""Mutation testing of the rules of law and the clocks: make one small fault at a time, see a unit test fail.

Three passes, each in processes forked from this one, which imports nothing of the project itself:

1. every test runs once on modules whose statements say that they are reached: which tests run which lines;
2. a fault within a function: the tests are collected once, and each mutant is a fork that puts the faulty code into
   the function that everybody holds already, then runs the tests that reach the line until one fails;
3. a fault of a declaration (constant, default, argument of a decorator, member of a class), or of a function that runs
   while modules are imported: a fork that imports everything anew with the faulty module, as after a real edit.
"""

import argparse
import ast
import builtins
import gc
import hashlib
import importlib
import importlib.machinery
import inspect
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, TypeVar

import msgspec
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, settings

from tools.mutants import Mutant, mutants_of

HERE: Final = Path(__file__).resolve().parent.parent
TARGETS: Final = ("domain/rules", "domain/clocks")
TESTS: Final = "tests/unit"
RESULTS: Final = ".mutation.json"
FOUND: Final = ".mutation.jsonl"
"""What the campaign under way has found, one outcome a line: `--resume` takes it up when it was stopped."""
SURVIVORS: Final = "tests/mutation_survivors.toml"
PAGE: Final = "docs/mutation.md"
ON_SOURCES: Final = ("test_french_sentences.py", "test_mutation_tool.py")
"""Tests that read the files of the code, in which no fault is written, or that test this tool."""
ON_DECLARATIONS: Final = ("test_rules_page.py",)
"""Tests that read the list of rules rather than apply one: the first to try on a declaration."""
USED_BY_ALL: Final = ("hypothesis", "litestar", "litestar.testing", "holidays", "pycountry", "psycopg", "pytest_bdd")
"""Libraries imported once, before any fork."""
SHARE_MIN: Final = 0.90
SECONDS_MAX: Final = 20
PROBE: Final = "__reached__"

T = TypeVar("T")

KILLED, SURVIVED, TIMED_OUT, UNREACHED, REFUSED = "killed", "survived", "timed_out", "unreached", "refused"
"""What may become of a mutant; refused: Python reads or imports no such module, so there is nothing to test."""
DETECTED: Final = {KILLED, TIMED_OUT}
VERDICTS: Final = {0: SURVIVED, 1: KILLED, 3: REFUSED}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one mutant."""

    file: str
    line: int
    text: str
    mutation: str
    source: str
    """Digest of the module, so that results of another text are not taken over."""
    outcome: str
    killer: str = ""
    """The test that failed."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What survivors are known by."""
        return self.file, self.text, self.mutation


class Reach(msgspec.Struct, kw_only=True):
    """Which tests run which lines, and how long they take; told by one run without any fault."""

    tests: dict[tuple[str, int], set[str]]
    seconds: dict[str, float]
    at_import: dict[tuple[str, int], set[str]]
    """Lines that run while tests are collected, with the files of tests that run them so."""

    def of_module(self, file: str) -> set[str]:
        """The tests that run anything of a module."""
        return set().union(*(tests for (of, _), tests in self.tests.items() if of == file))

    def read_at_import(self, file: str) -> set[str]:
        """The files of tests that run anything of a module when they are read."""
        return set().union(*(tests for (of, _), tests in self.at_import.items() if of == file))


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried on what."""

    root: Path
    tests: str
    files: tuple[Path, ...]
    jobs: int
    every: int
    known: dict[tuple[Any, ...], Outcome]
    newest_first: bool = False

    def age(self, test: str) -> float:
        """For survivors tried again: tests written since come first."""
        return -(self.root / test.split("::")[0]).stat().st_mtime if self.newest_first else 0.0

    def mutants(self) -> Iterator[tuple[ast.Module, Mutant, str]]:
        """Every fault to try, with the tree of its module and the digest of its text."""
        for file in self.files:
            source = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
            tree, mutants = mutants_of(file, self.root)
            for mutant in mutants[:: self.every]:
                yield tree, mutant, source

    def pytest(self, *plugins: object, only: Iterable[str] = ()) -> int:
        """Run pytest here, with what it would print left out; the tests collected are for the plugins."""
        ignored = [f"--ignore={self.root / self.tests / name}" for name in ON_SOURCES]
        chosen = list(only) or [self.tests]
        quiet = ["-q", "-p", "no:cacheprovider", "--capture=no", f"--rootdir={self.root}", "--tb=no"]
        # Libraries are imported before pytest starts.
        quiet += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        return int(pytest.main([*quiet, *ignored, *chosen], plugins=list(plugins)))


# Faulty or probed modules


class Replaced(SourceFileLoader):
    """Finds and loads modules from another syntax tree than that of their file."""

    trees: dict[str, ast.Module] = {}

    @classmethod
    def find_spec(cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """The module as found, to be loaded from the other tree."""
        if name not in cls.trees:
            return None
        spec = PathFinder.find_spec(name, path)
        assert isinstance(spec, ModuleSpec)
        assert spec.origin is not None
        spec.loader = cls(name, spec.origin)
        return spec

    def get_code(self, fullname: str) -> CodeType:
        """The code of the other tree."""
        return compile(self.trees[fullname], self.path, "exec")


def _replace_on_import(trees: dict[str, ast.Module]) -> None:
    Replaced.trees = trees
    sys.meta_path.insert(0, Replaced)


def graft(tree: ast.Module, module: ModuleType) -> None:
    """Give the functions of a module as imported the code that they have in the tree.

    They keep their identity, so that whoever imported them runs it; nothing is executed.
    """
    codes = {
        (code.co_qualname, code.co_firstlineno): code for code in _codes(compile(tree, str(module.__file__), "exec"))
    }
    for function in _functions(module):
        held = function.__code__
        function.__code__ = codes.get((held.co_qualname, held.co_firstlineno), held)


def grafted_lines(module: ModuleType) -> set[int]:
    """Lines at which the functions begin that can be given other code."""
    return {function.__code__.co_firstlineno for function in _functions(module)}


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    for value in vars(module).values():
        members = vars(value).values() if isinstance(value, type) and value.__module__ == module.__name__ else [value]
        for member in members:
            held = member.fget if isinstance(member, property) else member
            function = inspect.unwrap(held) if callable(held) else None
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                yield function


def _module_name(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


# Processes


def _apart(work: Callable[[], T]) -> T:
    """Do it in another process, so that nothing stays imported or cached here."""
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if not child:
            try:
                pickle.dump(work(), told)
                told.flush()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit("La campagne s'est arrêtée.")
        told.seek(0)
        result: T = pickle.load(told)
        return result


class Pool:
    """Mutants being tried, each in its own process."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.outcomes: dict[int, Outcome] = {}
        """By place in the list of mutants."""
        self.running: dict[int, tuple[int, Mutant, str, int]] = {}
        self.killers: dict[str, Counter[str]] = defaultdict(Counter)

    def start(self, place: int, mutant: Mutant, source: str, seconds: int, work: Callable[[], str | None]) -> None:
        """Try a mutant when there is room: the work gives the test that fails."""
        while len(self.running) >= self.jobs:
            self.wait()
        read, write = os.pipe()
        child = os.fork()
        if not child:
            _be_tried(work, write, seconds)
        os.close(write)
        self.running[child] = (place, mutant, source, read)

    def wait(self) -> None:
        """Wait for one to end."""
        child, status = os.wait()
        place, mutant, source, told = self.running.pop(child)
        with os.fdopen(told) as pipe:
            killer = pipe.read()
        ended = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        if ended is not None and ended not in VERDICTS:
            raise SystemExit(f"{mutant.file}:{mutant.line} : {mutant.mutation} : l'outil a échoué.\n{killer}")
        if ended == 1:
            self.killers[mutant.file][killer] += 1
        self.tell(place, mutant, source, TIMED_OUT if ended is None else VERDICTS[ended], killer)

    def finish(self) -> dict[int, Outcome]:
        """Wait for all, and give what became of each."""
        while self.running:
            self.wait()
        return self.outcomes

    def tell(self, place: int, mutant: Mutant, source: str, outcome: str, killer: str = "") -> None:
        """Note what became of a mutant."""
        self.outcomes[place] = Outcome(
            file=mutant.file,
            line=mutant.line,
            text=mutant.text,
            mutation=mutant.mutation,
            source=source,
            outcome=outcome,
            killer=killer,
        )
        with Path(FOUND).open("ab") as found:
            found.write(msgspec.json.encode(self.outcomes[place]) + b"\n")
        if len(self.outcomes) % 200 == 0:
            print(
                f"{time.strftime('%H:%M:%S')} {len(self.outcomes)} mutants, {mutant.file}", file=sys.stderr, flush=True
            )


def _be_tried(work: Callable[[], str | None], told: int, seconds: int) -> None:
    """What the process of a mutant does: end with 0 when it survives, 1 when a test fails, 3 when it is no module."""
    gc.disable()
    # Processor time, which does not pass faster on a busy machine.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(20 * seconds)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        failed = work()
        os.write(told, (failed or "").encode())
        os._exit(1 if failed else 0)
    except NoModule:
        os._exit(3)
    except BaseException:
        os.write(told, traceback.format_exc()[-4000:].encode())
        os._exit(4)


class NoModule(Exception):
    """Python does not read or import the faulty module."""


# First pass: which tests reach what


class Probing:
    """A pytest plugin that runs every test and notes the lines that each runs."""

    def __init__(self) -> None:
        self.reached: set[tuple[str, int]] = set()
        self.reach = Reach(tests=defaultdict(set), seconds={}, at_import=defaultdict(set))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what a file of tests runs when it is read."""
        for place in self.reached:
            self.reach.at_import[place].add(report.nodeid.split("::")[0])
        self.reached.clear()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of the loop over the tests."""
        started = time.perf_counter()
        for item, failed in _failures(session.items):
            if failed:
                raise SystemExit(f"{item.nodeid} échoue sans aucune mutation.")
            self.reach.seconds[item.nodeid] = time.perf_counter() - started
            for place in self.reached:
                self.reach.tests[place].add(item.nodeid)
            self.reached.clear()
            started = time.perf_counter()
        return True


def reach_of(bench: Bench) -> Reach:
    """Run every test once on modules that say what is reached."""
    probing = Probing()
    setattr(builtins, PROBE, probing.reached.add)
    trees = {}
    for file in bench.files:
        name = str(file.relative_to(bench.root))
        trees[_module_name(name)] = ast.fix_missing_locations(_Probes(name).visit(ast.parse(file.read_text())))
    _replace_on_import(trees)
    if status := bench.pytest(probing):
        raise SystemExit(f"Les tests échouent sans aucune mutation ({status}).")
    probing.reach.tests, probing.reach.at_import = dict(probing.reach.tests), dict(probing.reach.at_import)
    return probing.reach


def _failures(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, bool]]:
    """Run tests one after another, and say of each whether it fails."""
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        reports = runtestprotocol(item, log=False, nextitem=following)
        yield item, any(report.failed for report in reports)


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


# Second pass: faults within functions


class Grafting:
    """A pytest plugin that, instead of running the tests collected, tries on them every fault within a function."""

    def __init__(self, bench: Bench, reach: Reach) -> None:
        self.bench = bench
        self.reach = reach
        self.pool = Pool(bench.jobs)
        self.left: dict[int, set[str]] = {}
        """Places of the mutants left to the third pass, with the files of tests to try."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of the loop over the tests."""
        items = {item.nodeid: item for item in session.items}
        begins = {str(f.relative_to(self.bench.root)): set[int]() for f in self.bench.files}
        for file in begins:
            begins[file] = grafted_lines(importlib.import_module(_module_name(file)))
        gc.freeze()
        for place, (tree, mutant, source) in enumerate(self.bench.mutants()):
            if known := self.bench.known.get((source, mutant.line, *mutant.key)):
                self.pool.outcomes[place] = known
            elif mutant.function not in begins[mutant.file]:
                of_module = {test.split("::")[0] for test in self.reach.of_module(mutant.file)}
                self.left[place] = of_module | self.reach.read_at_import(mutant.file)
            else:
                self._one(place, mutant, tree, source, items)
        self.pool.finish()
        return True

    def _one(self, place: int, mutant: Mutant, tree: ast.Module, source: str, items: dict[str, pytest.Item]) -> None:
        statement = (mutant.file, mutant.statement)
        # What these files compute when they are read was computed without the fault.
        too_late = self.reach.at_import.get(statement, set())
        if too_late:
            self.left[place] = too_late
        killers = self.pool.killers[mutant.file]
        chosen = sorted(
            (test for test in self.reach.tests.get(statement, set()) if test.split("::")[0] not in too_late),
            key=lambda test: (-killers[test], self.bench.age(test), self.reach.seconds[test]),
        )
        if not chosen:
            self.pool.tell(place, mutant, source, UNREACHED)
            return

        def work() -> str | None:
            mutant.apply()
            try:
                graft(tree, sys.modules[_module_name(mutant.file)])
            except SyntaxError as refused:
                raise NoModule from refused
            tried = _failures([items[test] for test in chosen])
            return next((item.nodeid for item, failed in tried if failed), None)

        usual = sum(self.reach.seconds[test] for test in chosen)
        self.pool.start(place, mutant, source, SECONDS_MAX + int(2 * usual), work)


def within_functions(bench: Bench, reach: Reach) -> tuple[dict[int, Outcome], dict[int, set[str]]]:
    """What became of the faults within functions, by place, and the places left with the files to try on them."""
    grafting = Grafting(bench, reach)
    if status := bench.pytest(grafting):
        raise SystemExit(f"Les tests ne peuvent être réunis ({status}).")
    outcomes = grafting.pool.outcomes
    seen = {place for place, each in outcomes.items() if each.outcome in DETECTED | {REFUSED}}
    return outcomes, {place: files for place, files in grafting.left.items() if place not in seen}


# Third pass: faults of declarations


class FirstFailure:
    """A pytest plugin that runs the tests in an order, and keeps the first that fails."""

    def __init__(self, order: Callable[[str], Any]) -> None:
        self.order = order
        self.failed: str | None = None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Those likely to fail first."""
        items.sort(key=lambda item: self.order(item.nodeid))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of tests that cannot be read any more fails."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run until one fails."""
        tried = _failures(session.items) if not self.failed else iter(())
        self.failed = self.failed or next((item.nodeid for item, failed in tried if failed), None)
        return True


def of_declarations(bench: Bench, reach: Reach, left: dict[int, set[str]]) -> dict[int, Outcome]:
    """What became of the faults that need everything to be imported anew, by place."""
    pool = Pool(bench.jobs)
    gc.freeze()
    for place, (tree, mutant, source) in enumerate(bench.mutants()):
        if place in left:
            _start_anew(pool, bench, reach, tree, (place, mutant, source), left[place])
    return pool.finish()


def _start_anew(
    pool: Pool, bench: Bench, reach: Reach, tree: ast.Module, tried: tuple[int, Mutant, str], files: set[str]
) -> None:
    place, mutant, source = tried
    killers = pool.killers[mutant.file]
    named = {f"{bench.tests}/{name}" for name in ON_DECLARATIONS if (bench.root / bench.tests / name).exists()}
    every = sorted(files | named)
    first = [file for file in every if any(test.startswith(file) for test, _ in killers.most_common(2))]

    def order(test: str) -> tuple[int, float, float]:
        return -killers[test], bench.age(test), reach.seconds.get(test, 0.0)

    def work() -> str | None:
        mutant.apply()
        name = _module_name(mutant.file)
        _replace_on_import({name: tree})
        try:
            importlib.import_module(name)
        except BaseException as refused:
            raise NoModule from refused
        for only in (sorted(named), first, every):
            if only:
                run = FirstFailure(order)
                status = bench.pytest(run, only=only)
                if run.failed:
                    return run.failed
                if status:
                    raise RuntimeError(f"pytest ended with {status}")
        return None

    usual = sum(seconds for test, seconds in reach.seconds.items() if test.split("::")[0] in every)
    pool.start(place, mutant, source, 2 * SECONDS_MAX + int(3 * usual), work)


# The whole


def campaign(bench: Bench) -> list[Outcome]:
    """What became of every mutant."""
    os.chdir(bench.root)
    if str(bench.root) not in sys.path:
        sys.path.insert(0, str(bench.root))
    for name in USED_BY_ALL:
        importlib.import_module(name)
    # Nothing left to chance, nor to how busy the machine is: a test that fails by itself would pass for a fault seen.
    calm = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    settings.register_profile("mutation", calm)
    settings.load_profile("mutation")
    started = time.monotonic()
    reach = _apart(lambda: reach_of(bench))
    print(f"{len(reach.seconds)} tests sans mutation : {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    outcomes, left = _apart(lambda: within_functions(bench, reach))
    print(f"{len(outcomes)} mutants : {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    outcomes |= _apart(lambda: of_declarations(bench, reach, left)) if left else {}
    print(f"{len(outcomes)} mutants : {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return [outcomes[place] for place in sorted(outcomes)]


def reasons(root: Path = HERE) -> dict[tuple[str, str, str], str]:
    """Why each survivor known may survive, from the annotated file."""
    path = root / SURVIVORS
    listed = tomllib.loads(path.read_text())["survivor"] if path.exists() else []
    return {(each["file"], each["line"], each["mutation"]): each["reason"].strip() for each in listed}


def page(outcomes: list[Outcome], why: dict[tuple[str, str, str], str]) -> str:
    """What `docs/mutation.md` says."""
    lines = [
        "# Tests de mutation",
        "",
        "Page écrite par `make mutation` : chaque faute possible est faite une à une dans les règles de droit et",
        "les délais, et un test unitaire doit la voir. `tests/mutation_survivors.toml` explique les survivantes.",
        "Les fautes que Python refuse à la lecture ou à l'import du module (« refusées ») ne comptent pas.",
        "",
        "| fichier | mutants | détectés | part | refusées |",
        "|---|--:|--:|--:|--:|",
    ]
    total, detected, refused = Counter[str](), Counter[str](), Counter[str]()
    for each in outcomes:
        total[each.file] += each.outcome != REFUSED
        detected[each.file] += each.outcome in DETECTED
        refused[each.file] += each.outcome == REFUSED
    for file in [*sorted(f for f in total if total[f]), "**ensemble**"]:
        counts = [c.total() if file == "**ensemble**" else c[file] for c in (total, detected, refused)]
        shown = f"`{file}`" if file in total else file
        lines.append(f"| {shown} | {counts[0]} | {counts[1]} | {counts[1] / max(1, counts[0]):.1%} | {counts[2]} |")
    lines += ["", "## Survivantes", ""]
    for each in sorted(outcomes, key=lambda o: (o.file, o.line, o.mutation)):
        if each.outcome not in DETECTED | {REFUSED}:
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
    parser.add_argument(
        "--retry", action="store_true", help="like --resume, but survivors without a reason are tried again"
    )
    parser.add_argument("--every", type=int, default=1, help="try one mutant in so many")
    parser.add_argument("--root", type=Path, default=HERE, help="folder of the code and its tests")
    parser.add_argument("--tests", default=TESTS, help="folder of the tests, under the root")
    asked = parser.parse_args()
    root = asked.root.resolve()
    everything = [file for folder in TARGETS for file in sorted((root / folder).rglob("*.py"))]
    results = root / RESULTS
    earlier = msgspec.json.decode(results.read_bytes(), type=list[Outcome]) if results.exists() else []
    found = root / FOUND
    if found.exists():
        stopped = [msgspec.json.decode(line, type=Outcome) for line in found.read_bytes().splitlines()]
        earlier += [each for each in stopped if each.outcome in DETECTED | {REFUSED}]
    why = reasons(root)
    settled = [o for o in earlier if o.outcome in DETECTED | {REFUSED} or why.get(o.key)]
    held = earlier if asked.resume else settled if asked.retry else []
    bench = Bench(
        root=root,
        tests=asked.tests,
        files=tuple(root / file for file in asked.files) or tuple(everything),
        jobs=asked.jobs,
        every=asked.every,
        known={(o.source, o.line, *o.key): o for o in held},
        newest_first=asked.retry,
    )
    outcomes = campaign(bench)
    tried = {o.file for o in outcomes}
    results.write_bytes(msgspec.json.encode([*outcomes, *(o for o in earlier if o.file not in tried)]))
    found.unlink(missing_ok=True)
    return _report(outcomes, root, whole=not asked.files and asked.every == 1)


def _report(outcomes: list[Outcome], root: Path, *, whole: bool) -> int:
    why = reasons(root)
    if whole:
        (root / PAGE).write_text(page(outcomes, why))
    counted = [o for o in outcomes if o.outcome != REFUSED]
    left = [o for o in counted if o.outcome not in DETECTED]
    unexplained = [o for o in left if not why.get(o.key)]
    for each in sorted(unexplained, key=lambda o: (o.file, o.line)):
        print(f"{each.file}:{each.line}: {each.outcome}: {each.mutation}    | {each.text}")
    share = 1 - len(left) / max(1, len(counted))
    print(
        f"{len(counted)} mutants, {share:.1%} détectés, {len(left)} survivants dont {len(unexplained)} sans raison ; "
        f"{len(outcomes) - len(counted)} refusés par Python."
    )
    return int(share < SHARE_MIN or bool(unexplained))


if __name__ == "__main__":
    raise SystemExit(main())
