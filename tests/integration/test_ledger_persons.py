"""Personal fields: closed in the database, open in the ledger, gone after erasure."""

import re
from datetime import date
from uuid import uuid4

import psycopg
import pytest

from domain.envelope import ERASED, UNASSIGNED
from ledger import keys
from ledger.facts import AnswerErased, StoredEventInvalid
from ledger.master_keys import MasterKeyUnknown
from tests.ledger_samples import (
    NEW,
    Filed,
    Firm,
    Household,
    Noted,
    PersonErased,
    Worker,
    a_key,
    add,
    an_actor,
    erase,
    open_ledger,
    told,
)


@pytest.fixture
def ledger(database):
    opened = open_ledger(database.app_url)
    yield opened
    opened.close()


def sessions_ended(database) -> int:
    """End the sessions of the application, as a server that is stopped or restored does; how many there were."""
    with psycopg.connect(database.app_url) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(ended.fetchall())


def key_lost(database, person) -> None:
    """The key as it is on a server that has lost its last transactions: never stored, and not erased either."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.person_keys DISABLE TRIGGER note_erasure")
        connection.execute("DELETE FROM ledger.person_keys WHERE person = %s", (person,))
        connection.execute("ALTER TABLE ledger.person_keys ENABLE ALWAYS TRIGGER note_erasure")


def a_filing(**persons) -> Filed:
    worker, wife, son, home = (persons.get(name) or uuid4() for name in ("worker", "wife", "son", "home"))
    return Filed(
        worker=Worker(person=worker, name="Zoé Kowalczyk", born_on=date(1990, 7, 14), passport="PX-7714-Q"),
        employer=Household(person=home, address="12 allée des Érables"),
        companions=(Worker(person=wife, name="Ludmila Kowalczyk"), Worker(person=son, name="Piotr Kowalczyk")),
        by_role={"the.tutor": Worker(person=wife, name="Ludmila Kowalczyk")},
    )


def test_personal_fields_come_back_and_are_nowhere_in_the_database(ledger, database):
    event, stream = a_filing(), uuid4()
    facts = add(ledger, stream, event, key=a_key("k"), answer=told, actor=an_actor("Solange Vergnaud"))
    assert ledger.load(stream) == facts
    assert facts[0].event == event
    with psycopg.connect(database.owner_url) as connection:
        stored = b"".join(
            bytes(row[0])
            for table in ("events", "commands", "person_keys", "erasures")
            for row in connection.execute(f"SELECT convert_to(t::text, 'UTF8') FROM ledger.{table} t")
        )
        state = connection.execute("SELECT state FROM ledger.events").fetchone()[0]
    for word in ("Kowalczyk", "Zoé Ko", "1990-07-14", "PX-7714", "rables", "Ludmila", "Piotr", "Solange", "Vergnaud"):
        assert word.encode() not in state
        assert word.encode().hex().encode() not in stored
        assert word.encode() not in stored
    assert b'"nationality":"FR"' in state
    assert state.count(b'"sealed":') == 6


def test_equal_names_give_unequal_boxes(ledger):
    actor, stream = an_actor(), uuid4()
    add(ledger, stream, Noted(text="1"), Noted(text="2"), actor=actor)
    boxes = [re.search(rb'"sealed":"([^"]+)"', fact.state)[1] for fact in ledger.read_raw(0, 2)]
    assert boxes[0] != boxes[1]


def test_an_erased_person_reads_as_erased_everywhere_and_others_stay(ledger):
    worker, wife, home, stream = uuid4(), uuid4(), uuid4(), uuid4()
    facts = add(ledger, stream, a_filing(worker=worker, wife=wife, home=home))
    assert erase(ledger, worker)
    assert erase(ledger, home)
    (fact,) = ledger.load(stream)
    assert (fact.event.worker.name, fact.event.worker.born_on, fact.event.worker.passport) == (ERASED, None, None)
    assert fact.event.worker.person == worker
    assert fact.event.worker.nationality == "FR"
    assert fact.event.employer == Household(person=home, address=ERASED)
    assert fact.event.companions == facts[0].event.companions
    assert fact.hash == facts[0].hash
    assert list(ledger.verify_all()) == []
    assert erase(ledger, worker) is False


def test_an_erased_actor_keeps_identity_and_quality(ledger):
    actor, stream = an_actor("Solange Vergnaud"), uuid4()
    add(ledger, stream, Noted(text="1"), actor=actor)
    erase(ledger, actor.person)
    (fact,) = ledger.load(stream)
    assert (fact.actor.name, fact.actor.identity, fact.actor.quality) == (ERASED, actor.identity, actor.quality)


def test_another_process_notices_an_erasure_within_its_bound(ledger, database, monkeypatch):
    other, person, stream = open_ledger(database.app_url), uuid4(), uuid4()
    now = [1000.0]
    monkeypatch.setattr(keys.time, "monotonic", lambda: now[0])
    try:
        add(ledger, stream, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
        assert other.load(stream)[0].event.worker.name == "Zoé"
        erase(ledger, person)
        now[0] += keys.RECHECK_SECONDS
        assert other.load(stream)[0].event.worker.name == ERASED
    finally:
        other.close()


def test_who_comes_back_after_erasure_gets_a_new_key_and_the_past_stays_erased(ledger):
    person, stream = uuid4(), uuid4()
    for expected in (("Zoé",), (ERASED, "Zoé"), (ERASED, ERASED, "Zoé")):
        erase(ledger, person)
        add(ledger, stream, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
        assert tuple(fact.event.worker.name for fact in ledger.load(stream)) == expected


def test_a_lost_key_is_not_taken_for_an_erasure(ledger, database):
    person, stream = uuid4(), uuid4()
    add(ledger, stream, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.person_keys DISABLE TRIGGER note_erasure")
        connection.execute("DELETE FROM ledger.person_keys WHERE person = %s", (person,))
    ledger.keys.forget_all()
    with pytest.raises(StoredEventInvalid, match="lost") as refused:
        ledger.load(stream)
    assert refused.value.path == "$.payload.worker.sealed"


def test_an_answer_is_erased_with_any_person_it_may_name(ledger):
    person, key = uuid4(), a_key("k")
    facts = add(ledger, uuid4(), a_filing(son=person), key=key, answer=told)
    erase(ledger, person)
    with pytest.raises(AnswerErased) as refused:
        ledger.find_answer(key.actor, key.key, key.fingerprint)
    assert refused.value.first_position == facts[0].position


def test_another_master_key_opens_nothing_and_is_named(ledger, database):
    stream = uuid4()
    add(ledger, stream, a_filing())
    stranger = open_ledger(database.app_url, master_key=bytes(32))
    try:
        with pytest.raises(MasterKeyUnknown, match=ledger.keys.masters.current):
            stranger.load(stream)
    finally:
        stranger.close()


def test_a_wrapped_key_moved_to_another_person_does_not_open(ledger, database):
    first, second = uuid4(), uuid4()
    add(ledger, uuid4(), a_filing(worker=first, wife=second))
    with psycopg.connect(database.owner_url) as connection:
        connection.execute(
            "UPDATE ledger.person_keys SET wrapped = (SELECT wrapped FROM ledger.person_keys WHERE person = %s)"
            " WHERE person = %s",
            (first, second),
        )
    ledger.keys.forget_all()
    with pytest.raises(MasterKeyUnknown, match="altered"):
        ledger.read(0, 10)


@pytest.mark.parametrize("length", [0, 7, 12, 40, 59])
def test_a_wrapped_key_cut_short_is_told_as_altered(ledger, database, length):
    add(ledger, uuid4(), a_filing())
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("UPDATE ledger.person_keys SET wrapped = substr(wrapped, 1, %s)", (length,))
    ledger.keys.forget_all()
    with pytest.raises(MasterKeyUnknown, match="altered"):
        ledger.read(0, 10)


def test_a_form_that_names_nobody_yet_cannot_be_stored(ledger):
    with pytest.raises(ValueError, match=re.escape("$.worker")):
        add(ledger, uuid4(), a_filing(worker=UNASSIGNED))
    assert ledger.last_position() == 0


def test_a_key_is_not_kept_when_its_fact_was_refused(ledger, database):
    stream = uuid4()
    add(ledger, stream, Noted(text="1"))
    with pytest.raises(Exception, match="version"):
        add(ledger, stream, a_filing(), expected_version=0, previous_hash=bytes(32))
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM ledger.person_keys").fetchone() == (1,)


def test_keys_are_found_after_all_connections_were_lost(ledger, database):
    worker, stream = uuid4(), uuid4()
    add(ledger, stream, a_filing(worker=worker))
    ledger.keys.forget_all()
    assert sessions_ended(database)
    found, minted = ledger.keys.of_persons([worker])
    assert (list(found), minted) == ([worker], [])


def stored_and_readable_elsewhere(database, stream) -> tuple[str, ...]:
    """The workers' names as another process reads them."""
    other = open_ledger(database.app_url)
    try:
        return tuple(fact.event.worker.name for fact in other.load(stream))
    finally:
        other.close()


def test_a_server_that_lost_a_key_is_given_another_before_it_seals_anything(ledger, database):
    person, lost, stream = uuid4(), uuid4(), uuid4()
    add(ledger, lost, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    key_lost(database, person)
    assert sessions_ended(database)
    add(ledger, stream, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    assert stored_and_readable_elsewhere(database, stream) == ("Zoé",)


@pytest.mark.parametrize("coalesce", [False, True])
@pytest.mark.parametrize("noticed_by_another", [False, True])
def test_a_key_lost_while_a_fact_is_being_sealed_seals_nothing(database, monkeypatch, coalesce, noticed_by_another):
    """The append finds its own connection broken, or one that another thread has made anew."""
    ledger = open_ledger(database.app_url, coalesce=coalesce)
    person, stream = uuid4(), uuid4()
    add(ledger, uuid4(), Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    encode, sealed = ledger.codec.encode, []

    def sealing(fact, keys):
        if not sealed:
            key_lost(database, person)
            assert sessions_ended(database)
            if noticed_by_another:
                ledger.recorder.select_head(stream)
        sealed.append(fact)
        return encode(fact, keys)

    monkeypatch.setattr(ledger.codec, "encode", sealing)
    try:
        add(ledger, stream, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")), **NEW)
    finally:
        ledger.close()
    assert len(sealed) == 2
    assert stored_and_readable_elsewhere(database, stream) == ("Zoé",)


def test_an_append_under_way_does_not_bring_back_a_key_destroyed_meanwhile(ledger, database, monkeypatch):
    person, newcomer, stream = uuid4(), uuid4(), uuid4()
    add(ledger, stream, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    append, other = ledger.recorder.append, open_ledger(database.app_url)

    def appending(what):
        done = append(what)
        erase(other, person)
        monkeypatch.setattr(keys, "RECHECK_SECONDS", 0.0)
        ledger.keys.notice_erasures()
        monkeypatch.setattr(keys, "RECHECK_SECONDS", 1_000.0)
        return done

    monkeypatch.setattr(ledger.recorder, "append", appending)
    try:
        add(ledger, stream, a_filing(worker=person, wife=newcomer))
    finally:
        other.close()
    assert [fact.event.worker.name for fact in ledger.load(stream)] == [ERASED, ERASED]


def test_a_restore_is_noticed_though_as_many_were_erased_as_before(ledger, database, monkeypatch):
    person, stream = uuid4(), uuid4()
    add(ledger, stream, Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    ledger.load(stream)
    seen = ledger.keys._erasures_seen
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("DELETE FROM ledger.person_keys WHERE person = %s", (person,))
    monkeypatch.setattr(ledger.keys, "_count_erased", lambda: seen)
    assert ledger.load(stream)[0].event.worker.name == "Zoé"
    assert sessions_ended(database)
    assert ledger.load(stream)[0].event.worker.name == ERASED


def test_a_destroyed_key_does_not_come_back(ledger, database):
    person = uuid4()
    add(ledger, uuid4(), Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        row = connection.execute("SELECT * FROM ledger.person_keys WHERE person = %s", (person,)).fetchone()
        assert erase(ledger, person)
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="destroyed"):
            connection.execute("INSERT INTO ledger.person_keys VALUES (%s, %s, %s, %s, %s)", row)


def test_a_key_that_came_back_in_spite_of_it_can_be_destroyed_again(ledger, database):
    person = uuid4()
    add(ledger, uuid4(), Filed(worker=Worker(person=person, name="Zoé"), employer=Firm(siret="1")))
    with psycopg.connect(database.owner_url) as connection:
        row = connection.execute("SELECT * FROM ledger.person_keys WHERE person = %s", (person,)).fetchone()
        assert erase(ledger, person)
        connection.execute("ALTER TABLE ledger.person_keys DISABLE TRIGGER refuse_destroyed_key")
        connection.execute("INSERT INTO ledger.person_keys VALUES (%s, %s, %s, %s, %s)", row)
    assert erase(ledger, person)
    with psycopg.connect(database.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM ledger.person_keys WHERE person = %s", (person,)).fetchone()
        assert found == (0,)


def test_nobody_is_erased_without_a_fact_that_says_so(ledger, database):
    erased, kept, stream = uuid4(), uuid4(), uuid4()
    add(ledger, stream, a_filing(worker=erased, wife=kept), PersonErased(person=erased), Noted(text=f"{kept}"))
    no_fact = ((kept, stream, 1), (kept, stream, 2), (kept, stream, 3), (kept, stream, 4), (erased, uuid4(), 2))
    for what in no_fact:
        with pytest.raises(Exception, match="does not erase"):
            ledger.keys.destroy(*what)
    assert ledger.load(stream)[0].event.worker.name == "Zoé Kowalczyk"
    assert ledger.keys.destroy(erased, stream, 2)
    assert ledger.keys.destroy(erased, stream, 2) is False
    assert ledger.load(stream)[0].event.worker.name == ERASED
    assert ledger.load(stream)[0].event.companions[0].name == "Ludmila Kowalczyk"


def test_no_type_of_the_application_s_own_takes_the_place_of_one_that_erasing_casts_to(ledger, database):
    kept, stream = uuid4(), uuid4()
    add(ledger, stream, a_filing(worker=kept), PersonErased(person=uuid4()))
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION pg_temp.seized(text) RETURNS boolean LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'run as %', current_user; END $$"
        )
        connection.execute("CREATE DOMAIN pg_temp.uuid AS pg_catalog.uuid CHECK (pg_temp.seized(VALUE::text))")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="does not erase"):
            connection.execute("SELECT ledger.destroy_key(%s, %s, 2)", (kept, stream))
