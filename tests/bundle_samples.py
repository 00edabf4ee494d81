"""Files as people send them, and broken as they break them; made in code, the same each time."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageDraw

from documents.bundle.numbered import Numbered, SourceFile, Title
from documents.typesetting import typeset

TITLE = Title(
    heading="Dossier de défense",
    court="Tribunal administratif de Lyon",
    lines=(("Requête", "n° 2501234"), ("Requérant", "société Étoile & fils"), ("Décision attaquée", "refus du 3 mars")),
    dated="Lyon, le 5 mai 2025",
)


def exhibit(number: int, section: str = "", name: str = "") -> Numbered:
    """An exhibit by its number."""
    return Numbered(number, f"Lettre n° {number}", section, name or f"{number:02d}_lettre.pdf")


def source(path: Path, media_type: str = "application/pdf", **others: Any) -> SourceFile:
    """A file as it is at hand."""
    return SourceFile(
        path=path, media_type=media_type, title=others.pop("title", "Lettre"), file_name=path.name, **others
    )


def ours(path: Path, text: str = "Bonjour", pages: int = 1) -> Path:
    """A tagged PDF/A, made by typst as letters are: so many lines of text, fifty on a page."""
    data = msgspec.json.encode({"title": text, "blocks": [[f"{text} {page}"] * 50 for page in range(pages)]})
    path.write_bytes(typeset("bundle/text.typ", data))
    return path


def drawn(text: str) -> bytes:
    """Contents that write a text at the top of a page."""
    return b"BT /F1 14 Tf 60 760 Td (%b) Tj ET" % text.encode("latin-1")


def foreign(path: Path, texts: Sequence[str] = ("Texte",), **saved: Any) -> Path:
    """A PDF without tags, a text on each page, the size and the font inherited from the tree."""
    pdf = plain(texts)
    pdf.save(path, static_id=True, **saved)
    return path


def plain(texts: Sequence[str]) -> pikepdf.Pdf:
    """The same, not yet written."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )
    for text in texts:
        page = Dictionary(Type=Name.Page, Contents=pdf.make_stream(drawn(text)))
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    pdf.Root.Pages.MediaBox = Array([0, 0, 595, 842])
    pdf.Root.Pages.Resources = Dictionary(Font=Dictionary(F1=font))
    for page in pdf.pages:
        page.obj.MediaBox = Array([0, 0, 595, 842])
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
    return pdf


def inherited(path: Path) -> Path:
    """A PDF whose two pages take size, font and rotation from the node above them, written by hand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] /MediaBox [0 0 400 300] /Rotate 90"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 5 0 R /CropBox [50 50 350 250] >>",
        b"<< /Length 40 >>\nstream\nBT /F1 12 Tf 60 200 Td (Herite) Tj ET     \nendstream",
    ]
    written = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in offsets)
    path.write_bytes(written + b"trailer << /Root 1 0 R /Size 6 >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return path


def encrypted(path: Path, user: str = "secret") -> Path:
    """A PDF behind a password; with an empty one, only its owner is restricted."""
    return foreign(path, ("Chiffré",), encryption=pikepdf.Encryption(owner="proprietaire", user=user, R=6))


def active(path: Path) -> Path:
    """A PDF that runs scripts, launches programs, hides files and fills a form."""
    pdf = plain(("Actif", "Suite"))
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('MECHANT')"))
    pdf.Root.OpenAction = script
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    pdf.attachments["cache.txt"] = b"PIECE CACHEE"
    first, second = (page.obj for page in pdf.pages)
    first.AA = Dictionary(O=script)
    face = Stream(pdf, b"BT /F1 12 Tf 2 4 Td (Rempli) Tj ET")
    face.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 20]), Resources=first.Resources
    )
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("nom"), V=String("Rempli"), F=4,
            Rect=Array([100, 500, 200, 520]), AP=Dictionary(N=face), DA=String("/F1 12 Tf 0 g"),
        )
    )  # fmt: skip
    launch = Dictionary(S=Name.Launch, F=String("calc.exe"))
    links = [
        Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=launch),
        Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([9, 0, 19, 9]), Dest=Array([second, Name.Fit])),
    ]
    attached = Dictionary(
        Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([20, 0, 29, 9]), Contents=String("TROMBONE"),
        FS=Dictionary(Type=Name.Filespec, F=String("b.txt"), EF=Dictionary(F=pdf.make_stream(b"FICHIER AGRAFE"))),
    )  # fmt: skip
    first.Annots = Array([field, attached, *links])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), DR=first.Resources, DA=String("/F1 12 Tf 0 g"))
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("Signet de la source", 1))
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r)]))
    pdf.save(path, static_id=True)
    return path


def picture(path: Path, size: tuple[int, int] = (400, 300), **saved: Any) -> Path:
    """An image, its upper left corner red."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
    image.save(path, **saved)
    return path


def word(path: Path) -> Path:
    """What says of itself that it is a text of Word."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return path


def as_bytes(pdf: pikepdf.Pdf) -> bytes:
    """A PDF as a file in memory, nothing compressed."""
    target = io.BytesIO()
    pdf.save(
        target,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.all,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        static_id=True,
    )
    return target.getvalue()
