"""What holds on a case and erasures read as."""

from domain import events as facts
from domain.french import in_french as day
from domain.sentences.telling import says
from domain.sentences.words import because

says(
    facts.LegalHoldPlaced,
    lambda e: f"Conservation imposée ({e.hold}) à compter du {day(e.placed_on)}{because(e.reason)}",
)
says(facts.LegalHoldLifted, lambda e: f"Conservation {e.hold} levée le {day(e.lifted_on)}{because(e.reason)}")
says(
    facts.PersonRectified,
    lambda e: f"Données d'une personne rectifiées à sa demande le {day(e.rectified_on)}.",
    "RGPD article 16",
)
says(
    facts.PersonErased,
    lambda e: (
        f"Données d'une personne effacées le {day(e.erased_on)}"
        f"{f', visa des archives {e.archival_visa}' if e.archival_visa else ''}{because(e.reason)}"
    ),
    "RGPD article 17",
)
