"""Stands for the process that examines files when one has taken it over: the file says what it then tries."""

import ctypes
import mmap
import os
import socket
import sys
import sysconfig
import time
from pathlib import Path

import msgspec

from documents.intake.confinement import confine
from documents.intake.examining import Found


def can(attempt: str, place: str) -> bool:
    """Whether something that no file needs is possible."""
    try:
        match attempt:
            case "read":
                return bool(Path(place).read_bytes())
            case "write":
                return Path(place).write_bytes(b"x") > 0
            case "connect":
                host, port = place.split(":")
                socket.create_connection((host, int(port)), 2).close()
                return True
            case "start":
                return os.spawnv(os.P_WAIT, place, [place]) == 0
            case _:
                raise LookupError(attempt)
    except OSError:
        return False


def main() -> None:
    asked = sys.stdin.read()
    attempt, _, place = asked.partition(" ")
    confine([sysconfig.get_path("stdlib")])
    match attempt:
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "leave":
            if os.fork() == 0:
                time.sleep(60)
            os._exit(0)
        case "swell":
            answer(f"{len(mmap.mmap(-1, 4 << 30))}")
        case "crash":
            ctypes.string_at(0)
        case "babble":
            sys.stdout.write("x" * 100)
        case "flood":
            while True:
                sys.stdout.write("x" * 65_536)
        case "secrets":
            known = sorted(name for name in os.environ if name.startswith(("SMOE", "DATABASE", "REDIS", "AWS")))
            answer(",".join(known) or "none")
        case _:
            answer("yes" if can(attempt, place) else "no")


def answer(said: str) -> None:
    sys.stdout.buffer.write(msgspec.msgpack.encode(Found(media_type=said)))


if __name__ == "__main__":
    main()
