"""What a routing table would move: lines changed, cases sent elsewhere, and how many from where to where."""

from uuid import UUID

import pytest

from domain.routing import Line, LineChange
from domain.routing_moves import Comparison, Crowd, Movement, Place, Placed, TableLine, comparison

CLERMONT, BETHUNE, TULLE = (
    TableLine(platform="Clermont-Ferrand", deciding_department="63"),
    TableLine(platform="Béthune", deciding_department="62"),
    TableLine(platform="Corrèze (Tulle)", deciding_department="19"),
)


def a_line(place: TableLine | None, *, confirmed: bool = True) -> Line | None:
    if place is None:
        return None
    return Line(platform=place.platform, deciding_department=place.deciding_department, confirmed=confirmed)


def a_change(
    department: str, before: TableLine | None, after: TableLine | None, *, seasonal: bool = False, sure: bool = True
) -> LineChange:
    return LineChange(
        department=department, seasonal=seasonal, before=a_line(before), after=a_line(after, confirmed=sure)
    )


def a_place(department: str, line: TableLine | None, *, seasonal: bool = False) -> Place:
    return Place(department=department, seasonal=seasonal, line=line)


@pytest.fixture
def compared() -> Comparison:
    return comparison(
        (
            a_change("69", CLERMONT, BETHUNE),
            a_change("63", CLERMONT, CLERMONT, sure=False),
            a_change("31", None, TULLE),
            a_change("33", TULLE, None),
            a_change("75", None, None),
            a_change("69", CLERMONT, CLERMONT, seasonal=True),
            a_change("75", CLERMONT, None, seasonal=True),
        )
    )


def test_a_line_is_changed_where_its_place_is_not_where_only_its_source_is(compared: Comparison) -> None:
    assert [(line.department, line.seasonal) for line in compared.changed] == [
        ("69", False),
        ("31", False),
        ("33", False),
        ("75", True),
    ]
    assert [(line.before, line.after) for line in compared.changed[:2]] == [(CLERMONT, BETHUNE), (None, TULLE)]


def test_departments_without_platform_are_told_for_each_kind_of_request(compared: Comparison) -> None:
    assert compared.without_platform(seasonal=False) == ("33", "75")
    assert compared.without_platform(seasonal=True) == ("75",)


@pytest.mark.parametrize(
    ("place", "moves", "destination"),
    [
        (a_place("69", CLERMONT), True, BETHUNE),
        (a_place("69", TULLE), True, BETHUNE),
        (a_place("69", BETHUNE), False, BETHUNE),
        (a_place("69", CLERMONT, seasonal=True), False, CLERMONT),
        (a_place("63", BETHUNE), False, CLERMONT),
        (a_place("33", TULLE), True, None),
        (a_place("31", None), True, TULLE),
        (a_place("63", None), True, CLERMONT),
        (a_place("75", None), False, None),
        (a_place("975", None), False, None),
        (a_place("975", CLERMONT), False, None),
    ],
    ids=[
        "its line changes",
        "placed by hand and its line changes",
        "already there",
        "of the other kind",
        "placed by hand and its line stays",
        "to nowhere",
        "left to hand and now named",
        "left to hand though named before",
        "left to hand still",
        "left to hand in no department",
        "in no department",
    ],
)
def test_what_moves(compared: Comparison, place: Place, moves: bool, destination: TableLine | None) -> None:
    assert compared.moves(place) is moves
    assert compared.destination(place) == destination


def test_a_move_names_the_case_where_it_is_and_where_it_would_go(compared: Comparison) -> None:
    move = compared.move(Placed(case=UUID(int=1), number="AT-000001", place=a_place("31", None)))
    assert (move.case, move.number, move.department, move.seasonal) == (UUID(int=1), "AT-000001", "31", False)
    assert (move.origin, move.destination) == (None, TULLE)


def test_movements_add_up_departments_that_go_the_same_way() -> None:
    compared = comparison((a_change("69", CLERMONT, BETHUNE), a_change("63", CLERMONT, BETHUNE)))
    crowds = [
        Crowd(place=a_place("69", CLERMONT), still_open=2, decided=1),
        Crowd(place=a_place("63", CLERMONT), still_open=3, decided=4),
        Crowd(place=a_place("63", None), still_open=1, decided=0),
    ]
    assert compared.movements(crowds) == (
        Movement(origin=CLERMONT, destination=BETHUNE, still_open=5, decided=5),
        Movement(origin=None, destination=BETHUNE, still_open=1, decided=0),
    )
