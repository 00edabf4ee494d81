"""Keys of erased persons, files of their cases: gone also where a process died between recording it and doing it."""

from typing import Any
from uuid import UUID

import structlog
from obstore.exceptions import BaseError as StoreFailed
from psycopg import Connection

from documents.storage import Files
from documents.uploads import Uploads
from ledger.keys import Keys

log = structlog.get_logger()

# A key that somebody erased was given later, by what they said since, is not that of the erasure before.
KEYS_LEFT = """
SELECT line.erased, line.case_id, max(line.version)
FROM read.history AS line JOIN ledger.person_keys AS keys ON keys.person = line.erased
WHERE line.type = 'PersonErased'
GROUP BY line.erased, line.case_id
HAVING count(*) > (SELECT count(*) FROM ledger.erasures AS done WHERE done.person = line.erased)
"""

# Asked of the ledger itself: a case that is set aside shows no line of it.
FILES_LEFT = """
SELECT fact.originator_id, fact.originator_version FROM ledger.events AS fact
LEFT JOIN documents.removals AS done
    ON done.case_id = fact.originator_id AND done.version = fact.originator_version
WHERE fact.topic = 'PersonErased' AND done.case_id IS NULL
"""


class Erasure:
    """Destroys the keys that recorded erasures should have destroyed."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def run_once(self, connection: Connection[Any]) -> int:
        """Destroy every key left; how many."""
        left: list[tuple[UUID, UUID, int]] = connection.execute(KEYS_LEFT).fetchall()
        for person, case_id, version in left:
            self.keys.destroy(person, case_id, version)
            log.info("key of an erased person destroyed", person=str(person))
        return len(left)


class FilesOfErased:
    """Removes the files of each case in which somebody was erased, and what is on its way to it.

    The key of the foreigner has sealed them all, so that nobody reads them since; but they name the others too.
    """

    def __init__(self, files: Files, uploads: Uploads) -> None:
        self.files = files
        self.uploads = uploads

    def run_once(self, connection: Connection[Any]) -> int:
        """Remove the files of every erasure after which they were not; how many cases. What fails is found again."""
        left: list[tuple[UUID, int]] = connection.execute(FILES_LEFT).fetchall()
        done = 0
        for case_id, version in left:
            try:
                removed = self.files.forget(case_id) + self.uploads.forget(case_id)
            except (StoreFailed, OSError) as outage:
                log.error("files of an erased person cannot be removed", case=str(case_id), error=repr(outage))
                continue
            connection.execute(
                "INSERT INTO documents.removals (case_id, version) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                (case_id, version),
            )
            log.info("files of a case removed", case=str(case_id), files=removed)
            done += 1
        return done
