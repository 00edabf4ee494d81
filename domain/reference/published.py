"""The tables in force on a day: those shipped with smoe, each replaced whole by its newest published version."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

import msgspec

from domain.events import ReferencePublished
from domain.reference import Reference
from domain.reference.load import NEEDED, assemble, fingerprint, read_table
from domain.reference.rows import Mark, Row, Threshold

replace = msgspec.structs.replace


def newest_in_effect(published: Iterable[ReferencePublished], on: date) -> Mapping[str, ReferencePublished]:
    """By table, the last published of the versions in effect that day; a hash without content changes nothing."""
    newest: dict[str, ReferencePublished] = {}
    for each in published:
        known = newest.get(each.table)
        in_effect = each.content and each.effective_from <= on
        if in_effect and (known is None or known.effective_from <= each.effective_from):
            newest[each.table] = each
    return newest


def reference_in_force(reference: Reference, published: Iterable[ReferencePublished], on: date) -> Reference:
    """The tables of a day, given any reference made from the shipped ones; raises MalformedReference."""
    shipped = reference.shipped or reference
    newest = {name: each for name, each in newest_in_effect(published, on).items() if name in shipped.tables}
    if not newest:
        return shipped
    texts, tables, versions = dict(shipped.texts), dict(shipped.tables), dict(shipped.versions)
    for name, each in newest.items():
        info = shipped.tables[name]
        texts[info.file] = each.content
        tables[name] = replace(
            info, checked_until=each.checked_until or each.effective_from, effective_from=each.effective_from
        )
        versions[name] = version_of(each)
    return assemble(texts, tables, versions, shipped=shipped)


def version_of(published: ReferencePublished) -> str:
    """The name that decisions store: the published version and the hash of its data."""
    return f"{published.version}+{fingerprint(published.content)}"


def rows_needed_but_absent(reference: Reference, table: str, content: str) -> tuple[str, ...]:
    """The rows that rules ask for by name and that a text of this table would take away; raises MalformedReference."""
    shipped = reference.shipped or reference
    file = shipped.tables[table].file
    read, held = read_table(file, content), read_table(file, shipped.texts[file])
    absent: dict[str, None] = {}
    for (each, part), column in NEEDED.items():
        if each == file:
            kept = {str(getattr(row, column)) for _, row in read[part]}
            names = (str(getattr(row, column)) for _, row in held[part])
            absent.update({name: None for name in names if name not in kept})
    return tuple(absent)


def held_with_gaps(reference: Reference, table: str, content: str) -> tuple[tuple[int, str], ...]:
    """The figures held at any date that a text of this table would hold at some dates only: line, identifier.

    Limits of every age are counted with them, so that a case would wait for a limit that nothing counts.
    """
    shipped = reference.shipped or reference
    found: dict[str, list[tuple[int, Threshold]]] = {}
    for rows in read_table(shipped.tables[table].file, content).values():
        for line, row in rows:
            if isinstance(row, Threshold):
                found.setdefault(row.id, []).append((line, row))
    return tuple(
        (rows[0][0], name)
        for name, rows in found.items()
        if _at_any_date(shipped.thresholds.get(name, ())) and not _at_any_date(row for _, row in rows)
    )


def _at_any_date(rows: Iterable[Threshold]) -> bool:
    ordered = sorted(rows, key=lambda row: row.effective_from or date.min)
    if not ordered or ordered[0].effective_from is not None or ordered[-1].effective_to is not None:
        return False
    return all(
        each.effective_to is not None
        and following.effective_from is not None
        and following.effective_from.toordinal() - each.effective_to.toordinal() == 1
        for each, following in pairwise(ordered)
    )


def changed_units(reference: Reference, table: str, content: str) -> tuple[tuple[int, str, str], ...]:
    """The figures whose unit is not the one that rules count in: line, identifier, expected unit."""
    shipped = reference.shipped or reference
    file = shipped.tables[table].file
    units = {row.id: row.unit for rows in shipped.thresholds.values() for row in rows}
    return tuple(
        (line, row.id, units[row.id])
        for rows in read_table(file, content).values()
        for line, row in rows
        if hasattr(row, "unit") and units.get(row.id, row.unit) != row.unit
    )


def counted(rows: Iterable[object]) -> tuple[int, int]:
    """How many rows carry a source, and how many of them it confirms."""
    sourced = [row for row in rows if isinstance(row, Row)]
    return len(sourced), sum(row.mark is Mark.CONFIRMED for row in sourced)


def comes_after(version: str, earlier: str) -> bool:
    """Whether a version may follow another: numbers and dates must grow, other names say nothing of their order."""
    if not (version[:1].isdigit() and earlier[:1].isdigit()):
        return version != earlier
    return _natural(version) > _natural(earlier)


def _natural(version: str) -> list[tuple[int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", version)
    return [(int(part), "") if part.isdecimal() and part.isascii() else (0, part) for part in parts]
