"""Routing: the competent prefect by the text, the platform by the table, and what is left to hand."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.acts import RoutingLine
from domain.case import Status
from domain.commands.route_request import RouteRequest, route_request
from domain.commands.transfer_request import TransferRequest, transfer_request
from domain.envelope import Role
from domain.events import AcknowledgementIssued, RequestRouted, RequestTransferred, RoutingLeftToHand
from domain.procedures import Procedure
from domain.refusals import Refused
from domain.request import Request
from domain.routing import LeftToHand, Route, lines_compared, route
from tests.unit.given import (
    REFERENCE,
    TODAY,
    a_company,
    a_context,
    a_host_family,
    a_job,
    a_request,
    a_routing_table,
    an_address,
    an_administration,
    case_after,
    claimed,
    filed,
    filing,
)

SHIPPED = an_administration(routing_table=False)
P = Procedure


def seated(postcode: str, procedure: Procedure = P.INTRODUCTION_PERMANENT) -> Request:
    return a_request(procedure, employer=a_company(seat=an_address(postcode)))


def routed(request: Request, today: date = TODAY) -> Route:
    where = route(request, SHIPPED, REFERENCE, today)
    assert isinstance(where, Route)
    return where


@pytest.mark.parametrize(
    ("postcode", "competent", "prefect", "deciding", "platform", "confirmed"),
    [
        ("69002", "69", "préfet du Rhône", "préfet du Puy-de-Dôme", "Clermont-Ferrand", True),
        ("63000", "63", "préfet du Puy-de-Dôme", "préfet du Puy-de-Dôme", "Clermont-Ferrand", True),
        ("22000", "22", "préfet des Côtes-d'Armor", "préfet du Pas-de-Calais", "Béthune", True),
        ("97600", "976", "préfet de Mayotte", "préfet de la Corrèze", "Corrèze (Tulle)", True),
        ("13001", "13", "préfet des Bouches-du-Rhône", "préfet du Puy-de-Dôme", "Clermont-Ferrand", False),
        ("20090", "2A", "préfet de la Corse-du-Sud", "préfet du Puy-de-Dôme", "Clermont-Ferrand", False),
    ],
)
def test_the_seat_of_the_establishment_designates_the_prefect(
    postcode: str, competent: str, prefect: str, deciding: str, platform: str, confirmed: bool
) -> None:
    where = routed(seated(postcode))
    assert (where.competent_department, where.competent_prefect) == (competent, prefect)
    assert (where.deciding_prefect, where.platform, where.confirmed) == (deciding, platform, confirmed)
    assert (where.competence.rule, where.competence.rule_since) == ("CT R5221-15", date(2021, 4, 1))
    assert where.competence.facts["code postal du siège"] == postcode


def test_the_workplace_does_not_decide() -> None:
    request = a_request(job=a_job(workplace=an_address("59000", "Lille")))
    assert routed(request).competent_department == "69"


@pytest.mark.parametrize("postcode", ["84300", "69002", "75001", "97400", "34000"])
def test_seasonal_requests_go_to_avignon_from_everywhere(postcode: str) -> None:
    where = routed(seated(postcode, P.SEASONAL))
    assert (where.platform, where.deciding_department) == ("Avignon", "84")
    assert where.competent_department == REFERENCE.department_of_postcode(postcode)


@pytest.mark.parametrize(
    ("request_", "competent", "fact"),
    [
        (a_request(employer=a_host_family(postcode="38000")), "38", "code postal du domicile de l'employeur"),
        (a_request(P.AU_PAIR), "69", "code postal du domicile de l'employeur"),
        (a_request(P.EXCEPTIONAL_ADMISSION, employer=a_company(seat=an_address("59000"))), "69",
         "préfecture de résidence"),
        (a_request(P.VIABILITY_OPINION), "69", "département de l'activité"),
        (seated("57000", P.INTERNSHIP_AGREEMENT), "57", "code postal du siège"),
        (seated("57000", P.POSTING), "57", "code postal de l'entreprise d'accueil"),
    ],
)  # fmt: skip
def test_other_texts_designate_other_places(request_: Request, competent: str, fact: str) -> None:
    where = routed(request_)
    assert where.competent_department == competent
    assert fact in where.competence.facts


@pytest.mark.parametrize("postcode", ["75011", "92000", "31000", "36000", "44000"])
def test_a_department_without_known_platform_is_left_to_hand(postcode: str) -> None:
    where = route(seated(postcode), SHIPPED, REFERENCE, TODAY)
    assert isinstance(where, LeftToHand)
    assert where.competence.department == postcode[:2]
    assert "aucune plateforme" in where.why


@pytest.mark.parametrize(("today", "platform"), [(date(2026, 11, 9), "Clermont-Ferrand"), (date(2026, 11, 10), "Lyon")])
def test_a_published_table_takes_effect_on_its_day(today: date, platform: str) -> None:
    newer = a_routing_table(
        version="2026-11-10",
        effective_from=date(2026, 11, 10),
        lines=(
            RoutingLine(
                department="69",
                seasonal=False,
                platform="Lyon",
                deciding_department="69",
                confirmed=True,
                source="test",
            ),
        ),
    )
    administration = an_administration(more=[newer])
    where = route(a_request(), administration, REFERENCE, today)
    assert isinstance(where, Route)
    assert where.platform == platform
    assert (where.table_version == "2026-11-10") is (platform == "Lyon")
    # The published table replaces the shipped one whole: what it does not name is left to hand.
    later = route(seated("63000"), administration, REFERENCE, date(2026, 11, 10))
    assert isinstance(later, LeftToHand)


@pytest.mark.parametrize(("today", "known"), [(date(2026, 11, 9), False), (date(2026, 11, 10), True)])
def test_a_line_of_a_published_table_has_its_own_first_day(today: date, known: bool) -> None:
    line = RoutingLine(
        department="69",
        seasonal=False,
        platform="Lyon",
        deciding_department="69",
        confirmed=True,
        source="essai",
        effective_from=date(2026, 11, 10),
    )
    table = a_routing_table(version="v", effective_from=date(2026, 11, 1), lines=(line,))
    where = route(a_request(), an_administration(more=[table]), REFERENCE, today)
    assert isinstance(where, Route) is known


def test_the_shipped_table_is_named_by_its_version() -> None:
    assert routed(a_request()).table_version == REFERENCE.versions["platforms"]


def test_the_department_s_own_line_wins_over_the_general_one() -> None:
    general = RoutingLine(
        department="*", seasonal=False, platform="Nationale", deciding_department="75", confirmed=True, source="test"
    )
    own = msgspec.structs.replace(general, department="69", platform="Lyon", deciding_department="69")
    table = a_routing_table(version="v", effective_from=date(2026, 1, 1), lines=(own, general))
    where = route(a_request(), an_administration(more=[table]), REFERENCE, TODAY)
    assert isinstance(where, Route)
    assert where.platform == "Lyon"


def test_routing_is_recorded_with_its_reasons() -> None:
    event = next(e for e in filing() if isinstance(e, RequestRouted))
    assert event.facts == {"SIRET de l'établissement": "90200029800015", "code postal du siège": "69002"}
    assert (event.first_received_on, event.received_on, event.by_hand) == (TODAY, TODAY, False)


# --- by hand ----------------------------------------------------------------------------------------------------------


def _left() -> Any:
    return filed(request=seated("75011"))


def _route(**changes: Any) -> RouteRequest:
    body: dict[str, Any] = {"platform": "Clermont-Ferrand", "reason": "Convention publiée pour Paris."}
    return RouteRequest(**{**body, **changes})


def test_a_case_left_to_hand_is_routed_and_acknowledged_by_a_manager() -> None:
    case = _left()
    assert case.status is Status.TO_ROUTE
    routed_, acknowledged = route_request(case, _route(), a_context(Role.MANAGER, today=date(2026, 11, 5)))
    assert isinstance(routed_, RequestRouted)
    assert isinstance(acknowledged, AcknowledgementIssued)
    assert (routed_.competent_department, routed_.deciding_department, routed_.by_hand) == ("75", "63", True)
    assert (routed_.first_received_on, routed_.received_on) == (TODAY, date(2026, 11, 5))
    assert acknowledged.implicit_decision_on == date(2027, 1, 2)
    after = case_after([routed_, acknowledged], case)
    assert after.status is Status.TO_CLAIM


def test_silence_that_accepts_runs_from_the_competent_administration() -> None:
    amendment = a_request(P.INTERNSHIP_AMENDMENT, employer=a_company(seat=an_address("75011")))
    case = filed(request=amendment)
    _, acknowledged = route_request(case, _route(), a_context(Role.MANAGER, today=date(2026, 11, 5)))
    assert isinstance(acknowledged, AcknowledgementIssued)
    assert acknowledged.implicit_decision_on == date(2026, 11, 20)


def test_a_routing_is_corrected_without_a_second_acknowledgement() -> None:
    (event,) = route_request(filed(), _route(platform="Béthune"), a_context(Role.MANAGER))
    assert isinstance(event, RequestRouted)
    assert event.deciding_department == "62"


@pytest.mark.parametrize(
    ("case", "body", "code"),
    [
        (_left(), _route(platform="Quimper"), "platform_unknown"),
        (_left(), _route(competent_department="99"), "department_unknown"),
        (_left(), _route(deciding_department="99"), "department_unknown"),
        (_left(), _route(received_on=date(2026, 11, 3)), "content_impossible"),
        (_left(), _route(received_on=date(2026, 11, 1)), "content_impossible"),
        (filed(), _route(), "routing_unchanged"),
        (claimed(), _route(platform="Béthune"), "status_forbids"),
    ],
)
def test_a_routing_by_hand_is_refused(case: Any, body: RouteRequest, code: str) -> None:
    with pytest.raises(Refused, match=code):
        route_request(case, body, a_context(Role.MANAGER))


# --- transfer ---------------------------------------------------------------------------------------------------------


def _transfer(**changes: Any) -> TransferRequest:
    body: dict[str, Any] = {"platform": "Béthune", "competent_department": "59", "reason": "Le siège est à Lille."}
    return TransferRequest(**{**body, **changes})


def test_a_transfer_keeps_both_receipts_and_frees_the_case() -> None:
    case = claimed()
    (event,) = transfer_request(case, _transfer(), a_context(Role.MANAGER, today=date(2026, 11, 12)))
    assert isinstance(event, RequestTransferred)
    assert (event.from_platform, event.platform) == ("Clermont-Ferrand", "Béthune")
    assert (event.competent_prefect, event.deciding_prefect) == ("préfet du Nord", "préfet du Pas-de-Calais")
    after = case_after([event], case)
    assert after.routing is not None
    assert (after.routing.first_received_on, after.routing.received_on) == (TODAY, date(2026, 11, 12))
    assert (after.assignee, after.status) == (None, Status.TO_CLAIM)


@pytest.mark.parametrize(
    ("case", "body", "code"),
    [
        (filed(), _transfer(platform="Clermont-Ferrand", competent_department="69"), "routing_unchanged"),
        (filed(), _transfer(platform="Sélestat"), "platform_unknown"),
        (filed(), _transfer(competent_department="20"), "department_unknown"),
        (_left(), _transfer(), "status_forbids"),
    ],
)
def test_a_transfer_is_refused(case: Any, body: TransferRequest, code: str) -> None:
    with pytest.raises(Refused, match=code):
        transfer_request(case, body, a_context(Role.MANAGER))


@pytest.mark.parametrize(
    ("competent", "received", "designated"),
    [("69", TODAY, None), ("59", date(2026, 11, 12), "69")],
)
def test_a_transfer_dates_the_receipt_anew_only_for_another_prefect(
    competent: str, received: date, designated: str | None
) -> None:
    context = a_context(Role.MANAGER, today=date(2026, 11, 12))
    (event,) = transfer_request(claimed(), _transfer(competent_department=competent), context)
    assert event.received_on == received
    assert (event.rule, event.rule_since) == ("CT R5221-15", date(2021, 4, 1))
    assert event.table_version == a_routing_table().version
    assert event.facts.get("département désigné par le texte") == designated
    assert bool(event.ground) is (designated is None)
    after = case_after([event], claimed())
    assert after.routing is not None
    assert (after.routing.first_received_on, after.routing.received_on) == (TODAY, received)


@pytest.mark.parametrize(("competent", "deciding"), [("22", "22"), ("59", "62")])
def test_a_prefect_who_kept_the_decision_decides_at_the_platform_too(competent: str, deciding: str) -> None:
    kept = tuple(
        msgspec.structs.replace(line, deciding_department="22") if line.department == "22" else line
        for line in a_routing_table().lines
    )
    table = a_routing_table(version="v", effective_from=TODAY, lines=kept)
    context = a_context(Role.MANAGER, administration=an_administration(more=[table]))
    (event,) = transfer_request(claimed(), _transfer(competent_department=competent), context)
    assert (event.platform, event.deciding_department) == ("Béthune", deciding)


def test_a_transfer_recorded_before_its_receipt_was_told_apart_was_received_that_day() -> None:
    case = claimed()
    (event,) = transfer_request(case, _transfer(), a_context(Role.MANAGER, today=date(2026, 11, 12)))
    before = msgspec.structs.replace(event, received_on=None)
    after = case_after([before], case)
    assert after.routing is not None
    assert after.routing.received_on == date(2026, 11, 12)


@pytest.mark.parametrize(("competent", "received"), [("69", TODAY), ("59", date(2026, 11, 12))])
def test_a_correction_dates_the_receipt_anew_only_for_another_prefect(competent: str, received: date) -> None:
    context = a_context(Role.MANAGER, today=date(2026, 11, 12))
    (event,) = route_request(filed(), _route(platform="Béthune", competent_department=competent), context)
    assert isinstance(event, RequestRouted)
    assert event.received_on == received


# --- tables compared --------------------------------------------------------------------------------------------------


def test_a_table_is_compared_line_by_line() -> None:
    before = an_administration()
    known = a_routing_table()
    (old,) = [line for line in known.lines if line.department == "69"]
    lines = tuple(
        msgspec.structs.replace(line, platform="Béthune", deciding_department="62") if line is old else line
        for line in known.lines
        if line.department != "38"
    )
    after = an_administration(more=[a_routing_table(version="v", effective_from=date(2026, 11, 10), lines=lines)])
    compared = lines_compared(before, after, REFERENCE, date(2026, 11, 10))
    assert len(compared) == 2 * len(REFERENCE.departments)
    changed = {line.department: line for line in compared if line.before != line.after}
    assert changed.keys() == {"38", "69"}
    assert changed["38"].after is None
    assert changed["69"].after is not None
    assert (changed["69"].after.platform, changed["69"].seasonal) == ("Béthune", False)
    assert lines_compared(before, after, REFERENCE, date(2026, 11, 9)) == lines_compared(
        before, before, REFERENCE, date(2026, 11, 9)
    )


def test_of_two_tables_of_one_day_the_last_published_is_in_force() -> None:
    first = a_routing_table(version="première", effective_from=TODAY)
    second = a_routing_table(version="rectifiée", effective_from=TODAY)
    earlier = a_routing_table(version="ancienne", effective_from=date(2026, 11, 1))
    in_force = an_administration(more=[first, second, earlier]).routing_table(TODAY)
    assert in_force is not None
    assert in_force.version == "rectifiée"


def test_seasonal_work_is_a_fact_of_the_routing() -> None:
    assert routed(seated("69002", P.SEASONAL)).competence.facts["emploi saisonnier"] == "oui"
    assert "emploi saisonnier" not in routed(seated("69002")).competence.facts


def test_left_to_hand_keeps_what_is_known() -> None:
    event = next(e for e in filing(request=seated("75011")) if isinstance(e, RoutingLeftToHand))
    assert (event.competent_department, event.first_received_on) == ("75", TODAY)
    assert event.facts["code postal du siège"] == "75011"
