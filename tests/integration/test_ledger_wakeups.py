"""Wake-ups and subscription: what is lost costs a heartbeat, never a fact."""

import threading
import time
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger.wakeups import CHANNEL, HEARTBEAT_SECONDS, Listener, Wakeups
from tests.histories import EMPLOYER, a_routing, open_ledger, write
from tests.servers import Database

PATIENCE = 20.0


@pytest.fixture
def listener(database: Database):
    listener = Listener(database.app_url)
    # The first wait makes the connection.
    listener.wait(0.01)
    yield listener
    listener.close()


@pytest.fixture
def wakeups(database: Database):
    wakeups = Wakeups(database.app_url)
    yield wakeups
    wakeups.close()


def kill(database: Database, name: str) -> int:
    """Terminate the sessions of that name once there are some; how many."""
    until = time.monotonic() + PATIENCE
    with psycopg.connect(database.owner_url.replace("smoe_owner", "postgres"), autocommit=True) as connection:
        while time.monotonic() < until:
            killed = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s AND datname = current_database()",
                (name,),
            ).fetchall()
            if killed:
                return len(killed)
    return 0


def heard_after_sending(wakeups: Wakeups, listener: Listener, position: int) -> bool:
    """Send until it is heard, as appends would go on."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        wakeups.send(position)
        if listener.wait(0.05) and listener.heard == position:
            return True
    return False


def test_a_wake_up_carries_the_highest_position(wakeups, listener):
    wakeups.send(7)
    wakeups.send(5)
    assert listener.wait(PATIENCE)
    while listener.heard < 7:
        assert listener.wait(PATIENCE)
    assert listener.heard == 7


def test_without_a_wake_up_the_heartbeat_ends_the_wait(listener):
    before = time.monotonic()
    assert listener.wait(0.2) is False
    assert time.monotonic() - before >= 0.2


def test_a_thousand_sends_are_few_notifications(database, wakeups):
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        for position in range(1, 1_001):
            wakeups.send(position)
        wakeups.close()
        heard = [int(note.payload) for note in connection.notifies(timeout=0.2)]
    assert heard[-1] == 1_000
    assert len(heard) < 100


def test_whoever_appends_is_not_held_up_by_a_server_that_is_away():
    before = set(threading.enumerate())
    wakeups = Wakeups("host=/nowhere/at/all dbname=none")
    for position in range(1_000):
        wakeups.send(position)
    wakeups.close()
    assert set(threading.enumerate()) <= before


def test_what_comes_after_the_end_starts_no_thread(wakeups):
    before = set(threading.enumerate())
    wakeups.close()
    wakeups.send(1)
    assert set(threading.enumerate()) <= before


def test_a_killed_sender_comes_back(database, wakeups, listener):
    assert heard_after_sending(wakeups, listener, 1)
    assert kill(database, "smoe-wakeups") == 1
    assert heard_after_sending(wakeups, listener, 2)


def test_a_killed_listener_comes_back(database, wakeups, listener):
    assert heard_after_sending(wakeups, listener, 1)
    assert kill(database, "smoe-listener") == 1
    assert heard_after_sending(wakeups, listener, 2)


def test_closing_ends_a_wait_that_goes_on(database):
    listener = Listener(database.app_url)
    waiting = threading.Thread(target=listener.wait, args=(3_600,))
    waiting.start()
    listener.close()
    waiting.join(PATIENCE)
    assert not waiting.is_alive()


@pytest.mark.parametrize("text", ["encore", "-1", "9" * 20, "9" * 5_000, "²"])
def test_what_is_no_position_wakes_and_harms_nothing(database, listener, text):
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, text))
    assert listener.wait(PATIENCE)
    assert listener.heard == 0


# The subscription


class Follower:
    """A subscription read in a thread."""

    def __init__(self, ledger, **options):
        self.subscription = ledger.recorder.subscribe(**options)
        self.seen = []
        self.thread = threading.Thread(target=self.follow)
        self.thread.start()

    def follow(self):
        for notification in self.subscription:
            self.seen.append((notification.originator_id, notification.originator_version))

    def has_seen(self, count: int) -> bool:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and len(self.seen) < count:
            time.sleep(0.01)
        return len(self.seen) == count

    def stop(self):
        self.subscription.stop()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


def add(ledger, stream: UUID, count: int) -> None:
    write(ledger, stream, [(EMPLOYER, a_routing(date(2026, 1, 5))[1], date(2026, 1, 5))] * count)


@pytest.fixture
def ledger(database: Database):
    ledger = open_ledger(database.app_url)
    yield ledger
    ledger.close()


def test_a_subscription_without_any_wake_up_sees_every_fact(ledger):
    stream = uuid4()
    add(ledger, stream, 2)
    follower = Follower(ledger)
    assert follower.has_seen(2)
    add(ledger, stream, 3)
    assert follower.has_seen(5)
    follower.stop()
    assert follower.seen == [(stream, version) for version in range(1, 6)]


def test_a_subscription_goes_on_when_all_its_sessions_are_killed(database, ledger):
    stream = uuid4()
    follower = Follower(ledger, gt=0)
    for number in range(1, 4):
        add(ledger, stream, 1)
        assert follower.has_seen(number)
        assert kill(database, "smoe-listener")
        kill(database, "smoe-ledger")
    add(ledger, stream, 1)
    assert follower.has_seen(4)
    follower.stop()
    assert follower.seen == [(stream, version) for version in range(1, 5)]


def test_an_early_wake_up_costs_no_fact(database, ledger):
    """Heard while the fact is not settled: the subscription looks again by itself."""
    follower = Follower(ledger)
    wakeups = Wakeups(database.app_url)
    stream = uuid4()
    with psycopg.connect(database.app_url) as slow:
        slow.execute("SELECT ledger.arm()")
        slow.execute("SELECT pg_current_xact_id()")
        add(ledger, stream, 1)
        wakeups.send(1 << 60)
        time.sleep(3 * HEARTBEAT_SECONDS)
        assert follower.seen == []
    assert follower.has_seen(1)
    wakeups.close()
    follower.stop()


def test_topics_pass_over_other_facts_and_miss_none(ledger):
    stream = uuid4()
    follower = Follower(ledger, topics=["RequestRouted"])
    other = Follower(ledger, topics=["NoteAdded"])
    add(ledger, stream, 3)
    assert follower.has_seen(3)
    until = time.monotonic() + PATIENCE
    while (other.subscription._last_notification_id or 0) < ledger.last_position() and time.monotonic() < until:
        time.sleep(0.01)
    assert (other.subscription._last_notification_id or 0) >= ledger.last_position()
    follower.stop()
    other.stop()
    assert other.seen == []
