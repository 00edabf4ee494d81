"""How letters cite texts: in full, as « l'article R. 5221-20, 4°, du code du travail » reads."""

import re
from collections.abc import Iterable
from typing import Final

from domain.french import CODES_IN_FULL, list_in_french

_LETTER: Final = re.compile(r"\b([LRD])(?=\d)")
_WITHIN: Final = re.compile(rf"\b({'|'.join(CODES_IN_FULL)}) ([LRD]\d[^);]*)")
_NEXT: Final = re.compile(r",\s+(?=[LRD]\d)")
_PLACE: Final = re.compile(r"(?<=\d) (?=[IVX]+\b|\d+°)")


def article_in_full(article: str) -> str:
    """« article R. 5221-20, 4°, du code du travail »; what belongs to no code is cited as it is."""
    code, _, within = article.partition(" ")
    name = CODES_IN_FULL.get(code)
    if name is None:
        return _uncoded(article)
    several = _apart(within)
    if len(several) > 1 or " à " in within:
        return f"articles {list_in_french([_dotted(each) for each in several])} du {name}"
    told = _PLACE.sub(", ", _dotted(within))
    return f"article {told}{',' if ',' in told else ''} du {name}"


def texts_in_full(cited: str) -> str:
    """Several texts that one citation names, apart from each other by semicolons."""
    return " ; ".join(article_in_full(each.strip()) for each in cited.split(";") if each.strip())


def visas(cited: Iterable[str]) -> tuple[str, ...]:
    """« le code du travail, notamment ses articles L. 5221-2 et R. 5221-20 », a line for each code, then the rest."""
    within: dict[str, list[str]] = {}
    others: list[str] = []
    for text in cited:
        for part in filter(None, (each.strip() for each in text.split(";"))):
            code, _, articles = part.partition(" ")
            if code in CODES_IN_FULL:
                held = within.setdefault(code, [])
                held += [each for each in _apart(articles) if each not in held]
            else:
                others.append(_with_article(_uncoded(part)))
    lines = [_of_code(code, within[code]) for code in CODES_IN_FULL if code in within]
    return (*lines, *dict.fromkeys(others))


def _of_code(code: str, articles: list[str]) -> str:
    # An article whose part is cited is not cited whole beside it.
    articles = [each for each in articles if not any(other.startswith(f"{each} ") for other in articles)]
    one = len(articles) == 1 and " à " not in articles[0]
    listed = list_in_french([_dotted(each) for each in articles])
    return f"le {CODES_IN_FULL[code]}, notamment {'son article' if one else 'ses articles'} {listed}"


def _apart(articles: str) -> list[str]:
    return _NEXT.split(articles)


def _dotted(articles: str) -> str:
    return _LETTER.sub(r"\1. ", articles)


def _uncoded(text: str) -> str:
    """A text that is no article of a code, with the articles that it names itself in full."""
    told = _WITHIN.sub(lambda found: f"articles {_dotted(found[2])} du {CODES_IN_FULL[found[1]]}", text)
    return told[:1].lower() + told[1:]


def _with_article(text: str) -> str:
    """« l'accord », « le décret »: what is no code is told as « Vu » wants it."""
    return f"l'{text}" if text[:1] in "aeiouâéè" else f"le {text}"
