"""Reads the data files of this package: the one place in domain that reads files, for the composition root only."""

import csv
import hashlib
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from domain.reference import (
    Agreement,
    Authority,
    ChecklistItem,
    Department,
    DocumentVersion,
    FapLabel,
    FapRome,
    ItemCondition,
    PlatformLine,
    Reference,
    ShortageList,
    ShortageRow,
    SilenceRule,
    SmicLine,
    TableInfo,
    Threshold,
    Tribunal,
    UseCase,
)

T = TypeVar("T", bound=msgspec.Struct)
K = TypeVar("K", bound=Hashable)
Numbered = list[tuple[int, T]]

SEPARATED = frozenset({"rome_codes"})
"""Columns that hold several codes, separated by `|`."""


class MalformedReference(ValueError):
    """A line of a data file is not a row of its table: `file` and `line` say where."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line


@lru_cache(maxsize=1)
def load_reference() -> Reference:
    """The reference data shipped with this package, read once per process; raises MalformedReference."""
    return read_reference(files("domain.reference"))


def read_reference(folder: Traversable) -> Reference:
    """The reference data of a folder; raises MalformedReference, naming file and line, on the first bad row."""
    texts = {file.name: _text(file) for file in folder.iterdir() if file.name.endswith((".csv", ".toml"))}
    tables = _index("tables.toml", _toml_rows("tables.toml", texts, "table", TableInfo), lambda row: row.name)

    tribunals = _index("tribunals.csv", _csv_rows("tribunals.csv", texts, Tribunal), lambda row: row.name)
    numbered_departments = _csv_rows("departments.csv", texts, Department)
    _known("departments.csv", numbered_departments, lambda row: row.tribunal_administratif, tribunals)
    departments = _index("departments.csv", numbered_departments, lambda row: row.code)

    numbered_platforms = _csv_rows("platforms.csv", texts, PlatformLine)
    _known("platforms.csv", numbered_platforms, lambda row: row.department, {*departments, "*"})
    platforms = _index("platforms.csv", numbered_platforms, lambda row: (row.department, row.scope == "seasonal"))

    shortage_lists = _index(
        "shortage_lists.toml", _toml_rows("shortage_lists.toml", texts, "list", ShortageList), lambda row: row.id
    )
    fap_labels = _index("fap_labels.csv", _csv_rows("fap_labels.csv", texts, FapLabel), lambda row: row.fap_code)
    numbered_shortage = _csv_rows("shortage_occupations.csv", texts, ShortageRow)
    _known("shortage_occupations.csv", numbered_shortage, lambda row: row.list_id, shortage_lists)
    _known("shortage_occupations.csv", numbered_shortage, lambda row: row.fap_code, fap_labels)
    _index("shortage_occupations.csv", numbered_shortage, lambda row: (row.list_id, row.region_code, row.fap_code))
    numbered_rome = _csv_rows("fap_rome.csv", texts, FapRome)
    _known("fap_rome.csv", numbered_rome, lambda row: row.fap_code, fap_labels)
    _index("fap_rome.csv", numbered_rome, lambda row: (row.rome_code, row.fap_code))

    agreements = _csv_rows("collective_agreements.csv", texts, Agreement)
    versions = _toml_rows("documents.toml", texts, "version", DocumentVersion)
    use_cases = _index(
        "documents.toml", _toml_rows("documents.toml", texts, "use_case", UseCase), lambda row: str(row.id)
    )
    conditions = _index(
        "documents.toml", _toml_rows("documents.toml", texts, "condition", ItemCondition), lambda row: row.key
    )
    items = _toml_rows("documents.toml", texts, "item", ChecklistItem)
    _known("documents.toml", items, lambda row: row.condition, conditions)
    _index("documents.toml", items, lambda row: (row.use_case, row.version, row.key))

    smic = _csv_rows("smic.csv", texts, SmicLine)
    _index("smic.csv", smic, lambda row: (row.territory, row.effective_from))
    thresholds = _toml_rows("thresholds.toml", texts, "threshold", Threshold)
    return Reference(
        versions=MappingProxyType({name: _version(table, texts) for name, table in tables.items()}),
        tables=tables,
        smic={
            territory: tuple(sorted(rows, key=lambda row: row.effective_from))
            for territory, rows in _group(smic, lambda row: str(row.territory)).items()
        },
        departments=departments,
        tribunals=tribunals,
        platforms=platforms,
        shortage_lists=shortage_lists,
        shortage_rows=_group(numbered_shortage, lambda row: (row.fap_code, row.region_code)),
        fap_labels=fap_labels,
        rome_families=_group(numbered_rome, lambda row: row.rome_code),
        agreements=_index("collective_agreements.csv", agreements, lambda row: row.idcc),
        silence=_index("silence.toml", _toml_rows("silence.toml", texts, "rule", SilenceRule), lambda row: row.id),
        thresholds=_group(thresholds, lambda row: row.id),
        document_versions=tuple(row for _, row in versions),
        use_cases=use_cases,
        conditions=conditions,
        checklists=_group(items, lambda row: (str(row.use_case), str(row.version))),
        authorities=_index(
            "authorities.toml", _toml_rows("authorities.toml", texts, "authority", Authority), lambda row: row.id
        ),
    )


def _text(file: Traversable) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedReference(file.name, content[: error.start].count(b"\n") + 1, "not UTF-8") from error


def _version(table: TableInfo, texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256(_content(table.file, texts).encode()).hexdigest()
    return f"{table.checked_until.isoformat()}+sha256:{digest[:16]}"


def _content(file: str, texts: Mapping[str, str]) -> str:
    if file not in texts:
        raise MalformedReference(file, 0, "file missing")
    return texts[file]


def _csv_rows(file: str, texts: Mapping[str, str], row_type: type[T]) -> Numbered[T]:
    reader = csv.reader(_content(file, texts).splitlines(keepends=True), strict=True)
    numbered: Numbered[T] = []
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = _header(file, cells, row_type)
            elif len(cells) != len(header):
                raise MalformedReference(file, line, f"{len(cells)} cells instead of {len(header)}")
            else:
                numbered.append(
                    (line, _row(file, line, dict(zip(header, map(_cell, header, cells), strict=True)), row_type))
                )
            line = reader.line_num + 1
    except csv.Error as error:
        raise MalformedReference(file, line, str(error)) from error
    return numbered


def _header(file: str, cells: list[str], row_type: type[T]) -> list[str]:
    fields = {field.name: field.required for field in msgspec.structs.fields(row_type)}
    unknown = [name for name in cells if name not in fields]
    absent = [name for name, required in fields.items() if required and name not in cells]
    if unknown or absent or len(set(cells)) != len(cells):
        raise MalformedReference(file, 1, f"columns unknown: {unknown}, missing: {absent}")
    return cells


def _cell(name: str, value: str) -> str | list[str] | None:
    if name in SEPARATED:
        return value.split("|") if value else []
    return value or None


def _toml_rows(file: str, texts: Mapping[str, str], table: str, row_type: type[T]) -> Numbered[T]:
    text = _content(file, texts)
    try:
        entries = tomllib.loads(text).get(table, [])
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise MalformedReference(file, int(place[1]) if place else len(text.splitlines()), str(error)) from error
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{table}]]"]
    if not isinstance(entries, list) or len(lines) != len(entries):
        raise MalformedReference(file, 1, f"each entry starts with a line [[{table}]]")
    return [(line, _row(file, line, entry, row_type)) for line, entry in zip(lines, entries, strict=True)]


def _row(file: str, line: int, values: dict[str, Any], row_type: type[T]) -> T:
    try:
        # Not strict, so that the words true and false of a CSV cell read as booleans; all else is checked by type.
        return msgspec.convert(values, row_type, strict=False)
    except msgspec.ValidationError as error:
        raise MalformedReference(file, line, str(error)) from error


def _index(file: str, numbered: Numbered[T], key: Callable[[T], K]) -> Mapping[K, T]:
    rows: dict[K, T] = {}
    for line, row in numbered:
        if key(row) in rows:
            raise MalformedReference(file, line, f"{key(row)} is already in the table")
        rows[key(row)] = row
    return MappingProxyType(rows)


def _group(numbered: Numbered[T], key: Callable[[T], K]) -> Mapping[K, tuple[T, ...]]:
    rows: defaultdict[K, list[T]] = defaultdict(list)
    for _, row in numbered:
        rows[key(row)].append(row)
    return MappingProxyType({name: tuple(group) for name, group in rows.items()})


def _known(file: str, numbered: Numbered[T], key: Callable[[T], str], known: Mapping[str, Any] | set[str]) -> None:
    for line, row in numbered:
        if key(row) not in known:
            raise MalformedReference(file, line, f"{key(row)} is in no table")
