"""The feed of events over HTTP, from a real server: order, resumption, access, slow clients, and its end."""

import asyncio
import base64
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import psycopg
import pytest

from api.events import WAITING_MAX, Feed, Page, Subscriber
from domain.demonstration import IDENTITIES
from domain.events import NoteAdded
from domain.reference.load import load_reference
from ledger.desk import Desk, open_ledger
from ledger.facts import StoredFact
from ledger.settings import ROOT, Settings
from tests.api.service import seed, settings_on
from tests.histories import AGENT, PLACES, a_filing, a_grant, a_routing, persons_of, write
from tests.servers import Database, free_port

PATIENCE = 30.0
DAY = date(2026, 1, 5)
ACME, OTHER = IDENTITIES["employer-acme"].actor, IDENTITIES["mandatary-durand"].actor


class Server:
    """A server in a process of its own, and the ledger it serves."""

    def __init__(self, settings: Settings, address: str, process: "subprocess.Popen[bytes]") -> None:
        self.settings, self.address, self.process = settings, address, process
        self.ledger = open_ledger(settings)
        self.tokens: dict[str, str] = {}

    def headers(self, who: str) -> dict[str, str]:
        if who not in self.tokens:
            answer = httpx.post(f"{self.address}/api/local-sign-in", json={"identity": who}, trust_env=False)
            self.tokens[who] = answer.raise_for_status().json()["token"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    @contextmanager
    def feed(self, who: str, after: int | None = None, **headers: str) -> Iterator["Heard"]:
        query = {} if after is None else {"after": after}
        with httpx.stream(
            "GET",
            f"{self.address}/api/events",
            params=query,
            headers=self.headers(who) | headers,
            timeout=PATIENCE,
            trust_env=False,
        ) as answer:
            assert answer.status_code == 200
            yield Heard(answer)

    def open_case(self, filer: Any = ACME, place: Any = PLACES[0]) -> UUID:
        stream = uuid4()
        write(self.ledger, stream, [a_filing(stream, f"AT-{stream.hex[:8]}", DAY, filer=filer), a_routing(DAY, place)])
        return stream

    def note(self, stream: UUID, count: int = 1) -> int:
        note = NoteAdded(person=persons_of(stream)[0], text="À suivre.")
        return write(self.ledger, stream, [(AGENT, note, DAY)] * count)


class Heard:
    """What a client is told, event by event."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.lines = answer.iter_lines()

    def next(self) -> dict[str, Any]:
        """The next event, which its lines tell consistently."""
        parts: dict[str, str] = {}
        for line in self.lines:
            if not line and "data" in parts:
                told: dict[str, Any] = msgspec.json.decode(parts["data"])
                assert parts["id"] == str(told["position"])
                assert parts["event"] == told["type"]
                return told
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                parts[name] = value
        raise EOFError

    def take(self, count: int) -> list[tuple[UUID, int]]:
        told = [self.next() for _ in range(count)]
        assert [one["position"] for one in told] == sorted({one["position"] for one in told})
        return [(UUID(one["case"]), one["version"]) for one in told]

    def types(self, count: int) -> list[str]:
        return [self.next()["type"] for _ in range(count)]


@contextmanager
def served(database: Database, valkey_url: str, folder: Path, like: Settings | None = None) -> Iterator[Server]:
    """A server in a process of its own: on a database that it seeds, or beside another on the same settings."""
    settings = like or settings_on(database, valkey_url, folder)
    if like is None:
        seed(settings)
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(settings.data_dir),
        "SMOE_SECRET_KEY": settings.secret_key,
        "SMOE_RATE_LIMITS": "off",
        "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
        "PORT": str(port),
    }
    with (folder / "api.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "api"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        server = Server(settings, f"http://127.0.0.1:{port}", process)
        try:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    httpx.get(f"{server.address}/health/live", trust_env=False).raise_for_status()
                    break
                except httpx.HTTPError:
                    assert time.monotonic() < until, (folder / "api.log").read_text()
                    time.sleep(0.05)
            yield server
        finally:
            server.ledger.close()
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def server(module_database: Database, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(module_database, valkey_url, tmp_path_factory.mktemp("feed")) as server:
        yield server


def test_what_happens_is_told_in_order_and_once(server: Server) -> None:
    with server.feed("auditor") as heard:
        first, second = server.open_case(), server.open_case()
        server.note(first, 3)
        server.note(second)
        assert heard.take(4) == [(first, 1), (first, 2), (second, 1), (second, 2)]
        assert heard.take(4) == [(first, 3), (first, 4), (first, 5), (second, 3)]


def test_a_client_resumes_where_it_was_left(server: Server) -> None:
    stream = server.open_case()
    begin = server.ledger.last_position()
    server.note(stream, 700)
    with server.feed("auditor", begin) as heard:
        assert heard.take(10) == [(stream, version) for version in range(3, 13)]
        last = str(heard.next()["position"])
    with server.feed("auditor", **{"Last-Event-ID": last}) as heard:
        # The header tells more than the address that the client was first given.
        assert heard.take(689) == [(stream, version) for version in range(14, 703)]
        server.note(stream)
        assert heard.take(1) == [(stream, 703)]


def test_without_a_position_the_feed_begins_now(server: Server) -> None:
    stream = server.open_case()
    with server.feed("auditor") as heard:
        server.note(stream)
        assert heard.take(1) == [(stream, 3)]


def test_agents_are_told_of_the_cases_of_their_platform(server: Server) -> None:
    begin = server.ledger.last_position()
    elsewhere = server.open_case(place=PLACES[2])
    with server.feed("agent-63", begin) as heard:
        here = server.open_case(place=PLACES[0])
        server.note(elsewhere)
        server.note(here)
        assert heard.take(3) == [(here, 1), (here, 2), (here, 3)]


def test_filers_are_told_of_their_own_cases_without_what_services_keep_to_themselves(server: Server) -> None:
    begin = server.ledger.last_position()
    own, other = server.open_case(ACME), server.open_case(OTHER)
    with server.feed("employer-acme", begin) as heard:
        assert heard.take(2) == [(own, 1), (own, 2)]
        server.note(own)
        server.note(other)
        write(server.ledger, own, [a_grant(DAY, f"AT-P-{own.hex[:8]}")])
        third = server.open_case(ACME)
        # Neither the note, nor the decision that nobody has made available, nor the case of somebody else.
        assert heard.take(2) == [(third, 1), (third, 2)]


def test_whoever_is_not_signed_in_hears_nothing_and_no_position_is_guessed(server: Server) -> None:
    assert httpx.get(f"{server.address}/api/events", trust_env=False).status_code == 401
    for last in ("x", "-1", "²", str(2**63)):
        answer = httpx.get(
            f"{server.address}/api/events",
            headers={**server.headers("auditor"), "Last-Event-ID": last.encode()},  # type: ignore[dict-item]
            trust_env=False,
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_feed_is_not_compressed(server: Server) -> None:
    with server.feed("auditor", 0, **{"Accept-Encoding": "gzip"}) as heard:
        assert "content-encoding" not in heard.answer.headers
        assert heard.answer.headers["content-type"].startswith("text/event-stream")
        assert heard.answer.headers["cache-control"] == "no-store"


def test_a_stop_ends_open_feeds_at_once(database: Database, valkey_url: str, tmp_path: Path) -> None:
    with served(database, valkey_url, tmp_path) as server, server.feed("auditor") as heard:
        stream = server.open_case()
        assert heard.take(2) == [(stream, 1), (stream, 2)]
        server.process.terminate()
        with pytest.raises((EOFError, httpx.HTTPError)):
            heard.next()
        assert server.process.wait(PATIENCE) == 0
    # Granian kills a worker that does not end within five seconds, and says so.
    assert "kill" not in (tmp_path / "api.log").read_text().lower()


# Without a server: what a slow client and a stop do to the feed


def facts(first: int, count: int) -> list[StoredFact]:
    stream = uuid4()
    state = b'{"recorded_at":"2026-01-05T09:00:00Z"}'
    return [StoredFact(stream, number, "NoteAdded", state, b"", first + number) for number in range(1, count + 1)]


def test_a_client_that_is_too_slow_is_ended_before_it_fills_the_memory() -> None:
    async def meanwhile() -> None:
        subscriber = Subscriber(ACME, 0)
        pages = WAITING_MAX // 500
        for number in range(pages):
            subscriber.hand(Page(facts(number * 500, 500)))
        assert not subscriber.has_ended
        subscriber.hand(Page(facts(WAITING_MAX, 1)))
        assert subscriber.has_ended
        assert await subscriber.next_page(PATIENCE) is None

    asyncio.run(meanwhile())


def test_what_was_sent_makes_room_again() -> None:
    async def meanwhile() -> None:
        subscriber = Subscriber(ACME, 0)
        for number in range(3 * WAITING_MAX // 500):
            subscriber.hand(Page(facts(number * 500, 500)))
            page = await subscriber.next_page(PATIENCE)
            assert page is not None
            assert page.last == (number + 1) * 500
        assert not subscriber.has_ended

    asyncio.run(meanwhile())


def test_closing_the_feed_ends_its_connections_and_its_thread(server: Server) -> None:
    async def meanwhile() -> list[bytes]:
        feed = Feed(Desk(server.ledger, load_reference()))
        told = []
        async for text in feed.events(await feed.subscribe(IDENTITIES["auditor"].actor, None)):
            told.append(text)
            await asyncio.to_thread(feed.close)
        return told

    assert asyncio.run(meanwhile()) == [b": smoe\n\n"]
    assert "smoe-feed" not in {thread.name for thread in threading.enumerate()}


def test_a_feed_ends_with_the_token_that_opened_it(server: Server) -> None:
    async def meanwhile() -> list[bytes]:
        feed = Feed(Desk(server.ledger, load_reference()))
        try:
            subscriber = await feed.subscribe(IDENTITIES["auditor"].actor, None, until=time.time() + 0.5)
            return [text async for text in feed.events(subscriber)]
        finally:
            await asyncio.to_thread(feed.close)

    told = asyncio.run(asyncio.wait_for(meanwhile(), PATIENCE))
    assert told[0] == b": smoe\n\n"


def test_a_feed_whose_thread_died_ends_and_starts_anew(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = Feed(Desk(server.ledger, load_reference()))
    auditor = IDENTITIES["auditor"].actor
    broken = threading.Event()
    read_raw = server.ledger.read_raw

    def unsteady(*arguments: Any, **options: Any) -> Any:
        if broken.is_set() and threading.current_thread().name == "smoe-feed":
            raise RuntimeError("a bug")
        return read_raw(*arguments, **options)

    monkeypatch.setattr(server.ledger, "read_raw", unsteady)

    async def meanwhile() -> None:
        first = feed.events(await feed.subscribe(auditor, None))
        await anext(first)
        broken.set()
        assert [text async for text in first] == []
        broken.clear()
        second = feed.events(await feed.subscribe(auditor, None))
        await anext(second)
        case = await asyncio.to_thread(server.open_case)
        assert str(case).encode() in await anext(second)
        await asyncio.to_thread(feed.close)

    asyncio.run(asyncio.wait_for(meanwhile(), PATIENCE))


def test_a_fact_that_cannot_be_read_is_no_reason_to_be_told_of_no_other(
    database: Database, valkey_url: str, tmp_path: Path
) -> None:
    with served(database, valkey_url, tmp_path) as server:
        before = server.ledger.last_position()
        bad, good = server.open_case(), server.open_case()
        with psycopg.connect(database.owner_url) as connection:
            connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
            connection.execute(
                "UPDATE ledger.events SET state = '{}' WHERE originator_id = %s AND originator_version = 1", (bad,)
            )
        with server.feed("auditor", after=before) as heard:
            assert heard.take(3) == [(bad, 2), (good, 1), (good, 2)]


@pytest.mark.parametrize("position", ["9" * 4_301, "0" * 5_000 + "1", "9" * 20])
def test_a_position_that_cannot_be_is_malformed(server: Server, position: str) -> None:
    headers = server.headers("auditor") | {"Last-Event-ID": position}
    answer = httpx.get(f"{server.address}/api/events", headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_reads_that_wait_hold_nobody_else_up(server: Server) -> None:
    """Many more of them than there are threads; whatever comes after them is answered first."""

    async def meanwhile() -> None:
        async with httpx.AsyncClient(base_url=server.address, timeout=PATIENCE, trust_env=False) as client:
            agent, limits = server.headers("agent-63"), {"at_least": 2**62}
            waiting = [asyncio.create_task(client.get("/api/cases", params=limits, headers=agent)) for _ in range(60)]
            await asyncio.sleep(0.5)
            quick = await client.get("/api/cases", headers=agent)
            assert (quick.status_code, quick.json()["stale"]) == (200, False)
            assert not any(task.done() for task in waiting)
            assert [(await task).json()["stale"] for task in waiting] == [True] * len(waiting)

    asyncio.run(meanwhile())


def test_a_client_that_leaves_in_the_middle_of_its_request_is_no_error_of_ours(server: Server) -> None:
    token = server.headers("employer-acme")["Authorization"]
    url = httpx.URL(server.address)
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(
            f"POST /api/cases HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n"
            "Content-Length: 1000\r\n\r\n{".encode()
        )
    until = time.monotonic() + PATIENCE
    while True:
        counted = httpx.get(f"{server.address}/metrics", trust_env=False).text
        ended = [line for line in counted.splitlines() if line.startswith("smoe_requests_total") and "POST" in line]
        ended = [line for line in ended if 'path="/api/cases"' in line]
        if ended or time.monotonic() > until:
            break
        time.sleep(0.05)
    assert [line for line in ended if 'status_code="400"' in line]
    errors = [line for line in counted.splitlines() if "requests_error_total{" in line and "/api/cases" in line]
    assert all(line.endswith(" 0.0") for line in errors)
