"""`docs/law.md` says what the rules say."""

from domain.provisions import all_provisions
from tools.docs import PAGE, law_page


def test_the_page_of_the_law_is_the_one_that_the_rules_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == law_page(), "run make docs"


def test_every_provision_has_its_line() -> None:
    page = law_page()
    assert all(f"[`{each.name}`]" in page for each in all_provisions())
