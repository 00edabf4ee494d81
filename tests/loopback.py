"""A place outside, played on this machine over HTTP: what it is sent, and whatever it answers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Sent(NamedTuple):
    """A request that came in."""

    path: str
    content_type: str
    body: bytes


class Answered(NamedTuple):
    """What goes back; an answer without a status is a connection cut."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


class Place:
    """Where it listens, and all that came in."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Sent] = []


@contextmanager
def place(answer: Callable[[Sent], Answered]) -> Iterator[Place]:
    """Listen on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.take(Sent(self.path, "", b""))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.take(Sent(self.path, self.headers["Content-Type"], body))

        def take(self, sent: Sent) -> None:
            found.received.append(sent)
            answered = answer(sent)
            if not answered.status:
                self.close_connection = True
                return
            self.send_response(answered.status)
            self.send_header("Content-Type", answered.content_type)
            self.send_header("Content-Length", str(len(answered.body)))
            self.end_headers()
            self.wfile.write(answered.body)

        def log_message(self, format: str, *values: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError):
                # Whoever asked has gone away.
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        found = Place(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
