"""Every character that somebody may type is written by the fonts of ours, or told otherwise."""

import json
from typing import Final

import pytest
import typst

from documents.typesetting import STANDARDS, legible

EVERYTHING: Final = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]
"""The planes where scripts are written; the next one holds rare ideograms alone."""


def test_every_character_comes_out_in_characters_that_the_fonts_have() -> None:
    """Set as PDF/A and PDF/UA, which refuse a sign without a drawing."""
    shown = sorted({sign for character in EVERYTHING for sign in legible(character)})
    assert len(shown) > 1_000
    assert [sign for sign in shown if legible(sign) != sign] == []
    page = (
        '#set document(title: "Signes")\n#set text(font: "Libertinus Serif", lang: "fr")\n'
        "#for each in json(bytes(sys.inputs.data)) [#each ]"
    )
    pdf = typst.compile(
        page.encode(),
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"data": json.dumps(shown)},
        pdf_standards=list(STANDARDS),
        timestamp=0,
    )
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Özgür Đặng-Łuczak", "Özgür Đặng-Łuczak"),
        ("Владимир", "Владимир"),
        ("王小明", "WangXiaoMing"),
        ("ab\u202ecd\u0000\u0085\u200b", "abcd"),
        ("\U00012000\U00012001", "?"),
        ("\ud800", "?"),
        (" ", " "),
        ("", ""),
        ("ligne\nsuite", "ligne\nsuite"),
    ],
)
def test_what_a_reader_sees(typed: str, shown: str) -> None:
    assert legible(typed) == shown
