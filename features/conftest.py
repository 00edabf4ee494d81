"""The application that all scenarios share, and the steps that all chapters speak; README.md lists them."""

import base64
import contextlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pytest_bdd import given, parsers, step, then, when

from api.app import create_app
from domain.administration import ADMINISTRATION_STREAM
from domain.demonstration import SYSTEM, administration_facts
from features.bodies import changed, filing, filled, member, value_of
from features.world import VirtualClock, World, agrees, found, told
from ledger.desk import Desk
from ledger.facts import FIRST_HASH
from ledger.settings import Settings
from projections.runner import Runner
from tests.servers import Database

Table = list[list[str]]

IN_OFFICE_SINCE = date(2011, 1, 1)
"""Scenarios replay cases older than the platforms; the demonstration's staff stand for the services of the time."""

DAY = r"\d{4}-\d{2}-\d{2}"
WHO = r"(?P<who>[a-z]+(?:-[a-z0-9]+)*)"
POINTER = r"(?P<pointer>/\S+) = (?P<value>.+)"


class Application(NamedTuple):
    """The API and the read models on one database."""

    client: TestClient[Litestar]
    runner: Runner


def _record_administration(desk: Desk) -> None:
    """What the demonstration's administrator would have recorded before the first case."""
    desk.ledger.append(
        ADMINISTRATION_STREAM,
        administration_facts(desk.tables.shipped, since=IN_OFFICE_SINCE),
        expected_version=0,
        previous_hash=FIRST_HASH,
        actor=SYSTEM,
        command=uuid4(),
    )


@pytest.fixture(scope="session")
def clock() -> VirtualClock:
    """The hour of all scenarios: each sets it again."""
    return VirtualClock()


OpenApplication = Callable[[contextlib.ExitStack], Application]
"""Opens an application that closes with the stack it is given."""


@pytest.fixture(scope="session")
def open_application(
    new_database: Callable[[], Database], valkey_url: str, clock: VirtualClock, tmp_path_factory: pytest.TempPathFactory
) -> OpenApplication:
    """Make an application with a database of its own and the demonstration's administration."""

    def make(stack: contextlib.ExitStack) -> Application:
        database = new_database()
        settings = Settings.from_environment(
            {
                "DATABASE_URL": database.app_url,
                "SMOE_OWNER_DATABASE_URL": database.owner_url,
                "REDIS_URL": valkey_url,
                "SMOE_DATA_DIR": str(tmp_path_factory.mktemp("features")),
                "SMOE_SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
                "SMOE_RATE_LIMITS": "off",
                "SMOE_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
            }
        )
        app = create_app(settings, clock)
        client = stack.enter_context(TestClient(app, raise_server_exceptions=False))
        desk = app.state.desk
        _record_administration(desk)
        runner = Runner(desk.ledger, database.owner_url, reference=desk.tables.shipped, check_key=app.state.check_key)
        stack.callback(runner.close)
        return Application(client, runner)

    return make


@pytest.fixture(scope="session")
def shared_application(open_application: OpenApplication) -> Iterator[Application]:
    """The one application of all scenarios that leave the administration as it is."""
    with contextlib.ExitStack() as stack:
        yield open_application(stack)


@pytest.fixture
def new_application(open_application: OpenApplication) -> Iterator[Callable[[], Application]]:
    """Make an application for one scenario alone; its connections close with the scenario."""
    with contextlib.ExitStack() as stack:
        yield lambda: open_application(stack)


@pytest.fixture(scope="session")
def shared_tokens() -> dict[str, str]:
    """The bearer tokens of the shared application, by identity."""
    return {}


@pytest.fixture
def world(shared_application: Application, shared_tokens: dict[str, str], clock: VirtualClock) -> World:
    """A scenario's own case, on the morning of 2 November 2026 unless it says otherwise."""
    clock.restart()
    return World(shared_application.client, clock, shared_application.runner, shared_tokens)


@given("an administration of its own")
def _own_administration(world: World, new_application: Callable[[], Application]) -> None:
    """For the few scenarios that change delegations, rights or tables: nobody else sees what they do."""
    application = new_application()
    world.client, world.runner, world.tokens = application.client, application.runner, {}
    world.administration_is_own = True


def rows_of(table: Table | None, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The rows of a step's table by column; an unknown column, an empty cell or a table without rows fails."""
    assert table, f"this step needs a table with the columns {required}"
    header, *lines = table
    unknown = [column for column in header if column not in (*required, *optional)]
    lacking = [column for column in required if column not in header]
    assert not unknown, f"unknown columns {unknown}: this step knows {(*required, *optional)}"
    assert not lacking, f"missing columns {lacking}"
    assert lines, "a table without rows expects nothing"
    for line in lines:
        assert all(cell.strip() for cell in line), f'empty cell in {line}: write "", none or []'
    return [dict(zip(header, line, strict=True)) for line in lines]


def must_hold(value: Any, table: Table | None, where: str) -> None:
    """Compare what stands at each path with what its row says."""
    wrong = []
    for row in rows_of(table, ("path", "value")):
        actual = found(value, row["path"])
        if not agrees(actual, row["value"]):
            wrong.append(f"{row['path']}: {told(actual)!r}, not {row['value']!r}")
    assert not wrong, f"{where}: " + " ; ".join(wrong)


def names_of(text: str) -> list[str]:
    """Names in a list such as `RequestFiled, RequestRouted`."""
    names = [name.strip() for name in text.split(",")]
    assert all(names), f"an empty name in {text!r}"
    return names


def body_of(world: World, docstring: str | None) -> dict[str, Any]:
    """The JSON of a step, its placeholders told."""
    assert docstring, "this step needs a body in JSON"
    body = json.loads(filled(docstring, world.clock.today, world.case, world.number))
    assert isinstance(body, dict), "a body is a JSON object"
    return body


def altered(body: dict[str, Any], changes: list[tuple[str, str]], today: date) -> dict[str, Any]:
    """A filing with members changed by JSON pointer."""
    for pointer, cell in changes:
        text = filled(cell, today)
        changed(body, pointer, value_of(text, member(body, pointer)))
    return body


def changes_of(table: Table | None) -> list[tuple[str, str]]:
    """The changes that a step's table asks for."""
    return [(row["pointer"], row["value"]) for row in rows_of(table, ("pointer", "value"))]


def holder(world: World) -> str:
    """The demonstration identity that holds the case."""
    assignee = world.state()["assignee"]
    assert assignee, "nobody holds the case: say who examines it first"
    return str(assignee).removeprefix("local:")


@step(parsers.re(rf"(?:today|the day) is (?P<day>{DAY})"))
def _day(world: World, day: str) -> None:
    world.clock.go_to(date.fromisoformat(day))


def _filed(world: World, who: str, procedure: str, changes: list[tuple[str, str]]) -> None:
    answer = world.file(who, altered(filing(procedure), changes, world.clock.today))
    assert answer.status_code == 201, f"{procedure} filed by {who}: {answer.status_code} {answer.text}"


@given(parsers.re(rf"an? (?P<procedure>[a-z_]+) request filed by {WHO}"))
def _given_filed(world: World, who: str, procedure: str) -> None:
    _filed(world, who, procedure, [])


@given(parsers.re(rf"an? (?P<procedure>[a-z_]+) request filed by {WHO} with {POINTER}"))
def _given_filed_with(world: World, who: str, procedure: str, pointer: str, value: str) -> None:
    _filed(world, who, procedure, [(pointer, value)])


@given(parsers.re(rf"an? (?P<procedure>[a-z_]+) request filed by {WHO} with:"))
def _given_filed_with_table(world: World, who: str, procedure: str, datatable: Table) -> None:
    _filed(world, who, procedure, changes_of(datatable))


@when(parsers.re(rf"{WHO} files an? (?P<procedure>[a-z_]+) request"))
def _files(world: World, who: str, procedure: str) -> None:
    world.file(None if who == "nobody" else who, filing(procedure))


@when(parsers.re(rf"{WHO} files an? (?P<procedure>[a-z_]+) request with {POINTER}"))
def _files_with(world: World, who: str, procedure: str, pointer: str, value: str) -> None:
    world.file(who, altered(filing(procedure), [(pointer, value)], world.clock.today))


@when(parsers.re(rf"{WHO} files an? (?P<procedure>[a-z_]+) request with:"))
def _files_with_table(world: World, who: str, procedure: str, datatable: Table) -> None:
    world.file(who, altered(filing(procedure), changes_of(datatable), world.clock.today))


COMMAND = r'"(?P<command>[a-z-]+)"'


@given(parsers.re(rf"{WHO} has given {COMMAND}"))
def _has_given(world: World, who: str, command: str) -> None:
    world.must(who, command)


@given(parsers.re(rf"{WHO} has given {COMMAND} with:"))
def _has_given_with(world: World, who: str, command: str, docstring: str) -> None:
    world.must(who, command, body_of(world, docstring))


@when(
    parsers.re(
        rf"{WHO} gives {COMMAND}(?: on version (?P<at>\d+))?(?P<unread> naming no version)?"
        r'(?: under the key "(?P<key>[^"]+)")?'
    )
)
def _gives(world: World, who: str, command: str, at: str | None, unread: str | None, key: str | None) -> None:
    _give(world, who, command, {}, at, unread, key)


@when(
    parsers.re(
        rf"{WHO} gives {COMMAND}(?: on version (?P<at>\d+))?(?P<unread> naming no version)?"
        r'(?: under the key "(?P<key>[^"]+)")? with:'
    )
)
def _gives_with(
    world: World, who: str, command: str, at: str | None, unread: str | None, key: str | None, docstring: str
) -> None:
    _give(world, who, command, body_of(world, docstring), at, unread, key)


def _give(
    world: World, who: str, command: str, body: dict[str, Any], at: str | None, unread: str | None, key: str | None
) -> None:
    world.act(
        None if who == "nobody" else who,
        command,
        body,
        at=int(at) if at else None,
        unread=bool(unread),
        key=own_key(world, key) if key else None,
    )


def own_key(world: World, name: str) -> str:
    """The idempotency key that a scenario calls by this name; no other scenario uses it."""
    return world.keys.setdefault(name, uuid4().hex)


@given(parsers.re(rf'{WHO} has given the administration "(?P<command>[a-z/]+)" with:'))
def _has_administered(world: World, who: str, command: str, docstring: str) -> None:
    answer = world.administer(who, command, body_of(world, docstring))
    assert answer.status_code == 201, f"{command} by {who}: {answer.status_code} {answer.text}"


@when(parsers.re(rf'{WHO} gives the administration "(?P<command>[a-z/]+)" with:'))
def _administers(world: World, who: str, command: str, docstring: str) -> None:
    world.administer(None if who == "nobody" else who, command, body_of(world, docstring))


@when(parsers.re(rf"{WHO} reads the (?P<part>case|history|clocks|documents|conditions)"))
def _reads(world: World, who: str, part: str) -> None:
    world.runner.run_until_current()
    world.read(None if who == "nobody" else who, "" if part == "case" else f"/{part}")


@when(parsers.re(rf"{WHO} asks why the case is here"))
def _asks_why(world: World, who: str) -> None:
    world.read(None if who == "nobody" else who, "/routing")


@when(parsers.re(rf"{WHO} tries the table in force, effective from (?P<day>{DAY}), changed:"))
def _tries(world: World, who: str, day: str, datatable: Table) -> None:
    """A dry run of the lines of the table in force, less those that `none` leaves out, with others in their place."""
    changes = {
        (row["department"], row["seasonal"] == "yes"): row
        for row in rows_of(datatable, ("department", "seasonal", "platform", "deciding_department"))
    }
    lines = [line for line in _lines_in_force(world) if (line["department"], line["seasonal"]) not in changes]
    for (department, seasonal), row in changes.items():
        if row["platform"] != "none":
            line = {"department": department, "seasonal": seasonal, "confirmed": True, "source": "Essai de la table"}
            lines.append(line | {key: row[key] for key in ("platform", "deciding_department")})
    world.runner.run_until_current()
    body = {"version": "essai", "effective_from": day, "lines": lines, "source": "Essai de la table"}
    world.administer(None if who == "nobody" else who, "routing/dry-run", body)


def _lines_in_force(world: World) -> list[dict[str, Any]]:
    """The lines of the one table that the demonstration has published."""
    (table,) = routing_tables(world)
    return list(table["lines"])


def routing_tables(world: World) -> list[Any]:
    """The routing tables published so far."""
    answer = world.client.get("/api/admin", headers=world.headers("admin"))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["routing_tables"])


@when(parsers.re(rf"{WHO} assesses (?P<criterion>[a-z_]+)"))
def _assesses(world: World, who: str, criterion: str) -> None:
    world.act(who, "assess", {"criterion": criterion})


@when(parsers.re(rf'{WHO} assesses (?P<criterion>[a-z_]+) as (?P<met>[a-z_]+) because "(?P<because>[^"]+)"'))
def _assesses_as(world: World, who: str, criterion: str, met: str, because: str) -> None:
    world.act(who, "assess", {"criterion": criterion, "met": met, "because": because})


@then(parsers.re(r"there is a condition (?P<criterion>[a-z_]+) that is (?P<met>not assessed|[a-z_]+)"))
def _condition_is(world: World, criterion: str, met: str) -> None:
    held = {assessment["rule"]["criterion"]: assessment["met"] for assessment in world.state()["findings"]}
    assert held.get(criterion, "not assessed") == met


@given(parsers.re(rf"the case is under examination by {WHO}"))
def _under_examination(world: World, who: str) -> None:
    if world.state()["assignee"] != f"local:{who}":
        world.must(who, "claim")


@given(parsers.re(rf"on (?P<day>{DAY}) agent-63 examines an? (?P<procedure>[a-z_]+) request"))
def _examines(world: World, day: str, procedure: str) -> None:
    _examined(world, day, procedure, [])


@given(parsers.re(rf"on (?P<day>{DAY}) agent-63 examines an? (?P<procedure>[a-z_]+) request with:"))
def _examines_with(world: World, day: str, procedure: str, datatable: Table) -> None:
    _examined(world, day, procedure, changes_of(datatable))


def _examined(world: World, day: str, procedure: str, changes: list[tuple[str, str]]) -> None:
    """Filed that day for a job of the next year; before April 2021 no table routes it, and it is routed by hand."""
    world.clock.go_to(date.fromisoformat(day))
    of_the_time = [("/request/job/start", f"{int(day[:4]) + 1}-03-01"), ("/request/worker/birth_date", "1985-03-14")]
    _filed(world, "employer-acme", procedure, [*of_the_time, *changes])
    if world.state()["routing"] is None:
        reason = "Service de main-d'œuvre étrangère compétent avant le transfert aux préfectures."
        world.must("manager-63", "route", {"platform": "Clermont-Ferrand", "reason": reason})
    world.must("agent-63", "claim")


MET_BECAUSE = "Vérifié par l'agent sur les pièces du dossier et auprès des organismes."
"""What the agent says of a condition that no rule can answer by itself."""


def assess_all(world: World, unmet: dict[str, str]) -> None:
    """Assess every condition in force: as computed, or by the agent where no rule answers; `unmet` are not met."""
    who = holder(world)
    for condition in world.conditions(who):
        criterion = condition["rule"]["criterion"]
        _assess(world, who, criterion, unmet.get(criterion))
    assessed = {f["rule"]["criterion"]: f for f in world.state()["findings"]}
    assert set(unmet) <= set(assessed), f"{set(unmet) - set(assessed)} are no conditions of this procedure"
    for criterion, assessment in assessed.items():
        wanted = {"not_met"} if criterion in unmet else {"met", "not_opposable", "not_applicable"}
        assert assessment["met"] in wanted, f"{criterion} is {assessment['met']}: {assessment['because']}"


def _assess(world: World, who: str, criterion: str, unmet_because: str | None) -> None:
    answer = world.act(who, "assess", {"criterion": criterion})
    if answer.status_code == 422 and answer.json()["code"] == "finding_needs_reason":
        met = "not_met" if unmet_because else "met"
        world.must(who, "assess", {"criterion": criterion, "met": met, "because": unmet_because or MET_BECAUSE})
        return
    assert answer.status_code == 200, answer.text
    if unmet_because is None:
        return
    computed = next(f for f in world.state()["findings"] if f["rule"]["criterion"] == criterion)["met"]
    if computed != "not_met":
        world.must(who, "override-finding", {"criterion": criterion, "met": "not_met", "reason": unmet_because})


@given("every condition is assessed as met")
def _all_met(world: World) -> None:
    assess_all(world, {})


@given(parsers.re(r'every condition is assessed, but (?P<criterion>[a-z_]+) is not met because "(?P<because>[^"]+)"'))
def _all_but_one_met(world: World, criterion: str, because: str) -> None:
    assess_all(world, {criterion: because})


FOUND_BY_OTHERS = frozenset({"employer_record", "employer_offences", "internship_host"})
"""Grounds whose facts only another body establishes: they are proved or refused."""


def _report(world: World) -> str:
    """The identifier of a report of the labour inspectorate, put in the file."""
    report = {"item": "other", "title": "Rapport de l'inspection du travail", "sha256": "cd" * 32, "bytes": 80_000}
    world.must(holder(world), "add-document", {"document": report})
    return str(world.state()["documents"][-1]["id"])


def propose(world: World, kind: str, reasons: dict[str, str]) -> None:
    """The agent who holds the case proposes a decision; what another body has found is shown by its report."""
    grounds = [
        {"criterion": criterion, "fact": fact, "exhibits": [_report(world)] if criterion in FOUND_BY_OTHERS else []}
        for criterion, fact in reasons.items()
    ]
    world.must(holder(world), "propose", {"kind": kind, "reasons": grounds})


@given(parsers.re(r"an? (?P<kind>grant|stamp|opinion_favourable) is proposed"))
def _favourable_proposed(world: World, kind: str) -> None:
    propose(world, kind, {})


@given(
    parsers.re(
        r"an? (?P<kind>refusal|stamp_refusal|opinion_unfavourable) is proposed on (?P<criterion>[a-z_]+) "
        r'because "(?P<fact>[^"]+)"'
    )
)
def _unfavourable_proposed(world: World, kind: str, criterion: str, fact: str) -> None:
    propose(world, kind, {criterion: fact})


@given(parsers.re(rf"the proposal is signed by {WHO}"))
def _proposal_signed(world: World, who: str) -> None:
    world.must(who, "sign", {"kind": world.state()["proposal"]["kind"]})


def administer(world: World, command: str, body: dict[str, Any]) -> None:
    """Give the administrator's command, which has to succeed."""
    answer = world.client.post(f"/api/admin/{command}", json=body, headers=world.headers("admin"))
    assert answer.status_code == 201, f"{command}: {answer.status_code} {answer.text}"


@given(parsers.re(rf"the only delegation of {WHO} has (?P<member>[a-z_]+) = (?P<value>.+)"))
def _only_delegation(world: World, who: str, member: str, value: str) -> None:
    """The delegation held so far ended yesterday; a new one begins in October, for all acts, but for one member."""
    known = world.client.get("/api/admin", headers=world.headers("admin")).json()["delegations"]
    (held,) = [each for each in known if each["identity"] == f"local:{who}"]
    end = {"delegation": held["id"], "ends_on": "2026-11-01", "reason": "Nouvel arrêté de délégation."}
    administer(world, "delegations/end", end)
    granted: dict[str, Any] = {
        "number": "2026-063-009",
        "identity": held["identity"],
        "name": held["name"],
        "quality": held["quality"],
        "service": held["service"],
        "platform": "Clermont-Ferrand",
        "departments": ["*"],
        "acts": held["acts"],
        "starts_on": "2026-10-01",
        "published_on": "2026-10-20",
        "publication": "RAA n° 63-2026-118",
    }
    assert member in granted or member == "ends_on", f"no delegation has {member}"
    administer(world, "delegations", {**granted, member: value_of(value)})


@given(
    parsers.re(rf"a hearing for (?P<intended>[a-z]+) on the ground of (?P<basis>[a-z_]+) was opened on (?P<day>{DAY})")
)
def _hearing_open(world: World, intended: str, basis: str, day: str) -> None:
    """By agent-63, with the fifteen days of practice; the scenario goes on on that day."""
    world.clock.go_to(date.fromisoformat(day))
    grounds = "Les pièces reçues depuis contredisent celles de la demande."
    body = {"decision": "D1", "intended": intended, "legal_basis": basis, "grounds": grounds}
    world.must("agent-63", "open-prior-hearing", body)


LOW_PAY = "La rémunération proposée, 1 700 euros bruts par mois, est inférieure au SMIC de 1 867,02 euros."


@given("a request refused on pay")
def _refused_on_pay(world: World) -> None:
    """Filed by employer-acme, examined by agent-63, refused by signatory-63 as decision D1, all on the same day."""
    _filed(
        world,
        "employer-acme",
        "introduction_permanent",
        [("/request/job/pay_monthly_gross", "1700.00"), ("/request/job/agreement_minimum_monthly", "absent")],
    )
    world.must("agent-63", "claim")
    assess_all(world, {"pay": LOW_PAY})
    propose(world, "refusal", {"pay": LOW_PAY})
    world.must("signatory-63", "sign", {"kind": "refusal"})


@given(parsers.re(r"an? (?P<procedure>[a-z_]+) request granted"))
def _granted(world: World, procedure: str) -> None:
    """Filed by employer-acme, examined and signed at its platform as decision D1, all on the same day."""
    _filed(world, "employer-acme", procedure, [])
    platform = {"Avignon": "84"}.get(world.state()["routing"]["platform"], "63")
    world.must(f"agent-{platform}", "claim")
    assess_all(world, {})
    propose(world, "grant", {})
    world.must(f"signatory-{platform}", "sign", {"kind": "grant"})


@given(parsers.re(r"decision (?P<decision>D\d+) is made available by post|decision (?P<other>D\d+) is made available"))
def _made_available(world: World, decision: str | None, other: str | None) -> None:
    body = {"decision": decision or other, "channel": "post" if decision else "teleservice"}
    world.must(holder(world), "make-available", body)


@given(parsers.re(r"decision (?P<decision>D\d+) is read by the (?P<addressee>employer|worker)"))
def _read_by(world: World, decision: str, addressee: str) -> None:
    if addressee == "employer":
        world.must("employer-acme", "acknowledge-reading", {"decision": decision})
    else:
        world.must(holder(world), "acknowledge-reading", {"decision": decision, "addressee": "worker"})


@pytest.fixture
def words() -> dict[str, Any]:
    """What decisions said when a scenario took note of it."""
    return {}


@given(parsers.re(r"what decision (?P<decision>D\d+) says is noted"))
def _words_noted(world: World, words: dict[str, Any], decision: str) -> None:
    words[decision] = _signed(world, decision)


@then(parsers.re(r"decision (?P<decision>D\d+) says word for word what it said"))
def _same_words(world: World, words: dict[str, Any], decision: str) -> None:
    """Author, grounds, facts, texts, remedies: nothing of it has changed since it was noted."""
    assert words[decision], "nothing was noted"
    assert _signed(world, decision) == words[decision]


def _signed(world: World, decision: str) -> Any:
    (held,) = [each for each in world.state()["decisions"] if each["id"] == decision]
    assert held["signed"]["reasons"], f"decision {decision} has no ground to keep"
    return {member: held[member] for member in ("id", "kind", "on", "stage", "signed", "permit", "remedies")}


@then(parsers.re(r"the facts recorded are (?P<names>[A-Z].*)"))
def _facts_recorded(world: World, names: str) -> None:
    assert world.recorded() == names_of(names)


@then(parsers.re(r"the last facts? (?:is|are) (?P<names>[A-Z].*)"))
def _last_facts(world: World, names: str) -> None:
    """Exactly what the last command recorded, and the end of the history."""
    wanted = names_of(names)
    assert world.answer.status_code in {200, 201}, f"{world.answer.status_code} {world.answer.text}"
    events = world.answer.json().get("events")
    if events is not None:
        assert [event["type"] for event in events] == wanted
    assert world.recorded()[-len(wanted) :] == wanted


@then(parsers.re(rf"the facts read by {WHO} are (?P<names>[A-Z].*)"))
def _facts_read(world: World, who: str, names: str) -> None:
    assert [line["type"] for line in world.history(who)] == names_of(names)


@then(parsers.re(r"there is no fact (?P<name>[A-Z]\w+)"))
def _no_fact(world: World, name: str) -> None:
    assert name not in world.recorded()


@then("nothing more is recorded")
def _nothing_more(world: World) -> None:
    assert world.case is not None, "the scenario has no case"
    assert world.state()["version"] == world.version
    assert len(world.recorded()) == world.version


@then(parsers.re(r"the (?P<which>first |)fact (?P<name>[A-Z]\w+) has:"))
def _fact_has(world: World, which: str, name: str, datatable: Table) -> None:
    """Paths into the fact, or `@sentence`, `@articles`, `@actor_name`, `@quality`, `@legal_date` of its line."""
    lines = [line for line in world.history() if line["type"] == name]
    assert lines, f"no fact {name} among {world.recorded()}"
    line = lines[0] if which else lines[-1]
    surroundings = {f"@{member}": value for member, value in line.items() if member != "detail"}
    must_hold({**line["detail"], **surroundings}, datatable, name)


@then("the case has:")
def _case_has(world: World, datatable: Table) -> None:
    must_hold(world.state(), datatable, "the case")


@then(parsers.re(rf"the case read by {WHO} has:"))
def _case_read_has(world: World, who: str, datatable: Table) -> None:
    must_hold(world.state(who), datatable, f"the case read by {who}")


PARTS = {
    "decision": "decisions",
    "appeal": "appeals",
    "litigation": "litigation",
    "items request": "missing_items",
    "opinion": "opinions",
    "document": "documents",
    "hearing": "hearings",
    "message": "messages",
}


@then(parsers.re(rf"the (?P<part>{'|'.join(PARTS)}) (?P<id>[A-Z]\d+) has:"))
def _part_has(world: World, part: str, id: str, datatable: Table) -> None:
    held = world.state()[PARTS[part]]
    named = [each for each in held if each["id"] == id]
    assert len(named) == 1, f"{part} {id} among {[each['id'] for each in held]}"
    must_hold(named[0], datatable, f"{part} {id}")


@then(parsers.re(r"the condition (?P<criterion>[a-z_]+) has:"))
def _condition_has(world: World, criterion: str, datatable: Table) -> None:
    held = {assessment["rule"]["criterion"]: assessment for assessment in world.state()["findings"]}
    assert criterion in held, f"{criterion} is not assessed, only {list(held)}"
    must_hold(held[criterion], datatable, criterion)


@then("the conditions are:")
def _conditions_are(world: World, datatable: Table) -> None:
    """All conditions assessed, in no order: criterion and met, and the article if the table names it."""
    rows = rows_of(datatable, ("criterion", "met"), ("article",))
    held = world.state()["findings"]
    actual = {f["rule"]["criterion"]: {"met": f["met"], "article": f["rule"]["article"]} for f in held}
    wanted = {row["criterion"]: {name: row[name] for name in row if name != "criterion"} for row in rows}
    columns = next(iter(wanted.values())).keys()
    assert {criterion: {name: a[name] for name in columns} for criterion, a in actual.items()} == wanted


@then(
    parsers.re(
        r"the clock (?P<id>[A-Z][A-Z0-9_]*)(?: of (?P<ref>[A-Z]\d+))?(?: for the (?P<addressee>employer|worker))? has:"
    )
)
def _clock_has(world: World, id: str, ref: str | None, addressee: str | None, datatable: Table) -> None:
    every = world.clocks()
    fitting = [
        clock
        for clock in every
        if clock["id"] == id and ref in (None, clock["ref"]) and addressee in (None, clock["addressee"])
    ]
    seen = [(clock["id"], clock["ref"], clock["addressee"]) for clock in every]
    assert len(fitting) == 1, f"{len(fitting)} clocks {id} {ref or ''} {addressee or ''} among {seen}"
    must_hold(fitting[0], datatable, f"clock {id}")


@then(parsers.re(r"there is no clock (?P<id>[A-Z][A-Z0-9_]*)"))
def _no_clock(world: World, id: str) -> None:
    assert id not in [clock["id"] for clock in world.clocks()]


@then(parsers.re(r"the answer is (?P<status>\d{3})"))
def _answer_is(world: World, status: str) -> None:
    assert world.answer.status_code == int(status), world.answer.text


@then("the answer has:")
def _answer_has(world: World, datatable: Table) -> None:
    must_hold(world.answer.json(), datatable, "the answer")


@then(parsers.re(r'it is refused with (?P<status>\d{3}) "(?P<code>[a-z_]+)"(?: naming "(?P<text>[^"]+)")?'))
def _refused(world: World, status: str, code: str, text: str | None) -> None:
    """A problem with this status and code, whose detail holds the text; and nothing was recorded."""
    answer = world.answer
    assert answer.status_code == int(status), f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, int(status)), problem
    assert problem["title"], "a problem has a French title"
    assert text is None or text in problem.get("detail", ""), problem.get("detail")
    if world.case is not None:
        assert world.state()["version"] == world.version, "something was recorded"


@then("the faults are:")
def _faults_are(world: World, datatable: Table) -> None:
    """Every fault of the answer, in no order: pointer and code, and a part of the message if the table names it."""
    rows = rows_of(datatable, ("pointer", "code"), ("message",))
    faults = {(fault["pointer"], fault["code"]): fault["message"] for fault in world.answer.json()["faults"]}
    assert set(faults) == {(row["pointer"], row["code"]) for row in rows}, faults
    for row in rows:
        message = faults[row["pointer"], row["code"]]
        assert row.get("message", "") in message, message


@then(parsers.re(r'the fault at (?P<pointer>/\S+) is "(?P<code>[a-z_]+)"'))
def _fault_is(world: World, pointer: str, code: str) -> None:
    faults = [(fault["pointer"], fault["code"]) for fault in world.answer.json().get("faults", [])]
    assert faults == [(pointer, code)], f"{world.answer.status_code} {world.answer.text}"
