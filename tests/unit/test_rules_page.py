"""`docs/law.md` says what the rules say, and `docs/reference-data.md` what the tables hold."""

import re

from domain.law import all_rules
from domain.law_in_french import LAW_IN_FRENCH
from domain.provisions import all_provisions
from tests.unit.given import REFERENCE
from tools.docs import PAGE, TABLES_PAGE, counts, law_page, tables_page


def test_the_page_of_the_law_is_the_one_that_the_rules_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == law_page(), "run make docs"


def test_every_provision_has_its_line() -> None:
    page = law_page()
    assert all(f"[`{each.name}`]" in page for each in all_provisions())


def test_the_counts_of_the_tables_are_those_of_the_data() -> None:
    page = TABLES_PAGE.read_text(encoding="utf-8")
    assert page == tables_page(page), "run make docs"
    assert counts() in page
    assert all(f"| `{name}` |" in page for name in REFERENCE.tables)
    assert "| 101 | 101 | 0 |" in counts()


def test_what_was_read_is_confirmed_or_not() -> None:
    marks = {"confirmed", "unconfirmed"}
    assert {each.mark for each in all_provisions()} == marks
    assert {each.provision.mark for each in all_rules()} == marks


def test_every_provision_is_restated_in_one_french_sentence() -> None:
    assert set(LAW_IN_FRENCH) == {each.name for each in all_provisions()}
    assert [
        name
        for name, said in LAW_IN_FRENCH.items()
        if not re.search(r"[^.]\.$", said) or re.search(r"[a-zé]{2}\. ", said)
    ] == []
    assert len(set(LAW_IN_FRENCH.values())) == len(LAW_IN_FRENCH)


def test_a_name_stands_for_one_reading() -> None:
    """It is the key under which the law is asked for, and restated."""
    read = {(each.module, each.name) for each in all_provisions()}
    assert len(read) == len({name for _, name in read})
