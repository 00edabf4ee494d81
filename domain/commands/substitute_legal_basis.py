"""The defence asks the court to put another text in the place of one of the decision's."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.court import CITED_FROM_MEMORY, ground_attacked, pending
from domain.decisions import WEIGHING_LENGTH_MIN
from domain.events import LegalBasisSubstituted
from domain.findings import Criterion, RuleId
from domain.french import in_french
from domain.law import rules_in_force
from domain.procedures import Procedure
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
    example={
        "litigation": "L1",
        "replaces": "pay",
        "article": "CT R5221-20-1",
        "explanation": "La même appréciation, assortie des mêmes garanties, fonde le refus sur ce texte.",
    },
)
def substitute_legal_basis(
    case: Case, command: SubstituteLegalBasis, context: Context
) -> tuple[LegalBasisSubstituted, ...]:
    """The judge may rest the decision on another text in force on its day, that gave the same power and guarantees."""
    proceedings = pending(case, command.litigation)
    attacked, given_up = ground_attacked(case, proceedings, command.replaces)
    basis = _condition(command.article, case.procedure, attacked.on)
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


def _condition(article: str, procedure: Procedure, on: date) -> RuleId | None:
    return next((rule.id for rule in rules_in_force(procedure, on) if rule.id.article == article.strip()), None)


def _unsuitable(article: str, on: date) -> Fault:
    return Fault(
        pointer="/article",
        code="basis_unsuitable",
        message=f"« {article} » n'est pas une autre condition de cette demande, en vigueur au jour de la décision "
        f"attaquée, le {in_french(on)}.",
    )
