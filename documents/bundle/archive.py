"""Archives that are the same bytes for the same files, on any machine."""

import shutil
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The first that the format knows: when files were made is not told by an archive that is made again."""
_UNIX: Final = 3
_MODE: Final = (stat.S_IFREG | 0o644) << 16
_BUFFER_BYTES: Final = 1 << 20
_RESERVED: Final = frozenset('<>:"\\|?*')


class EntryRefused(ValueError):
    """An archive cannot hold what it was given under such a name."""


def write_archive(out: Path, entries: Sequence[tuple[str, Path | bytes]]) -> None:
    """Write a zip of entries, sorted by name, whole or not at all; a loss of power may undo it. Raises EntryRefused.

    Entries are stored as they are: nearly all are compressed already, and what compresses differs between machines.
    """
    _check([name for name, _ in entries])
    partial = out.with_name(f".{out.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            for name, content in sorted(entries, key=lambda entry: entry[0]):
                _add(archive, name, content)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _add(archive: zipfile.ZipFile, name: str, content: Path | bytes) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _MODE, zipfile.ZIP_STORED
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size
    with content.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, _BUFFER_BYTES)


def _check(names: Sequence[str]) -> None:
    """Names lead nowhere but below the folder where the archive is opened, on any system, and none hides another."""
    seen: dict[str, str] = {}
    for name in names:
        path = PurePosixPath(name)
        if not name or not name.isascii() or not name.isprintable() or _RESERVED & set(name):
            raise EntryRefused(f"{name!r}: not a name that every system can read")
        if (
            path.is_absolute()
            or str(path) != name
            or any(part in (".", "..") or part != part.strip(" .") for part in path.parts)
        ):
            raise EntryRefused(f"{name!r}: not a plain path")
        folded = name.casefold()
        if folded in seen:
            raise EntryRefused(f"{name!r} and {seen[folded]!r}: one name on systems that fold case")
        seen[folded] = name
    for name in names:
        for parent in PurePosixPath(name.casefold()).parents:
            if str(parent) in seen:
                raise EntryRefused(f"{name!r}: {seen[str(parent)]!r} is a file, not a folder")
