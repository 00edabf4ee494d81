"""Rows written as COPY text come back as the rows that psycopg writes value by value, whatever they hold."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.types.json import Jsonb

from projections.copying import NotStorable, copy_text
from projections.read_model import ReadModel, Row
from tests.conftest import Database


class Colour(StrEnum):
    """Stored by its value."""

    RED = "rouge"


class Nested(msgspec.Struct, frozen=True):
    """Stored as JSON."""

    words: tuple[str, ...]


class Everything(Row, frozen=True, kw_only=True):
    """A row with every kind of column, each with and without null."""

    first: str
    number: int
    flag: bool
    on: date
    at: datetime
    colour: Colour
    words: tuple[str, ...]
    numbers: tuple[int, ...]
    holes: tuple[str | None, ...]
    tree: dict[str, Any]
    struct: Nested
    second: str
    text: str | None = None
    maybe: int | None = None
    whether: bool | None = None
    day: date | None = None
    many: tuple[str, ...] | None = None
    json: dict[str, Any] | None = None


MODEL: Final = ReadModel(table="everything", row=Everything, rows=lambda told, aids: ())
TABLE: Final = """
CREATE TABLE {} (
    n bigserial PRIMARY KEY, case_id uuid, first text, number bigint, flag boolean, "on" date, at timestamptz,
    colour text, words text[], numbers bigint[], holes text[], tree jsonb, struct jsonb, second text,
    text text, maybe bigint, whether boolean, day date, many text[], json jsonb
)"""
COLUMNS: Final = ", ".join(f'"{name}"' for name in Everything.__struct_fields__)
SPECIAL: Final = st.text(
    st.one_of(
        st.sampled_from("\\\t\n\r\"',{}() \b\f\v\x01\x7f\x85\u2028\ufeffNnulé€\U0001f600"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    )
) | st.sampled_from([r"\N", r"\.", "NULL", "null", "", " ", "\\", r"\u0000", r"\\u0000", "{}", '"'])
TREES: Final = st.dictionaries(
    SPECIAL,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | SPECIAL,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SPECIAL, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)
BIG: Final = st.integers(-(2**63), 2**63 - 1)
DAYS: Final = st.dates(min_value=date(1, 1, 1))
OFFSETS: Final = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ROWS: Final = st.builds(
    Everything,
    case_id=st.uuids(),
    first=SPECIAL,
    number=BIG,
    flag=st.booleans(),
    on=DAYS,
    at=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=OFFSETS),
    colour=st.just(Colour.RED),
    words=st.lists(SPECIAL, max_size=3).map(tuple),
    numbers=st.lists(BIG, max_size=3).map(tuple),
    holes=st.lists(st.none() | SPECIAL, max_size=3).map(tuple),
    tree=TREES,
    struct=st.lists(SPECIAL, max_size=2).map(lambda words: Nested(tuple(words))),
    second=SPECIAL,
    text=st.none() | SPECIAL,
    maybe=st.none() | BIG,
    whether=st.none() | st.booleans(),
    day=st.none() | DAYS,
    many=st.none() | st.lists(SPECIAL, max_size=2).map(tuple),
    json=st.none() | TREES,
)
PLAIN: Final = Everything(
    case_id=UUID(int=1),
    first="a",
    number=1,
    flag=True,
    on=date(2026, 1, 1),
    at=datetime(2026, 1, 1, tzinfo=UTC),
    colour=Colour.RED,
    words=(),
    numbers=(),
    holes=(),
    tree={},
    struct=Nested(()),
    second="b",
)


@pytest.fixture(scope="module")
def tables(module_database: Database) -> Iterator[Connection[Any]]:
    """Two tables for the same rows."""
    with psycopg.connect(module_database.owner_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA copies")
        connection.execute("SET search_path = copies")
        for table in ("ours", "theirs"):
            connection.execute(TABLE.format(table).encode())
        yield connection


def as_psycopg_takes_it(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb(value)
    if isinstance(value, Nested):
        return Jsonb(msgspec.to_builtins(value))
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Colour) else value


def stored(connection: Connection[Any], table: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {COLUMNS} FROM {table} ORDER BY n".encode()).fetchall()


def copied(connection: Connection[Any], text: bytes) -> list[tuple[Any, ...]]:
    connection.execute("DELETE FROM ours")
    with connection.cursor().copy(f"COPY ours ({COLUMNS}) FROM STDIN".encode()) as copy:
        copy.write(text)
    return stored(connection, "ours")


def written_by_psycopg(connection: Connection[Any], rows: Iterable[Everything]) -> list[tuple[Any, ...]]:
    connection.execute("DELETE FROM theirs")
    with connection.cursor().copy(f"COPY theirs ({COLUMNS}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row([as_psycopg_takes_it(value) for value in msgspec.structs.astuple(row)])
    return stored(connection, "theirs")


@given(rows=st.lists(ROWS, max_size=4))
@example(rows=[PLAIN])
@example(rows=[msgspec.structs.replace(PLAIN, first=r"\N", second="\t", text=r"\N", tree={r"\u0000": r"\\u0000"})])
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_is_what_psycopg_stores(tables: Connection[Any], rows: list[Everything]) -> None:
    assert copied(tables, copy_text(MODEL, rows)) == written_by_psycopg(tables, rows)


@pytest.mark.parametrize(
    "row",
    [
        msgspec.structs.replace(PLAIN, first="a\0b"),
        msgspec.structs.replace(PLAIN, text="\0"),
        msgspec.structs.replace(PLAIN, words=("a", "\0")),
        msgspec.structs.replace(PLAIN, tree={"a": ["\\\0"]}),
        msgspec.structs.replace(PLAIN, struct=Nested(("\0",))),
    ],
)
def test_a_nul_character_is_refused_as_postgresql_refuses_it(tables: Connection[Any], row: Everything) -> None:
    with pytest.raises(NotStorable, match="NUL"):
        copy_text(MODEL, [PLAIN, row])
    with pytest.raises(psycopg.DataError):
        written_by_psycopg(tables, [row])


@pytest.mark.parametrize(
    "row",
    [
        msgspec.structs.replace(PLAIN, first="\ud800"),
        msgspec.structs.replace(PLAIN, words=("\udfff",)),
        msgspec.structs.replace(PLAIN, tree={"\ud800": 1}),
    ],
)
def test_half_of_a_surrogate_pair_is_refused(row: Everything) -> None:
    with pytest.raises(NotStorable, match="surrogate"):
        copy_text(MODEL, [row])


def test_a_row_with_a_type_that_no_column_holds_is_a_mistake_in_the_model() -> None:
    class Odd(Row, frozen=True, kw_only=True):
        either: int | str

    with pytest.raises(TypeError, match="no column holds"):
        copy_text(ReadModel(table="odd", row=Odd, rows=lambda told, aids: ()), [Odd(case_id=UUID(int=1), either=1)])
