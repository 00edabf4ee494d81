"""Rows of a read model as PostgreSQL's COPY reads them, in its text format, one line a row."""

import types
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from projections.read_model import ReadModel, Row

R = TypeVar("R", bound=Row)
Text = Callable[[Any], str]
"""How a value that is not None is written in its column."""

NULL: Final = r"\N"
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class NotStorable(ValueError):
    """A row holds what no text of PostgreSQL can: a NUL character, or half of a surrogate pair."""


def copy_text(model: ReadModel[R], rows: Iterable[R]) -> bytes:
    """The rows for `COPY … FROM STDIN`, columns in the order of the row's fields. Raises NotStorable."""
    return b"".join(map(_line_of(model.row), rows))


@cache
def _line_of(row_type: type[Row]) -> Callable[[Row], bytes]:
    """The function that writes a row of this type, made once from the types of its fields."""
    hints = [get_type_hints(row_type)[name] for name in row_type.__struct_fields__]
    # Texts that are never None: most rows hold nothing to escape, and all of them together tell that fastest.
    plain = [place for place, hint in enumerate(hints) if hint is str]
    written = [(place, _text_of(hint)) for place, hint in enumerate(hints) if hint is not str]
    texts_of = itemgetter(*plain) if len(plain) > 1 else lambda values: [values[place] for place in plain]

    def line(row: Row) -> bytes:
        values: list[Any] = list(msgspec.structs.astuple(row))
        for place, text in written:
            value = values[place]
            values[place] = NULL if value is None else text(value)
        if _is_special("".join(texts_of(values))):
            for place in plain:
                values[place] = _escaped(values[place])
        told = "\t".join(values)
        try:
            return f"{told}\n".encode()
        except UnicodeEncodeError as error:
            raise NotStorable("a text holds half of a surrogate pair") from error

    return line


def _is_special(text: str) -> bool:
    return "\\" in text or "\n" in text or "\t" in text or "\r" in text or "\0" in text


def _escaped(text: str) -> str:
    if not _is_special(text):
        return text
    if "\0" in text:
        raise NotStorable("a text holds a NUL character")
    return text.translate(_ESCAPES)


# How each type is written


def _text_of(hint: Any) -> Text:
    kind = _without_none(hint)
    known = _TEXTS.get(kind)
    if known is not None:
        return known
    kept = get_origin(kind) or kind
    if kept in {tuple, frozenset, list}:
        return _array_of(get_args(kind)[0])
    if issubclass(kept, Enum):
        return attrgetter("value")
    if issubclass(kept, Mapping | msgspec.Struct):
        return _json
    raise TypeError(f"no column holds a {kind}")


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in {Union, types.UnionType}:
        return hint
    kinds = [each for each in get_args(hint) if each is not type(None)]
    if len(kinds) != 1:
        raise TypeError(f"no column holds a {hint}")
    return kinds[0]


def _bool(value: bool) -> str:
    return "t" if value else "f"


def _json(value: Any) -> str:
    try:
        return _raw(msgspec.json.encode(value))
    except UnicodeEncodeError as error:
        raise NotStorable("a text holds half of a surrogate pair") from error


def _raw(value: bytes | msgspec.Raw) -> str:
    text = str(value, "utf-8")
    if "\\" not in text:
        return text
    # NUL is written as an escape in JSON; after an escaped backslash the same letters are only letters.
    if r"\u0000" in text.replace(r"\\", ""):
        raise NotStorable("a text holds a NUL character")
    return text.replace("\\", r"\\")


_TEXTS: Final[dict[Any, Text]] = {
    str: _escaped,
    bool: _bool,
    int: str,
    # Ten times as fast as their own methods; of an offset from UTC it tells whole minutes, and facts are in UTC.
    date: msgspec.to_builtins,
    datetime: msgspec.to_builtins,
    UUID: msgspec.to_builtins,
    msgspec.Raw: _raw,
}


def _array_of(hint: Any) -> Text:
    kind = _without_none(hint)
    item: Text = str if kind is str else _text_of(kind)

    def array(values: Iterable[Any]) -> str:
        return _escaped(f"{{{','.join(['NULL' if value is None else _quoted(item(value)) for value in values])}}}")

    return array


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{text}"'
