"""How PostgreSQL keeps facts: whole and as they are, up to a page."""

from uuid import uuid4

import psycopg

from tests.ledger_samples import Noted, add, open_ledger
from tests.servers import Database


def test_a_fact_of_several_kilobytes_is_not_compressed(database: Database) -> None:
    """Compressing costs each append and expanding each reading more than the room is worth."""
    ledger, stream = open_ledger(database.app_url), uuid4()
    try:
        add(ledger, stream, Noted(text="la même phrase " * 400))
    finally:
        ledger.close()
    with psycopg.connect(database.owner_url) as connection:
        (size, how), *others = connection.execute(
            "SELECT octet_length(state), pg_column_compression(state) FROM ledger.events WHERE originator_id = %s",
            (stream,),
        )
    assert size > 6_000
    assert how is None
    assert others == []
