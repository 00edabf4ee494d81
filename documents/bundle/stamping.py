"""Stamps of pages: « Pièce n° 3 – page 2/10 · 45 », above what the page shows, in the corner where it is read."""

import io
import re
from functools import cache
from typing import Final, NamedTuple

import pikepdf
from pikepdf import Object

from documents.bundle import geometry
from documents.typesetting import typeset

_SIZE: Final = 9.0
"""Of the letters on a page of A4; points."""
_MARGIN: Final = 14.0
_SHARE_MAX: Final = 0.9
"""Of a page's width that a stamp may take."""


class Font(NamedTuple):
    """The font of stamps, as typst embeds it, and how characters are written in it."""

    file: bytes
    """A PDF that holds it."""
    codes: dict[str, int]
    widths: dict[int, float]
    """By code, in thousandths of the size."""

    def width(self, text: str) -> float:
        """Of a text set at 1 point."""
        return sum(self.widths[self.codes[each]] for each in text) / 1000

    def written(self, text: str) -> bytes:
        """A text as a string of codes."""
        return b"<%b>" % "".join(f"{self.codes[each]:04x}" for each in text).encode()


@cache
def font() -> Font:
    """The font of stamps: nothing but a page that was set with it needs to be read."""
    file = typeset("bundle/stamp.typ", b"{}")
    with pikepdf.open(io.BytesIO(file)) as pdf:
        found = font_in(pdf)
        table = found.ToUnicode.read_bytes()
        codes = {
            bytes.fromhex(meant.decode()).decode("utf-16-be"): int(code, 16)
            for code, meant in re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\s", table)
        }
        descendant = found.DescendantFonts[0]
        return Font(file, codes, _widths(list(descendant.W)))


def font_in(pdf: pikepdf.Pdf) -> Object:
    """The one font of the page that stamps come from."""
    (found,) = dict(pdf.pages[0].obj.Resources.Font).values()
    return found


def _widths(listed: list[Object]) -> dict[int, float]:
    """The widths of a font by code (ISO 32000-1, 9.7.4.3)."""
    widths: dict[int, float] = {}
    at = 0
    while at < len(listed):
        first, second = int(listed[at]), listed[at + 1]
        if isinstance(second, pikepdf.Array):
            widths |= {first + index: float(each) for index, each in enumerate(list(second))}
            at += 2
        else:
            widths |= dict.fromkeys(range(first, int(second) + 1), float(listed[at + 2]))
            at += 3
    return widths


def stamp(page: Object, text: str, resource: str) -> bytes:
    """What is drawn on a settled page: the text at the top right as it is read, black with a white edge.

    It is an artifact: readers of text need not hear it on every page (ISO 32000-1, 14.8.2.2).
    """
    left, bottom, right, top = geometry.visible(page)
    turned = int(page.Rotate)
    width, height = (top - bottom, right - left) if turned in (90, 270) else (right - left, top - bottom)
    unit = geometry.unit_of(page)
    size = _SIZE / unit * max(1.0, min(width, height) * unit / geometry.A4[0])
    set_at_one = font().width(text)
    size = min(size, width * _SHARE_MAX / set_at_one)
    margin = min(_MARGIN * size * unit / _SIZE / unit, (width - set_at_one * size) / 2, height / 4)
    x, y = width - margin - set_at_one * size, height - margin - size * 0.7
    matrix = b" ".join(geometry.number(each) for each in geometry.laid((left, bottom, right, top), turned))
    place = geometry.number(x) + b" " + geometry.number(y)
    begin = b"/Artifact <</Type /Pagination /Subtype /Header /Attached [/Top]>> BDC q %b cm" % matrix
    drawn = b"BT %b %b Tf %b Td" % (resource.encode(), geometry.number(size), place)
    shape = b"1 G 0 g 1 J 1 j %b w 1 Tr %b Tj 0 Tr 0 0 Td %b Tj" % (
        geometry.number(size / 4),
        font().written(text),
        font().written(text),
    )
    return b"%b %b %b ET Q EMC\n" % (begin, drawn, shape)
