"""What is hidden of a source before the other party reads it: a file of its own, from which the hidden cannot be had.

A page hidden whole is another page that says so; a page with hidden zones is a picture of itself with black boxes. The
other pages go into a new file that takes along only what they draw: no structure, bookmark, field, layer, attachment or
description of the source comes with them, and of its fonts, forms and images none that they do not name.
"""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import pikepdf
import pypdfium2  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name, Object, ObjectSet, Stream
from PIL import Image, ImageDraw

from documents.bundle import geometry
from documents.bundle.cleaning import Unshowable
from documents.bundle.images import add_drawn_page, drawn_of
from documents.typesetting import legible, typeset
from domain.papers import FileFault, Redaction

DOTS_PER_INCH: Final = 200
_PIXELS_MAX: Final = 60_000_000
_POINTS_PER_INCH: Final = 72
_NAMES: Final = re.compile(rb"/([^\s\x00()<>\[\]{}/%]+)")
_DRAWN_WITH: Final = ("/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties")


class PageUnknown(Unshowable):
    """A page is to be hidden that the source does not have: nothing of it may be shown."""

    def __init__(self) -> None:
        super().__init__(FileFault.EXAMINATION_FAILED)


def redacted(source: pikepdf.Pdf, path: Path, redactions: Sequence[Redaction]) -> pikepdf.Pdf:
    """The pages of a source as they may be read; its file is left as it is. Raises Unshowable."""
    hidden: dict[int, list[Redaction]] = {}
    for redaction in redactions:
        if redaction.page > len(source.pages):
            raise PageUnknown
        hidden.setdefault(redaction.page - 1, []).append(redaction)
    _settle(source)
    made = pikepdf.new()
    with pypdfium2.PdfDocument(path) as seen:
        if any(any(each.zones for each in each_page) for each_page in hidden.values()):
            seen.init_forms()
        for index, page in enumerate(source.pages):
            if index not in hidden:
                made.pages.append(page)
            elif any(not each.zones for each in hidden[index]):
                _add_notice(made, [each.why for each in hidden[index]])
            else:
                _add_picture(made, seen[index], hidden[index])
    return made


def _settle(source: pikepdf.Pdf) -> None:
    """Leave pages nothing that leads to what others show."""
    if isinstance(source.Root.get(Name.AcroForm), Dictionary):
        source.generate_appearance_streams()
        source.flatten_annotations("screen")
    for page in source.pages:
        for key in (*_LEADING_ELSEWHERE, "/Annots"):
            if key in page.obj:
                del page.obj[key]
        _narrow(page)


_LEADING_ELSEWHERE: Final = ("/StructParents", "/B", "/AA", "/Thumb", "/PieceInfo", "/Metadata", "/AF", "/DPart", "/VP")


def _narrow(page: pikepdf.Page) -> None:
    """Leave a page, of what it may draw with, what its contents name, and so the forms that it draws."""
    listed = page.obj.get(Name.Contents, ())
    streams = [each for each in (listed if isinstance(listed, Array) else [listed]) if isinstance(each, Stream)]
    seen = ObjectSet()
    stack: list[tuple[Object, list[Stream]]] = [(page.obj, streams)]
    while stack:
        holder, contents = stack.pop()
        resources = holder.get(Name.Resources)
        if not isinstance(resources, Dictionary):
            continue
        narrowed, forms = _named(resources, contents)
        holder.Resources = Dictionary(narrowed)
        stack += [(form, [form]) for form in forms if seen.add(form)]


def _named(resources: Dictionary, contents: list[Stream]) -> tuple[dict[str, Dictionary], list[Stream]]:
    """Of resources, those that contents name, and forms drawn without resources of their own; with the other forms."""
    waiting, used, forms, looked = list(contents), set[str](), list[Stream](), ObjectSet()
    drawn = resources.get(Name.XObject)
    while waiting:
        fresh = _names_in(waiting.pop()) - used
        used |= fresh
        for key, value in drawn.items() if isinstance(drawn, Dictionary) else ():
            if (
                key in fresh
                and isinstance(value, Stream)
                and value.get(Name.Subtype) == Name.Form
                and looked.add(value)
            ):
                (forms if Name.Resources in value else waiting).append(value)
    kept = {}
    for kind in _DRAWN_WITH:
        named = resources.get(kind)
        if isinstance(named, Dictionary):
            kept[kind] = Dictionary({key: value for key, value in named.items() if key in used})
    return kept, forms


def _names_in(content: Stream) -> set[str]:
    """The names that a content uses, and perhaps more. Raises Unshowable where it cannot be read."""
    try:
        found = _NAMES.findall(content.read_bytes())
    except pikepdf.PdfError:
        raise Unshowable(FileFault.UNREADABLE) from None
    return {"/" + re.sub(r"#([0-9a-fA-F]{2})", _unescaped, each.decode("latin-1")) for each in found}


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _add_notice(made: pikepdf.Pdf, reasons: Sequence[str]) -> None:
    data = msgspec.json.encode({"reasons": [legible(each) for each in dict.fromkeys(reasons)]})
    with pikepdf.open(io.BytesIO(typeset("bundle/hidden.typ", data))) as notice:
        for page in notice.pages:
            if Name.StructParents in page.obj:
                del page.obj[Name.StructParents]
            made.pages.append(page)


def _add_picture(made: pikepdf.Pdf, page: pypdfium2.PdfPage, redactions: Sequence[Redaction]) -> None:
    width, height = page.get_size()
    scale = DOTS_PER_INCH / _POINTS_PER_INCH
    if width * height * scale * scale > _PIXELS_MAX:
        scale = (_PIXELS_MAX / (width * height)) ** 0.5
    picture: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    draw = ImageDraw.Draw(picture)
    for redaction in redactions:
        for zone in redaction.zones:
            left, top = int(zone.left * picture.width) - 1, int(zone.top * picture.height) - 1
            right = int((zone.left + zone.width) * picture.width) + 2
            bottom = int((zone.top + zone.height) * picture.height) + 2
            draw.rectangle((left, top, right, bottom), fill="black")
    sheet = (width, height)
    matrix = b" ".join(geometry.number(each) for each in (width, 0, 0, height, 0, 0)) + b" cm"
    add_drawn_page(made, drawn_of(made, picture), sheet, matrix)
