"""From when on a case may be erased: five years after what happened last, and never while something runs."""

from datetime import date
from uuid import UUID

import msgspec
import pytest

from domain.commands.abandon_request import AbandonRequest, abandon_request
from domain.commands.place_legal_hold import PlaceLegalHold, place_legal_hold
from domain.procedures import Procedure
from domain.retention import persons, retention
from tests.unit.given import REFERENCE, a_host_family, filed
from tests.unit.given_decided import granted, refused
from tests.unit.given_disputed import after, notified

LATER = date(2040, 1, 1)


@pytest.mark.parametrize(
    ("case", "starts_on", "erasable_on"),
    [
        (after(filed(), abandon_request, AbandonRequest(reason="Poste pourvu.")), date(2026, 11, 2), date(2031, 11, 3)),
        (notified(), date(2026, 11, 2), date(2031, 11, 3)),
        (granted(), date(2026, 11, 2), date(2031, 11, 3)),
        # A permit of a fixed term counts from its last day.
        (granted(procedure=Procedure.INTRODUCTION_FIXED_TERM), date(2027, 11, 30), date(2032, 12, 1)),
    ],
)
def test_five_years_run_from_what_happened_last(case, starts_on, erasable_on):
    kept = retention(case, LATER, REFERENCE)
    assert (kept.starts_on, kept.erasable_on) == (starts_on, erasable_on)
    assert not kept.is_confirmed
    assert "par analogie" in kept.explanation
    assert kept.kept_because == ()


def test_nothing_is_said_of_a_case_at_work():
    assert retention(filed(), LATER, REFERENCE) is None


def test_what_still_runs_is_told_whatever_the_period_says():
    held = after(notified(), place_legal_hold, PlaceLegalHold(reason="Réquisition."))
    assert retention(held, LATER, REFERENCE).kept_because == ("la mesure de conservation G1 vise le dossier",)
    # Not notified: it may be contested without limit of time by the text, a year by case law.
    assert retention(refused(), date(2027, 11, 2), REFERENCE).kept_because != ()


def test_without_a_line_in_force_nothing_is_proposed():
    none = msgspec.structs.replace(REFERENCE, thresholds={})
    assert retention(notified(), LATER, none) is None


def test_a_private_employer_is_a_person_of_the_case():
    case = filed()
    assert persons(case) == {case.request.worker.person}
    family = msgspec.structs.replace(a_host_family(), person=UUID(int=5))
    at_home = msgspec.structs.replace(case, request=msgspec.structs.replace(case.request, employer=family))
    assert persons(at_home) == {case.request.worker.person, family.person}
