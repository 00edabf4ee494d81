"""What read models share: texts folded for searching, time limits counted once a case."""

import unicodedata
from datetime import date, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.case import PARIS
from domain.clocks import clocks
from ledger.facts import Recorded
from projections.read_model import Told, folded
from tests.unit.given import CASE, COMMAND, REFERENCE, TODAY, an_actor, case_after, filing


@given(st.text())
def test_folding_takes_accents_away_and_parts_words_at_what_is_no_letter_or_digit(text: str) -> None:
    plain = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    letters = [each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each)]
    assert folded(text) == " ".join("".join(each if each.isalnum() else " " for each in letters).split())


def told(day: date) -> Told:
    """A case as filed, its facts recorded on a day."""
    events = filing()
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)
    facts = tuple(
        Recorded(
            stream=CASE,
            version=version,
            position=version,
            event=event,
            actor=an_actor(),
            recorded_at=moment,
            legal_date=None,
            correlation=CASE,
            causation=None,
            command=COMMAND,
            command_key=None,
            code_version="1",
            previous_hash=bytes(32),
            salt=bytes(16),
            hash=bytes(32),
        )
        for version, event in enumerate(events, 1)
    )
    return Told(case=case_after(events), facts=facts, new=facts)


def test_time_limits_are_counted_once_for_the_tables_they_are_asked_with() -> None:
    case = told(TODAY)
    other = msgspec.structs.replace(REFERENCE, thresholds={**REFERENCE.thresholds, **NO_RECEIPT})
    assert case.clocks(REFERENCE) is case.clocks(REFERENCE)
    assert case.clocks(REFERENCE) == clocks(case.case, TODAY, REFERENCE)
    assert case.clocks(other) == clocks(case.case, TODAY, other) != case.clocks(REFERENCE)


NO_RECEIPT = {
    "REGISTRATION_RECEIPT_WORKING_DAYS_MAX": tuple(
        msgspec.structs.replace(row, effective_from=date(2999, 1, 1))
        for row in REFERENCE.thresholds["REGISTRATION_RECEIPT_WORKING_DAYS_MAX"]
    )
}
