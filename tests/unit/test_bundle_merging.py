"""The merged file, read by another library than the one that wrote it: where it leads, what it says."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pikepdf import Array, Dictionary, Name, String

from documents.bundle.merging import Stopped, merge
from documents.bundle.numbered import Merged, Numbered, Shown, SourceFile
from documents.bundle.pages import shown
from domain.papers import Redaction, Zone
from tests import bundle_samples as samples
from tests import verapdf
from tests.unit.test_bundle_pages import broken, is_tagged

Exhibits = Sequence[tuple[Numbered, Shown]]


def send(sources: Path) -> None:
    """The files of ten exhibits; encryption and archives are not the same twice, so that they are sent once."""
    samples.ours(sources / "1.pdf", "Récépissé", 3)
    samples.foreign(sources / "2.pdf", ["Un", "Deux"])
    samples.picture(sources / "3.png")
    samples.inherited(sources / "4.pdf")
    samples.active(sources / "5.pdf")
    samples.encrypted(sources / "6.pdf")
    samples.ours(sources / "7a.pdf", "a")
    samples.ours(sources / "7b.pdf", "b")
    samples.word(sources / "8.docx")
    samples.foreign(sources / "9.pdf", ["Neuf"] * 12)
    samples.ours(sources / "10.pdf", "Dix")


def mixed(folder: Path, sources: Path) -> Exhibits:
    """Ten exhibits in three sections: ours, others', an image, a series, faulty ones, the same name for all."""
    pairs = [
        ("Demande", [samples.source(sources / "1.pdf", ours=True)]),
        ("Demande", [samples.source(sources / "2.pdf")]),
        ("Demande", [samples.source(sources / "3.png", "image/png")]),
        ("Décision", [samples.source(sources / "4.pdf")]),
        ("Décision", [samples.source(sources / "5.pdf")]),
        ("Décision", [samples.source(sources / "6.pdf")]),
        ("Décision", [samples.source(sources / f"7{each}.pdf", ours=True, title=each) for each in "ab"]),
        ("", [samples.source(sources / "8.docx", "application/x-word")]),
        ("Suite", [samples.source(sources / "9.pdf")]),
        ("Suite", [samples.source(sources / "10.pdf", ours=True)]),
    ]
    numbered = [samples.exhibit(at, section, f"{at:02d}_meme-nom.pdf") for at, (section, _) in enumerate(pairs, 1)]
    return [(each, shown(each, files, folder)) for each, (_, files) in zip(numbered, pairs, strict=True)]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    send(folder)
    return folder


@pytest.fixture(scope="module")
def exhibits(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Exhibits:
    return mixed(tmp_path_factory.mktemp("pages"), sources)


@pytest.fixture(scope="module")
def merged(exhibits: Exhibits, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Merged]:
    out = tmp_path_factory.mktemp("merged") / "dossier.pdf"
    return out, merge(samples.TITLE, exhibits, out)


def lands_right(path: Path, exhibits: Exhibits, made: Merged) -> None:
    """Links of the table of contents, bookmarks and names lead where the stamps say that each exhibit begins."""
    with pypdfium2.PdfDocument(path) as pdf:
        assert len(pdf) == made.pages
        texts = [" ".join(page.get_textpage().get_text_range().replace("\xa0", " ").split()) for page in pdf]
        for exhibit, each in exhibits:
            first = made.first_page_of[exhibit.number]
            for index in (0, each.pages - 1):
                words = f"Pièce n° {exhibit.number} – page {index + 1}/{each.pages} · {first + index}"
                assert words in texts[first - 1 + index]
        front = min(made.first_page_of.values(), default=made.pages + 1) - 1
        links = [target for index in range(front) for target in targets(pdf, index)]
        assert links == [made.first_page_of[exhibit.number] - 1 for exhibit, _ in exhibits]
        marks = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in pdf.get_toc()]
        assert marks == outline(exhibits, made)
        for exhibit, _ in exhibits:
            name = f"piece-{exhibit.number}".encode()
            place = pdfium.FPDF_GetNamedDestByName(pdf, name)
            assert pdfium.FPDFDest_GetDestPageIndex(pdf, place) == made.first_page_of[exhibit.number] - 1
        listed = " ".join(texts[:front])
        for exhibit, _ in exhibits:
            assert f"Pièce {exhibit.number} " in listed
    is_tagged(path)


def targets(pdf: pypdfium2.PdfDocument, index: int) -> list[int]:
    """Where the links of a page lead, in their order."""
    from ctypes import byref, c_int

    page, at, found = pdf[index], c_int(0), []
    link = pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, byref(at), byref(link)):
        place = pdfium.FPDFLink_GetDest(pdf, link)
        found.append(pdfium.FPDFDest_GetDestPageIndex(pdf, place))
    return found


def outline(exhibits: Exhibits, made: Merged) -> list[tuple[int, str, int]]:
    """The bookmarks as the inventory would have them."""
    marks: list[tuple[int, str, int]] = []
    section = ""
    for exhibit, _ in exhibits:
        page = made.first_page_of[exhibit.number] - 1
        if exhibit.section and exhibit.section != section:
            marks.append((0, exhibit.section, page))
        section = exhibit.section
        stem = exhibit.name.removesuffix(".pdf").lstrip("0123456789").lstrip("_")
        marks.append((1 if section else 0, f"PJ{exhibit.number}_{stem}", page))
    return marks


def test_every_line_lands_on_its_exhibit(exhibits: Exhibits, merged: tuple[Path, Merged]) -> None:
    path, made = merged
    lands_right(path, exhibits, made)
    assert not made.archival
    assert hashlib.sha256(path.read_bytes()).hexdigest() == made.sha256
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert b"pdfaid:part" not in pdf.Root.Metadata.read_bytes()
        assert list(pdf.Root.PageLabels.Nums) == [0, Dictionary(S=Name.D)]
        for key in ("/AcroForm", "/OpenAction", "/AA", "/Outlines/JS"):
            assert key not in pdf.Root


@pytest.mark.parametrize("count", [0, 1, 130])
def test_any_number_of_exhibits_counts_its_own_table_of_contents(tmp_path: Path, count: int) -> None:
    page = samples.ours(tmp_path / "a.pdf")
    one = shown(samples.exhibit(1), [samples.source(page, ours=True)], tmp_path)
    exhibits = [(samples.exhibit(number, f"Partie {number // 40}"), one) for number in range(1, count + 1)]
    made = merge(samples.TITLE, exhibits, tmp_path / "out.pdf")
    lands_right(tmp_path / "out.pdf", exhibits, made)
    assert made.pages == count + {0: 2, 1: 2, 130: 5}[count]


def test_a_thousand_pages_are_one_exhibit(tmp_path: Path) -> None:
    path = samples.foreign(tmp_path / "a.pdf", [f"Page {index}" for index in range(1, 1_001)])
    exhibits = [(samples.exhibit(1), shown(samples.exhibit(1), [samples.source(path)], tmp_path))]
    made = merge(samples.TITLE, exhibits, tmp_path / "out.pdf")
    lands_right(tmp_path / "out.pdf", exhibits, made)
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as pdf:
        assert "Page 1000" in pdf[1_001].get_textpage().get_text_range()


def test_every_fault_leaves_a_whole_merge(tmp_path: Path) -> None:
    exhibits = []
    for number, (fault, path) in enumerate(broken(tmp_path).items(), 1):
        each = shown(samples.exhibit(number), [samples.source(path)], tmp_path)
        assert fault in each.faults
        exhibits.append((samples.exhibit(number), each))
    made = merge(samples.TITLE, exhibits, tmp_path / "out.pdf")
    lands_right(tmp_path / "out.pdf", exhibits, made)


def test_what_smoe_made_alone_is_pdf_a_and_accessible(tmp_path: Path) -> None:
    files: list[list[SourceFile]] = [
        [samples.source(samples.ours(tmp_path / "1.pdf", "Un", 2), ours=True)],
        [samples.source(samples.picture(tmp_path / "2.jpg"), "image/jpeg")],
        [samples.source(samples.encrypted(tmp_path / "3.pdf"))],
        [samples.source(samples.ours(tmp_path / f"4{each}.pdf"), ours=True, title=each) for each in "ab"],
    ]
    (tmp_path / "5.txt").write_text("Été\n")
    files.append([samples.source(tmp_path / "5.txt", "text/plain")])
    files.append([samples.source(samples.picture(tmp_path / "6.tiff"), "image/tiff")])
    hidden = (
        Redaction(page=1, why="Tiers."),
        Redaction(page=2, zones=(Zone(left=0, top=0, width=0.5, height=0.5),), why="Tiers."),
    )
    files.append([samples.source(samples.ours(tmp_path / "7.pdf", "Sept", 3), ours=True, redactions=hidden)])
    numbered = [samples.exhibit(number, "Tout") for number in range(1, len(files) + 1)]
    exhibits = [(each, shown(each, files, tmp_path)) for each, files in zip(numbered, files, strict=True)]
    out = tmp_path / "out.pdf"
    made = merge(samples.TITLE, exhibits, out)
    assert made.archival
    for flavour in ("2a", "ua1"):
        assert verapdf.faults(flavour, out)[out] == []


def test_the_same_pages_give_the_same_bytes_in_another_process_and_folder(
    tmp_path: Path, sources: Path, exhibits: Exhibits, merged: tuple[Path, Merged]
) -> None:
    shutil.copytree(sources, tmp_path / "sources")
    program = (
        "import sys; from pathlib import Path; from tests import bundle_samples as samples\n"
        "from tests.unit.test_bundle_merging import mixed, merge\n"
        "place = Path(sys.argv[1])\n"
        "exhibits = mixed(place, place / 'sources')\n"
        "print(merge(samples.TITLE, exhibits, place / 'out.pdf').sha256)\n"
    )
    env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=env, capture_output=True, check=True)
    assert done.stdout.decode().strip() == merged[1].sha256
    for exhibit, each in exhibits:
        assert (tmp_path / f"{exhibit.number:05d}.pdf").read_bytes() == each.path.read_bytes()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_stamps_stand_at_the_top_right_as_the_page_is_read(tmp_path: Path, turned: int) -> None:
    pdf = samples.plain([" "])
    page = pdf.pages[0].obj
    page.Contents = pdf.make_stream(b"q q 3 0 0 3 50 50 cm 0.2 g 0 0 600 900 re f")
    page.Rotate, page.CropBox = turned, Array([100, 50, 500, 700])
    pdf.save(tmp_path / "a.pdf", static_id=True)
    exhibits = [(samples.exhibit(1), shown(samples.exhibit(1), [samples.source(tmp_path / "a.pdf")], tmp_path))]
    made = merge(samples.TITLE, exhibits, tmp_path / "out.pdf")
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as out:
        seen = out[made.first_page_of[1] - 1].render(scale=2).to_pil().convert("L")
        corner = seen.crop((seen.width - 260, 0, seen.width, 70))
        darkest, lightest = corner.getextrema()
        assert (darkest < 10, lightest) == (True, 255)
        assert seen.crop((0, 80, seen.width, seen.height)).getextrema()[1] < 255 or turned == 0
    assert seen.size == ((800, 1300) if turned in (0, 180) else (1300, 800))


def test_tags_of_sources_are_kept_apart_though_they_bear_the_same_names(tmp_path: Path) -> None:
    exhibits = []
    for number, meant in ((1, Name.H1), (2, Name.Figure)):
        pdf = samples.plain(["Titre"])
        page = pdf.pages[0].obj
        page.Contents = pdf.make_stream(b"/Propre <</MCID 0>> BDC " + samples.drawn("Titre") + b" EMC")
        page.StructParents = 0
        element = Dictionary(Type=Name.StructElem, S=Name.Propre, Pg=page, K=0, ID=String("meme"), C=Name.classe)
        element = pdf.make_indirect(element)
        pdf.Root.StructTreeRoot = Dictionary(
            Type=Name.StructTreeRoot, K=element, RoleMap=Dictionary(Propre=meant),
            ClassMap=Dictionary(classe=Dictionary(O=Name.Layout, SpaceAfter=number)),
            ParentTree=Dictionary(Nums=Array([0, Array([element])])),
        )  # fmt: skip
        pdf.save(tmp_path / f"{number}.pdf", static_id=True)
        file = samples.source(tmp_path / f"{number}.pdf")
        exhibits.append((samples.exhibit(number), shown(samples.exhibit(number), [file], tmp_path)))
    made = merge(samples.TITLE, exhibits, tmp_path / "out.pdf")
    lands_right(tmp_path / "out.pdf", exhibits, made)
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        root = pdf.Root.StructTreeRoot
        entries = dict(zip(list(root.ParentTree.Nums)[::2], list(root.ParentTree.Nums)[1::2], strict=True))
        found = [entries[pdf.pages[made.first_page_of[number] - 1].obj.StructParents][0] for number in (1, 2)]
        assert [root.RoleMap[str(each.S)] for each in found] == [Name.H1, Name.Figure]
        assert [root.ClassMap[str(each.C[0])].SpaceAfter for each in found] == [1, 2]
        assert len({bytes(each.ID) for each in found}) == 2
        assert [each.Pg.objgen for each in found] == [
            pdf.pages[made.first_page_of[number] - 1].obj.objgen for number in (1, 2)
        ]


def test_links_of_tagged_sources_keep_their_place_in_the_structure(tmp_path: Path) -> None:
    exhibits = []
    for number in (1, 2):
        pdf = samples.plain(["Lien"])
        page = pdf.pages[0].obj
        page.Contents = pdf.make_stream(b"/Link <</MCID 0>> BDC " + samples.drawn("Lien") + b" EMC")
        action = Dictionary(S=Name.URI, URI=String("https://www.legifrance.gouv.fr"))
        link = pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action, StructParent=1)
        )
        page.StructParents, page.Annots = 0, Array([link])
        element = Dictionary(
            Type=Name.StructElem, S=Name.Link, Pg=page, K=Array([0, Dictionary(Type=Name.OBJR, Obj=link)])
        )
        element = pdf.make_indirect(element)
        pdf.Root.StructTreeRoot = Dictionary(
            K=element, ParentTree=Dictionary(Nums=Array([0, Array([element]), 1, element]))
        )
        pdf.save(tmp_path / f"{number}.pdf", static_id=True)
        file = samples.source(tmp_path / f"{number}.pdf")
        exhibits.append((samples.exhibit(number), shown(samples.exhibit(number), [file], tmp_path)))
    made = merge(samples.TITLE, exhibits, tmp_path / "out.pdf")
    is_tagged(tmp_path / "out.pdf")
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        keys = [pdf.pages[made.first_page_of[number] - 1].obj.Annots[0].StructParent for number in (1, 2)]
    assert len(set(keys)) == 2


def test_layers_that_were_off_stay_off(tmp_path: Path) -> None:
    exhibits = []
    for number in (1, 2):
        pdf = samples.plain(["x"])
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Cachette")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(BaseState=Name.OFF))
        pdf.pages[0].obj.Resources.Properties = Dictionary(L=layer)
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/OC /L BDC 0 g 100 100 300 300 re f EMC")
        pdf.save(tmp_path / f"{number}.pdf", static_id=True)
        file = samples.source(tmp_path / f"{number}.pdf")
        exhibits.append((samples.exhibit(number), shown(samples.exhibit(number), [file], tmp_path)))
    made = merge(samples.TITLE, exhibits, tmp_path / "out.pdf")
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as out:
        for number in (1, 2):
            page = out[made.first_page_of[number] - 1].render(scale=0.5).to_pil().convert("L")
            assert page.getpixel((100, 300)) == 255


def test_a_merge_that_is_stopped_leaves_nothing(tmp_path: Path, exhibits: Exhibits) -> None:
    told: list[tuple[int, int]] = []
    merge(samples.TITLE, exhibits, tmp_path / "whole.pdf", progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    with pytest.raises(Stopped):
        merge(samples.TITLE, exhibits, tmp_path / "out.pdf", stop=lambda: True)
    assert [path.name for path in tmp_path.iterdir()] == ["whole.pdf"]


def test_fonts_and_classes_that_are_none_do_not_stop_a_merge(tmp_path: Path) -> None:
    path = samples.foreign(tmp_path / "a.pdf", ["x"])
    content = path.read_bytes().replace(b"/F1 ", b"/F2 5 /F3 null /F4 true /F5 1.5 /F1 ", 1)
    path.write_bytes(content)
    each = shown(samples.exhibit(1), [samples.source(path)], tmp_path)
    assert not each.is_faulty
    assert merge(samples.TITLE, [(samples.exhibit(1), each)], tmp_path / "out.pdf").pages == 3
