"""Files as a case holds them: pages of smoe's own, pages without tags, scans; the same each time."""

import random
import tempfile
from pathlib import Path
from typing import Final

import msgspec
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from documents.typesetting import typeset

PAGES_EACH: Final = 10
LINES_EACH: Final = 62
"""Of a page of text."""


def written(path: Path, pages: int) -> None:
    """Pages of text with tags, as letters and sheets are."""
    blocks = [[f"Ligne {line} de la page {page} de {path.stem}" for line in range(LINES_EACH)] for page in range(pages)]
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
    """Files of three kinds in turn. Raises RuntimeError where one has not its ten pages."""
    paths = [folder / f"{index:03d}-{KINDS[index % len(KINDS)].__name__}.pdf" for index in range(count)]
    for index, path in enumerate(paths):
        KINDS[index % len(KINDS)](path, PAGES_EACH)
        with pikepdf.open(path) as pdf:
            if len(pdf.pages) != PAGES_EACH:
                raise RuntimeError(f"{path.name} has {len(pdf.pages)} pages")
    return paths
