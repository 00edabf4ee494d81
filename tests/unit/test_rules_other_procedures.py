"""Renewal, seasonal work, students, asylum seekers, internships, au pair, viability and admission: their own rules."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from domain.findings import Criterion, Met
from domain.procedures import Procedure
from domain.request import (
    AsylumSeeker,
    Renewal,
    Seasonal,
    StudentAboveQuota,
    ViabilityOpinion,
)
from domain.rules.au_pair import age_on, months_covered
from tests.unit.given import TODAY, a_job, a_request, an_address
from tests.unit.given_conditions import IN_2025, a_case, an_opinion, found

R5221_20 = (
    Criterion.LABOUR_MARKET,
    Criterion.EMPLOYER_OBLIGATIONS,
    Criterion.EMPLOYER_RECORD,
    Criterion.EMPLOYER_OFFENCES,
    Criterion.REGULATED_ACTIVITY,
    Criterion.PAY,
)


def with_particulars(procedure: Procedure, **changes: Any) -> Any:
    return msgspec.structs.replace(a_request(procedure).particulars, **changes)


# --- renewal -----------------------------------------------------------------------------------------------------


def renewal(**changes: Any) -> Renewal:
    return Renewal(**{"earlier_permit": "AT-1", "earlier_expires_on": date(2026, 12, 20), **changes})


@pytest.mark.parametrize(
    ("changes", "opposed"),
    [
        ({}, False),
        ({"same_job": False}, True),
        ({"same_zone": False}, True),
        ({"same_job": False, "first_renewal": False}, False),
    ],
)
def test_r5221_20_is_opposed_only_to_a_first_renewal_that_differs(changes: dict[str, Any], opposed: bool) -> None:
    case = a_case(Procedure.RENEWAL, particulars=renewal(**changes), job=a_job(regulated_profession=True))
    applied = [found(case, criterion).met is not Met.NOT_APPLICABLE for criterion in R5221_20]
    assert set(applied) == {opposed}


def test_a_renewal_asked_late_is_no_ground_of_refusal() -> None:
    late = a_case(Procedure.RENEWAL, particulars=renewal(earlier_expires_on=TODAY + timedelta(days=1)))
    assert found(late, Criterion.RENEWAL_TERMS).met is Met.MET


def test_the_employer_of_a_renewal_is_judged_by_its_worst_condition() -> None:
    clean = (
        an_opinion(Criterion.EMPLOYER_RECORD, False, "inspection du travail"),
        an_opinion(Criterion.EMPLOYER_OBLIGATIONS, False),
    )
    good = a_case(Procedure.RENEWAL, opinions=clean)
    assert found(good, Criterion.RENEWAL_EMPLOYER).met is Met.MET
    assert found(a_case(Procedure.RENEWAL), Criterion.RENEWAL_EMPLOYER).met is Met.NOT_ESTABLISHED
    poor = a_case(Procedure.RENEWAL, opinions=clean, job=a_job(pay_monthly_gross="1000.00"))
    finding = found(poor, Criterion.RENEWAL_EMPLOYER)
    assert finding.met is Met.NOT_MET
    assert finding.because.startswith("4° : ")
    convicted = (an_opinion(Criterion.EMPLOYER_RECORD, True, "inspection du travail"),)
    assert found(a_case(Procedure.RENEWAL, opinions=convicted), Criterion.RENEWAL_EMPLOYER).met is Met.NOT_MET


# --- seasonal ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "worked", "met"),
    [
        (date(2027, 9, 30), 0, Met.MET),
        (date(2027, 10, 1), 0, Met.NOT_MET),
        (date(2027, 4, 30), 5, Met.MET),
        (date(2027, 5, 1), 5, Met.NOT_MET),
        (date(2027, 4, 2), 6, Met.NOT_MET),
    ],
)
def test_seasonal_work_lasts_six_months_a_year_in_all(end: date, worked: int, met: Met) -> None:
    job = msgspec.structs.replace(a_request(Procedure.SEASONAL).job, start=date(2027, 4, 1), end=end)
    case = a_case(Procedure.SEASONAL, job=job, particulars=Seasonal(months_already_worked=worked))
    assert found(case, Criterion.SEASONAL_LENGTH).met is met


@pytest.mark.parametrize(
    ("statement", "address", "documents", "met", "missing"),
    [
        (True, True, [], Met.MET, 0),
        (False, True, ["housing_statement"], Met.MET, 0),
        (False, True, [], Met.NOT_ESTABLISHED, 1),
        (True, False, [], Met.NOT_ESTABLISHED, 1),
        (False, False, [], Met.NOT_ESTABLISHED, 2),
    ],
)
def test_seasonal_housing_is_proved(
    statement: bool, address: bool, documents: list[str], met: Met, missing: int
) -> None:
    housed = an_address("84300", "Cavaillon") if address else None
    job = msgspec.structs.replace(a_request(Procedure.SEASONAL).job, housing_address=housed)
    particulars = Seasonal(housing_statement=statement)
    case = a_case(Procedure.SEASONAL, job=job, particulars=particulars, documents=documents)
    finding = found(case, Criterion.HOUSING)
    assert (finding.met, len(finding.missing)) == (met, missing)


# --- students and asylum seekers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"hours_yearly": 964}, Met.NOT_APPLICABLE),
        ({"hours_yearly": 965}, Met.MET),
        ({"hours_yearly": 965, "related_to_studies": False}, Met.NOT_MET),
        ({"enrolled_until": TODAY}, Met.MET),
        ({"enrolled_until": TODAY - timedelta(days=1)}, Met.NOT_MET),
    ],
)
def test_a_student_above_the_quota(changes: dict[str, Any], met: Met) -> None:
    student = with_particulars(Procedure.STUDENT_ABOVE_QUOTA, **changes)
    assert isinstance(student, StudentAboveQuota)
    case = a_case(Procedure.STUDENT_ABOVE_QUOTA, particulars=student)
    assert found(case, Criterion.STUDENT_COURSE).met is met


@pytest.mark.parametrize(
    ("introduced", "changes", "met"),
    [
        (date(2026, 5, 1), {}, Met.MET),
        (date(2026, 5, 2), {}, Met.NOT_MET),
        (date(2026, 3, 10), {"delay_imputable_to_applicant": True}, Met.NOT_MET),
        (date(2026, 3, 10), {"ofpra_decided_on": date(2026, 9, 10)}, Met.NOT_MET),
        (date(2026, 3, 10), {"ofpra_decided_on": date(2026, 9, 11)}, Met.MET),
    ],
)
def test_ofpra_has_six_months(introduced: date, changes: dict[str, Any], met: Met) -> None:
    claim = with_particulars(Procedure.ASYLUM_SEEKER, ofpra_introduced_on=introduced, **changes)
    assert isinstance(claim, AsylumSeeker)
    assert found(a_case(Procedure.ASYLUM_SEEKER, particulars=claim), Criterion.ASYLUM_DELAY).met is met


# --- internships and au pair -------------------------------------------------------------------------------------


def test_an_internship_needs_a_tutor_and_a_host_that_was_checked() -> None:
    nobody = with_particulars(Procedure.INTERNSHIP_AGREEMENT, tutor="")
    case = a_case(Procedure.INTERNSHIP_AGREEMENT, particulars=nobody)
    assert found(case, Criterion.INTERNSHIP_PROJECT).met is Met.NOT_ESTABLISHED
    assert found(case, Criterion.INTERNSHIP_HOST).met is Met.NOT_ESTABLISHED
    checked = a_case(Procedure.INTERNSHIP_AGREEMENT, opinions=(an_opinion(Criterion.INTERNSHIP_HOST, True),))
    assert found(checked, Criterion.INTERNSHIP_PROJECT).met is Met.MET
    assert found(checked, Criterion.INTERNSHIP_HOST).met is Met.NOT_MET


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 3, 1), date(2026, 3, 1), 18),
    ],
)
def test_age_is_counted_in_completed_years(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


@pytest.mark.parametrize(
    ("end", "number"), [(date(2027, 7, 31), 6), (date(2027, 8, 1), 6), (date(2027, 8, 2), 7), (date(2028, 1, 31), 12)]
)
def test_a_month_begun_counts_whole(end: date, number: int) -> None:
    assert months_covered(date(2027, 2, 1), end) == number


# --- viability and admission -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "met"),
    [
        ({"result_forecast": "0.01"}, Met.MET),
        ({"result_forecast": "0"}, Met.NOT_MET),
        ({"result_forecast": "-1"}, Met.NOT_MET),
        ({"business_plan": False}, Met.NOT_ESTABLISHED),
    ],
)
def test_viability_rests_on_a_plan(changes: dict[str, Any], met: Met) -> None:
    project = with_particulars(Procedure.VIABILITY_OPINION, **changes)
    assert isinstance(project, ViabilityOpinion)
    assert found(a_case(Procedure.VIABILITY_OPINION, particulars=project), Criterion.ECONOMIC_VIABILITY).met is met


@pytest.mark.parametrize(
    ("income", "department", "met"),
    [
        ("1801.79", "69", Met.NOT_MET),
        ("1801.80", "69", Met.MET),
        ("5000", "999", Met.NOT_ESTABLISHED),
    ],
)
def test_means_are_compared_with_the_full_time_smic(income: str, department: str, met: Met) -> None:
    project = with_particulars(
        Procedure.VIABILITY_OPINION, monthly_income_forecast=income, activity_department=department
    )
    finding = found(a_case(Procedure.VIABILITY_OPINION, particulars=project), Criterion.SUFFICIENT_MEANS, IN_2025)
    assert finding.met is met
    assert finding.met is Met.NOT_ESTABLISHED or finding.unconfirmed
