"""A process watched while it works: its time, its processor time and its memory, with those that it starts."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

LOOK_SECONDS: Final = 0.02
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


class Watched(NamedTuple):
    """What a process took, from its start to its end."""

    seconds: float
    processor_seconds: float
    """Of it and of all that it started, those included that were killed before anybody asked what they had used."""
    memory_mb: float
    """The most at one time of it and of all that it started, pages that they share counted once for each."""
    told: Any
    """What it wrote last on its standard output, as a line of JSON; its logs may stand before."""


def watched(module: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Watched:
    """Run a module of Python, looked at fifty times a second. Raises RuntimeError when it fails."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    assert child.stdout is not None
    most, used = 0, dict[int, float]()
    ended, status, counted = os.wait4(child.pid, os.WNOHANG)
    while not ended:
        looked = [looked_at(pid) for pid in family(child.pid)]
        most = max(most, sum(each.memory_bytes for each in looked))
        used |= {each.pid: each.processor_seconds for each in looked}
        time.sleep(LOOK_SECONDS)
        ended, status, counted = os.wait4(child.pid, os.WNOHANG)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    told = child.stdout.read()
    child.stdout.close()
    if child.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} ended with {child.returncode}")
    # What was waited for is counted to the end; of what was killed unasked, only looking tells.
    processor = max(counted.ru_utime + counted.ru_stime, sum(used.values()))
    return Watched(seconds, processor, most / 1e6, msgspec.json.decode(told.splitlines()[-1]))


class Looked(NamedTuple):
    """A process at one moment."""

    pid: int
    processor_seconds: float
    memory_bytes: int
    """What it holds in memory, files that it looks at included."""


def looked_at(pid: int) -> Looked:
    """A process as it is now; nothing of one that is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        # The name of a program may hold spaces and brackets: what follows its last bracket is numbers.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return Looked(pid, (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE_BYTES)
    return Looked(pid, 0.0, 0)


def family(pid: int) -> list[int]:
    """A process and those that it started, whichever of its threads did."""
    found = [pid]
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                for each in (thread / "children").read_text().split():
                    found += family(int(each))
    return found
