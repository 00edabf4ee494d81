"""Every operation of an application, documented or not; what commands may record; how each of the others is asked."""

from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from api.recording import operation_of
from domain.command import administration_commands, case_commands
from domain.commands.file_request import file_request
from domain.envelope import Event


class Asked(NamedTuple):
    """An operation as a client sees it."""

    name: str
    method: str
    path: str
    handler: HTTPRouteHandler


def operations(app: Litestar) -> list[Asked]:
    """Everything that answers over HTTP."""
    return [
        Asked(operation_of(handler, method, route.path_format).name, method, route.path_format, handler)
        for route in app.routes
        for handler in (route.route_handlers if isinstance(route, HTTPRoute) else ())
        for method in sorted(handler.http_methods)
    ]


def facts_of(decide: Callable[..., Any]) -> set[str]:
    """The types of fact that a deciding function declares, as mypy holds it to; fails on one that does not say."""
    hint = get_type_hints(decide)["return"]
    assert get_origin(hint) is tuple
    kind, rest = get_args(hint)
    assert rest is ...
    kinds = get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)
    assert all(issubclass(each, Event) for each in kinds)
    assert len(kinds) < 10, f"{decide.__name__} does not say which facts it records"
    return {each.__name__ for each in kinds}


def facts_by_path() -> Mapping[tuple[str, str], set[str]]:
    """What each command may record, by method and path."""
    on_cases = {
        ("POST", f"/api/cases/{{case_id}}/{name}"): facts_of(each.decide) for name, each in case_commands().items()
    }
    on_administration = {
        ("POST", f"/api/admin/{name}"): facts_of(each.decide) for name, each in administration_commands().items()
    }
    return {("POST", "/api/cases"): facts_of(file_request), **on_cases, **on_administration}


PLACES: Final = {"{version}": "1", "{upload}": "01a20345-0000-4000-8000-000000000000"}
"""What stands in an address that takes no text there."""


def address(path: str, case: UUID) -> str:
    """An address of this form: of the case, and of what need not exist."""
    parts = path.replace("{case_id}", str(case)).split("/")
    return "/".join(PLACES.get(part, "x1") if part.startswith("{") else part for part in parts)


def lacking(asked: Iterable[Asked], commands: Mapping[tuple[str, str], set[str]], logged: set[str]) -> list[str]:
    """The operations that neither record facts nor left a trace in the log."""
    return [each.name for each in asked if not commands.get((each.method, each.path)) and each.name not in logged]
