"""Every provision of law that the code reads: by which function, since when, read where, confirmed or not."""

import importlib
import pkgutil
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TypeVar

import msgspec

import domain
from domain.reference import Mark

NOT_READ_BEFORE_APRIL_2021 = "rédaction antérieure au 1er avril 2021 non lue"
NOT_READ_BEFORE_JANUARY_2024 = "rédaction antérieure au 28 janvier 2024 non lue"
NOT_READ_BEFORE_SEPTEMBER_2024 = "rédaction antérieure au 1er septembre 2024 non lue"


class Chapter(StrEnum):
    """What a provision governs; the value is the public name."""

    CONDITIONS = "conditions"
    EXEMPTIONS = "exemptions"
    FILING = "filing"
    TERMS = "terms"
    COMPETENCE = "competence"
    CLOCKS = "clocks"
    VALIDITY = "validity"
    AFTER_GRANT = "after_grant"
    APPEALS = "appeals"
    LITIGATION = "litigation"
    TRANSMISSION = "transmission"


CHAPTER_TITLES: dict[Chapter, str] = {
    Chapter.CONDITIONS: "Conditions",
    Chapter.EXEMPTIONS: "Exceptions aux conditions",
    Chapter.FILING: "Dépôt de la demande",
    Chapter.TERMS: "Portée de l'autorisation",
    Chapter.COMPETENCE: "Compétence et orientation",
    Chapter.CLOCKS: "Délais",
    Chapter.VALIDITY: "Validité des décisions",
    Chapter.AFTER_GRANT: "Retrait et abrogation",
    Chapter.APPEALS: "Recours administratifs",
    Chapter.LITIGATION: "Contentieux",
    Chapter.TRANSMISSION: "Transmissions à l'OFII et à l'administration fiscale",
}
"""How French names each chapter, in the order of a case's life."""


class Nature(StrEnum):
    """What an unmet condition does; the value is the public name."""

    OBLIGATION = "obligation"
    """The permit is granted when the condition is met: unmet, it founds a refusal and forbids a grant."""
    DISCRETION = "discretion"
    """The text says that the authority *may* refuse: the reasons must then weigh."""
    ELEMENT = "element"
    """Taken into account with the others, none being decisive by itself: the reasons must weigh them all."""


NATURE_TITLES: dict[Nature, str] = {
    Nature.OBLIGATION: "obligation",
    Nature.DISCRETION: "faculté",
    Nature.ELEMENT: "élément d'appréciation",
}
"""How French names each nature."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text was read, and what is known of that reading."""

    title: str
    address: str
    in_force_since: date
    """Day from which the whole code has applied: the date of effect of an article whose own was not read."""


SOURCES: dict[str, Source] = {
    "CT": Source(
        title="Code du travail consolidé (dernier changement vu : 16 juin 2025)",
        address="https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000006072050",
        in_force_since=date(2008, 5, 1),
    ),
    "CESEDA": Source(
        title="CESEDA consolidé au 3 avril 2026",
        address="https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000006070158",
        in_force_since=date(2021, 5, 1),
    ),
    "CRPA": Source(
        title="Code des relations entre le public et l'administration consolidé au 3 avril 2026",
        address="https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000031366350",
        in_force_since=date(2016, 1, 1),
    ),
    "CJA": Source(
        title="Code de justice administrative consolidé au 3 avril 2026",
        address="https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000006070933",
        in_force_since=date(2001, 1, 1),
    ),
}
"""The codes by the word that an article's citation begins with."""

DATE_NOT_READ = "date d'effet du code, celle de la version n'ayant pas été lue"
"""The note of a provision that takes effect, as far as we know, with its code."""


class Provision(msgspec.Struct, frozen=True, kw_only=True):
    """One article in one version, and the function that reads it."""

    name: str
    """Name of the function: with `since`, the public and stable key."""
    chapter: Chapter
    articles: tuple[str, ...]
    since: date
    until: date | None
    """Last day in force; None while it is."""
    text: str
    """The docstring: the text restated for whoever maintains the code; `law_in_french` restates it for the others."""
    source: str
    mark: Mark
    """Unconfirmed when nobody read the text."""
    note: str
    nature: Nature | None
    """What an unmet condition does; None for what is no condition."""
    criterion: str | None
    procedures: tuple[str, ...]
    """Procedures that it concerns; empty when it concerns all."""
    module: str
    """Where the function stands."""

    def in_force(self, on: date) -> bool:
        """Whether this version applies on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


_READ_BY: dict[Callable[..., object], list[Provision]] = {}
"""Every function that reads a text, with the versions of that text."""

F = TypeVar("F", bound=Callable[..., object])


def provision(
    chapter: Chapter,
    *articles: str,
    since: date | None = None,
    until: date | None = None,
    source: str | None = None,
    mark: str = "confirmed",
    note: str = "",
) -> Callable[[F], F]:
    """Declare a function as the reading of these articles; without `since`, they took effect with their code."""

    def declare(read: F) -> F:
        register(read, chapter, articles, since=since, until=until, source=source, mark=mark, note=note)
        return read

    return declare


def register(
    read: Callable[..., object],
    chapter: Chapter,
    articles: tuple[str, ...],
    *,
    since: date | None,
    until: date | None,
    source: str | None,
    mark: str,
    note: str,
    nature: Nature | None = None,
    criterion: str | None = None,
    procedures: tuple[str, ...] = (),
) -> Provision:
    """Enter a function in the list of provisions; twice, for one reading of a text in two versions."""
    assert articles, f"{read.__qualname__} cites no article"
    code = SOURCES.get(articles[0].split()[0])
    assert code or (since and source), f"{read.__qualname__}: {articles[0]} belongs to no code read: date and source it"
    told = source or (f"{code.title}, {code.address}" if code else "")
    declared = Provision(
        name=read.__qualname__.lstrip("_"),
        chapter=chapter,
        articles=articles,
        since=since or (code.in_force_since if code else date.min),
        until=until,
        text=" ".join((read.__doc__ or "").split()),
        source=told,
        mark=Mark(mark),
        note=" ; ".join(filter(None, (note, "" if since else DATE_NOT_READ))),
        nature=nature,
        criterion=criterion,
        procedures=procedures,
        module=read.__module__,
    )
    _READ_BY.setdefault(read, []).append(declared)
    return declared


def applies(read: Callable[..., object], on: date) -> bool:
    """Whether a text that this function reads is in force on a day, in any of its versions."""
    return any(each.in_force(on) for each in _READ_BY[read])


def concerns(read: Callable[..., object], chapter: Chapter, on: date) -> bool:
    """Whether a text of this chapter that this function reads is in force on a day."""
    return any(each.chapter is chapter and each.in_force(on) for each in _READ_BY[read])


@cache
def all_provisions() -> tuple[Provision, ...]:
    """Every provision written down in the domain, in force or not, by chapter, article and date."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    order = list(Chapter)
    declared = (each for versions in _READ_BY.values() for each in versions)
    return tuple(sorted(declared, key=lambda p: (order.index(p.chapter), p.articles[0], p.since, p.name)))


def provisions_in_force(on: date) -> tuple[Provision, ...]:
    """The provisions that apply on a day."""
    return tuple(each for each in all_provisions() if each.in_force(on))
