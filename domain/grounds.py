"""Grounds stated after the decision: to the person who asks for reasons, to the court, or to end a grant."""

from datetime import date

from domain.case import Case
from domain.content import must_have_no_fault
from domain.context import Context
from domain.decisions import ReasonDraft, must_state_fact, reason_given
from domain.findings import CRITERION_TITLES, ReasonGiven
from domain.french import in_french
from domain.law import Law, rule_in_force
from domain.refusals import Fault


def grounds_of(
    case: Case, drafts: tuple[ReasonDraft, ...], on: date, pointer: str, context: Context
) -> tuple[ReasonGiven, ...]:
    """Each ground by the version of its text in force on a day; refuses conditions that the procedure lacks."""
    rules = [rule_in_force(draft.criterion, case.procedure, on) for draft in drafts]
    must_have_no_fault(
        Fault(
            pointer=f"{pointer}/{index}/criterion",
            code="criterion_unknown_here",
            message=f"Aucun texte en vigueur le {in_french(on)} n'oppose à cette demande la condition "
            f"« {CRITERION_TITLES[draft.criterion]} ».",
        )
        for index, (draft, rule) in enumerate(zip(drafts, rules, strict=True))
        if rule is None
    )
    for draft in drafts:
        must_state_fact(draft)
    law = Law(today=on, reference=context.reference)
    return tuple(
        reason_given(case, draft, rule.id, rule.find(case, law).facts, context)
        for draft, rule in zip(drafts, rules, strict=True)
        if rule is not None
    )
