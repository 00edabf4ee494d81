"""The master key turns: a thousand persons' keys are wrapped anew while all goes on, and no fact changes."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from domain.envelope import ERASED
from domain.events import RequestFiled
from ledger.histories import AnyEvent
from ledger.master_keys import MasterKeys, MasterKeyUnknown, master_id_of
from ledger.proofs.notary import Notary
from ledger.rotation import BATCH, connect, rotate, wrapped_by
from ledger.secrets import with_secrets
from ledger.settings import SECRETS, Settings, derived
from ledger.store import Ledger
from tests.conftest import Database
from tests.histories import EVENT_TYPES, a_filing, drafts, erase, write
from tests.integration.test_reactions_silence import FILED

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
PERSONS = 1_000


def open_with(database: Database, key: bytes, *others: bytes) -> Ledger[AnyEvent]:
    return Ledger(
        database.app_url, event_types=EVENT_TYPES, master_key=key, other_master_keys=others, code_version="test"
    )


def settings_with(database: Database, folder: Path, key: bytes, *others: bytes) -> Settings:
    settings = Settings.from_environment({"SMOE_DATA_DIR": str(folder), "DATABASE_URL": database.app_url})
    return msgspec.structs.replace(
        settings, master_key=key, other_master_keys=others, owner_database_url=database.owner_url
    )


def filed(ledger: Ledger[AnyEvent], count: int) -> list[UUID]:
    streams = [uuid4() for _ in range(count)]
    stories = [drafts(stream, [a_filing(stream, f"AT-{n}", FILED)]) for n, stream in enumerate(streams)]
    ledger.append_bulk(draft for story in stories for draft in story)
    return streams


def name_in(ledger: Ledger[AnyEvent], stream: UUID) -> str:
    event = ledger.load(stream)[0].event
    assert isinstance(event, RequestFiled)
    return event.request.worker.family_name


def stored(database: Database) -> str:
    """A digest of every stored byte."""
    with psycopg.connect(database.owner_url) as connection:
        rows = connection.execute("SELECT state, hash FROM ledger.events ORDER BY originator_id, originator_version")
        return hashlib.sha256(b"".join(bytes(part) for row in rows for part in row)).hexdigest()


def wrapping(database: Database) -> dict[str, int]:
    with psycopg.connect(database.app_url) as connection:
        return {each.master_id: each.persons for each in wrapped_by(connection)}


@pytest.fixture
def streams(database: Database) -> list[UUID]:
    ledger = open_with(database, OLD)
    found = filed(ledger, PERSONS)
    ledger.close()
    return found


def test_a_rotation_touches_no_fact_while_reads_and_appends_go_on(database: Database, streams: list[UUID]) -> None:
    before = stored(database)
    old, new = open_with(database, OLD, NEW), open_with(database, NEW, OLD)
    stop, failures, done = threading.Event(), [], [0, 0]

    def work(ledger: Ledger[AnyEvent], at_hand: int) -> None:
        try:
            while not stop.is_set():
                ledger.keys.forget_all()
                assert name_in(ledger, streams[done[at_hand] % PERSONS]) != ERASED
                write(ledger, (stream := uuid4()), [a_filing(stream, f"AT-{stream}", FILED)])
                assert name_in(ledger, stream) != ERASED
                done[at_hand] += 1
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(ledger, n)) for n, ledger in enumerate((old, new))]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    with connect(database.owner_url) as connection:
        assert rotate(connection, MasterKeys(NEW, [OLD])) >= PERSONS
        time.sleep(0.3)
        stop.set()
        for thread in threads:
            thread.join()
        assert failures == []
        assert min(done) > 0
        # A process on the old settings went on wrapping with the old key until it ended.
        rotate(connection, MasterKeys(NEW, [OLD]))
    assert wrapping(database).keys() == {master_id_of(NEW)}
    old.close()
    assert list(new.verify_all()) == []
    new.close()

    with psycopg.connect(database.owner_url) as connection:
        rows = connection.execute(
            "SELECT state, hash FROM ledger.events WHERE originator_id = ANY(%s) ORDER BY originator_id,"
            " originator_version",
            (streams,),
        )
        assert hashlib.sha256(b"".join(bytes(part) for row in rows for part in row)).hexdigest() == before
    alone = open_with(database, NEW)
    try:
        assert all(name_in(alone, stream) != ERASED for stream in streams)
        assert Notary(alone, [OLD]).checkpoint_of_now().size >= PERSONS
        former = open_with(database, OLD)
        with pytest.raises(MasterKeyUnknown):
            name_in(former, streams[0])
        former.close()
    finally:
        alone.close()


KILLED = """
import sys, os, signal
from ledger.master_keys import MasterKeys
from ledger.rotation import connect, rotate
def tell(done):
    print(done, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
with connect(sys.argv[1]) as connection:
    rotate(connection, MasterKeys(bytes(range(1, 33)), [bytes(range(32))]), tell)
"""


def test_a_rotation_that_is_killed_goes_on_where_it_was(database: Database, streams: list[UUID]) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, database.owner_url],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert killed.returncode == -signal.SIGKILL
    # The actor's key is among them: one more than the workers'.
    total = sum(wrapping(database).values())
    assert wrapping(database)[master_id_of(NEW)] == BATCH
    with connect(database.owner_url) as connection:
        assert rotate(connection, MasterKeys(NEW, [OLD])) == total - BATCH
        assert rotate(connection, MasterKeys(NEW, [OLD])) == 0
    assert wrapping(database) == {master_id_of(NEW): total}


def test_an_erasure_during_a_rotation_stays_one(database: Database, streams: list[UUID]) -> None:
    ledger = open_with(database, NEW, OLD)
    event = ledger.load(streams[0])[0].event
    assert isinstance(event, RequestFiled)
    erase(ledger, streams[0], event.request.worker.person, FILED)
    with connect(database.owner_url) as connection:
        rotate(connection, MasterKeys(NEW, [OLD]))
    assert name_in(ledger, streams[0]) == ERASED
    assert name_in(ledger, streams[1]) != ERASED
    ledger.close()


def test_what_was_made_of_the_first_master_key_outlives_it(database: Database, tmp_path: Path) -> None:
    first = with_secrets(settings_with(database, tmp_path, OLD))
    assert first.secrets == {name: derived(OLD, name) for name in SECRETS}
    both = with_secrets(settings_with(database, tmp_path, NEW, OLD))
    with connect(database.owner_url) as connection:
        rotate(connection, MasterKeys(NEW, [OLD]))
    alone = with_secrets(settings_with(database, tmp_path, NEW))
    assert first.secrets == both.secrets == alone.secrets
    assert (alone.check_key, alone.access_key) == (first.check_key, first.access_key)
    assert alone.checkpoint_keys == first.checkpoint_keys
    assert alone.check_key != derived(NEW, "check")
    with pytest.raises(MasterKeyUnknown):
        with_secrets(settings_with(database, tmp_path, OLD))


def test_secrets_are_taken_over_from_the_key_that_the_persons_have(
    database: Database, streams: list[UUID], tmp_path: Path
) -> None:
    """An installation that turns its key before its first start with this version keeps its fingerprints."""
    assert with_secrets(settings_with(database, tmp_path, NEW, OLD)).check_key == derived(OLD, "check")


def test_a_database_of_another_master_key_is_not_written_to(
    database: Database, streams: list[UUID], tmp_path: Path
) -> None:
    assert with_secrets(settings_with(database, tmp_path, NEW)).secrets == {}
    with psycopg.connect(database.app_url) as connection:
        assert connection.execute("SELECT count(*) FROM ledger.secrets").fetchone() == (0,)
