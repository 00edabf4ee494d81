"""The traceability report over HTTP: seeded defects are found one by one, samples are drawn again, roles are kept."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import psycopg
import pytest

from cli.simulate import simulate
from domain.administration import ADMINISTRATION_STREAM
from domain.demonstration import IDENTITIES
from domain.envelope import UNASSIGNED
from tests.api.service import Service, service_on, settings_on
from tests.histories import write
from tests.servers import Database
from tests.unit.given import TODAY
from tests.unit.given_facts import FAULTY, TWENTY, a_grant

LATER = date(2026, 12, 15)
PATH = "/api/audit/decisions"


class Place(NamedTuple):
    """An application with twenty regular cases, and later as many with one defect each."""

    service: Service
    seeded: dict[str, UUID]
    """The case of each defect."""
    before: list[dict[str, Any]]
    """The lines of the report before any defect was written."""
    position: int
    """Of the last regular fact."""


def streams(what: str) -> dict[str, UUID]:
    return {code: uuid5(UNASSIGNED, f"{what} {code}") for code in TWENTY}


def whole_report(service: Service, **query: Any) -> list[dict[str, Any]]:
    """Every line, page after page."""
    lines: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = service.get("auditor", PATH, **query, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page["stale"] is False
        lines += page["items"]
        cursor = page["next"]
        if cursor is None:
            return lines


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("audit"))) as service:
        service.clock.go_to(LATER)
        ledger = service.desk.ledger
        version, head = ledger.head(ADMINISTRATION_STREAM)
        ledger.append(
            ADMINISTRATION_STREAM,
            FAULTY,
            expected_version=version,
            previous_hash=head,
            actor=IDENTITIES["admin"].actor,
            command=uuid5(UNASSIGNED, "faulty delegations"),
        )
        position = 0
        for code, stream in streams("regular").items():
            position = write(ledger, stream, TWENTY[code][0](stream, TODAY))
        service.runner.run_until_current()
        before = whole_report(service, limit=7)
        seeded = streams("defective")
        for code, stream in seeded.items():
            base, defect = TWENTY[code]
            write(ledger, stream, defect(base(stream, TODAY)))
        service.runner.run_until_current()
        yield Place(service, seeded, before, position)


def test_regular_histories_have_no_gap(place: Place) -> None:
    assert len(place.before) == 20
    assert [line["gaps"] for line in place.before] == [[]] * 20


def test_twenty_seeded_defects_give_exactly_twenty_lines(place: Place) -> None:
    lines = whole_report(place.service, gaps=True)
    found = [(line["case"], line["decision"], gap["code"]) for line in lines for gap in line["gaps"]]
    assert len(found) == 20
    assert sorted(found) == sorted((str(stream), "D1", code) for code, stream in place.seeded.items())


def test_a_page_of_gaps_says_how_many_it_inspected_and_goes_on_after_them(place: Place) -> None:
    first = place.service.get("auditor", PATH, gaps=True, limit=3).json()
    assert len(first["items"]) == 3
    assert 3 <= first["inspected"] < 40
    rest = whole_report(place.service, gaps=True, limit=200)
    assert first["items"] == rest[:3]
    again = place.service.get("auditor", PATH, gaps=True, cursor=first["next"]).json()
    assert first["items"] + again["items"] == rest
    assert first["inspected"] + again["inspected"] == 40


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"kind": "refusal"}, {"refusal"}),
        ({"decided_until": "2026-10-31"}, {"implicit_refusal"}),
        ({"procedure": "seasonal"}, set()),
        ({"platform": "Clermont-Ferrand", "department": "69", "decided_from": "2026-11-02"}, {"grant", "refusal"}),
    ],
)
def test_the_filters_of_the_register_hold(place: Place, query: dict[str, Any], kinds: set[str]) -> None:
    assert {line["kind"] for line in whole_report(place.service, **query)} == kinds


def test_a_line_names_its_fact_in_the_ledger(place: Place) -> None:
    for line in place.before:
        fact = place.service.desk.history(UUID(line["case"])).facts[line["version"] - 1]
        assert line["position"] == fact.position
        assert fact.type in {"RequestGranted", "RequestRefused", "ImplicitDecisionArisen"}


# --- samples ----------------------------------------------------------------------------------------------------------


def rank(seed: str, line: dict[str, Any]) -> str:
    """As an auditor recomputes it."""
    return hashlib.sha256(f"{seed}{line['case']}{line['decision']}".encode()).hexdigest()


def sample(place: Place, **query: Any) -> dict[str, Any]:
    answer = place.service.get("auditor", PATH, **query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("seed", ["controle 2026", "7", "it's \\ % {} $1"])
@pytest.mark.parametrize("size", [1, 5, 20])
def test_a_sample_is_the_smallest_ranks_of_what_was_decided_by_then(place: Place, seed: str, size: int) -> None:
    told = sample(place, sample=size, seed=seed, until_position=place.position)
    expected = sorted((rank(seed, line), line["case"]) for line in place.before)[:size]
    assert [(line["rank"], line["case"]) for line in told["items"]] == expected
    assert told["sample"] == {"seed": seed, "until_position": place.position, "size": size, "population": 20}
    assert told["next"] is None
    assert told == sample(place, sample=size, seed=seed, until_position=place.position)


def test_the_bound_is_the_position_of_the_fact_that_decides(place: Place) -> None:
    positions = sorted(line["position"] for line in whole_report(place.service))
    for index in (0, 13, 39):
        at, before = (sample(place, sample=200, seed="s", until_position=positions[index] - k) for k in (0, 1))
        assert (at["sample"]["population"], len(at["items"])) == (index + 1, index + 1)
        assert len(before["items"]) == index


def test_another_seed_draws_other_decisions(place: Place) -> None:
    first, second = (
        {line["case"] for line in sample(place, sample=10, seed=seed, until_position=place.position)["items"]}
        for seed in ("a", "b")
    )
    assert first != second


def test_a_position_that_is_not_reached_makes_the_sample_stale(place: Place) -> None:
    assert sample(place, sample=1, seed="s", until_position=place.position * 2)["stale"] is True


@pytest.mark.parametrize(
    "query",
    [
        {"sample": 3},
        {"seed": "s"},
        {"until_position": 5},
        {"sample": 3, "seed": "s"},
        {"sample": 3, "seed": "s", "until_position": 5, "gaps": True},
        {"sample": 3, "seed": "é", "until_position": 5},
        {"sample": 0, "seed": "s", "until_position": 5},
        {"cursor": "x"},
    ],
)
def test_half_a_sample_is_refused(place: Place, query: dict[str, Any]) -> None:
    answer = place.service.get("auditor", PATH, **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status", "lines"),
    [
        ("auditor", 200, 40),
        ("admin", 200, 40),
        ("manager-63", 200, 40),
        ("legal-69", 200, 40),
        ("prefecture-69", 200, 40),
        ("agent-63", 403, 0),
        ("signatory-63", 403, 0),
        ("employer-acme", 403, 0),
        ("mandatary-durand", 403, 0),
        (None, 401, 0),
    ],
)
def test_who_may_read_the_report(place: Place, who: str | None, status: int, lines: int) -> None:
    answer = place.service.get(who, PATH, limit=200)
    assert answer.status_code == status
    assert len(answer.json().get("items", ())) == lines


def test_a_manager_sees_the_platform_s_own_decisions_alone(
    place: Place, new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every simulated decision that somebody sees is one that their rights open, and there are others."""
    settings = settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("audit-scopes"))
    simulate(settings, cases=120, seed=4, until=date(2026, 11, 2))
    with service_on(settings, seeded=True) as service:
        service.runner.run_until_current()
        everything = whole_report(service, limit=200)
        theirs = service.get("manager-63", PATH, limit=200).json()["items"]
        assert {line["routing"]["platform"] for line in theirs} == {"Clermont-Ferrand"}
        assert 0 < len(theirs) < len(everything)
        drawn = service.get(
            "manager-63", PATH, sample=200, seed="s", until_position=service.desk.ledger.last_position()
        ).json()
        assert {line["case"] for line in drawn["items"]} == {line["case"] for line in theirs}
        gaps = {gap["code"] for line in everything for gap in line["gaps"]}
        assert gaps <= {"acknowledgement_missing"}


def test_a_case_whose_history_was_altered_is_named_and_stops_nothing(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("altered"))) as service:
        whole, altered = uuid5(UNASSIGNED, "whole"), uuid5(UNASSIGNED, "altered")
        for stream in (whole, altered):
            write(service.desk.ledger, stream, a_grant(stream, TODAY))
        service.runner.run_until_current()
        with psycopg.connect(service.settings.owner_database_url) as connection:
            connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
            connection.execute(
                "UPDATE ledger.events SET state = convert_to(replace(convert_from(state, 'UTF8'), 'P1', 'P2'), 'UTF8')"
                " WHERE originator_id = %s AND originator_version = 6",
                (altered,),
            )
        for query in ({}, {"gaps": True}, {"sample": 2, "seed": "s", "until_position": 2**40}):
            told = service.get("auditor", PATH, **query).json()
            assert [(each["case"], each["decision"], each["version"]) for each in told["unreadable"]] == [
                (str(altered), "D1", 6)
            ]
            assert [each["case"] for each in told["items"]] == ([] if "gaps" in query else [str(whole)])
            assert told["inspected"] == 2


def test_a_register_under_reconstruction_draws_no_sample(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As a new version finds it, until the rows that say their position are in service."""
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("older"))) as service:
        stream = uuid5(UNASSIGNED, "older")
        write(service.desk.ledger, stream, a_grant(stream, TODAY))
        service.runner.run_until_current()
        with psycopg.connect(service.settings.owner_database_url) as connection:
            connection.execute("UPDATE read.decisions SET position = NULL")
        asked = {"sample": 1, "seed": "s", "until_position": 1}
        refused = service.get("auditor", PATH, **asked)
        assert (refused.status_code, refused.json()["code"]) == (503, "not_ready")
        assert len(service.get("auditor", PATH).json()["items"]) == 1
        assert len(service.get("auditor", "/api/registers/decisions").json()["items"]) == 1
