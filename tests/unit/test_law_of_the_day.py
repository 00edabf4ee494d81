"""What is said on a day rests on the texts of that day: notices, verdicts on an act, time limits."""

import re
from datetime import date
from typing import Any

import msgspec
import pytest

from domain.case import Case
from domain.clocks import clocks
from domain.clocks.before_hiring import NO_TEXT
from domain.envelope import Role
from domain.findings import Finding, Met
from domain.law import Rule, all_rules
from domain.notices import notices_of
from domain.procedures import Procedure
from domain.provisions import applies, provisions_in_force
from domain.request import Contract, TitleKind
from domain.rules.exemptions import market_not_opposable, training_contract_is_permitted
from domain.validity import validity_of
from domain.validity.acts import act_recorded
from tests.unit.clock_histories import case_of
from tests.unit.given import REFERENCE, a_context, a_job, a_request, a_worker_in_france
from tests.unit.given_conditions import a_case, law
from tests.unit.given_decided import refused
from tests.unit.test_clock_examples import EXAMPLES, Example

P = Procedure
replace = msgspec.structs.replace

DAYS = (
    date(2011, 6, 1),
    date(2015, 12, 31),
    date(2016, 1, 1),
    date(2016, 10, 31),
    date(2016, 11, 1),
    date(2021, 3, 31),
    date(2021, 4, 1),
    date(2021, 4, 30),
    date(2021, 5, 1),
    date(2024, 1, 27),
    date(2024, 1, 28),
    date(2024, 8, 31),
    date(2024, 9, 1),
    date(2026, 11, 2),
)
"""Around each change of law."""


def in_force(on: date) -> set[str]:
    """Every article of a day."""
    return {article for each in provisions_in_force(on) for article in each.articles}


def told(case: Case, on: date) -> list[str]:
    """The articles of the notices of a day."""
    return [notice.article for notice in notices_of(case, law(on))]


def long_resident() -> Case:
    """An exceptional admission on which the commission is consulted before a refusal."""
    admission = a_request(P.EXCEPTIONAL_ADMISSION).particulars
    return a_case(P.EXCEPTIONAL_ADMISSION, particulars=replace(admission, years_of_residence=11))


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_notices_cite_the_law_of_the_day(on: date) -> None:
    cases = [*map(a_case, Procedure), long_resident()]
    assert {article for case in cases for article in told(case, on)} <= in_force(on)


@pytest.mark.parametrize(
    ("procedure", "on", "articles"),
    [
        (P.INTERNSHIP_AGREEMENT, date(2018, 6, 1), []),
        (P.INTERNSHIP_AGREEMENT, date(2021, 4, 30), []),
        (P.INTERNSHIP_AGREEMENT, date(2021, 5, 1), ["CESEDA R426-20", "CESEDA R426-22"]),
        (P.INTERNSHIP_AMENDMENT, date(2021, 4, 30), []),
        (P.INTERNSHIP_AMENDMENT, date(2021, 5, 1), ["CESEDA R426-21", "CESEDA R426-22"]),
        (P.VIABILITY_OPINION, date(2021, 4, 30), []),
        (P.VIABILITY_OPINION, date(2021, 5, 1), ["CESEDA R421-9", "CESEDA R421-8", "CESEDA R421-10"]),
        (P.SEASONAL, date(2012, 6, 1), []),
        (P.SEASONAL, date(2016, 10, 31), []),
        (P.SEASONAL, date(2016, 11, 1), ["CT R5221-24", "CT R5221-25"]),
        (P.SEASONAL, date(2021, 4, 30), ["CT R5221-24", "CT R5221-25"]),
        (P.SEASONAL, date(2021, 5, 1), ["CT R5221-24", "CT R5221-25", "CESEDA L421-34"]),
        (P.RENEWAL, date(2021, 3, 31), []),
        (P.RENEWAL, date(2021, 4, 1), ["CT R5221-32"]),
        (P.RENEWAL, date(2024, 8, 31), ["CT R5221-32"]),
        (P.RENEWAL, date(2024, 9, 1), ["CT R5221-32", "CT R5221-1"]),
    ],
)
def test_a_notice_begins_with_its_text(procedure: Procedure, on: date, articles: list[str]) -> None:
    assert told(a_case(procedure), on) == articles


@pytest.mark.parametrize(("on", "articles"), [(date(2021, 4, 30), []), (date(2021, 5, 1), ["CESEDA L435-1"])])
def test_the_commission_begins_with_its_text(on: date, articles: list[str]) -> None:
    assert told(long_resident(), on) == articles


REQUIRED_IN_2015 = ["F2", "F3", "F6"]
REQUIRED_IN_2016 = ["F1", "F2", "F3", "F4", "F5", "F6", "F8", "F9", "F10", "F11"]
ALL = [f"F{number}" for number in range(1, 13)]


@pytest.mark.parametrize(
    ("on", "required"),
    [
        (date(2013, 7, 4), ["F2", "F6"]),
        (date(2013, 7, 5), REQUIRED_IN_2015),
        (date(2015, 12, 31), REQUIRED_IN_2015),
        (date(2016, 1, 1), REQUIRED_IN_2016),
        (date(2021, 3, 31), REQUIRED_IN_2016),
        (date(2021, 4, 1), [each for each in ALL if each != "F12"]),
        (date(2021, 4, 30), [each for each in ALL if each != "F12"]),
        (date(2021, 5, 1), ALL),
    ],
)
def test_an_act_is_judged_by_what_its_day_required(on: date, required: list[str]) -> None:
    case = refused()
    act = replace(act_recorded(case, case.decision("D1")), on=on)
    assert [each.id for each, _ in validity_of(case, act, a_context(Role.AUDITOR))] == required


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_verdicts_cite_the_law_of_the_act(on: date) -> None:
    case = refused()
    act = replace(act_recorded(case, case.decision("D1")), on=on)
    verdicts = validity_of(case, act, a_context(Role.AUDITOR))
    assert {article for each, _ in verdicts for article in each.provision.articles} <= in_force(on)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_limits_cite_the_law_of_the_day(example: Example) -> None:
    cited = {article for each in clocks(case_of(example), example.on, REFERENCE) for article in each.articles}
    assert cited - {NO_TEXT} <= in_force(example.on)


@pytest.mark.parametrize(
    ("on", "applied"), [(date(2008, 4, 30), False), (date(2008, 5, 1), True), (date(2024, 1, 27), True)]
)
def test_one_reading_of_two_versions_applies_while_either_does(on: date, applied: bool) -> None:
    assert applies(training_contract_is_permitted, on) is applied


def test_a_reading_applies_from_its_text_on() -> None:
    assert [applies(market_not_opposable, on) for on in (date(2021, 4, 30), date(2021, 5, 1))] == [False, True]


OF_R5221_20 = [each for each in all_rules() if re.match(r"CT R5221-20(?![0-9])", each.id.article)]


def rule_name(rule: Rule) -> str:
    """Which condition in which version."""
    return f"{rule.id.criterion.value}-{rule.id.since}"


HOLDERS = (TitleKind.CHILD_WELFARE, TitleKind.STUDENT, TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION)
"""Some conditions concern students only, some graduates only: what does not apply to a person says so first."""


def asked_of(rule: Rule, procedure: Procedure, **changes: Any) -> list[Finding]:
    """What a condition answers, on the first day of its version, for each of these holders."""
    cases = (a_case(procedure, worker=a_worker_in_france(title), **changes) for title in HOLDERS)
    return [rule.find(case, law(rule.id.since)) for case in cases]


@pytest.mark.parametrize("rule", OF_R5221_20, ids=rule_name)
def test_no_condition_of_r5221_20_is_opposed_to_a_permit_given_as_of_right(rule: Rule) -> None:
    job = a_job(contract=Contract.APPRENTICESHIP, end=date(2028, 8, 31))
    found = {each.met for each in asked_of(rule, P.CHANGE_OF_STATUS, job=job)}
    assert Met.NOT_OPPOSABLE in found
    assert found <= {Met.NOT_OPPOSABLE, Met.NOT_APPLICABLE}


@pytest.mark.parametrize("rule", OF_R5221_20, ids=rule_name)
def test_no_condition_of_r5221_20_is_opposed_to_a_renewal_alike(rule: Rule) -> None:
    assert {each.met for each in asked_of(rule, P.RENEWAL)} == {Met.NOT_APPLICABLE}


def test_every_version_of_r5221_20_is_asked() -> None:
    since = {date(2008, 5, 1), date(2016, 11, 1), date(2021, 4, 1), date(2021, 5, 1), date(2024, 9, 1)}
    assert {each.id.since for each in OF_R5221_20} == since
