"""What the read models answer: lists, pages, counts, registers, figures and checks, against the histories."""

import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.rows import dict_row

from domain.acts import Addressee, CourtAction, DecisionKind, JudgmentOutcome
from domain.case import OPEN, Case, Status
from domain.clocks import next_deadline
from domain.demonstration import IDENTITIES
from domain.events import (
    JudgmentRecorded,
    LitigationOpened,
    OfiiNotified,
    PermitRepealed,
    PermitWithdrawn,
    RequestRefused,
    SuspensionOrdered,
)
from domain.fold import replay
from domain.reference.load import load_reference
from ledger.histories import AnyEvent
from ledger.store import Ledger
from projections.access import EVERYTHING, AccessFilter
from projections.cases import (
    QUEUES,
    Asker,
    CaseQuery,
    CaseRow,
    CursorInvalid,
    Order,
    list_cases,
    queue_counts,
)
from projections.clocks import due
from projections.dashboard import AGE_CLASSES, ENDED, DashboardQuery, Figures, Group, dashboard, outcome
from projections.decisions import DecisionQuery, register
from projections.history import history
from projections.ofii_register import messages
from projections.permits import PermitState, check_permit
from projections.places import crowds, left_to_hand, open_cases_of
from projections.read_model import ScopedRow, folded, read_models
from projections.runner import Runner
from tests.conftest import Database
from tests.histories import (
    AGENT,
    CHECK_KEY,
    EMPLOYER,
    SIGNATORY,
    Step,
    a_filing,
    a_grant,
    a_routing,
    a_signed,
    at,
    drafts,
    many_cases,
    open_ledger,
    write,
)

TODAY = date(2026, 1, 15)
COUNT = 300
REFERENCE = load_reference()


class World(NamedTuple):
    """Many cases, told to the read models and folded here apart."""

    connection: Connection[Any]
    ledger: Ledger[AnyEvent]
    cases: dict[UUID, Case]
    steps: dict[UUID, list[Step]]


@pytest.fixture(scope="module")
def world(module_database: Database) -> Iterator[World]:
    ledger = open_ledger(module_database.app_url)
    steps = many_cases(COUNT, 11)
    ledger.append_bulk(draft for stream, each in steps.items() for draft in drafts(stream, each))
    runner = Runner(ledger, module_database.owner_url, reference=REFERENCE, check_key=CHECK_KEY)
    runner.run_until_current()
    runner.close()
    folded_here = {stream: replay((event for _, event, _ in each), stream) for stream, each in steps.items()}
    with psycopg.connect(module_database.app_url, autocommit=True) as connection:
        yield World(connection, ledger, {s: case for s, case in folded_here.items() if case is not None}, steps)
    ledger.close()


def asker(access: AccessFilter = EVERYTHING, identity: str = AGENT.identity) -> Asker:
    return Asker(identity=identity, today=TODAY, access=access)


def all_pages(world: World, who: Asker, asked: CaseQuery) -> list[CaseRow]:
    found: list[CaseRow] = []
    page = list_cases(world.connection, who, asked)
    found += page.items
    while page.next:
        page = list_cases(world.connection, who, CaseQuery(**{**_asdict(asked), "cursor": page.next}))
        found += page.items
        assert len(found) <= len(world.cases), "the pages do not end"
    return found


def _asdict(asked: CaseQuery) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in asked.__struct_fields__}


# --- access -----------------------------------------------------------------------------------------------------------

FILTERS = st.builds(
    AccessFilter,
    all=st.just(False),
    platforms=st.frozensets(st.sampled_from(["Clermont-Ferrand", "Avignon", "Lille"])),
    departments=st.frozensets(st.sampled_from(["69", "63", "84", "75"])),
    filed_by=st.none() | st.sampled_from([EMPLOYER.identity, "local:mandatary-durand", "it's 100% nobody"]),
    related_to=st.none() | st.sampled_from(["local:worker-diallo", "it's 100% nobody"]),
    recipients=st.frozensets(st.sampled_from(["OFII", "DGFiP"])),
    unrouted=st.booleans(),
)
SCOPED = [model for model in read_models() if issubclass(model.row, ScopedRow)]


def test_every_listed_model_carries_its_scope() -> None:
    assert {model.table for model in SCOPED} == {"cases", "clocks", "dashboard", "decisions", "ofii_register"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(access=FILTERS)
def test_sql_and_python_agree_on_who_sees_what(world: World, access: AccessFilter) -> None:
    allowed = {stream for stream, case in world.cases.items() if access.allows(case)}
    for model in SCOPED:
        with world.connection.cursor() as cursor:
            everything = {row[0] for row in cursor.execute(f"SELECT case_id FROM read.{model.table}".encode())}
            text = access.condition().as_string(cursor)
            found = {row[0] for row in cursor.execute(f"SELECT case_id FROM read.{model.table} WHERE {text}".encode())}
        assert found == everything & allowed, model.table


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(access=FILTERS, queue=st.sampled_from([None, *QUEUES]), word=st.sampled_from([None, "acme", "At-0000"]))
def test_no_question_shows_a_case_outside_the_filter(
    world: World, access: AccessFilter, queue: str | None, word: str | None
) -> None:
    def allowed(case_id: UUID) -> bool:
        return access.allows(world.cases[case_id])

    page = list_cases(world.connection, asker(access), CaseQuery(queue=queue, q=word, limit=200))
    assert all(allowed(row.case_id) for row in page.items)
    assert all(allowed(row.case_id) for row in due(world.connection, access, date(2030, 1, 1), limit=1000))
    assert all(allowed(row.case_id) for row in register(world.connection, access, DecisionQuery(limit=500)))
    assert all(allowed(row.case_id) for row in messages(world.connection, access, limit=500))
    figures = dashboard(world.connection, access, DashboardQuery(), today=TODAY).total
    assert figures.filed == sum(map(access.allows, world.cases.values()))


def test_nothing_is_seen_unless_something_is_given(world: World) -> None:
    assert list_cases(world.connection, asker(AccessFilter()), CaseQuery()).total == 0
    assert list_cases(world.connection, asker(EVERYTHING), CaseQuery()).total == len(world.cases)


# --- lists and queues -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_hold_every_case_once_in_order(world: World, order: Order, limit: int) -> None:
    found = all_pages(world, asker(), CaseQuery(order=order, limit=limit))
    assert len(found) == len(world.cases) == COUNT
    assert {row.case_id for row in found} == set(world.cases)
    far = date.max
    if order is Order.DEADLINE:
        keys = [(row.next_deadline_on or far, row.filed_on, row.case_id) for row in found]
        assert keys == sorted(keys)
    else:
        newest = [(row.filed_on, row.case_id) for row in found]
        assert newest == sorted(newest, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "é", "e30=", "WzFd"])
def test_a_cursor_not_given_by_us_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        list_cases(world.connection, asker(), CaseQuery(cursor=cursor))


def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    page = list_cases(world.connection, asker(), CaseQuery(limit=1))
    with pytest.raises(CursorInvalid):
        list_cases(world.connection, asker(), CaseQuery(cursor=page.next, order=Order.NEWEST))


@pytest.mark.parametrize("access", [EVERYTHING, AccessFilter(platforms=frozenset({"Avignon"}))])
def test_the_count_of_each_queue_is_the_length_of_its_list(world: World, access: AccessFilter) -> None:
    counts = queue_counts(world.connection, asker(access))
    assert list(counts) == list(QUEUES)
    for queue, count in counts.items():
        listed = all_pages(world, asker(access), CaseQuery(queue=queue, limit=50))
        assert len(listed) == count, queue
        assert list_cases(world.connection, asker(access), CaseQuery(queue=queue)).total == count
    assert sum(counts.values()) > 0


def test_queues_are_what_the_cases_say(world: World) -> None:
    counts = queue_counts(world.connection, asker())
    assert counts["to_sign"] == sum(case.status.value == "to_sign" for case in world.cases.values()) > 0
    assert counts["appeals"] == sum(case.open_appeal is not None for case in world.cases.values()) > 0
    assert counts["litigation"] == sum(bool(case.litigation) for case in world.cases.values()) > 0
    granted = {
        s for s, c in world.cases.items() if c.current_decision and c.current_decision.kind is DecisionKind.GRANT
    }
    told = {s for s, steps in world.steps.items() if any(isinstance(event, OfiiNotified) for _, event, _ in steps)}
    # Every contract of these histories is seasonal or longer than three months.
    assert counts["to_notify_ofii"] == len(granted - told) > 0
    assert granted & told
    assert counts["mine"] == sum(
        case.assignee == AGENT.identity and case.status not in ENDED for case in world.cases.values()
    )


def test_filters_hold_together(world: World) -> None:
    asked = CaseQuery(department="69", procedure="seasonal", due_before=date(2025, 12, 1), limit=200)
    for row in list_cases(world.connection, asker(), asked).items:
        assert "69" in {row.competent_department, row.deciding_department, row.workplace_department}
        assert row.procedure == "seasonal"
        assert row.next_deadline_on is not None
        assert row.next_deadline_on < date(2025, 12, 1)
    mine = list_cases(world.connection, asker(), CaseQuery(filed_by=EMPLOYER.identity, status="decided", limit=200))
    assert {(row.filed_by, row.status) for row in mine.items} == {(EMPLOYER.identity, "decided")}


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Éclair", "eclair"), ("CŒUR-de-Bœuf", "coeur de boeuf"), ("  l'Étoile ", "l etoile"), ("100%", "100"), ("_", "")],
)
def test_texts_are_folded_alike(text: str, plain: str) -> None:
    assert folded(text) == plain


@pytest.mark.parametrize("words", ["boulangerie eclair", "ÉCLAIR", "Boulangerie  Éclair"])
def test_search_ignores_accents_and_case(world: World, words: str) -> None:
    found = list_cases(world.connection, asker(), CaseQuery(q=words, limit=200))
    assert found.total == sum("Éclair" in getattr(c.request.employer, "name", "") for c in world.cases.values()) > 0


def test_search_by_number_siret_and_worker(world: World) -> None:
    (row,) = list_cases(world.connection, asker(), CaseQuery(q="at-000042")).items
    assert row.number == "AT-000042"
    assert list_cases(world.connection, asker(), CaseQuery(q="90200029800015")).total > 0
    assert list_cases(world.connection, asker(), CaseQuery(q="benali")).total > 0
    assert list_cases(world.connection, asker(), CaseQuery(q="personne%")).total == 0
    assert world.cases[row.case_id].number == "AT-000042"


def test_crowds_add_up_to_the_cases_of_the_histories(world: World) -> None:
    since = sorted(case.filed_on for case in world.cases.values())[len(world.cases) // 2]
    cases = {stream: case for stream, case in world.cases.items() if case.filed_on >= since}
    at_work = {stream: case.routing for stream, case in cases.items() if case.status in OPEN}
    routed = {stream: routing for stream, routing in at_work.items() if routing is not None}
    decided = [case for case in cases.values() if case.routing is not None and case.status is Status.DECIDED]
    found = crowds(world.connection, since)
    assert sum(crowd.still_open for crowd in found) == len(routed) > 0
    assert sum(crowd.decided for crowd in found) == len(decided) > 0
    assert left_to_hand(world.connection, since) == len(at_work) - len(routed) > 0
    named = open_cases_of(world.connection, (crowd.place for crowd in found), since, len(cases))
    assert {each.case for each in named} == set(routed)
    for each in named:
        assert each.place.line is not None
        assert each.place.department == routed[each.case].competent_department
        assert each.place.line.platform == routed[each.case].platform
    assert open_cases_of(world.connection, (crowd.place for crowd in found), since, 1) == named[:1]
    assert open_cases_of(world.connection, (), since, 1) == ()


def test_the_line_of_a_case_is_its_state(world: World) -> None:
    lines = {row.case_id: row for row in all_pages(world, asker(), CaseQuery(limit=200))}
    assert set(lines) == set(world.cases)
    for stream, case in world.cases.items():
        row = lines[stream]
        deadline = next_deadline(case, world.steps[stream][-1][2], REFERENCE)
        assert (row.status, row.version, row.assignee) == (case.status.value, case.version, case.assignee)
        assert row.next_deadline_on == (deadline.expires_on if deadline else None)
        assert row.decision_kind == (case.current_decision.kind.value if case.current_decision else None)


# --- history ----------------------------------------------------------------------------------------------------------


def test_history_as_of_an_instant_and_of_a_legal_day(world: World) -> None:
    for stream, steps in random.Random(1).sample(list(world.steps.items()), 40):
        whole = history(world.connection, stream)
        assert [row.version for row in whole] == list(range(1, len(steps) + 1))
        instant = at(steps[len(steps) // 2][2], len(steps) // 2)
        before = history(world.connection, stream, as_of=instant)
        assert [row.version for row in before] == [row.version for row in whole if row.recorded_at <= instant]
        day = steps[-1][2] - timedelta(days=1)
        in_effect = history(world.connection, stream, legal_as_of=day)
        assert {row.version for row in in_effect} == {
            number for number, (_, event, recorded) in enumerate(steps, 1) if (event.takes_effect_on or recorded) <= day
        }
    assert history(world.connection, stream, after_version=2, limit=1) == whole[2:3]


# --- clocks, decisions, messages --------------------------------------------------------------------------------------


def test_due_limits_are_open_and_oldest_first(world: World) -> None:
    found = due(world.connection, EVERYTHING, TODAY, limit=1000)
    assert found
    assert [row.expires_on for row in found] == sorted(row.expires_on for row in found)
    assert all(row.is_open and row.expires_on <= TODAY for row in found)
    silences = due(world.connection, EVERYTHING, TODAY, kinds=["T1"], for_administration=True, limit=1000)
    assert silences
    assert {row.clock for row in silences} == {"T1"}
    assert all(not world.cases[row.case_id].decisions for row in silences)


def test_the_register_holds_every_decision(world: World) -> None:
    everything = register(world.connection, EVERYTHING, DecisionQuery(limit=500))
    assert {(row.case_id, row.decision) for row in everything} == {
        (stream, decision.id) for stream, case in world.cases.items() for decision in case.decisions
    }
    assert [row.decided_on for row in everything] == sorted((row.decided_on for row in everything), reverse=True)
    refusals = register(world.connection, EVERYTHING, DecisionQuery(kind="refusal", delegation="2026-17", limit=500))
    assert refusals
    assert all(row.grounds == ("pay",) and row.signatory == SIGNATORY.identity for row in refusals)
    assert any(row.employer_notified_on for row in refusals)
    ended = register(world.connection, EVERYTHING, DecisionQuery(live=False, limit=500))
    assert ended
    assert all(row.ended_by == "D2" for row in ended)
    second = register(
        world.connection,
        EVERYTHING,
        DecisionQuery(after=(everything[0].decided_on, everything[0].case_id, everything[0].decision), limit=1),
    )
    assert second == everything[1:2]


def test_messages_carry_what_was_sent_and_answered(world: World) -> None:
    found = messages(world.connection, EVERYTHING, recipient="OFII", limit=500)
    assert len(found) == sum(bool(case.messages) for case in world.cases.values()) > 0
    assert found[0].fields["rome"] == "G1602"
    assert found[0].reference == "R-1"
    assert messages(world.connection, EVERYTHING, unanswered=True) == []


# --- dashboard --------------------------------------------------------------------------------------------------------


def recomputed(cases: list[Case]) -> Figures:
    """The figures of cases, from their histories alone."""
    from projections.dashboard import AgeClass

    delays = sorted((case.decisions[0].on - case.filed_on).days for case in cases if case.decisions)
    still_open = [case for case in cases if case.status not in ENDED]
    ages = [(TODAY - case.filed_on).days for case in still_open]
    return Figures(
        filed=len(cases),
        decided=len(delays),
        implicit=sum(bool(case.decisions) and case.decisions[0].is_implicit for case in cases),
        open=len(still_open),
        with_appeal=sum(bool(case.appeals) for case in cases),
        with_litigation=sum(bool(case.litigation) for case in cases),
        delay_days_median=float(statistics.median(delays)) if delays else None,
        delay_days_p90=_ninth_decile(delays),
        outcomes=dict(Counter(outcome(case) for case in cases)),
        stock=tuple(
            AgeClass(
                days_min=least, days_max=most, cases=sum(least <= age and (most is None or age <= most) for age in ages)
            )
            for least, most in AGE_CLASSES
        ),
    )


def _ninth_decile(ordered: list[int]) -> float | None:
    if not ordered:
        return None
    place = 0.9 * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


KEYS: dict[Group, Callable[[Case], str | None]] = {
    Group.PLATFORM: lambda case: case.routing.platform if case.routing else None,
    Group.DEPARTMENT: lambda case: case.routing.competent_department if case.routing else None,
    Group.PROCEDURE: lambda case: case.procedure.value,
    Group.MONTH: lambda case: case.filed_on.replace(day=1).isoformat(),
}


def same(told: Figures, expected: Figures) -> None:
    for name in Figures.__struct_fields__:
        value, wanted = getattr(told, name), getattr(expected, name)
        if isinstance(wanted, float):
            assert value == pytest.approx(wanted), name
        else:
            assert value == wanted, name


@pytest.mark.parametrize("by", list(Group))
def test_figures_are_the_sums_of_the_histories(world: World, by: Group) -> None:
    found = dashboard(world.connection, EVERYTHING, DashboardQuery(by=by), today=TODAY)
    same(found.total, recomputed(list(world.cases.values())))
    parts: dict[str | None, list[Case]] = {}
    for case in world.cases.values():
        parts.setdefault(KEYS[by](case), []).append(case)
    assert {line.key for line in found.lines} == set(parts)
    for line in found.lines:
        same(line.figures, recomputed(parts[line.key]))
    assert sum(line.figures.filed for line in found.lines) == found.total.filed


def test_figures_of_a_part_and_of_nothing(world: World) -> None:
    asked = DashboardQuery(platform="Avignon", procedure="seasonal", filed_from=date(2025, 6, 1))
    found = dashboard(world.connection, EVERYTHING, asked, today=TODAY)
    chosen = [
        case
        for case in world.cases.values()
        if case.routing
        and case.routing.platform == "Avignon"
        and case.procedure.value == "seasonal"
        and case.filed_on >= date(2025, 6, 1)
    ]
    same(found.total, recomputed(chosen))
    nothing = dashboard(world.connection, EVERYTHING, DashboardQuery(platform="Lille"), today=TODAY)
    same(nothing.total, recomputed([]))


# --- permits ----------------------------------------------------------------------------------------------------------

BORN = date(1998, 3, 14)
GRANTED = date(2026, 3, 2)
LEGAL = IDENTITIES["legal-69"].actor


@pytest.fixture
def checked(database: Database) -> Iterator[Callable[..., Any]]:
    ledger = open_ledger(database.app_url)
    stream = UUID(int=77)
    runner = Runner(ledger, database.owner_url, reference=REFERENCE, check_key=CHECK_KEY)
    write(ledger, stream, [a_filing(stream, "AT-1", GRANTED), a_routing(GRANTED), a_grant(GRANTED, "AT-P-1")])

    def check(
        *more: Step, number: str = "AT-P-1", born: date = BORN, today: date = GRANTED, key: bytes = CHECK_KEY
    ) -> Any:
        write(ledger, stream, more)
        runner.run_until_current()
        with psycopg.connect(database.app_url) as connection:
            found = check_permit(connection, number, born, today=today, check_key=key)
        return found.state if found else None

    yield check
    runner.close()
    ledger.close()


def test_a_permit_is_known_by_number_and_date_of_birth_together(checked: Callable[..., Any]) -> None:
    assert checked() is PermitState.VALID
    assert checked(number=" at-p-1 ") is PermitState.VALID
    assert checked(born=date(1998, 3, 15)) is None
    assert checked(number="AT-P-2") is None
    assert checked(key=b"another key") is None


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (GRANTED - timedelta(days=1), PermitState.NOT_YET_VALID),
        (GRANTED, PermitState.VALID),
        (GRANTED + timedelta(days=364), PermitState.VALID),
        (GRANTED + timedelta(days=365), PermitState.EXPIRED),
    ],
)
def test_a_permit_is_valid_between_its_days(checked: Callable[..., Any], today: date, state: PermitState) -> None:
    assert checked(today=today) is state


def test_a_withdrawn_permit_never_was(checked: Callable[..., Any]) -> None:
    on = GRANTED + timedelta(days=60)
    event = PermitWithdrawn(
        decision=a_signed(DecisionKind.WITHDRAWAL, on, "D2"), withdraws="D1", legal_basis="CRPA L241-2", hearing=None
    )
    assert checked((SIGNATORY, event, on), today=GRANTED) is PermitState.WITHDRAWN


def test_a_suspended_withdrawal_leaves_the_permit_valid_until_the_main_claim_is_judged(
    checked: Callable[..., Any],
) -> None:
    on = GRANTED + timedelta(days=60)
    withdrawn = PermitWithdrawn(
        decision=a_signed(DecisionKind.WITHDRAWAL, on, "D2"), withdraws="D1", legal_basis="CRPA L241-2", hearing=None
    )
    suspended = SuspensionOrdered(
        litigation="L2", decision="D2", ordered_on=on, notified_on=on, summary="Doute sérieux."
    )
    opened = [seized("L1", CourtAction.ANNULMENT, on), seized("L2", CourtAction.SUSPENSION, on)]
    assert checked((SIGNATORY, withdrawn, on), *opened, today=on) is PermitState.WITHDRAWN
    assert checked((LEGAL, suspended, on), today=on) is PermitState.VALID
    judged = JudgmentRecorded(
        litigation="L1", outcome=JudgmentOutcome.REJECTED, judged_on=on, notified_on=on, summary="Requête rejetée."
    )
    assert checked((LEGAL, judged, on), today=on) is PermitState.WITHDRAWN


def test_a_new_decision_ends_what_a_suspension_had_held_up(checked: Callable[..., Any]) -> None:
    on = GRANTED + timedelta(days=60)
    repealed = PermitRepealed(
        decision=a_signed(DecisionKind.REPEAL, on, "D2"),
        repeals="D1",
        legal_basis="CRPA L242-2",
        hearing=None,
        effective_on=on,
    )
    suspended = SuspensionOrdered(
        litigation="L2", decision="D2", ordered_on=on, notified_on=on, summary="Doute sérieux."
    )
    opened = seized("L2", CourtAction.SUSPENSION, on)
    assert checked((SIGNATORY, repealed, on), opened, (LEGAL, suspended, on), today=on) is PermitState.VALID
    refused = RequestRefused(decision=a_signed(DecisionKind.REFUSAL, on, "D3"))
    assert checked((SIGNATORY, refused, on), today=on) is PermitState.REPEALED


def seized(litigation: str, action: CourtAction, on: date) -> Step:
    """Proceedings against what ended the permit."""
    opened = LitigationOpened(
        litigation=litigation,
        action=action,
        court="tribunal administratif de Lyon",
        court_number=f"260123{litigation[1:]}",
        against="D2",
        lodged_by=Addressee.EMPLOYER,
        lodged_on=on,
        competent_court=None,
        represented_by="préfet du Rhône",
    )
    return LEGAL, opened, on


def test_a_repealed_permit_ends_on_its_day(checked: Callable[..., Any]) -> None:
    on = GRANTED + timedelta(days=60)
    end = on + timedelta(days=30)
    event = PermitRepealed(
        decision=a_signed(DecisionKind.REPEAL, on, "D2"),
        repeals="D1",
        legal_basis="CRPA L242-2",
        hearing=None,
        effective_on=end,
    )
    assert checked((SIGNATORY, event, on), today=end - timedelta(days=1)) is PermitState.VALID
    assert checked(today=end) is PermitState.REPEALED


def test_the_table_of_permits_holds_no_date_of_birth(database: Database, checked: Callable[..., Any]) -> None:
    checked()
    with psycopg.connect(database.app_url, row_factory=dict_row) as connection:
        (row,) = connection.execute("SELECT * FROM read.permits").fetchall()
    assert BORN not in row.values()
    assert "Benali" not in str(row)
    assert len(row["birth_fingerprint"]) == 64
