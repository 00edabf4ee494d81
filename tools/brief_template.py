"""The Word template of the defence brief, made here so that its styles can be read and reviewed: `python -m
tools.brief_template` writes it, and a test says when it is stale."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

TEMPLATE: Final = Path(__file__).parents[1] / "documents" / "templates" / "brief" / "memoire.docx"
FONT: Final = "Times New Roman"
BLUE: Final = RGBColor(0x1B, 0x2A, 0x4A)
DATED: Final = datetime(2026, 11, 29)
ZIPPED: Final = (1980, 1, 1, 0, 0, 0)
HEADINGS, PARAGRAPHS, CONCLUSIONS = 41, 42, 43
"""Identifiers of the numberings."""

KEPT: Final = frozenset(
    {
        *("Normal", "Title", "Heading1", "Heading2", "Heading3", "Header", "Footer"),
        *("DefaultParagraphFont", "TableNormal", "TableGrid", "NoList"),
        *("Alina", "Conclusion", "Parcesmotifs", "Partie", "Signatureacte", "Cellule", "Note", "Titredenote"),
    }
)
"""The styles that it uses, by identifier."""

NUMBERINGS: Final = f"""
<w:abstractNum {nsdecls("w")} w:abstractNumId="{HEADINGS}"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:pStyle w:val="Heading1"/><w:lvlText w:val="%1."/>
<w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:pStyle w:val="Heading2"/>
<w:lvlText w:val="%2."/><w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading3"/><w:lvlText w:val="%3)"/>
<w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>
<w:abstractNum {nsdecls("w")} w:abstractNumId="{PARAGRAPHS}"><w:multiLevelType w:val="singleLevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Alina"/><w:lvlText w:val="%1."/>
<w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>
<w:abstractNum {nsdecls("w")} w:abstractNumId="{CONCLUSIONS}"><w:multiLevelType w:val="singleLevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Conclusion"/><w:lvlText w:val="%1°"/>
<w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>
"""


class Maker:
    """A template under way."""

    def __init__(self) -> None:
        self.document: Any = Document()
        self._numberings()
        self._styles()

    # Styles

    def _numberings(self) -> None:
        part = self.document.part.numbering_part.element
        for child in list(part):
            part.remove(child)
        wrapped = parse_xml(f"<w:numbering {nsdecls('w')}>{NUMBERINGS}</w:numbering>")
        part.extend(list(wrapped))
        for number in (HEADINGS, PARAGRAPHS, CONCLUSIONS):
            part.append(
                parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
            )

    def _styles(self) -> None:
        styles = self.document.styles
        normal = styles["Normal"]
        self._font(normal, 11)
        normal.paragraph_format.space_after = Pt(6)
        self._language(normal)
        title = styles["Title"]
        self._font(title, 18, bold=True)
        title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(18), Pt(6)
        self._no_border(title)
        for level, size in ((1, 13), (2, 12), (3, 11)):
            heading = styles[f"Heading {level}"]
            self._font(heading, size, bold=True, italic=level == 3, color=BLUE)
            heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(14 - 2 * level), Pt(6)
            heading.paragraph_format.keep_with_next = True
            self._numbered(heading, HEADINGS, level - 1)
        self._own("Alinéa", "Alina", justified=True, numbering=PARAGRAPHS)
        self._own("Conclusion", "Conclusion", justified=True, numbering=CONCLUSIONS)
        self._own("Par ces motifs", "Parcesmotifs", size=13, bold=True, centred=True)
        self._own("Partie", "Partie", size=11)
        self._own("Signature", "Signatureacte", size=11, indent=9)
        self._own("Cellule", "Cellule", size=9.5)
        self._own("Note", "Note", size=10)
        self._own("Titre de note", "Titredenote", size=14, bold=True)

    def _own(
        self,
        name: str,
        id: str,
        *,
        size: float = 11,
        bold: bool = False,
        justified: bool = False,
        centred: bool = False,
        indent: float = 0,
        numbering: int | None = None,
    ) -> None:
        style = self.document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), id)
        style.base_style = self.document.styles["Normal"]
        style.quick_style = True
        self._font(style, size, bold=bold)
        if justified:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if centred:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            style.paragraph_format.space_before = Pt(14)
            style.paragraph_format.keep_with_next = True
        if indent:
            style.paragraph_format.left_indent = Cm(indent)
            style.paragraph_format.space_after = Pt(2)
            style.paragraph_format.keep_with_next = True
        if numbering is not None:
            self._numbered(style, numbering, 0)

    @staticmethod
    def _font(
        style: Any, size: float, *, bold: bool = False, italic: bool = False, color: RGBColor | None = None
    ) -> None:
        style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, italic
        style.font.color.rgb = color or RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in list(fonts.attrib):
            del fonts.attrib[kind]
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), FONT)

    @staticmethod
    def _language(style: Any) -> None:
        language = OxmlElement("w:lang")
        for kind in ("val", "eastAsia"):
            language.set(qn(f"w:{kind}"), "fr-FR")
        style.element.get_or_add_rPr().append(language)

    @staticmethod
    def _no_border(style: Any) -> None:
        properties = style.element.get_or_add_pPr()
        for border in properties.findall(qn("w:pBdr")):
            properties.remove(border)

    @staticmethod
    def _numbered(style: Any, numbering: int, level: int) -> None:
        number = parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{numbering}"/></w:numPr>')
        properties = style.element.get_or_add_pPr()
        properties.insert_element_before(
            number, "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
        )

    def lighten(self) -> None:
        """Leave out what the template does not use: other styles, a second copy of them, a picture, empty data."""
        styles = self.document.styles.element
        for style in styles.findall(qn("w:style")):
            if style.get(qn("w:styleId")) not in KEPT:
                styles.remove(style)
                continue
            for name in ("w:link", "w:next"):
                for child in style.findall(qn(name)):
                    if child.get(qn("w:val")) not in KEPT:
                        style.remove(child)
        for holder in (self.document.part, self.document.part.package):
            for id, relation in list(holder.rels.items()):
                if any(word in str(relation.target_ref) for word in ("Effects", "customXml", "thumbnail")):
                    del holder.rels[id]

    # Content

    def paragraph(self, text: str, style: str = "Normal", **runs: Any) -> Any:
        """A paragraph of one run."""
        made = self.document.add_paragraph(style=style)
        self._run(made, text, **runs)
        return made

    @staticmethod
    def _run(paragraph: Any, text: str, *, bold: bool = False, blank: bool = False, small: bool = False) -> None:
        run = paragraph.add_run(text)
        run.bold = True if bold else None
        if blank:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        if small:
            run.font.size = Pt(9)

    def tag(self, text: str) -> None:
        """A line that only the template engine reads."""
        self.document.add_paragraph(text)

    def either(self, condition: str, text: str, style: str) -> None:
        """A paragraph whose text is highlighted where the drafter has to write."""
        self.tag(f"{{%p if {condition} %}}")
        self.paragraph(text, style, blank=True)
        self.tag("{%p else %}")
        self.paragraph(text, style)
        self.tag("{%p endif %}")

    def table(self, heads: tuple[str, ...], widths: tuple[float, ...], loop: str, cells: tuple[str, ...]) -> None:
        """A table with a repeated head and one row for each item of a loop."""
        table = self.document.add_table(rows=4, cols=len(heads))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        rows = (heads, (f"{{%tr for {loop} %}}",), cells, ("{%tr endfor %}",))
        for row, texts in zip(table.rows, rows, strict=True):
            for column, width in enumerate(widths):
                row.cells[column].width = Cm(width)
                cell = row.cells[column].paragraphs[0]
                cell.style = "Cellule"
                if column < len(texts):
                    self._run(cell, texts[column], bold=texts is heads)
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(OxmlElement("w:tblHeader"))
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    def field(self, paragraph: Any, code: str) -> None:
        """A field that Word computes."""
        for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
            run = paragraph.add_run()
            if kind in {"begin", "separate", "end"}:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)
            elif kind == "text":
                run.text = text
            else:
                instruction = OxmlElement("w:instrText")
                instruction.set(qn("xml:space"), "preserve")
                instruction.text = f" {text} "
                run._r.append(instruction)
            run.font.size = Pt(9)

    def margins(self, section: Any, header: str) -> None:
        """The margins of a section, with what stands above and below each page."""
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
        self._run(above, header, small=True)
        above.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(below, "Page ", small=True)
        self.field(below, "PAGE")
        self._run(below, " sur ", small=True)
        self.field(below, "NUMPAGES")


def made() -> bytes:
    """The template, the same bytes whenever it is made."""
    maker = Maker()
    maker.margins(maker.document.sections[0], "{{ header }}")
    _heading(maker)
    _body(maker)
    _closing(maker)
    _inventory(maker)
    _notes(maker)
    maker.lighten()
    maker.document.core_properties.title = "Mémoire en défense"
    maker.document.core_properties.author = maker.document.core_properties.last_modified_by = ""
    maker.document.core_properties.comments = ""
    maker.document.core_properties.created = maker.document.core_properties.modified = DATED
    maker.document.core_properties.language = "fr-FR"
    written = io.BytesIO()
    maker.document.save(written)
    return packed(written.getvalue())


def packed(content: bytes) -> bytes:
    """The same parts in one order, without the hour."""
    held = zipfile.ZipFile(io.BytesIO(content))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(held.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            archive.writestr(zipfile.ZipInfo(name, ZIPPED), held.read(name), zipfile.ZIP_STORED)
    return packed.getvalue()


def _heading(maker: Maker) -> None:
    maker.paragraph("{{ defender }}", "Partie", bold=True)
    maker.paragraph("{{ right }}", "Partie")
    maker.tag("{%p if addressed %}")
    addressed = maker.paragraph("{{ addressed }}", "Partie", bold=True)
    addressed.paragraph_format.left_indent, addressed.paragraph_format.space_before = Cm(8), Pt(12)
    maker.tag("{%p endif %}")
    maker.paragraph("{{ title }}", "Title")
    centred = maker.paragraph("{{ action }}", "Partie")
    centred.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for label, name in (
        ("Instance : ", "instance"),
        ("Pour : ", "pour"),
        ("Contre : ", "against"),
        ("Décision : ", "act"),
    ):
        line = maker.document.add_paragraph(style="Partie")
        maker._run(line, label, bold=True)
        maker._run(line, f"{{{{ {name} }}}}")


def _body(maker: Maker) -> None:
    maker.tag("{%p for line in lines %}")
    for level in (1, 2, 3):
        maker.tag(f"{{%p if line.level == {level} %}}")
        maker.paragraph("{{ line.text }}", f"Heading {level}")
        maker.tag("{%p endif %}")
    maker.tag("{%p if line.level == 0 and line.blank %}")
    maker.paragraph("{{ line.text }}", "Alinéa", blank=True)
    maker.tag("{%p endif %}")
    maker.tag("{%p if line.level == 0 and not line.blank and not line.mark %}")
    maker.paragraph("{{ line.text }}{{ line.shown }}", "Alinéa")
    maker.tag("{%p endif %}")
    maker.tag("{%p if line.level == 0 and not line.blank and line.mark %}")
    marked = maker.paragraph("{{ line.text }} ", "Alinéa")
    maker._run(marked, "{{ line.mark }}", blank=True)
    maker.tag("{%p endif %}")
    maker.tag("{%p endfor %}")


def _closing(maker: Maker) -> None:
    maker.paragraph("PAR CES MOTIFS", "Par ces motifs")
    asked = maker.paragraph("{{ asked }}", "Normal")
    asked.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    maker.tag("{%p for each in conclusions %}")
    maker.either("each.blank", "{{ each.text }}", "Conclusion")
    maker.tag("{%p endfor %}")
    maker.tag("{%p for each in closing %}")
    maker.either("each.blank", "{{ each.text }}", "Signature")
    maker.tag("{%p endfor %}")


def _inventory(maker: Maker) -> None:
    title = maker.paragraph("LISTE DES PIÈCES JOINTES", "Par ces motifs")
    title.paragraph_format.page_break_before = True
    maker.table(
        ("N°", "Intitulé", "Date", "Pages"),
        (1.5, 10.5, 2.6, 1.6),
        "row in rows",
        ("{{ row.number }}", "{{ row.label }}", "{{ row.dated }}", "{{ row.pages }}"),
    )


def _notes(maker: Maker) -> None:
    maker.margins(maker.document.add_section(WD_SECTION.NEW_PAGE), "{{ notes_header }}")
    maker.paragraph("{{ notes_title }}", "Titre de note")
    maker.paragraph("{{ notes_intro }}", "Note", blank=True)
    maker.paragraph("Points d'attention", "Titre de note")
    maker.table(
        ("Objet", "À vérifier", "Faits"),
        (3.6, 10.4, 2.2),
        "each in attention",
        ("{{ each.subject }}", "{{ each.text }}", "{{ each.facts }}"),
    )
    maker.paragraph("Recevabilité : le calcul", "Titre de note")
    maker.table(
        ("Question", "Calcul", "Réponse"),
        (3.6, 10.4, 2.2),
        "each in admissibility",
        ("{{ each.question }}", "{{ each.steps }}", "{{ each.verdict }}"),
    )
    maker.paragraph("Sources de chaque alinéa", "Titre de note")
    maker.table(
        ("Alinéa", "Faits de l'historique, par leur numéro", "Pièces"),
        (1.8, 8, 6.4),
        "each in sources",
        ("{{ each.number }}", "{{ each.facts }}", "{{ each.shown }}"),
    )


if __name__ == "__main__":
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_bytes(made())
