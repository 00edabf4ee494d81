"""Sizes and corners of pages as they are read: boxes, rotation, what does not fit."""

import math
from typing import Any, Final

from pikepdf import Array, Name, Object

Box = tuple[float, float, float, float]
A4: Final = (595.2756, 841.8898)
SIDE_MIN: Final = 3.0
SIDE_MAX: Final = 14_400.0
"""What PDF itself allows (ISO 32000-1, annex C)."""


def settle(page: Object) -> bool:
    """Give a page a media box, a crop box within, a rotation by quarters; whether its size is one that can be shown."""
    media = _box(page.get(Name.MediaBox))
    sound = media is not None and all(SIDE_MIN <= side <= SIDE_MAX for side in _sides(media))
    if media is None or min(_sides(media)) < SIDE_MIN:
        media = (0.0, 0.0, *A4)
    crop = _box(page.get(Name.CropBox))
    if crop is not None:
        crop = (max(crop[0], media[0]), max(crop[1], media[1]), min(crop[2], media[2]), min(crop[3], media[3]))
    if crop is None or min(crop[2] - crop[0], crop[3] - crop[1]) < SIDE_MIN:
        crop = media
    page.MediaBox, page.CropBox = Array(list(media)), Array(list(crop))
    turned = page.get(Name.Rotate)
    page.Rotate = int(turned) % 360 if isinstance(turned, int) and turned % 90 == 0 else 0
    unit = _number(page.get("/UserUnit"))
    if "/UserUnit" in page and (unit is None or not 0.01 <= unit <= 75):
        del page["/UserUnit"]
    return sound


def visible(page: Object) -> Box:
    """The box of a settled page that is seen, in its own units, before it is turned."""
    left, bottom, right, top = (float(each) for each in page.CropBox)
    return left, bottom, right, top


def unit_of(page: Object) -> float:
    """How many points a unit of a settled page is."""
    return _number(page.get("/UserUnit")) or 1.0


def fitted(page: Object) -> tuple[Box, bytes]:
    """The box of an A4 page, and the matrix that brings what is seen of a settled page onto it, as it is read."""
    left, bottom, right, top = visible(page)
    turned = int(page.Rotate)
    width, height = (top - bottom, right - left) if turned in (90, 270) else (right - left, top - bottom)
    scale = min(A4[0] / width, A4[1] / height)
    a, b, c, d, e, f = upright((left, bottom, right, top), turned)
    matrix = tuple(each * scale for each in (a, b, c, d, e, f))
    return (0.0, 0.0, *A4), b" ".join(number(each) for each in matrix) + b" cm "


def upright(box: Box, turned: int) -> tuple[float, float, float, float, float, float]:
    """The matrix from a page's own units to what is read: the lower left corner at the origin, not turned any more."""
    left, bottom, right, top = box
    match turned:
        case 90:
            return 0, -1, 1, 0, -bottom, right
        case 180:
            return -1, 0, 0, -1, right, top
        case 270:
            return 0, 1, -1, 0, top, -left
        case _:
            return 1, 0, 0, 1, -left, -bottom


def laid(box: Box, turned: int) -> tuple[float, float, float, float, float, float]:
    """The matrix from what is read back to a page's own units: the inverse of `upright`."""
    left, bottom, right, top = box
    match turned:
        case 90:
            return 0, 1, -1, 0, right, bottom
        case 180:
            return -1, 0, 0, -1, right, top
        case 270:
            return 0, -1, 1, 0, left, top
        case _:
            return 1, 0, 0, 1, left, bottom


def number(value: float) -> bytes:
    """A number as PDF writes it: no exponent, no more places than anyone sees."""
    return f"{value:.5f}".rstrip("0").rstrip(".").encode() if value else b"0"


def _sides(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _box(value: Any) -> Box | None:
    if not isinstance(value, Array) or len(value) != 4:
        return None
    numbers = [_number(each) for each in value]
    if any(each is None or abs(each) > 1e7 for each in numbers):
        return None
    one, two, three, four = (float(each) for each in numbers if each is not None)
    return min(one, three), min(two, four), max(one, three), max(two, four)


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
