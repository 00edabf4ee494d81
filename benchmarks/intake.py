"""What looking at a file costs: the time of its process, from start to end."""

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from documents.intake import derived, examined
from tests import files_made as made

FILES: Final[dict[str, Callable[[], bytes]]] = {
    "PDF, 1 page": made.a_pdf,
    "PDF, 1,000 pages": lambda: made.a_pdf(1_000),
    "PDF, 200 MB": lambda: made.a_large_pdf(200 << 20),
    "PDF of 200 MB, cut in two": lambda: made.a_large_pdf(200 << 20)[: 100 << 20],
    "JPEG, 119 million points": lambda: made.an_image("JPEG", (12_000, 9_900), quality=95),
    "PNG bomb": made.a_png_bomb,
    "ZIP bomb": made.a_zip_bomb,
    "text, 48 MB": lambda: b"abc def\n" * (6 << 20),
}


def write(name: str, path: Path) -> None:
    """Make a file, in a process of its own, so that this one stays small."""
    path.write_bytes(FILES[name]())


def main() -> None:
    """Examine each file, and take the text of those that are sound."""
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            path = Path(folder) / "file"
            maker = multiprocessing.get_context("spawn").Process(target=write, args=(name, path))
            maker.start()
            maker.join()
            begun = time.perf_counter()
            report = examined(path, "", "")
            looked = time.perf_counter() - begun
            told = ", ".join(report.faults) or "sound"
            line = f"{name:28} {looked:6.2f} s  {told}"
            if not report.faults:
                begun = time.perf_counter()
                derived(path, report.media_type)
                line += f"; text and first page {time.perf_counter() - begun:.2f} s"
            print(line, flush=True)


if __name__ == "__main__":
    main()
