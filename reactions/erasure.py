"""The keys of erased persons: destroyed also where a process died between recording the erasure and doing it."""

from typing import Any
from uuid import UUID

import structlog
from psycopg import Connection

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
