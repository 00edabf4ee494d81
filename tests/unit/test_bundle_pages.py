"""Exhibits as pages: every kind of file, every way they break, and the sheet in place of what cannot be shown."""

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name

from documents.bundle import apart
from documents.bundle.numbered import Shown, SourceFile
from documents.bundle.pages import WHY, shown
from domain.case import FileReport
from domain.papers import FileFault
from tests import bundle_samples as samples


def texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def one(file: SourceFile, folder: Path) -> Shown:
    return shown(samples.exhibit(7), [file], folder)


def is_tagged(path: Path) -> None:
    """Every page, form and annotation that holds a key of the parent tree finds its elements there."""
    with pikepdf.open(path) as pdf:
        root = pdf.Root.StructTreeRoot
        nums = list(root.ParentTree.Nums)
        entries = dict(zip(nums[::2], nums[1::2], strict=True))
        assert sorted(entries) == list(range(len(entries)))
        for page in pdf.pages:
            elements = [each for each in entries[page.obj.StructParents] if each is not None]
            assert elements
            for annotation in page.obj.get(Name.Annots, ()):
                if "/StructParent" in annotation:
                    held = [
                        each.Obj.objgen for each in entries[annotation.StructParent].K if isinstance(each, Dictionary)
                    ]
                    assert annotation.objgen in held
            for element in elements:
                above, steps = element, 0
                while above.objgen != root.objgen:
                    above, steps = above.P, steps + 1
                    assert steps < 50


def broken(folder: Path) -> dict[FileFault, Path]:
    whole = samples.foreign(folder / "whole.pdf", ["Page"] * 3).read_bytes()
    empty = folder / "empty.pdf"
    empty.write_bytes(b"")
    rubbish = folder / "rubbish.pdf"
    rubbish.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 4)
    pageless = folder / "pageless.pdf"
    pikepdf.new().save(pageless)
    cut = folder / "cut.png"
    cut.write_bytes(samples.picture(folder / "p.png", (900, 900)).read_bytes()[:400])
    archive = folder / "unknown.bin"
    archive.write_bytes(b"\x00\x01\x02\x03" * 100)
    assert len(whole) > 400
    return {
        FileFault.EMPTY: empty,
        FileFault.UNREADABLE: rubbish,
        FileFault.NO_PAGE: pageless,
        FileFault.TRUNCATED: cut,
        FileFault.TYPE_NOT_ACCEPTED: archive,
        FileFault.ENCRYPTED: samples.encrypted(folder / "locked.pdf"),
    }


FAULTS = ["EMPTY", "UNREADABLE", "NO_PAGE", "TRUNCATED", "TYPE_NOT_ACCEPTED", "ENCRYPTED"]


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_shown_has_a_sheet_that_says_why(tmp_path: Path, name: str) -> None:
    fault = FileFault[name]
    path = broken(tmp_path)[fault]
    found = one(samples.source(path), tmp_path)
    assert fault in found.faults
    assert (found.pages, found.replaced, found.is_faulty) == (1, 1, True)
    (sheet,) = texts(found.path)
    flat = " ".join(sheet.split())
    assert "Pièce n° 7" in flat
    assert "Lettre n° 7" in flat
    assert path.name in flat
    assert hashlib.sha256(path.read_bytes()).hexdigest() in flat.replace(" ", "")
    assert WHY[fault].replace("\xa0", " ") in flat.replace("\xa0", " ")
    assert "joint tel quel" in flat
    is_tagged(found.path)


def test_office_files_are_replaced_and_told_apart_from_unknown_ones(tmp_path: Path) -> None:
    found = one(samples.source(samples.word(tmp_path / "contrat.docx"), "application/x-word"), tmp_path)
    assert found.faults == ()
    assert found.is_faulty
    assert "bureautique" in found.told[0]


def test_a_file_that_only_restricts_its_owner_is_shown(tmp_path: Path) -> None:
    found = one(samples.source(samples.encrypted(tmp_path / "a.pdf", user="")), tmp_path)
    assert not found.is_faulty
    assert "Chiffré" in texts(found.path)[0]


def test_a_truncated_file_shows_what_is_left_and_says_so(tmp_path: Path) -> None:
    path = samples.foreign(tmp_path / "a.pdf", ["Un", "Deux", "Trois"])
    path.write_bytes(path.read_bytes()[:-60])
    found = one(samples.source(path), tmp_path)
    assert (found.pages, found.is_faulty) == (3, False)
    assert FileFault.TRUNCATED in found.faults
    assert found.told


def test_what_examines_files_is_believed_when_it_broke_on_one(tmp_path: Path) -> None:
    report = FileReport(bytes=1, media_type="application/pdf", pages=None, faults=(FileFault.EXAMINATION_FAILED,))
    found = one(samples.source(samples.foreign(tmp_path / "a.pdf"), report=report), tmp_path)
    assert found.is_faulty
    assert found.faults == (FileFault.EXAMINATION_FAILED,)


def test_nothing_acts_any_more_and_forms_keep_what_was_written(tmp_path: Path) -> None:
    found = one(samples.source(samples.active(tmp_path / "a.pdf")), tmp_path)
    assert FileFault.ACTIVE_CONTENT in found.faults
    assert any("scripts" in each for each in found.told)
    with pikepdf.open(found.path) as pdf:
        written = samples.as_bytes(pdf)
        links = [each for page in pdf.pages for each in page.obj.get(Name.Annots, ())]
        assert [each.Dest[0].objgen for each in links] == [pdf.pages[1].obj.objgen]
    for gone in (
        b"MECHANT",
        b"PIECE CACHEE",
        b"calc.exe",
        b"FICHIER AGRAFE",
        b"TROMBONE",
        b"/JavaScript",
        b"/Launch",
        b"/AcroForm",
        b"/Widget",
        b"/AA",
    ):
        assert gone not in written, gone
    assert "Rempli" in texts(found.path)[0]
    is_tagged(found.path)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8, 5])
def test_images_stand_as_the_camera_says_and_lose_nothing(tmp_path: Path, orientation: int) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = orientation
    path = samples.picture(tmp_path / "a.jpg", (1200, 900), exif=exif, quality=95)
    found = one(samples.source(path, "image/jpeg"), tmp_path)
    with pikepdf.open(found.path) as pdf:
        embedded = [
            each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get(Name.Subtype) == Name.Image
        ]
        if orientation != 5:
            assert [each.read_raw_bytes() for each in embedded] == [path.read_bytes()]
        assert pdf.Root.StructTreeRoot.K[0].K[0].Alt == "Lettre n° 7, page 1"
    with pypdfium2.PdfDocument(found.path) as pdf:
        page = pdf[0].render(scale=1).to_pil().convert("RGB")
    red = [(x, y) for x in range(0, page.width, 6) for y in range(0, page.height, 6) if _is_red(page.getpixel((x, y)))]
    all_x, all_y = [x for x, _ in red], [y for _, y in red]
    centre = (sum(all_x) / len(red) / page.width, sum(all_y) / len(red) / page.height)
    expected = {1: (0, 0), 3: (1, 1), 6: (1, 0), 8: (0, 1), 5: (0, 0)}[orientation]
    assert (round(centre[0]), round(centre[1])) == expected
    assert (page.width > page.height) is (orientation in (1, 3))


def _is_red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 200 and pixel[1] < 80


@pytest.mark.parametrize(
    ("name", "media_type"), [("a.png", "image/png"), ("a.tiff", "image/tiff"), ("a.webp", "image/webp")]
)
def test_other_images_are_shown_too(tmp_path: Path, name: str, media_type: str) -> None:
    found = one(samples.source(samples.picture(tmp_path / name), media_type), tmp_path)
    assert (found.pages, found.faults) == (1, ())


def test_a_scan_of_many_frames_is_as_many_pages(tmp_path: Path) -> None:
    from PIL import Image

    frames = [Image.new("1", (200, 300), index % 2) for index in range(4)]
    frames[0].save(tmp_path / "a.tiff", save_all=True, append_images=frames[1:], compression="group4")
    assert one(samples.source(tmp_path / "a.tiff", "image/tiff"), tmp_path).pages == 4


def test_plain_text_is_set_as_pages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Été à Besançon\r\n".encode("cp1252") * 200)
    found = one(samples.source(tmp_path / "a.txt", "text/plain"), tmp_path)
    assert found.pages > 2
    assert "Été\xa0à\xa0Besançon" in texts(found.path)[0]


def test_a_file_of_another_type_than_declared_is_shown_and_told(tmp_path: Path) -> None:
    found = one(samples.source(samples.picture(tmp_path / "a.png"), "application/pdf"), tmp_path)
    assert found.faults == (FileFault.MISLABELLED,)
    assert not found.is_faulty


def test_a_series_is_one_file_with_headings_and_bookmarks_and_a_bad_member_does_not_stop_it(tmp_path: Path) -> None:
    files = [
        samples.source(samples.ours(tmp_path / "a.pdf", "Mars", 2), title="Bulletin de mars"),
        samples.source(samples.encrypted(tmp_path / "b.pdf"), title="Bulletin d'avril"),
        samples.source(samples.picture(tmp_path / "c.png"), "image/png", title="Bulletin de mai"),
    ]
    found = shown(samples.exhibit(4), files, tmp_path)
    assert (found.pages, found.replaced) == (7, 1)
    assert found.faults == (FileFault.ENCRYPTED,)
    assert found.told[0].startswith("Bulletin d'avril : ")
    with pypdfium2.PdfDocument(found.path) as pdf:
        marks = [(mark.get_title(), mark.get_dest().get_index()) for mark in pdf.get_toc()]
    assert marks == [("Bulletin de mars", 0), ("Bulletin d'avril", 3), ("Bulletin de mai", 5)]
    assert "1 / 3 — Bulletin de mars" in " ".join(texts(found.path)[0].split())
    is_tagged(found.path)


def test_hostile_trees_sizes_and_structures_end_well(tmp_path: Path) -> None:
    pdf = samples.plain(["Un", "Deux", "Trois"])
    pdf.pages[0].obj.MediaBox = Array([0, 0, 10**9, 5])
    pdf.pages[1].obj.MediaBox = Array([0, 0, 40_000, 60_000])
    element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P))
    element.K = Array([element])
    pdf.Root.StructTreeRoot = Dictionary(K=element, ParentTree=Dictionary(Kids=Array([])))
    pdf.save(tmp_path / "a.pdf", static_id=True)
    found = one(samples.source(tmp_path / "a.pdf"), tmp_path)
    assert (found.pages, found.is_faulty) == (3, False)
    with pypdfium2.PdfDocument(found.path) as shown_pdf:
        assert all(max(page.get_size()) < 1_000 for page in shown_pdf)
    is_tagged(found.path)


def test_a_tree_of_pages_that_turns_in_circles_is_a_sheet(tmp_path: Path) -> None:
    pdf = samples.plain(["Un"])
    pdf.Root.Pages.Kids = Array([pdf.Root.Pages, pdf.Root.Pages])
    pdf.save(tmp_path / "a.pdf", static_id=True)
    found = one(samples.source(tmp_path / "a.pdf"), tmp_path)
    assert found.is_faulty
    assert found.pages == 1


class Asked(msgspec.Struct):
    """What a function of this module is asked in a process apart."""

    seconds: float


def wait(job: Asked) -> Asked:
    time.sleep(job.seconds)
    return job


def bloat(job: Asked) -> Asked:
    held = [bytearray(1 << 26) for _ in range(100)]
    return Asked(len(held))


def crash(job: Asked) -> Asked:
    os.kill(os.getpid(), signal.SIGSEGV)
    return job


def environment(job: Asked) -> Asked:
    assert "DATABASE_URL" not in os.environ
    return job


def test_what_takes_too_long_too_much_or_crashes_is_told_and_the_next_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    with pytest.raises(apart.Broken, match="more than"):
        apart.done_apart(wait, Asked(60), seconds=0.5)
    with pytest.raises(apart.Broken, match="MemoryError"):
        apart.done_apart(bloat, Asked(0), seconds=60, memory_bytes=1 << 30)
    with pytest.raises(apart.Broken, match="-11"):
        apart.done_apart(crash, Asked(0), seconds=60)
    with pytest.raises(apart.Stopped):
        apart.done_apart(wait, Asked(60), seconds=60, stop=lambda: True)
    assert apart.done_apart(environment, Asked(3), seconds=60) == Asked(3)


class Marked(msgspec.Struct):
    path: str


def die_at_first(job: Marked) -> Marked:
    """Work that somebody kills, once."""
    if not Path(job.path).exists():
        Path(job.path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def die(job: Marked) -> Marked:
    with Path(job.path).open("a") as tries:
        tries.write("x")
    os.kill(os.getpid(), signal.SIGKILL)
    return job


def bear(job: Asked) -> Asked:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
    return job


def folder_of_files(job: Marked) -> Marked:
    return Marked(tempfile.mkdtemp())


def test_work_that_is_killed_from_outside_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert apart.done_apart(die_at_first, Marked(str(tmp_path / "once")), seconds=60)
    assert (tmp_path / "once").exists()
    monkeypatch.setattr(apart, "KILLED_WAITS_SECONDS", (0.0, 0.0))
    always = Marked(str(tmp_path / "always"))
    with pytest.raises(apart.Broken, match="each time"):
        apart.done_apart(die, always, seconds=60)
    assert (tmp_path / "always").read_text() == "xxx"
    monkeypatch.setattr(apart, "KILLED_WAITS_SECONDS", (60.0,))
    with pytest.raises(apart.Stopped):
        apart.done_apart(die, always, seconds=60, stop=lambda: (tmp_path / "always").read_text() == "xxxx")


def test_the_process_apart_leaves_it_to_its_owner_to_stop_and_writes_where_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert apart.done_apart(bear, Asked(1), seconds=60) == Asked(1)
    apart.end_idle()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    try:
        made = apart.done_apart(folder_of_files, Marked(""), seconds=60)
    finally:
        apart.end_idle()
    assert Path(made.path).parent == tmp_path


def test_the_process_apart_dies_with_the_one_that_started_it(tmp_path: Path) -> None:
    program = (
        "from documents.bundle.apart import done_apart\n"
        "from tests.unit.test_bundle_pages import spin, Marked\n"
        f"done_apart(spin, Marked({str(tmp_path / 'pid')!r}), seconds=600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    )
    for _ in range(600):
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            break
        time.sleep(0.05)
    child = int((tmp_path / "pid").read_text())
    parent.kill()
    parent.wait()
    for _ in range(200):
        if not _runs(child):
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("it lives on")


def spin(job: Marked) -> Marked:
    """Work that never gives way."""
    Path(job.path).write_text(str(os.getpid()))
    while True:
        sum(range(10**7))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")
