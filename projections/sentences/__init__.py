"""What each fact reads as in a case file: one calm French sentence and its articles, without a worker's name."""

from domain.envelope import Event
from projections.sentences import access as access

# Each chapter declares its sentences when it is imported.
from projections.sentences import appeals as appeals
from projections.sentences import bundles as bundles
from projections.sentences import decisions as decisions
from projections.sentences import examination as examination
from projections.sentences import filing as filing
from projections.sentences import keeping as keeping
from projections.sentences import litigation as litigation
from projections.sentences import messages as messages
from projections.sentences import routing as routing
from projections.sentences.telling import SENTENCES as SENTENCES


def sentence(event: Event) -> str:
    """The fact as a case file tells it; a type nobody has put into words yet is named, never hidden."""
    known = SENTENCES.get(type(event))
    return known.text(event) if known else f"Fait enregistré : {type(event).__name__}."


def articles(event: Event) -> tuple[str, ...]:
    """The articles that the fact rests on, as far as it names them."""
    known = SENTENCES.get(type(event))
    return known.articles(event) if known else ()
