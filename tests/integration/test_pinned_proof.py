"""A pinned proof: the same bytes however the log goes on, and the verifier of before accepts it."""

import io
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from ledger.proofs.notary import Notary
from ledger.proofs.proof import NoSuchStream, Pinned, write_pinned_proof
from ledger.store import Ledger
from tests.conftest import Database
from tests.ledger_samples import Noted, add, open_ledger
from verifier.checking import Asked, verify
from verifier.notes import key_of

SEED = bytes(range(32))
OTHER_SEED = bytes(range(32, 64))


class Log(NamedTuple):
    """A stream of three facts among others."""

    ledger: Ledger[Any]
    stream: UUID

    def pinned(self, version: int, *seeds: bytes) -> tuple[bytes, Pinned]:
        archive = io.BytesIO()
        pin = write_pinned_proof(archive, self.ledger, Notary(self.ledger, seeds or (SEED,)), self.stream, version)
        return archive.getvalue(), pin


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    ledger: Ledger[Any] = open_ledger(database.app_url)
    made = Log(ledger, uuid4())
    add(ledger, uuid4(), Noted(text="d'un autre dossier"))
    for number in range(3):
        add(ledger, made.stream, Noted(text=f"fait {number}"))
    yield made
    ledger.close()


def test_it_is_the_same_however_the_log_goes_on(log: Log) -> None:
    before, pin = log.pinned(2)
    for _ in range(5):
        add(log.ledger, uuid4(), Noted(text="plus tard"))
    add(log.ledger, log.stream, Noted(text="plus tard ici"))
    Notary(log.ledger, [SEED]).checkpoint_of_now()
    after, again = log.pinned(2)
    assert after == before
    assert again == pin
    assert [fact.version for fact, _ in pin.leaves] == [1, 2]


def test_the_verifier_accepts_it(log: Log) -> None:
    log.pinned(3)
    add(log.ledger, log.stream, Noted(text="plus tard"))
    archive, pin = log.pinned(3)
    with log.ledger.recorder.datastore.get_connection() as connection:
        (key,) = Notary(log.ledger, [SEED]).verifiers(connection)
    found = verify(archive, Asked(keys=(key_of(str(key)),)))
    assert (found.faults, found.reserves, found.status) == ([], [], 0)
    assert [fact.version for fact in found.facts] == [1, 2, 3]
    assert pin.checkpoint.position >= pin.leaves[-1][0].position


def test_a_key_that_signs_since_is_known_to_it(log: Log) -> None:
    """Another key signs the declaration: other bytes, which the verifier accepts all the same."""
    before, pin = log.pinned(3)
    after, again = log.pinned(3, OTHER_SEED, SEED)
    assert before != after
    assert pin == again
    with log.ledger.recorder.datastore.get_connection() as connection:
        keys = Notary(log.ledger, [OTHER_SEED, SEED]).verifiers(connection)
    assert verify(after, Asked(keys=tuple(key_of(str(key)) for key in keys))).faults == []


def test_what_is_not_there_is_refused(log: Log) -> None:
    with pytest.raises(NoSuchStream):
        log.pinned(4)
