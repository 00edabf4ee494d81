"""Steps that replay published cases: their requests filed on the days reported, before the services of the time."""

import contextlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, when

from features.conftest import DAY, Application, OpenApplication, Table, altered, assess_all, changes_of, holder
from features.world import VirtualClock, World

scenarios("published_cases.feature")

FILINGS = Path(__file__).parent.parent / "examples" / "filings"
PLATFORM = "Clermont-Ferrand"
"""Stands for the service of each time and place: the prefects are those of the case."""
DEPARTMENTS = ["22", "30", "34", "36", "54", "60", "69", "75", "93"]
PLATFORMS = [PLATFORM, "Béthune"]
WEIGHED = "Les éléments du dossier ont été appréciés ensemble : celui-ci l'emporte sur tous les autres."


@pytest.fixture(scope="module")
def courthouse(open_application: OpenApplication, clock: VirtualClock) -> Iterator[Application]:
    """An application where legal-69 stands for the legal officer of each prefecture, manager-63 for each service."""
    clock.restart()
    with contextlib.ExitStack() as stack:
        application = open_application(stack)
        world = World(application.client, clock, application.runner, {})
        world.administration_is_own = True
        rights: list[dict[str, Any]] = [
            {"identity": "local:legal-69", "role": "legal", "departments": DEPARTMENTS},
            {"identity": "local:manager-63", "role": "manager", "platforms": PLATFORMS},
        ]
        for right in rights:
            answer = world.administer("admin", "rights", {**right, "starts_on": "2011-01-01"})
            assert answer.status_code == 201, answer.text
        yield application


@pytest.fixture
def world(courthouse: Application, clock: VirtualClock) -> World:
    """A published case of its own."""
    clock.restart()
    return World(courthouse.client, clock, courthouse.runner, {})


@given(parsers.re(rf"the request of (?P<name>c-\d\d) is filed on (?P<day>{DAY})"))
def _filed_then(world: World, name: str, day: str) -> None:
    _file(world, name, day, [])


@given(parsers.re(rf"the request of (?P<name>c-\d\d) is filed on (?P<day>{DAY}) with:"))
def _filed_then_with(world: World, name: str, day: str, datatable: Table) -> None:
    _file(world, name, day, changes_of(datatable))


def _file(world: World, name: str, day: str, changes: list[tuple[str, str]]) -> None:
    """File the example, its dates brought back to that day; route it by hand where no table of that day does."""
    filed_on = date.fromisoformat(day)
    world.clock.go_to(filed_on)
    (path,) = FILINGS.glob(f"{name}-*.json")
    body = _brought_back(json.loads(path.read_text()), filed_on)
    answer = world.file("employer-acme", altered(body, changes, filed_on))
    assert answer.status_code == 201, answer.text
    routing = world.state()["routing"]
    if routing is None or routing["platform"] != PLATFORM:
        department = body["request"]["job"]["workplace"]["postcode"][:2]
        reason = "Le préfet du département décidait ; la plateforme tient lieu du service de l'époque."
        told = {"platform": PLATFORM, "competent_department": department, "deciding_department": department}
        world.must("manager-63", "route", {**told, "reason": reason})
    world.must("agent-63", "claim")


def _brought_back(body: dict[str, Any], filed_on: date) -> dict[str, Any]:
    """The same request with a job that begins four months later, and an offer published before it was filed."""
    request, job = body["request"], body["request"]["job"]
    start = filed_on + timedelta(days=120)
    if "end" in job:
        job["end"] = (start + (date.fromisoformat(job["end"]) - date.fromisoformat(job["start"]))).isoformat()
    job["start"] = start.isoformat()
    if "posting" in job:
        job["posting"]["published_from"] = (filed_on - timedelta(days=45)).isoformat()
        job["posting"]["published_until"] = (filed_on - timedelta(days=15)).isoformat()
    if "residence_title" in request["worker"]:
        request["worker"]["residence_title"]["valid_until"] = (filed_on + timedelta(days=300)).isoformat()
    for diploma in request["particulars"].get("diplomas", []):
        diploma["obtained_on"] = (filed_on - timedelta(days=150)).isoformat()
    request["worker"]["birth_date"] = f"{filed_on.year - 27}-04-04"
    return body


@given(
    parsers.re(
        rf"on (?P<day>{DAY}) the request is refused on (?P<criterion>[a-z_]+) because \"(?P<fact>[^\"]+)\""
        r"(?P<proved>, on the opinion of the labour inspection|)"
    )
)
def _refused_then(world: World, day: str, criterion: str, fact: str, proved: str) -> None:
    """Examined and signed that day as the newest decision, made known that day to both addressees."""
    world.clock.go_to(date.fromisoformat(day))
    if world.state()["assignee"] is None:
        world.must("agent-63", "claim")
    if proved:
        asked = {"body": "inspection du travail", "criterion": criterion, "question": "Quels manquements ?"}
        world.must("agent-63", "request-opinion", asked)
        world.must("agent-63", "record-opinion", {"opinion": "O1", "adverse": True, "finding": fact})
    assess_all(world, {criterion: fact})
    ground = {"criterion": criterion, "fact": fact}
    world.must(holder(world), "propose", {"kind": "refusal", "explanation": WEIGHED, "reasons": [ground]})
    world.must("signatory-63", "sign", {"kind": "refusal"})
    newest = world.state()["decisions"][-1]["id"]
    world.must(holder(world), "make-available", {"decision": newest})
    world.must("employer-acme", "acknowledge-reading", {"decision": newest})
    world.must(holder(world), "acknowledge-reading", {"decision": newest, "addressee": "worker"})


LODGES = parsers.re(
    rf"on (?P<day>{DAY}) the (?P<who>employer|worker|State) lodges an? (?P<action>[a-z_]+) before (?P<court>.+), "
    r"n° (?P<number>\w+)"
)


@given(LODGES)
@when(LODGES)
def _lodged(world: World, day: str, who: str, action: str, court: str, number: str) -> None:
    world.clock.go_to(date.fromisoformat(day))
    lodged = {"by_state": True} if who == "State" else {"lodged_by": who}
    told = {"action": action, "court": court, "court_number": number, "lodged_on": day}
    world.must("legal-69", "open-litigation", {**told, **lodged})


@given(parsers.re(rf'on (?P<day>{DAY}) (?P<litigation>L\d+) ends as (?P<outcome>[a-z_]+): "(?P<summary>[^"]+)"'))
def _ruled(world: World, day: str, litigation: str, outcome: str, summary: str) -> None:
    """Judged that day; that of the notification being seldom reported, it is taken to be the same."""
    world.clock.go_to(date.fromisoformat(day))
    told = {"litigation": litigation, "outcome": outcome, "judged_on": day, "notified_on": day, "summary": summary}
    world.must("legal-69", "record-judgment", told)
