"""The proof that an addressee came to know a decision: made available, read, received or deemed notified."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.acts import ADDRESSEE_TITLES, Addressee
from domain.case import Decision
from domain.clocks.notification import doubts_of_deemed_notification
from domain.events import (
    DecisionDeemedNotified,
    DecisionFirstRead,
    DecisionMadeAvailable,
    ElectronicNotificationAccepted,
)
from domain.sentences.words import moment
from domain.sheets.disputes import lines
from domain.sheets.page import Block, Heading, Mark, Pairs, Paragraph, Told, on
from domain.taken import LedgerFact

CHANNELS: Final = {"teleservice": "téléservice", "post": "courrier"}


def told_to(facts: tuple[LedgerFact, ...], decision: str, addressee: Addressee) -> tuple[LedgerFact, ...]:
    """The facts by which an addressee came to know a decision, oldest first."""
    return tuple(
        fact
        for fact in facts
        if isinstance(fact.event, DecisionMadeAvailable | DecisionFirstRead | DecisionDeemedNotified)
        and fact.event.decision == decision
        and fact.event.addressee is addressee
    )


def proved_on(decision: Decision, addressee: Addressee) -> date | None:
    """The day of the notification, or that of the availability while nothing proves a notification."""
    known = decision.notified.get(addressee)
    return (known.notified_on or known.available_on) if known else None


def notification(told: Told, decision: Decision, addressee: Addressee) -> Iterator[Block]:
    """When, by which channel and by which article an addressee was notified, and the facts that prove it."""
    facts = told_to(told.facts, decision.id, addressee)
    whom = ADDRESSEE_TITLES[addressee]
    rows = [
        ("Décision", decision.id),
        ("Destinataire", whom),
        ("Accord à la voie électronique", _consent(told, addressee)),
    ]
    for fact in facts:
        match fact.event:
            case DecisionMadeAvailable(available_on=day, channel=channel):
                rows.append(("Mise à disposition", f"{on(day)}, par {CHANNELS[channel]} (CRPA L112-15)"))
            case DecisionFirstRead(received_on=date() as day):
                rows.append(("Pli reçu", f"{on(day)}, d'après l'avis de réception"))
            case DecisionFirstRead(read_at=at):
                rows.append(("Première lecture", f"{moment(at)} (CRPA R112-20)"))
            case DecisionDeemedNotified(notified_on=day, article=article):
                rows.append(("Réputée notifiée", f"{on(day)}, faute de consultation dans les quinze jours ({article})"))
            case _:
                pass
    yield Pairs(tuple(rows))
    known = decision.notified.get(addressee)
    if known is not None and known.notified_on is not None:
        yield Paragraph(f"La décision {decision.id} est notifiée à {whom} le {on(known.notified_on)}.")
        if known.deemed_on is not None:
            for doubt in doubts_of_deemed_notification(told.case, addressee, known):
                yield Mark(f"Réserve : {doubt}.")
    else:
        yield Mark(f"Aucune notification de la décision {decision.id} à {whom} n'est établie : le délai ne court pas.")
    yield Heading("Faits enregistrés")
    yield lines(facts)


def _consent(told: Told, addressee: Addressee) -> str:
    given = (
        fact.event.accepted_on
        for fact in told.facts
        if isinstance(fact.event, ElectronicNotificationAccepted) and fact.event.addressee is addressee
    )
    day = next(given, None)
    return f"donné le {on(day)} (CRPA R112-17)" if day else "aucun accord enregistré"
