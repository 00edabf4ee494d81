"""A case as the rules read it, an opinion given, and what the rule of a day answers."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from domain.case import Case, Document, Opinion
from domain.envelope import Role
from domain.findings import Criterion, Finding
from domain.law import Law, rule_in_force
from domain.procedures import Procedure
from domain.request import DocumentRef
from tests.unit.given import CASE, HASH, REFERENCE, TODAY, a_request

IN_2025 = date(2025, 6, 2)
"""A day on which the SMIC and the shortage list are both confirmed by their tables: 1801.80 euros, 11.88 an hour."""


def law(today: date = TODAY) -> Law:
    return Law(today=today, reference=REFERENCE)


def a_case(
    procedure: Procedure = Procedure.INTRODUCTION_PERMANENT,
    *,
    filed_on: date = TODAY,
    documents: Iterable[str] = (),
    opinions: tuple[Opinion, ...] = (),
    **changes: Any,
) -> Case:
    refs = [
        DocumentRef(id=f"P{number}", version=1, item=item, title=item, sha256=HASH)
        for number, item in enumerate(documents, 1)
    ]
    return Case(
        id=CASE,
        request=a_request(procedure, **changes),
        filed_by="local:employer-acme",
        filed_as=Role.EMPLOYER,
        filed_on=filed_on,
        documents={ref.id: Document(id=ref.id, versions=(ref,), received_on=filed_on) for ref in refs},
        opinions=opinions,
    )


def an_opinion(criterion: Criterion, adverse: bool, body: str = "URSSAF", given_on: date = TODAY) -> Opinion:
    return Opinion(
        id=f"O-{body}-{given_on}",
        body=body,
        criterion=criterion,
        requested_on=given_on,
        due_on=None,
        given_on=given_on,
        adverse=adverse,
        finding="Constat du service.",
    )


def found(case: Case, criterion: Criterion, today: date = TODAY) -> Finding:
    rule = rule_in_force(criterion, case.procedure, today)
    assert rule is not None, f"{criterion} does not concern {case.procedure} on {today}"
    return rule.find(case, law(today))
