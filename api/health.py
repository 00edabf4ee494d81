"""Whether the process lives, whether everything it needs is there, and whether what it shows is recent enough."""

from typing import Any, Final

import msgspec
import structlog
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from psycopg import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from api.reading import Readers
from api.recording import COUNTED
from ledger.epochs import PositionsWouldFall
from ledger.facts import LedgerUnavailable
from ledger.settings import Settings
from ledger.store import Ledger
from ledger.vitals import Appender, AppenderWatch, LogState, Transaction, log_state, oldest_transaction
from projections.lateness import EVENTS_COUNTED_MAX, Lateness, lateness
from projections.letters import Backlog, backlog

RESTORED: Final = (
    "L'historique a été restauré dans une instance de PostgreSQL plus jeune, où ses positions reculeraient : avec le"
    " compte propriétaire, lancez « smoe ledger continue »."
)

log = structlog.get_logger()


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What the database tells of the ledger and of the read models at one moment."""

    position: int
    """Of the newest fact that readers may see."""
    horizon: int
    """Below it everything is settled."""
    models: tuple[Lateness, ...]
    appenders: tuple[Appender, ...]
    """Who appends, the oldest first."""
    oldest_transaction: Transaction | None
    log: LogState
    letters: Backlog

    @property
    def read_position(self) -> int:
        """How far the last of the read models has come."""
        return min((each.position for each in self.models), default=self.position)

    @property
    def parked(self) -> int:
        """Cases that read models have set aside, once for each model."""
        return sum(each.parked for each in self.models)


class Checkup:
    """Asks the database how it is, and judges the answer by the bounds of the settings."""

    def __init__(self, ledger: Ledger[Any], readers: Readers, settings: Settings) -> None:
        self.ledger = ledger
        self.readers = readers
        self.appenders = AppenderWatch(settings.appender_seconds_max)
        self.lag_events_max = settings.lag_events_max
        self.lag_seconds_max = settings.lag_seconds_max
        self._counted_max = max(EVENTS_COUNTED_MAX, settings.lag_events_max + 1)

    def look(self) -> Health:
        """How everything is. Raises OperationalError or LedgerUnavailable when the database does not answer."""
        last, now = self.ledger.last_position(), self.ledger.clock()
        with self.readers.connection() as connection:
            return Health(
                position=last,
                horizon=self.ledger.horizon(),
                models=lateness(connection, last, now, events_max=self._counted_max),
                appenders=self.appenders.look(connection),
                oldest_transaction=oldest_transaction(connection),
                log=log_state(connection, last, now, events_max=self._counted_max),
                letters=backlog(connection),
            )

    def faults(self, health: Health) -> tuple[str, ...]:
        """What passes its bound, in French; nothing when the service can be relied on."""
        of_models = (fault for each in health.models for fault in self._faults_of(each))
        of_appenders = (
            f"Une transaction ajoute des faits depuis {each.seconds:.0f} s (au plus {self.appenders.seconds_max:.0f} s)"
            f" et retient tous les lecteurs : processus {each.pid} de PostgreSQL, « {each.application_name} »."
            for each in self.appenders.stuck(health.appenders)
        )
        return (*of_models, *of_appenders)

    def _faults_of(self, model: Lateness) -> list[str]:
        name = f"La vue « {model.model} »"
        count = f"plus de {model.events - 1}" if model.events == self._counted_max else str(model.events)
        if model.is_missing:
            return [f"{name} n'est pas encore construite : {count} faits à lire."]
        faults = []
        if model.events > self.lag_events_max:
            faults.append(f"{name} a {count} faits de retard (au plus {self.lag_events_max}).")
        if model.seconds > self.lag_seconds_max:
            faults.append(f"{name} a {model.seconds:.0f} s de retard (au plus {self.lag_seconds_max} s).")
        return faults


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str


class ModelReadiness(msgspec.Struct, frozen=True, kw_only=True):
    """How far one read model has come."""

    model: str
    position: int
    lag_events: int
    """Facts it has not been told, counted up to a bound."""
    lag_seconds: float
    """Age of the oldest of them."""
    parked: int


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """What the service needs, part by part."""

    status: str
    """`ready`, or `not_ready`: `faults` says why."""
    faults: tuple[str, ...]
    postgresql: bool
    valkey: bool
    """What it carries may be lost: its absence does not make the service unready."""
    ledger_position: int
    read_position: int
    """How far the read models have come."""
    parked: int
    """Cases whose read models are set aside because of a fault."""
    models: tuple[ModelReadiness, ...]
    code_version: str


@get("/live", sync_to_thread=False, operation_id="Live", opt=COUNTED, summary="Le processus répond")
def live() -> Life:
    """Answer without asking anything of anybody."""
    return Life(status="alive")


@get(
    "/ready",
    sync_to_thread=True,
    operation_id="Ready",
    opt=COUNTED,
    summary="Le service peut travailler",
    responses={
        503: ResponseSpec(
            data_container=Readiness,
            description="PostgreSQL ne répond pas, ou ce qui se lit est trop en retard.",
            generate_examples=False,
        )
    },
)
def ready(checkup: NamedDependency[Checkup], valkey: NamedDependency[Redis]) -> Response[Readiness]:
    """Ask PostgreSQL and Valkey; PostgreSQL is needed to file, decide and show, and what is shown must be recent."""
    try:
        health = checkup.look()
        faults = checkup.faults(health)
    except PositionsWouldFall as error:
        log.warning("positions_would_fall", reason=str(error))
        health, faults = None, (RESTORED,)
    except (OperationalError, LedgerUnavailable) as error:
        log.warning("postgresql_unreachable", reason=str(error))
        health, faults = None, ("PostgreSQL ne répond pas.",)
    state = Readiness(
        status="not_ready" if faults else "ready",
        faults=faults,
        postgresql=health is not None or faults == (RESTORED,),
        valkey=_answers(valkey),
        ledger_position=health.position if health else 0,
        read_position=health.read_position if health else 0,
        parked=health.parked if health else 0,
        models=tuple(map(_readiness, health.models)) if health else (),
        code_version=checkup.ledger.code_version,
    )
    return Response(state, status_code=503 if faults else 200)


def _readiness(model: Lateness) -> ModelReadiness:
    return ModelReadiness(
        model=model.model,
        position=model.position,
        lag_events=model.events,
        lag_seconds=round(model.seconds, 3),
        parked=model.parked,
    )


def _answers(valkey: Redis) -> bool:
    try:
        return bool(valkey.ping())
    except RedisError:
        return False


def router() -> Router:
    """Routes under /health."""
    return Router("/health", route_handlers=[live, ready], tags=["Santé"])
