"""Asks a virus scanner by ClamAV's protocol: the file is sent, since the scanner sees no store of ours."""

import re
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from domain.papers import ScanVerdict

PORT: Final = 3310
CONNECT_SECONDS_MAX: Final = 5.0
ANSWER_SECONDS_MAX: Final = 180.0
CHUNK_BYTES_MAX: Final = 1 << 20
REPLY_BYTES_MAX: Final = 4096
ENGINE_CHARACTERS_MAX: Final = 200

HUNG_UP: Final = "hung up"

_FOUND: Final = re.compile(r"^stream: (.+?)(?:\([0-9a-f]{32}:\d+\))? FOUND$", re.DOTALL)


class Judged(NamedTuple):
    """What a scanner said of a file."""

    verdict: ScanVerdict
    signature: str
    engine: str
    """Its name and the version of its signatures, as it says them."""


class ScannerDown(Exception):
    """Nothing can be said now: the scanner cannot be reached, or does not answer as one."""


class Scanner:
    """A scanner by its address, `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`; a connection for each question."""

    def __init__(self, url: str, *, seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        self._place = urlsplit(url)
        self._seconds_max = seconds_max

    def judged(self, content: Iterable[bytes]) -> Judged:
        """Send a file and hear the verdict. Raises ScannerDown, and what `content` raises."""
        engine = self._engine()
        reply = self._asked_of(content)
        if reply == HUNG_UP and self._engine():
            # It is there, and does not take this file.
            return Judged(ScanVerdict.FAILED, "", engine)
        if reply == "stream: OK":
            return Judged(ScanVerdict.CLEAN, "", engine)
        found = _FOUND.match(reply)
        if found is not None:
            return Judged(ScanVerdict.INFECTED, found[1][:ENGINE_CHARACTERS_MAX], engine)
        if reply.endswith("ERROR"):
            # Longer than the scanner takes, or something in it that the scanner could not go through.
            return Judged(ScanVerdict.FAILED, "", engine)
        raise ScannerDown(f"it answered {reply[:80]!r}")

    def _engine(self) -> str:
        with self._connected() as channel:
            channel.sendall(b"zVERSION\0")
            said = _reply(channel)
        if not said.isprintable() or not said:
            raise ScannerDown("it does not say what it is")
        return said[:ENGINE_CHARACTERS_MAX]

    def _asked_of(self, content: Iterable[bytes]) -> str:
        parts = iter(content)
        with self._connected() as channel:
            channel.sendall(b"zINSTREAM\0")
            for part in _cut(parts):
                try:
                    channel.sendall(struct.pack(">I", len(part)) + part)
                except (BrokenPipeError, ConnectionResetError):
                    return _last_words(channel)
            try:
                channel.sendall(struct.pack(">I", 0))
                return _reply(channel)
            except (BrokenPipeError, ConnectionResetError):
                return _last_words(channel)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            with self._opened() as channel:
                channel.settimeout(self._seconds_max)
                yield channel
        except OSError as failure:
            raise ScannerDown(repr(failure)) from failure

    def _opened(self) -> socket.socket:
        if self._place.scheme == "unix":
            channel = socket.socket(socket.AF_UNIX)
            channel.settimeout(CONNECT_SECONDS_MAX)
            try:
                channel.connect(self._place.path)
            except OSError:
                channel.close()
                raise
            return channel
        address = (self._place.hostname or "", self._place.port or PORT)
        return socket.create_connection(address, timeout=CONNECT_SECONDS_MAX)


def _cut(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces that the scanner takes, none of them empty: an empty one ends the file."""
    for part in parts:
        for place in range(0, len(part), CHUNK_BYTES_MAX):
            yield part[place : place + CHUNK_BYTES_MAX]


def _last_words(channel: socket.socket) -> str:
    """Why it hung up, as it does on a file that is too long: it may have said so before."""
    try:
        return _reply(channel) or HUNG_UP
    except ConnectionResetError:
        return HUNG_UP


def _reply(channel: socket.socket) -> str:
    said = b""
    while len(said) < REPLY_BYTES_MAX and not said.endswith(b"\0"):
        part = channel.recv(REPLY_BYTES_MAX)
        if not part:
            break
        said += part
    return said.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
