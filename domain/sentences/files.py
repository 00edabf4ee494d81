"""What the examination of files reads as."""

from typing import Final

from domain import events as facts
from domain.intake import TYPES, UNKNOWN, stopping
from domain.papers import FileFault, ScanVerdict
from domain.sentences.telling import says
from domain.sentences.words import plural

FAULTS: Final[dict[FileFault, str]] = {
    FileFault.EMPTY: "il est vide",
    FileFault.TRUNCATED: "il s'arrête avant sa fin",
    FileFault.DAMAGED: "il ne s'ouvre qu'après réparation",
    FileFault.UNREADABLE: "il ne peut être lu",
    FileFault.ENCRYPTED: "un mot de passe le protège",
    FileFault.RESTRICTED: "son auteur en restreint l'usage",
    FileFault.EXPANDS_TOO_MUCH: "il devient démesuré à l'ouverture",
    FileFault.NO_PAGE: "il n'a aucune page",
    FileFault.MISLABELLED: "il n'est pas du type annoncé",
    FileFault.TYPE_NOT_ACCEPTED: "son type n'est pas accepté",
    FileFault.MACROS: "il contient des macros",
    FileFault.ACTIVE_CONTENT: "il contient un script ou un fichier joint",
    FileFault.TOO_MANY_PAGES: "il est très long",
    FileFault.IMAGE_ONLY: "il ne contient que des images",
    FileFault.EXAMINATION_FAILED: "son examen n'a pas abouti",
}
"""Each fault as a clause, where a sentence about a case has room for no advice."""

VERDICTS: Final[dict[ScanVerdict, str]] = {
    ScanVerdict.CLEAN: "aucun virus trouvé",
    ScanVerdict.INFECTED: "fichier infecté, qui ne peut plus être ouvert",
    ScanVerdict.FAILED: "le fichier n'a pu être analysé",
}


def examined(event: facts.DocumentExamined) -> str:
    """What a file is, and what is wrong with it."""
    kind = TYPES.get(event.media_type, TYPES[UNKNOWN]).label
    pages = f", {plural(event.pages, 'page', 'pages')}" if event.pages is not None else ""
    found = " ; ".join(FAULTS[fault] for fault in event.faults)
    worth = "inexploitable" if stopping(event.faults) else "à savoir"
    faults = f" ({worth} : {found})" if found else ", sans défaut constaté"
    return f"Fichier de la pièce {event.document} (version {event.version}) examiné : {kind}{pages}{faults}."


def scanned(event: facts.DocumentScanned) -> str:
    """What a scanner said, by which signatures."""
    name = f" (« {event.signature} »)" if event.signature else ""
    return (
        f"Analyse antivirus de la pièce {event.document} (version {event.version}) : "
        f"{VERDICTS[event.verdict]}{name}, selon {event.engine}."
    )


says(facts.DocumentExamined, examined)
says(facts.DocumentScanned, scanned)
