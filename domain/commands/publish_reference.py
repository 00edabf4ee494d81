"""A version of a reference table takes effect."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import must_have_no_fault
from domain.context import Context
from domain.events import ReferencePublished
from domain.refusals import Fault, Refused
from domain.request import Name


class PublishReference(Command, frozen=True, kw_only=True):
    """Which data, by their hash, from when, and how many lines a source confirms."""

    table: Annotated[str, Meta(max_length=60)]
    version: Annotated[str, Meta(min_length=1, max_length=80)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    rows: Annotated[int, Meta(ge=1, le=1_000_000)]
    confirmed_rows: Annotated[int, Meta(ge=0, le=1_000_000)]
    effective_from: date
    source: Name


@administration_command(
    "reference",
    PublishReference,
    title="Publier une table de référence",
    example={
        "table": "smic",
        "version": "2026-07-23",
        "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
        "rows": 22,
        "confirmed_rows": 20,
        "effective_from": "2026-07-23",
        "source": "Arrêtés de relèvement du SMIC",
    },
)
def publish_reference(
    state: Administration, command: PublishReference, context: Context
) -> tuple[ReferencePublished, ...]:
    """A version names its data for good: decisions store it."""
    if command.table not in context.reference.tables:
        raise Refused("table_unknown", f"La table de référence « {command.table} » n'existe pas.")
    if any(r.table == command.table and r.version == command.version for r in state.references):
        raise Refused("version_known", f"La version {command.version} de cette table est déjà publiée.")
    must_have_no_fault(
        (
            Fault(
                pointer="/confirmed_rows",
                code="amount_impossible",
                message="Il ne peut y avoir plus de lignes confirmées que de lignes.",
            ),
        )
        if command.confirmed_rows > command.rows
        else ()
    )
    return (
        ReferencePublished(
            table=command.table,
            version=command.version,
            sha256=command.sha256,
            rows=command.rows,
            confirmed_rows=command.confirmed_rows,
            effective_from=command.effective_from,
            source=command.source,
        ),
    )
