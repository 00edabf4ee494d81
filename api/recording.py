"""The access log as requests write it: every operation is in there before its answer leaves, new ones unasked.

What is only counted says so where the route is declared; everything else is an entry of its own, but for commands
that were carried out: their events tell of them.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Final, Literal, cast, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import LitestarException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.spec import OpenAPIType, Parameter, Schema
from litestar.openapi.spec import Operation as OpenApiOperation
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, Problematic, on_problematic, on_unavailable
from domain.administration import Administration
from domain.envelope import Actor
from domain.purposes import PURPOSES, Purpose, usual_purpose
from ledger.access_log import AccessLog
from ledger.accesses import Access, Reader
from ledger.facts import LedgerUnavailable
from projections.access import AccessFilter
from projections.read_model import folded

ONLY_COUNTED: Final = "only_counted"
"""The mark of routes that show no case and nobody's data."""
COUNTED: Final[dict[str, Any]] = {ONLY_COUNTED: True}
ASKED_TOO_MUCH_BEFORE: Final = "asked_too_much_before"
"""Where a request's state says that its caller was refused for the same a moment ago: entries for all would flood."""
PURPOSE_HEADER: Final = "Access-Purpose"
CASES_MAX: Final = 10_000
"""Of one entry."""
VALUES_MAX: Final = 50
"""Of one query: more are refused, since what is asked beyond them would be asked unrecorded."""
VALUE_LENGTH_MAX: Final = 200
_PURPOSE: Final = PURPOSE_HEADER.lower().encode()
_SAYS: Final = f"L'en-tête {PURPOSE_HEADER} dit la finalité d'une consultation : {', '.join(Purpose)}."

PLAIN: Final = re.compile(
    r"-?\d{1,19}|true|false|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?"
)
"""Numbers, days, instants and identifiers: no free text."""
SHAPES: Final = {
    "department": re.compile(r"\d[\dAB]\d?"),
    "decision": re.compile(r"[A-Z]\d{1,4}"),
    "document": re.compile(r"P\d{1,4}"),
    "number": re.compile(r"(?:AT|CV)-\d{4}(?:-[0-9A-F]{4}){3}"),
}
"""Parameters of text whose values are codes where they look like this, and free texts otherwise."""
NAMED: Final = frozenset({"platform", "assignee", "actor"})
"""Parameters whose values are in clear only where the administration knows that name: anything may be typed there."""
FREE: Final = frozenset({"q", "birth_date", "code", "searched"})
"""Parameters of which only a digest is kept, whatever they look like."""
_TRACE: Final = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


# What answers note of themselves


class Shown:
    """What an answer shows, noted while it is made."""

    __slots__ = ("cases", "is_told_by_facts", "parameters", "sent")

    def __init__(self) -> None:
        self.cases: dict[UUID, None] = {}
        self.parameters: dict[str, tuple[str, ...]] = {}
        self.is_told_by_facts = False
        self.sent: Sent | None = None


class Sent:
    """What a feed has sent by now."""

    __slots__ = ("cases", "facts")

    def __init__(self) -> None:
        self.cases: set[UUID] = set()
        self.facts = 0


_shown: ContextVar[Shown | None] = ContextVar("shown", default=None)


def note_cases(cases: Iterable[UUID]) -> None:
    """Say which cases the answer to the current request shows, where the answer itself does not."""
    if (shown := _shown.get()) is not None:
        shown.cases.update(dict.fromkeys(cases))


def note_facts_recorded() -> None:
    """Say that the current request recorded facts, which tell of it better than an entry of the log."""
    if (shown := _shown.get()) is not None:
        shown.is_told_by_facts = True


def note_feed(sent: Sent, sees: AccessFilter) -> None:
    """Say that the answer is a feed: what it may show now, and where to look up what it has sent when it ends."""
    if (shown := _shown.get()) is not None:
        shown.sent = sent
        shown.parameters["may_show"] = tuple(_extent(sees))


def _extent(sees: AccessFilter) -> Iterator[str]:
    if sees.all:
        yield "all"
    yield from (f"platform:{each}" for each in sorted(sees.platforms))
    yield from (f"department:{each}" for each in sorted(sees.departments))
    if sees.filed_by is not None:
        yield f"filed_by:{sees.filed_by}"
    if sees.related_to is not None:
        yield f"related_to:{sees.related_to}"
    if sees.unrouted:
        yield "unrouted"


async def note_what_is_shown(response: Response[Any]) -> Response[Any]:
    """Note the cases that an answer names, by itself or in its lines; called after every route.

    Asynchronous though it waits for nothing: Litestar would send anything else to a thread and back.
    """
    if isinstance(response.content, msgspec.Struct):
        note_cases(cases_named(response.content))
    return response


def cases_named(content: msgspec.Struct) -> Iterator[UUID]:
    """The cases that an answer, or a line of it, is about: what stands there as `case` or `case_id`."""
    named, lists = _places(type(content))
    yield from _identifiers(content, named)
    for name in lists:
        for line in getattr(content, name):
            kind: type[msgspec.Struct] = type(line)
            yield from _identifiers(line, _places(kind)[0])


def _identifiers(struct: msgspec.Struct, names: Iterable[str]) -> Iterator[UUID]:
    for name in names:
        value = getattr(struct, name)
        if isinstance(value, UUID):
            yield value


@lru_cache(1_024)
def _places(kind: type[msgspec.Struct]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where a kind of answer names cases: members that are one, and lists whose lines are about one each."""
    hints = get_type_hints(kind)
    named = tuple(name for name in ("case", "case_id") if name in hints)
    lists = tuple(name for name, hint in hints.items() if any(map(_names_case, _line_types(hint))))
    return named, lists


def _line_types(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in {tuple, list}:
        yield from get_args(hint)


def _names_case(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct) and bool(_places(kind)[0])


class Digests:
    """Digests of what people search for: whoever knows a text can ask for it, nobody can read it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, text: str) -> UUID:
        """The digest of a text as searches compare it, without case, accents and punctuation: half of an HMAC."""
        return UUID(bytes=hmac.digest(self._key, b"smoe-access-text-1|" + folded(text).encode(), "sha256")[:16])


def names_known(administration: Administration) -> frozenset[str]:
    """The platforms that any routing table names, and the identities of whoever has or had a right or a post."""
    platforms = {line.platform for table in administration.routing_tables for line in table.lines}
    held = {right.identity for right in administration.rights}
    ended = {revoked.identity for revoked in administration.revoked}
    return frozenset(platforms | held | ended | administration.agents.keys())


# What an operation is


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What the log has to know of a route."""

    name: str
    """As the OpenAPI document calls it; method and path for what is not in there."""
    is_only_counted: bool
    parameters: dict[str, frozenset[str]]
    """What may be asked, by name, with the closed list of values where there is one."""


def operation_name(handler: BaseRouteHandler, method: str, path: str) -> str:
    """What an operation is called: as the OpenAPI document does, or by method and path for what is not in there."""
    name = getattr(handler, "operation_id", None)
    return name if isinstance(name, str) else f"{method} {path}"


def operation_of(handler: HTTPRouteHandler, method: str, path: str) -> Operation:
    """The operation of a route."""
    name = operation_name(handler, method, path)
    is_of_the_document = path == "/schema" or path.startswith("/schema/")
    fields = dict(handler.parsed_fn_signature.parameters)
    for dependency in handler.resolve_dependencies().values():
        fields.update(dependency.parsed_fn_signature.parameters)
    known = {}
    for field in fields.values():
        alias = getattr(field.kwarg_definition, "name", None) or field.name
        known[alias] = frozenset(_closed_values(field.annotation))
    return Operation(
        name=name,
        is_only_counted=bool(handler.opt.get(ONLY_COUNTED)) or is_of_the_document or method == "OPTIONS",
        parameters=known,
    )


def _closed_values(hint: Any) -> Iterator[str]:
    if isinstance(hint, type) and issubclass(hint, Enum):
        yield from (str(each.value) for each in hint)
    elif get_origin(hint) is Literal:
        yield from map(str, get_args(hint))
    else:
        for inner in get_args(hint):
            yield from _closed_values(inner)


PURPOSE: Final = Parameter(
    name=PURPOSE_HEADER,
    param_in="header",
    required=False,
    description="Finalité de la consultation, consignée au journal des accès ; à défaut, celle de la qualité de "
    f"l'appelant. {' '.join(f'{purpose} : {said}' for purpose, said in PURPOSES.items())}",
    schema=Schema(type=OpenAPIType.STRING, enum=[purpose.value for purpose in Purpose]),
)


@dataclass
class OperationWithPurpose(OpenApiOperation):
    """An operation of the document, which takes the header that says what it is for."""

    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or ()), PURPOSE]


def titles_of(routes: Iterable[BaseRoute]) -> dict[str, str]:
    """What each operation does, in French, by the name that the log gives it."""
    return {
        operation_of(handler, method, route.path_format).name: handler.summary or f"{method} {route.path_format}"
        for route in routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
    }


def document_purposes(routes: Iterable[BaseRoute]) -> None:
    """Have the OpenAPI document say that the purpose may be given, for whatever is recorded one by one."""
    for route in routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if not handler.opt.get(ONLY_COUNTED) and not issubclass(handler.operation_class, OperationWithPurpose):
                    handler.operation_class = OperationWithPurpose


# The middleware


class AccessRecorded:
    """Middleware: holds each answer back until it stands in the log; without an entry there is no answer."""

    def __init__(
        self,
        app: ASGIApp,
        accesses: AccessLog,
        digest: Callable[[str], UUID],
        names: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self.app = app
        self.accesses = accesses
        self.digest = digest
        self.names = names
        """Those that are no free text where a platform or somebody of the services is asked for."""
        self._operation: Operation | None = None
        """Each route has a middleware of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer once it is recorded."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        operation = self._operation
        if operation is None:
            handler = scope["route_handler"]
            assert isinstance(handler, HTTPRouteHandler), "what is asked over HTTP has such a handler"
            operation = operation_of(handler, scope["method"], scope["path_template"])
            self._operation = operation
        shown = Shown()
        _shown.set(shown)
        refusal: LedgerUnavailable | None = None

        async def recording(message: Message) -> None:
            nonlocal refusal
            if message["type"] == "http.response.start":
                try:
                    await self._record(scope, operation, shown, message["status"])
                except LedgerUnavailable as outage:
                    # Whatever is being sent ends here.
                    refusal = outage
                    raise
            await send(message)

        try:
            refused = None if operation.is_only_counted else _refused(scope)
            if refused is not None:
                await _answer(on_problematic(Request(scope), refused), scope, receive, recording)
            else:
                await self.app(scope, receive, recording)
        except (LitestarException, LedgerUnavailable):
            if refusal is None:
                raise
        finally:
            if shown.sent is not None and refusal is None:
                self._record_end(scope, operation, shown.sent)
        if refusal is not None:
            self.accesses.count(operation.name, _role(scope), 503)
            await _answer(on_unavailable(Request(scope), refusal), scope, receive, send)

    async def _record(self, scope: Scope, operation: Operation, shown: Shown, status: int) -> None:
        if shown.is_told_by_facts and status < 400:
            return
        actor: Actor | None = scope["user"]
        # An error of ours shows nothing; of whoever is not signed in and was told nothing, anybody could fill the log.
        was_told = actor is None or scope["state"].get(ASKED_TOO_MUCH_BEFORE)
        is_noise = status >= 500 or (actor is None and status in {400, 401}) or (status == 429 and was_told)
        if operation.is_only_counted or is_noise:
            self.accesses.count(operation.name, _role(scope), status)
        else:
            await self.accesses.write(self._entry(scope, operation, shown, status))

    def _record_end(self, scope: Scope, operation: Operation, sent: Sent) -> None:
        cases = sorted(sent.cases)
        # A feed may be open for months: no case is left out because there were many.
        for begin in range(0, len(cases) or 1, CASES_MAX):
            shown = Shown()
            shown.cases.update(dict.fromkeys(cases[begin : begin + CASES_MAX]))
            self.accesses.write_later(self._entry(scope, operation, shown, 200, facts=sent.facts))

    def _entry(self, scope: Scope, operation: Operation, shown: Shown, status: int, facts: int | None = None) -> Access:
        actor: Actor | None = scope["user"]
        named: list[UUID] = [value for value in _path_values(scope).values() if isinstance(value, UUID)][:1]
        kept: dict[str, list[str]] = {}
        searched: dict[str, list[UUID]] = {}
        for name, value in _asked(scope, operation):
            if name == "case" and (case := _identifier(value)) is not None:
                named.append(case)
            elif self._is_plain(operation, name, value):
                kept.setdefault(name, []).append(value)
            else:
                searched.setdefault(name, []).append(self.digest(value))
        purposes = _purposes(scope)
        return Access(
            at=self.accesses.clock(),
            operation=operation.name,
            actor=Reader.of(actor) if actor else None,
            role=_role(scope),
            cases=tuple(dict.fromkeys((*named, *shown.cases)))[:CASES_MAX],
            parameters={name: tuple(values) for name, values in kept.items()} | shown.parameters,
            searched={name: tuple(values) for name, values in searched.items()},
            status=status,
            purpose=Purpose(purposes[0]) if purposes and _is_known(purposes) else usual_purpose(_role(scope)),
            trace=_trace(scope),
            facts=facts,
        )

    def _is_plain(self, operation: Operation, name: str, value: str) -> bool:
        """Whether a value is no free text: who was searched for must not outlive their erasure."""
        if name in FREE or len(value) > VALUE_LENGTH_MAX:
            return False
        if PLAIN.fullmatch(value) or value in operation.parameters.get(name, ()):
            return True
        shape = SHAPES.get(name)
        if shape is not None:
            return shape.fullmatch(value) is not None
        return name in NAMED and value in self.names()


def _asked(scope: Scope, operation: Operation) -> Iterator[tuple[str, str]]:
    """The parameters of path and query that the operation knows; what it does not know changed nothing."""
    for name, value in _path_values(scope).items():
        if not isinstance(value, UUID):
            yield name, str(value)
    if query := scope["query_string"]:
        for name, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True)[:VALUES_MAX]:
            if name in operation.parameters:
                yield name, text


def _path_values(scope: Scope) -> dict[str, Any]:
    """What the address named, in the types that the route declares."""
    return cast(dict[str, Any], scope["path_params"])


def _identifier(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _purposes(scope: Scope) -> list[str]:
    return [value.decode("latin-1").strip() for name, value in scope["headers"] if name == _PURPOSE]


def _is_known(purposes: list[str]) -> bool:
    return not purposes or (len(purposes) == 1 and purposes[0] in Purpose.__members__.values())


def _refused(scope: Scope) -> Problematic | None:
    """Why a request cannot be recorded as it would have to be."""
    if not _is_known(_purposes(scope)):
        return Problematic("malformed", _SAYS)
    if scope["query_string"].count(b"&") >= VALUES_MAX:
        return Problematic("malformed", f"Une requête porte {VALUES_MAX} paramètres au plus.")
    return None


def _trace(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            found = _TRACE.fullmatch(value)
            return found[1].decode() if found else None
    return None


def _role(scope: Scope) -> Any:
    actor: Actor | None = scope["user"]
    return actor.role if actor else None


async def _answer(response: Response[Problem], scope: Scope, receive: Receive, send: Send) -> None:
    await response.to_asgi_response(app=None, request=Request(scope))(scope, receive, send)
