"""Paragraphs of the reasons library: what stands between braces, who fills it, and the text that comes of it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from domain.administration import Administration
from domain.events import ReasonPublished
from domain.findings import CRITERION_TITLES, Criterion, RuleId
from domain.french import euros_in_french, folded, in_french, list_in_french
from domain.reference import Reference
from domain.refusals import Refused
from domain.request import Company, PrivateEmployer, Request
from domain.validity.statement_of_reasons import PLACEHOLDER, placeholders_left

LAW: Final[dict[str, Callable[[RuleId], str]]] = {
    "article": lambda rule: cited(rule.article),
    "version": lambda rule: in_french(rule.since),
    "condition": lambda rule: CRITERION_TITLES[rule.criterion],
}
"""`{loi:…}`: what the text says."""

CASE: Final[dict[str, Callable[[Request], str]]] = {
    "emploi": lambda request: request.job.title if request.job else "",
    "lieu": lambda request: request.job.workplace.town if request.job else "",
    "début": lambda request: in_french(request.job.start) if request.job and request.job.start else "",
    "employeur": lambda request: _employer(request),
}
"""`{dossier:…}`: what the request says; never the foreigner's name, which the notice bears already."""

NAME_LENGTH_MAX: Final = 80
"""Characters of a placeholder's name that an agent can answer to."""
FREE_MAX: Final = 30
"""Placeholders that an agent can answer to in one ground."""

FACTS_OF_THE_GROUND: Final = "constatés"
"""`{fait:constatés}`: the sentence in which the agent states the facts of the ground."""

AMOUNT = re.compile(r"\d+\.\d{2}")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


CODES: Final = {
    "CT": "du code du travail",
    "CESEDA": "du code de l'entrée et du séjour des étrangers et du droit d'asile",
    "CRPA": "du code des relations entre le public et l'administration",
    "CJA": "du code de justice administrative",
}


def cited(article: str) -> str:
    """An article as a decision cites it: « CT R5221-20 4° » reads « R. 5221-20 4° du code du travail »."""
    read = re.fullmatch(r"([A-Z]+) ([LRD]\*?)(\d.*)", article)
    if read is None or read[1] not in CODES:
        return article
    letter = f"{read[2][0]}.{read[2][1:]}"
    return f"{letter} {read[3]}{',' if ',' in read[3] else ''} {CODES[read[1]]}"


def placeholders(text: str) -> tuple[str, ...]:
    """What stands between braces in a paragraph, once each, in order."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def free_placeholders(text: str) -> tuple[str, ...]:
    """The placeholders that the agent fills: those of no known origin."""
    return tuple(name for name in placeholders(text) if ":" not in name)


def must_be_a_paragraph(text: str, reference: Reference) -> None:
    """Refuse braces that do not pair, an empty placeholder, or one that nothing could ever fill."""
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)) or any(not name.strip() for name in placeholders(text)):
        raise Refused("reason_malformed", "Les accolades du paragraphe ne vont pas par paires, ou n'encadrent rien.")
    unknown = [name for name in placeholders(text) if not _could_be_filled(name, reference)]
    if unknown:
        listed = list_in_french([f"« {name[:NAME_LENGTH_MAX]} »" for name in unknown])
        raise Refused("reason_placeholder_unknown", f"Rien ne permet de compléter {listed} dans ce paragraphe.")
    if len(free_placeholders(text)) > FREE_MAX:
        raise Refused("reason_malformed", f"Le paragraphe laisse plus de {FREE_MAX} mentions à compléter.")


def _could_be_filled(name: str, reference: Reference) -> bool:
    origin, colon, what = name.partition(":")
    match origin:
        case "loi":
            return what in LAW
        case "dossier":
            return what in CASE
        case "seuil":
            return what in reference.thresholds
        case "fait":
            return bool(what.strip())
    return not colon and len(name) <= NAME_LENGTH_MAX


def library_on(administration: Administration, on: date) -> tuple[ReasonPublished, ...]:
    """Each paragraph in the version that applies on a day, in the order of the conditions."""
    newest = {each.reason: each for each in administration.reasons if each.effective_from <= on}
    order = list(Criterion)
    return tuple(sorted(newest.values(), key=lambda each: (order.index(each.criterion), each.reason)))


def paragraph_in_force(administration: Administration, reason: str, criterion: Criterion, on: date) -> ReasonPublished:
    """The version of a paragraph that applies on a day; refused when there is none, or on another condition."""
    newest = next((each for each in library_on(administration, on) if each.reason == reason), None)
    if newest is None:
        raise Refused("reason_unknown", f"Le paragraphe « {reason} » n'est pas dans la bibliothèque de motifs.")
    if newest.criterion is not criterion:
        raise Refused(
            "reason_of_another_criterion",
            f"Le paragraphe « {reason} » porte sur une autre condition : {CRITERION_TITLES[newest.criterion]}.",
        )
    return newest


def composed(
    text: str,
    request: Request,
    rule: RuleId,
    facts: Mapping[str, str],
    values: Mapping[str, str],
    reference: Reference,
    on: date,
) -> str:
    """The paragraph with every placeholder filled; refused with the names of those that nothing fills."""
    known = {folded(name): value for name, value in facts.items()}

    def fill(name: str) -> str:
        origin, _, what = name.partition(":")
        match origin:
            case "loi":
                return LAW[what](rule) if what in LAW else ""
            case "dossier":
                return CASE[what](request) if what in CASE else ""
            case "seuil":
                row = reference.threshold(what, on) if what in reference.thresholds else None
                return _written(str(row.value)) if row else ""
            case "fait":
                return _written(known.get(folded(what), ""))
        return values.get(name, "").strip()

    filled = {name: fill(name) for name in placeholders(text)}
    # A value with braces of its own would read as one more placeholder.
    left = tuple(name for name, value in filled.items() if not value or re.search(r"[{}]", value))
    if left:
        raise Refused("reason_placeholder_unresolved", placeholders_left(left))
    return PLACEHOLDER.sub(lambda found: filled[found[1]], text)


def _written(value: str) -> str:
    """An amount, a day or a number as French readers write them."""
    if AMOUNT.fullmatch(value):
        return euros_in_french(Decimal(value))
    if ISO_DAY.fullmatch(value):
        return in_french(date.fromisoformat(value))
    return value.replace(".", ",") if re.fullmatch(r"\d+\.\d+", value) else value


def _employer(request: Request) -> str:
    match request.employer:
        case Company(name=name):
            return name
        case PrivateEmployer():
            return "l'employeur particulier"
    return ""
