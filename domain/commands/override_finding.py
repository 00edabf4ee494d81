"""The agent who holds a case sets a computed finding aside."""

from typing import Annotated

import msgspec

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.decisions import FACT_LENGTH_MIN, DocumentIds, exhibits_of, law_of_today, must_be_examinable, not_asked_here
from domain.events import FindingOverridden
from domain.findings import CRITERION_TITLES, Criterion, Met
from domain.law import rule_in_force
from domain.refusals import Refused


class OverrideFinding(Command, frozen=True, kw_only=True):
    """Set the computed finding on a condition aside, with a reason that stays on record."""

    criterion: Criterion
    met: Met
    reason: Annotated[str, msgspec.Meta(max_length=5_000)]
    exhibits: DocumentIds = ()


EXAMPLE = {
    "criterion": "pay",
    "met": "not_met",
    "reason": "La grille applicable au poste est celle de l'échelon supérieur, dont le minimum est de 2 650 euros.",
}


@command("override-finding", OverrideFinding, title="Écarter le résultat calculé", example=EXAMPLE)
def override_finding(case: Case, command: OverrideFinding, context: Context) -> tuple[FindingOverridden, ...]:
    """The computation stays in the history beside what the agent found, and why."""
    must_be_examinable(case, context.today)
    case.must_be_held_by(context.actor.identity)
    title = CRITERION_TITLES[command.criterion]
    rule = rule_in_force(command.criterion, case.procedure, context.today)
    if rule is None:
        raise not_asked_here(command.criterion)
    computed = rule.find(case, law_of_today(context))
    if computed.met is Met.NOT_ESTABLISHED:
        raise Refused(
            "finding_not_established", f"« {title} » : aucun résultat n'a été calculé, il n'y a rien à écarter."
        )
    if command.met in (computed.met, Met.NOT_ESTABLISHED):
        raise Refused("finding_unchanged", f"« {title} » : indiquez un résultat autre que celui du calcul.")
    if len(command.reason.strip()) < FACT_LENGTH_MIN:
        raise Refused(
            "finding_needs_reason",
            f"« {title} » : motivez l'écart en {FACT_LENGTH_MIN} caractères au moins.",
        )
    return (
        FindingOverridden(
            criterion=command.criterion,
            rule=rule.id,
            computed=computed,
            met=command.met,
            reason=command.reason.strip(),
            exhibits=exhibits_of(case, command.exhibits),
            overridden_by=context.actor.identity,
            overridden_on=context.today,
        ),
    )
