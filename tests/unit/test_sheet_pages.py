"""Sheets as pages: archival and accessible whatever is written on them, whole however long, always the same bytes."""

import hashlib
import os
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from documents.sheets import set_page, sheet_pdf, sheets_available, spaced
from domain.sheets.page import Heading, Mark, Page, Pairs, Paragraph, Table
from tests.unit.given_sheets import Around, a_disputed_refusal, stored
from tests.verapdf import faults

HOSTILE = (
    "#panic(\"x\") $x^2$ *gras* _b_ `code` @ref <label> ]]} \\ // /* = titre",
    "محمد عبد الله ‮renversé‬ עברית",
    "李小龍 · Привет · Ελληνικά · ไทย · 🇫🇷👩‍👩‍👧 ﷽",
    "e\u0301\u0302\u0303 combinés, \u00adcésure\u200b, \ufeff, \u2028ligne\u2029",
    "\x00\x01\x07\x1b[31m\x7f\x85 commandes",
    "x" * 3_000,
    "https://example.org/" + "a/" * 300,
    "",
    " ",
    "ligne\nligne\r\nligne\n\n\nparagraphe\ttabulé",
    "« Oui ; non : peut-être ! » 50 % à 1 200 €",
)  # fmt: skip


def a_page(*blocks: Heading | Paragraph | Mark | Pairs | Table, title: str = "Fiche d'essai") -> Page:
    return Page(
        title=title, subject="Essai", number="2026-0000-0000-0001", dated=date(2026, 11, 2), on_version=3, blocks=blocks
    )


LONG = a_page(
    Table(
        columns=("N°", "Fait"),
        widths=(1, 9),
        rows=tuple((str(number), f"Ligne {number} du tableau.") for number in range(1, 501)),
    )
)
HOSTILE_PAGE = a_page(
    *(Heading(text, level) for text in HOSTILE for level in (1, 2)),
    *(Paragraph(text) for text in HOSTILE),
    *(Mark(text) for text in HOSTILE),
    Pairs(tuple((text, text) for text in HOSTILE)),
    Table(columns=HOSTILE[:4], widths=(1, 2, 3, 4), rows=tuple((text,) * 4 for text in HOSTILE)),
    title=HOSTILE[0],
)
EMPTY_PAGE = a_page(Pairs(()), Table(columns=("A",), widths=(1,), rows=()))
KNOWN = a_page(
    Heading("Titre"),
    Pairs((("Rubrique", "Valeur : 1 200 €"),)),
    Paragraph("Un texte."),
    Mark("À confirmer."),
    Table(columns=("A", "B"), widths=(1, 2), rows=(("1", "ab" * 32),)),
)
GOLDEN = "e93e1be1c8f30bea06083a6d463506fbf2f7c70dbc331e39564c54a28240f950"
"""Of this page: another hash is another page design, or another version of what sets it."""


def text_of(content: bytes) -> list[str]:
    with closing(pypdfium2.PdfDocument(content)) as pages:
        return [page.get_textpage().get_text_bounded() for page in pages]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every sheet of a case, and pages that try the design."""
    folder = tmp_path_factory.mktemp("sheets")
    facts = stored(a_disputed_refusal())
    made = {sheet.name: sheet_pdf(sheet.name, facts, len(facts), Around()) for sheet in sheets_available(facts)}
    made |= {"long": set_page(LONG), "hostile": set_page(HOSTILE_PAGE), "empty": set_page(EMPTY_PAGE)}
    found = {}
    for name, content in made.items():
        found[name] = folder / f"{name.replace('/', '-')}.pdf"
        found[name].write_bytes(content)
    return found


@pytest.mark.parametrize("flavour", ["2a", "ua1"])
def test_every_page_is_archival_and_accessible(files: dict[str, Path], flavour: str) -> None:
    found = faults(flavour, *files.values())
    assert set(found) == set(files.values())
    assert {path.name: wrong for path, wrong in found.items() if wrong} == {}


def test_a_long_table_is_whole_and_its_header_on_each_page(files: dict[str, Path]) -> None:
    pages = text_of(files["long"].read_bytes())
    assert len(pages) > 5
    assert [page for page in pages if "N° Fait" not in " ".join(page.split())] == []
    whole = " ".join(" ".join(pages).split())
    assert [number for number in range(1, 501) if f"Ligne {number} du tableau." not in whole] == []
    assert f"Page {len(pages)} sur {len(pages)}" in pages[-1]


def test_what_is_written_is_never_read_as_markup(files: dict[str, Path]) -> None:
    told = " ".join(" ".join(text_of(files["hostile"].read_bytes())).split())
    assert '#panic("x") $x^2$ *gras* _b_ `code` @ref <label> ]]} \\ // /* = titre' in told
    assert "Li Xiao Long" in told or "LiXiaoLong" in told


def test_a_hash_can_be_copied_from_a_page() -> None:
    """It breaks where it must, and nothing is put in where it breaks."""
    (page,) = text_of(set_page(KNOWN))
    assert "ab" * 32 in page.replace("\r\n", "")


def test_the_same_facts_give_the_same_bytes_in_any_process() -> None:
    program = (
        "import hashlib\n"
        "from documents.sheets import sheet_pdf, sheets_available\n"
        "from tests.unit.given_sheets import Around, a_disputed_refusal, stored\n"
        "facts = stored(a_disputed_refusal())\n"
        "for each in sheets_available(facts):\n"
        "    print(each.name, hashlib.sha256(sheet_pdf(each.name, facts, len(facts), Around())).hexdigest())\n"
    )
    told = set()
    for seed, zone, language in (("1", "UTC", "C.UTF-8"), ("4242", "Pacific/Auckland", "tr_TR.UTF-8")):
        surroundings = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LANG": language, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env=surroundings,
            capture_output=True,
            check=True,
            timeout=120,
        )
        told.add(done.stdout)
    assert len(told) == 1
    assert next(iter(told)).count(b"\n") == 14


def test_the_design_is_the_one_that_was_looked_at() -> None:
    assert hashlib.sha256(set_page(KNOWN)).hexdigest() == GOLDEN


def test_one_letter_changes_the_bytes() -> None:
    assert set_page(a_page(Paragraph("Un texte."))) != set_page(a_page(Paragraph("Un textE.")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oui ; non", "Oui\u202f; non"),
        ("Titre : valeur", "Titre\u00a0: valeur"),
        ("« mot »", "«\u00a0mot\u00a0»"),
        ("n° 12", "n°\u00a012"),
        ("a:b;c", "a:b;c"),
    ],
)
def test_signs_stay_with_their_words(text: str, expected: str) -> None:
    assert spaced(text) == expected
