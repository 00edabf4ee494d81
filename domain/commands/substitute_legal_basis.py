"""The defence asks the court to put another text in the place of one of the decision's."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.court import CITED_FROM_MEMORY, no_ground_of_the_decision, pending
from domain.decisions import WEIGHING_LENGTH_MIN
from domain.envelope import Role
from domain.events import LegalBasisSubstituted
from domain.findings import Criterion, RuleId
from domain.french import in_french
from domain.law import all_rules
from domain.provisions import Chapter, provision
from domain.refusals import Fault


class SubstituteLegalBasis(Command, frozen=True, kw_only=True):
    """Name the condition whose text is given up, the article put in its place, and why it could found the decision."""

    litigation: Annotated[str, Meta(max_length=20)]
    replaces: Criterion
    article: Annotated[str, Meta(min_length=1, max_length=60)]
    explanation: Annotated[str, Meta(min_length=WEIGHING_LENGTH_MIN, max_length=5_000)]


@provision(
    Chapter.LITIGATION,
    "CE, 3 décembre 2003, n° 240267",
    since=date(2003, 12, 3),
    source="Conseil d'État, section, 3 décembre 2003, n° 240267",
    mark="unconfirmed",
    note=CITED_FROM_MEMORY,
)
@command(
    "substitute-legal-basis",
    SubstituteLegalBasis,
    title="Demander une substitution de base légale",
    by={Role.LEGAL, Role.PREFECTURE},
    example={
        "litigation": "L1",
        "replaces": "pay",
        "article": "CT R5221-34 2°",
        "explanation": "La même appréciation, assortie des mêmes garanties, fonde le refus sur ce texte.",
    },
)
def substitute_legal_basis(
    case: Case, command: SubstituteLegalBasis, context: Context
) -> tuple[LegalBasisSubstituted, ...]:
    """The judge may rest the decision on another text in force on its day, that gave the same power and guarantees."""
    proceedings = pending(case, command.litigation)
    attacked = next((d for d in case.decisions if d.id == proceedings.against), None)
    reasons = attacked.signed.reasons if attacked and attacked.signed else ()
    given_up = next((reason.rule for reason in reasons if reason.rule.criterion is command.replaces), None)
    if attacked is None or given_up is None:
        raise no_ground_of_the_decision(command.replaces)
    basis = _in_force(command.article, attacked.on)
    must_have_no_fault((_unsuitable(command.article, attacked.on),) if basis in {None, given_up} else ())
    assert basis is not None, "an article that is no rule is refused"
    return (
        LegalBasisSubstituted(
            litigation=proceedings.id,
            replaces=given_up,
            basis=basis,
            explanation=command.explanation,
            asked_on=context.today,
        ),
    )


def _in_force(article: str, on: date) -> RuleId | None:
    return next((rule.id for rule in all_rules() if rule.id.article == article.strip() and rule.in_force(on)), None)


def _unsuitable(article: str, on: date) -> Fault:
    return Fault(
        pointer="/article",
        code="basis_unsuitable",
        message=f"« {article} » n'est pas un autre texte en vigueur le {in_french(on)}, jour de la décision attaquée.",
    )
