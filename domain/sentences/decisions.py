"""What decisions read as: made, notified, ended."""

from collections.abc import Callable
from typing import Any

from domain import events as facts
from domain.acts import ADDRESSEE_TITLES, DECISION_TITLES, Addressee, SignedDecision
from domain.french import in_french as day
from domain.sentences.telling import says
from domain.sentences.words import (
    because,
    ended,
    grounds,
    moment,
    reason_articles,
    signature,
    stage,
)


def express(noun: str, feminine: bool = True) -> Callable[[Any], str]:
    """The sentence of a signed decision."""

    def told(event: Any) -> str:
        decision: SignedDecision = event.decision
        why = f" Motifs : {grounds(decision.reasons)}." if decision.reasons else ""
        signed = signature(decision) if feminine else signature(decision).replace("signée", "signé", 1)
        return f"{noun}{stage(decision.stage)} (décision {decision.decision}), {signed}.{why}"

    return told


def granted(event: facts.RequestGranted) -> str:
    """The permit, with its number and its days."""
    permit = event.permit
    until = f" au {day(permit.valid_until)}" if permit.valid_until else ""
    valid = f" Autorisation n° {permit.number}, valable du {day(permit.valid_from)}{until}."
    if not until:
        valid = f" Autorisation n° {permit.number}, valable à compter du {day(permit.valid_from)}."
    return express("Autorisation de travail accordée")(event) + valid


says(
    facts.DecisionProposed,
    lambda e: (
        f"Décision proposée à la signature : {DECISION_TITLES[e.kind]}{stage(e.stage)}."
        f"{f' Motifs : {grounds(e.reasons)}.' if e.reasons else ''}"
    ),
    on=lambda e: (reason.rule.article for reason in e.reasons),
)
says(facts.ProposalReturned, lambda e: f"Proposition renvoyée à l'instructeur{because(e.reason)}")
says(facts.RequestGranted, granted, "CT R5221-17", on=lambda e: reason_articles(e.decision))
says(
    facts.RequestRefused,
    express("Autorisation de travail refusée"),
    "CRPA L211-2",
    "CRPA L211-5",
    on=lambda e: reason_articles(e.decision),
)
says(
    facts.AgreementStamped,
    lambda e: f"{express('Convention visée')(e)} Visa n° {e.number}.",
    on=lambda e: reason_articles(e.decision),
)
says(
    facts.AgreementStampRefused,
    express("Visa de la convention refusé", feminine=False),
    "CRPA L211-2",
    on=lambda e: reason_articles(e.decision),
)
says(
    facts.OpinionIssued,
    lambda e: express(
        "Avis favorable rendu" if e.decision.kind.is_favourable else "Avis défavorable rendu", feminine=False
    )(e),
    on=lambda e: reason_articles(e.decision),
)
says(
    facts.ImplicitDecisionArisen,
    lambda e: (
        f"{'Acceptation implicite née' if e.kind.is_favourable else 'Rejet implicite né'} du silence"
        f" le {day(e.arisen_on)} (décision {e.decision}). {ended(e.explanation)}"
    ),
    on=lambda e: (e.articles,),
)
says(
    facts.CaseClosed,
    lambda e: (
        f"{express('Demande close comme incomplète')(e)} Pièces restées manquantes : {', '.join(e.missing_items)}."
    ),
    "CRPA L114-5",
    on=lambda e: reason_articles(e.decision),
)

says(
    facts.DecisionMadeAvailable,
    lambda e: (
        f"Décision {e.decision} mise à disposition de {ADDRESSEE_TITLES[e.addressee]} le {day(e.available_on)}"
        f" ({'par courrier' if e.channel == 'post' else 'sur le téléservice'})."
    ),
    on=lambda e: (
        # An opinion goes to the prefecture that asked, as no article of a permit's notification says.
        *(("CT R5221-17",) if e.addressee is not Addressee.PREFECTURE else ()),
        *(("CRPA L112-15",) if e.channel == "teleservice" else ()),
    ),
)


def first_read(event: facts.DecisionFirstRead) -> str:
    """The reading on the teleservice, or the day that the registered slip proves."""
    whom = ADDRESSEE_TITLES[event.addressee]
    if event.received_on is not None:
        return (
            f"Décision {event.decision} reçue par {whom} le {day(event.received_on)}, d'après l'avis de réception du"
            " pli : elle est notifiée ce jour-là."
        )
    return (
        f"Décision {event.decision} lue pour la première fois par {whom} le {moment(event.read_at)} : la lecture vaut"
        " notification, si elle n'était pas déjà acquise."
    )


says(
    facts.DecisionFirstRead,
    first_read,
    on=lambda e: () if e.received_on is not None else ("CRPA R112-20",),
)
says(
    facts.DecisionDeemedNotified,
    lambda e: (
        f"Décision {e.decision} réputée notifiée à {ADDRESSEE_TITLES[e.addressee]} le {day(e.notified_on)} :"
        " elle n'a pas été consultée dans les quinze jours."
    ),
    on=lambda e: (e.article,),
)

says(
    facts.ElectronicNotificationAccepted,
    lambda e: f"Accord de {ADDRESSEE_TITLES[e.addressee]} à la notification électronique des décisions.",
    "CRPA R112-17",
)
says(
    facts.PriorHearingOpened,
    lambda e: (
        f"Procédure contradictoire {e.hearing} ouverte sur un projet de {DECISION_TITLES[e.intended]} de la décision"
        f" {e.decision} ; observations attendues jusqu'au {day(e.observations_until)}. {ended(e.grounds)}"
    ),
    "CRPA L121-1",
    "CRPA L122-1",
    on=lambda e: (e.legal_basis,),
)
says(
    facts.ObservationsReceived,
    lambda e: (
        f"Observations {'orales ' if e.oral else ''}de {ADDRESSEE_TITLES[e.addressee]}"
        f"{', assisté ou représenté,' if e.assisted else ''} reçues le {day(e.received_on)} (procédure {e.hearing})."
        f"{' La partie demande à être entendue.' if e.asks_to_be_heard else ''}"
    ),
    "CRPA L122-1",
)
says(
    facts.PermitWithdrawn,
    lambda e: express(f"Décision {e.withdraws} retirée")(e),
    on=lambda e: (e.legal_basis, *reason_articles(e.decision)),
)
says(
    facts.PermitRepealed,
    lambda e: f"{express(f'Décision {e.repeals} abrogée')(e)} Prise d'effet le {day(e.effective_on)}.",
    on=lambda e: (e.legal_basis, *reason_articles(e.decision)),
)
says(
    facts.MedicalCertificateMissing,
    lambda e: (
        f"Certificat médical non produit trois mois après l'autorisation (délai échu le"
        f" {day(e.three_months_ended_on)}) : l'autorisation peut être retirée."
    ),
    "CT L5221-5",
)
