"""Images as pages of A4: nothing of them is lost, and what a camera says of their position is followed."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin

from documents.bundle.cleaning import Unshowable
from documents.bundle.geometry import A4, number
from domain.papers import FileFault

PIXELS_MAX: Final = 120_000_000
"""A scan of A2 at 600 dpi in shades of grey fits."""
FRAMES_MAX: Final = 1_000
_MARGIN: Final = 28.0
_TOP: Final = 40.0
"""Where the stamp goes; points."""
_SCALE_MAX: Final = 1.0
"""A pixel is never shown larger than a point."""
_LEVEL: Final = 6
_ORIENTATION: Final = 0x0112
_TURNS: Final = {1: "1 0 0 1 0 0", 3: "-1 0 0 -1 1 1", 6: "0 -1 1 0 0 1", 8: "0 1 -1 0 1 0"}
"""Matrices that turn the unit square as Exif says; those that mirror it are done on the pixels."""


def pages_of_image(path: Path) -> pikepdf.Pdf:
    """The pages of an image, one for each of its frames, without tags. Raises Unshowable."""
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    pdf = pikepdf.new()
    try:
        with Image.open(path) as image:
            if image.width * image.height > PIXELS_MAX:
                raise Unshowable(FileFault.EXPANDS_TOO_MUCH)
            if getattr(image, "n_frames", 1) > FRAMES_MAX:
                raise Unshowable(FileFault.TOO_MANY_PAGES)
            for drawn, turned, size in _drawn(pdf, image, path):
                _add_page(pdf, drawn, turned, size)
    except Image.DecompressionBombError:
        raise Unshowable(FileFault.EXPANDS_TOO_MUCH) from None
    except (OSError, SyntaxError, ValueError, EOFError, zlib.error):
        raise Unshowable(FileFault.TRUNCATED) from None
    return pdf


def _drawn(pdf: pikepdf.Pdf, image: Image.Image, path: Path) -> Iterator[tuple[pikepdf.Stream, str, tuple[int, int]]]:
    """Each frame as an object, the matrix that turns it, and its size as it is read."""
    if isinstance(image, JpegImagePlugin.JpegImageFile) and image.mode in ("L", "RGB"):
        orientation = image.getexif().get(_ORIENTATION, 1)
        if orientation in _TURNS:
            image.load()
            stream = pdf.make_stream(path.read_bytes())
            _describe(stream, image.width, image.height, image.mode, 8)
            stream.Filter = Name.DCTDecode
            size = image.size if orientation in (1, 3) else image.size[::-1]
            yield stream, _TURNS[orientation], size
            return
    for frame in ImageSequence.Iterator(image):
        upright = ImageOps.exif_transpose(frame)
        yield drawn_of(pdf, upright), _TURNS[1], upright.size


def drawn_of(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """The pixels of an image as an object, none of them changed but for colours that PDF does not have."""
    flat = _flat(image)
    stream = pikepdf.Stream(pdf, b"")
    stream.write(zlib.compress(flat.tobytes(), _LEVEL), filter=Name.FlateDecode)
    _describe(stream, flat.width, flat.height, flat.mode, 1 if flat.mode == "1" else 8)
    return stream


def _flat(image: Image.Image) -> Image.Image:
    """On white, in black, grey or red, green and blue; grey where it is nothing but grey."""
    if image.mode == "1" or (image.mode == "L" and "transparency" not in image.info):
        return image
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L") if _is_deep(image) else image.convert("L")
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa", "P") or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return image.convert("RGB") if image.mode != "RGB" else image


def _is_deep(image: Image.Image) -> bool:
    most = image.getextrema()[1]
    return isinstance(most, int | float) and most > 255


def _describe(stream: pikepdf.Stream, width: int, height: int, mode: str, bits: int) -> None:
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = width, height, bits
    stream.ColorSpace = Name.DeviceRGB if mode == "RGB" else Name.DeviceGray


def _add_page(pdf: pikepdf.Pdf, drawn: pikepdf.Stream, turned: str, size: tuple[int, int]) -> None:
    sheet = A4 if size[0] <= size[1] else A4[::-1]
    scale = min((sheet[0] - 2 * _MARGIN) / size[0], (sheet[1] - _MARGIN - _TOP) / size[1], _SCALE_MAX)
    width, height = size[0] * scale, size[1] * scale
    left, bottom = (sheet[0] - width) / 2, sheet[1] - _TOP - height
    place = b" ".join(number(each) for each in (width, 0, 0, height, left, bottom))
    add_drawn_page(pdf, drawn, sheet, b"%b cm %b cm" % (place, turned.encode()))


def add_drawn_page(pdf: pikepdf.Pdf, drawn: pikepdf.Stream, sheet: tuple[float, float], matrix: bytes) -> None:
    """Add a page that shows an image where a matrix brings it."""
    page: Any = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *sheet]),
        Resources=Dictionary(XObject=Dictionary(Im=drawn)),
        Contents=pdf.make_stream(b"q %b /Im Do Q" % matrix),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
