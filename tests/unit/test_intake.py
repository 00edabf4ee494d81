"""What files are found to be: each fault by a file that has it, none in sound ones, and nothing that ever breaks."""

import io
import random
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from documents.intake import Derived, diagnosis, examined, extraction
from documents.intake.examining import Found
from domain.intake import FAULTS, TYPES, is_mislabelled, stopping, told
from domain.papers import FileFault
from tests import files_made as made
from tests.files_made import SOUND

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

DOCX, XLSX, PPTX = SOUND["docx"][0], SOUND["xlsx"][0], SOUND["pptx"][0]
DOC, XLS, PPT = SOUND["doc"][0], SOUND["xls"][0], SOUND["ppt"][0]
ODT = SOUND["odt"][0]
REMOTE = (
    '<Relationships><Relationship Id="1" Type="http://x/relationships/attachedTemplate" '
    'Target="http://x.example/t.dotm" TargetMode="External"/></Relationships>'
)
LINK = (
    '<Relationships><Relationship Id="1" Type="http://x/relationships/hyperlink" '
    'Target="http://x.example/" TargetMode="External"/></Relationships>'
)
LAUGHS = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="w">&b;</w:document>'


def found(data: bytes) -> Found:
    """What the bytes are found to be, in this process."""
    return diagnosis.found(io.BytesIO(data))


def faults(data: bytes) -> set[str]:
    return {fault.value for fault in found(data).faults}


# Sound files


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_known_by_its_content_and_has_no_fault(name: str) -> None:
    kind, make = SOUND[name]
    known = found(make())
    assert known.media_type == kind
    assert TYPES[kind].is_accepted
    assert set(known.faults) == ({FileFault.IMAGE_ONLY} if name == "scan.pdf" else set())
    assert not is_mislabelled(kind, kind, f"piece.{name}")


@pytest.mark.parametrize(
    ("data", "pages"),
    [
        (made.a_pdf(3), 3),
        (made.a_pdf(501), 501),
        (made.a_tiff(4), 4),
        (made.an_image("PNG"), 1),
        (made.a_docx(), None),
    ],
    ids=["pdf", "long pdf", "tiff", "png", "docx"],
)
def test_pages_are_counted_where_there_are_any(data: bytes, pages: int | None) -> None:
    assert found(data).pages == pages


# Each fault


def cut(data: bytes, part: float = 0.5) -> bytes:
    return data[: int(len(data) * part)]


FAULTY: dict[str, tuple[Callable[[], bytes], str, set[str]]] = {
    "nothing": (lambda: b"", "application/octet-stream", {"empty"}),
    "pdf behind a password": (made.an_encrypted_pdf, "application/pdf", {"encrypted"}),
    "pdf that may not be printed": (made.a_restricted_pdf, "application/pdf", {"restricted"}),
    "pdf cut": (lambda: cut(made.a_pdf(40)), "application/pdf", {"truncated"}),
    "pdf for the web, cut": (lambda: cut(made.a_pdf(30, linearize=True), 0.15), "application/pdf", {"truncated"}),
    "pdf with a wrong index": (made.a_pdf_with_broken_index, "application/pdf", {"damaged"}),
    "pdf of nothing": (lambda: b"%PDF-1.7\nrien\n%%EOF\n", "application/pdf", {"unreadable"}),
    "pdf without pages": (lambda: made.a_pdf(0), "application/pdf", {"no_page"}),
    "pdf of 500 pages": (lambda: made.a_pdf(500), "application/pdf", set()),
    "pdf of 501 pages": (lambda: made.a_pdf(501), "application/pdf", {"too_many_pages"}),
    "pdf of 1000 pages": (lambda: made.a_pdf(1_000), "application/pdf", {"too_many_pages"}),
    "pdf of images": (made.a_scanned_pdf, "application/pdf", {"image_only"}),
    "pdf with a script": (made.a_pdf_with_script, "application/pdf", {"active_content"}),
    "pdf that starts programs": (made.a_pdf_that_launches, "application/pdf", {"active_content"}),
    "pdf with an attachment": (made.a_pdf_with_attachment, "application/pdf", {"active_content"}),
    "jpeg cut": (lambda: cut(made.an_image("JPEG")), "image/jpeg", {"truncated"}),
    "progressive jpeg cut": (lambda: cut(made.an_image("JPEG", progressive=True), 0.8), "image/jpeg", {"truncated"}),
    "png without its end": (lambda: made.an_image("PNG")[:-12], "image/png", {"truncated"}),
    "png of too many points": (made.a_png_bomb, "image/png", {"expands_too_much"}),
    "tiff cut": (lambda: cut(made.a_tiff(), 0.9), "image/tiff", {"truncated"}),
    "docx cut": (lambda: cut(made.a_docx()), DOCX, {"truncated"}),
    "odt cut": (lambda: cut(made.an_odf()), ODT, {"truncated"}),
    "docx with macros": (lambda: made.a_docx({"word/vbaProject.bin": b"x"}), DOCX, {"macros"}),
    "xlsx with old macros": (lambda: made.an_xlsx({"xl/macrosheets/sheet1.xml": "<m/>"}), XLSX, {"macros"}),
    "docx with an object": (lambda: made.a_docx({"word/embeddings/oleObject1.bin": b"x"}), DOCX, {"active_content"}),
    "docx with a far template": (
        lambda: made.a_docx({"word/_rels/settings.xml.rels": REMOTE}),
        DOCX,
        {"active_content"},
    ),
    "docx with a link": (lambda: made.a_docx({"word/_rels/document.xml.rels": LINK}), DOCX, set()),
    "docx behind a password": (
        lambda: made.an_ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
        DOCX,
        {"encrypted"},
    ),
    "docx in an encrypted archive": (made.an_encrypted_zip_document, DOCX, {"encrypted"}),
    "docx that is no xml": (lambda: made.a_docx({"word/document.xml": "<w:document>"}), DOCX, {"unreadable"}),
    "docx of entities": (lambda: made.a_docx({"word/document.xml": LAUGHS}), DOCX, {"unreadable"}),
    "docx that grows": (made.a_zip_bomb, DOCX, {"expands_too_much"}),
    "docx folded upon itself": (made.an_overlapping_bomb, DOCX, {"expands_too_much"}),
    "odt with macros": (lambda: made.an_odf("text", {"Basic/Standard/Module1.xml": "<m/>"}), ODT, {"macros"}),
    "odt with an empty library": (lambda: made.an_odf("text", {"Basic/Standard/script-lb.xml": "<m/>"}), ODT, set()),
    "odt behind a password": (
        lambda: made.an_odf(
            "text", {"META-INF/manifest.xml": "<manifest:encryption-data/>", "content.xml": b"\x07\x01"}
        ),
        ODT,
        {"encrypted"},
    ),
    "doc behind a password": (lambda: made.a_doc(encrypted=True), DOC, {"encrypted"}),
    "doc with macros": (lambda: made.a_doc(storages=("Macros", "VBA")), DOC, {"macros"}),
    "doc with objects": (lambda: made.a_doc(storages=("ObjectPool",)), DOC, {"active_content"}),
    "doc cut": (lambda: cut(made.a_doc()), DOC, {"truncated"}),
    "xls behind a password": (lambda: made.an_xls((0x2F, b"\0\0")), XLS, {"encrypted"}),
    "xls with a macro sheet": (lambda: made.an_xls((0x85, bytes((0, 0, 0, 0, 0, 1, 0)))), XLS, {"macros"}),
    "xls with a common sheet": (lambda: made.an_xls((0x85, bytes((0, 0, 0, 0, 0, 0, 0)))), XLS, set()),
    "ppt behind a password": (
        lambda: made.an_ole({"PowerPoint Document": b"p", "EncryptedSummary": b"x"}),
        PPT,
        {"encrypted"},
    ),
    "rtf cut": (lambda: cut(made.RTF), "application/rtf", {"truncated"}),
    "rtf with an object": (lambda: made.RTF[:-1] + rb"{\object{\objdata 00}}}", "application/rtf", {"active_content"}),
    "archive": (lambda: made.zipped({"a.pdf": made.a_pdf()}), "application/zip", {"type_not_accepted"}),
    "mail": (lambda: made.MAIL, "message/rfc822", {"type_not_accepted"}),
    "mail of Outlook": (
        lambda: made.an_ole({"__properties_version1.0": b"x"}),
        "application/vnd.ms-outlook",
        {"type_not_accepted"},
    ),
    "photo of a phone": (lambda: b"\0\0\0\x18ftypheic" + bytes(60), "image/heic", {"type_not_accepted"}),
    "gif": (lambda: made.an_image("GIF"), "image/gif", {"type_not_accepted"}),
    "webp": (lambda: made.an_image("WEBP"), "image/webp", {"type_not_accepted"}),
    "bmp": (lambda: made.an_image("BMP"), "image/bmp", {"type_not_accepted"}),
    "web page": (lambda: b"<!DOCTYPE html><html></html>", "text/html", {"type_not_accepted"}),
    "program": (lambda: b"MZ" + bytes(100), "application/x-executable", {"type_not_accepted"}),
    "bytes": (lambda: bytes(range(256)), "application/octet-stream", {"type_not_accepted"}),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_found_and_no_other(name: str) -> None:
    make, kind, expected = FAULTY[name]
    known = found(make())
    assert known.media_type == kind
    assert {fault.value for fault in known.faults} == expected


def test_every_fault_is_tried() -> None:
    tried = set[str]().union(*(expected for _, _, expected in FAULTY.values()))
    assert tried | {"mislabelled", "examination_failed"} == {fault.value for fault in FileFault}


# Files that are not what they say


@pytest.mark.parametrize(
    ("kind", "declared", "name", "is_wrong"),
    [
        ("application/pdf", "application/pdf", "contrat.pdf", False),
        ("application/pdf", "application/pdf", "contrat.PDF", False),
        ("application/pdf", "application/pdf; charset=binary", "contrat", False),
        ("application/pdf", "application/octet-stream", "contrat.pdf", False),
        ("application/pdf", "", "", False),
        ("application/pdf", "application/pdf", "contrat du 1.2.2026", False),
        ("application/pdf", "image/jpeg", "contrat.pdf", True),
        ("application/pdf", "application/pdf", "contrat.docx", True),
        ("image/jpeg", "image/jpg", "photo.JPEG", False),
        ("image/jpeg", "application/pdf", "photo.pdf", True),
        ("image/png", "image/png", "photo.jpg", True),
        (DOCX, "application/zip", "contrat.docx", False),
        (DOCX, DOCX, "contrat.docm", False),
        (DOCX, DOC, "contrat.doc", True),
        ("text/plain", "text/csv", "liste.csv", False),
        ("application/octet-stream", "application/pdf", "x.pdf", False),
    ],
)
def test_a_file_is_mislabelled_when_its_bytes_say_otherwise(
    kind: str, declared: str, name: str, is_wrong: bool
) -> None:
    assert is_mislabelled(kind, declared, name) is is_wrong


# What is told


def test_every_fault_has_its_sentences_and_its_reason() -> None:
    assert set(FAULTS) == set(FileFault)
    for facts in FAULTS.values():
        assert facts.told.endswith(".")
        assert facts.why.endswith(".")
    sentences = [facts.told for facts in FAULTS.values()]
    assert len(set(sentences)) == len(sentences)


def test_a_type_that_is_not_accepted_is_told_with_what_to_do() -> None:
    for kind, known in TYPES.items():
        said = told(FileFault.TYPE_NOT_ACCEPTED, kind)
        assert known.is_accepted or known.advice in said
        assert said.endswith(".")
    assert told(FileFault.TYPE_NOT_ACCEPTED, "image/heic") == (
        "Ce fichier est une photo HEIC : ce type de fichier n'est pas accepté. "
        "Enregistrez l'image au format JPEG ou PNG, puis envoyez-la de nouveau."
    )


def test_what_nobody_could_open_stops_and_what_can_be_read_does_not() -> None:
    stop = {fault.value for fault in stopping(tuple(FileFault))}
    assert stop == {
        "empty",
        "truncated",
        "unreadable",
        "encrypted",
        "expands_too_much",
        "no_page",
        "type_not_accepted",
        "macros",
    }
    assert stopping([FileFault.IMAGE_ONLY, FileFault.MISLABELLED]) == ()


# What is taken out of files


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pdf", "Contrat de travail 1\fContrat de travail 2\fContrat de travail 3"),
        ("docx", "Promesse d'embauche\nDeuxième\tligne\n"),
        ("xlsx", "Salaire\n\f\t2400\tbrut\t\n"),
        ("pptx", "Projet 1\n\fProjet 9\n\fProjet 10\n"),
        ("odt", "Attestation d'hébergement\n"),
        ("rtf", "Attestation écrite\nle ’jour\tdit"),
        ("txt", "Attestation sur l'honneur, écrite à Lyon.\n"),
        ("scan.pdf", "\f"),
        ("doc", ""),
        ("jpg", ""),
    ],
)
def test_text_is_taken(name: str, text: str) -> None:
    kind, make = SOUND[name]
    assert extraction.derived(io.BytesIO(make()), kind).text == text


@pytest.mark.parametrize("name", ["pdf", "scan.pdf", "jpg", "png", "tiff"])
def test_the_first_page_is_pictured(name: str) -> None:
    from PIL import Image

    kind, make = SOUND[name]
    thumbnail = extraction.derived(io.BytesIO(make()), kind).thumbnail
    assert thumbnail is not None
    with Image.open(io.BytesIO(thumbnail)) as image:
        image.load()
        assert image.format == "JPEG"
        assert max(image.size) <= extraction.THUMBNAIL_PIXELS_MAX
        low, high = image.convert("L").getextrema()
        assert (low, high) != (255, 255), "something is seen on it"


def test_what_has_no_pages_has_no_picture() -> None:
    assert extraction.derived(io.BytesIO(made.a_docx()), DOCX).thumbnail is None


# Files broken at random


MUTATED: dict[str, bytes] = {
    **{name: make() for name, (_, make) in SOUND.items()},
    "script": made.a_pdf_with_script(),
    "attachment": made.a_pdf_with_attachment(),
    "restricted": made.a_restricted_pdf(),
    "plain pdf": made.a_pdf(5, object_stream_mode=pikepdf.ObjectStreamMode.disable),
    "macros": made.a_doc(storages=("Macros", "VBA")),
}
ROUNDS = 150


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with a few of its bytes changed, lost, doubled or added."""
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        if not changed:
            break
        place = chance.randrange(len(changed))
        match chance.randrange(6):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randrange(1, 200)]
            case 2:
                changed[place:place] = chance.randbytes(chance.randrange(1, 50))
            case 3:
                del changed[place:]
            case 4:
                changed[place : place + 4] = chance.choice(
                    [b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"9999"]
                )
            case _:
                other = chance.randrange(len(changed))
                changed[place:place] = changed[other : other + chance.randrange(1, 400)]
    return bytes(changed)


@pytest.mark.parametrize("name", MUTATED)
def test_no_broken_file_breaks_the_examination(name: str) -> None:
    """Every answer is a diagnosis; what raises would only be told as an examination that failed."""
    chance = random.Random(f"mutated {name}")
    for _ in range(ROUNDS):
        data = mutated(MUTATED[name], chance)
        known = found(data)
        assert known.media_type in TYPES
        assert len(set(known.faults)) == len(known.faults)
        assert known.faults or TYPES[known.media_type].is_accepted


LEAST = {"txt": None, "rtf": 6, "doc": 600, "xls": 600, "ppt": 600}
"""From how many bytes on a type shows; a text is whole wherever it ends."""
SPARE = {"pdf": 6, "scan.pdf": 6, "doc": 600, "xls": 600, "ppt": 600}
"""How many bytes at the end hold nothing that was written."""


@pytest.mark.parametrize("name", sorted(SOUND.keys() - {"txt"}))
def test_a_file_cut_anywhere_is_told_to_be_cut(name: str) -> None:
    data = MUTATED[name]
    chance = random.Random(f"cut {name}")
    last = len(data) - SPARE.get(name, 1)
    for _ in range(60):
        length = chance.randrange(LEAST.get(name) or 10, last)
        assert "truncated" in faults(data[:length]), length


# In a process of its own


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


def test_the_report_says_all_there_is_to_say(tmp_path: Path) -> None:
    report = examined(written(tmp_path, made.a_scanned_pdf()), "image/jpeg", "photo.jpg")
    assert report.media_type == "application/pdf"
    assert report.pages == 2
    assert report.faults == (FileFault.MISLABELLED, FileFault.IMAGE_ONLY)
    assert report.examiner.startswith("smoe-intake ")


def test_text_and_picture_come_from_a_process_of_their_own(tmp_path: Path) -> None:
    from documents.intake import derived

    made_of_it: Derived = derived(written(tmp_path, made.a_pdf(2)), "application/pdf")
    assert made_of_it.text.startswith("Contrat de travail 1")
    assert made_of_it.thumbnail is not None
