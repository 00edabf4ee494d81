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
        return _once_each((*articles, *on(event))) if on else always

    always = _once_each(articles)
    SENTENCES[kind] = Sentence(text, cited)


def _once_each(articles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, articles)))
