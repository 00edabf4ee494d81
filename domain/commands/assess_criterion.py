"""The agent who holds a case assesses one condition."""

from typing import Annotated

import msgspec

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.decisions import FACT_LENGTH_MIN, DocumentIds, exhibits_of, law_of_today, must_be_examinable, not_asked_here
from domain.events import CriterionAssessed
from domain.findings import Assessment, Criterion, Finding, Met
from domain.law import rule_in_force
from domain.refusals import Refused


class AssessCriterion(Command, frozen=True, kw_only=True):
    """Assess a condition; `met` and `because` are the agent's where the rule has no answer of its own."""

    criterion: Criterion
    met: Met | None = None
    because: Annotated[str, msgspec.Meta(max_length=5_000)] | None = None
    exhibits: DocumentIds = ()


EXAMPLE = {
    "criterion": "employer_obligations",
    "met": "met",
    "because": "L'attestation de vigilance du 3 octobre 2026 est à jour et vérifiée auprès de l'Urssaf.",
}


@command("assess", AssessCriterion, title="Apprécier une condition", example=EXAMPLE)
def assess_criterion(case: Case, command: AssessCriterion, context: Context) -> tuple[CriterionAssessed, ...]:
    """The rule in force today answers; the agent decides what it leaves open, and says why."""
    must_be_examinable(case, context.today)
    case.must_be_held_by(context.actor.identity)
    rule = rule_in_force(command.criterion, case.procedure, context.today)
    if rule is None:
        raise not_asked_here(command.criterion)
    computed = rule.find(case, law_of_today(context))
    met, because = _found(computed, command)
    assessment = Assessment(
        rule=rule.id,
        computed=computed,
        met=met,
        because=because,
        exhibits=exhibits_of(case, command.exhibits) or computed.exhibits,
    )
    return (
        CriterionAssessed(
            assessment=assessment,
            assessed_by=context.actor.identity,
            assessed_on=context.today,
            stage=case.stage,
            reference_versions=dict(context.reference.versions),
        ),
    )


def _found(computed: Finding, command: AssessCriterion) -> tuple[Met, str]:
    """What holds, and why: the rule's answer when it has one, else the agent's."""
    because = (command.because or "").strip()
    if computed.met is not Met.NOT_ESTABLISHED:
        if command.met not in (None, computed.met):
            raise Refused(
                "finding_contradicts_computation",
                f"Le calcul répond autrement : {computed.because} Pour l'écarter, motivez-le expressément.",
            )
        return computed.met, because or computed.because
    if command.met in (None, Met.NOT_ESTABLISHED) or len(because) < FACT_LENGTH_MIN:
        raise Refused(
            "finding_needs_reason",
            f"Les éléments connus ne suffisent pas ({computed.because}) : appréciez vous-même la condition, avec une "
            f"explication d'au moins {FACT_LENGTH_MIN} caractères.",
        )
    assert command.met is not None, "refused just above"
    return command.met, because
