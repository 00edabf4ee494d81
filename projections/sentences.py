"""What each fact reads as in a case file: one calm French sentence and its articles, without a worker's name."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from domain import events as facts
from domain.acts import (
    Addressee,
    AppealKind,
    AppealOutcome,
    CourtAction,
    DecisionKind,
    Injunction,
    InjunctionKind,
    JudgmentOutcome,
    SignedDecision,
    StageKind,
)
from domain.case import PARIS
from domain.envelope import Event, Role
from domain.findings import CRITERION_TITLES, Criterion, Met, ReasonGiven, RuleId
from domain.french import in_french as day
from domain.procedures import PROCEDURES
from domain.request import Company, DocumentRef, PrivateEmployer, Request

E = TypeVar("E", bound=Event)


class Sentence(msgspec.Struct, frozen=True):
    """How one type of fact is told."""

    text: Callable[[Any], str]
    articles: Callable[[Any], tuple[str, ...]]


SENTENCES: Final[dict[type[Event], Sentence]] = {}


def says(
    kind: type[E], text: Callable[[E], str], *articles: str, on: Callable[[E], Iterable[str]] | None = None
) -> None:
    """Declare how a type of fact reads; `on` gives the articles that the fact itself names."""

    def cited(event: E) -> tuple[str, ...]:
        named = on(event) if on else ()
        return tuple(dict.fromkeys(each for each in (*articles, *named) if each))

    SENTENCES[kind] = Sentence(text, cited)


def sentence(event: Event) -> str:
    """The fact as a case file tells it; a type nobody has put into words yet is named, never hidden."""
    known = SENTENCES.get(type(event))
    return known.text(event) if known else f"Fait enregistré : {type(event).__name__}."


def articles(event: Event) -> tuple[str, ...]:
    """The articles that the fact rests on, as far as it names them."""
    known = SENTENCES.get(type(event))
    return known.articles(event) if known else ()


# --- words ------------------------------------------------------------------------------------------------------------

MET: Final[dict[Met, str]] = {
    Met.MET: "remplie",
    Met.NOT_MET: "non remplie",
    Met.NOT_OPPOSABLE: "non opposable",
    Met.NOT_APPLICABLE: "sans objet",
    Met.NOT_ESTABLISHED: "non établie",
}

DECISIONS: Final[dict[DecisionKind, str]] = {
    DecisionKind.GRANT: "autorisation de travail",
    DecisionKind.REFUSAL: "refus d'autorisation de travail",
    DecisionKind.STAMP: "visa de la convention",
    DecisionKind.STAMP_REFUSAL: "refus de visa de la convention",
    DecisionKind.OPINION_FAVOURABLE: "avis favorable",
    DecisionKind.OPINION_UNFAVOURABLE: "avis défavorable",
    DecisionKind.IMPLICIT_REFUSAL: "rejet implicite",
    DecisionKind.IMPLICIT_GRANT: "acceptation implicite",
    DecisionKind.CLOSURE: "clôture pour incomplétude",
    DecisionKind.WITHDRAWAL: "retrait",
    DecisionKind.REPEAL: "abrogation",
}

TO_ADDRESSEE: Final = {Addressee.EMPLOYER: "à l'employeur", Addressee.WORKER: "à l'étranger"}
BY_ADDRESSEE: Final = {Addressee.EMPLOYER: "par l'employeur", Addressee.WORKER: "par l'étranger"}
OF_ADDRESSEE: Final = {Addressee.EMPLOYER: "de l'employeur", Addressee.WORKER: "de l'étranger"}
APPEALS: Final = {AppealKind.GRACIOUS: "Recours gracieux", AppealKind.HIERARCHICAL: "Recours hiérarchique"}
ACTIONS: Final = {
    CourtAction.ANNULMENT: "un recours pour excès de pouvoir",
    CourtAction.SUSPENSION: "un référé-suspension",
    CourtAction.LIBERTY: "un référé-liberté",
    CourtAction.USEFUL_MEASURES: "un référé mesures utiles",
    CourtAction.APPEAL: "un appel",
    CourtAction.CASSATION: "un pourvoi en cassation",
}
JUDGMENTS: Final = {
    JudgmentOutcome.ANNULLED: "annulation de la décision",
    JudgmentOutcome.PARTLY_ANNULLED: "annulation partielle de la décision",
    JudgmentOutcome.SUSPENDED: "suspension de la décision",
    JudgmentOutcome.REJECTED: "rejet de la requête",
    JudgmentOutcome.INADMISSIBLE: "requête irrecevable",
    JudgmentOutcome.NO_NEED_TO_RULE: "non-lieu à statuer",
    JudgmentOutcome.WITHDRAWN: "désistement",
}
STAGES: Final = {
    StageKind.FIRST: "",
    StageKind.APPEAL: " sur recours gracieux",
    StageKind.COURT: " en exécution de la décision du juge",
}
SILENCE: Final = {
    "reject": "le silence gardé vaudra rejet",
    "grant": "le silence gardé vaudra acceptation",
    "none": "le silence gardé ne fera naître aucune décision",
}
FILERS: Final = {
    Role.WORKER: "par l'intéressé",
    Role.PREFECTURE: "par la préfecture",
    Role.EMPLOYER: "par l'employeur",
    Role.MANDATARY: "par un mandataire",
}


def lower(text: str) -> str:
    """A title as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def plural(count: int, one: str, many: str) -> str:
    """« 1 pièce », « 3 pièces »."""
    return f"{count} {one if count < 2 else many}"


RECIPIENTS: Final = {"OFII": "l'OFII", "DGFiP": "la DGFiP"}
TO_RECIPIENTS: Final = {"OFII": "à l'OFII", "DGFiP": "à la DGFiP"}


def ended(text: str) -> str:
    """A text typed by somebody, closed like a sentence."""
    stripped = text.strip()
    return stripped if stripped.endswith((".", "!", "?", "…")) else f"{stripped}."


def unconfirmed(doubts: tuple[str, ...]) -> str:
    """What nobody has confirmed among the data that a finding rests on."""
    return f" À confirmer : {' ; '.join(doubts)}." if doubts else ""


def because(reason: str) -> str:
    """« : motif. », or the end of the sentence where no reason was given."""
    return f" : {ended(lower(reason))}" if reason.strip() else "."


def title(document: DocumentRef) -> str:
    """« Contrat de travail » (P2, version 1)."""
    version = f", version {document.version}" if document.version > 1 else ""
    return f"« {document.title} » (pièce {document.id}{version})"


def criterion(which: Criterion) -> str:
    """A condition within a sentence."""
    return lower(CRITERION_TITLES[which])


def procedure(request: Request) -> str:
    """The procedure within a sentence."""
    return lower(PROCEDURES[request.procedure].title)


def of_rule(rule: RuleId) -> str:
    """An article with the date of its version."""
    return f"{rule.article}, version du {day(rule.since)}"


def grounds(reasons: Iterable[ReasonGiven]) -> str:
    """The conditions that a decision rests on."""
    return ", ".join(dict.fromkeys(f"{criterion(r.rule.criterion)} ({r.rule.article})" for r in reasons))


def signature(decision: SignedDecision) -> str:
    """Who signed, in which quality and for whom."""
    who = decision.signatory
    return (
        f"signée le {day(decision.signed_on)} par {who.name}, {lower(who.quality)}, par délégation"
        f" (n° {who.delegation}), pour le {decision.deciding_prefect}"
    )


def stage(decision: SignedDecision) -> str:
    """Why it was decided, when not on the first examination."""
    return STAGES.get(decision.stage.kind, "")


def reason_articles(decision: SignedDecision) -> tuple[str, ...]:
    """The articles of the grounds of a decision."""
    return tuple(reason.rule.article for reason in decision.reasons)


def injunction(order: Injunction | None) -> str:
    """What the court orders, or nothing."""
    if order is None:
        return ""
    what = "délivrer l'autorisation" if order.kind is InjunctionKind.ISSUE else "réexaminer la demande"
    penalty = f", sous astreinte de {order.penalty_daily_euros} euros par jour" if order.penalty_daily_euros else ""
    return f" Injonction de {what} dans un délai de {plural(order.delay_days, 'jour', 'jours')}{penalty}."


def costs(euros: int) -> str:
    """What the State must pay the other party, or nothing."""
    return f" Frais mis à la charge de l'État : {euros} euros." if euros else ""


# --- filing -----------------------------------------------------------------------------------------------------------


def filed(event: facts.RequestFiled) -> str:
    """Who filed what, under which number."""
    request = event.request
    match request.employer:
        case Company(name=name) if request.mandate is not None:
            by = f"par {request.mandate.mandatary}, mandataire de la société {name}"
        case Company(name=name) if event.filed_as is Role.EMPLOYER:
            by = f"par la société {name}"
        case PrivateEmployer() if event.filed_as is Role.EMPLOYER:
            by = "par un employeur particulier"
        case _:
            by = FILERS.get(event.filed_as, "")
    job = f", emploi : {request.job.title}" if request.job else ""
    joined = f" {plural(len(event.documents), 'pièce jointe', 'pièces jointes')}." if event.documents else ""
    return f"Demande déposée {by} ({procedure(request)}{job}), enregistrée sous le n° {event.number}.{joined}"


def acknowledged(event: facts.AcknowledgementIssued) -> str:
    """What silence will mean, and what the acknowledgement lacks."""
    silence = SILENCE.get(event.silence_effect, "l'effet du silence n'est pas précisé")
    until = f" le {day(event.implicit_decision_on)}" if event.implicit_decision_on else ""
    missing = f" Pièces manquantes : {', '.join(event.missing_items)}." if event.missing_items else ""
    lacks = "" if event.complete else " Il y manque une mention obligatoire : les délais ne sont pas opposables."
    return (
        f"Accusé de réception délivré (demande reçue le {day(event.received_on)}) : {silence}{until}.{missing}{lacks}"
    )


says(facts.RequestFiled, filed, "CT R5221-15")
says(
    facts.RegistrationReceiptIssued,
    lambda e: f"Accusé d'enregistrement délivré pour la demande n° {e.number}.",
    "CRPA R112-11-2",
)
says(facts.AcknowledgementIssued, acknowledged, "CRPA L112-3", "CRPA R112-11-1")
says(
    facts.RequestAmended,
    lambda e: (
        f"Demande modifiée par le déposant ({plural(len(e.changes), 'rubrique', 'rubriques')}){because(e.reason)}"
    ),
)
says(facts.RequestAbandoned, lambda e: f"Désistement du déposant le {day(e.abandoned_on)}{because(e.reason)}")
says(facts.DocumentReceived, lambda e: f"Pièce reçue le {day(e.received_on)} : {title(e.document)}.")
says(
    facts.DocumentRefused,
    lambda e: f"Pièce {e.document} (version {e.version}) écartée comme inexploitable{because(e.reason)}",
)
says(
    facts.DocumentReplaced,
    lambda e: f"Nouvelle version reçue de {title(e.document)} ; la version {e.replaces_version} est conservée.",
)

# --- routing ----------------------------------------------------------------------------------------------------------


def routed(event: facts.RequestRouted) -> str:
    """Who is competent, who decides, who examines."""
    how = "à la main" if event.by_hand else f"selon la table d'orientation {event.table_version}"
    doubt = "" if event.confirmed else " Cette ligne de la table n'est pas confirmée."
    deciding = (
        ""
        if event.deciding_department == event.competent_department
        else f", qui décide par délégation du {event.competent_prefect}"
    )
    return f"Dossier orienté vers la plateforme de {event.platform} ({event.deciding_prefect}{deciding}), {how}.{doubt}"


says(facts.RequestRouted, routed, on=lambda e: (e.rule,))
says(
    facts.RequestTransferred,
    lambda e: (
        f"Dossier transmis le {day(e.transferred_on)} par la plateforme de {e.from_platform} à celle de {e.platform}"
        f" ({e.deciding_prefect}){because(e.reason)}"
    ),
    "CRPA L114-2",
    "CRPA L114-3",
)
says(facts.RoutingLeftToHand, lambda e: f"Orientation laissée à un agent{because(e.why)}", on=lambda e: (e.rule,))

# --- examination ------------------------------------------------------------------------------------------------------

says(facts.CaseClaimed, lambda e: f"Dossier pris en charge par {e.agent_name}.")
says(facts.CaseReleased, lambda e: f"Dossier remis dans la file{because(e.reason)}")
says(facts.CaseAssigned, lambda e: f"Dossier confié à {e.agent_name}{because(e.reason)}")
says(
    facts.MissingItemsRequested,
    lambda e: (
        f"Pièces manquantes demandées, à fournir avant le {day(e.due_on)} :"
        f" {', '.join(item.label for item in e.items)}."
        f" Le délai {'est suspendu' if e.suspends else 'ne courra que lorsque le dossier sera complet'}."
    ),
    "CRPA L114-5",
    on=lambda e: (item.required_by for item in e.items),
)
says(
    facts.MissingItemsSupplied,
    lambda e: (
        f"Pièces reçues le {day(e.supplied_on)} ({plural(len(e.documents), 'pièce', 'pièces')})"
        f" : {'le dossier est complet' if e.complete else 'le dossier reste incomplet'}."
    ),
    "CRPA L114-5",
)
says(
    facts.OpinionRequested,
    lambda e: f"Avis demandé : {e.body}{f', attendu pour le {day(e.due_on)}' if e.due_on else ''}{because(e.question)}",
    "CT L5221-7",
)
says(
    facts.OpinionGiven,
    lambda e: (
        f"Avis {'défavorable' if e.adverse else 'non défavorable'} rendu le {day(e.given_on)}{because(e.finding)}"
    ),
)
says(facts.NoteAdded, lambda e: "Note interne ajoutée au dossier.")

# --- assessment -------------------------------------------------------------------------------------------------------

says(
    facts.CriterionAssessed,
    lambda e: (
        f"Condition « {criterion(e.assessment.rule.criterion)} »"
        f" ({of_rule(e.assessment.rule)}) : {MET[e.assessment.met]}. {ended(e.assessment.because)}"
        f"{unconfirmed(e.assessment.computed.unconfirmed)}"
    ),
    on=lambda e: (e.assessment.rule.article,),
)
says(
    facts.FindingOverridden,
    lambda e: (
        f"Résultat calculé écarté pour la condition « {criterion(e.criterion)} » ({of_rule(e.rule)})"
        f" : {MET[e.computed.met]} selon le calcul, {MET[e.met]} selon l'agent. {ended(e.reason)}"
    ),
    on=lambda e: (e.rule.article,),
)

# --- decision ---------------------------------------------------------------------------------------------------------


def express(noun: str, feminine: bool = True) -> Callable[[Any], str]:
    """The sentence of a signed decision."""

    def told(event: Any) -> str:
        decision: SignedDecision = event.decision
        why = f" Motifs : {grounds(decision.reasons)}." if decision.reasons else ""
        signed = signature(decision) if feminine else signature(decision).replace("signée", "signé", 1)
        return f"{noun}{stage(decision)} (décision {decision.decision}), {signed}.{why}"

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
        f"Décision proposée à la signature : {DECISIONS[e.kind]}{STAGES.get(e.stage.kind, '')}."
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

# --- notification -----------------------------------------------------------------------------------------------------

says(
    facts.DecisionMadeAvailable,
    lambda e: (
        f"Décision {e.decision} mise à disposition {OF_ADDRESSEE[e.addressee]} le {day(e.available_on)}"
        f" ({'par courrier' if e.channel == 'post' else 'sur le téléservice'})."
    ),
    "CT R5221-17",
    "CRPA L112-15",
)
says(
    facts.DecisionFirstRead,
    lambda e: (
        f"Décision {e.decision} lue pour la première fois {BY_ADDRESSEE[e.addressee]} le"
        f" {moment(e.read_at)} : elle est notifiée."
    ),
    "CRPA R112-20",
)
says(
    facts.DecisionDeemedNotified,
    lambda e: (
        f"Décision {e.decision} réputée notifiée {TO_ADDRESSEE[e.addressee]} le {day(e.notified_on)} :"
        " elle n'a pas été consultée dans les quinze jours."
    ),
    on=lambda e: (e.article,),
)


def moment(value: datetime) -> str:
    """« 2 novembre 2026 à 10 h 05 », heure de Paris."""
    local = value.astimezone(PARIS)
    return f"{day(local.date())} à {local.hour} h {local.minute:02d}"


# --- after the grant --------------------------------------------------------------------------------------------------

says(
    facts.PriorHearingOpened,
    lambda e: (
        f"Procédure contradictoire {e.hearing} ouverte sur un projet de {DECISIONS[e.intended]} de la décision"
        f" {e.decision} ; observations attendues jusqu'au {day(e.observations_until)}. {ended(e.grounds)}"
    ),
    "CRPA L121-1",
    "CRPA L122-1",
    on=lambda e: (e.legal_basis,),
)
says(
    facts.ObservationsReceived,
    lambda e: f"Observations {OF_ADDRESSEE[e.addressee]} reçues le {day(e.received_on)} (procédure {e.hearing}).",
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

# --- appeals ----------------------------------------------------------------------------------------------------------


def lodged(event: facts.AppealLodged) -> str:
    """The appeal, whether in time, and what silence will mean."""
    time = {True: " dans le délai", False: " hors délai", None: ""}[event.in_time]
    unknown = " Le délai de recours ne court pas : il n'est pas opposable." if event.in_time is None else ""
    return (
        f"{APPEALS[event.kind]} {event.appeal} formé {BY_ADDRESSEE[event.lodged_by]} contre la décision"
        f" {event.against}, reçu le {day(event.received_on)}{time}.{unknown}"
        f" Sans réponse, il sera rejeté le {day(event.implicit_rejection_on)}."
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
        f"Recours {e.appeal} accusé de réception le {day(e.acknowledged_on)} :"
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
    lambda e: f"Motifs de la décision implicite {e.decision} demandés ; à communiquer avant le {day(e.due_on)}.",
    "CRPA L232-4",
)
says(
    facts.ReasonsCommunicated,
    lambda e: f"Motifs de la décision implicite {e.decision} communiqués : {grounds(e.reasons)}.",
    "CRPA L232-4",
    on=lambda e: (reason.rule.article for reason in e.reasons),
)

# --- litigation -------------------------------------------------------------------------------------------------------


def court_seized(event: facts.LitigationOpened) -> str:
    """Which court, by which action, against what, and whether it is the court of the place of work."""
    elsewhere = (
        f" La juridiction du lieu de travail est : {event.competent_court}."
        if event.competent_court and event.competent_court != event.court
        else ""
    )
    court = event.court[:1].upper() + event.court[1:]
    action = elided(ACTIONS[event.action])
    return (
        f"{court} saisi {BY_ADDRESSEE[event.lodged_by]} d{action} contre la décision {event.against}, le"
        f" {day(event.lodged_on)} (instance {event.litigation}, n° {event.court_number}) ; l'État est représenté par le"
        f" {event.represented_by}.{elsewhere}"
    )


def elided(noun: str) -> str:
    """« 'un appel » after « d »."""
    return f"'{noun}" if noun[0] in "aeiou" else f"e {noun}"


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
        f"Mise en demeure de produire reçue le {day(e.received_on)}, avant le {day(e.due_on)}"
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
        f"Jugement du {day(e.judged_on)} (instance {e.litigation}), notifié le {day(e.notified_on)} :"
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
says(
    facts.ReexaminationOrdered,
    lambda e: (
        f"Réexamen ordonné par le juge (instance {e.litigation}) : la demande est à nouveau instruite,"
        f" une décision doit être prise avant le {day(e.due_on)}."
    ),
    "CJA L911-1",
    "CJA L911-2",
)

# --- OFII and the tax authority ---------------------------------------------------------------------------------------

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
        f"{f' ; montant indicatif : {e.indicative_amount_euros} euros' if e.indicative_amount_euros else ''}."
    ),
    "CESEDA L436-10",
)
says(
    facts.NotificationAcknowledged,
    lambda e: f"Message {e.message} reçu par {RECIPIENTS.get(e.recipient, e.recipient)} le {day(e.acknowledged_on)} (référence {e.reference}).",
)
says(
    facts.NotificationFailed,
    lambda e: f"Message {e.message} non remis {TO_RECIPIENTS.get(e.recipient, e.recipient)} le {day(e.failed_on)}{because(e.cause)}",
)

# --- holds and erasure ------------------------------------------------------------------------------------------------

says(
    facts.LegalHoldPlaced,
    lambda e: f"Conservation imposée ({e.hold}) à compter du {day(e.placed_on)}{because(e.reason)}",
)
says(facts.LegalHoldLifted, lambda e: f"Conservation {e.hold} levée le {day(e.lifted_on)}{because(e.reason)}")
says(
    facts.PersonErased,
    lambda e: f"Données d'une personne effacées le {day(e.erased_on)}{because(e.reason)}",
    "RGPD article 17",
)
