"""The form that a request must have before anything is decided on it, beyond what the published types say."""

import json
import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.datastructures import MultiDict

from api.problems import TOO_DEEP, Problematic
from domain.command import Command
from domain.refusals import Fault

ILLEGIBLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls other than tab and line ends, and what turns the order of reading: a text must read as it is written."""
ONCE: Final = ("If-Match", "Idempotency-Key")
"""Headers of which two would leave it open which one was meant."""
BODIES: Final = frozenset({"POST", "PUT", "PATCH"})
JSON: Final = "application/json"
FILE_TYPES: Final = "file_types"
"""The mark of routes that take a file: the types of body that they read by themselves, piece by piece."""
DEPTH_MAX: Final = 32
"""Of values within values; what is published is nine deep at most."""
VALUES_MAX: Final = 100_000
"""In one body: a table of ten thousand lines has fewer."""
_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET: Final = re.compile(rb"[\[\]{}]")
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2200
"""Beyond these no case was ever known, and adding a delay to a day could leave the calendar."""


async def must_be_readable(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that does not say it is plain JSON in UTF-8, a header or a parameter given twice, and a question
    with a null character; called before every route. Of a file that a route takes, only what it says it is.

    Asynchronous though it waits for nothing: Litestar would send anything else to a thread and back.
    """
    if request.method in BODIES:
        await _must_be_of_a_known_type(request)
    if b"%00" in request.scope["query_string"]:
        raise Problematic("malformed", "Un paramètre contient un caractère nul.")
    if b"&" in request.scope["query_string"] and _has_repeated(request.query_params):
        # The last would be answered, and whoever stands in between may have judged the first.
        raise Problematic("malformed", "Un paramètre est donné plusieurs fois.")


async def _must_be_of_a_known_type(request: Request[Any, Any, Any]) -> None:
    files: frozenset[str] = request.scope["route_handler"].opt.get(FILE_TYPES, frozenset())
    if "Content-Type" not in request.headers and (files or await request.body()):
        # A page of another site may have its visitors send what says nothing of its type, without asking first.
        raise Problematic("media_type")
    media_type, *parameters = request.headers.get("Content-Type", JSON).lower().split(";")
    charsets = [
        value.strip(' "')
        for name, _, value in (each.partition("=") for each in parameters)
        if name.strip() == "charset"
    ]
    if media_type.strip() not in (files or {JSON}) or not set(charsets) <= {"utf-8", "utf8"}:
        raise Problematic("media_type", "Le corps doit être en UTF-8." if charsets else _told(files))
    if "Content-Encoding" in request.headers:
        raise Problematic("media_type", "Le corps ne doit pas être compressé.")
    for name in ONCE:
        if len(request.headers.getall(name, [])) > 1:
            raise Problematic("malformed", f"L'en-tête {name} est donné deux fois.")
    if not files:
        must_be_moderate(await request.body())


def _told(files: Collection[str]) -> str:
    return f"Cette adresse reçoit : {', '.join(sorted(files))}." if files else ""


def media_type_of(request: Request[Any, Any, Any]) -> str:
    """The type that a body says it is of, without its parameters."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _has_repeated(parameters: MultiDict[Any]) -> bool:
    return len(set(parameters)) < len(parameters)


def must_be_moderate(body: bytes) -> None:
    """Refuse what would cost many times its size in memory once it is read: values by the hundred thousand, or within
    values without end. Judged on the bytes, before anything is made of them."""
    opened = body.count(b"[") + body.count(b"{")
    if opened + body.count(b",") > VALUES_MAX or opened > DEPTH_MAX:
        bare = _TEXT.sub(b"", body)
        if bare.count(b"[") + bare.count(b"{") + bare.count(b",") > VALUES_MAX:
            raise Problematic("too_large", f"Un corps porte {VALUES_MAX} valeurs au plus.")
        depth = 0
        for bracket in _BRACKET.findall(bare):
            depth += 1 if bracket in b"[{" else -1
            if depth > DEPTH_MAX:
                raise Problematic("malformed", TOO_DEEP)


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Problematic("malformed", "Un membre est donné deux fois dans le même objet.")
    return members


_once: Final = json.JSONDecoder(object_pairs_hook=_members_once, parse_int=len, parse_float=len)
"""Reads only names and places: of numbers, which may be long without end, nothing is made."""


def must_be_legible(data: Command, body: bytes) -> None:
    """Refuse illegible characters and members that the published form does not have, with their places, and members
    given twice, of which another reader may take the other one.

    Parts of facts skip members they do not know, so that an older program reads what a newer one stored; in a request
    such a member is a misspelt one, and skipping it would lose what its author meant.
    """
    understood = msgspec.to_builtins(data)
    faults = tuple(
        Fault(pointer=pointer, code="malformed", message="Ce membre n'existe pas dans la forme publiée.")
        for pointer in _strange_members(_once.decode((body or b"{}").decode()), understood, "")
    )
    faults += _illegible(understood)
    if faults:
        raise Problematic("malformed", faults=faults)


def must_read_as_written(fields: dict[str, str]) -> None:
    """Refuse illegible characters in the fields of a form, with their places."""
    faults = _illegible(fields)
    if faults:
        raise Problematic("malformed", faults=faults)


def _illegible(understood: Any) -> tuple[Fault, ...]:
    return tuple(
        Fault(pointer=pointer, code="malformed", message="Ce texte contient un caractère invisible ou de commande.")
        for pointer in _illegible_places(understood, "")
    )


def must_be_within_memory(name: str, moment: date | None) -> None:
    """Refuse a moment, or a day, at which nothing can have been known."""
    if moment is not None and not YEAR_MIN <= moment.year < YEAR_MAX:
        raise Problematic("malformed", f"{name} doit être compris entre {YEAR_MIN} et {YEAR_MAX}.")


def _illegible_places(value: Any, pointer: str) -> Iterator[str]:
    match value:
        case str() if ILLEGIBLE.search(value):
            yield pointer
        case dict():
            for name, inner in value.items():
                if ILLEGIBLE.search(name):
                    yield pointer
                yield from _illegible_places(inner, f"{pointer}/{_escaped(name)}")
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from _illegible_places(inner, f"{pointer}/{index}")


def _escaped(name: str) -> str:
    """A member's name as RFC 6901 writes it in a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _strange_members(sent: Any, understood: Any, pointer: str) -> Iterator[str]:
    """The members of what was sent that are not in what was understood of it."""
    if isinstance(sent, dict) and isinstance(understood, dict):
        for name, inner in sent.items():
            place = f"{pointer}/{_escaped(name)}"
            if name in understood:
                yield from _strange_members(inner, understood[name], place)
            else:
                yield place
    elif isinstance(sent, list) and isinstance(understood, list | tuple):
        for index, (inner, known) in enumerate(zip(sent, understood, strict=False)):
            yield from _strange_members(inner, known, f"{pointer}/{index}")
