"""Letters as plain as can be, for tests of how they are issued: everything that a letter may rest on, as JSON."""

from collections.abc import Callable, Sequence

import msgspec

from documents.stationery import Composed
from domain.events import CaseEvent
from domain.letters.due import Due
from domain.papers import LetterKind
from domain.refusals import Refused
from domain.taken import Surroundings
from ledger.facts import Recorded


class Plain:
    """Makes letters, but for the kinds that it is told to fail on."""

    def __init__(self, *failing: LetterKind) -> None:
        self.failing = failing
        self.made: list[Due] = []
        self.before: Callable[[], None] = lambda: None

    def composed(self, facts: Sequence[Recorded[CaseEvent]], due: Due, around: Surroundings) -> Composed:
        """All that it is given."""
        self.before()
        if due.kind in self.failing:
            raise Refused("letter_not_due", "Mme Zébulon n'a pas de prénom.")
        self.made.append(due)
        told = {
            "case": facts[0].stream,
            "due": due,
            "facts": [fact.event for fact in facts],
            "administration": around.administration_then.version,
            "today": around.today,
        }
        return Composed(f"{due.kind}/1", msgspec.json.encode(told, order="deterministic"))

    def rendered(self, letter: Composed) -> bytes:
        """The data behind what files begin with."""
        return b"%PDF-1.7\n" + letter.data
