"""Builds beside what is in service: equal to following, resumed, swapped under readers, and never anything but rows."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from psycopg import IsolationLevel

from domain.events import NoteAdded
from domain.reference.load import load_reference
from ledger.histories import AnyEvent
from ledger.migrate import MIGRATIONS
from ledger.store import Ledger
from projections import building, decisions, history
from projections.access import EVERYTHING
from projections.building import AlreadyBuilding, Builder, Step, Stopped
from projections.progress import builds
from projections.read_model import read_models
from projections.runner import Runner
from projections.swapping import Busy, Superseded, _wait_for_readers
from projections.workers import Crew, Source
from tests.conftest import Database
from tests.histories import (
    AGENT,
    CHECK_KEY,
    MASTER_KEY,
    a_filing,
    a_routing,
    drafts,
    erase,
    many_cases,
    open_ledger,
    persons_of,
    write,
)

DAY = date(2026, 3, 2)
TABLES = [model.table for model in read_models()]


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger[AnyEvent]]:
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def source(database: Database) -> Source:
    return Source(
        database_url=database.app_url,
        owner_database_url=database.owner_url,
        master_key=MASTER_KEY,
        check_key=CHECK_KEY,
        code_version="test",
    )


@pytest.fixture
def runner(database: Database, ledger: Ledger[AnyEvent]) -> Iterator[Runner]:
    made = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    yield made
    made.close()


def checksums(database: Database) -> dict[str, str]:
    """One figure for all rows of each table, whatever their order."""
    found = {}
    with psycopg.connect(database.owner_url) as connection:
        for table in TABLES:
            rows = sorted(str(row) for row in connection.execute(f"SELECT * FROM read.{table}".encode()))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def query(database: Database, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.owner_url) as connection:
        return connection.execute(text.encode()).fetchall()


def live_cases(ledger: Ledger[AnyEvent], count: int, seed: int = 3) -> dict[UUID, int]:
    """Varied cases that go on between each other, some of persons since erased; their versions."""
    lives = many_cases(count, seed)
    written = [draft for stream, steps in lives.items() for draft in drafts(stream, steps)]
    written.sort(key=lambda draft: draft.recorded_at)
    ledger.append_bulk(written)
    for stream in list(lives)[:5]:
        erase(ledger, stream, persons_of(stream)[0], DAY)
    return {stream: len(steps) for stream, steps in lives.items()}


def never_fed(database: Database) -> None:
    """As if no read model had been told anything yet."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"TRUNCATE read.{table}".encode())
        connection.execute("DELETE FROM read.positions")


def a_note(ledger: Ledger[AnyEvent], stream: UUID) -> int:
    return write(ledger, stream, [(AGENT, NoteAdded(person=AGENT.person, text="à revoir"), DAY)])


def test_following_building_and_sharing_out_make_the_same_rows(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_cases(ledger, 300)
    runner.run_until_current()
    runner.close()
    followed = checksums(database)
    indexes = query(database, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'read' ORDER BY 1")
    for workers, part_cases in ((1, 1_000), (2, 40)):
        with psycopg.connect(database.owner_url, autocommit=True) as connection:
            # Whatever the live rows are, the built ones come from facts alone.
            connection.execute("DELETE FROM read.history WHERE version > 1")
        Builder(source, workers=workers, part_cases=part_cases).build(TABLES)
        assert checksums(database) == followed
        assert query(database, "SELECT indexdef FROM pg_indexes WHERE schemaname = 'read' ORDER BY 1") == indexes
        assert (
            query(
                database,
                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'read_next'"
                " AND tablename NOT IN ('positions', 'parked')",
            )
            == []
        )
    never_fed(database)
    monkeypatch.setattr("projections.following.CREW_FACTS_MIN", 50)
    monkeypatch.setattr("projections.following.CREW_BATCH", 400)
    crew = Crew(source, 2)
    shared = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY, batch=100, crew=crew)
    try:
        shared.run_until_current()
        assert shared.follower.crew is crew
    finally:
        shared.close()
        crew.close()
    assert checksums(database) == followed


def test_a_build_appends_nothing_and_writes_nothing_but_read_models(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    live_cases(ledger, 30)
    runner.run_until_current()
    counted = (
        "SELECT schemaname, relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_all_tables"
        " WHERE schemaname NOT IN ('read', 'read_next') AND schemaname !~ '^pg_' AND schemaname <> 'information_schema'"
        " ORDER BY 1, 2"
    )
    query(database, "SELECT pg_stat_force_next_flush()")
    before, last = query(database, counted), ledger.last_position()
    Builder(source, workers=2, part_cases=10).build(TABLES)
    query(database, "SELECT pg_stat_force_next_flush()")
    assert query(database, counted) == before
    assert ledger.last_position() == last


def test_an_older_version_does_not_take_the_place_of_a_newer_one(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    live_cases(ledger, 5)
    runner.run_until_current()
    before = checksums(database)

    def newer() -> None:
        with psycopg.connect(database.owner_url) as connection:
            connection.execute("UPDATE read.positions SET version = version + 1 WHERE model = 'cases'")

    def meanwhile(step: Step) -> None:
        if step.state == "following":
            newer()

    with pytest.raises(Superseded):
        Builder(source, workers=1, tell=meanwhile).build(["cases"])
    with pytest.raises(Superseded):
        Builder(source, workers=1).build(["cases"])
    assert checksums(database) == before


def test_facts_of_the_meantime_are_in_the_new_table_too(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    versions = live_cases(ledger, 30)
    runner.run_until_current()
    changed = list(versions)[:7]
    noted: list[str] = []

    def meanwhile(step: Step) -> None:
        if step.state not in noted:
            noted.append(step.state)
            for stream in changed:
                a_note(ledger, stream)
            runner.run_until_current()

    Builder(source, workers=1, tell=meanwhile).build(["cases", "history"])
    assert noted == ["filling", "indexing", "following", "swapped"]
    runner.run_until_current()
    followed = checksums(database)
    Builder(source, workers=1).build(["cases", "history"])
    assert checksums(database) == followed
    assert query(database, "SELECT count(*) FROM read.history WHERE type = 'NoteAdded'") == [(28,)]


def test_the_follower_goes_on_with_the_table_that_was_swapped_in(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    """A batch that was made for the old table finds the new one at the same position, and is made anew."""
    stream = uuid4()
    write(ledger, stream, [a_filing(stream, "AT-1", DAY)])
    runner.run_until_current()
    write(ledger, stream, [a_routing(DAY)])
    tell, swapped = runner.teller.tell, []

    def late(*arguments: Any, **options: Any) -> Any:
        telling = tell(*arguments, **options)
        if not swapped:
            swapped.append(True)
            with psycopg.connect(database.owner_url, autocommit=True) as connection:
                connection.execute("UPDATE read.positions SET build = gen_random_uuid() WHERE model = 'history'")
        return telling

    runner.teller.tell = late  # type: ignore[method-assign]
    assert runner.run_once() == 2 - 1
    assert query(database, "SELECT version FROM read.history ORDER BY 1") == [(1,), (2,)]
    assert swapped == [True]


def test_two_builds_of_one_model_exclude_each_other(
    database: Database, ledger: Ledger[AnyEvent], source: Source
) -> None:
    live_cases(ledger, 10)
    refused: list[str] = []

    def another(step: Step) -> None:
        if not refused:
            with pytest.raises(AlreadyBuilding) as caught:
                Builder(source, workers=1).build(["cases", "dashboard"])
            refused.append(caught.value.model)
            Builder(source, workers=1).build(["dashboard"])

    Builder(source, workers=1, tell=another).build(["cases"])
    assert refused == ["cases"]
    assert query(database, "SELECT count(*) FROM read.cases") == query(database, "SELECT count(*) FROM read.dashboard")


def test_a_build_that_was_stopped_goes_on_where_it_was(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    live_cases(ledger, 60)
    runner.run_until_current()
    whole, stop, steps = checksums(database), threading.Event(), []

    def stopping(step: Step) -> None:
        if step.done == 3:
            stop.set()

    with pytest.raises(Stopped):
        Builder(source, workers=1, part_cases=10, tell=stopping, stop=stop).build(["cases", "history"])
    with psycopg.connect(database.app_url) as connection:
        left = builds(connection)
    assert [each.model for each in left] == ["cases", "history"]
    assert {each.state for each in left} == {"filling"}
    assert 3 <= left[0].parts_done < left[0].parts_total == 6
    Builder(source, workers=1, part_cases=10, tell=steps.append).build(["cases", "history"])
    assert steps[0].done == left[0].parts_done
    assert checksums(database) == whole
    assert query(database, "SELECT * FROM read.builds") == query(database, "SELECT * FROM read.build_parts") == []


def test_a_claim_ends_with_the_build_and_not_with_its_session(database: Database) -> None:
    """A server ends a closed session in its own time: the next build must not meet the claim of one that is over."""
    models = read_models()[:2]
    with (
        psycopg.connect(database.owner_url, autocommit=True) as one,
        psycopg.connect(database.owner_url, autocommit=True) as other,
    ):
        with building._claimed(one, models), pytest.raises(AlreadyBuilding), building._claimed(other, models[::-1]):
            pass
        with building._claimed(other, models):
            pass


@pytest.mark.parametrize("change", ["code", "version", "models"])
def test_a_build_that_no_longer_holds_is_begun_anew(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner, change: str
) -> None:
    live_cases(ledger, 40)
    runner.run_until_current()
    whole, stop, steps = checksums(database), threading.Event(), []
    with pytest.raises(Stopped):
        Builder(source, workers=1, part_cases=10, tell=lambda step: stop.set() if step.done else None, stop=stop).build(
            ["cases", "history"]
        )
    models, names = list(read_models()), ["cases", "history"]
    if change == "code":
        source = msgspec.structs.replace(source, code_version="later")
    elif change == "version":
        models = [msgspec.structs.replace(model, version=model.version + 1) for model in models]
    else:
        names = ["cases"]
    Builder(source, workers=1, part_cases=10, models=models, tell=steps.append).build(names)
    assert steps[0].done == 0
    assert checksums(database) == whole
    left = [(name,) for name in ["history"] if change == "models"]
    assert query(database, "SELECT model FROM read.builds") == left


def test_a_killed_rebuild_is_resumed(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner, tmp_path: Path
) -> None:
    """kill -9 of the command in the middle, its processes end with it, and no part is made twice."""
    live_cases(ledger, 400)
    runner.run_until_current()
    runner.close()
    whole = checksums(database)
    script = (
        "import os, sys\n"
        "from projections.building import Builder\n"
        "from projections.workers import Source\n"
        "def main():\n"
        f"    source = Source(database_url={database.app_url!r}, owner_database_url={database.owner_url!r},"
        f" master_key={MASTER_KEY!r}, check_key={CHECK_KEY!r}, code_version='test')\n"
        "    Builder(source, workers=2, part_cases=10,"
        " tell=lambda step: print(step.state, step.done, flush=True)).build(sys.argv[1:])\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
    )
    program = tmp_path / "rebuild.py"
    program.write_text(script)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    killed = subprocess.Popen(
        [sys.executable, str(program), *TABLES], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert killed.stdout is not None
    with killed.stdout as lines:
        for line in lines:
            if line.split()[:1] == ["filling"] and int(line.split()[1]) >= 8:
                break
        killed.send_signal(signal.SIGKILL)
    killed.wait()
    until = time.monotonic() + 20
    while query(database, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'smoe-read-model-build'"):
        assert time.monotonic() < until, "the processes outlive the command that started them"
        time.sleep(0.05)
    assert checksums(database) == whole
    done = query(database, "SELECT count(*) FROM read.build_parts WHERE done")[0][0]
    assert 8 <= done < 40
    steps: list[Step] = []
    Builder(source, workers=1, tell=steps.append).build(TABLES)
    assert steps[0].done == done
    assert checksums(database) == whole


def test_readers_see_no_empty_mixed_or_older_table_while_it_is_swapped(
    database: Database, ledger: Ledger[AnyEvent], source: Source
) -> None:
    """Readers of one instant hold what a request holds; each looks at count, versions and position together."""
    streams = list(live_cases(ledger, 60))
    stop, faults, looks = threading.Event(), [], []
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    runner.run_until_current()

    def write_on() -> None:
        number = 0
        while not stop.is_set():
            a_note(ledger, streams[number % len(streams)])
            number += 1
            runner.run_once()

    def read_on() -> None:
        seen: dict[UUID, int] = {}
        last = 0
        with psycopg.connect(database.app_url, prepare_threshold=0) as connection:
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            while not stop.is_set():
                with connection.transaction():
                    ((position,),) = connection.execute(
                        "SELECT position FROM read.positions WHERE model = 'cases'"
                    ).fetchall()
                    versions = dict(connection.execute("SELECT case_id, version FROM read.cases").fetchall())
                    lines = dict(
                        connection.execute("SELECT case_id, max(version) FROM read.history GROUP BY 1").fetchall()
                    )
                if len(versions) != len(streams) or versions != lines:
                    faults.append(("mixed", len(versions), len(lines)))
                if position < last or any(versions.get(case, 0) < version for case, version in seen.items()):
                    faults.append(("backwards", position, last))
                seen, last = versions, position
                looks.append(1)

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            faults.append((repr(error),))

    threads = [threading.Thread(target=guarded, args=(job,)) for job in (write_on, read_on, read_on)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(4):
            Builder(source, workers=1, part_cases=20).build(["cases", "history"])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        runner.run_until_current()
        runner.close()
    assert faults == []
    assert len(looks) > 20
    followed = checksums(database)
    Builder(source, workers=1).build(TABLES)
    assert checksums(database) == followed


def test_a_swap_waits_for_whoever_began_to_read_before(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_cases(ledger, 20)
    runner.run_until_current()
    monkeypatch.setattr("projections.swapping.READERS_WAIT_SECONDS_MAX", 0.1)
    states: list[str] = []
    with psycopg.connect(database.app_url) as early:
        early.isolation_level = IsolationLevel.REPEATABLE_READ
        # A snapshot, and no lock on the table that is going to be swapped.
        early.execute("SELECT count(*) FROM read.dashboard")

        def look(step: Step) -> None:
            states.append(step.state)
            if step.state == "waiting":
                assert early.execute("SELECT count(*) FROM read.cases").fetchone() == (20,)
                early.rollback()

        Builder(source, workers=1, tell=look).build(["cases"])
    assert "waiting" in states
    assert states[-1] == "swapped"


def test_a_reader_that_may_hold_a_snapshot_is_waited_for(database: Database) -> None:
    with (
        psycopg.connect(database.app_url) as reader,
        psycopg.connect(database.owner_url, autocommit=True) as connection,
    ):
        ours = [connection.info.backend_pid]
        _wait_for_readers(connection, ours, 1.0)
        reader.execute("SELECT 1")
        with pytest.raises(Busy):
            _wait_for_readers(connection, ours, 0.05)
        reader.rollback()
        _wait_for_readers(connection, ours, 1.0)


def test_statements_that_readers_hold_prepared_outlive_a_swap(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    live_cases(ledger, 20)
    runner.run_until_current()
    with psycopg.connect(database.app_url, autocommit=True, prepare_threshold=0) as held:
        for _ in range(10):
            assert len(held.execute("SELECT * FROM read.cases WHERE number <> %s", ("",)).fetchall()) == 20
        Builder(source, workers=1).build(TABLES)
        assert len(held.execute("SELECT * FROM read.cases WHERE number <> %s", ("",)).fetchall()) == 20
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            held.execute("DELETE FROM read.cases")


def test_a_fresh_database_is_built_and_then_followed(
    database: Database, ledger: Ledger[AnyEvent], source: Source
) -> None:
    live_cases(ledger, 30)
    following = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY, starts=False)
    try:
        assert following.run_once() == 0
        builder = Builder(source, workers=2, part_cases=5)
        assert builder.lacking() == tuple(TABLES)
        builder.build(builder.lacking())
        assert builder.lacking() == ()
        assert following.lag().is_current
        stream = uuid4()
        write(ledger, stream, [a_filing(stream, "AT-NEW", DAY)])
        assert following.run_once() == 1
    finally:
        following.close()
    assert query(database, "SELECT count(*) FROM read.cases") == [(31,)]


def test_a_new_version_with_a_table_of_its_own_is_built_and_swapped(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    """A migration has made the new table; the code of the old version leaves the new one alone."""
    live_cases(ledger, 20)
    runner.run_until_current()
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("CREATE TABLE read_next.history (LIKE read.history INCLUDING ALL)")
        connection.execute("ALTER TABLE read_next.history ADD COLUMN colour text NOT NULL DEFAULT 'blue'")
    newer = msgspec.structs.replace(history.MODEL, version=history.MODEL.version + 1)
    builder = Builder(source, workers=1, models=[newer])
    assert builder.lacking() == ("history",)
    builder.build(["history"])
    assert builder.lacking() == ()
    assert query(database, "SELECT DISTINCT colour FROM read.history") == [("blue",)]
    assert query(database, "SELECT version FROM read.positions WHERE model = 'history'") == [(newer.version,)]
    (lines,) = query(database, "SELECT count(*) FROM read.history")
    stream = uuid4()
    write(ledger, stream, [a_filing(stream, "AT-NEW", DAY)])
    runner.run_until_current()
    assert query(database, "SELECT count(*) FROM read.cases") == [(21,)]
    assert query(database, "SELECT count(*) FROM read.history") == [lines]
    assert Builder(source, workers=1).lacking() == ()


def test_the_history_that_repeated_its_facts_serves_until_its_successor_is_built(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    streams = live_cases(ledger, 20)
    runner.run_until_current()
    rows, erased = checksums(database), query(database, "SELECT erased FROM read.history WHERE erased IS NOT NULL")
    with psycopg.connect(database.owner_url) as connection:
        # As version 1 had left it, in the middle of a build.
        connection.execute("ALTER TABLE read.history ADD COLUMN detail jsonb NOT NULL DEFAULT '{}'")
        connection.execute(
            "UPDATE read.history SET detail = jsonb_build_object('person', erased) WHERE erased IS NOT NULL"
        )
        connection.execute("ALTER TABLE read.history DROP COLUMN erased")
        connection.execute("UPDATE read.positions SET version = 1 WHERE model = 'history'")
        connection.execute("CREATE TABLE read_next.history (LIKE read.history)")
        connection.execute(
            "INSERT INTO read.builds (model, build, version, code_version, until, state, made_here)"
            " VALUES ('history', gen_random_uuid(), 1, 'old', 0, 'filling', true)"
        )
        connection.execute((MIGRATIONS / "0023_history_without_its_facts.sql").read_bytes())
    assert sorted(query(database, "SELECT erased FROM read.history WHERE erased IS NOT NULL")) == sorted(erased)
    with psycopg.connect(database.app_url) as reader:
        stream = next(iter(streams))
        before = history.history(reader, stream)
    assert len(before) == streams[stream] + 1
    builder = Builder(source, workers=1)
    assert builder.lacking() == ("history",)
    builder.build(["history"])
    assert checksums(database) == rows
    assert query(database, "SELECT 1 FROM information_schema.columns WHERE column_name = 'detail'") == []
    with psycopg.connect(database.app_url) as reader:
        assert history.history(reader, stream) == before


def test_the_register_without_positions_serves_until_its_successor_is_built(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    live_cases(ledger, 20)
    runner.run_until_current()
    rows = checksums(database)
    with psycopg.connect(database.owner_url) as connection:
        # As version 1 had left it, in the middle of a build.
        later = ("related", "recipients")
        for column in ("position", *later):
            connection.execute(f"ALTER TABLE read.decisions DROP COLUMN {column}".encode())
        connection.execute("UPDATE read.positions SET version = 1 WHERE model = 'decisions'")
        connection.execute("CREATE TABLE read_next.decisions (LIKE read.decisions)")
        connection.execute(
            "INSERT INTO read.builds (model, build, version, code_version, until, state, made_here)"
            " VALUES ('decisions', gen_random_uuid(), 1, 'old', 0, 'filling', true)"
        )
        connection.execute((MIGRATIONS / "0028_position_of_decisions.sql").read_bytes())
        for column in later:
            added = f"ALTER TABLE read.decisions ADD COLUMN {column} text[] NOT NULL DEFAULT '{{}}'"
            connection.execute(added.encode())
    with psycopg.connect(database.app_url) as reader:
        before = decisions.register(reader, EVERYTHING, decisions.DecisionQuery())
    assert {row.position for row in before} == {None}
    builder = Builder(source, workers=1)
    assert builder.lacking() == ("decisions",)
    builder.build(["decisions"])
    assert checksums(database) == rows
    with psycopg.connect(database.app_url) as reader:
        after = decisions.register(reader, EVERYTHING, decisions.DecisionQuery())
    assert [msgspec.structs.replace(row, position=None, recipients=()) for row in after] == before
    assert all(row.position for row in after)


def test_rows_that_name_nobody_related_serve_until_their_successors_are_built(
    database: Database, ledger: Ledger[AnyEvent], source: Source, runner: Runner
) -> None:
    """What older code wrote shows no access, no number and no name of an employer, rather than too much."""
    live_cases(ledger, 10)
    runner.run_until_current()
    rows = checksums(database)
    scoped = ("cases", "clocks", "dashboard", "decisions", "ofii_register")
    with psycopg.connect(database.owner_url) as connection:
        for table in scoped:
            more = ", DROP COLUMN search_numbers, DROP COLUMN employer_is_person" if table == "cases" else ""
            dropped = f"ALTER TABLE read.{table} DROP COLUMN related, DROP COLUMN recipients{more}"
            connection.execute(dropped.encode())
            connection.execute("UPDATE read.positions SET version = version - 1 WHERE model = %s", (table,))
        connection.execute((MIGRATIONS / "0030_rights.sql").read_bytes())
    older = query(database, "SELECT DISTINCT related, recipients, search_numbers, employer_is_person FROM read.cases")
    assert older == [([], [], "", True)]
    builder = Builder(source, workers=1)
    assert sorted(builder.lacking()) == list(scoped)
    builder.build(scoped)
    assert checksums(database) == rows
    assert query(database, "SELECT count(*) FROM read.cases WHERE search_numbers = ''") == [(0,)]


def test_a_build_needs_few_parts_to_stay_in_one_process(
    database: Database, ledger: Ledger[AnyEvent], source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_cases(ledger, 10)
    started: list[int] = []
    monkeypatch.setattr(building, "started", lambda source, count: started.append(count))
    Builder(source, workers=2).build(["cases"])
    assert started == []
    assert query(database, "SELECT count(*) FROM read.cases") == [(10,)]
