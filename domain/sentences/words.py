"""The words and turns of phrase that sentences share: what decisions, parties, courts and conditions are called."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, assert_never

from domain.acts import (
    AppealKind,
    CourtAction,
    Injunction,
    InjunctionKind,
    JudgmentOutcome,
    SignedDecision,
    Stage,
    StageKind,
)
from domain.case import PARIS
from domain.envelope import Role
from domain.findings import CRITERION_TITLES, Criterion, ReasonGiven, RuleId
from domain.french import euros_in_french
from domain.french import in_french as day
from domain.procedures import PROCEDURES
from domain.request import DocumentRef, Request

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
    JudgmentOutcome.INCOMPETENT: "la juridiction se déclare incompétente",
    JudgmentOutcome.REMITTED: "annulation de la décision de justice attaquée, l'affaire étant renvoyée",
}
SILENCE: Final = {
    "reject": "le silence gardé vaudra rejet",
    "grant": "le silence gardé vaudra acceptation",
    "none": "le silence gardé ne fera naître aucune décision",
}
FILERS: Final = {
    Role.WORKER: "par l'étranger",
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


def stage(examined: Stage) -> str:
    """Why it was decided, when not on the first examination; what the minister sends back bears the appeal's name."""
    match examined.kind:
        case StageKind.FIRST:
            return ""
        case StageKind.APPEAL:
            return " sur recours gracieux"
        case StageKind.COURT if (examined.ref or "").startswith("A"):
            return " à la suite du recours hiérarchique"
        case StageKind.COURT:
            return " en exécution de la décision du juge"
        case _:
            assert_never(examined.kind)


def reason_articles(decision: SignedDecision) -> tuple[str, ...]:
    """The articles of the grounds of a decision."""
    return tuple(reason.rule.article for reason in decision.reasons)


def rejected_unless_answered(on: date) -> str:
    """What silence on an appeal will mean, after the sentence that tells the appeal."""
    return f" En l'absence de réponse, il sera implicitement rejeté le {day(on)}."


def injunction(order: Injunction | None) -> str:
    """What the court orders, or nothing."""
    if order is None:
        return ""
    what = "délivrer l'autorisation" if order.kind is InjunctionKind.ISSUE else "réexaminer la demande"
    penalty = f", sous astreinte de {amount(order.penalty_daily_euros)} par jour" if order.penalty_daily_euros else ""
    return f" Injonction de {what} dans un délai de {plural(order.delay_days, 'jour', 'jours')}{penalty}."


def amount(euros: int | str) -> str:
    """« 1 200,00 € »; what is stored as text and is no number is told as it stands, since a fact is never refused."""
    try:
        return euros_in_french(Decimal(euros))
    except InvalidOperation:
        return f"{euros}\u00a0€"


def costs(euros: int) -> str:
    """What the State must pay the other party, or nothing."""
    return f" Frais mis à la charge de l'État : {amount(euros)}." if euros else ""


def moment(value: datetime) -> str:
    """« 2 novembre 2026 à 10 h 05 », heure de Paris."""
    local = value.astimezone(PARIS)
    return f"{day(local.date())} à {local.hour} h {local.minute:02d}"


def elided(noun: str) -> str:
    """« 'un appel » after « d »."""
    return f"'{noun}" if noun[0] in "aeiou" else f"e {noun}"
