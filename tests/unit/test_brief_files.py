"""The brief and the inventory as files: Word that Word can read, PDF/A that a judge of PDF accepts, always the same."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import msgspec
import pypdfium2
import pytest
from docx import Document

from documents.brief import docx_of, inventory_pdf, pdf_of
from documents.brief.lines import clean, lines_of
from documents.brief.word import APART, TEMPLATE
from domain.defence.brief import Brief
from domain.defence.inventory import Inventory, inventory_of
from domain.papers import ChosenExhibit, ExhibitSource, Redaction, SourceKind
from tests import verapdf
from tests.unit.given import a_company, a_worker
from tests.unit.given_decided import underpaid_request
from tests.unit.given_defended import HISTORIES, a_brief, a_bundle, a_claim, refused, sued
from tools.brief_template import made

ROOT: Final = Path(__file__).parents[2]
HOSTILE: Final = "</w:t>&<\x00\x07{{ 7*7 }}{% raw %}{_{ #panic() $x$ *gras* \u202egauche\u202c \ud7ff 王 Ж é\n_s_ \\ »"


@cache
def brief(name: str = "a late claim") -> Brief:
    """The brief of a history, with everything in the bundle."""
    lived = HISTORIES[name]()
    return a_brief(lived, lived.case.litigation[-1].id)


def inventory() -> Inventory:
    """An inventory with a series, a redaction and pages."""
    lived = a_claim()
    sources = tuple(
        ExhibitSource(kind=SourceKind.DOCUMENT, ref=ref, version=1, sha256="ab" * 32) for ref in lived.case.documents
    )
    hidden = msgspec.structs.replace(sources[0], redactions=(Redaction(page=1, why="Tiers."),))
    series = ChosenExhibit(slot="added", label="Pièces produites à l'appui de la demande", sources=sources)
    redacted = ChosenExhibit(slot="added", label="Passeport", sources=(hidden,))
    exhibits = (redacted, series, ChosenExhibit(slot="added", label="Exclue", sources=sources, included=False))
    return inventory_of(
        lived.case, "L1", exhibits, pages={1: 2, 2: 11}, names={1: "1_passeport.pdf", 2: "2_pieces.pdf"}
    )


def words_of(docx: bytes) -> str:
    """Everything that a Word file says, tables included."""
    document = Document(io.BytesIO(docx))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join((*(each.text for each in document.paragraphs), *cells))


def text_of(pdf: bytes) -> str:
    """Everything that the pages say, on one line."""
    return " ".join(pages_of(pdf))


def pages_of(pdf: bytes) -> list[str]:
    """What each page says, on one line."""
    pages = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pages]
    finally:
        pages.close()


# Word


def test_the_template_is_the_one_that_the_tool_makes() -> None:
    assert made() == TEMPLATE.read_bytes()


@pytest.mark.parametrize("name", HISTORIES)
def test_the_word_file_says_every_paragraph_in_its_style(name: str) -> None:
    document = Document(io.BytesIO(docx_of(brief(name))))
    styles = {0: "Alinéa", 1: "Heading 1", 2: "Heading 2", 3: "Heading 3"}
    wanted = [(styles[line.level], line.text) for line in lines_of(brief(name))]
    shown = [(p.style.name, p.text) for p in document.paragraphs if p.style is not None]
    kept = [(style, text) for style, text in shown if style in styles.values()]
    assert len(kept) == len(wanted)
    for (style, text), (expected, begins) in zip(kept, wanted, strict=True):
        assert style == expected
        assert text.startswith(begins)


def test_no_tag_of_the_template_is_left() -> None:
    with zipfile.ZipFile(io.BytesIO(docx_of(brief()))) as held:
        parts = {name: held.read(name) for name in held.namelist()}
    assert [name for name, content in parts.items() if b"{{" in content or b"{%" in content] == []
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)


def test_what_only_the_drafter_reads_stands_on_pages_apart() -> None:
    document = Document(io.BytesIO(docx_of(brief())))
    assert len(document.sections) == 2
    notes = document.sections[1].header.paragraphs[0].text
    assert "NE PAS PRODUIRE" in notes
    assert "NE PAS PRODUIRE" not in document.sections[0].header.paragraphs[0].text
    texts = [each.text for each in document.paragraphs]
    assert APART in texts
    assert texts.index(APART) > max(i for i, text in enumerate(texts) if "LISTE DES PIÈCES" in text)


def test_points_of_attention_are_in_the_word_file_and_never_in_the_pages() -> None:
    filed = text_of(pdf_of(brief()))
    written = words_of(docx_of(brief()))
    checked = 0
    for each in brief().attention:
        if each.subject.startswith(("Passage", "Fait sans")):
            continue
        checked += 1
        assert clean(each.text) in written
        assert clean(each.text) not in filed
    assert checked >= 4
    assert "internes" not in filed


def test_places_left_to_the_drafter_are_highlighted() -> None:
    document = Document(io.BytesIO(docx_of(brief())))
    blanks = [run for p in document.paragraphs for run in p.runs if "[à compléter" in run.text]
    assert len(blanks) >= 4
    assert all(run.font.highlight_color is not None for run in blanks)


def test_a_fact_without_exhibit_is_marked_in_both_files() -> None:
    lived = a_claim()
    bare = a_brief(lived, exhibits=a_bundle(lived.case)[:2])
    assert "[pièce non produite]" in words_of(docx_of(bare))
    assert "[pièce non produite]" in text_of(pdf_of(bare))
    assert "[pièce non produite]" not in text_of(pdf_of(brief()))


def test_properties_come_from_the_facts() -> None:
    properties = Document(io.BytesIO(docx_of(brief()))).core_properties
    assert properties.created == properties.modified == brief().told_until
    assert properties.language == "fr-FR"
    assert properties.author == ""


# Pages


@pytest.mark.parametrize("flavour", ["2a", "ua1"])
def test_pages_conform(flavour: str, tmp_path: Path) -> None:
    files = {"brief.pdf": pdf_of(hostile()), "inventory.pdf": inventory_pdf(inventory())}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    found = verapdf.faults(flavour, *(tmp_path / name for name in files))
    assert found == {tmp_path / name: [] for name in files}


def test_pages_say_what_the_brief_says() -> None:
    text = text_of(pdf_of(brief()))
    assert "MÉMOIRE EN DÉFENSE" in text
    assert "est tardive et, par suite, irrecevable" in text
    assert "LISTE DES PIÈCES JOINTES" in text
    assert "PAR CES MOTIFS" in text


def test_pages_have_an_outline_of_every_heading() -> None:
    pages = pypdfium2.PdfDocument(pdf_of(brief()))
    outline = [each.get_title() for each in pages.get_toc()]
    pages.close()
    headings = [line.text for line in lines_of(brief()) if line.level]
    assert [title.partition(" ")[2] for title in outline[:-2]] == headings
    assert [title.partition(" ")[0] for title in outline if title[:1] in "IV"] == ["I.", "II."]
    assert outline[-2:] == ["PAR CES MOTIFS", "LISTE DES PIÈCES JOINTES"]


# The inventory


def test_an_inventory_numbers_continuously_and_details_its_series() -> None:
    rows = inventory().rows
    assert [row.number for row in rows] == [1, 2]
    assert [each.place for each in rows[1].series] == [1, 2, 3]
    assert (rows[0].redacted, rows[0].dated) == (True, date(2026, 10, 5))
    assert inventory().pages == 13


def test_an_inventory_shows_labels_files_pages_and_hashes() -> None:
    text = text_of(inventory_pdf(inventory()))
    for wanted in ("1_passeport.pdf", "2.3", "2 pièces, 13 pages", "occultations", "abababab", "n° 2612345"):
        assert wanted in text, wanted
    assert "Exclue" not in text


def test_an_inventory_without_pages_says_none() -> None:
    lived = a_claim()
    made = inventory_of(lived.case, None, a_bundle(lived.case))
    assert made.pages is None
    assert "Dossier n°" in text_of(inventory_pdf(made))
    assert " pages" not in text_of(inventory_pdf(made)).split("Articles")[0]


@pytest.mark.parametrize("told", ["brief", "inventory"])
def test_a_label_is_told_on_one_page(told: str) -> None:
    lived = sued(refused())
    whole = a_bundle(lived.case)
    more = tuple(
        msgspec.structs.replace(
            whole[-1], label=f"Début{number} {'d’un très long intitulé ' * (2 * (number % 9))} fin{number}."
        )
        for number in range(40)
    )
    made = a_brief(lived, exhibits=(*whole, *more))
    pages = pages_of(pdf_of(made) if told == "brief" else inventory_pdf(made.inventory))
    for number in range(40):
        assert any(f"Début{number} " in page and f"fin{number}." in page for page in pages), number


# Hostile text


def hostile() -> Brief:
    """A brief whose every typed text is a trap."""
    request = msgspec.structs.replace(
        underpaid_request(),
        employer=a_company(name=HOSTILE),
        worker=a_worker(family_name=HOSTILE, given_names="{{ cycler }}"),
    )
    lived = sued(refused(request=request))
    exhibits = tuple(msgspec.structs.replace(each, label=f"{HOSTILE} {each.label}") for each in a_bundle(lived.case))
    return a_brief(lived, exhibits=exhibits)


def test_hostile_text_is_shown_and_runs_nothing() -> None:
    written = words_of(docx_of(hostile()))
    filed = text_of(pdf_of(hostile()))
    assert "{{ 7*7 }}" in written
    assert "</w:t>&<" in written
    assert "{_{ #panic()" in written
    assert "王" in written
    for text in (written, filed):
        assert "49" not in text.replace("2612349", "")
        assert "\u202e" not in text
        assert "*gras*" in text
        assert "#panic()" in text
    with zipfile.ZipFile(io.BytesIO(docx_of(hostile()))) as held:
        ElementTree.fromstring(held.read("word/document.xml"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\x00b\tc\r\nd", "a b c d"),
        (
            "l'article n° 3 : « oui » ; non ?",
            "l\u2019article\u00a0n°\u00a03\u00a0: «\u00a0oui\u00a0»\u00a0; non\u00a0?",
        ),
        ("le 2 novembre 2026", "le 2\u00a0novembre 2026"),
        ("\u202egauche\u202c", "gauche"),
        ("", ""),
    ],
)
def test_texts_are_cleaned(text: str, told: str) -> None:
    assert clean(text) == told


# The same bytes

SCRIPT: Final = """
import hashlib, json
from tests.unit.test_brief_files import all_files
print(json.dumps(all_files()))
"""


def all_files() -> dict[str, str]:
    """The hash of each file of some histories."""
    files = {"inventory": inventory_pdf(inventory()), "hostile": docx_of(hostile())}
    for name in ("a late claim", "a suspension"):
        files |= {f"{name} docx": docx_of(brief(name)), f"{name} pdf": pdf_of(brief(name))}
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_another_process_in_another_place_makes_the_same_bytes() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, check=True, timeout=120
    )
    assert json.loads(done.stdout) == all_files()
    assert docx_of(brief()) == docx_of(brief())
