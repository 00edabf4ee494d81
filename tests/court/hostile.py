"""Files that people send and nobody can use as they are, or that look so: what is to be told of each, and where."""

import io
import random
from collections.abc import Callable
from typing import Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

from domain.intake import DOCX, PDF, PNG, TEXT, ZIP
from domain.papers import FileFault
from tests import files_made as made

LARGE_BYTES: Final = 12 << 20


class Hostile(NamedTuple):
    """A file, and what its sender and a reader of the bundle are to be told."""

    content: Callable[[], bytes]
    name: str
    kind: str
    """As its sender declares it."""
    faults: tuple[FileFault, ...] = ()
    """Found at intake, in the order of their enumeration."""
    says: str = ""
    """What the diagnosis says to its sender."""
    is_turned_away: bool = False
    """When it is sent without having been announced."""
    observed: str = ""
    """What the inventory says of it; empty where there is nothing to say."""
    pages: int = 1
    """Of the bundle."""
    sheet: bool = False
    """Whether a sheet stands in the place of its pages."""
    joined: bool = True
    """Whether it is handed over as it is."""
    examined_late: bool = False
    """Whether the process that took it dies before it tells what it is, which the worker then finds."""


def a_large_scan(size: int = LARGE_BYTES) -> bytes:
    """A PDF as long as that, nearly all of it one image that is not compressed."""
    width = 4_000
    height = size // width
    pdf = pikepdf.new()
    image = pdf.make_stream(random.Random(width).randbytes(width) * height)
    image.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
    )
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, 595, 842]),
        Resources=Dictionary(XObject=Dictionary(Im=image)),
        Contents=pdf.make_stream(b"q 500 0 0 700 40 70 cm /Im Do Q"),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return made.saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def a_locked_docx() -> bytes:
    return made.an_ole({"EncryptedPackage": b"x" * 5_000, "EncryptionInfo": b"y" * 200})


def a_pdf_behind_both() -> bytes:
    """Scripts and an attachment in one file."""
    with pikepdf.open(io.BytesIO(made.a_pdf_with_script())) as pdf:
        pdf.attachments["facture.xml"] = b"<facture/>"
        return made.saved(pdf)


F = FileFault
HOSTILE: Final[dict[str, Hostile]] = {
    "Fichier chiffré": Hostile(
        made.an_encrypted_pdf,
        "a.pdf",
        PDF,
        (F.ENCRYPTED,),
        "mot de passe",
        True,
        "chiffré",
        sheet=True,
        examined_late=True,
    ),
    "Fichier restreint": Hostile(made.a_restricted_pdf, "a.pdf", PDF, (F.RESTRICTED,), "interdit l'impression"),
    "Fichier tronqué": Hostile(
        lambda: made.a_pdf(40)[:3_000], "a.pdf", PDF, (F.TRUNCATED,), "s'arrête avant sa fin", True, "abîmé", 19
    ),
    "Image tronquée": Hostile(
        lambda: made.an_image("PNG")[:900],
        "a.png",
        PNG,
        (F.TRUNCATED,),
        "s'arrête avant sa fin",
        True,
        "incomplet",
        sheet=True,
    ),
    "Index abîmé": Hostile(
        made.a_pdf_with_broken_index, "a.pdf", PDF, (F.DAMAGED,), "s'ouvre après réparation", False, "abîmé", 3
    ),
    "Fichier sans page": Hostile(
        lambda: made.a_pdf(0), "a.pdf", PDF, (F.NO_PAGE,), "aucune page", True, "aucune page", sheet=True
    ),
    "Fichier de mille pages": Hostile(
        lambda: made.a_pdf(1_000),
        "a.pdf",
        PDF,
        (F.TOO_MANY_PAGES,),
        "plus de 500 pages",
        pages=1_000,
        examined_late=True,
    ),
    "Fichier de dix mille et une pages": Hostile(
        lambda: made.a_pdf(10_001),
        "a.pdf",
        PDF,
        (F.TOO_MANY_PAGES,),
        "plus de 500 pages",
        False,
        "trop de pages",
        sheet=True,
    ),
    "Grand fichier": Hostile(a_large_scan, "a.pdf", PDF, (F.IMAGE_ONLY,), "que des images"),
    "Fichier numérisé": Hostile(made.a_scanned_pdf, "a.pdf", PDF, (F.IMAGE_ONLY,), "que des images", pages=2),
    "Document Word": Hostile(made.a_docx, "a.docx", DOCX, observed="bureautique", sheet=True),
    "Document Word avec macros": Hostile(
        lambda: made.a_docx({"word/vbaProject.bin": b"x"}),
        "a.docx",
        DOCX,
        (F.MACROS,),
        "macros",
        True,
        "macros",
        sheet=True,
        joined=False,
        examined_late=True,
    ),
    "Document Word chiffré": Hostile(
        a_locked_docx, "a.docx", DOCX, (F.ENCRYPTED,), "mot de passe", True, "chiffré", sheet=True, examined_late=True
    ),
    "Fichier avec script et fichier joint": Hostile(
        a_pdf_behind_both, "a.pdf", PDF, (F.ACTIVE_CONTENT,), "script", False, "scripts"
    ),
    "Photo nommée pdf": Hostile(
        lambda: made.an_image("JPEG"), "a.pdf", PDF, (F.MISLABELLED,), "n'est pas du type annoncé"
    ),
    "Fichier nommé docx": Hostile(
        lambda: made.a_pdf(2), "a.docx", DOCX, (F.MISLABELLED,), "n'est pas du type annoncé", pages=2
    ),
    "Archive": Hostile(
        lambda: made.zipped({"a.pdf": made.a_pdf()}),
        "a.zip",
        ZIP,
        (F.TYPE_NOT_ACCEPTED,),
        "archive ZIP",
        True,
        "format",
        sheet=True,
        joined=False,
        examined_late=True,
    ),
    "Fichier vide": Hostile(lambda: b"", "a.pdf", PDF, (F.EMPTY,), "vide", True, "vide", sheet=True, joined=False),
    "Fichier d'un octet": Hostile(
        lambda: b"\x01",
        "a.pdf",
        PDF,
        (F.TYPE_NOT_ACCEPTED,),
        "n'est pas accepté",
        True,
        "format",
        sheet=True,
        joined=False,
    ),
    "Texte d'un octet": Hostile(lambda: b"a", "a.txt", TEXT),
    "Image démesurée": Hostile(
        made.a_png_bomb, "a.png", PNG, (F.EXPANDS_TOO_MUCH,), "démesuré", True, "démesuré", sheet=True, joined=False
    ),
    "Document Word démesuré": Hostile(
        made.a_zip_bomb, "a.docx", DOCX, (F.EXPANDS_TOO_MUCH,), "démesuré", True, "démesuré", sheet=True, joined=False
    ),
}
"""By the title under which each is sent."""
