"""The server as a network meets it: where a message ends, which methods there are, and what is never answered."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.service import seed, settings_on
from tests.servers import Database, free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
POST = b"POST /api/local-sign-in HTTP/1.1\r\nHost: smoe\r\nContent-Type: application/json\r\n"
BODY = b'{"identity":"agent-63"}'
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
SMUGGLED = b"GET /health/live HTTP/1.1\r\nHost: smoe\r\n\r\n"
ADDRESSES = ("/", "/health/live", "/health/ready", "/metrics", "/problems", "/schema/openapi.json", "/api/cases")


@pytest.fixture(scope="module")
def port(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The port of `smoe api`, as it is deployed."""
    folder = tmp_path_factory.mktemp("boundaries")
    settings = settings_on(new_database(), valkey_url, folder)
    seed(settings)
    number = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(folder),
        "SMOE_SECRET_KEY": settings.secret_key,
        "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
        "PORT": str(number),
    }
    with (folder / "api.log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "cli", "api"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            wait_for(number, program)
            yield number
        finally:
            program.terminate()
            program.wait(timeout=30)


def wait_for(port: int, program: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert program.poll() is None, "the API ended before it served"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/live", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < until, "the API does not serve"
            time.sleep(0.1)


def said(port: int, sent: bytes) -> bytes:
    """All that comes back until the server ends the connection. Raises TimeoutError where it does not."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        received = b""
        while part := connection.recv(65_536):
            received += part
    return received


def ask(port: int, method: str, path: str, **headers: str) -> httpx.Response:
    return httpx.request(method, f"http://127.0.0.1:{port}{path}", headers=headers, trust_env=False)


@pytest.mark.parametrize(
    "sent",
    [
        POST + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n" % len(BODY) + CHUNKED,
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + CHUNKED,
        POST + b"Content-Length: %d\r\nContent-Length: 5\r\n\r\n" % len(BODY) + BODY,
        POST + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED,
        POST + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKED,
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED,
        POST + b"Content-Length: +%d\r\n\r\n" % len(BODY) + BODY,
    ],
    ids=["length-and-chunks", "chunks-and-length", "two-lengths", "unknown", "space", "not-last", "sign"],
)
def test_a_request_with_two_lengths_ends_its_connection(port: int, sent: bytes) -> None:
    """What follows on the connection would be another request to whoever counts otherwise: nobody answers it."""
    received = said(port, sent + SMUGGLED)
    assert received.count(b"HTTP/1.1 ") == 1, received
    assert b"alive" not in received


def test_two_requests_of_one_length_each_are_both_answered(port: int) -> None:
    """The request that the others are compared with."""
    last = SMUGGLED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    for body in (b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY, b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED):
        received = said(port, POST + body + last)
        assert received.count(b"HTTP/1.1 200 ") == 2, received
        assert b"alive" in received


def test_trace_is_refused(port: int) -> None:
    for path in ADDRESSES:
        answer = ask(port, "TRACE", path, Mark="given-back")
        assert answer.status_code == 405, path
        assert "given-back" not in answer.text + str(answer.headers)


def test_nothing_redirects(port: int) -> None:
    for path in (*ADDRESSES, "/api/cases/", "/api", "//evil.example/", "/schema/", "/health/live/"):
        answer = ask(port, "GET", path)
        assert answer.status_code not in range(300, 400), path
        assert "Location" not in answer.headers


def test_no_other_origin_is_let_in(port: int) -> None:
    for path in ADDRESSES:
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        for method in ("GET", "OPTIONS"):
            answer = ask(port, method, path, **asked)
            assert [name for name in answer.headers if name.lower().startswith("access-control-")] == [], path


@pytest.mark.parametrize(
    "path",
    ["/.git/HEAD", "/api/", "/pyproject.toml", "/static/", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/.env"],
)
def test_nothing_is_served_from_the_file_system(port: int, path: str) -> None:
    raw = b"GET %b HTTP/1.1\r\nHost: smoe\r\nConnection: close\r\n\r\n" % path.encode()
    assert said(port, raw).startswith(b"HTTP/1.1 404 ")
