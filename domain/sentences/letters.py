"""What letters read as."""

from typing import Final

from domain import events as facts
from domain.acts import ADDRESSEE_TITLES
from domain.french import in_french as day
from domain.papers import LETTER_TITLES, LetterKind
from domain.sentences.telling import says

TEXTS: Final[dict[LetterKind, tuple[str, ...]]] = {
    LetterKind.RECEIPT: ("CRPA R112-11-2",),
    LetterKind.ACKNOWLEDGEMENT: ("CRPA L112-3", "CRPA R112-11-1"),
    LetterKind.MISSING_ITEMS: ("CRPA L114-5",),
    LetterKind.DECISION: (),
    LetterKind.PERMIT: ("CT R5221-17",),
    LetterKind.PRIOR_HEARING: ("CRPA L121-1", "CRPA L122-1"),
    LetterKind.APPEAL_ACKNOWLEDGEMENT: ("CRPA L112-3", "CRPA R112-5"),
    LetterKind.APPEAL_DECISION: ("CRPA L411-4",),
    LetterKind.REASONS: ("CRPA L232-4",),
}
"""By which text each letter is written; a decision names its own."""


def _told(event: facts.LetterIssued) -> str:
    about = f" ({event.about})" if event.about else ""
    to = f", adressée à {ADDRESSEE_TITLES[event.addressee]}" if event.addressee else ""
    sealed = ", signée électroniquement" if event.certificate_sha256 else ""
    return (
        f"{LETTER_TITLES[event.kind]}{about} : lettre {event.letter} datée du {day(event.dated)}{to}, écrite le "
        f"{day(event.issued_on)} d'après le modèle {event.template}{sealed}."
    )


says(facts.LetterIssued, _told, on=lambda e: TEXTS[e.kind])
