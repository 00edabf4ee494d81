"""The tables in force on a day: those shipped with smoe, each replaced whole by its newest published version."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import msgspec

from domain.events import ReferencePublished
from domain.reference import Reference
from domain.reference.load import NEEDED, Parts, assemble, fingerprint, read_table
from domain.reference.rows import Mark, Row, Threshold

replace = msgspec.structs.replace

A_DAY = timedelta(days=1)


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


def days_left_uncovered(reference: Reference, table: str, content: str) -> tuple[tuple[int, str, date, date], ...]:
    """The figures that a text of this table would leave without a value on days that the shipped one covers: line,
    identifier, first such day and the last before a value holds again (`date.min`, `date.max` where there is no end).
    """
    shipped = reference.shipped or reference
    file = shipped.tables[table].file
    held = _dated(read_table(file, shipped.texts[file]))
    return tuple(
        (line, id, first, last)
        for id, kept in _dated(read_table(file, content)).items()
        for line, first, last in _gaps(kept)
        if any(since <= last and first <= until for _, since, until in held.get(id, ()))
    )


def _dated(parts: Parts) -> dict[str, list[tuple[int, date, date]]]:
    """Lines, first and last days of the figures of a table, by identifier."""
    dated: dict[str, list[tuple[int, date, date]]] = {}
    for line, row in (numbered for rows in parts.values() for numbered in rows):
        if isinstance(row, Threshold):
            since, until = row.effective_from or date.min, row.effective_to or date.max
            dated.setdefault(row.id, []).append((line, since, until))
    return dated


def _gaps(rows: list[tuple[int, date, date]]) -> Iterator[tuple[int, date, date]]:
    """The days between, before and after the rows of one figure, with the line of the row that ends or begins there."""
    covered_to: date | None = None
    last_line = 0
    for line, since, until in sorted(rows, key=lambda row: row[1]):
        if covered_to == date.max:
            return
        first = date.min if covered_to is None else covered_to + A_DAY
        if first < since:
            yield line, first, since - A_DAY
        covered_to, last_line = until, line
    if covered_to is not None and covered_to < date.max:
        yield last_line, covered_to + A_DAY, date.max


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
