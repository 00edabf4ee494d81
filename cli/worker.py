"""`smoe worker`: keeps the read models up to date and does what facts and expired limits cause."""

import contextlib
import signal
import threading
from types import FrameType
from typing import Any, Final, Protocol

import psycopg
import structlog
from prometheus_client import REGISTRY

from domain.reference.load import load_reference
from ledger.desk import open_ledger
from ledger.facts import LedgerUnavailable
from ledger.logs import configure_logs
from ledger.settings import Settings
from ledger.vitals import AppenderWatch
from projections.runner import Runner
from reactions.erasure import Erasure
from reactions.silence import Silence

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
    """Follow the ledger in one thread and react in this one, until told to stop."""
    ledger = open_ledger(settings)
    runner = Runner(ledger, settings.owner_database_url, reference=load_reference(), check_key=settings.check_key)
    failures: list[Exception] = []

    def follow() -> None:
        try:
            runner.run_forever(stop)
        except Exception as failure:
            # A thread cannot raise into another: the main one does, once all has stopped.
            failures.append(failure)
        finally:
            stop.set()

    following = threading.Thread(target=follow, name="read-models")
    following.start()
    try:
        stuck = AppenderWatch(settings.appender_seconds_max)
        react(settings, (Silence(runner.desk), Erasure(ledger.keys), stuck), stop)
    finally:
        stop.set()
        following.join()
        ledger.close()
    if failures:
        raise RuntimeError("the read models stopped") from failures[0]


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
