"""What is made of a file that can be read: its text for search, a picture of its first page for lists."""

import io
from typing import BinaryIO, Final

import pypdfium2
from PIL import Image, ImageOps

from documents.intake import images, plain
from documents.intake.examining import Derived
from domain.intake import PDF, TEXT

TEXT_CHARACTERS_MAX: Final = 2_000_000
THUMBNAIL_PIXELS_MAX: Final = 480
"""Of its longer side."""


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
    image.convert("RGB").save(made, "PNG", optimize=True)
    return made.getvalue()


def _text(content: BinaryIO, media_type: str) -> str:
    if media_type == TEXT:
        return _clean(plain.decoded(content.read(plain.TEXT_BYTES_MAX)) or "")
    return ""


def _clean(text: str) -> str:
    """Without what no text holds, in lines of one kind."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text if each in "\n\t\f" or each.isprintable())[:TEXT_CHARACTERS_MAX]
