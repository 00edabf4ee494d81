"""The history of a case as a brief reads it: whole, with the decision attacked, the proceedings and the exhibits."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar

from domain.acts import Addressee
from domain.case import Case, Decision, Litigation
from domain.defence.passages import Citation, CitationLost, Passage, Proof
from domain.envelope import UNASSIGNED
from domain.events import CaseEvent, LitigationOpened
from domain.french import in_french
from domain.papers import ChosenExhibit, ExhibitSource, LetterKind, SourceKind
from domain.refusals import Refused
from domain.taken import Fact, Surroundings, Taken

E = TypeVar("E")


class Record:
    """Facts, exhibits and surroundings, with what a passage cites of them. Raises CitationLost when the history has a
    hole, or names a decision or proceedings that it does not hold."""

    def __init__(
        self,
        facts: Sequence[Fact],
        litigation: str | None,
        decision: str,
        exhibits: Sequence[ChosenExhibit],
        around: Surroundings,
        *,
        on_version: int | None = None,
    ) -> None:
        _must_be_whole(facts, on_version)
        self.facts = facts
        self.around = around
        try:
            self.taken = Taken(UNASSIGNED, facts, decision, around)
            self.proceedings: Litigation | None = self.case.proceedings(litigation) if litigation else None
        except Refused as unknown:
            raise CitationLost(f"L'historique ne permet pas de rédiger le mémoire : {unknown.message}") from unknown
        self.opened = next(iter(self.of(LitigationOpened, litigation=litigation)), None) if litigation else None
        self.exhibits = tuple(each for each in exhibits if each.included)
        """Each at the place of its number, less one."""
        self._numbers = self._numbered()

    @property
    def case(self) -> Case:
        """The case as the facts leave it."""
        return self.taken.case

    @property
    def decision(self) -> Decision:
        """The decision attacked, with what has happened to it since."""
        return self.taken.decision

    @cached_property
    def by_version(self) -> dict[int, Fact]:
        """The facts by their version."""
        return {fact.version: fact for fact in self.facts}

    # Facts

    def of(self, kind: type[CaseEvent], **fields: object) -> Iterator[Fact]:
        """The facts of a type whose event has these values."""
        for fact in self.facts:
            if isinstance(fact.event, kind) and all(getattr(fact.event, n) == v for n, v in fields.items()):
                yield fact

    def must_have(self, kind: type[CaseEvent], **fields: object) -> Fact:
        """The first such fact. Raises CitationLost when there is none."""
        found = next(self.of(kind, **fields), None)
        if found is None:
            raise CitationLost(f"L'historique ne contient plus le fait « {kind.__name__} » que le mémoire doit citer.")
        return found

    # Exhibits

    def _numbered(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for number, exhibit in enumerate(self.exhibits, 1):
            for source in exhibit.sources:
                for key in self._keys(number, source):
                    found.setdefault(key, []).append(number)
        return {key: tuple(dict.fromkeys(numbers)) for key, numbers in found.items()}

    def _keys(self, number: int, source: ExhibitSource) -> Iterator[str]:
        """What a source proves. Raises CitationLost for a document or a letter that the case does not hold."""
        try:
            match source.kind:
                case SourceKind.SHEET:
                    yield sheet(source.ref)
                case SourceKind.DOCUMENT:
                    held = self.case.document(source.ref)
                    if source.version not in {each.version for each in held.versions}:
                        raise Refused("document_unknown")
                    yield document(source.ref, source.version)
                case SourceKind.LETTER:
                    issued = self.case.letter(source.ref)
                    yield letter(issued.kind, issued.about)
                    yield letter(issued.kind, issued.about, issued.addressee)
        except Refused as unknown:
            raise CitationLost(
                f"La pièce n° {number} vient de « {source.ref} » (version {source.version}), qui n'est pas au dossier."
            ) from unknown

    def numbers(self, wanted: Iterable[str]) -> tuple[int, ...]:
        """The numbers of the exhibits that show any of what is wanted, in their order."""
        return tuple(sorted({number for key in wanted for number in self._numbers.get(key, ())}))

    # Passages

    def tells(self, text: str, facts: Iterable[Fact], wanted: Iterable[str], *, on: date | None = None) -> Passage:
        """A passage of fact, with the exhibits that prove it or the mark that none does."""
        numbers = self.numbers(wanted)
        return Passage(
            text=text,
            on=on,
            cites=cited(facts),
            exhibits=numbers,
            proof=Proof.EXHIBITED if numbers else Proof.NOT_PRODUCED,
        )

    def of_court(self, text: str, facts: Iterable[Fact], *, on: date | None = None) -> Passage:
        """A passage that tells an act of the proceedings."""
        return Passage(text=text, on=on, cites=cited(facts), proof=Proof.COURT_FILE)

    def must_hold(self, passages: Iterable[Passage]) -> None:
        """Raise CitationLost for a passage that cites a fact or an exhibit that is not there, or that cites nothing
        where it tells a fact."""
        for passage in passages:
            for cite in passage.cites:
                fact = self.by_version.get(cite.version)
                if fact is None or type(fact.event).__name__ != cite.type:
                    raise CitationLost(f"Le fait n° {cite.version} ({cite.type}), cité par le mémoire, a disparu.")
            for number in passage.exhibits:
                if not 1 <= number <= len(self.exhibits):
                    raise CitationLost(f"La pièce n° {number}, citée par le mémoire, n'est pas au bordereau.")
            if passage.proof is Proof.NOT_NEEDED:
                continue
            if not passage.cites or (passage.proof is Proof.EXHIBITED) is not bool(passage.exhibits):
                raise CitationLost(f"Un énoncé de fait ne dit pas sur quoi il repose : « {passage.text} »")


def _must_be_whole(facts: Sequence[Fact], on_version: int | None) -> None:
    """Refuse a history with a hole: a fact that nobody can read any more may be the one that decides."""
    for expected, fact in enumerate(facts, 1):
        if fact.version != expected:
            raise CitationLost(f"L'historique est incomplet : le fait n° {expected} manque.")
    if not facts or on_version not in {None, facts[-1].version}:
        raise CitationLost(f"L'historique est incomplet : il s'arrête avant le fait n° {on_version or 1}.")


def cited(facts: Iterable[Fact]) -> tuple[Citation, ...]:
    """Facts as a passage cites them, in the order of the history."""
    found = {fact.version: type(fact.event).__name__ for fact in facts}
    return tuple(Citation(version=version, type=name) for version, name in sorted(found.items()))


def sheet(*parts: str) -> str:
    """What a printed sheet proves, by its name and what it is about."""
    return f"sheet:{'/'.join(parts)}"


def document(ref: str, version: int) -> str:
    """What a version of a document proves."""
    return f"document:{ref}/{version}"


def letter(kind: LetterKind, about: str = "", addressee: Addressee | None = None) -> str:
    """What a letter proves, to whomever or to one addressee."""
    return f"letter:{kind.value}/{about}/{addressee.value if addressee else ''}"


def day(on: date) -> str:
    """« Le 1er mars 2026 », at the beginning of a sentence."""
    return f"Le {in_french(on)}"
