"""Reasons in law and in fact (F1): which grounds, on which text, which facts, which proof."""

import re
from datetime import date

from domain.acts import DecisionKind
from domain.case import Case
from domain.context import Context
from domain.findings import CRITERION_TITLES, Assessment, Criterion, ReasonGiven
from domain.law import Rule, rules_in_force
from domain.provisions import Nature
from domain.validity.requirement import Act, Verdict, flaw, held, not_applicable, requirement

FACT_LENGTH_MIN = 20
"""Characters under which a sentence cannot state a fact."""
WEIGHING_LENGTH_MIN = 40
"""Characters under which a sentence cannot say why a discretion is used."""

HELD_BY_OTHERS = frozenset({Criterion.EMPLOYER_RECORD, Criterion.EMPLOYER_OFFENCES, Criterion.INTERNSHIP_HOST})
"""Conditions whose breach only other bodies establish: convictions, sanctions, reports of inspection."""

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""A part of a paragraph of the library that the case or the agent fills."""


@requirement("F1", "Motivation en droit et en fait", "CRPA L211-5", "CRPA L211-2")
def reasons_are_given_in_law_and_in_fact(case: Case, act: Act, context: Context) -> Verdict:
    """A decision that refuses, closes, withdraws or repeals states in writing the grounds of law and of fact that found
    it, each being one that the text allows."""
    if act.is_implicit:
        return not_applicable(
            "Une décision née du silence n'est pas motivée ; ses motifs sont communiqués à qui les demande "
            "(CRPA L232-4)."
        )
    if act.kind.is_favourable:
        return not_applicable("Une décision qui accueille la demande n'a pas à être motivée.")
    if act.kind is DecisionKind.CLOSURE:
        return _items_are_named(act)
    if act.ends_a_grant:
        return _end_is_reasoned(act)
    allowed = {rule.id: rule for rule in rules_in_force(case.procedure, act.on)}
    return (
        grounds_stand(act.reasons, act.assessments, tuple(allowed.values()))
        or _grounds_are_proved(case, act)
        or _unresolved((), act.explanation)
        or discretion_is_weighed(tuple(allowed[reason.rule] for reason in act.reasons), act.explanation)
        or held(f"{_counted(act.reasons)}, chacun avec son texte, sa version et ses faits.")
    )


def _counted(reasons: tuple[ReasonGiven, ...]) -> str:
    return "Un motif est énoncé" if len(reasons) == 1 else f"{len(reasons)} motifs sont énoncés"


def _items_are_named(act: Act) -> Verdict:
    if not act.missing_items:
        return flaw("reasons_missing", "La clôture n'indique pas les pièces restées manquantes (CRPA L114-5).")
    return _unresolved((), act.explanation) or held(
        f"La clôture indique les pièces restées manquantes : {', '.join(act.missing_items)}."
    )


def _end_is_reasoned(act: Act) -> Verdict:
    if len(act.explanation.strip()) < WEIGHING_LENGTH_MIN:
        return flaw(
            "reasons_missing",
            f"Exposez les faits et la suite donnée aux observations, en {WEIGHING_LENGTH_MIN} caractères au moins.",
        )
    return _unresolved(act.reasons, act.explanation) or held(
        "Les faits et les considérations de droit qui fondent l'acte sont énoncés."
    )


def grounds_stand(
    reasons: tuple[ReasonGiven, ...], assessments: tuple[Assessment, ...], rules: tuple[Rule, ...]
) -> Verdict | None:
    """The first flaw of the grounds: none given, not one of the text, without facts, or with a paragraph unfilled."""
    if not reasons:
        return flaw(
            "reasons_missing",
            "Une décision défavorable énonce au moins un motif, en droit et en fait (CRPA L211-2, L211-5).",
        )
    unmet = {each.rule for each in assessments if each.blocks_grant} & {rule.id for rule in rules}
    for reason in reasons:
        if reason.rule not in unmet:
            return flaw("ground_not_allowed", not_a_ground(reason.rule.criterion))
        if not states_fact(reason.fact):
            return flaw("reason_needs_fact", fact_wanted(reason.rule.criterion))
    return _unresolved(reasons)


def _unresolved(reasons: tuple[ReasonGiven, ...], explanation: str = "") -> Verdict | None:
    """Whatever the part of the act: a paragraph may have been pasted where facts or the explanation stand."""
    written = (*(part for each in reasons for part in (each.text, each.fact)), explanation)
    left = tuple(name for part in written for name in PLACEHOLDER.findall(part))
    return flaw("reason_placeholder_unresolved", placeholders_left(left)) if left else None


def placeholders_left(names: tuple[str, ...]) -> str:
    """The sentence that names what a paragraph still lacks."""
    listed = ", ".join(f"« {name} »" for name in dict.fromkeys(names))
    return f"Le paragraphe de motivation comporte des mentions non complétées : {listed}."


def states_fact(fact: str) -> bool:
    """Whether a sentence is long enough to state facts."""
    return len(fact.strip()) >= FACT_LENGTH_MIN


def fact_wanted(criterion: Criterion) -> str:
    """The sentence that asks for the facts of a ground."""
    title = CRITERION_TITLES[criterion]
    return f"Le motif « {title} » doit énoncer les faits, en {FACT_LENGTH_MIN} caractères au moins (CRPA L211-5)."


def not_a_ground(criterion: Criterion) -> str:
    """The sentence that says why a condition cannot found the decision."""
    return (
        f"« {CRITERION_TITLES[criterion]} » ne peut fonder la décision : seule le peut une condition en vigueur, "
        "appréciée comme non remplie (les motifs de refus prévus par les textes sont limitatifs)."
    )


def _grounds_are_proved(case: Case, act: Act) -> Verdict | None:
    exhibited = {each.rule.criterion for each in act.assessments if each.exhibits}
    for reason in act.reasons:
        criterion = reason.rule.criterion
        shown = bool(reason.exhibits) or criterion in exhibited or _opinion_against(case, criterion, act.on)
        if criterion in HELD_BY_OTHERS and not shown:
            return flaw(
                "ground_needs_evidence",
                f"Le motif « {CRITERION_TITLES[criterion]} » repose sur des faits qu'un autre organisme constate : "
                "joignez la pièce qui les établit, ou recueillez l'avis de cet organisme "
                "(CAA Toulouse, 18 novembre 2025, n° 24TL02355).",
            )
    return None


def _opinion_against(case: Case, criterion: Criterion, on: date) -> bool:
    """Whether a body that was asked has answered adversely by that day."""
    return any(
        each.criterion is criterion and bool(each.adverse) and each.given_on is not None and each.given_on <= on
        for each in case.opinions
    )


def discretion_is_weighed(rules: tuple[Rule, ...], explanation: str) -> Verdict | None:
    """The flaw of a decision that no ground obliges to, and that does not say why it is taken all the same."""
    if any(rule.nature is Nature.OBLIGATION for rule in rules) or len(explanation.strip()) >= WEIGHING_LENGTH_MIN:
        return None
    element = any(rule.nature is Nature.ELEMENT for rule in rules)
    why = (
        "Aucun élément n'est décisif à lui seul : expliquez comment ils ont été appréciés ensemble"
        if element
        else "Le texte permet le refus sans l'imposer : expliquez pourquoi cette faculté est exercée"
    )
    return flaw("discretion_needs_reasons", f"{why}, en {WEIGHING_LENGTH_MIN} caractères au moins.")
