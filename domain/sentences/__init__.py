"""What each fact reads as in a case file: one calm French sentence and its articles, without a worker's name."""

from domain.envelope import Event
from domain.sentences import access as access

# Each chapter declares its sentences when it is imported.
from domain.sentences import appeals as appeals
from domain.sentences import bundles as bundles
from domain.sentences import decisions as decisions
from domain.sentences import examination as examination
from domain.sentences import files as files
from domain.sentences import filing as filing
from domain.sentences import keeping as keeping
from domain.sentences import letters as letters
from domain.sentences import litigation as litigation
from domain.sentences import messages as messages
from domain.sentences import routing as routing
from domain.sentences.telling import SENTENCES as SENTENCES


def sentence(event: Event) -> str:
    """The fact as a case file tells it; a type nobody has put into words yet is named, never hidden."""
    known = SENTENCES.get(type(event))
    return known.text(event) if known else f"Fait enregistré : {type(event).__name__}."


def articles(event: Event) -> tuple[str, ...]:
    """The articles that the fact rests on, as far as it names them."""
    known = SENTENCES.get(type(event))
    return known.articles(event) if known else ()
