"""How many requests, how long, how many under way: counted by route, never by address.

The framework's own middleware looks every figure up anew and builds a request for it, a seventh of the time that an API
under load has; the figures themselves are the Prometheus client's.
"""

import time
from functools import lru_cache
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Gauge, Histogram

ROUTE: Final = ("method", "path", "app_name")
OUTCOME: Final = ("method", "path", "status_code", "app_name")
APP: Final = "smoe"
SERIES_MAX: Final = 4_096
"""Routes and outcomes whose figures are at hand."""

_under_way = Gauge(
    "smoe_requests_in_progress", "Total requests currently in progress", ROUTE, multiprocess_mode="livesum"
)
_requests = Counter("smoe_requests_total", "Total requests", OUTCOME)
_errors = Counter("smoe_requests_error_total", "Total errors in requests", OUTCOME)
_seconds = Histogram("smoe_request_duration_seconds", "Request duration, in seconds", OUTCOME)


class Counted:
    """Middleware: counts each request when it has been answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it however it ends."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        method, path = scope["method"], scope["path_template"]
        status, began = 500, time.perf_counter()
        ended = began

        async def noting(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                ended = time.perf_counter()
            await send(message)

        under_way = _gauge(method, path)
        under_way.inc()
        try:
            await self.app(scope, receive, noting)
        finally:
            under_way.dec()
            requests, errors, seconds = _series(method, path, status)
            requests.inc()
            seconds.observe(ended - began)
            if status >= 500:
                errors.inc()


@lru_cache(SERIES_MAX)
def _gauge(method: str, path: str) -> Gauge:
    return _under_way.labels(method, path, APP)


@lru_cache(SERIES_MAX)
def _series(method: str, path: str, status: int) -> tuple[Counter, Counter, Histogram]:
    labels = (method, path, str(status), APP)
    return _requests.labels(*labels), _errors.labels(*labels), _seconds.labels(*labels)
