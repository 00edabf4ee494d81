"""Serves the real API and kills its own process between commit and answer; run by test_crash.py as a program.

Several servers stand by on one port, each a fork of this warm program, so that a death costs no interpreter's start.
"""

import os
import signal
import sys
from typing import Any

import cli.serve
from api.app import create_app
from cli.child import die_with_parent
from ledger.settings import Settings
from ledger.store import Ledger

STANDING_BY = 3
MARK = "kill-"
"""Keys that begin so cost the process its life, once what they command is committed."""
DEATHS = "SMOE_TEST_DEATHS"
"""The setting that names the file where each death is noted."""


def load_mortal(server_pid: int) -> Any:
    """Load the application as `smoe api` does, with a ledger that dies of a marked commit."""
    die_with_parent(server_pid, signal.SIGKILL)
    append = Ledger.append

    def append_and_die(self: Any, *arguments: Any, **more: Any) -> Any:
        facts = append(self, *arguments, **more)
        key = more.get("key")
        if key is not None and key.key.startswith(MARK):
            with open(os.environ[DEATHS], "a") as deaths:
                deaths.write(f"{key.key}\n")
            # The server and its worker: nothing is left that could close anything in good order.
            os.kill(server_pid, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        return facts

    Ledger.append = append_and_die  # type: ignore[method-assign]
    return create_app()


def live(launcher_pid: int, settings: Settings) -> None:
    die_with_parent(launcher_pid, signal.SIGKILL)
    cli.serve.load = load_mortal
    cli.serve.serve_api(settings)


def main() -> None:
    """Keep servers standing by until killed; they end with this program."""
    settings = Settings.from_environment(os.environ)
    launcher, alive = os.getpid(), 0
    die_with_parent(os.getppid(), signal.SIGKILL)
    while True:
        while alive < STANDING_BY:
            if os.fork() == 0:
                live(launcher, settings)
                os._exit(0)
            alive += 1
        os.wait()
        alive -= 1


if __name__ == "__main__":
    sys.exit(main())
