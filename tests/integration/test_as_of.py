"""Any case, and the administration, as of any instant: what is answered is the fold of what was recorded by then."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest

from cli.simulate import simulate
from domain.administration import ADMINISTRATION_STREAM, Administration
from domain.administration import replay as replay_administration
from domain.case import PARIS, Case
from domain.demonstration import IDENTITIES
from domain.envelope import Role
from domain.events import AdministrationEvent, DelegationEnded, DelegationGranted, RightsGranted, RightsRevoked
from domain.fold import replay
from ledger.facts import Recorded
from tests.api.service import Service, service_on, settings_on
from tests.servers import Database
from tests.unit.given import a_delegation

CASES: Final = 200
INSTANTS: Final = 6
UNTIL: Final = date(2026, 11, 2)
TINY: Final = timedelta(microseconds=1)

Facts = tuple[Recorded[Any], ...]


class Place(NamedTuple):
    """An application on simulated cases, with the raw facts read apart."""

    service: Service
    streams: dict[UUID, Facts]
    administration: Facts


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    settings = settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("as-of"))
    simulate(settings, cases=CASES, seed=17, until=UNTIL)
    with service_on(settings, seeded=True) as service:
        ledger = service.desk.ledger
        change_administration(ledger)
        found: dict[UUID, list[Recorded[Any]]] = {}
        position = 0
        while facts := ledger.read(position, 5_000):
            position = facts[-1].position or 0
            for fact in facts:
                found.setdefault(fact.stream, []).append(fact)
        administration = found.pop(ADMINISTRATION_STREAM)
        assert len(found) == CASES
        service.runner.run_until_current()
        yield Place(service, {stream: tuple(facts) for stream, facts in found.items()}, tuple(administration))


def change_administration(ledger: Any) -> None:
    """Rights and delegations come and go in the course of the year, some recorded out of the order of their hours."""
    dice = random.Random(5)
    for number in range(40):
        delegation = a_delegation(f"local:person-{number % 7}", number=f"2026-{number}", id=UUID(int=number))
        identity = f"local:person-{number % 5}"
        events: tuple[AdministrationEvent, ...] = (
            (DelegationGranted(delegation=delegation),),
            (DelegationEnded(delegation=UUID(int=number // 2), number="", ends_on=UNTIL, reason="Fin."),),
            (RightsGranted(identity=identity, role=Role.AGENT, platforms=("Avignon",), starts_on=date(2026, 1, 1)),),
            (RightsRevoked(identity=identity, role=Role.AGENT, reason="Fin.", ends_on=date(2026, 8, 1)),),
        )[number % 4]
        version, head = ledger.head(ADMINISTRATION_STREAM)
        ledger.append(
            ADMINISTRATION_STREAM,
            events,
            expected_version=version,
            previous_hash=head,
            actor=IDENTITIES["admin"].actor,
            command=uuid4(),
            recorded_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=dice.randrange(300), seconds=number),
        )


def instants_of(facts: Facts, dice: random.Random) -> Iterator[datetime]:
    """Instants at which the filing is known: of facts themselves, just before one, and anywhere between and after."""
    first, last = facts[0].recorded_at, facts[-1].recorded_at
    yield dice.choice(facts).recorded_at
    yield first
    later = facts[1:] or facts
    yield max(first, dice.choice(later).recorded_at - TINY)
    for _ in range(INSTANTS - 3):
        yield first + (last - first + timedelta(days=2)) * dice.random()


def days_of(facts: Facts, dice: random.Random) -> Iterator[date]:
    yield effective_on(dice.choice(facts))
    yield effective_on(facts[0]) + timedelta(days=dice.randrange(1, 200))


def effective_on(fact: Recorded[Any]) -> date:
    return fact.legal_date or fact.recorded_at.astimezone(PARIS).date()


def fold(stream: UUID, facts: Facts) -> Case:
    case = replay([fact.event for fact in facts], stream)
    assert case is not None
    return case


SHARED: Final = (
    "id", "number", "version", "status", "stage", "request", "filed_on", "routing", "acknowledgement", "assignee",
    "assignee_name", "missing_items", "opinions", "decisions", "hearings", "appeals", "litigation", "messages",
)  # fmt: skip
"""What a case says of itself under the same name as its state."""


def without_files(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Documents as facts alone tell them: one view adds what was found of their files, the other how it is kept."""
    return [{name: each[name] for name in ("id", "versions", "refused", "received_on")} for each in documents]


def must_tell(told: dict[str, Any], case: Case, facts: Facts) -> None:
    """The view is that of the fold, member by member."""
    wanted = as_json(case)
    assert {name: told[name] for name in SHARED} == {name: wanted[name] for name in SHARED}
    assert told["documents"] == list(wanted["documents"].values())
    assert told["findings"] == list(wanted["findings"].values())
    assert told["position"] == facts[-1].position
    assert told["proposal"] == (as_json(case.proposal.event) if case.proposal else None)


def as_json(value: Any) -> Any:
    """A value as it reads over the wire."""
    return json.loads(msgspec.json.encode(value))


def read(place: Place, path: str, **query: Any) -> dict[str, Any]:
    answer = place.service.get("auditor", path, **query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_two_hundred_streams_as_of_random_instants_are_the_fold_of_what_was_recorded(place: Place) -> None:
    asked, partial = 0, 0
    for stream, facts in place.streams.items():
        dice = random.Random(stream.int)
        for instant in instants_of(facts, dice):
            known = tuple(fact for fact in facts if fact.recorded_at <= instant)
            case = fold(stream, known)
            told = read(place, f"/api/cases/{stream}", as_of=instant.isoformat())
            must_tell(told, case, known)
            assert datetime.fromisoformat(told["as_of"]) == instant
            documents = read(place, f"/api/cases/{stream}/documents", as_of=instant.isoformat())
            assert without_files(documents["documents"]) == without_files(told["documents"])
            assert documents["version"] == len(known)
            asked += 1
            partial += len(known) < len(facts)
    assert asked == CASES * INSTANTS
    assert partial > CASES


def test_two_hundred_streams_as_legally_of_random_days_are_the_fold_of_what_was_in_effect(place: Place) -> None:
    """Alone, and together with an instant; where the filing had no effect yet, there is no case."""
    retroactive = 0
    for stream, facts in place.streams.items():
        dice = random.Random(stream.int + 1)
        instant = dice.choice(facts).recorded_at
        for day in days_of(facts, dice):
            for as_of in (None, instant):
                known = tuple(
                    fact for fact in facts if effective_on(fact) <= day and (as_of is None or fact.recorded_at <= as_of)
                )
                query = {"legal_as_of": day.isoformat(), **({"as_of": as_of.isoformat()} if as_of else {})}
                told = read(place, f"/api/cases/{stream}", **query)
                must_tell(told, fold(stream, known), known)
                end = as_of or last_instant_of(day)
                unlike = [(fact.recorded_at <= end, effective_on(fact) <= day) for fact in facts]
                assert told["differs"] == {
                    "recorded_not_in_effect": unlike.count((True, False)),
                    "in_effect_recorded_later": unlike.count((False, True)),
                }
                retroactive += unlike.count((False, True))
                documents = read(place, f"/api/cases/{stream}/documents", **query)
                assert without_files(documents["documents"]) == without_files(told["documents"])
                assert documents["legal_as_of"] == day.isoformat()
    assert retroactive > 0


def last_instant_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=PARIS)


def test_every_reading_of_a_case_names_its_instants_and_what_differs(place: Place) -> None:
    for stream, facts in list(place.streams.items())[:20]:
        instant, day = facts[len(facts) // 2].recorded_at, effective_on(facts[len(facts) // 2])
        query = {"as_of": instant.isoformat(), "legal_as_of": day.isoformat()}
        whole = read(place, f"/api/cases/{stream}", **query)
        for part in ("/history", "/clocks", "/documents", "/conditions", "/notes"):
            told = read(place, f"/api/cases/{stream}{part}", **query)
            for name in ("as_of", "legal_as_of", "differs"):
                assert told[name] == whole[name], part
            plain = read(place, f"/api/cases/{stream}{part}")
            assert (plain["as_of"], plain["legal_as_of"], plain["differs"]) == (None, None, None)
        assert whole["differs"] is not None


def test_the_administration_as_of_random_instants_is_the_fold_of_what_was_recorded(place: Place) -> None:
    dice = random.Random(11)
    facts = place.administration
    instants = [fact.recorded_at for fact in facts[-40:]]
    instants += [instant - TINY for instant in instants]
    instants += [datetime(2025, 12, 1, tzinfo=UTC) + timedelta(days=400) * dice.random() for _ in range(120)]
    seen = set()
    for instant in instants:
        known = [fact.event for fact in facts if fact.recorded_at <= instant]
        state = replay_administration(known, Administration())
        told = read(place, "/api/admin", as_of=instant.isoformat())
        wanted = as_json(state)
        for name in ("version", "delegations", "rights", "revoked", "agents", "routing_tables"):
            assert told[name] == wanted[name], name
        assert datetime.fromisoformat(told["as_of"]) == instant
        assert told["recorded_later"] == len(facts) - len(known)
        seen.add(len(known))
    assert len(seen) > 30


@pytest.mark.parametrize(
    ("part", "query"),
    [
        ("", {"as_of": "2026-01-01T00:00:00"}),
        ("/documents", {"legal_as_of": "1200-01-01"}),
        ("/conditions", {"as_of": "2026-01-01T00:00:00"}),
        ("/notes", {"legal_as_of": "hier"}),
    ],
)
def test_an_instant_that_says_no_time_zone_and_a_day_without_memory_are_refused(
    place: Place, part: str, query: dict[str, str]
) -> None:
    stream = next(iter(place.streams))
    answer = place.service.get("auditor", f"/api/cases/{stream}{part}", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert place.service.get("auditor", "/api/admin", as_of="2026-01-01T00:00:00").status_code == 400


def test_before_its_filing_there_is_no_case(place: Place) -> None:
    stream, facts = next(iter(place.streams.items()))
    before = (facts[0].recorded_at - TINY).isoformat()
    assert place.service.get("auditor", f"/api/cases/{stream}", as_of=before).status_code == 404
