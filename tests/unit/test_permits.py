"""The days and limits of a permit, by the text that bounds them."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.days import last_day_of
from domain.findings import Criterion, Met
from domain.permits import permit_for
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import Seasonal, TitleKind
from projections.permits import DECOY, PermitState, state
from tests.unit.given import TODAY, a_context, a_request, a_worker_in_france, an_address, claimed, filed
from tests.unit.given_conditions import found

P = Procedure
REPLACE = msgspec.structs.replace
EXPIRY = date(2026, 12, 20)


def permit_of(procedure: Procedure, changes: dict[str, Any], **rest: Any) -> Any:
    particulars = REPLACE(a_request(procedure).particulars, **changes)
    request = a_request(procedure, **{"particulars": particulars, **rest})
    return permit_for(filed(request=request), a_context(), TODAY)


@pytest.mark.parametrize(
    ("changes", "title", "starts_on", "ends_on"),
    [
        ({}, TitleKind.EMPLOYEE, date(2026, 12, 21), date(2027, 11, 30)),
        ({"involuntarily_unemployed": True}, TitleKind.EMPLOYEE, date(2026, 12, 21), date(2027, 12, 20)),
        ({"involuntarily_unemployed": True}, TitleKind.TEMPORARY_WORKER, date(2026, 12, 21), date(2027, 11, 30)),
        (
            {"involuntarily_unemployed": True, "first_renewal": False},
            TitleKind.EMPLOYEE,
            date(2026, 12, 21),
            date(2027, 11, 30),
        ),
        (
            {
                "involuntarily_unemployed": True,
                "first_renewal": False,
                "unemployment_benefit_until": date(2027, 4, 30),
            },
            TitleKind.EMPLOYEE,
            date(2026, 12, 21),
            date(2027, 4, 30),
        ),
        (
            {"involuntarily_unemployed": True, "unemployment_benefit_until": date(2027, 4, 30)},
            TitleKind.EMPLOYEE,
            date(2026, 12, 21),
            date(2027, 12, 20),
        ),
    ],
)
def test_the_days_of_a_renewal(changes: dict[str, Any], title: TitleKind, starts_on: date, ends_on: date) -> None:
    permit = permit_of(P.RENEWAL, changes, worker=a_worker_in_france(title))
    assert (permit.valid_from, permit.valid_until) == (starts_on, ends_on)


def test_an_asylum_seeker_works_while_the_right_to_remain_lasts() -> None:
    permit = permit_of(P.ASYLUM_SEEKER, {})
    assert permit.limited_to == "pendant la durée du droit au maintien sur le territoire français (CESEDA L554-3)"
    assert (permit.valid_from, permit.valid_until) == (date(2026, 12, 1), date(2027, 5, 31))


def test_a_student_works_the_hours_asked_for_until_the_course_ends() -> None:
    permit = permit_of(P.STUDENT_ABOVE_QUOTA, {"enrolled_until": date(2027, 6, 30)})
    assert permit.limited_to == "1200 heures par an, en lien avec le cursus : Master informatique"
    assert permit.valid_until == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("zone", "postcode", "valid_in"),
    [("", "69002", "France métropolitaine"), ("", "97400", "La Réunion"), ("Rhône", "69002", "Rhône")],
)
def test_where_a_limited_permit_is_valid(zone: str, postcode: str, valid_in: str) -> None:
    job = REPLACE(a_request(P.LIMITED_PERMIT).job, workplace=an_address(postcode, "Ville"))
    permit = permit_of(P.LIMITED_PERMIT, {"zone": zone}, job=job)
    assert (permit.zone, permit.limited_to) == (valid_in, "Traduction lors d'un festival")


def test_other_permits_are_limited_to_nothing_else() -> None:
    assert permit_for(claimed(), a_context(), TODAY).limited_to == ""


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2027, 1, 1), 6, date(2027, 6, 30)),
        (date(2027, 4, 15), 6, date(2027, 10, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 8, 29), 6, date(2027, 2, 28)),
        (date(2026, 8, 28), 6, date(2027, 2, 27)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2027, 4, 1), 0, date(2027, 3, 31)),
    ],
)
def test_a_length_in_months_counts_its_first_day(start: date, months: int, last: date) -> None:
    assert last_day_of(start, months) == last


@pytest.mark.parametrize(
    ("start", "worked", "end", "last"),
    [
        (date(2027, 1, 1), 0, date(2027, 6, 30), date(2027, 6, 30)),
        (date(2027, 1, 1), 0, date(2027, 7, 1), date(2027, 6, 30)),
        (date(2027, 1, 1), 1, date(2027, 5, 30), date(2027, 5, 30)),
        (date(2027, 1, 1), 1, date(2027, 6, 1), date(2027, 5, 31)),
    ],
)
def test_a_season_is_counted_once_for_its_condition_and_its_permit(
    start: date, worked: int, end: date, last: date
) -> None:
    job = REPLACE(a_request(P.SEASONAL).job, start=start, end=end)
    permit = permit_of(P.SEASONAL, {"months_already_worked": worked}, job=job)
    season = a_request(P.SEASONAL, job=job, particulars=Seasonal(months_already_worked=worked))
    within = found(filed(request=season), Criterion.SEASONAL_LENGTH).met is Met.MET
    assert (permit.valid_until, within) == (last, end == last)


def test_no_permit_arises_from_a_request_that_describes_no_job() -> None:
    case = REPLACE(filed(), request=REPLACE(a_request(), job=None))
    with pytest.raises(Refused, match="permit_terms_unknown"):
        permit_for(case, a_context(), TODAY)


@pytest.mark.parametrize(
    ("changes", "today", "expected"),
    [
        ({}, date(2026, 12, 1), PermitState.VALID),
        ({"suspended": None}, date(2026, 12, 1), PermitState.VALID),
        ({"suspended": True}, date(2026, 12, 1), PermitState.SUSPENDED),
        ({"suspended": True}, date(2026, 10, 1), PermitState.SUSPENDED),
        ({"suspended": True}, date(2028, 1, 1), PermitState.EXPIRED),
        (
            {"suspended": True, "ended": "annulled", "ended_on": date(2026, 11, 20)},
            date(2026, 12, 1),
            PermitState.ANNULLED,
        ),
    ],
)
def test_the_public_check_tells_of_a_suspension(changes: dict[str, Any], today: date, expected: PermitState) -> None:
    row = msgspec.structs.replace(DECOY, valid_from=date(2026, 11, 2), valid_until=date(2027, 11, 1), **changes)
    assert state(row, today) is expected
