"""A process that died between recording an erasure and doing it leaves no key behind."""

import psycopg

from domain.acts import Addressee
from domain.demonstration import IDENTITIES
from domain.envelope import ERASED
from domain.events import ObservationsReceived, PersonErased, RequestFiled
from domain.reference.load import load_reference
from projections.runner import Runner
from reactions.erasure import Erasure
from tests.conftest import Database
from tests.histories import CHECK_KEY, a_filing, open_ledger, write
from tests.integration.test_reactions_silence import FILED, STREAM


def test_a_recorded_erasure_is_done_whoever_died(database: Database) -> None:
    ledger = open_ledger(database.app_url)
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    filing = a_filing(STREAM, "AT-1", FILED)
    assert isinstance(filing[1], RequestFiled)
    worker = filing[1].request.worker.person
    erased = PersonErased(person=worker, reason="Durée de conservation expirée.", erased_on=FILED)
    try:
        # Written to the ledger alone, as by a process that died before it destroyed the key.
        write(ledger, STREAM, [filing, (IDENTITIES["admin"].actor, erased, FILED)])
        runner.run_until_current()
        with psycopg.connect(database.app_url, autocommit=True) as connection:
            assert Erasure(ledger.keys).run_once(connection) == 1
            assert Erasure(ledger.keys).run_once(connection) == 0
            assert connection.execute("SELECT person FROM ledger.erasures").fetchall() == [(worker,)]
        first = ledger.load(STREAM)[0].event
        assert isinstance(first, RequestFiled)
        assert first.request.worker.family_name == ERASED
    finally:
        runner.close()
        ledger.close()


def test_what_somebody_says_after_their_erasure_is_kept_until_they_are_erased_again(database: Database) -> None:
    ledger = open_ledger(database.app_url)
    runner = Runner(ledger, database.owner_url, reference=load_reference(), check_key=CHECK_KEY)
    admin = IDENTITIES["admin"].actor
    filing = a_filing(STREAM, "AT-1", FILED)
    assert isinstance(filing[1], RequestFiled)
    worker = filing[1].request.worker.person
    erased = PersonErased(person=worker, reason="Durée de conservation expirée.", erased_on=FILED)
    heard = ObservationsReceived(
        person=worker, hearing="A1", addressee=Addressee.WORKER, text="Je conteste.", received_on=FILED
    )

    def react() -> int:
        runner.run_until_current()
        with psycopg.connect(database.app_url, autocommit=True) as connection:
            return Erasure(ledger.keys).run_once(connection)

    def said() -> str:
        event = ledger.load(STREAM)[2].event
        assert isinstance(event, ObservationsReceived)
        return event.text

    try:
        write(ledger, STREAM, [filing, (admin, erased, FILED)])
        assert react() == 1
        write(ledger, STREAM, [(admin, heard, FILED)])
        assert react() == 0
        assert said() == "Je conteste."
        write(ledger, STREAM, [(admin, erased, FILED)])
        assert react() == 1
        assert said() == ERASED
        assert react() == 0
    finally:
        runner.close()
        ledger.close()
