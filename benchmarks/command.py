"""A command over HTTP: how many a second at sixteen clients, beside the same route on the library as it comes."""

import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg

from benchmarks import harness
from benchmarks.append import Cell, run
from benchmarks.live import AGENT, Installation, installation
from benchmarks.rivals import insert

CASES: Final = 600
SEED: Final = 11
SECONDS: Final = 4.0
CLIENTS: Final = (1, 16)
PLATFORM: Final = "Clermont-Ferrand"
TEXT: Final = "L'employeur a confirmé par téléphone la date d'embauche, et enverra le contrat signé dans la semaine."
CLOCK_TICKS: Final = os.sysconf("SC_CLK_TCK")


# The load generator, in a process of its own


class Connection:
    """A client that sends its next request as soon as it has its answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.received = b""

    def send(self, request: bytes) -> None:
        """Send one request, already in bytes."""
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> int | None:
        """Read what has come; the status once the answer is whole."""
        self.received += self.socket.recv(65_536)
        head, separator, body = self.received.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return None
        self.received = b""
        return int(head[9:12])


def generate(port: int, clients: int, seconds: float, token: str, cases: Sequence[str]) -> dict[str, Any]:
    """Send notes as fast as they are answered; statuses, latencies and the CPU that this took."""
    body = json.dumps({"text": TEXT}).encode()
    heads = [
        f"POST /api/cases/{case}/add-note HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: ".encode()
        for case in cases
    ]
    selector = selectors.DefaultSelector()
    connections = [Connection(port) for _ in range(clients)]
    taken: list[float] = []
    statuses: dict[str, int] = {}
    turn = 0

    def following(connection: Connection) -> None:
        nonlocal turn
        # The case of another client each time, so that no two work on one case at once.
        connection.send(b"%b%b\r\n\r\n%b" % (heads[turn % len(heads)], uuid4().hex.encode(), body))
        turn += 1

    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    cpu, began = time.process_time(), time.perf_counter()
    for connection in connections:
        following(connection)
    while (now := time.perf_counter()) < began + seconds:
        for key, _ in selector.select(began + seconds - now):
            status = key.data.answered()
            if status is not None:
                taken.append(time.perf_counter() - key.data.began)
                statuses[str(status)] = statuses.get(str(status), 0) + 1
                following(key.data)
    return {"taken": taken, "statuses": statuses, "cpu": time.process_time() - cpu, "seconds": now - began}


# The benchmark


def ours(place: Installation) -> list[str]:
    """The command line of the API as an operator starts it."""
    return place.smoe("api")


def stock() -> list[str]:
    """The same application, whose cases stand in the library's own tables."""
    return [sys.executable, "-m", "benchmarks.rivals.stock_api"]


def cpu_of(parents: Sequence[int]) -> float:
    """Seconds of CPU that these processes and their descendants have used."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                words = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(words[1]), []).append(int(name))
            used[int(name)] = int(words[11]) + int(words[12])
    waiting, total = list(parents), 0
    while waiting:
        process = waiting.pop()
        total += used.get(process, 0)
        waiting += children.get(process, [])
    return total / CLOCK_TICKS


def answering(place: Installation, command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start an API and wait until it lives."""
    process = place.spawn("api", command)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{place.port}/health/live").status_code == 200:
                return process
        except httpx.HTTPError:
            time.sleep(0.05)
    raise RuntimeError("the API does not answer")


def measured(place: Installation, command: Sequence[str], clients: int, cases: Sequence[str]) -> dict[str, Any]:
    """One run against one API, warmed before."""
    api = answering(place, command)
    try:
        address = f"http://127.0.0.1:{place.port}/api/local-sign-in"
        token = httpx.post(address, json={"identity": AGENT}).json()["token"]
        task = {"port": place.port, "clients": clients, "token": token, "cases": list(cases)}
        _generated(task | {"seconds": 1.5})
        postmaster = int((place.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        before = cpu_of([api.pid]), cpu_of([postmaster])
        told = _generated(task | {"seconds": SECONDS})
        api_cpu, postgres_cpu = cpu_of([api.pid]) - before[0], cpu_of([postmaster]) - before[1]
    finally:
        api.terminate()
        api.wait(20)
    if set(told["statuses"]) != {"200"}:
        raise RuntimeError(f"not all commands were carried out: {told['statuses']}")
    taken = sorted(told["taken"])
    return {
        "throughput_per_second": len(taken) / told["seconds"],
        "p50_ms": taken[len(taken) // 2] * 1e3,
        "p99_ms": taken[int(len(taken) * 0.99)] * 1e3,
        "cpu_us": {
            "load_generator": told["cpu"] / len(taken) * 1e6,
            "api": api_cpu / len(taken) * 1e6,
            "postgresql": postgres_cpu / len(taken) * 1e6,
        },
    }


def _generated(task: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.command", "--generate"],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def middle(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The medians of several runs, member by member."""
    return {
        name: middle([each[name] for each in runs]) if isinstance(value, dict) else median(each[name] for each in runs)
        for name, value in runs[0].items()
    }


def measure(place: Installation, rounds: int) -> dict[str, Any]:
    """Interleaved rounds of our route, the library's, and bare INSERTs of the same bytes."""
    from benchmarks.rivals.stock_api import copy_cases

    place.simulate(CASES, seed=SEED)
    cases = copy_cases(place.settings, PLATFORM)
    state = place.query(
        "SELECT state FROM ledger.events WHERE topic = 'CriterionAssessed' ORDER BY abs(length(state) - 900) LIMIT 1"
    )[0][0]
    with psycopg.connect(place.database.owner_url, autocommit=True) as owner:
        owner.execute(insert.TABLE)
    host = harness.Server(place.folder, place.sockets)
    runs: dict[str, list[dict[str, Any]]] = {}

    def of(name: str, command: Sequence[str], clients: int) -> Callable[[], float]:
        def once() -> float:
            found = measured(place, command, clients, cases)
            runs.setdefault(name, []).append(found)
            return float(found["throughput_per_second"])

        return once

    def bare() -> float:
        return run(
            host, "insert", Cell(16, 1, False), place.database.owner_url, bytes(state).hex(), 2.0
        ).events_per_second

    rates = harness.interleaved(
        {
            "ours": of("ours", ours(place), 16),
            "ours_1": of("ours_1", ours(place), 1),
            "stock": of("stock", stock(), 16),
            "insert": bare,
        },
        rounds,
    )
    return {
        "ratios": {
            "vs_stock": harness.ratio(rates, "ours", "stock"),
            "vs_insert": harness.ratio(rates, "ours", "insert"),
        },
        "clients_16": middle(runs["ours"]),
        "clients_1": middle(runs["ours_1"]),
        "stock_16": middle(runs["stock"]),
        "insert_per_second": median(rates["insert"]),
        "load_generator": "a process of its own on the same two cores: prebuilt requests, keep-alive, selectors",
    }


def main() -> None:
    """Measure; with --generate be the load generator, told what to do over standard input."""
    parser = harness.arguments(__doc__, rounds=3)
    parser.add_argument("--generate", action="store_true")
    args, _ = parser.parse_known_args()
    if args.generate:
        print(json.dumps(generate(**json.load(sys.stdin))))
        return
    with installation() as place:
        harness.report("command", measure(place, args.rounds), args.json)


if __name__ == "__main__":
    main()
