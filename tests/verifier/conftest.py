"""A ledger of invented cases with its log and checkpoints, and what exports proofs of it; made once for the folder."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import tuple_row

from cli.simulate import simulate
from domain.events import EVENT_TYPES
from ledger.histories import AnyEvent
from ledger.proofs.notary import Notary, checkpoints, known_verifiers
from ledger.proofs.notes import Verifier
from ledger.proofs.proof import write_proof
from ledger.store import Ledger
from tests.integration.test_simulation import MASTER_KEY, settings_for
from tests.servers import Database
from verifier.checking import Asked, Findings, verify
from verifier.notes import key_of

CASES = 50
SEED = bytes(range(32))
UNTIL = date(2026, 11, 22)


class Place(NamedTuple):
    """A ledger, who signs for it, and its cases."""

    database: Database
    ledger: Ledger[AnyEvent]
    notary: Notary
    cases: list[UUID]
    key: Verifier
    kept: list[str]
    """Notes of its checkpoints, oldest first, as somebody outside kept them."""

    def proof(self, *cases: UUID, since: int | None = None) -> bytes:
        archive = io.BytesIO()
        write_proof(archive, self.ledger, self.notary, cases, since=since)
        return archive.getvalue()

    def verified(self, archive: bytes, *kept: str) -> Findings:
        notes = tuple((f"point-{number}", note.encode()) for number, note in enumerate(kept))
        return verify(archive, Asked(keys=(key_of(str(self.key)),), kept=notes))


class Hours:
    """A clock that goes on by an hour each time it is asked."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now


@pytest.fixture(scope="session")
def place(new_database: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Fifty invented cases in a log that was signed at several of its sizes."""
    database = new_database()
    settings = settings_for(database, tmp_path_factory.mktemp("place"))
    ledger: Ledger[AnyEvent] = Ledger(
        database.app_url, event_types=EVENT_TYPES, master_key=MASTER_KEY, code_version="test", clock=Hours()
    )
    simulate(settings, cases=CASES, seed=4, until=UNTIL)
    notary = Notary(ledger, [SEED])
    while notary._grower.step(97):
        notary.checkpoint("asked")
    with psycopg.connect(database.app_url, row_factory=tuple_row) as connection:
        cases = [
            stream
            for (stream,) in connection.execute(
                "SELECT DISTINCT originator_id FROM ledger.events WHERE topic = 'RequestFiled' ORDER BY 1"
            )
        ]
        (key,) = known_verifiers(connection)
        kept = [point.note for point in checkpoints(connection)]
    yield Place(database, ledger, notary, cases, key, kept)
    ledger.close()
