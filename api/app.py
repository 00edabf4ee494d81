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
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from redis import Redis

from api import (
    access_log,
    administration,
    archives,
    bundles,
    case_routing,
    cases,
    checklists,
    commands,
    dashboards,
    decision_sheets,
    document_texts,
    documentation,
    documents,
    events,
    health,
    law,
    letters,
    metrics,
    permits,
    person_export,
    personal_data,
    problem_codes,
    proofs,
    queues,
    reasons,
    reference,
    registers,
    routing_dry_run,
    sheets,
    start,
    traceability,
    uploads,
    validity,
)
from api.access import must_all_have_a_line, must_be_entitled, provide_actor, provide_caller
from api.addresses import Addresses
from api.counting import Counted
from api.edge import Edge
from api.form import must_be_readable
from api.identity import local_sign_in, me, routes
from api.identity.code_flow import CodeFlow
from api.identity.local_tokens import Tokens
from api.identity.providers import Providers
from api.identity.renewal import Renewal
from api.identity.sessions import Sessions
from api.identity.sign_in_log import TITLES, SignInLog
from api.identity.signed_in import Identities, Refusing, SignedIn
from api.problems import HANDLERS
from api.rate_limits import RateLimited, RateLimits
from api.reading import Readers, provide_stale
from api.recording import (
    AccessRecorded,
    Digests,
    document_purposes,
    names_known,
    note_what_is_shown,
    titles_of,
)
from api.traces import Traced
from documents.export.seda import Agencies
from documents.stationery import Stationery
from documents.storage import Files
from documents.uploads import Uploads
from domain.reference.load import load_reference
from ledger.access_log import AccessLog
from ledger.desk import Desk, open_ledger
from ledger.facts import utc_now
from ledger.logs import configure_logs
from ledger.proofs.notary import Notary
from ledger.secrets import with_secrets
from ledger.settings import Settings

BODY_BYTES_MAX: Final = 2_000_000


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> Litestar:
    """The application on the servers that the settings name; `clock` gives aware instants."""
    configure_logs()
    settings = with_secrets(settings or Settings.from_environment(os.environ))
    ledger = open_ledger(settings, clock=clock)
    readers = Readers(settings.database_url)
    desk = Desk(ledger, load_reference())
    files = Files(settings.files_url, ledger.keys)
    arriving = Uploads.of(settings)
    stationery = Stationery.of(settings)
    notary = Notary(ledger, settings.checkpoint_keys)
    agencies = Agencies(settings.archival_agency, settings.transferring_agency, settings.archival_agreement)
    checkup = health.Checkup(ledger, readers, settings)
    figures = metrics.Figures(checkup, {"ledger": ledger.recorder.datastore.pool, "readers": readers})
    feed = events.Feed(desk)
    valkey: Redis = Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)

    tokens = Tokens(settings.secret_key, enabled=settings.local_sign_in)
    # When somebody read is no matter of the clock by which cases live.
    accesses = AccessLog(settings.database_url, utc_now)
    digests = Digests(settings.access_key)
    # Tokens and sessions live by the real clock, as their providers do.
    sessions = Sessions(
        settings.database_url,
        settings.session_key,
        idle_seconds=settings.session_idle_seconds,
        seconds_max=settings.session_seconds_max,
        clock=utc_now,
    )
    providers = Providers(settings.providers, development=settings.mode == "development")
    sign_in_log = SignInLog(accesses)
    renewal = Renewal(providers, sessions, sign_in_log)
    identities = Identities(tokens, providers, sessions, renewal, desk, settings.origin)
    code_flow = CodeFlow(providers, sessions, settings.session_key, settings.origin)
    middleware: list[Any] = [
        Counted,
        DefineMiddleware(SignedIn, identities=identities),
        DefineMiddleware(
            AccessRecorded,
            accesses=accesses,
            digest=digests.of,
            names=lambda: names_known(desk.administration_known),
        ),
    ]
    on_shutdown: list[Any] = [accesses.end]
    if settings.rate_limits:
        limits = RateLimits(settings.rate_limits, settings.redis_url, settings.limit_key)
        addresses = Addresses(settings.trusted_proxies, settings.proxy_header)
        # Within the two before it: what is refused is counted and recorded like any other answer.
        middleware.append(DefineMiddleware(RateLimited, limits=limits, addresses=addresses))
        on_shutdown.append(limits.close)
    middleware.append(Refusing)
    if settings.otlp:
        # Loaded only where it is wanted.
        from ledger.otlp import Otlp

        otlp = Otlp("smoe-api", settings.code_version, figures.registries)
        middleware.insert(0, DefineMiddleware(Traced, tracer=otlp))

    def close() -> None:
        if settings.otlp:
            otlp.close()
        feed.close()
        readers.close()
        identities.close()
        providers.close()
        sessions.close()
        arriving.close()
        accesses.close()
        ledger.close()
        valkey.close()

    routers: list[Any] = [
        cases.router(commands.command_routes()),
        documents.router(file_bytes_max=settings.file_bytes_max, serve_unscanned=settings.serve_unscanned),
        document_texts.router(serve_unscanned=settings.serve_unscanned),
        uploads.router(file_bytes_max=settings.file_bytes_max),
        checklists.router(),
        queues.router(),
        events.router(),
        dashboards.router(),
        registers.router(),
        administration.router(),
        case_routing.router(),
        routing_dry_run.router(),
        permits.router(),
        permits.of_the_page(),
        law.router(),
        problem_codes.router(),
        reasons.router(),
        validity.router(),
        proofs.of_cases(),
        proofs.of_the_log(),
        letters.router(),
        decision_sheets.router(),
        bundles.router(),
        sheets.router(),
        archives.router(),
        traceability.router(),
        reference.router(),
        access_log.router(),
        personal_data.router(),
        person_export.of_cases(),
        health.router(),
        start.router(),
        routes.router(),
        me.router(),
        metrics.router(),
    ]
    if settings.local_sign_in:
        routers.append(local_sign_in.router())
    application = Litestar(
        routers,
        state=State(
            {
                "desk": desk,
                "feed": feed,
                "check_key": settings.check_key,
                "accesses": accesses,
                "sessions": sessions,
                "providers": providers,
            }
        ),
        dependencies={
            "desk": Provide(lambda: desk, sync_to_thread=False),
            "notary": Provide(lambda: notary, sync_to_thread=False),
            "agencies": Provide(lambda: agencies, sync_to_thread=False),
            "stationery": Provide(lambda: stationery, sync_to_thread=False),
            "files": Provide(lambda: files, sync_to_thread=False),
            "uploads": Provide(lambda: arriving, sync_to_thread=False),
            "file_bytes_max": Provide(lambda: settings.file_bytes_max, sync_to_thread=False),
            "digests": Provide(lambda: digests, sync_to_thread=False),
            "identities": Provide(lambda: identities, sync_to_thread=False),
            "code_flow": Provide(lambda: code_flow, sync_to_thread=False),
            "sign_in_log": Provide(lambda: sign_in_log, sync_to_thread=False),
            "readers": Provide(lambda: readers, sync_to_thread=False),
            "checkup": Provide(lambda: checkup, sync_to_thread=False),
            "figures": Provide(lambda: figures, sync_to_thread=False),
            "valkey": Provide(lambda: valkey, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=True),
            "actor": Provide(provide_actor, sync_to_thread=False),
            "stale": Provide(provide_stale),
        },
        middleware=middleware,
        guards=[must_be_entitled],
        before_request=must_be_readable,
        after_request=note_what_is_shown,
        exception_handlers=HANDLERS,
        on_shutdown=[*on_shutdown, close],
        request_max_body_size=BODY_BYTES_MAX,
        compression_config=CompressionConfig(
            backend="gzip", exclude=["^/metrics", "^/api/events"], exclude_opt_key=commands.UNCOMPRESSED
        ),
        openapi_config=OpenAPIConfig(
            title="smoe",
            version=settings.code_version.partition("+")[0],
            description="Instruction des demandes d'autorisation de travail : dépôt, instruction, décision, recours.",
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json"), documentation.Page(path="/swagger")],
            components=Components(
                security_schemes={
                    "bearer": SecurityScheme(
                        type="http",
                        scheme="bearer",
                        bearer_format="JWT",
                        description="Jeton d'accès. L'en-tête Acting-As choisit une autre des qualités détenues.",
                    ),
                    "session": SecurityScheme(
                        type="apiKey",
                        security_scheme_in="cookie",
                        name=identities.cookies.session_name,
                        description="Session d'un navigateur. Chaque acte y porte l'en-tête X-CSRF-Token, dont le jeton"
                        " se lit sur /api/me.",
                    ),
                }
            ),
            security=[{"bearer": []}, {"session": []}],
            use_handler_docstrings=True,
        ),
        logging_config=None,
        debug=False,
    )
    must_all_have_a_line(application.routes)
    # Around everything: what no route answers has its headers too.
    application.asgi_handler = Edge(application.asgi_handler, production=settings.mode == "production")
    document_purposes(application.routes)
    application.state.operation_titles = titles_of(application.routes) | TITLES
    return application
