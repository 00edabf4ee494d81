"""What messages to OFII and to the tax authority read as."""

from domain import events as facts
from domain.french import in_french as day
from domain.messages import RECIPIENT_TITLES
from projections.sentences.telling import says
from projections.sentences.words import amount, because

says(
    facts.OfiiNotified,
    lambda e: (
        f"Autorisation {e.decision} transmise à l'OFII le {day(e.sent_on)} (message {e.message}){because(e.ground)}"
    ),
    "CT R5221-18",
)
says(
    facts.TaxAuthorityNotified,
    lambda e: (
        f"Embauche signalée à la DGFiP le {day(e.sent_on)} (message {e.message}, décision {e.decision})"
        f"{f' ; montant indicatif : {amount(e.indicative_amount_euros)}' if e.indicative_amount_euros else ''}."
    ),
    "CESEDA L436-10",
)
says(
    facts.NotificationAcknowledged,
    lambda e: (
        f"Message {e.message} reçu par {RECIPIENT_TITLES.get(e.recipient, e.recipient)} le {day(e.acknowledged_on)}"
        f" (référence {e.reference})."
    ),
)
says(
    facts.NotificationFailed,
    lambda e: (
        f"Message {e.message} non remis à {RECIPIENT_TITLES.get(e.recipient, e.recipient)} le {day(e.failed_on)}"
        f"{because(e.cause)}"
    ),
)
