"""Where a bundle is being built: finished steps stay in a folder, and whoever takes it up again goes on from there."""

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

RECORD: Final = "step.json"
STAMP: Final = "stamp"

M = TypeVar("M", bound=msgspec.Struct)


class _Record(msgspec.Struct):
    files: dict[str, str]
    """SHA-256 by name."""
    told: msgspec.Raw


class Step(NamedTuple, Generic[M]):
    """A step that is finished."""

    folder: Path
    told: M
    """What its making told."""
    sha256: Mapping[str, str]
    """The hash of each of its files, in hexadecimal, by name."""


class Workbench:
    """A folder that one build is made in; what stands in it in clear goes with `clear`.

    A step is a folder that appears whole, under its name, with the hash of each file; one whose files are no longer
    what they were is made again. `stamp` says of which order and which program the steps are: others are thrown away.
    """

    def __init__(self, folder: Path, stamp: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        marked = folder / STAMP
        if not marked.is_file() or marked.read_text() != stamp:
            for each in folder.iterdir():
                _remove(each)
            marked.write_text(stamp)

    def step(self, name: str, made: Callable[[Path], M], kind: type[M]) -> Step[M]:
        """A step, made unless it is there, whole or not at all."""
        place = self.folder / name
        found = _finished(place, kind)
        if found is not None:
            return found
        _remove(place)
        # A builder whose worker died may be at it still: each has a draft of its own.
        draft = self.folder / f".{name}.{os.getpid()}"
        _remove(draft)
        draft.mkdir(mode=0o700)
        told = made(draft)
        files = {each.name: sha256_of(each) for each in sorted(draft.iterdir())}
        record = _Record(files=files, told=msgspec.Raw(msgspec.json.encode(told)))
        (draft / RECORD).write_bytes(msgspec.json.encode(record))
        try:
            draft.rename(place)
        except OSError:
            # Another one was faster, with the same bytes.
            if _finished(place, kind) is None:
                raise
            _remove(draft)
        return Step(place, told, files)

    def clear(self) -> None:
        """Leave nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _finished(place: Path, kind: type[M]) -> Step[M] | None:
    try:
        record = msgspec.json.decode((place / RECORD).read_bytes(), type=_Record)
        if any(sha256_of(place / name) != digest for name, digest in record.files.items()):
            return None
        return Step(place, msgspec.json.decode(record.told, type=kind), record.files)
    except (OSError, msgspec.MsgspecError):
        return None


def sha256_of(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
