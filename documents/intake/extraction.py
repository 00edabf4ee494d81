"""What is made of a file that can be read: its text for search, a picture of its first page for lists."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import pypdfium2
from PIL import Image, ImageOps

from documents.intake import images, office, plain
from documents.intake.examining import Derived
from domain.intake import DOCX, ODP, ODS, ODT, PDF, PPTX, RTF, TEXT, XLSX

TEXT_CHARACTERS_MAX: Final = 2_000_000
THUMBNAIL_PIXELS_MAX: Final = 480
"""Of its longer side."""
THUMBNAIL_QUALITY: Final = 75


def derived(content: BinaryIO, media_type: str) -> Derived:
    """Text and thumbnail of a file of that type; empty where it has none."""
    if media_type == PDF:
        return _of_pdf(content)
    if media_type in images.KINDS:
        with Image.open(content, formats=(images.KINDS[media_type],)) as image:
            return Derived(thumbnail=_thumbnail(image))
    return Derived(text=_text(content, media_type))


def _of_pdf(content: BinaryIO) -> Derived:
    document = pypdfium2.PdfDocument(content)
    parts: list[str] = []
    left = TEXT_CHARACTERS_MAX
    thumbnail = None
    for number in range(len(document)):
        page = document[number]
        if number == 0:
            scale = THUMBNAIL_PIXELS_MAX / max(*page.get_size(), 1.0)
            thumbnail = _thumbnail(page.render(scale=scale, may_draw_forms=False).to_pil())
        text = page.get_textpage()
        said = text.get_text_bounded()[:left] if left > 0 else ""
        text.close()
        page.close()
        left -= len(said)
        parts.append(said)
    document.close()
    return Derived(text=_clean("\f".join(parts)), thumbnail=thumbnail)


def _thumbnail(image: Image.Image) -> bytes:
    image.draft("RGB", (THUMBNAIL_PIXELS_MAX * 2, THUMBNAIL_PIXELS_MAX * 2))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((THUMBNAIL_PIXELS_MAX, THUMBNAIL_PIXELS_MAX))
    made = io.BytesIO()
    image.convert("RGB").save(made, "JPEG", quality=THUMBNAIL_QUALITY, optimize=True)
    return made.getvalue()


def _text(content: BinaryIO, media_type: str) -> str:
    if media_type == TEXT:
        return _clean(plain.decoded(content.read(plain.TEXT_BYTES_MAX)) or "")
    if media_type == RTF:
        return _clean(plain.text_of_rtf(content.read(plain.RTF_BYTES_MAX)))
    if media_type in _ZIPPED:
        with zipfile.ZipFile(content) as archive:
            return _clean("\f".join(_ZIPPED[media_type](archive)))
    return ""


def _of_docx(archive: zipfile.ZipFile) -> Iterator[str]:
    for name in _parts(archive, r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"):
        yield _said(office.part(archive, name), spoken={"t"}, ends={"p", "tr"}, gaps={"tab", "br", "tc"})


def _of_pptx(archive: zipfile.ZipFile) -> Iterator[str]:
    for name in _parts(archive, r"ppt/(slides|notesSlides)/[^/]+\.xml"):
        yield _said(office.part(archive, name), spoken={"t"}, ends={"p"}, gaps={"br", "tc"})


def _of_xlsx(archive: zipfile.ZipFile) -> Iterator[str]:
    """Texts of cells as they are shared, then each sheet with its numbers and the texts that stand in it alone."""
    for name in _parts(archive, r"xl/sharedStrings\.xml"):
        yield _said(office.part(archive, name), spoken={"t"}, ends={"si"}, gaps=set())
    for name in _parts(archive, r"xl/worksheets/[^/]+\.xml"):
        yield _said(office.part(archive, name), spoken={"v", "t"}, ends={"row"}, gaps={"c"}, silent=("t", "s"))


def _of_odf(archive: zipfile.ZipFile) -> Iterator[str]:
    yield _said(office.part(archive, "content.xml"), spoken=None, ends={"p", "h"}, gaps={"tab", "s", "line-break"})


_ZIPPED: Final[dict[str, Callable[[zipfile.ZipFile], Iterator[str]]]] = {
    DOCX: _of_docx,
    PPTX: _of_pptx,
    XLSX: _of_xlsx,
    ODT: _of_odf,
    ODS: _of_odf,
    ODP: _of_odf,
}


def _parts(archive: zipfile.ZipFile, pattern: str) -> list[str]:
    """The parts of that name, the tenth after the ninth."""
    names = [name for name in archive.namelist() if re.fullmatch(pattern, name)]
    return sorted(names, key=lambda name: [int(each) if each.isdigit() else each for each in re.split(r"(\d+)", name)])


def _said(
    data: bytes, *, spoken: set[str] | None, ends: set[str], gaps: set[str], silent: tuple[str, str] | None = None
) -> str:
    """The text of an XML part: of the elements that hold some, all of them where `spoken` is None.

    `silent` is an attribute and its value by which a cell says that its value only points to a text told elsewhere.
    """
    parts: list[str] = []
    open_elements: list[str] = []
    hushed: list[bool] = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        open_elements.append(local)
        hushed.append(hushed[-1] or (silent is not None and attributes.get(silent[0]) == silent[1]))

    def end(name: str) -> None:
        local = open_elements.pop()
        hushed.pop()
        if local in ends:
            parts.append("\n")
        elif local in gaps:
            parts.append("\t")

    def text(said: str) -> None:
        if not hushed[-1] and (spoken is None or (open_elements and open_elements[-1] in spoken)):
            parts.append(said)

    office.parse(data, start=start, end=end, text=text)
    return "".join(parts)


def _clean(text: str) -> str:
    """Without what no text holds, in lines of one kind."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text if each in "\n\t\f" or each.isprintable())[:TEXT_CHARACTERS_MAX]
