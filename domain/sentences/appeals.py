"""What administrative appeals, and reasons asked for, read as."""

from domain import events as facts
from domain.acts import ADDRESSEE_TITLES, AppealOutcome
from domain.french import in_french as day
from domain.sentences.telling import says
from domain.sentences.words import APPEALS, ended, grounds, reason_articles, rejected_unless_answered, signature


def _reasons_of(decision: str) -> str:
    return f"Motifs de la décision implicite {decision}"


def lodged(event: facts.AppealLodged) -> str:
    """The appeal, whether in time, and what silence will mean."""
    time = {True: " dans le délai", False: " hors délai", None: ""}[event.in_time]
    unknown = " Le délai de recours ne lui est pas opposable." if event.in_time is None else ""
    return (
        f"{APPEALS[event.kind]} {event.appeal} formé par {ADDRESSEE_TITLES[event.lodged_by]} contre la décision"
        f" {event.against}, reçu le {day(event.received_on)}{time}.{unknown}"
        f"{rejected_unless_answered(event.implicit_rejection_on)}"
    )


def appeal_decided(event: facts.AppealDecided) -> str:
    """How the appeal ends, and by whom."""
    outcome = "accueilli" if event.outcome is AppealOutcome.UPHELD else "rejeté"
    who = " par le ministre" if event.by_minister else ""
    summary = f" {ended(event.summary)}" if event.summary.strip() else ""
    decision = f" Rejet {signature(event.decision).replace('signée', 'signé', 1)}." if event.decision else ""
    return f"Recours {event.appeal} {outcome}{who} le {day(event.decided_on)}.{summary}{decision}"


says(facts.AppealLodged, lodged, "CRPA L411-2", "CRPA L411-7")
says(
    facts.AppealAcknowledged,
    lambda e: (
        f"Accusé de réception du recours {e.appeal} délivré le {day(e.acknowledged_on)} :"
        f" le silence gardé vaudra rejet le {day(e.implicit_rejection_on)}."
    ),
    "CRPA L112-3",
    "CRPA R112-5",
)
says(
    facts.AppealDecided,
    appeal_decided,
    "CRPA L411-4",
    on=lambda e: reason_articles(e.decision) if e.decision else (),
)
says(
    facts.AppealImplicitlyRejected,
    lambda e: f"Recours {e.appeal} rejeté par le silence gardé jusqu'au {day(e.arisen_on)}. {ended(e.explanation)}",
    "CRPA L411-7",
)
says(
    facts.ReasonsRequested,
    lambda e: f"{_reasons_of(e.decision)} demandés ; à communiquer au plus tard le {day(e.due_on)}.",
    "CRPA L232-4",
)
says(
    facts.ReasonsCommunicated,
    lambda e: f"{_reasons_of(e.decision)} communiqués : {grounds(e.reasons)}.",
    "CRPA L232-4",
    on=lambda e: (reason.rule.article for reason in e.reasons),
)
