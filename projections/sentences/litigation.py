"""What happens before the courts reads as."""

from domain import events as facts
from domain.acts import ADDRESSEE_TITLES
from domain.french import in_french as day
from projections.sentences.telling import says
from projections.sentences.words import (
    ACTIONS,
    JUDGMENTS,
    costs,
    criterion,
    elided,
    ended,
    grounds,
    injunction,
    plural,
)


def court_seized(event: facts.LitigationOpened) -> str:
    """Which court, by which action, against what, and whether it is the court of the place of work."""
    elsewhere = (
        f" La juridiction du lieu de travail est : {event.competent_court}."
        if event.competent_court and event.competent_court != event.court
        else ""
    )
    court = event.court[:1].upper() + event.court[1:]
    seized = "saisie" if event.court.startswith("cour ") else "saisi"
    action = elided(ACTIONS[event.action])
    return (
        f"{court} {seized} par {ADDRESSEE_TITLES[event.lodged_by]} d{action} contre la décision {event.against}, le"
        f" {day(event.lodged_on)} (instance {event.litigation}, n° {event.court_number}) ; l'État est représenté par le"
        f" {event.represented_by}.{elsewhere}"
    )


says(facts.LitigationOpened, court_seized, "CJA R421-1", "CJA R312-10")
says(
    facts.ClaimServed,
    lambda e: (
        f"Requête {e.litigation} communiquée à l'administration le {day(e.served_on)}"
        f" (mise à disposition le {day(e.made_available_on)})."
    ),
    "CJA R611-8-6",
)
says(
    facts.DefencePeriodSet,
    lambda e: f"Délai pour défendre fixé au {day(e.due_on)} (instance {e.litigation}).",
    "CJA R611-10",
    "CJA R611-17",
)
says(
    facts.FormalNoticeReceived,
    lambda e: (
        f"Mise en demeure, reçue le {day(e.received_on)}, de produire au plus tard le {day(e.due_on)}"
        f" (instance {e.litigation}) : à défaut, les faits seront réputés admis."
    ),
    "CJA R612-3",
    "CJA R612-6",
)
says(
    facts.DefenceFiled,
    lambda e: (
        f"Mémoire en défense produit le {day(e.filed_on)} (instance {e.litigation}),"
        f" {plural(len(e.exhibits), 'pièce jointe', 'pièces jointes')}{', hors délai' if e.late else ''}."
    ),
    "CJA R431-10",
)
says(
    facts.GroundSubstituted,
    lambda e: (
        f"Substitution de motifs demandée au juge (instance {e.litigation}) : {grounds((e.reason,))} à la place de"
        f" {criterion(e.replaces)}. La première décision garde ses motifs."
    ),
    on=lambda e: (e.reason.rule.article,),
)
says(
    facts.InvestigationClosed,
    lambda e: f"Clôture de l'instruction fixée au {day(e.closes_on)} (instance {e.litigation}).",
    "CJA R613-1",
)
says(
    facts.HearingSet,
    lambda e: (
        f"Audience fixée au {day(e.hearing_on)} (instance {e.litigation}) ; instruction close le"
        f" {day(e.investigation_closes_on)}."
    ),
    "CJA R711-2",
    "CJA R613-2",
)
says(
    facts.JudgmentRecorded,
    lambda e: (
        f"Décision de justice du {day(e.judged_on)} (instance {e.litigation}), notifiée le {day(e.notified_on)} :"
        f" {JUDGMENTS[e.outcome]}. {ended(e.summary)}{injunction(e.injunction)}"
        f"{costs(e.costs_euros)}"
    ),
    on=lambda e: ("CJA L911-1", "CJA L911-2") if e.injunction else (),
)
says(
    facts.SuspensionOrdered,
    lambda e: (
        f"Décision {e.decision} suspendue par ordonnance du {day(e.ordered_on)} (instance {e.litigation}), notifiée le"
        f" {day(e.notified_on)}. {ended(e.summary)}{injunction(e.injunction)}"
    ),
    "CJA L521-1",
)


def reexamination(event: facts.ReexaminationOrdered) -> str:
    """Who sends the request back, a court or the minister, and until when."""
    who = (
        f"demandé par le ministre (recours {event.litigation})"
        if from_minister(event)
        else f"ordonné par le juge (instance {event.litigation})"
    )
    return (
        f"Réexamen {who} : la demande est à nouveau instruite, une décision doit être prise au plus tard le"
        f" {day(event.due_on)}."
    )


def from_minister(event: facts.ReexaminationOrdered) -> bool:
    """Whether a hierarchical appeal sent the request back, not a court."""
    return event.kind == "minister"


says(
    facts.ReexaminationOrdered,
    reexamination,
    on=lambda e: ("CT R5221-19",) if from_minister(e) else ("CJA L911-1", "CJA L911-2"),
)
