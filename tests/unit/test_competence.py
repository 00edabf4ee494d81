"""Which prefect the law of a day designates, for each procedure, on both sides of each change of text."""

from datetime import date
from typing import Any

import pytest

from domain.competence import Competence, attachment_host_or_place_of_work, competence_of, provision_of
from domain.procedures import Procedure
from domain.request import Capacity, OtherUndertaking, Request
from tests.unit.given import (
    REFERENCE,
    TODAY,
    a_company,
    a_host_family,
    a_job,
    a_request,
    a_worker,
    a_worker_in_france,
    an_address,
)

P = Procedure
LAST_OF_MARCH, FIRST_OF_APRIL = date(2021, 3, 31), date(2021, 4, 1)
LAST_OF_APRIL, FIRST_OF_MAY = date(2021, 4, 30), date(2021, 5, 1)
OLD, NEW, MAY = date(2008, 5, 1), FIRST_OF_APRIL, FIRST_OF_MAY
INTERNSHIP = "CESEDA R426-20 ; CESEDA R426-21"


def competence(request: Request, on: date = TODAY) -> Competence:
    return competence_of(request, REFERENCE, on)


def seated(procedure: Procedure, **changes: Any) -> Request:
    """A request whose establishment is seated in Lille; its worker lives in Rhône, if in France."""
    return a_request(procedure, employer=a_company(seat=an_address("59000", "Lille")), **changes)


@pytest.mark.parametrize(
    ("procedure", "on", "rule", "since", "department"),
    [
        # Until 31 March 2021: the residence of those who live in France, the attachment of those who do not.
        (P.INTRODUCTION_PERMANENT, LAST_OF_MARCH, "CT R5221-16", OLD, "59"),
        (P.INTRODUCTION_FIXED_TERM, LAST_OF_MARCH, "CT R5221-16", OLD, "59"),
        (P.SEASONAL, LAST_OF_MARCH, "CT R5221-16", OLD, "59"),
        (P.POSTING, LAST_OF_MARCH, "CT R5221-16", OLD, "59"),
        (P.CHANGE_OF_STATUS, LAST_OF_MARCH, "CT R5221-15", OLD, "69"),
        (P.RENEWAL, LAST_OF_MARCH, "CT R5221-15", OLD, "69"),
        (P.STUDENT_ABOVE_QUOTA, LAST_OF_MARCH, "CT R5221-15", OLD, "69"),
        (P.ASYLUM_SEEKER, LAST_OF_MARCH, "CT R5221-15", OLD, "69"),
        (P.LIMITED_PERMIT, LAST_OF_MARCH, "CT R5221-15", OLD, "69"),
        (P.EXCEPTIONAL_ADMISSION, LAST_OF_MARCH, "CT R5221-15", OLD, "69"),
        # From 1 April 2021: the seat of the employing establishment.
        (P.INTRODUCTION_PERMANENT, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        (P.INTRODUCTION_FIXED_TERM, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        (P.SEASONAL, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        (P.CHANGE_OF_STATUS, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        (P.RENEWAL, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        (P.STUDENT_ABOVE_QUOTA, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        (P.ASYLUM_SEEKER, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        (P.LIMITED_PERMIT, FIRST_OF_APRIL, "CT R5221-15", NEW, "59"),
        # The older text stays for an employer abroad; an admission to stay has its own.
        (P.POSTING, FIRST_OF_APRIL, "CT R5221-16", OLD, "59"),
        (P.EXCEPTIONAL_ADMISSION, FIRST_OF_APRIL, "note SMOE", NEW, "69"),
        # What is no work permit: only the CESEDA of 1 May 2021 is held.
        (P.INTERNSHIP_AGREEMENT, LAST_OF_APRIL, "", None, None),
        (P.INTERNSHIP_AGREEMENT, FIRST_OF_MAY, INTERNSHIP, MAY, "59"),
        (P.INTERNSHIP_AMENDMENT, LAST_OF_APRIL, "", None, None),
        (P.INTERNSHIP_AMENDMENT, FIRST_OF_MAY, INTERNSHIP, MAY, "59"),
    ],
)
def test_the_law_of_the_day_designates(
    procedure: Procedure, on: date, rule: str, since: date | None, department: str | None
) -> None:
    found = competence(seated(procedure), on)
    assert (found.rule, found.rule_since, found.department) == (rule, since, department)
    assert bool(found.ground) is (department is not None)


@pytest.mark.parametrize(
    ("request_", "on", "rule", "department"),
    [
        (a_request(P.AU_PAIR, employer=a_host_family(postcode="38000")), LAST_OF_APRIL, "", None),
        (a_request(P.AU_PAIR, employer=a_host_family(postcode="38000")), FIRST_OF_MAY, "CESEDA R426-14", "38"),
        (a_request(P.VIABILITY_OPINION), LAST_OF_APRIL, "", None),
        (a_request(P.VIABILITY_OPINION), FIRST_OF_MAY, "CESEDA R421-9", "69"),
        (a_request(employer=a_host_family(postcode="38000")), LAST_OF_MARCH, "CT R5221-16", "38"),
        (a_request(employer=a_host_family(postcode="38000")), FIRST_OF_APRIL, "CT R5221-15", "38"),
    ],
)
def test_homes_and_activities_designate_too(request_: Request, on: date, rule: str, department: str | None) -> None:
    found = competence(request_, on)
    assert (found.rule, found.department) == (rule, department)


def test_nothing_is_held_before_the_code_of_2008() -> None:
    assert competence(seated(P.INTRODUCTION_PERMANENT), date(2008, 4, 30)).rule == ""
    assert competence(seated(P.INTRODUCTION_PERMANENT), date(2008, 5, 1)).rule == "CT R5221-16"


# --- R5221-15 before April 2021 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worker", "rule", "department"),
    [
        (a_worker_in_france(residence_department="38"), "CT R5221-15", "38"),
        (a_worker_in_france(residence_department=None), "CT R5221-15", None),
        (a_worker(residence_department="38"), "CT R5221-15", "38"),
        (a_worker(), "CT R5221-16", "59"),
    ],
)
def test_a_residence_in_france_that_is_not_said_is_not_guessed(worker: Any, rule: str, department: str | None) -> None:
    found = competence(seated(P.INTRODUCTION_PERMANENT, worker=worker), LAST_OF_MARCH)
    assert (found.rule, found.department) == (rule, department)
    if rule == "CT R5221-15":
        assert found.facts == {"département de résidence du travailleur": department or "non indiqué"}


# --- R5221-15-1 -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("procedure", "on", "department"),
    [
        (P.INTRODUCTION_PERMANENT, LAST_OF_APRIL, "69"),
        (P.INTRODUCTION_PERMANENT, FIRST_OF_MAY, "13"),
        (P.SEASONAL, FIRST_OF_MAY, "13"),
        (P.RENEWAL, FIRST_OF_MAY, "13"),
        (P.POSTING, FIRST_OF_MAY, "13"),
        (P.LIMITED_PERMIT, FIRST_OF_MAY, "69"),
        (P.INTERNSHIP_AGREEMENT, FIRST_OF_MAY, "69"),
    ],
)
def test_the_employers_of_r431_22_go_to_bouches_du_rhone(procedure: Procedure, on: date, department: str) -> None:
    found = competence(a_request(procedure, employer=a_company(maritime_employer=True)), on)
    assert found.department == department
    assert (found.rule == "CT R5221-15-1") is (department == "13")


# --- R5221-16 ---------------------------------------------------------------------------------------------------------


def undertaking(capacity: Capacity, postcode: str) -> OtherUndertaking:
    return OtherUndertaking(capacity=capacity, siret="90200029800015", name="Chantiers", seat=an_address(postcode))


@pytest.mark.parametrize(
    ("undertakings", "department"),
    [
        ((), "59"),
        ((undertaking(Capacity.PRINCIPAL, "38000"),), "38"),
        ((undertaking(Capacity.PRINCIPAL, "38000"), undertaking(Capacity.USER, "73000")), "73"),
        ((undertaking(Capacity.USER, "73000"), undertaking(Capacity.HOST, "33000")), "33"),
    ],
)
def test_an_employer_abroad_follows_whoever_receives_the_worker(undertakings: Any, department: str) -> None:
    found = competence(seated(P.POSTING, undertakings=undertakings))
    assert (found.rule, found.department) == ("CT R5221-16", department)
    assert found.facts["employeur établi à l'étranger"] == "XK"


@pytest.mark.parametrize("worker", [a_worker(), a_worker_in_france()])
def test_where_the_seat_is_in_no_department_the_place_of_work_counts(worker: Any) -> None:
    abroad = a_company(seat=an_address("98000", "Monaco"))
    request = a_request(employer=abroad, worker=worker, job=a_job(workplace=an_address("06000", "Nice")))
    found = competence(request)
    assert (found.rule, found.department) == ("CT R5221-16", "06")
    assert found.facts == {"code postal du lieu d'emploi": "06000"}


def test_nothing_designates_a_prefect_when_no_place_is_in_a_department() -> None:
    nowhere = an_address("98000", "Monaco")
    found = competence(a_request(employer=a_company(seat=nowhere), job=a_job(workplace=nowhere)))
    assert (found.department, found.ground) == (None, "")


@pytest.mark.parametrize(("worker", "department"), [(a_worker(), "59"), (a_worker_in_france(), "69")])
def test_attachment_is_for_those_who_live_abroad(worker: Any, department: str) -> None:
    """The article alone, whatever another one answers before it: the job itself is in Lyon."""
    place = attachment_host_or_place_of_work(seated(P.INTRODUCTION_PERMANENT, worker=worker), REFERENCE)
    assert place is not None
    assert place.department == department


# --- the text that a routing names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "on", "name"),
    [
        ("CT R5221-15", LAST_OF_MARCH, "residence_of_the_foreigner"),
        ("CT R5221-15", FIRST_OF_APRIL, "seat_of_the_employing_establishment"),
        ("CT R5221-15-1", FIRST_OF_MAY, "maritime_employers_go_to_bouches_du_rhone"),
        ("CT R5221-16", TODAY, "attachment_host_or_place_of_work"),
        (INTERNSHIP, TODAY, "seat_of_the_internship_host"),
        # As routings of before this list named their texts.
        ("plateforme nationale des saisonniers ; CT R5221-15", TODAY, "seat_of_the_employing_establishment"),
        ("note SMOE : la préfecture de résidence saisit la plateforme", TODAY,
         "prefecture_of_residence_asks_the_platform"),
        ("département de l'accueillant ; CESEDA R426-14, R426-20, R426-21", TODAY, "home_of_the_host_family"),
        ("", TODAY, None),
    ],
)  # fmt: skip
def test_the_text_that_a_routing_names_is_found(rule: str, on: date, name: str | None) -> None:
    found = provision_of(rule, on)
    assert (found.name if found else None) == name
