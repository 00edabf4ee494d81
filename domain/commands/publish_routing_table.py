"""A version of the routing table takes effect."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from msgspec import Meta, field

from domain.acts import RoutingLine, ServiceContact
from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import departments_must_exist, must_have_no_fault
from domain.context import Context
from domain.events import RoutingTablePublished
from domain.refusals import Fault, Refused
from domain.request import Name


class PublishRoutingTable(Command, frozen=True, kw_only=True):
    """Which platform examines the requests of each department, and where it can be reached."""

    version: Annotated[str, Meta(min_length=1, max_length=40)]
    effective_from: date
    lines: Annotated[tuple[RoutingLine, ...], Meta(min_length=1, max_length=400)]
    contacts: Annotated[dict[str, ServiceContact], Meta(max_length=50)] = field(default_factory=dict)
    source: Name


@administration_command(
    "routing",
    PublishRoutingTable,
    title="Publier une table d'orientation",
    example={
        "version": "2026-11",
        "effective_from": "2026-11-15",
        "lines": [
            {
                "department": "69",
                "seasonal": False,
                "platform": "Clermont-Ferrand",
                "deciding_department": "63",
                "confirmed": True,
                "source": "Convention de délégation de gestion du 29 mars 2021",
            },
            {
                "department": "*",
                "seasonal": True,
                "platform": "Avignon",
                "deciding_department": "84",
                "confirmed": True,
                "source": "Note d'information du 1er avril 2021",
            },
        ],
        "contacts": {
            "Clermont-Ferrand": {
                "name": "Plateforme de Clermont-Ferrand",
                "address": "1 place de la Préfecture, Clermont-Ferrand",
                "phone": "04 65 71 00 01",
                "email": "plateforme@example.org",
            }
        },
        "source": "Arrêtés de délégation de gestion",
    },
)
def publish_routing_table(
    state: Administration, command: PublishRoutingTable, context: Context
) -> tuple[RoutingTablePublished, ...]:
    """Each department has one platform in a version; a version is never changed, only followed by another."""
    if any(table.version == command.version for table in state.routing_tables):
        raise Refused("version_known", f"La version {command.version} de la table d'orientation est déjà publiée.")
    must_have_no_fault(
        (
            *departments_must_exist(context.reference, (line.department for line in command.lines), "/lines"),
            *departments_must_exist(
                context.reference, (line.deciding_department for line in command.lines), "/lines", wildcard=False
            ),
            *_duplicates(command.lines),
            *_strangers(command),
        )
    )
    return (
        RoutingTablePublished(
            version=command.version,
            effective_from=command.effective_from,
            lines=command.lines,
            contacts=command.contacts,
            source=command.source,
        ),
    )


def _duplicates(lines: tuple[RoutingLine, ...]) -> Iterator[Fault]:
    seen: set[tuple[str, bool]] = set()
    for index, line in enumerate(lines):
        key = (line.department, line.seasonal)
        repeated = key in seen
        seen.add(key)
        if repeated:
            yield Fault(
                pointer=f"/lines/{index}",
                code="line_repeated",
                message=f"Le département {line.department} a déjà une ligne de ce type.",
            )


def _strangers(command: PublishRoutingTable) -> Iterator[Fault]:
    platforms = {line.platform for line in command.lines}
    for platform in command.contacts:
        if platform not in platforms:
            yield Fault(
                pointer=f"/contacts/{platform.replace('~', '~0').replace('/', '~1')}",
                code="platform_unknown",
                message=f"Aucune ligne n'oriente vers la plateforme « {platform} ».",
            )
