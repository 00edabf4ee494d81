"""Letters of the cases of an application under test, written as the worker writes them, but plain."""

import psycopg

from documents.storage import Files
from reactions.letters import Letters, Writing
from tests.api.service import Service
from tests.stationery import Plain


def files_of(service: Service) -> Files:
    """The files that the application reads."""
    return Files(service.settings.files_url, service.desk.ledger.keys)


def write_letters(service: Service, stationery: Writing | None = None) -> int:
    """Write every letter that waits; how many."""
    service.runner.run_until_current()
    with psycopg.connect(service.settings.database_url, autocommit=True) as connection:
        written = Letters(service.desk, files_of(service), stationery or Plain()).run_once(connection)
    service.runner.run_until_current()
    return written
