"""What ending a permit requires: a legal basis with its window, a live grant, a prior hearing or a reason for none."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from domain.acts import ADDRESSEE_TITLES, DECISION_TITLES, Addressee, DecisionKind, DelegatedAct, SignedDecision
from domain.case import Case, Decision, Hearing
from domain.context import Context
from domain.decisions import WEIGHING_LENGTH_MIN, ReasonDraft, ReasonDrafts, delegation_of, signed_decision
from domain.findings import ReasonGiven
from domain.french import in_french, list_in_french
from domain.grounds import grounds_of
from domain.limits import limit_for_certificate, limit_to_withdraw
from domain.provisions import Chapter, provision
from domain.refusals import Refused
from domain.validity import must_be_valid
from domain.validity.acts import act_signed


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


class ExceptionToHearing(StrEnum):
    """What dispenses with a hearing (CRPA L121-2); the value is the public name."""

    URGENCY = "urgency"
    PUBLIC_ORDER = "public_order"


EXCEPTION_TO_HEARING_TITLES: dict[ExceptionToHearing, str] = {
    ExceptionToHearing.URGENCY: "en cas d'urgence ou de circonstances exceptionnelles (CRPA L121-2 1°)",
    ExceptionToHearing.PUBLIC_ORDER: "lorsqu'elle serait de nature à compromettre l'ordre public (CRPA L121-2 2°)",
}
"""How French states each exception, after « dispensée »."""


class WithoutHearing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a grant is ended without a hearing, and on which legal basis, that no invitation has told."""

    exception: ExceptionToHearing
    legal_basis: LegalBasis
    because: Annotated[str, msgspec.Meta(max_length=5_000)]


def live_grant(case: Case, decision: str) -> Decision:
    """The grant of that identifier, express or implicit, if it still stands."""
    grant = case.decision(decision)
    if grant.kind not in {DecisionKind.GRANT, DecisionKind.IMPLICIT_GRANT}:
        raise Refused("decision_is_no_grant", f"La décision {grant.id} n'accorde rien : {DECISION_TITLES[grant.kind]}.")
    if not grant.live:
        raise Refused("decision_no_longer_stands", f"La décision {grant.id} n'est plus en vigueur.")
    return grant


@provision(Chapter.AFTER_GRANT, "CRPA L242-1")
def an_unlawful_grant_ends_within_four_months(case: Case, grant: Decision, context: Context) -> None:
    """A decision that creates rights, express or born of silence, is withdrawn or repealed for illegality within the
    four months that follow it."""
    limit = limit_to_withdraw(grant, context.reference)
    if limit.ends_on < context.today:
        raise Refused(
            "withdrawal_window_over",
            f"Le délai de {limit.length} pour revenir sur une décision illégale est expiré depuis le "
            f"{in_french(limit.ends_on)} (CRPA L242-1) ; seule la fraude, "
            "la perte d'une condition ou l'absence du certificat médical permet encore d'y mettre fin.",
        )


@provision(Chapter.AFTER_GRANT, "CRPA L241-2")
def a_grant_obtained_by_fraud_ends_at_any_time(case: Case, grant: Decision, context: Context) -> None:
    """An act obtained by fraud may be withdrawn or repealed at any time."""


@provision(Chapter.AFTER_GRANT, "CRPA L242-2 1°")
def a_condition_lost_repeals_at_any_time(case: Case, grant: Decision, context: Context) -> None:
    """A decision that creates rights and whose continuance depends on a condition no longer met may be repealed without
    any limit of time."""


@provision(Chapter.AFTER_GRANT, "CT L5221-5", since=date(2024, 1, 28))
def a_permit_without_medical_certificate_is_withdrawn(case: Case, grant: Decision, context: Context) -> None:
    """The permit may be withdrawn when the foreigner has not obtained the medical certificate within three months of
    its issue."""
    if case.medical_certificate_missing_on is None:
        length = limit_for_certificate(grant, context.reference).length
        raise Refused(
            "certificate_not_noted_missing",
            f"L'absence du certificat médical {length} après l'autorisation n'est pas constatée (CT L5221-5).",
        )


WINDOWS: dict[LegalBasis, Callable[[Case, Decision, Context], None]] = {
    LegalBasis.ILLEGALITY: an_unlawful_grant_ends_within_four_months,
    LegalBasis.FRAUD: a_grant_obtained_by_fraud_ends_at_any_time,
    LegalBasis.CONDITION_LOST: a_condition_lost_repeals_at_any_time,
    LegalBasis.MEDICAL_CERTIFICATE: a_permit_without_medical_certificate_is_withdrawn,
}
"""What the text of each legal basis demands of the grant and of the day."""


def must_be_open_to(case: Case, grant: Decision, basis: LegalBasis, kind: DecisionKind, context: Context) -> None:
    """Refuse an end of the grant that its legal basis does not allow, or no longer."""
    if kind not in ALLOWED[basis]:
        raise Refused(
            "basis_forbids_act", f"Le fondement {ARTICLES[basis]} ne permet pas l'acte « {DECISION_TITLES[kind]} »."
        )
    WINDOWS[basis](case, grant, context)


@provision(Chapter.AFTER_GRANT, "CRPA L121-1")
def hearing_held(case: Case, grant: Decision, kind: DecisionKind, today: date) -> Hearing:
    """A decision that must be reasoned and does not answer a request comes only after a hearing, opened for this very
    act and over."""
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
            f"{in_french(opened[-1].observations_until)} inclus.",
        )
    return heard[-1]


@provision(Chapter.AFTER_GRANT, "CRPA L122-1")
def must_have_heard_who_asked(hearing: Hearing, refused_because: str) -> None:
    """Whoever asks for it presents oral observations, assisted by counsel or represented by a mandatary if they wish,
    unless the request is abusive."""
    waiting = [each for each in dict.fromkeys(hearing.ask_to_be_heard) if each not in hearing.heard]
    if waiting and len(refused_because.strip()) < WEIGHING_LENGTH_MIN:
        raise Refused(
            "oral_observations_pending",
            f"{_parties(waiting)} {_have(waiting)} demandé à présenter des observations orales : recueillez-les, ou "
            f"dites en {WEIGHING_LENGTH_MIN} caractères au moins en quoi la demande est abusive (CRPA L122-1).",
        )


@provision(
    Chapter.AFTER_GRANT,
    "CRPA L122-2",
    mark="unconfirmed",
    note="L'article vise les mesures à caractère de sanction ; ces droits sont annoncés dans tous les cas",
)
def rights_of_the_parties(until: date) -> str:
    """The invitation tells the grievances and the right to ask for the file, besides the rights to write, to be heard
    and to be assisted."""
    return (
        f"Vous pouvez présenter des observations écrites jusqu'au {in_french(until)} inclus et, si vous le demandez, "
        "des observations orales ; vous pouvez vous faire assister par un conseil ou représenter par un mandataire de "
        "votre choix (CRPA L122-1) et demander communication de votre dossier (CRPA L122-2)."
    )


@provision(Chapter.AFTER_GRANT, "CRPA L121-2")
def a_hearing_may_be_left_out(without: WithoutHearing) -> str:
    """No hearing is due in urgency or exceptional circumstances, nor where it would endanger public order, and the act
    says so."""
    if len(without.because.strip()) < WEIGHING_LENGTH_MIN:
        raise Refused(
            "exception_needs_reasons",
            f"Exposez, en {WEIGHING_LENGTH_MIN} caractères au moins, les circonstances qui dispensent de la procédure "
            "contradictoire (CRPA L121-2).",
        )
    return (
        "La procédure contradictoire préalable n'est pas applicable "
        f"{EXCEPTION_TO_HEARING_TITLES[without.exception]} : {without.because.strip()}"
    )


def outcome_of(hearing: Hearing, case: Case, refused_because: str) -> str:
    """What the act says of its hearing: when the parties were invited, what they said, who was not heard and why."""
    wrote = [each for each in case.addressees if each in hearing.observations]
    silent = [each for each in case.addressees if each not in hearing.observations]
    parts = [
        f"Les parties ont été invitées le {in_french(hearing.opened_on)} à présenter leurs observations jusqu'au "
        f"{in_french(hearing.observations_until)}"
    ]
    if wrote:
        parts.append(f"{_parties(wrote)} {_have(wrote)} présenté des observations")
    if silent:
        parts.append(f"{_parties(silent)} n'{_have(silent)} pas présenté d'observations")
    if hearing.heard:
        parts.append(f"{_parties(list(dict.fromkeys(hearing.heard)))} {_have(hearing.heard)} été entendu")
    told = " ; ".join(part if index == 0 else part[0].lower() + part[1:] for index, part in enumerate(parts))
    refusal = f" Demande d'audition écartée : {refused_because.strip()}" if refused_because.strip() else ""
    return f"{told}.{refusal}"


def _parties(parties: list[Addressee]) -> str:
    named = list_in_french([ADDRESSEE_TITLES[each] for each in parties])
    return named[0].upper() + named[1:]


def _have(parties: list[Addressee] | tuple[Addressee, ...]) -> str:
    return "a" if len(set(parties)) == 1 else "ont"


def basis_of(hearing: Hearing) -> LegalBasis:
    """The legal basis that the parties were told of."""
    return next(basis for basis, article in ARTICLES.items() if article == hearing.legal_basis)


class EndOfGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A signed end of a grant, the article it rests on, and the hearing it came after."""

    signed: SignedDecision
    legal_basis: str
    hearing: str | None


def end_of_grant(
    case: Case,
    grant: Decision,
    kind: DecisionKind,
    *,
    reasons: ReasonDrafts,
    explanation: str,
    without_hearing: WithoutHearing | None,
    unheard_because: str,
    context: Context,
) -> EndOfGrant:
    """Sign a withdrawal or a repeal: basis and window, hearing or exception, delegation, reasons, then validity."""
    if without_hearing is None:
        hearing = hearing_held(case, grant, kind, context.today)
        basis = basis_of(hearing)
    else:
        hearing, basis = None, without_hearing.legal_basis
    must_be_open_to(case, grant, basis, kind, context)
    if hearing is not None:
        must_have_heard_who_asked(hearing, unheard_because)
    delegation = delegation_of(case, DelegatedAct.WITHDRAWAL, context)
    signed = signed_decision(
        case,
        context,
        delegation,
        kind=kind,
        reasons=reasons_to_end(case, grant, basis, reasons, context),
        explanation=explanation.strip(),
        prior_hearing=a_hearing_may_be_left_out(without_hearing)
        if without_hearing is not None
        else outcome_of(hearing, case, unheard_because)
        if hearing is not None
        else "",
    )
    must_be_valid(case, act_signed(case, signed, hearing=hearing), context)
    return EndOfGrant(signed=signed, legal_basis=ARTICLES[basis], hearing=hearing.id if hearing else None)


def reasons_to_end(
    case: Case, grant: Decision, basis: LegalBasis, drafts: tuple[ReasonDraft, ...], context: Context
) -> tuple[ReasonGiven, ...]:
    """The grounds in law and fact of an end of the grant (CRPA L211-2 4°): the condition broken, or the facts alone."""
    if basis in {LegalBasis.ILLEGALITY, LegalBasis.CONDITION_LOST} and not drafts:
        raise Refused(
            "reasons_missing", "Indiquez la condition qui n'était pas remplie ou qui ne l'est plus, et les faits."
        )
    judged_on = grant.on if basis is LegalBasis.ILLEGALITY else context.today
    return grounds_of(case, drafts, judged_on, "/reasons", context)
