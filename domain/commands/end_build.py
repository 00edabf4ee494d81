"""smoe gives the building of a bundle up."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.defence.bundles import must_be_under_way
from domain.events import BundleBuildEnded
from domain.papers import BuildOutcome


class EndBuild(Command, frozen=True, kw_only=True):
    """Which build, and what stood in its way every time it was tried."""

    bundle: Annotated[str, Meta(min_length=2, max_length=20)]
    build: Annotated[int, Meta(ge=1)]
    why: Annotated[str, Meta(min_length=3, max_length=500)]


@command(
    "end-build",
    EndBuild,
    title="Abandonner la constitution d'un dossier de défense",
    fresh=False,
    example={"bundle": "B1", "build": 1, "why": "La constitution a échoué à chaque essai."},
)
def end_build(case: Case, command: EndBuild, context: Context) -> tuple[BundleBuildEnded, ...]:
    """It failed as often as it was tried; the bundle can be ordered again."""
    bundle = case.bundle(command.bundle)
    build = must_be_under_way(bundle, command.build)
    return (
        BundleBuildEnded(
            bundle=bundle.id,
            build=build.number,
            outcome=BuildOutcome.FAILED,
            why=command.why,
            ended_on=context.today,
        ),
    )
