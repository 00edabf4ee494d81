"""Sheets of lives as chance leads them: each that is listed can be set, and none speaks like a machine."""

import pytest

from documents.sheets import set_page, sheets_available
from domain.procedures import Procedure
from domain.sheets import page_of
from tests.properties.lives import Life, Tally
from tests.unit.given_facts import AGENT
from tests.unit.given_sheets import NAMES, RAW, Around, said, stored

AROUND = Around()


@pytest.mark.parametrize("procedure", list(Procedure))
def test_every_sheet_of_any_life_is_whole_french(procedure: Procedure) -> None:
    life = Life(Tally(), list(Procedure).index(procedure), procedure)
    life.go_on(6)
    life.examine(1)
    life.go_on(8)
    facts = stored([(AGENT, event, life.walk.today) for event in life.walk.facts], life.walk.stream)
    sheets = sheets_available(facts)
    assert {"request", "history"} <= {sheet.name for sheet in sheets}
    assert len({sheet.name for sheet in sheets}) == len(sheets)
    for sheet in sheets:
        page = page_of(sheet.name, facts, len(facts), AROUND)
        assert RAW.findall(NAMES.sub("", said(page))) == [], sheet.name
        assert page.dated == sheet.dated
        assert set_page(page).startswith(b"%PDF-1.7"), sheet.name
