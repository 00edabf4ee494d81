"""What the `eventsourcing` library asks of a store beyond the ledger's own needs: facts recorded with their cause."""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import ProcessRecorder, StoredEvent, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from psycopg import Connection

from ledger.datastore import LedgerDatastore
from ledger.recorder import LedgerRecorder, append_of


class LedgerProcessRecorder(PostgresTrackingRecorder, LedgerRecorder, ProcessRecorder):
    """Stores facts and the position that a follower has reached with them, in one transaction or not at all.

    The table of positions is the library's own; whoever owns the schema makes it.
    """

    def __init__(self, datastore: LedgerDatastore, *, tracking_table_name: str = "notification_tracking") -> None:
        super().__init__(datastore, tracking_table_name=tracking_table_name)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Store facts, and what they are caused by where `tracking` tells it; raises IntegrityError.

        Not tried again when the connection is lost: the position says whether it was done.
        """
        tracking: Tracking | None = kwargs.get("tracking")
        if tracking is None:
            return super().insert_events(stored_events)
        with self._transaction() as connection, connection.cursor() as cursor:
            # Facts first: a transaction that had its number earlier could stand before what its facts continue.
            positions = self._inserted(connection, stored_events) if stored_events else None
            self._insert_tracking(cursor, tracking)
        return positions

    def _inserted(self, connection: Connection[Any], stored_events: Sequence[StoredEvent]) -> Sequence[int]:
        (outcome,) = self.appender.insert_within(connection, [append_of(stored_events)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
