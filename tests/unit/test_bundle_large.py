"""Large streams of exhibits: copied from where they lie, to the byte what they were, in little memory, nothing left."""

import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from documents.bundle import holding
from documents.bundle.pages import FileShown, ShowFile, show_file
from domain.papers import Redaction

ROOT: Final = Path(__file__).parents[2]
SIDE: Final = 64
PACKING: Final = ("/Length", "/Filter", "/DecodeParms")
PIXELS: Final = bytes(range(256)) * (SIDE * SIDE // 256)


def image(pdf: pikepdf.Pdf, data: bytes = PIXELS, **entries: Any) -> pikepdf.Stream:
    stream = pdf.make_stream(data)
    stream.stream_dict = Dictionary(
        {
            "/Type": Name.XObject,
            "/Subtype": Name.Image,
            "/Width": SIDE,
            "/Height": SIDE,
            "/BitsPerComponent": 8,
            "/ColorSpace": Name.DeviceGray,
            **{f"/{key}": value for key, value in entries.items()},
        }
    )
    return stream


def drawing(pdf: pikepdf.Pdf, *drawn: pikepdf.Stream) -> None:
    """A page for each."""
    for each in drawn:
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, 595, 842]),
            Resources=Dictionary(XObject=Dictionary(Im=each)),
            Contents=pdf.make_stream(b"q 300 0 0 300 100 100 cm /Im Do Q"),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def as_it_is(pdf: pikepdf.Pdf) -> None:
    drawing(pdf, image(pdf))


def packed(pdf: pikepdf.Pdf) -> None:
    rows = b"".join(b"\0" + PIXELS[at : at + SIDE] for at in range(0, len(PIXELS), SIDE))
    predicted = Dictionary(Predictor=15, Colors=1, BitsPerComponent=8, Columns=SIDE)
    drawing(pdf, image(pdf, zlib.compress(rows, 0), Filter=Array([Name.FlateDecode]), DecodeParms=predicted))


def photograph(pdf: pikepdf.Pdf) -> None:
    from tests.files_made import an_image

    drawing(pdf, image(pdf, an_image("JPEG", (SIDE, SIDE)), Filter=Name.DCTDecode, ColorSpace=Name.DeviceRGB))


def through_a_mask_and_a_form(pdf: pikepdf.Pdf) -> None:
    held = image(pdf, SMask=image(pdf, PIXELS[::-1]))
    form = pdf.make_stream(b"q 1 0 0 1 0 0 cm /In Do Q " * 200)
    form.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 1, 1]),
        Resources=Dictionary(XObject=Dictionary(In=held)),
    )
    # The same twice is one object.
    drawing(pdf, form, held, form)


def filtered_twice(pdf: pikepdf.Pdf) -> None:
    twice = zlib.compress(zlib.compress(PIXELS, 0), 0)
    drawing(pdf, image(pdf, twice, Filter=Array([Name.FlateDecode, Name.FlateDecode])))


KINDS: Final = (as_it_is, packed, photograph, through_a_mask_and_a_form, filtered_twice)


def shown_as(path: Path, out: Path, redactions: tuple[Redaction, ...] = ()) -> FileShown:
    job = ShowFile(path=str(path), out=str(out), own_by="1", label="Plan", redactions=redactions, ours=False)
    return show_file(job)


def streams(path: Path) -> list[tuple[str, bytes]]:
    """What is in every stream, decoded where the library can, and what its dictionary says but for how it is packed."""
    found = []
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream):
                said = {key: str(value) for key, value in each.stream_dict.items() if key not in PACKING}
                raw = str(each.get(Name.Filter)) == "/DCTDecode"
                content = each.read_raw_bytes() if raw else each.read_bytes()
                found.append((str(sorted(said)), content))
    return sorted(found)


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr(holding, "LARGE_BYTES", size)


def saved(path: Path, draw: Callable[[pikepdf.Pdf], None], **saving: Any) -> Path:
    with pikepdf.new() as pdf:
        draw(pdf)
        pdf.save(path, static_id="encryption" not in saving, compress_streams=False, **saving)
    return path


@pytest.mark.parametrize("draw", KINDS)
@pytest.mark.parametrize("hidden", [False, True])
def test_what_is_copied_from_where_it_lies_is_what_was_there(
    tmp_path: Path, far: Callable[[int], None], draw: Callable[[pikepdf.Pdf], None], hidden: bool
) -> None:
    source = saved(tmp_path / "a.pdf", draw)
    redactions = ()
    if hidden:
        with pikepdf.open(source, allow_overwriting_input=True) as pdf:
            drawing(pdf, image(pdf, PIXELS[:SIDE] * SIDE))
            last = len(pdf.pages)
            pdf.save(source, static_id=True, compress_streams=False)
        redactions = (Redaction(page=last, why="Vie privée"),)
    before = shown_as(source, tmp_path / "mapped.pdf", redactions)
    far(500)
    held: list[bytes] = []
    token = holding.Held.token

    def counted(self: holding.Held, place: holding.Place) -> bytes:
        held.append(token(self, place))
        return held[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(holding.Held, "token", counted)
        after = shown_as(source, tmp_path / "held.pdf", redactions)
    assert after == before
    assert streams(tmp_path / "held.pdf") == streams(tmp_path / "mapped.pdf")
    shown_as(source, tmp_path / "again.pdf", redactions)
    assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / "held.pdf").read_bytes(), "no chance is left in it"
    assert b"smoe-held" not in (tmp_path / "held.pdf").read_bytes()
    assert {each.name for each in tmp_path.iterdir()} == {"a.pdf", "mapped.pdf", "held.pdf", "again.pdf"}
    assert bool(held) is (hidden or draw is not filtered_twice)


def test_what_was_locked_is_unlocked_and_what_lies_about_its_length_is_found(
    tmp_path: Path, far: Callable[[int], None]
) -> None:
    free = pikepdf.Encryption(user="", owner="owner", R=6)
    locked = saved(tmp_path / "locked.pdf", as_it_is, encryption=free)
    liar = saved(tmp_path / "liar.pdf", as_it_is, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    liar.write_bytes(liar.read_bytes().replace(b"/Length 4096", b"/Length 9096"))
    mapped = [shown_as(each, tmp_path / f"{each.stem}-mapped.pdf") for each in (locked, liar)]
    far(500)
    assert [shown_as(each, tmp_path / f"{each.stem}-held.pdf") for each in (locked, liar)] == mapped
    for each in (locked, liar):
        found = streams(tmp_path / f"{each.stem}-held.pdf")
        assert found == streams(tmp_path / f"{each.stem}-mapped.pdf")
        assert any(content.startswith(PIXELS) for _, content in found)


MEASURE: Final = r"""
import re, sys
from pathlib import Path
from tests.unit.test_bundle_large import shown_as
def most():
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
shown_as(Path(sys.argv[1]), Path(sys.argv[3]))
before = most()
assert shown_as(Path(sys.argv[2]), Path(sys.argv[4])).pages == 1
print(most() - before)
"""


def test_a_large_image_stands_in_memory_once_at_most(tmp_path: Path) -> None:
    """It would three times as the library alone writes it: mapped, as it is read, as it is to be written."""
    size = 48 << 20
    small = saved(tmp_path / "small.pdf", as_it_is)
    large = saved(tmp_path / "large.pdf", lambda pdf: drawing(pdf, image(pdf, bytes(size), Filter=Name.DCTDecode)))
    out = [str(tmp_path / name) for name in ("1.pdf", "2.pdf")]
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(small), str(large), *out], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) < size * 1.3
    assert Path(out[1]).stat().st_size > size


def test_a_source_that_is_taken_away_leaves_nothing_half_written(
    tmp_path: Path, far: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = saved(tmp_path / "a.pdf", as_it_is)
    far(500)
    taken = holding.Held.take

    def cut(self: holding.Held, pdf: pikepdf.Pdf, **told: bool) -> None:
        taken(self, pdf, **told)
        self._places = {token: place._replace(length=10**6) for token, place in self._places.items()}

    monkeypatch.setattr(holding.Held, "take", cut)
    with pytest.raises(EOFError):
        shown_as(source, tmp_path / "out.pdf")
    assert [each.name for each in tmp_path.iterdir()] == ["a.pdf"]
