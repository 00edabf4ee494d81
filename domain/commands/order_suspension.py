"""The urgent judge suspends a decision."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import InjunctionOrdered, can_be_suspended, pending
from domain.events import ReexaminationOrdered, SuspensionOrdered
from domain.refusals import Refused


class OrderSuspension(Command, frozen=True, kw_only=True):
    """Record the order and what it enjoins."""

    litigation: Annotated[str, Meta(max_length=20)]
    ordered_on: date
    notified_on: date
    injunction: InjunctionOrdered | None = None
    summary: Annotated[str, Meta(min_length=1, max_length=5_000)]


@command(
    "order-suspension",
    OrderSuspension,
    title="Enregistrer une suspension ordonnée en référé",
    example={
        "litigation": "L2",
        "ordered_on": "2026-11-02",
        "notified_on": "2026-11-02",
        "injunction": {"kind": "reexamine", "delay_days": 15},
        "summary": "Urgence et doute sérieux sur la légalité du refus.",
    },
)
def order_suspension(
    case: Case, command: OrderSuspension, context: Context
) -> tuple[SuspensionOrdered | ReexaminationOrdered, ...]:
    """The decision has no effect until the main claim is judged (CJA L521-1); an injunction re-opens the case."""
    proceedings = pending(case, command.litigation)
    if not can_be_suspended(case, proceedings):
        raise Refused(
            "not_a_suspension_action", f"L'instance {proceedings.id} n'est pas un référé dirigé contre une décision."
        )
    must_have_no_fault(
        (
            *must_have_happened("/ordered_on", command.ordered_on, context.today, since=proceedings.lodged_on),
            *must_have_happened("/notified_on", command.notified_on, context.today, since=command.ordered_on),
        )
    )
    suspended = SuspensionOrdered(
        litigation=proceedings.id,
        decision=proceedings.against,
        ordered_on=command.ordered_on,
        notified_on=command.notified_on,
        injunction=command.injunction.stored() if command.injunction else None,
        summary=command.summary,
    )
    if command.injunction is None:
        return (suspended,)
    return (
        suspended,
        ReexaminationOrdered(
            litigation=proceedings.id,
            decision=proceedings.against,
            ordered_on=command.ordered_on,
            due_on=command.injunction.due_on(command.notified_on),
            kind=command.injunction.kind,
        ),
    )
