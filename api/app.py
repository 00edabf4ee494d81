"""The composition root: builds everything once, from the environment, and nothing else does."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController
from psycopg_pool import ConnectionPool
from redis import Redis

from api import (
    administration,
    case_routing,
    cases,
    commands,
    dashboards,
    events,
    health,
    law,
    permits,
    problem_codes,
    queues,
    reasons,
    reference,
    registers,
    routing_dry_run,
    sign_in,
    start,
    validity,
)
from api.access import SignedIn, provide_caller
from api.form import must_be_readable
from api.problems import HANDLERS
from api.reading import Readers, reads_one_instant
from api.tokens import Tokens
from domain.reference.load import load_reference
from ledger.datastore import CONNECT_SECONDS_MAX, GIVE_UP_SECONDS
from ledger.desk import Desk, open_ledger
from ledger.facts import utc_now
from ledger.logs import configure_logs
from ledger.settings import Settings

BODY_BYTES_MAX: Final = 2_000_000
READERS_MAX: Final = 8


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> Litestar:
    """The application on the servers that the settings name; `clock` gives aware instants."""
    configure_logs()
    settings = settings or Settings.from_environment(os.environ)
    ledger = open_ledger(settings, clock=clock)
    readers: Readers = ConnectionPool(
        settings.database_url,
        kwargs={"connect_timeout": CONNECT_SECONDS_MAX},
        min_size=1,
        max_size=READERS_MAX,
        timeout=CONNECT_SECONDS_MAX,
        reconnect_timeout=GIVE_UP_SECONDS,
        configure=reads_one_instant,
        # A lost connection is noticed before it is lent, since a reader asks only once.
        check=ConnectionPool.check_connection,
        open=True,
    )
    desk = Desk(ledger, load_reference())
    feed = events.Feed(desk)
    valkey: Redis = Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)

    def close() -> None:
        feed.close()
        readers.close()
        ledger.close()
        valkey.close()

    metrics = PrometheusConfig(app_name="smoe", prefix="smoe", group_path=True)
    routers: list[Any] = [
        cases.router(commands.command_routes()),
        queues.router(),
        events.router(),
        dashboards.router(),
        registers.router(),
        administration.router(),
        case_routing.router(),
        routing_dry_run.router(),
        permits.router(),
        law.router(),
        problem_codes.router(),
        reasons.router(),
        validity.router(),
        reference.router(),
        health.router(),
        start.router(),
        Metrics,
    ]
    if settings.local_sign_in:
        routers.append(sign_in.router())
    return Litestar(
        routers,
        state=State(
            {
                "desk": desk,
                "feed": feed,
                "tokens": Tokens(settings.secret_key, enabled=settings.local_sign_in),
                "check_key": settings.check_key,
            }
        ),
        dependencies={
            "desk": Provide(lambda: desk, sync_to_thread=False),
            "readers": Provide(lambda: readers, sync_to_thread=False),
            "valkey": Provide(lambda: valkey, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=True),
        },
        middleware=[metrics.middleware, DefineMiddleware(SignedIn, exclude=["^/health", "^/metrics", "^/schema"])],
        before_request=must_be_readable,
        exception_handlers=HANDLERS,
        on_shutdown=[close],
        request_max_body_size=BODY_BYTES_MAX,
        compression_config=CompressionConfig(backend="gzip", exclude=["^/metrics", "^/api/events"]),
        openapi_config=OpenAPIConfig(
            title="smoe",
            version=settings.code_version.partition("+")[0],
            description="Instruction des demandes d'autorisation de travail : dépôt, instruction, décision, recours.",
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json"), SwaggerRenderPlugin(path="/swagger")],
            components=Components(
                security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
            ),
            security=[{"bearer": []}],
            use_handler_docstrings=True,
        ),
        logging_config=None,
        debug=False,
    )


class Metrics(PrometheusController):
    """Figures for Prometheus at /metrics."""

    include_in_schema = False
