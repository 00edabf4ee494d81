"""What the rules in force answer on a case, all together."""

from domain.case import Case
from domain.findings import Criterion, Finding
from domain.law import Law, Rule, rules_in_force


def findings_of(case: Case, law: Law) -> dict[Criterion, tuple[Rule, Finding]]:
    """Every condition that a decision of that day is judged by, with its rule and its answer."""
    return {rule.id.criterion: (rule, rule.find(case, law)) for rule in rules_in_force(case.procedure, law.today)}
