"""The `eventsourcing` library's own test cases for recorders, run against ours on our table, trigger and rights.

Run: `ApplicationRecorderTestCase` (insert and select, concurrency, throughput, subscription) and
`NonInterleavingNotificationIDsBaseCase`. Not run: `AggregateRecorderTestCase` (there are no snapshots, and it is
covered by the application's cases), `TrackingRecorderTestCase` and `ProcessRecorderTestCase` (read models keep their
own position), `InfrastructureFactoryTestCase` and `TranscoderTestCase` (environment variables and the stock mapper,
which we do not use), `test_performance` (a stop-watch without an assertion).
"""

import sys
import types
from unittest import mock

import psycopg
import pytest

from ledger.recorder import LedgerDatastore, LedgerRecorder

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


class TestApplicationRecorder(library.ApplicationRecorderTestCase[LedgerRecorder]):
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPositionsDoNotInterleave(library.NonInterleavingNotificationIDsBaseCase):
    datastore: LedgerDatastore

    def create_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.datastore)
