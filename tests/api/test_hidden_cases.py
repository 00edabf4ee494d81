"""A case that one may not know of is as one that does not exist: to commands, to keys, to races, and about as fast."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from domain.acts import DecisionKind
from domain.case import Case
from domain.command import case_commands
from domain.commands.claim_case import ClaimCase
from domain.commands.propose_decision import ProposeDecision
from domain.events import RequestTransferred
from features.bodies import filing
from ledger.histories import CaseUnknown
from ledger.identifiers import new_id
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.histories import AGENT, write
from tests.servers import Database

NOBODY = UUID("01a20345-0000-7000-8000-000000000000")
ELSEWHERE = "agent-84"
ROUNDS = 60
GROSS = 3.0
"""How many times longer the middle refusal of a hidden case may take than that of none."""


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("hidden"))) as service:
        yield service


def moved(dossier: Dossier) -> None:
    """The case goes to Avignon."""
    fact = RequestTransferred(
        reason="Compétence.",
        from_platform="Clermont-Ferrand",
        competent_department="84",
        competent_prefect="préfet de Vaucluse",
        deciding_department="84",
        deciding_prefect="préfet de Vaucluse",
        platform="Avignon",
        transferred_on=dossier.service.clock.today,
    )
    write(dossier.service.desk.ledger, dossier.id, [(AGENT, fact, dossier.service.clock.today)])


def test_somebody_elses_key_gives_no_answer(place: Service) -> None:
    dossier = place.file()
    own = place.post("agent-63", f"{dossier.path}/claim", {}, key="shared")
    assert own.status_code == 200
    other = place.post(ELSEWHERE, f"{dossier.path}/claim", {}, key="shared")
    assert (other.status_code, other.json()["code"]) == (404, "not_found")


def test_whoever_files_is_not_told_whether_an_earlier_case_exists(place: Service) -> None:
    hidden = place.file("exceptional_admission", "prefecture-69")
    told = []
    for earlier in (hidden.id, NOBODY):
        filed = place.file_body({**filing("introduction_permanent"), "earlier_case": str(earlier)})
        own = re.compile(rf"{earlier}|{filed.case.number}|[0-9a-f]{{4,}}|\d+")
        told.append([own.sub("", filed.read("employer-acme", part).text) for part in ("", "/history", "/clocks")])
    assert told[0] == told[1]


@pytest.mark.parametrize("name", ["claim", "propose"])
def test_a_case_that_goes_elsewhere_meanwhile_is_refused_as_unknown(place: Service, name: str) -> None:
    """Neither decided again nor refused with what intervened: who acts has just lost sight of it."""
    dossier = place.file()
    body: Any = {"claim": ClaimCase(), "propose": ProposeDecision(kind=DecisionKind.GRANT)}[name]
    if name == "propose":
        dossier = stages.assess_all(dossier.must("agent-63", "claim"))
    judged: list[Case] = []

    def guard(case: Case) -> None:
        if case.routing is None or case.routing.platform != "Clermont-Ferrand":
            raise CaseUnknown
        if not judged:
            moved(dossier)
        judged.append(case)

    before = len(dossier.facts())
    with pytest.raises(CaseUnknown):
        place.desk.execute(dossier.id, case_commands()[name], body, place.desk.context(AGENT, new_id()), guard=guard)
    assert len(judged) == 1
    assert len(dossier.facts()) == before + 1


def middle(take: Callable[[], None]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        take()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


@pytest.mark.parametrize("part", ["", "/history", "/clocks", "/notes", "/decision-sheets/D1", "/proof"])
def test_a_hidden_case_is_refused_about_as_fast_as_none(place: Service, part: str) -> None:
    hidden = stages.refused(place)

    def refused(case: UUID) -> Callable[[], None]:
        def take() -> None:
            assert place.get(ELSEWHERE, f"/api/cases/{case}{part}").status_code == 404

        return take

    of_hidden, of_none = middle(refused(hidden.id)), middle(refused(NOBODY))
    print(f"{part or 'case'}: hidden {of_hidden * 1e3:.2f} ms, none {of_none * 1e3:.2f} ms")
    assert of_hidden < GROSS * of_none


def test_a_command_on_a_hidden_case_is_refused_about_as_fast_as_on_none(place: Service) -> None:
    hidden = stages.refused(place)

    def refused(case: UUID) -> Callable[[], None]:
        def take() -> None:
            assert place.post(ELSEWHERE, f"/api/cases/{case}/add-note", {"text": "Essai."}).status_code == 404

        return take

    of_hidden, of_none = middle(refused(hidden.id)), middle(refused(NOBODY))
    print(f"command: hidden {of_hidden * 1e3:.2f} ms, none {of_none * 1e3:.2f} ms")
    assert of_hidden < GROSS * of_none
