"""The same data give the same bytes: in another process, folder, time zone and language, with other fonts, for ever."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageChops

from documents.letters import qr_code, rendered
from domain.letters.content import DATA, written
from tests.letters.given_letters import CHECK, SAMPLES, sample
from tests.letters.keep import SUMS
from tests.letters.reading import pdf_of
from tools.samples import GOLDEN, PAGES, SHOWN, pages

ROOT: Final = Path(__file__).parents[2]
KEPT: Final = dict(reversed(line.split()) for line in SUMS.read_text(encoding="ascii").splitlines())
"""Sum of each letter that is kept, by its file name."""
ELSEWHERE: Final = """
import hashlib, sys
from pathlib import Path
from documents.letters import rendered
for path in sorted(Path(sys.argv[1]).glob("*.json")):
    name, version, _ = path.name.split(".")
    print(hashlib.sha256(rendered(f"{name}/{version}", path.read_bytes())).hexdigest(), f"{path.stem}.pdf")
"""


@pytest.mark.parametrize("template", DATA)
def test_a_template_sets_the_bytes_that_it_always_did(template: str) -> None:
    stem = template.replace("/", ".")
    data = (GOLDEN / f"{stem}.json").read_bytes()
    assert hashlib.sha256(rendered(template, data)).hexdigest() == KEPT[f"{stem}.pdf"]


def test_nothing_kept_is_lost() -> None:
    files = {path.stem for path in GOLDEN.glob("*.json")}
    assert files == {Path(name).stem for name in KEPT} == {template.replace("/", ".") for template in DATA}


def test_another_machine_sets_the_same_bytes(tmp_path: Path) -> None:
    """A copy of the program elsewhere, in another zone and language, at another time, among other fonts."""
    program = tmp_path / "elsewhere" / "smoe"
    for folder in ("domain", "documents"):
        shutil.copytree(ROOT / folder, program / folder, ignore=shutil.ignore_patterns("__pycache__"))
    fonts = tmp_path / "home" / ".fonts"
    fonts.mkdir(parents=True)
    (fonts / "Libertinus Serif.otf").write_bytes(b"no font at all")
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(program),
        "PYTHONHASHSEED": "7",
        "HOME": str(tmp_path / "home"),
        "TYPST_FONT_PATHS": str(fonts),
        "SOURCE_DATE_EPOCH": "1234567890",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(GOLDEN)],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        check=True,
        timeout=120,
    )
    told = dict(reversed(line.split()) for line in done.stdout.decode().splitlines())
    assert told == KEPT


@pytest.mark.parametrize("name", SAMPLES)
def test_a_letter_set_twice_is_one(name: str) -> None:
    assert pdf_of(sample(name).data) == pdf_of(sample(name).data)


def test_another_word_makes_other_bytes() -> None:
    data = written(sample("refusal").data)
    assert rendered("refusal/1", data) != rendered("refusal/1", data.replace(b"dix jours", b"onze jours"))


def test_the_drawing_of_a_code_is_ours_to_the_byte() -> None:
    """Read at any place of the page, it must not move with a release of the library that computes it."""
    drawn = hashlib.sha256(qr_code(CHECK.address).encode()).hexdigest()
    assert drawn == "c200a4540fa29dc27387bc05e9c1232d014090ca4f20a926c155f2d8559af85c"


@pytest.mark.parametrize("template", SHOWN)
def test_pages_shown_in_the_documentation_are_those_that_letters_have(template: str) -> None:
    drawn = pages(template)
    for file, content in drawn.items():
        shown, today = (Image.open(each).convert("L") for each in (PAGES / file, io.BytesIO(content)))
        assert shown.size == today.size
        # A release of what draws pages may smooth letters otherwise; another text moves them.
        assert sum(ImageChops.difference(shown, today).histogram()[64:]) < 500, "run python -m tools.samples"
        assert len(content) <= 150_000
