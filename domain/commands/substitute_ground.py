"""The defence asks the court to put another ground in the place of one of the decision's."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.court import CITED_FROM_MEMORY, ground_attacked, pending
from domain.decisions import ReasonDraft
from domain.events import GroundSubstituted
from domain.findings import Criterion
from domain.grounds import grounds_of
from domain.provisions import Chapter, provision
from domain.refusals import Fault


class SubstituteGround(Command, frozen=True, kw_only=True):
    """Name the ground given up and the one put in its place."""

    litigation: Annotated[str, Meta(max_length=20)]
    replaces: Criterion
    reason: ReasonDraft


@provision(
    Chapter.LITIGATION,
    "CE, 6 février 2004, n° 240560",
    since=date(2004, 2, 6),
    source="Conseil d'État, section, 6 février 2004, n° 240560",
    mark="unconfirmed",
    note=CITED_FROM_MEMORY,
)
@command(
    "substitute-ground",
    SubstituteGround,
    title="Demander une substitution de motif",
    example={
        "litigation": "L1",
        "replaces": "labour_market",
        "reason": {
            "criterion": "pay",
            "fact": "La rémunération offerte, 1 700 € brut par mois, est inférieure au SMIC en vigueur.",
        },
    },
)
def substitute_ground(case: Case, command: SubstituteGround, context: Context) -> tuple[GroundSubstituted, ...]:
    """The defence may ask the court to accept another ground, that could found the decision on its own day."""
    proceedings = pending(case, command.litigation)
    attacked, _ = ground_attacked(case, proceedings, command.replaces)
    must_have_no_fault(
        (Fault.plain("/reason/criterion", "ground_same"),) if command.reason.criterion is command.replaces else ()
    )
    (reason,) = grounds_of(case, (command.reason,), attacked.on, "/reason", context)
    return (
        GroundSubstituted(litigation=proceedings.id, replaces=command.replaces, reason=reason, asked_on=context.today),
    )
