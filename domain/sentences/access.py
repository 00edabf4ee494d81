"""What accesses to a case read as."""

from domain import events as facts
from domain.acts import ACCESS_QUALITY_TITLES
from domain.french import in_french as day
from domain.sentences.telling import says
from domain.sentences.words import because

says(
    facts.CaseAccessGiven,
    lambda e: (
        f"Accès au dossier donné le {day(e.given_on)} (qualité : {ACCESS_QUALITY_TITLES[e.quality]}){because(e.basis)}"
    ),
)
says(facts.CaseAccessEnded, lambda e: f"Accès au dossier terminé le {day(e.ended_on)}{because(e.reason)}")
