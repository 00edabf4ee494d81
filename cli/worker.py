"""`smoe worker`: keeps the read models up to date and does what facts and expired limits cause."""

import contextlib
import signal
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from types import FrameType
from typing import Any, Final, Protocol

import psycopg
import structlog
from prometheus_client import REGISTRY

from documents.bundle.makers import makers_of
from documents.intake.scanner import Scanner
from documents.signing import KeyUnusable, Signer
from documents.stationery import Stationery
from documents.storage import Files
from documents.uploads import Uploads
from domain.reference.load import load_reference
from ledger.desk import open_ledger
from ledger.facts import LedgerError, LedgerUnavailable
from ledger.garbage import started_up
from ledger.logs import configure_logs
from ledger.proofs.notary import PACE_SECONDS, Notary
from ledger.proofs.publication import Outside
from ledger.secrets import with_secrets
from ledger.settings import Settings
from ledger.settings_reader import SettingsError
from ledger.vitals import AppenderWatch
from ledger.wakeups import Listener
from projections.building import AlreadyBuilding, Builder, Step, Stopped
from projections.runner import Runner
from projections.swapping import Superseded
from projections.workers import Crew, Source
from reactions.access_retention import AccessRetention
from reactions.accesses import Accesses
from reactions.bundles import Bundles
from reactions.erasure import Erasure, FilesOfErased
from reactions.intake import Intake
from reactions.letters import Letters
from reactions.retention import RetentionNight
from reactions.sessions import EndedSessions
from reactions.silence import Silence
from reactions.uploads import Sweep

REACTION_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 2.0

log = structlog.get_logger()


class Reaction(Protocol):
    """Something that facts or expired limits ask for."""

    def run_once(self, connection: psycopg.Connection[Any]) -> int:
        """Do everything that waits; how much was done."""


def run_worker(settings: Settings) -> None:
    """Work until told to stop (SIGTERM, SIGINT); raises what ended the work otherwise."""
    configure_logs()
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    with contextlib.ExitStack() as stack:
        if settings.otlp:
            # Loaded only where it is wanted.
            from ledger.otlp import Otlp

            stack.callback(Otlp("smoe-worker", settings.code_version, lambda: (REGISTRY,)).close)
        work(settings, stop)


def work(settings: Settings, stop: threading.Event) -> None:
    """Follow the ledger, keep its log and build what is lacking in threads, react in this one, until told to stop."""
    settings = with_secrets(settings)
    ledger = open_ledger(settings)
    files = Files(settings.files_url, ledger.keys)
    uploads = Uploads.of(settings)
    source = Source.of(settings)
    crew = Crew(source, settings.projection_workers) if settings.projection_workers > 1 else None
    listener = Listener(settings.database_url)
    runner = Runner(
        ledger,
        settings.owner_database_url,
        reference=load_reference(),
        check_key=settings.check_key,
        # A table that is lacking is built whole: sooner than by following, and no reader sees a part of it.
        starts=False,
        crew=crew,
        wake=listener.wait,
    )
    notary = Notary(ledger, settings.checkpoint_keys)
    builder = Builder(source, workers=settings.projection_workers, tell=_log_step, stop=stop)
    failures: list[Exception] = []

    def until_stopped(job: Callable[[], None], *, ends: bool) -> None:
        try:
            job()
        except Exception as failure:
            # A thread cannot raise into another: the main one does, once all has stopped.
            failures.append(failure)
            stop.set()
        finally:
            if ends:
                stop.set()

    jobs: dict[str, tuple[Callable[[], None], bool]] = {
        "read-models": (lambda: runner.run_forever(stop), True),
        "builds": (lambda: build_lacking(builder, stop), False),
        "log": (lambda: keep_log(notary, stop), True),
        "outside": (lambda: react(settings, (Outside(settings),), stop), True),
        # Apart from the others: silence does not wait for whoever watches a build.
        "bundles": (lambda: react(settings, (Bundles(runner.desk, settings, makers_of, stop),), stop), True),
    }
    # Reading files and setting pages take their time: nothing else waits for them.
    arrived = (
        Intake(runner.desk, files, Scanner(settings.clamav) if settings.clamav else None, stop),
        Sweep(runner.desk, files, uploads, stop),
    )
    jobs["files"] = (lambda: react(settings, arrived, stop), True)
    if settings.letters:
        letters = Letters(runner.desk, files, Stationery.of(settings), signer=signer_of(settings), stop=stop)
        jobs["letters"] = (lambda: react(settings, (letters,), stop), True)
    threads = [
        threading.Thread(target=until_stopped, args=(job,), kwargs={"ends": ends}, name=name)
        for name, (job, ends) in jobs.items()
    ]
    started_up()
    for thread in threads:
        thread.start()
    try:
        stuck = AppenderWatch(settings.appender_seconds_max)
        react(
            settings,
            (
                Silence(runner.desk, stop),
                Erasure(ledger.keys),
                FilesOfErased(files, uploads),
                Accesses(ledger),
                EndedSessions(settings.session_idle_seconds),
                RetentionNight(runner.desk, stop),
                AccessRetention(runner.desk, settings.owner_database_url, stop),
                stuck,
            ),
            stop,
        )
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        if crew is not None:
            crew.close()
        listener.close()
        uploads.close()
        ledger.close()
    if failures:
        raise RuntimeError("a part of the work stopped") from failures[0]


def signer_of(settings: Settings) -> Signer | None:
    """What seals letters, or nothing. Raises SettingsError: no letter leaves unsealed where a key was meant to."""
    try:
        return Signer.of(settings)
    except KeyUnusable as fault:
        raise SettingsError(
            (f"SMOE_SIGNATURE_PKCS12 ne s'ouvre pas avec SMOE_SIGNATURE_PASSWORD_FILE ({fault}).",)
        ) from None


def keep_log(notary: Notary, stop: threading.Event) -> None:
    """Grow the Merkle log and sign checkpoints; an outage is waited out, a log that does not hold is told of."""
    while not stop.is_set():
        try:
            if not notary.run_once():
                # Not at each append: a tile is written anew each time it grows.
                stop.wait(PACE_SECONDS)
        except LedgerError as reason:
            log.warning("the Merkle log waits", reason=str(reason))
            stop.wait(RETRY_SECONDS)


def build_lacking(builder: Builder, stop: threading.Event) -> None:
    """Build the models that no table in service answers for, unless another process is at it; wait outages out."""
    while not stop.is_set():
        try:
            lacking = builder.lacking()
            if not lacking:
                return
            builder.build(lacking)
        except Stopped:
            return
        except (AlreadyBuilding, Superseded):
            # What another process has put in service meanwhile may be newer than what this code makes.
            stop.wait(RETRY_SECONDS)
        except (psycopg.OperationalError, LedgerUnavailable, BrokenProcessPool) as outage:
            log.warning("builds of read models wait", error=repr(outage))
            stop.wait(RETRY_SECONDS)


def _log_step(step: Step) -> None:
    log.info("read models are built", models=step.models, state=step.state, done=step.done, total=step.total)


def react(settings: Settings, reactions: tuple[Reaction, ...], stop: threading.Event) -> None:
    """Do what facts and expired limits ask for, every few seconds; an outage of the database is waited out."""
    while not stop.is_set():
        try:
            with psycopg.connect(
                settings.database_url, autocommit=True, application_name="smoe-reactions"
            ) as connection:
                while not stop.is_set():
                    for reaction in reactions:
                        _once(reaction, connection)
                    stop.wait(REACTION_SECONDS)
        except (psycopg.OperationalError, LedgerUnavailable) as outage:
            log.warning("reactions wait for the database", error=repr(outage))
            stop.wait(RETRY_SECONDS)


def _once(reaction: Reaction, connection: psycopg.Connection[Any]) -> None:
    """One round; whatever an outage makes fail counts as the outage."""
    try:
        reaction.run_once(connection)
    except (psycopg.OperationalError, LedgerUnavailable):
        raise
    except Exception:
        # Raises OperationalError when the database is gone; otherwise what happened is a bug and goes on up.
        connection.execute("SELECT 1")
        raise
