"""A bundle of 300 exhibits, 3,000 pages: the whole job, our engine alone, pikepdf appending the same pages alone."""

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec
import pikepdf

from benchmarks import harness, ordered
from benchmarks.exhibits import PAGES_EACH, prepare
from benchmarks.watched import Watched, watched
from documents.bundle.merging import merge
from documents.bundle.numbered import Numbered, SourceFile, Title
from documents.bundle.pages import shown

EXHIBITS: Final = 300
JOB: Final = "whole job"


def ours(paths: Sequence[Path], out: Path) -> dict[str, float]:
    """Show every exhibit and merge them, as the worker does."""
    began = time.perf_counter()
    exhibits = []
    for number, path in enumerate(paths, 1):
        exhibit = Numbered(number, f"Document {path.stem}", f"Partie {number // 50 + 1}", f"{number:03d}_{path.name}")
        file = SourceFile(path=path, media_type="application/pdf", title=path.stem, ours="written" in path.name)
        exhibits.append((exhibit, shown(exhibit, [file], out.parent)))
    between = time.perf_counter()
    merged = merge(Title(heading="Dossier de défense", court="Tribunal administratif", lines=()), exhibits, out)
    ended = time.perf_counter()
    front = min(merged.first_page_of.values()) - 1
    if merged.pages != front + sum(each.pages for _, each in exhibits):
        raise RuntimeError("pages are missing")
    return {"show_seconds": between - began, "merge_seconds": ended - between}


def floor(paths: Sequence[Path], out: Path) -> dict[str, float]:
    """Append pages with pikepdf and save: no tag, no bookmark, no stamp, nothing cleaned."""
    with contextlib.ExitStack() as stack:
        joined = stack.enter_context(pikepdf.new())
        for path in paths:
            joined.pages.extend(stack.enter_context(pikepdf.open(path)).pages)
        joined.save(out)
    return {}


ENGINES: Final = {"engine": ours, "pikepdf alone": floor}


def run(way: str, sources: Path) -> Watched:
    """One run of an engine in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="smoe-bundle-") as folder:
        done = watched("benchmarks.bundle", ["--way", way, "--sources", str(sources), "--folder", folder])
        size = (Path(folder) / "out.pdf").stat().st_size / 1e6
    return done._replace(told={**done.told, "file_mb": size})


def worker(environment: Mapping[str, str]) -> Watched:
    """A worker that builds what is ordered and ends."""
    return watched("benchmarks.bundle", ["--way", JOB], environment)


def figures_of(runs: Sequence[Watched]) -> dict[str, float]:
    """The median of each figure."""
    each = [
        {"seconds": one.seconds, "processor_seconds": one.processor_seconds, "memory_mb": one.memory_mb, **one.told}
        for one in runs
    ]
    return {key: median(one[key] for one in each) for key in each[0]}


def measured(sources: Path, count: int, rounds: int) -> dict[str, Any]:
    """Every way once a round on the same files, in turns."""
    paths = prepare(sources, count)
    with harness.server() as server, tempfile.TemporaryDirectory(prefix="smoe-bundle-") as folder:
        job = ordered.held(server, Path(folder), paths)
        ways: dict[str, Callable[[], Watched]] = {
            JOB: lambda: ordered.built(job, count * PAGES_EACH, worker),
            **{way: partial(run, way, sources) for way in ENGINES},
        }
        runs: dict[str, list[Watched]] = {way: [] for way in ways}
        for index in range(rounds):
            for way in list(ways) if index % 2 else reversed(ways):
                runs[way].append(ways[way]())
    figures: dict[str, Any] = {"exhibits": count, "pages": count * PAGES_EACH}
    return figures | {way: figures_of(each) for way, each in runs.items()}


def main() -> None:
    """Measure all ways in turn, or carry one out where the process of a measure asks for it."""
    parser = harness.arguments(__doc__, rounds=3)
    parser.add_argument("--quick", action="store_true", help="30 exhibits, one round")
    parser.add_argument("--way", choices=[JOB, *ENGINES])
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.way:
        if chosen.way == JOB:
            told = ordered.work()
        else:
            told = ENGINES[chosen.way](sorted(chosen.sources.glob("*.pdf")), chosen.folder / "out.pdf")
        sys.stdout.buffer.write(msgspec.json.encode(told))
        return
    count, rounds = (EXHIBITS // 10, 1) if chosen.quick else (EXHIBITS, chosen.rounds)
    with tempfile.TemporaryDirectory(prefix="smoe-bundle-") as folder:
        harness.report("bundle", measured(Path(folder), count, rounds), chosen.json)


if __name__ == "__main__":
    main()
