"""The assessment sheet: each condition, its text, what was computed, what was found, by whom and on what."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from domain.case import Case
from domain.events import CriterionAssessed, FindingOverridden
from domain.findings import CRITERION_TITLES, MET_TITLES, Assessment, Criterion, Finding, ReasonGiven, RuleId
from domain.law import Rule, all_rules
from domain.law_in_french import LAW_IN_FRENCH
from domain.provisions import NATURE_TITLES
from domain.sentences.words import of_rule
from domain.sheets.page import (
    NOTHING,
    Block,
    Heading,
    Mark,
    Pairs,
    Paragraph,
    Table,
    Told,
    as_title,
    exhibits,
    facts_table,
    on,
)
from domain.taken import Before, Fact, LedgerFact, day_of

TEXT_NOT_HELD: Final = "texte que ce programme ne contient plus"


def assessment(told: Told, held: Before[LedgerFact], case: Case) -> Iterator[Block]:
    """The conditions as a decision found them; `case` is the case that it was taken on."""
    found = [each for each in case.findings.values() if each.rule.criterion not in told.withheld]
    if not found:
        yield Paragraph("Aucune condition n'avait été appréciée lorsque la décision est intervenue.")
        return
    yield synthesis(found)
    acts = _acts(held.facts)
    for each in found:
        yield from _condition(case, each, acts.get(each.rule.criterion, ()))


def synthesis(found: Sequence[Assessment]) -> Table:
    """All conditions on one page: what was computed, and what was found."""
    return Table(
        columns=("Condition", "Texte et version", "Calcul", "Appréciation"),
        widths=(6, 6, 3, 3),
        rows=tuple(
            (
                as_title(CRITERION_TITLES[each.rule.criterion]),
                of_rule(each.rule),
                MET_TITLES[each.computed.met],
                f"{MET_TITLES[each.met]}{' (calcul écarté)' if each.overridden else ''}",
            )
            for each in found
        ),
    )


def _acts(facts: Sequence[LedgerFact]) -> Mapping[Criterion, tuple[LedgerFact, ...]]:
    """By condition, every fact that assessed it, oldest first."""
    acts: dict[Criterion, tuple[LedgerFact, ...]] = {}
    for fact in facts:
        match fact.event:
            case (
                CriterionAssessed(assessment=Assessment(rule=RuleId(criterion=criterion)))
                | FindingOverridden(criterion=criterion)
            ):
                acts[criterion] = (*acts.get(criterion, ()), fact)
            case _:
                pass
    return acts


def _condition(case: Case, found: Assessment, acts: tuple[LedgerFact, ...]) -> Iterator[Block]:
    yield Heading(as_title(CRITERION_TITLES[found.rule.criterion]))
    yield from _text(found.rule)
    yield Heading("Résultat du calcul", 2)
    yield from computed(case, found.computed)
    yield Heading("Appréciation", 2)
    yield Pairs(
        (
            ("Condition", MET_TITLES[found.met]),
            ("Motif", found.because or NOTHING),
            ("Pièces", exhibits(case, found.exhibits)),
            *((("Appréciée par", f"{author(acts[-1])}, le {on(day_of(acts[-1]))}"),) if acts else ()),
        )
    )
    if found.overridden:
        yield Mark("Le résultat du calcul a été écarté par l'agent, pour le motif ci-dessus.")
    if len(acts) > 1:
        yield Table(
            columns=("Appréciations successives", "Le", "Résultat", "Par"),
            widths=(6, 3, 3, 6),
            rows=tuple(_act(fact) for fact in acts),
        )


def _text(which: RuleId) -> Iterator[Block]:
    rule = next((each for each in all_rules() if each.id == which), None)
    yield Pairs(
        (
            ("Texte", of_rule(which)),
            ("Ce que dit le texte", restated(rule)),
            ("Portée", NATURE_TITLES[rule.nature] if rule else NOTHING),
        )
    )
    if rule is not None and rule.provision.mark != "confirmed":
        note = rule.provision.note or "version non lue"
        yield Mark(f"À confirmer : {note}.")


def restated(rule: Rule | None) -> str:
    """The text of a rule in a sentence."""
    return LAW_IN_FRENCH[rule.provision.name] if rule else TEXT_NOT_HELD


def computed(case: Case, finding: Finding) -> Iterator[Block]:
    """What the rule answered, on which facts and exhibits, what it lacked and what nobody has confirmed."""
    yield Pairs(
        (
            ("Résultat", MET_TITLES[finding.met]),
            ("Explication", finding.because),
            ("Pièces", exhibits(case, finding.exhibits)),
        )
    )
    if finding.facts:
        yield facts_table(finding.facts)
    for lack in finding.missing:
        yield Mark(f"Non établi : {lack}.")
    for doubt in finding.unconfirmed:
        yield Mark(f"À confirmer : {doubt}.")


def _act(fact: LedgerFact) -> tuple[str, str, str, str]:
    match fact.event:
        case CriterionAssessed(assessment=found):
            return "appréciation", on(day_of(fact)), MET_TITLES[found.met], author(fact)
        case FindingOverridden(met=met):
            return "calcul écarté", on(day_of(fact)), MET_TITLES[met], author(fact)
    raise AssertionError(f"{type(fact.event).__name__} assesses nothing")


def author(fact: Fact) -> str:
    """Who recorded a fact, with their quality and their service."""
    return ", ".join(dict.fromkeys(filter(None, (fact.actor.name, fact.actor.quality, fact.actor.service))))


def grounds(case: Case, reasons: Sequence[ReasonGiven]) -> Iterator[Block]:
    """The grounds of a decision as it states them, in law and in fact."""
    for number, reason in enumerate(reasons, 1):
        yield Heading(f"Motif {number} : {CRITERION_TITLES[reason.rule.criterion]}", 2)
        rows = [("Texte", of_rule(reason.rule)), ("Faits", reason.fact), ("Pièces", exhibits(case, reason.exhibits))]
        if reason.text:
            rows.append(("Motivation", reason.text))
        yield Pairs(tuple(rows))
