"""The filter of access says the same of any scope in Python and in SQL."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.access import AccessFilter
from projections.read_model import ScopedRow
from tests.servers import Database

TEXTS = st.sampled_from(["Avignon", "Lille", "it's 100% nobody", "{a,b}", 'with "quotes" and \\', "é", ""]) | st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=5
)
"""Few enough to meet each other, and what could be mistaken for syntax."""
SETS = st.frozensets(TEXTS, max_size=3)
FILTERS = st.builds(
    AccessFilter,
    all=st.booleans(),
    platforms=SETS,
    departments=SETS,
    filed_by=st.none() | TEXTS,
    related_to=st.none() | TEXTS,
    recipients=SETS,
    unrouted=st.booleans(),
) | st.just(AccessFilter())
SCOPES = st.fixed_dictionaries(
    {
        "platform": st.none() | TEXTS,
        "competent_department": st.none() | TEXTS,
        "deciding_department": st.none() | TEXTS,
        "filed_by": TEXTS,
        "related": st.lists(TEXTS, max_size=3),
        "recipients": st.lists(TEXTS, max_size=3),
    }
)


@pytest.fixture(scope="module")
def scopes(module_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A table with the columns that decide, and nothing else."""
    with psycopg.connect(module_database.owner_url, autocommit=True) as connection:
        connection.execute(
            "CREATE TEMP TABLE scopes (number integer, platform text, competent_department text,"
            " deciding_department text, filed_by text NOT NULL, related text[] NOT NULL, recipients text[] NOT NULL)"
        )
        yield connection


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(access=FILTERS, rows=st.lists(SCOPES, min_size=1, max_size=12))
def test_sql_and_python_say_the_same(
    scopes: psycopg.Connection[Any], access: AccessFilter, rows: list[dict[str, Any]]
) -> None:
    with scopes.transaction(force_rollback=True), scopes.cursor() as cursor:
        for number, row in enumerate(rows):
            cursor.execute(
                "INSERT INTO scopes VALUES (%(number)s, %(platform)s, %(competent_department)s,"
                " %(deciding_department)s, %(filed_by)s, %(related)s, %(recipients)s)",
                {**row, "number": number},
            )
        text = access.condition().as_string(cursor)
        found = {number for (number,) in cursor.execute(f"SELECT number FROM scopes WHERE {text}".encode())}
    assert found == {number for number, row in enumerate(rows) if access.allows_scope(**row)}


def test_the_columns_tried_are_those_of_scoped_rows() -> None:
    assert set(ScopedRow.__struct_fields__) - {"case_id"} == {
        "platform",
        "competent_department",
        "deciding_department",
        "filed_by",
        "related",
        "recipients",
    }


def test_nothing_is_seen_unless_something_is_given(scopes: psycopg.Connection[Any]) -> None:
    with scopes.transaction(force_rollback=True), scopes.cursor() as cursor:
        cursor.execute("INSERT INTO scopes VALUES (0, NULL, NULL, NULL, '', '{}', '{}')")
        text = AccessFilter().condition().as_string(cursor)
        assert cursor.execute(f"SELECT count(*) FROM scopes WHERE {text}".encode()).fetchone() == (0,)
