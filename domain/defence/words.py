"""How a brief words articles, exhibits, parties and courts."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from domain.acts import Addressee, CourtAction, DecisionKind
from domain.case import Case
from domain.court import COUNCIL, URGENT
from domain.findings import RuleId
from domain.french import CODES_IN_FULL, folded, in_french, list_in_french, of
from domain.request import Company, PrivateEmployer

_NUMBER: Final = re.compile(r"([LRD])(\d[\d-]*)")
_DECIMAL: Final = re.compile(r"(?<![\d.])(\d{1,9})\.(\d{1,2})(?![\d.])")
_ONE: Final = re.compile(
    r"(?P<number>[LRD]\d[\d-]*)(?P<within>(?:\s(?:[IVX]+|\d+°|[a-z]\)?|al\.\s\d+))*)(?:,\s(?P<last>dernier\salinéa))?"
)
_SEVERAL: Final = re.compile(r"[LRD]\d[\d-]*(?: [IVX]+)?(?:(?:, | à )[LRD]\d[\d-]*(?: [IVX]+)?)+")

ACTIONS: Final[dict[CourtAction, str]] = {
    CourtAction.ANNULMENT: "recours pour excès de pouvoir",
    CourtAction.SUSPENSION: "référé-suspension (article L. 521-1 du code de justice administrative)",
    CourtAction.LIBERTY: "référé-liberté (article L. 521-2 du code de justice administrative)",
    CourtAction.USEFUL_MEASURES: "référé « mesures utiles » (article L. 521-3 du code de justice administrative)",
    CourtAction.APPEAL: "appel",
    CourtAction.CASSATION: "pourvoi en cassation",
}
"""What each action is called in the heading."""

NATURES: Final[dict[DecisionKind, str]] = {
    DecisionKind.GRANT: "l'autorisation de travail",
    DecisionKind.REFUSAL: "la décision de refus d'autorisation de travail",
    DecisionKind.STAMP: "le visa de la convention",
    DecisionKind.STAMP_REFUSAL: "la décision de refus de visa de la convention",
    DecisionKind.OPINION_FAVOURABLE: "l'avis favorable",
    DecisionKind.OPINION_UNFAVOURABLE: "l'avis défavorable",
    DecisionKind.IMPLICIT_REFUSAL: "la décision implicite de rejet",
    DecisionKind.IMPLICIT_GRANT: "la décision implicite d'acceptation",
    DecisionKind.CLOSURE: "la décision de clôture de la demande",
    DecisionKind.WITHDRAWAL: "la décision de retrait",
    DecisionKind.REPEAL: "la décision d'abrogation",
}
"""Each kind of decision, with its article."""


def article(cited: str) -> str:
    """« 4° de l'article R. 5221-20 du code du travail » for « CT R5221-20 4° »; what is no article of a code as it
    stands."""
    code, _, rest = cited.partition(" ")
    one, several = _ONE.fullmatch(rest), _SEVERAL.fullmatch(rest)
    if code not in CODES_IN_FULL or (one is None and several is None):
        return cited
    if one is None:
        return f"articles {_NUMBER.sub(_dotted, rest).replace(',', ' et')} du {CODES_IN_FULL[code]}"
    inner = [one["last"]] if one["last"] else []
    named = [*inner, *(piece.rstrip(")") for piece in reversed(one["within"].split()))]
    before = f"{' du '.join(named)} de l'" if named else ""
    return f"{before}article {_NUMBER.sub(_dotted, one['number'])} du {CODES_IN_FULL[code]}"


def _dotted(found: re.Match[str]) -> str:
    return f"{found[1]}. {found[2]}"


def dated(kind: DecisionKind, on: date) -> str:
    """« la décision de refus d'autorisation de travail du 2 novembre 2026 », « la décision implicite de rejet née "
    "le… »."""
    implicit = kind in {DecisionKind.IMPLICIT_REFUSAL, DecisionKind.IMPLICIT_GRANT}
    return f"{NATURES[kind]} {'née le' if implicit else 'du'} {in_french(on)}"


def figures(text: str) -> str:
    """A text whose decimal numbers are written as French does: « 1 867,02 »."""
    return _DECIMAL.sub(lambda found: _in_figures(found[1], found[2]), text)


def _in_figures(whole: str, cents: str) -> str:
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    return grouped if not cents.strip("0") else f"{grouped},{cents}"


def the_article(cited: str) -> str:
    """The same, with the article that French puts before it; several texts, that « ; » parts, one after another."""
    return list_in_french([_with_article(each) for each in cited.split(" ; ")])


def _with_article(cited: str) -> str:
    told = article(cited)
    if told.startswith("articles "):
        return f"les {told}"
    if told.startswith("article "):
        return f"l'{told}"
    if told != cited:
        return f"le {told}"
    return f"l'{lower(cited)}" if folded(cited)[:1] in "aeiou" else f"« {cited} »"


def of_the_article(cited: str) -> str:
    """« du 4° de l'article… », « de l'article… », « des articles… », one after another."""
    return list_in_french([_after_of(_with_article(each)) for each in cited.split(" ; ")])


def _after_of(told: str) -> str:
    for said, after in (("les ", "des "), ("le ", "du ")):
        if told.startswith(said):
            return after + told.removeprefix(said)
    return f"de {told}"


def in_version(rule: RuleId) -> str:
    """« l'article…, dans sa rédaction en vigueur depuis le… »: an article in the version that a rule holds."""
    return f"{the_article(rule.article)}{_version(rule)}"


def of_version(rule: RuleId) -> str:
    """The same after « de »: « du 4° de l'article…, dans sa rédaction… »."""
    return f"{of_the_article(rule.article)}{_version(rule)}"


def _version(rule: RuleId) -> str:
    return f", dans sa rédaction en vigueur depuis le {in_french(rule.since)}"


def numbers_in_french(numbers: Iterable[int]) -> str:
    """« pièce n° 3 », « pièces n° 1 à 3 et 7 »; nothing when there are none."""
    listed = sorted(set(numbers))
    return f"pièce{'s' * (len(listed) > 1)} n° {runs_in_french(listed)}" if listed else ""


def runs_in_french(numbers: Iterable[int]) -> str:
    """« 3 », « 1 à 3 et 7 »; nothing when there are none."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told: list[str] = []
    for run in runs:
        told.extend([f"{run[0]} à {run[-1]}"] if len(run) > 2 else map(str, run))
    return list_in_french(told)


def employer_name(case: Case) -> str:
    """The employer as a party is named; empty when the request has none."""
    match case.request.employer:
        case Company(name=name):
            return f"la société {name}"
        case PrivateEmployer(given_names=given, family_name=family):
            return f"{given} {family}"
        case _:
            return ""


def worker_name(case: Case) -> str:
    """The foreigner by first and family names."""
    worker = case.request.worker
    return f"{worker.given_names} {worker.family_name}"


def party_name(case: Case, addressee: Addressee | None) -> str:
    """Who a party is, by name; empty for nobody."""
    if addressee is Addressee.EMPLOYER:
        return employer_name(case)
    return worker_name(case) if addressee is Addressee.WORKER else ""


def for_whom(name: str) -> str:
    """« de Youssef Benali », « d'Amara Keita », « de la société Acme »."""
    return of(name)


def to_the(name: str) -> str:
    """A name with its article after « à »: « à la société Acme », « au préfet du Rhône »."""
    return f"au {name}" if name.startswith(("préfet", "ministre")) else f"à {name}"


def of_the(name: str) -> str:
    """« du préfet du Rhône », « de la société Acme »."""
    return f"du {name}" if name.startswith(("préfet", "ministre")) else of(name)


def capital(text: str) -> str:
    """A sentence or title with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """A title as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def ended(text: str) -> str:
    """A text typed by somebody, closed like a sentence; « : » does not close one."""
    stripped = " ".join(text.split())
    return stripped if stripped.endswith((".", "!", "?", "…")) else f"{stripped}."


def without_stop(text: str) -> str:
    """A sentence as a clause within another."""
    return " ".join(text.split()).rstrip(".")


def counted(count: int, one: str, many: str) -> str:
    """« une pièce », « 3 pièces »."""
    return one if count == 1 else f"{count} {many}"


def addressed(court: str, action: CourtAction) -> str:
    """To whom a brief is addressed: the court, or its urgent judge."""
    if action in URGENT:
        return f"Monsieur ou Madame le juge des référés {of_court(court)}"
    if folded(court) == folded(COUNCIL):
        return "Mesdames et Messieurs les membres composant le Conseil d'État"
    return f"Mesdames et Messieurs les présidents et conseillers composant {the_court(court)}"


def the_court(court: str) -> str:
    """« le tribunal administratif de Lyon », « la cour administrative d'appel de Lyon »."""
    return f"la {court}" if court.startswith("cour ") else f"le {court}"


def of_court(court: str) -> str:
    """« du tribunal administratif de Lyon », « de la cour administrative d'appel de Lyon »."""
    return f"de la {court}" if court.startswith("cour ") else f"du {court}"


def to_the_court(court: str) -> str:
    """« au tribunal administratif de Lyon », « à la cour administrative d'appel de Lyon »."""
    return f"à la {court}" if court.startswith("cour ") else f"au {court}"


def to_court(court: str) -> str:
    """« au tribunal », « à la cour », « au Conseil d'État »: who is asked to rule."""
    if court.startswith("cour "):
        return "à la cour"
    return "au tribunal" if court.startswith("tribunal") else f"au {court}"


def defender_name(represented_by: str) -> str:
    """Who defends the State, without the article that some records carry."""
    return represented_by.strip().removeprefix("le ").removeprefix("la ") or "préfet"
