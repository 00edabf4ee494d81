"""What ending a permit requires: a legal basis with its window, a live grant, a prior hearing that has run."""

from datetime import date
from enum import StrEnum

from domain.acts import DECISION_TITLES, DecisionKind
from domain.case import Case, Decision, Hearing
from domain.context import Context
from domain.days import add_months
from domain.decisions import WEIGHING_LENGTH_MIN, ReasonDraft
from domain.findings import ReasonGiven
from domain.grounds import grounds_of
from domain.reference import Reference
from domain.refusals import Refused


class LegalBasis(StrEnum):
    """Why a grant may be ended; the value is the public name."""

    ILLEGALITY = "illegality"
    FRAUD = "fraud"
    CONDITION_LOST = "condition_no_longer_met"
    MEDICAL_CERTIFICATE = "medical_certificate_missing"


ARTICLES: dict[LegalBasis, str] = {
    LegalBasis.ILLEGALITY: "CRPA L242-1",
    LegalBasis.FRAUD: "CRPA L241-2",
    LegalBasis.CONDITION_LOST: "CRPA L242-2 1°",
    LegalBasis.MEDICAL_CERTIFICATE: "CT L5221-5",
}
"""The article of each legal basis, as facts record it."""

ALLOWED: dict[LegalBasis, frozenset[DecisionKind]] = {
    LegalBasis.ILLEGALITY: frozenset({DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}),
    LegalBasis.FRAUD: frozenset({DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}),
    LegalBasis.CONDITION_LOST: frozenset({DecisionKind.REPEAL}),
    LegalBasis.MEDICAL_CERTIFICATE: frozenset({DecisionKind.WITHDRAWAL}),
}
"""Whether a basis ends a grant for the past too, or for the future only."""


def live_grant(case: Case, decision: str) -> Decision:
    """The grant of that identifier, express or implicit, if it still stands."""
    grant = case.decision(decision)
    if grant.kind not in {DecisionKind.GRANT, DecisionKind.IMPLICIT_GRANT}:
        raise Refused("decision_is_no_grant", f"La décision {grant.id} n'accorde rien : {DECISION_TITLES[grant.kind]}.")
    if not grant.live:
        raise Refused("decision_no_longer_stands", f"La décision {grant.id} n'est plus en vigueur.")
    return grant


def withdrawal_ends_on(grant: Decision, today: date, reference: Reference) -> date | None:
    """Last day on which an unlawful grant may be withdrawn or repealed; None when the length is not held."""
    months = reference.threshold("WITHDRAWAL_MONTHS_MAX", today)
    return add_months(grant.on, int(months.value)) if months else None


def must_be_open_to(case: Case, grant: Decision, basis: LegalBasis, kind: DecisionKind, context: Context) -> None:
    """Refuse an end of the grant that its legal basis does not allow, or no longer."""
    article = ARTICLES[basis]
    if kind not in ALLOWED[basis]:
        raise Refused("basis_forbids_act", f"Le fondement {article} ne permet pas l'acte « {DECISION_TITLES[kind]} ».")
    ends_on = withdrawal_ends_on(grant, context.today, context.reference)
    if basis is LegalBasis.ILLEGALITY and (ends_on is None or ends_on < context.today):
        until = f" depuis le {ends_on:%d/%m/%Y}" if ends_on else ""
        raise Refused(
            "withdrawal_window_over",
            f"Le délai de quatre mois pour revenir sur une décision illégale est expiré{until} ({article}) ; seule la "
            "fraude, la perte d'une condition ou l'absence du certificat médical permet encore d'y mettre fin.",
        )
    if basis is LegalBasis.MEDICAL_CERTIFICATE and case.medical_certificate_missing_on is None:
        raise Refused(
            "certificate_not_noted_missing",
            f"L'absence du certificat médical trois mois après l'autorisation n'est pas constatée ({article}).",
        )


def hearing_held(case: Case, grant: Decision, kind: DecisionKind, today: date) -> Hearing:
    """The prior hearing that lets the act be signed: opened for this act, and over (CRPA L121-1, L122-1)."""
    opened = [h for h in case.hearings if h.decision == grant.id and h.intended is kind and not h.used]
    if not opened:
        raise Refused(
            "prior_hearing_missing",
            f"Aucune procédure contradictoire n'a été ouverte pour l'acte « {DECISION_TITLES[kind]} » "
            f"visant la décision {grant.id} (CRPA L121-1, L122-1).",
        )
    heard = [h for h in opened if h.observations_until < today or set(case.addressees) <= set(h.observations)]
    if not heard:
        raise Refused(
            "observations_period_running",
            "Les parties peuvent présenter leurs observations jusqu'au "
            f"{opened[-1].observations_until:%d/%m/%Y} inclus.",
        )
    return heard[-1]


def basis_of(hearing: Hearing) -> LegalBasis:
    """The legal basis that the parties were told of."""
    return next(basis for basis, article in ARTICLES.items() if article == hearing.legal_basis)


def reasons_to_end(
    case: Case,
    grant: Decision,
    basis: LegalBasis,
    drafts: tuple[ReasonDraft, ...],
    explanation: str,
    context: Context,
) -> tuple[ReasonGiven, ...]:
    """The grounds in law and fact of an end of the grant (CRPA L211-2 4°): the condition broken, or the facts alone."""
    if basis in {LegalBasis.ILLEGALITY, LegalBasis.CONDITION_LOST} and not drafts:
        raise Refused("reasons_missing", "Indiquez la condition qui n'était pas, ou n'est plus remplie, et les faits.")
    if len(explanation.strip()) < WEIGHING_LENGTH_MIN:
        raise Refused(
            "reasons_missing",
            f"Exposez les faits et la suite donnée aux observations, en {WEIGHING_LENGTH_MIN} caractères au moins.",
        )
    judged_on = grant.on if basis is LegalBasis.ILLEGALITY else context.today
    return grounds_of(case, drafts, judged_on, "/reasons")
