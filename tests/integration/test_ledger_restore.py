"""A dump restored into another cluster: refused or continued with rising positions, and nothing lost either way."""

import base64
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest

from cli import embedded
from cli.ledger import go_on, show
from domain.administration import ADMINISTRATION_STREAM
from domain.command import case_commands
from domain.commands.add_note import AddNote
from domain.demonstration import administration_facts
from domain.reference.load import load_reference
from ledger import migrate
from ledger.desk import Desk
from ledger.epochs import PositionsWouldFall, begin_epoch, check_server, progress
from ledger.facts import Answer, KeyUsed, LedgerUnavailable
from ledger.settings import ROOT
from ledger.wakeups import HEARTBEAT_SECONDS
from projections.read_model import read_models
from projections.runner import Runner
from tests.api.service import service_on, settings_on
from tests.histories import AGENT, CHECK_KEY, MASTER_KEY, a_filing, a_routing, open_ledger, write
from tests.histories import at as hour_of
from tests.integration.test_projections_runner import DAY
from tests.ledger_samples import a_key
from tests.servers import FAST, Database, PostgresServer, free_port

TRANSACTIONS = 30_000
"""More than what a fresh cluster, its roles and all restores of these tests use up."""
SENTENCE = "Avec le compte propriétaire, lancez « smoe ledger continue »"
INSERT = (
    "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash)"
    " VALUES (%s, 1, 'Noted', '{}', sha256('x')) RETURNING notification_id"
)


class Origin(NamedTuple):
    """What was in the ledger when it was dumped."""

    database: Database
    streams: tuple[UUID, ...]
    last_position: int
    answer: Answer
    read: dict[str, list[str]]
    positions: list[tuple]
    dumps: Path


def binary(name: str) -> str:
    return str(embedded.postgres_binaries() / name)


def told(facts) -> Answer:
    return Answer(status=201, body=f"{facts[0].position}".encode())


def burn(url: str, transactions: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        each = "PERFORM pg_current_xact_id(); COMMIT;"
        connection.execute(f"DO $$ BEGIN FOR n IN 1..{transactions} LOOP {each} END LOOP; END $$")


def query(url: str, text: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(text).fetchall()


def rows_of_read_models(database: Database) -> dict[str, list[str]]:
    return {
        model.table: sorted(str(row) for row in query(database.owner_url, f"SELECT * FROM read.{model.table}"))
        for model in read_models()
    }


def positions_of_read_models(database: Database) -> list[tuple]:
    return query(database.owner_url, "SELECT model, position FROM read.positions ORDER BY model")


def runner_on(database: Database, ledger) -> Runner:
    return Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)


def a_case(ledger, number: str) -> UUID:
    stream = uuid4()
    write(ledger, stream, [a_filing(stream, number, DAY), a_routing(DAY)])
    return stream


@pytest.fixture(scope="module")
def origin(new_database: Callable[[], Database], tmp_path_factory) -> Origin:
    """A ledger with cases, read models, keys and an answer, dumped in both forms."""
    database = new_database()
    burn(database.owner_url, TRANSACTIONS)
    ledger = open_ledger(database.app_url)
    streams = [a_case(ledger, f"AT-{number}") for number in range(3)]
    stream = uuid4()
    _, event, day = a_filing(stream, "AT-keyed", DAY)
    facts = ledger.append(
        stream,
        [event],
        expected_version=0,
        previous_hash=bytes(32),
        actor=AGENT,
        command=uuid4(),
        key=a_key("known"),
        answer=told,
        recorded_at=hour_of(day),
    )
    runner = runner_on(database, ledger)
    runner.run_until_current()
    runner.close()
    last_position = ledger.last_position()
    assert last_position == facts[0].position
    ledger.close()
    dumps = tmp_path_factory.mktemp("dumps")
    for form in ("custom", "plain"):
        dump(database, dumps, form)
    return Origin(
        database,
        (*streams, stream),
        last_position,
        told(facts),
        rows_of_read_models(database),
        positions_of_read_models(database),
        dumps,
    )


@contextmanager
def cluster(sockets: Path | None = None) -> Iterator[PostgresServer]:
    """A cluster that has just been made, on these sockets or its own."""
    with tempfile.TemporaryDirectory(prefix="smoe-") as folder:
        if sockets is None:
            sockets = Path(folder) / "sockets"
            sockets.mkdir(mode=0o700)
        with embedded.postgres(Path(folder), sockets, FAST):
            yield PostgresServer(sockets)


@pytest.fixture(scope="module")
def younger() -> Iterator[PostgresServer]:
    with cluster() as server:
        yield server


def restore(dump: Path, server: PostgresServer) -> Database:
    """Restore a dump, of the form its file is named after, as an operator would."""
    database = server.database(f"restored_{uuid4().hex[:8]}")
    server.administer("CREATE DATABASE {name} OWNER {owner}", name=database.name, owner=embedded.OWNER_ROLE)
    administrator = server.url("postgres", database.name)
    commands = {
        "custom": [binary("pg_restore"), "--exit-on-error", f"--dbname={administrator}", str(dump)],
        "plain": [binary("psql"), "--set=ON_ERROR_STOP=1", "--quiet", f"--file={dump}", administrator],
    }
    subprocess.run(commands[dump.name], check=True, capture_output=True, timeout=120)
    return database


def dump(database: Database, folder: Path, form: str = "custom") -> Path:
    command = [binary("pg_dump"), f"--format={form}", f"--file={folder / form}", database.owner_url]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / form


@pytest.fixture
def restored(origin: Origin, younger: PostgresServer) -> Database:
    return restore(origin.dumps / "custom", younger)


@pytest.fixture
def standing(younger: PostgresServer) -> Database:
    """An empty ledger, whose place the restored one takes in some tests."""
    database = younger.database(f"standing_{uuid4().hex[:8]}")
    younger.administer("CREATE DATABASE {name} OWNER {owner}", name=database.name, owner=embedded.OWNER_ROLE)
    migrate.migrate(database.owner_url)
    return database


def replace(server: PostgresServer, standing: Database, restored: Database) -> None:
    """Put a restored database in the place of one that processes use; sessions end as when a server goes."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {standing.name} ALLOW_CONNECTIONS false")
        ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = ANY(%s)"
        connection.execute(ended, ([standing.name, restored.name],))
        connection.execute(f"ALTER DATABASE {standing.name} RENAME TO away_{standing.name}")
        connection.execute(f"ALTER DATABASE {restored.name} RENAME TO {standing.name}")


def smoe(arguments: str, database: Database, valkey_url: str, folder: Path, **more: str) -> subprocess.CompletedProcess:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("SMOE_", "DATABASE_", "RED"))
    }
    given = {
        "DATABASE_URL": database.app_url,
        "SMOE_OWNER_DATABASE_URL": database.owner_url,
        "REDIS_URL": valkey_url,
        "SMOE_DATA_DIR": str(folder),
        "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "SMOE_DEMONSTRATION": "off",
        "PORT": str(free_port()),
    }
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments.split()],
        cwd=ROOT,
        env=inherited | given | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def contents(database: Database) -> list:
    tables = ["ledger.events", "ledger.commands", "ledger.person_keys", "ledger.epochs", "read.positions"]
    return [query(database.owner_url, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


@pytest.mark.parametrize("form", ["custom", "plain"])
def test_the_ledger_does_not_open(origin, younger, form):
    database = restore(origin.dumps / form, younger)
    before = contents(database)
    with pytest.raises(PositionsWouldFall, match=SENTENCE):
        open_ledger(database.app_url)
    assert issubclass(PositionsWouldFall, LedgerUnavailable)
    assert contents(database) == before


def test_a_ledger_that_is_open_refuses_every_way_in_and_goes_on_by_itself(origin, younger, standing, restored):
    ledger = open_ledger(standing.app_url)
    a_case(ledger, "AT-elsewhere")
    replace(younger, standing, restored)
    before = contents(standing)
    for way_in in (
        lambda: a_case(ledger, "AT-new"),
        lambda: ledger.load(origin.streams[0]),
        lambda: ledger.read(0, 10),
        ledger.last_position,
        ledger.horizon,
        lambda: list(ledger.verify_all()),
        lambda: ledger.append_bulk([]),
    ):
        with pytest.raises(PositionsWouldFall, match=SENTENCE):
            way_in()
    assert contents(standing) == before
    sessions = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{standing.name}' AND usename = 'smoe_app'"
    assert query(younger.url("postgres", "postgres"), sessions) == [(0,)]
    begin_epoch(standing.owner_url, "meanwhile")
    wait_until(lambda: ledger.last_position() == origin.last_position)
    assert ledger.load(a_case(ledger, "AT-new"))[0].position > origin.last_position
    ledger.close()


def test_what_a_process_keeps_in_memory_is_not_taken_for_what_the_restored_server_holds(origin, younger):
    first, second = (restore(origin.dumps / "custom", younger) for _ in range(2))
    for database in (first, second):
        begin_epoch(database.owner_url, "restored")
    ledger = open_ledger(first.app_url)
    desk = Desk(ledger, load_reference())
    stream = origin.streams[0]
    before = desk.history(stream).case.version
    command = case_commands()["add-note"]

    def add_note() -> int:
        body = AddNote(text="Rappelé.")
        return desk.execute(stream, command, body, desk.context(AGENT, uuid4())).version

    assert [add_note(), add_note()] == [before + 1, before + 2]
    assert desk.administration().version == 0
    ledger.append(
        ADMINISTRATION_STREAM,
        administration_facts(load_reference()),
        expected_version=0,
        previous_hash=bytes(32),
        actor=AGENT,
        command=uuid4(),
    )
    assert desk.administration().version > 0
    replace(younger, first, second)
    assert desk.administration().version == 0
    assert desk.administration_at_hand.version == 0
    assert desk.history(stream).case.version == before
    assert add_note() == before + 1
    ledger.close()


def test_sessions_lost_while_the_administration_is_read_keep_nobody_waiting(standing, monkeypatch):
    writer = open_ledger(standing.app_url)
    facts = administration_facts(load_reference())
    writer.append(
        ADMINISTRATION_STREAM, facts, expected_version=0, previous_hash=bytes(32), actor=AGENT, command=uuid4()
    )
    writer.close()
    ledger = open_ledger(standing.app_url)
    find = ledger.keys.of_ids

    def find_on_new_sessions(key_ids):
        query(
            standing.app_url,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = current_user"
            " AND datname = current_database() AND pid <> pg_backend_pid()",
        )
        monkeypatch.setattr(ledger.keys, "of_ids", find)
        return find(key_ids)

    monkeypatch.setattr(ledger.keys, "of_ids", find_on_new_sessions)
    assert Desk(ledger, load_reference()).administration().version == len(facts)
    ledger.close()


@pytest.mark.parametrize("command", ["api", "worker", "run", "simulate --cases 1"])
def test_no_program_starts(restored, valkey_url, tmp_path, command):
    before = contents(restored)
    refused = smoe(command, restored, valkey_url, tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Le registre des faits a été restauré dans une instance de PostgreSQL plus jeune")
    assert SENTENCE in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert contents(restored) == before


def test_after_the_command_everything_goes_on(origin, restored, valkey_url, tmp_path):
    done = smoe("ledger continue", restored, valkey_url, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    base = query(restored.app_url, "SELECT ledger.epoch_base()")[0][0]
    assert done.stdout == f"Le registre continue : base {base}, au lieu de 0. Les nouvelles positions montent.\n"
    assert base > 0

    ledger = open_ledger(restored.app_url)
    assert ledger.last_position() == origin.last_position
    stream = a_case(ledger, "AT-new")
    new = [fact.position for fact in ledger.load(stream)]
    assert origin.last_position < new[0] < new[1]
    # A follower that had read everything before the restore, and one that had read half of it.
    assert [fact.position for fact in ledger.read(origin.last_position, 10)] == new
    old = [fact.position for fact in ledger.read(0, 100) if fact.position <= origin.last_position]
    assert [fact.position for fact in ledger.read(old[2], 100)] == old[3:] + new
    assert list(ledger.verify_all()) == []
    key = a_key("known")
    assert ledger.find_answer(key.actor, key.key, key.fingerprint) == origin.answer
    with pytest.raises(KeyUsed) as used:
        ledger.append(
            uuid4(),
            [a_filing(uuid4(), "AT-again", DAY)[1]],
            expected_version=0,
            previous_hash=bytes(32),
            actor=AGENT,
            command=uuid4(),
            key=key,
            answer=told,
        )
    assert used.value.answer == origin.answer

    assert rows_of_read_models(restored) == origin.read
    assert positions_of_read_models(restored) == origin.positions
    runner = runner_on(restored, ledger)
    assert runner.run_until_current() == len(new)
    runner.close()
    assert {position for _, position in positions_of_read_models(restored)} == {new[-1]}
    assert len(rows_of_read_models(restored)["cases"]) == len(origin.read["cases"]) + 1
    ledger.close()


def test_continuing_twice_changes_nothing(restored, valkey_url, tmp_path):
    before, base = begin_epoch(restored.owner_url, "first")
    assert (before, base > 0) == (0, True)
    after_the_first = contents(restored)
    assert begin_epoch(restored.owner_url, "second") == (base, base)
    again = smoe("ledger continue", restored, valkey_url, tmp_path)
    assert (again.returncode, again.stdout) == (0, f"Rien à faire : les positions montent déjà (base {base}).\n")
    assert contents(restored) == after_the_first


def test_a_restore_where_more_transactions_have_run_simply_goes_on(origin, postgres_server, valkey_url, tmp_path):
    database = restore(origin.dumps / "custom", postgres_server)
    ledger = open_ledger(database.app_url)
    assert ledger.last_position() == origin.last_position
    assert ledger.load(a_case(ledger, "AT-new"))[0].position > origin.last_position
    assert begin_epoch(database.owner_url, "for nothing") == (0, 0)
    ledger.close()
    postgres_server.administer("DROP DATABASE {name} WITH (FORCE)", name=database.name)


def test_restored_again_and_again_the_positions_still_rise(origin, younger, tmp_path):
    """A dump of a ledger in its second epoch, restored into a cluster that is younger still."""
    first = restore(origin.dumps / "custom", younger)
    begin_epoch(first.owner_url, "first")
    burn(first.owner_url, 2_000)
    with psycopg.connect(first.owner_url, autocommit=True) as connection:
        position = connection.execute(INSERT, (uuid4(),)).fetchone()[0]
    with cluster() as server:
        database = restore(dump(first, tmp_path), server)
        with pytest.raises(PositionsWouldFall):
            check_server(database.app_url)
        before, now = begin_epoch(database.owner_url, "second")
        assert 0 < before < now
        assert query(database.owner_url, INSERT.replace("%s", "gen_random_uuid()"))[0][0] > position
        assert [epoch.base for epoch in progress(database.app_url).epochs] == [0, before, now]


def wait_until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what a process finds out by itself; an outage meanwhile is part of it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except LedgerUnavailable:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_api_answers_503_and_recovers_by_itself(younger, standing, restored, valkey_url, tmp_path):
    settings = settings_on(standing, valkey_url, tmp_path, SMOE_MASTER_KEY=base64.b64encode(MASTER_KEY).decode())
    with service_on(settings, seeded=True) as service:
        assert service.client.get("/health/ready").status_code == 200
        replace(younger, standing, restored)
        wait_until(lambda: service.client.get("/health/ready").status_code == 503)
        assert service.client.get("/health/live").status_code == 200
        refused = service.get("agent-63", "/api/queues")
        assert refused.status_code == 503
        assert refused.json()["code"] == "not_ready"
        assert int(refused.headers["Retry-After"]) > 0
        assert "transaction" not in refused.text
        begin_epoch(standing.owner_url, "meanwhile")
        wait_until(lambda: service.client.get("/health/ready").status_code == 200)
        assert service.get("agent-63", "/api/queues").status_code != 503


def test_only_the_owner_continues(restored, valkey_url, tmp_path):
    refused = smoe("ledger continue", restored, valkey_url, tmp_path, SMOE_OWNER_DATABASE_URL=restored.app_url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Seul le compte propriétaire peut faire continuer le registre")
    assert query(restored.app_url, "SELECT ledger.epoch_base()") == [(0,)]


def test_an_append_under_way_is_waited_for(restored):
    with psycopg.connect(restored.app_url) as slow, ThreadPoolExecutor(1) as other:
        low = slow.execute(INSERT, (uuid4(),)).fetchone()[0]
        continuing = other.submit(begin_epoch, restored.owner_url, "meanwhile")
        wait_until(lambda: query(restored.owner_url, "SELECT count(*) FROM pg_locks WHERE NOT granted") == [(1,)])
        assert not continuing.done()
        slow.commit()
        before, now = continuing.result(20)
    assert before < now
    with psycopg.connect(restored.app_url) as connection:
        assert connection.execute(INSERT, (uuid4(),)).fetchone()[0] > low


def test_an_append_that_lasts_is_named_and_nothing_changed(restored, monkeypatch, capsys, valkey_url, tmp_path):
    monkeypatch.setattr("ledger.epochs.WAIT_SECONDS_MAX", 1)
    settings = settings_on(restored, valkey_url, tmp_path)
    with psycopg.connect(restored.owner_url, application_name="essai") as slow:
        slow.execute(INSERT, (uuid4(),))
        with pytest.raises(embedded.ServerError, match=rf"processus {slow.info.backend_pid}\)"):
            go_on(settings)
        assert show(settings) == 1
        shown = capsys.readouterr()
        assert SENTENCE in shown.err
        assert re.search(rf"processus {slow.info.backend_pid}\b", shown.out)
        slow.rollback()
    assert query(restored.app_url, "SELECT ledger.epoch_base()") == [(0,)]


def test_the_state_tells_positions_and_who_holds_readers_back(database, valkey_url, tmp_path):
    ledger = open_ledger(database.app_url)
    a_case(ledger, "AT-1")
    last = ledger.last_position()
    ledger.close()
    shown = smoe("ledger state", database, valkey_url, tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"Dernière position : {last} (transaction {last >> 20})" in shown.stdout
    assert "Personne ne retient les lecteurs." in shown.stdout
    assert "base 0 (installation)" in shown.stdout
    with psycopg.connect(database.app_url, application_name="essai") as slow:
        position, pid = slow.execute(INSERT, (uuid4(),)).fetchone()[0], slow.info.backend_pid
        shown = smoe("ledger state", database, valkey_url, tmp_path)
    assert re.search(rf"processus {pid}, depuis [0-9.]+ s \(essai\)", shown.stdout)
    horizon = int(re.search(r"sous : (\d+)", shown.stdout)[1])
    assert last < horizon <= position


def test_sessions_opened_before_use_the_new_base_after(restored):
    """Plans that were made with the old base, in functions and in prepared statements, are not used again."""
    statements = {
        "place": INSERT.replace("%s", "gen_random_uuid()"),
        "first_position": "SELECT ledger.first_position(pg_current_xact_id())",
        "horizon": "SELECT ledger.horizon()",
    }
    with psycopg.connect(restored.app_url, autocommit=True) as session:
        # Nothing is rolled back: the driver would forget what it had prepared.
        for text in statements.values():
            for _ in range(10):
                session.execute(text, prepare=True)
        _, base = begin_epoch(restored.owner_url, "meanwhile")
        for name, text in statements.items():
            assert session.execute(text, prepare=True).fetchone()[0] >> 20 > base, name


def test_a_server_replaced_under_a_running_process(origin, tmp_path):
    """The process is refused at its next new connection, and goes on after the command without a new start."""
    with tempfile.TemporaryDirectory(prefix="smoe-") as folder:
        sockets = Path(folder)
        with cluster(sockets) as server:
            burn(server.url("postgres", "postgres"), 2_000)
            database = restore(origin.dumps / "custom", server)
            begin_epoch(database.owner_url, "it is younger than the origin")
            ledger = open_ledger(database.app_url)
            a_case(ledger, "AT-before")
            last = ledger.last_position()
            kept = dump(database, tmp_path)
        with cluster(sockets) as server:
            restored = restore(kept, server)
            server.administer(f'ALTER DATABASE {{name}} RENAME TO "{database.name}"', name=restored.name)
            with pytest.raises(PositionsWouldFall):
                wait_for_refusal(lambda: a_case(ledger, "AT-refused"))
            begin_epoch(database.owner_url, "replaced")
            wait_until(lambda: ledger.last_position() == last)
            stream = a_case(ledger, "AT-after")
            assert [fact.position for fact in ledger.read(last, 10)] == [f.position for f in ledger.load(stream)]
        ledger.close()


def wait_for_refusal(use: Callable[[], object]) -> None:
    """Use the ledger until it refuses for another reason than that nothing answers."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            use()
        except PositionsWouldFall:
            raise
        except LedgerUnavailable:
            time.sleep(0.1)
        else:
            raise AssertionError("the ledger served")


def test_an_older_ledger_whose_sequence_had_come_far_begins_an_epoch(postgres_server, tmp_path):
    """Facts with positions from the sequence of before: they stay, and those that follow rise."""
    older = tmp_path / "older"
    older.mkdir()
    for path in migrate.MIGRATIONS.glob("*.sql"):
        if path.name < "0019":
            (older / path.name).write_bytes(path.read_bytes())
    database = postgres_server.database(f"older_{uuid4().hex[:8]}")
    postgres_server.administer("CREATE DATABASE {name} OWNER {owner}", name=database.name, owner=embedded.OWNER_ROLE)
    migrate.migrate(database.owner_url, older)
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        small = [connection.execute(INSERT, (uuid4(),)).fetchone()[0] for _ in range(3)]
    assert small == [1, 2, 3]
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("SELECT setval('ledger.events_notification_id_seq', 10000000000000000)")
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        large = [connection.execute(INSERT, (uuid4(),)).fetchone()[0] for _ in range(3)]
    migrate.migrate(database.owner_url)
    state = progress(database.app_url)
    assert state.refusal is None
    assert [epoch.base for epoch in state.epochs] == [0, state.base]
    assert state.base > 0
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        new = [connection.execute(INSERT, (uuid4(),)).fetchone()[0] for _ in range(2)]
    assert sorted(small + large + new) == small + large + new
    ledger = open_ledger(database.app_url)
    assert [fact.position for fact in ledger.read_raw(0, 10)] == small + large + new
    assert [fact.position for fact in ledger.read_raw(small[1], 10, large[1])] == [small[2], *large[:2]]
    ledger.close()
    postgres_server.administer("DROP DATABASE {name} WITH (FORCE)", name=database.name)


@contextmanager
def running(folder: Path) -> Iterator[PostgresServer]:
    """A cluster that keeps what it has acknowledged and no more, and that a test may kill."""
    sockets = folder / "sockets"
    sockets.mkdir(mode=0o700, exist_ok=True)
    # Nothing but an acknowledged commit brings the log to the disk.
    with embedded.postgres(folder, sockets, {"wal_writer_delay": "10s"}):
        yield PostgresServer(sockets)


def crash(folder: Path) -> None:
    pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGQUIT)


def test_numbers_given_again_after_a_crash_lose_no_fact():
    """Transactions that left no trace lose their numbers; facts that get them are read in their place all the same."""
    with tempfile.TemporaryDirectory(prefix="smoe-") as name, ThreadPoolExecutor(1) as other, ExitStack() as ending:
        folder = Path(name)
        with running(folder) as server:
            database = server.database(embedded.DATABASE)
            migrate.migrate(database.owner_url)
            reading, following = open_ledger(database.app_url), open_ledger(database.app_url)
            subscription = following.recorder.subscribe(gt=0, topics=["Noted"])
            ending.callback(subscription.stop)
            followed: list[int] = []
            other.submit(lambda: followed.extend(notification.id for notification in subscription))
            first = insert(database)
            burn(database.owner_url, 100)
            horizon = reading.horizon()
            assert [fact.position for fact in reading.read_raw(0, 10)] == [first]
            # Long enough for the subscription to have looked again, and found nothing.
            time.sleep(10 * HEARTBEAT_SECONDS)
            crash(folder)
        with running(folder), psycopg.connect(database.app_url) as slow:
            smaller = slow.execute(INSERT, (uuid4(),)).fetchone()[0]
            larger = insert(database)
            assert first < smaller < larger < horizon
            assert [fact.position for fact in reading.read_raw(0, 10)] == [first]
            slow.commit()
            assert [fact.position for fact in reading.read_raw(0, 10)] == [first, smaller, larger]
            with suppress(AssertionError):
                wait_until(lambda: len(followed) == 3)
            assert followed == [first, smaller, larger]
        reading.close()
        following.close()


def insert(database: Database) -> int:
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        return connection.execute(INSERT, (uuid4(),)).fetchone()[0]
