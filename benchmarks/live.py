"""An installation of real processes, clients that insist until acknowledged, and the comparison of what is left."""

import base64
import contextlib
import http.client
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.harness import DURABLE, Database
from cli import embedded
from cli.simulate import simulate
from domain.demonstration import IDENTITIES
from domain.envelope import SYSTEM
from features.bodies import changed, filing
from ledger.desk import open_ledger
from ledger.migrate import APPLICATION_ROLE, migrate
from ledger.settings import ROOT, Settings
from projections.building import Builder
from projections.read_model import read_models
from projections.workers import Source

PATIENCE_SECONDS: Final = 120.0
RETRY_SECONDS: Final = 0.03
LOOK_SECONDS: Final = 0.01
QUIET_SECONDS: Final = 8.0
"""More than a round of the reactions."""
ENDING_SECONDS_MAX: Final = 5.0
"""What a process may take to notice that the one it belongs to has ended, beside others that are at work."""
SIMULATED_DAYS_AGO: Final = 3
"""Simulations end before today, so that limits have expired which the worker must react to."""
FILER, AGENT, AUDITOR = "employer-acme", "agent-63", "auditor"


class TooLong(Exception):
    """Something that must come did not come in time."""


# The installation


class Installation:
    """PostgreSQL, API and worker on one folder; whichever ends is started again at once."""

    def __init__(self, folder: Path, sockets: Path, redis_url: str, worker: Sequence[str] = ()) -> None:
        self.folder, self.sockets = folder, sockets
        self.database = Database(self._url(embedded.OWNER_ROLE), self._url(APPLICATION_ROLE))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.database.app_url,
            "SMOE_OWNER_DATABASE_URL": self.database.owner_url,
            "REDIS_URL": redis_url,
            "SMOE_DATA_DIR": str(folder),
            "SMOE_SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
            "SMOE_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
            "SMOE_PROJECTION_WORKERS": "2",
            # One client here is everybody.
            "SMOE_RATE_LIMITS": os.environ.get("SMOE_RATE_LIMITS", "off"),
            # What is tried is the ledger and what follows it; letters have trials of their own.
            "SMOE_LETTERS": os.environ.get("SMOE_LETTERS", "off"),
            "SMOE_CODE_VERSION": "endurance",
            "PORT": str(self.port),
        }
        self.settings = Settings.from_environment(self.environment)
        self.commands = {"api": self.smoe("api"), "worker": list(worker) or self.smoe("worker")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ended_by_themselves: Counter[str] = Counter()
        self._life = contextlib.ExitStack()
        self._postgres: embedded.Child | None = None
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._watch = threading.Thread(target=self._start_what_ended, name="watch", daemon=True)

    def _url(self, role: str) -> str:
        return embedded.postgres_url(self.sockets, role, embedded.DATABASE)

    def smoe(self, *arguments: str) -> list[str]:
        """The command line of a command of smoe."""
        return [sys.executable, "-m", "cli", *arguments]

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of smoe to its end."""
        return subprocess.run(
            self.smoe(*arguments), cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def spawn(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a program of ours, in a session of its own, its output appended to a log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    # PostgreSQL

    def start_postgres(self) -> None:
        """Start the server, which recovers first when it was killed."""
        self._postgres = self._life.enter_context(embedded.postgres(self.folder, self.sockets, DURABLE))

    def kill_postgres(self) -> None:
        """`pg_ctl stop -m immediate`, and start again."""
        assert self._postgres is not None
        self._postgres.process.send_signal(signal.SIGQUIT)
        self._postgres.process.wait()
        self._life.close()
        self.start_postgres()

    def kill_backend(self, chance: random.Random) -> tuple[str, float]:
        """Kill -9 one process of PostgreSQL that serves a session of ours, so that all of PostgreSQL recovers.

        Returns whose it was, and when the server had ended all other sessions.
        """
        with contextlib.suppress(psycopg.Error), psycopg.connect(self._admin_url(), autocommit=True) as connection:
            found = connection.execute(
                "SELECT pid, application_name FROM pg_stat_activity WHERE application_name LIKE 'smoe%%'"
                " AND datname = %s ORDER BY pid",
                (embedded.DATABASE,),
            ).fetchall()
            pid, name = chance.choice(found)
            os.kill(pid, signal.SIGKILL)
            while True:
                connection.execute("SELECT pg_sleep(0.001)")
        return str(name), time.monotonic()

    def _admin_url(self) -> str:
        return embedded.postgres_url(self.sockets, "postgres", "postgres")

    # API and worker

    def start(self, *names: str) -> None:
        """Start these; from then on they are started again whenever they end."""
        with self._lock:
            for name in names:
                self.processes[name] = self.spawn(name, self.commands[name])
            if not self._watch.is_alive() and not self._stopped.is_set():
                self._watch.start()

    def kill(self, name: str) -> None:
        """Kill -9, and start again at once."""
        with self._lock:
            self.processes[name].kill()
            self.processes[name].wait()
            self.start(name)

    def stop(self, name: str) -> None:
        """End it in good order, and leave it ended."""
        with self._lock:
            process = self.processes.pop(name)
            process.terminate()
            process.wait(PATIENCE_SECONDS)

    def _start_what_ended(self) -> None:
        while not self._stopped.wait(0.1):
            with self._lock:
                for name, process in self.processes.items():
                    if process.poll() is not None:
                        self.ended_by_themselves[name] += 1
                        self.start(name)

    def close(self) -> None:
        """End everything."""
        self._stopped.set()
        with self._lock:
            for name in list(self.processes):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.processes[name].terminate()
                    self.processes[name].wait(20)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.processes[name].pid, signal.SIGKILL)
        self._life.close()

    def orphans(self) -> list[str]:
        """Processes with this installation's environment that nobody told to run, and that do not end by themselves."""
        mark = f"SMOE_DATA_DIR={self.folder}".encode()
        until = time.monotonic() + ENDING_SECONDS_MAX
        while left := [pid for pid in _pids() if pid != os.getpid() and mark in _proc(pid, "environ").split(b"\0")]:
            if time.monotonic() > until:
                return [f"{pid} {_proc(pid, 'cmdline').decode().split(chr(0))}" for pid in left]
            time.sleep(0.05)
        return []

    # Contents

    def simulate(self, cases: int, seed: int) -> int:
        """Write so many invented cases in bulk; the number of facts."""
        until = date.today() - timedelta(days=SIMULATED_DAYS_AGO)
        with contextlib.redirect_stdout(io.StringIO()):
            return simulate(self.settings, cases=cases, seed=seed, until=until).events

    def last_position(self) -> int:
        """The newest settled fact."""
        ledger = open_ledger(self.settings, pool_size=2)
        try:
            return ledger.last_position()
        finally:
            ledger.close()

    def reached(self) -> int:
        """The position that all read models have seen; -1 while the database does not answer."""
        try:
            with psycopg.connect(self.database.owner_url, connect_timeout=5) as connection:
                found = connection.execute("SELECT count(*), min(position) FROM read.positions").fetchone()
        except psycopg.Error:
            return -1
        return int(found[1]) if found and found[0] == len(read_models()) else -1

    def wait_until_current(self, position: int, seconds_max: float = PATIENCE_SECONDS) -> float:
        """Wait until all read models have seen a position; the moment. Raises TooLong."""
        until = time.monotonic() + seconds_max
        while self.reached() < position:
            if time.monotonic() > until:
                raise TooLong(f"read models have not seen {position} in {seconds_max} s: {self.reached()}")
            time.sleep(LOOK_SECONDS)
        return time.monotonic()

    def wait_until_quiet(self, seconds_max: float = PATIENCE_SECONDS) -> None:
        """Wait until reactions write nothing more and all read models have seen everything. Raises TooLong."""
        until, position = time.monotonic() + seconds_max, -1
        while (newest := self.last_position()) != position:
            if time.monotonic() > until:
                raise TooLong(f"the ledger still grows after {seconds_max} s")
            position = newest
            self.wait_until_current(position, seconds_max)
            time.sleep(QUIET_SECONDS)

    def query(self, statement: str, *parameters: Any) -> list[Any]:
        """Ask as the owner."""
        with psycopg.connect(self.database.owner_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()

    def checksums(self, without: Any = None) -> dict[str, Any]:
        """Number and order-free hash of the rows of each table in service, one case left out where asked."""
        statement = SQL(
            "SELECT count(*), sum(hashtextextended(t::text, 0)::numeric)::text FROM {} AS t"
            " WHERE %(without)s::uuid IS NULL OR case_id <> %(without)s"
        )
        with psycopg.connect(self.database.owner_url) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return {
                model.table: connection.execute(
                    statement.format(Identifier("read", model.table)), {"without": without}
                ).fetchone()
                for model in read_models()
            }

    def differences_from_cold_rebuild(self) -> list[str]:
        """The read models whose rows are not those that a build from nothing makes; no worker may run."""
        before = self.checksums()
        Builder(Source.of(self.settings, logs=False), workers=2).build(before)
        after = self.checksums()
        return [
            f"{table}: {before[table]} is {after[table]} when rebuilt"
            for table in before
            if before[table] != after[table]
        ]

    def parked(self) -> list[Any]:
        """Every case that a model has set aside."""
        return self.query("SELECT model, case_id::text, error FROM read.parked")


@contextlib.contextmanager
def installation(worker: Sequence[str] = ()) -> Iterator[Installation]:
    """An installation with a migrated, empty database; PostgreSQL and Valkey run, the rest is for `start`."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoe-bench-")))
        if os.geteuid() == 0:
            folder.chmod(0o711)
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoe-")))
        aside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoe-")))
        stack.enter_context(embedded.valkey(folder, aside))
        made = Installation(folder, sockets, embedded.valkey_url(aside), worker)
        stack.callback(_keep_logs, folder)
        stack.callback(made.close)
        made.start_postgres()
        migrate(made.database.owner_url)
        yield made


def _keep_logs(folder: Path) -> None:
    """Copy the logs to where the caller wants to look at them, when they do."""
    wanted = os.environ.get("BENCHMARK_LOGS")
    if wanted:
        Path(wanted).mkdir(parents=True, exist_ok=True)
        for log in folder.glob("*.log"):
            (Path(wanted) / log.name).write_bytes(log.read_bytes())


def told_children(parent: int) -> list[int]:
    """The processes among which a worker or a rebuild shares cases out."""
    return [pid for pid in _pids() if _parent(pid) == parent and b"spawn_main" in _proc(pid, "cmdline")]


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _proc(pid: int, file: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int:
    after_name = _proc(pid, "stat").rpartition(b") ")[2].split()
    return int(after_name[1]) if len(after_name) > 1 else 0


# Clients


class Answer(NamedTuple):
    """What the API answered."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Acknowledged(NamedTuple):
    """A command that the API has said to be recorded, with the facts that its answer names."""

    actor: str
    key: str
    case: str
    facts: tuple[tuple[int, int, str], ...]
    """Version, position, type."""
    attempts: int
    began: float
    """When the attempt that was answered began."""
    at: float
    position: int


class Connection:
    """One client's connection, made anew whenever it is lost."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.tokens: dict[str, str] = {}
        self._held: http.client.HTTPConnection | None = None

    def once(self, method: str, path: str, who: str | None, body: Any = None, **headers: str) -> Answer:
        """One attempt. Raises OSError, HTTPException."""
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        payload = None if body is None else json.dumps(body).encode()
        if payload is not None:
            headers["Content-Type"] = "application/json"
        held = self._held or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._held = None
        held.request(method, path, payload, headers)
        answer = held.getresponse()
        raw = answer.read()
        self._held = held
        told = {name.lower(): value for name, value in answer.getheaders()}
        is_json = "json" in told.get("content-type", "")
        return Answer(answer.status, told, json.loads(raw) if is_json else raw.decode())

    def insist(
        self, method: str, path: str, who: str | None, body: Any = None, **headers: str
    ) -> tuple[Answer, int, float]:
        """Repeat until there is an answer that is no outage; the answer, the attempts, when the last began."""
        until, attempts = time.monotonic() + PATIENCE_SECONDS, 0
        while True:
            attempts, began = attempts + 1, time.monotonic()
            try:
                answer = self.once(method, path, who, body, **headers)
                if answer.status < 500:
                    return answer, attempts, began
                why = f"{answer.status} {answer.body}"
            except (OSError, http.client.HTTPException) as error:
                why = repr(error)
            if time.monotonic() > until:
                raise TooLong(f"{method} {path} is not answered: {why}")
            time.sleep(RETRY_SECONDS)

    def token(self, who: str) -> str:
        if who not in self.tokens:
            answer, _, _ = self.insist("POST", "/api/local-sign-in", None, {"identity": who})
            self.tokens[who] = answer.body["token"]
        return self.tokens[who]


def a_filing() -> Any:
    """A request that may be filed today."""
    body = filing("introduction_permanent")
    changed(body, "/request/job/start", (date.today() + timedelta(days=120)).isoformat())
    body["documents"] = body["documents"][:1]
    return body


class Client(threading.Thread):
    """Files requests and carries them on, one command after the other, each with a key, until told to stop."""

    def __init__(
        self, port: int, hot: Sequence[str], number: int, seconds_a_command: float, hot_share: float = 0.2
    ) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.connection = Connection(port)
        self.hot, self.seconds, self.hot_share = hot, seconds_a_command, hot_share
        self.chance = random.Random(number)
        self.stop = threading.Event()
        self.acknowledged: list[Acknowledged] = []
        self.statuses: Counter[int] = Counter()
        self.failure: Exception | None = None
        self._body = a_filing()
        self._plan: Iterator[None] = self._carry_on()

    def run(self) -> None:
        """Give commands at a steady pace; a pace that cannot be held is not made up for."""
        due = time.monotonic() + self.chance.random() * self.seconds
        try:
            while not self.stop.wait(max(0.0, due - time.monotonic())):
                if self.hot and self.chance.random() < self.hot_share:
                    self.give(AGENT, f"/api/cases/{self.chance.choice(self.hot)}/add-note", {"text": "À plusieurs."})
                else:
                    next(self._plan)
                due = max(due + self.seconds, time.monotonic() - 1.0)
        except Exception as failure:
            self.failure = failure

    def give(self, who: str, path: str, body: Any, at: int | None = None) -> Acknowledged:
        """Give one command with a key of its own until it is acknowledged. Raises AssertionError when it is refused."""
        key = str(uuid4())
        headers = {"Idempotency-Key": key} | ({"If-Match": f'"{at}"'} if at is not None else {})
        answer, attempts, began = self.connection.insist("POST", path, who, body, **headers)
        self.statuses[answer.status] += 1
        assert answer.status in {200, 201}, f"{path} by {who}, attempt {attempts}: {answer.status} {answer.body}"
        facts = tuple((each["version"], each["position"], each["type"]) for each in answer.body["events"])
        done = Acknowledged(
            IDENTITIES[who].actor.identity,
            key,
            answer.body["case"],
            facts,
            attempts,
            began,
            time.monotonic(),
            answer.body["position"],
        )
        self.acknowledged.append(done)
        return done

    def _carry_on(self) -> Iterator[None]:
        """One case after the other: filed, claimed, noted, asked for an item, supplied with it."""
        while True:
            path = f"/api/cases/{self.give(FILER, '/api/cases', self._body).case}"
            yield
            self.give(AGENT, f"{path}/claim", {})
            yield
            noted = self.give(AGENT, f"{path}/add-note", {"text": "À suivre."})
            yield
            asked = {"items": [{"item": "contributions_certificate"}], "delay_days": 30, "message": "À fournir."}
            wanted = self.give(AGENT, f"{path}/request-missing-items", asked, at=noted.facts[-1][0])
            yield
            document = {
                "item": "contributions_certificate",
                "title": "Attestation de paiement des cotisations",
                "sha256": sha256(path.encode()).hexdigest(),
            }
            supplied = {"request": "M1", "documents": [document]}
            self.give(FILER, f"{path}/supply-missing-items", supplied, at=wanted.facts[-1][0])
            yield


class Load:
    """Clients that work at the same time, and what they were told."""

    def __init__(self, port: int, clients: int, rate: float, hot: int) -> None:
        self.first = Client(port, (), 0, 1.0)
        """Opens the cases that all contend for."""
        shared = [self._open() for _ in range(hot)]
        self.hot = shared
        self.clients = [Client(port, shared, number, clients / rate) for number in range(1, clients + 1)]
        self.began = time.monotonic()

    def _open(self) -> str:
        case = self.first.give(FILER, "/api/cases", a_filing()).case
        self.first.give(AGENT, f"/api/cases/{case}/claim", {})
        return case

    def start(self) -> None:
        """Begin."""
        self.began = time.monotonic()
        for client in self.clients:
            client.start()

    def stop(self) -> float:
        """Let every client end what it has begun; how long the load lasted."""
        for client in self.clients:
            client.stop.set()
        lasted = time.monotonic() - self.began
        for client in self.clients:
            client.join(PATIENCE_SECONDS * 2)
        return lasted

    def acknowledged(self) -> list[Acknowledged]:
        """Everything acknowledged."""
        return [each for client in (self.first, *self.clients) for each in client.acknowledged]

    def failures(self) -> list[str]:
        """What made clients give up."""
        return [f"{client.name}: {client.failure!r}" for client in self.clients if client.failure]

    def first_after(self, moment: float) -> Acknowledged | None:
        """The earliest acknowledgement of an attempt that began after a moment."""
        found = []
        for client in self.clients:
            for each in reversed(client.acknowledged):
                if each.at < moment:
                    break
                if each.began >= moment:
                    found.append(each)
        return min(found, key=lambda each: each.at, default=None)

    def wait_for_acknowledgement(self, moment: float) -> Acknowledged:
        """The same, waited for. Raises TooLong."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (found := self.first_after(moment)) is None:
            if time.monotonic() > until or self.failures():
                raise TooLong(f"no command is acknowledged: {self.failures()}")
            time.sleep(0.002)
        return found


# What must hold of the ledger


def faults_of_ledger(
    place: Installation, given: Sequence[Acknowledged], simulated: int
) -> tuple[list[str], dict[str, int]]:
    """Everything in the ledger that no acknowledgement accounts for, or the reverse; and counts."""
    ledger = open_ledger(place.settings, pool_size=2)
    faults: list[str] = []
    stored: dict[str, list[Any]] = defaultdict(list)
    without_key, total, after = 0, 0, 0
    try:
        while facts := ledger.read(after, 5_000):
            for fact in facts:
                if fact.command_key is None:
                    without_key += 1
                else:
                    stored[fact.command_key].append(fact)
            total, after = total + len(facts), facts[-1].position or 0
        faults += [f"chain: {fault}" for fault in ledger.verify_all()]
    finally:
        ledger.close()
    # Keys are drawn at random, so that no two callers have the same.
    answered = {each.key: each for each in given}
    for key, each in answered.items():
        found = tuple((str(fact.stream), fact.version, fact.position, fact.type) for fact in stored.get(key, []))
        if found != tuple((each.case, *fact) for fact in each.facts):
            faults.append(f"{key}: acknowledged {each.facts} of {each.case}, stored {found}")
    reactions = {key: facts for key, facts in stored.items() if key.startswith(("silence/", "letter/"))}
    faults += [f"nobody was told of {key}" for key in stored if key not in answered and key not in reactions]
    faults += [f"{key} has two commands" for key, facts in stored.items() if len({fact.command for fact in facts}) != 1]
    faults += _doubled(reactions)
    kept = Counter(place.query("SELECT actor, key FROM ledger.commands"))
    names = {(each.actor, each.key) for each in given} | {(SYSTEM.identity, key) for key in reactions}
    faults += [f"{name} has no answer kept" for name in names if name not in kept]
    faults += [f"{name} has an answer that nobody was given" for name in kept if name not in names]
    if without_key != simulated:
        faults.append(f"{without_key} facts without a key, {simulated} were written so")
    counts = {
        "facts": total,
        "commands_acknowledged": len(answered),
        "facts_acknowledged": sum(len(each.facts) for each in given),
        "commands_sent_again": sum(each.attempts > 1 for each in given),
        "reactions": len(reactions),
    }
    return faults, counts


def _doubled(reactions: Mapping[str, Sequence[Any]]) -> list[str]:
    """Reactions of the same kind to the same limit of the same case."""
    counted = Counter((key.rpartition("/")[0], fact.type) for key, facts in reactions.items() for fact in facts)
    return [f"{what} recorded {times} times" for what, times in counted.items() if times > 1]
