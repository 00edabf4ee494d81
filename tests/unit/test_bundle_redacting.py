"""What is hidden cannot be had from the file that is handed over, by any way; the source stays as it is."""

import hashlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from documents.bundle.pages import shown
from domain.papers import FileFault, Redaction, Zone
from tests import bundle_samples as samples

SECRET = "SECRETMEDICAL"


def secretive(path: Path) -> Path:
    """Three pages; what the first one and the third hide also hides in every corner of the file."""
    pdf = samples.plain([SECRET + "un", "Public", SECRET + "trois"])
    first, second, third = (page.obj for page in pdf.pages)
    hidden = Stream(pdf, samples.drawn(SECRET + "forme"))
    hidden.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 595, 842]))
    shared = Dictionary(Font=first.Resources.Font, XObject=Dictionary(Cache=hidden))
    first.Contents = pdf.make_stream(samples.drawn(SECRET + "un") + b" /Cache Do")
    for page in (first, second, third):
        page.Resources = pdf.make_indirect(shared)
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([10, 10, 30, 30]), Contents=String(SECRET + "note"), F=4
    )
    first.Annots = Array([pdf.make_indirect(note)])
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), Dest=Array([first, Name.Fit]))
    second.Annots = Array([link])
    second.Thumb = pdf.make_stream(SECRET.encode() + b"pouce")
    field = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("x"), V=String(SECRET + "champ"), Kids=Array([])))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    element = pdf.make_indirect(
        Dictionary(Type=Name.StructElem, S=Name.P, Pg=first, ActualText=String(SECRET + "balise"), K=0)
    )
    pdf.Root.StructTreeRoot = Dictionary(K=element, ParentTree=Dictionary(Nums=Array([0, Array([element])])))
    first.StructParents = second.StructParents = 0
    pdf.attachments["a.txt"] = SECRET.encode() + b"joint"
    pdf.docinfo["/Subject"] = SECRET + "sujet"
    with pdf.open_metadata() as metadata:
        metadata["dc:description"] = SECRET + "xmp"
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(SECRET + "signet", 0))
    pdf.save(path, static_id=True)
    return path


def everything(path: Path) -> bytes:
    """All that a file holds: as it is, and with every stream opened."""
    with pikepdf.open(path) as pdf:
        opened = samples.as_bytes(pdf)
        for each in pdf.objects:
            if isinstance(each, Stream) and each.get(Name.Subtype) != Name.Image:
                opened += each.read_bytes()
    return path.read_bytes() + opened + opened.replace(b"\x00", b"")


def is_nowhere(path: Path) -> None:
    held = everything(path)
    for form in (SECRET.encode(), SECRET.encode("utf-16-be"), SECRET.encode().hex().encode()):
        assert form.lower() not in held.lower()
    with pypdfium2.PdfDocument(path) as pdf:
        assert all(SECRET not in page.get_textpage().get_text_range() for page in pdf)


def test_what_is_hidden_is_nowhere_in_the_file_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    path = secretive(tmp_path / "a.pdf")
    assert SECRET.encode() in everything(path)
    before = hashlib.sha256(path.read_bytes()).digest()
    zone = Zone(left=0.05, top=0.05, width=0.6, height=0.1)
    redactions = (
        Redaction(page=1, why="Données de santé d'un tiers."),
        Redaction(page=3, zones=(zone,), why="Nom d'un tiers."),
    )
    found = shown(samples.exhibit(2), [samples.source(path, redactions=redactions)], tmp_path)
    assert (found.pages, found.is_faulty) == (3, False)
    is_nowhere(found.path)
    with pypdfium2.PdfDocument(found.path) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
        third = pdf[2].render(scale=1).to_pil().convert("L")
    assert "Page occultée" in texts[0]
    assert "Données de santé d'un tiers." in texts[0].replace("’", "'")
    assert "Public" in texts[1]
    assert texts[2] == ""
    assert third.size == (595, 842)
    box = (int(0.05 * 595) + 1, int(0.05 * 842) + 1, int(0.65 * 595) - 1, int(0.15 * 842) - 1)
    assert third.crop(box).getextrema() == (0, 0)
    assert third.crop((0, 400, 595, 842)).getextrema() == (255, 255)
    assert hashlib.sha256(path.read_bytes()).digest() == before
    again = shown(samples.exhibit(2), [samples.source(path, redactions=redactions)], tmp_path / ".")
    assert again.path.read_bytes() == found.path.read_bytes()


def test_zones_lie_where_the_page_is_read_though_it_is_turned(tmp_path: Path) -> None:
    pdf = samples.plain(["x"])
    pdf.pages[0].obj.Rotate = 90
    pdf.pages[0].obj.CropBox = Array([100, 100, 500, 700])
    pdf.save(tmp_path / "a.pdf", static_id=True)
    zone = Zone(left=0.5, top=0, width=0.5, height=0.5)
    file = samples.source(tmp_path / "a.pdf", redactions=(Redaction(page=1, zones=(zone,), why="x"),))
    found = shown(samples.exhibit(1), [file], tmp_path)
    with pypdfium2.PdfDocument(found.path) as shown_pdf:
        page = shown_pdf[0].render(scale=0.5).to_pil().convert("L")
    assert page.size == (300, 200)
    assert page.crop((152, 2, 298, 98)).getextrema() == (0, 0)
    assert page.crop((2, 2, 140, 198)).getextrema() == (255, 255)


def test_a_source_that_cannot_be_redacted_is_not_shown_nor_said_to_be_joined(tmp_path: Path) -> None:
    for path, page in ((samples.encrypted(tmp_path / "a.pdf"), 1), (samples.foreign(tmp_path / "b.pdf"), 2)):
        file = samples.source(path, redactions=(Redaction(page=page, why="x"),))
        found = shown(samples.exhibit(1), [file], tmp_path)
        assert found.is_faulty
        with pypdfium2.PdfDocument(found.path) as pdf:
            text = " ".join(pdf[0].get_textpage().get_text_range().split())
        assert "joint tel quel" not in text
        assert "conserve le fichier d" in text
    assert FileFault.EXAMINATION_FAILED in found.faults


@pytest.mark.parametrize("name", ["a.png", "a.txt"])
def test_images_and_texts_are_hidden_as_well(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.txt":
        path.write_text(f"{SECRET}\nsuite\n")
    else:
        samples.picture(path)
    file = samples.source(path, "text/plain", redactions=(Redaction(page=1, why="Tiers."),))
    found = shown(samples.exhibit(1), [file], tmp_path)
    assert (found.pages, found.is_faulty) == (1, False)
    is_nowhere(found.path)
