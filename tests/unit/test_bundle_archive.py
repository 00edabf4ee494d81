"""Archives that are the same bytes for the same files."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from documents.bundle.archive import EntryRefused, write_archive


def test_the_same_files_give_the_same_bytes_whatever_their_order_times_and_folder(tmp_path: Path) -> None:
    digests = set()
    for folder, order in (("one", 1), ("two", -1)):
        place = tmp_path / folder
        place.mkdir(mode=0o700)
        (place / "x").write_bytes(b"contenu" * 1000)
        (place / "x").chmod(0o600 if order > 0 else 0o755)
        entries: list[tuple[str, Path | bytes]] = [
            ("pieces/1_a.pdf", place / "x"),
            ("inventaire.csv", b"1;a"),
            ("B", b""),
        ]
        write_archive(place / "out.zip", entries[::order])
        digests.add(hashlib.sha256((place / "out.zip").read_bytes()).hexdigest())
        assert sorted(path.name for path in place.iterdir()) == ["out.zip", "x"]
    assert len(digests) == 1
    with zipfile.ZipFile(place / "out.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["B", "inventaire.csv", "pieces/1_a.pdf"]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("pieces/1_a.pdf") == b"contenu" * 1000


@pytest.mark.parametrize(
    "names",
    [
        ["/etc/passwd"], ["../a"], ["a/../b"], ["a//b"], ["a\\b"], ["c:a"], ["é"], [""], ["a\n"], ["a/"], ["./a"],
        ["a."], ["a /b"], ["a", "A"], ["a", "a/b"], ["a", "a"], ["a?"],
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_hide_each_other_are_refused(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(EntryRefused):
        write_archive(tmp_path / "out.zip", [(name, b"") for name in names])
    assert list(tmp_path.iterdir()) == []


def test_large_entries_are_written_by_the_wider_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1_000)
    (tmp_path / "large").write_bytes(bytes(2_000))
    write_archive(tmp_path / "out.zip", [("large", tmp_path / "large"), ("small", b"x")])
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        assert [entry.file_size for entry in archive.infolist()] == [2_000, 1]


def test_nothing_is_left_of_an_archive_that_was_not_ended(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_archive(tmp_path / "out.zip", [("a", b"x"), ("b", tmp_path / "missing")])
    assert list(tmp_path.iterdir()) == []
