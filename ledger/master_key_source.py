"""Where master keys come from: a variable, a file closed to others, or a program that asks a key management system."""

import os
import shlex
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SECONDS_MAX: Final = 10.0
ANSWER_CHARACTERS_MAX: Final = 10_000


class SourceFailed(Exception):
    """A key could not be had; the message, in French, says why and holds nothing of it."""


def text_of_file(path: Path) -> str:
    """What a file of one key says. Raises SourceFailed, also where others than its account and group may open it."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise SourceFailed(f"{path} n'est pas un fichier")
        if mode & (stat.S_IRWXO | stat.S_IWGRP):
            raise SourceFailed(f"{path} est ouvert à d'autres que son compte : chmod 600")
        return path.read_text().strip()
    except UnicodeDecodeError:
        raise SourceFailed(f"{path} n'est pas un texte") from None
    except OSError as error:
        raise SourceFailed(f"{path} ne peut pas être lu ({error.strerror})") from None


def unwrapped_by_program(command: tuple[str, ...], text: str) -> str:
    """The key that a wrapped one holds. Raises SourceFailed."""
    return _answer(command, "unwrap", text)


def wrapped_by_program(command: tuple[str, ...], text: str) -> str:
    """A key as it may be stored. Raises SourceFailed."""
    return _answer(command, "wrap", text)


def command_of(text: str) -> tuple[str, ...]:
    """The words of a command as a shell would part them. Raises SourceFailed."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        raise SourceFailed("la commande est mal écrite (guillemet ouvert)") from None


def _answer(command: tuple[str, ...], act: str, text: str) -> str:
    """One line in, one line out. The key never stands among the arguments, which every account may read."""
    try:
        done = subprocess.run(
            [*command, act],
            input=f"{text}\n",
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
            env=without_ours(os.environ),
        )
    except subprocess.TimeoutExpired:
        raise SourceFailed(f"le programme ne répond pas après {SECONDS_MAX:.0f} s") from None
    except UnicodeDecodeError:
        raise SourceFailed("le programme n'a pas répondu par un texte") from None
    except OSError as error:
        raise SourceFailed(f"le programme ne démarre pas ({error.strerror})") from None
    if done.returncode != 0:
        # What it says may hold the key: only its status is told.
        raise SourceFailed(f"le programme a échoué (code {done.returncode})")
    lines = done.stdout.split("\n")
    if len(done.stdout) > ANSWER_CHARACTERS_MAX or not lines[0].strip() or any(line.strip() for line in lines[1:]):
        raise SourceFailed("le programme n'a pas répondu par une seule ligne")
    return lines[0].strip()


def without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without our secrets and addresses, which are no business of another program."""
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("SMOE_") and name not in {"DATABASE_URL", "REDIS_URL"}
    }
