"""The brief as a Word document to edit: a template of ours filled with the brief, the same bytes for the same brief."""

import io
import zipfile
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import msgspec
from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import Environment, StrictUndefined

from documents.brief.lines import computed_of, notes_of, set_of, sources_of
from domain.defence.brief import Brief

TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "brief" / "memoire.docx"
ZIPPED: Final = (1980, 1, 1, 0, 0, 0)
NOTES: Final = "Notes au rédacteur"
APART: Final = "Pages internes, à retirer avant tout dépôt : elles ne font pas partie du mémoire."


def docx_of(brief: Brief) -> bytes:
    """The brief, its list of exhibits and, on pages apart, what only the drafter reads."""
    template = DocxTemplate(TEMPLATE)
    values = _told(set_of(brief))
    template.render(
        {
            **values,
            "notes_header": f"{NOTES.upper()} – NE PAS PRODUIRE",
            "notes_title": NOTES,
            "notes_intro": APART,
            "attention": [_told(each) for each in notes_of(brief)],
            "admissibility": [_told(each) for each in computed_of(brief)],
            "sources": [_told(each) for each in sources_of(brief)],
        },
        Environment(autoescape=True, undefined=StrictUndefined),
    )
    properties = template.docx.core_properties
    properties.title = values["title"].capitalize()
    properties.subject = values["instance"]
    properties.created = properties.modified = brief.told_until.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    written = io.BytesIO()
    template.save(written)
    return _packed(written.getvalue())


def _told(part: msgspec.Struct) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(part)
    return told


def _packed(content: bytes) -> bytes:
    """The same parts in one order, without the hour and without compression, which no two machines do alike."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as held, zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(held.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            archive.writestr(zipfile.ZipInfo(name, ZIPPED), held.read(name), zipfile.ZIP_STORED)
    return packed.getvalue()
