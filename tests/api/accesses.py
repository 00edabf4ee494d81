"""The access log as tests read it: straight from its table."""

import psycopg

from ledger.accesses import Access, decode
from tests.api.service import Service


def entries(service: Service, operation: str | None = None) -> list[Access]:
    """All entries so far, oldest first, or those of an operation."""
    with psycopg.connect(service.settings.database_url) as connection:
        rows = connection.execute("SELECT entry FROM ledger.accesses ORDER BY number").fetchall()
    found = [decode(entry) for (entry,) in rows]
    return [access for access in found if operation in (None, access.operation)]


def last(service: Service, operation: str) -> Access:
    """The newest entry of an operation."""
    return entries(service, operation)[-1]
