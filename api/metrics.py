"""Figures for Prometheus at /metrics: those of this process, and those of the database, asked when they are wanted."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import psycopg
import structlog
from litestar import Response, Router, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import ConnectionPool

from api.health import Checkup, Health
from api.recording import COUNTED
from ledger.facts import LedgerUnavailable
from ledger.vitals import LogState

FRESH_SECONDS: Final = 1.0
"""For how long an answer of the database serves everybody who asks."""

Pools: TypeAlias = Mapping[str, ConnectionPool[Any]]

log = structlog.get_logger()


class DatabaseFigures(Collector):
    """What the database tells, asked at most once a second; without an answer its figures are absent."""

    def __init__(self, checkup: Checkup, pools: Pools) -> None:
        self._checkup = checkup
        self._pools = pools
        self._asking = threading.Lock()
        self._health: Health | None = None
        self._asked_at = float("-inf")

    def collect(self) -> Iterator[Metric]:
        """Every figure at this moment."""
        health = self._latest()
        yield _gauge("smoe_database_up", "Whether the ledger can be used (1) or not (0)", 0 if health is None else 1)
        yield from _of_pools(self._pools)
        if health is not None:
            yield from _of_ledger(health)
            yield from _of_log(health.log)
            yield from _of_models(health)
            yield _gauge(
                "smoe_letters_waiting", "Letters that cases call for and that are not written yet", health.letters.due
            )
            yield _gauge(
                "smoe_letters_parked", "Letters that could not be written, and are tried again", health.letters.parked
            )

    def _latest(self) -> Health | None:
        # Who asks meanwhile waits for the same answer, in an outage too.
        with self._asking:
            if time.monotonic() - self._asked_at >= FRESH_SECONDS:
                try:
                    self._health = self._checkup.look()
                except (psycopg.Error, LedgerUnavailable) as error:
                    log.warning("the database gives no figures", reason=str(error))
                    self._health = None
                self._asked_at = time.monotonic()
            return self._health


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)


def _of_ledger(health: Health) -> Iterator[Metric]:
    yield _gauge("smoe_ledger_position", "Position of the newest fact that readers may see", health.position)
    yield _gauge("smoe_ledger_horizon", "Position below which everything is settled", health.horizon)
    yield _gauge("smoe_ledger_appenders", "Transactions that are appending", len(health.appenders))
    yield _gauge(
        "smoe_ledger_horizon_age_seconds",
        "Age of the oldest transaction that is appending, before which readers stop, in seconds",
        health.appenders[0].seconds if health.appenders else 0,
    )
    if health.oldest_transaction is not None:
        oldest = health.oldest_transaction
        yield _gauge(
            "smoe_database_oldest_transaction_seconds", "Age of the oldest transaction, in seconds", oldest.seconds
        )
        yield _gauge("smoe_database_oldest_transaction_pid", "Process that runs the oldest transaction", oldest.pid)


def _of_log(log: LogState) -> Iterator[Metric]:
    yield _gauge("smoe_log_size", "Facts in the Merkle log", log.size)
    yield _gauge(
        "smoe_log_lag_events", "Settled facts that the Merkle log has not taken in, up to a bound", log.lag_events
    )
    if log.checkpoint_seconds is not None:
        yield _gauge(
            "smoe_log_checkpoint_age_seconds", "Age of the newest signed checkpoint, in seconds", log.checkpoint_seconds
        )


def _of_models(health: Health) -> Iterator[Metric]:
    families = [
        GaugeMetricFamily(f"smoe_read_model_{name}", documentation, labels=["model"])
        for name, documentation in (
            ("position", "Position that the read model has reached"),
            ("lag_events", "Facts that the read model has not been told, counted up to a bound"),
            ("lag_seconds", "Age of the oldest fact that the read model has not been told, in seconds"),
            ("parked_cases", "Cases that the read model could not project"),
        )
    ]
    for each in health.models:
        figures = (each.position, each.events, each.seconds, each.parked)
        for family, figure in zip(families, figures, strict=True):
            family.add_metric([each.model], figure)
    yield from families


def _of_pools(pools: Pools) -> Iterator[Metric]:
    families = {
        key: GaugeMetricFamily(f"smoe_pool_{name}", documentation, labels=["pool"])
        for key, name, documentation in (
            ("pool_size", "connections", "Connections of the pool to the database"),
            ("pool_available", "available", "Connections of the pool that nobody uses"),
            ("requests_waiting", "waiting", "Threads that wait for a connection of the pool"),
        )
    }
    for pool, connections in pools.items():
        stats = connections.get_stats()
        for key, family in families.items():
            family.add_metric([pool], stats.get(key, 0))
    yield from families.values()


class Figures:
    """Everything that /metrics tells."""

    def __init__(self, checkup: Checkup, pools: Pools) -> None:
        self.of_database = CollectorRegistry()
        self.of_database.register(DatabaseFigures(checkup, pools))

    def registries(self) -> tuple[CollectorRegistry, ...]:
        """The figures of this process, or of all processes of the server that share a folder for them, and the rest."""
        of_processes = REGISTRY
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            of_processes = CollectorRegistry()
            multiprocess.MultiProcessCollector(of_processes)  # type: ignore[no-untyped-call]
        return of_processes, self.of_database


@get("/", sync_to_thread=True, include_in_schema=False, opt=COUNTED)
def metrics(figures: NamedDependency[Figures]) -> Response[bytes]:
    """Every figure, in the text format of Prometheus."""
    text = b"".join(generate_latest(registry) for registry in figures.registries())
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def router() -> Router:
    """The route /metrics."""
    return Router("/metrics", route_handlers=[metrics])
