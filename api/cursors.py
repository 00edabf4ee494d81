"""Cursors: the place where a page of a list ended, of no meaning to whoever sends it back."""

import base64
import binascii
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from api.problems import Problematic

NO_CURSOR_OF_OURS: Final = "Ce curseur n'a pas été délivré par ce service."

P = TypeVar("P")


def cursor_of(place: object) -> str:
    """The cursor of what follows a place."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def place_of(cursor: str | None, kind: type[P], is_possible: Callable[[P], bool]) -> P | None:
    """The place that a cursor names, None without one. Raises Problematic for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        place = msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=kind)
    except (binascii.Error, msgspec.DecodeError, ValueError) as error:
        raise Problematic("malformed", NO_CURSOR_OF_OURS) from error
    if not is_possible(place):
        raise Problematic("malformed", NO_CURSOR_OF_OURS)
    return place
