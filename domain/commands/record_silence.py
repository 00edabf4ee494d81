"""Silence on a request is recorded as the decision it has become."""

from domain.acknowledgement import silence_rule_of
from domain.acts import DecisionKind
from domain.case import Case
from domain.clocks import silence, silence_due
from domain.command import Command, command
from domain.context import Context
from domain.events import ImplicitDecisionArisen
from domain.permits import permit_for
from domain.procedures import OutcomeKind
from domain.refusals import Refused


class RecordSilence(Command, frozen=True, kw_only=True):
    """Record the decision that silence has made."""


@command(
    "record-silence",
    RecordSilence,
    title="Constater la décision implicite",
    fresh=False,
    example={},
)
def record_silence(case: Case, command: RecordSilence, context: Context) -> tuple[ImplicitDecisionArisen, ...]:
    """What silence means is a property of the procedure; the decision bears its legal date, not today's."""
    clock = silence_due(case, context.today, context.reference)
    if clock is None or clock.expires_on is None:
        running = silence(case, context.today, context.reference)
        raise Refused("silence_not_due", f"Aucune décision implicite n'est à constater. {running.sentence}")
    rule = silence_rule_of(case.request, context.reference)
    grants = rule.effect == "grant"
    permit = grants and case.facts_of_procedure.outcome is OutcomeKind.PERMIT
    return (
        ImplicitDecisionArisen(
            decision=f"D{len(case.decisions) + 1}",
            kind=DecisionKind.IMPLICIT_GRANT if grants else DecisionKind.IMPLICIT_REFUSAL,
            rule=rule.id,
            articles=", ".join(clock.articles),
            explanation=clock.sentence,
            arisen_on=clock.expires_on,
            permit=permit_for(case, context, clock.expires_on) if permit else None,
        ),
    )
