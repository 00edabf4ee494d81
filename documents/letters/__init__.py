"""Letters set on pages: the data of a letter and its template give the same PDF for ever, on any machine."""

from typing import Any, Final

import msgspec
import segno

from documents.typesetting import legible, typeset
from domain.letters.content import DATA, read

TEMPLATES: Final = {template: f"letters/{template.replace('/', '.')}.typ" for template in DATA}
"""The file of each template, by name and version; a file here is never edited: `docs/letters.md` says how to change."""

QUIET_ZONE: Final = 4
"""Modules left blank around a QR code (ISO/IEC 18004)."""


def rendered(template: str, data: bytes, *, draft: bool = False) -> bytes:
    """The PDF of a letter; a draft says so across its pages. Raises Refused when the data lack a mention."""
    shown: dict[str, Any] = _legible(msgspec.to_builtins(read(template, data)))
    if "check" in shown:
        shown["qr"] = qr_code(shown["check"]["address"])
    if draft:
        shown["draft"] = True
    return typeset(TEMPLATES[template], msgspec.json.encode(shown, order="deterministic"))


def qr_code(address: str) -> str:
    """An address as a QR code, drawn as SVG by ourselves, so that no release of a library moves a byte of it."""
    modules = segno.make(address, error="m", micro=False, boost_error=False).matrix
    side = len(modules) + 2 * QUIET_ZONE
    dark = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(modules)
        for x, module in enumerate(row)
        if module
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{dark}" fill="#000"/></svg>'
    )


def _legible(value: Any) -> Any:
    """The same data in characters that the fonts have; the block mark is a drawing, not a text."""
    match value:
        case str():
            return legible(value)
        case list() | tuple():
            return [_legible(each) for each in value]
        case dict():
            return {name: each if name == "mark" else _legible(each) for name, each in value.items()}
        case _:
            return value
