"""One span for each request, by its route: no address with its values, no body, no caller."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send


class Tracer(Protocol):
    """Opens the span of a request."""

    def request(self, method: str, route: str, headers: Mapping[str, str]) -> AbstractContextManager[Any]:
        """The span, within that of whoever sent the request."""


class Traced:
    """Middleware: times each request and notes its status."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self.app = app
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its span."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        with self.tracer.request(scope["method"], scope["path_template"], Headers.from_scope(scope)) as span:

            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self.app(scope, receive, noting)
