"""A legal officer has a bundle built as it is arranged."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.defence.bundles import must_be_laid_out_as, must_hold_its_files
from domain.events import BundleOrdered
from domain.refusals import Refused


class OrderBundle(Command, frozen=True, kw_only=True):
    """Which bundle, in the arrangement that was read."""

    bundle: Annotated[str, Meta(min_length=2, max_length=20)]
    arrangement: Annotated[int, Meta(ge=1, le=1_000_000)]


@command(
    "order-bundle",
    OrderBundle,
    title="Constituer un dossier de défense",
    fresh=False,
    example={"bundle": "B1", "arrangement": 1},
)
def order_bundle(case: Case, command: OrderBundle, context: Context) -> tuple[BundleOrdered, ...]:
    """It tells the case as it is now, and nothing that comes later; one build at a time.

    A bundle without exhibits is one that rests upon what the other party has joined.
    """
    must_hold_its_files(case)
    bundle = case.bundle(command.bundle)
    must_be_laid_out_as(bundle, command.arrangement)
    if bundle.build_under_way is not None:
        raise Refused("build_under_way", f"Le dossier de défense {bundle.id} est déjà en cours de constitution.")
    return (
        BundleOrdered(
            bundle=bundle.id,
            build=len(bundle.builds) + 1,
            on_version=case.version,
            ordered_on=context.today,
        ),
    )
