"""What every request passes before any route is looked for, and what every answer carries, errors included."""

import asyncio
import re
from functools import lru_cache
from typing import Any, Final, cast

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from api.problems import Problematic, on_bug, on_problematic

PATH_LENGTH_MAX: Final = 1_024
QUERY_BYTES_MAX: Final = 8_192
HEADERS_MAX: Final = 64
HEADER_BYTES_MAX: Final = 8_192
"""Of one value: a token of a provider that lists groups takes some 4 kB."""
HEADERS_BYTES_MAX: Final = 32_768
BODY_SECONDS_MAX: Final = 30.0
"""From the first byte awaited to the last: 2 MB over a link of 0.6 Mb/s."""

FILE_BYTES_PER_SECOND_MIN: Final = 16_384
"""As fast as a file must come in on average, once those seconds are over; some ten times slower than a poor line."""
_TAKES_FILES: Final = re.compile(r"/api/(?:uploads/[^/]+|cases/[^/]+/documents(?:/[^/]+/versions/[^/]+/content)?)/?")

PORT_MAX: Final = 65_535
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?")

HTML_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Of pages: everything from here, nothing written in the page itself is run or applied."""
DATA_POLICY: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
FILE_POLICY: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
"""Of files that others sent, which their routes say: whatever a browser makes of one, it is of no origin."""
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    # The server says what it is where nobody else says anything.
    "Server": "smoe",
}
STRICT_TRANSPORT: Final = "max-age=63072000; includeSubDomains"
NOT_KEPT: Final = "no-store"

log = structlog.get_logger()


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class Cut(Exception):
    """An answer had begun when something failed: the connection must end, and has been told of already."""


class Edge:
    """The outermost layer: refuses what no route needs to see, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, *, production: bool, body_seconds_max: float = BODY_SECONDS_MAX) -> None:
        self.app = app
        self.body_seconds_max = body_seconds_max
        always = ALWAYS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if production else {})
        self._of_data = _raw(always | {"Content-Security-Policy": DATA_POLICY})
        self._of_files = _raw(always)
        self._of_pages = _raw(always | {"Content-Security-Policy": HTML_POLICY})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what can be read within bounds; answer anything else here."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        has_begun = False

        async def sealing(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message["headers"] = self._complete(list(message.get("headers") or ()))
            await send(message)

        try:
            refused, has_body = _judged(scope)
            if refused is None:
                per_second = FILE_BYTES_PER_SECOND_MIN if _TAKES_FILES.fullmatch(scope["path"]) else 0
                await self.app(scope, self._punctual(receive, per_second) if has_body else receive, sealing)
                return
            answer = on_problematic(Request[Any, Any, Any](scope), refused)
        except Exception as error:
            # Beyond the framework's own handlers; the server would print it whole, and answer in its own words.
            if has_begun:
                log.error("an answer was cut short", path=scope["path"], exc_info=error)
                raise Cut from None
            answer = on_bug(Request[Any, Any, Any](scope), error)
        await answer.to_asgi_response(app=None, request=Request(scope))(scope, receive, sealing)

    def _complete(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of an answer with those that every answer has; what a route says of keeping it stands."""
        is_page = is_kept = is_file = False
        for name, value in headers:
            if name == b"content-type":
                is_page = value.startswith(b"text/html")
            elif name == b"cache-control":
                is_kept = True
            elif name == b"content-security-policy":
                is_file = value == FILE_POLICY.encode()
        headers += self._of_files if is_file else self._of_pages if is_page else self._of_data
        if not is_kept:
            headers.append((b"cache-control", NOT_KEPT.encode()))
        return headers

    def _punctual(self, receive: Receive, per_second: int) -> Receive:
        """Receive a body that must be there whole in time; whoever sends a byte a minute holds nothing for long.

        Of a file, so many bytes give a second more.
        """
        deadline: float | None = None
        is_whole = False

        async def receiving() -> HTTPReceiveMessage | Any:
            nonlocal deadline, is_whole
            if is_whole:
                # What comes now is only that the client left.
                return await receive()
            deadline = deadline or asyncio.get_running_loop().time() + self.body_seconds_max
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                is_whole = True
                raise Problematic("too_slow", headers={"Connection": "close"}) from None
            is_whole = not message.get("more_body", False)
            if per_second:
                deadline += len(cast(bytes, message.get("body", b""))) / per_second
            return message

        return receiving


def _judged(scope: HTTPScope) -> tuple[Problematic | None, bool]:
    """Why a request is refused before anything looks at it, by its size and form alone; and whether it has a body."""
    if len(scope["path"]) > PATH_LENGTH_MAX or len(scope["query_string"]) > QUERY_BYTES_MAX:
        return Problematic("address_too_long"), False
    count = size = longest = hosts = 0
    has_length = is_chunked = False
    is_host = True
    for name, value in scope["headers"]:
        count += 1
        size += len(name) + len(value)
        longest = max(longest, len(value))
        if name == b"host":
            hosts += 1
            is_host = is_host and _is_host(value)
        elif name == b"content-length":
            has_length = True
        elif name == b"transfer-encoding":
            is_chunked = True
    if longest > HEADER_BYTES_MAX or size > HEADERS_BYTES_MAX or count > HEADERS_MAX:
        return Problematic("headers_too_large"), False
    if hosts > 1 or not is_host:
        return Problematic("malformed", "L'en-tête Host ne nomme pas un serveur."), False
    if has_length and is_chunked:
        # Two lengths are two readings of where the next request begins.
        closing = {"Connection": "close"}
        return Problematic("malformed", "Content-Length et Transfer-Encoding s'excluent.", headers=closing), False
    return None, has_length or is_chunked


@lru_cache(256)
def _is_host(value: bytes) -> bool:
    """Whether links to ourselves can be made of it, which the framework tries at any moment."""
    found = _HOST.fullmatch(value)
    return found is not None and int(found[1] or 0) <= PORT_MAX
