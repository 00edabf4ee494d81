"""A version of a reference table takes effect."""

from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.administration import Administration
from domain.command import Command, administration_command
from domain.content import must_have_no_fault, must_take_effect_soon
from domain.context import Context
from domain.events import ReferencePublished
from domain.french import in_french
from domain.reference import Reference
from domain.reference.load import MalformedReference, sha256_of
from domain.reference.published import (
    A_DAY,
    changed_units,
    comes_after,
    counted,
    days_left_uncovered,
    reference_in_force,
    rows_needed_but_absent,
)
from domain.refusals import Fault, Refused
from domain.request import Name

replace = msgspec.structs.replace

CONTENT_LENGTH_MAX: Final = 1_500_000
"""Characters of a data file: the longest shipped one has some 260,000, and a body may have 2 MB."""


class PublishReference(Command, frozen=True, kw_only=True):
    """A whole table, as its data file is written, and from when it replaces the one in force."""

    table: Annotated[str, Meta(max_length=60)]
    version: Annotated[str, Meta(min_length=1, max_length=80)]
    effective_from: date
    source: Name
    content: Annotated[str, Meta(min_length=1, max_length=CONTENT_LENGTH_MAX)]
    """CSV or TOML, with the columns of the shipped file; every row names its source and its mark."""
    checked_until: date | None = None
    """The newest day to which the sources were read; the table's first day when nobody says."""


EXAMPLE: Final = """
[[authority]]
id = "MINISTER_IMMIGRATION"
label = "ministre chargé de l'immigration"
role = "Autorité saisie du recours hiérarchique."
article = "CT R5221-19"
effective_from = 2016-11-01
source = "Code du travail"
mark = "confirmed"

[[authority]]
id = "OFII"
label = "Office français de l'immigration et de l'intégration"
role = "Destinataire des autorisations accordées."
article = "CT R5221-18"
source = "Code du travail"
mark = "confirmed"

[[authority]]
id = "OFII_TAX"
label = "Office français de l'immigration et de l'intégration"
role = "Recouvrait la taxe de l'employeur."
article = "CESEDA L436-10"
effective_to = 2022-12-31
source = "Loi n° 2022-1726, article 80"
mark = "confirmed"

[[authority]]
id = "DGFIP"
label = "direction générale des finances publiques"
role = "Recouvre la taxe de l'employeur."
article = "loi n° 2022-1726, article 80"
effective_from = 2023-01-01
source = "Loi n° 2022-1726, article 80"
mark = "confirmed"

[[authority]]
id = "PREFECT_BOUCHES_DU_RHONE"
label = "préfet des Bouches-du-Rhône"
role = "Décide des demandes des employeurs visés à l'article R431-22 du CESEDA."
article = "CT R5221-15-1"
department = "13"
effective_from = 2021-05-01
source = "Code du travail"
mark = "confirmed"
"""


@administration_command(
    "reference",
    PublishReference,
    title="Publier une table de référence",
    example={
        "table": "authorities",
        "version": "2026-07-23",
        "effective_from": "2026-07-23",
        "source": "Code du travail et loi n° 2022-1726",
        "content": EXAMPLE.lstrip(),
        "checked_until": "2026-07-23",
    },
)
def publish_reference(
    state: Administration, command: PublishReference, context: Context
) -> tuple[ReferencePublished, ...]:
    """A version replaces the table whole from its first day, once it reads as the shipped file does."""
    if command.table not in context.reference.tables:
        raise Refused("table_unknown", f"La table de référence « {command.table} » n'existe pas.")
    _must_follow(state, command)
    last_day = max(context.today, command.effective_from)
    unread = command.checked_until is not None and command.checked_until > last_day
    must_have_no_fault(
        (
            *must_take_effect_soon("/effective_from", command.effective_from, context.today),
            *((_SOURCES_UNREAD,) if unread else ()),
        )
    )
    published = ReferencePublished(
        table=command.table,
        version=command.version,
        sha256=sha256_of(command.content),
        rows=0,
        confirmed_rows=0,
        effective_from=command.effective_from,
        source=command.source,
        content=command.content,
        checked_until=command.checked_until,
    )
    reference = _must_read(state, published, context.reference)
    rows, confirmed = counted(reference.rows[command.table])
    return (replace(published, rows=rows, confirmed_rows=confirmed),)


_SOURCES_UNREAD: Final = Fault(
    pointer="/checked_until", code="date_impossible", message="Les sources n'ont pu être lues à une date à venir."
)


def _must_follow(state: Administration, command: PublishReference) -> None:
    """Versions of a table grow, in name and in date: the one in force on a day is always the last published."""
    earlier = [each for each in state.references if each.table == command.table]
    if any(each.version == command.version for each in earlier):
        raise Refused("version_known", f"La version {command.version} de cette table est déjà publiée.")
    for each in earlier:
        if command.effective_from < each.effective_from or not comes_after(command.version, each.version):
            raise Refused(
                "version_out_of_order",
                f"La version {each.version} de cette table, en vigueur le {in_french(each.effective_from)}, est déjà "
                "publiée : la suivante ne peut porter ni un numéro ni une date d'effet antérieurs.",
            )


def _must_read(state: Administration, published: ReferencePublished, reference: Reference) -> Reference:
    """The tables on the first day of this version; refused where it, or a table that needs it, cannot be read.

    Versions of other tables that take effect later must still agree with it on their own day.
    """
    try:
        _must_keep_what_is_needed(published, reference)
        later = {each.effective_from for each in state.references if each.effective_from > published.effective_from}
        together = (*state.references, published)
        for day in sorted(later):
            reference_in_force(reference, together, day)
        return reference_in_force(reference, together, published.effective_from)
    except MalformedReference as fault:
        raise _refused(published, reference, fault) from fault


def _must_keep_what_is_needed(published: ReferencePublished, reference: Reference) -> None:
    file = reference.tables[published.table].file
    absent = rows_needed_but_absent(reference, published.table, published.content)
    if absent:
        named = ", ".join(f"« {name} »" for name in absent)
        raise MalformedReference(file, 0, f"des règles en dépendent et elles n'y figurent plus : {named}")
    for line, name, unit in changed_units(reference, published.table, published.content):
        raise MalformedReference(file, line, f"« {name} » se compte en « {unit} »")
    for line, name, first, last in days_left_uncovered(reference, published.table, published.content):
        days = f"avant le {in_french(last + A_DAY)}" if first == date.min else f"à compter du {in_french(first)}"
        raise MalformedReference(file, line, f"« {name} » n'a aucune valeur {days}, alors que des règles la lisent")


def _refused(published: ReferencePublished, reference: Reference, fault: MalformedReference) -> Refused:
    file = reference.tables[published.table].file
    if fault.file != file:
        other = next(info.title for info in reference.tables.values() if info.file == fault.file)
        message = f"La table « {other} », ligne {fault.line}, en dépend : {fault.reason}."
    elif fault.line:
        message = f"Ligne {fault.line} : {fault.reason}."
    else:
        message = f"Des lignes manquent : {fault.reason}."
    return Refused(
        "table_malformed",
        f"La table « {reference.tables[published.table].title} » ne peut être publiée. {message}",
        faults=(Fault(pointer="/content", code="table_malformed", message=message),),
    )
