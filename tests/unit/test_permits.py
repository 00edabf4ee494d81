"""The days and limits of a permit, by the text that bounds them."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.permits import permit_for
from domain.procedures import Procedure
from domain.request import TitleKind
from tests.unit.given import TODAY, a_context, a_request, a_worker_in_france, an_address, claimed, filed

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
