"""Speaking to places outside: never for long, whatever they do."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from ledger.proofs import posting
from ledger.proofs.posting import (
    ANSWER_BYTES_MAX,
    WAIT_SECONDS_MAX,
    WAIT_SECONDS_MIN,
    Patience,
    Reply,
    Unanswered,
    post,
)
from tests.loopback import Answered, place


@contextmanager
def raw(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """An address where whoever connects is served by hand."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    serve(connection, stop)
                except OSError:
                    # Whoever asked has gone away.
                    stop.set()

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        stop.set()
        thread.join()


def test_an_answer_is_what_it_is() -> None:
    with place(lambda sent: Answered(418, sent.body[::-1])) as found:
        assert post(f"{found.url}/a", b"abc", "text/x") == Reply(418, b"cba")
    assert (found.received[0].path, found.received[0].content_type) == ("/a", "text/x")


def test_an_answer_is_as_long_as_it_may_be() -> None:
    sizes = [ANSWER_BYTES_MAX, ANSWER_BYTES_MAX + 1]
    with place(lambda _: Answered(200, bytes(sizes.pop(0)))) as found:
        assert len(post(found.url, b"", "text/x").body) == ANSWER_BYTES_MAX
        with pytest.raises(Unanswered, match="too long"):
            post(found.url, b"", "text/x")


def trickle(head: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """Send a byte now and then, so that no read ever waits for long."""

    def serve(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(head)
        while not stop.wait(0.02):
            connection.sendall(b"x")

    return serve


def test_who_sends_elsewhere_is_not_followed() -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: %b/there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with place(lambda _: Answered(200, b"followed")) as elsewhere:

        def send_on(connection: socket.socket, _: threading.Event) -> None:
            connection.recv(65_536)
            connection.sendall(moved % elsewhere.url.encode())

        with raw(send_on) as url:
            assert post(url, b"a checkpoint", "text/plain") == Reply(307, b"")
    assert elsewhere.received == []


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"],
    ids=["in its head", "in its body"],
)
def test_who_answers_byte_by_byte_is_not_waited_for(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS_MAX", 0.4)
    with raw(trickle(head)) as url:
        started = time.monotonic()
        with pytest.raises(Unanswered, match=r"within 0\.4 seconds"):
            post(url, b"", "text/x")
        assert time.monotonic() - started < 3


def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS_MAX", 0.4)
    with raw(lambda _, stop: stop.wait() and None) as url, pytest.raises(Unanswered, match="within"):
        post(url, b"", "text/x")


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", b"\x00" * 99]
)
def test_who_answers_nonsense_has_not_answered(answer: bytes) -> None:
    with raw(lambda connection, _: connection.sendall(answer)) as url, pytest.raises(Unanswered):
        post(url, b"", "text/x")


def test_nobody_there_is_told_without_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for url in (f"http://me:secret@127.0.0.1:{port}/", "https://secret.invalid/", f"https://127.0.0.1:{port}/secret"):
        with pytest.raises(Unanswered) as told:
            post(url, b"", "text/x")
        assert "secret" not in str(told.value)


@pytest.mark.parametrize(("chance", "share"), [(0.0, 1.0), (1.0, 0.5)])
def test_patience_waits_longer_each_time_and_a_little_less_by_chance(chance: float, share: float) -> None:
    now = [0.0]
    patience = Patience("somewhere", lambda: now[0], lambda: chance)
    assert patience.is_over
    waits = []
    for _ in range(12):
        patience.failed("why")
        started = now[0]
        while not patience.is_over:
            now[0] += 2.5
        waits.append(now[0] - started)
    assert waits == [share * min(WAIT_SECONDS_MAX, WAIT_SECONDS_MIN * 2**turn) for turn in range(12)]
    patience.succeeded()
    assert patience.is_over
    patience.failed("why")
    now[0] += share * WAIT_SECONDS_MIN
    assert patience.is_over


def test_each_reason_is_told_once() -> None:
    patience = Patience("somewhere")
    with capture_logs() as logs:
        patience.succeeded()
        for reason in ("a", "a", "b", "b"):
            patience.failed(reason)
        patience.succeeded()
        patience.succeeded()
        patience.failed("a")
    assert [log.get("reason") for log in logs] == ["a", "b", None, "a"]
