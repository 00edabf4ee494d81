"""The `eventsourcing` library's own test cases, run against ours on our table, triggers and rights.

The package brings its cases in five modules; `domain` (a bank account) and `postgres_utils` (drops tables of a fixed
server) hold none. A stock application, with the library's own mapper and JSON, stores its events in the ledger: for
the recorder, topic and state are only text and bytes. Constraint `versions_start_at_one` is dropped: some cases count
streams from 0.

Of `persistence`:
- `ApplicationRecorderTestCase`: run; subscription too. `test_insert_select` adapted: it wants positions 1, 2, 3…,
  and ours have gaps, so it sees them numbered densely. `optional_test_insert_subscribe` run without that: the case
  itself allows for gaps.
- `AggregateRecorderTestCase`: run. Adapted: a recorder of snapshots tells no positions, ours always does.
- `TrackingRecorderTestCase`: run, the library's recorder on our connections.
- `ProcessRecorderTestCase`: run on LedgerProcessRecorder.
- `NonInterleavingNotificationIDsBaseCase`: run.
- `InfrastructureFactoryTestCase`: run, but for three cases of the library's cipher, which needs a package that
  nothing here uses.
- `TranscoderTestCase`: not run: it tries the library's JSON alone, and no class of ours.
- every `test_performance`: not run: a stop-watch without an assertion.

Of `application`: `ExampleApplicationTestCase` and `ApplicationTestCase` run; `test_save_returns_recording_event`
adapted as above, since it wants positions 1 to 4; `test_application_log` looks at a warning that our tests would raise.

Of `projection`: `EventCountersViewTestCase`, `AggregateEventCountersProjectionTestCase` and
`EventSourcedProjectionTestCase` run. Adapted: none reads by push, each of the library's runners follows our
subscription. In the last one application and projection have a database each, as the library gives each its own table:
on one ledger the projection would hear of its own events. `TaggedDecisionCountersProjectionTestCase` not run: it is of
dynamic consistency boundaries, another kind of store, which the ledger does not offer.
"""

import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar
from unittest import mock

import psycopg
import pytest
from eventsourcing.persistence import BaseInfrastructureFactory, InfrastructureFactory, Tracking
from eventsourcing.postgres import (
    PostgresAggregateRecorder,
    PostgresDatastore,
    PostgresFactory,
    PostgresTrackingRecorder,
)
from eventsourcing.utils import Environment, get_topic
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from ledger.datastore import LedgerDatastore
from ledger.library import LedgerProcessRecorder
from ledger.recorder import LedgerRecorder
from tests.conftest import Database

# The library's module of cases names its cipher for those of the stock mapper; that cipher needs a package of which
# nothing here makes use.
CIPHER = types.ModuleType("eventsourcing.cipher")
CIPHER.AESCipher = object
with mock.patch.dict(sys.modules, {"eventsourcing.cipher": CIPHER}):
    from eventsourcing.tests import application, persistence, projection

for case in (
    persistence.AggregateRecorderTestCase,
    persistence.ApplicationRecorderTestCase,
    persistence.ProcessRecorderTestCase,
):
    del case.test_performance
for name in ("test_mapper_with_cipher", "test_mapper_with_cipher_and_compressor", "test_mapper_with_wrong_cipher_key"):
    delattr(persistence.InfrastructureFactoryTestCase, name)

THREADS = 20


def ready(database: Database) -> LedgerDatastore:
    """Connections of the application to a ledger where it may make the library's tables beside ours."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER DOMAIN ledger.version DROP CONSTRAINT versions_start_at_one")
        connection.execute("GRANT CREATE ON SCHEMA ledger TO smoe_app")
    datastore = LedgerDatastore(database.app_url, pool_size=THREADS)
    # A hundred threads of one case share them.
    datastore.pool.timeout = 60
    return datastore


def stock_datastore(database: Database) -> PostgresDatastore:
    """The library's own connections, for its snapshots."""
    address = conninfo_to_dict(database.app_url)
    parts = {name: str(address[name]) for name in ("dbname", "host", "port", "user")}
    return PostgresDatastore(**parts, password="", schema="ledger", max_overflow=THREADS)


class StockFactory(PostgresFactory):
    """What a stock application is configured with: the ledger for its events, the library's tables for the rest."""

    application_recorder_class = LedgerRecorder
    process_recorder_class = LedgerProcessRecorder
    of_events: ClassVar[LedgerDatastore]
    of_projections: ClassVar[LedgerDatastore]
    of_snapshots: ClassVar[PostgresDatastore]

    def __init__(self, env: Environment) -> None:
        BaseInfrastructureFactory.__init__(self, env)
        self.datastore = self.of_projections if env.name == projection.Counters.name else self.of_events

    def close(self) -> None:
        """Nothing: cases leave applications open, so the connections are the fixture's."""

    def aggregate_recorder(self, purpose: str = "events") -> PostgresAggregateRecorder:
        recorder = PostgresAggregateRecorder(self.of_snapshots, events_table_name=f"stock_{purpose}")
        recorder.create_table()
        return recorder

    def application_recorder(self) -> LedgerRecorder:
        return self.application_recorder_class(self.datastore)

    def process_recorder(self) -> LedgerProcessRecorder:
        PostgresTrackingRecorder(self.datastore, tracking_table_name="stock_tracking").create_table()
        return self.process_recorder_class(self.datastore, tracking_table_name="stock_tracking")


@pytest.fixture(autouse=True)
def stock_on_our_table(request, database, new_database: Callable[[], Database], monkeypatch) -> Iterator[None]:
    """Let recorders and stock applications of the case store in a ledger, under the application's role."""
    datastore, snapshots = ready(database), stock_datastore(database)
    request.cls.datastore = datastore
    monkeypatch.setattr(StockFactory, "of_events", datastore, raising=False)
    monkeypatch.setattr(StockFactory, "of_snapshots", snapshots, raising=False)
    monkeypatch.setenv("PERSISTENCE_MODULE", get_topic(StockFactory))
    opened = [datastore, snapshots]
    if issubclass(request.cls, projection.EventSourcedProjectionTestCase):
        opened.append(ready(new_database()))
        monkeypatch.setattr(StockFactory, "of_projections", opened[-1], raising=False)
    yield
    for each in opened:
        each.close()


class DenselyNumbered(LedgerRecorder):
    """Our recorder with positions told as 1, 2, 3…, which `test_insert_select` takes for granted; ours have gaps."""

    def insert_events(self, stored_events, **kwargs):
        positions = super().insert_events(stored_events, **kwargs)
        return None if positions is None else [self.dense(position) for position in positions]

    def select_notifications(self, start, limit, stop=None, topics=(), *, inclusive_of_start=True):
        found = super().select_notifications(
            self.real(start), limit, self.real(stop), topics, inclusive_of_start=inclusive_of_start
        )
        return [replace(notification, id=self.dense(notification.id)) for notification in found]

    def max_notification_id(self):
        last = super().max_notification_id()
        return None if last is None else self.dense(last)

    def dense(self, position: int) -> int:
        return len([fact for fact in self.select_log(0, 1_000) if fact.position <= position])

    def real(self, number: int | None) -> int | None:
        positions = [fact.position for fact in self.select_log(0, 1_000)]
        if number is None or number < 1 or not positions:
            return number
        return positions[number - 1] if number <= len(positions) else positions[-1] + number


class Unplaced(LedgerRecorder):
    """Our recorder where the library asks for one that tells no positions."""

    def insert_events(self, stored_events, **kwargs):
        super().insert_events(stored_events, **kwargs)


class EventCounters(PostgresTrackingRecorder, projection.EventCountersView):
    """A read model as the library would have it: two counters beside the position."""

    def __init__(self, datastore, **options) -> None:
        super().__init__(datastore, **options)
        table = Identifier(datastore.schema, f"{self.tracking_table_name}_counters")
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS {} (name text PRIMARY KEY, count bigint NOT NULL)").format(table)
        )
        self.increment = SQL(
            "INSERT INTO {} AS known VALUES (%s, 1) ON CONFLICT (name) DO UPDATE SET count = known.count + 1"
        ).format(table)
        self.select = SQL("SELECT coalesce(sum(count), 0)::bigint AS count FROM {} WHERE name = %s").format(table)

    def get_created_event_counter(self) -> int:
        return self.count("created")

    def get_subsequent_event_counter(self) -> int:
        return self.count("subsequent")

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        self.add("created", tracking)

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        self.add("subsequent", tracking)

    def count(self, name: str) -> int:
        with self.datastore.get_connection() as connection:
            return connection.execute(self.select, (name,)).fetchone()["count"]

    def add(self, name: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self.increment, (name,))


class TestApplicationRecorder(persistence.ApplicationRecorderTestCase[LedgerRecorder]):
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = False
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore)

    def test_insert_select(self) -> None:
        self.create_recorder = lambda: DenselyNumbered(self.datastore)
        super().test_insert_select()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestCoalescingApplicationRecorder(TestApplicationRecorder):
    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore, coalesce=True)


class TestAggregateRecorder(persistence.AggregateRecorderTestCase):
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerRecorder:
        return Unplaced(self.datastore)


class TestTrackingRecorder(persistence.TrackingRecorderTestCase):
    datastore: LedgerDatastore

    def create_recorder(self) -> PostgresTrackingRecorder:
        recorder = PostgresTrackingRecorder(self.datastore)
        recorder.create_table()
        return recorder


class TestProcessRecorder(persistence.ProcessRecorderTestCase):
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerProcessRecorder:
        PostgresTrackingRecorder(self.datastore).create_table()
        return LedgerProcessRecorder(self.datastore)

    def test_facts_and_position_are_one(self) -> None:
        """What the library's cases do not look at: a refused position leaves no fact, a refused fact no position."""
        recorder = self.create_recorder()
        first, second = (
            persistence.StoredEvent(self.new_originator_id(), 1, topic="topic", state=b"{}") for _ in range(2)
        )
        (position,) = recorder.insert_events([first], tracking=Tracking("upstream", 2))
        with pytest.raises(persistence.IntegrityError):
            recorder.insert_events([second], tracking=Tracking("upstream", 1))
        with pytest.raises(persistence.IntegrityError):
            recorder.insert_events([second, first], tracking=Tracking("upstream", 3))
        assert [fact.stream for fact in recorder.select_log(0, 10)] == [first.originator_id]
        assert recorder.max_notification_id() == position
        assert recorder.max_tracking_id("upstream") == 2


class TestPositionsDoNotInterleave(persistence.NonInterleavingNotificationIDsBaseCase):
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore)


class TestInfrastructureFactory(persistence.InfrastructureFactoryTestCase[StockFactory]):
    def setUp(self) -> None:
        self.env = Environment("TestCase", {InfrastructureFactory.PERSISTENCE_MODULE: get_topic(StockFactory)})
        super().setUp()

    def expected_factory_class(self) -> type[StockFactory]:
        return StockFactory

    def expected_aggregate_recorder_class(self) -> type[PostgresAggregateRecorder]:
        return PostgresAggregateRecorder

    def expected_application_recorder_class(self) -> type[LedgerRecorder]:
        return LedgerRecorder

    def expected_tracking_recorder_class(self) -> type[PostgresTrackingRecorder]:
        return PostgresTrackingRecorder

    def tracking_recorder_subclass(self) -> type[EventCounters]:
        return EventCounters

    def expected_process_recorder_class(self) -> type[LedgerProcessRecorder]:
        return LedgerProcessRecorder


class TestExampleApplication(application.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(StockFactory)


@pytest.mark.filterwarnings("always:.*deprecated:DeprecationWarning")
class TestApplication(application.ApplicationTestCase):
    def test_save_returns_recording_event(self) -> None:
        with mock.patch.object(StockFactory, "application_recorder_class", DenselyNumbered):
            super().test_save_returns_recording_event()

    @pytest.mark.filterwarnings("default::DeprecationWarning")
    def test_application_log(self) -> None:
        super().test_application_log()


class TestEventCountersView(projection.EventCountersViewTestCase):
    datastore: LedgerDatastore

    def construct_event_counters_view(self) -> EventCounters:
        view = EventCounters(self.datastore)
        view.create_table()
        return view


class TestEventCountersProjection(projection.AggregateEventCountersProjectionTestCase):
    view_class = EventCounters


class TestEventSourcedProjection(projection.EventSourcedProjectionTestCase):
    pass
