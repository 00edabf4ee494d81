"""How a read model is written down: its table, its row, and the function from one case to its rows."""

import importlib
import pkgutil
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, cached_property
from typing import Any, Final, Generic, TypeVar, get_args
from uuid import UUID

import msgspec

from domain.case import PARIS, Case
from domain.clocks import Clock, clocks
from domain.envelope import ERASED, Role
from domain.events import CaseEvent, PersonErased, RequestFiled
from domain.fold import replay
from domain.reference import Reference
from domain.request import PrivateEmployer
from ledger.facts import Recorded

CASE_EVENTS: Final[frozenset[type]] = frozenset(get_args(CaseEvent))
"""The types of fact that belong to a case; all others pass read models by."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a read model; its fields are the columns of the table, by name."""

    case_id: UUID


class ScopedRow(Row, frozen=True, kw_only=True):
    """A row that is listed across cases: it carries what decides who may see it."""

    platform: str | None
    competent_department: str | None
    deciding_department: str | None
    filed_by: str
    related: tuple[str, ...] = ()
    """Identities that have access to the case without having filed it."""
    recipients: tuple[str, ...] = ()
    """Bodies that a message of the case is addressed to; of a message, the one it is addressed to."""


def filer_of(event: CaseEvent) -> UUID | None:
    """The person of the case who filed it themselves; None for an undertaking, or whoever files for another."""
    if not isinstance(event, RequestFiled):
        return None
    employer = event.request.employer
    if event.filed_as is Role.EMPLOYER and isinstance(employer, PrivateEmployer):
        return employer.person
    return event.request.worker.person if event.filed_as is Role.WORKER else None


class Told:
    """One case as it is told to read models, folded only for those that look at it."""

    def __init__(
        self, *, facts: tuple[Recorded[CaseEvent], ...], new: tuple[Recorded[CaseEvent], ...], case: Case | None = None
    ) -> None:
        """With `case` where it has been folded already."""
        self.facts = facts
        """All facts of the case, oldest first."""
        self.new = new
        """Those not told before; all of them when the rows are made anew."""
        self.stream = facts[0].stream
        self._clocks: list[tuple[Reference, tuple[Clock, ...]]] = []
        if case is not None:
            self.case = case

    @cached_property
    def case(self) -> Case:
        """The case after its facts."""
        case = replay((fact.event for fact in self.facts), self.stream)
        assert case is not None, "a case that is told has facts"
        return case

    @property
    def is_whole(self) -> bool:
        """Whether the rows are to be made anew."""
        return self.new is self.facts

    @property
    def last_day(self) -> date:
        """The day in Paris of the newest fact: rows depend on it, never on the day they are made."""
        return self.facts[-1].recorded_at.astimezone(PARIS).date()

    @cached_property
    def erased(self) -> frozenset[UUID]:
        """The persons whose erasure the facts tell, and who filed where that is one of them: they act under another."""
        found = frozenset(fact.event.person for fact in self.facts if type(fact.event) is PersonErased)
        return found | {self.facts[0].actor.person} if found and filer_of(self.facts[0].event) in found else found

    def legible(self, person: UUID, text: str) -> str:
        """A personal text, unless its person has been erased, whether or not the key is already destroyed."""
        return ERASED if person in self.erased else text

    def clocks(self, reference: Reference) -> tuple[Clock, ...]:
        """The time limits of the case on its last day, counted once for all read models that ask."""
        for counted_with, counted in self._clocks:
            if counted_with is reference:
                return counted
        made = clocks(self.case, self.last_day, reference)
        self._clocks.append((reference, made))
        return made


class Aids(msgspec.Struct, frozen=True, kw_only=True):
    """What rows are made with besides the facts."""

    reference: Reference
    check_key: bytes
    """Keys the fingerprints of dates of birth, so that the tables hold none."""


R = TypeVar("R", bound=Row)


class ReadModel(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A read model: found by discovery, as the `MODEL` of a module of this package."""

    table: str
    """In the schema `read`."""
    row: type[R]
    rows: Callable[[Told, Aids], Iterable[R]]
    """Pure: the rows of the case, or with `grows` those that `new` facts add to it."""
    grows: bool = False
    """Rows are only added, unless they are made anew."""
    version: int = 1
    """Raised when the rows change meaning or shape: a new table is then built beside the one in service."""


@cache
def read_models() -> tuple[ReadModel[Any], ...]:
    """Every read model of this package, in the order of their names."""
    package = importlib.import_module("projections")
    modules = (importlib.import_module(f"projections.{found.name}") for found in pkgutil.iter_modules(package.__path__))
    return tuple(module.MODEL for module in modules if hasattr(module, "MODEL"))


def folded(text: str) -> str:
    """Lower case, without accents or punctuation: how texts are stored for searching, and how they are asked for."""
    plain = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    return " ".join(unicodedata.normalize("NFKD", plain).translate(_FOLDED).split())


class _Folding(dict[int, str]):
    """What each character becomes, learnt as texts bring them: accents go, what is no letter or digit parts words."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = "" if unicodedata.combining(character) else character if character.isalnum() else " "
        self[code] = folded
        return folded


_FOLDED: Final = _Folding()
