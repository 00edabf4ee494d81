"""What messages to OFII and to the tax authority read as."""

from domain import events as facts
from domain.french import in_french as day
from domain.messages import RECIPIENT_TITLES
from domain.sentences.telling import says
from domain.sentences.words import amount, because


def indicative(euros: str | None) -> str:
    """The likely amount of the tax, said not to bind, or nothing."""
    return f" ; taxe de l'employeur, montant indicatif et sans valeur de liquidation : {amount(euros)}" if euros else ""


says(
    facts.OfiiNotified,
    lambda e: (
        f"Autorisation {e.decision} transmise à l'OFII le {day(e.sent_on)} (message {e.message})"
        f"{indicative(e.indicative_amount_euros)}{because(e.ground)}"
    ),
    "CT R5221-18",
    on=lambda e: ("CESEDA L436-10",) if e.indicative_amount_euros else (),
)
says(
    facts.TaxAuthorityNotified,
    lambda e: (
        f"Embauche signalée à la DGFiP le {day(e.sent_on)} (message {e.message}, décision {e.decision})"
        f"{indicative(e.indicative_amount_euros)}."
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
