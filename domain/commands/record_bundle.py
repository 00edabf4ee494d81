"""smoe records that a bundle is built."""

from typing import Annotated

from msgspec import Meta

from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.defence.bundles import must_be_under_way, must_hold_its_files
from domain.events import BundleBuilt
from domain.papers import Sha256


class RecordBundle(Command, frozen=True, kw_only=True):
    """Which build, the archive that is kept of it, and what it holds."""

    bundle: Annotated[str, Meta(min_length=2, max_length=20)]
    build: Annotated[int, Meta(ge=1)]
    sha256: Sha256
    bytes: Annotated[int, Meta(ge=1)]
    exhibits: Annotated[int, Meta(ge=1)]
    pages: Annotated[int, Meta(ge=1)]
    faulty: tuple[int, ...] = ()


@command(
    "record-bundle",
    RecordBundle,
    title="Enregistrer un dossier de défense constitué",
    fresh=False,
    example={"bundle": "B1", "build": 1, "sha256": "ab" * 32, "bytes": 1_200_000, "exhibits": 12, "pages": 48},
)
def record_bundle(case: Case, command: RecordBundle, context: Context) -> tuple[BundleBuilt, ...]:
    """Once, and only while it is wanted: two workers that built the same one record one."""
    must_hold_its_files(case)
    bundle = case.bundle(command.bundle)
    build = must_be_under_way(bundle, command.build)
    return (
        BundleBuilt(
            bundle=bundle.id,
            build=build.number,
            sha256=command.sha256,
            bytes=command.bytes,
            exhibits=command.exhibits,
            pages=command.pages,
            faulty=command.faulty,
            built_on=context.today,
        ),
    )
