"""How a command is written down: its name, its French title, an example, its deciding function."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec

from domain.administration import Administration
from domain.case import Case
from domain.context import Context
from domain.envelope import Role
from domain.events import AdministrationEvent, CaseEvent
from domain.rights import TABLE


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a command: the request body itself, there is no second form of it."""


class CaseCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A command on a case, as the API and the simulation know it."""

    name: str
    """Last part of its address: `POST /api/cases/{id}/<name>`."""
    title: str
    body: type[Command]
    by: frozenset[Role]
    """Who may give it at all, by its line in the table of rights."""
    fresh: bool
    """True: the command names the version it was decided on (`If-Match`) and is refused when facts intervened.
    False: it is decided on the state as it is, and tried again when facts intervene."""
    example: dict[str, Any]
    decide: Callable[[Case, Any, Context], tuple[CaseEvent, ...]]


class AdministrationCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A command on the administration: delegations, agents, rights, published tables."""

    name: str
    """Its address: `POST /api/admin/<name>`."""
    title: str
    body: type[Command]
    by: frozenset[Role]
    """Who may give it, by its line in the table of rights."""
    example: dict[str, Any]
    decide: Callable[[Administration, Any, Context], tuple[AdministrationEvent, ...]]


C = TypeVar("C", bound=Command)
_CASE: dict[str, CaseCommand] = {}
_ADMINISTRATION: dict[str, AdministrationCommand] = {}

OnCase = Callable[[Case, C, Context], tuple[CaseEvent, ...]]
OnAdministration = Callable[[Administration, C, Context], tuple[AdministrationEvent, ...]]


def command(
    name: str, body: type[C], *, title: str, example: dict[str, Any], fresh: bool = True
) -> Callable[[OnCase[C]], OnCase[C]]:
    """Declare a pure function as the decision of a command on a case; `example` is a body that works.

    Raises KeyError for a command without a line in the table of rights: nobody may give it.
    """
    by = TABLE[name].by

    def declare(decide: OnCase[C]) -> OnCase[C]:
        _CASE[name] = CaseCommand(name=name, title=title, body=body, by=by, fresh=fresh, example=example, decide=decide)
        return decide

    return declare


def administration_command(
    name: str, body: type[C], *, title: str, example: dict[str, Any]
) -> Callable[[OnAdministration[C]], OnAdministration[C]]:
    """Declare a pure function as the decision of a command on the administration. Raises KeyError as above."""
    by = TABLE[f"admin/{name}"].by

    def declare(decide: OnAdministration[C]) -> OnAdministration[C]:
        _ADMINISTRATION[name] = AdministrationCommand(
            name=name, title=title, body=body, by=by, example=example, decide=decide
        )
        return decide

    return declare


@cache
def _discovered() -> bool:
    package = importlib.import_module("domain.commands")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"domain.commands.{module.name}")
    return True


def case_commands() -> dict[str, CaseCommand]:
    """Every command on an existing case, by name."""
    _discovered()
    return _CASE


def administration_commands() -> dict[str, AdministrationCommand]:
    """Every command on the administration, by name."""
    _discovered()
    return _ADMINISTRATION
