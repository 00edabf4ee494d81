"""What happens before the courts reads as."""

from domain import events as facts
from domain.acts import ADDRESSEE_TITLES, JudgmentOutcome
from domain.french import in_french as day
from domain.french import with_article
from domain.sentences.telling import says
from domain.sentences.words import (
    ACTIONS,
    JUDGMENTS,
    costs,
    criterion,
    elided,
    ended,
    grounds,
    injunction,
    of_rule,
    plural,
    rejected_unless_answered,
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
    who = f"le {event.represented_by}" if event.lodged_by is None else ADDRESSEE_TITLES[event.lodged_by]
    what = (
        f"contre la décision de justice rendue dans l'instance {event.main_litigation}"
        if event.lodged_by is None
        else f"contre la décision {event.against}"
    )
    state = "" if event.lodged_by is None else f" ; l'État est représenté par le {event.represented_by}"
    return (
        f"{court} {seized} par {who} d{action} {what}, le {day(event.lodged_on)} (instance {event.litigation}, n°"
        f" {event.court_number}){state}.{elsewhere}"
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
    lambda e: f"Délai imparti pour produire la défense fixé au {day(e.due_on)} (instance {e.litigation}).",
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
        f" {criterion(e.replaces)}. La décision attaquée conserve ses motifs."
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


def judgment(event: facts.JudgmentRecorded) -> str:
    """What the court ruled, what it annulled of an earlier ruling, and what it ordered."""
    settled = event.judgment_annulled and event.outcome is not JudgmentOutcome.REMITTED
    outcome = JUDGMENTS[event.outcome]
    if settled:
        outcome = f"annulation de la décision de justice attaquée et, sur la demande elle-même, {outcome}"
    if event.annuls_rejection_of is not None:
        outcome = f"annulation du seul rejet du recours gracieux {event.annuls_rejection_of}"
    doubt = ", faute de doute sérieux sur la légalité de la décision" if event.no_serious_doubt else ""
    return (
        f"Décision de justice du {day(event.judged_on)} (instance {event.litigation}), notifiée le"
        f" {day(event.notified_on)} : {outcome}{doubt}. {ended(event.summary)}{injunction(event.injunction)}"
        f"{costs(event.costs_euros)}"
    )


def judgment_articles(event: facts.JudgmentRecorded) -> tuple[str, ...]:
    """The texts that what was ruled calls for."""
    ordered = ("CJA L911-1", "CJA L911-2") if event.injunction else ()
    return (
        *ordered,
        *(("CJA R612-5-2",) if event.no_serious_doubt else ()),
        *(("CJA L761-1",) if event.costs_euros else ()),
    )


says(facts.JudgmentRecorded, judgment, on=judgment_articles)
says(
    facts.ProceedingsTransferred,
    lambda e: (
        f"Instance {e.litigation} (n° {e.from_number}) transférée le {day(e.transferred_on)} par"
        f" {with_article(e.from_court)} : elle se poursuit devant {with_article(e.court)}, n° {e.court_number}."
    ),
    "CJA R351-3",
)
says(
    facts.MainClaimConfirmed,
    lambda e: (
        f"Requête {e.litigation} maintenue par son auteur le {day(e.confirmed_on)}, après le rejet de sa demande de"
        f" suspension (instance {e.suspension})."
    ),
    "CJA R612-5-2",
)
says(
    facts.LegalBasisSubstituted,
    lambda e: (
        f"Substitution de base légale demandée au juge (instance {e.litigation}) : {of_rule(e.basis)}, à la place de"
        f" {of_rule(e.replaces)}. La décision attaquée conserve la sienne."
    ),
    on=lambda e: (e.basis.article,),
)
says(
    facts.AppealReopened,
    lambda e: (
        f"Recours gracieux {e.appeal} à nouveau pendant depuis le {day(e.reopened_on)}, son rejet seul ayant été annulé"
        f" (instance {e.litigation}).{rejected_unless_answered(e.implicit_rejection_on)}"
        f"{f' Le juge fixe la réponse au {day(e.due_on)} au plus tard.' if e.due_on else ''}"
    ),
    on=lambda e: ("CRPA L411-7", *(("CJA L911-2",) if e.due_on else ())),
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
