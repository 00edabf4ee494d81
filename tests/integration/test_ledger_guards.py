"""What nobody can do to the ledger, and what is found when its owner does it all the same."""

from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql

from ledger.facts import LedgerAltered, StoredEventInvalid, fact_hash
from tests.ledger_samples import Filed, Firm, Noted, Worker, a_key, add, open_ledger, told

STATEMENTS = (
    "UPDATE ledger.events SET topic = 'Noted'",
    "UPDATE ledger.events SET state = state WHERE false",
    "DELETE FROM ledger.events",
    "DELETE FROM ledger.events WHERE false",
    "TRUNCATE ledger.events",
    "INSERT INTO ledger.events SELECT * FROM ledger.events"
    " ON CONFLICT (originator_id, originator_version) DO UPDATE SET topic = 'x'",
    "MERGE INTO ledger.events e USING ledger.events n ON e.notification_id = n.notification_id"
    " WHEN MATCHED THEN DELETE",
    "UPDATE ledger.commands SET answer = answer",
    "DELETE FROM ledger.commands",
    "TRUNCATE ledger.commands",
    "UPDATE ledger.erasures SET erased_at = now()",
    "DELETE FROM ledger.erasures",
    "TRUNCATE ledger.erasures",
    "TRUNCATE ledger.person_keys",
    "UPDATE ledger.epochs SET base = 1",
    "DELETE FROM ledger.epochs",
)


@pytest.fixture
def ledger(database):
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def stream(ledger) -> UUID:
    stream = uuid4()
    add(ledger, stream, *(Noted(text=f"fact {number}") for number in range(1, 6)), key=a_key("k"), answer=told)
    return stream


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_application_has_no_right_to_change_the_past(database, stream, statement):
    with psycopg.connect(database.app_url) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_trigger_refuses_the_owner_too(database, ledger, stream, statement):
    before = ledger.read_raw(0, 100)
    with psycopg.connect(database.owner_url) as connection, pytest.raises(errors.RaiseException, match="append-only"):
        connection.execute(statement)
    assert ledger.read_raw(0, 100) == before


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger.events DISABLE TRIGGER refuse_change",
        "DROP TABLE ledger.events",
        "CREATE TABLE ledger.other ()",
        "UPDATE ledger.person_keys SET wrapped = ''",
        "DELETE FROM ledger.person_keys",
        "MERGE INTO ledger.person_keys k USING ledger.person_keys n ON k.person = n.person WHEN MATCHED THEN DELETE",
        "ALTER FUNCTION ledger.destroy_key(uuid, uuid, bigint) RESET search_path",
        "INSERT INTO ledger.erasures (key_id, person) VALUES (gen_random_uuid(), gen_random_uuid())",
        "SELECT ledger.begin_epoch('why not')",
        "INSERT INTO ledger.epochs (base, system_identifier, reason) VALUES (1, 1, '')",
        "SELECT ledger.note_erasure()",
        "LOCK TABLE ledger.events IN EXCLUSIVE MODE",
    ],
)
def test_the_application_cannot_lift_the_guards(database, statement):
    with (
        psycopg.connect(database.app_url) as connection,
        pytest.raises((errors.InsufficientPrivilege, errors.FeatureNotSupported)),
    ):
        connection.execute(statement)


@pytest.mark.parametrize(
    ("version", "digest", "refused"),
    [
        (0, bytes(32), errors.CheckViolation),
        (None, bytes(32), errors.NotNullViolation),
        (1, bytes(31), errors.CheckViolation),
        (1, bytes(33), errors.CheckViolation),
        (1, None, errors.NotNullViolation),
    ],
)
@pytest.mark.parametrize("way", ["INSERT", "COPY"])
def test_a_fact_has_a_version_from_one_and_a_digest(database, version, digest, refused, way):
    with psycopg.connect(database.owner_url) as connection, pytest.raises(refused):
        write_row(connection, way, (uuid4(), version, "Noted", b"", digest))


def write_row(connection: psycopg.Connection, way: str, row: tuple) -> None:
    columns = "ledger.events (originator_id, originator_version, topic, state, hash)"
    if way == "INSERT":
        connection.execute(f"INSERT INTO {columns} VALUES (%s, %s, %s, %s, %s)", row)
        return
    with connection.cursor().copy(f"COPY {columns} FROM STDIN") as copy:
        copy.write_row(row)


def as_owner(database, *statements) -> None:
    """Tamper as only the owner can: with the trigger switched off."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
        for statement, *values in statements:
            connection.execute(statement, values)
        connection.execute("ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER refuse_change")


def state_of(ledger, stream, version) -> bytes:
    return ledger.recorder.select_stream(stream)[version - 1].state


SET_STATE = "UPDATE ledger.events SET state = %s WHERE originator_id = %s AND originator_version = %s"
SET_STATE_AND_HASH = (
    "UPDATE ledger.events SET state = %s, hash = %s WHERE originator_id = %s AND originator_version = %s"
)


@pytest.mark.parametrize("version", [1, 3, 5])
def test_an_altered_fact_is_refused_with_its_place(ledger, database, stream, version):
    altered = state_of(ledger, stream, version).replace(b"fact", b"fAct")
    as_owner(database, (SET_STATE, altered, stream, version))
    with pytest.raises(LedgerAltered) as refused:
        ledger.load(stream)
    assert (refused.value.stream, refused.value.version) == (stream, version)
    with pytest.raises(LedgerAltered):
        ledger.read(0, 100)
    (fault,) = ledger.verify_all()
    assert isinstance(fault, LedgerAltered)
    assert fault.version == version
    assert len(list(ledger.verify_stream(stream))) == 1
    assert list(ledger.verify_stream(uuid4())) == []


def test_an_altered_fact_whose_hash_was_made_anew_is_found_by_its_successor(ledger, database, stream):
    altered = state_of(ledger, stream, 3).replace(b"fact", b"fAct")
    as_owner(database, (SET_STATE_AND_HASH, altered, fact_hash(stream, 3, "Noted", altered), stream, 3))
    with pytest.raises(LedgerAltered) as refused:
        ledger.load(stream)
    assert refused.value.version == 4


def test_a_deleted_fact_is_missed(ledger, database, stream):
    as_owner(database, ("DELETE FROM ledger.events WHERE originator_id = %s AND originator_version = 3", stream))
    with pytest.raises(LedgerAltered, match="missing") as refused:
        ledger.load(stream)
    assert refused.value.version == 3


def test_swapped_facts_are_refused(ledger, database, stream):
    move = "UPDATE ledger.events SET originator_version = %s WHERE originator_id = %s AND originator_version = %s"
    as_owner(database, (move, 99, stream, 2), (move, 2, stream, 3), (move, 3, stream, 99))
    with pytest.raises(LedgerAltered) as refused:
        ledger.load(stream)
    assert refused.value.version == 2


def test_a_fact_moved_to_another_stream_is_refused_there(ledger, database, stream):
    other = uuid4()
    move = "UPDATE ledger.events SET originator_id = %s WHERE originator_id = %s AND originator_version = 1"
    as_owner(database, (move, other, stream))
    with pytest.raises(LedgerAltered):
        ledger.load(other)
    with pytest.raises(LedgerAltered):
        ledger.load(stream)


def test_a_changed_type_is_refused(ledger, database, stream):
    as_owner(database, ("UPDATE ledger.events SET topic = 'Measured' WHERE originator_version = 2",))
    with pytest.raises(LedgerAltered) as refused:
        ledger.load(stream)
    assert refused.value.version == 2


def test_a_reader_that_knows_a_hash_notices_that_what_it_read_was_replaced(ledger, stream):
    with pytest.raises(LedgerAltered) as refused:
        ledger.load(stream, after_version=2, known_hash=bytes(32))
    assert refused.value.version == 3


def test_a_box_opens_only_in_the_fact_it_was_closed_in(ledger, database):
    person = uuid4()
    streams = [uuid4(), uuid4()]
    for stream, name in zip(streams, ("Zoé Durand", "Zoé Durant"), strict=True):
        add(ledger, stream, Filed(worker=Worker(person=person, name=name), employer=Firm(siret="1")))
    theirs, mine = (state_of(ledger, stream, 1) for stream in streams)
    box = lambda state: state[state.rindex(b'"sealed":"') :].split(b'"')[3]  # noqa: E731
    assert box(theirs) != box(mine)
    forged = mine.replace(box(mine), box(theirs))
    as_owner(database, (SET_STATE_AND_HASH, forged, fact_hash(streams[1], 1, "Filed", forged), streams[1], 1))
    with pytest.raises(StoredEventInvalid) as refused:
        ledger.load(streams[1])
    assert refused.value.path == "$.payload.worker.sealed"
    assert ledger.load(streams[0])[0].event.worker.name == "Zoé Durand"


def insert_raw(database, stream: UUID, topic: str, state: bytes) -> None:
    """Write what no ledger of ours would: with its hash right, so that only decoding can object."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(
            "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash)"
            " VALUES (%s, 1, %s, %s, %s)",
            (stream, topic, state, fact_hash(stream, 1, topic, state)),
        )


@pytest.mark.parametrize(
    ("topic", "old", "new", "path"),
    [
        ("Unheard", b"", b"", "$"),
        ("Noted", b'{"schema"', b'{{"schema"', "$"),
        ("Noted", b'"text":"x"', b'"text":1', "$.payload.text"),
        ("Noted", b'"text":"x"', b'"txt":"x"', "$.payload"),
        ("Noted", b'{"text":"x"}', b'["x"]', "$.payload"),
        ("Noted", b'"schema":1', b'"schema":2', "$.schema"),
        ("Noted", b'"schema":1', b'"schema":0', "$.schema"),
        ("Noted", b'"role":"agent"', b'"role":"king"', "$.actor.role"),
        ("Noted", b'"recorded_at":"', b'"recorded_at":"x', "$.recorded_at"),
        ("Noted", b'"previous":"00', b'"previous":"zz', "$.previous"),
        ("Noted", b'"correlation"', b'"korrelation"', "$"),
        ("Noted", b'"text":"x"', b'"text":"\xff"', "$.payload"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_path_of_the_fault(ledger, database, topic, old, new, path):
    good, bad = uuid4(), uuid4()
    (fact,) = add(ledger, good, Noted(text="x"))
    # Boxes are bound to their stream: the actor's name is blanked out of the question by keeping the stream.
    state = state_of(ledger, good, 1).replace(old, new) if old else state_of(ledger, good, 1)
    as_owner(database, ("DELETE FROM ledger.events WHERE originator_id = %s", good))
    insert_raw(database, good, topic, state)
    with pytest.raises(StoredEventInvalid) as refused:
        ledger.load(good)
    assert (refused.value.stream, refused.value.version) == (good, 1)
    assert refused.value.position > fact.position
    assert refused.value.path == path
    assert path in str(refused.value)
    add(ledger, bad, Noted(text="others go on"))
    assert len(ledger.load(bad)) == 1


def test_members_that_this_program_does_not_know_are_skipped(ledger, database):
    stream = uuid4()
    add(ledger, stream, Noted(text="x"))
    state = state_of(ledger, stream, 1).replace(b'"text":"x"', b'"text":"x","later":[1]')
    as_owner(
        database,
        (SET_STATE_AND_HASH, state, fact_hash(stream, 1, "Noted", state), stream, 1),
    )
    assert ledger.load(stream)[0].event == Noted(text="x")


def test_the_application_role_is_not_the_owner(database):
    """Otherwise the tests above would show nothing."""
    with psycopg.connect(database.app_url) as connection:
        owner = connection.execute(
            sql.SQL("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'ledger.events'::regclass")
        ).fetchone()
        user = connection.execute("SELECT current_user").fetchone()
    assert owner != user == ("smoe_app",)
