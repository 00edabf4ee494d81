"""A virus scanner for tests: a server that speaks ClamAV's protocol, and takes for a virus what it is told to."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

MARK: Final = b"X-VIRUS-X"
SIGNATURE: Final = "Essai.Virus-1"
VERSION: Final = "ClamAV 1.4.3/27700/Mon Nov  2 09:12:43 2026"


class Clamd:
    """What the server knows and has seen."""

    def __init__(self) -> None:
        self.url = ""
        self.length_max = 1 << 20
        self.answers_nonsense = False
        self.is_mute = False
        self.hangs_up = False
        """On a file that is too long, without a word."""
        self.seen: list[bytes] = []
        self.pieces: list[int] = []

    def reply_to(self, content: bytes) -> bytes:
        self.seen.append(content)
        if self.answers_nonsense:
            return b"HTTP/1.1 400 Bad Request\0"
        return f"stream: {SIGNATURE} FOUND\0".encode() if MARK in content else b"stream: OK\0"


class _Handler(socketserver.StreamRequestHandler):
    clamd: Clamd

    def handle(self) -> None:
        asked = b""
        while not asked.endswith(b"\0"):
            read = self.rfile.read(1)
            if not read:
                return
            asked += read
        if self.clamd.is_mute:
            return
        if asked == b"zVERSION\0":
            self.wfile.write(VERSION.encode() + b"\0")
        elif asked == b"zINSTREAM\0":
            self._instream()
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _instream(self) -> None:
        content = b""
        while True:
            head = self.rfile.read(4)
            if len(head) < 4:
                return
            (length,) = struct.unpack(">I", head)
            if length == 0:
                self.wfile.write(self.clamd.reply_to(content))
                return
            self.clamd.pieces.append(length)
            if len(content) + length > self.clamd.length_max:
                if not self.clamd.hangs_up:
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
            content += self.rfile.read(length)


@contextmanager
def scanner(socket_path: Path | None = None) -> Iterator[Clamd]:
    """A server on a port of this machine, or on a socket."""
    clamd = Clamd()
    handler = type("Handler", (_Handler,), {"clamd": clamd})
    server: socketserver.BaseServer
    if socket_path is None:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        clamd.url = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(socket_path), handler)
        clamd.url = f"unix://{socket_path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield clamd
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
