"""Reads the data files of this package, and the same text when an administrator publishes it."""

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
from typing import Any, Final, TypeVar

import msgspec

from domain.reference import (
    Agreement,
    Authority,
    ChecklistItem,
    Department,
    DocumentVersion,
    FapLabel,
    FapRome,
    Holder,
    Holiday,
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
Parts = Mapping[str, Numbered[Any]]
"""The rows of a file with their lines, by the entry they stand under; a CSV file has one entry, without a name."""

PARTS: Final[Mapping[str, Mapping[str, type[msgspec.Struct]]]] = MappingProxyType(
    {
        "tables.toml": {"table": TableInfo},
        "smic.csv": {"": SmicLine},
        "departments.csv": {"": Department},
        "tribunals.csv": {"": Tribunal},
        "platforms.csv": {"": PlatformLine},
        "shortage_lists.toml": {"list": ShortageList},
        "shortage_occupations.csv": {"": ShortageRow},
        "fap_labels.csv": {"": FapLabel},
        "fap_rome.csv": {"": FapRome},
        "collective_agreements.csv": {"": Agreement},
        "silence.toml": {"rule": SilenceRule},
        "thresholds.toml": {"threshold": Threshold},
        "taxes.toml": {"tax": Threshold},
        "documents.toml": {
            "version": DocumentVersion,
            "use_case": UseCase,
            "condition": ItemCondition,
            "item": ChecklistItem,
        },
        "holders.toml": {"holder": Holder},
        "authorities.toml": {"authority": Authority},
        "holidays.csv": {"": Holiday},
    }
)
"""What each data file holds, in the order of its entries."""

NEEDED: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("smic.csv", ""): "territory",
        ("departments.csv", ""): "code",
        ("silence.toml", "rule"): "id",
        ("thresholds.toml", "threshold"): "id",
        ("taxes.toml", "tax"): "id",
        ("documents.toml", "use_case"): "id",
        ("documents.toml", "condition"): "key",
        ("authorities.toml", "authority"): "id",
    }
)
"""Rows that rules ask for by name: the column that names them."""

SEPARATED: Final = frozenset({"rome_codes", "territories"})
"""Columns that hold several codes, separated by `|`."""

PARSED_MAX: Final = 256
REASON_MAX: Final = 1_000
DOTS_MAX: Final = 100
"""Points on a line of TOML: the time to read a key grows with the square of its parts, and no row needs any."""


class MalformedReference(ValueError):
    """A line of a data file is not a row of its table: `file`, `line` and the French `reason` say what is wrong."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        # A reason quotes the file, one line of which may be as long as the file.
        reason = reason if len(reason) <= REASON_MAX else f"{reason[:REASON_MAX]}…"
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@lru_cache(maxsize=1)
def load_reference() -> Reference:
    """The reference data shipped with this package, read once per process; raises MalformedReference."""
    return read_reference(files("domain.reference"))


def read_reference(folder: Traversable) -> Reference:
    """The reference data of a folder; raises MalformedReference, naming file and line, on the first bad row."""
    texts = {file.name: _text(file) for file in folder.iterdir() if file.name.endswith((".csv", ".toml"))}
    infos = _index("tables.toml", _read("tables.toml", texts)["table"], lambda row: str(row.name))
    versions = {
        name: f"{info.checked_until.isoformat()}+{fingerprint(_content(info.file, texts))}"
        for name, info in infos.items()
    }
    return assemble(texts, infos, versions)


def fingerprint(text: str) -> str:
    """The short hash that ends the name of a version."""
    return f"sha256:{sha256_of(text)[:16]}"


def sha256_of(text: str) -> str:
    """The hash of a data file, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def assemble(
    texts: Mapping[str, str],
    infos: Mapping[str, TableInfo],
    versions: Mapping[str, str],
    *,
    shipped: Reference | None = None,
) -> Reference:
    """All tables from the texts of their files; raises MalformedReference where one misses what another needs.

    Where the texts replace `shipped` ones, a row that a newer release asks for by name, and that a table published
    before does not have, is the shipped one.
    """
    read = {file: _read(file, texts) for file in PARTS if file != "tables.toml"}
    whole = {(file, part): rows for file, parts in read.items() for part, rows in parts.items()}
    if shipped is not None:
        for (file, part), column in NEEDED.items():
            known = {getattr(row, column) for _, row in whole[file, part]}
            held = _read(file, shipped.texts)[part]
            whole[file, part] = whole[file, part] + [each for each in held if getattr(each[1], column) not in known]

    tribunals = _index("tribunals.csv", whole["tribunals.csv", ""], lambda row: str(row.name))
    _known("departments.csv", whole["departments.csv", ""], lambda row: str(row.tribunal_administratif), tribunals)
    departments = _index("departments.csv", whole["departments.csv", ""], lambda row: str(row.code))
    territories = {*departments, "*"}
    _known("platforms.csv", whole["platforms.csv", ""], lambda row: str(row.department), territories)
    for line, holiday in whole["holidays.csv", ""]:
        for code in holiday.territories:
            _must_be_known("holidays.csv", line, code, territories)
    _index("holidays.csv", whole["holidays.csv", ""], lambda row: (row.id, row.effective_from))

    lists = _index("shortage_lists.toml", whole["shortage_lists.toml", "list"], lambda row: str(row.id))
    fap_labels = _index("fap_labels.csv", whole["fap_labels.csv", ""], lambda row: str(row.fap_code))
    shortage = whole["shortage_occupations.csv", ""]
    _known("shortage_occupations.csv", shortage, lambda row: str(row.list_id), lists)
    _known("shortage_occupations.csv", shortage, lambda row: str(row.fap_code), fap_labels)
    regions = {row.region_code for row in departments.values()}
    _known("shortage_occupations.csv", shortage, lambda row: str(row.region_code), regions)
    _index("shortage_occupations.csv", shortage, lambda row: (row.list_id, row.region_code, row.fap_code))
    rome = whole["fap_rome.csv", ""]
    _known("fap_rome.csv", rome, lambda row: str(row.fap_code), fap_labels)
    _index("fap_rome.csv", rome, lambda row: (row.rome_code, row.fap_code))

    conditions = _index("documents.toml", whole["documents.toml", "condition"], lambda row: str(row.key))
    use_cases = _index("documents.toml", whole["documents.toml", "use_case"], lambda row: str(row.id))
    editions = _index("documents.toml", whole["documents.toml", "version"], lambda row: str(row.id))
    items = whole["documents.toml", "item"]
    _known("documents.toml", items, lambda row: str(row.condition), conditions)
    _known("documents.toml", items, lambda row: str(row.use_case), use_cases)
    _known("documents.toml", items, lambda row: str(row.version), editions)
    _index("documents.toml", items, lambda row: (row.use_case, row.version, row.key))

    smic = whole["smic.csv", ""]
    _index("smic.csv", smic, lambda row: (row.territory, row.effective_from))
    dated = {"thresholds.toml": whole["thresholds.toml", "threshold"], "taxes.toml": whole["taxes.toml", "tax"]}
    for file, rows in dated.items():
        _never_two_at_once(file, rows)
    thresholds = [numbered for rows in dated.values() for numbered in rows]
    return Reference(
        shipped=shipped,
        versions=MappingProxyType(dict(versions)),
        tables=MappingProxyType(dict(infos)),
        texts=MappingProxyType(dict(texts)),
        rows=MappingProxyType(
            {
                name: tuple(row for part in PARTS[info.file] for _, row in whole[info.file, part])
                for name, info in infos.items()
            }
        ),
        smic={
            territory: tuple(sorted(rows, key=lambda row: row.effective_from))
            for territory, rows in _group(smic, lambda row: str(row.territory)).items()
        },
        departments=departments,
        tribunals=tribunals,
        platforms=_index(
            "platforms.csv", whole["platforms.csv", ""], lambda row: (str(row.department), row.scope == "seasonal")
        ),
        shortage_lists=lists,
        shortage_rows=_group(shortage, lambda row: (str(row.fap_code), str(row.region_code))),
        fap_labels=fap_labels,
        rome_families=_group(rome, lambda row: str(row.rome_code)),
        agreements=_index(
            "collective_agreements.csv", whole["collective_agreements.csv", ""], lambda row: str(row.idcc)
        ),
        silence=_index("silence.toml", whole["silence.toml", "rule"], lambda row: str(row.id)),
        thresholds=_group(thresholds, lambda row: str(row.id)),
        document_versions=tuple(editions.values()),
        use_cases=use_cases,
        conditions=conditions,
        checklists=_group(items, lambda row: (str(row.use_case), str(row.version))),
        holders=tuple(row for _, row in whole["holders.toml", "holder"]),
        authorities=_index("authorities.toml", whole["authorities.toml", "authority"], lambda row: str(row.id)),
        holidays=tuple(row for _, row in whole["holidays.csv", ""]),
    )


def read_table(file: str, text: str) -> Parts:
    """The rows of one data file with their lines; raises MalformedReference. Texts read of late are kept."""
    return _parsed(file, text)


@lru_cache(maxsize=PARSED_MAX)
def _parsed(file: str, text: str) -> Parts:
    if file.endswith(".csv"):
        return {"": _csv_rows(file, text, PARTS[file][""])}
    return _toml_parts(file, text)


def _read(file: str, texts: Mapping[str, str]) -> Parts:
    return _parsed(file, _content(file, texts))


def _text(file: Traversable) -> str:
    content = file.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedReference(file.name, content[: error.start].count(b"\n") + 1, "texte hors UTF-8") from error


def _content(file: str, texts: Mapping[str, str]) -> str:
    if file not in texts:
        raise MalformedReference(file, 0, "fichier absent")
    return texts[file]


def _csv_rows(file: str, text: str, row_type: type[T]) -> Numbered[T]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    numbered: Numbered[T] = []
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = _header(file, cells, row_type)
            elif len(cells) != len(header):
                raise MalformedReference(file, line, f"{len(cells)} cellule(s) au lieu de {len(header)}")
            else:
                numbered.append(
                    (line, _row(file, line, dict(zip(header, map(_cell, header, cells), strict=True)), row_type))
                )
            line = reader.line_num + 1
    except csv.Error as error:
        raise MalformedReference(file, line, "guillemets ou séparateurs mal placés") from error
    if not numbered:
        raise MalformedReference(file, 1, "aucune ligne de données")
    return numbered


def _header(file: str, cells: list[str], row_type: type[T]) -> list[str]:
    fields = {field.name: field.required for field in msgspec.structs.fields(row_type)}
    unknown = [name for name in cells if name not in fields]
    absent = [name for name, required in fields.items() if required and name not in cells]
    faults = [f"colonne inconnue « {name} »" for name in unknown]
    faults += [f"colonne absente « {name} »" for name in absent]
    if len(set(cells)) != len(cells):
        faults.append("colonne répétée")
    if faults:
        raise MalformedReference(file, 1, " ; ".join(faults))
    return cells


def _cell(name: str, value: str) -> str | list[str] | None:
    if name in SEPARATED:
        return value.split("|") if value else []
    return value or None


def _toml_parts(file: str, text: str) -> Parts:
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > DOTS_MAX:
            raise MalformedReference(file, number, f"plus de {DOTS_MAX} points sur une ligne")
    try:
        entries = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        where = int(place[1]) if place else len(text.splitlines())
        raise MalformedReference(file, where, "écriture TOML incorrecte") from error
    for name in entries:
        if name not in PARTS[file]:
            raise MalformedReference(file, _line_of(name, text), f"entrée inconnue « {name} »")
    return {part: _toml_rows(file, text, part, entries, row_type) for part, row_type in PARTS[file].items()}


def _line_of(name: str, text: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), 1) if name in line), 1)


def _toml_rows(file: str, text: str, part: str, entries: Mapping[str, Any], row_type: type[T]) -> Numbered[T]:
    found = entries.get(part, [])
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{part}]]"]
    if not isinstance(found, list) or len(lines) != len(found):
        raise MalformedReference(file, 1, f"chaque entrée commence par une ligne [[{part}]]")
    if not found:
        raise MalformedReference(file, 1, f"aucune entrée [[{part}]]")
    return [(line, _row(file, line, entry, row_type)) for line, entry in zip(lines, found, strict=True)]


def _row(file: str, line: int, values: dict[str, Any], row_type: type[T]) -> T:
    try:
        # Not strict, so that the words true and false of a CSV cell read as booleans; all else is checked by type.
        return msgspec.convert(values, row_type, strict=False)
    except msgspec.ValidationError as error:
        raise MalformedReference(file, line, _in_french(str(error), values)) from error


def _in_french(error: str, values: Mapping[str, Any]) -> str:
    """What msgspec, or a row itself, says is wrong, naming the column."""
    missing = re.match(r"Object missing required field `([^`]+)`", error)
    unknown = re.match(r"Object contains unknown field `(.+?)`$", error)
    place = re.search(r"at `\$\.(\w+)", error)
    if missing:
        return f"« {missing[1]} » manque"
    if unknown:
        return f"« {unknown[1]} » n'est pas une colonne de cette table"
    if place:
        value = values.get(place[1])
        return f"« {place[1]} » ne peut valoir « {'' if value is None else str(value)[:80]} »"
    return error


def _index(file: str, numbered: Numbered[T], key: Callable[[T], K]) -> Mapping[K, T]:
    rows: dict[K, T] = {}
    for line, row in numbered:
        name = key(row)
        if name in rows:
            told = ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)
            raise MalformedReference(file, line, f"« {told} » figure déjà dans la table")
        rows[name] = row
    return MappingProxyType(rows)


def _group(numbered: Numbered[T], key: Callable[[T], K]) -> Mapping[K, tuple[T, ...]]:
    rows: defaultdict[K, list[T]] = defaultdict(list)
    for _, row in numbered:
        rows[key(row)].append(row)
    return MappingProxyType({name: tuple(group) for name, group in rows.items()})


def _known(file: str, numbered: Numbered[T], key: Callable[[T], str], known: Mapping[str, Any] | set[str]) -> None:
    for line, row in numbered:
        _must_be_known(file, line, key(row), known)


def _must_be_known(file: str, line: int, name: str, known: Mapping[str, Any] | set[str]) -> None:
    if name not in known:
        raise MalformedReference(file, line, f"« {name} » n'est dans aucune table")


def _never_two_at_once(file: str, numbered: Numbered[Threshold]) -> None:
    """Two values of one text never hold on the same day: which one applied would depend on the order of the file."""
    seen: defaultdict[str, list[Threshold]] = defaultdict(list)
    for line, row in numbered:
        for other in seen[row.id]:
            apart = (row.effective_from and other.effective_to and other.effective_to < row.effective_from) or (
                other.effective_from and row.effective_to and row.effective_to < other.effective_from
            )
            if not apart:
                raise MalformedReference(file, line, f"« {row.id} » a déjà une valeur à ces dates")
        seen[row.id].append(row)
