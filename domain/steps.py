"""Steps that several facts share: a part of the case changed, an examination re-opened, a return to the decision."""

from collections.abc import Callable
from typing import Any

import msgspec

from domain.acts import (
    DecisionKind,
    Stage,
    StageKind,
)
from domain.case import (
    Case,
    Item,
    MissingItems,
    Status,
)

replace = msgspec.structs.replace


def changed(items: tuple[Item, ...], wanted: str, change: Callable[[Item], Item]) -> tuple[Item, ...]:
    """The same parts, the one of that identifier changed."""
    return tuple(change(item) if item.id == wanted else item for item in items)


def updated(items: tuple[Item, ...], wanted: str, **values: Any) -> tuple[Item, ...]:
    """The same parts, the one of that identifier with these values."""
    # Every part is a State, which a Protocol cannot say.
    return tuple(replace(item, **values) if item.id == wanted else item for item in items)  # type: ignore[type-var]


def at_work(case: Case) -> Status:
    """The status of a case that is to be examined, whether or not somebody holds it, or knows where it goes."""
    if case.routing is None:
        return Status.TO_ROUTE
    return Status.UNDER_EXAMINATION if case.assignee else Status.TO_CLAIM


def reopened(case: Case, stage: Stage) -> Case:
    """A new examination begins on the law and facts of its own date; earlier decisions stay whole."""
    return replace(
        case,
        stage=stage,
        status=at_work(case),
        findings={},
        assessors=frozenset(),
        examined={},
        proposal=None,
        # The court's re-examination starts anew; an appeal against a closure is judged on the request that led to it.
        missing_items=lapsed(case.missing_items) if stage.kind is StageKind.COURT else case.missing_items,
    )


def lapsed(asked: tuple[MissingItems, ...]) -> tuple[MissingItems, ...]:
    """Requests for items that were not answered are no longer open."""
    return tuple(request if request.complete else replace(request, lapsed=True) for request in asked)


def in_court(case: Case, litigation: str, **values: Any) -> Case:
    """The case whose proceedings of that identifier have these values."""
    return replace(case, litigation=updated(case.litigation, litigation, **values))


def back_to_decision(case: Case) -> Case:
    """The appeal is over without a new decision: the first one stands."""
    closed = case.current_decision is not None and case.current_decision.kind is DecisionKind.CLOSURE
    return replace(case, stage=Stage(), proposal=None, status=Status.CLOSED if closed else Status.DECIDED)
