"""A legal officer stops the building of a bundle."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.defence.bundles import must_be_under_way
from domain.events import BundleBuildEnded
from domain.papers import BuildOutcome


class CancelBundle(Command, frozen=True, kw_only=True):
    """Which bundle, and why it is no longer wanted."""

    bundle: Annotated[str, Meta(min_length=2, max_length=20)]
    reason: Annotated[str, Meta(max_length=500)] = ""


@command(
    "cancel-bundle",
    CancelBundle,
    title="Arrêter la constitution d'un dossier de défense",
    fresh=False,
    example={"bundle": "B1", "reason": "Une pièce manque encore."},
)
def cancel_bundle(case: Case, command: CancelBundle, context: Context) -> tuple[BundleBuildEnded, ...]:
    """What was made of it is thrown away; the bundle itself stays as it is arranged."""
    bundle = case.bundle(command.bundle)
    build = must_be_under_way(bundle)
    return (
        BundleBuildEnded(
            bundle=bundle.id,
            build=build.number,
            outcome=BuildOutcome.CANCELLED,
            why=command.reason,
            ended_on=context.today,
        ),
    )
