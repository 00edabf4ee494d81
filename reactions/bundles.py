"""Bundles that were ordered are built, each in a process of its own: once, whatever stops on the way."""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID, uuid5

import msgspec
import structlog
from psycopg import Connection
from psycopg.rows import tuple_row

from documents.bundle.building import BuildImpossible, Makers, Order, built, order_of
from documents.bundle.workbench import Workbench
from documents.erased import forget_if_erased
from documents.storage import FileErased, Files, Kept
from domain.command import Command, case_commands
from domain.commands.end_build import EndBuild
from domain.commands.record_bundle import RecordBundle
from domain.envelope import SYSTEM
from domain.events import BundleOrdered
from domain.reference.load import load_reference
from domain.refusals import Refused
from ledger.desk import Desk, Done, Stale, open_ledger
from ledger.facts import (
    Answer,
    AnswerErased,
    CommandKey,
    KeyUsed,
    LedgerAltered,
    LedgerUnavailable,
    Recorded,
    StoredEventInvalid,
    fingerprint_of,
)
from ledger.garbage import started_up
from ledger.histories import CaseUnknown, case_facts
from ledger.logs import configure_logs
from ledger.settings import Settings
from projections.workers import end_with_parent

log = structlog.get_logger()

MakersOf: TypeAlias = Callable[[Desk, Settings, Order], Makers]
"""What makes the parts of a bundle, for one order; found by name in the process that builds."""

TRIES_MAX: Final = 5
RETRY_SECONDS: Final = 10.0
"""Before the second try; twice as long before each one after it."""
LOOK_SECONDS: Final = 0.2
WANTED_SECONDS: Final = 0.5
"""How often it is asked whether a build is still wanted."""
SCRATCH: Final = ".scratch"
CLEAR_TRIES: Final = 10
DONE: Final = Answer(status=200)
FAILED: Final = "La constitution a échoué {times} fois de suite ; la cause est au journal de l'exploitation."
ERASED: Final = "Les données de la personne concernée sont effacées : ses pièces ne peuvent plus être lues."

_ENLIST: Final = (
    "INSERT INTO documents.builds (case_id, version)"
    " SELECT originator_id, originator_version FROM ledger.events AS fact WHERE topic = 'BundleOrdered'"
    " AND NOT EXISTS (SELECT FROM documents.builds WHERE case_id = fact.originator_id"
    " AND version = fact.originator_version) ON CONFLICT DO NOTHING"
)
_WAITING: Final = (
    "SELECT case_id, version FROM documents.builds WHERE NOT ended AND not_before <= clock_timestamp()"
    " ORDER BY not_before, told_at, case_id, version"
)
_STILL: Final = "SELECT failures FROM documents.builds WHERE case_id = %s AND version = %s AND NOT ended"
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
_TELL: Final = (
    "UPDATE documents.builds SET step = %s, done = %s, total = %s, told_at = clock_timestamp()"
    " WHERE case_id = %s AND version = %s"
)
_END: Final = (
    "UPDATE documents.builds SET ended = true, told_at = clock_timestamp() WHERE case_id = %s AND version = %s"
)
_FAIL: Final = (
    "UPDATE documents.builds SET failures = failures + 1, not_before = clock_timestamp() + make_interval(secs => %s)"
    " WHERE case_id = %s AND version = %s"
)
_ENDED: Final = (
    "SELECT case_id, version FROM documents.builds WHERE ended AND case_id::text || '.' || version = ANY(%s)"
)


class Ordered(NamedTuple):
    """A build that waits, by the fact that orders it."""

    case_id: UUID
    version: int

    @property
    def name(self) -> str:
        """As its folder and its lock are called."""
        return f"{self.case_id}.{self.version}"


class Progress(msgspec.Struct, frozen=True, tag=True):
    """How far a build has come."""

    step: str
    done: int
    total: int


class Made(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a process has built and kept."""

    sha256: str
    bytes: int
    exhibits: int
    pages: int
    faulty: tuple[int, ...]


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Why a process could not build."""

    why: str
    """In French, where no further try would help."""
    cause: str


Said: TypeAlias = Progress | Made | Failed


class Bundles:
    """Builds what is ordered, one bundle after the other, until `stop` is set; what it leaves is gone on with.

    Several may run, in any process: each build is held by one of them, under a lock that goes with its connection.
    """

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        makers_of: MakersOf,
        stop: threading.Event | None = None,
        *,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.desk = desk
        self.settings = settings
        self.makers_of = makers_of
        self.stop = stop or threading.Event()
        self.retry_seconds = retry_seconds

    def run_once(self, connection: Connection[Any]) -> int:
        """Build everything that waits; how much was built."""
        self._sweep(connection)
        connection.execute(_ENLIST)
        with connection.cursor(row_factory=tuple_row) as cursor:
            waiting = [Ordered(*row) for row in cursor.execute(_WAITING).fetchall()]
        return sum(self._take(connection, ordered) for ordered in waiting if not self.stop.is_set())

    def _sweep(self, connection: Connection[Any]) -> None:
        """Throw away what builds that are over have left here in clear: another worker may have ended them."""
        folder = builds_folder(self.settings)
        here = {each.name.removesuffix(SCRATCH) for each in folder.iterdir()} if folder.is_dir() else set()
        if here:
            with connection.cursor(row_factory=tuple_row) as cursor:
                over = [Ordered(*row) for row in cursor.execute(_ENDED, (sorted(here),)).fetchall()]
            for each in over:
                _clear(self.settings, each)

    def _take(self, connection: Connection[Any], ordered: Ordered) -> bool:
        with _held(connection, ordered) as is_held:
            if not is_held:
                return False
            with connection.cursor(row_factory=tuple_row) as cursor:
                still = cursor.execute(_STILL, ordered).fetchone()
            if still is None:
                # Another one has ended it between the list and the lock.
                return False
            try:
                return self._build(connection, ordered, still[0])
            except (LedgerAltered, StoredEventInvalid) as fault:
                log.error("a case cannot be read", case=str(ordered.case_id), order=ordered.version, fault=str(fault))
                self._wait(connection, ordered, still[0])
                return False

    def _build(self, connection: Connection[Any], ordered: Ordered, failures: int) -> bool:
        fact = self._fact(ordered)
        if not self._is_wanted(ordered, fact):
            self._end(connection, ordered)
            return False
        said = self._made_apart(connection, ordered, fact)
        if isinstance(said, Made):
            event = fact.event
            self._record(
                "record-bundle",
                RecordBundle(bundle=event.bundle, build=event.build, **msgspec.structs.asdict(said)),
                ordered,
            )
            self._end(connection, ordered)
            log.info("bundle built", case=str(ordered.case_id), bundle=event.bundle, build=event.build)
            return True
        if said is None:
            if not self.stop.is_set():
                self._end(connection, ordered)
            return False
        log.error("bundle not built", case=str(ordered.case_id), order=ordered.version, cause=said.cause)
        if said.why or failures + 1 >= TRIES_MAX:
            why = said.why or FAILED.format(times=failures + 1)
            self._record("end-build", EndBuild(bundle=fact.event.bundle, build=fact.event.build, why=why), ordered)
            self._end(connection, ordered)
        else:
            self._wait(connection, ordered, failures)
        return False

    def _wait(self, connection: Connection[Any], ordered: Ordered, failures: int) -> None:
        """Leave a build for longer each time; one whose history cannot be read waits until somebody has seen to it."""
        connection.execute(_FAIL, (self.retry_seconds * 2 ** min(failures, TRIES_MAX), *ordered))

    def _made_apart(self, connection: Connection[Any], ordered: Ordered, fact: "OrderFact") -> Made | Failed | None:
        """What a process of its own made of it; None when it was stopped, or nobody wants it any more."""
        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(
            target=build_apart, args=(self.settings, self.makers_of, ordered, theirs), name="bundle", daemon=True
        )
        process.start()
        theirs.close()
        asked_at = time.monotonic()
        try:
            while True:
                try:
                    progress, outcome = last_said(ours)
                except EOFError:
                    process.join()
                    if self.stop.is_set():
                        return None
                    return Failed(why="", cause=f"the process ended with status {process.exitcode}")
                if progress is not None:
                    connection.execute(_TELL, (progress.step, progress.done, progress.total, *ordered))
                if outcome is not None:
                    return outcome
                if self.stop.is_set():
                    return None
                if time.monotonic() - asked_at > WANTED_SECONDS:
                    asked_at = time.monotonic()
                    # Also tells at once that the lock is gone, with the connection that held it.
                    connection.execute("SELECT 1")
                    if not self._is_wanted(ordered, fact):
                        return None
        finally:
            process.kill()
            process.join()
            ours.close()

    def _fact(self, ordered: Ordered) -> "OrderFact":
        facts = case_facts(self.desk.history(ordered.case_id))
        return OrderFact.of(facts[ordered.version - 1])

    def _is_wanted(self, ordered: Ordered, fact: "OrderFact") -> bool:
        case = self.desk.history(ordered.case_id).case
        build = case.bundle(fact.event.bundle).build(fact.event.build)
        return build is not None and build.is_under_way

    def _record(self, name: str, body: Command, ordered: Ordered) -> None:
        key = f"bundle/{ordered.name}"
        try:
            self.desk.execute(
                ordered.case_id,
                case_commands()[name],
                body,
                self.desk.context(SYSTEM, uuid5(ordered.case_id, f"{key}/{name}")),
                key=CommandKey(actor=SYSTEM.identity, key=key, fingerprint=fingerprint_of(key)),
                render=_done,
            )
        except (Refused, KeyUsed, AnswerErased, Stale, CaseUnknown) as reason:
            # Recorded already, or cancelled the moment it was done.
            log.info("nothing to record", case=str(ordered.case_id), order=ordered.version, reason=str(reason))

    def _end(self, connection: Connection[Any], ordered: Ordered) -> None:
        # In this order: an end whose answer was lost is not looked at again.
        _clear(self.settings, ordered)
        connection.execute(_END, ordered)


class OrderFact(NamedTuple):
    """The fact that orders a build."""

    event: BundleOrdered
    version: int

    @classmethod
    def of(cls, fact: Recorded[Any]) -> "OrderFact":
        """The same, typed as what it is."""
        assert isinstance(fact.event, BundleOrdered), "the fact orders a bundle"
        return cls(fact.event, fact.version)


def scratch_of(settings: Settings, ordered: Ordered) -> Path:
    """Where what a build lays down for a moment stands: a process that is killed cleans nothing up."""
    return builds_folder(settings) / f"{ordered.name}{SCRATCH}"


def _clear(settings: Settings, ordered: Ordered) -> None:
    for folder in (builds_folder(settings) / ordered.name, scratch_of(settings, ordered)):
        for _ in range(CLEAR_TRIES):
            # A process that was killed may put one more file into it before it is gone.
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(LOOK_SECONDS)
        else:
            log.error("files in clear could not be removed", folder=folder.name)


def builds_folder(settings: Settings) -> Path:
    """Where builds under way have their workbenches; what stands there is in clear, and goes when they end."""
    return settings.data_dir / "builds"


@contextmanager
def _held(connection: Connection[Any], ordered: Ordered) -> Iterator[bool]:
    """Hold a build as long as this connection lives; False where another one holds it."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        is_held = cursor.execute(_LOCK, (ordered.name,)).fetchone() == (True,)
    try:
        yield is_held
    finally:
        if is_held and not connection.closed:
            with connection.cursor() as cursor:
                cursor.execute(_UNLOCK, (ordered.name,))


def last_said(pipe: Pipe) -> tuple[Progress | None, Made | Failed | None]:
    """The newest progress said, and how the work ended if it has; waited for a moment. Raises EOFError."""
    progress: Progress | None = None
    while pipe.poll(LOOK_SECONDS if progress is None else 0):
        said = msgspec.json.decode(pipe.recv_bytes(), type=_Said).what
        if not isinstance(said, Progress):
            return progress, said
        progress = said
    return progress, None


def _done(done: Done) -> Answer:
    return DONE


# In the process that builds


class _Said(msgspec.Struct):
    what: Progress | Made | Failed


def build_apart(settings: Settings, makers_of: MakersOf, ordered: Ordered, pipe: Pipe) -> None:
    """Build and keep a bundle, and say so; ends when the process that started it does."""
    configure_logs()
    # A terminal or a supervisor tells a whole group to stop: the worker decides, and kills this process.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_with_parent()
    started_up()
    scratch = scratch_of(settings, ordered)
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in scratch.iterdir():
        shutil.rmtree(left, ignore_errors=True)
    # One of its own, since a builder whose worker died may be at it still; also for the programs that are started here.
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(dir=scratch)

    def say(what: Said) -> None:
        pipe.send_bytes(msgspec.json.encode(_Said(what)))

    ledger = open_ledger(settings, pool_size=2)
    try:
        desk = Desk(ledger, load_reference())
        say(kept(desk, settings, makers_of, ordered, lambda *told: say(Progress(*told))))
    except LedgerUnavailable:
        raise
    except FileErased as error:
        say(Failed(why=ERASED, cause=repr(error)))
    except BuildImpossible as error:
        say(Failed(why=str(error), cause=repr(error)))
    except Exception as error:
        # Whatever it is ends this process alone; the one that started it says so, and tries again later.
        log.exception("a bundle cannot be built", case=str(ordered.case_id), order=ordered.version)
        say(Failed(why="", cause=repr(error)))
    finally:
        ledger.close()


def kept(
    desk: Desk, settings: Settings, makers_of: MakersOf, ordered: Ordered, tell: Callable[[str, int, int], None]
) -> Made:
    """Build a bundle and keep its archive among the files of the case. Raises FileErased, BuildImpossible."""
    order = order_of(case_facts(desk.history(ordered.case_id)), ordered.version)
    files = Files(settings.files_url, desk.ledger.keys)
    bench = Workbench(builds_folder(settings) / ordered.name, f"{ordered.name} {desk.ledger.code_version}")
    made = built(order, makers_of(desk, settings, order), files, bench, tell=tell, stop=lambda: False)
    with made.path.open("rb") as archive:
        files.put(order.stream, order.person, archive, known=Kept(made.sha256, made.bytes))
    if forget_if_erased(desk, files, order.stream):
        raise FileErased(order.person)
    return Made(sha256=made.sha256, bytes=made.bytes, exhibits=made.exhibits, pages=made.pages, faulty=made.faulty)
