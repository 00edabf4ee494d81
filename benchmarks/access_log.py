"""What the access log costs a read: a case read over HTTP with the log and without it, in turns, in one session."""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import httpx
from litestar.types import Receive, Scope, Send

import api.app
import cli.serve
from api.recording import AccessRecorded
from benchmarks import harness
from benchmarks.command import Connection, cpu_of, middle
from benchmarks.live import AGENT, Installation, installation
from benchmarks.rivals.stock_api import copy_cases
from cli.child import die_with_parent
from ledger.garbage import started_up
from ledger.settings import Settings

CASES: Final = 300
SEED: Final = 11
SECONDS: Final = 2.0
CLIENTS: Final = (1, 16)
PLATFORM: Final = "Clermont-Ferrand"


# The same API without the log


class Unrecorded(AccessRecorded):
    """The middleware as it would be without a log."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        await self.app(scope, receive, send)


def load_unrecorded(server_pid: int) -> Any:
    """Build the application without the log, in a worker of granian."""
    die_with_parent(server_pid, 9)
    api.app.AccessRecorded = Unrecorded  # type: ignore[misc]
    application = api.app.create_app()
    started_up()
    return application


def serve_unrecorded() -> None:
    """Serve as `smoe api` does, but for the log."""
    cli.serve.load = load_unrecorded
    cli.serve.serve_api(Settings.from_environment(os.environ))


# The load generator, in a process of its own


def generate(port: int, clients: int, seconds: float, token: str, cases: Sequence[str]) -> dict[str, Any]:
    """Read cases as fast as they are answered; statuses and latencies."""
    requests = [
        f"GET /api/cases/{case} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        for case in cases
    ]
    selector = selectors.DefaultSelector()
    connections = [Connection(port) for _ in range(clients)]
    taken: list[float] = []
    statuses: dict[str, int] = {}
    turn = 0
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    began = time.perf_counter()
    for connection in connections:
        connection.send(requests[turn % len(requests)])
        turn += 1
    while (now := time.perf_counter()) < began + seconds:
        for key, _ in selector.select(began + seconds - now):
            status = key.data.answered()
            if status is not None:
                taken.append(time.perf_counter() - key.data.began)
                statuses[str(status)] = statuses.get(str(status), 0) + 1
                key.data.send(requests[turn % len(requests)])
                turn += 1
    return {"taken": taken, "statuses": statuses, "seconds": now - began}


def _generated(task: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.access_log", "--generate"],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# The benchmark


class Contender:
    """One of the two APIs, which stands by while the other is asked."""

    def __init__(self, place: Installation, name: str, command: Sequence[str], port: int, cases: Sequence[str]) -> None:
        place.environment["PORT"] = str(port)
        self.process = place.spawn(name, command)
        self.port = port
        self.cases = list(cases)
        until = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/health/live").raise_for_status()
                break
            except httpx.HTTPError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        answer = httpx.post(f"http://127.0.0.1:{port}/api/local-sign-in", json={"identity": AGENT})
        self.token = answer.json()["token"]

    def read(self, clients: int, seconds: float = SECONDS) -> dict[str, Any]:
        """Some seconds of reading."""
        before = cpu_of([self.process.pid])
        told = _generated(
            {"port": self.port, "clients": clients, "seconds": seconds, "token": self.token, "cases": self.cases}
        )
        if set(told["statuses"]) != {"200"}:
            raise RuntimeError(f"not all cases were read: {told['statuses']}")
        taken = sorted(told["taken"])
        return {
            "reads_per_second": len(taken) / told["seconds"],
            "p50_ms": taken[len(taken) // 2] * 1e3,
            "p99_ms": taken[int(len(taken) * 0.99)] * 1e3,
            "api_cpu_us": (cpu_of([self.process.pid]) - before) / len(taken) * 1e6,
        }


def measure(place: Installation, rounds: int) -> dict[str, Any]:
    """Both APIs in turns, each round in an order of its own."""
    place.simulate(CASES, seed=SEED)
    cases = copy_cases(place.settings, PLATFORM)
    contenders = {
        "on": Contender(place, "api", place.smoe("api"), place.port, cases),
        "off": Contender(
            place, "api-off", [sys.executable, "-m", "benchmarks.access_log", "--serve-off"], place.port + 1, cases
        ),
    }
    try:
        return _compared(place, contenders, rounds)
    finally:
        for contender in contenders.values():
            contender.process.terminate()
            contender.process.wait(20)


def _compared(place: Installation, contenders: dict[str, Contender], rounds: int) -> dict[str, Any]:
    runs: dict[str, list[dict[str, Any]]] = {}

    def of(name: str, clients: int) -> Callable[[], float]:
        def once() -> float:
            found = contenders[name].read(clients)
            runs.setdefault(f"{name}_{clients}", []).append(found)
            return float(found["p50_ms"])

        return once

    for contender in contenders.values():
        contender.read(16, 3.0)
    names = [(name, clients) for clients in CLIENTS for name in contenders]
    harness.interleaved({f"{name}_{clients}": of(name, clients) for name, clients in names}, rounds)
    entries = place.query(
        "SELECT count(*), avg(octet_length(entry)), pg_total_relation_size('ledger.accesses') FROM ledger.accesses"
    )[0]
    ratios = {
        f"clients_{clients}": {
            figure: harness.ratio(
                {name: [each[figure] for each in runs[f"{name}_{clients}"]] for name in contenders}, "on", "off"
            )
            for figure in ("reads_per_second", "p50_ms", "p99_ms", "api_cpu_us")
        }
        for clients in CLIENTS
    }
    return {
        "on_over_off": ratios,
        **{name: middle(found) for name, found in runs.items()},
        "entries": int(entries[0]),
        "entry_bytes": float(entries[1]),
        "table_bytes_an_entry": float(entries[2]) / int(entries[0]),
    }


def main() -> None:
    """Measure; with --generate be the load generator, with --serve-off the API without the log."""
    parser = harness.arguments(__doc__, rounds=9)
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--serve-off", action="store_true")
    args, _ = parser.parse_known_args()
    if args.generate:
        print(json.dumps(generate(**json.load(sys.stdin))))
    elif args.serve_off:
        serve_unrecorded()
    else:
        with installation() as place:
            harness.report("access_log", measure(place, args.rounds), args.json)


if __name__ == "__main__":
    main()
