"""The formal validity of a decision, requirement by requirement (F1 to F12), and the guard that a signature passes."""

from domain.case import Case
from domain.context import Context
from domain.validity import author, examination, notice, statement_of_reasons
from domain.validity.requirement import Act, Requirement, Verdict, declared, refuse_flaw

MODULES = (statement_of_reasons, examination, author, notice)
"""Where the requirements stand: to import them is to declare them."""

REQUIREMENTS: tuple[Requirement, ...] = declared()


def validity_of(case: Case, act: Act, context: Context) -> tuple[tuple[Requirement, Verdict], ...]:
    """Every requirement in force on the day of an act with what it says of it, in the order of the checklist."""
    return tuple((each, each.judge(case, act, context)) for each in REQUIREMENTS if each.provision.in_force(act.on))


def must_be_valid(case: Case, act: Act, context: Context) -> None:
    """Refuse the first requirement that can be judged today and is broken."""
    for _, verdict in validity_of(case, act, context):
        refuse_flaw(verdict)
