"""The examination of a file by a process of few means: whatever the file does to it, the service goes on."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeVar

import msgspec

import documents
from domain.intake import UNKNOWN, is_mislabelled
from domain.papers import FileFault

WALL_SECONDS_MAX: Final = 60.0
ANSWER_BYTES_MAX: Final = 16 << 20
AT_ONCE_MAX: Final = max(2, os.cpu_count() or 1)
"""Processes of one of ours: together they take no more memory than as many files at their limit."""
A = TypeVar("A")
_turns = threading.BoundedSemaphore(AT_ONCE_MAX)
PROGRAM: Final = "documents.intake.child"
_ROOT: Final = str(Path(documents.__file__).parents[1])

EXAMINER: Final = (
    f"smoe-intake 1 (pikepdf {version('pikepdf')}, pypdfium2 {version('pypdfium2')}, pillow {version('pillow')})"
)
"""What signs reports: its number grows when the same file may get another report."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the bytes alone say."""

    media_type: str = UNKNOWN
    pages: int | None = None
    faults: tuple[FileFault, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a file was found to be."""

    media_type: str
    """As the bytes say, whatever was declared."""
    pages: int | None
    """None for what has no pages, or where they cannot be counted."""
    faults: tuple[FileFault, ...]
    """In the order of their names in `FileFault`, each once."""
    examiner: str


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """What is made of a file for search and for lists."""

    text: str = ""
    """Empty where none can be read."""
    thumbnail: bytes | None = None
    """Its first page as a JPEG; None for what has no pages that can be drawn."""


class Failed(Exception):
    """The process that looked at a file broke, or outlasted its limits."""


def examined(path: Path, declared_media_type: str, name: str) -> Report:
    """What a file is and what is wrong with it; a file that breaks the examination is reported so, never raised."""
    try:
        found = _asked("examine", path, Found)
    except Failed:
        found = Found(faults=(FileFault.EXAMINATION_FAILED,))
    faults = set(found.faults)
    if is_mislabelled(found.media_type, declared_media_type, name):
        faults.add(FileFault.MISLABELLED)
    return Report(
        media_type=found.media_type,
        pages=found.pages,
        faults=tuple(fault for fault in FileFault if fault in faults),
        examiner=EXAMINER,
    )


def derived(path: Path, media_type: str) -> Derived:
    """The text of a file of that type and a picture of its first page. Raises Failed."""
    return _asked("derive", path, Derived, media_type)


def _asked(job: str, path: Path, answer: type[A], *arguments: str) -> A:
    with (
        _turn(),
        path.open("rb") as content,
        subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", PROGRAM, job, *arguments],
            stdin=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # Nothing of the environment, where secrets are.
            env={"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
            start_new_session=True,
        ) as process,
    ):
        assert process.stdout is not None
        timer = threading.Timer(WALL_SECONDS_MAX, _end, (process,))
        timer.start()
        try:
            said = process.stdout.read(ANSWER_BYTES_MAX + 1)
            if len(said) > ANSWER_BYTES_MAX:
                _end(process)
            code = process.wait()
        finally:
            timer.cancel()
            _end(process)
    if code != 0 or len(said) > ANSWER_BYTES_MAX:
        raise Failed(f"{job} ended with {code}")
    try:
        return msgspec.msgpack.decode(said, type=answer)
    except msgspec.MsgspecError as fault:
        raise Failed(f"{job} answered nonsense") from fault


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Wait for one of few places. Raises Failed when none is free in the time that a file has."""
    if not _turns.acquire(timeout=WALL_SECONDS_MAX):
        raise Failed("too many files at once")
    try:
        yield
    finally:
        _turns.release()


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
