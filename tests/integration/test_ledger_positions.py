"""Positions: they rise with the transaction, nobody waits, and readers stop before whoever still appends."""

import re
import threading
import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import Connection, errors

from ledger.facts import LedgerError, VersionConflict
from tests.ledger_samples import NEW, Noted, a_key, add, an_actor, open_ledger, told

INSERT = (
    "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash, notification_id)"
    " VALUES (%s, 1, 'Noted', '{}', sha256('x'), ledger.first_position(pg_current_xact_id()) + %s)"
    " RETURNING notification_id"
)


@pytest.fixture
def ledger(database):
    opened = open_ledger(database.app_url, pool_size=20)
    yield opened
    opened.close()


@pytest.fixture
def connect(database) -> Iterator:
    opened: list[Connection] = []

    def connection(**options) -> Connection:
        opened.append(psycopg.connect(database.owner_url, **options))
        return opened[-1]

    yield connection
    for each in opened:
        each.close()


def insert(connection: Connection, ordinal: int = 0) -> int:
    return connection.execute(INSERT, (uuid4(), ordinal)).fetchone()[0]


def positions(ledger, after: int = 0) -> list[int]:
    return [fact.position for fact in ledger.read_raw(after, 100)]


def test_a_smaller_position_that_commits_later_is_read_in_its_place(ledger, connect):
    (first,) = add(ledger, uuid4(), Noted(text="before"))
    slow, fast = connect(), connect()
    smaller, larger = insert(slow), insert(fast)
    fast.commit()
    assert first.position < smaller < larger
    # Committed, and yet to come: a follower that took it now would never see the smaller one.
    assert positions(ledger) == [first.position]
    assert ledger.last_position() == first.position
    assert ledger.horizon() <= smaller
    slow.commit()
    assert positions(ledger, first.position) == [smaller, larger]
    assert positions(ledger, smaller) == [larger]


def test_what_is_rolled_back_holds_nobody_up(ledger, connect):
    slow, fast = connect(), connect()
    insert(slow)
    larger = insert(fast)
    fast.commit()
    assert positions(ledger) == []
    slow.rollback()
    assert positions(ledger) == [larger]


def test_a_transaction_that_writes_elsewhere_holds_nobody_up(ledger, connect):
    foreign = connect()
    foreign.execute("CREATE TABLE public.elsewhere (a int)")
    (fact,) = add(ledger, uuid4(), Noted(text="1"))
    assert positions(ledger) == [fact.position]
    (later,) = add(ledger, uuid4(), Noted(text="2"))
    assert positions(ledger, fact.position) == [later.position]


def test_whoever_wrote_elsewhere_first_may_not_append(ledger, connect):
    """Readers have gone past its number: its facts would be skipped."""
    foreign = connect()
    foreign.execute("CREATE TABLE public.elsewhere (a int)")
    (fact,) = add(ledger, uuid4(), Noted(text="1"))
    assert positions(ledger) == [fact.position]
    with pytest.raises(errors.ObjectNotInPrerequisiteState, match=r"ledger\.arm"):
        insert(foreign)
    foreign.rollback()
    foreign.execute("CREATE TABLE public.elsewhere (a int)")
    with pytest.raises(errors.ObjectNotInPrerequisiteState):
        foreign.execute("SELECT ledger.arm()")


COLUMNS = "ledger.events (originator_id, originator_version, topic, state, hash)"
FACT = "gen_random_uuid(), 1, 'Noted', '{}'::bytea, sha256('x')"
WAYS = (
    f"INSERT INTO {COLUMNS} SELECT {FACT}",
    f"INSERT INTO {COLUMNS} VALUES ({FACT}) ON CONFLICT DO NOTHING",
    f"MERGE INTO ledger.events USING (VALUES (1)) AS one ON false WHEN NOT MATCHED THEN"
    f" INSERT (originator_id, originator_version, topic, state, hash) VALUES ({FACT})",
    f"DO $$ BEGIN INSERT INTO {COLUMNS} VALUES ({FACT}); EXCEPTION WHEN unique_violation THEN NULL; END $$",
    f"COPY {COLUMNS} FROM STDIN",
)


def carry_out(connection: Connection, way: str) -> None:
    if not way.startswith("COPY"):
        connection.execute(way)
        return
    with connection.cursor().copy(way) as copy:
        copy.write_row((uuid4(), 1, "Noted", b"{}", bytes(32)))


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_insert_is_guarded(ledger, connect, way):
    foreign, first = connect(), connect()
    foreign.execute("CREATE TABLE public.elsewhere (a int)")
    with pytest.raises(errors.ObjectNotInPrerequisiteState):
        carry_out(foreign, way)
    # As the first thing that a transaction writes, each holds readers back until it ends.
    carry_out(first, way)
    (later,) = add(ledger, uuid4(), Noted(text="1"))
    assert positions(ledger) == []
    first.commit()
    smaller, larger = positions(ledger)
    assert smaller < larger == later.position


def test_a_statement_that_writes_elsewhere_and_appends_holds_readers_back(ledger, connect):
    """All of a statement's locks come before anything that it writes."""
    connect(autocommit=True).execute("CREATE TABLE public.elsewhere (a int)")
    both = connect()
    both.execute(
        f"WITH written AS (INSERT INTO public.elsewhere VALUES (1) RETURNING a)"
        f" INSERT INTO {COLUMNS} SELECT {FACT} FROM written"
    )
    (later,) = add(ledger, uuid4(), Noted(text="1"))
    assert positions(ledger) == []
    both.commit()
    assert positions(ledger)[1:] == [later.position]


def test_an_insert_of_nothing_opens_no_way_around(ledger, connect):
    connection = connect()
    connection.execute("SAVEPOINT here")
    connection.execute(f"INSERT INTO {COLUMNS} SELECT {FACT} WHERE false")
    connection.execute("ROLLBACK TO SAVEPOINT here")
    connection.execute("CREATE TABLE public.elsewhere (a int)")
    with pytest.raises(errors.ObjectNotInPrerequisiteState):
        insert(connection)


@pytest.mark.parametrize("upkeep", ["VACUUM FULL", "REINDEX TABLE", "CLUSTER", "ANALYZE"])
def test_upkeep_of_the_table_moves_no_position(ledger, connect, upkeep):
    before = [add(ledger, uuid4(), Noted(text=str(number)))[0].position for number in range(3)]
    using = " USING events_pkey" if upkeep == "CLUSTER" else ""
    connect(autocommit=True).execute(f"{upkeep} ledger.events{using}")
    assert positions(ledger) == before
    slow = connect()
    smaller = insert(slow)
    (later,) = add(ledger, uuid4(), Noted(text="1"))
    assert positions(ledger) == before
    slow.commit()
    assert positions(ledger, before[-1]) == [smaller, later.position]


def test_whoever_takes_the_lock_first_may_write_elsewhere_and_append(ledger, connect):
    armed, other = connect(), connect()
    before = insert(other)
    other.commit()
    armed.execute("SELECT ledger.arm()")
    armed.execute("CREATE TABLE public.elsewhere (a int)")
    later = insert(other)
    other.commit()
    assert positions(ledger) == [before]
    smaller = insert(armed)
    armed.commit()
    assert positions(ledger) == [before, smaller, later]


def test_nobody_arms_a_transaction_but_by_taking_the_lock_first(database, ledger, connect):
    """A setting of that name once did: what follows it would be skipped."""
    with psycopg.connect(database.app_url) as late:
        late.execute("SET ledger.armed = 'yes'")
        late.execute("SELECT pg_current_xact_id()")
        (fact,) = add(ledger, uuid4(), Noted(text="1"))
        assert positions(ledger) == [fact.position]
        with pytest.raises(errors.ObjectNotInPrerequisiteState, match=r"ledger\.arm"):
            insert(late)
        late.rollback()
        with pytest.raises(errors.InsufficientPrivilege):
            late.execute("INSERT INTO ledger.armed VALUES (pg_current_xact_id())")


def test_who_was_armed_is_forgotten_once_it_has_ended(connect):
    connection = connect()
    for _ in range(3):
        connection.execute("SELECT ledger.arm()")
        connection.execute("SELECT ledger.arm()")
        connection.commit()
    assert connection.execute("SELECT count(*) FROM ledger.armed").fetchone() == (1,)


def test_whoever_arms_waits_for_nobody_who_has(connect):
    for _ in range(2):
        connect(autocommit=True).execute("SELECT ledger.arm()")
    first, second = connect(), connect()
    first.execute("SELECT ledger.arm()")
    second.execute("SET lock_timeout = '2s'")
    second.execute("SELECT ledger.arm()")
    assert insert(first) < insert(second)


def test_a_lock_given_back_with_a_savepoint_counts_no_more(ledger, connect):
    connection = connect()
    connection.execute("SAVEPOINT here")
    insert(connection)
    connection.execute("ROLLBACK TO SAVEPOINT here")
    with pytest.raises(errors.ObjectNotInPrerequisiteState):
        insert(connection)


def test_an_arm_taken_back_with_a_savepoint_counts_no_more(ledger, connect):
    connection = connect()
    connection.execute("SAVEPOINT here")
    connection.execute("SELECT ledger.arm()")
    connection.execute("ROLLBACK TO SAVEPOINT here")
    with pytest.raises(errors.ObjectNotInPrerequisiteState):
        insert(connection)


def test_whoever_appends_twice_in_a_transaction_says_so_before(ledger, connect):
    connection = connect()
    insert(connection)
    with pytest.raises(errors.ObjectNotInPrerequisiteState):
        insert(connection, 1)


def test_facts_of_one_transaction_keep_their_order(ledger, connect):
    connection = connect()
    connection.execute("SELECT ledger.arm()")
    first, second = insert(connection), insert(connection, 1)
    assert second == first + 1
    with pytest.raises(errors.UniqueViolation):
        insert(connection, 1)


@pytest.mark.parametrize("ordinal", [-1, 1 << 20, 1 << 40])
def test_nobody_chooses_a_position(connect, ordinal):
    with pytest.raises(errors.ProgramLimitExceeded):
        insert(connect(), ordinal)


def test_a_position_that_is_not_given_is_that_of_the_transaction(connect):
    connection = connect()
    connection.execute("SELECT ledger.arm()")
    (given,) = connection.execute(
        "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash)"
        " VALUES (%s, 1, 'Noted', '{}', sha256('x')) RETURNING notification_id",
        (uuid4(),),
    ).fetchone()
    assert insert(connection, 1) == given + 1


def test_who_holds_readers_back_is_told(ledger, connect):
    appending, foreign = connect(application_name="stuck"), connect()
    foreign.execute("CREATE TABLE public.elsewhere (a int)")
    watcher = connect(autocommit=True)
    assert watcher.execute("SELECT * FROM ledger.appenders()").fetchall() == []
    position = insert(appending)
    ((pid, transaction, name, begun_at),) = watcher.execute("SELECT * FROM ledger.appenders()").fetchall()
    assert (pid, name) == (appending.info.backend_pid, "stuck")
    assert transaction == position >> 20
    assert begun_at is not None


def test_appends_to_different_streams_do_not_wait_for_each_other(ledger, connect):
    slow = connect()
    insert(slow)
    facts = add(ledger, uuid4(), Noted(text="1"), Noted(text="2"), key=a_key("k"), answer=told)
    assert [fact.version for fact in facts] == [1, 2]
    assert ledger.load(facts[0].stream) == facts
    slow.rollback()
    assert positions(ledger) == [fact.position for fact in facts]


def test_a_read_ends_at_the_position_it_is_given(ledger):
    facts = [add(ledger, uuid4(), Noted(text=str(number)))[0] for number in range(5)]
    until = facts[2].position
    assert [fact.position for fact in ledger.read(0, 10, until)] == [fact.position for fact in facts[:3]]
    assert ledger.read(until, 10, until) == []
    assert [fact.position for fact in ledger.read(until, 10)] == [fact.position for fact in facts[3:]]


@pytest.mark.parametrize("coalesce", [True, False])
def test_many_threads_append_each_with_its_own_outcome(database, coalesce):
    """Sixteen threads, of which some continue the same stream, use a taken version, or a key that is known."""
    ledger = open_ledger(database.app_url, pool_size=20, coalesce=coalesce)
    actor, shared = an_actor(), uuid4()
    (head,) = ledger.append(shared, [Noted(text="head")], **NEW, actor=actor, command=uuid4())
    won: list[int] = []
    lost: list[int] = []
    written: list[tuple[UUID, tuple]] = []
    start = threading.Barrier(16)

    def write(writer: int) -> None:
        start.wait(10)
        for number in range(12):
            stream = uuid4()
            facts = ledger.append(
                stream,
                [Noted(text=f"{writer}/{number}/{part}") for part in range(1 + number % 3)],
                **NEW,
                actor=actor if number % 2 else an_actor(),
                command=uuid4(),
                key=a_key(f"{writer}/{number}"),
                answer=told,
            )
            written.append((stream, facts))
        try:
            after = {"expected_version": 1, "previous_hash": head.hash}
            ledger.append(shared, [Noted(text=str(writer))], **after, actor=actor, command=uuid4())
            won.append(writer)
        except VersionConflict:
            lost.append(writer)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(won), len(lost)) == (1, 15)
    assert len(written) == 16 * 12
    for stream, facts in written:
        assert ledger.load(stream) == facts
        key = a_key(facts[0].command_key)
        assert ledger.find_answer(key.actor, key.key, key.fingerprint) == told(facts)
    assert list(ledger.verify_all()) == []
    read = positions_of_all(ledger)
    assert read == sorted(set(read))
    assert len(read) == 2 + sum(len(facts) for _, facts in written)
    ledger.close()


def positions_of_all(ledger) -> list[int]:
    found: list[int] = []
    while more := ledger.read_raw(found[-1] if found else 0, 50):
        found += [fact.position for fact in more]
    return found


def test_more_facts_than_a_transaction_holds_are_refused(ledger, monkeypatch):
    monkeypatch.setattr("ledger.recorder.FACTS_MAX", 3)
    with pytest.raises(LedgerError, match="3 facts"):
        add(ledger, uuid4(), *(Noted(text=str(number)) for number in range(4)))
    assert ledger.last_position() == 0


def test_no_text_of_an_answer_is_taken_for_a_position(ledger):
    """Digits in what a person wrote stay as they are, and each position stands where it was asked for."""
    digits = " ".join(str(10**18 + number) for number in range(3)) + " 1 2 3"
    key = a_key("k")
    facts = add(ledger, uuid4(), Noted(text=digits), Noted(text="2"), key=key, answer=told)
    answer = ledger.find_answer(key.actor, key.key, key.fingerprint)
    assert answer == told(facts)
    assert [int(line.split()[0]) for line in answer.body.decode().splitlines()] == [fact.position for fact in facts]
    assert re.fullmatch(rb"(\d+ \S+ [0-9a-f]{64}\n?){2}", answer.body)


def test_an_idle_appender_delays_and_never_loses(ledger, connect):
    """A follower that asks again and again gets everything once, however long an appender sits."""
    followed: list[int] = []
    done = threading.Event()

    def follow() -> None:
        while True:
            last = done.is_set()
            more = ledger.read_raw(followed[-1] if followed else 0, 3)
            followed.extend(fact.position for fact in more)
            if last and not more:
                return
            time.sleep(0.001)

    follower = threading.Thread(target=follow)
    follower.start()
    written: list[int] = []
    for _ in range(5):
        slow = connect()
        written.append(insert(slow))
        written += [add(ledger, uuid4(), Noted(text="quick"))[0].position for _ in range(5)]
        slow.commit()
    done.set()
    follower.join(30)
    assert followed == sorted(written)
