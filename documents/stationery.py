"""How letters are made here: what they say, what they bear besides, and the pages they are set on."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from documents.letters import rendered
from domain.events import CaseEvent
from domain.fold import replay
from domain.letters.content import PermitCheck, template_of, written
from domain.letters.data import Printing, letter_data
from domain.letters.due import Due
from domain.papers import LetterKind
from domain.permits import printed_code, verification_code
from domain.taken import Fact, Surroundings
from ledger.settings import Settings

CHECKED_AT = "/verification"
"""Where the code printed on a permit leads: as long as any permit is held, this address answers."""


class Composed(NamedTuple):
    """A letter as data: the template that sets it, by name and version, and the bytes of its data."""

    template: str
    data: bytes


class Stationery:
    """Makes letters of facts: the same of the same facts on any machine that has the same settings."""

    def __init__(self, check_key: bytes, origin: str, *, certified: bool = False) -> None:
        self._check_key = check_key
        self._origin = origin
        self._certified = certified

    @classmethod
    def of(cls, settings: Settings) -> "Stationery":
        """As the settings say."""
        return cls(settings.check_key, settings.origin, certified=settings.signature_pkcs12 is not None)

    def composed(self, facts: Sequence[Fact], due: Due, around: Surroundings) -> Composed:
        """The data of a letter, from the facts up to the one that calls for it. Raises Refused when it lacks something
        that it must say."""
        check = self._check(facts, due) if due.kind is LetterKind.PERMIT else None
        letter = letter_data(facts, due, around, Printing(certified=self._certified, check=check))
        return Composed(template_of(type(letter)), written(letter))

    def rendered(self, letter: Composed, *, draft: bool = False) -> bytes:
        """Its pages, in PDF/A; those of a draft say so. Raises TemplateFaulty."""
        return rendered(letter.template, letter.data, draft=draft)

    def _check(self, facts: Sequence[Fact], due: Due) -> PermitCheck | None:
        events: list[CaseEvent] = [fact.event for fact in facts if fact.version <= due.on_version]
        case = replay(events, UUID(int=0))
        permit = case.decision(due.about).permit if case is not None else None
        if permit is None:
            return None
        code = printed_code(verification_code(self._check_key, permit.number))
        return PermitCheck(address=check_address(self._origin, permit.number, code), code=code)


def check_address(origin: str, number: str, code: str) -> str:
    """The address that checks a permit for whoever holds the paper."""
    return f"{origin}{CHECKED_AT}?{urlencode({'number': number, 'code': code})}"
