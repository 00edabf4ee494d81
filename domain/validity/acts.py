"""How an act is read for judgment: a decision of the case, or one that is about to be recorded."""

from domain.acts import DecisionKind, DelegatedAct, SignedDecision, StageKind
from domain.case import Case, Decision, Hearing
from domain.validity.author import ACTS
from domain.validity.requirement import Act

ON_APPEAL = frozenset(ACTS) - {DecisionKind.WITHDRAWAL, DecisionKind.REPEAL}
"""Kinds that an examination on appeal leads to."""


def act_recorded(case: Case, decision: Decision) -> Act:
    """A decision of the case, with what has been done to notify it since."""
    hearing = case.hearing(decision.hearing) if decision.hearing else None
    if decision.signed is None:
        return Act(
            kind=decision.kind,
            on=decision.on,
            delegated=DelegatedAct.REFUSAL,
            remedies=decision.remedies,
            addressees=case.addressees,
            notified=decision.notified,
            consents=case.consents,
        )
    return act_signed(case, decision.signed, hearing=hearing, missing_items=decision.missing_items, recorded=decision)


def act_signed(
    case: Case,
    signed: SignedDecision,
    *,
    hearing: Hearing | None = None,
    missing_items: tuple[str, ...] = (),
    recorded: Decision | None = None,
) -> Act:
    """A signed decision; before it is recorded, those who assessed are those of the examination under way."""
    return Act(
        kind=signed.kind,
        on=signed.signed_on,
        delegated=delegated_for(signed.kind, on_appeal=signed.stage.kind is StageKind.APPEAL),
        signatory=signed.signatory,
        reasons=signed.reasons,
        explanation=signed.explanation,
        assessments=signed.assessments,
        examined=recorded.examined if recorded else case.examined,
        missing_items=missing_items,
        legal_bases=signed.legal_bases,
        remedies=signed.remedies,
        algorithmic_notice=signed.algorithmic_notice,
        prior_hearing=signed.prior_hearing,
        hearing=hearing,
        addressees=case.addressees,
        notified=recorded.notified if recorded else {},
        consents=case.consents,
    )


def delegated_for(kind: DecisionKind, *, on_appeal: bool) -> DelegatedAct:
    """What a delegation must cover: answers to appeals are an act of their own."""
    return DelegatedAct.APPEAL if on_appeal and kind in ON_APPEAL else ACTS[kind]
