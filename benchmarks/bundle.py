"""A bundle of 300 exhibits and 3,000 pages, shown and merged by us, beside pikepdf appending the same pages alone."""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from benchmarks import harness
from documents.bundle.merging import merge
from documents.bundle.numbered import Numbered, SourceFile, Title
from documents.bundle.pages import shown
from documents.typesetting import typeset

EXHIBITS: Final = 300
PAGES_EACH: Final = 10
LOOK_SECONDS: Final = 0.02


def written(path: Path, pages: int) -> None:
    """Pages of text with tags, as letters and sheets are."""
    blocks = [[f"Ligne {line} de la page {page} de {path.stem}" for line in range(50)] for page in range(pages)]
    path.write_bytes(typeset("bundle/text.typ", msgspec.json.encode({"title": path.stem, "blocks": blocks})))


def printed(path: Path, pages: int) -> None:
    """Pages of text without tags, as most of what employers send."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for page in range(pages):
        lines = b"".join(b"(Page %d, ligne %d : texte courant d'un contrat) ' " % (page, line) for line in range(55))
        content = pdf.make_stream(b"BT /F 10 Tf 14 TL 50 800 Td " + lines + b"ET")
        entries = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, 595, 842]),
            Resources=Dictionary(Font=Dictionary(F=font)),
            Contents=content,
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(entries)))
    pdf.save(path, static_id=True)


def scanned(path: Path, pages: int) -> None:
    """Pages that are pictures, some 200 kB each."""
    draw = random.Random(path.stem)
    pdf = pikepdf.new()
    for _ in range(pages):
        with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
            noise = Image.frombytes("L", (400, 560), draw.randbytes(400 * 560))
            noise.resize((1240, 1754)).save(file.name, quality=70)
            stream = pdf.make_stream(Path(file.name).read_bytes())
        stream.Type, stream.Subtype, stream.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        stream.Width, stream.Height, stream.BitsPerComponent, stream.Filter = 1240, 1754, 8, Name.DCTDecode
        entries = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, 595, 842]),
            Resources=Dictionary(XObject=Dictionary(Im=stream)),
            Contents=pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im Do Q"),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(entries)))
    pdf.save(path, static_id=True)


KINDS: Final = (written, printed, scanned)


def prepare(folder: Path, count: int) -> list[Path]:
    """Files of three kinds in turn."""
    paths = [folder / f"{index:03d}-{KINDS[index % len(KINDS)].__name__}.pdf" for index in range(count)]
    for index, path in enumerate(paths):
        KINDS[index % len(KINDS)](path, PAGES_EACH)
    return paths


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


WAYS: Final = {"ours": ours, "pikepdf alone": floor}


def run(way: str, sources: Path) -> dict[str, float]:
    """One run in a process of its own: seconds, processor seconds, the most memory of it and of its own at one time."""
    with tempfile.TemporaryDirectory(prefix="smoe-bundle-") as folder:
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bundle", "--way", way, "--sources", str(sources), "--folder", folder],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        most, (ended, status, used) = 0, os.wait4(child.pid, os.WNOHANG)
        while not ended:
            most = max(most, sum(map(resident, family(child.pid))))
            time.sleep(LOOK_SECONDS)
            ended, status, used = os.wait4(child.pid, os.WNOHANG)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        told: dict[str, float] = msgspec.json.decode(child.stdout.read())
        child.stdout.close()
        if child.returncode:
            raise RuntimeError(f"{way} ended with {child.returncode}")
        told["processor_seconds"] = used.ru_utime + used.ru_stime
        size = (Path(folder) / "out.pdf").stat().st_size / 1e6
        return told | {"seconds": seconds, "memory_mb": most / 1e6, "file_mb": size}


def family(pid: int) -> list[int]:
    """A process and those that it started."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(each for one in below for each in family(int(one)))]
    return []


def resident(pid: int) -> int:
    """The bytes that a process holds in memory, files that it looks at included."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def main() -> None:
    """Measure both ways in turn, or carry one out where the process of a measure asks for it."""
    parser = harness.arguments(__doc__, rounds=3)
    parser.add_argument("--quick", action="store_true", help="30 exhibits, one round")
    parser.add_argument("--way", choices=list(WAYS))
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    if chosen.way:
        told = WAYS[chosen.way](sorted(chosen.sources.glob("*.pdf")), chosen.folder / "out.pdf")
        sys.stdout.buffer.write(msgspec.json.encode(told))
        return
    count, rounds = (EXHIBITS // 10, 1) if chosen.quick else (EXHIBITS, chosen.rounds)
    with tempfile.TemporaryDirectory(prefix="smoe-bundle-") as folder:
        prepare(Path(folder), count)
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for index in range(rounds):
            for way in list(WAYS) if index % 2 else reversed(WAYS):
                runs[way].append(run(way, Path(folder)))
    figures: dict[str, Any] = {"exhibits": count, "pages": count * PAGES_EACH}
    for way, each in runs.items():
        figures[way] = {key: median(one[key] for one in each) for key in each[0]}
    harness.report("bundle", figures, chosen.json)


if __name__ == "__main__":
    main()
