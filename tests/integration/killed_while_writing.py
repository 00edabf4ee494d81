"""A worker that writes letters and is killed at one of its steps, in a process of its own."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psycopg

from documents.storage import Files
from domain.reference.load import load_reference
from ledger.desk import Desk
from reactions.letters import Letters
from tests.histories import open_ledger
from tests.stationery import Plain

STEPS: Final = (
    "before it is composed",
    "before it is set",
    "before its data is kept",
    "before its pages are kept",
    "once its pages are kept",
    "once it is recorded",
)


def _die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, call: int = 1) -> None:
    """Be killed as something is called for the n-th time."""
    original, calls = getattr(owner, name), 0

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            _die()
        return original(*arguments, **options)

    setattr(owner, name, counted)


def _after(owner: Any, name: str) -> None:
    """Be killed as something has been done, before anybody is told."""
    original: Callable[..., Any] = getattr(owner, name)

    def done(*arguments: Any, **options: Any) -> Any:
        original(*arguments, **options)
        _die()

    setattr(owner, name, done)


def main(url: str, folder: Path, step: str) -> None:
    """Write what waits, until killed at that step of the first letter."""
    ledger = open_ledger(url)
    desk, files, stationery = Desk(ledger, load_reference()), Files(folder.as_uri(), ledger.keys), Plain()
    {
        "before it is composed": lambda: _before(stationery, "composed"),
        "before it is set": lambda: _before(stationery, "rendered"),
        "before its data is kept": lambda: _before(files, "put"),
        "before its pages are kept": lambda: _before(files, "put", 2),
        "once its pages are kept": lambda: _before(desk, "execute"),
        "once it is recorded": lambda: _after(ledger, "append"),
    }[step]()
    with psycopg.connect(url, autocommit=True) as connection:
        Letters(desk, files, stationery).run_once(connection)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
