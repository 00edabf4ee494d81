"""A campaign of malformed requests against `smoe api` over its socket, as everybody and nobody, and what must hold.

`python -m tests.fuzzing.campaign --requests 100000 --seed 1` brings its own servers and prints the figures.
"""

import argparse
import base64
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import psycopg

from api.problems import PROBLEM_JSON, all_codes
from cli import embedded
from domain.command import administration_commands, case_commands
from domain.demonstration import IDENTITIES
from domain.reference.load import load_reference
from features.bodies import changed, filing
from ledger.desk import open_ledger
from ledger.migrate import APPLICATION_ROLE, migrate
from ledger.settings import Settings
from projections.runner import Runner
from tests.api.service import seed as seed_administration
from tests.api.service import settings_on
from tests.fuzzing.malformed import Malformed, Sent, Target
from tests.servers import Database, free_port

ROOT = Path(__file__).parents[2]
START_SECONDS_MAX = 60.0
ANSWER_SECONDS_MAX = 10.0
PATIENCE_SECONDS = 0.1
GROWTH_MAX = 0.10
PROCEDURES = ("introduction_permanent", "seasonal", "exceptional_admission", "internship_agreement")
CLIENTS = 4


class Answer(NamedTuple):
    """What came back; status 0 where the connection was closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


class Served(NamedTuple):
    """A running API."""

    port: int
    process: psutil.Process
    settings: Settings

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def resident(self) -> int:
        """Bytes of memory of the server and all of its processes."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(each.memory_info().rss for each in family)

    def facts(self) -> int:
        with psycopg.connect(self.settings.owner_database_url) as connection:
            found = connection.execute("SELECT count(*) FROM ledger.events").fetchone()
        assert found is not None
        return int(found[0])


@contextmanager
def served(settings: Settings, folder: Path, **more: str) -> Iterator[Served]:
    """`smoe api` on these servers, as an operator starts it, without limits to the rate of requests."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(folder),
        "SMOE_SECRET_KEY": settings.secret_key,
        "SMOE_MASTER_KEY": base64.b64encode(settings.master_key).decode(),
        "SMOE_RATE_LIMITS": "off",
        "PORT": str(port),
        **more,
    }
    with (folder / "api.log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "cli", "api"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            give_up_at = time.monotonic() + START_SECONDS_MAX
            while True:
                assert program.poll() is None, (folder / "api.log").read_text()
                assert time.monotonic() < give_up_at, "the API does not serve"
                try:
                    if httpx.get(f"http://127.0.0.1:{port}/health/live", trust_env=False).status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield Served(port, psutil.Process(program.pid), settings)
        finally:
            program.terminate()
            program.wait(timeout=30)


# What is asked for


def signed_in(place: Served, client: httpx.Client) -> dict[str, str]:
    """A token for each demonstration identity."""
    answers = {who: client.post("/api/local-sign-in", json={"identity": who}) for who in IDENTITIES}
    return {who: answer.json()["token"] for who, answer in answers.items()}


def targets(client: httpx.Client, tokens: dict[str, str]) -> list[Target]:
    """Every operation of the document, on cases filed for it."""
    cases = []
    for procedure in PROCEDURES:
        body = filing(procedure)
        if "job" in body["request"]:
            changed(body, "/request/job/start", (date.today() + timedelta(days=120)).isoformat())
        for who in ("employer-acme", "prefecture-69"):
            answer = client.post("/api/cases", json=body, headers={"Authorization": f"Bearer {tokens[who]}"})
            if answer.status_code == 201:
                cases.append(answer.json()["case"])
                break
    assert cases
    examples = {f"/api/cases/{{case_id}}/{name}": each.example for name, each in case_commands().items()}
    examples |= {f"/api/admin/{name}": each.example for name, each in administration_commands().items()}
    examples |= {"/api/cases": filing("introduction_permanent"), "/api/local-sign-in": {"identity": "agent-63"}}
    found = []
    for path, methods in client.get("/schema/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            names = tuple(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query")
            for case in cases if "{case_id}" in path else cases[:1]:
                filled = path.replace("{case_id}", case)
                parts = ["x1" if part.startswith("{") else part for part in filled.split("/")]
                body = examples.get(path, {"a": [1, {"b": "c"}]}) if method == "post" else None
                found.append(Target(method.upper(), "/".join(parts), names, body))
    return found


# Who asks


class Client:
    """One connection, made anew whenever the last request left it of no use."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None
        self._received = b""

    def ask(self, sent: Sent) -> Answer:
        """The answer to a request. Raises TimeoutError when there is none, and the connection stays open."""
        again = self._socket is not None
        try:
            answer = self._asked(sent)
            if answer.status == 0 and again and sent.is_http:
                # The server had closed the connection after the request before: that says nothing of this one.
                self.close()
                answer = self._asked(sent)
        except TimeoutError:
            self.close()
            raise
        if sent.ends or answer.status == 0 or answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def _asked(self, sent: Sent) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_SECONDS_MAX)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Where it is refused before it is whole, the answer may be there.
        with suppress(OSError):
            self._socket.sendall(sent.raw)
        try:
            if not sent.is_http and not select.select([self._socket], [], [], PATIENCE_SECONDS)[0]:
                # The server waits for the rest: it will not come.
                self._socket.shutdown(socket.SHUT_WR)
            return self._read(sent)
        except (OSError, EOFError) as error:
            if isinstance(error, TimeoutError):
                raise
            return Answer(0, {}, b"")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._received = None, b""

    def _more(self) -> None:
        assert self._socket is not None
        part = self._socket.recv(65_536)
        if not part:
            raise EOFError
        self._received += part

    def _read(self, sent: Sent) -> Answer:
        while b"\r\n\r\n" not in self._received:
            self._more()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first.split()[1])
        if status == 100:
            return self._read(sent)
        if sent.raw.startswith(b"HEAD ") or status in {204, 304}:
            return Answer(status, headers, b"")
        if headers.get("content-type", "").startswith("text/event-stream"):
            self.close()
            return Answer(status, headers, b"")
        if "content-length" in headers:
            length = int(headers["content-length"])
            while len(self._received) < length:
                self._more()
            body, self._received = self._received[:length], self._received[length:]
            return Answer(status, headers, body)
        body = b""
        if headers.get("transfer-encoding") == "chunked":
            while True:
                while b"\r\n" not in self._received:
                    self._more()
                size, _, self._received = self._received.partition(b"\r\n")
                length = int(size, 16)
                while len(self._received) < length + 2:
                    self._more()
                body, self._received = body + self._received[:length], self._received[length + 2 :]
                if length == 0:
                    return Answer(status, headers, body)
        return Answer(status, headers, body)


# What must hold


class Outcome:
    """What came of a campaign."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.codes: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.faults: list[str] = []
        self.recorded = 0
        self.slowest = 0.0

    def fault(self, what: str, sent: Sent, answer: Answer | None = None) -> None:
        told = "" if answer is None else f" -> {answer.status} {answer.body[:300]!r}"
        self.faults.append(f"{what} ({sent.kind}): {sent.raw[:700]!r}{told}")

    def judge(self, sent: Sent, answer: Answer, seconds: float, codes: frozenset[str]) -> None:
        """Count an answer, and note what is wrong with it."""
        self.statuses[answer.status] += 1
        self.kinds[sent.kind] += 1
        self.slowest = max(self.slowest, seconds)
        if answer.status >= 500:
            self.fault("an error of ours", sent, answer)
        if answer.status == 0 and sent.is_http:
            self.fault("no answer to what is HTTP", sent)
        is_ours = answer.headers.get("content-type") == PROBLEM_JSON
        if answer.status >= 400 and (is_ours or sent.is_http) and not sent.raw.startswith(b"HEAD "):
            self._judge_problem(sent, answer, codes)
        if 200 <= answer.status < 300 and sent.raw.startswith(b"POST "):
            try:
                self.recorded += len(json.loads(answer.body).get("events", ()))
            except (ValueError, AttributeError):
                self.fault("an answer that is no JSON", sent, answer)
        if answer.status and sent.is_http and "content-security-policy" not in answer.headers:
            self.fault("an answer without its headers", sent, answer)

    def _judge_problem(self, sent: Sent, answer: Answer, codes: frozenset[str]) -> None:
        try:
            problem = json.loads(answer.body)
            code, status = problem["code"], problem["status"]
        except (ValueError, KeyError, TypeError):
            self.fault("a refusal that is no problem", sent, answer)
            return
        self.codes[code] += 1
        if code not in codes or status != answer.status:
            self.fault("a problem that is none of ours", sent, answer)

    def add(self, other: "Outcome") -> None:
        self.statuses += other.statuses
        self.codes += other.codes
        self.kinds += other.kinds
        self.faults += other.faults
        self.recorded += other.recorded
        self.slowest = max(self.slowest, other.slowest)


def bombard(place: Served, count: int, seed: int, goals: Sequence[Target], tokens: Sequence[str | None]) -> Outcome:
    """Send so many requests over a few connections at once."""
    codes = frozenset(all_codes())

    def work(number: int) -> Outcome:
        outcome, client = Outcome(), Client(place.port)
        for sent in islice(Malformed(seed * 1_000 + number, goals, tokens), count // CLIENTS):
            began = time.perf_counter()
            try:
                answer = client.ask(sent)
            except TimeoutError:
                outcome.fault(f"no answer within {ANSWER_SECONDS_MAX} s", sent)
                continue
            outcome.judge(sent, answer, time.perf_counter() - began, codes)
        client.close()
        return outcome

    total = Outcome()
    with ThreadPoolExecutor(CLIENTS) as threads:
        for outcome in threads.map(work, range(CLIENTS)):
            total.add(outcome)
    return total


class Campaign(NamedTuple):
    """The outcome and the memory around it."""

    outcome: Outcome
    seconds: float
    resident_before: int
    resident_after: int
    facts_unaccounted: int

    @property
    def growth(self) -> float:
        return self.resident_after / self.resident_before - 1


@contextmanager
def read_models_kept(settings: Settings) -> Iterator[None]:
    """Read models that follow, kept here so that nothing but what is asked for records facts."""
    ledger = open_ledger(settings)
    runner = Runner(ledger, settings.owner_database_url, reference=load_reference(), check_key=settings.check_key)
    runner.run_until_current()
    stop = threading.Event()

    def follow() -> None:
        while not stop.wait(1.0):
            runner.run_until_current()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        runner.close()
        ledger.close()


def campaign(place: Served, count: int, seed: int, warm_up: int) -> Campaign:
    """Warm the server up with requests of the same kinds, then send so many more and compare."""
    with httpx.Client(base_url=place.url, trust_env=False, timeout=30) as client:
        by_name = signed_in(place, client)
        goals = targets(client, by_name)
    tokens: list[str | None] = [None, *by_name.values()]
    with read_models_kept(place.settings):
        facts = place.facts()
        first = bombard(place, warm_up, seed + 1, goals, tokens)
        before, began = place.resident(), time.perf_counter()
        outcome = bombard(place, count, seed, goals, tokens)
        seconds, after = time.perf_counter() - began, place.resident()
    # A key that came again is answered again, and records nothing: no key comes twice here.
    unaccounted = place.facts() - facts - first.recorded - outcome.recorded
    outcome.faults += first.faults
    return Campaign(outcome, seconds, before, after, unaccounted)


@contextmanager
def own_servers() -> Iterator[tuple[Settings, Path]]:
    """PostgreSQL and Valkey for one campaign."""
    with tempfile.TemporaryDirectory(prefix="smoe-") as name:
        folder = Path(name)
        sockets = folder / "sockets"
        sockets.mkdir(mode=0o700)
        with embedded.postgres(folder, sockets), embedded.valkey(folder, sockets):
            database = Database(
                embedded.DATABASE,
                embedded.postgres_url(sockets, embedded.OWNER_ROLE, embedded.DATABASE),
                embedded.postgres_url(sockets, APPLICATION_ROLE, embedded.DATABASE),
            )
            migrate(database.owner_url)
            settings = settings_on(database, embedded.valkey_url(sockets), folder)
            seed_administration(settings)
            yield settings, folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--warm-up", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with own_servers() as (settings, folder), served(settings, folder) as place:
        found = campaign(place, asked.requests, asked.seed, asked.warm_up)
        log = (folder / "api.log").read_text(errors="replace")
    figures: dict[str, Any] = {
        "requests": asked.requests,
        "seconds": round(found.seconds, 1),
        "statuses": dict(sorted(found.outcome.statuses.items())),
        "kinds": dict(found.outcome.kinds),
        "codes": dict(found.outcome.codes.most_common()),
        "slowest_seconds": round(found.outcome.slowest, 2),
        "resident_mb": [found.resident_before // 2**20, found.resident_after // 2**20],
        "growth": f"{found.growth:.1%}",
        "facts_recorded": found.outcome.recorded,
        "facts_unaccounted": found.facts_unaccounted,
        "unhandled_logged": log.count('"unhandled"'),
        "faults": len(found.outcome.faults),
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    for fault in found.outcome.faults[:40]:
        print(fault)
    return 1 if found.outcome.faults or found.growth > GROWTH_MAX or found.facts_unaccounted else 0


if __name__ == "__main__":
    sys.exit(main())
