"""How a legal rule is written down: one function, one article, one version, found by discovery."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, wraps

import msgspec

from domain.case import Case
from domain.findings import Criterion, Finding, Met, RuleId
from domain.procedures import Procedure
from domain.provisions import Chapter, Nature, Provision, register
from domain.reference import Mark, Reference, Threshold

replace = msgspec.structs.replace


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """The law of one day: the tables, read on that date."""

    today: date
    reference: Reference


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A condition in one version of its text, and the function that reads it on a case."""

    id: RuleId
    provision: Provision
    """The text: until when it applies, whether it was read, what it says."""
    procedures: frozenset[Procedure]
    nature: Nature
    """Whether an unmet condition obliges to refuse, allows it, or is weighed with the others."""
    find: Callable[[Case, Law], Finding]

    @property
    def leaves_free_to_grant(self) -> bool:
        """Whether the condition, unmet, leaves the authority free to grant: a refusal on it must weigh."""
        return self.nature is not Nature.OBLIGATION

    def in_force(self, on: date) -> bool:
        """Whether this version applies to a decision of that day."""
        return self.provision.in_force(on)


_RULES: list[Rule] = []


def rule(
    criterion: Criterion,
    article: str,
    *,
    since: date,
    until: date | None = None,
    procedures: Iterable[Procedure],
    nature: Nature = Nature.OBLIGATION,
    mark: str = "confirmed",
    source: str | None = None,
    note: str = "",
) -> Callable[[Callable[[Case, Law], Finding]], Callable[[Case, Law], Finding]]:
    """Declare a function as the reading of one article in one version; twice, for one text in two versions."""
    concerned = frozenset(procedures)

    def declare(find: Callable[[Case, Law], Finding]) -> Callable[[Case, Law], Finding]:
        read = register(
            find,
            Chapter.CONDITIONS,
            (article,),
            since=since,
            until=until,
            source=source,
            mark=mark,
            note=note,
            nature=nature,
            criterion=criterion.value,
            procedures=tuple(procedure.value for procedure in Procedure if procedure in concerned),
        )
        _RULES.append(
            Rule(
                id=RuleId(criterion=criterion, article=article, since=since),
                provision=read,
                procedures=concerned,
                nature=nature,
                find=_saying_what_is_unconfirmed(find),
            )
        )
        return find

    return declare


def _saying_what_is_unconfirmed(find: Callable[[Case, Law], Finding]) -> Callable[[Case, Law], Finding]:
    """The same reading, which also says of every figure it took from a text whether nobody confirmed that figure."""

    @wraps(find)
    def found(case: Case, law: Law) -> Finding:
        asked: list[Threshold] = []
        finding = find(case, replace(law, reference=replace(law.reference, asked=asked)))
        doubts = dict.fromkeys(row.doubt for row in asked if row.mark is Mark.UNCONFIRMED)
        if not doubts or finding.met is Met.NOT_APPLICABLE:
            return finding
        return replace(finding, unconfirmed=(*finding.unconfirmed, *doubts))

    return found


def figures_used(rule: Rule, case: Case, law: Law) -> tuple[Threshold, ...]:
    """The figures set by texts that a rule takes to read a case, each once, whether anybody confirmed it or not."""
    asked: list[Threshold] = []
    inspect.unwrap(rule.find)(case, replace(law, reference=replace(law.reference, asked=asked)))
    return tuple(dict.fromkeys(asked))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule written down under `domain/rules`, in force or not."""
    package = importlib.import_module("domain.rules")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"domain.rules.{module.name}")
    order = list(Criterion)
    return tuple(sorted(_RULES, key=lambda each: (order.index(each.id.criterion), each.id.since)))


@cache
def rules_in_force(procedure: Procedure, on: date) -> tuple[Rule, ...]:
    """The conditions that a decision of that day on this procedure is judged by, in the order of the code."""
    return tuple(r for r in all_rules() if procedure in r.procedures and r.in_force(on))


def rule_in_force(criterion: Criterion, procedure: Procedure, on: date) -> Rule | None:
    """The version of one condition that applies that day; None when the procedure does not know it."""
    return next((r for r in rules_in_force(procedure, on) if r.id.criterion is criterion), None)
