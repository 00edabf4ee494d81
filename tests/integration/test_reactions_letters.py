"""Letters leave once, with their files, whoever is killed when, and one that cannot be written keeps no other back."""

import base64
import hashlib
import io
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from cli import embedded
from cli.worker import work
from documents.storage import FileErased, Files
from domain.acts import DecisionKind
from domain.events import LetterIssued, NoteAdded, RequestRefused
from domain.papers import LetterKind
from domain.reference.load import load_reference
from ledger.desk import Desk
from ledger.migrate import MIGRATIONS, migrate
from ledger.settings import Settings
from projections.letters import backlog, parked, waiting
from projections.runner import Runner
from reactions.letters import Letters
from tests.conftest import Database
from tests.histories import (
    CHECK_KEY,
    EMPLOYER,
    MASTER_KEY,
    SIGNATORY,
    Step,
    a_filing,
    a_grant,
    a_routing,
    a_signed,
    erase,
    open_ledger,
    persons_of,
    record_administration,
    write,
)
from tests.integration.killed_while_writing import STEPS
from tests.servers import PostgresServer
from tests.stationery import Plain
from tests.unit.given import TODAY, filing

FILED = date(2026, 3, 2)
STREAM, OTHER = UUID(int=99), UUID(int=98)


class Bench:
    """A ledger, its read models and the reaction."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.ledger = open_ledger(database.app_url, clock=lambda: datetime(2026, 12, 1, 12, tzinfo=UTC))
        self.desk = Desk(self.ledger, load_reference())
        self.files = Files((folder / "documents").as_uri(), self.ledger.keys)
        self.runner = Runner(self.ledger, database.owner_url, reference=self.desk.tables.shipped, check_key=CHECK_KEY)

    def letters(self, stationery: Any = None, **options: Any) -> Letters:
        return Letters(self.desk, self.files, stationery or Plain(), **options)

    def write(self, stream: UUID, *steps: Step) -> None:
        write(self.ledger, stream, steps)
        self.runner.run_until_current()

    def run(self, letters: Letters) -> int:
        with psycopg.connect(self.database.app_url, autocommit=True) as connection:
            return letters.run_once(connection)

    def issued(self, stream: UUID = STREAM) -> list[LetterIssued]:
        return [fact.event for fact in self.ledger.load(stream) if isinstance(fact.event, LetterIssued)]

    def kept(self, stream: UUID = STREAM) -> list[str]:
        folder = self.folder / "documents" / "cases" / str(stream)
        return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []

    def close(self) -> None:
        self.runner.close()
        self.ledger.close()


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(database, tmp_path)
    yield made
    made.close()


def decided(stream: UUID, on: date = FILED) -> tuple[Step, ...]:
    return a_filing(stream, f"AT-{stream.int}", on), a_routing(on), a_grant(on, f"AT-2026-{stream.int}")


def told(events: Sequence[LetterIssued]) -> list[tuple[str, str, str | None]]:
    return sorted(((each.kind.value, each.about, each.addressee) for each in events), key=str)


GRANTED = [("decision", "D1", "employer"), ("decision", "D1", "worker"), ("permit", "D1", None)]


def test_each_letter_is_written_once_and_kept_with_its_data(bench: Bench) -> None:
    bench.write(STREAM, *decided(STREAM))
    assert bench.run(bench.letters()) == 3
    events = bench.issued()
    assert told(events) == GRANTED
    assert [each.letter for each in events] == ["L1", "L2", "L3"]
    for each in events:
        data = bench.files.read(STREAM, each.data_sha256)
        pages = bench.files.read(STREAM, each.sha256)
        assert pages == b"%PDF-1.7\n" + data
        assert (len(pages), hashlib.sha256(pages).hexdigest()) == (each.bytes, each.sha256)
        assert msgspec.json.decode(data)["due"]["kind"] == each.kind.value
        assert len(msgspec.json.decode(data)["facts"]) == each.on_version == 3
    # By this process and by a new one, before and after the read model is told.
    assert bench.run(bench.letters()) == 0
    bench.runner.run_until_current()
    assert bench.run(bench.letters()) == 0
    with psycopg.connect(bench.database.app_url) as connection:
        assert backlog(connection).due == 0
    assert len(bench.issued()) == 3


def test_a_letter_rests_on_what_was_known_when_its_fact_was_recorded(bench: Bench) -> None:
    """What comes later, in the case or in the administration, changes nothing of a letter that is written late."""
    bench.write(STREAM, *decided(STREAM))
    record_administration(bench.ledger)
    bench.write(STREAM, (SIGNATORY, NoteAdded(person=SIGNATORY.person, text="Plus tard."), FILED))
    bench.run(bench.letters())
    facts = bench.ledger.load(STREAM)
    for each in bench.issued():
        data = msgspec.json.decode(bench.files.read(STREAM, each.data_sha256))
        assert data["administration"] == 0
        assert data["facts"] == msgspec.json.decode(msgspec.json.encode([fact.event for fact in facts[:3]]))


def test_several_workers_write_each_letter_once(bench: Bench) -> None:
    streams = [UUID(int=1_000 + number) for number in range(12)]
    for stream in streams:
        write(bench.ledger, stream, decided(stream))
    bench.runner.run_until_current()
    start, sums = threading.Barrier(4), []

    def react() -> None:
        letters = bench.letters()
        start.wait()
        sums.append(bench.run(letters))

    threads = [threading.Thread(target=react) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sums) == 36
    for stream in streams:
        assert told(bench.issued(stream)) == told(bench.issued(streams[0]))
        assert len({each.letter for each in bench.issued(stream)}) == 3


def test_two_workers_that_do_not_see_each_other_record_one_letter(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock only saves work: what keeps a letter single is its key."""
    bench.write(STREAM, *decided(STREAM))
    monkeypatch.setattr("reactions.letters._alone", lambda connection, case_id: _NobodyElse())
    start, sums = threading.Barrier(3), []

    def react() -> None:
        letters = bench.letters()
        start.wait()
        sums.append(bench.run(letters))

    threads = [threading.Thread(target=react) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sums) == 3
    assert len(bench.issued()) == 3


class _NobodyElse:
    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None:
        return None


def test_a_letter_that_cannot_be_written_is_set_aside_and_the_others_are_not(bench: Bench) -> None:
    bench.write(STREAM, *decided(STREAM))
    bench.write(OTHER, *decided(OTHER))
    assert bench.run(bench.letters(Plain(LetterKind.PERMIT))) == 4
    assert [kind for kind, *_ in told(bench.issued())] == ["decision", "decision"]
    with psycopg.connect(bench.database.app_url) as connection:
        (aside,) = parked(connection, STREAM).values()
        assert (aside.kind, aside.about, aside.tries) == ("permit", "D1", 1)
        assert aside.cause == "Refused letter_not_due", "which fault, and nothing of what it says of anybody"
        bench.runner.run_until_current()
        assert (backlog(connection).due, backlog(connection).parked) == (2, 2)
    # Not tried at each turn, but once its hour has come.
    mended = Plain()
    assert bench.run(bench.letters(mended)) == 0
    assert mended.made == []
    with psycopg.connect(bench.database.app_url) as connection:
        connection.execute("UPDATE ledger.letters_parked SET retry_at = now() WHERE case_id = %s", (STREAM,))
    assert bench.run(bench.letters(mended)) == 1
    with psycopg.connect(bench.database.app_url) as connection:
        assert parked(connection, STREAM) == {}
        assert len(parked(connection, OTHER)) == 1
        # Another program tries at once what this one could not.
        connection.execute("UPDATE ledger.letters_parked SET code_version = 'another'")
    assert bench.run(bench.letters(mended)) == 1


def test_what_fails_again_waits_longer(bench: Bench) -> None:
    bench.write(STREAM, *decided(STREAM))
    waits = []
    for _ in range(12):
        bench.run(bench.letters(Plain(LetterKind.PERMIT)))
        with psycopg.connect(bench.database.app_url) as connection:
            found = connection.execute(
                "SELECT tries, round(extract(epoch FROM retry_at - now()) / 60)::int FROM ledger.letters_parked"
            ).fetchone()
            assert found is not None
            waits.append(found)
            connection.execute("UPDATE ledger.letters_parked SET retry_at = now()")
    assert [tries for tries, _ in waits] == list(range(1, 13))
    assert [minutes for _, minutes in waits] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


def test_nothing_is_kept_of_somebody_erased(bench: Bench) -> None:
    bench.write(STREAM, *decided(STREAM))
    erase(bench.ledger, STREAM, persons_of(STREAM)[0], FILED + timedelta(days=1))
    # Whether or not the read model has heard of it.
    assert bench.run(bench.letters()) == 0
    bench.runner.run_until_current()
    assert bench.run(bench.letters()) == 0
    assert (bench.kept(), bench.issued()) == ([], [])


def test_somebody_erased_while_a_letter_is_made_is_not_written_to(bench: Bench) -> None:
    bench.write(STREAM, *decided(STREAM))
    stationery = Plain()

    def erased_now() -> None:
        stationery.before = lambda: None
        erase(bench.ledger, STREAM, persons_of(STREAM)[0], FILED + timedelta(days=1))

    stationery.before = erased_now
    assert bench.run(bench.letters(stationery)) == 0
    assert (bench.kept(), bench.issued()) == ([], [])
    with pytest.raises(FileErased):
        bench.files.put(STREAM, persons_of(STREAM)[0], io.BytesIO(b"x"))


def test_files_that_cannot_be_kept_are_an_outage_of_all_and_a_fault_of_none(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write(STREAM, *decided(STREAM))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(bench.files, "put", full)
        assert bench.run(bench.letters()) == 0
    with psycopg.connect(bench.database.app_url) as connection:
        assert parked(connection, STREAM) == {}
    assert bench.run(bench.letters()) == 3


def test_a_turn_ends_and_goes_on_the_next_time(bench: Bench) -> None:
    for number in range(4):
        write(bench.ledger, UUID(int=500 + number), decided(UUID(int=500 + number)))
    bench.runner.run_until_current()
    assert bench.run(bench.letters(seconds_max=-1)) == 0
    stop = threading.Event()
    stop.set()
    assert bench.run(bench.letters(stop=stop)) == 0
    assert bench.run(bench.letters()) == 12


# Before there were letters


def test_what_was_recorded_before_there_were_letters_calls_for_none(
    bench: Bench, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """A database of an earlier version: its migration says from where on, whatever is rebuilt afterwards."""
    old = tmp_path / "old"
    old.mkdir()
    for path in MIGRATIONS.glob("*.sql"):
        if path.name < "0036":
            (old / path.name).write_bytes(path.read_bytes())
    name = "before_letters"
    postgres_server.administer("CREATE DATABASE {name} OWNER {owner}", name=name, owner=embedded.OWNER_ROLE)
    database = postgres_server.database(name)
    try:
        migrate(database.owner_url, old)
        ledger = open_ledger(database.app_url)
        write(ledger, STREAM, decided(STREAM))
        ledger.close()
        migrate(database.owner_url)
        later = Bench(database, tmp_path)
        try:
            write(later.ledger, OTHER, decided(OTHER))
            refused_since = RequestRefused(decision=a_signed(DecisionKind.REFUSAL, FILED, "D2"))
            later.write(STREAM, (SIGNATORY, refused_since, FILED))
            assert later.run(later.letters()) == 5
            assert told(later.issued(OTHER)) == GRANTED
            assert told(later.issued()) == [("decision", "D2", "employer"), ("decision", "D2", "worker")]
            with psycopg.connect(database.app_url) as connection:
                later.runner.run_until_current()
                assert backlog(connection).due == 0
                assert waiting(connection, "test", None) == [], "nobody looks at it again and again"
        finally:
            later.close()
    finally:
        postgres_server.administer("DROP DATABASE {name} WITH (FORCE)", name=name)


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_leaves_each_letter_to_be_written_once(bench: Bench, step: str) -> None:
    bench.write(STREAM, *decided(STREAM))
    arguments = (bench.database.app_url, str(bench.folder / "documents"), step)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.integration.killed_while_writing", *arguments],
        cwd=MIGRATIONS.parent,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    left, recorded = bench.kept(), bench.issued()
    assert len(recorded) == (1 if step == "once it is recorded" else 0)
    assert bench.run(bench.letters()) == 3 - len(recorded)
    events = bench.issued()
    assert told(events) == GRANTED
    # What was kept before is what is kept now: nothing of the first try is left over.
    named = {each.sha256 for each in events} | {each.data_sha256 for each in events}
    assert set(left) <= set(bench.kept()) == named


def test_the_worker_writes_letters_unless_told_not_to(database: Database, valkey_url: str, tmp_path: Path) -> None:
    """The real ones, from filing to the file that is kept."""
    environment = {
        "DATABASE_URL": database.app_url,
        "SMOE_OWNER_DATABASE_URL": database.owner_url,
        "REDIS_URL": valkey_url,
        "SMOE_DATA_DIR": str(tmp_path),
        "SMOE_MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "SMOE_PROJECTION_WORKERS": "1",
    }
    ledger = open_ledger(database.app_url)
    write(ledger, STREAM, [(EMPLOYER, event, TODAY) for event in filing()])
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    runner.run_until_current()
    runner.close()

    def issued(turns: int, **more: str) -> list[LetterIssued]:
        stop = threading.Event()
        settings = Settings.from_environment({**environment, **more})
        worker = threading.Thread(target=work, args=(settings, stop))
        worker.start()
        try:
            for _ in range(turns):
                stop.wait(0.1)
                found = [fact.event for fact in ledger.load(STREAM) if isinstance(fact.event, LetterIssued)]
                if len(found) == 2:
                    break
        finally:
            stop.set()
            worker.join(20)
        return found

    assert issued(10, SMOE_LETTERS="off") == []
    receipt, acknowledgement = issued(300)
    assert (receipt.template, acknowledgement.template) == ("receipt/1", "acknowledgement/1")
    files = Files((tmp_path / "documents").as_uri(), ledger.keys)
    for each in (receipt, acknowledgement):
        assert files.read(STREAM, each.sha256).startswith(b"%PDF-1.7")
    ledger.close()
