"""What a letter says, from the facts of the case as they stood and from what was published by then; a pure function."""

from collections.abc import Callable, Sequence
from typing import Final

from domain.letters import decided, sent
from domain.letters.content import Letter, LetterData, read, template_of, written
from domain.letters.telling import Due as Due
from domain.letters.telling import Printing as Printing
from domain.letters.telling import Telling
from domain.papers import LetterKind
from domain.taken import Fact, Surroundings

PLAIN: Final = Printing()

WRITERS: Final[dict[LetterKind, Callable[[Telling], Letter]]] = {
    LetterKind.RECEIPT: sent.receipt,
    LetterKind.ACKNOWLEDGEMENT: sent.acknowledgement,
    LetterKind.MISSING_ITEMS: sent.missing_items,
    LetterKind.DECISION: decided.decision,
    LetterKind.PERMIT: decided.permit,
    LetterKind.PRIOR_HEARING: sent.prior_hearing,
    LetterKind.APPEAL_ACKNOWLEDGEMENT: sent.appeal_acknowledgement,
    LetterKind.APPEAL_DECISION: decided.appeal_decision,
    LetterKind.REASONS: sent.reasons,
}


def letter_data(facts: Sequence[Fact], due: Due, around: Surroundings, printing: Printing = PLAIN) -> LetterData:
    """What a letter says; refused when a mention that the law wants is lacking.

    It reads the facts up to the version that the letter tells, the tables, contacts and delegations as published when
    that fact was recorded, and no clock: the same facts give the same data for ever.
    """
    letter = WRITERS[due.kind](Telling(facts, due, around, printing))
    return read(template_of(type(letter)), written(letter))
