"""A paragraph of the reasons library takes effect."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import must_have_no_fault, must_take_effect_soon
from domain.context import Context
from domain.events import ReasonPublished
from domain.findings import Criterion
from domain.french import in_french
from domain.reasons_library import must_be_a_paragraph
from domain.refusals import Refused
from domain.request import Name


class PublishReason(Command, frozen=True, kw_only=True):
    """A paragraph by its name; the same name again makes its next version."""

    reason: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$(?!\n)")]
    criterion: Criterion
    title: Name
    text: Annotated[str, Meta(min_length=1, max_length=5_000)]
    effective_from: date


@administration_command(
    "reasons",
    PublishReason,
    title="Publier un paragraphe de motivation",
    example={
        "reason": "offre-trop-courte",
        "criterion": "labour_market",
        "title": "Offre publiée moins de trois semaines",
        "text": "L'offre n'a été publiée que {durée}, alors que le texte exige trois semaines (CT R5221-20 1° b).",
        "effective_from": "2026-11-02",
    },
)
def publish_reason(state: Administration, command: PublishReason, context: Context) -> tuple[ReasonPublished, ...]:
    """Earlier versions stay: decisions name the paragraph that they used."""
    must_be_a_paragraph(command.text, context.reference)
    must_have_no_fault(must_take_effect_soon("/effective_from", command.effective_from, context.today))
    earlier = [r for r in state.reasons if r.reason == command.reason]
    newest = earlier[-1] if earlier else None
    if newest is not None and newest.criterion is not command.criterion:
        raise Refused("reason_changes_criterion", f"Le paragraphe « {command.reason} » porte sur une autre condition.")
    if newest is not None and command.effective_from < newest.effective_from:
        raise Refused(
            "version_out_of_order",
            f"La version {newest.version} prend effet le {in_french(newest.effective_from)}, après celle-ci.",
        )
    return (
        ReasonPublished(
            reason=command.reason,
            version=newest.version + 1 if newest else 1,
            criterion=command.criterion,
            title=command.title,
            text=command.text,
            effective_from=command.effective_from,
        ),
    )
