"""How types of facts are given their sentence and articles, and where these are kept."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import msgspec

from domain.envelope import Event

E = TypeVar("E", bound=Event)


class Sentence(msgspec.Struct, frozen=True):
    """How one type of fact is told."""

    text: Callable[[Any], str]
    articles: Callable[[Any], tuple[str, ...]]


SENTENCES: Final[dict[type[Event], Sentence]] = {}


def says(
    kind: type[E], text: Callable[[E], str], *articles: str, on: Callable[[E], Iterable[str]] | None = None
) -> None:
    """Declare how a type of fact reads; `on` gives the articles that the fact itself names."""

    def cited(event: E) -> tuple[str, ...]:
        named = on(event) if on else ()
        return tuple(dict.fromkeys(each for each in (*articles, *named) if each))

    SENTENCES[kind] = Sentence(text, cited)
