"""The form that a request must have before anything is decided on it, beyond what the published types say."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request

from api.problems import Problematic
from domain.command import Command
from domain.refusals import Fault

NUL: Final = "\x00"
"""No letter can carry it, and PostgreSQL's texts cannot hold it."""
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2200
"""Beyond these no case was ever known, and adding a delay to a day could leave the calendar."""


def must_be_readable(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that does not say it is JSON, and a question with a null character; called before every route."""
    media_type = request.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()
    if request.method == "POST" and media_type != "application/json":
        raise Problematic("media_type")
    if b"%00" in request.scope["query_string"]:
        raise Problematic("malformed", "Un paramètre contient un caractère nul.")


def must_be_legible(data: Command, body: bytes) -> None:
    """Refuse, with their places, null characters and members that the published form does not have.

    Parts of facts skip members they do not know, so that an older program reads what a newer one stored; in a request
    such a member is a misspelt one, and skipping it would lose what its author meant.
    """
    understood = msgspec.to_builtins(data)
    faults = tuple(
        Fault(pointer=pointer, code="malformed", message="Ce membre n'existe pas dans la forme publiée.")
        for pointer in _strange_members(msgspec.json.decode(body or b"{}"), understood, "")
    )
    if b"\\u0000" in body:
        faults += tuple(
            Fault(pointer=pointer, code="malformed", message="Ce texte contient un caractère nul.")
            for pointer in _nul_places(understood, "")
        )
    if faults:
        raise Problematic("malformed", faults=faults)


def must_be_within_memory(name: str, moment: date | None) -> None:
    """Refuse a moment, or a day, at which nothing can have been known."""
    if moment is not None and not YEAR_MIN <= moment.year < YEAR_MAX:
        raise Problematic("malformed", f"{name} doit être compris entre {YEAR_MIN} et {YEAR_MAX}.")


def _nul_places(value: Any, pointer: str) -> Iterator[str]:
    match value:
        case str() if NUL in value:
            yield pointer
        case dict():
            for name, inner in value.items():
                if NUL in name:
                    yield pointer
                yield from _nul_places(inner, f"{pointer}/{name}")
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from _nul_places(inner, f"{pointer}/{index}")


def _strange_members(sent: Any, understood: Any, pointer: str) -> Iterator[str]:
    """The members of what was sent that are not in what was understood of it."""
    if isinstance(sent, dict) and isinstance(understood, dict):
        for name, inner in sent.items():
            place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if name in understood:
                yield from _strange_members(inner, understood[name], place)
            else:
                yield place
    elif isinstance(sent, list) and isinstance(understood, list | tuple):
        for index, (inner, known) in enumerate(zip(sent, understood, strict=False)):
            yield from _strange_members(inner, known, f"{pointer}/{index}")
